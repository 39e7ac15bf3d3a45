#include "ppp.h"

#include "code.h"
#include "payload.h"
#include "ppp_values.h"

enum { HEADER = 4 }; /* code, identifier, length: RFC 1661 5 */

static __attribute__((cold, noinline)) void
defect_say(struct defect_list *defects, enum defect_id id, size_t offset, struct str what)
{
	struct defect *d = defect_add(defects, id, offset);

	if (d)
		d->text = what;
}

static size_t cut_octets(const struct event *e)
{
	return e->path.original > e->path.captured ? e->path.original - e->path.captured : 0;
}

bool ppp_is_control(uint16_t protocol)
{
	return protocol >= 0x8000;
}

/* RFC 1989 2.6: a report has neither code nor identifier; it starts with the magic number. */
static __attribute__((cold, noinline)) void quality_decode(struct event *e, struct span packet)
{
	enum { REPORT = 48 };
	struct bytes b = bytes_of(packet);

	e->ppp.body = packet;
	e->ppp.is_complete = packet.len >= REPORT;
	e->ppp.magic = bytes_u32(&b);
	e->ppp.has_magic = bytes_ok(&b);
}

/* What most packets say are options, or all of it has a field. */
static bool has_values(const struct ppp *p)
{
	switch (p->protocol) {
	case PPP_CHAP:
		return p->code != CHAP_CHALLENGE;
	case PPP_EAP:
	case PPP_BAP:
		return true;
	default:
		return p->code < CP_CONFREQ || p->code == CP_TERMREQ ||
		       (p->code > CP_TERMACK && p->code != CP_ECHOREQ && p->code != CP_ECHOREP);
	}
}

/* Behind what a multilink header has said already. */
static __attribute__((noinline)) void values_add(struct arena *a, struct event *e)
{
	struct value_list list = {.arena = a};

	for (size_t i = 0; i < e->n_values; i++) {
		const struct value *v = &e->values[i];

		*value_add(&list, v->field, v->name, v->kind, v->octets) = *v;
	}
	ppp_values_add(&list, &e->ppp);
	e->values = list.at;
	e->n_values = list.n;
}

/* The octets of the body that are on the wire, by the Length field. */
static size_t body_length(struct arena *a, const struct event *e, size_t after_header,
			  struct defect_list *defects)
{
	size_t there = after_header + cut_octets(e);
	size_t length = e->ppp.length;

	if (length < HEADER) {
		defect_say(defects, DEFECT_PPP_LENGTH_BELOW_4, 2,
			   arena_printf(a, "Length %zu, below its header of 4", length));
		return there;
	}
	if (length - HEADER > there) {
		defect_say(defects, DEFECT_PPP_LENGTH_EXCEEDS, 2,
			   arena_printf(a, "Length %zu, the packet has %zu octets", length,
					there + HEADER));
		return there;
	}
	return length - HEADER;
}

static inline void packet_decode(struct arena *a, uint16_t protocol, struct span packet,
				 struct event *e, struct defect_list *defects)
{
	struct bytes b = bytes_of(packet);
	bool has_acfc = e->ppp.has_acfc;
	size_t there;

	e->kind = EVENT_PPP;
	e->ppp = (struct ppp){.protocol = protocol, .claimed_state = -1, .has_acfc = has_acfc};
	if (protocol == PPP_LQR) {
		quality_decode(e, packet);
		values_add(a, e);
		return;
	}
	e->ppp.code = bytes_u8(&b);
	e->ppp.id = bytes_u8(&b);
	e->ppp.has_id = bytes_ok(&b);
	e->ppp.length = bytes_u16(&b);
	if (!bytes_ok(&b)) {
		if (cut_octets(e) == 0)
			defect_say(defects, DEFECT_PPP_SHORT, 0,
				   arena_printf(a, "%zu of 4 header octets", packet.len));
		return;
	}
	there = body_length(a, e, b.left, defects);
	e->ppp.is_complete = there <= b.left && e->ppp.length == there + HEADER;
	/* What follows the Length is padding: RFC 1661 5. */
	e->ppp.body = bytes_take(&b, there < b.left ? there : b.left);
	if (protocol == PPP_PAP || protocol == PPP_CHAP || protocol == PPP_EAP)
		ppp_auth_decode(a, there, e, defects);
	else
		ppp_cp_decode(a, there, e, defects);
	if (has_values(&e->ppp))
		values_add(a, e);
}

