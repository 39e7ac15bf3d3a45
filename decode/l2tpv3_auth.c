#include "code.h"
#include "l2tpv3.h"
#include "l2tpv3_table.h"
#include "verify.h"

enum {
	DIGESTS = 2, /* a second one while the secret is changed: RFC 3931 5.4.1 */
	AVP_HEADER = 6,
	MD5_LENGTH = 16,
	SHA1_LENGTH = 20,
};

/* One message and what its digests are computed of. */
struct proof {
	struct span digests[DIGESTS]; /* without the type octet */
	size_t n;
	struct span local, remote; /* nonces, as the sender calls them */
	struct span zeroed;        /* the message with all digests zero */
};

static bool is_digest(const struct avp *a)
{
	return a->vendor == 0 && a->number == AVP_N_MESSAGE_DIGEST;
}

bool l2tpv3_has_digest(const struct event *e)
{
	for (size_t i = 0; i < e->control.n_avps; i++)
		if (is_digest(&e->control.avps[i]) ||
		    (e->control.avps[i].vendor == 9 &&
		     e->control.avps[i].number == (AVP_N_CISCO_MESSAGE_DIGEST & 0xffff)))
			return true;
	return false;
}

static bool has_nonce(const struct event *e)
{
	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];

		if ((a->vendor == 0 && a->number == AVP_N_NONCE) ||
		    (a->vendor == 9 && a->number == (AVP_N_CISCO_NONCE & 0xffff)))
			return true;
	}
	return false;
}

static void check_position(const struct event *e, struct defect_list *defects)
{
	size_t expected = 1;

	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];

		if (!is_digest(a))
			continue;
		if (i != expected) {
			defect_add(defects, DEFECT_V3_DIGEST_POSITION, a->offset);
			return;
		}
		expected++;
	}
}

/* False when the message has no digest that could be right. */
static bool collect(struct arena *scratch, const struct event *e, struct proof *p)
{
	struct span message = e->packet;
	uint8_t *zeroed = arena_alloc(scratch, message.len);

	if (!zeroed)
		return false;
	memcpy(zeroed, message.at, message.len);
	p->zeroed = span_of(zeroed, message.len);
	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];
		size_t start = a->offset + AVP_HEADER + 1;

		if (!is_digest(a) || !a->is_whole || a->value.len < 1 ||
		    start + a->value.len - 1 > message.len)
			continue;
		memset(zeroed + start, 0, a->value.len - 1);
		if (p->n < DIGESTS)
			p->digests[p->n++] = span_of(a->value.at + 1, a->value.len - 1);
	}
	return p->n > 0;
}

/* The length tells the hash; the RFC contradicts itself on the type (5.4.1). */
static bool is_right(const struct proof *p, struct span key, struct span local, struct span remote,
		     struct span message)
{
	uint8_t expected[SHA1_LENGTH];

	for (size_t i = 0; i < p->n; i++) {
		size_t len = p->digests[i].len;

		if (len != MD5_LENGTH && len != SHA1_LENGTH)
			continue;
		verify_v3_digest(len == SHA1_LENGTH, key, local, remote, message, expected);
		if (span_equal(p->digests[i], span_of(expected, len)))
			return true;
	}
	return false;
}

static bool fits_secret(const struct proof *p, struct span secret)
{
	uint8_t key[MD5_LENGTH];

	verify_v3_key(V3_KEY_DIGEST, secret, key);
	return is_right(p, span_of(key, sizeof(key)), p->local, p->remote, p->zeroed);
}

/* Seen of a daemon that speaks with its like: HMAC(secret, 1 | message), without nonces. It
 * proves the secret, and will not do with an end that follows the RFC. */
static bool fits_variant(const struct proof *p, struct span secret)
{
	static const uint8_t one = 1;

	return is_right(p, secret, span_of(&one, 1), (struct span){0}, p->zeroed);
}

static void check_secrets(const struct proof *p, const struct span *secrets, size_t n_secrets,
			  bool is_known, size_t offset, struct defect_list *defects)
{
	/* Without authentication a digest of no secret is allowed (RFC 3931 4.3). */
	if (fits_secret(p, (struct span){0}))
		return;
	for (size_t i = 0; i < n_secrets; i++)
		if (fits_secret(p, secrets[i]))
			return;
	for (size_t i = 0; i < n_secrets; i++) {
		if (!fits_variant(p, secrets[i]))
			continue;
		defect_add(defects, DEFECT_V3_DIGEST_VARIANT, offset);
		return;
	}
	/* The nonces of a connection that was up before the capture are not known. */
	if (n_secrets > 0 && is_known)
		defect_add(defects, DEFECT_V3_DIGEST_BAD, offset);
}

static size_t digest_offset(const struct event *e)
{
	for (size_t i = 0; i < e->control.n_avps; i++)
		if (is_digest(&e->control.avps[i]))
			return e->control.avps[i].offset;
	return 0;
}

bool l2tpv3_is_sealed(struct arena *scratch, const struct event *e)
{
	struct proof proof = {.n = 0};

	if (has_nonce(e))
		return true;
	if (!l2tpv3_has_digest(e))
		return false;
	return !collect(scratch, e, &proof) || !fits_secret(&proof, (struct span){0});
}

/* RFC 3931 4.3: both ends, or none. */
static bool is_one_sided(const struct v3_end *asker, const struct event *e)
{
	return asker && e->control.message == SCCRP && (asker->own.len > 0) != has_nonce(e);
}

static void check_missing(const struct v3_end *to, const struct event *e,
			  struct defect_list *defects)
{
	if (!to || !to->is_authenticated)
		return;
	defect_add(defects,
		   e->control.message == ZLB ? DEFECT_V3_ZLB_WITH_DIGEST : DEFECT_V3_DIGEST_MISSING,
		   0);
}

void l2tpv3_authenticate(const struct l2tpv3 *v, const struct event *e, const struct span *secrets,
			 size_t n_secrets, struct defect_list *defects)
{
	struct v3_key key = v3_key_of(V3_CONNECTION, e, &e->to, e->l2tp.tunnel_id);
	const struct v3_end *to = e->l2tp.tunnel_id ? v3_table_find(l2tpv3_table(v), &key) : NULL;
	struct proof proof = {.n = 0};

	check_position(e, defects);
	if (!e->control.is_complete)
		return;
	if (is_one_sided(to, e))
		defect_add(defects, DEFECT_V3_DIGEST_ONE_SIDED, 0);
	if (!l2tpv3_has_digest(e)) {
		check_missing(to, e, defects);
		return;
	}
	if (to) {
		proof.local = span_of(to->peer.at, to->peer.len);
		proof.remote = span_of(to->own.at, to->own.len);
	}
	if (collect(defects->arena, e, &proof))
		check_secrets(&proof, secrets, n_secrets, to || e->control.message == SCCRQ,
			      digest_offset(e), defects);
}
