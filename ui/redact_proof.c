#include "redact_proof.h"

#include <stdlib.h>

#include "code.h"
#include "hexdump.h"
#include "must.h"
#include "verify.h"

/* The newest ones: an answer follows its challenge. */
enum { CHALLENGES = 64, VECTORS = 1024, RESPONSE = 16, MS_RESPONSE = 49 };

struct challenge {
	size_t n;
	uint8_t *from, *to;
};

/* The authenticator of a RADIUS packet. */
struct vector {
	uint8_t id, before[RESPONSE], after[RESPONSE];
};

struct redact_proofs {
	struct redact_map *map;
	const struct secrets *secrets;
	struct challenge challenges[CHALLENGES];
	size_t next;
	struct challenge l2f[CHALLENGES]; /* responses */
	size_t next_l2f;
	struct vector vectors[VECTORS];
	size_t n_vectors;
};

struct redact_proofs *redact_proofs_new(struct redact_map *map, const struct secrets *secrets)
{
	struct redact_proofs *p = must_alloc(1, sizeof(*p));

	*p = (struct redact_proofs){.map = map, .secrets = secrets};
	return p;
}

const struct secrets *redact_secrets_of(const struct redact_proofs *p)
{
	return p->secrets;
}

static void ring_free(struct challenge *ring)
{
	for (size_t i = 0; i < CHALLENGES; i++) {
		free(ring[i].from);
		free(ring[i].to);
	}
}

void redact_proofs_free(struct redact_proofs *p)
{
	if (p == NULL)
		return;
	ring_free(p->challenges);
	ring_free(p->l2f);
	free(p);
}

static void ring_put(struct challenge *ring, size_t *next, const uint8_t *from, const uint8_t *to,
		     size_t n)
{
	struct challenge *c;

	for (size_t i = 0; i < CHALLENGES; i++)
		if (ring[i].from != NULL && ring[i].n == n && memcmp(ring[i].from, from, n) == 0)
			return;
	c = &ring[(*next)++ % CHALLENGES];
	free(c->from);
	free(c->to);
	*c = (struct challenge){.n = n, .from = must_alloc(n, 1), .to = must_alloc(n, 1)};
	memcpy(c->from, from, n);
	memcpy(c->to, to, n);
}

void redact_vector_note(struct redact_proofs *p, uint8_t id, const uint8_t before[RESPONSE],
			const uint8_t after[RESPONSE])
{
	struct vector *v = &p->vectors[p->n_vectors++ % VECTORS];

	v->id = id;
	memcpy(v->before, before, RESPONSE);
	memcpy(v->after, after, RESPONSE);
}

bool redact_vector_next(const struct redact_proofs *p, uint8_t id, size_t *next,
			uint8_t before[RESPONSE], uint8_t after[RESPONSE])
{
	size_t n = p->n_vectors < VECTORS ? p->n_vectors : VECTORS;

	while (*next < n) {
		const struct vector *v = &p->vectors[(*next)++];

		if (v->id != id)
			continue;
		memcpy(before, v->before, RESPONSE);
		memcpy(after, v->after, RESPONSE);
		return true;
	}
	return false;
}

void redact_challenge(struct redact_proofs *p, uint8_t *at, size_t n)
{
	uint8_t *from;

	if (n == 0)
		return;
	from = must_alloc(n, 1);
	memcpy(from, at, n);
	redact_octets(p->map, REDACT_PROOF, at, n);
	ring_put(p->challenges, &p->next, from, at, n);
	free(from);
}

enum proof_of { PROOF_TUNNEL, PROOF_CHAP, PROOF_L2F };

static void answer(enum proof_of of, uint16_t id, struct span secret, struct span challenge,
		   uint8_t ret[RESPONSE])
{
	if (of == PROOF_TUNNEL)
		verify_tunnel_response((uint8_t)id, secret, challenge, ret);
	else if (of == PROOF_CHAP)
		verify_chap_md5((uint8_t)id, secret, challenge, ret);
	else
		verify_l2f_response(id, secret, challenge, ret);
}

uint8_t *redact_secret_after(struct redact_proofs *p, struct span secret)
{
	uint8_t *copy = must_alloc(secret.len + 1, 1);

	if (secret.len > 0)
		memcpy(copy, secret.at, secret.len);
	redact_octets(p->map, REDACT_SECRET, copy, secret.len);
	return copy;
}

