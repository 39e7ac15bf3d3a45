#include "remembered.h"

#include "call_keys.h"
#include "hash.h"
#include "session.h"
#include "spoken.h"
#include "stages.h"
#include "threshold.h"

/* ---- of a tunnel that goes on ---- */

void remembered_id(struct tunnel *t, unsigned end, uint32_t id)
{
	struct live_tunnel *lt = live_tunnel(t);

	lt->ids[end].row = lt->ids[end].n && id == lt->ids[end].last + 1 ? lt->ids[end].row + 1 : 0;
	lt->ids[end].last = id;
	lt->ids[end].n++;
}

static void remember_role(struct live_tunnel *lt, const struct session *s)
{
	enum role here = s->lac_end == INITIATOR ? ROLE_LAC : ROLE_LNS;

	if (s->roles_known)
		lt->told_role = !lt->told_role || lt->told_role == here ? here : ROLE_INITIATOR;
}

void remembered_tally(struct tunnel *t, const struct session *s)
{
	struct live_tunnel *lt = live_tunnel(t);
	const struct seen *request = seen_of(s->seen, ICRQ);

	lt->told_answered |= session_is_answered(s);
	remember_role(lt, s);
	if (s->number && (!t->told_first || s->number < t->told_first))
		t->told_first = s->number;
	for (const struct seen *x = s->seen; x; x = x->next)
		if (x->repeats > lt->told_repeated.repeats ||
		    (x->repeats && x->repeats == lt->told_repeated.repeats &&
		     s->number < lt->told_number)) {
			lt->told_repeated = *x;
			lt->told_repeated.next = NULL;
			lt->told_repeated.again = &lt->told_again;
			lt->told_again = *seen_last(x);
			lt->told_number = s->number;
			spoken_keep(lt->arena, s, &lt->told_repeated.first);
			spoken_keep(lt->arena, s, &lt->told_again);
		}
	if (s->roles_known && !s->roles_inferred && request->count &&
	    !lt->told_brought[s->lac_end].is_set) {
		lt->told_brought[s->lac_end] = request->first;
		spoken_keep(lt->arena, s, &lt->told_brought[s->lac_end]);
	}
}

/* ---- ids ---- */

struct told_id {
	uint64_t tunnel; /* its number */
	int64_t last_ns, until_ns;
	uint32_t id;
	uint8_t end; /* that assigned it */
};

/* One takes the place of another. */
static struct told_id *told_id_at(const struct observer *o, uint64_t tunnel, unsigned end,
				  uint32_t id)
{
	uint64_t hash = hash_end(hash_word(HASH_START, tunnel << 33 | (uint64_t)end << 32 | id));

	return &o->told_ids[hash % LIMIT_TOLD_IDS];
}

void remembered_left(struct observer *o, const struct session *s)
{
	int64_t settle_ns = (int64_t)(threshold(o->thresholds, THRESHOLD_SETTLE) * 1e9);

	if (o->is_text || !s->tunnel || !s->tunnel->number)
		return;
	if (!o->told_ids)
		o->told_ids = arena_array(o->arena, LIMIT_TOLD_IDS, sizeof(*o->told_ids));
	for (unsigned side = 0; o->told_ids && side < 2; side++) {
		unsigned end = side == LAC ? s->lac_end : 1u - s->lac_end;

		if (s->id[side])
			*told_id_at(o, s->tunnel->number, end, s->id[side]) =
				(struct told_id){.tunnel = s->tunnel->number,
						 .last_ns = s->last.ns,
						 .until_ns = s->last.ns + settle_ns,
						 .id = s->id[side],
						 .end = (uint8_t)end};
	}
}

int64_t remembered_late(const struct context *c, const struct tunnel *t, unsigned end, uint32_t id)
{
	const struct observer *o = c->observer;
	const struct told_id *told = o->told_ids ? told_id_at(o, t->number, end, id) : NULL;

	if (!told || told->tunnel != t->number || told->id != id || told->end != end ||
	    c->event->when.ns < told->last_ns || c->event->when.ns > told->until_ns)
		return -1;
	return c->event->when.ns - told->last_ns;
}

/* ---- calls ---- */

static void told_call_free(struct observer *o)
{
	struct call *oldest = o->told_calls;

	o->told_calls = oldest->told_next;
	o->n_told_calls--;
	if (!o->told_calls)
		o->told_calls_last = NULL;
	session_give_back(oldest->session);
}

/* Of what is remembered: they stand in the session's memory. */
static bool has_words(const struct session *s)
{
	const struct call *c = s->call;
	const struct auth *auth = link_auth(&s->ppp, CLIENT);
	const struct cp *lcp = link_cp(&s->ppp, CP_LCP), *ipcp = link_cp(&s->ppp, CP_IPCP);

	return c->start.has_words || c->requested.has_words || c->connected.has_words ||
	       c->end.has_words || c->cdn.mark.has_words || s->first.has_words ||
	       s->last.has_words || auth->decided.has_words || ipcp->opened.has_words ||
	       lcp->side[CLIENT].acked.has_words || lcp->side[LNS].acked.has_words;
}

/* By its challenge a call is known again (attempts.c), and whether it was let in. */
static void auth_keep(struct arena *a, struct ppp_link *to, const struct ppp_link *from)
{
	const struct auth *auth = from->auth[CLIENT];
	struct auth *kept = auth ? link_auth_make(a, to, CLIENT) : NULL;

	if (!kept)
		return;
	kept->challenge = arena_span(a, auth->challenge);
	kept->result = auth->result;
	kept->responses = auth->responses;
	kept->decided = auth->decided;
}

