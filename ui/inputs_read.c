#include "inputs_rotated.h"

#include "apart.h"
#include "rotate.h"

enum { PAYLOAD_AHEAD_S = 2 };

/* A stamp without a zone in a zone that was given is a moment on the wall clock. */
static void apply_zone(const struct input *in, struct event *e)
{
	if (!in->has_zone || e->when.kind != CLOCK_LOCAL)
		return;
	e->when.ns -= in->zone_s * 1000000000;
	e->when.kind = CLOCK_ABSOLUTE;
}

static enum pull next_of(struct input *in, struct event *ret)
{
	enum pull pulled = in->has_ended ? SOURCE_END : source_next(in->source, ret);

	in->has_ended = pulled == SOURCE_END;
	if (!in->has_ended)
		apply_zone(in, ret);
	return pulled;
}

bool input_read_on(struct input *in, struct event *ret)
{
	enum pull pulled = next_of(in, ret);

	return (pulled == SOURCE_WAITS ? next_of(in, ret) : pulled) == PULLED;
}

void input_pull(struct input *in)
{
	enum pull pulled;

	if (in->source == NULL || in->has_head)
		return;
	if (in->at_ahead < in->n_ahead) {
		in->head = *in->ahead[in->at_ahead++];
		in->has_head = true;
		return;
	}
	if (in->ahead != NULL)
		input_ahead_end(in);
	pulled = next_of(in, &in->head);
	in->has_head = pulled != SOURCE_END;
	in->is_preview = pulled == SOURCE_WAITS;
}

bool inputs_preview(struct input *in)
{
	struct event e;

	if (!input_read_on(in, &e))
		return false;
	in->head = (struct event){.when = e.when};
	in->has_head = in->is_preview = true;
	return true;
}

/* Only stamps of one kind can be compared; otherwise the order of the command line holds. */
static bool is_before(const struct event *a, const struct event *b)
{
	return a->when.kind == b->when.kind && moment_known(a->when) && a->when.ns < b->when.ns;
}

/* One that there is nothing to compare with gives its events as they come. */
static bool is_alone(const struct run *r)
{
	const struct input *in = &r->inputs[0];

	return r->n_inputs == 1 && in->source != NULL && in->has_begun && !in->has_head &&
	       in->at_ahead == in->n_ahead && !in->vantage.is_shared && in->rotation == NULL;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What is only counted at one vantage point changes nothing at the others: it need not wait for
 * their turns, which would be those of single packets. As long as nobody takes it for a set clock.
 */
static int64_t payload_until(const struct run *r, const struct input *in, const struct input *other)
{
	bool is_elsewhere =
		in->has_begun && other->has_begun && input_root(r, in) != input_root(r, other);
	int64_t ahead = is_elsewhere ? PAYLOAD_AHEAD_S * INT64_C(1000000000) : 0;

	return other->head.when.ns > INT64_MAX - ahead ? INT64_MAX : other->head.when.ns + ahead;
}

/* All that inputs but this one have next is on one clock: what is earlier than that is before it.
 */
static bool others_until(const struct run *r, size_t input, enum clock_kind kind,
			 struct input_turn *ret)
{
	ret->until_ns = ret->payload_ns = INT64_MAX;
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];

		if (i == input || in->source == NULL || (in->has_ended && !in->has_head))
			continue;
		if (!in->has_head || in->head.when.kind != kind)
			return false;
		ret->until_ns = least(ret->until_ns, in->head.when.ns);
		ret->payload_ns = least(ret->payload_ns, payload_until(r, &r->inputs[input], in));
	}
	return true;
}

static void turn_take(struct run *r, const struct input *in)
{
	struct input_turn t = {.input = (uint16_t)(in - r->inputs), .kind = in->head.when.kind};

	t.is_known = moment_known(in->head.when) && others_until(r, t.input, t.kind, &t);
	r->turn = t;
}

/* Of many files that follow each other one goes on and on: only its events are looked at. */
static struct input *still_earliest(struct run *r)
{
	struct input *in = &r->inputs[r->turn.input];

	if (!r->turn.is_known)
		return NULL;
	input_pull(in);
	return in->has_head && in->head.when.kind == r->turn.kind &&
			       in->head.when.ns < r->turn.until_ns
		       ? in
		       : NULL;
}

static struct input *earliest(struct run *r)
{
	struct input *next = still_earliest(r);

	if (next != NULL)
		return next;
	for (size_t i = 0; i < r->n_inputs; i++) {
		struct input *in = &r->inputs[i];

		input_pull(in);
		if (in->has_head && (next == NULL || is_before(&in->head, &next->head)))
			next = in;
	}
	if (next != NULL)
		turn_take(r, next);
	return next;
}

/* What comes next of all of them. */
static __attribute__((noinline)) bool merged_next(struct run *r, struct event *ret)
{
	struct input *next;

	while ((next = earliest(r)) != NULL && next->is_preview)
		next->is_preview = next->has_head = false;
	if (next == NULL)
		return false;
	if (!next->has_begun)
		rotated_begin(r, next);
	if (r->apart != NULL && !apart_event(r->apart, &next->head, input_root(r, next)))
		r->together = TOGETHER_NO;
	if (r->together == TOGETHER_NO)
		return false;
	*ret = next->head;
	next->has_head = false;
	if (next->vantage.is_shared && ret->origin.vantage == next->vantage.own)
		ret->origin.vantage = next->vantage.other;
	if (next->rotation != NULL)
		rotation_note(next->rotation, ret);
	return true;
}

bool inputs_next(struct run *r, struct event *ret)
{
	return is_alone(r) ? input_read_on(&r->inputs[0], ret) : merged_next(r, ret);
}

/* Whose payload is counted up to a time on a clock. False: not this input's, which only looks
 * ahead, or another one has nothing on that clock to compare with. */
static bool turn_until(const struct run *r, uint16_t input, enum clock_kind kind, int64_t *ret)
{
	const struct input_turn *t = &r->turn;
	struct input_turn now;

	*ret = INT64_MAX;
	if (r->n_inputs == 1)
		return true;
	if (r->inputs[input].has_head)
		return false;
	if (!t->is_known || t->input != input || t->kind != kind) {
		if (!others_until(r, input, kind, &now))
			return false;
		t = &now;
	}
	*ret = t->payload_ns;
	return true;
}

bool inputs_is_next(const struct run *r, const struct glance *g)
{
	int64_t until;

	return r->n_inputs == 1 ||
	       (turn_until(r, g->input, g->when.kind, &until) && g->when.ns < until);
}

bool inputs_until(const struct run *r, uint16_t input, int64_t *ret)
{
	return turn_until(r, input, CLOCK_ABSOLUTE, ret);
}

void inputs_place(const struct run *r, struct glance *g)
{
	const struct input_vantage *v = &r->inputs[g->input].vantage;

	if (v->is_shared && g->vantage == v->own)
		g->vantage = v->other;
}

bool inputs_are_apart(struct run *r, const struct glance *g)
{
	if (r->apart != NULL && !apart_glance(r->apart, g, input_root(r, &r->inputs[g->input])))
		r->together = TOGETHER_NO;
	return r->together != TOGETHER_NO;
}
