#include "ladder.h"

#include <inttypes.h>
#include <stdlib.h>

#include "ladder_party.h"
#include "legs.h"
#include "message.h"
#include "radius_join.h"
#include "timeline.h"

/* A ladder while it is made: rows hold drafts of parties, which party_finish() orders. */
struct draft {
	struct run *run;
	const struct ladder_choice *choice;
	struct step *const *steps;
	size_t n_steps;
	struct ladder *ladder;
	struct party_list parties;
	size_t room;
	bool *calls;     /* by number: something of it is shown */
	size_t *last_of; /* by number: its last row + 1; [0]: of no call */
	bool *has_data;  /* by number: its payload has a row */
	struct moment before;
	struct text words;
};

/* ---- what is shown ---- */

static bool asks_of(const struct radius_exchange *x, const struct event *e)
{
	bool is_request = e->neighbour.code == x->code;
	const struct party *nas = is_request ? &e->from : &e->to;
	const struct party *server = is_request ? &e->to : &e->from;
	const struct mark *last = x->answered.is_set ? &x->answered : &x->last;

	return e->neighbour.id == x->id && address_equal(&nas->address, &x->client) &&
	       address_equal(&server->address, &x->server) && e->number >= x->asked.number &&
	       e->number <= last->number;
}

/* RADIUS about the chosen call stands in no session: its exchange tells. */
static bool asks_about_chosen(const struct draft *d, const struct step *s)
{
	uint64_t call = d->run->options->call;

	if (s->event->kind != EVENT_RADIUS)
		return false;
	if (d->choice != NULL && d->choice->call != NULL)
		return d->choice->call->radius != NULL &&
		       asks_of(d->choice->call->radius, s->event);
	if (call == 0)
		return false;
	for (const struct call *c = d->run->report->calls; c != NULL; c = c->next) {
		if (c->number == call && c->radius != NULL && asks_of(c->radius, s->event))
			return true;
	}
	return false;
}

static bool is_chosen(struct draft *d, const struct step *s)
{
	const struct ladder_choice *choice = d->choice;
	const struct call *c = step_call(s);
	const struct tunnel *t = step_tunnel(s);

	if (asks_about_chosen(d, s))
		return !s->is_second_sight;
	if (choice == NULL)
		return run_shows_step(d->run, s);
	if (s->is_second_sight)
		return false;
	if (choice->tunnel != NULL)
		return t == choice->tunnel;
	if (c != NULL)
		return c->number == choice->call->number;
	return t != NULL && choice->call != NULL && call_uses_tunnel(choice->call, t);
}

/* Speech that shows something happening, not every line a router prints. */
static bool is_drawn_speech(enum topic t)
{
	switch (t) {
	case SAID_PPP_PHASE:
	case SAID_LOOKUP:
	case SAID_FORWARDED:
	case SAID_CLONED:
	case SAID_LINK:
	case SAID_ISDN_CONNECT:
	case SAID_ISDN_DISCONNECT:
	case SAID_DIAL:
	case SAID_RADIUS:
	case SAID_ROUTE:
	case SAID_LCP_FORCED:
	case SAID_PPP_DISCONNECT:
	case SAID_RETRANSMIT:
		return true;
	default:
		return false;
	}
}

static bool has_findings(const struct run *r, const struct step *s)
{
	const struct evidence_at *at;

	for (; s != NULL; s = s->seen_also) {
		if (run_findings_at(r, s->event->number, &at) > 0)
			return true;
	}
	return false;
}

/* A ZLB or ACK only acknowledges: the story is told without it, unless it moves a state or is
 * wrong. */
static bool is_drawn(const struct run *r, const struct step *s)
{
	const struct event *e = s->event;

	if (s->n_changes > 0 || has_findings(r, s))
		return e->kind != EVENT_OTHER;
	if (e->kind == EVENT_SAID)
		return is_drawn_speech(e->said.topic);
	if (e->kind == EVENT_OTHER)
		return false;
	return !(e->kind == EVENT_CONTROL &&
		 (e->control.message == ZLB || e->control.message == ACK));
}

