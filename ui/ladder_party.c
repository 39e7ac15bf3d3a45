#include "ladder_party.h"

#include "log_record.h"
#include "timeline.h"

/* ---- drafts ---- */

static size_t add(struct party_list *p, struct party_draft draft)
{
	if (p->n == LIMIT_LADDER_PARTIES) { /* what is too many shares the last column */
		p->at[p->n - 1].kind = PARTY_OTHER;
		return p->n - 1;
	}
	p->at[p->n] = draft;
	return p->n++;
}

/* One is unknown, or both are the same. */
static bool names_agree(struct str a, struct str b)
{
	return a.len == 0 || b.len == 0 || str_equal(a, b);
}

static bool is_alias(const struct party_list *p, const struct address *a, const struct address *b)
{
	for (size_t i = 0; i < p->n_aliases; i++) {
		const struct party_alias *alias = &p->aliases[i];

		if ((address_equal(&alias->a, a) && address_equal(&alias->b, b)) ||
		    (address_equal(&alias->a, b) && address_equal(&alias->b, a)))
			return true;
	}
	return false;
}

static bool is_same(const struct party_list *p, const struct party_draft *d, struct str name,
		    const struct address *address)
{
	if (d->address.family != 0 && address->family != 0 && is_alias(p, &d->address, address))
		return true;
	if (d->address.family != 0 && address->family != 0)
		return address_equal(&d->address, address) && names_agree(d->name, name);
	return d->name.len > 0 && str_equal(d->name, name);
}

void party_learn(struct party_list *p, const struct report *r)
{
	for (const struct call *c = r->calls; c != NULL; c = c->next) {
		for (const struct call *leg = c->legs; leg != NULL; leg = leg->next_leg) {
			const struct call *next = leg->next_leg;
			struct party_alias alias;

			if (next == NULL || p->n_aliases == LIMIT_LADDER_PARTIES)
				break;
			alias = (struct party_alias){leg->side[LNS].address,
						     next->side[LAC].address};
			if (alias.a.family == 0 || alias.b.family == 0 ||
			    is_alias(p, &alias.a, &alias.b))
				continue;
			p->aliases[p->n_aliases++] = alias;
		}
	}
}

/* A host by what is known of it. Behind one address may stand several, told apart by name. */
static size_t find_host(struct party_list *p, enum party_kind kind, struct str name,
			const struct address *address)
{
	for (size_t i = 0; i < p->n; i++) {
		struct party_draft *d = &p->at[i];

		if (d->kind != kind || !is_same(p, d, name, address))
			continue;
		if (d->name.len == 0)
			d->name = name;
		if (d->address.family == 0)
			d->address = *address;
		return i;
	}
	return add(p, (struct party_draft){.kind = kind, .name = name, .address = *address});
}

/* Hosts of which nothing is known stand for their part alone. */
static size_t find_nameless(struct party_list *p, unsigned part)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->at[i].kind == PARTY_HOST && (p->at[i].parts & part) != 0)
			return i;
	}
	return add(p, (struct party_draft){.kind = PARTY_HOST, .parts = part});
}

static size_t find_end(struct party_list *p, struct str name, const struct address *address,
		       unsigned part)
{
	size_t i;

	if (name.len == 0 && address->family == 0)
		return find_nameless(p, part);
	i = find_host(p, PARTY_HOST, name, address);
	p->at[i].parts |= part;
	return i;
}

/* ---- roles ---- */

/* The leg that a step belongs to, or the call itself. */
static const struct call *leg_of(const struct step *s)
{
	const struct call *c = step_call(s);
	const struct call *whole = c == NULL ? NULL : c->whole == NULL ? c : c->whole;

	if (whole == NULL)
		return NULL;
	for (const struct call *leg = whole->legs; leg != NULL; leg = leg->next_leg) {
		if (leg->session == s->session || leg->tunnel == s->tunnel)
			return leg;
	}
	return c;
}

static size_t find_client(struct party_list *p, const struct step *s)
{
	const struct call *c = step_call(s);

	if (c != NULL && c->whole != NULL)
		c = c->whole;
	for (size_t i = 0; i < p->n; i++) {
		struct party_draft *d = &p->at[i];

		if (d->kind != PARTY_CLIENT)
			continue;
		if (c == NULL || d->call == c->number)
			return i;
		if (d->call == 0) {
			d->call = c->number;
			d->name = c->user;
			return i;
		}
		if (d->name.len > 0 && str_equal(d->name, c->user))
			return i;
		if (p->shares_clients) {
			d->is_many = true;
			return i;
		}
	}
	return add(p, (struct party_draft){
			      .kind = PARTY_CLIENT,
			      .call = c == NULL ? 0 : c->number,
			      .name = c == NULL ? STR("") : c->user,
		      });
}

