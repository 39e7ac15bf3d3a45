/* The words of a record as IOS means them: directions, messages, protocols, codes, states. */
#ifndef L2TPSCOPE_IOS_WORDS_H
#define L2TPSCOPE_IOS_WORDS_H

#include "log_record.h"

struct log_words words_read(const struct log_record *r);
/* No number stands in them: lines that differ in numbers only share them. */
bool words_are_fixed(const struct log_record *r);

/* Whatever became of the record since it was read. */
static inline struct log_words record_words(const struct log_record *r)
{
	return r->words.is_read ? r->words : words_read(r);
}

/* Direction words of every dialect; false when the record has none. */
static inline bool record_sense(const struct log_record *r, enum sense *ret)
{
	struct log_words w = record_words(r);

	if (w.has_sense)
		*ret = (enum sense)w.sense;
	return w.has_sense;
}

/* Message type of `SCCRQ`, `ZLB`, `ZLB ctrl ack` …; MESSAGE_UNKNOWN when it is none. */
uint16_t message_of(struct str word);

#endif
