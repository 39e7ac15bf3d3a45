/* RADIUS packets of a weaver script (RFC 2865, 2868). */
#include <nettle/md5.h>
#include <stdlib.h>
#include <string.h>

#include "weave.h"

enum { VECTOR = 16, ACCESS_REQUEST = 1 };

static const char *key_value(const struct weave *w, const char *key)
{
	for (size_t i = 0; i < w->n_words; i++)
		if (strcmp(w->words[i].key, key) == 0)
			return w->words[i].value;
	return NULL;
}

/* Request Authenticators need not be random here, only known: the identifier, and a pattern. */
static void vector_of(unsigned id, uint8_t ret[VECTOR])
{
	for (unsigned i = 0; i < VECTOR; i++)
		ret[i] = (uint8_t)(id + 7 * i);
}

/* RFC 2865 5.2, RFC 2868 3.5: `o` from `start` on, padded to blocks, becomes its cipher. */
static void hide(struct octets *o, size_t start, const char *secret, const uint8_t *first,
		 size_t first_len)
{
	uint8_t pad[MD5_DIGEST_SIZE];
	struct md5_ctx md5;

	while ((o->len - start) % VECTOR != 0)
		octets_u8(o, 0);
	for (size_t at = start; at < o->len; at += VECTOR) {
		md5_init(&md5);
		md5_update(&md5, strlen(secret), (const uint8_t *)secret);
		if (at == start)
			md5_update(&md5, first_len, first);
		else
			md5_update(&md5, VECTOR, o->at + at - VECTOR);
		md5_digest(&md5, sizeof(pad), pad);
		for (size_t i = 0; i < VECTOR; i++)
			o->at[at + i] ^= pad[i];
	}
}

/* `TAG:TEXT` */
static const char *tag_text(const struct weave *w, const char *value, unsigned *ret_tag)
{
	char *end;

	*ret_tag = (unsigned)strtoul(value, &end, 10);
	if (end == value || *end != ':' || *ret_tag > 0x1f)
		weave_fail(w, "'%s' is not TAG:TEXT", value);
	return end + 1;
}

static void put_tunnel_password(const struct weave *w, struct octets *o, const char *value,
				const char *secret, const uint8_t vector[VECTOR])
{
	const struct word *ordered = weave_order(w, "salt");
	uint16_t number = ordered ? (uint16_t)weave_number(w, ordered->value, UINT16_MAX)
				  : (uint16_t)(0x8000 | o->len);
	const uint8_t salt[2] = {(uint8_t)(number >> 8), (uint8_t)number};
	uint8_t first[VECTOR + sizeof(salt)];
	unsigned tag;
	const char *text = tag_text(w, value, &tag);
	size_t start;

	octets_u8(o, tag);
	octets_put(o, salt, sizeof(salt));
	start = o->len;
	octets_u8(o, (unsigned)strlen(text));
	octets_put(o, text, strlen(text));
	memcpy(first, vector, VECTOR);
	memcpy(first + VECTOR, salt, sizeof(salt));
	hide(o, start, secret, first, sizeof(first));
}

/* `ID:PASSWORD`; the Request Authenticator is the challenge (RFC 2865 5.3). */
static void put_chap(const struct weave *w, struct octets *o, const char *value,
		     const uint8_t vector[VECTOR])
{
	char *password;
	uint8_t id = (uint8_t)strtoul(value, &password, 10);
	uint8_t digest[MD5_DIGEST_SIZE];
	struct md5_ctx md5;

	if (*password++ != ':')
		weave_fail(w, "'%s' is not ID:PASSWORD", value);
	md5_init(&md5);
	md5_update(&md5, 1, &id);
	md5_update(&md5, strlen(password), (const uint8_t *)password);
	md5_update(&md5, VECTOR, vector);
	md5_digest(&md5, sizeof(digest), digest);
	octets_u8(o, id);
	octets_put(o, digest, sizeof(digest));
}

static const struct key {
	const char *name;
	unsigned number;
} keys[] = {
	{"user", 1},
	{"password", 2},
	{"chap", 3},
	{"message", 18},
	{"called", 30},
	{"calling", 31},
	{"session-timeout", 27},
	{"session", 44},
	{"terminate-cause", 49},
	{"client-endpoint", 66},
	{"tunnel-type", 64},
	{"server-endpoint", 67},
	{"tunnel-password", 69},
	{"client-auth-id", 90},
	{"server-auth-id", 91},
};

static void put_attribute(const struct weave *w, struct octets *o, const struct word *word,
			  const char *secret, const uint8_t vector[VECTOR])
{
	size_t k = 0, start = o->len;
	const char *text = word->value;
	unsigned tag;

	while (k < sizeof(keys) / sizeof(keys[0]) && strcmp(keys[k].name, word->key) != 0)
		k++;
	if (k == sizeof(keys) / sizeof(keys[0]))
		weave_fail(w, "RADIUS has no '%s' here", word->key);
	if (secret == NULL && (keys[k].number == 2 || keys[k].number == 69))
		weave_fail(w, "'%s' needs key=, the secret that hides it", word->key);
	octets_u8(o, keys[k].number);
	octets_u8(o, 0);
	switch (keys[k].number) {
	case 2:
		octets_put(o, text, strlen(text));
		hide(o, start + 2, secret, vector, VECTOR);
		break;
	case 3:
		put_chap(w, o, text, vector);
		break;
	case 69:
		put_tunnel_password(w, o, text, secret, vector);
		break;
	case 27:
	case 49:
		octets_u32(o, weave_number(w, text, UINT32_MAX));
		break;
	case 64:
		text = tag_text(w, text, &tag);
		octets_u8(o, tag);
		octets_u8(o, 0);
		octets_u16(o, weave_number(w, text, UINT16_MAX));
		break;
	case 66:
	case 67:
	case 90:
	case 91:
		text = tag_text(w, text, &tag);
		octets_u8(o, tag);
		octets_put(o, text, strlen(text));
		break;
	default:
		octets_put(o, text, strlen(text));
	}
	o->at[start + 1] = (uint8_t)(o->len - start);
}

/* RFC 2865 3: of the packet with the request's authenticator in its place. */
static void sign(struct octets *o, const char *secret)
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, o->len, o->at);
	md5_update(&md5, strlen(secret), (const uint8_t *)secret);
	md5_digest(&md5, VECTOR, o->at + 4);
}

void radius_packet(struct weave *w, unsigned code)
{
	static struct octets o;
	const char *secret = key_value(w, "key");
	const char *id_word = key_value(w, "id");
	unsigned id = id_word == NULL ? 0 : weave_number(w, id_word, UINT8_MAX);
	uint8_t vector[VECTOR];

	vector_of(id, vector);
	o.len = 0;
	octets_u8(&o, code);
	octets_u8(&o, id);
	octets_u16(&o, 0);
	octets_put(&o, vector, VECTOR);
	for (size_t i = 0; i < w->n_words; i++)
		if (w->words[i].mark != '@' && strcmp(w->words[i].key, "key") != 0 &&
		    strcmp(w->words[i].key, "id") != 0)
			put_attribute(w, &o, &w->words[i], secret, vector);
	octets_set_u16(&o, 2, (unsigned)o.len);
	if (code != ACCESS_REQUEST && secret != NULL)
		sign(&o, secret);
	frame_udp(w, &o);
}
