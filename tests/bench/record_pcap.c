/* Messages as octets, and as frames of a pcap file. */
#include "carrier.h"

#include <stdlib.h>
#include <string.h>

enum { FRAME = 2048, ETHERNET = 14, IP = 20, UDP = 8, PORT = 1701 };

struct octets {
	uint8_t *at;
	size_t len;
};

static void put(struct octets *o, const void *at, size_t len)
{
	if (!len)
		return;
	memcpy(o->at + o->len, at, len);
	o->len += len;
}

static void put_u8(struct octets *o, unsigned v)
{
	o->at[o->len++] = (uint8_t)v;
}

static void put_u16(struct octets *o, unsigned v)
{
	put_u8(o, v >> 8);
	put_u8(o, v & 0xFF);
}

static void put_u32(struct octets *o, uint32_t v)
{
	put_u16(o, v >> 16);
	put_u16(o, v & 0xFFFF);
}

static void set_u16(struct octets *o, size_t at, unsigned v)
{
	o->at[at] = (uint8_t)(v >> 8);
	o->at[at + 1] = (uint8_t)v;
}

/* ---- control messages ---- */

static void avp(struct octets *o, unsigned type, const void *value, size_t len)
{
	put_u16(o, 0x8000u | (unsigned)(len + 6));
	put_u16(o, 0);
	put_u16(o, type);
	put(o, value, len);
}

static void avp_u16(struct octets *o, unsigned type, unsigned value)
{
	uint8_t v[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	avp(o, type, v, sizeof(v));
}

static void avp_u32(struct octets *o, unsigned type, uint32_t value)
{
	uint8_t v[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
			(uint8_t)value};

	avp(o, type, v, sizeof(v));
}

static void avps(struct octets *o, const struct message *m)
{
	const struct tunnel *t = m->tunnel;
	const struct call *call = m->call;

	avp_u16(o, 0, m->type);
	switch (m->type) {
	case SCCRQ:
	case SCCRP:
		avp_u16(o, 2, 0x0100);
		avp_u32(o, 3, 3);
		avp_u32(o, 4, 3);
		avp_u16(o, 6, 0x1130);
		avp(o, 7, t->name[m->from], strlen(t->name[m->from]));
		avp(o, 8, "Bench", 5);
		avp_u16(o, 9, t->id[m->from]);
		avp_u16(o, 10, 2048);
		break;
	case STOPCCN:
		avp_u16(o, 9, t->id[m->from]);
		avp_u16(o, 1, m->result);
		break;
	case ICRQ:
		avp_u16(o, 14, call->id[m->from]);
		avp_u32(o, 15, call->number);
		avp_u32(o, 18, 1);
		avp(o, 22, call->calling, strlen(call->calling));
		avp(o, 21, "0800123", 7);
		break;
	case ICRP:
		avp_u16(o, 14, call->id[m->from]);
		break;
	case ICCN:
		avp_u32(o, 24, 100000000);
		avp_u32(o, 19, 1);
		break;
	case CDN:
		avp_u16(o, 14, call->id[m->from]);
		avp_u16(o, 1, m->result);
		break;
	default:
		break;
	}
}

/* The session id in the header: the receiver's own; before it told one, 0. */
static unsigned control_session(const struct message *m)
{
	if (m->call == NULL || m->type == ICRQ ||
	    (m->type == CDN && m->from == LAC && m->call->fate == FATE_NO_ANSWER))
		return 0;
	return m->call->id[!m->from];
}

static void control(struct octets *o, const struct message *m)
{
	size_t length_at = o->len + 2;
	size_t begin = o->len;

	put_u16(o, 0xC802);
	put_u16(o, 0);
	put_u16(o, m->type == SCCRQ ? 0 : m->tunnel->id[!m->from]);
	put_u16(o, control_session(m));
	put_u16(o, m->ns);
	put_u16(o, m->nr);
	if (m->type != ZLB)
		avps(o, m);
	set_u16(o, length_at, (unsigned)(o->len - begin));
}

/* ---- PPP ---- */

static void option(struct octets *o, unsigned type, uint32_t value, size_t len)
{
	put_u8(o, type);
	put_u8(o, (unsigned)len);
	if (len == 4)
		put_u16(o, value);
	else
		put_u32(o, value);
}

/* 16 octets that nobody can guess, the same for the same call. */
static void value16(struct octets *o, uint32_t seed)
{
	for (unsigned i = 0; i < 4; i++)
		put_u32(o, (seed + i) * 2654435761u);
}

static void lcp(struct octets *o, const struct message *m)
{
	/* an acknowledgement repeats what the other end asked for */
	enum side asker = m->code == CONFREQ ? m->from : (enum side) !m->from;

	if (m->code >= ECHOREQ) {
		put_u32(o, m->call->magic[m->from]);
		return;
	}
	if (m->code >= TERMREQ)
		return;
	option(o, 1, 1492, 4);
	if (asker == LNS) {
		put(o, "\x03\x05\xC2\x23\x05", 5);
	}
	option(o, 5, m->call->magic[asker], 6);
}

static void chap(struct octets *o, const struct message *m)
{
	const struct call *call = m->call;
	const char *name = m->code == RESPONSE ? call->user : m->tunnel->name[LNS];

	if (m->code >= SUCCESS) {
		put(o, m->words, m->words == NULL ? 0 : strlen(m->words));
		return;
	}
	put_u8(o, 16);
	value16(o, (call->site << 28) + call->number * 2 + m->code);
	put(o, name, strlen(name));
}

static void ppp(struct octets *o, const struct message *m)
{
	size_t begin;

	put_u16(o, 0xFF03);
	put_u16(o, m->protocol);
	begin = o->len;
	put_u8(o, m->code);
	put_u8(o, m->id);
	put_u16(o, 0);
	if (m->protocol == LCP)
		lcp(o, m);
	else if (m->protocol == CHAP)
		chap(o, m);
	else
		option(o, 3, m->address, 6);
	set_u16(o, begin + 2, (unsigned)(o->len - begin));
}

/* ---- data ---- */

static uint32_t sum(uint32_t start, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		start += (uint32_t)at[i] << 8 | at[i + 1];
	if (len % 2 != 0)
		start += (uint32_t)at[len - 1] << 8;
	return start;
}

static unsigned folded(uint32_t s)
{
	while (s >> 16 != 0)
		s = (s & 0xFFFF) + (s >> 16);
	return ~s & 0xFFFF;
}

static void ip_header(struct octets *o, size_t size, unsigned id, unsigned protocol, uint32_t from,
		      uint32_t to)
{
	size_t begin = o->len;

	put_u16(o, 0x4500);
	put_u16(o, (unsigned)size);
	put_u16(o, id);
	put_u16(o, 0);
	put_u8(o, 64);
	put_u8(o, protocol);
	put_u16(o, 0);
	put_u32(o, from);
	put_u32(o, to);
	set_u16(o, begin + 10, folded(sum(0, o->at + begin, IP)));
}

static void inner_ip(struct octets *o, const struct message *m)
{
	uint32_t far = 0xC6336401u; /* 198.51.100.1 */
	uint32_t near = m->call->address;

	put_u8(o, IPV4); /* protocol field compressed, address and control field too */
	ip_header(o, m->size, 0, 17, m->from == LAC ? near : far, m->from == LAC ? far : near);
	memset(o->at + o->len, 'x', m->size - IP);
	o->len += m->size - IP;
}

static void payload(struct octets *o, const struct carrier *c, const struct message *m)
{
	static const unsigned flags[N_FORMS] = {0x0002, 0x4002, 0x4802, 0x4202};
	unsigned form = c->form >= 0 ? (unsigned)c->form : m->tunnel->number % N_FORMS;
	size_t begin = o->len;
	bool is_sequenced = form == FORM_SEQUENCED && m->kind == MESSAGE_DATA;

	if (form == FORM_SEQUENCED && !is_sequenced)
		form = FORM_LENGTH;
	put_u16(o, flags[form]);
	if (form != FORM_PLAIN)
		put_u16(o, 0);
	put_u16(o, m->tunnel->id[!m->from]);
	put_u16(o, m->call->id[!m->from]);
	if (is_sequenced) {
		put_u16(o, m->call->data_ns[m->from]++);
		put_u16(o, 0);
	}
	if (form == FORM_OFFSET)
		put_u16(o, 0);
	if (m->kind == MESSAGE_PPP)
		ppp(o, m);
	else
		inner_ip(o, m);
	if (form != FORM_PLAIN)
		set_u16(o, begin + 2, (unsigned)(o->len - begin));
}

size_t message_octets(const struct carrier *c, const struct message *m, uint8_t *to)
{
	struct octets o = {to, 0};

	if (m->kind == MESSAGE_CONTROL)
		control(&o, m);
	else
		payload(&o, c, m);
	return o.len;
}

/* ---- the file, little endian everywhere ---- */

static void file_u32(FILE *f, uint32_t v)
{
	uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};

	fwrite(b, 1, sizeof(b), f);
}

