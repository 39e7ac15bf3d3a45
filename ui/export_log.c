/* Messages of a log as packets: L2TP in UDP and IP with the addresses that the log names, PPP of
 * the LAC's own line as it is. Octets that nothing tells are not invented: a packet ends before
 * the first of them, and its original length says so. */
#include <inttypes.h>

#include "cmd_common.h"
#include "code.h"
#include "export.h"
#include "ip.h"
#include "l2tp.h"
#include "rebuild.h"
#include "secrecy.h"
#include "step_rebuilt.h"

enum { IPV4_HEAD = 20, UDP_HEAD = 8, DATA_HEAD = 8, PPP_HEAD = 4, HEADS = 128 };

/* A packet on its way out. */
struct packet {
	uint8_t *octets;
	size_t n;          /* known octets */
	size_t original;   /* octets there */
	bool has_invented; /* an address that no line names */
};

/* One end of a tunnel. */
struct side {
	struct address address;
	uint16_t port;
	uint32_t tunnel_id, session_id;
};

static void put_u8(struct packet *p, uint32_t value)
{
	p->octets[p->n++] = (uint8_t)value;
}

static void put_u16(struct packet *p, uint32_t value)
{
	put_u8(p, value >> 8);
	put_u8(p, value & 0xff);
}

static void put_octets(struct packet *p, const void *at, size_t n)
{
	if (n > 0)
		memcpy(p->octets + p->n, at, n);
	p->n += n;
}

