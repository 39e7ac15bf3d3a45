/* Who is who in a ladder while it is made: hosts told apart, columns ordered at the end. */
#ifndef L2TPSCOPE_LADDER_PARTY_H
#define L2TPSCOPE_LADDER_PARTY_H

#include "ladder.h"

/* What a host was seen to be: bits. */
enum party_part {
	PART_LAC = 1,
	PART_LNS = 2,
	PART_INITIATOR = 4,
	PART_RESPONDER = 8,
};

struct party_draft {
	enum party_kind kind;
	unsigned parts;
	enum carrier carrier; /* of a server */
	struct str name;      /* of the host, or the user; as the input has it */
	struct address address;
	uint64_t call; /* of a caller: its first call; 0 unknown */
	bool is_many;  /* several callers share it */
};

/* Two addresses of one host: a tunnel switch has one on each side. */
struct party_alias {
	struct address a, b;
};

struct party_list {
	struct party_alias aliases[LIMIT_LADDER_PARTIES];
	size_t n_aliases;
	struct party_draft at[LIMIT_LADDER_PARTIES];
	size_t n;
	bool shares_clients; /* one column for all callers */
};

enum { NO_PARTY = LIMIT_LADDER_PARTIES };

/* Hosts that hand calls on, in the legs of the report. */
void party_learn(struct party_list *p, const struct report *r);
/* The columns of an arrow; false when nothing tells where it belongs. Speech and virtual events
 * stand at one party: *from == *to. */
bool party_find(struct party_list *p, const struct run *r, const struct step *s, size_t *from,
		size_t *to);
/* Where a role stands in a step, or NO_PARTY. */
size_t party_of_role(struct party_list *p, const struct step *s, enum role role);

/* Where the payload of its call goes: the LNS of the last leg, or the server. */
size_t party_of_far_end(struct party_list *p, const struct step *s);

/* Orders them from left to right into the ladder; `ret_place` [draft] is the column. */
void party_finish(const struct party_list *p, struct ladder *l, size_t *ret_place);

#endif
