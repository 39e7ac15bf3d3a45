#include "over.h"

#include <stdlib.h>

#include "half_open.h"
#include "in_time.h"
#include "link.h"
#include "meter.h"
#include "registry.h"
#include "roll.h"
#include "spoken.h"
#include "threshold.h"
#include "unbound.h"

static const int64_t second_ns = 1000000000;
/* Of `settle`: how long a call is waited for whose end was acknowledged at once. */
enum { SURE = 8 };
enum { TICK_S = 1, SOON_S = 2, LOOK_S = 60 };

void over_number_call(struct observer *o, struct session *s)
{
	if (!o->is_text)
		s->number = ++o->calls_begun;
}

void over_number_tunnel(struct observer *o, struct tunnel *t)
{
	if (o->is_text)
		return;
	t->number = ++o->tunnels_begun;
	o->n_ended++; /* as long as nobody answers it may have been asked in vain */
}

static void ended_link(struct observer *o, struct live_session *ls)
{
	ls->next_ended = o->ended;
	ls->ended_at = &o->ended;
	if (o->ended)
		o->ended->ended_at = &ls->next_ended;
	o->ended = ls;
}

static void ended_unlink(struct live_session *ls)
{
	if (!ls->ended_at)
		return;
	*ls->ended_at = ls->next_ended;
	if (ls->next_ended)
		ls->next_ended->ended_at = ls->ended_at;
	ls->next_ended = NULL;
	ls->ended_at = NULL;
}

void over_is_half(struct observer *o, struct session *s, const struct tunnel *t)
{
	if (s)
		ended_unlink(live_session(s));
	if (s && s->number && s->number == o->calls_begun)
		o->calls_begun--;
	if (t && t->number && t->number == o->tunnels_begun)
		o->tunnels_begun--;
}

void over_stop(struct observer *o)
{
	if (o->has_stopped)
		return;
	o->has_stopped = true;
	o->stopped = mark_when(&o->latest);
}

void over_is_link(struct observer *o, struct tunnel *t)
{
	if (!o->is_text)
		o->tunnels_begun--;
	t->number = 0;
	over_stop(o);
}

void over_note_id(struct tunnel *t, unsigned end, uint32_t id)
{
	struct live_tunnel *lt = live_tunnel(t);

	lt->ids[end].row = lt->ids[end].n && id == lt->ids[end].last + 1 ? lt->ids[end].row + 1 : 0;
	lt->ids[end].last = id;
	lt->ids[end].n++;
}

void over_note_call(struct observer *o, struct session *s)
{
	if (live_session(s)->is_ended)
		return;
	live_session(s)->is_ended = true;
	o->n_ended++;
	if (!o->is_text)
		ended_link(o, live_session(s));
}

void over_note_tunnel(struct observer *o, struct tunnel *t)
{
	o->n_ended += !live_tunnel(t)->is_closed;
	live_tunnel(t)->is_closed = true;
}

static int64_t after(int64_t ns, int64_t wait)
{
	return ns > INT64_MAX - wait ? INT64_MAX : ns + wait;
}

void over_looked(struct observer *o, struct moment when)
{
	o->looked = when;
	o->look_ns = after(when.ns, SOON_S * second_ns);
	o->look_anyway_ns = after(when.ns, LOOK_S * second_ns);
}

bool over_is_worth_now(const struct observer *o)
{
	return !o->is_text && !o->has_stopped && moment_comparable(o->last, o->looked);
}

/* ---- when ---- */

static int64_t grace_ns(const struct observer *o)
{
	return (int64_t)(threshold(o->thresholds, THRESHOLD_SETTLE) * (double)second_ns);
}

/* The clock was set after that: nothing is told before the end. */
static int64_t tick_after(struct moment last, int64_t grace)
{
	int64_t tick = TICK_S * second_ns;

	if (!moment_known(last) || last.epoch)
		return INT64_MAX;
	return ((last.ns + grace) / tick + 1) * tick;
}

static struct moment later(struct moment a, struct moment b)
{
	return moment_known(b) && (!moment_known(a) || moment_minus(b, a) > 0) ? b : a;
}

static bool awaits(const struct tunnel *t, const struct session *s)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)t;

	for (unsigned from = 0; from < 2; from++)
		for (const struct awaiting *w = lt->awaiting[from]; w; w = w->next)
			if (!s || w->session == s)
				return true;
	return false;
}

