/* What the files ios_message*.c share: a group of records read, named, repaired, made an event.
 * The front is in ios_events.h. */
#ifndef L2TPSCOPE_IOS_MESSAGE_H
#define L2TPSCOPE_IOS_MESSAGE_H

#include "repair.h"

/* The records of a group while they are being read into it. */
struct reading {
	struct window *w;
	struct group *g;
	size_t room;
	bool has_first, is_done;
};

/* ios_message_value.c: reads one record into the group. */
void message_take(struct reading *r, size_t i);
/* Big-endian, in exactly `n` octets; empty when the number does not fit. */
struct span encode_number(struct arena *a, uint64_t number, size_t n);
/* Where print and bytes of one attribute are both there, the bytes decide. */
void message_compare(struct window *w, struct group *g);

/* ios_message_name.c: MESSAGE_UNKNOWN where nothing tells. By the bytes, by what most lines call
 * it, by the messages around it. */
uint16_t message_by_dump(const struct dump *d);
uint16_t message_by_name(const struct window *w, uint32_t group);
uint16_t message_by_dialogue(const struct window *w, uint32_t group);
/* Every line of the group must name the message it belongs to. */
void repair_message_names(struct window *w, uint32_t group, bool is_by_dump);

#endif
