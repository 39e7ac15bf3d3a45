#include "console.h"

#include <stdlib.h>

#include "console_facts.h"

#define NOBODY  UINT16_MAX
#define HOUR_NS INT64_C(3600000000000)
#define BACK_NS INT64_C(1000000000) /* stamps of one console may swap by less than this */

enum { PLAINS = 512 };

struct console {
	struct str name;
	bool has_host; /* its lines begin with a name */
	bool is_named_by_peer;
	struct moment last;
	uint32_t *tunnels; /* its local tunnel ids */
	size_t n_tunnels, room;
};

struct consoles {
	struct arena *arena;
	struct facts facts;
	struct str *names;
	size_t n_names, names_room;
	struct console at[LIMIT_VANTAGES];
	size_t n;
	uint16_t current;
	struct moment last;      /* of the record before, whatever its console */
	bool is_limited;         /* there are more consoles than LIMIT_VANTAGES */
	char last_interface[32]; /* that was hashed, */
	size_t last_length;
	uint64_t last_hash; /* and its hash: the next record is often of the same */
	/* interfaces that told the console alone, since something else was learned of them */
	struct plain {
		char name[13];
		uint8_t length; /* 0: none */
		uint16_t console;
	} plains[PLAINS]; /* the place of one is taken by the next */
};

struct consoles *consoles_new(void)
{
	struct consoles *c = must_alloc(1, sizeof(*c));

	*c = (struct consoles){
		.arena = arena_new(LIMIT_SCRATCH), .facts = facts_make(), .current = NOBODY};
	return c;
}

void consoles_free(struct consoles *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		free(c->at[i].tunnels);
	facts_free(&c->facts);
	free(c->names);
	arena_free(c->arena);
	free(c);
}

static uint32_t name_number(struct consoles *c, struct str name)
{
	for (size_t i = 0; i < c->n_names; i++)
		if (str_equal(c->names[i], name))
			return (uint32_t)i;
	if (c->n_names == c->names_room) {
		c->names_room = c->names_room ? c->names_room * 2 : 16;
		c->names = must_grow(c->names, c->names_room, sizeof(*c->names));
	}
	c->names[c->n_names] = arena_str(c->arena, name);
	return (uint32_t)c->n_names++;
}

struct str interface_short(struct str s, char room[32])
{
	size_t letters = 0, len;

	while (letters < s.len && (s.at[letters] == '-' || (s.at[letters] | 32) >= 'a') &&
	       (s.at[letters] | 32) <= 'z')
		letters++;
	if (letters < 2)
		return s;
	len = s.len - letters;
	if (len > 30)
		return s;
	room[0] = s.at[0];
	room[1] = s.at[1];
	if (str_starts(s, "Virtual-T"))
		room[1] = 't';
	memmove(room + 2, s.at + letters, len);
	return (struct str){.at = room, .len = len + 2};
}

static uint64_t hash_interface(struct consoles *c, struct str s)
{
	char room[32];

	if (!s.len)
		return 0;
	if (s.len == c->last_length && memcmp(s.at, c->last_interface, s.len) == 0)
		return c->last_hash;
	c->last_hash = facts_hash(interface_short(s, room));
	c->last_length = s.len <= sizeof(c->last_interface) ? s.len : 0;
	memcpy(c->last_interface, s.at, c->last_length);
	return c->last_hash;
}

static uint64_t key_interface(struct consoles *c, enum fact fact, struct str s)
{
	return facts_key(fact, hash_interface(c, s));
}

/* By its number: of `Vi12` and `Virtual-Access12` the place is the same. */
static struct plain *plain_of(struct consoles *c, struct str name)
{
	enum { LAST = 4 };
	size_t place = 0;

	for (size_t k = 1; k <= LAST && k <= name.len && name.at[name.len - k] < 'A'; k++)
		place = place * 31 + (uint8_t)name.at[name.len - k];
	return &c->plains[place % PLAINS];
}

/* Another value than before: it is of many. */
static void learn_of_interface(struct consoles *c, enum fact fact, struct str s, uint32_t value)
{
	uint64_t key = key_interface(c, fact, s);
	uint32_t before;

	if (facts_known(&c->facts, key, &before)) {
		if (before == value || before == FACT_MANY)
			return;
		value = FACT_MANY;
	}
	facts_learn(&c->facts, key, value);
	plain_of(c, s)->length = 0;
}

