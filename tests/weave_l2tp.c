/* L2TPv2 control and data messages of a weaver script, and the AVPs of both versions. */
#include <nettle/md5.h>
#include <stdlib.h>
#include <string.h>

#include "weave.h"

enum value_kind {
	NUMBER16,
	NUMBER32,
	TEXT,
	HEX,
	EMPTY,
	VERSION,
	RESULT,
	Q931,
	DISCONNECT,
	RESPONSE,
	DIGEST
};

enum { CISCO = 9, RANDOM_VECTOR = 36, NONCE = 73 };

/* RFC 2661 4.4, RFC 3931 5.4; M as real implementations send it. */
static const struct avp_key {
	const char *key;
	uint16_t vendor, number;
	enum value_kind kind;
	bool is_mandatory;
} keys[] = {
	{"result", 0, 1, RESULT, true},
	{"version", 0, 2, VERSION, true},
	{"framing", 0, 3, NUMBER32, true},
	{"bearer", 0, 4, NUMBER32, true},
	{"tie", 0, 5, HEX, false},
	{"firmware", 0, 6, NUMBER16, false},
	{"host", 0, 7, TEXT, true},
	{"vendor", 0, 8, TEXT, false},
	{"tunnel", 0, 9, NUMBER16, true},
	{"window", 0, 10, NUMBER16, true},
	{"challenge", 0, 11, HEX, true},
	{"q931", 0, 12, Q931, true},
	{"response", 0, 13, RESPONSE, true},
	{"session", 0, 14, NUMBER16, true},
	{"serial", 0, 15, NUMBER32, true},
	{"min-bps", 0, 16, NUMBER32, true},
	{"max-bps", 0, 17, NUMBER32, true},
	{"bearer-type", 0, 18, NUMBER32, true},
	{"framing-type", 0, 19, NUMBER32, true},
	{"called", 0, 21, TEXT, true},
	{"calling", 0, 22, TEXT, true},
	{"sub-address", 0, 23, TEXT, true},
	{"tx-speed", 0, 24, NUMBER32, true},
	{"channel", 0, 25, NUMBER32, false},
	{"lcp-initial", 0, 26, HEX, false},
	{"lcp-sent", 0, 27, HEX, false},
	{"lcp-received", 0, 28, HEX, false},
	{"auth-type", 0, 29, NUMBER16, false},
	{"auth-name", 0, 30, TEXT, false},
	{"auth-challenge", 0, 31, HEX, false},
	{"auth-id", 0, 32, NUMBER16, false},
	{"auth-response", 0, 33, HEX, false},
	{"call-errors", 0, 34, HEX, true},
	{"accm", 0, 35, HEX, true},
	{"random", 0, RANDOM_VECTOR, HEX, true},
	{"group", 0, 37, HEX, false},
	{"rx-speed", 0, 38, NUMBER32, false},
	{"sequencing", 0, 39, EMPTY, true},
	{"disconnect", 0, 46, DISCONNECT, false},
	{"digest", 0, 59, DIGEST, true},
	{"router", 0, 60, NUMBER32, true},
	{"connection", 0, 61, NUMBER32, true},
	{"pseudowires", 0, 62, HEX, true},
	{"local", 0, 63, NUMBER32, true},
	{"remote", 0, 64, NUMBER32, true},
	{"cookie", 0, 65, HEX, true},
	{"end-id", 0, 66, TEXT, true},
	{"pw-type", 0, 68, NUMBER16, true},
	{"sublayer", 0, 69, NUMBER16, true},
	{"data-sequencing", 0, 70, NUMBER16, true},
	{"circuit", 0, 71, NUMBER16, true},
	{"nonce", 0, NONCE, HEX, true},
	{"nas-port", CISCO, 100, TEXT, false},
};

/* Which ids its header carries: RFC 2661 3.1. */
enum header_ids { NO_IDS, TUNNEL_ID, BOTH_IDS };

static const struct message {
	const char *name;
	uint16_t type;
	enum header_ids ids;
} messages[] = {
	{"ZLB", 0, TUNNEL_ID},   {"SCCRQ", 1, NO_IDS},      {"SCCRP", 2, TUNNEL_ID},
	{"SCCCN", 3, TUNNEL_ID}, {"StopCCN", 4, TUNNEL_ID}, {"HELLO", 6, TUNNEL_ID},
	{"OCRQ", 7, TUNNEL_ID},  {"OCRP", 8, BOTH_IDS},     {"OCCN", 9, BOTH_IDS},
	{"ICRQ", 10, TUNNEL_ID}, {"ICRP", 11, BOTH_IDS},    {"ICCN", 12, BOTH_IDS},
	{"CDN", 14, BOTH_IDS},   {"WEN", 15, BOTH_IDS},     {"SLI", 16, BOTH_IDS},
	{"CSUN", 28, TUNNEL_ID}, {"CSURQ", 29, TUNNEL_ID},
};

