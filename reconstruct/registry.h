/* Finds tunnels and sessions of one vantage point.
 *
 * An id alone says nothing: the 16 bits are assigned by the receiver of a packet and mean
 * something only together with its address and the path it came on. A text console knows
 * only its own ids, so there the address is left empty. Later entries hide earlier ones
 * of the same key (generations), unless addresses and ports fit an earlier one better. */
#ifndef L2TPSCOPE_REGISTRY_H
#define L2TPSCOPE_REGISTRY_H

#include "model.h"

struct registry;

struct registry *registry_new(void);
void registry_free(struct registry *r);

/* `end` of the tunnel assigned `id`. */
void registry_add_tunnel(struct registry *r, struct tunnel *t, unsigned end, uint32_t id);

/* The tunnel a packet from `from` to `to` with the receiver's `id` belongs to, or NULL;
 * `ret_end` is the receiving end. `may_move`: the sender's address may be new (the first
 * answer, RFC 2661 8.1). */
struct tunnel *registry_tunnel(const struct registry *r, const struct path *path,
			       const struct party *from, const struct party *to, uint32_t id,
			       bool may_move, unsigned *ret_end);

/* The tunnel whose console has that id. */
struct tunnel *registry_tunnel_local(const struct registry *r, uint32_t id);
void registry_add_tunnel_local(struct registry *r, struct tunnel *t, uint32_t id);

/* Sessions: `end` of the tunnel assigned `id`. */
void registry_add_session(struct registry *r, struct session *s, unsigned end, uint32_t id);
struct session *registry_session(const struct registry *r, const struct tunnel *t, unsigned end,
				 uint32_t id);

#endif
