#include "command.h"
#include "run_lock.h"
#include "tui.h"
#include "tui_config.h"
#include "tui_term.h"

static enum exit_status run_ui(struct run *r);

const struct command command_ui = {
	.bit = COMMAND_UI,
	.name = "ui",
	.arguments = "[OPTIONS] INPUT...",
	.about = "the same on screens, in a terminal; what `l2tpscope FILE...` starts there",
	.details = "From the list of calls to one call's messages, their fields and octets, the "
		   "findings and\nthe tunnels. F1 has the keys of each screen, and "
		   "`l2tpscope explain keys` all of them.\nLines of bind, unbind, set and alias in "
		   "$XDG_CONFIG_HOME/l2tpscope/config\n(~/.config/l2tpscope/config) change them. "
		   "F2 saves into the folder\nthat it was started in, and below it.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS | LOADS_ITSELF | LOCKS_ITSELF,
	.run = run_ui,
};

static enum exit_status run_ui(struct run *r)
{
	struct text why_not = text_make(TUI_LINE);
	struct tui *t;

	if (!tui_term_is_there()) {
		run_refuse("`ui` needs a terminal; `calls` prints the same");
		text_free(&why_not);
		return STATUS_USAGE;
	}
	t = tui_new(r);
	if (!tui_config_read(t, &why_not) || !tui_term_start(r->term.has_color, &why_not)) {
		run_refuse("%s", why_not.at);
		tui_free(t);
		text_free(&why_not);
		return STATUS_USAGE;
	}
	run_lock(r);
	tui_run(t);
	tui_term_stop();
	tui_free(t);
	text_free(&why_not);
	return STATUS_DONE;
}
