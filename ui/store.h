/* `-o FILE.sqlite`: calls, tunnels and findings as tables of an SQLite file, which is written whole
 * or not at all. It is made in memory: least power (sandbox.h) opens no journals. */
#ifndef L2TPSCOPE_STORE_H
#define L2TPSCOPE_STORE_H

#include "run.h"

struct store;

/* Of such an output: what takes the place of `calls`, `tunnels` or `check`; else the command
 * itself. */
const struct command *store_command(const struct command *c, const char *output);
void store_free(struct store *s);
/* "3.40.1"; NULL and why when the library is not there. */
const char *store_library_version(struct text *why_not);

#endif