static bool is_whole(const struct session *s)
{
	return !s->was_there || (s->id[0] && s->id[1]);
}

/* The one CDN was acknowledged: nobody sends it again, and nobody has a use for data. */
static bool is_sure(const struct tunnel *t, const struct session *s)
{
	const struct seen *cdn = seen_of(s->seen, CDN);

	return cdn->count == 1 && !cdn->repeats &&
	       moment_known(((const struct live_session *)s)->told) && !awaits(t, s);
}

/* The time at which a call may be told; INT64_MAX: not yet known. Behind `now` it may be later. */
static int64_t call_settles(const struct observer *o, const struct tunnel *t, struct session *s,
			    int64_t now)
{
	const struct live_session *ls = live_session(s);
	struct moment last;

	if (!ls->is_ended || !session_cdn(s)->is_set || !is_whole(s))
		return INT64_MAX;
	last = later(mark_when(&s->last), ls->told);
	if (is_sure(t, s))
		return tick_after(last, grace_ns(o) / SURE);
	/* a CDN that nobody acknowledges is sent again and again, until the tunnel falls */
	return tick_after(
		last, grace_ns(o) * (tick_after(last, grace_ns(o)) <= now && awaits(t, s) ? 3 : 1));
}

/* Nobody answered it, nobody asks any more. */
static bool is_forlorn(const struct tunnel *t)
{
	return seen_of(t->seen, SCCRQ)->count && !seen_of(t->seen, SCCRP)->count && !t->sessions &&
	       !t->was_there && !((const struct live_tunnel *)t)->rival;
}

static int64_t tunnel_settles(const struct observer *o, struct tunnel *t)
{
	struct moment last = mark_when(&t->last);
	bool is_closed = live_tunnel(t)->is_closed && t->stopccn.is_set;

	if (t->version != 2 || tunnel_is_link(t) || (!is_closed && !is_forlorn(t)))
		return INT64_MAX;
	for (const struct session *s = t->sessions; s; s = s->next)
		last = later(last, mark_when(&s->last));
	return tick_after(last, grace_ns(o) * (is_closed && !awaits(t, NULL) ? 1 : 3));
}

/* ---- parting ---- */

static void part_all(struct tunnel *t, int64_t settles_ns)
{
	for (struct session *s = t->sessions; s; s = s->next) {
		live_session(s)->settles_ns = settles_ns;
		s->is_settled = true;
	}
}

static bool part_tunnel(struct observer *o, struct tunnel *t, int64_t now)
{
	struct live_tunnel *lt = live_tunnel(t);

	lt->settles_ns = tunnel_settles(o, t);
	lt->is_over = lt->settles_ns <= now;
	t->goes_on = !lt->is_over;
	if (lt->is_over)
		part_all(t, lt->settles_ns);
	return lt->is_over;
}

/* What a closing tunnel takes along goes with it. */
static bool settles_alone(const struct tunnel *t)
{
	return t->version == 2 && !tunnel_is_link(t) && !((const struct live_tunnel *)t)->is_closed;
}

static size_t part_ended(struct observer *o, int64_t now)
{
	size_t n = 0;

	for (struct live_session *ls = o->ended; ls; ls = ls->next_ended) {
		struct session *s = &ls->session;
		int64_t settles = INT64_MAX;

		if (settles_alone(s->tunnel))
			settles = call_settles(o, s->tunnel, s, now);
		if (settles > now)
			continue;
		ls->settles_ns = settles;
		s->is_settled = true;
		n++;
	}
	return n;
}

static void part_session(struct session *s)
{
	struct live_tunnel *lt = live_tunnel(s->tunnel);

	roll_leave(s->tunnel, s);
	if (lt->parted_last)
		lt->parted_last->next = s;
	else
		lt->parted = s;
	lt->parted_last = s;
}

/* In the order of their tunnels; those that stay, which are more, are not looked at. */
static void part_sessions(struct observer *o, size_t n)
{
	struct in_time *rows = must_alloc(n, sizeof(*rows));
	size_t at = 0;

	for (struct live_session *ls = o->ended; ls && at < n; ls = ls->next_ended)
		if (ls->session.is_settled && !live_tunnel(ls->session.tunnel)->is_over)
			rows[at++] = (struct in_time){0, ls->place, &ls->session};
	in_time_sort(rows, at);
	for (size_t i = 0; i < at; i++)
		part_session(rows[i].what);
	free(rows);
}

