#include "calls_why.h"

#include <stdlib.h>

#include "cause_group.h"
#include "cause_table.h"
#include "cmd_common.h"

/* Calls, or tunnels that led to none, by their cause. */
struct tally {
	const char *cause;
	const char *tunnel_cause; /* of tunnel-lost */
	uint64_t first;           /* number */
	struct str text;
	size_t n;
};

enum { CAUSES = 64 }; /* more than there are */

struct tallies {
	struct tally at[CAUSES];
	size_t n;
};

struct calls_why {
	struct arena *arena;
	struct tallies calls, attempts;
	bool *has_call; /* by number of the tunnel, below `room` */
	uint64_t room;
};

struct calls_why *calls_why_new(void)
{
	struct calls_why *w = must_alloc(1, sizeof(*w));

	w->arena = arena_new(LIMIT_REPLAY_ARENA);
	return w;
}

void calls_why_free(struct calls_why *w)
{
	if (w == NULL)
		return;
	arena_free(w->arena);
	free(w->has_call);
	free(w);
}

static bool same_cause(const struct tally *a, const struct tally *b)
{
	if (strcmp(a->cause, b->cause) != 0 ||
	    (a->tunnel_cause == NULL) != (b->tunnel_cause == NULL))
		return false;
	return a->tunnel_cause == NULL || strcmp(a->tunnel_cause, b->tunnel_cause) == 0;
}

static void tally_add(struct calls_why *w, struct tallies *all, struct tally one)
{
	if (one.cause == NULL)
		one.cause = "unknown";
	for (size_t i = 0; i < all->n; i++) {
		if (!same_cause(&all->at[i], &one))
			continue;
		all->at[i].n++;
		return;
	}
	if (all->n == CAUSES)
		return;
	one.text = arena_str(w->arena, one.text);
	one.n = 1;
	all->at[all->n++] = one;
}

/* What cost most first, as `check` groups them. */
static int by_cost(const void *left, const void *right)
{
	const struct tally *a = left;
	const struct tally *b = right;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

static struct tallies in_order(const struct tallies *all)
{
	struct tallies sorted = *all;

	qsort(sorted.at, sorted.n, sizeof(sorted.at[0]), by_cost);
	return sorted;
}

/* The recording is too short to judge, and nothing in it went wrong. */
static bool is_too_short(const char *cause)
{
	const struct cause_fact *fact = cause == NULL ? NULL : cause_named(cause);

	return fact == NULL || fact->stage == LITTLE_SEEN;
}

/* Bad ends need words; a call that is up or was closed in order needs none. */
static bool needs_words(const struct call *c)
{
	if (c->outcome == OUTCOME_UNKNOWN && is_too_short(c->cause))
		return false;
	return c->outcome != OUTCOME_UP && c->outcome != OUTCOME_CLOSED && c->cause_text.len > 0;
}

static void room_make(struct calls_why *w, uint64_t number)
{
	uint64_t room = 2 * w->room > number ? 2 * w->room : number + 1;

	if (number < w->room)
		return;
	w->has_call = must_grow(w->has_call, room, sizeof(*w->has_call));
	memset(w->has_call + w->room, 0, (room - w->room) * sizeof(*w->has_call));
	w->room = room;
}

static void note_tunnel(struct calls_why *w, const struct tunnel *t)
{
	if (t == NULL)
		return;
	room_make(w, t->number);
	w->has_call[t->number] = true;
}

static void take_call(struct calls_why *w, struct run *r, const struct call *c)
{
	for (const struct call *leg = c->legs; leg != NULL; leg = leg->next_leg)
		note_tunnel(w, leg->tunnel);
	note_tunnel(w, c->tunnel);
	if (needs_words(c) && run_shows_call(r, c))
		tally_add(w, &w->calls,
			  (struct tally){.cause = c->cause,
					 .tunnel_cause = cause_group_of_tunnel(c),
					 .first = c->number,
					 .text = c->cause_text});
}

static void take_tunnel(struct calls_why *w, struct run *r, const struct tunnel *t)
{
	bool is_called = t->number < w->room && w->has_call[t->number];
	/* what was given up may have been the request, or its answer */
	bool is_asked = t->cause != NULL && (strcmp(t->cause, "capture-ends") == 0 ||
					     strcmp(t->cause, "keepalive-lost") == 0);

	if (!is_called && t->outcome != OUTCOME_UP && (t->outcome != OUTCOME_UNKNOWN || is_asked) &&
	    t->cause_text.len > 0 && run_shows_bare_tunnel(r, t))
		tally_add(w, &w->attempts,
			  (struct tally){
				  .cause = t->cause, .first = t->number, .text = t->cause_text});
}

void calls_why_take(struct calls_why *w, struct run *r)
{
	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c))
		take_call(w, r, c);
	for (const struct tunnel *t = r->report->tunnels; t != NULL; t = tunnel_after(r->report, t))
		take_tunnel(w, r, t);
}

void calls_why_print(const struct calls_why *w, struct run *r)
{
	const struct tallies all = in_order(&w->calls);

	for (size_t i = 0; i < all.n; i++) {
		const struct tally *a = &all.at[i];

		arena_reset(r->scratch);
		if (a->n > 1)
			text_printf(&r->line, "%zu calls: %s%s%s%s, as ", a->n, a->cause,
				    a->tunnel_cause == NULL ? "" : " (",
				    a->tunnel_cause == NULL ? "" : a->tunnel_cause,
				    a->tunnel_cause == NULL ? "" : ")");
		text_printf(&r->line, "call %llu: ", (unsigned long long)a->first);
		term_wrap(&r->term, &r->line, 4, common_untrusted(r, a->text));
	}
}

void calls_why_print_attempts(const struct calls_why *w, struct run *r)
{
	const struct tallies all = in_order(&w->attempts);

	for (size_t i = 0; i < all.n; i++) {
		const struct tally *a = &all.at[i];

		arena_reset(r->scratch);
		text_printf(&r->line, "no call: %zu tunnel attempt%s, %s: ", a->n,
			    a->n == 1 ? "" : "s", a->cause);
		term_wrap(&r->term, &r->line, 4, common_untrusted(r, a->text));
	}
}
