#include "told.h"

#include <stdlib.h>

#include "limits.h"
#include "mark.h"
#include "spoken.h"
#include "told_copy.h"
#include "varint.h"

/* A call that was told. */
struct kept_call {
	struct call call; /* first */
	struct packed_places places;
	struct str counts; /* of its messages: which, how many, how many again; numbers as below */
	const struct call *alias; /* the leg whose session is the call's own, or NULL */
};

/* A tunnel that was told, or one that goes on while calls of it were told. */
struct kept_tunnel {
	struct tunnel tunnel; /* first */
	struct packed_places places;
};

/* What failed before a call, to be found by number when all is there. */
struct tried {
	struct tried *next;
	struct call *call;
	uint64_t number;
	bool is_tunnel;
};

/* By number; those that were not told are NULL. */
struct table {
	void **at;
	size_t room;
	uint64_t last;
	size_t n;
};

/* A type of message that calls count. */
enum { COUNTED_ROWS = 256 };

struct told {
	struct copier copier;
	struct table calls, tunnels;
	struct finding *findings, **findings_end;
	size_t n_findings;
	struct tried *tried, **tried_end;
	struct stats_counted rows[COUNTED_ROWS];
	size_t n_rows;
	struct text counts; /* that are being made */
	struct report report;
};

struct told *told_new(void)
{
	struct told *a = must_alloc(1, sizeof(*a));

	memset(a, 0, sizeof(*a));
	a->copier.arena = arena_new_spilled(LIMIT_REPLAY_ARENA, LIMIT_TOLD_MEMORY);
	a->findings_end = &a->findings;
	a->tried_end = &a->tried;
	a->counts = text_make(LIMIT_OUTPUT_LINE);
	return a;
}

void told_free(struct told *a)
{
	if (a == NULL)
		return;
	arena_free(a->copier.arena);
	text_free(&a->counts);
	free(a->calls.at);
	free(a->tunnels.at);
	free(a);
}

static void table_put(struct table *t, uint64_t number, void *what)
{
	if (number >= t->room) {
		size_t room = number + number / 2 + 256;

		t->at = must_grow(t->at, room, sizeof(*t->at));
		memset(t->at + t->room, 0, (room - t->room) * sizeof(*t->at));
		t->room = room;
	}
	t->n += t->at[number] == NULL;
	t->at[number] = what;
	t->last = number > t->last ? number : t->last;
}

static void *table_get(const struct table *t, uint64_t number)
{
	return number >= t->room ? NULL : t->at[number];
}

struct call *told_call(const struct told *a, uint64_t number)
{
	return table_get(&a->calls, number);
}

uint64_t told_last_call(const struct told *a)
{
	return a->calls.last;
}

size_t told_calls(const struct told *a)
{
	return a->calls.n;
}

const struct packed_places *told_places(const struct call *c)
{
	return c->is_told ? &((const struct kept_call *)c)->places : NULL;
}

const struct packed_places *told_tunnel_places(const struct tunnel *t)
{
	return t->is_told ? &((const struct kept_tunnel *)t)->places : NULL;
}

const struct call *told_alias(const struct call *c)
{
	return c->is_told ? ((const struct kept_call *)c)->alias : NULL;
}

void told_rest(const struct told *a)
{
	arena_rest(a->copier.arena);
}

/* While all are walked. */
static void rest_sometimes(const struct told *a, uint64_t i)
{
	if (i % TOLD_AT_ONCE == 0)
		told_rest(a);
}

/* ---- messages by type ---- */

static void put_number(struct text *t, uint64_t n)
{
	uint8_t octets[VARINT_ROOM];
	size_t len = varint_put(octets, n);

	text_add(t, (struct str){(const char *)octets, len});
}

/* The rows are few: found by walking. */
static size_t row_of(struct told *a, const struct stats_counted *c)
{
	size_t i = 0;

	while (i < a->n_rows &&
	       (a->rows[i].order != c->order || strcmp(a->rows[i].protocol, c->protocol) != 0 ||
		strcmp(a->rows[i].name, c->name) != 0))
		i++;
	if (i == a->n_rows && i < COUNTED_ROWS)
		a->rows[a->n_rows++] = *c;
	return i;
}