static bool part(struct observer *o, int64_t now)
{
	bool is_any = false;
	size_t n;

	for (struct tunnel *t = o->tunnels; t; t = t->next)
		is_any |= part_tunnel(o, t, now);
	n = part_ended(o, now);
	if (n > 0)
		part_sessions(o, n);
	for (struct tunnel *t = o->tunnels; t; t = t->next) {
		struct live_tunnel *lt = live_tunnel(t);

		if (lt->is_over)
			continue;
		lt->staying = t->sessions;
		t->sessions = lt->parted;
		lt->parted = lt->parted_last = NULL;
	}
	return is_any || n > 0;
}

/* At the end everything leaves; what was over before comes first, as it would have. */
static bool part_at_end(struct observer *o, struct tunnel *t, int64_t now)
{
	struct live_tunnel *lt = live_tunnel(t);
	int64_t settles = tunnel_settles(o, t);
	bool is_any = settles <= now;

	lt->is_over = true;
	lt->settles_ns = settles <= now ? settles : INT64_MAX;
	for (struct session *s = t->sessions; s; s = s->next) {
		settles = lt->settles_ns;
		if (settles == INT64_MAX && settles_alone(t))
			settles = call_settles(o, t, s, now);
		live_session(s)->settles_ns = settles <= now ? settles : INT64_MAX;
		is_any |= settles <= now;
	}
	return is_any;
}

bool over_part(struct observer *o, bool at_end)
{
	int64_t until = o->has_stopped ? o->stopped.ns : o->last.ns;
	bool is_any = false;

	over_looked(o, o->last);
	if (o->is_text)
		return false;
	if (!at_end)
		return part(o, until);
	for (struct tunnel *t = o->tunnels; t; t = t->next)
		is_any |= part_at_end(o, t, until);
	return is_any;
}

void over_stay(struct session *s)
{
	live_session(s)->settles_ns = INT64_MAX;
	s->is_settled = false;
}

static bool has_left(const struct session *s)
{
	return s && s->is_settled;
}

/* The sessions that go on are together again, in the order in which they began; the others are
 * given back. */
static struct session *gather(struct tunnel *t)
{
	struct session *gone = NULL, *next = t->sessions;

	t->sessions = live_tunnel(t)->staying;
	live_tunnel(t)->staying = NULL;
	while (next) {
		struct session *s = next;

		next = s->next;
		if (has_left(s)) {
			s->next = gone;
			gone = s;
		} else {
			roll_return(t, s);
		}
	}
	return gone;
}

static void awaiting_leave(struct live_tunnel *lt)
{
	for (unsigned from = 0; from < 2; from++) {
		struct awaiting **at = &lt->awaiting[from];

		lt->awaiting_last[from] = NULL;
		while (*at) {
			struct awaiting *w = *at;

			if (has_left(w->session)) {
				*at = w->next;
				w->next = lt->spare;
				lt->spare = w;
				continue;
			}
			lt->awaiting_last[from] = *at;
			at = &(*at)->next;
		}
	}
}

static void forgotten(const struct observer *o, const void *record)
{
	if (o->options->forgotten)
		o->options->forgotten(o->options->placed_context, record);
}

/* Nothing finds it any more. */
static void session_forget(struct observer *o, struct session *s)
{
	struct live_session *half = live_session(s)->absorbed, *next;

	for (; half; half = next) {
		next = half->absorbed;
		ended_unlink(half);
		roll_leave_half(half);
		meter_close(&half->session);
		registry_forget_session(o->registry, &half->session);
		forgotten(o, &half->session);
		arena_free(half->arena);
	}
	live_session(s)->absorbed = NULL;
	ended_unlink(live_session(s));
	roll_leave_half(live_session(s));
	half_open_leave_session(s);
	meter_close(s);
	registry_forget_session(o->registry, s);
	forgotten(o, s);
	o->n_sessions--;
}

/* ---- what is remembered ---- */

static void told_call_free(struct observer *o)
{
	struct call *oldest = o->told_calls;

	o->told_calls = oldest->told_next;
	o->n_told_calls--;
	if (!o->told_calls)
		o->told_calls_last = NULL;
	arena_free(live_session(oldest->session)->arena);
}

