#include "arrival.h"

#include "session.h"
#include "tunnel.h"

void arrival_await(struct context *c, struct tunnel *t, unsigned from, struct session *s)
{
	struct live_tunnel *lt = live_tunnel(t);
	struct awaiting *w = lt->spare;

	if (w)
		lt->spare = w->next;
	else
		w = arena_alloc(lt->arena, sizeof(*w));
	if (!w)
		return;
	*w = (struct awaiting){.session = s,
			       .step = c->step,
			       .mark = c->mark,
			       .message = c->event->control.message,
			       .ns = c->event->l2tp.ns,
			       .has_ns = c->event->l2tp.has_sequence};
	if (lt->awaiting_last[from])
		lt->awaiting_last[from]->next = w;
	else
		lt->awaiting[from] = w;
	lt->awaiting_last[from] = w;
}

static void let_go(struct live_tunnel *lt, struct awaiting *w)
{
	w->next = lt->spare;
	lt->spare = w;
}

void arrival_through(struct context *c, struct tunnel *t, unsigned from,
		     const struct awaiting *last)
{
	struct live_tunnel *lt = live_tunnel(t);
	struct step *now = c->step;
	bool is_done = false;

	while (last && lt->awaiting[from] && !is_done) {
		struct awaiting *w = lt->awaiting[from];

		lt->awaiting[from] = w->next;
		if (!w->next)
			lt->awaiting_last[from] = NULL;
		c->step = w->step;
		is_done = w == last;
		tunnel_received(c, t, from, w->message, w->session, true);
		let_go(lt, w);
	}
	c->step = now;
}

void arrival_of_session(struct context *c, struct tunnel *t, unsigned from, struct session *s)
{
	struct awaiting **at = &live_tunnel(t)->awaiting[from], *last = NULL;

	while (*at) {
		struct awaiting *w = *at;
		struct context then = *c;

		if (w->session != s) {
			last = w;
			at = &w->next;
			continue;
		}
		*at = w->next;
		then.step = w->step;
		tunnel_received(&then, t, from, w->message, s, true);
		let_go(live_tunnel(t), w);
	}
	live_tunnel(t)->awaiting_last[from] = last;
}

void arrival_acknowledged(struct context *c, struct tunnel *t, unsigned from)
{
	const struct channel *way = &t->way[from];
	const struct awaiting *last = NULL;

	if (!way->has_acked)
		return;
	for (struct awaiting *w = live_tunnel(t)->awaiting[from]; w; w = w->next) {
		if (w->has_ns && (int16_t)(uint16_t)(way->acked - w->ns) > 0)
			last = w;
	}
	if (last)
		arrival_through(c, t, from, last);
}

/* Which message proves that which other one has arrived at its sender. */
static const struct {
	uint16_t message, answered;
} answers[] = {
	{SCCRP, SCCRQ}, {SCCCN, SCCRP}, {L2F_CONFIRM, SCCCN}, {ICRP, ICRQ},
	{ICCN, ICRP},   {OCRP, OCRQ},   {OCCN, OCRQ},
};

static uint16_t answered_by(uint16_t message)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (answers[i].message == message)
			return answers[i].answered;
	}
	return ZLB;
}

void arrival_answered(struct context *c, struct tunnel *t, unsigned from, const struct session *s,
		      uint16_t message)
{
	const struct awaiting *last = NULL;
	uint16_t answered = answered_by(message);

	for (struct awaiting *w = live_tunnel(t)->awaiting[from]; w; w = w->next) {
		/* a call message shows its sender's tunnel open */
		bool opens = s && (w->message == SCCRQ || w->message == SCCRP ||
				   w->message == SCCCN || w->message == L2F_CONFIRM);

		if (opens || (answered && w->message == answered && w->session == s))
			last = w;
	}
	if (last)
		arrival_through(c, t, from, last);
}

void tunnel_prove(struct context *c, struct tunnel *t, unsigned from, const struct session *s)
{
	const struct awaiting *last = NULL;

	for (struct awaiting *w = live_tunnel(t)->awaiting[from]; w; w = w->next) {
		if (w->session == s && w->message != CDN)
			last = w;
	}
	if (last)
		arrival_through(c, t, from, last);
}

void arrival_pull(struct context *c, struct tunnel *t, unsigned from, struct session *s)
{
	uint16_t needs = answered_by(c->event->control.message);
	bool was_seen = s ? seen_of(s->seen, needs)->count > 0 : seen_of(t->seen, needs)->count > 0;

	if (!c->observer->is_text || was_seen || (needs != SCCRP && needs != ICRP))
		return;
	arrival_answered(c, t, from, s, needs);
	if (s) {
		session_sent(c, s, 1 - from, needs, true);
		session_received(c, s, 1 - from, needs, true);
	} else {
		tunnel_step(c, t, 1 - from, tunnel_send_event(needs), true);
		tunnel_step(c, t, from, (uint8_t)(tunnel_send_event(needs) + 1), true);
	}
}
