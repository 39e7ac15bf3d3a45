#include <stdlib.h>

#include "call_keys.h"
#include "limits.h"
#include "rules.h"
#include "session.h"
#include "twins.h"

/* Calls of one tunnel, or of one caller, compared with each other. */

static bool same_view(const struct session *a, const struct session *b)
{
	return a->vantage == b->vantage;
}

static const struct mark *request_of(const struct session *s)
{
	return seen_of(s->seen, ICRQ)->count ? &seen_of(s->seen, ICRQ)->first
					     : &seen_of(s->seen, OCRQ)->first;
}

/* Was the control connection seen from its first message on, without a gap? Only then is what it
 * did not say not said. */
static bool is_seen_whole(const struct tunnel *t)
{
	return !t->was_there && !t->is_holey && seen_of(t->seen, SCCRQ)->count &&
	       seen_of(t->seen, SCCRP)->count && t->way[0].gaps + t->way[1].gaps == 0 &&
	       t->way[0].is_started && t->way[1].is_started;
}

/* A control message came with it or after it: its Ns and Nr leave no room for one that was missed.
 */
static bool is_counted(const struct session *s)
{
	for (int end = 0; end < 2; end++) {
		const struct channel *way = &s->tunnel->way[end];

		for (size_t i = 0; i < way->n_pending; i++)
			if (channel_pending(way, i)->event >= mark_number(&s->first))
				return true;
	}
	return false;
}

static bool is_unknown(const struct session *s)
{
	for (const struct seen *seen = s->seen; seen; seen = seen->next)
		if (seen->message != CDN && seen->count)
			return false;
	/* a broken message may have been the one that assigned it */
	for (const struct defect_note *d = s->tunnel->defects; d; d = d->next)
		if (rule_of_defect(d->defect.id)->severity > SEVERITY_NOTE)
			return false;
	/* L2TPv3 has pseudowires without a control connection, too (RFC 3931 4.1.4) */
	return s->was_there && s->tunnel->version == 2 && is_seen_whole(s->tunnel) && is_counted(s);
}

static void unknown_session(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct session *s = c->session;
	uint64_t packets = s->counters.data_packets[0] + s->counters.data_packets[1] +
			   s->counters.ppp_messages;

	(void)t;
	if (is_unknown(s) && !seen_of(s->seen, CDN)->count && packets > 1)
		raise_finding(
			r, &s->first,
			"%llu data packets go to Session ID %u, which nobody assigned in this "
			"tunnel",
			(unsigned long long)packets, s->id[LAC] ? s->id[LAC] : s->id[LNS]);
}

static void unknown_cdn(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	if (seen_of(c->session->seen, CDN)->count && is_unknown(c->session))
		raise_finding(r, &seen_of(c->session->seen, CDN)->first,
			      "CDN for a session that was never asked for in this tunnel");
}

/* ---- ids and serial numbers ---- */

enum { IN_A_ROW = 6 };

/* Ids that one side assigned, as they came: always one more? */
static void predictable(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	for (unsigned end = 0; end < 2; end++) {
		uint32_t row = live_tunnel(t)->ids[end].row, n = live_tunnel(t)->ids[end].n;

		if (n >= IN_A_ROW && row + 1 == n)
			raise_finding(r, &t->first,
				      "The Session IDs of the %s count up by one, %u in a row",
				      end_word(end), n);
	}
}

struct numbered {
	const struct session *s;
	uint32_t number;
	size_t index;
};

