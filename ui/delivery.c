#include "delivery.h"

#include <stdlib.h>

enum { LOOK_BACK = 256 };

static bool is_responder(const struct tunnel *t, const struct step *s)
{
	const struct party *p = &s->event->from;
	const struct peer *initiator = &t->peer[INITIATOR], *responder = &t->peer[RESPONDER];
	enum role role = s->from;

	if (p->address.family && !address_equal(&initiator->address, &responder->address))
		return address_equal(&p->address, &responder->address);
	if (p->address.family && p->port && initiator->port != responder->port)
		return p->port == responder->port;
	if (role == ROLE_LAC || role == ROLE_LNS) {
		bool lac_asked = !t->sessions || t->sessions->lac_end == INITIATOR;

		return (role == ROLE_LNS) == lac_asked;
	}
	return role == ROLE_RESPONDER;
}

static struct delivered *find(struct deliveries *d, unsigned from, uint16_t ns)
{
	size_t looked = 0;

	for (size_t i = d->n; i-- > 0 && looked < LOOK_BACK; looked++) {
		if (d->rows[i].from == from && d->rows[i].first->event->l2tp.ns == ns)
			return &d->rows[i];
	}
	return NULL;
}

static double seconds_between(const struct run *r, const struct step *a, const struct step *b)
{
	struct moment from = run_step_time(r, a), to = run_step_time(r, b);

	return moment_known(from) && moment_known(to) ? (double)moment_minus(to, from) / 1e9 : -1;
}

static void take_copy(const struct run *r, struct delivery_way *way, struct delivered *row,
		      const struct step *s)
{
	double wait = seconds_between(r, row->last, s);

	row->copies++;
	row->last = s;
	way->repeats++;
	if (wait < 0)
		return;
	if (row->n_waits < WAITS_KEPT)
		row->waits[row->n_waits++] = wait;
	if (way->shortest_wait_s < 0 || wait < way->shortest_wait_s)
		way->shortest_wait_s = wait;
	if (wait > way->longest_wait_s)
		way->longest_wait_s = wait;
}

static void take_message(const struct run *r, struct deliveries *d, const struct step *s,
			 unsigned from)
{
	struct delivery_way *way = &d->way[from];
	struct delivered *row = NULL;

	if (s->delivery == DELIVERY_REPEAT)
		row = find(d, from, s->event->l2tp.ns);
	if (row) {
		take_copy(r, way, row, s);
		return;
	}
	d->rows[d->n++] = (struct delivered){.first = s, .last = s, .from = from, .copies = 1};
	way->messages++;
	way->hellos += s->event->control.message == HELLO;
	way->on_the_way++;
	if (way->on_the_way > way->most_on_the_way)
		way->most_on_the_way = way->on_the_way;
}

static void take_acknowledgement(struct deliveries *d, const struct step *s, unsigned from)
{
	for (size_t i = 0; i < s->n_acknowledges; i++) {
		struct delivered *row = find(d, 1 - from, s->acknowledges[i].ns);

		if (!row || row->answer)
			continue;
		row->answer = s;
		d->way[1 - from].on_the_way--;
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *list, size_t n)
{
	qsort(list, n, sizeof(*list), compare);
	return n ? list[n / 2] : -1;
}

/* A message that was sent again tells no round trip: which copy was answered? */
static void sum_up(const struct run *r, struct deliveries *d, unsigned from, double *list)
{
	struct delivery_way *way = &d->way[from];
	const struct step *hello = NULL;
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct delivered *row = &d->rows[i];
		double wait;

		if (row->from != from)
			continue;
		way->unacknowledged += row->answer == NULL;
		wait = row->answer ? seconds_between(r, row->first, row->answer) : -1;
		if (wait > way->worst_s)
			way->worst_s = wait;
		if (wait >= 0 && row->copies == 1)
			list[n++] = wait;
	}
	way->median_s = median(list, n);
	n = 0;
	for (size_t i = 0; i < d->n; i++) {
		const struct step *s = d->rows[i].first;

		if (d->rows[i].from != from || s->event->control.message != HELLO)
			continue;
		if (hello)
			list[n++] = seconds_between(r, hello, s);
		hello = s;
	}
	way->hello_s = median(list, n);
}

static bool is_of(const struct step *s, const struct tunnel *t)
{
	return step_tunnel(s) == t && s->event->kind == EVENT_CONTROL && !s->is_second_sight &&
	       s->event->l2tp.has_sequence && s->event->l2tp.version != 1;
}

struct deliveries delivery_of(const struct run *r, const struct tunnel *t,
			      struct step *const *steps, size_t n, struct arena *arena)
{
	static const struct delivery_way nothing = {.median_s = -1,
						    .worst_s = -1,
						    .shortest_wait_s = -1,
						    .longest_wait_s = -1,
						    .hello_s = -1};
	struct deliveries d = {.way = {nothing, nothing}};
	size_t room = 0;
	double *list;

	for (size_t i = 0; i < n; i++)
		room += is_of(steps[i], t);
	d.rows = arena_array(arena, room, sizeof(*d.rows));
	list = arena_array(arena, room, sizeof(*list));
	for (size_t i = 0; i < n && d.rows && list; i++) {
		const struct step *s = steps[i];
		unsigned from;

		if (!is_of(s, t))
			continue;
		from = is_responder(t, s) ? RESPONDER : INITIATOR;
		take_acknowledgement(&d, s, from);
		if (s->delivery != DELIVERY_ACK && s->delivery != DELIVERY_DUPLICATE)
			take_message(r, &d, s, from);
	}
	for (unsigned from = 0; from < 2 && list; from++)
		sum_up(r, &d, from, list);
	return d;
}

void delivery_copies(struct text *t, const struct delivered *d)
{
	if (d->copies < 2)
		return;
	text_printf(t, "sent %u times", d->copies);
	for (size_t i = 0; i < d->n_waits; i++)
		text_printf(t, "%s%.3f", i == 0 ? ", again after " : ", ", d->waits[i]);
	if (d->n_waits > 0)
		text_puts(t, d->copies - 1 > d->n_waits ? " … s" : " s");
}

void delivery_answer(struct text *t, const struct run *r, const struct delivered *d)
{
	double wait = d->answer ? seconds_between(r, d->first, d->answer) : -1;

	if (!d->answer)
		text_puts(t, "never seen acknowledged");
	else if (wait >= 0)
		text_printf(t, "acknowledged after %.3f s", wait);
	else
		text_puts(t, "acknowledged");
}