/* PPP at the caller's side of the LAC, before or beside the tunnel: PPPoE, PPTP. */
static bool is_access(const struct step *s)
{
	const struct event *e = s->event;

	if (e->kind == EVENT_PPPOE || e->kind == EVENT_PPTP)
		return true;
	if (e->path.pppoe != 0 && !e->l2tp.is_present)
		return true;
	return s->tunnel != NULL &&
	       (s->tunnel->carrier == CARRIER_PPPOE || s->tunnel->carrier == CARRIER_PPTP);
}

static unsigned lac_end_of(const struct step *s, const struct tunnel *t)
{
	if (s->session != NULL && s->session->roles_known)
		return s->session->lac_end;
	for (const struct session *one = t->sessions; one != NULL; one = one->next) {
		if (one->roles_known)
			return one->lac_end;
	}
	return INITIATOR;
}

/* An end of the control connection: `part` is PART_INITIATOR or PART_RESPONDER. */
static size_t of_tunnel(struct party_list *p, const struct step *s, unsigned index, unsigned part)
{
	const struct tunnel *t = s->tunnel;

	if (t == NULL)
		return find_nameless(p, part);
	return find_end(p, t->peer[index].name, &t->peer[index].address, part);
}

static size_t of_call(struct party_list *p, const struct step *s, int side)
{
	const struct call *c = leg_of(s);
	unsigned part = side == LAC ? PART_LAC : PART_LNS;
	unsigned lac_end;

	if (c != NULL && c->roles_known && c->tunnel != NULL)
		return find_end(p, c->side[side].name, &c->side[side].address, part);
	lac_end = s->tunnel == NULL ? INITIATOR : lac_end_of(s, s->tunnel);
	return of_tunnel(p, s, side == LAC ? lac_end : 1 - lac_end, part);
}

/* Who answers the caller where no tunnel is: the link's other end. */
static size_t of_server(struct party_list *p, const struct step *s)
{
	const struct call *c = step_call(s);
	const struct tunnel *t = s->tunnel;
	struct address address = {0};
	struct str name = {0};
	size_t i;

	if (c != NULL && c->tunnel != NULL)
		return of_call(p, s, LAC);
	if (c != NULL) {
		name = c->side[LNS].name;
		address = c->side[LNS].address;
	} else if (t != NULL) {
		name = t->peer[RESPONDER].name;
		address = t->peer[RESPONDER].address;
	}
	i = find_host(p, PARTY_SERVER, name, &address);
	p->at[i].carrier = t == NULL ? CARRIER_PPP : (enum carrier)t->carrier;
	return i;
}

static bool is_link(const struct step *s)
{
	return s->tunnel != NULL &&
	       (s->tunnel->carrier == CARRIER_PPPOE || s->tunnel->carrier == CARRIER_PPTP ||
		s->tunnel->carrier == CARRIER_PPP);
}

size_t party_of_role(struct party_list *p, const struct step *s, enum role role)
{
	unsigned lac_end;

	switch (role) {
	case ROLE_CLIENT:
		return find_client(p, s);
	case ROLE_LAC:
		return of_call(p, s, LAC);
	case ROLE_LNS:
		return is_access(s) || is_link(s) ? of_server(p, s) : of_call(p, s, LNS);
	case ROLE_RADIUS:
		return find_host(p, PARTY_RADIUS, (struct str){0}, &(struct address){0});
	case ROLE_INITIATOR:
	case ROLE_RESPONDER:
		if (s->session == NULL || !s->session->roles_known)
			return of_tunnel(p, s, role == ROLE_INITIATOR ? INITIATOR : RESPONDER,
					 role == ROLE_INITIATOR ? PART_INITIATOR : PART_RESPONDER);
		lac_end = s->session->lac_end;
		return of_call(p, s,
			       (role == ROLE_INITIATOR) == (lac_end == INITIATOR) ? LAC : LNS);
	case ROLE_UNKNOWN:
	case ROLE_NETWORK:
		break;
	}
	return NO_PARTY;
}

