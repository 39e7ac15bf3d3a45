#include "seen.h"

const struct seen seen_never;

const struct mark *seen_last(const struct seen *seen)
{
	return seen->again ? seen->again : &seen->first;
}

struct seen *seen_place(struct arena *a, struct seen **list, unsigned message)
{
	struct seen *made;

	if (message >= SEEN_MESSAGES)
		return NULL;
	while (*list && (*list)->message < message)
		list = &(*list)->next;
	if (*list && (*list)->message == message)
		return *list;
	made = arena_alloc(a, sizeof(*made));
	if (!made)
		return NULL;
	made->next = *list;
	made->message = (uint8_t)message;
	*list = made;
	return made;
}

void seen_set_last(struct arena *a, struct seen *seen, struct mark mark)
{
	if (!seen->again)
		seen->again = arena_alloc(a, sizeof(*seen->again));
	if (seen->again)
		*seen->again = mark;
}

void seen_add(struct arena *a, struct seen **list, unsigned message, unsigned from,
	      struct mark mark)
{
	struct seen *seen = seen_place(a, list, message);

	if (!seen)
		return;
	if (seen->first.is_set || seen->again)
		seen_set_last(a, seen, mark);
	if (!seen->first.is_set)
		seen->first = mark;
	if (seen->count == 0)
		seen->from = (uint8_t)from;
	seen->count++;
}

void seen_repeat(struct arena *a, struct seen **list, unsigned message, struct mark mark)
{
	struct seen *seen = seen_place(a, list, message);

	if (!seen)
		return;
	seen->repeats++;
	seen_set_last(a, seen, mark);
}

void seen_turn(struct seen *list)
{
	for (; list; list = list->next)
		list->from = (uint8_t)(1 - list->from);
}
