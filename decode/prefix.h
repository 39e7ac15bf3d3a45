/* What a daemon, its supervisor or a collector puts before the text of one line.
 *
 * Taken off, in any order that occurs: a pastebin's number, a list or quote mark, `<30>` of
 * syslog, the stamp (syslog, with or without year and host; RFC 5424 and RFC 3339; journald;
 * OpenWrt's logread; svlogd; `[2018-03-09 11:20:29]:`; RouterOS; Keenetic; CSV; time of day),
 * `daemon.notice` or a level, and `program[pid]:`, also twice. */
#ifndef L2TPSCOPE_PREFIX_H
#define L2TPSCOPE_PREFIX_H

#include "clock.h"

struct prefix {
	struct moment when;
	struct str stamp;   /* as printed */
	struct str host;    /* the collector's name for the device, or empty */
	struct str program; /* the innermost `program[pid]:`, or empty */
	uint32_t pid;       /* 0 unknown */
	size_t body;        /* octets of the line up to its text */
	bool is_numbered;   /* a pastebin's or a list's number stands first */
	bool is_code;       /* a backtick of Markdown stands before it */
	bool has_level;     /* `daemon.notice`, `info:` … */
};

/* `programs` (NULL at the end) are tags that also stand without `[pid]`. */
void prefix_read(struct str line, int year, const char *const *programs, struct prefix *ret);

#endif
