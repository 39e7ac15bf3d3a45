#include "company.h"

#include <stdlib.h>

#include "hash.h"
#include "observer.h"
#include "same_link.h"

enum { LCP_ENDPOINT = 19, IPCP_ADDRESS = 3 };

/* The traits of all that are settled: open addressing, never more than half full. */
struct crowd {
	uint32_t *slots;
	size_t n, n_slots; /* a power of two */
};

static uint32_t hash_of(uint32_t kind, const void *at, size_t len)
{
	uint32_t h;

	if (!len)
		return 0;
	h = (uint32_t)hash_octets(at, len) ^ kind * UINT32_C(0x9e3779b1);
	return h ? h : 1;
}

static uint32_t hash_span(uint32_t kind, struct span s)
{
	return hash_of(kind, s.at, s.len);
}

static uint32_t hash_str(uint32_t kind, struct str s)
{
	return hash_of(kind, s.at, s.len);
}

static struct span agreed_by_client(const struct session *s, size_t protocol, uint8_t number)
{
	return kept_value(link_cp(&s->ppp, protocol)->side[CLIENT].agreed, number);
}

/* legs.c: challenges, magic numbers, numbers of the call; multilink_bundle.c and kin.c: the user,
 * or the endpoint; rules_address.c: the address. */
static void traits_take(struct traits *ret, const struct session *s)
{
	enum { OF_LINK, OF_NUMBERS, OF_USER, OF_ENDPOINT, OF_ADDRESS };
	struct str user = session_user(s);
	uint32_t all[TRAITS] = {
		hash_span(OF_LINK, link_auth(&s->ppp, CLIENT)->challenge),
		hash_span(OF_LINK, link_auth(&s->ppp, LNS)->challenge),
		hash_span(OF_LINK, link_magic(&s->ppp, CLIENT)),
		hash_span(OF_LINK, link_magic(&s->ppp, LNS)),
		s->has_serial && s->serial
			? hash_str(OF_NUMBERS + s->serial, s->calling.len ? s->calling : s->called)
			: 0,
		user.len ? hash_str(OF_USER, user)
			 : hash_span(OF_ENDPOINT, agreed_by_client(s, CP_LCP, LCP_ENDPOINT)),
		hash_span(OF_ADDRESS, agreed_by_client(s, CP_IPCP, IPCP_ADDRESS)),
	};

	memcpy(ret->at, all, sizeof(all));
}

void company_join(struct observer *o, struct session *s)
{
	struct roster *r = &o->roster;

	if (!o->leaves || live_session(s)->roster_at)
		return;
	if (r->n == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->rows = must_grow(r->rows, r->room, sizeof(*r->rows));
	}
	r->rows[r->n++] = (struct roster_row){.session = live_session(s)};
	live_session(s)->roster_at = (uint32_t)r->n;
}

/* The last one takes its place. */
void company_leave(struct observer *o, struct session *s)
{
	struct roster *r = &o->roster;
	size_t at = live_session(s)->roster_at;

	if (!at)
		return;
	live_session(s)->roster_at = 0;
	r->n--;
	if (at - 1 == r->n)
		return;
	r->rows[at - 1] = r->rows[r->n];
	r->rows[at - 1].session->roster_at = (uint32_t)at;
}

void company_changed(struct observer *o, struct session *s)
{
	if (live_session(s)->roster_at)
		o->roster.rows[live_session(s)->roster_at - 1].traits.is_known = false;
}

static struct traits *traits_of(struct roster_row *row)
{
	struct traits *traits = &row->traits;

	if (!traits->is_known) {
		traits->is_known = true;
		traits_take(traits, &row->session->session);
	}
	return traits;
}

static uint32_t *slot_of(const struct crowd *c, uint32_t hash)
{
	size_t i = hash & (c->n_slots - 1);

	while (c->slots[i] && c->slots[i] != hash)
		i = (i + 1) & (c->n_slots - 1);
	return &c->slots[i];
}

static void crowd_grow(struct crowd *c)
{
	struct crowd grown = {.n = c->n, .n_slots = c->n_slots ? 2 * c->n_slots : 1024};

	grown.slots = must_alloc(grown.n_slots, sizeof(*grown.slots));
	for (size_t i = 0; i < c->n_slots; i++)
		if (c->slots[i])
			*slot_of(&grown, c->slots[i]) = c->slots[i];
	free(c->slots);
	*c = grown;
}

static void crowd_add(struct crowd *c, const struct traits *traits)
{
	for (size_t i = 0; i < TRAITS; i++) {
		uint32_t *slot;

		if (!traits->at[i])
			continue;
		if (2 * c->n >= c->n_slots)
			crowd_grow(c);
		slot = slot_of(c, traits->at[i]);
		c->n += *slot == 0;
		*slot = traits->at[i];
	}
}

static bool crowd_knows(const struct crowd *c, const struct traits *traits)
{
	for (size_t i = 0; i < TRAITS && c->n; i++)
		if (traits->at[i] && *slot_of(c, traits->at[i]))
			return true;
	return false;
}

/* Where nobody leaves, nobody joins, and there is no row. */
static struct roster_row *row_of(struct observer *o, struct session *s)
{
	company_join(o, s);
	return &o->roster.rows[live_session(s)->roster_at - 1];
}

/* Those that are settled now. */
static void crowd_begin(struct crowd *crowd, struct observer *o)
{
	for (struct tunnel *t = o->tunnels; t; t = t->next) {
		live_tunnel(t)->has_company = false;
		for (struct session *s = t->sessions; s; s = s->next) {
			struct roster_row *row = row_of(o, s);

			crowd_add(crowd, traits_of(row));
			row->traits.is_settled = true;
		}
	}
}

/* True: it knows some of those that stay, who bring their own company. */
static bool choose_staying(struct crowd *crowd, struct roster *r, bool is_first)
{
	bool is_any = false;

	for (size_t i = 0; i < r->n; i++) {
		struct roster_row *row = &r->rows[i];
		struct traits *traits = traits_of(row);
		bool was_company = traits->is_company;

		if (traits->is_settled || (was_company && !is_first))
			continue;
		traits->is_company = crowd_knows(crowd, traits);
		if (was_company || traits->is_company)
			row->session->is_company = traits->is_company;
		if (!traits->is_company)
			continue;
		crowd_add(crowd, traits);
		live_tunnel(row->session->session.tunnel)->has_company = true;
		is_any = true;
	}
	return is_any;
}

void company_choose(struct observer *o)
{
	struct crowd crowd = {0};
	bool is_first = true;

	crowd_begin(&crowd, o);
	while (choose_staying(&crowd, &o->roster, is_first))
		is_first = false;
	for (size_t i = 0; i < o->roster.n; i++)
		o->roster.rows[i].traits.is_settled = false;
	free(crowd.slots);
}

void company_free(struct observer *o)
{
	free(o->roster.rows);
}