/* Fields beside the interface that tell the console, or from which something is learned. */
static const uint64_t telling_fields =
	UINT64_C(1) << FIELD_TUNNEL | UINT64_C(1) << FIELD_PEER_TUNNEL |
	UINT64_C(1) << FIELD_HEAD_TUNNEL | UINT64_C(1) << FIELD_REQUEST;

static bool is_word(struct str s, const char *a, const char *b)
{
	return str_is(s, a) || str_is(s, b);
}

/* The id that the speaker itself assigned to the tunnel of this record; 0 unknown. */
static uint32_t local_tunnel(const struct log_record *r)
{
	uint64_t id = 0;

	if (record_number(r, FIELD_TUNNEL, &id) && id)
		return (uint32_t)id;
	/* the header of a received packet carries the receiver's id (RFC 2661 3.1) */
	if (record_number(r, FIELD_HEAD_TUNNEL, &id) &&
	    is_word(record_text(r, FIELD_DIRECTION), "I", "in"))
		return (uint32_t)id;
	return 0;
}

/* The id that the speaker's peer assigned; 0 unknown. */
static uint32_t peer_tunnel(const struct log_record *r)
{
	uint64_t id = 0;

	if (record_number(r, FIELD_PEER_TUNNEL, &id) && id)
		return (uint32_t)id;
	if (record_number(r, FIELD_HEAD_TUNNEL, &id) &&
	    is_word(record_text(r, FIELD_DIRECTION), "O", "out"))
		return (uint32_t)id;
	/* the printed AVPs are those of received messages */
	if (r->kind == RECORD_AVP_VALUE && r->row && r->row->avp == AVP_N_ASSIGNED_TUNNEL_ID &&
	    (record_number(r, FIELD_VALUE_DECIMAL, &id) || record_number(r, FIELD_VALUE, &id)))
		return (uint32_t)id;
	return 0;
}

static void learn_tunnels(struct consoles *c, const struct log_record *r)
{
	if (!(r->fields & telling_fields) && r->kind != RECORD_AVP_VALUE)
		return;

	uint32_t local = local_tunnel(r), peer = peer_tunnel(r);
	struct str name = record_text(r, FIELD_NAME);
	struct str interface = record_text(r, FIELD_INTERFACE);

	if (!local && !peer)
		return;
	if (local && interface.len)
		learn_of_interface(c, INTERFACE_TUNNEL, interface, local);
	if (local && peer) {
		facts_learn(&c->facts, facts_key(TUNNEL_PEER, local), peer);
		facts_learn(&c->facts, facts_key(PEER_SEEN, peer), 0);
	}
	if (!peer && local)
		facts_known(&c->facts, facts_key(TUNNEL_PEER, local), &peer);
	if (peer && name.len && (r->kind == RECORD_MESSAGE || r->kind == RECORD_SAID))
		facts_learn(&c->facts, facts_key(TUNNEL_NAME, peer), name_number(c, name));
}

/* Different consoles, by what both sides printed. */
static bool is_pair(const struct consoles *c, uint32_t a, uint32_t b)
{
	uint32_t peer_a = 0, peer_b = 0;
	bool has_a = facts_known(&c->facts, facts_key(TUNNEL_PEER, a), &peer_a);
	bool has_b = facts_known(&c->facts, facts_key(TUNNEL_PEER, b), &peer_b);

	if (has_a && has_b)
		return peer_a == b && peer_b == a;
	return (has_a && peer_a == b) || (has_b && peer_b == a);
}

/* Where the peer of a tunnel was told, only that one is asked about; nobody's peer has no pair. */
static bool is_excluded(const struct consoles *c, uint16_t console, uint32_t tunnel)
{
	bool is_known = !consoles_is_limited(c); /* all that was told */
	uint32_t peer, owner;

	if (is_known && facts_known(&c->facts, facts_key(TUNNEL_PEER, tunnel), &peer))
		return facts_known(&c->facts, facts_key(TUNNEL_OWNER, peer), &owner) &&
		       owner == console && is_pair(c, peer, tunnel);
	if (is_known && !facts_known(&c->facts, facts_key(PEER_SEEN, tunnel), &peer))
		return false;
	for (size_t i = 0; i < c->at[console].n_tunnels; i++)
		if (is_pair(c, c->at[console].tunnels[i], tunnel))
			return true;
	return false;
}

static uint16_t console_new(struct consoles *c)
{
	if (c->n == LIMIT_VANTAGES) {
		c->is_limited = true;
		return LIMIT_VANTAGES - 1;
	}
	return (uint16_t)c->n++;
}

