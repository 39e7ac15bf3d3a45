/* What text_source.c asks of a text besides its events. */
#ifndef L2TPSCOPE_TEXT_SOURCE_H
#define L2TPSCOPE_TEXT_SOURCE_H

#include "ios_events.h"
#include "secrets.h"

/* text_source_names.c: `xl2tpd, pppd`, who speaks in the beginning of the text; `is_ios`: IOS does,
 * too, and it does where nobody else is heard. */
void text_name_speakers(struct str text, uint16_t input, int year, bool is_ios, struct text *ret);

/* Who wrote a text of which nothing is read: the tags that stand before its lines. Nothing where
 * they have none. */
void text_name_strangers(struct str text, int year, struct text *ret);

/* text_source_secrets.c: learns the secrets that records from `from` on show in clear. */
void text_secrets_learn(struct secrets *secrets, const struct window *w, size_t from);

#endif
