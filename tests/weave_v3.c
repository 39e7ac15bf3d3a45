/* L2TPv3 control and data messages of a weaver script (RFC 3931). */
#include <nettle/hmac.h>
#include <string.h>

#include "weave.h"

static const struct message {
	const char *name;
	uint16_t type;
} messages[] = {
	{"ZLB", 0},  {"SCCRQ", 1}, {"SCCRP", 2}, {"SCCCN", 3}, {"StopCCN", 4}, {"HELLO", 6},
	{"OCRQ", 7}, {"OCRP", 8},  {"OCCN", 9},  {"ICRQ", 10}, {"ICRP", 11},   {"ICCN", 12},
	{"CDN", 14}, {"WEN", 15},  {"SLI", 16},  {"ACK", 20},
};

static bool is_plain(const struct weave *w)
{
	for (size_t i = 0; i < w->n_words; i++)
		if (strcmp(w->words[i].key, "digest") == 0)
			return strchr(w->words[i].value, '-') != NULL;
	return false;
}

/* As some daemon does it: with the secret itself, over a 1 and the message. */
static void sign_plain(const struct weave *w, struct octets *o, size_t start, size_t digest)
{
	static const uint8_t one = 1;
	struct hmac_sha1_ctx sha1;

	hmac_sha1_set_key(&sha1, strlen(w->secret), (const uint8_t *)w->secret);
	hmac_sha1_update(&sha1, 1, &one);
	hmac_sha1_update(&sha1, o->len - start, o->at + start);
	hmac_sha1_digest(&sha1, SHA1_DIGEST_SIZE, o->at + digest + 1);
}

/* 5.4.1: over both nonces and the message with its digest zeroed. The first request knows none. */
static void sign(const struct weave *w, struct octets *o, size_t start, size_t digest,
		 bool is_first)
{
	static const uint8_t two = 2;
	bool is_sha1 = o->at[digest] == 1;
	const struct party *own = w->from, *peer = w->to;
	struct hmac_md5_ctx md5;
	struct hmac_sha1_ctx sha1;
	uint8_t key[16];

	hmac_md5_set_key(&md5, strlen(w->secret), (const uint8_t *)w->secret);
	hmac_md5_update(&md5, 1, &two);
	hmac_md5_digest(&md5, sizeof(key), key);
	hmac_md5_set_key(&md5, sizeof(key), key);
	hmac_sha1_set_key(&sha1, sizeof(key), key);
	if (!is_first) {
		hmac_md5_update(&md5, own->nonce_len, own->nonce);
		hmac_md5_update(&md5, peer->nonce_len, peer->nonce);
		hmac_sha1_update(&sha1, own->nonce_len, own->nonce);
		hmac_sha1_update(&sha1, peer->nonce_len, peer->nonce);
	}
	hmac_md5_update(&md5, o->len - start, o->at + start);
	hmac_sha1_update(&sha1, o->len - start, o->at + start);
	if (is_sha1)
		hmac_sha1_digest(&sha1, SHA1_DIGEST_SIZE, o->at + digest + 1);
	else
		hmac_md5_digest(&md5, MD5_DIGEST_SIZE, o->at + digest + 1);
}

bool v3_control(struct weave *w, const char *name)
{
	static struct octets o;
	const struct message *m = messages;
	const struct message *end = messages + sizeof(messages) / sizeof(messages[0]);
	size_t start, digest = 0;
	uint16_t ns;

	while (m < end && strcmp(m->name, name) != 0)
		m++;
	if (m == end)
		return false;
	ns = (uint16_t)weave_ordered(w, "ns", w->from->ns, UINT16_MAX);
	o.len = 0;
	if (w->is_bare_ip)
		octets_u32(&o, 0); /* 4.1.1.2: no session, not counted by Length */
	start = o.len;
	octets_u16(&o, weave_ordered(w, "flags", 0xC803, UINT16_MAX));
	octets_u16(&o, 0);
	octets_u32(&o, weave_ordered(w, "tid", m->type == 1 ? 0 : w->to->tunnel, UINT32_MAX));
	octets_u16(&o, ns);
	octets_u16(&o, weave_ordered(w, "nr", w->from->nr, UINT16_MAX));
	if (m->type != 0)
		digest = l2tp_avps(w, &o, m->type);
	octets_set_u16(&o, start + 2,
		       weave_ordered(w, "length", (uint32_t)(o.len - start), UINT16_MAX));
	if (digest != 0 && is_plain(w))
		sign_plain(w, &o, start, digest);
	else if (digest != 0)
		sign(w, &o, start, digest, m->type == 1);
	frame_udp(w, &o);
	if (m->type != 0 && m->type != 20)
		l2tp_sent(w, &o, ns);
	return true;
}

void v3_data(struct weave *w, const struct octets *payload)
{
	static struct octets o;
	const struct word *cookie = weave_order(w, "cookie");
	const struct party *to = w->to;

	o.len = 0;
	if (!w->is_bare_ip)
		octets_u32(&o, 0x00030000);
	octets_u32(&o, weave_ordered(w, "sid", to->session, UINT32_MAX));
	if (cookie != NULL)
		o.len += weave_hex(w, cookie->value, o.at + o.len, sizeof(to->cookie));
	else
		octets_put(&o, to->cookie, to->cookie_len);
	if (to->has_sublayer)
		octets_u32(&o, 0x40000000 | weave_ordered(w, "seq", w->from->sequence++, 0xffffff));
	octets_put(&o, payload->at, payload->len);
	frame_udp(w, &o);
}
