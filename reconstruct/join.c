#include "join.h"

#include <stdlib.h>

#include "join_ppp.h"
#include "same_link.h"
#include "sessions.h"
#include "watch.h"

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static void join_peer(struct peer *a, const struct peer *b, bool own_words)
{
	if (!a->address.family)
		a->address = b->address;
	if (!a->port)
		a->port = b->port;
	fill_str(&a->name, b->name);
	fill_str(&a->dialed, b->dialed);
	fill_str(&a->vendor, b->vendor);
	if (own_words && b->name.len)
		a->name = b->name;
	if (a->firmware < 0 || (a->firmware == 0 && b->firmware > 0))
		a->firmware = b->firmware;
	if (!a->tunnel_id)
		a->tunnel_id = b->tunnel_id;
	if (!a->window)
		a->window = b->window;
	a->is_text_source |= b->is_text_source;
	fill_span(&a->challenge, b->challenge);
	if (!a->response.len && b->response.len) {
		a->response = b->response;
		a->response_in = b->response_in;
	}
	fill_mark(&a->challenge_mark, &b->challenge_mark);
	fill_mark(&a->response_mark, &b->response_mark);
	a->opening_is_cut |= b->opening_is_cut;
}

/* The machine of an end is best known at that end, then where it was seen and not inferred. */
void end_join(struct end *a, const struct end *b, bool b_is_there)
{
	bool a_knows = a->machine && a->state != 0;
	bool b_knows = b->machine && b->state != 0;

	if (!b_knows)
		return;
	if (!a_knows || b_is_there || (a->is_inferred && !b->is_inferred))
		*a = *b;
}

static void join_seen(struct arena *arena, const struct report *r, struct seen **list,
		      const struct seen *b)
{
	for (; b; b = b->next) {
		struct seen *a = b->count ? seen_place(arena, list, b->message) : NULL;
		struct mark last;

		if (!a)
			continue;
		if (!a->count)
			*a = (struct seen){.next = a->next, .message = a->message, .from = b->from};
		last = *seen_last(a);
		fill_first(r, &a->first, &b->first);
		fill_last(r, &last, seen_last(b));
		seen_set_last(arena, a, last);
		a->count = larger(a->count, b->count);
		a->repeats = larger(a->repeats, b->repeats);
	}
}

static void join_counters(struct counters *a, const struct counters *b, const struct seen *seen)
{
	uint32_t messages = 0;

	for (; seen; seen = seen->next)
		messages += seen->message ? seen->count : 0;
	a->control_messages = larger(larger(a->control_messages, b->control_messages), messages);
	a->retransmissions = larger(a->retransmissions, b->retransmissions);
	a->duplicates = larger(a->duplicates, b->duplicates);
	a->ppp_messages = larger(a->ppp_messages, b->ppp_messages);
	for (int i = 0; i < 2; i++) {
		if (b->data_packets[i] <= a->data_packets[i])
			continue;
		a->data_packets[i] = b->data_packets[i];
		a->data_bytes[i] = b->data_bytes[i];
	}
}

static void join_ending(const struct report *r, struct ending *a, const struct ending *b)
{
	if (!b->is_set)
		return;
	if (!a->is_set || (a->from != b->from && mark_before(r, &b->mark, &a->mark))) {
		*a = *b;
		return;
	}
	if (a->from != b->from)
		return;
	if (a->result < 0)
		a->result = b->result;
	if (a->error < 0)
		a->error = b->error;
	fill_str(&a->text, b->text);
	if (!a->has_disconnect && b->has_disconnect) {
		a->has_disconnect = true;
		a->disconnect_code = b->disconnect_code;
		a->disconnect_protocol = b->disconnect_protocol;
		a->disconnect_direction = b->disconnect_direction;
	}
	if (!a->has_q931 && b->has_q931) {
		a->has_q931 = true;
		a->q931_cause = b->q931_cause;
	}
	fill_str(&a->disconnect_text, b->disconnect_text);
	fill_first(r, &a->mark, &b->mark);
}

