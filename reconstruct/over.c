#include "over.h"

#include <stdlib.h>

#include "in_time.h"
#include "link.h"
#include "roll.h"
#include "threshold.h"
#include "tunnel.h"

static const int64_t second_ns = 1000000000;
/* Of `settle`: how long a call is waited for whose end was acknowledged at once. */
enum { SURE = 16 };
enum { TICK_S = 1, LOOK_S = 60 };

/* Of several vantage points: with those of whatever began before, and for good. */
static bool gives_numbers(const struct observer *o)
{
	return o->spans && o->options->tell;
}

/* A message that waited for others may begin one behind those that began later. */
static void note_begin(struct observer *o, const struct mark *first, int64_t *latest_ns)
{
	if (!gives_numbers(o))
		return;
	o->is_apart_in_vain |= first->ns < *latest_ns;
	*latest_ns = first->ns;
}

void over_number_call(struct observer *o, struct session *s)
{
	if (!o->parts)
		return;
	s->number = ++o->calls_begun;
	note_begin(o, &s->first, &o->calls_ns);
}

void over_number_tunnel(struct observer *o, struct tunnel *t)
{
	if (!o->parts)
		return;
	t->number = ++o->tunnels_begun;
	note_begin(o, &t->first, &o->tunnels_ns);
	o->n_ended += !o->is_text; /* as long as nobody answers it may have been asked in vain */
}

void over_is_half(struct observer *o, struct session *s, const struct tunnel *t)
{
	if (s)
		ended_leave(&o->ended, live_session(s));
	if (s && s->number && s->number == o->calls_begun)
		o->calls_begun--;
	else if (s && s->number)
		o->is_apart_in_vain |= gives_numbers(o);
	if (t && t->number && t->number == o->tunnels_begun)
		o->tunnels_begun--;
	else if (t && t->number)
		o->is_apart_in_vain |= gives_numbers(o);
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
	if (o->parts)
		o->tunnels_begun--;
	t->number = 0;
	over_stop(o);
}

void over_note_call(struct observer *o, struct session *s)
{
	if (live_session(s)->is_ended)
		return;
	live_session(s)->is_ended = true;
	o->n_ended++;
	if (o->parts && s->tunnel)
		ended_add(&o->ended, live_session(s));
}

void over_note_tunnel(struct observer *o, struct tunnel *t)
{
	if (live_tunnel(t)->is_closed)
		return;
	o->n_ended += !o->is_text;
	live_tunnel(t)->is_closed = true;
	live_tunnel(t)->closed_ns = o->last.ns;
}

static int64_t after(int64_t ns, int64_t wait)
{
	return ns > INT64_MAX - wait ? INT64_MAX : ns + wait;
}

/* The clock was set after that: nothing is told before the end. */
static int64_t tick_after(struct moment last, int64_t grace)
{
	int64_t tick = TICK_S * second_ns;

	if (!moment_known(last) || last.epoch)
		return INT64_MAX;
	return ((last.ns + grace) / tick + 1) * tick;
}

void over_looked(struct observer *o, struct moment when)
{
	o->looked = when;
	o->look_ns = tick_after(when, 0); /* nothing settles in between */
	o->look_anyway_ns = after(when.ns, LOOK_S * second_ns);
}

bool over_is_worth_now(const struct observer *o)
{
	return o->parts && !o->has_stopped && moment_comparable(o->last, o->looked);
}

/* ---- when ---- */

static int64_t grace_ns(const struct observer *o)
{
	return (int64_t)(threshold(o->thresholds, THRESHOLD_SETTLE) * (double)second_ns);
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
	struct moment last = mark_when(&s->last);

	/* no call is waited for less: of most that have ended no more need be looked at */
	if (moment_known(last) && !last.epoch && tick_after(last, grace_ns(o) / SURE) > now)
		return INT64_MAX;
	if (!ls->is_ended || !session_cdn(s)->is_set || !is_whole(s))
		return INT64_MAX;
	last = later(last, ls->told);
	if (!o->is_text && is_sure(t, s))
		return tick_after(last, grace_ns(o) / SURE);
	/* a CDN that nobody acknowledges is sent again and again, until the tunnel falls */
	return tick_after(
		last, grace_ns(o) * (tick_after(last, grace_ns(o)) <= now && awaits(t, s) ? 3 : 1));
}

