#include "verify.h"

#include <nettle/des.h>
#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <nettle/sha1.h>

#include "code.h"

enum {
	NT_RESPONSE = 24,
	MS_RESPONSE = 49,    /* RFC 2433 4, RFC 2759 4 */
	MS1_CHALLENGE = 8,   /* RFC 2433 4 */
	MS2_CHALLENGE = 16,  /* RFC 2759 3 */
	PASSWORD_MAX = 256,  /* characters, RFC 2759 8.3 */
	LM_PASSWORD_MAX = 14 /* RFC 2433 A.2 */
};

/* nettle takes no NULL, an empty span may hold one. */
static void md5_add(struct md5_ctx *md5, struct span s)
{
	if (s.len)
		md5_update(md5, s.len, s.at);
}

static void md5_of(uint8_t first, struct span secret, struct span challenge, uint8_t ret[16])
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_add(&md5, span_of(&first, 1));
	md5_add(&md5, secret);
	md5_add(&md5, challenge);
	md5_digest(&md5, MD5_DIGEST_SIZE, ret);
}

void verify_tunnel_response(uint8_t message_type, struct span secret, struct span challenge,
			    uint8_t ret[16])
{
	md5_of(message_type, secret, challenge, ret);
}

void verify_v3_key(enum v3_key_use use, struct span secret, uint8_t ret[16])
{
	const uint8_t octet = (uint8_t)use;
	static const uint8_t empty = 0;
	struct hmac_md5_ctx hmac;

	hmac_md5_set_key(&hmac, secret.len, secret.len ? secret.at : &empty);
	hmac_md5_update(&hmac, 1, &octet);
	hmac_md5_digest(&hmac, MD5_DIGEST_SIZE, ret);
}

void verify_v3_digest(bool with_sha1, struct span key, struct span local, struct span remote,
		      struct span message, uint8_t ret[20])
{
	const struct span parts[] = {local, remote, message};
	static const uint8_t empty = 0;
	struct hmac_sha1_ctx sha1;
	struct hmac_md5_ctx md5;

	hmac_sha1_set_key(&sha1, key.len, key.len ? key.at : &empty);
	hmac_md5_set_key(&md5, key.len, key.len ? key.at : &empty);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].len == 0)
			continue;
		if (with_sha1)
			hmac_sha1_update(&sha1, parts[i].len, parts[i].at);
		else
			hmac_md5_update(&md5, parts[i].len, parts[i].at);
	}
	if (with_sha1)
		hmac_sha1_digest(&sha1, SHA1_DIGEST_SIZE, ret);
	else
		hmac_md5_digest(&md5, MD5_DIGEST_SIZE, ret);
}

void verify_l2f_response(uint16_t clid, struct span secret, struct span challenge, uint8_t ret[16])
{
	md5_of((uint8_t)clid, secret, challenge, ret);
}

uint32_t verify_l2f_key(const uint8_t response[16])
{
	struct bytes b = bytes_of(span_of(response, 16));
	uint32_t key = 0;

	while (b.left > 0)
		key ^= bytes_u32(&b);
	return key;
}

void verify_chap_md5(uint8_t id, struct span secret, struct span challenge, uint8_t ret[16])
{
	md5_of(id, secret, challenge, ret);
}

/* One code point of UTF-8 into UTF-16LE; an invalid octet counts as Latin-1, the charset
 * of old secrets files. Returns the octets read. */
static size_t utf16_next(struct span in, uint8_t out[4], size_t *out_len)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	uint8_t lead = in.at[0];
	size_t more = lead >= 0xf0 && lead < 0xf8 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
	uint32_t c = lead;
	size_t used = 1;

	if (lead < 0xf8 && more && more < in.len) {
		c = lead & (0x3fu >> more);
		while (used <= more && (in.at[used] & 0xc0) == 0x80)
			c = c << 6 | (in.at[used++] & 0x3f);
		if (used <= more || c < least[more] || c > 0x10ffff) {
			c = lead;
			used = 1;
		}
	}
	*out_len = 2;
	if (c > 0xffff) {
		uint32_t low = 0xdc00 | ((c - 0x10000) & 0x3ff);

		c = 0xd800 | (c - 0x10000) >> 10;
		out[2] = (uint8_t)low;
		out[3] = (uint8_t)(low >> 8);
		*out_len = 4;
	}
	out[0] = (uint8_t)c;
	out[1] = (uint8_t)(c >> 8);
	return used;
}