/* ---- words ---- */

struct str ladder_clip(struct arena *a, struct str s, size_t most)
{
	if (s.len <= most)
		return arena_str(a, s);
	s.len = most;
	while (s.len > 0 && ((unsigned char)s.at[s.len] & 0xc0) == 0x80)
		s.len--;
	return arena_printf(a, "%.*s…", STR_ARG(s));
}

static struct str take_words(struct draft *d)
{
	struct str s = str_trim(text_str(&d->words));

	s = ladder_clip(d->ladder->arena, s, LIMIT_LADDER_TEXT);
	text_clear(&d->words);
	return s;
}

static struct str message_of(struct draft *d, const struct step *s)
{
	if (s->event->kind != EVENT_SAID)
		message_name(&d->words, s->event);
	return take_words(d);
}

static struct str detail_of(struct draft *d, const struct step *s)
{
	bool show_secrets = d->run->options->show_secrets;

	if (s->event->kind != EVENT_DATA)
		message_detail(&d->words, step_fullest(s), false, show_secrets);
	if (s->delivery == DELIVERY_ACK)
		message_acknowledges(&d->words, s);
	return take_words(d);
}

static void remark(struct draft *d, const char *words)
{
	if (d->words.len > 0)
		text_puts(&d->words, ", ");
	text_puts(&d->words, words);
}

static struct str remark_of(struct draft *d, const struct step *s)
{
	const char *delivery = timeline_delivery(s);

	if (delivery != NULL)
		remark(d, delivery);
	if (s->event->is_virtual)
		remark(d, "forced, not on the wire");
	if (s->unseen_at != NULL) {
		remark(d, "never seen at ");
		text_escape(&d->words, d->run->names[s->unseen_at->input]);
	}
	return take_words(d);
}

static struct str origin_of(struct draft *d, const struct event *e)
{
	const struct origin *o = &e->origin;
	struct mark m = {.is_set = true, .input = o->input, .frame = o->frame, .line = o->line};
	struct subject s = {.input_names = d->run->names, .n_inputs = d->run->n_inputs};

	mark_print(&d->words, &s, &m);
	return take_words(d);
}

static struct str time_of(struct draft *d, const char *format, struct moment now)
{
	when_print(&d->words, format, now, d->before, d->run->report->earliest);
	return take_words(d);
}

/* ---- states and findings ---- */

static void add_states(struct draft *d, struct ladder_row *row, const struct step *s)
{
	row->states = arena_array(d->ladder->arena, s->n_changes, sizeof(*row->states));
	for (size_t i = 0; row->states != NULL && i < s->n_changes; i++) {
		const struct state_change *c = &s->changes[i];
		size_t party = party_of_role(&d->parties, s, c->who);

		message_change(&d->words, c);
		row->states[row->n_states++] = (struct ladder_state){
			.party = party == NO_PARTY ? row->from : party,
			.machine = c->machine,
			.protocol = c->protocol,
			.before = c->before,
			.after = c->after,
			.is_inferred = c->is_inferred,
			.text = take_words(d),
		};
	}
}

static bool is_noted(const struct ladder_row *row, const struct finding *f)
{
	for (size_t i = 0; i < row->n_notes; i++) {
		if (row->notes[i].finding->rule == f->rule)
			return true;
	}
	return false;
}

static struct ladder_note note_of(struct draft *d, const struct finding *f, uint64_t event)
{
	struct str words = f->text.len > 0 ? f->text : str_of(f->rule->title);

	term_untrusted(&d->words, words, d->run->options->show_secrets);
	return (struct ladder_note){
		.finding = f,
		.is_first = f->n_evidence == 0 || f->evidence[0].number == event,
		.text = take_words(d),
	};
}