static void join_verdicts(struct verdict_note **a, struct verdict_note *b)
{
	while (b) {
		struct verdict_note *next = b->next;
		struct verdict_note **at = a;

		while (*at && !((*at)->row == b->row && (*at)->machine == b->machine &&
				(*at)->state == b->state && (*at)->event == b->event &&
				(*at)->who == b->who))
			at = &(*at)->next;
		if (!*at) {
			b->next = NULL;
			b->last = b;
			*at = b;
		}
		b = next;
	}
}

/* The same broken message seen twice is one defect; damage of a text belongs to its line. */
static bool same_defect(const struct defect_note *a, const struct defect_note *b)
{
	return a->defect.id == b->defect.id && a->defect.id != DEFECT_INPUT_DAMAGED &&
	       a->mark.vantage != b->mark.vantage;
}

static void join_defects(struct defect_note **a, struct defect_note *b)
{
	while (b) {
		struct defect_note *next = b->next;
		struct defect_note **at = a;

		while (*at && !same_defect(*at, b))
			at = &(*at)->next;
		if (!*at) {
			b->next = NULL;
			*at = b;
			(*a)->last = b;
		}
		b = next;
	}
}

static void told_join(const struct report *r, struct session_told *a, const struct session_told *b)
{
	fill_first(r, &a->before_first, &b->before_first);
	fill_mark(&a->second_cdn, &b->second_cdn);
	fill_str(&a->sub_address, b->sub_address);
	fill_str(&a->said_user, b->said_user);
	fill_str(&a->said_address, b->said_address);
	fill_mark(&a->route_installed, &b->route_installed);
	fill_mark(&a->route_removed, &b->route_removed);
	fill_mark(&a->not_taken, &b->not_taken);
	fill_mark(&a->isdn_connect, &b->isdn_connect);
	fill_mark(&a->isdn_disconnect, &b->isdn_disconnect);
	fill_mark(&a->link_down, &b->link_down);
	fill_mark(&a->terminating, &b->terminating);
	fill_str(&a->isdn_user, b->isdn_user);
	fill_str(&a->isdn_number, b->isdn_number);
	fill_str(&a->dialed, b->dialed);
	if (!a->exited.is_set) {
		a->exited = b->exited;
		a->exit_status = b->exit_status;
		a->exited_at = b->exited_at;
	}
}

void told_turn(struct session *s)
{
	struct console_session *console = live_session(s)->console;
	uint64_t bytes;

	if (console) {
		struct str first = console->interface[0];

		console->interface[0] = console->interface[1];
		console->interface[1] = first;
	}
	if (!s->told)
		return;
	s->told->exited_at = 1 - s->told->exited_at;
	bytes = s->told->counted_bytes[0];
	s->told->counted_bytes[0] = s->told->counted_bytes[1];
	s->told->counted_bytes[1] = bytes;
}

void session_swap(struct session *s)
{
	struct end end = s->end[0];
	uint32_t id = s->id[0];
	struct mark established = s->established[0];
	uint64_t packets = s->counters.data_packets[0];
	uint64_t octets = s->counters.data_bytes[0];

	s->end[0] = s->end[1];
	s->end[1] = end;
	s->id[0] = s->id[1];
	s->id[1] = id;
	told_turn(s);
	s->established[0] = s->established[1];
	s->established[1] = established;
	if (s->cdn)
		s->cdn->from = (uint8_t)(1 - s->cdn->from);
	seen_turn(s->seen);
	s->lac_end = (uint8_t)(1 - s->lac_end);
	link_swap(&s->ppp);
	s->counters.data_packets[0] = s->counters.data_packets[1];
	s->counters.data_packets[1] = packets;
	s->counters.data_bytes[0] = s->counters.data_bytes[1];
	s->counters.data_bytes[1] = octets;
}

/* What a console calls its ends is known of a capture's session, too. */
static void join_console(struct arena *arena, struct live_session *a,
			 const struct console_session *b)
{
	if (!b->interface[LAC].len && !b->interface[LNS].len)
		return;
	if (!a->console)
		a->console = arena_alloc(arena, sizeof(*a->console));
	for (int i = 0; a->console && i < 2; i++)
		fill_str(&a->console->interface[i], b->interface[i]);
}

