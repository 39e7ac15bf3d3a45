/* What is known of the ids that ends of L2TPv3 assigned; inside decode/ only.
 *
 * An id is its assigner's: that end's address, and the VLAN and GRE key under which it is
 * seen, since customers' addresses overlap. Not the MPLS label: it differs by direction. */
#ifndef L2TPSCOPE_L2TPV3_TABLE_H
#define L2TPSCOPE_L2TPV3_TABLE_H

#include "event.h"

enum v3_kind { V3_CONNECTION, V3_SESSION, V3_UTI };

struct v3_key {
	enum v3_kind kind;
	struct address address;
	uint32_t id;
	uint32_t vlan[2];
	uint32_t gre_key;
};

/* How payload to a session begins, and what it is. */
struct v3_layout {
	uint8_t cookie_size;
	uint8_t cookie[8];
	uint8_t sublayer; /* value of AVP 69 */
	uint16_t pw_type; /* 0 unknown */
};

struct v3_nonce {
	uint8_t *at; /* owned */
	size_t len;
};

struct v3_end {
	struct v3_key key;
	uint32_t next; /* in its chain: index + 1 */
	/* a session */
	bool has_layout;
	bool is_inferred; /* from payload; else the control messages said it */
	struct v3_layout layout;
	/* a connection */
	bool wants_digest;     /* its end sends a nonce or a digest */
	bool is_authenticated; /* both ends do */
	struct v3_nonce own;
	struct v3_nonce peer;
};

struct v3_table;

struct v3_table *v3_table_new(void);
void v3_table_free(struct v3_table *t);

struct v3_key v3_key_of(enum v3_kind kind, const struct event *e, const struct party *assigner,
			uint32_t id);

/* What is known, or NULL. Valid until the next v3_table_put. */
struct v3_end *v3_table_find(const struct v3_table *t, const struct v3_key *key);

/* A fresh entry in place of an older one of that key. At LIMIT_V3_ENDS the oldest of all is
 * forgotten, and *ret_forgot says so. */
struct v3_end *v3_table_put(struct v3_table *t, const struct v3_key *key, bool *ret_forgot);

void v3_nonce_set(struct v3_nonce *nonce, struct span value);

#endif
