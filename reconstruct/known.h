/* The parts of a record that are made when something of them is known (model.h reads them).
 *
 * Never NULL: on a full arena everybody gets the same spare part, and the report says that memory
 * ran out. */
#ifndef L2TPSCOPE_KNOWN_H
#define L2TPSCOPE_KNOWN_H

#include "model.h"

/* `which`: CP_LCP … */
struct cp *link_cp_make(struct arena *a, struct ppp_link *l, size_t which);
/* `side`: whose authentication, CLIENT or LNS. */
struct auth *link_auth_make(struct arena *a, struct ppp_link *l, size_t side);
struct link_rare *link_rare_make(struct arena *a, struct ppp_link *l);

/* Closed for the first time since it opened. */
void cp_close(struct arena *a, struct cp *cp, struct mark mark);

/* Or NULL. */
const struct cp_part *side_part(const struct cp_side *side, enum cp_part_kind kind);
/* Its first request is the last one up to now. */
struct cp_again *side_again_make(struct arena *a, struct cp_side *side);
struct cp_refusal *side_refusal_make(struct arena *a, struct cp_side *side);
struct cp_ending *side_ending_make(struct arena *a, struct cp_side *side);
struct cp_echo *side_echo_make(struct arena *a, struct cp_side *side);
struct cp_replies *side_replies_make(struct arena *a, struct cp_side *side);
struct cp_claim *side_claim_make(struct arena *a, struct cp_side *side);
struct cp_moved *side_moved_make(struct arena *a, struct cp_side *side);

struct ending *session_cdn_make(struct arena *a, struct session *s);
struct session_told *session_told_make(struct arena *a, struct session *s);
struct session_circuit *session_circuit_make(struct arena *a, struct session *s);

/* Whose ends are in these states when nothing was spoken yet. */
void link_begin_parts(struct ppp_link *l, bool is_fresh);

#endif
