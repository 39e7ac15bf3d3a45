/* What kept the packets of an end from its peer, where something says so: an ICMP error, or the
 * log of a host that let nothing out. */
#ifndef L2TPSCOPE_CAUSE_PATH_H
#define L2TPSCOPE_CAUSE_PATH_H

#include "cause.h"

/* The tunnel's rows of cause_tunnel.c. */
bool judge_unreachable(struct trial *f);
bool judge_not_sent(struct trial *f);

/* "; an ICMP error … says of X: …" where it came while `asked` went unanswered; or empty. */
struct str path_words(const struct trial *f, const struct mark *asked);

#endif
