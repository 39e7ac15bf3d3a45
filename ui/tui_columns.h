/* The columns of the list of calls: rows of the field table (field.h). */
#ifndef L2TPSCOPE_TUI_COLUMNS_H
#define L2TPSCOPE_TUI_COLUMNS_H

#include "tui.h"

/* `id,user,lac,start`; `-start` sorts downwards. */
bool tui_columns_set(struct tui *t, struct str names, struct text *why_not);
bool tui_columns_sort(struct tui *t, struct str name, struct text *why_not);
/* The list in which they are chosen. */
void tui_columns_open(struct tui *t);

#endif
