#include "sessions.h"

#include <stdlib.h>

#include "observer.h"

uint32_t session_id_of_end(const struct session *s, unsigned end)
{
	return s->id[end == s->lac_end ? LAC : LNS];
}

void sessions_learn(struct sessions *x, uint32_t place)
{
	const struct session *s = x->at[place];
	const uint32_t id[2] = {session_id_of_end(s, 0), session_id_of_end(s, 1)};

	by_ids_add(x->ids, id, place);
}

uint32_t sessions_add(struct sessions *x, struct session *s)
{
	if (x->n == x->room) {
		x->room = x->room ? 2 * x->room : 16;
		x->at = must_grow(x->at, x->room, sizeof(struct session *));
	}
	x->at[x->n] = s;
	sessions_learn(x, x->n);
	return x->n++;
}

struct sessions sessions_of(const struct tunnel *t)
{
	struct sessions x = {.ids = by_ids_new()};

	for (struct session *s = t->sessions; s; s = session_after(s))
		sessions_add(&x, s);
	return x;
}

uint32_t sessions_like(const struct sessions *x, const struct session *s, uint32_t from)
{
	const uint32_t id[2] = {session_id_of_end(s, 0), session_id_of_end(s, 1)};

	return by_ids_next(x->ids, id, from);
}

void sessions_free(struct sessions *x)
{
	free(x->at);
	by_ids_free(x->ids);
	*x = (struct sessions){0};
}