static bool answer_anew(struct redact_proofs *p, enum proof_of of, uint16_t id, struct span secret,
			uint8_t *at)
{
	uint8_t from[RESPONSE];

	memcpy(from, at, RESPONSE);
	for (size_t i = 0; i < CHALLENGES; i++) {
		const struct challenge *c = &p->challenges[i];
		uint8_t expected[RESPONSE];
		uint8_t *now;

		if (c->from == NULL)
			continue;
		answer(of, id, secret, span_of(c->from, c->n), expected);
		if (memcmp(expected, at, RESPONSE) != 0)
			continue;
		now = redact_secret_after(p, secret);
		answer(of, id, span_of(now, secret.len), span_of(c->to, c->n), at);
		redact_note(p->map, REDACT_PROOF, from, at, RESPONSE);
		free(now);
		return true;
	}
	return false;
}

static void response(struct redact_proofs *p, enum proof_of of, enum secret_kind kind, uint16_t id,
		     uint8_t *at, size_t n)
{
	const struct secret *s;
	size_t next = 0;

	if (redact_is_known(p->map, REDACT_PROOF, at, n))
		return;
	while (n == RESPONSE && (s = secrets_any(p->secrets, kind, &next)) != NULL)
		if (answer_anew(p, of, id, s->value, at))
			return;
	redact_octets(p->map, REDACT_PROOF, at, n);
}

void redact_tunnel_response(struct redact_proofs *p, uint8_t message, uint8_t *at, size_t n)
{
	response(p, PROOF_TUNNEL, SECRET_TUNNEL, message, at, n);
}

/* What the other end answers then, RFC 2759 5: 20 octets in hex behind `S=`. */
static void success_note(struct redact_proofs *p, const char before[43], const char after[43])
{
	uint8_t from[20], to[20];

	if (before[0] == 0 || after[0] == 0)
		return;
	for (size_t i = 0; i < sizeof(from); i++) {
		from[i] =
			(uint8_t)(hex_digit(before[2 + 2 * i]) << 4 | hex_digit(before[3 + 2 * i]));
		to[i] = (uint8_t)(hex_digit(after[2 + 2 * i]) << 4 | hex_digit(after[3 + 2 * i]));
	}
	redact_note(p->map, REDACT_PROOF, from, to, sizeof(from));
}

/* The answer of a known secret to a known challenge, made anew. */
static bool mschap_anew(struct redact_proofs *p, uint8_t algorithm, struct str name,
			struct span secret, const struct challenge *c, uint8_t at[MS_RESPONSE])
{
	struct text name_after = text_make(4096);
	uint8_t from[MS_RESPONSE], *now;
	char before[43], after[43];

	if (!verify_chap(algorithm, 0, name, secret, span_of(c->from, c->n),
			 span_of(at, MS_RESPONSE)))
		return false;
	memcpy(from, at, MS_RESPONSE);
	redact_name_fixed(p->map, name, &name_after);
	now = redact_secret_after(p, secret);
	if (algorithm == CHAP_MSV2) {
		redact_octets(p->map, REDACT_PROOF, at, 16);
		redact_prf(p->map, REDACT_PROOF, from, MS_RESPONSE, at + 24, 24);
	} else {
		redact_prf(p->map, REDACT_PROOF, from, MS_RESPONSE, at, MS_RESPONSE - 1);
	}
	verify_mschap_answer(algorithm, text_str(&name_after), span_of(now, secret.len),
			     span_of(c->to, c->n), at);
	redact_note(p->map, REDACT_PROOF, from, at, MS_RESPONSE);
	verify_mschapv2_success(name, secret, span_of(c->from, c->n), span_of(from, MS_RESPONSE),
				before);
	verify_mschapv2_success(text_str(&name_after), span_of(now, secret.len),
				span_of(c->to, c->n), span_of(at, MS_RESPONSE), after);
	success_note(p, before, after);
	free(now);
	text_free(&name_after);
	return true;
}

