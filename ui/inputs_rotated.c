#include "inputs_rotated.h"

#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "rotate.h"

/* The head, and what follows it, as far as it is looked at. */
static void look_ahead(struct input *in)
{
	struct event e = in->head;

	in->ahead_arena = arena_new(LIMIT_SCRATCH);
	in->ahead = must_alloc(ROTATE_LOOK, sizeof(struct event *));
	do
		in->ahead[in->n_ahead++] = event_copy(in->ahead_arena, &e);
	while (in->n_ahead < ROTATE_LOOK && !arena_is_full(in->ahead_arena) &&
	       input_read_on(in, &e));
	in->has_head = false;
	input_pull(in);
}

void input_ahead_end(struct input *in)
{
	arena_free(in->ahead_arena);
	free(in->ahead);
	in->ahead_arena = NULL;
	in->ahead = NULL;
	in->n_ahead = in->at_ahead = 0;
}

static struct str folder_of(struct str path)
{
	while (path.len > 0 && path.at[path.len - 1] != '/')
		path.len--;
	return path;
}

static bool is_named_alike(const struct input *a, const struct input *b)
{
	return str_equal(folder_of(str_of(a->path)), folder_of(str_of(b->path))) &&
	       rotation_named_alike(a->name, b->name);
}

bool inputs_named_alike(const struct run *r)
{
	for (size_t i = 1; i < r->n_inputs; i++)
		if (!is_named_alike(&r->inputs[0], &r->inputs[i]))
			return false;
	return true;
}

/* The only vantage point of an input, or NULL. */
static const struct vantage *vantage_of(const struct input *in)
{
	const struct vantage *v = NULL;

	return source_vantages(in->source, &v) == 1 ? v : NULL;
}

/* May `b`, which now begins, be where `a` goes on? */
static bool may_go_on(const struct input *a, const struct input *b)
{
	const struct input_stats *before, *after;
	const struct vantage *va, *vb;

	if (a == b || a->source == NULL || !a->has_begun || !a->has_ended || a->has_head ||
	    a->at_ahead < a->n_ahead || !str_equal(a->given, b->given))
		return false;
	before = source_stats(a->source);
	after = source_stats(b->source);
	va = vantage_of(a);
	vb = vantage_of(b);
	if (before->kind != after->kind || va == NULL || vb == NULL ||
	    before->last.kind != b->head.when.kind || !moment_known(before->last) ||
	    moment_minus(b->head.when, before->last) < 0)
		return false;
	if (before->kind == SOURCE_CAPTURE)
		return strcmp(before->dialect, after->dialect) == 0;
	if (va->name.len > 0 && vb->name.len > 0)
		return str_equal(va->name, vb->name);
	return is_named_alike(a, b);
}

size_t input_root(const struct run *r, const struct input *in)
{
	return in->vantage.is_shared ? in->vantage.root : (size_t)(in - r->inputs);
}

/* The newest input of one vantage point that has begun; others have others after them. */
static bool is_newest(const struct run *r, const struct input *a)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];

		if (in != a && in->source != NULL && in->has_begun &&
		    input_root(r, in) == input_root(r, a) &&
		    (!in->has_ended || moment_minus(source_stats(in->source)->last,
						    source_stats(a->source)->last) > 0))
			return false;
	}
	return true;
}

/* Of several that it may continue, a name decides; two that fit alike decide nothing. */
static struct input *predecessor_of(const struct run *r, const struct input *b)
{
	struct input *best = NULL;
	size_t n = 0, n_named = 0;

	for (size_t i = 0; i < r->n_inputs; i++) {
		struct input *a = &r->inputs[i];
		bool is_named;

		if (a->rotation == NULL || !may_go_on(a, b) || !is_newest(r, a))
			continue;
		is_named = is_named_alike(a, b);
		if (!rotation_goes_on(a->rotation, b->ahead, b->n_ahead) &&
		    !(is_named && rotation_is_of_place(a->rotation, b->ahead, b->n_ahead)))
			continue;
		n++;
		n_named += is_named;
		if (best == NULL || is_named)
			best = a;
	}
	return n == 1 || n_named == 1 ? best : NULL;
}

static bool any_may_go_on(const struct run *r, const struct input *b)
{
	for (size_t i = 0; i < r->n_inputs; i++)
		if (may_go_on(&r->inputs[i], b))
			return true;
	return false;
}

/* What it showed is not compared with anything any more. */
static void rotation_end(struct input *in)
{
	rotation_free(in->rotation);
	in->rotation = NULL;
}

static void begin(struct run *r, struct input *in)
{
	const struct vantage *own, *other;
	struct input *before;

	in->has_begun = true;
	if (in->rotation == NULL || !any_may_go_on(r, in))
		return;
	look_ahead(in);
	before = predecessor_of(r, in);
	if (before == NULL)
		return;
	own = vantage_of(in);
	other = vantage_of(before);
	if (own == NULL || other == NULL)
		return;
	in->vantage = (struct input_vantage){
		.is_shared = true,
		.own = own->number,
		.other = before->vantage.is_shared ? before->vantage.other : other->number,
		.root = input_root(r, before),
	};
	rotation_end(before);
}

static bool have_all_begun(const struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];

		if (!in->has_begun && in->source != NULL && (!in->has_ended || in->has_head))
			return false;
	}
	return true;
}

bool inputs_are_one(const struct run *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_inputs; i++)
		n += r->inputs[i].has_begun && !r->inputs[i].vantage.is_shared;
	return n <= 1;
}

void rotated_begin(struct run *r, struct input *in)
{
	begin(r, in);
	/* small ones that do not go on where others ended are compared as a whole */
	if (r->together == TOGETHER_MAYBE && r->apart == NULL && !inputs_are_one(r))
		r->together = TOGETHER_NO;
	if (!have_all_begun(r))
		return;
	if (r->together == TOGETHER_MAYBE && inputs_are_one(r))
		r->together = TOGETHER_YES;
	for (size_t i = 0; i < r->n_inputs; i++)
		rotation_end(&r->inputs[i]);
}
