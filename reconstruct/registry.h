/* Finds tunnels and sessions of one vantage point.
 *
 * An id alone says nothing: the 16 bits are assigned by the receiver of a packet and mean
 * something only together with its address and the path it came on. A text console knows
 * only its own ids, so there the address is left empty. Later entries hide earlier ones
 * of the same key (generations), unless an earlier one fits better (fit.h). */
#ifndef L2TPSCOPE_REGISTRY_H
#define L2TPSCOPE_REGISTRY_H

#include "model.h"

struct registry;

/* The same VLAN and PPPoE session: equal addresses mean the same there. */
static inline bool path_equal(const struct path *a, const struct path *b)
{
	return a->vlan[0] == b->vlan[0] && a->vlan[1] == b->vlan[1] && a->pppoe == b->pppoe;
}

struct registry *registry_new(void);
void registry_free(struct registry *r);

/* `end` of the tunnel assigned `id`; again when that end sends from another place. */
void registry_add_tunnel(struct registry *r, struct tunnel *t, unsigned end, uint32_t id);
/* The responder answered from elsewhere: the initiator may go on to send to where it asked. */
void registry_add_asked(struct registry *r, struct tunnel *t, uint32_t id);

/* Whose id it is that names a packet's tunnel. */
enum look {
	LOOK_RECEIVER, /* the header's; the sender's address may be new (RFC 2661 8.1) */
	LOOK_SENDER,   /* an AVP's */
	LOOK_QUOTED,   /* of a header that an ICMP error quotes */
};

/* The same tunnel as for the last packet whose header had that id, between the same places, if that
 * needs no look at anything else; `ret_end` is the end that assigned it. NULL: registry_tunnel()
 * tells. */
struct tunnel *registry_way(const struct registry *r, const struct event *e, uint32_t id,
			    unsigned *ret_end);

/* The tunnel of a packet where `id` was assigned as `look` says, or NULL; `ret_end` is the end
 * that assigned it. */
struct tunnel *registry_tunnel(const struct registry *r, const struct event *e, uint32_t id,
			       enum look look, unsigned *ret_end);

/* Nobody but `end` of the tunnel may be meant by the header of a packet that came to it. */
bool registry_is_only(const struct registry *r, const struct tunnel *t, unsigned end,
		      const struct event *e);

/* The tunnel whose console has that id. */
struct tunnel *registry_tunnel_local(const struct registry *r, uint32_t id);
void registry_add_tunnel_local(struct registry *r, struct tunnel *t, uint32_t id);

/* Sessions: `end` of the tunnel assigned `id`. */
void registry_add_session(struct registry *r, struct session *s, unsigned end, uint32_t id);
struct session *registry_session(const struct registry *r, const struct tunnel *t, unsigned end,
				 uint32_t id);

/* L2TPv3 payload names no tunnel (RFC 3931 4.1): the session to whose `ret_end`, the receiver of
 * `e`, it goes by the id that this end assigned. */
struct session *registry_data(const struct registry *r, const struct event *e, uint32_t id,
			      unsigned *ret_end);

/* L2TPv3: the newest session that `end` of the tunnel asked for with that Remote End ID. */
void registry_add_circuit(struct registry *r, struct session *s, unsigned end, struct span circuit);
struct session *registry_circuit(const struct registry *r, const struct tunnel *t, unsigned end,
				 struct span circuit);

/* Nothing finds it any more. */
void registry_forget_session(struct registry *r, struct session *s);
void registry_forget_tunnel(struct registry *r, struct tunnel *t);

/* Which session an interface of a console belongs to (observer.h), by the name of the interface. */
struct binding;
void registry_add_binding(struct registry *r, struct binding *b);
struct binding *registry_binding(const struct registry *r, struct str interface);

#endif
