/* Small models made by hand, for the tests of what is concluded from a model. */
#ifndef L2TPSCOPE_MODEL_KIT_H
#define L2TPSCOPE_MODEL_KIT_H

#include "arena.h"
#include "observer.h"
#include "stages.h"

/* A report with one vantage point (a capture of 100 s), one tunnel and one session in it. */
struct kit {
	struct report r;
	struct view views[2];
	struct tunnel *t[2];
	struct session *s[2];
	struct live_tunnel tunnels[2];
	struct live_session sessions[2];
	uint64_t number;
};

static struct mark kit_mark(struct kit *k, uint16_t vantage, double seconds)
{
	return mark_at((struct sight){
		.vantage = vantage,
		.number = ++k->number,
		.when = {.ns = (int64_t)(seconds * 1e9), .kind = CLOCK_ABSOLUTE, .grain_ns = 1000},
	});
}

static void kit_seen(struct kit *k, struct seen **list, uint16_t vantage, unsigned message,
		     uint8_t from, double seconds)
{
	seen_add(k->r.arena, list, message, from, kit_mark(k, vantage, seconds));
}

static void kit_open(struct kit *k, size_t n_views)
{
	static const struct kit empty;

	*k = empty;
	k->r.arena = arena_new(1u << 20);
	k->r.views = k->views;
	k->r.n_views = n_views;
	for (uint16_t i = 0; i < 2; i++) {
		struct tunnel *t = k->t[i] = &k->tunnels[i].tunnel;
		struct session *s = k->s[i] = &k->sessions[i].session;

		t->way = k->tunnels[i].ways;
		k->views[i] =
			(struct view){.vantage = i,
				      .input = i,
				      .first = {.ns = 0, .kind = CLOCK_ABSOLUTE, .grain_ns = 1},
				      .last = {.ns = INT64_C(100000000000),
					       .kind = CLOCK_ABSOLUTE,
					       .grain_ns = 1}};
		t->version = 2;
		t->vantage = i;
		t->roles_known = true;
		t->round_trip_s = -1;
		t->sessions = s;
		t->n_sessions = 1;
		t->peer[INITIATOR].tunnel_id = 17;
		t->peer[RESPONDER].tunnel_id = 29;
		s->tunnel = t;
		s->vantage = i;
		s->direction = INCOMING;
		s->roles_known = true;
		s->id[LAC] = 7;
		s->id[LNS] = 45;
		if (i < n_views) {
			t->first = s->first = kit_mark(k, i, 1);
			t->last = s->last = kit_mark(k, i, 2);
		}
	}
	k->r.tunnels = k->t[0];
	if (n_views > 1)
		k->t[0]->next = k->t[1];
}

static void kit_close(struct kit *k)
{
	arena_free(k->r.arena);
}

#endif
