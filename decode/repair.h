/* Damage across records: what stood there, what it must have been, and by which proof.
 *
 * A record carries one DEFECT_INPUT_DAMAGED for each place of it. Nothing is guessed: where no
 * proof decides, should_be stays empty and the value is unknown. */
#ifndef L2TPSCOPE_REPAIR_H
#define L2TPSCOPE_REPAIR_H

#include "ios_events.h"

/* Notes damage on record `i`, once: in its first line, or at a place that is known (its line and
 * column, what was and should be there, the proof). */
void record_damaged(struct window *w, size_t i, struct str was, struct str should_be,
		    struct str proof);
void record_damaged_at(struct window *w, size_t i, const struct defect *place);

/* Puts the right text in place of a captured value and notes the damage. */
void record_repair(struct window *w, size_t i, enum log_field field, struct str should_be,
		   struct str proof);

/* Names that are equal when l 1 I, O 0 and Q P are taken for each other, but are spelled
 * differently: the spelling of the majority holds. Before window_group. */
void repair_names(struct window *w);

/* Reads every group (message_read, ppp_group_read), then repairs across messages: values that
 * lost a digit, CONFREQ that must have been CONFREJ. After window_group. */
void repair_messages(struct window *w);

/* repair_confreq.c: a CONFREQ that must have been CONFREJ. */
void repair_confreqs(struct window *w);

/* repair_value.c: dumps, raw options and octet values that lost a digit. From the other print of
 * the same value, the text beside it, the stated length, or a digest that only one completion
 * satisfies. */
void repair_dumps(struct window *w);
void repair_options(struct window *w);
void repair_values(struct window *w);

/* True when `damaged` is `whole` without one of its characters. */
bool is_one_less(struct str damaged, struct str whole);
/* True when both are equal but for characters of one confusion class. */
bool is_confused(struct str a, struct str b);

#endif
