/* Which messages of a tunnel or a session were seen: a short list, by message type. */
#ifndef L2TPSCOPE_SEEN_H
#define L2TPSCOPE_SEEN_H

#include "arena.h"
#include "sight.h"

/* First and last sight of one message type, with who sent it. */
struct seen {
	struct seen *next;
	struct mark first;
	struct mark *again; /* its last sight, where that is another one: seen_last() */
	uint32_t count;     /* distinct (without repeats) */
	uint32_t repeats;
	uint8_t message;
	uint8_t from; /* index of the sending end */
};
enum { SEEN_MESSAGES = 30 };

/* What the list has of a message; never NULL: what was not seen has a count of 0. */
extern const struct seen seen_never;
static inline const struct seen *seen_of(const struct seen *list, unsigned message)
{
	while (list && list->message != message)
		list = list->next;
	return list ? list : &seen_never;
}
const struct mark *seen_last(const struct seen *seen);

/* Counts a sighting of a message, or of a repeat of it. */
void seen_add(struct arena *a, struct seen **list, unsigned message, unsigned from,
	      struct mark mark);
void seen_repeat(struct arena *a, struct seen **list, unsigned message, struct mark mark);

/* For who joins two lists: the entry of a message, made when it is not there (NULL: the arena is
 * full, or no such message); its last sight. */
struct seen *seen_place(struct arena *a, struct seen **list, unsigned message);
void seen_set_last(struct arena *a, struct seen *seen, struct mark mark);

/* The two ends the other way round. */
void seen_turn(struct seen *list);

#endif