/* RFC 2759 8.3: MD4 of the password in UTF-16LE. */
static void nt_password_hash(struct span password, uint8_t ret[MD4_DIGEST_SIZE])
{
	struct md4_ctx md4;
	size_t characters = 0;

	md4_init(&md4);
	while (password.len && characters++ < PASSWORD_MAX) {
		uint8_t unit[4];
		size_t unit_len;
		size_t used = utf16_next(password, unit, &unit_len);

		md4_update(&md4, unit_len, unit);
		password = span_of(password.at + used, password.len - used);
	}
	md4_digest(&md4, MD4_DIGEST_SIZE, ret);
}

/* RFC 2759 8.6: 56 bits spread over 8 octets; DES ignores the parity bits. */
static void des_block(const uint8_t seven[7], const uint8_t clear[8], uint8_t ret[8])
{
	struct des_ctx des;
	uint8_t key[DES_KEY_SIZE];

	key[0] = seven[0];
	for (unsigned i = 1; i < 7; i++)
		key[i] = (uint8_t)((unsigned)seven[i - 1] << (8 - i) | (unsigned)seven[i] >> i);
	key[7] = (uint8_t)((unsigned)seven[6] << 1);
	/* False marks a weak key, which is set all the same; the peer used it too. */
	(void)des_set_key(&des, key);
	des_encrypt(&des, DES_BLOCK_SIZE, ret, clear);
}

/* RFC 2759 8.5 */
static void challenge_response(const uint8_t challenge[8], const uint8_t hash[16],
			       uint8_t ret[NT_RESPONSE])
{
	uint8_t padded[21] = {0};

	memcpy(padded, hash, 16);
	for (size_t i = 0; i < 3; i++)
		des_block(padded + 7 * i, challenge, ret + 8 * i);
}

/* RFC 2433 A.3: DES of a fixed text keyed by the upper-case password. */
static void lm_password_hash(struct span password, uint8_t ret[16])
{
	static const uint8_t text[8] = {'K', 'G', 'S', '!', '@', '#', '$', '%'};
	uint8_t upper[LM_PASSWORD_MAX] = {0};

	for (size_t i = 0; i < password.len && i < LM_PASSWORD_MAX; i++) {
		uint8_t c = password.at[i];

		upper[i] = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
	}
	des_block(upper, text, ret);
	des_block(upper + 7, text, ret + 8);
}

/* RFC 2759 8.2: the user name without its domain. */
static void challenge_hash(struct str name, struct span peer, struct span challenge, uint8_t ret[8])
{
	struct sha1_ctx sha1;

	for (size_t i = name.len; i > 0; i--) {
		if (name.at[i - 1] == '\\') {
			name = str_from(name, i);
			break;
		}
	}
	sha1_init(&sha1);
	sha1_update(&sha1, peer.len, peer.at);
	sha1_update(&sha1, challenge.len, challenge.at);
	if (name.len)
		sha1_update(&sha1, name.len, (const uint8_t *)name.at);
	sha1_digest(&sha1, 8, ret);
}

static bool verify_ms1(struct span secret, struct span challenge, struct span response)
{
	uint8_t hash[16];
	uint8_t expected[NT_RESPONSE];

	if (challenge.len != MS1_CHALLENGE || response.len != MS_RESPONSE)
		return false;
	bool uses_nt = response.at[48] != 0;

	if (uses_nt)
		nt_password_hash(secret, hash);
	else
		lm_password_hash(secret, hash);
	challenge_response(challenge.at, hash, expected);
	return memeql_sec(expected, response.at + (uses_nt ? NT_RESPONSE : 0), NT_RESPONSE) != 0;
}