static int number_compare(const void *left, const void *right)
{
	const struct numbered *a = left, *b = right;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* The sessions of a tunnel by `number_of` (0: none), equal ones side by side in order of time. */
static struct numbered *by_number(const struct tunnel *t, unsigned end,
				  uint32_t (*number_of)(const struct session *s, unsigned end),
				  size_t *ret_n)
{
	struct numbered *rows = must_room((size_t)t->n_sessions + 1, sizeof(*rows));
	bool is_in_order = true; /* as nearly all count up */
	size_t n = 0;

	for (const struct session *s = t->sessions; s && n < t->n_sessions; s = session_after(s)) {
		uint32_t number = number_of(s, end);

		if (number && request_of(s)->is_set) {
			rows[n] = (struct numbered){.s = s, .number = number, .index = n};
			is_in_order = is_in_order && (n == 0 || rows[n - 1].number <= number);
			n++;
		}
	}
	if (!is_in_order)
		qsort(rows, n, sizeof(*rows), number_compare);
	*ret_n = n;
	return rows;
}

static uint32_t id_of(const struct session *s, unsigned end)
{
	return s->id[session_side(s, end)];
}

static bool asks(const struct session *s, unsigned end)
{
	return session_side(s, end) == (s->direction == OUTGOING ? LNS : LAC);
}

static uint32_t serial_of(const struct session *s, unsigned end)
{
	return s->has_serial && asks(s, end) ? s->serial : 0;
}

static void id_twice(struct raise *r, struct tunnel *t, struct call *c)
{
	struct numbered *rows;
	size_t n;

	(void)c;
	if (!is_seen_whole(t))
		return;
	for (unsigned end = 0; end < 2; end++) {
		rows = by_number(t, end, id_of, &n);
		for (size_t i = 1; i < n; i++) {
			const struct session *a = rows[i - 1].s, *b = rows[i].s;

			if (rows[i].number != rows[i - 1].number || !same_view(a, b) ||
			    session_cdn(a)->is_set || a->is_holey ||
			    (!a->established[LAC].is_set && !a->established[LNS].is_set) ||
			    !mark_before(r->r, request_of(a), request_of(b)))
				continue;
			finding_evidence(
				r,
				raise_finding(r, request_of(b),
					      "The %s assigns Session ID %u again, which its call "
					      "that is up has",
					      end_word(end), rows[i].number),
				request_of(a));
		}
		free(rows);
	}
}

static void serial_twice(struct raise *r, struct tunnel *t, struct call *c)
{
	struct numbered *rows;
	size_t n;

	(void)c;
	if (t->version != 2)
		return;
	for (unsigned end = 0; end < 2; end++) {
		rows = by_number(t, end, serial_of, &n);
		for (size_t i = 1; i < n; i++) {
			if (rows[i].number != rows[i - 1].number ||
			    !same_view(rows[i].s, rows[i - 1].s))
				continue;
			finding_evidence(r,
					 raise_finding(r, request_of(rows[i].s),
						       "Call Serial Number %u came before",
						       rows[i].number),
					 request_of(rows[i - 1].s));
		}
		free(rows);
	}
}

static void serial_back(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (t->version != 2)
		return;
	for (unsigned end = 0; end < 2; end++) {
		const struct session *before = NULL;

		for (const struct session *s = t->sessions; s; s = session_after(s)) {
			if (!serial_of(s, end) || s->was_there)
				continue;
			if (before && same_view(before, s) && s->serial != before->serial &&
			    (int32_t)(s->serial - before->serial) < 0 &&
			    mark_before(r->r, request_of(before), request_of(s)))
				raise_finding(r, request_of(s),
					      "Call Serial Number %u comes after %u", s->serial,
					      before->serial);
			before = s;
		}
	}
}

static void both_roles(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct mark *told = live_tunnel(t)->told_brought;
	struct mark from[2] = {told[0], told[1]};

	(void)c;
	for (const struct session *s = t->sessions; s; s = session_after(s))
		if (t->version == 2 && s->roles_known && !s->roles_inferred &&
		    seen_of(s->seen, ICRQ)->count && !from[s->lac_end].is_set)
			from[s->lac_end] = seen_of(s->seen, ICRQ)->first;
	if (from[0].is_set && from[1].is_set)
		finding_evidence(
			r,
			raise_finding(r, &from[RESPONDER],
				      "Both ends of this tunnel send ICRQ: each is LAC for "
				      "some calls and LNS for others"),
			&from[INITIATOR]);
}

/* ---- one caller again and again ---- */

struct caller {
	struct call *c;
	struct str name;
	int64_t start_ns;
	size_t index;
};

static struct str caller_of(const struct call *c)
{
	return c->user.len ? c->user : c->calling_number;
}

/* 0: it did not fail, or nobody knows whose it is. */
static uint32_t key_of_failed(const struct call *c)
{
	if (c->outcome != OUTCOME_FAILED)
		return 0;
	return c->user.len ? call_key_user(c) : call_key_number(c);
}

static int caller_compare(const void *left, const void *right)
{
	const struct caller *a = left, *b = right;
	int by_name = str_compare(a->name, b->name);

	if (by_name)
		return by_name;
	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* Those that failed of callers of whom more than one did, in order of time of each. Of those that
 * were told only who comes again now. */
static struct caller *callers_again(const struct report *r, size_t *ret_n)
{
	struct twins twins;
	struct caller *rows = NULL;
	size_t n = 0;

	if (call_keys_again(r, key_of_failed, &twins))
		rows = must_room(r->n_calls + 1, sizeof(*rows));
	for (struct call *c = r->calls; rows && c && n < r->n_calls; c = call_after(r, c)) {
		uint32_t key = key_of_failed(c);

		if (!key || !twins_has(&twins, key))
			continue;
		rows[n] = (struct caller){.c = c, .name = caller_of(c), .index = n};
		if (mark_ns(r, &c->start, &rows[n].start_ns))
			n++;
	}
	twins_free(&twins);
	if (n)
		qsort(rows, n, sizeof(*rows), caller_compare);
	*ret_n = n;
	return rows;
}

static void flood(struct raise *r, struct tunnel *t, struct call *c)
{
	size_t limit = (size_t)threshold(r->r->thresholds, THRESHOLD_FLOOD);
	const int64_t minute = INT64_C(60) * 1000000000;
	size_t n;
	struct caller *rows = callers_again(r->r, &n);

	(void)t;
	(void)c;
	for (size_t i = limit ? limit - 1 : 0; limit > 1 && i < n; i++) {
		const struct caller *first = &rows[i + 1 - limit], *last = &rows[i];

		if (!str_equal(first->name, last->name) ||
		    last->start_ns - first->start_ns > minute)
			continue;
		r->t = last->c->tunnel;
		r->c = last->c;
		finding_evidence(r,
				 raise_finding(r, &first->c->start,
					       "%zu calls of %.*s failed within a minute", limit,
					       STR_ARG(last->name)),
				 &last->c->start);
		/* once a caller */
		while (i + 1 < n && str_equal(rows[i + 1].name, last->name))
			i++;
	}
	free(rows);
}

static const struct rule_row rows[] = {
	{"l2tp-session-id-unknown", SEVERITY_ERROR, ON_CALL, unknown_session,
	 "Data goes to a session that does not exist",
	 "The session was cleared on one end only, or its sender mixes up ids.",
	 "Clear the session on the end that sends; compare with its log.", "RFC 2661 5.3", NULL,
	 true},
	{"cdn-unknown-session", SEVERITY_WARNING, ON_CALL, unknown_cdn,
	 "CDN for a session that does not exist",
	 "The session was cleared before, or its sender restarted.",
	 "Compare with the restart log of the sender.", "RFC 2661 7.4", NULL, true},
	{"session-id-collision", SEVERITY_ERROR, ON_TUNNEL, id_twice,
	 "A Session ID is assigned twice at a time",
	 "That end restarted or lost count of its sessions.",
	 "Clear the older session on the other end.", "RFC 2661 4.4.4", NULL, false},
	{"icrq-from-lns", SEVERITY_WARNING, ON_TUNNEL, both_roles,
	 "Both ends of the tunnel bring calls", "Both ends are LAC and LNS, or switch tunnels.",
	 "Nothing to do where this is meant; else check the vpdn groups of both ends.",
	 "RFC 2661 5.2", NULL, false},
	{"session-flood-same-user", SEVERITY_WARNING, ON_RUN, flood,
	 "One caller comes again and again and fails",
	 "A client retries without a pause: a wrong password, or a refusing LNS.",
	 "Correct the account or the client; limit the rate of its calls.", "", NULL, false},
	{"call-serial-reuse", SEVERITY_NOTE, ON_TUNNEL, serial_twice,
	 "A Call Serial Number comes twice",
	 "The LAC restarted its counter, or gives every call the same.",
	 "Nothing to do; tell calls apart by their ids.", "RFC 2661 4.4.4", NULL, false},
	{"call-serial-decrease", SEVERITY_NOTE, ON_TUNNEL, serial_back,
	 "Call Serial Numbers go back", "The LAC restarted, or counts for each line card.",
	 "Nothing to do.", "RFC 2661 4.4.4", NULL, false},
	{"session-id-predictable", SEVERITY_NOTE, ON_TUNNEL, predictable,
	 "Session IDs can be guessed", "The implementation counts them up.",
	 "Protect the path with IPsec where strangers can reach it.", "RFC 2661 9.1", NULL, false},
};

const struct rule_table rules_calls = {.rows = rows, .n = sizeof(rows) / sizeof(rows[0])};
