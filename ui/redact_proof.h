/* `redact`: challenges and what answers them. A response that a known secret gives is made anew
 * from the replaced secret and challenge; others become random. */
#ifndef L2TPSCOPE_REDACT_PROOF_H
#define L2TPSCOPE_REDACT_PROOF_H

#include "redact_map.h"
#include "secrets.h"

struct redact_proofs;

struct redact_proofs *redact_proofs_new(struct redact_map *map, const struct secrets *secrets);
void redact_proofs_free(struct redact_proofs *p);

const struct secrets *redact_secrets_of(const struct redact_proofs *p);
/* A secret as it is afterwards; to be freed. */
uint8_t *redact_secret_after(struct redact_proofs *p, struct span secret);

/* RADIUS: the authenticator of a request is what its response is made with. */
void redact_vector_note(struct redact_proofs *p, uint8_t id, const uint8_t before[16],
			const uint8_t after[16]);
/* Those of an identifier, the newest ones; start with *next = 0, false at the end. */
bool redact_vector_next(const struct redact_proofs *p, uint8_t id, size_t *next, uint8_t before[16],
			uint8_t after[16]);

/* Replaces a challenge, a nonce, and remembers it. */
void redact_challenge(struct redact_proofs *p, uint8_t *at, size_t n);
/* RFC 2661 5.1.1 */
void redact_tunnel_response(struct redact_proofs *p, uint8_t message, uint8_t *at, size_t n);
/* RFC 1994 4.1, RFC 2433 5, RFC 2759 4; `name` as it was. */
void redact_chap_response(struct redact_proofs *p, uint8_t id, struct str name, uint8_t *at,
			  size_t n);
/* RFC 2341: the Key of the header follows from the response. False: of none that was seen. */
void redact_l2f_response(struct redact_proofs *p, uint16_t clid, uint8_t *at, size_t n);
void redact_l2f_key(struct redact_proofs *p, uint8_t *at);
/* RFC 3931 5.4.1: `before` is the message with its digest zeroed, as it was, and `after` as it is
 * now; both of `n` octets. */
void redact_v3_digest(struct redact_proofs *p, const uint8_t *before, const uint8_t *after,
		      size_t n, uint8_t *digest, size_t digest_n);

#endif
