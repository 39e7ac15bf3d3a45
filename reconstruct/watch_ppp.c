#include "watch_ppp.h"

#include "ppp_link.h"

static bool is_this_router(const struct watch *w, unsigned end)
{
	return (end == ppp_from(w)) == (w->e->sense == SENT);
}

const char *ppp_sender(const struct watch *w)
{
	unsigned end = ppp_from(w);

	if (w->e->origin.line)
		return is_this_router(w, end) ? "This router" : "Its peer";
	return end == CLIENT ? "The client" : "The LNS";
}

const char *ppp_receiver(const struct watch *w)
{
	unsigned end = 1 - ppp_from(w);

	if (w->e->origin.line)
		return is_this_router(w, end) ? "this router" : "its peer";
	return end == CLIENT ? "the client" : "the LNS";
}

const char *ppp_protocol_word(uint16_t protocol)
{
	const char *name = code_name(CODE_PPP_PROTOCOL, protocol);

	return name ? name : "an unknown protocol";
}

const struct cp *ppp_cp(const struct watch *w, uint16_t protocol)
{
	return link_cp(&w->s->ppp, cp_index(protocol));
}

double ppp_seconds(struct moment from, struct moment to)
{
	/* of a line whose date was lost only the time of day is known */
	if (!moment_known(from) || from.kind != to.kind)
		return -1;
	return (double)moment_minus(to, from) / 1e9;
}

bool option_same(const struct ppp_option *a, const struct ppp_option *b)
{
	return a->is_whole && b->is_whole && a->number == b->number &&
	       span_equal(a->value, b->value);
}

bool call_is_half_seen(const struct call *c)
{
	return c->session->was_there || session_has_holes(c->session);
}

bool call_went_wrong(const struct call *c)
{
	return c->outcome == OUTCOME_FAILED || c->outcome == OUTCOME_DROPPED;
}
