#include "radius_join.h"

#include <stdlib.h>

#include "hash.h"
#include "mark.h"
#include "over.h"

enum { ACCESS_REQUEST = 1, ACCESS_ACCEPT, ACCESS_REJECT, ACCOUNTING_REQUEST };

static const struct value *attribute(const struct event *e, const char *field)
{
	return value_find(e->values, e->n_values, field);
}

static void text_of(struct context *c, const char *field, struct str *ret)
{
	const struct value *v = attribute(c->event, field);

	if (v && v->text.len && !ret->len)
		*ret = keep(c, v->text);
}

static void endpoints_take(const struct event *e, struct radius_exchange *x)
{
	for (size_t i = 0; i < e->n_values; i++) {
		if (strcmp(e->values[i].field, "radius.Tunnel_Server_Endpoint") != 0)
			continue;
		if (!address_parse(e->values[i].text, &x->endpoint))
			x->endpoint = (struct address){0};
		if (x->endpoints < 2)
			x->endpoints++;
	}
}

static void facts_take(struct context *c, struct radius_exchange *x)
{
	const struct value *framed = attribute(c->event, "radius.Framed_IP_Address");
	const struct value *cause = attribute(c->event, "radius.Acct_Terminate_Cause");
	const struct value *most = attribute(c->event, "radius.Session_Timeout");

	text_of(c, "radius.User_Name", &x->user);
	text_of(c, "radius.Calling_Station_Id", &x->calling);
	text_of(c, "radius.Called_Station_Id", &x->called);
	text_of(c, "radius.Reply_Message", &x->message);
	text_of(c, "radius.Acct_Session_Id", &x->session);
	if (most && most->number <= UINT32_MAX)
		x->most_s = (uint32_t)most->number;
	if (cause && cause->number <= UINT8_MAX)
		x->terminate_cause = (uint8_t)cause->number;
	if (framed && framed->kind == VALUE_ADDRESS && framed->address.octets[0] != 255)
		x->framed = framed->address;
	endpoints_take(c->event, x);
}

/* The same request again has the same identifier and, from one port, nothing between. */
static struct radius_exchange *open_exchange(const struct context *c)
{
	static const int64_t wait_ns = INT64_C(60) * 1000000000;
	const struct event *e = c->event;
	size_t looked = 0;

	for (struct radius_exchange *x = c->observer->radius; x && looked < LIMIT_RADIUS_LOOK;
	     x = x->next, looked++)
		if (x->id == (uint8_t)e->neighbour.id && x->code == e->neighbour.code &&
		    !x->answer && x->port == e->from.port &&
		    address_equal(&x->client, &e->from.address) &&
		    address_equal(&x->server, &e->to.address) &&
		    moment_minus(e->when, mark_when(&x->last)) < wait_ns)
			return x;
	return NULL;
}

static void request_take(struct context *c)
{
	const struct event *e = c->event;
	struct radius_exchange *x = open_exchange(c);

	if (!x) {
		x = arena_alloc(c->arena, sizeof(*x));
		if (!x)
			return;
		*x = (struct radius_exchange){
			.client = e->from.address,
			.server = e->to.address,
			.port = e->from.port,
			.id = (uint8_t)e->neighbour.id,
			.code = e->neighbour.code,
			.asked = mark_text(c, "RADIUS %s id %u",
					   code_name(CODE_RADIUS, e->neighbour.code),
					   e->neighbour.id),
			.next = c->observer->radius};
		c->observer->radius = x;
		/* whose it is, is known when all is read: until then all wait */
		over_stop(c->observer);
		facts_take(c, x);
	}
	x->copies++;
	x->frame = e->origin.frame;
	x->last = c->mark;
}

static void answer_take(struct context *c)
{
	const struct event *e = c->event;
	size_t looked = 0;

	for (struct radius_exchange *x = c->observer->radius; x && looked < LIMIT_RADIUS_LOOK;
	     x = x->next, looked++) {
		if (x->id != (uint8_t)e->neighbour.id || x->answer || x->port != e->to.port ||
		    !address_equal(&x->client, &e->to.address) ||
		    !address_equal(&x->server, &e->from.address))
			continue;
		x->answer = e->neighbour.code;
		x->answered = mark_text(c, "RADIUS %s id %u",
					code_name(CODE_RADIUS, e->neighbour.code), e->neighbour.id);
		facts_take(c, x);
		return;
	}
}

void radius_take(struct context *c)
{
	switch (c->event->neighbour.code) {
	case ACCESS_REQUEST:
	case ACCOUNTING_REQUEST:
	case RADIUS_DISCONNECT_REQUEST:
		request_take(c);
		break;
	case ACCESS_ACCEPT:
	case ACCESS_REJECT:
	case 5:
	case 11:
	case RADIUS_DISCONNECT_ACK:
	case RADIUS_DISCONNECT_ACK + 1: /* NAK */
		answer_take(c);
		break;
	default:
		break;
	}
}

/* ---- which call ---- */

static bool contradicts(struct str a, struct str b)
{
	return a.len && b.len && !str_equal(a, b);
}

/* A request comes so long before its call's start, or after its end; one for access so long after
 * its start. */
enum { BEFORE_S = 5, AFTER_S = 120 };

