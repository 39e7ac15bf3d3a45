#include "glance.h"

#include "code.h"
#include "frame.h"
#include "linktype.h"
#include "plain.h"
#include "ppp.h"

_Static_assert(sizeof(struct glance_key) == 48, "compared as octets");

/* Octets of a packet: those that were captured are in `b`, `length` were there. */
struct part {
	struct bytes b;
	size_t length;
};

/* The next part is what stands behind the octets taken so far, `length` of it. */
static inline bool part_inside(struct part *p, size_t length)
{
	size_t behind = p->length - bytes_offset(&p->b);

	if (!bytes_ok(&p->b) || length > behind)
		return false;
	p->b.start = p->b.at;
	p->b.left = length < p->b.left ? length : p->b.left;
	p->length = length;
	return true;
}

/* RFC 2661 3.1 */
enum l2tp_flag { LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200, PRIORITY = 0x0100 };

/* A data message of version 2, no reserved bit set. */
static inline bool is_data(struct span message)
{
	return (span_u16(message, 0) & ~(LENGTH | SEQUENCE | OFFSET | PRIORITY)) == 2;
}

static inline bool l2tp_enter(struct part *p, struct glance *g)
{
	struct bytes *b = &p->b;
	uint16_t flags = bytes_u16(b);
	size_t end = p->length;
	size_t skip = 0;

	if (flags & LENGTH)
		end = bytes_u16(b);
	g->key.tunnel_id = bytes_u16(b);
	g->key.session_id = bytes_u16(b);
	if (flags & SEQUENCE) {
		g->key.form |= GLANCE_SEQUENCED;
		g->ns = bytes_u16(b);
		bytes_take(b, 2);
	}
	if (flags & OFFSET) {
		skip = bytes_u16(b);
		g->key.form |= skip > 0 ? GLANCE_OFFSET : 0;
		bytes_take(b, skip);
	}
	/* octets behind the end are a defect where they were captured */
	return g->key.tunnel_id && g->key.session_id && end <= p->length &&
	       end >= bytes_offset(b) + b->left && part_inside(p, end - bytes_offset(b));
}

/* RFC 1661 2, 6.5, 6.6: an odd octet ends the protocol field; address and control may stand
 * before it. */
static inline bool ppp_enter(struct part *p, struct glance_key *key)
{
	struct bytes *b = &p->b;

	if (b->left >= 2 && b->at[0] == 0xff && b->at[1] == 0x03)
		bytes_take(b, 2);
	key->protocol = bytes_u8(b);
	if (!(key->protocol & 1))
		key->protocol = (uint16_t)(key->protocol << 8 | bytes_u8(b));
	return bytes_ok(b) && key->protocol & 1 && !ppp_is_control(key->protocol) &&
	       key->protocol != PPP_MULTILINK && part_inside(p, p->length - bytes_offset(b));
}

bool glance_read(const struct frame *f, struct glance *ret)
{
	struct link_frame link;
	struct plain plain;
	struct part p;

	link_decode(f->dlt, f->octets, &link);
	if (link.kind != LINK_IP || link.label || link.has_pppoe ||
	    f->when.kind != CLOCK_ABSOLUTE || f->stamp.len > 0 ||
	    !plain_read(link.payload, f->original - f->octets.len, &plain) ||
	    !is_data(plain.payload))
		return false;
	memset(&ret->key, 0, sizeof(ret->key));
	ret->ns = 0;
	ret->key.vlan[0] = (uint16_t)link.vlan[0];
	ret->key.vlan[1] = (uint16_t)link.vlan[1];
	ret->key.family = plain.family;
	plain_addresses(&plain, ret->key.source, ret->key.destination);
	ret->key.source_port = plain.source_port;
	ret->key.destination_port = plain.destination_port;
	p.b = bytes_of(plain.payload);
	p.length = plain.length;
	if (!l2tp_enter(&p, ret) || !ppp_enter(&p, &ret->key))
		return false;
	ret->length = p.length;
	ret->payload = bytes_rest(&p.b);
	ret->when = f->when;
	ret->frame = f->origin.frame;
	ret->input = f->origin.input;
	ret->ip = (size_t)(link.payload.at - f->octets.at);
	ret->lease = NULL;
	ret->vantage = f->origin.vantage;
	return true;
}

bool glance_is_asked(uint16_t protocol, struct span payload)
{
	enum { NEXT = 6, HEADER = 40, ICMPV6 = 58, DHCP = 547 };
	uint8_t next = span_u8(payload, NEXT);

	if (protocol != PPP_IPV6)
		return false;
	return next == ICMPV6 || (next == IP_UDP && span_u16(payload, HEADER) == DHCP);
}

bool glance_of(const struct event *e, struct glance *ret)
{
	const struct l2tp_head *head = &e->l2tp;
	const struct path *path = &e->path;

	if (e->kind != EVENT_DATA || e->n_defects > 0 || head->version != 2 || !head->has_ids ||
	    path->label || path->pppoe || path->gre_key || path->ip_protocol != IP_UDP ||
	    !e->from.address.family || e->from.address.family != e->to.address.family ||
	    !e->data.protocol || !e->origin.frame)
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->key.family = e->from.address.family;
	memcpy(ret->key.source, e->from.address.octets, sizeof(ret->key.source));
	memcpy(ret->key.destination, e->to.address.octets, sizeof(ret->key.destination));
	ret->key.source_port = e->from.port;
	ret->key.destination_port = e->to.port;
	ret->key.vlan[0] = (uint16_t)path->vlan[0];
	ret->key.vlan[1] = (uint16_t)path->vlan[1];
	ret->key.tunnel_id = (uint16_t)head->tunnel_id;
	ret->key.session_id = (uint16_t)head->session_id;
	ret->key.protocol = e->data.protocol;
	ret->key.form = (head->has_sequence ? GLANCE_SEQUENCED : 0) |
			(head->offset_size ? GLANCE_OFFSET : 0);
	ret->when = e->when;
	ret->frame = e->origin.frame;
	ret->number = e->number;
	ret->input = e->origin.input;
	ret->vantage = e->origin.vantage;
	ret->ns = head->ns;
	ret->length = e->data.length;
	ret->payload = e->data.payload;
	return true;
}