void ppp_packet_decode(struct arena *a, uint16_t protocol, struct span packet, struct event *e,
		       struct defect_list *defects)
{
	packet_decode(a, protocol, packet, e, defects);
}

/* What a program prints into its line (pppd: `Plugin radius.so loaded.`) is no packet. */
static bool is_text(struct span s)
{
	static const size_t LEAST = 8;

	for (size_t i = 0; i < s.len; i++)
		if ((s.at[i] < ' ' && !memchr("\t\r\n", s.at[i], 3)) || s.at[i] > '~')
			return false;
	return s.len >= LEAST;
}

static void say_no_protocol(struct arena *a, struct span packet, uint16_t protocol, size_t offset,
			    struct defect_list *defects)
{
	struct str text = str_trim((struct str){(const char *)packet.at, packet.len});

	if (is_text(packet))
		defect_say(defects, DEFECT_PPP_TEXT, offset,
			   arena_printf(a, "\"%.*s\"", STR_ARG(text)));
	else
		defect_say(defects, DEFECT_PPP_PROTOCOL_PARITY, offset,
			   arena_printf(a, "protocol 0x%04x ends with an even octet", protocol));
}

/* RFC 1661 2 and 6.5: an odd octet ends the protocol field; its last octet is always odd. */
static uint16_t protocol_take(struct arena *a, struct bytes *b, struct defect_list *defects)
{
	struct bytes whole = *b;
	size_t offset = bytes_offset(b);
	uint8_t first = bytes_u8(b);
	uint8_t second;
	uint16_t protocol;

	if (first & 1)
		return first;
	second = bytes_u8(b);
	protocol = (uint16_t)(first << 8 | second);
	if (bytes_ok(b) && !(second & 1))
		say_no_protocol(a, bytes_rest(&whole), protocol, offset, defects);
	return protocol;
}

/* A whole control packet in a bundle: RFC 1990 2 sends NCPs that way. False when it is none;
 * then the fragment is data. */
static __attribute__((noinline)) bool bundle_decode(struct arena *a, struct span payload,
						    struct event *e, struct defect_list *defects)
{
	struct value_list list = {.arena = a};
	struct defect_list ignored = {.arena = a};
	struct multilink m;
	struct bytes b;
	uint16_t protocol;

	if (!multilink_decode(payload, &m) || !m.begins || !m.ends)
		return false;
	b = bytes_of(m.inside);
	if (b.left >= 2 && b.at[0] == 0xff && b.at[1] == 0x03)
		bytes_take(&b, 2);
	protocol = protocol_take(a, &b, &ignored);
	if (!bytes_ok(&b) || !ppp_is_control(protocol) || !(protocol & 1))
		return false;
	multilink_values(&list, &m);
	e->values = list.at;
	e->n_values = list.n;
	ppp_packet_decode(a, protocol, bytes_rest(&b), e, defects);
	return true;
}

void ppp_decode(struct arena *a, struct span frame, struct event *e, struct defect_list *defects)
{
	struct bytes b = bytes_of(frame);
	uint16_t protocol;

	e->kind = EVENT_DATA;
	e->data = (struct data){.protocol = 0, .length = frame.len + cut_octets(e)};
	e->ppp.has_acfc = frame.len >= 2 && frame.at[0] == 0xff && frame.at[1] == 0x03;
	if (e->ppp.has_acfc)
		bytes_take(&b, 2);
	if (b.left == 0)
		return;
	protocol = protocol_take(a, &b, defects);
	if (!bytes_ok(&b)) {
		if (cut_octets(e) == 0)
			defect_say(defects, DEFECT_PPP_SHORT, 0, (struct str){0});
		return;
	}
	if (ppp_is_control(protocol) && protocol & 1) {
		packet_decode(a, protocol, bytes_rest(&b), e, defects);
		return;
	}
	e->data.protocol = protocol;
	e->data.length = b.left + cut_octets(e);
	e->data.payload = bytes_rest(&b);
	if (protocol == PPP_MULTILINK)
		bundle_decode(a, e->data.payload, e, defects);
}
