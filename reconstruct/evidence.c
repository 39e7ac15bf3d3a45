#include "evidence.h"

#include <stdlib.h>

#include "mark.h"
#include "observer.h"
#include "sessions.h"

/* An end's name: its Host Name, or what the console that is this very end calls its machine, which
 * need not be the name that the machine gives its peers (RFC 2661 4.4.3: Host Name). */
struct end_name {
	struct str text;
	bool is_of_console;
};

static struct end_name name_of(const struct report *r, const struct tunnel *t, int end)
{
	const struct view *v = report_view(r, t->vantage);
	struct str name = t->peer[end].name;
	bool own = t->peer[end].is_text_source && v && v->name.len;

	if (!own)
		return (struct end_name){.text = name};
	return (struct end_name){.text = name.len ? name : v->name,
				 .is_of_console = !name.len || str_equal_nocase(name, v->name)};
}

/* 1 agree, 0 unknown, −1 differ */
static int names_agree(const struct report *r, const struct tunnel *a, const struct tunnel *b)
{
	int agree = 0;

	for (int i = 0; i < 2; i++) {
		struct end_name x = name_of(r, a, i), y = name_of(r, b, i);

		if (!x.text.len || !y.text.len)
			continue;
		if (str_equal_nocase(x.text, y.text))
			agree = 1;
		else if (x.is_of_console == y.is_of_console)
			return -1;
	}
	return agree;
}

/* A collector may call the device by the very address that its peers have of it. It need not be
 * that one: it agrees, or says nothing. */
static bool collector_agrees(const struct report *r, const struct tunnel *t, int end,
			     const struct address *told)
{
	const struct view *v = report_view(r, t->vantage);
	struct address address;

	return told->family && t->peer[end].is_text_source && v &&
	       address_parse(v->name, &address) && address_equal(&address, told);
}

static int addresses_agree(const struct report *r, const struct tunnel *a, const struct tunnel *b)
{
	int agree = 0;

	for (int i = 0; i < 2; i++) {
		const struct address *x = &a->peer[i].address, *y = &b->peer[i].address;

		if (!x->family || !y->family) {
			agree += collector_agrees(r, a, i, y) || collector_agrees(r, b, i, x);
			continue;
		}
		if (!address_equal(x, y))
			return -1; /* or the image of a NAT: never a contradiction by itself */
		agree++;
	}
	return agree;
}

static int challenges_agree(const struct tunnel *a, const struct tunnel *b)
{
	int agree = 0;

	for (int i = 0; i < 2; i++) {
		struct span x = a->peer[i].challenge, y = b->peer[i].challenge;

		if (!x.len || !y.len)
			continue;
		if (!span_equal(x, y))
			return -1;
		agree = 1;
	}
	return agree;
}

static bool has_numbers(const struct session *s)
{
	return s->has_serial && s->serial && s->called.len;
}

static size_t numbered(const struct tunnel *t, const struct session **ret)
{
	size_t n = 0;

	for (const struct session *s = t->sessions; s; s = session_after(s)) {
		if (!has_numbers(s))
			continue;
		if (ret)
			ret[n] = s;
		n++;
	}
	return n;
}

static int numbers_compare(const void *left, const void *right)
{
	const struct session *a = *(const struct session *const *)left;
	const struct session *b = *(const struct session *const *)right;
	int c;

	if (a->serial != b->serial)
		return a->serial < b->serial ? -1 : 1;
	c = str_compare(a->called, b->called);
	return c ? c : str_compare(a->calling, b->calling);
}

/* One call of both has the same serial number and numbers. */
static bool serials_agree(const struct tunnel *a, const struct tunnel *b)
{
	size_t n = numbered(a, NULL) ? numbered(b, NULL) : 0;
	const struct session **of_b;
	bool agree = false;

	if (!n)
		return false;
	of_b = must_alloc(n, sizeof(const struct session *));
	numbered(b, of_b);
	qsort(of_b, n, sizeof(const struct session *), numbers_compare);
	for (const struct session *x = a->sessions; x && !agree; x = session_after(x))
		agree = has_numbers(x) &&
			bsearch(&x, of_b, n, sizeof(const struct session *), numbers_compare);
	free(of_b);
	return agree;
}