/* 0: another call; else how well it fits. */
static unsigned fit(const struct report *r, const struct radius_exchange *x, const struct call *c)
{
	unsigned points = 1;
	double gap;

	if (!x->user.len || !str_equal(x->user, c->user) ||
	    contradicts(x->calling, c->calling_number) || contradicts(x->called, c->called_number))
		return 0;
	if (!mark_gap(r, &c->start, &x->asked, &gap) || gap < -BEFORE_S)
		return 0;
	if (c->end.is_set && mark_gap(r, &c->end, &x->asked, &gap) && gap > BEFORE_S)
		return 0;
	if (x->code == ACCESS_REQUEST && mark_gap(r, &c->start, &x->asked, &gap) && gap > AFTER_S)
		return 0;
	if (x->framed.family && c->ipv4.family)
		points += address_equal(&x->framed, &c->ipv4) ? 4 : 0;
	points += x->calling.len && c->calling_number.len ? 2 : 0;
	/* of the legs of one call that of the router that asks, and better as its LNS */
	for (unsigned i = 0; i < 2; i++)
		points += address_equal(&x->client, &c->side[i].address) ? 1U + (i == LNS) : 0;
	return points;
}

/* A call by its user, since when, and until when the last of all rows before it went on. */
struct row {
	uint64_t user;
	int64_t start, until;
	struct call *call;
};

static int row_compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->user != b->user)
		return a->user < b->user ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

/* Those that fit() may find: in order of users and time. */
static size_t rows_of(const struct report *r, struct row **ret)
{
	struct row *rows;
	size_t n = 0, room = 1;

	for (const struct call *c = r->calls; c; c = call_after(r, c))
		room++; /* legs, too */
	rows = must_alloc(room, sizeof(*rows));
	for (struct call *c = r->calls; c; c = call_after(r, c)) {
		struct row *row = &rows[n];

		if (!c->user.len || !mark_ns(r, &c->start, &row->start))
			continue;
		row->user = hash_octets(c->user.at, c->user.len);
		row->call = c;
		if (!mark_ns(r, &c->end, &row->until))
			row->until = INT64_MAX;
		n++;
	}
	qsort(rows, n, sizeof(*rows), row_compare);
	for (size_t i = 1; i < n; i++)
		if (rows[i].user == rows[i - 1].user && rows[i].until < rows[i - 1].until)
			rows[i].until = rows[i - 1].until;
	*ret = rows;
	return n;
}

/* How many rows stand before those of the user that start later. */
static size_t rows_until(const struct row *rows, size_t n, uint64_t user, int64_t start)
{
	const struct row last = {.user = user, .start = start};
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (row_compare(&rows[middle], &last) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* They are, or are legs of, one call. */
static bool is_same_call(const struct call *a, const struct call *b)
{
	return a && a->whole && a->whole == b->whole;
}

static struct call *call_of(const struct report *r, const struct row *rows, size_t n,
			    const struct radius_exchange *x)
{
	static const int64_t second = INT64_C(1000000000); /* more than fit() rounds */
	uint64_t user = hash_octets(x->user.at, x->user.len);
	struct call *best = NULL;
	unsigned most = 0;
	bool is_unique = true;
	int64_t asked;

	if (!x->user.len || !mark_ns(r, &x->asked, &asked))
		return NULL;
	for (size_t i = rows_until(rows, n, user, asked + (BEFORE_S + 1) * second);
	     i-- > 0 && rows[i].user == user; report_looked(r)) {
		unsigned points;

		if (rows[i].until < asked - (BEFORE_S + 1) * second ||
		    (x->code == ACCESS_REQUEST && rows[i].start < asked - (AFTER_S + 1) * second))
			break;
		points = fit(r, x, rows[i].call);
		if (points && points == most && !is_same_call(best, rows[i].call))
			is_unique = false;
		if (points <= most)
			continue;
		most = points;
		best = rows[i].call;
		is_unique = true;
	}
	return is_unique ? best : NULL;
}

bool radius_accepted(const struct call *c, const struct auth *a)
{
	const struct radius_exchange *x = c->radius;

	return x && x->answer == ACCESS_ACCEPT && a->by_lns && c->roles_known &&
	       address_equal(&x->client, &c->side[LNS].address) && x->answered.is_set &&
	       x->answered.vantage == a->decided.vantage &&
	       mark_number(&x->answered) < mark_number(&a->decided);
}

/* The call of another exchange with its Acct-Session-Id: who disconnects may name nothing else. */
static struct call *call_of_session(const struct report *r, const struct radius_exchange *x)
{
	size_t looked = 0;

	if (x->code != RADIUS_DISCONNECT_REQUEST || !x->session.len)
		return NULL;
	for (const struct radius_exchange *o = r->radius; o && looked < LIMIT_RADIUS_LOOK;
	     o = o->next, looked++)
		if (o->call && str_equal(o->session, x->session) &&
		    address_equal(&o->client, &x->server))
			return o->call;
	return NULL;
}

static void tie(struct report *r, struct radius_exchange *x, struct call *c)
{
	const struct view *v = report_view(r, x->asked.vantage);
	bool disconnects = x->code == RADIUS_DISCONNECT_REQUEST;

	x->call = c;
	c->seen_from |= 1u << ROLE_RADIUS;
	if (v)
		c->seen_in |= (uint64_t)1 << (v->input < 63 ? v->input : 63);
	if (x->code == ACCESS_REQUEST &&
	    (!c->radius || mark_before(r, &c->radius->asked, &x->asked)))
		c->radius = x;
	if (disconnects ? x->answer == RADIUS_DISCONNECT_ACK : x->terminate_cause && !c->radius_end)
		c->radius_end = x;
}

void radius_tie(struct report *r)
{
	struct row *rows = NULL;
	size_t n = r->radius ? rows_of(r, &rows) : 0;

	for (struct radius_exchange *x = r->radius; x; x = x->next) {
		struct call *c = call_of(r, rows, n, x);

		if (c)
			tie(r, x, c);
	}
	for (struct radius_exchange *x = r->radius; x; x = x->next) {
		struct call *c = x->call ? NULL : call_of_session(r, x);

		if (c)
			tie(r, x, c);
	}
	free(rows);
}