static void take_count(void *context, const struct stats_counted *c)
{
	struct told *a = context;
	size_t row = row_of(a, c);

	if (row == COUNTED_ROWS)
		return;
	put_number(&a->counts, row);
	put_number(&a->counts, c->n);
	put_number(&a->counts, c->again);
}

void told_each_message(const struct told *a, const struct call *c,
		       void (*take)(void *context, const struct stats_counted *c), void *context)
{
	struct str counts = ((const struct kept_call *)c)->counts;
	struct bytes rest = bytes_of((struct span){(const uint8_t *)counts.at, counts.len});

	while (rest.left > 0) {
		struct stats_counted one = a->rows[varint_take(&rest)];

		one.n = varint_take(&rest);
		one.again = varint_take(&rest);
		take(context, &one);
	}
}

/* ---- what is told ---- */

static struct tunnel *take_tunnel(struct told *a, const struct tunnel *from, bool is_told,
				  const struct told_source *s)
{
	struct kept_tunnel *t = table_get(&a->tunnels, from->number);

	if (t != NULL && !is_told)
		return &t->tunnel;
	if (t == NULL) {
		t = arena_alloc(a->copier.arena, sizeof(*t));
		if (t == NULL)
			return NULL;
		table_put(&a->tunnels, from->number, t);
	}
	copy_tunnel(&a->copier, &t->tunnel, from);
	t->tunnel.is_told = is_told;
	if (is_told)
		s->of_tunnel(s->context, from, a->copier.arena, &t->places);
	return &t->tunnel;
}

static struct kept_call *take_record(struct told *a, const struct call *from,
				     const struct told_source *s)
{
	struct kept_call *c = arena_alloc(a->copier.arena, sizeof(*c));

	if (c == NULL)
		return NULL;
	copy_call(&a->copier, &c->call, from);
	c->call.is_told = true;
	if (from->tunnel != NULL)
		c->call.tunnel = take_tunnel(a, from->tunnel, false, s);
	if (from->session != NULL && from->legs == NULL)
		s->of_session(s->context, from->session, a->copier.arena, &c->places);
	return c;
}

static void take_legs(struct told *a, struct kept_call *c, const struct call *from,
		      const struct told_source *s)
{
	struct call **tail = &c->call.legs;

	for (const struct call *leg = from->legs; leg != NULL; leg = leg->next_leg) {
		struct kept_call *copy = take_record(a, leg, s);

		if (copy == NULL)
			return;
		copy->call.whole = &c->call;
		if (leg->session == from->session)
			c->alias = &copy->call;
		*tail = &copy->call;
		tail = &copy->call.next_leg;
	}
}

static void take_tried(struct told *a, struct call *c, const struct call *from)
{
	for (const struct attempt *t = from->attempts; t != NULL; t = t->next) {
		struct tried *copy = arena_alloc(a->copier.arena, sizeof(*copy));

		if (copy == NULL)
			return;
		*copy = (struct tried){.call = c,
				       .number = t->call != NULL ? t->call->number
								 : t->tunnel->number,
				       .is_tunnel = t->call == NULL};
		*a->tried_end = copy;
		a->tried_end = &copy->next;
	}
}

static void take_call(struct told *a, const struct call *from, const struct told_source *s)
{
	struct kept_call *c = take_record(a, from, s);

	if (c == NULL)
		return;
	text_clear(&a->counts);
	stats_each_message(from, take_count, a);
	c->counts = copy_str(&a->copier, text_str(&a->counts));
	take_legs(a, c, from, s);
	take_tried(a, &c->call, from);
	table_put(&a->calls, from->number, c);
}

/* What a finding became. */
struct became {
	const struct finding *from;
	struct finding *to;
};