/* `at` tells whose own view b is: at[LAC], at[LNS]. */
void session_join(struct arena *arena, const struct report *r, struct session *a, struct session *b,
		  const bool at[2])
{
	struct session **tail = &a->joined;

	if (a->lac_end != b->lac_end) {
		if (!a->roles_known && (b->roles_known || b->roles_inferred))
			session_swap(a);
		else
			session_swap(b);
	}
	a->roles_known |= b->roles_known;
	a->roles_inferred |= b->roles_inferred;
	if (a->direction == DIRECTION_UNKNOWN)
		a->direction = b->direction;
	for (int i = 0; i < 2; i++) {
		end_join(&a->end[i], &b->end[i], at[i]);
		if (!a->id[i])
			a->id[i] = b->id[i];
		if (!a->connect_speed[i])
			a->connect_speed[i] = b->connect_speed[i];
		if (at[i] && b->established[i].is_set &&
		    moment_known(mark_when(&b->established[i])))
			a->established[i] = b->established[i];
		fill_mark(&a->established[i], &b->established[i]);
	}
	join_seen(arena, r, &a->seen, b->seen);
	if (b->cdn)
		join_ending(r, session_cdn_make(arena, a), b->cdn);
	if (b->told)
		told_join(r, session_told_make(arena, a), b->told);
	join_console(arena, live_session(a), session_console(b));
	if (!a->has_serial && b->has_serial) {
		a->has_serial = true;
		a->serial = b->serial;
	}
	fill_str(&a->calling, b->calling);
	fill_str(&a->called, b->called);
	fill_str(&a->proxy_name, b->proxy_name);
	if (!a->proxy_type)
		a->proxy_type = b->proxy_type;
	link_join(arena, r, &a->ppp, &b->ppp, at);
	join_counters(&a->counters, &b->counters, a->seen);
	fill_first(r, &a->first, &b->first);
	fill_last(r, &a->last, &b->last);
	a->was_there = a->was_there && b->was_there;
	a->is_holey = a->is_holey && b->is_holey;
	join_verdicts(&a->verdicts, b->verdicts);
	b->verdicts = NULL;
	join_defects(&a->defects, b->defects);
	b->defects = NULL;
	observed_join(&a->observed, &b->observed, r != NULL); /* NULL: two halves of one view */
	while (*tail)
		tail = &(*tail)->joined;
	*tail = b;
}

/* Seconds between the spans of two sessions; 0 when they overlap or a time is unknown. */
static double apart(const struct report *r, const struct session *a, const struct session *b)
{
	double gap;

	if (mark_gap(r, &a->last, &b->first, &gap) && gap > 0)
		return gap;
	if (mark_gap(r, &b->last, &a->first, &gap) && gap > 0)
		return gap;
	return 0;
}

bool tunnel_is_faceless(const struct tunnel *t)
{
	const struct session *s = t->sessions;

	return !t->peer[0].tunnel_id && !t->peer[1].tunnel_id && s && !s->next && !s->id[LAC] &&
	       !s->id[LNS] && s->ppp.first.is_set;
}

bool session_shares_pppd(const struct session *a, const struct session *b)
{
	for (const struct session *x = a; x; x = x->joined)
		for (const struct session *y = b; y; y = y->joined)
			if (session_told(x)->pppd.len &&
			    str_equal(session_told(x)->pppd, session_told(y)->pppd))
				return true;
	return false;
}

static bool same_session(const struct report *r, const struct session *a, const struct session *b)
{
	int equal = 0;

	for (const struct session *j = a; j; j = j->joined)
		if (j->vantage == b->vantage)
			return false;
	if (a->has_serial && b->has_serial && a->serial != b->serial)
		return false;
	for (unsigned e = 0; e < 2; e++) {
		uint32_t x = session_id_of_end(a, e), y = session_id_of_end(b, e);

		if (x && y && x != y)
			return false;
		equal += x && x == y;
	}
	if (!equal && tunnel_is_faceless(b->tunnel))
		return link_fits(&a->ppp, &b->ppp) || session_shares_pppd(a, b);
	/* ids are used again; the same call is at the same time, but for a slow clock */
	return equal > 0 && apart(r, a, b) < 5;
}

