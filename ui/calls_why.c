#include "calls_why.h"

#include <stdlib.h>

#include "cmd_common.h"

/* Calls, or tunnels that led to none, by their cause. */
struct tally {
	const char *cause;
	uint64_t first; /* number */
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

static void tally_add(struct calls_why *w, struct tallies *all, const char *cause, uint64_t number,
		      struct str text)
{
	if (cause == NULL)
		cause = "unknown";
	for (size_t i = 0; i < all->n; i++) {
		if (strcmp(all->at[i].cause, cause) != 0)
			continue;
		all->at[i].n++;
		return;
	}
	if (all->n < CAUSES)
		all->at[all->n++] = (struct tally){
			.cause = cause, .first = number, .text = arena_str(w->arena, text), .n = 1};
}

/* Bad ends need words; a call that is up or was closed in order needs none. */
static bool needs_words(const struct call *c)
{
	return (c->outcome == OUTCOME_FAILED || c->outcome == OUTCOME_DROPPED) &&
	       c->cause_text.len > 0;
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
		tally_add(w, &w->calls, c->cause, c->number, c->cause_text);
}

static void take_tunnel(struct calls_why *w, struct run *r, const struct tunnel *t)
{
	bool is_called = t->number < w->room && w->has_call[t->number];
	bool has_ended = t->outcome != OUTCOME_UP && t->outcome != OUTCOME_UNKNOWN;

	if (!is_called && has_ended && t->cause_text.len > 0 && run_shows_bare_tunnel(r, t))
		tally_add(w, &w->attempts, t->cause, t->number, t->cause_text);
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
	for (size_t i = 0; i < w->calls.n; i++) {
		const struct tally *a = &w->calls.at[i];

		arena_reset(r->scratch);
		if (a->n > 1)
			text_printf(&r->line, "%zu calls: %s, as ", a->n, a->cause);
		text_printf(&r->line, "call %llu: ", (unsigned long long)a->first);
		term_wrap(&r->term, &r->line, 4, common_untrusted(r, a->text));
	}
}

void calls_why_print_attempts(const struct calls_why *w, struct run *r)
{
	for (size_t i = 0; i < w->attempts.n; i++) {
		const struct tally *a = &w->attempts.at[i];

		arena_reset(r->scratch);
		text_printf(&r->line, "no call: %zu tunnel attempt%s, %s: ", a->n,
			    a->n == 1 ? "" : "s", a->cause);
		term_wrap(&r->term, &r->line, 4, common_untrusted(r, a->text));
	}
}
