/* `alias ADDRESS NAME` lines of the configuration: the name stands for the address on all screens
 * but in what was read as it is, the lines of a log and the fields of a message. */
#ifndef L2TPSCOPE_TUI_ALIAS_H
#define L2TPSCOPE_TUI_ALIAS_H

#include "tui.h"

/* Of that address, or NULL. */
const struct tui_alias *tui_alias_of(const struct tui *t, const struct address *a);

/* In `line` from `from` on the names stand where the addresses stood; what follows two spaces stays
 * in its column where it can. */
void tui_alias_put(const struct tui *t, struct text *line, size_t from);

#endif
