/* A message as a tree: every header field, attribute and option under Wireshark's name, in a row,
 * with its place among the octets. For `decode -v` and the screens. */
#ifndef L2TPSCOPE_MESSAGE_TREE_H
#define L2TPSCOPE_MESSAGE_TREE_H

#include "event.h"

struct tree_row {
	struct str text; /* escaped, masked */
	/* In the message: an L2TP message from its header on, PPP of a log from its code on. */
	size_t at, n;       /* n 0: in no place */
	struct span octets; /* what `decode -x` shows of it; may be less than n, or elsewhere */
};

struct message_tree {
	struct arena *arena;
	bool show_secrets;
	size_t ppp_at; /* where the PPP packet begins in the message */
	struct tree_row *rows;
	size_t n, room;
};

/* Rows live in `arena`. */
struct message_tree message_tree(struct arena *arena, const struct event *e, bool show_secrets);

/* The message octet by octet: known from the packet, from a log's text, or built of PPP that a
 * line carries bare. `ret_known` false: nothing tells the octet. Both in the arena. */
size_t message_octets(struct arena *arena, const struct event *e, const uint8_t **ret_octets,
		      const bool **ret_known);

#endif
