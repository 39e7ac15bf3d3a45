/* Messages of a tunnel that were not answered, or not even acknowledged (RFC 2661 5.8): the rows of
 * cause_tunnel.c about them. Each asks one question and, on a "yes", fills in the verdict
 * (cause.h). */
#ifndef L2TPSCOPE_CAUSE_SILENCE_H
#define L2TPSCOPE_CAUSE_SILENCE_H

#include "cause.h"

/* Nothing came back on SCCRQ, or nothing but acknowledgements. */
bool judge_peer_silent(struct trial *f);
bool judge_only_acknowledged(struct trial *f);
/* SCCRP was sent, and no SCCCN followed; in the second, a capture has no copy of the SCCRP. */
bool judge_reply_not_received(struct trial *f);
bool judge_reply_lost(struct trial *f);
/* The tunnel was up and a message of one end was repeated until that end gave up. */
bool judge_keepalive_lost(struct trial *f);
/* The same initiator came again with a new SCCRQ and was never heard in this tunnel again. */
bool judge_peer_restarted(struct trial *f);

/* Was there time enough for an answer to the last sight of `message`? It is missed only after the
 * time in which it would have been repeated (RFC 2661 5.8: 1, 2, 4 … s) has been watched. */
bool trial_waited_for(const struct trial *f, unsigned message);

/* How often a message was sent, and when the tunnel was last seen. */
uint32_t tunnel_copies(const struct tunnel *t, unsigned message);
const struct mark *tunnel_last(const struct tunnel *t);

/* ": SCCRQ was sent 4 times, first at 0.010 s, without an answer so far"; of an answer that was
 * repeated: that it has had no effect yet */
struct str trial_unanswered_words(const struct trial *f);

#endif
