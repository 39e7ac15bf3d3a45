#include <stdlib.h>

#include "cmd_common.h"
#include "command.h"
#include "paper.h"
#include "whole_file.h"

static enum exit_status run_report(struct run *r);

const struct command command_report = {
	.bit = COMMAND_REPORT,
	.name = "report",
	.arguments = "[OPTIONS] [-o FILE] INPUT...",
	.about = "one self-contained HTML page: summary, causes, calls, messages, findings, inputs",
	.details =
		"A page for a ticket or a mail: it needs no network and nothing beside it. Calls "
		"can be filtered\nand sorted; each opens into its verdict, facts, findings, phases "
		"and messages, a message into\nits fields and octets. With many calls the failed "
		"ones carry their messages first, and the page\nsays which do not. Without -o: to "
		"standard output.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS | WRITES_FILE | LISTS_UNREAD,
	.run = run_report,
};

/* ---- who is in the page, and with messages ---- */

static bool is_bad(enum outcome o)
{
	return o == OUTCOME_FAILED || o == OUTCOME_DROPPED;
}

static bool has_room(const struct paper *p)
{
	return p->n[PAPER_CALL][PAPER_FULL] + p->n[PAPER_TUNNEL][PAPER_FULL] < LIMIT_PAPER_FULL &&
	       p->page.octets < LIMIT_PAPER;
}

static void take(struct paper *p, enum paper_kind kind, const struct paper_subject *s,
		 uint64_t number)
{
	enum paper_share share = has_room(p) ? PAPER_FULL : PAPER_LISTED;
	uint64_t listed = 0;

	for (int i = 0; i < PAPER_KINDS; i++)
		listed += p->n[i][PAPER_LISTED] + p->n[i][PAPER_FULL];
	if (listed >= LIMIT_PAPER_LISTED)
		share = PAPER_LEFT_OUT;
	else
		paper_subject(p, s, share == PAPER_FULL);
	p->n[kind][share]++;
	p->shares[kind][number] = (uint8_t)share;
}

static void take_calls(struct paper *p, bool bad_ones)
{
	for (const struct call *c = p->run->report->calls; c != NULL && !p->run->is_interrupted;
	     c = c->next) {
		struct paper_subject s = {.call = c, .tunnel = c->tunnel};

		if (is_bad(c->outcome) == bad_ones && run_shows_call(p->run, c))
			take(p, PAPER_CALL, &s, c->number);
		run_is_interrupted(p->run);
	}
}

static void take_tunnels(struct paper *p, bool bad_ones)
{
	for (const struct tunnel *t = p->run->report->tunnels; t != NULL && !p->run->is_interrupted;
	     t = t->next) {
		struct paper_subject s = {.tunnel = t};

		if (is_bad((enum outcome)t->outcome) == bad_ones && run_shows_tunnel(p->run, t))
			take(p, PAPER_TUNNEL, &s, t->number);
		run_is_interrupted(p->run);
	}
}

/* ---- the page ---- */

static struct str title_of(struct run *r)
{
	struct text t = text_make(LIMIT_RECORD);
	struct str title;

	text_puts(&t, "l2tpscope: ");
	for (size_t i = 0; i < r->n_inputs && i < 3; i++) {
		text_puts(&t, i == 0 ? "" : ", ");
		text_escape(&t, r->names[i]);
	}
	if (r->n_inputs > 3)
		text_printf(&t, " and %zu more", r->n_inputs - 3);
	title = arena_str(r->kept, text_str(&t));
	text_free(&t);
	return title;
}

static uint8_t *shares_of(size_t n)
{
	uint8_t *shares = must_alloc(n + 1, 1);

	memset(shares, PAPER_LEFT_OUT, n + 1);
	return shares;
}

static void write_page(struct run *r, FILE *out)
{
	struct paper p = {.run = r,
			  .arena = arena_new(LIMIT_SCRATCH),
			  .steps = step_index_make(r),
			  .base = ladder_base_new(r)};

	p.shares[PAPER_CALL] = shares_of(r->report->last_call);
	p.shares[PAPER_TUNNEL] = shares_of(r->report->last_tunnel);
	webpage_begin(&p.page, out, title_of(r));
	take_calls(&p, true);
	take_tunnels(&p, true);
	take_calls(&p, false);
	take_tunnels(&p, false);
	paper_list(&p);
	paper_run(&p);
	webpage_end(&p.page);
	for (int i = 0; i < PAPER_KINDS; i++)
		free(p.shares[i]);
	step_index_free(&p.steps);
	ladder_base_free(p.base);
	arena_free(p.arena);
}

static enum exit_status run_report(struct run *r)
{
	const char *path = r->options->output == NULL ? "-" : r->options->output;
	struct text why_not = text_make(4096);
	struct whole_file file;

	if (common_is_terminal(r, &why_not) ||
	    !whole_open(&file, path, r->options->force, &why_not))
		return common_refuse(&why_not, STATUS_USAGE);
	write_page(r, file.out);
	return common_finish(r, &file, &why_not);
}