static int by_from(const void *a, const void *b)
{
	const char *x = (const char *)((const struct became *)a)->from;
	const char *y = (const char *)((const struct became *)b)->from;

	return (x > y) - (x < y);
}

static void link_finding(struct told *a, struct finding_link **at, struct finding *f)
{
	struct finding_link *link = arena_alloc(a->copier.arena, sizeof(*link));

	if (link == NULL)
		return;
	while (*at != NULL)
		at = &(*at)->next;
	link->finding = f;
	*at = link;
}

/* What spoken.h has of its evidence goes with the call. */
static const struct str *take_said(struct told *a, const struct report *told,
				   const struct finding *from)
{
	struct str *said = arena_array(a->copier.arena, from->n_evidence, sizeof(*said));

	for (size_t i = 0; said != NULL && i < from->n_evidence; i++)
		said[i] = copy_str(&a->copier, spoken_of(told, from, &from->evidence[i]));
	return said;
}

static struct finding *take_finding(struct told *a, const struct report *told,
				    const struct finding *from)
{
	struct finding *f = arena_alloc(a->copier.arena, sizeof(*f));
	struct call *c = from->call == NULL ? NULL : told_call(a, from->call->number);
	struct tunnel *t =
		from->tunnel == NULL ? NULL : table_get(&a->tunnels, from->tunnel->number);
	const struct str *said = take_said(a, told, from);

	if (f == NULL || said == NULL) /* its tunnel, a copy, has no words to ask for */
		return NULL;
	copy_finding(&a->copier, f, from,
		     c != NULL   ? c->cause_text
		     : t != NULL ? t->cause_text
				 : (struct str){0});
	f->said = said;
	f->call = c;
	f->tunnel = t;
	if (c != NULL || t != NULL)
		link_finding(a, c != NULL ? &c->findings : &t->findings, f);
	*a->findings_end = f;
	a->findings_end = &f->next;
	a->n_findings++;
	return f;
}

static void take_findings(struct told *a, const struct report *told)
{
	struct became *all = must_alloc(told->n_findings + 1, sizeof(*all));
	size_t n = 0;

	for (const struct finding *f = told->findings; f != NULL && n < told->n_findings;
	     f = f->next) {
		all[n] = (struct became){f, take_finding(a, told, f)};
		n += all[n].to != NULL;
	}
	if (n > 0)
		qsort(all, n, sizeof(*all), by_from);
	for (size_t i = 0; i < n; i++) {
		struct became key = {.from = all[i].from->root};
		const struct became *root =
			key.from == NULL ? NULL : bsearch(&key, all, n, sizeof(*all), by_from);

		all[i].to->root = root == NULL ? NULL : root->to;
	}
	free(all);
}

void told_take(struct told *a, const struct report *told, const struct told_source *s)
{
	for (const struct tunnel *t = told->tunnels; t != NULL; t = t->next)
		take_tunnel(a, t, true, s);
	for (const struct call *c = told->calls; c != NULL; c = c->next)
		take_call(a, c, s);
	take_findings(a, told);
	told_rest(a);
}

/* ---- the end ---- */

/* Those that were not told are the report's; a tunnel that goes on takes the place of its copy. */
static void add_last(struct told *a, const struct report *last)
{
	for (struct tunnel *t = last->tunnels; t != NULL; t = t->next)
		table_put(&a->tunnels, t->number, t);
	for (struct call *c = last->calls; c != NULL; c = c->next)
		table_put(&a->calls, c->number, c);
}

static void find_tunnel(const struct told *a, struct tunnel **t)
{
	struct tunnel *found = *t == NULL ? NULL : table_get(&a->tunnels, (*t)->number);

	if (found != NULL)
		*t = found;
}

static void find_tunnels(struct told *a)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i <= a->calls.last && a->calls.room > 0; i++) {
		struct call *c = a->calls.at[i];

		rest_sometimes(a, i);
		if (c == NULL)
			continue;
		find_tunnel(a, &c->tunnel);
		for (struct call *leg = c->legs; leg != NULL; leg = leg->next_leg)
			find_tunnel(a, &leg->tunnel);
	}
	for (struct finding *f = a->findings; f != NULL; f = f->next) {
		find_tunnel(a, &f->tunnel);
		rest_sometimes(a, ++n);
	}
}

