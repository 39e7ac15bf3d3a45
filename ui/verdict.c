#include "verdict.h"

#include "cmd_common.h"
#include "message.h"

static void put_cause(struct text *t, const char *cause, enum confidence confidence)
{
	if (cause == NULL)
		return;
	text_printf(t, ": %s", cause);
	if (confidence_name(confidence) != NULL)
		text_printf(t, " (%s)", confidence_name(confidence));
}

void verdict_of_call(struct text *t, const struct call *c)
{
	text_printf(t, "%s, reached %s", outcome_name(c->outcome), reached_name(c->reached));
	if (role_name(c->ended_by) != NULL)
		text_printf(t, ", ended by %s", common_role(c, c->ended_by));
	put_cause(t, c->cause, c->confidence);
	common_also(t, c);
}

void verdict_of_tunnel(struct text *t, const struct tunnel *n)
{
	text_puts(t, outcome_name((enum outcome)n->outcome));
	if (role_name(n->ended_by) != NULL)
		text_printf(t, ", ended by %s", role_label(n->ended_by));
	put_cause(t, n->cause, (enum confidence)n->confidence);
}
