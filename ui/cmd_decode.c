#include <inttypes.h>
#include <stdlib.h>

#include "cmd_common.h"
#include "command.h"
#include "decode_json.h"
#include "decode_tree.h"
#include "message.h"
#include "step_rebuilt.h"
#include "unread.h"

static enum exit_status run_decode(struct run *r);

const struct command command_decode = {
	.bit = COMMAND_DECODE,
	.name = "decode",
	.arguments = "[OPTIONS] INPUT...",
	.about = "every message: one line each, -v full tree, -x hex; --unread: what nothing read",
	.details = "One line a message, as tcpdump has it. -v: the tree of every header field, "
		   "attribute and\noption under Wireshark's field names; -x: the bytes of each. "
		   "--unread: log records that\nno row of the grammar reads, by shape, with counts "
		   "and the first line of each.",
	.needs = NEEDS_NOISE | JOINS_TEXTS,
	.run = run_decode,
};

static void print_where(struct run *r, const struct event *e)
{
	const struct origin *o = &e->origin;

	if (r->n_inputs > 1) {
		text_escape(&r->line, r->names[o->input]);
		text_putc(&r->line, ':');
	}
	text_printf(&r->line, "%" PRIu64 " ", o->frame != 0 ? o->frame : o->line);
}

static void print_time(struct run *r, const struct event *e, struct moment *before,
		       struct moment *first)
{
	if (moment_known(e->when) && !moment_known(*first))
		*first = e->when;
	when_print(&r->line, r->options->time, e->when, *before, *first);
	if (moment_known(e->when))
		*before = e->when;
	text_putc(&r->line, ' ');
}

static void print_defects(struct run *r, const struct event *e)
{
	for (size_t i = 0; i < e->n_defects; i++) {
		const struct defect *d = &e->defects[i];
		const struct defect_row *row = defect_row(d->id);

		text_puts(&r->line, "    ");
		term_styled(&r->term, &r->line, common_severity_style(row->severity), row->id);
		if (d->line != 0)
			text_printf(&r->line, " in line %" PRIu64 ": ", d->line);
		else
			text_printf(&r->line, " at octet %" PRIu32 ": ", d->offset);
		arena_reset(r->scratch);
		common_print_defect(r, d);
		term_line(&r->term, &r->line);
	}
}

static void print_line(struct run *r, const struct event *e, struct moment *before,
		       struct moment *first)
{
	size_t start;

	print_where(r, e);
	print_time(r, e, before, first);
	start = r->line.len;
	message_party(&r->line, &e->from);
	if (r->line.len > start)
		text_puts(&r->line, " > ");
	start = r->line.len;
	message_party(&r->line, &e->to);
	if (r->line.len > start)
		text_puts(&r->line, ": ");
	if (e->l2tp.is_present && e->kind == EVENT_PPP)
		text_printf(&r->line, "L2TP %" PRIu32 "/%" PRIu32 " ", e->l2tp.tunnel_id,
			    e->l2tp.session_id);
	if (!e->l2tp.is_present && e->interface.len > 0) {
		text_escape(&r->line, e->interface);
		text_puts(&r->line, ": ");
	}
	if (e->sense != CROSSING)
		text_puts(&r->line, e->sense == SENT ? "O " : "I ");
	message_name(&r->line, e);
	text_putc(&r->line, ' ');
	message_detail(&r->line, e, true, r->options->show_secrets);
	term_line(&r->term, &r->line);
}

static bool is_message(const struct run *r, const struct event *e)
{
	if (r->options->unread)
		return e->kind == EVENT_SAID && e->said.topic == SAID_UNREAD;
	return e->kind != EVENT_SAID && e->kind != EVENT_OTHER;
}

static bool is_tree(const struct run *r)
{
	return r->options->verbose || r->options->hex;
}

static void show(struct run *r, const struct event *e, struct moment *before, struct moment *first)
{
	if (r->options->json) {
		decode_json(r, e);
		return;
	}
	if (r->options->hex && common_has_secret(e))
		run_warn_secrets(r);
	print_line(r, e, before, first);
	if (is_tree(r))
		decode_tree(r, e);
	print_defects(r, e);
}

static enum exit_status run_unread(struct run *r)
{
	struct unread *u = unread_new();
	struct event e;

	while (!r->term.is_broken && run_next(r, &e)) {
		if (is_message(r, &e) && run_shows_event(r, &e)) {
			arena_reset(r->scratch);
			unread_add(u, r, &e);
		}
	}
	unread_print(u, r);
	unread_free(u);
	return STATUS_DONE;
}

/* Of each event the step that lists it as another sight of its message. */
struct first_sights {
	const struct step **at; /* by number, owned */
	size_t n;
};

static struct first_sights first_sights(const struct run *r)
{
	struct first_sights f = {0};

	for (size_t i = 0; i < r->report->n_steps; i++)
		if (r->report->steps[i]->event->number >= f.n)
			f.n = r->report->steps[i]->event->number + 1;
	f.at = must_alloc(f.n, sizeof(*f.at));
	for (size_t i = 0; i < r->report->n_steps; i++) {
		const struct step *s = r->report->steps[i];

		for (const struct step *also = s->is_second_sight ? NULL : s; also != NULL;
		     also = also->seen_also)
			f.at[also->event->number] = s;
	}
	return f;
}

/* Each event of the inputs again, now as all of them tell it together. */
static void show_told(struct run *r, struct moment *before, struct moment *since)
{
	struct first_sights first = first_sights(r);
	struct arena *told = arena_new(LIMIT_OUTPUT_LINE);
	struct event e;

	while (!r->term.is_broken && run_next(r, &e)) {
		bool is_printed = e.kind == EVENT_CONTROL || e.kind == EVENT_PPP;
		const struct step *s = is_printed ? run_step_of(r, e.number) : NULL;

		if (!is_message(r, &e) || !run_shows_event(r, &e))
			continue;
		arena_reset(told);
		show(r, s ? step_told(told, s, first.at[e.number] ? first.at[e.number] : s) : &e,
		     before, since);
	}
	arena_free(told);
	free(first.at);
}

static void show_steps(struct run *r, struct moment *before, struct moment *since)
{
	for (size_t i = 0; i < r->report->n_steps; i++) {
		const struct step *s = r->report->steps[i];

		if (is_message(r, s->event) && run_shows_step(r, s))
			show(r, s->event, before, since);
	}
}

static enum exit_status run_decode(struct run *r)
{
	struct moment before = {0};
	struct moment first = {0};
	struct arena *told;
	struct event e;

	if (r->options->unread && r->report == NULL)
		return run_unread(r);
	if (r->report != NULL) {
		(r->is_again ? show_told : show_steps)(r, &before, &first);
		return STATUS_DONE;
	}
	told = arena_new(LIMIT_OUTPUT_LINE);
	while (!r->term.is_broken && run_next(r, &e)) {
		if (!is_message(r, &e) || !run_shows_event(r, &e))
			continue;
		arena_reset(told);
		if (is_tree(r))
			e.rebuilt = event_rebuilt(told, &e);
		show(r, &e, &before, &first);
	}
	arena_free(told);
	return STATUS_DONE;
}