/* "2/6/text" → 2, 6, "text"; returns how many numbers stood there. */
static size_t read_parts(const struct weave *w, const char *value, uint32_t *numbers, size_t max,
			 const char **ret_text)
{
	char part[WEAVE_TEXT];
	size_t n = 0;

	*ret_text = "";
	while (*value != '\0') {
		const char *slash = strchr(value, '/');
		size_t len = slash == NULL ? strlen(value) : (size_t)(slash - value);

		if (n == max) {
			*ret_text = value;
			return n;
		}
		if (len >= sizeof(part))
			weave_fail(w, "'%s' is too long", value);
		memcpy(part, value, len);
		part[len] = '\0';
		numbers[n++] = weave_number(w, part, UINT16_MAX);
		value += len + (slash == NULL ? 0 : 1);
	}
	return n;
}

static void put_text(struct octets *o, const char *text)
{
	octets_put(o, text, strlen(text));
}

static void put_response(struct weave *w, struct octets *o, const char *value, uint16_t type)
{
	uint8_t digest[MD5_DIGEST_SIZE];
	struct md5_ctx md5;
	const uint8_t id = (uint8_t)type;

	if (strcmp(value, "auto") != 0) {
		o->len += weave_hex(w, value, o->at + o->len, sizeof(o->at) - o->len);
		return;
	}
	if (w->to->challenge_len == 0 || w->secret[0] == '\0')
		weave_fail(w, "response=auto needs a `secret` and a challenge from %s", w->to->id);
	/* RFC 2661 4.4.3: the message type octet takes the place of the CHAP identifier. */
	md5_init(&md5);
	md5_update(&md5, 1, &id);
	md5_update(&md5, strlen(w->secret), (const uint8_t *)w->secret);
	md5_update(&md5, w->to->challenge_len, w->to->challenge);
	md5_digest(&md5, sizeof(digest), digest);
	octets_put(o, digest, sizeof(digest));
}

/* RFC 3931 5.4.1: a type octet and the digest, which v3_control computes when all is there. */
static void put_digest(struct weave *w, struct octets *o, const char *value)
{
	static const uint8_t zeros[20];
	bool is_sha1 = strcmp(value, "sha1") == 0 || strcmp(value, "sha1-plain") == 0;

	if (!is_sha1 && strcmp(value, "md5") != 0)
		weave_fail(w, "digest=md5, digest=sha1 or digest=sha1-plain");
	octets_u8(o, is_sha1);
	octets_put(o, zeros, is_sha1 ? 20 : 16);
}

static void put_value(struct weave *w, struct octets *o, const struct avp_key *key,
		      const char *value, uint16_t type)
{
	uint32_t part[3] = {0};
	const char *text;
	size_t n;

	switch (key->kind) {
	case EMPTY:
		break;
	case NUMBER16:
		octets_u16(o, weave_number(w, value, UINT16_MAX));
		break;
	case NUMBER32:
		octets_u32(o, weave_number(w, value, UINT32_MAX));
		break;
	case TEXT:
		put_text(o, value);
		break;
	case HEX:
		o->len += weave_hex(w, value, o->at + o->len, sizeof(o->at) - o->len);
		break;
	case VERSION:
		octets_u8(o, (unsigned)(value[0] - '0'));
		octets_u8(o, value[0] != '\0' && value[1] == '.' ? (unsigned)(value[2] - '0') : 0);
		break;
	case RESULT:
		n = read_parts(w, value, part, 2, &text);
		octets_u16(o, part[0]);
		if (n > 1)
			octets_u16(o, part[1]);
		put_text(o, text);
		break;
	case Q931:
		read_parts(w, value, part, 2, &text);
		octets_u16(o, part[0]);
		octets_u8(o, part[1]);
		put_text(o, text);
		break;
	case DISCONNECT:
		read_parts(w, value, part, 3, &text);
		octets_u16(o, part[0]);
		octets_u16(o, part[1]);
		octets_u8(o, part[2]);
		put_text(o, text);
		break;
	case RESPONSE:
		put_response(w, o, value, type);
		break;
	case DIGEST:
		put_digest(w, o, value);
		break;
	}
}

