#include <stdlib.h>

#include "limits.h"
#include "rules.h"

/* Tunnels between the same two hosts, compared with each other. Only those that one vantage point
 * saw are: what two logs tell of one tunnel may look like two. */

enum { LOOK_BACK = 32 };

struct in_order {
	struct tunnel *t;
	int64_t start_ns;
	size_t index;
};

/* One run of tunnels of the same hosts, in order of time. */
struct pair {
	const struct in_order *rows;
	size_t n;
};

static int place_compare(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->octets, b->octets, sizeof(a->octets));
}

static int pair_compare(const struct tunnel *a, const struct tunnel *b)
{
	int by_initiator;

	if (a->vantage != b->vantage)
		return a->vantage < b->vantage ? -1 : 1;
	by_initiator = place_compare(&a->peer[INITIATOR].address, &b->peer[INITIATOR].address);
	return by_initiator
		       ? by_initiator
		       : place_compare(&a->peer[RESPONDER].address, &b->peer[RESPONDER].address);
}

static int order_compare(const void *left, const void *right)
{
	const struct in_order *a = left, *b = right;
	int by_pair = pair_compare(a->t, b->t);

	if (by_pair)
		return by_pair;
	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static bool is_known(const struct tunnel *t)
{
	return t->roles_known && t->peer[INITIATOR].address.family &&
	       t->peer[RESPONDER].address.family;
}

/* The same for all who ask. */
static void tunnels_order(struct raise *r)
{
	struct in_order *rows = arena_array(r->r->arena, r->r->n_tunnels + 1, sizeof(*rows));
	size_t n = 0;

	for (struct tunnel *t = r->r->tunnels; rows && t && n < r->r->n_tunnels;
	     t = tunnel_after(r->r, t)) {
		if (!is_known(t))
			continue;
		rows[n] = (struct in_order){.t = t, .index = n};
		mark_ns(r->r, &t->first, &rows[n].start_ns);
		n++;
	}
	if (n)
		qsort(rows, n, sizeof(*rows), order_compare);
	r->tunnels = rows;
	r->n_tunnels = n;
}

/* `ask` is given each pair of hosts that has more than one tunnel. */
static void each_pair(struct raise *r, void (*ask)(struct raise *r, const struct pair *p))
{
	size_t end;

	if (!r->tunnels)
		tunnels_order(r);
	for (size_t i = 0; i < r->n_tunnels; i = end) {
		end = i + 1;
		while (end < r->n_tunnels && pair_compare(r->tunnels[i].t, r->tunnels[end].t) == 0)
			end++;
		if (end - i > 1)
			ask(r, &(struct pair){.rows = r->tunnels + i, .n = end - i});
	}
}

/* Was `older` up when the other one was asked for? */
static bool was_up(const struct raise *r, const struct tunnel *older, const struct tunnel *t)
{
	return older->connected.is_set && !older->is_holey && seen_of(t->seen, SCCRQ)->count &&
	       mark_before(r->r, &older->connected, &seen_of(t->seen, SCCRQ)->first) &&
	       ((is_root(older->cause, "peer-restarted") && !older->stopccn.is_set) ||
		!mark_before(r->r, &older->ended, &seen_of(t->seen, SCCRQ)->first));
}

static void place(struct raise *r, struct tunnel *t)
{
	r->t = t;
	r->c = NULL;
}

static void ask_duplicates(struct raise *r, const struct pair *p)
{
	for (size_t i = 1; i < p->n; i++) {
		struct tunnel *t = p->rows[i].t, *older = p->rows[i - 1].t;
		struct str name = t->peer[INITIATOR].name;
		struct finding *f;

		if (t->version != older->version || !name.len ||
		    !str_equal(name, older->peer[INITIATOR].name) || !was_up(r, older, t))
			continue;
		place(r, older);
		f = raise_finding(r, &seen_of(t->seen, SCCRQ)->first,
				  "%.*s opened another tunnel while this one was up",
				  STR_ARG(name));
		/* two tunnels may be wanted; a peer that forgot the first one lets it die */
		if (older->outcome != OUTCOME_DROPPED)
			f->severity = SEVERITY_NOTE;
	}
}

static void duplicate_tunnel(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	each_pair(r, ask_duplicates);
}

/* Tunnels that were up and fell, `n` within a span of time. */
static void ask_flaps(struct raise *r, const struct pair *p)
{
	enum { FLAPS = 3 };
	double span = threshold(r->r->thresholds, THRESHOLD_FLAP);
	struct tunnel *fell[FLAPS] = {0};
	struct finding *f;
	double gap;

	for (size_t i = 0; i < p->n; i++) {
		struct tunnel *t = p->rows[i].t;

		if (t->outcome != OUTCOME_DROPPED || !t->connected.is_set || !t->ended.is_set)
			continue;
		fell[0] = fell[1];
		fell[1] = fell[2];
		fell[2] = t;
		if (!fell[0] || !mark_gap(r->r, &fell[0]->connected, &t->ended, &gap) || gap > span)
			continue;
		place(r, t);
		f = raise_finding(r, &fell[0]->ended,
				  "Three tunnels of these hosts came up and fell within %.0f s",
				  gap);
		finding_evidence(r, f, &fell[1]->ended);
		finding_evidence(r, f, &t->ended);
		return;
	}
}

static void flapping(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	each_pair(r, ask_flaps);
}

static bool is_windows(const struct tunnel *t)
{
	return str_find(t->peer[INITIATOR].vendor, STR("Microsoft")) != SIZE_MAX;
}

/* Routers open several tunnels under several names themselves; clients do not. */
static void ask_shared(struct raise *r, const struct pair *p)
{
	enum { L2TP_PORT = 1701 };

	for (size_t i = 1; i < p->n; i++) {
		struct tunnel *t = p->rows[i].t, *older = p->rows[i - 1].t;

		if (t->peer[INITIATOR].port != L2TP_PORT ||
		    older->peer[INITIATOR].port != L2TP_PORT || !is_windows(t) ||
		    !is_windows(older) || !was_up(r, older, t) ||
		    str_equal(t->peer[INITIATOR].name, older->peer[INITIATOR].name))
			continue;
		place(r, t);
		raise_finding(r, &seen_of(t->seen, SCCRQ)->first,
			      "%.*s and %.*s come from the same address and port 1701",
			      STR_ARG(older->peer[INITIATOR].name),
			      STR_ARG(t->peer[INITIATOR].name));
		return;
	}
}

static void shared_port(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	each_pair(r, ask_shared);
}

/* The responder must still hold the older tunnel: nothing closed it, and it was alive just now. */
static void ask_ids(struct raise *r, const struct pair *p)
{
	enum { ALIVE_S = 180 };

	for (size_t i = 1; i < p->n; i++) {
		for (size_t back = 1; back <= i && back <= LOOK_BACK; back++) {
			struct tunnel *t = p->rows[i].t, *older = p->rows[i - back].t;
			double silent;

			if (t->version != older->version ||
			    t->peer[INITIATOR].tunnel_id != older->peer[INITIATOR].tunnel_id ||
			    t->peer[INITIATOR].port != older->peer[INITIATOR].port ||
			    !t->peer[INITIATOR].tunnel_id || !was_up(r, older, t) ||
			    !mark_gap(r->r, &older->heard[INITIATOR],
				      &seen_of(t->seen, SCCRQ)->first, &silent) ||
			    silent > ALIVE_S)
				continue;
			place(r, t);
			finding_evidence(
				r,
				raise_finding(r, &seen_of(t->seen, SCCRQ)->first,
					      "The initiator assigns Tunnel ID %u again, which its "
					      "tunnel that is up has",
					      t->peer[INITIATOR].tunnel_id),
				&older->connected);
			break;
		}
	}
}

static void id_collision(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	each_pair(r, ask_ids);
}

static bool is_same_challenge(const struct peer *a, const struct peer *b)
{
	enum { TELLING = 8 }; /* octets; fewer may be equal by chance */

	return a->challenge.len >= TELLING && a->challenge.len == b->challenge.len &&
	       memcmp(a->challenge.at, b->challenge.at, a->challenge.len) == 0;
}

static void ask_challenges(struct raise *r, const struct pair *p)
{
	for (size_t i = 1; i < p->n; i++) {
		for (size_t back = 1; back <= i && back <= LOOK_BACK; back++) {
			struct tunnel *t = p->rows[i].t, *older = p->rows[i - back].t;
			int end = is_same_challenge(&t->peer[0], &older->peer[0]) ? INITIATOR
										  : RESPONDER;

			/* the same ids: the same request again */
			if (t->peer[INITIATOR].tunnel_id == older->peer[INITIATOR].tunnel_id ||
			    !is_same_challenge(&t->peer[end], &older->peer[end]))
				continue;
			place(r, t);
			finding_evidence(
				r,
				raise_finding(
					r, &t->peer[end].challenge_mark,
					"The %s sends the Challenge of an earlier tunnel again",
					end_word((unsigned)end)),
				&older->peer[end].challenge_mark);
			break;
		}
	}
}

static void challenge_reused(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	each_pair(r, ask_challenges);
	for (t = r->r->tunnels; t; t = tunnel_after(r->r, t)) {
		if (!is_same_challenge(&t->peer[INITIATOR], &t->peer[RESPONDER]))
			continue;
		place(r, t);
		raise_finding(r, &t->peer[RESPONDER].challenge_mark,
			      "The responder sends the initiator's own Challenge back");
	}
}

/* Ports too: a router may speak both versions with a peer, each from its own. */
static void ask_versions(struct raise *r, const struct pair *p)
{
	for (size_t i = 1; i < p->n; i++) {
		struct tunnel *t = p->rows[i].t, *older = p->rows[i - 1].t;

		if (t->version == older->version || !t->connected.is_set || !was_up(r, older, t) ||
		    t->peer[0].port != older->peer[0].port ||
		    t->peer[1].port != older->peer[1].port || !t->peer[0].port)
			continue;
		place(r, t);
		raise_finding(r, &t->first,
			      "A tunnel of version %u comes up between places where one of version "
			      "%u is up",
			      t->version, older->version);
	}
}

static void version_mix(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	each_pair(r, ask_versions);
}

static const struct rule_row rows[] = {
	{"tunnel-flap", SEVERITY_ERROR, ON_RUN, flapping, "The tunnel comes up and falls again",
	 "The path is unstable, or one end restarts or runs out of something.",
	 "Compare the times with the logs of routing, links and IPsec between the ends, and with "
	 "restarts of either.",
	 "", NULL, false},
	{"sccrq-duplicate-tunnel", SEVERITY_WARNING, ON_RUN, duplicate_tunnel,
	 "A peer opened another tunnel while its first one was up",
	 "It restarted without closing the first one; or several tunnels are wanted (load sharing, "
	 "several groups).",
	 "Look at the uptime of the peer; clear the older tunnel if it is dead.", "RFC 2661 4.4.3",
	 NULL, false},
	{"nat-shared-1701", SEVERITY_NOTE, ON_RUN, shared_port,
	 "Two clients behind one address both use port 1701",
	 "A NAT that keeps ports, or IPsec in between: one of the clients may get the packets of "
	 "the other.",
	 "Let the NAT translate ports, or use NAT traversal of IPsec.", "RFC 2661 8.1", NULL,
	 false},
	{"tunnel-id-collision", SEVERITY_ERROR, ON_RUN, id_collision,
	 "A Tunnel ID is assigned twice at a time",
	 "The initiator restarted without StopCCN and counts its ids anew.",
	 "Clear the older tunnel on the responder.", "RFC 2661 4.4.3", NULL, false},
	{"challenge-reused", SEVERITY_WARNING, ON_RUN, challenge_reused,
	 "A tunnel Challenge was used before",
	 "A bad random source, or somebody replays or reflects packets.",
	 "Verify where the packets come from and protect the path with IPsec; upgrade the end "
	 "whose challenges repeat.",
	 "RFC 2661 4.4.3", NULL, false},
	{"l2tp-version-mix", SEVERITY_WARNING, ON_RUN, version_mix,
	 "Tunnels of several versions are up between the same places",
	 "One end fell back to another version while the older tunnel is up.",
	 "Configure one version (`protocol l2tp` or `protocol l2tpv3`) on both ends.",
	 "RFC 3931 4.7.3", NULL, false},
};

const struct rule_table rules_pairs = {.rows = rows, .n = sizeof(rows) / sizeof(rows[0])};
