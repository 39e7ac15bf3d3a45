#include <inttypes.h>

#include "cmd_common.h"
#include "command.h"
#include "message.h"
#include "timeline.h"

static enum exit_status run_timeline(struct run *r);

const struct command command_timeline = {
	.bit = COMMAND_TIMELINE,
	.name = "timeline",
	.arguments = "[OPTIONS] INPUT...",
	.about = "events in time order with the state change each one causes, at each end",
	.details =
		"Every event on the clock of the best input: time, seconds since the line before, "
		"from and to,\nwhat it is and what matters of it, and the states it moves at "
		"each end. --format chrome: a process\nfor each tunnel, a thread for each call, "
		"phases as slices, messages as instants.",
	.needs = NEEDS_REPLAY | NEEDS_STEPS | NEEDS_NOISE | READS_AGAIN,
	.run = run_timeline,
};

enum { COLUMN_DELTA = 14, COLUMN_WHO = 24, COLUMN_WHAT = 40 };

static void print_time(struct run *r, const struct step *s, struct moment before)
{
	const char *format = r->options->time;
	struct moment now = run_step_time(r, s);
	struct text delta = text_make(64);

	when_print(&r->line, format, now, before, r->report->earliest);
	if (format == NULL || format[0] != 'd') {
		if (moment_known(now) && moment_known(before))
			when_print(&delta, "d", now, before, r->report->earliest);
		term_pad(&r->line, COLUMN_DELTA, true);
		for (size_t i = delta.len; i < COLUMN_WHO - COLUMN_DELTA - 2; i++)
			text_putc(&r->line, ' ');
		text_add(&r->line, text_str(&delta));
	}
	term_pad(&r->line, COLUMN_WHO, true);
	text_free(&delta);
}

bool timeline_has(struct run *r, const struct step *s)
{
	bool is_quiet = s->event->kind == EVENT_SAID && s->event->said.topic == SAID_NOTHING;

	return !is_quiet && run_shows_step(r, s);
}

enum role timeline_speaker(const struct run *r, const struct step *s)
{
	const struct event *e = s->event;

	for (size_t i = 0; i < r->report->n_views; i++) {
		const struct view *v = &r->report->views[i];

		if (v->vantage == e->origin.vantage && v->role != ROLE_UNKNOWN)
			return v->role;
	}
	return e->sense == RECEIVED && e->kind != EVENT_SAID ? s->to : s->from;
}

void timeline_who(struct text *t, const struct run *r, const struct step *s)
{
	const struct event *e = s->event;

	if (e->kind == EVENT_SAID || e->is_virtual) {
		enum role speaker = timeline_speaker(r, s);

		if (speaker != ROLE_UNKNOWN)
			text_puts(t, role_label(speaker));
		else
			text_escape(t, e->from.name);
		return;
	}
	if (s->from != ROLE_UNKNOWN || s->to != ROLE_UNKNOWN) {
		text_printf(t, "%s → %s", role_label(s->from), role_label(s->to));
		return;
	}
	message_party(t, &e->from);
	text_puts(t, " → ");
	message_party(t, &e->to);
}

const char *timeline_delivery(const struct step *s)
{
	switch (s->delivery) {
	case DELIVERY_REPEAT:
		return "sent again";
	case DELIVERY_DUPLICATE:
		return "copy";
	case DELIVERY_EARLY:
		return "ahead of a gap";
	case DELIVERY_OLD:
		return "late";
	case DELIVERY_NEW:
	case DELIVERY_ACK:
	case DELIVERY_NONE:
		break;
	}
	return NULL;
}

/* Below what it belongs to, or as far to the left as it needs. */
static size_t column_for(const struct run *r, struct str words)
{
	size_t room = r->term.width > term_columns(words) ? r->term.width - term_columns(words) : 0;

	return room < COLUMN_WHAT + 2 ? room : COLUMN_WHAT + 2;
}

static void print_changes(struct run *r, const struct step *s)
{
	struct text t = text_make(4096);

	for (size_t i = 0; i < s->n_changes; i++) {
		text_clear(&t);
		message_change(&t, &s->changes[i]);
		if (s->changes[i].is_inferred)
			text_puts(&t, " (inferred)");
		term_pad(&r->line, column_for(r, text_str(&t)), false);
		term_style_on(&r->term, &r->line, STYLE_DIM);
		text_add(&r->line, text_str(&t));
		term_style_off(&r->term, &r->line, STYLE_DIM);
		term_line(&r->term, &r->line);
	}
	text_free(&t);
}

static void print_findings_at(struct run *r, uint64_t event)
{
	const struct evidence_at *at;
	size_t n = run_findings_at(r, event, &at);

	for (size_t i = 0; i < n; i++) {
		const struct finding *f = at[i].finding;
		struct str words = f->text.len > 0 ? f->text : str_of(f->rule->title);

		term_pad(&r->line, COLUMN_WHAT + 2, false);
		term_styled(&r->term, &r->line, common_severity_style(f->severity),
			    severity_word(f->severity));
		text_printf(&r->line, " %s: ", f->rule->id);
		term_wrap(&r->term, &r->line, COLUMN_WHAT + 4, common_untrusted(r, words));
	}
}

static void print_findings(struct run *r, const struct step *s)
{
	for (; s != NULL; s = s->seen_also)
		print_findings_at(r, s->event->number);
}