/* Its session stays; of all else only what the session holds. */
static bool call_told(struct observer *o, const struct session *s)
{
	struct arena *arena = ((const struct live_session *)s)->arena;
	const struct call *c = s->call;
	struct call *told;

	if (!c || c->outcome != OUTCOME_FAILED || c->whole || c->legs)
		return false;
	told = arena_alloc(arena, sizeof(*told));
	if (!told)
		return false;
	*told = *c;
	told->is_told = told->goes_on = true;
	told->next = told->same_user_next = told->previous = told->told_next = NULL;
	told->attempts = NULL;
	told->findings = NULL;
	told->cause_text = (struct str){0};
	told->tunnel = NULL;
	told->session->tunnel = NULL;
	told->session->call = NULL;
	for (int i = 0; i < 2; i++)
		told->side[i].name = arena_str(arena, c->side[i].name);
	if (o->told_calls_last)
		o->told_calls_last->told_next = told;
	else
		o->told_calls = told;
	o->told_calls_last = told;
	if (++o->n_told_calls > LIMIT_TOLD_CALLS)
		told_call_free(o);
	return true;
}

static void tunnel_told(struct observer *o, struct tunnel *t)
{
	t->is_told = t->goes_on = true;
	t->sessions = NULL;
	t->next = NULL;
	t->findings = NULL;
	t->root = NULL;
	t->cause_text = (struct str){0};
	if (o->told_tunnels_last)
		o->told_tunnels_last->next = t;
	else
		o->told_tunnels = t;
	o->told_tunnels_last = t;
	if (++o->n_told_tunnels <= LIMIT_TOLD_TUNNELS)
		return;
	t = o->told_tunnels;
	o->told_tunnels = t->next;
	o->n_told_tunnels--;
	arena_free(live_tunnel(t)->arena);
}

void over_remember(struct observer *o, struct report *r)
{
	r->told_calls = o->told_calls;
	for (struct call *c = o->told_calls; c; c = c->told_next)
		c->previous = c->same_user_next = NULL, c->attempts = NULL;
	for (struct tunnel *t = o->told_tunnels; t; t = t->next) {
		t->kin_first = t->kin_next = NULL;
		t->first_call = NULL;
	}
	if (!o->told_tunnels_last)
		return;
	o->told_tunnels_last->next = o->tunnels;
	o->tunnels = o->told_tunnels;
	o->told_tunnels = o->told_tunnels_last = NULL;
	o->n_told_tunnels = 0;
}

/* ---- leaving ---- */

static void session_free(struct observer *o, struct session *s)
{
	session_forget(o, s);
	if (!call_told(o, s))
		arena_free(live_session(s)->arena);
}

