#include "spread.h"

#include <stdlib.h>

#include "arena.h"

static const double edges[] = {
	0,  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,  0.2,  0.5,   1,     2,     5,
	10, 20,    50,    100,   200,  500,  1000, 2000, 5000, 10000, 20000, 50000, 100000,
};

enum { N_EDGES = sizeof(edges) / sizeof(edges[0]) };
_Static_assert((int)N_EDGES <= (int)SPREAD_BINS, "a bin for each edge");

void spread_add(struct spread *s, double seconds)
{
	if (!(seconds >= 0))
		return;
	if (s->n == s->room) {
		s->room = s->room == 0 ? 256 : s->room * 2;
		s->at = must_grow(s->at, s->room, sizeof(*s->at));
	}
	s->at[s->n++] = seconds;
	s->is_sorted = false;
}

void spread_free(struct spread *s)
{
	free(s->at);
	*s = (struct spread){0};
}

static int by_value(const void *a, const void *b)
{
	double one = *(const double *)a;
	double other = *(const double *)b;

	return (one > other) - (one < other);
}

static void sort(struct spread *s)
{
	if (!s->is_sorted && s->n > 1)
		qsort(s->at, s->n, sizeof(*s->at), by_value);
	s->is_sorted = true;
}

double spread_percentile(struct spread *s, unsigned percent)
{
	size_t rank = (s->n * percent + 99) / 100;

	if (s->n == 0)
		return -1;
	sort(s);
	return s->at[rank == 0 ? 0 : rank - 1];
}

double spread_mean(const struct spread *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += s->at[i];
	return s->n == 0 ? -1 : sum / (double)s->n;
}

size_t spread_bins(struct spread *s, struct spread_bin ret[SPREAD_BINS])
{
	size_t n = 0;
	size_t at = 0;

	sort(s);
	for (size_t i = 0; i < N_EDGES && at < s->n; i++) {
		bool is_last = i + 1 == N_EDGES;
		struct spread_bin bin = {edges[i], is_last ? -1 : edges[i + 1], 0};

		while (at < s->n && (is_last || s->at[at] < bin.to)) {
			at++;
			bin.n++;
		}
		if (bin.n > 0 || n > 0)
			ret[n++] = bin;
	}
	return n;
}
