/* A file that is written whole or not at all: under another name beside it, then renamed. */
#ifndef L2TPSCOPE_WHOLE_FILE_H
#define L2TPSCOPE_WHOLE_FILE_H

#include <stdio.h>

#include "text.h"

struct whole_file {
	FILE *out;
	char *path;      /* NULL: standard output */
	int folder;      /* where it is (held.h): */
	char *name;      /* it is called so there, */
	char *temporary; /* and so until it is whole; NULL: it is written in place */
};

/* Whether whole_open() would begin with it: no folder, no input (held_spare()), no name of
 * something packed, and nothing that is there unless `is_forced`. */
bool whole_may_open(const char *path, bool is_forced, struct text *why_not);
/* `path` may be `-`. A file that is there is replaced only with `is_forced`. */
bool whole_open(struct whole_file *f, const char *path, bool is_forced, struct text *why_not);
/* For what somebody reads while it is written: it stays as far as it came. */
bool whole_open_growing(struct whole_file *f, const char *path, bool is_forced,
			struct text *why_not);
/* It is what whole_open() made, and has no name of its own yet. */
bool whole_is_unfinished(const char *path);
/* Gives the file its name; false when not all could be written, and then nothing is left. */
bool whole_close(struct whole_file *f, struct text *why_not);
/* Leaves no trace. */
void whole_drop(struct whole_file *f);

#endif