static bool mschap_answer(struct redact_proofs *p, struct str name, uint8_t *at)
{
	const struct secret *s;
	size_t next = 0;

	while ((s = secrets_any(p->secrets, SECRET_USER, &next)) != NULL) {
		for (size_t i = 0; i < CHALLENGES; i++) {
			const struct challenge *c = &p->challenges[i];
			uint8_t algorithm = c->n == 8 ? CHAP_MS : CHAP_MSV2;

			if (c->from != NULL && mschap_anew(p, algorithm, name, s->value, c, at))
				return true;
		}
	}
	return false;
}

void redact_chap_response(struct redact_proofs *p, uint8_t id, struct str name, uint8_t *at,
			  size_t n)
{
	if (redact_is_known(p->map, REDACT_PROOF, at, n))
		return;
	if (n == MS_RESPONSE && mschap_answer(p, name, at))
		return;
	response(p, PROOF_CHAP, SECRET_USER, id, at, n);
}

void redact_l2f_response(struct redact_proofs *p, uint16_t clid, uint8_t *at, size_t n)
{
	uint8_t from[RESPONSE];

	if (n == RESPONSE)
		memcpy(from, at, n);
	response(p, PROOF_L2F, SECRET_TUNNEL, clid, at, n);
	if (n == RESPONSE)
		ring_put(p->l2f, &p->next_l2f, from, at, n);
}

void redact_l2f_key(struct redact_proofs *p, uint8_t *at)
{
	uint32_t key = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];

	if (key == 0)
		return;
	for (size_t i = 0; i < CHALLENGES; i++) {
		const struct challenge *c = &p->l2f[i];

		if (c->from == NULL || verify_l2f_key(c->from) != key)
			continue;
		key = verify_l2f_key(c->to);
		for (size_t k = 0; k < 4; k++)
			at[k] = (uint8_t)(key >> (24 - 8 * k));
		return;
	}
	redact_octets(p->map, REDACT_PROOF, at, 4);
}

/* ---- L2TPv3 ---- */

/* A message with its digest blank, and the key of that, before and after. */
struct digested {
	struct span before, after, key, key_after;
};

static bool digest_anew(const struct digested *m, const struct challenge *local,
			const struct challenge *remote, uint8_t *digest, size_t n)
{
	static const struct challenge none;
	const struct challenge *l = local ? local : &none, *r = remote ? remote : &none;
	uint8_t expected[20];

	verify_v3_digest(n == 20, m->key, span_of(l->from, l->n), span_of(r->from, r->n), m->before,
			 expected);
	if (memcmp(expected, digest, n) != 0)
		return false;
	verify_v3_digest(n == 20, m->key_after, span_of(l->to, l->n), span_of(r->to, r->n),
			 m->after, expected);
	memcpy(digest, expected, n);
	return true;
}

static bool digest_with(struct redact_proofs *p, struct digested m, struct span secret,
			uint8_t *digest, size_t n)
{
	uint8_t key[RESPONSE], key_after[RESPONSE];
	uint8_t *now = redact_secret_after(p, secret);
	bool ok = false;

	verify_v3_key(V3_KEY_DIGEST, secret, key);
	verify_v3_key(V3_KEY_DIGEST, span_of(now, secret.len), key_after);
	free(now);
	m.key = span_of(key, sizeof(key));
	m.key_after = span_of(key_after, sizeof(key_after));
	ok = digest_anew(&m, NULL, NULL, digest, n);
	for (size_t i = 0; i < CHALLENGES && !ok; i++) {
		const struct challenge *a = &p->challenges[i];

		if (a->from == NULL)
			continue;
		ok = digest_anew(&m, a, NULL, digest, n);
		for (size_t j = 0; j < CHALLENGES && !ok; j++)
			if (p->challenges[j].from != NULL)
				ok = digest_anew(&m, a, &p->challenges[j], digest, n);
	}
	return ok;
}

void redact_v3_digest(struct redact_proofs *p, const uint8_t *before, const uint8_t *after,
		      size_t n, uint8_t *digest, size_t digest_n)
{
	struct digested m = {.before = span_of(before, n), .after = span_of(after, n)};
	const struct secret *s;
	size_t next = 0;

	if (digest_n == 16 || digest_n == 20) {
		if (digest_with(p, m, (struct span){0}, digest, digest_n))
			return;
		while ((s = secrets_any(p->secrets, SECRET_TUNNEL, &next)) != NULL)
			if (digest_with(p, m, s->value, digest, digest_n))
				return;
	}
	redact_octets(p->map, REDACT_PROOF, digest, digest_n);
}