static bool known_equal(struct str a, struct str b)
{
	return a.len && str_equal(a, b);
}

/* The caller as both ends know it: numbers, or the name it gave. */
static bool same_caller(const struct session *x, const struct session *y)
{
	const struct str mine[] = {x->calling, session_told(x)->isdn_number,
				   link_auth(&x->ppp, CLIENT)->peer_name,
				   session_told(x)->said_user};
	const struct str theirs[] = {y->calling, session_told(y)->isdn_number,
				     link_auth(&y->ppp, CLIENT)->peer_name,
				     session_told(y)->said_user};

	for (size_t i = 0; i < sizeof(mine) / sizeof(mine[0]); i++)
		for (size_t k = 0; k < sizeof(theirs) / sizeof(theirs[0]); k++)
			if (known_equal(mine[i], theirs[k]))
				return true;
	return known_equal(x->called, y->called);
}

static bool has_both_ids(const struct session *s)
{
	return s->id[LAC] && s->id[LNS];
}

/* Two consoles, one at each end: each names only the other, so the names cannot be compared.
 * Both tunnel ids and both ids of a session, 64 bits, and one document or the same caller must
 * do. */
static bool consoles_face(const struct report *r, const struct tunnel *a, const struct tunnel *b)
{
	const struct view *va = report_view(r, a->vantage), *vb = report_view(r, b->vantage);
	bool opposite = (a->peer[0].is_text_source && b->peer[1].is_text_source) ||
			(a->peer[1].is_text_source && b->peer[0].is_text_source);
	struct sessions of_b;
	bool agree = false;

	if (!va || !vb || !va->is_text || !vb->is_text || !opposite)
		return false;
	of_b = sessions_of(b);
	for (const struct session *x = a->sessions; x && !agree; x = session_after(x))
		for (uint32_t i = sessions_like(&of_b, x, 0); i != NO_PLACE && !agree;
		     i = sessions_like(&of_b, x, i + 1))
			agree = has_both_ids(x) && has_both_ids(of_b.at[i]) &&
				(va->input == vb->input || same_caller(x, of_b.at[i]));
	sessions_free(&of_b);
	return agree;
}

/* How many ids agree; −1 when one differs. */
static int ids_agree(const struct tunnel *a, const struct tunnel *b)
{
	int agree = 0;

	for (int i = 0; i < 2; i++) {
		uint32_t x = a->peer[i].tunnel_id, y = b->peer[i].tunnel_id;

		if (x && y && x != y)
			return -1;
		agree += x && x == y;
	}
	return agree;
}

static bool is_console(const struct report *r, const struct tunnel *t)
{
	const struct view *v = report_view(r, t->vantage);

	return v && v->is_text;
}

unsigned evidence(const struct report *r, const struct tunnel *a, const struct tunnel *b)
{
	int ids = ids_agree(a, b), names, addresses, challenges;

	if (ids <= 0 || (a->version && b->version && a->version != b->version))
		return 0;
	names = names_agree(r, a, b);
	addresses = addresses_agree(r, a, b);
	challenges = challenges_agree(a, b);
	if (names < 0 || challenges < 0)
		return 0;
	if (challenges > 0)
		return 8;
	/* half of the ids (the peer never answered) wants both addresses or names as well */
	if (ids == 1 && addresses == 1 && is_console(r, a) != is_console(r, b))
		return 1; /* a console never prints its own address */
	if (ids == 1)
		return addresses == 2 || (addresses == 1 && names > 0) ? 1 : 0;
	if (addresses == 2)
		return names > 0 ? 6 : 5;
	if (serials_agree(a, b))
		return 4;
	if (names > 0 || addresses == 1)
		return 3;
	return consoles_face(r, a, b) ? 2 : 0;
}
