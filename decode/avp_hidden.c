#include <nettle/md5.h>

#include "avp.h"
#include "verify.h"

enum { HEADER = 6, BLOCK = MD5_DIGEST_SIZE };

static void md5_add(struct md5_ctx *md5, struct span s)
{
	if (s.len)
		md5_update(md5, s.len, s.at);
}

/* RFC 2661 4.3: b1 = MD5(AV + S + RV), b(i) = MD5(S + c(i-1)), p(i) = c(i) XOR b(i). */
static void decipher(struct span cipher, uint16_t number, struct span secret, struct span vector,
		     uint8_t *clear)
{
	const uint8_t attribute[2] = {(uint8_t)(number >> 8), (uint8_t)number};
	uint8_t pad[BLOCK];
	struct md5_ctx md5;

	for (size_t i = 0; i < cipher.len; i++) {
		if (i % BLOCK == 0) {
			md5_init(&md5);
			if (i == 0)
				md5_update(&md5, sizeof(attribute), attribute);
			md5_add(&md5, secret);
			md5_add(&md5, i == 0 ? vector : span_of(cipher.at + i - BLOCK, BLOCK));
			md5_digest(&md5, BLOCK, pad);
		}
		clear[i] = cipher.at[i] ^ pad[i % BLOCK];
	}
}

void avp_hide(uint16_t number, struct span secret, struct span vector, uint8_t *at, size_t n)
{
	const uint8_t attribute[2] = {(uint8_t)(number >> 8), (uint8_t)number};
	uint8_t pad[BLOCK];
	struct md5_ctx md5;

	for (size_t i = 0; i < n; i++) {
		if (i % BLOCK == 0) {
			md5_init(&md5);
			if (i == 0)
				md5_update(&md5, sizeof(attribute), attribute);
			md5_add(&md5, secret);
			md5_add(&md5, i == 0 ? vector : span_of(at + i - BLOCK, BLOCK));
			md5_digest(&md5, BLOCK, pad);
		}
		at[i] ^= pad[i % BLOCK];
	}
}

bool avp_unhide(struct arena *a, const struct avp *hidden, struct span secret, struct span vector,
		struct span *ret)
{
	uint8_t *clear;
	struct bytes b;
	size_t length;

	/* A cut cipher text still starts with the length and the first octets, but what
	 * proves the secret (the length against the whole) would be gone. */
	if (hidden->value.len < 2 || hidden->value.len + HEADER < hidden->length)
		return false;
	clear = arena_alloc(a, hidden->value.len);
	if (!clear)
		return false;
	decipher(hidden->value, hidden->number, secret, vector, clear);
	b = bytes_of(span_of(clear, hidden->value.len));
	length = bytes_u16(&b);
	*ret = bytes_take(&b, length);
	return bytes_ok(&b);
}

static bool reveal_with(struct arena *a, struct avp *avp, unsigned version, struct span secret,
			struct span vector)
{
	uint8_t key[BLOCK];
	struct span clear;

	if (version == 3) {
		verify_v3_key(V3_KEY_HIDING, secret, key);
		secret = span_of(key, sizeof(key));
	}
	if (!avp_unhide(a, avp, secret, vector, &clear))
		return false;
	/* A wrong secret gives a length that fits by chance, but seldom a value that does. */
	if (avp->row && !avp_length_fits(avp->row, clear.len + HEADER))
		return false;
	avp->value = clear;
	avp->is_unhidden = true;
	avp->is_whole = true;
	return true;
}

static void complain(struct defect_list *defects, enum defect_id id, const struct avp *avp)
{
	struct defect *d = defect_add(defects, id, avp->offset);

	if (d && avp->row)
		d->text = arena_printf(defects->arena, "%s (%u)", avp->row->name, avp->number);
	else if (d)
		d->text =
			arena_printf(defects->arena, "vendor %u AVP %u", avp->vendor, avp->number);
}

void avp_reveal(struct arena *a, struct avp *avps, size_t n, unsigned version,
		const struct span *secrets, size_t n_secrets, struct defect_list *defects)
{
	const struct avp *vector = NULL;
	bool is_told = false;

	for (size_t i = 0; i < n; i++) {
		struct avp *avp = &avps[i];
		bool is_cut = avp->value.len + HEADER < avp->length;

		if (avp->vendor == 0 && avp->number == AVP_N_RANDOM_VECTOR) {
			vector = avp;
			continue;
		}
		if (!avp->is_hidden || is_cut || avp->value.len < 2)
			continue;
		if (!vector) {
			complain(defects, DEFECT_AVP_HIDDEN_NO_VECTOR, avp);
			continue;
		}
		if (n_secrets == 0) {
			/* One note a message says it for all of its attributes. */
			if (!is_told)
				complain(defects, DEFECT_AVP_HIDDEN_NO_SECRET, avp);
			is_told = true;
			continue;
		}
		for (size_t s = 0; s < n_secrets && !avp->is_unhidden; s++)
			reveal_with(a, avp, version, secrets[s], vector->value);
		if (!avp->is_unhidden)
			complain(defects, DEFECT_AVP_HIDDEN_WRONG_SECRET, avp);
	}
}