/* A rule once in a row, however many copies are folded into it. */
static void add_notes_at(struct draft *d, struct ladder_row *row, uint64_t event)
{
	const struct evidence_at *at;
	size_t n = run_findings_at(d->run, event, &at);
	struct ladder_note *notes;

	if (n == 0)
		return;
	notes = arena_array(d->ladder->arena, row->n_notes + n, sizeof(*notes));
	if (notes == NULL)
		return;
	for (size_t i = 0; i < row->n_notes; i++)
		notes[i] = row->notes[i];
	row->notes = notes;
	for (size_t i = 0; i < n; i++) {
		if (!is_noted(row, at[i].finding))
			row->notes[row->n_notes++] = note_of(d, at[i].finding, event);
	}
}

static void add_notes(struct draft *d, struct ladder_row *row, const struct step *s)
{
	for (; s != NULL; s = s->seen_also)
		add_notes_at(d, row, s->event->number);
}

/* ---- folding ---- */

static bool is_alive(const struct event *e)
{
	if (e->kind == EVENT_CONTROL)
		return e->control.message == HELLO;
	return e->kind == EVENT_PPP && e->ppp.protocol == PPP_LCP &&
	       (e->ppp.code == CP_ECHOREQ || e->ppp.code == CP_ECHOREP);
}

static enum ladder_kind kind_of(const struct step *s, size_t from, size_t to)
{
	const struct event *e = s->event;

	if (e->kind == EVENT_DATA)
		return LADDER_DATA;
	if (from == to)
		return LADDER_SAID;
	return s->n_changes == 0 && is_alive(e) ? LADDER_ALIVE : LADDER_MESSAGE;
}

static bool is_copy(const struct step *first, const struct step *s)
{
	const struct event *a = first->event, *b = s->event;

	if (a->kind != b->kind || s->n_changes > 0 || step_tunnel(first) != step_tunnel(s))
		return false;
	if (a->kind == EVENT_CONTROL)
		return a->control.message == b->control.message && a->l2tp.has_sequence &&
		       b->l2tp.has_sequence && a->l2tp.ns == b->l2tp.ns &&
		       s->delivery != DELIVERY_NEW && s->delivery != DELIVERY_ACK;
	return true;
}

/* What came last of a call, or of no call. */
static size_t *last_of(const struct draft *d, const struct step *s)
{
	const struct call *c = step_call(s);

	return &d->last_of[c == NULL || c->number > d->run->report->n_calls ? 0 : c->number];
}

static bool joins(const struct ladder_row *row, size_t from, size_t to)
{
	return (row->from == from && row->to == to) || (row->from == to && row->to == from);
}

/* The last row of its call, when the step is more of the same: what other calls did meanwhile
 * does not matter. */
static struct ladder_row *folds_into(struct draft *d, const struct step *s, size_t from, size_t to,
				     enum ladder_kind kind)
{
	size_t place = *last_of(d, s);
	struct ladder_row *last = place == 0 ? NULL : &d->ladder->rows[place - 1];
	bool is_same;

	if (last == NULL || last->kind != kind)
		return NULL;
	if (kind == LADDER_DATA || kind == LADDER_ALIVE)
		return joins(last, from, to) ? last : NULL;
	if (last->from != from || last->to != to || !is_copy(last->step, s))
		return NULL;
	if (s->event->kind == EVENT_CONTROL)
		return last;
	is_same = str_equal(last->message, message_of(d, s));
	return is_same && str_equal(last->detail, detail_of(d, s)) ? last : NULL;
}

static void count(struct ladder_row *row, const struct step *s, size_t from)
{
	int way = row->from == from ? 0 : 1;

	row->packets[way]++;
	if (s->event->kind == EVENT_DATA)
		row->octets[way] += s->event->data.length;
}

static void fold(struct draft *d, struct ladder_row *row, const struct step *s, size_t from)
{
	struct moment now = run_step_time(d->run, s);

	if (row->kind == LADDER_MESSAGE && moment_comparable(now, row->last) &&
	    row->n_waits < LADDER_WAITS)
		row->waits[row->n_waits++] = (double)moment_minus(now, row->last) / 1e9;
	row->copies++;
	row->last = now;
	row->is_unseen = row->is_unseen && s->unseen_at != NULL;
	count(row, s, from);
	if (row->kind == LADDER_DATA || row->kind == LADDER_ALIVE) {
		row->detail = (struct str){0};
		if (!str_equal(row->message, message_of(d, s)))
			row->message = row->kind == LADDER_DATA ? STR("data") : STR("keepalives");
	}
	add_notes(d, row, s);
}

