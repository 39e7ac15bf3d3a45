#include "show.h"

#include <inttypes.h>

#include "cmd_common.h"
#include "legs.h"
#include "message.h"
#include "verdict.h"

static const char *end_label(unsigned end)
{
	return end == INITIATOR ? "initiator" : "responder";
}

static void print_peer(struct run *r, const struct tunnel *t, unsigned end)
{
	const struct peer *p = &t->peer[end];

	text_printf(&r->line, "  %-10s", end_label(end));
	text_escape(&r->line, p->name);
	if (p->address.family != 0) {
		text_puts(&r->line, p->name.len > 0 ? "  " : "");
		address_print(&r->line, &p->address);
		if (p->port != 0)
			text_printf(&r->line, " port %u", p->port);
	}
	if (p->tunnel_id != 0)
		text_printf(&r->line, "  tunnel id %" PRIu32, p->tunnel_id);
	if (p->vendor.len > 0) {
		text_puts(&r->line, "  ");
		text_escape(&r->line, p->vendor);
	}
	if (p->firmware >= 0)
		text_printf(&r->line, " firmware 0x%04" PRIx32, (uint32_t)p->firmware);
	term_line(&r->term, &r->line);
}

static void print_number(struct run *r, const struct tunnel *t)
{
	text_printf(&r->line, "tunnel %" PRIu64 ", %s", t->number,
		    t->version == 1   ? "L2F"
		    : t->version == 3 ? "L2TPv3"
				      : "L2TPv2");
	term_line(&r->term, &r->line);
}

void show_tunnel_outcome(struct run *r, const struct tunnel *t)
{
	struct subject s = run_subject(r);

	s.tunnel = t;
	print_peer(r, t, INITIATOR);
	print_peer(r, t, RESPONDER);
	text_puts(&r->line, "  ");
	verdict_of_tunnel(&r->line, t);
	term_line(&r->term, &r->line);
	if (t->cause_text.len > 0) {
		text_puts(&r->line, "  ");
		term_wrap(&r->term, &r->line, 2, common_field(r, &field_tunnels, &s, "cause_text"));
	}
}

static void print_moment(struct run *r, const char *what, const struct mark *m)
{
	struct subject s = run_subject(r);

	if (!m->is_set)
		return;
	text_puts(&r->line, "  ");
	text_add(&r->line, common_time(r, m));
	term_pad(&r->line, 34, true);
	text_puts(&r->line, what);
	if (m->is_inferred)
		text_puts(&r->line, " (inferred)");
	term_pad(&r->line, 74, true);
	mark_print(&r->line, &s, m);
	term_line(&r->term, &r->line);
}

static void print_moments(struct run *r, const struct tunnel *t)
{
	common_heading(r, "milestones");
	print_moment(r, "start", &t->start);
	print_moment(r, "established", &t->connected);
	print_moment(r, "end", &t->ended);
	print_moment(r, "last of the initiator", &t->heard[INITIATOR]);
	print_moment(r, "last of the responder", &t->heard[RESPONDER]);
}

static void add_seconds(struct text *line, const char *what, double seconds)
{
	if (seconds >= 0)
		text_printf(line, "%s%.3f s", what, seconds);
}

/* What one end sent, against the window of the other. */
static void print_way(struct run *r, const struct tunnel *t, const struct deliveries *d,
		      unsigned from)
{
	const struct delivery_way *way = &d->way[from];
	uint16_t window = t->peer[1 - from].window;
	struct text line = text_make(512);

	text_printf(&line, "%u message%s, %u sent again", way->messages,
		    way->messages == 1 ? "" : "s", way->repeats);
	if (way->repeats == 1)
		add_seconds(&line, " after ", way->longest_wait_s);
	else if (way->shortest_wait_s >= 0)
		text_printf(&line, " after %.3f to %.3f s", way->shortest_wait_s,
			    way->longest_wait_s);
	if (way->unacknowledged > 0)
		text_printf(&line, ", %u never seen acknowledged", way->unacknowledged);
	add_seconds(&line, "; round trip ", way->median_s);
	add_seconds(&line, ", worst ", way->worst_s);
	if (way->most_on_the_way > 0)
		text_printf(&line, "; at most %u on the way", way->most_on_the_way);
	if (window != 0)
		text_printf(&line, ", window of the %s %u", end_label(1 - from), window);
	add_seconds(&line, "; HELLO every ", way->hello_s);
	text_printf(&r->line, "  %-10s", end_label(from));
	term_wrap(&r->term, &r->line, 12, text_str(&line));
	text_free(&line);
}

