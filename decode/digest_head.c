#include "digest.h"

#include "hash.h"

static void put_u16(uint8_t *to, size_t number)
{
	to[0] = (uint8_t)(number >> 8);
	to[1] = (uint8_t)number;
}

/* RFC 2661 3.1: flags, length, both ids, Ns. */
size_t digest_ns(const struct digest_key *k)
{
	enum { LENGTH = 0x40, SEQUENCE = 0x08 };
	uint8_t flags = k->head[k->l2tp];

	if (!(flags & SEQUENCE))
		return 0;
	return k->l2tp + (flags & LENGTH ? 8u : 6u);
}

void digest_head(const struct digest_key *k, size_t length, uint16_t ns, uint8_t *to)
{
	enum { LENGTH = 0x40, UDP = 8, IPV4 = 20 };
	size_t message = k->n - k->l2tp + length;
	uint8_t *ip = to + k->ip, *l2tp = to + k->l2tp;
	size_t at = digest_ns(k);

	memcpy(to, k->head, k->n);
	if (ip[0] >> 4 == 4)
		put_u16(ip + 2, IPV4 + UDP + message);
	else
		put_u16(ip + 4, UDP + message);
	put_u16(l2tp - UDP + 4, UDP + message);
	if (l2tp[0] & LENGTH)
		put_u16(l2tp + 2, message);
	if (at)
		put_u16(to + at, ns);
}

bool digest_same_key(const struct digest_key *a, const struct digest_key *b)
{
	return a->dlt == b->dlt && a->n == b->n && a->ip == b->ip && a->l2tp == b->l2tp &&
	       memcmp(a->head, b->head, a->n) == 0;
}

uint64_t digest_hash(const struct digest_key *k)
{
	uint64_t h = (uint64_t)k->n << 32 | (uint32_t)k->dlt;
	size_t at = 0;

	for (; at + sizeof(uint64_t) <= k->n; at += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, k->head + at, sizeof(word));
		h = hash_word(h, word);
	}
	for (; at < k->n; at++)
		h = hash_word(h, k->head[at]);
	return hash_end(h);
}
