/* Folders in which files are written, and devices and pipes that are written to: held open from the
 * beginning, as least power (sandbox.h) lets no other be opened. */
#ifndef L2TPSCOPE_HELD_H
#define L2TPSCOPE_HELD_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* The folder of a file that is to be written, open; `ret_name`: what the file is called there. Once
 * sealed only of those that were asked for before, and what is below them. −1 and why not. */
int held_folder(const char *path, const char **ret_name, struct text *why_not);
/* A device or a pipe, likewise: to be written to, and closed by the caller. */
int held_special(const char *path, struct text *why_not);

/* Makes sure that a file of this path can be written later; false and why not. */
bool held_ready(const char *path, struct text *why_not);
void held_seal(void);

/* The folders, one after the other from `*at` = 0 on; −1: no more. */
int held_next(size_t *at);

/* What is read, and so never written in its place: a file, or `-` for standard input. */
void held_spare(const char *path);
void held_spare_nothing(void);         /* as before the first of them: a new run */
bool held_is_spared(const char *path); /* by whatever name */

/* A device or a pipe (/dev/null, a FIFO) is there: renaming over it would take it away. */
bool held_is_special(const char *path);

#endif
