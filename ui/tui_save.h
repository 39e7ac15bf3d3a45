/* Saving: this call, the selected calls, or what is shown, in one of the forms that commands make.
 */
#ifndef L2TPSCOPE_TUI_SAVE_H
#define L2TPSCOPE_TUI_SAVE_H

#include "tui.h"

/* `c` NULL: there is no call at the cursor. */
void tui_save_open(struct tui *t, const struct call *c);

#endif