static bool verify_ms2(struct str name, struct span secret, struct span challenge,
		       struct span response)
{
	uint8_t hash[16];
	uint8_t short_challenge[8];
	uint8_t expected[NT_RESPONSE];

	if (challenge.len != MS2_CHALLENGE || response.len != MS_RESPONSE)
		return false;
	nt_password_hash(secret, hash);
	challenge_hash(name, span_of(response.at, MS2_CHALLENGE), challenge, short_challenge);
	challenge_response(short_challenge, hash, expected);
	return memeql_sec(expected, response.at + 24, NT_RESPONSE) != 0;
}

void verify_mschap_answer(uint8_t algorithm, struct str name, struct span secret,
			  struct span challenge, uint8_t response[49])
{
	uint8_t hash[16], short_challenge[8];

	if (algorithm == CHAP_MSV2 && challenge.len == MS2_CHALLENGE) {
		nt_password_hash(secret, hash);
		challenge_hash(name, span_of(response, MS2_CHALLENGE), challenge, short_challenge);
		challenge_response(short_challenge, hash, response + 24);
	} else if (algorithm == CHAP_MS && challenge.len == MS1_CHALLENGE && response[48] != 0) {
		nt_password_hash(secret, hash);
		challenge_response(challenge.at, hash, response + NT_RESPONSE);
	} else if (algorithm == CHAP_MS && challenge.len == MS1_CHALLENGE) {
		lm_password_hash(secret, hash);
		challenge_response(challenge.at, hash, response);
	}
}

bool verify_chap(uint8_t algorithm, uint8_t id, struct str name, struct span secret,
		 struct span challenge, struct span response)
{
	uint8_t expected[MD5_DIGEST_SIZE];

	if (algorithm == CHAP_MS)
		return verify_ms1(secret, challenge, response);
	if (algorithm == CHAP_MSV2)
		return verify_ms2(name, secret, challenge, response);
	if (algorithm != CHAP_MD5 || response.len != MD5_DIGEST_SIZE)
		return false;
	verify_chap_md5(id, secret, challenge, expected);
	return memeql_sec(expected, response.at, MD5_DIGEST_SIZE) != 0;
}

void verify_mschapv2_success(struct str name, struct span secret, struct span challenge,
			     struct span response, char ret[43])
{
	static const char magic1[] = "Magic server to client signing constant";
	static const char magic2[] = "Pad to make it do more than one iteration";
	static const char digits[] = "0123456789ABCDEF";
	uint8_t hash[MD4_DIGEST_SIZE];
	uint8_t hash_hash[MD4_DIGEST_SIZE];
	uint8_t short_challenge[8];
	uint8_t digest[SHA1_DIGEST_SIZE];
	struct md4_ctx md4;
	struct sha1_ctx sha1;

	ret[0] = '\0';
	if (challenge.len != MS2_CHALLENGE || response.len != MS_RESPONSE)
		return;
	nt_password_hash(secret, hash);
	md4_init(&md4);
	md4_update(&md4, sizeof(hash), hash);
	md4_digest(&md4, sizeof(hash_hash), hash_hash);
	sha1_init(&sha1);
	sha1_update(&sha1, sizeof(hash_hash), hash_hash);
	sha1_update(&sha1, NT_RESPONSE, response.at + 24);
	sha1_update(&sha1, sizeof(magic1) - 1, (const uint8_t *)magic1);
	sha1_digest(&sha1, sizeof(digest), digest);
	challenge_hash(name, span_of(response.at, MS2_CHALLENGE), challenge, short_challenge);
	sha1_init(&sha1);
	sha1_update(&sha1, sizeof(digest), digest);
	sha1_update(&sha1, sizeof(short_challenge), short_challenge);
	sha1_update(&sha1, sizeof(magic2) - 1, (const uint8_t *)magic2);
	sha1_digest(&sha1, sizeof(digest), digest);
	ret[0] = 'S';
	ret[1] = '=';
	for (size_t i = 0; i < sizeof(digest); i++) {
		ret[2 + 2 * i] = digits[digest[i] >> 4];
		ret[3 + 2 * i] = digits[digest[i] & 15];
	}
	ret[42] = '\0';
}
