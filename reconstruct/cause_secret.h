/* Who is let into a tunnel: the rows of cause_tunnel.c about secrets and host names. Each asks one
 * question and, on a "yes", fills in the verdict (cause.h). */
#ifndef L2TPSCOPE_CAUSE_SECRET_H
#define L2TPSCOPE_CAUSE_SECRET_H

#include "cause.h"

/* Words of a StopCCN that speak of authentication. */
bool text_about_auth(struct str text);
/* A log says that no entry of its end lets a host of the other's name in. */
bool judge_stranger(struct trial *f);
/* A log says that an end has no secret for the other: its own, or, likely, the other end's. */
bool judge_secret_lacking(struct trial *f);
bool judge_secret_wrong(struct trial *f);
bool judge_secret_missing(struct trial *f);
bool judge_refused_while_challenged(struct trial *f);
bool judge_secret_mentioned(struct trial *f);

/* The SCCCN is lost, or dropped for its Challenge Response (scccn_is_never_taken). */
bool say_scccn_never_taken(struct trial *f);

#endif
