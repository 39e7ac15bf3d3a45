#include "console_facts.h"

#include <stdlib.h>

#include "limits.h"
#include "must.h"

struct fact_slot {
	uint64_t key;
	uint32_t value;
	bool is_used;
};

struct facts facts_make(void)
{
	struct facts f = {.room = 1024};

	f.slots = must_alloc(f.room, sizeof(*f.slots));
	return f;
}

void facts_free(struct facts *f)
{
	free(f->slots);
}

uint64_t facts_hash(struct str s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t)s.at[i]) * UINT64_C(1099511628211);
	return h;
}

static struct fact_slot *slot_of(struct fact_slot *slots, size_t room, uint64_t key)
{
	size_t i = (size_t)key & (room - 1);

	while (slots[i].is_used && slots[i].key != key)
		i = (i + 1) & (room - 1);
	return &slots[i];
}

bool facts_known(const struct facts *f, uint64_t key, uint32_t *ret)
{
	const struct fact_slot *s = slot_of(f->slots, f->room, key);

	if (s->is_used)
		*ret = s->value;
	return s->is_used;
}

static void slots_grow(struct facts *f)
{
	size_t room = f->room * 2;
	struct fact_slot *grown = must_alloc(room, sizeof(*grown));

	for (size_t i = 0; i < f->room; i++)
		if (f->slots[i].is_used)
			*slot_of(grown, room, f->slots[i].key) = f->slots[i];
	free(f->slots);
	f->slots = grown;
	f->room = room;
}

void facts_learn(struct facts *f, uint64_t key, uint32_t value)
{
	struct fact_slot *s = slot_of(f->slots, f->room, key);

	if (!s->is_used) {
		if (f->n >= LIMIT_CONSOLE_FACTS) {
			f->is_limited = true;
			return;
		}
		f->n++;
	}
	*s = (struct fact_slot){.key = key, .value = value, .is_used = true};
	if (f->n * 2 > f->room)
		slots_grow(f);
}
