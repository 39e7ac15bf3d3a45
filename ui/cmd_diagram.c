#include "cmd_common.h"
#include "command.h"
#include "diagram.h"

static enum exit_status run_diagram(struct run *r);

const struct command command_diagram = {
	.bit = COMMAND_DIAGRAM,
	.name = "diagram",
	.arguments = "[OPTIONS] INPUT...",
	.about = "sequence diagram of a call or tunnel: --format ascii|utf8|mermaid",
	.details = "Messages as arrows between client, LAC, LNS and RADIUS, with the states they "
		   "move.\nRepeats and data are folded. --call N or --tunnel N chooses.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS,
	.run = run_diagram,
};

static enum exit_status run_diagram(struct run *r)
{
	const char *format = r->options->format;
	struct ladder *l = ladder_make(r, NULL);

	if (format != NULL && strcmp(format, "mermaid") == 0)
		diagram_draw_mermaid(l, &r->term);
	else if (l->n_rows == 0)
		common_print_contents(r);
	else
		diagram_draw_text(l, &r->term, format == NULL || strcmp(format, "utf8") == 0);
	ladder_free(l);
	return STATUS_DONE;
}