static uint32_t sum_add(uint32_t sum, const uint8_t *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 ? at[i] : (uint32_t)at[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static uint32_t octets_of(const struct address *a)
{
	return a->family == 6 ? 16 : 4;
}

/* RFC 768, RFC 8200 8.1; 0 is sent as all ones. */
static uint16_t udp_checksum(const struct side *from, const struct side *to, const uint8_t *udp,
			     size_t n)
{
	uint32_t sum = IP_UDP + (uint32_t)n;

	sum = sum_add(sum, from->address.octets, octets_of(&from->address));
	sum = sum_add(sum, to->address.octets, octets_of(&to->address));
	sum = sum_add(sum, udp, n);
	return sum == 0xffff ? 0xffff : (uint16_t)~sum;
}

static void put_ip(struct export *x, struct packet *p, const struct side *from,
		   const struct side *to, size_t payload)
{
	uint32_t sum;

	if (from->address.family == 6) {
		put_u16(p, 0x6000);
		put_u16(p, 0);
		put_u16(p, (uint32_t)payload);
		put_u8(p, IP_UDP);
		put_u8(p, 64);
		put_octets(p, from->address.octets, 16);
		put_octets(p, to->address.octets, 16);
		return;
	}
	put_u16(p, 0x4500);
	put_u16(p, (uint32_t)(payload + IPV4_HEAD));
	put_u16(p, ++x->ip_id);
	put_u16(p, 0);
	put_u8(p, 64);
	put_u8(p, IP_UDP);
	put_u16(p, 0);
	put_octets(p, from->address.octets, 4);
	put_octets(p, to->address.octets, 4);
	sum = ~sum_add(0, p->octets, IPV4_HEAD) & 0xffff;
	p->octets[10] = (uint8_t)(sum >> 8);
	p->octets[11] = (uint8_t)sum;
}

/* RFC 5737, RFC 3849: addresses that nobody has. */
static void invent(struct side *side, uint8_t family, uint8_t last, struct packet *p)
{
	static const uint8_t v4[] = {192, 0, 2, 0};
	static const uint8_t v6[] = {0x20, 0x01, 0x0d, 0xb8};

	if (!side->port)
		side->port = L2TP_PORT;
	if (side->address.family)
		return;
	side->address = (struct address){.family = family == 6 ? 6 : 4};
	if (family == 6)
		memcpy(side->address.octets, v6, sizeof(v6));
	else
		memcpy(side->address.octets, v4, sizeof(v4));
	side->address.octets[octets_of(&side->address) - 1] = last;
	p->has_invented = true;
}

/* L2TP that goes from one end to the other. */
struct datagram {
	struct side from, to;
	bool from_initiator;
	struct span known; /* octets of it, … */
	size_t whole;      /* of so many */
};

/* IP and UDP around it. */
static void wrap(struct export *x, struct packet *p, const struct datagram *d)
{
	struct side from = d->from, to = d->to;
	size_t udp;
	uint16_t checksum;

	invent(&from, to.address.family, d->from_initiator ? 1 : 2, p);
	invent(&to, from.address.family, d->from_initiator ? 2 : 1, p);
	put_ip(x, p, &from, &to, d->whole + UDP_HEAD);
	udp = p->n;
	put_u16(p, from.port);
	put_u16(p, to.port);
	put_u16(p, (uint32_t)(d->whole + UDP_HEAD));
	put_u16(p, 0);
	put_octets(p, d->known.at, d->known.len);
	p->original = udp + UDP_HEAD + d->whole;
	if (d->known.len < d->whole) /* a checksum of octets that are not known is none */
		return;
	checksum = udp_checksum(&from, &to, p->octets + udp, p->n - udp);
	p->octets[udp + 6] = (uint8_t)(checksum >> 8);
	p->octets[udp + 7] = (uint8_t)checksum;
}

static struct side side_of(const struct peer *peer)
{
	return (struct side){
		.address = peer->address, .port = peer->port, .tunnel_id = peer->tunnel_id};
}

/* ---- what is said of a packet ---- */

static void say_origin(struct run *r, struct text *t, const struct step *s)
{
	const char *before = "";

	for (const struct step *also = s; also != NULL; also = also->seen_also) {
		const struct event *e = also->event;

		if (e->origin.line == 0)
			continue;
		text_puts(t, before);
		text_escape(t, r->names[e->origin.input]);
		text_printf(t, " line %" PRIu64 ": ", e->origin.line);
		text_escape(t, e->stamp);
		text_puts(t, e->stamp.len > 0 ? " " : "");
		text_escape(t, e->text);
		before = "\n";
	}
}

static void say_sources(struct text *t, const struct rebuilt *b, const struct packet *p)
{
	size_t counts[OCTET_SOURCES] = {0};
	const char *before = " (";

	for (size_t i = 0; i < b->n; i++)
		counts[b->octets[i].source]++;
	for (size_t i = 0; i < OCTET_SOURCES; i++) {
		if (counts[i] == 0)
			continue;
		text_printf(t, "%s%zu octets %s", before, counts[i],
			    octet_source_name((enum octet_source)i));
		before = ", ";
	}
	text_puts(t, ")");
	if (b->is_least)
		text_puts(t, "; no line tells its length: it is at least as long, and its parts "
			     "may stand in another order");
	if (counts[OCTET_UNKNOWN] > 0)
		text_puts(t, "; the packet is cut before the first unknown octet");
	if (p->has_invented)
		text_puts(t, "; an address is not in the log: a documentation address stands "
			     "for it");
	text_putc(t, '\n');
}

static void note_secrets(struct run *r, const struct step *s)
{
	for (const struct step *also = s; also != NULL; also = also->seen_also)
		if (common_has_secret(also->event) || secrecy_finds(also->event->text))
			run_warn_secrets(r);
}

static void write_packet(struct export *x, const struct step *s, const struct rebuilt *b,
			 const struct packet *p, uint32_t interface, enum packet_way way)
{
	struct text comment = text_make(LIMIT_OUTPUT_LINE);
	struct moment when = run_step_time(x->run, s);

	text_puts(&comment, "synthetic: rebuilt from a log");
	say_sources(&comment, b, p);
	say_origin(x->run, &comment, s);
	pcapng_write(&x->writer, &(struct pcapng_packet){
					 .interface = interface,
					 .ns = moment_known(when) ? when.ns : 0,
					 .grain = 1,
					 .octets = span_of(p->octets, p->n),
					 .original = (uint32_t)p->original,
					 .way = way,
					 .comment = text_str(&comment),
				 });
	text_free(&comment);
	note_secrets(x->run, s);
	x->packets++;
}

/* ---- which packet ---- */

static bool packet_start(struct arena *a, const struct rebuilt *b, struct packet *ret)
{
	*ret = (struct packet){.octets = arena_alloc(a, b->n + HEADS)};
	return ret->octets != NULL;
}

/* The receiver of a control message: its id stands in the header; an SCCRQ goes to the responder.
 */
static unsigned receiver_of(const struct tunnel *t, const struct event *e)
{
	uint32_t id = e->l2tp.has_ids ? e->l2tp.tunnel_id : e->to.tunnel_id;

	for (unsigned i = 0; id != 0 && i < 2; i++)
		if (t->peer[i].tunnel_id == id && t->peer[1 - i].tunnel_id != id)
			return i;
	for (unsigned i = 0; e->from.tunnel_id != 0 && i < 2; i++)
		if (t->peer[i].tunnel_id == e->from.tunnel_id)
			return 1 - i;
	return e->control.message == SCCRP ? INITIATOR : RESPONDER;
}

/* Where the sender of a message is in its counting (RFC 2661 5.8): both ends begin with 0. */
static struct export_numbers *numbers_of(struct export *x, const struct tunnel *t)
{
	if (t->number >= x->n_numbers) {
		size_t n = t->number + 64;

		x->numbers = must_grow(x->numbers, n, sizeof(*x->numbers));
		memset(x->numbers + x->n_numbers, 0, (n - x->n_numbers) * sizeof(*x->numbers));
		x->n_numbers = n;
	}
	return &x->numbers[t->number];
}

static const struct rebuilt *with_sequence(struct export *x, const struct rebuilt *b,
					   const struct step *s, unsigned from)
{
	struct export_numbers *n = numbers_of(x, step_tunnel(s));
	uint16_t message = s->event->control.message, counts = message != ZLB;
	uint32_t ns, nr;

	if (message == SCCRQ)
		*n = (struct export_numbers){.is_known = {true, true}};
	if (rebuilt_number(b, 8, 2, &ns) && rebuilt_number(b, 10, 2, &nr)) {
		n->next[from] = (uint16_t)(ns + counts);
		if (!n->is_known[1 - from])
			n->next[1 - from] = (uint16_t)nr;
		n->is_known[0] = n->is_known[1] = true;
		return b;
	}
	if (!n->is_known[from] || !n->is_known[1 - from])
		return b;
	b = rebuilt_with_sequence(x->run->scratch, b, n->next[from], n->next[1 - from],
				  s->event->origin.input, s->event->origin.line);
	n->next[from] = (uint16_t)(n->next[from] + counts);
	return b;
}

/* The id that an end of the tunnel gave the session of a message; 0 for messages of the tunnel. */
static uint32_t session_id(const struct step *s, unsigned end)
{
	uint16_t message = s->event->control.message;

	if (!s->session || message < OCRQ || message > SLI)
		return 0;
	return s->session->id[end == s->session->lac_end ? LAC : LNS];
}

/* What the messages around it tell of one that states no length. */
static const struct rebuilt *least_of(struct arena *a, const struct step *s, unsigned to)
{
	const struct tunnel *t = step_tunnel(s);
	const struct event *e = s->event;
	bool is_first = e->control.message == ICRQ || e->control.message == OCRQ;
	struct rebuild_known known = {
		.to_tunnel = e->control.message == SCCRQ ? 0 : t->peer[to].tunnel_id,
		.to_session = is_first ? 0 : session_id(s, to),
		.own_tunnel = t->peer[1 - to].tunnel_id,
		.own_session = session_id(s, 1 - to),
		.name = t->peer[1 - to].name,
	};

	return rebuild_least(a, e, &known);
}

static uint32_t raw_interface(struct export *x)
{
	if (!x->has_raw)
		x->raw = pcapng_add_interface(&x->writer, LINKTYPE_RAW, 1, STR("l2tp"),
					      STR("L2TP, rebuilt from a log"));
	x->has_raw = true;
	return x->raw;
}

static bool export_control(struct export *x, const struct step *s, struct arena *a)
{
	const struct tunnel *t = step_tunnel(s);
	const struct rebuilt *b = step_rebuilt(a, s, s);
	struct packet p;
	unsigned to;

	if (!t)
		return false;
	to = receiver_of(t, s->event);
	if (!b)
		b = least_of(a, s, to);
	if (!b)
		return false;
	b = with_sequence(x, b, s, 1 - to);
	if (!packet_start(a, b, &p))
		return false;
	wrap(x, &p,
	     &(struct datagram){.from = side_of(&t->peer[1 - to]),
				.to = side_of(&t->peer[to]),
				.from_initiator = to == RESPONDER,
				.known = rebuilt_known(a, b),
				.whole = b->n});
	write_packet(x, s, b, &p, raw_interface(x), WAY_UNKNOWN);
	return true;
}

/* A line of the log that carries PPP outside L2TP gets an interface of its own. */
static uint32_t line_interface(struct export *x, struct str name)
{
	for (size_t i = 0; i < x->n_lines; i++)
		if (str_equal(x->lines[i].name, name) || i + 1 == EXPORT_LINES)
			return x->lines[i].interface;
	x->lines[x->n_lines] = (struct export_line){
		.name = arena_str(x->run->kept, name),
		.interface = pcapng_add_interface(&x->writer, LINKTYPE_PPP, 1, name,
						  STR("PPP of a line, rebuilt from a log")),
	};
	return x->lines[x->n_lines++].interface;
}

static bool export_line_ppp(struct export *x, const struct step *s, const struct rebuilt *b,
			    struct arena *a)
{
	const struct event *e = s->event;
	struct span known = rebuilt_known(a, b);
	struct packet p;

	if (!packet_start(a, b, &p))
		return false;
	put_u16(&p, 0xff03);
	put_u16(&p, e->ppp.protocol);
	put_octets(&p, known.at, known.len);
	p.original = PPP_HEAD + b->n;
	write_packet(x, s, b, &p, line_interface(x, e->interface),
		     e->sense == SENT ? WAY_OUT : WAY_IN);
	return true;
}

/* RFC 2661 3.1: data with a Length; RFC 1661 behind it. */
static bool export_session_ppp(struct export *x, const struct step *s, const struct call *c,
			       const struct rebuilt *b, struct arena *a)
{
	unsigned from = s->from == ROLE_LNS ? LNS : LAC;
	const struct call_side *ends = c->side;
	const struct call_side *to = &ends[1 - from];
	struct span known = rebuilt_known(a, b);
	struct packet message, p;

	if (!packet_start(a, b, &p) || !packet_start(a, b, &message))
		return false;
	put_u16(&message, 0x4002);
	put_u16(&message, (uint32_t)(DATA_HEAD + PPP_HEAD + b->n));
	put_u16(&message, to->tunnel_id);
	put_u16(&message, to->session_id);
	put_u16(&message, 0xff03);
	put_u16(&message, s->event->ppp.protocol);
	put_octets(&message, known.at, known.len);
	wrap(x, &p,
	     &(struct datagram){.from = {.address = ends[from].address, .port = ends[from].port},
				.to = {.address = to->address, .port = to->port},
				.from_initiator =
					(c->session && c->session->lac_end == INITIATOR) ==
					(from == LAC),
				.known = span_of(message.octets, message.n),
				.whole = DATA_HEAD + PPP_HEAD + b->n});
	write_packet(x, s, b, &p, raw_interface(x), WAY_UNKNOWN);
	return true;
}

static bool export_ppp(struct export *x, const struct step *s, struct arena *a)
{
	const struct call *c = step_call(s);
	const struct rebuilt *b = step_rebuilt(a, s, s);
	bool is_inside = s->from == ROLE_LNS || s->to == ROLE_LNS;

	if (!b)
		return false;
	if (is_inside && c && c->roles_known && c->side[LAC].tunnel_id && c->side[LNS].tunnel_id)
		return export_session_ppp(x, s, c, b, a);
	return export_line_ppp(x, s, b, a);
}

void export_step(struct export *x, const struct step *s)
{
	const struct event *e = s->event;
	struct arena *a = x->run->scratch;
	bool is_written;

	if (e->is_virtual || s->is_second_sight || e->origin.line == 0 || e->origin.frame != 0 ||
	    (e->kind != EVENT_CONTROL && e->kind != EVENT_PPP))
		return;
	for (const struct step *also = s; also != NULL; also = also->seen_also)
		if (also->event->origin.frame != 0) /* a capture has the packet itself */
			return;
	arena_reset(a);
	is_written = e->kind == EVENT_CONTROL ? export_control(x, s, a) : export_ppp(x, s, a);
	x->unwritten += !is_written;
}