/* Of `b`, known only by its PPP: the session of `a` that is the same link. */
static struct session *session_by_link(const struct joining *j, const struct tunnel *a,
				       const struct session *b)
{
	for (size_t i = 0; i < j->n_links; i++) {
		const struct link_pair *p = &j->links[i];
		struct session *s = redirected(
			j->moved, redirected(j->moved, p->of_a) == b ? p->of_b : p->of_a);

		if (s->tunnel == a && same_session(j->r, s, b))
			return s;
	}
	return NULL;
}

static uint32_t session_by_ids(const struct report *r, const struct sessions *of_a,
			       const struct session *b)
{
	uint32_t i = sessions_like(of_a, b, 0);

	while (i != NO_PLACE && !same_session(r, of_a->at[i], b))
		i = sessions_like(of_a, b, i + 1);
	return i;
}

static bool is_of_one_vantage(const struct tunnel *t)
{
	for (const struct session *s = t->sessions; s; s = session_after(s))
		if (s->vantage != t->sessions->vantage)
			return false;
	return true;
}

static void sessions_join(struct joining *j, struct session *a, struct session *b,
			  const bool at_end[2])
{
	bool at[2];

	at[LAC] = at_end[b->lac_end];
	at[LNS] = at_end[1 - b->lac_end];
	session_join(j->r->arena, j->r, a, b, at);
	redirects_set(j->moved, b, a);
}

static void session_append(struct tunnel *t, struct session *last, struct session *s)
{
	s->tunnel = t;
	if (last)
		last->next = s;
	else
		t->sessions = s;
}

static void join_sessions(struct joining *j, struct tunnel *a, struct tunnel *b,
			  const bool at_end[2])
{
	bool is_pure = is_of_one_vantage(b);
	struct sessions of_a = sessions_of(a);
	struct session *next;

	for (struct session *s = b->sessions; s; s = next) {
		uint32_t i = session_by_ids(j->r, &of_a, s);

		next = session_after(s);
		s->next = NULL;
		if (i == NO_PLACE) {
			session_append(a, of_a.n ? of_a.at[of_a.n - 1] : NULL, s);
			sessions_add(&of_a, s);
			continue;
		}
		sessions_join(j, of_a.at[i], s, at_end);
		if (is_pure) /* one of each vantage point: it can take no other */
			by_ids_drop(of_a.ids, i);
		else
			sessions_learn(&of_a, i);
	}
	a->n_sessions = larger(a->n_sessions, of_a.n);
	sessions_free(&of_a);
}

/* A message that one view saw acknowledged was not lost for good. */
static void join_unanswered(struct unanswered *a, const struct unanswered *b, bool b_is_sender)
{
	/* whose packets were seen tells more than a console's word that it gave up */
	bool is_better = a->is_given_up != b->is_given_up
				 ? a->is_given_up
				 : b_is_sender && moment_known(mark_when(&b->first));

	if (b->is_set && (!a->is_set || is_better))
		*a = *b;
}

/* Of many links one tunnel may become, so nobody walks to the end of its list each time. */
static void append_joined(struct joining *j, struct tunnel *a, struct tunnel *b)
{
	struct tunnel *last = redirects_of(&j->lasts, a), *end = redirects_of(&j->lasts, b);

	for (last = last ? last : a; last->joined; last = last->joined)
		;
	last->joined = b;
	redirects_set(&j->lasts, a, end ? end : b);
}

static void tunnel_ends_join(struct tunnel *a, struct tunnel *b, const bool at_end[2])
{
	for (int i = 0; i < 2; i++) {
		bool own = at_end[i] && !a->peer[i].is_text_source;

		join_peer(&a->peer[i], &b->peer[i], own);
		end_join(&a->end[i], &b->end[i], own);
		if (!a->way[i].is_started)
			a->way[i] = b->way[i];
		if (own && b->established[i].is_set && moment_known(mark_when(&b->established[i])))
			a->established[i] = b->established[i];
		fill_mark(&a->established[i], &b->established[i]);
		fill_mark(&a->claimed_auth[i], &b->claimed_auth[i]);
		fill_mark(&a->claimed_auth_failed[i], &b->claimed_auth_failed[i]);
		fill_mark(&a->claimed_no_secret[i], &b->claimed_no_secret[i]);
		fill_mark(&a->claimed_stranger[i], &b->claimed_stranger[i]);
	}
}