/* Nobody answered it, or the answer led to nothing, and nobody asks any more. An SCCRP that is not
 * acknowledged is sent again for half a minute (RFC 2661 5.8): one that was sent once had its
 * acknowledgement, which the recording misses, and the tunnel may go on. */
static bool is_forlorn(const struct tunnel *t)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)t;
	const struct seen *reply = seen_of(t->seen, SCCRP);

	return tunnel_is_asked_alone(t) && (!reply->count || reply->repeats) && !lt->rival;
}

bool over_is_near(const struct tunnel *t)
{
	return ((const struct live_tunnel *)t)->is_closed || is_forlorn(t);
}

/* Of a text none is: a caller may turn out to be meant for it (place_strays()). */
static int64_t tunnel_settles(const struct observer *o, struct tunnel *t)
{
	struct moment last = mark_when(&t->last);
	bool is_closed = live_tunnel(t)->is_closed && t->stopccn.is_set;

	if (o->is_text || t->version != 2 || tunnel_is_link(t) || (!is_closed && !is_forlorn(t)))
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

/* INT64_MAX: not by itself. What a closing tunnel takes along goes with it. */
static int64_t settles_alone(const struct observer *o, struct session *s, int64_t now)
{
	const struct tunnel *t = s->tunnel;
	const struct live_tunnel *lt = (const struct live_tunnel *)t;
	int64_t settles;

	if (t->version != 2 || tunnel_is_link(t))
		return INT64_MAX;
	settles = call_settles(o, t, s, now);
	return lt->is_closed && settles > lt->closed_ns ? INT64_MAX : settles;
}

static int64_t told_until(const struct observer *o)
{
	return o->has_stopped ? o->stopped.ns : o->last.ns;
}

bool over_is_past(const struct observer *o, struct session *s)
{
	int64_t now = told_until(o);

	return o->is_text && o->parts && s->tunnel && live_session(s)->is_ended &&
	       settles_alone(o, s, now) <= now;
}

/* No call is waited for less than that: what comes of it later only makes it longer. */
static int64_t waits_until(const struct observer *o, const struct session *s)
{
	struct moment last = mark_when(&s->last);

	if (!moment_known(last) || last.epoch)
		return INT64_MIN;
	return tick_after(last, o->is_text ? grace_ns(o) : grace_ns(o) / SURE);
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
static size_t part_ended(struct observer *o, int64_t now)
{
	struct ended *all = &o->ended;
	struct in_time *rows = must_room(all->n, sizeof(*rows));
	size_t n = 0, n_alone = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct ended_row *row = &all->rows[i];
		struct session *s = &row->session->session;
		int64_t settles;

		if (row->look_ns > now && !all->is_unsure)
			continue;
		settles = settles_alone(o, s, now);
		if (settles > now) {
			row->look_ns = waits_until(o, s);
			continue;
		}
		row->session->settles_ns = settles;
		s->is_settled = true;
		n++;
		if (!live_tunnel(s->tunnel)->is_over)
			rows[n_alone++] = (struct in_time){(int64_t)row->session->place,
							   UINT64_MAX - row->number, s};
	}
	all->is_unsure = false;
	in_time_sort(rows, n_alone);
	for (size_t i = 0; i < n_alone; i++)
		part_session(rows[i].what);
	free(rows);
	return n;
}

static bool part(struct observer *o, int64_t now)
{
	bool is_any = false;
	size_t n;

	for (struct tunnel *t = o->tunnels; t; t = t->next)
		is_any |= part_tunnel(o, t, now);
	n = part_ended(o, now);
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
		settles = settles_alone(o, s, now);
		settles = settles <= now ? settles : lt->settles_ns;
		live_session(s)->settles_ns = settles;
		is_any |= settles <= now;
	}
	return is_any;
}

bool over_part(struct observer *o, bool at_end)
{
	int64_t until = told_until(o);
	bool is_any = false;

	over_looked(o, o->last);
	if (!o->parts)
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