/* ---- rows ---- */

static struct ladder_row *new_row(struct draft *d)
{
	struct ladder *l = d->ladder;

	if (l->n_rows == LIMIT_LADDER_ROWS || arena_is_full(l->arena)) {
		l->left_out++;
		return NULL;
	}
	if (l->n_rows == d->room) {
		d->room = d->room == 0 ? 64 : 2 * d->room;
		l->rows = must_grow(l->rows, d->room, sizeof(*l->rows));
	}
	return &l->rows[l->n_rows++];
}

/* Everything of a row that its first message gives. */
static void begin_row(struct draft *d, struct ladder_row *row, const struct step *s)
{
	const struct call *c = step_call(s);
	const struct tunnel *t = step_tunnel(s);

	row->when = run_step_time(d->run, s);
	row->last = row->when;
	row->time = time_of(d, d->run->options->time, row->when);
	if (moment_comparable(row->when, d->before))
		row->delta = time_of(d, "d", row->when);
	d->before = row->when;
	row->copies = 1;
	row->call = c == NULL ? 0 : c->number;
	row->tunnel = t == NULL ? 0 : t->number;
	row->event = s->event->number;
	row->step = s;
	row->origin = origin_of(d, s->event);
	count(row, s, row->from);
}

static void add_step(struct draft *d, const struct step *s)
{
	size_t from, to;
	enum ladder_kind kind;
	struct ladder_row *row;

	if (!party_find(&d->parties, d->run, s, &from, &to))
		return;
	kind = kind_of(s, from, to);
	row = folds_into(d, s, from, to, kind);
	if (row != NULL) {
		fold(d, row, s, from);
		return;
	}
	row = new_row(d);
	if (row == NULL)
		return;
	*row = (struct ladder_row){.kind = kind, .from = from, .to = to};
	*last_of(d, s) = d->ladder->n_rows;
	begin_row(d, row, s);
	row->message = message_of(d, s);
	row->detail = detail_of(d, s);
	row->remark = remark_of(d, s);
	row->is_unseen = s->unseen_at != NULL;
	add_states(d, row, s);
	add_notes(d, row, s);
}

/* ---- a digest: one row a call ---- */

static void describe_call(struct draft *d, struct ladder_row *row, const struct call *c)
{
	struct text *t = &d->words;

	text_printf(t, "call %" PRIu64, c->number);
	row->message = take_words(d);
	text_escape(t, c->user);
	text_printf(t, "%s%s", t->len > 0 ? " " : "", outcome_name(c->outcome));
	if (c->cause != NULL)
		text_printf(t, ", %s", c->cause);
	if (c->setup_s >= 0)
		text_printf(t, ", setup %.3f s", c->setup_s);
	if (c->duration_s >= 0)
		text_printf(t, ", lasted %.3f s", c->duration_s);
	row->detail = take_words(d);
}

static void add_to_call(struct draft *d, const struct step *s, const struct call *c)
{
	size_t *place = &d->last_of[c->number];
	struct ladder_row *row;
	size_t from, to;

	if (*place != 0) {
		row = &d->ladder->rows[*place - 1];
		row->copies++;
		row->last = run_step_time(d->run, s);
		add_notes(d, row, s);
		return;
	}
	from = party_of_role(&d->parties, s, ROLE_LAC);
	to = party_of_role(&d->parties, s, ROLE_LNS);
	row = from == NO_PARTY || to == NO_PARTY ? NULL : new_row(d);
	if (row == NULL)
		return;
	*row = (struct ladder_row){.kind = LADDER_CALL, .from = from, .to = to};
	*place = d->ladder->n_rows;
	begin_row(d, row, s);
	describe_call(d, row, c->whole != NULL ? c->whole : c);
	add_notes(d, row, s);
}

