/* What a StopCCN says: the rows of cause_tunnel.c about it, and its words. */
#ifndef L2TPSCOPE_CAUSE_STOPCCN_H
#define L2TPSCOPE_CAUSE_STOPCCN_H

#include "cause.h"

/* "result 4 (Requester not authorised …)" */
struct str trial_stopccn_words(struct report *r, const struct ending *e);
/* An operator told its end to close the tunnel; the StopCCN itself says nothing, or an orderly end
 * only. */
bool judge_commanded_stop(struct trial *f);
/* Its sender knew nothing of the tunnel. */
bool judge_forgotten(struct trial *f);
bool judge_stopccn(struct trial *f);

#endif
