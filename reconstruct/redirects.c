#include "redirects.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "hash.h"

/* The slot of `from`, or the one where it belongs; never more than half of them are taken. */
static struct redirect *slot_of(const struct redirects *m, const void *from)
{
	size_t i = (size_t)hash_end(hash_word(HASH_START, (uintptr_t)from)) & (m->n_slots - 1);

	while (m->slots[i].from && m->slots[i].from != from)
		i = (i + 1) & (m->n_slots - 1);
	return &m->slots[i];
}

static void grow(struct redirects *m)
{
	struct redirects grown = {.n = m->n, .n_slots = m->n_slots ? 2 * m->n_slots : 64};

	grown.slots = must_alloc(grown.n_slots, sizeof(*grown.slots));
	for (size_t i = 0; i < m->n_slots; i++)
		if (m->slots[i].from)
			*slot_of(&grown, m->slots[i].from) = m->slots[i];
	free(m->slots);
	*m = grown;
}

void redirects_set(struct redirects *m, const void *from, void *to)
{
	struct redirect *slot;

	if (2 * (m->n + 1) > m->n_slots)
		grow(m);
	slot = slot_of(m, from);
	m->n += !slot->from;
	*slot = (struct redirect){.from = from, .to = to};
}

void *redirects_of(const struct redirects *m, const void *from)
{
	return m->n ? slot_of(m, from)->to : NULL;
}

void *redirected(const struct redirects *m, void *what)
{
	void *to;

	while (what && (to = redirects_of(m, what)))
		what = to;
	return what;
}

void redirects_free(struct redirects *m)
{
	free(m->slots);
	*m = (struct redirects){0};
}
