/* Multilink (RFC 1990): calls whose links carry one bundle.
 *
 * 5.1.3: links with the same authenticated name and the same Endpoint Discriminator of the peer
 * belong together. A link asks for it with the MRRU option; a name alone is enough only where the
 * other end gives no discriminator on any of them. Links of a bundle are up at the same time: a
 * redial is none. */
#include <stdlib.h>

#include "mark.h"
#include "must.h"
#include "stages.h"

enum { LCP_MRRU = 17, LCP_ENDPOINT = 19 };

struct member {
	struct call *call;
	struct str user;
	struct span endpoint;
};

static bool agreed_option(const struct call *c, unsigned side, uint8_t number,
			  struct ppp_option *ret)
{
	const struct cp_side *s = &link_cp(&c->session->ppp, CP_LCP)->side[side];

	return s->acked.is_set && kept_find(s->agreed, number, ret);
}

bool call_is_link(const struct call *c)
{
	struct ppp_option ignored;

	return agreed_option(c, CLIENT, LCP_MRRU, &ignored) &&
	       agreed_option(c, LNS, LCP_MRRU, &ignored);
}

static bool is_member(struct call *c, struct member *ret)
{
	struct ppp_option endpoint;

	if (!call_is_link(c))
		return false;
	*ret = (struct member){.call = c, .user = c->user};
	if (agreed_option(c, CLIENT, LCP_ENDPOINT, &endpoint) && endpoint.is_whole)
		ret->endpoint = endpoint.value;
	return ret->user.len || ret->endpoint.len;
}

static int member_compare(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	struct str x = {(const char *)a->endpoint.at, a->endpoint.len};
	struct str y = {(const char *)b->endpoint.at, b->endpoint.len};
	int c = str_compare(a->user, b->user);

	if (!c)
		c = str_compare(x, y);
	if (!c)
		c = a->call->number < b->call->number ? -1 : a->call->number > b->call->number;
	return c;
}

/* Was there a moment at which both were up? Order tells, also where the clock was set between. */
static bool overlap(const struct report *r, const struct call *a, const struct call *b)
{
	return !mark_before(r, &a->session->last, &b->session->first) &&
	       !mark_before(r, &b->session->last, &a->session->first);
}

static bool is_same_bundle(const struct report *r, const struct member *a, const struct member *b)
{
	return str_equal(a->user, b->user) && span_equal(a->endpoint, b->endpoint) &&
	       overlap(r, a->call, b->call);
}

/* A bundle that does not take a link ends it as soon as it is authenticated (RFC 1990 5.1.3),
 * before anything was carried on it. */
static bool is_turned_away(const struct report *r, const struct call *c)
{
	static const double AT_ONCE_S = 1;
	const struct cp *lcp = link_cp(&c->session->ppp, CP_LCP);
	const uint64_t *carried = c->session->counters.data_packets;
	const struct mark *ended = mark_earlier(r, &side_ending(&lcp->side[CLIENT])->request,
						&side_ending(&lcp->side[LNS])->request);
	double gap;

	return !carried[0] && !carried[1] && ended &&
	       mark_gap(r, &link_auth(&c->session->ppp, CLIENT)->decided, ended, &gap) &&
	       gap >= 0 && gap < AT_ONCE_S;
}

/* The network protocols run once for all links (RFC 1990 2): a link that joins is up when it is
 * authenticated. */
static void joins(const struct report *r, struct call *c, const struct call *other)
{
	const struct mark *joined = &link_auth(&c->session->ppp, CLIENT)->decided;

	/* who does not ask again had its answer, seen or not */
	bool had_answer = link_auth(&c->session->ppp, CLIENT)->responses == 1 && !joined->is_set;

	if (other->reached != REACHED_NCP ||
	    (c->reached != REACHED_AUTH && !(c->reached == REACHED_LCP && had_answer)) ||
	    is_turned_away(r, c))
		return;
	c->reached = REACHED_NCP;
	if (joined->is_set && !c->connected.is_set)
		c->connected = *joined;
}

void bundles_find(struct report *r)
{
	struct member *members = must_room(r->n_calls + 1, sizeof(*members));
	size_t n = 0;

	for (struct call *c = r->calls; c; c = call_after(r, c))
		n += n < r->n_calls && is_member(c, &members[n]);
	if (n)
		qsort(members, n, sizeof(*members), member_compare);
	for (size_t i = 1; i < n; i++) {
		struct call *before = members[i - 1].call;

		if (!is_same_bundle(r, &members[i - 1], &members[i]))
			continue;
		/* its first call's: others are told in other parts (over.h) */
		if (!before->bundle)
			before->bundle = before->number;
		members[i].call->bundle = before->bundle;
		joins(r, members[i].call, before);
		joins(r, before, members[i].call);
	}
	free(members);
}
