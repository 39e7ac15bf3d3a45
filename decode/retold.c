#include "retold.h"

#include "hexdump.h"
#include "ppp.h"

enum { HEADER = 12, AVP_HEADER = 6, PORT_L2TP = 1701 };

static struct str keep(char *room, size_t size, struct str s)
{
	size_t n = s.len < size ? s.len : size;

	if (n)
		memcpy(room, s.at, n);
	return (struct str){room, n};
}

void retold_begin(struct retold *r, const struct spoken *line, enum sense sense)
{
	memset(r, 0, sizeof(*r));
	r->is_open = true;
	r->line = *line;
	r->line.record.n_values = 0;
	r->line.record.fields = 0;
	r->line.record.stamp = keep(r->stamp, sizeof(r->stamp), line->record.stamp);
	r->line.record.text = keep(r->text, sizeof(r->text), line->record.text);
	r->sense = sense;
	r->is_complete = true;
}

static uint8_t *put(uint8_t *to, uint64_t number, size_t octets)
{
	while (octets-- > 0)
		*to++ = (uint8_t)(number >> (8 * octets));
	return to;
}

void retold_avp_raw(struct retold *r, uint16_t bits, uint16_t vendor, uint16_t number,
		    struct span value)
{
	uint8_t *at;

	if (r->n + AVP_HEADER + value.len > RETOLD_OCTETS || value.len > 1017) {
		r->is_complete = false;
		return;
	}
	at = r->avps + r->n;
	at = put(at, (bits & 0xc000u) | (AVP_HEADER + value.len), 2);
	at = put(at, vendor, 2);
	at = put(at, number, 2);
	if (value.len)
		memcpy(at, value.at, value.len);
	r->n += AVP_HEADER + value.len;
}

void retold_avp(struct retold *r, bool is_mandatory, uint16_t number, struct span value)
{
	retold_avp_raw(r, is_mandatory ? 0x8000 : 0, 0, number, value);
}

void retold_avp_number(struct retold *r, bool is_mandatory, uint16_t number, uint64_t value)
{
	const struct avp_row *row = avp_lookup(0, number);
	size_t n = row && row->length_min > AVP_HEADER ? row->length_min - (size_t)AVP_HEADER : 2;
	uint8_t octets[8];

	if (n > sizeof(octets))
		n = sizeof(octets);
	put(octets, value, sizeof(octets));
	retold_avp(r, is_mandatory, number, span_of(octets + sizeof(octets) - n, n));
}

void retold_option(struct retold *r, uint8_t number, struct span value)
{
	struct ppp_words *w = &r->words;

	if (w->n + 2 + value.len > sizeof(w->body) || value.len > 253) {
		w->is_complete = false;
		return;
	}
	w->body[w->n++] = number;
	w->body[w->n++] = (uint8_t)(2 + value.len);
	if (value.len)
		memcpy(w->body + w->n, value.at, value.len);
	w->n += value.len;
}

static const struct {
	const char *words;
	uint8_t octets[3];
	size_t n;
} algorithms[] = {
	{"PAP", {0xc0, 0x23}, 2},
	{"EAP", {0xc2, 0x27}, 2},
	{"CHAP, MD5", {0xc2, 0x23, CHAP_MD5}, 3},
	{"CHAP, MS-CHAPv1", {0xc2, 0x23, CHAP_MS}, 3},
	{"CHAP, MS-CHAPv2", {0xc2, 0x23, CHAP_MSV2}, 3},
	{"CHAP using MD5 algorithm", {0xc2, 0x23, CHAP_MD5}, 3},
	{"Password Authentication Protocol", {0xc0, 0x23}, 2},
	{"Extensible Authentication Protocol", {0xc2, 0x27}, 2},
	{"CHAP", {0xc2, 0x23, CHAP_MD5}, 3},
};

bool retold_option_words(struct retold *r, uint8_t number, size_t length, struct str words)
{
	uint8_t octets[8];
	struct address address;
	uint64_t value = 0;
	size_t n = length > 2 ? length - 2 : 0;

	if (n == 0) {
		retold_option(r, number, (struct span){0});
		return true;
	}
	if (r->words.protocol == PPP_LCP && number == 3) {
		for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
			if (!str_is(words, algorithms[i].words) || n != algorithms[i].n)
				continue;
			retold_option(r, number, span_of(algorithms[i].octets, n));
			return true;
		}
		return false;
	}
	if (n == 4 && address_parse(words, &address) && address.family == 4) {
		retold_option(r, number, span_of(address.octets, 4));
		return true;
	}
	if (str_starts(words, "0x")) {
		for (size_t i = 2; i < words.len; i++) {
			if (hex_digit(words.at[i]) < 0)
				return false;
			value = value << 4 | (unsigned)hex_digit(words.at[i]);
		}
	} else if (!str_u64(words, &value)) {
		return false;
	}
	if (n > sizeof(octets))
		return false;
	put(octets, value, sizeof(octets));
	retold_option(r, number, span_of(octets + sizeof(octets) - n, n));
	return true;
}