static void print_message(struct run *r, const struct delivered *row)
{
	const struct step *s = row->first;
	struct mark when = mark_of_event(s->event);
	struct text t = text_make(256);

	arena_reset(r->scratch);
	text_puts(&r->line, "  ");
	text_add(&r->line, common_time(r, &when));
	term_pad(&r->line, 34, true);
	text_puts(&r->line, end_label(row->from));
	term_pad(&r->line, 46, true);
	message_name(&t, s->event);
	text_printf(&t, " (Ns %u): ", s->event->l2tp.ns);
	delivery_copies(&t, row);
	text_puts(&t, row->copies > 1 ? "; " : "");
	delivery_answer(&t, r, row);
	term_wrap(&r->term, &r->line, 48, text_str(&t));
	text_free(&t);
}

static void print_sessions(struct run *r, const struct tunnel *t)
{
	bool has_heading = false;

	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		if (!call_uses_tunnel(c, t))
			continue;
		if (!has_heading)
			common_heading(r, "calls");
		has_heading = true;
		arena_reset(r->scratch);
		text_printf(&r->line, "  call %" PRIu64 "  ", c->number);
		text_add(&r->line, c->user.len > 0 ? common_untrusted(r, c->user) : STR("-"));
		text_printf(&r->line, "  session ids %" PRIu32 "/%" PRIu32, c->side[LAC].session_id,
			    c->side[LNS].session_id);
		text_printf(&r->line, "  %s, reached %s", outcome_name(c->outcome),
			    reached_name(c->reached));
		if (c->cause != NULL)
			text_printf(&r->line, ": %s", c->cause);
		term_line(&r->term, &r->line);
	}
}

void show_tunnel(struct run *r, const struct tunnel *t)
{
	struct arena *arena = arena_new(LIMIT_REPLAY_ARENA);
	struct deliveries d = delivery_of(r, t, r->report->steps, r->report->n_steps, arena);
	struct consequences *consequences = consequences_new(r);

	print_number(r, t);
	show_tunnel_outcome(r, t);
	print_moments(r, t);
	print_sessions(r, t);
	if (d.n > 0) {
		common_heading(r, "delivery");
		print_way(r, t, &d, INITIATOR);
		print_way(r, t, &d, RESPONDER);
		common_heading(r, "control messages");
	}
	for (size_t i = 0; i < d.n; i++)
		print_message(r, &d.rows[i]);
	common_heading(r, "states at the end");
	show_end_state(r, "initiator", &t->end[INITIATOR]);
	show_end_state(r, "responder", &t->end[RESPONDER]);
	show_findings(r, "findings", t->findings, consequences);
	consequences_free(consequences);
	arena_free(arena);
}

void show_sent_again(struct run *r, const struct call *c, struct sent_again *x)
{
	size_t n;
	const struct delivered *const *rows = sent_again_of(x, c, &n);

	if (n > 0)
		common_heading(r, "sent again");
	for (size_t i = 0; i < n; i++)
		print_message(r, rows[i]);
}

static void json_delivered(struct run *r, const struct tunnel *t, const struct delivered *row)
{
	const struct event *e = row->first->event;
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_key(&j, "type");
	writer_string(&j, STR("delivery"));
	writer_pair_id(&j, "tunnel", t->number);
	when_json(&j, "time", r->report, e->origin.vantage, e->when);
	writer_pair_id(&j, "frame", e->origin.frame);
	writer_pair_id(&j, "line", e->origin.line);
	writer_pair_known(&j, "from", str_of(end_label(row->from)));
	writer_pair_known(&j, "message", str_of(code_message_name(e->control.message)));
	writer_pair_unsigned(&j, "ns", e->l2tp.ns);
	writer_pair_unsigned(&j, "copies", row->copies);
	writer_key(&j, "again_after_s");
	writer_open(&j, '[');
	for (size_t i = 0; i < row->n_waits; i++)
		writer_real(&j, row->waits[i]);
	writer_close(&j, ']');
	writer_key(&j, "acknowledged");
	writer_bool(&j, row->answer != NULL);
	writer_close(&j, '}');
	run_print_json(r);
}

void show_tunnel_json(struct run *r, const struct tunnel *t)
{
	struct arena *arena = arena_new(LIMIT_REPLAY_ARENA);
	struct deliveries d = delivery_of(r, t, r->report->steps, r->report->n_steps, arena);
	struct writer j = writer_into(&r->line);
	struct subject s = run_subject(r);

	s.tunnel = t;
	field_json(&j, &field_tunnels, &s);
	run_print_json(r);
	for (size_t i = 0; i < d.n; i++)
		json_delivered(r, t, &d.rows[i]);
	for (const struct finding_link *l = t->findings; l != NULL; l = l->next) {
		j = writer_into(&r->line);
		s = run_subject(r);
		s.finding = l->finding;
		field_json(&j, &field_findings, &s);
		run_print_json(r);
	}
	arena_free(arena);
}