size_t party_of_far_end(struct party_list *p, const struct step *s)
{
	const struct call *c = step_call(s);
	const struct call *whole = c == NULL ? NULL : c->whole == NULL ? c : c->whole;
	const struct call *last = whole == NULL ? NULL : whole->legs;

	while (last != NULL && last->next_leg != NULL)
		last = last->next_leg;
	if (last != NULL)
		return find_end(p, last->side[LNS].name, &last->side[LNS].address, PART_LNS);
	return is_link(s) ? of_server(p, s) : of_call(p, s, LNS);
}

/* ---- arrows ---- */

/* In the second leg the caller's PPP comes from the host that hands it on. */
static size_t of_arrow(struct party_list *p, const struct step *s, enum role role)
{
	const struct call *leg = leg_of(s);
	const struct call *whole = leg == NULL ? NULL : leg->whole;

	if (role == ROLE_CLIENT && whole != NULL && leg != whole && leg != whole->legs &&
	    !is_access(s))
		return of_call(p, s, LAC);
	/* Ethernet and its like has no caller: the LAC's port is the end. */
	if (role == ROLE_CLIENT && s->event->kind == EVENT_DATA && s->event->data.protocol == 0 &&
	    s->event->data.ethertype != 0)
		return of_call(p, s, LAC);
	return party_of_role(p, s, role);
}

static bool is_question(const struct event *e)
{
	const char *name = code_name(CODE_RADIUS, e->neighbour.code);

	return name == NULL || str_ends(str_of(name), "-Request");
}

/* CoA and Disconnect (RFC 5176) are asked by the server's side. */
static bool is_to_server(const struct event *e)
{
	enum { COA_FIRST = 40, COA_LAST = 45 };
	bool is_reversed = e->neighbour.code >= COA_FIRST && e->neighbour.code <= COA_LAST;

	return is_question(e) != is_reversed;
}

/* The NAS is a column already when it is an end of a tunnel. */
static size_t find_nas(struct party_list *p, const struct address *address)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->at[i].kind == PARTY_HOST && address_equal(&p->at[i].address, address))
			return i;
	}
	return add(p, (struct party_draft){.kind = PARTY_HOST, .address = *address});
}

static bool find_radius(struct party_list *p, const struct step *s, size_t *from, size_t *to)
{
	const struct event *e = s->event;
	bool goes_there = is_to_server(e);
	size_t nas = find_nas(p, goes_there ? &e->from.address : &e->to.address);
	size_t server = find_host(p, PARTY_RADIUS, (struct str){0},
				  goes_there ? &e->to.address : &e->from.address);

	*from = goes_there ? nas : server;
	*to = goes_there ? server : nas;
	return true;
}

/* A router's line about a packet from or to its RADIUS server. */
static void said_of_radius(struct party_list *p, const struct event *e, size_t *from, size_t *to)
{
	struct str message = said_text(e, FIELD_MESSAGE);
	struct address address = {0};
	size_t server;

	if (e->said.topic != SAID_RADIUS || message.len == 0 ||
	    !address_parse(said_text(e, FIELD_ADDRESS), &address) ||
	    p->at[*from].kind == PARTY_RADIUS)
		return;
	server = find_host(p, PARTY_RADIUS, (struct str){0}, &address);
	if (str_ends(message, "-Request"))
		*to = server;
	else
		*from = server;
}

static bool find_speaker(struct party_list *p, const struct run *r, const struct step *s,
			 size_t *from, size_t *to)
{
	const struct call *c = step_call(s);
	bool has_legs = c != NULL && (c->legs != NULL || c->whole != NULL);
	enum role role = has_legs && s->from != ROLE_UNKNOWN ? s->from : timeline_speaker(r, s);

	*from = party_of_role(p, s, role);
	*to = *from;
	if (*from != NO_PARTY)
		said_of_radius(p, s->event, from, to);
	return *from != NO_PARTY;
}

static bool find_by_address(struct party_list *p, const struct step *s, size_t *from, size_t *to)
{
	const struct event *e = s->event;

	if (e->from.address.family == 0 || e->to.address.family == 0)
		return false;
	*from = find_host(p, PARTY_HOST, (struct str){0}, &e->from.address);
	*to = find_host(p, PARTY_HOST, (struct str){0}, &e->to.address);
	return true;
}

