/* Addresses that an LNS gives its callers. */
#include <stdlib.h>

#include "hash.h"
#include "rules.h"
#include "twins.h"

struct holder {
	struct call *call;
	uint8_t address[4];
	uint64_t number;
	int64_t from, to;
};

static int holder_compare(const void *left, const void *right)
{
	const struct holder *a = left, *b = right;
	int diff = memcmp(a->address, b->address, sizeof(a->address));

	if (diff)
		return diff;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

/* The end that gives addresses: only of one LNS are they of one network. */
static bool same_giver(const struct call *a, const struct call *b)
{
	return a->roles_known && b->roles_known && a->side[LNS].address.family &&
	       address_equal(&a->side[LNS].address, &b->side[LNS].address);
}

/* The calls whose address another one has or had, sorted; the caller frees them. */
static struct holder *holders_of_shared(const struct report *r, size_t *ret_n)
{
	struct holder *rows = must_room(r->n_calls + 1, sizeof(*rows));
	struct twins twins = twins_make(r->n_calls);
	size_t n = 0, twice = 0;

	for (const struct call *x = r->calls; x; x = call_after(r, x))
		if (x->ipv4.family == 4)
			twice += twins_add(&twins, hash_octets(x->ipv4.octets, 4));
	for (struct call *x = r->calls; twice && x; x = call_after(r, x)) {
		const struct mark *opened = &link_cp(&x->session->ppp, CP_IPCP)->opened;
		struct holder h = {.call = x, .number = x->number};

		memcpy(h.address, x->ipv4.octets, sizeof(h.address));
		if (x->ipv4.family == 4 && twins_has(&twins, hash_octets(x->ipv4.octets, 4)) &&
		    mark_ns(r, opened, &h.from) && mark_ns(r, &x->session->last, &h.to) &&
		    n < r->n_calls)
			rows[n++] = h;
	}
	twins_free(&twins);
	qsort(rows, n, sizeof(*rows), holder_compare);
	*ret_n = n;
	return rows;
}

/* The older call still lives: a packet of it came after the younger one was up. The same user again
 * only replaced his own. */
static bool is_given_twice(const struct holder *older, const struct holder *younger)
{
	const struct call *a = older->call, *b = younger->call;

	return address_equal(&a->ipv4, &b->ipv4) && younger->from < older->to && same_giver(a, b) &&
	       !(a->user.len && str_equal(a->user, b->user));
}

static void raise_given_twice(struct raise *r, const struct call *a, struct call *b)
{
	struct text address = text_make(32);
	struct finding *f;

	address_print(&address, &b->ipv4);
	f = raise_finding(r, &link_cp(&b->session->ppp, CP_IPCP)->opened,
			  "%.*s is given to call %llu while call %llu still has it",
			  STR_ARG(text_str(&address)), (unsigned long long)b->number,
			  (unsigned long long)a->number);
	finding_evidence(r, f, &link_cp(&a->session->ppp, CP_IPCP)->opened);
	f->call = b;
	f->tunnel = b->tunnel;
	text_free(&address);
}

static void address_twice(struct raise *r, struct tunnel *t, struct call *c)
{
	size_t n;
	struct holder *rows = holders_of_shared(r->r, &n);

	(void)t;
	(void)c;
	for (size_t i = 1; i < n; i++) {
		report_looked(r->r);
		if (is_given_twice(&rows[i - 1], &rows[i]))
			raise_given_twice(r, rows[i - 1].call, rows[i].call);
	}
	free(rows);
}

static const struct rule_row rows[] = {
	{"ipcp-address-duplicate", SEVERITY_ERROR, ON_RUN, address_twice,
	 "Two calls of one LNS have the same address at once",
	 "Pools overlap, or a pool contains an address that RADIUS gives to a user.",
	 "Compare address pools and RADIUS users with a fixed address at this LNS.", "RFC 1332 3.3",
	 NULL, false},
};

const struct rule_table rules_address = {.rows = rows, .n = sizeof(rows) / sizeof(rows[0])};
