/* What PPP says about the end of a call: the rows of cause_call.c that look at its link. Each asks
 * one question and, on a "yes", fills in the verdict (cause.h). */
#ifndef L2TPSCOPE_CAUSE_PPP_H
#define L2TPSCOPE_CAUSE_PPP_H

#include "cause_end.h"

/* So often nobody asks who has an answer. */
enum { INSISTS = 3 };

/* What a Terminate-Request or the router says in words. */
/* Packets show what the words or codes that chose the cause are about. */
bool trial_is_told_better(const struct trial *f);
bool judge_terminate_phrase(struct trial *f);
/* The authenticator says Failure because its server is silent: the user was not refused. */
bool judge_said_aaa(struct trial *f);
bool judge_auth_unjudged(struct trial *f);
bool judge_said_phrase(struct trial *f);
/* An end that hung up; the first only after the call had come up. */
bool judge_hangup_of_open_call(struct trial *f);
bool judge_hangup(struct trial *f);

bool judge_lcp_loopback(struct trial *f);
bool judge_lcp_no_agreement(struct trial *f);
bool judge_echo_lost(struct trial *f);
bool judge_ipcp_address_refused(struct trial *f);
bool judge_ncp_rejected(struct trial *f);
bool judge_ncp_no_agreement(struct trial *f);
/* A network protocol was asked for. */
bool trial_ncp_spoken(const struct trial *f);
/* The log begins behind the opening of LCP: what LCP was to bring may have come before it, too. */
bool trial_began_before_log(const struct trial *f);

/* cause_encryption.c */
bool judge_encryption_required(struct trial *f);

/* cause_lcp.c: LCP that is not answered, at first or when it begins anew. */
bool trial_lcp_is_open(const struct trial *f);
bool judge_lcp_no_answer(struct trial *f);
bool judge_renegotiation_unanswered(struct trial *f);

/* cause_auth.c */
bool judge_auth_rejected(struct trial *f);
/* The authentication that was rejected is the one that a link begins with: the call had not been
 * up, though the input begins behind LCP. */
bool trial_is_first_auth(const struct trial *f);
bool judge_auth_method_refused(struct trial *f);
bool judge_auth_no_answer(struct trial *f);
/* Who was asked again while the call was up, and did not answer. */
bool judge_reauth_no_answer(struct trial *f);

/* cause_radius.c: no answer, or a reject that PPP does not show; who had a call that was up
 * disconnected, and what the accounting gives as the reason. */
bool judge_radius_silent(struct trial *f);
bool judge_radius_rejected(struct trial *f);
bool judge_closed_by_radius(struct trial *f);
/* It was let in for as long as it lasted. */
bool judge_allowed_by_radius(struct trial *f);

/* cause_link.c: what carried the call, where that was no tunnel. */
bool trial_lcp_timed_out(const struct trial *f);
bool judge_carrier_cleared(struct trial *f);
bool judge_got_no_tunnel(struct trial *f);
/* `Modem hangup`, `Connection terminated.`: the line went, and no packet of L2TP or PPP says why.
 */
bool judge_line_gone(struct trial *f);
/* A console was told to clear calls right before it ended this one. */
bool judge_commanded(struct trial *f);
bool judge_discovery_given_up(struct trial *f);
bool judge_discovery_unanswered(struct trial *f);
bool judge_pptp_unanswered(struct trial *f);

/* cause_exit.c: the exit status of a pppd, and the one that does not tell whether the call was up.
 */
bool judge_exit(struct trial *f);
bool trial_fell_silent(const struct trial *f);

/* Its exit status says that it ended before a network protocol was running. */
bool exit_is_of_a_start(const struct session_told *told);

/* Which end never said a word of IPCP that the other asked for again and again; -1: none. */
int trial_silent_of_ipcp(const struct trial *f, unsigned *ret_sent);

#endif
