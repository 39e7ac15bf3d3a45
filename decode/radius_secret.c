/* What RADIUS hides and proves with the shared secret. */
#include <nettle/hmac.h>
#include <nettle/md5.h>

#include "radius.h"

enum { BLOCK = MD5_DIGEST_SIZE };

static void md5_add(struct md5_ctx *md5, struct span s)
{
	if (s.len)
		md5_update(md5, s.len, s.at);
}

void radius_reveal(struct span cipher, struct span secret, struct span vector, struct span salt,
		   uint8_t *clear)
{
	struct md5_ctx md5;
	uint8_t pad[BLOCK];

	for (size_t i = 0; i < cipher.len; i++) {
		if (i % BLOCK == 0) {
			md5_init(&md5);
			md5_add(&md5, secret);
			md5_add(&md5, i == 0 ? vector : span_of(cipher.at + i - BLOCK, BLOCK));
			if (i == 0)
				md5_add(&md5, salt);
			md5_digest(&md5, BLOCK, pad);
		}
		clear[i] = cipher.at[i] ^ pad[i % BLOCK];
	}
}

void radius_hide(struct span secret, struct span vector, struct span salt, uint8_t *at, size_t n)
{
	struct md5_ctx md5;
	uint8_t pad[BLOCK];

	for (size_t i = 0; i < n; i++) {
		if (i % BLOCK == 0) {
			md5_init(&md5);
			md5_add(&md5, secret);
			md5_add(&md5, i == 0 ? vector : span_of(at + i - BLOCK, BLOCK));
			if (i == 0)
				md5_add(&md5, salt);
			md5_digest(&md5, BLOCK, pad);
		}
		at[i] ^= pad[i % BLOCK];
	}
}

void radius_authenticator(struct span packet, struct span vector, struct span secret,
			  uint8_t ret[RADIUS_AUTHENTICATOR])
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, 4, packet.at);
	md5_add(&md5, vector);
	md5_add(&md5, span_of(packet.at + 20, packet.len - 20));
	md5_add(&md5, secret);
	md5_digest(&md5, BLOCK, ret);
}

void radius_message_authenticator(struct span packet, struct span vector, size_t offset,
				  struct span secret, uint8_t ret[RADIUS_AUTHENTICATOR])
{
	static const uint8_t zeros[RADIUS_AUTHENTICATOR];
	static const uint8_t empty;
	size_t after = offset + RADIUS_AUTHENTICATOR;
	struct hmac_md5_ctx hmac;

	hmac_md5_set_key(&hmac, secret.len, secret.len ? secret.at : &empty);
	hmac_md5_update(&hmac, 4, packet.at);
	hmac_md5_update(&hmac, vector.len, vector.at);
	hmac_md5_update(&hmac, offset - 20, packet.at + 20);
	hmac_md5_update(&hmac, sizeof(zeros), zeros);
	hmac_md5_update(&hmac, packet.len - after, packet.at + after);
	hmac_md5_digest(&hmac, BLOCK, ret);
}
