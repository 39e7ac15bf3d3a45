/* Calls and tunnels of the inputs that are named in the line, read as `calls` would. */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "complete.h"
#include "limits.h"
#include "run.h"

static struct completion *asked; /* by the one run */

struct number {
	uint64_t id;
	const struct field_set *set;
	const char *const *keys; /* that say which one it is; ends with NULL */
};

static void offer_number(const struct number *n, const struct subject *s)
{
	struct text id = text_make(32);
	struct text about = text_make(1024);

	text_printf(&id, "%" PRIu64, n->id);
	for (size_t i = 0; n->keys[i] != NULL; i++) {
		struct fact f = {0};

		if (!field_get(n->set, field_of(n->set, n->keys[i]), s, &f) || f.kind == FACT_NULL)
			continue;
		text_puts(&about, about.len == 0 ? "" : ", ");
		field_print(&about, &f);
	}
	complete_offer(asked, text_str(&id), about.at);
	text_free(&id);
	text_free(&about);
}

static enum exit_status offer_calls(struct run *r)
{
	static const char *const keys[] = {"user",    "lac.name", "lns.name",
					   "outcome", "cause",    NULL};

	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		struct subject s = run_subject(r);

		s.call = c;
		if (run_shows_call(r, c))
			offer_number(&(struct number){c->number, &field_calls, keys}, &s);
	}
	return STATUS_DONE;
}

static enum exit_status offer_tunnels(struct run *r)
{
	static const char *const keys[] = {"initiator.name", "responder.name", "outcome", "cause",
					   NULL};

	for (const struct tunnel *t = r->report->tunnels; t != NULL; t = t->next) {
		struct subject s = run_subject(r);

		s.tunnel = t;
		if (run_shows_tunnel(r, t))
			offer_number(&(struct number){t->number, &field_tunnels, keys}, &s);
	}
	return STATUS_DONE;
}

/* Nobody waits for a completion longer than some seconds, and no pipe is read for one. */
static bool are_small(const struct options *o)
{
	uint64_t octets = 0;

	for (size_t i = 0; i < o->n_inputs; i++) {
		struct stat status;

		if (stat(o->inputs[i].path, &status) != 0 || !S_ISREG(status.st_mode))
			return false;
		octets += (uint64_t)status.st_size;
	}
	return o->n_inputs > 0 && octets <= LIMIT_COMPLETION;
}

/* The line without what is being typed and what says whose numbers are asked. */
static void run_line(struct completion *c, const struct command *with)
{
	static struct options o;
	struct text why = text_make(4096);
	char **argv = must_alloc((size_t)c->argc + 3, sizeof(char *));
	const char *before = c->argv[c->at - 1];
	int n = 0;

	for (int i = 0; i < c->argc; i++) {
		if (i == c->at ||
		    (i == c->at - 1 && i > 0 && before[0] == '-' && before[1] != '\0'))
			continue;
		argv[n++] = c->argv[i];
	}
	if (options_parse(&o, n, argv, &why) && !o.help && !o.version && are_small(&o)) {
		o.command = with;
		o.quiet = true;
		o.is_locked = true;
		o.output = NULL;
		o.json = false;
		o.call = o.tunnel = 0;
		o.pair = (struct pair){0};
		asked = c;
		run_command(&o);
	}
	free(argv);
	text_free(&why);
}

void complete_calls(struct completion *c)
{
	static const struct command calls = {
		.bit = COMMAND_CALLS, .name = "calls", .needs = NEEDS_REPLAY, .run = offer_calls};

	run_line(c, &calls);
}

void complete_tunnels(struct completion *c)
{
	static const struct command tunnels = {.bit = COMMAND_TUNNELS,
					       .name = "tunnels",
					       .needs = NEEDS_REPLAY,
					       .run = offer_tunnels};

	run_line(c, &tunnels);
}
