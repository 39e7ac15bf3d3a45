#include "same_link.h"

struct span link_magic(const struct ppp_link *l, unsigned side)
{
	static const uint8_t none[4];
	const struct cp_side *cp = &link_cp(l, CP_LCP)->side[side];
	/* of a proxy only what was agreed is known */
	struct span magic = kept_value(kept_has(cp->options, 5) ? cp->options : cp->agreed, 5);

	if (magic.len != sizeof(none) || memcmp(magic.at, none, sizeof(none)) == 0)
		return (struct span){0};
	return magic;
}

/* The magic numbers that both ends chose: 64 bits by chance (RFC 1661 6.4). Where one end never
 * spoke, to either recording, the 32 of the other must do. */
static bool same_magic(const struct ppp_link *a, const struct ppp_link *b)
{
	struct span mine[2] = {link_magic(a, CLIENT), link_magic(a, LNS)};
	struct span theirs[2] = {link_magic(b, CLIENT), link_magic(b, LNS)};

	if (mine[0].len && !mine[1].len && !theirs[1].len)
		return span_equal(mine[0], theirs[0]);
	if (!mine[0].len || !mine[1].len)
		return false;
	return (span_equal(mine[0], theirs[0]) && span_equal(mine[1], theirs[1])) ||
	       (span_equal(mine[0], theirs[1]) && span_equal(mine[1], theirs[0]));
}

/* Only one end ever spoke LCP: its magic number and all else it asked for. */
static bool same_request(const struct ppp_link *a, const struct ppp_link *b)
{
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; k < 2; k++) {
			const struct cp_side *x = &link_cp(a, CP_LCP)->side[i];
			const struct cp_side *y = &link_cp(b, CP_LCP)->side[k];
			bool is_same = link_magic(a, i).len &&
				       span_equal(link_magic(a, i), link_magic(b, k)) &&
				       kept_equal(x->options, y->options);

			if (!is_same || link_cp(a, CP_LCP)->side[1 - i].last_request.is_set ||
			    link_cp(b, CP_LCP)->side[1 - k].last_request.is_set)
				continue;
			return true;
		}
	return false;
}

bool link_fits(const struct ppp_link *a, const struct ppp_link *b)
{
	return link_is_same(a, b) || same_request(a, b);
}

bool link_is_reversed(const struct ppp_link *a, const struct ppp_link *b)
{
	struct span mine = link_magic(a, CLIENT);

	return mine.len && span_equal(mine, link_magic(b, LNS)) &&
	       !span_equal(mine, link_magic(b, CLIENT));
}

bool link_is_same(const struct ppp_link *a, const struct ppp_link *b)
{
	if (same_magic(a, b))
		return true;
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < 2; k++)
			if (link_auth(a, i)->challenge.len >= CHALLENGE_LEAST &&
			    span_equal(link_auth(a, i)->challenge, link_auth(b, k)->challenge))
				return true;
	return false;
}
