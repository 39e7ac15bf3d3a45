/* PPP that no L2TP carries: PPPoE, PPTP, a bare line. Each link is a `struct tunnel` with a carrier
 * of its own and one session, so that everything that reads sessions reads it too; when the report
 * is sealed it becomes a call without tunnel (model.h). */
#ifndef L2TPSCOPE_LINK_H
#define L2TPSCOPE_LINK_H

#include "observer.h"

/* A link between two ends; its session is `sessions`. NULL at the limit. */
struct tunnel *link_new(struct context *c, enum carrier carrier);
static inline bool tunnel_is_link(const struct tunnel *t)
{
	return t->carrier != CARRIER_L2TP;
}

/* The session of a captured PPP packet outside L2TP, found or made; NULL when the packet begins no
 * call: only negotiation, authentication and termination do. `ret_from` is the sending end. */
struct session *link_session(struct context *c, unsigned *ret_from);

/* Finds a link by what its packets name. PPPoE: both stations and the session id; PPTP: the
 * receiver's Call ID. `tunnel` of the entry NULL: forgotten. */
struct link_entry {
	struct link_entry *next;
	struct address from, to; /* PPPoE: in order of their octets */
	uint32_t id, vlan[2];
	uint8_t carrier;
	struct tunnel *tunnel;
};
/* What the event names; its `tunnel` is empty. */
struct link_entry link_key(const struct event *e, enum carrier carrier, uint32_t id);
struct link_entry *link_find(struct context *c, const struct link_entry *key, bool make);

/* Which end of a link sent the event, by addresses; −1: they do not tell. */
int link_sender(const struct event *e, const struct tunnel *t);

/* Without addresses (a bare line): who sent a packet is told by magic numbers, identifiers and
 * what it answers (link_ends.c). */
struct link_ends;
unsigned link_ends_guess(struct context *c, struct link_ends **ends);

/* A PPTP link, new, that has its addresses: an end whose Call ID it lacks is the next one that GRE
 * without a link goes to. */
void link_awaits_id(struct context *c, struct tunnel *t);

/* The carrier was cleared by that end. */
void link_clear(struct context *c, struct session *s, unsigned from, const char *how,
		const char *cause, struct str text);

/* PPPoE discovery (pppoe_link.c); PPTP's control connection (pptp_link.c). */
void pppoe_take(struct context *c);
/* PPP of a session that no PADS was seen to grant: the host's latest try that asked for one, now
 * granted; NULL when there is none. */
struct tunnel *pppoe_granted_unseen(struct context *c);
void pptp_take(struct context *c);

/* The end of a text: links of interfaces that no tunnel took become calls (link_text.c). */
void link_settle_text(struct context *c);
/* Remembers which carriers a text speaks of. */
void link_hear(struct context *c);

/* Before sealing: links leave report.tunnels for report.links; their steps are of no tunnel. */
void links_part(struct report *r);

#endif