/* RFC 2661 4.3: the value with its length before it, XORed with a chain of MD5 blocks. */
static void hide(struct weave *w, struct octets *o, size_t start, uint16_t number)
{
	static struct octets clear;
	uint8_t block[MD5_DIGEST_SIZE];
	const uint8_t type[2] = {(uint8_t)(number >> 8), (uint8_t)number};

	if (w->secret[0] == '\0' || w->random_len == 0)
		weave_fail(w, "a hidden AVP needs a `secret` and a random= before it");
	clear.len = 0;
	octets_u16(&clear, (unsigned)(o->len - start));
	octets_put(&clear, o->at + start, o->len - start);
	o->len = start;
	for (size_t at = 0; at < clear.len; at += sizeof(block)) {
		struct md5_ctx md5;

		md5_init(&md5);
		if (at == 0) {
			md5_update(&md5, sizeof(type), type);
			md5_update(&md5, strlen(w->secret), (const uint8_t *)w->secret);
			md5_update(&md5, w->random_len, w->random);
		} else {
			md5_update(&md5, strlen(w->secret), (const uint8_t *)w->secret);
			md5_update(&md5, sizeof(block), o->at + o->len - sizeof(block));
		}
		md5_digest(&md5, sizeof(block), block);
		for (size_t i = 0; i < sizeof(block) && at + i < clear.len; i++)
			octets_u8(o, (unsigned)(clear.at[at + i] ^ block[i]));
	}
}

static void put_avp(struct weave *w, struct octets *o, const struct avp_key *key,
		    const struct word *word, uint16_t type)
{
	size_t start = o->len;
	size_t value;
	bool is_mandatory = word->mark == '+' || (key->is_mandatory && word->mark != '-');

	octets_u16(o, 0);
	octets_u16(o, key->vendor);
	octets_u16(o, key->number);
	value = o->len;
	put_value(w, o, key, word->value, type);
	if (strcmp(key->key, "challenge") == 0) {
		w->from->challenge_len = weave_hex(w, word->value, w->from->challenge, WEAVE_TEXT);
	} else if (strcmp(key->key, "random") == 0) {
		w->random_len = weave_hex(w, word->value, w->random, WEAVE_TEXT);
	} else if (key->number == NONCE) {
		w->from->nonce_len = weave_hex(w, word->value, w->from->nonce, WEAVE_TEXT);
	}
	if (word->mark == '~')
		hide(w, o, value, key->number);
	octets_set_u16(o, start,
		       (unsigned)(o->len - start) | (is_mandatory ? 0x8000u : 0u) |
			       (word->mark == '~' ? 0x4000u : 0u));
}

/* avp=VENDOR:NUMBER:hex */
static void put_any_avp(struct weave *w, struct octets *o, const struct word *word, uint16_t type)
{
	struct avp_key key = {"avp", 0, 0, HEX, false};
	struct word value = *word;
	unsigned vendor, number;
	int at = 0;

	if (sscanf(word->value, "%5u:%5u:%n", &vendor, &number, &at) != 2 || at == 0)
		weave_fail(w, "avp=VENDOR:NUMBER:hex");
	key.vendor = (uint16_t)vendor;
	key.number = (uint16_t)number;
	value.value += at;
	put_avp(w, o, &key, &value, type);
}

size_t l2tp_avps(struct weave *w, struct octets *o, uint16_t type)
{
	size_t digest = 0;

	w->random_len = 0;
	octets_u16(o, 0x8008);
	octets_u16(o, 0);
	octets_u16(o, 0);
	octets_u16(o, type);
	for (size_t i = 0; i < w->n_words; i++) {
		const struct word *word = &w->words[i];
		size_t k = 0;

		if (word->mark == '@')
			continue;
		if (strcmp(word->key, "avp") == 0) {
			put_any_avp(w, o, word, type);
			continue;
		}
		while (k < sizeof(keys) / sizeof(keys[0]) && strcmp(keys[k].key, word->key) != 0)
			k++;
		if (k == sizeof(keys) / sizeof(keys[0]))
			weave_fail(w, "no AVP is called '%s'", word->key);
		if (keys[k].kind == DIGEST)
			digest = o->len + 6;
		put_avp(w, o, &keys[k], word, type);
	}
	return digest;
}

