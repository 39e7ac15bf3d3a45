/* Least power: files of strangers are read by a process that can do little else.
 *
 * In two steps, each a seccomp filter (which calls: sandbox_call.def) and, where the kernel has it,
 * a Landlock domain (which files); a call that is in no row ends the process, there and then. The
 * steps are taken by run.c:
 *
 * 1. Options are parsed; --where is compiled; secrets, baseline, the time zone are read; the file
 *    of -o is begun, the folders of other outputs are opened (held.h); the pager runs, and is not
 *    restricted. Then sandbox_lock(SANDBOX_OPENING), before the first octet of an input is read: no
 *    other program, no network, no writing but of new files in the folders of the outputs and of
 *    TMPDIR, and on the terminal.
 * 2. Inputs are opened, unpacked, and it is known what they are; libraries that they or the output
 *    need are loaded (lazy.h), fonts, the terminal. Then sandbox_lock(SANDBOX_WORKING), before
 *    records are read: no files but the inputs, the temporary and the new ones (and fonts, where
 *    text is drawn), no memory that can be run.
 *
 * Patterns are compiled when they are needed, before or after: never to machine code, which gains
 * nothing here (the rows of logs are matched by hand, grammar_strict.c, and what is left to PCRE2
 * costs more to compile than to interpret), and matched under limits.
 *
 * Threads are restricted with all others; those that are started later inherit it. On a kernel
 * without Landlock inputs may be read again by name, and so may other files; one without seccomp
 * restricts nothing. Neither is an error; `--version` says what there is. */
#ifndef L2TPSCOPE_SANDBOX_H
#define L2TPSCOPE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

enum sandbox_step {
	SANDBOX_OPENING = 1,
	SANDBOX_WORKING = 2,
};

/* Bits of `features`. */
enum sandbox_feature {
	WITH_SCREENS = 1, /* a terminal that is drawn on, and a process aside (tui_aside.h) */
	WITH_FILTER = 2,  /* --bpf, whose names libpcap would look up */
	WITH_JOBS = 4,    /* processes that read inputs, begun before records are read (jobs.h) */
};

/* Bits of `rights`. */
enum sandbox_right {
	SANDBOX_READ = 1,     /* a file, or all below a folder */
	SANDBOX_CREATE = 2,   /* new files in a folder, and their names */
	SANDBOX_FOLDERS = 4,  /* new folders in a folder */
	SANDBOX_TERMINAL = 8, /* a device, to be read and written */
};

struct sandbox {
	unsigned features;
	struct sandbox_place {
		const char *path; /* NULL: `folder` */
		int folder;
		unsigned rights;
	} * places;
	size_t n, room;
};

/* What may be used by name from the next step on; what is not there stays so. `path` is the
 * caller's until then. */
void sandbox_allow(struct sandbox *s, const char *path, unsigned rights);
/* Likewise a folder that is open, which stays the caller's. */
void sandbox_allow_open(struct sandbox *s, int folder, unsigned rights);

/* From here on, for good. Places are forgotten. */
void sandbox_lock(struct sandbox *s, enum sandbox_step step);

/* "seccomp (libseccomp 2.5.4), Landlock 4": what this kernel can. */
void sandbox_print(struct text *t);

/* sandbox_place.c: the Landlock domain of the places, as far as the kernel has it; and which
 * edition of it, or 0. */
void places_lock(const struct sandbox *s);
unsigned places_edition(void);

#endif
