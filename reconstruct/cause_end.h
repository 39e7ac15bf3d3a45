/* What ended a call: the first of the messages and lines that end one, the end of the call that it
 * came from, and both in words. */
#ifndef L2TPSCOPE_CAUSE_END_H
#define L2TPSCOPE_CAUSE_END_H

#include "cause.h"

/* Fills in trial.end and trial.terminator. */
void trial_find_end(struct trial *f);

/* Did that happen to the tunnel before there was this call? In a log that begins late, the first
 * word of a call that was there may come behind it: `sending TERM signal`. */
bool trial_is_before_call(const struct trial *f, const struct mark *of_tunnel);
/* The tunnel's StopCCN, which ends a call that was alive then; or NULL. */
const struct mark *trial_stopccn(const struct trial *f);
/* Its Terminate-Request was not recorded: the other side's Terminate-Ack tells of it. */
bool trial_terminate_is_unseen(const struct trial *f, int side);
/* Who made the first move (contract, ended_by). */
enum role trial_first_mover(const struct trial *f);
/* When the line below PPP went, as the log of one end says, and nothing came after it; or NULL. */
const struct mark *trial_line_gone(const struct trial *f);
/* The roles of its ends were told, or PPP shows them. */
bool trial_roles_known(const struct trial *f);
/* A side of the link, ROLE_UNKNOWN where nothing tells which is the client's; and in words. */
enum role trial_side_role(const struct trial *f, int side);
struct str trial_side_words(struct trial *f, int side);
struct str trial_terminate_words(struct trial *f, int side);
/* What the protocol's end looked like, for sentences whose cause lies before it. */
struct str trial_ending_words(struct trial *f);

#endif