static void console_name(struct consoles *c, uint16_t console, struct str name, bool is_by_peer)
{
	struct console *own = &c->at[console];
	uint32_t other;

	if (!name.len)
		return;
	if (!own->name.len || (is_by_peer && !own->is_named_by_peer)) {
		own->name = arena_str(c->arena, name);
		own->is_named_by_peer = is_by_peer;
	}
	if (!facts_known(&c->facts, facts_key_text(NAME_OWNER, name), &other))
		facts_learn(&c->facts, facts_key_text(NAME_OWNER, name), console);
}

static void console_own(struct consoles *c, uint16_t console, uint32_t tunnel)
{
	struct console *own = &c->at[console];
	uint32_t number;

	facts_learn(&c->facts, facts_key(TUNNEL_OWNER, tunnel), console);
	memset(c->plains, 0, sizeof(c->plains)); /* it may be theirs */
	if (own->n_tunnels == own->room) {
		own->room = own->room ? own->room * 2 : 8;
		own->tunnels = must_grow(own->tunnels, own->room, sizeof(*own->tunnels));
	}
	own->tunnels[own->n_tunnels++] = tunnel;
	if (facts_known(&c->facts, facts_key(TUNNEL_NAME, tunnel), &number))
		console_name(c, console, c->names[number], true);
}

/* The console that owns a local tunnel id, made or adopted on first sight. `here` is the
 * console this stretch would belong to otherwise, or NOBODY. */
static uint16_t console_of_tunnel(struct consoles *c, uint32_t tunnel, uint16_t here)
{
	uint32_t owner, number;

	if (facts_known(&c->facts, facts_key(TUNNEL_OWNER, tunnel), &owner))
		return (uint16_t)owner;
	if (facts_known(&c->facts, facts_key(TUNNEL_NAME, tunnel), &number) &&
	    facts_known(&c->facts, facts_key_text(NAME_OWNER, c->names[number]), &owner) &&
	    !is_excluded(c, (uint16_t)owner, tunnel))
		here = (uint16_t)owner;
	if (here == NOBODY || is_excluded(c, here, tunnel))
		here = console_new(c);
	console_own(c, here, tunnel);
	return here;
}

static bool runs_back(const struct moment *before, const struct log_record *r)
{
	int64_t step;

	if (!moment_known(*before) || !moment_known(r->when) || before->kind != r->when.kind)
		return false;
	step = moment_minus(r->when, *before);
	/* midnight in stamps without a date, New Year in stamps without a year */
	if (r->when.kind == CLOCK_DAYTIME && step < -20 * HOUR_NS)
		return false;
	if (r->when.kind == CLOCK_YEARLESS && step < -INT64_C(300) * 24 * HOUR_NS)
		return false;
	return step < -BACK_NS;
}

static bool owner_of(const struct consoles *c, uint64_t key, uint16_t *ret)
{
	uint32_t owner;

	if (!facts_known(&c->facts, key, &owner) || owner == FACT_MANY)
		return false;
	*ret = (uint16_t)owner;
	return true;
}

/* The AAA request of a record: short numbers are no names of one request. */
static struct str request_of(const struct log_record *r)
{
	struct str request = record_text(r, FIELD_REQUEST);

	return request.len < 6 ? STR("") : request;
}

static bool weak_evidence(struct consoles *c, const struct log_record *r, uint16_t *ret)
{
	struct str interface = record_text(r, FIELD_INTERFACE);
	struct str request = request_of(r);
	uint64_t hashed = hash_interface(c, interface);
	uint32_t owner, tunnel;

	if (r->host.len && owner_of(c, facts_key_text(NAME_OWNER, r->host), ret))
		return true;
	if (r->gap == GAP_PROMPT && owner_of(c, facts_key_text(NAME_OWNER, r->prompt), ret))
		return true;
	if (interface.len && facts_known(&c->facts, facts_key(INTERFACE_OWNER, hashed), &owner)) {
		*ret = (uint16_t)owner;
		return owner != FACT_MANY;
	}
	if (interface.len && facts_known(&c->facts, facts_key(INTERFACE_TUNNEL, hashed), &tunnel) &&
	    tunnel != FACT_MANY && owner_of(c, facts_key(TUNNEL_OWNER, tunnel), ret))
		return true;
	if (interface.len && owner_of(c, facts_key(INTERFACE_SEEN, hashed), ret))
		return true;
	return request.len && owner_of(c, facts_key_text(REQUEST_OWNER, request), ret);
}