static void read_party(struct str words, char room[RETOLD_NAME], struct party *ret)
{
	size_t dot = words.len;
	uint32_t port = 0;

	*ret = (struct party){0};
	if (address_parse(words, &ret->address))
		return;
	while (dot > 0 && words.at[dot - 1] != '.')
		dot--;
	if (dot > 1) {
		struct str tail = str_from(words, dot);

		if (str_u32(tail, &port) && port <= 65535)
			ret->port = (uint16_t)port;
		else if (str_is(tail, "l2tp") || str_is(tail, "l2f"))
			ret->port = PORT_L2TP;
		if (ret->port)
			words.len = dot - 1;
	}
	if (!address_parse(words, &ret->address))
		ret->name = keep(room, RETOLD_NAME, words);
}

void retold_parties(struct retold *r, struct str from, struct str to)
{
	read_party(from, r->names[0], &r->from);
	read_party(to, r->names[1], &r->to);
}

static size_t message_octets(const struct retold *r, uint8_t *to)
{
	uint8_t *at = to;

	if (r->carrier == RETOLD_CONTROL) {
		at = put(at, 0xc802, 2);
		at = put(at, HEADER + r->n, 2);
		at = put(at, r->tunnel_id, 2);
		at = put(at, r->session_id, 2);
		at = put(at, r->ns, 2);
		at = put(at, r->nr, 2);
		if (r->n)
			memcpy(at, r->avps, r->n);
		return (size_t)(at - to) + r->n;
	}
	if (r->carrier == RETOLD_DATA) {
		at = put(at, 0x0002, 2);
		at = put(at, r->tunnel_id, 2);
		at = put(at, r->session_id, 2);
	}
	at = put(at, r->words.protocol, 2);
	at = put(at, r->words.code, 1);
	at = put(at, r->words.id, 1);
	at = put(at, 4 + r->words.n, 2);
	if (r->words.n)
		memcpy(at, r->words.body, r->words.n);
	return (size_t)(at - to) + r->words.n;
}

/* A packet of which not all was told. */
static void make_partial(struct event *e, struct defect_list *defects)
{
	defects->n = 0;
	if (e->kind == EVENT_CONTROL) {
		e->control.is_complete = false;
		e->l2tp.has_length = false;
	}
	if (e->kind == EVENT_PPP) {
		e->ppp.is_complete = false;
		e->ppp.length = 0;
	}
}

void retold_give(struct speech *s, struct retold *r)
{
	uint8_t octets[2 * RETOLD_OCTETS];
	struct defect_list defects = {.arena = s->arena};
	struct span packet, payload = {0};
	bool is_complete = r->carrier == RETOLD_CONTROL ? r->is_complete : r->words.is_complete;
	struct event *e;

	if (!r->is_open)
		return;
	r->is_open = false;
	packet = arena_span(s->arena, span_of(octets, message_octets(r, octets)));
	e = speech_event(s, &r->line);
	e->sense = r->sense;
	e->from = r->from;
	e->to = r->to;
	e->from.name = arena_str(s->arena, r->from.name);
	e->to.name = arena_str(s->arena, r->to.name);
	e->path.pppoe = r->pppoe;
	e->path.gre_key = r->gre_call;
	e->path.captured = e->path.original = (uint32_t)packet.len;
	if (r->original > packet.len)
		e->path.original = r->original;
	e->interface = arena_str(s->arena, str_of(r->interface));
	if (r->carrier == RETOLD_LINK) {
		ppp_decode(s->arena, packet, e, &defects);
	} else {
		e->path.ip_protocol = 17;
		l2tp_decode(s->decoder, packet, e, &defects, &payload);
		if (e->kind == EVENT_DATA && payload.len)
			ppp_decode(s->arena, payload, e, &defects);
	}
	e->packet = (struct span){0}; /* nobody saw these octets */
	e->ppp.has_id = e->kind == EVENT_PPP && r->words.has_id;
	if (!is_complete)
		make_partial(e, &defects);
	e->defects = defects.at;
	e->n_defects = defects.n;
}
