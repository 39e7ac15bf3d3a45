/* What can be set: on the settings screen, and by `set NAME VALUE` in the configuration. */
#ifndef L2TPSCOPE_TUI_SETTINGS_H
#define L2TPSCOPE_TUI_SETTINGS_H

#include "tui.h"

bool tui_setting_set(struct tui *t, struct str name, struct str value, struct text *why_not);
/* To the next value of it. */
void tui_setting_next(struct tui *t, const char *name);
void tui_settings_open(struct tui *t);

#endif
