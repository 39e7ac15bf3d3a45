#include "step_rebuilt.h"

#include "code.h"

enum { CONTROL_HEADER = 12 };

const struct rebuilt *event_rebuilt(struct arena *a, const struct event *e)
{
	if (e->rebuilt || e->origin.frame != 0)
		return e->rebuilt;
	if (e->kind == EVENT_CONTROL)
		return rebuild_control(a, e, NULL);
	return e->kind == EVENT_PPP ? rebuild_ppp(a, e, NULL) : NULL;
}

/* RFC 2661 4.4.5: Proxy Authen Challenge, ID and Response are those of the LAC and its client. */
static const struct rebuilt *with_proxy(struct arena *a, const struct rebuilt *b,
					const struct step *s)
{
	const struct ppp *p = &s->event->ppp;
	const struct call *c = step_call(s);
	const struct auth *auth = c && c->session ? link_auth(&c->session->ppp, CLIENT) : NULL;
	bool is_challenge = p->code == CHAP_CHALLENGE;
	const struct mark *iccn;

	if (!auth || !auth->is_proxy || p->protocol != PPP_CHAP || !p->has_id ||
	    (!is_challenge && p->code != CHAP_RESPONSE) ||
	    p->id != (is_challenge ? auth->challenge_id : auth->response_id))
		return b;
	iccn = &seen_of(c->session->seen, ICCN)->first;
	return rebuilt_with_value(a, b, s->event, is_challenge ? auth->challenge : auth->response,
				  mark_input(iccn), mark_line(iccn));
}

const struct rebuilt *step_rebuilt(struct arena *a, const struct step *s, const struct step *first)
{
	const struct rebuilt *all = event_rebuilt(a, s->event);

	for (const struct step *also = first; also != NULL; also = also->seen_also) {
		const struct rebuilt *one = also != s ? event_rebuilt(a, also->event) : NULL;
		const struct rebuilt *both = one && all ? rebuilt_join(a, all, one) : one;

		if (both)
			all = both;
	}
	return all && s->event->kind == EVENT_PPP ? with_proxy(a, all, s) : all;
}

const struct event *step_told(struct arena *a, const struct step *s, const struct step *first)
{
	struct event *e = arena_alloc(a, sizeof(*e));
	struct defect_list defects = {.arena = a};
	struct avp *avps = NULL;
	struct span octets;

	if (!e || s->event->origin.frame != 0)
		return s->event;
	*e = *s->event;
	e->rebuilt = step_rebuilt(a, s, first);
	if (!e->rebuilt || !e->rebuilt->is_whole || e->kind != EVENT_CONTROL ||
	    e->control.is_complete)
		return e;
	octets = rebuilt_known(a, e->rebuilt);
	if (octets.len <= CONTROL_HEADER)
		return e;
	avp_parse(a, span_of(octets.at + CONTROL_HEADER, octets.len - CONTROL_HEADER),
		  CONTROL_HEADER, &avps, &e->control.n_avps, &defects);
	e->control.avps = avps;
	e->control.has_numbers = false;
	e->control.is_complete = true;
	return e;
}
