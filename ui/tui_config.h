/* $XDG_CONFIG_HOME/l2tpscope/config, a line each, `#` comments:
 *
 *	bind ACTION KEY		bind page-down C-n
 *	unbind KEY		unbind q
 *	set NAME VALUE		set time r
 *	alias ADDRESS NAME	alias 192.0.2.7 lns-west
 */
#ifndef L2TPSCOPE_TUI_CONFIG_H
#define L2TPSCOPE_TUI_CONFIG_H

#include "tui.h"

/* False and `FILE:LINE: what is wrong`; a file that is not there is fine. */
bool tui_config_read(struct tui *t, struct text *why_not);
bool tui_config_line(struct tui *t, struct str line, struct text *why_not);

#endif
