#include "mark.h"

struct view *report_view(const struct report *r, uint16_t vantage)
{
	for (size_t i = 0; i < r->n_views; i++)
		if (r->views[i].vantage == vantage)
			return &r->views[i];
	return NULL;
}

static int64_t seconds_to_ns(double s)
{
	return (int64_t)(s * 1e9 + (s < 0 ? -0.5 : 0.5));
}

static int64_t view_shift(const struct view *v, int64_t ns)
{
	int64_t gained = (int64_t)(v->drift * (double)(ns - v->drift_from_ns));

	return ns + seconds_to_ns(v->offset_s) - gained;
}

/* What the jumps of the clock before a moment added to it. */
static int64_t jumped_ns(const struct view *v, struct moment m)
{
	int64_t sum = 0;

	for (size_t i = 0; v && i < v->n_jumps && i < m.epoch; i++)
		sum += mark_when(&v->jumps[i].after).ns - mark_when(&v->jumps[i].before).ns;
	return sum;
}

/* Nothing shifts its times. */
static inline bool is_reference(const struct view *v)
{
	return v->offset_s == 0 && v->drift == 0;
}

int64_t view_align(const struct view *v, int64_t ns)
{
	return is_reference(v) ? ns : view_shift(v, ns);
}

static __attribute__((noinline)) int64_t shifted_ns(const struct view *v, const struct mark *m)
{
	int64_t ns = m->ns - (m->epoch ? jumped_ns(v, mark_when(m)) : 0);

	return v ? view_align(v, ns) : ns;
}

bool mark_ns(const struct report *r, const struct mark *m, int64_t *ret)
{
	const struct view *v;

	if (!m->is_set || m->kind == CLOCK_NONE)
		return false;
	v = report_view(r, m->vantage);
	*ret = v && !m->epoch && is_reference(v) ? m->ns : shifted_ns(v, m);
	return true;
}

bool mark_before(const struct report *r, const struct mark *a, const struct mark *b)
{
	int64_t at, bt;

	if (!a->is_set || !b->is_set)
		return false;
	if (a->vantage == b->vantage || !mark_ns(r, a, &at) || !mark_ns(r, b, &bt))
		return mark_number(a) < mark_number(b);
	return at < bt;
}

const struct mark *mark_earlier(const struct report *r, const struct mark *a, const struct mark *b)
{
	if (!a || !a->is_set)
		return b && b->is_set ? b : NULL;
	if (!b || !b->is_set)
		return a;
	return mark_before(r, b, a) ? b : a;
}

const struct mark *mark_later(const struct report *r, const struct mark *a, const struct mark *b)
{
	if (!a || !a->is_set)
		return b && b->is_set ? b : NULL;
	if (!b || !b->is_set)
		return a;
	return mark_before(r, a, b) ? b : a;
}

bool mark_gap(const struct report *r, const struct mark *a, const struct mark *b, double *ret)
{
	int64_t at, bt;

	if (!mark_ns(r, a, &at) || !mark_ns(r, b, &bt) ||
	    (a->vantage == b->vantage && a->epoch != b->epoch))
		return false;
	*ret = (double)(bt - at) / 1e9;
	return true;
}

double mark_blur(const struct mark *a, const struct mark *b)
{
	int64_t one = mark_when(a).grain_ns, other = mark_when(b).grain_ns;

	return (double)(one > other ? one : other) / 1e9;
}

double mark_watched(const struct report *r, const struct mark *m)
{
	const struct view *v = report_view(r, m->vantage);

	if (!m->is_set || !v || !moment_comparable(mark_when(m), v->last))
		return 0;
	return (double)(v->last.ns - mark_when(m).ns) / 1e9;
}