/* ---- payload ---- */

/* Payload is counted, not kept (event.h): it stands where the call has come up, as one row, from
 * the caller, or of a pseudowire from the LAC, to the far end. */
static void add_payload(struct draft *d, const struct step *s, const struct call *c)
{
	const uint64_t *packets = c->counters.data_packets;
	struct ladder_row *row;
	size_t from = party_of_role(&d->parties, s,
				    c->ipv4.family != 0 || c->reached >= REACHED_LCP ? ROLE_CLIENT
										     : ROLE_LAC);
	size_t to = party_of_far_end(&d->parties, s);

	d->has_data[c->number] = true;
	row = from == NO_PARTY || to == NO_PARTY || from == to ? NULL : new_row(d);
	if (row == NULL)
		return;
	*row = (struct ladder_row){.kind = LADDER_DATA, .from = from, .to = to};
	begin_row(d, row, s);
	row->delta = (struct str){0};
	row->message = STR("data");
	row->copies = packets[0] + packets[1];
	for (int way = 0; way < 2; way++) {
		row->packets[way] = packets[way];
		row->octets[way] = c->counters.data_bytes[way];
	}
}

/* The call has come up with this message, or was up before the first one. */
static bool is_up_by(const struct call *c, const struct step *s)
{
	if (!c->connected.is_set)
		return true;
	for (; s != NULL; s = s->seen_also) {
		if (s->event->number >= c->connected.number)
			return true;
	}
	return false;
}

static void take_payload(struct draft *d, const struct step *s)
{
	const struct call *c = step_call(s);

	if (c != NULL && c->whole != NULL)
		c = c->whole;
	if (c == NULL || c->number > d->run->report->n_calls || d->has_data[c->number] ||
	    d->ladder->is_digest || !is_up_by(c, s))
		return;
	if (c->counters.data_packets[0] + c->counters.data_packets[1] > 0)
		add_payload(d, s, c);
}

/* ---- the whole ---- */

static void take_step(struct draft *d, const struct step *s)
{
	const struct call *c = step_call(s);

	if (!is_drawn(d->run, s))
		return;
	if (d->ladder->is_digest && c != NULL && c->number <= d->run->report->n_calls)
		add_to_call(d, s, c);
	else
		add_step(d, s);
}

/* How many calls are to be shown decides how. */
static void count_calls(struct draft *d)
{
	const struct report *report = d->run->report;

	for (size_t i = 0; i < d->n_steps; i++) {
		const struct call *c = step_call(d->steps[i]);

		if (c == NULL || c->number > report->n_calls || d->calls[c->number] ||
		    !is_chosen(d, d->steps[i]))
			continue;
		d->calls[c->number] = true;
		d->ladder->n_calls++;
	}
	d->ladder->is_digest = d->ladder->n_calls > LIMIT_LADDER_CALLS;
	d->parties.shares_clients = d->ladder->n_calls > LIMIT_LADDER_CLIENTS;
}

static void place_parties(struct draft *d)
{
	size_t place[LIMIT_LADDER_PARTIES] = {0};
	struct ladder *l = d->ladder;

	party_finish(&d->parties, l, place);
	for (size_t i = 0; i < l->n_rows; i++) {
		struct ladder_row *row = &l->rows[i];

		row->from = place[row->from];
		row->to = place[row->to];
		for (size_t k = 0; k < row->n_states; k++)
			row->states[k].party = place[row->states[k].party];
	}
}

static bool is_about(const struct draft *d, const struct finding *f)
{
	if (f->call != NULL)
		return f->call->number <= d->run->report->n_calls && d->calls[f->call->number];
	if (d->choice == NULL)
		return run_shows_finding(d->run, f);
	if (d->choice->tunnel != NULL)
		return f->tunnel == d->choice->tunnel;
	return f->tunnel != NULL && d->choice->call != NULL &&
	       call_uses_tunnel(d->choice->call, f->tunnel);
}