uint32_t weave_ordered(const struct weave *w, const char *key, uint32_t usual, uint32_t max)
{
	const struct word *word = weave_order(w, key);

	return word == NULL ? usual : weave_number(w, word->value, max);
}

static uint16_t ordered(const struct weave *w, const char *key, uint32_t usual)
{
	return (uint16_t)weave_ordered(w, key, usual, UINT16_MAX);
}

void l2tp_sent(struct weave *w, const struct octets *o, uint16_t ns)
{
	struct octets **kept = &w->from->sent[ns % WEAVE_SENT];

	if (*kept == NULL)
		*kept = malloc(sizeof(**kept));
	if (*kept == NULL)
		weave_fail(w, "out of memory");
	**kept = *o;
	w->from->ns = (uint16_t)(ns + 1);
	if (w->to->nr == ns && weave_order(w, "lost") == NULL)
		w->to->nr = (uint16_t)(ns + 1);
}

bool l2tp_control(struct weave *w, const char *name)
{
	static struct octets o;
	const struct message *m = messages;
	const struct message *end = messages + sizeof(messages) / sizeof(messages[0]);
	uint16_t ns;

	while (m < end && strcmp(m->name, name) != 0)
		m++;
	if (m == end)
		return false;

	ns = ordered(w, "ns", w->from->ns);
	o.len = 0;
	octets_u16(&o, ordered(w, "flags", 0xC802));
	octets_u16(&o, 0);
	octets_u16(&o, ordered(w, "tid", m->ids == NO_IDS ? 0 : w->to->tunnel));
	octets_u16(&o, ordered(w, "sid", m->ids == BOTH_IDS ? w->to->session : 0));
	octets_u16(&o, ns);
	octets_u16(&o, ordered(w, "nr", w->from->nr));
	if (m->type != 0)
		l2tp_avps(w, &o, m->type);
	octets_set_u16(&o, 2, ordered(w, "length", (uint16_t)o.len));
	frame_udp(w, &o);
	if (m->type == 0)
		return true;

	l2tp_sent(w, &o, ns);
	return true;
}

bool l2tp_again(struct weave *w)
{
	uint16_t ns = (uint16_t)(w->from->ns - 1);
	struct octets *o;

	for (size_t i = 0; i < w->n_words; i++) {
		if (strcmp(w->words[i].key, "ns") == 0)
			ns = (uint16_t)weave_number(w, w->words[i].value, UINT16_MAX);
	}
	o = w->from->sent[ns % WEAVE_SENT];
	if (o == NULL)
		return false;
	octets_set_u16(o, w->is_bare_ip ? 14 : 10, w->from->nr);
	frame_udp(w, o);
	if (w->to->nr == ns && weave_order(w, "lost") == NULL)
		w->to->nr = (uint16_t)(ns + 1);
	return true;
}

void l2tp_data(struct weave *w, const struct octets *ppp)
{
	enum { LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200, PRIORITY = 0x0100 };
	static struct octets o;
	unsigned flags = 2;
	unsigned offset = ordered(w, "O", 0);

	flags |= weave_order(w, "L") != NULL ? LENGTH : 0;
	flags |= weave_order(w, "S") != NULL ? SEQUENCE : 0;
	flags |= weave_order(w, "O") != NULL ? OFFSET : 0;
	flags |= weave_order(w, "P") != NULL ? PRIORITY : 0;
	flags = ordered(w, "flags", (uint16_t)flags);

	o.len = 0;
	octets_u16(&o, flags);
	if ((flags & LENGTH) != 0)
		octets_u16(&o, 0);
	octets_u16(&o, ordered(w, "tid", w->to->tunnel));
	octets_u16(&o, ordered(w, "sid", w->to->session));
	if ((flags & SEQUENCE) != 0) {
		octets_u16(&o, ordered(w, "ns", w->from->data_ns++));
		octets_u16(&o, ordered(w, "nr", 0));
	}
	if ((flags & OFFSET) != 0) {
		octets_u16(&o, offset);
		for (unsigned i = 0; i < offset; i++)
			octets_u8(&o, 0);
	}
	octets_put(&o, ppp->at, ppp->len);
	if ((flags & LENGTH) != 0)
		octets_set_u16(&o, 2, ordered(w, "length", (uint16_t)o.len));
	frame_udp(w, &o);
}
