/* What the CDN says about the end of a call: the rows of cause_call.c that look at it, in the order
 * of the contract: PPP disconnect AVP, text, error code, Q.931, and last the result code. Each asks
 * one question and, on a "yes", fills in the verdict (cause.h). */
#ifndef L2TPSCOPE_CAUSE_CDN_H
#define L2TPSCOPE_CAUSE_CDN_H

#include "cause.h"

bool judge_cdn_disconnect(struct trial *f);
bool judge_cdn_phrase(struct trial *f);
bool judge_cdn_error(struct trial *f);
bool judge_cdn_q931(struct trial *f);

/* CDN 1 of the LAC, before what all other results mean. */
bool judge_carrier_lost(struct trial *f);
bool judge_cdn_result(struct trial *f);
bool judge_cdn_without_reason(struct trial *f);

/* Who sent it. */
enum role trial_cdn_role(const struct trial *f);
/* "CDN result 1 (…) from the LAC lac-1 at +1.234 s". */
struct str trial_cdn_words(struct trial *f);

#endif
