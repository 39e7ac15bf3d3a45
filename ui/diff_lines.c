/* The messages of one call, as `diff` compares them. */
#include "diff.h"
#include "limits.h"

enum { FOLD_REACH = 32 }; /* a copy stands this near to the message that it repeats */

enum diff_phase diff_phase_of(const struct diff_line *line)
{
	const struct event *e = line->step->event;

	if (e->kind == EVENT_PPPOE ||
	    (e->kind == EVENT_PPP && (line->from == ROLE_LAC || line->to == ROLE_LAC)))
		return PHASE_ACCESS;
	if (e->kind == EVENT_CONTROL)
		return e->control.message == SCCRQ || e->control.message == SCCRP ||
				       e->control.message == SCCCN || e->control.message == STOPCCN
			       ? PHASE_TUNNEL
			       : PHASE_SESSION;
	if (e->kind != EVENT_PPP)
		return PHASE_SESSION;
	if (e->ppp.protocol == PPP_LCP)
		return PHASE_LCP;
	return e->ppp.protocol >= 0xc000 ? PHASE_AUTH : PHASE_NCP;
}

static bool is_keepalive(const struct ppp *p)
{
	return p->protocol == PPP_LQR ||
	       (p->protocol == PPP_LCP && p->code >= CP_ECHOREQ && p->code <= CP_DISCARD);
}

static bool is_setup(uint16_t message)
{
	return message == SCCRQ || message == SCCRP || message == SCCCN;
}

/* Of the tunnel only what opens it (once for all of its calls), and what tears this call down. */
static bool tells_of_tunnel(const struct call *c, const struct step *s, bool has_tunnel)
{
	uint16_t message = s->event->control.message;

	if (s->event->kind != EVENT_CONTROL || c->tunnel == NULL || step_tunnel(s) != c->tunnel)
		return false;
	return has_tunnel ? is_setup(message) || (message == STOPCCN && !c->cdn.is_set)
			  : message == STOPCCN && !c->cdn.is_set;
}

static bool is_message(const struct event *e)
{
	switch (e->kind) {
	case EVENT_CONTROL:
		return e->control.message != ZLB && e->control.message != ACK &&
		       e->control.message != HELLO && e->control.message != MESSAGE_UNKNOWN;
	case EVENT_PPP:
		return !is_keepalive(&e->ppp);
	case EVENT_PPPOE:
	case EVENT_RADIUS:
	case EVENT_PPTP:
	case EVENT_ICMP:
		return true;
	case EVENT_DATA:
	case EVENT_SAID:
	case EVENT_OTHER:
		break;
	}
	return false;
}

static bool belongs(const struct call *c, const struct step *s, bool has_tunnel)
{
	const struct call *of = step_call(s);

	if (s->is_second_sight || s->event->is_virtual || !is_message(s->event) ||
	    s->delivery == DELIVERY_DUPLICATE || s->delivery == DELIVERY_OLD)
		return false;
	if (of != NULL)
		return of == c || of->whole == c;
	return tells_of_tunnel(c, s, has_tunnel);
}

/* Initiator and responder are LAC and LNS once the call tells which. */
static enum role role_of(const struct call *c, enum role r)
{
	bool is_initiator = r == ROLE_INITIATOR;

	if ((r != ROLE_INITIATOR && r != ROLE_RESPONDER) || c->session == NULL || !c->roles_known)
		return r;
	return is_initiator == (c->session->lac_end == INITIATOR) ? ROLE_LAC : ROLE_LNS;
}

/* Who, which protocol, which message. Of PPP also to whom: the LAC's LCP is another link. */
static uint64_t kind_of(const struct event *e, enum role from, enum role to)
{
	uint64_t protocol = e->kind == EVENT_PPP ? e->ppp.protocol : 0;
	uint64_t message = e->kind == EVENT_PPP       ? e->ppp.code
			   : e->kind == EVENT_CONTROL ? e->control.message
			   : e->kind == EVENT_ICMP    ? e->icmp_code
						      : e->neighbour.code;

	return (uint64_t)from << 48 | (uint64_t)(e->kind == EVENT_PPP ? to : 0) << 40 |
	       (uint64_t)e->kind << 32 | protocol << 16 | message;
}

/* Somebody answered since: the same request again is a new one. */
static bool is_answer(const struct diff_line *line, const struct diff_line *to)
{
	const struct event *e = line->step->event;
	const struct event *of = to->step->event;

	return e->kind == EVENT_PPP && of->kind == EVENT_PPP &&
	       e->ppp.protocol == of->ppp.protocol && line->from != to->from &&
	       e->ppp.code != CP_CONFREQ;
}

static bool is_copy(struct arena *arena, const struct diff_line *of, const struct diff_line *line)
{
	struct diff_value values[DIFF_VALUES];
	const struct event *a = of->step->event;
	const struct event *b = line->step->event;

	if (of->kind != line->kind)
		return false;
	if (a->kind == EVENT_CONTROL && a->l2tp.has_sequence && b->l2tp.has_sequence)
		return a->l2tp.ns == b->l2tp.ns && line->step->delivery == DELIVERY_REPEAT;
	if (a->kind == EVENT_PPP && a->ppp.code != CP_CONFREQ && a->ppp.has_id && b->ppp.has_id &&
	    a->ppp.id != b->ppp.id)
		return false; /* an answer to another request */
	return diff_values(arena, a, b, false, values) == 0;
}

/* The line that this one repeats, or NULL. */
static struct diff_line *repeated(struct arena *arena, struct diff_line *lines, size_t n,
				  const struct diff_line *line)
{
	for (size_t i = n; i-- > 0 && n - i <= FOLD_REACH;) {
		if (is_answer(&lines[i], line))
			return NULL;
		if (is_copy(arena, &lines[i], line))
			return &lines[i];
	}
	return NULL;
}

static void set_time(struct diff_line *line, const struct run *r, const struct call *c)
{
	struct moment begins = when_aligned(r->report, c->start.vantage, mark_when(&c->start));
	struct moment now = run_step_time(r, line->step);

	line->has_time = c->start.is_set && moment_known(begins) && moment_known(now) &&
			 begins.epoch == now.epoch;
	if (line->has_time)
		line->at_s = (double)(now.ns - begins.ns) / 1e9;
}

void diff_collect(struct diff_side *side, struct arena *arena, bool has_tunnel)
{
	const struct report *report = side->run->report;
	const struct call *c = side->call;
	struct diff_line *lines = arena_array(arena, LIMIT_DIFF_MESSAGES, sizeof(*lines));
	struct arena *scratch = arena_new(LIMIT_OUTPUT_LINE);
	size_t n = 0;

	for (size_t i = 0; i < report->n_steps && lines != NULL; i++) {
		const struct step *s = report->steps[i];
		struct diff_line line = {.step = s, .copies = 1};
		struct diff_line *first;

		if (!belongs(c, s, has_tunnel))
			continue;
		line.from = role_of(c, s->from);
		line.to = role_of(c, s->to);
		line.kind = kind_of(s->event, line.from, line.to);
		arena_reset(scratch);
		first = repeated(scratch, lines, n, &line);
		set_time(&line, side->run, c);
		if (first != NULL) {
			if (first->copies++ == 1)
				first->again_s = line.at_s;
			continue;
		}
		if (n == LIMIT_DIFF_MESSAGES) {
			side->is_cut = true;
			break;
		}
		side->has_phase[diff_phase_of(&line)] = true;
		lines[n++] = line;
	}
	arena_free(scratch);
	side->lines = lines;
	side->n_lines = n;
}