static void fill_move(struct move *to, const struct move *from)
{
	if (!to->count)
		*to = *from;
}

bool tunnel_join(struct joining *j, struct tunnel *a, struct tunnel *b)
{
	struct report *r = j->r;
	bool is_faceless = tunnel_is_faceless(b);
	struct session *same = is_faceless ? session_by_link(j, a, b->sessions) : NULL;
	bool at_end[2] = {b->peer[0].is_text_source && !is_faceless,
			  b->peer[1].is_text_source && !is_faceless};

	if (is_faceless && !same)
		return false;
	tunnel_ends_join(a, b, at_end);
	a->roles_known |= b->roles_known;
	if (!a->version)
		a->version = b->version;
	join_seen(r->arena, r, &a->seen, b->seen);
	join_ending(r, &a->stopccn, &b->stopccn);
	fill_first(r, &a->first, &b->first);
	fill_last(r, &a->last, &b->last);
	for (int i = 0; i < 2; i++) {
		fill_last(r, &a->heard[i], &b->heard[i]);
		fill_move(&a->port_move[i], &b->port_move[i]);
		fill_move(&a->address_move[i], &b->address_move[i]);
	}
	a->was_there = a->was_there && b->was_there;
	a->is_holey = a->is_holey && b->is_holey;
	a->hole = (struct mark){0};
	join_unanswered(&a->unanswered, &b->unanswered,
			b->unanswered.is_set && at_end[b->unanswered.from & 1]);
	if (!a->unsent || (b->unsent && mark_before(r, &b->unsent->first, &a->unsent->first)))
		a->unsent = b->unsent;
	tunnel_fill_icmp(a, b);
	join_counters(&a->counters, &b->counters, a->seen);
	a->hellos = larger(a->hellos, b->hellos);
	if (a->round_trip_s < 0)
		a->round_trip_s = b->round_trip_s;
	if (a->auth_result == RESULT_UNKNOWN)
		a->auth_result = b->auth_result;
	a->auth_used |= b->auth_used;
	join_verdicts(&a->verdicts, b->verdicts);
	b->verdicts = NULL;
	join_defects(&a->defects, b->defects);
	b->defects = NULL;
	observed_join(&a->observed, &b->observed, true);
	if (is_faceless)
		sessions_join(j, same, b->sessions, at_end);
	else
		join_sessions(j, a, b, at_end);
	b->sessions = NULL;
	redirects_set(j->moved, b, a);
	append_joined(j, a, b);
	return true;
}

void tunnel_fill_icmp(struct tunnel *t, const struct tunnel *other)
{
	if (t->icmp.is_set || !other->icmp.is_set)
		return;
	t->icmp = other->icmp;
	t->icmp_type = other->icmp_type;
	t->icmp_code = other->icmp_code;
	t->icmp_about = other->icmp_about;
}

static void move_swap(struct move move[2])
{
	struct move first = move[0];

	move[0] = move[1];
	move[1] = first;
}

static void turn(uint8_t *end)
{
	*end = (uint8_t)(1 - *end);
}

void tunnel_swap(struct tunnel *t)
{
	struct peer peer = t->peer[0];
	struct end end = t->end[0];
	struct channel way = t->way[0];
	uint32_t link_id = t->link_id[0];

	t->peer[0] = t->peer[1];
	t->peer[1] = peer;
	t->link_id[0] = t->link_id[1];
	t->link_id[1] = link_id;
	t->end[0] = t->end[1];
	t->end[1] = end;
	t->way[0] = t->way[1];
	t->way[1] = way;
	mark_swap(t->heard);
	mark_swap(t->established);
	mark_swap(t->claimed_auth);
	mark_swap(t->claimed_auth_failed);
	mark_swap(t->claimed_no_secret);
	mark_swap(t->claimed_stranger);
	move_swap(t->port_move);
	move_swap(t->address_move);
	turn(&t->stopccn.from);
	turn(&t->stopped_at);
	turn(&t->icmp_about);
	turn(&t->unanswered.from);
	if (t->unsent)
		turn(&t->unsent->from);
	seen_turn(t->seen);
	for (struct session *s = t->sessions; s; s = session_after(s)) {
		turn(&s->lac_end);
		if (s->told)
			turn(&s->told->cleared.from);
	}
}
