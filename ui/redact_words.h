/* `redact`: words that say nothing of anybody, an allow list: what this program itself knows of
 * protocols, of logs and of what goes wrong with them, and plain English. */
#ifndef L2TPSCOPE_REDACT_WORDS_H
#define L2TPSCOPE_REDACT_WORDS_H

#include "text.h"

struct plain_words;

struct plain_words *plain_words_new(void);
void plain_words_free(struct plain_words *w);
/* Letters and digits only; case counts for nothing. */
bool word_is_plain(const struct plain_words *w, struct str word);
/* `ppp0`, `Vi1`, `L`, `0x1f`, short numbers: what counts and numbers things. */
bool word_is_number(struct str word);

#endif