/* Evidence weaker than a tunnel id. */
static bool other_evidence(struct consoles *c, const struct log_record *r, uint16_t *ret)
{
	uint32_t peer = peer_tunnel(r), owner;

	if (!weak_evidence(c, r, ret))
		return false;
	/* `I SCCRQ from hgw tnl 17688` is not said by 17688 itself */
	return !peer || !facts_known(&c->facts, facts_key(TUNNEL_OWNER, peer), &owner) ||
	       owner != *ret;
}

static bool is_boundary(const struct log_record *r)
{
	return r->gap == GAP_PROSE || r->gap == GAP_FENCE || r->gap == GAP_PROMPT;
}

static bool is_unknown_interface(struct consoles *c, const struct log_record *r)
{
	struct str interface = record_text(r, FIELD_INTERFACE);

	return interface.len &&
	       !facts_known(&c->facts, key_interface(c, INTERFACE_OWNER, interface),
			    &(uint32_t){0}) &&
	       !facts_known(&c->facts, key_interface(c, INTERFACE_SEEN, interface), &(uint32_t){0});
}

/* Behind a boundary: the console that the following records give evidence of. */
static uint16_t look_ahead(struct consoles *c, const struct log_record *records, size_t n, size_t i,
			   bool is_back)
{
	uint16_t here = c->current, found;
	struct moment before = {.kind = CLOCK_NONE};
	bool has_stranger = false; /* an interface of which nothing is known */

	if (is_back)
		here = NOBODY;
	for (size_t j = i; j < n; j++) {
		const struct log_record *r = &records[j];
		uint32_t tunnel = local_tunnel(r), peer = peer_tunnel(r), owner;

		if (j > i && (runs_back(&before, r) || (has_stranger && is_boundary(r))))
			break;
		if (moment_known(r->when))
			before = r->when;
		if (tunnel)
			return console_of_tunnel(c, tunnel, here);
		if (!has_stranger && other_evidence(c, r, &found))
			return found;
		has_stranger |= !is_back && here != NOBODY && is_unknown_interface(c, r);
		if (peer && here != NOBODY &&
		    facts_known(&c->facts, facts_key(TUNNEL_OWNER, peer), &owner) && owner == here)
			here = NOBODY;
	}
	return here == NOBODY ? console_new(c) : here;
}

static void learn_place(struct consoles *c, const struct log_record *r, uint16_t console)
{
	uint32_t tunnel = r->fields & UINT64_C(1) << FIELD_INTERFACE ? local_tunnel(r) : 0;
	struct str interface = record_text(r, FIELD_INTERFACE);
	struct str request = request_of(r);

	if (tunnel && interface.len)
		learn_of_interface(c, INTERFACE_OWNER, interface, console);
	else if (interface.len)
		learn_of_interface(c, INTERFACE_SEEN, interface, console);
	if (request.len &&
	    !facts_known(&c->facts, facts_key_text(REQUEST_OWNER, request), &(uint32_t){0}))
		facts_learn(&c->facts, facts_key_text(REQUEST_OWNER, request), console);
	/* `VPDN/RPMS/: LAC hgw`: the lookup told the LAC its own name for the tunnel */
	if (r->row && r->row->topic == SAID_TUNNEL_INFO &&
	    str_is(record_text(r, FIELD_ATTRIBUTE), "LAC"))
		console_name(c, console, record_text(r, FIELD_NAME), true);
	if (r->host.len) {
		console_name(c, console, r->host, false);
		c->at[console].has_host = true;
	}
	if (r->gap == GAP_PROMPT)
		console_name(c, console, r->prompt, false);
}

/* Typed text has no stamp: it belongs to the device that its prompt or `hostname` names. */
static bool is_typed(const struct log_record *r)
{
	return r->kind == RECORD_SAID && r->row &&
	       (r->row->topic == SAID_CONFIG || r->row->topic == SAID_COMMAND);
}

/* A record that tells nothing but its interface. */
static bool is_plain(const struct log_record *r)
{
	return r->fields & UINT64_C(1) << FIELD_INTERFACE && !(r->fields & telling_fields) &&
	       !r->host.len && r->gap <= GAP_BLANK && r->kind != RECORD_AVP_VALUE &&
	       !(r->row && r->row->topic == SAID_TUNNEL_INFO);
}