FILE *carrier_create(const char *path)
{
	FILE *f = path == NULL ? NULL : fopen(path, "wb");

	if (path != NULL && f == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	if (f != NULL)
		setvbuf(f, NULL, _IOFBF, 1 << 20);
	return f;
}

void record_pcap_open(struct carrier *c)
{
	c->pcap = carrier_create(c->pcap_path);
	if (c->pcap == NULL)
		return;
	file_u32(c->pcap, 0xA1B2C3D4);
	file_u32(c->pcap, 4u << 16 | 2u);
	file_u32(c->pcap, 0);
	file_u32(c->pcap, 0);
	file_u32(c->pcap, c->snap);
	file_u32(c->pcap, 1);
}

void record_pcap(struct carrier *c, const struct message *m)
{
	uint8_t frame[FRAME] = {0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0};
	struct octets o = {frame, ETHERNET};
	uint32_t from = m->tunnel->address[m->from];
	uint32_t to = m->tunnel->address[!m->from];
	size_t len = message_octets(c, m, frame + ETHERNET + IP + UDP);
	size_t kept;

	if (!m->is_copy)
		c->ip_id++;
	ip_header(&o, IP + UDP + len, m->is_fragment ? m->id : c->ip_id, 17, from, to);
	if (m->is_fragment)
		set_u16(&o, ETHERNET + 6, 0x2000); /* more fragments; nobody checks the sum */
	put_u16(&o, PORT);
	put_u16(&o, PORT);
	put_u16(&o, (unsigned)(UDP + len));
	put_u16(&o, 0); /* no checksum, as routers send it */
	len += o.len;
	kept = len < c->snap ? len : c->snap;
	file_u32(c->pcap, (uint32_t)(c->now_us / 1000000));
	file_u32(c->pcap, (uint32_t)(c->now_us % 1000000));
	file_u32(c->pcap, (uint32_t)kept);
	file_u32(c->pcap, (uint32_t)len);
	fwrite(frame, 1, kept, c->pcap);
}
