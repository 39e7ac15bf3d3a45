/* Digests that prove a secret: tunnel challenges, CHAP, MS-CHAP. From nettle.
 * All functions are pure; `ret` is the expected response. */
#ifndef L2TPSCOPE_VERIFY_H
#define L2TPSCOPE_VERIFY_H

#include "bytes.h"
#include "text.h"

/* RFC 2661 4.4.3 / 5.1.1: MD5(message type octet | secret | challenge). */
void verify_tunnel_response(uint8_t message_type, struct span secret, struct span challenge,
			    uint8_t ret[16]);

/* RFC 3931 4.3, 5.3: what one secret protects with two keys. */
enum v3_key_use { V3_KEY_HIDING = 1, V3_KEY_DIGEST = 2 };
void verify_v3_key(enum v3_key_use use, struct span secret, uint8_t ret[16]);

/* RFC 3931 5.4.1: HMAC(key, local nonce | remote nonce | message), as its sender computes it.
 * `message` has its digests zeroed. `with_sha1`: 20 octets, else 16 of MD5. */
void verify_v3_digest(bool with_sha1, struct span key, struct span local, struct span remote,
		      struct span message, uint8_t ret[20]);

/* RFC 2341 4.4.3: MD5(low octet of the Client ID | secret | challenge). */
void verify_l2f_response(uint16_t clid, struct span secret, struct span challenge, uint8_t ret[16]);
/* RFC 2341 4.2.11: the Key field of every packet of the side that sent the response. */
uint32_t verify_l2f_key(const uint8_t response[16]);

/* RFC 1994 4.1: MD5(id | secret | challenge). */
void verify_chap_md5(uint8_t id, struct span secret, struct span challenge, uint8_t ret[16]);

/* True when `response` (16 octets MD5; 49 octets MS-CHAP v1/v2) is right for the secret.
 * `name` is the user as in the Response (MS-CHAPv2 hashes it without the domain). */
bool verify_chap(uint8_t algorithm, uint8_t id, struct str name, struct span secret,
		 struct span challenge, struct span response);

/* Puts the right proof into a response of MS-CHAP or MS-CHAPv2; its other parts are there: the
 * peer's challenge (RFC 2759 4), or which of its two proofs is used (RFC 2433 5). */
void verify_mschap_answer(uint8_t algorithm, struct str name, struct span secret,
			  struct span challenge, uint8_t response[49]);

/* MS-CHAPv2 authenticator response "S=…" (RFC 2759 8.7), 42 characters. */
void verify_mschapv2_success(struct str name, struct span secret, struct span challenge,
			     struct span response, char ret[43]);

#endif