/* One like it told its console: nothing is learned from this one. */
static bool is_of_plain(struct consoles *c, const struct log_record *r, uint16_t *ret)
{
	struct str name = record_text(r, FIELD_INTERFACE);
	const struct plain *p;

	if (!name.len || !is_plain(r))
		return false;
	p = plain_of(c, name);
	*ret = p->console;
	return p->length == name.len && memcmp(p->name, name.at, name.len) == 0;
}

static void plain_note(struct consoles *c, const struct log_record *r, uint16_t console)
{
	struct str name = record_text(r, FIELD_INTERFACE);
	struct plain *p = plain_of(c, name);

	if (!name.len || name.len > sizeof(p->name))
		return;
	p->length = (uint8_t)name.len;
	memcpy(p->name, name.at, name.len);
	p->console = console;
}

/* Where lines of several hosts stand in turns, the one before tells nothing: the console of this
 * host, NOBODY for a new one. */
static uint16_t host_console(const struct consoles *c, const struct log_record *r)
{
	uint16_t found;

	if (!r->host.len || c->current == NOBODY || !c->at[c->current].has_host)
		return c->current;
	return owner_of(c, facts_key_text(NAME_OWNER, r->host), &found) ? found : NOBODY;
}

/* *ret_is_plain: its interface tells, and nothing else. */
static uint16_t console_of(struct consoles *c, const struct log_record *records, size_t n, size_t i,
			   bool *ret_is_plain)
{
	const struct log_record *r = &records[i];
	uint32_t tunnel = local_tunnel(r);
	bool is_back = runs_back(&c->last, r);
	uint16_t found, here = host_console(c, r);

	if (tunnel)
		return console_of_tunnel(c, tunnel, is_back ? NOBODY : here);
	if (other_evidence(c, r, &found)) {
		*ret_is_plain = is_plain(r);
		return found;
	}
	if (here == NOBODY && c->current != NOBODY)
		return console_new(c); /* what follows may be another host's */
	if (here == NOBODY || is_back || is_boundary(r))
		return look_ahead(c, records, n, i, is_back);
	return here;
}

/* Configuration follows its `hostname`, a command its prompt; else the records behind them. */
static void assign_typed(struct consoles *c, const struct log_record *records, size_t n,
			 uint16_t *ret)
{
	uint16_t named = NOBODY, next = c->current;

	for (size_t i = 0; i < n; i++) {
		struct str host = record_text(&records[i], FIELD_HOST);

		if (ret[i] != NOBODY)
			continue;
		if (host.len && !owner_of(c, facts_key_text(NAME_OWNER, host), &named))
			named = NOBODY;
		ret[i] = named == NOBODY ? NOBODY : named;
	}
	for (size_t i = n; i-- > 0;) {
		if (ret[i] == NOBODY)
			ret[i] = next == NOBODY ? console_new(c) : next;
		next = ret[i];
	}
}

void consoles_assign(struct consoles *c, const struct log_record *records, size_t n, size_t sure,
		     uint16_t *ret)
{
	for (size_t i = 0; i < n; i++)
		learn_tunnels(c, &records[i]);
	for (size_t i = 0; i < sure; i++) {
		record_soon(records, i, n);
		if (is_typed(&records[i])) {
			ret[i] = NOBODY;
			continue;
		}
		if (!is_of_plain(c, &records[i], &ret[i])) {
			bool is_told_plainly = false;

			ret[i] = console_of(c, records, n, i, &is_told_plainly);
			learn_place(c, &records[i], ret[i]);
			if (is_told_plainly)
				plain_note(c, &records[i], ret[i]);
		}
		c->current = ret[i];
		if (moment_known(records[i].when)) {
			c->last = records[i].when;
			c->at[ret[i]].last = records[i].when;
		}
	}
	for (size_t i = sure; i < n; i++)
		ret[i] = c->current;
	assign_typed(c, records, n, ret);
}

void consoles_rewind(struct consoles *c, const struct log_record *records, const uint16_t *console,
		     size_t n)
{
	if (!n)
		return;
	c->current = console[n - 1];
	for (size_t i = n; i-- > 0;) {
		if (!moment_known(records[i].when))
			continue;
		c->last = records[i].when;
		return;
	}
}

size_t consoles_count(const struct consoles *c)
{
	return c->n;
}

struct str consoles_name(const struct consoles *c, uint16_t console)
{
	return console < c->n ? c->at[console].name : STR("");
}

bool consoles_is_limited(const struct consoles *c)
{
	return c->is_limited || c->facts.is_limited;
}