/* What the rules ask of all calls of a tunnel. */
static void tally(struct live_tunnel *lt, const struct session *s)
{
	const struct seen *request = seen_of(s->seen, ICRQ);

	if (s->number && (!lt->tunnel.told_first || s->number < lt->tunnel.told_first))
		lt->tunnel.told_first = s->number;
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

static void sessions_free(struct observer *o, struct session *s)
{
	struct session *next;

	for (; s; s = next) {
		next = s->next;
		session_free(o, s);
	}
}

static void held_free(struct held *h)
{
	struct held *next;

	for (; h; h = next) {
		next = h->next;
		arena_free(h->arena);
	}
}

/* Nothing finds it any more, and nothing of it is left but itself. */
static void tunnel_forget(struct observer *o, struct tunnel *t)
{
	struct live_tunnel *lt = live_tunnel(t), *half, *next;

	half_open_leave(t);
	sessions_free(o, t->sessions);
	t->sessions = NULL;
	held_free(lt->early[0]);
	held_free(lt->early[1]);
	lt->early[0] = lt->early[1] = NULL;
	if (lt->rival)
		live_tunnel(lt->rival)->rival = NULL;
	lt->rival = NULL;
	for (half = lt->absorbed; half; half = next) {
		next = half->absorbed;
		registry_forget_tunnel(o->registry, &half->tunnel);
		forgotten(o, &half->tunnel);
		arena_free(half->arena);
	}
	lt->absorbed = NULL;
	registry_forget_tunnel(o->registry, t);
	forgotten(o, t);
}

static void tunnel_free(struct observer *o, struct tunnel *t)
{
	tunnel_forget(o, t);
	if (t->connected.is_set || t->outcome == OUTCOME_FAILED)
		tunnel_told(o, t);
	else
		arena_free(live_tunnel(t)->arena);
}

/* Steps that are kept still point to what was dropped. */
static bool is_freed(const struct observer *o)
{
	return !o->steps;
}

void over_drop_tunnel(struct observer *o, struct tunnel *t)
{
	if (!is_freed(o)) {
		registry_forget_tunnel(o->registry, t);
		t->number = 0;
	} else {
		tunnel_forget(o, t);
		arena_free(live_tunnel(t)->arena);
	}
	o->n_tunnels--;
}

size_t over_drop_sessions(struct observer *o, struct tunnel *t)
{
	struct session *gone = NULL, *next;
	size_t n = 0;

	for (struct session *s = t->sessions; s; s = next) {
		bool is_dropped = live_session(s)->half.is_given_up && !live_session(s)->rival;

		next = s->next;
		live_session(s)->half.is_given_up = false;
		s->is_settled = is_dropped;
		if (!is_dropped)
			continue;
		roll_leave(t, s);
		s->next = gone;
		gone = s;
		n++;
	}
	if (!n)
		return 0;
	awaiting_leave(live_tunnel(t));
	for (; gone; gone = next) {
		next = gone->next;
		gone->next = NULL;
		session_forget(o, gone);
		t->n_sessions--;
		if (is_freed(o))
			arena_free(live_session(gone)->arena);
	}
	return n;
}

/* What was found of it while others were settled does not stand: it may go on otherwise. */
static void verdict_forget(struct tunnel *t)
{
	t->start = t->connected = t->ended = (struct mark){0};
	t->outcome = OUTCOME_UNKNOWN;
	t->ended_by = ROLE_UNKNOWN;
	t->cause = NULL;
	t->confidence = CONFIDENCE_NONE;
	t->cause_text = (struct str){0};
	t->findings = NULL;
	t->root = NULL;
	t->kin_first = t->kin_next = NULL;
	t->first_call = NULL;
}

static void tunnel_goes_on(struct observer *o, struct tunnel *t)
{
	struct session *gone;

	if (t->sessions)
		awaiting_leave(live_tunnel(t));
	gone = gather(t);
	for (struct session *s = gone; s; s = s->next)
		tally(live_tunnel(t), s);
	sessions_free(o, gone);
	t->goes_on = false;
	verdict_forget(t);
	o->n_ended += live_tunnel(t)->is_closed || is_forlorn(t);
}

static void unbound_leave(struct observer *o)
{
	struct tunnel **at = &o->unbound;

	while (*at) {
		if (live_tunnel(*at)->is_over)
			unbound_take(at);
		else
			at = unbound_after(at);
	}
}

static void put(struct tunnel *t, struct tunnel **first, struct tunnel **last)
{
	t->next = NULL;
	if (*last)
		(*last)->next = t;
	else
		*first = t;
	*last = t;
}

void over_take(struct observer *o, struct report *r)
{
	struct tunnel *over = NULL, *over_last = NULL, *next;

	unbound_leave(o);
	o->tunnels = o->tunnels_last = NULL;
	r->n_tunnels = 0;
	for (struct tunnel *t = r->tunnels; t; t = next) {
		next = t->next;
		if (t->is_told) {
			put(t, &o->told_tunnels, &o->told_tunnels_last);
			o->n_told_tunnels++;
		} else if (live_tunnel(t)->is_over) {
			put(t, &over, &over_last);
			r->n_tunnels++;
			o->n_tunnels--;
		} else {
			put(t, &o->tunnels, &o->tunnels_last);
		}
	}
	r->tunnels = over;
}

void over_leave(struct observer *o, struct report *r)
{
	struct tunnel *next;

	o->n_ended = 0;
	for (struct tunnel *t = r->tunnels; t; t = next) {
		next = t->next;
		tunnel_free(o, t);
	}
	for (struct tunnel *t = o->tunnels; t; t = t->next)
		tunnel_goes_on(o, t);
	for (const struct live_session *ls = o->ended; ls; ls = ls->next_ended)
		o->n_ended++;
}
