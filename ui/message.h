/* One event in words: what it is called, and what of it matters. */
#ifndef L2TPSCOPE_MESSAGE_H
#define L2TPSCOPE_MESSAGE_H

#include "model.h"

/* `SCCRQ`, `LCP CONFREQ`, `CHAP CHALLENGE`, `data IPv4`, `ICMP unreachable`, `said link`. */
void message_name(struct text *t, const struct event *e);
/* The two halves of the name as JSON has them: `L2TP`, `LCP`, `log` … and the message. */
const char *message_protocol(const struct event *e);
void message_word(struct text *t, const struct event *e);

/* Ids, AVPs and options that matter, on one line, escaped, passwords masked. Of speech the
 * whole record. `is_full`: every attribute. */
void message_detail(struct text *t, const struct event *e, bool is_full, bool show_secrets);

/* Both: the message in words, as evidence has it. */
void message_words(struct text *t, const struct event *e, bool show_secrets);

/* `acknowledges SCCRQ (Ns 0)`; nothing when nothing is known to be acknowledged. */
void message_acknowledges(struct text *t, const struct step *s);

/* The address and port, or the name, of one party; nothing when unknown. */
void message_party(struct text *t, const struct party *p);

/* `LAC`, `LNS`, `client`, …; `?` when unknown. */
const char *role_label(enum role r);
/* `LAC: idle → wait-reply`, `client LCP: Req-Sent → Ack-Rcvd`. */
void message_change(struct text *t, const struct state_change *c);

#endif