bool party_find(struct party_list *p, const struct run *r, const struct step *s, size_t *from,
		size_t *to)
{
	const struct event *e = s->event;

	if (e->kind == EVENT_SAID || e->is_virtual)
		return find_speaker(p, r, s, from, to);
	if (e->kind == EVENT_RADIUS && e->from.address.family != 0 && e->to.address.family != 0)
		return find_radius(p, s, from, to);
	if (s->from == ROLE_UNKNOWN && s->to == ROLE_UNKNOWN)
		return find_by_address(p, s, from, to);
	*from = of_arrow(p, s, s->from);
	*to = of_arrow(p, s, s->to);
	if (e->kind == EVENT_ICMP) { /* the packet that could not be delivered is its sender's */
		*from = of_tunnel(p, s, INITIATOR, PART_INITIATOR);
		*to = *from;
		return s->tunnel != NULL;
	}
	if (*from == NO_PARTY && *to != NO_PARTY)
		*from = of_call(p, s, s->to == ROLE_LNS ? LAC : LNS);
	if (*to == NO_PARTY && *from != NO_PARTY)
		*to = of_call(p, s, s->from == ROLE_LNS ? LAC : LNS);
	return *from != NO_PARTY;
}

/* ---- columns ---- */

static unsigned rank(const struct party_draft *d)
{
	enum { CLIENTS, LACS, INITIATORS, BOTH, HOSTS, RESPONDERS, LNSES, SERVERS, OTHERS, RADII };

	switch (d->kind) {
	case PARTY_CLIENT:
		return CLIENTS;
	case PARTY_SERVER:
		return SERVERS;
	case PARTY_RADIUS:
		return RADII;
	case PARTY_OTHER:
		return OTHERS;
	case PARTY_HOST:
		break;
	}
	if ((d->parts & PART_LAC) != 0)
		return (d->parts & PART_LNS) != 0 ? BOTH : LACS;
	if ((d->parts & PART_LNS) != 0)
		return LNSES;
	if ((d->parts & PART_INITIATOR) != 0)
		return (d->parts & PART_RESPONDER) != 0 ? HOSTS : INITIATORS;
	return (d->parts & PART_RESPONDER) != 0 ? RESPONDERS : HOSTS;
}

static const char *host_title(unsigned parts)
{
	if ((parts & PART_LAC) != 0)
		return (parts & PART_LNS) != 0 ? "LNS and LAC" : "LAC";
	if ((parts & PART_LNS) != 0)
		return "LNS";
	if ((parts & (PART_INITIATOR | PART_RESPONDER)) == PART_INITIATOR)
		return "initiator";
	if ((parts & (PART_INITIATOR | PART_RESPONDER)) == PART_RESPONDER)
		return "responder";
	return "host";
}

static const char *title_of(const struct party_draft *d)
{
	switch (d->kind) {
	case PARTY_CLIENT:
		return d->is_many ? "clients" : "client";
	case PARTY_HOST:
		return host_title(d->parts);
	case PARTY_SERVER:
		return d->carrier == CARRIER_PPPOE  ? "PPPoE server"
		       : d->carrier == CARRIER_PPTP ? "PPTP server"
						    : "PPP peer";
	case PARTY_RADIUS:
		return "RADIUS";
	case PARTY_OTHER:
		break;
	}
	return "other hosts";
}

enum { NAME_MOST = 160 }; /* octets; a host name has 255 at most, a hostile one 1017 */

static struct ladder_party party_of(const struct party_draft *d, struct arena *a)
{
	struct ladder_party party = {.kind = d->kind, .title = str_of(title_of(d))};
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	if (!d->is_many && d->kind != PARTY_OTHER) {
		text_escape(&t, d->name);
		if (d->address.family != 0 && d->name.len > 0)
			text_putc(&t, ' ');
		address_print(&t, &d->address);
	}
	party.name = ladder_clip(a, text_str(&t), NAME_MOST);
	party.label = arena_printf(a, "%s%s%.*s", party.title.at, party.name.len > 0 ? " " : "",
				   STR_ARG(party.name));
	text_free(&t);
	return party;
}

void party_finish(const struct party_list *p, struct ladder *l, size_t *ret_place)
{
	enum { RANKS = 16 };

	l->parties = arena_array(l->arena, p->n, sizeof(*l->parties));
	if (l->parties == NULL)
		return;
	for (unsigned now = 0; now < RANKS; now++) {
		for (size_t i = 0; i < p->n; i++) {
			if (rank(&p->at[i]) != now)
				continue;
			ret_place[i] = l->n_parties;
			l->parties[l->n_parties++] = party_of(&p->at[i], l->arena);
		}
	}
}