/* What the links of a bundle agreed on (multilink_bundle.c). */
static void lcp_keep(struct arena *a, struct ppp_link *to, const struct ppp_link *from)
{
	struct cp *kept = link_cp_make(a, to, CP_LCP);

	for (unsigned i = 0; i < 2; i++) {
		const struct cp_side *side = &link_cp(from, CP_LCP)->side[i];

		kept->side[i].acked = side->acked;
		kept->side[i].agreed = options_copy(a, side->agreed);
	}
}

static struct session *session_keep(struct arena *a, const struct session *s)
{
	struct live_session *kept = arena_alloc(a, TOLD_SESSION);

	if (!kept)
		return NULL;
	kept->arena = a;
	kept->session = (struct session){.number = s->number,
					 .direction = s->direction,
					 .id = {s->id[0], s->id[1]},
					 .serial = s->serial,
					 .has_serial = s->has_serial,
					 .lac_end = s->lac_end,
					 .vantage = s->vantage,
					 .ppp.is_fresh = s->ppp.is_fresh,
					 .first = s->first,
					 .last = s->last};
	auth_keep(a, &kept->session.ppp, &s->ppp);
	if (call_is_link(s->call))
		lcp_keep(a, &kept->session.ppp, &s->ppp);
	if (s->call->ipv4.family) /* since when it had its address (rules_ncp.c) */
		link_cp_make(a, &kept->session.ppp, CP_IPCP)->opened =
			link_cp(&s->ppp, CP_IPCP)->opened;
	return &kept->session;
}

static void call_keep(struct arena *a, struct call *told)
{
	struct str *words[CALL_TEXTS];
	size_t n = call_texts(told, words);

	for (size_t i = 0; i < n; i++)
		*words[i] = arena_str(a, *words[i]);
	told->ipv6_id = arena_span(a, told->ipv6_id);
	told->is_told = told->goes_on = true;
	told->next = told->same_user_next = told->previous = told->told_next = NULL;
	told->attempts = NULL;
	told->findings = NULL;
	told->cause_text = (struct str){0};
	told->tunnel = NULL;
	told->session->tunnel = NULL;
	told->session->call = NULL;
	told->told_keys = call_keys_make(told);
}

/* Nearly always all of it, in one piece. */
static size_t size_of_copy(const struct session *s)
{
	enum { NUL_AND_ALIGNED = 8 };
	const struct auth *auth = s->ppp.auth[CLIENT];
	size_t size = sizeof(struct call) + TOLD_SESSION;
	struct str *words[CALL_TEXTS];
	size_t n = call_texts(s->call, words);

	for (size_t i = 0; i < n; i++)
		size += words[i]->len ? words[i]->len + NUL_AND_ALIGNED : 0;
	return size + (auth ? sizeof(*auth) + auth->challenge.len + NUL_AND_ALIGNED : 0);
}

bool remembered_call(struct observer *o, struct session *s)
{
	const struct call *c = s->call;
	bool stays = c && (o->is_text || has_words(s));
	struct arena *arena;
	struct call *told;

	if (!c || c->outcome != OUTCOME_FAILED || c->whole || c->legs)
		return false;
	arena = stays ? live_session(s)->arena : arena_child(o->arena, size_of_copy(s));
	told = arena_alloc(arena, sizeof(*told));
	if (told) {
		*told = *c;
		told->session = stays ? s : session_keep(arena, s);
	}
	if (!told || !told->session) {
		if (!stays)
			arena_free(arena);
		return false;
	}
	call_keep(arena, told);
	if (o->told_calls_last)
		o->told_calls_last->told_next = told;
	else
		o->told_calls = told;
	o->told_calls_last = told;
	if (++o->n_told_calls > LIMIT_TOLD_CALLS)
		told_call_free(o);
	return stays;
}

/* ---- tunnels ---- */

void remembered_return(struct observer *o, struct tunnel *t)
{
	t->next = NULL;
	if (o->told_tunnels_last)
		o->told_tunnels_last->next = t;
	else
		o->told_tunnels = t;
	o->told_tunnels_last = t;
	o->n_told_tunnels++;
}

void remembered_tunnel(struct observer *o, struct tunnel *t)
{
	t->is_told = t->goes_on = true;
	t->sessions = NULL;
	t->findings = NULL;
	t->root = NULL;
	t->cause_text = (struct str){0};
	remembered_return(o, t);
	if (o->n_told_tunnels <= LIMIT_TOLD_TUNNELS)
		return;
	t = o->told_tunnels;
	o->told_tunnels = t->next;
	o->n_told_tunnels--;
	if (live_tunnel(t)->arena != o->arena)
		arena_free(live_tunnel(t)->arena);
}

void remembered_recall(struct observer *o, struct report *r)
{
	r->told_calls = o->told_calls;
	r->n_told_calls = o->n_told_calls;
	for (struct call *c = o->told_calls; c; c = c->told_next)
		c->previous = c->same_user_next = NULL, c->attempts = NULL;
	for (struct tunnel *t = o->told_tunnels; t; t = t->next) {
		t->kin_next = t->asked_next = NULL;
		t->first_call = NULL;
	}
	if (!o->told_tunnels_last)
		return;
	o->told_tunnels_last->next = o->tunnels;
	o->tunnels = o->told_tunnels;
	o->told_tunnels = o->told_tunnels_last = NULL;
	o->n_told_tunnels = 0;
}