static bool has_message(const struct run *r, const struct finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		if (run_step_of(r, f->evidence[i].number) != NULL)
			return true;
	}
	return false;
}

static void add_loose_notes(struct draft *d)
{
	struct ladder *l = d->ladder;
	const struct report *report = d->run->report;

	l->notes = arena_array(l->arena, report->n_findings, sizeof(*l->notes));
	if (l->notes == NULL)
		return;
	for (const struct finding *f = report->findings; f != NULL; f = f->next) {
		if (l->n_notes < report->n_findings && !has_message(d->run, f) && is_about(d, f))
			l->notes[l->n_notes++] = note_of(d, f, 0);
	}
}

struct ladder *ladder_make(struct run *r, const struct ladder_choice *choice)
{
	struct ladder *l = must_alloc(1, sizeof(*l));
	size_t n = r->report->n_calls + 1;
	bool has_steps = choice != NULL && choice->steps != NULL;
	struct draft d = {
		.run = r,
		.choice = choice,
		.steps = has_steps ? choice->steps : r->report->steps,
		.n_steps = has_steps ? choice->n_steps : r->report->n_steps,
		.ladder = l,
		.calls = must_alloc(n, sizeof(*d.calls)),
		.last_of = must_alloc(n, sizeof(*d.last_of)),
		.has_data = must_alloc(n, sizeof(*d.has_data)),
		.words = text_make(LIMIT_OUTPUT_LINE),
	};

	*l = (struct ladder){.arena = arena_new(LIMIT_LADDER)};
	memset(d.calls, 0, n * sizeof(*d.calls));
	memset(d.last_of, 0, n * sizeof(*d.last_of));
	memset(d.has_data, 0, n * sizeof(*d.has_data));
	party_learn(&d.parties, r->report);
	count_calls(&d);
	for (size_t i = 0; i < d.n_steps; i++) {
		if (!is_chosen(&d, d.steps[i]))
			continue;
		take_step(&d, d.steps[i]);
		take_payload(&d, d.steps[i]);
	}
	place_parties(&d);
	add_loose_notes(&d);
	free(d.calls);
	free(d.last_of);
	free(d.has_data);
	text_free(&d.words);
	return l;
}

void ladder_free(struct ladder *l)
{
	if (l == NULL)
		return;
	free(l->rows);
	arena_free(l->arena);
	free(l);
}

/* ---- folded rows in words ---- */

static void both_ways(struct text *t, const struct ladder_row *row)
{
	static const char *const arrows[] = {"←", "→"};
	size_t start = t->len;

	for (int way = 0; way < 2; way++) {
		bool goes_right = (row->from <= row->to) == (way == 0);

		if (row->packets[way] == 0)
			continue;
		text_printf(t, "%s%s %" PRIu64, t->len > start ? "; " : "", arrows[goes_right],
			    row->packets[way]);
		if (row->kind == LADDER_DATA)
			text_printf(t, " packet%s, %" PRIu64 " octets",
				    row->packets[way] == 1 ? "" : "s", row->octets[way]);
	}
}

static void again_after(struct text *t, const struct ladder_row *row)
{
	text_printf(t, "×%" PRIu64, row->copies);
	for (size_t i = 0; i < row->n_waits; i++)
		text_printf(t, "%s%.3f", i == 0 ? ", again after " : ", ", row->waits[i]);
	if (row->n_waits > 0)
		text_puts(t, row->n_waits + 1 < row->copies ? " s …" : " s");
}

void ladder_folded(struct text *t, const struct ladder_row *row)
{
	switch (row->kind) {
	case LADDER_DATA:
		both_ways(t, row);
		return;
	case LADDER_ALIVE:
		if (row->copies > 1)
			both_ways(t, row);
		return;
	case LADDER_CALL:
		text_printf(t, "%" PRIu64 " messages", row->copies);
		return;
	case LADDER_MESSAGE:
	case LADDER_SAID:
		if (row->copies > 1)
			again_after(t, row);
		return;
	}
}