static void add_tried(struct told *a)
{
	for (const struct tried *t = a->tried; t != NULL; t = t->next) {
		struct attempt **tail = &t->call->attempts;
		struct attempt *attempt = arena_alloc(a->copier.arena, sizeof(*attempt));

		if (attempt == NULL)
			return;
		if (t->is_tunnel)
			attempt->tunnel = table_get(&a->tunnels, t->number);
		else
			attempt->call = table_get(&a->calls, t->number);
		if (attempt->tunnel == NULL && attempt->call == NULL)
			continue;
		while (*tail != NULL)
			tail = &(*tail)->next;
		*tail = attempt;
	}
}

static void chain_calls(struct told *a)
{
	struct call **tail = &a->report.calls;

	for (uint64_t i = 0; i <= a->calls.last && a->calls.room > 0; i++) {
		rest_sometimes(a, i);
		if (a->calls.at[i] == NULL)
			continue;
		*tail = a->calls.at[i];
		tail = &(*tail)->next;
	}
	*tail = NULL;
	a->report.n_calls = a->calls.n;
}

static void chain_tunnels(struct told *a)
{
	struct tunnel **tail = &a->report.tunnels;

	for (uint64_t i = 0; i <= a->tunnels.last && a->tunnels.room > 0; i++) {
		if (a->tunnels.at[i] == NULL)
			continue;
		*tail = a->tunnels.at[i];
		tail = &(*tail)->next;
	}
	*tail = NULL;
	a->report.n_tunnels = a->tunnels.n;
}

/* With all that is compared, lest the findings are brought back one after another. */
struct order {
	struct finding *finding;
	int64_t ns;
	size_t index;
	enum severity severity;
};

static int by_weight(const void *left, const void *right)
{
	const struct order *a = left, *b = right;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static size_t note_order(const struct told *a, const struct report *r, struct order *rows, size_t n,
			 struct finding *first)
{
	for (; first != NULL; first = first->next, n++) {
		rows[n] = (struct order){
			.finding = first, .ns = INT64_MAX, .index = n, .severity = first->severity};
		mark_ns(r, &first->mark, &rows[n].ns);
		rest_sometimes(a, n);
	}
	return n;
}

/* Most severe first, as each report has them. */
static void chain_findings(struct told *a, const struct report *last)
{
	size_t all = a->n_findings + last->n_findings, n;
	struct order *rows = must_alloc(all + 1, sizeof(*rows));
	struct finding **tail = &a->report.findings;

	n = note_order(a, last, rows, 0, a->findings);
	n = note_order(a, last, rows, n, last->findings);
	qsort(rows, n, sizeof(*rows), by_weight);
	for (size_t i = 0; i < n; i++) {
		rest_sometimes(a, i);
		rows[i].finding->number = i + 1;
		*tail = rows[i].finding;
		tail = &rows[i].finding->next;
	}
	*tail = NULL;
	a->report.n_findings = n;
	free(rows);
}

const struct report *told_end(struct told *a, const struct report *last)
{
	a->report = *last;
	a->report.arena = a->copier.arena;
	a->report.has_file = arena_has_file(a->copier.arena);
	add_last(a, last);
	find_tunnels(a);
	add_tried(a);
	chain_calls(a);
	chain_tunnels(a);
	chain_findings(a, last);
	a->report.calls_told = a->report.tunnels_told = 0;
	a->report.told_calls = NULL;
	a->report.n_told_calls = 0;
	a->report.is_part = false;
	a->report.last_call = a->calls.last;
	a->report.last_tunnel = a->tunnels.last;
	a->report.memory_full |= arena_is_full(a->copier.arena);
	return &a->report;
}

void told_set_steps(struct told *a, struct step **steps, size_t n)
{
	a->report.steps = steps;
	a->report.n_steps = n;
}