static void print_step(struct run *r, const struct step *s, struct moment before)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	const char *delivery = timeline_delivery(s);

	arena_reset(r->scratch);
	print_time(r, s, before);
	timeline_who(&t, r, s);
	text_add(&r->line, text_str(&t));
	term_pad(&r->line, COLUMN_WHAT, true);
	text_clear(&t);
	if (s->event->kind != EVENT_SAID) {
		message_name(&t, s->event);
		text_putc(&t, ' ');
	}
	if (delivery != NULL)
		text_printf(&t, "(%s) ", delivery);
	if (s->unseen_at != NULL) {
		text_puts(&t, "(never seen at ");
		text_escape(&t, r->names[s->unseen_at->input]);
		text_puts(&t, ") ");
	}
	if (s->event->is_virtual)
		text_puts(&t, "(forced, not on the wire) ");
	message_detail(&t, step_fullest(s), false, r->options->show_secrets);
	if (s->delivery == DELIVERY_ACK)
		message_acknowledges(&t, s);
	term_wrap(&r->term, &r->line, COLUMN_WHAT + 2, text_str(&t));
	print_changes(r, s);
	print_findings(r, s);
	text_free(&t);
}

static void write_changes(struct writer *j, const struct step *s)
{
	writer_key(j, "states");
	writer_open(j, '[');
	for (size_t i = 0; i < s->n_changes; i++) {
		const struct state_change *c = &s->changes[i];
		const struct machine *m = c->machine;

		writer_open(j, '{');
		writer_pair_known(j, "end", str_of(role_name(c->who)));
		writer_pair_known(j, "machine", str_of(m->name));
		if (c->protocol != 0)
			writer_pair_known(j, "protocol",
					  str_of(code_name(CODE_PPP_PROTOCOL, c->protocol)));
		writer_pair_known(j, "before", str_of(machine_state_name(m, c->before)));
		writer_pair_known(j, "after", str_of(machine_state_name(m, c->after)));
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

/* `again`: it was acknowledged before. */
static void write_acknowledges(struct writer *j, const struct step *s)
{
	writer_key(j, "acknowledges");
	writer_open(j, '[');
	for (size_t i = 0; i < s->n_acknowledges; i++) {
		const struct acknowledged *a = &s->acknowledges[i];

		writer_open(j, '{');
		writer_pair_known(j, "message", str_of(code_message_name(a->message)));
		writer_pair_unsigned(j, "ns", a->ns);
		writer_key(j, "again");
		writer_bool(j, a->is_again);
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

static void write_findings(struct writer *j, const struct run *r, const struct step *s)
{
	const struct evidence_at *at;

	writer_key(j, "findings");
	writer_open(j, '[');
	for (; s != NULL; s = s->seen_also) {
		size_t n = run_findings_at(r, s->event->number, &at);

		for (size_t i = 0; i < n; i++)
			writer_string(j, str_of(at[i].finding->rule->id));
	}
	writer_close(j, ']');
}

static void timeline_json(struct run *r, const struct step *s)
{
	const struct event *e = s->event;
	const struct call *c = step_call(s);
	const struct tunnel *t = step_tunnel(s);
	struct text words = text_make(LIMIT_OUTPUT_LINE);
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_key(&j, "type");
	writer_string(&j, STR("event"));
	when_json(&j, "time", r->report, e->origin.vantage, e->when);
	writer_pair_known(&j, "stamp",
			  when_stamp(r->scratch, r->report, e->origin.vantage, e->when, e->stamp));
	writer_pair_known(&j, "input", r->names[e->origin.input]);
	if (e->origin.frame != 0)
		writer_pair_unsigned(&j, "frame", e->origin.frame);
	if (e->origin.frame == 0 || e->origin.line != 0)
		writer_pair_id(&j, "line", e->origin.line);
	writer_pair_id(&j, "call", c == NULL ? 0 : c->number);
	writer_pair_id(&j, "tunnel", t == NULL ? 0 : t->number);
	writer_pair_known(&j, "from", str_of(role_name(s->from)));
	writer_pair_known(&j, "to", str_of(role_name(s->to)));
	writer_pair_known(&j, "protocol", str_of(message_protocol(e)));
	message_word(&words, e);
	writer_pair_known(&j, "message", text_str(&words));
	text_clear(&words);
	message_detail(&words, step_fullest(s), false, r->options->show_secrets);
	writer_pair_known(&j, "text", text_str(&words));
	writer_pair_known(&j, "delivery", str_of(timeline_delivery(s)));
	if (s->unseen_at != NULL)
		writer_pair_known(&j, "unseen_at", r->names[s->unseen_at->input]);
	if (s->n_acknowledges > 0)
		write_acknowledges(&j, s);
	write_changes(&j, s);
	write_findings(&j, r, s);
	writer_close(&j, '}');
	run_print_json(r);
	text_free(&words);
}

/* Every step that the options let through. */
static void timeline_print(struct run *r)
{
	struct moment before = {0};

	for (size_t i = 0; i < r->report->n_steps && !run_is_cut_off(r); i++) {
		const struct step *s = r->report->steps[i];

		steps_rest(r->report, i);
		if (!timeline_has(r, s))
			continue;
		if (r->options->json) {
			timeline_json(r, s);
			continue;
		}
		print_step(r, s, before);
		before = run_step_time(r, s);
	}
}

static void print_csv(struct run *r)
{
	timeline_csv_head(r);
	for (size_t i = 0; i < r->report->n_steps && !run_is_cut_off(r); i++) {
		const struct step *s = r->report->steps[i];

		steps_rest(r->report, i);
		if (timeline_has(r, s))
			timeline_csv(r, s);
	}
}

static enum exit_status run_timeline(struct run *r)
{
	if (common_format(r, "csv")) {
		print_csv(r);
		return STATUS_DONE;
	}
	if (common_format(r, "chrome")) {
		timeline_chrome(r);
		return STATUS_DONE;
	}
	if (!r->options->json && r->report->n_tunnels == 0 && r->report->n_calls == 0)
		common_print_contents(r);
	timeline_print(r);
	return STATUS_DONE;
}
