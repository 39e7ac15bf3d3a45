#include "drift.h"

#include <math.h>
#include <stdlib.h>

enum {
	SAMPLES_LEAST = 9,
	PAIRED_MOST = 128, /* samples of a direction that are compared with each other */
	PARTS = 3,         /* of the span; each must have its samples */
	PART_LEAST = 2,
	NOISE_FACTOR = 5
};

/* Quartz is within 100 ppm, a bad virtual clock within 1000. */
static const double DRIFT_MOST = 2e-3;
static const double SPAN_LEAST_NS = 600e9;

static int double_compare(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static double middle(double *at, size_t n)
{
	qsort(at, n, sizeof(*at), double_compare);
	return n % 2 ? at[n / 2] : (at[n / 2 - 1] + at[n / 2]) / 2;
}

static void span_of_samples(const struct samples *s, int64_t *ret_from, int64_t *ret_to)
{
	bool is_set = false;

	*ret_from = *ret_to = 0;
	for (int e = 0; e < 2; e++)
		for (size_t i = 0; i < s->n[e]; i++) {
			int64_t t = s->when[e][i];

			*ret_from = !is_set || t < *ret_from ? t : *ret_from;
			*ret_to = !is_set || t > *ret_to ? t : *ret_to;
			is_set = true;
		}
}

/* A line through two clusters proves nothing: a clock that was set between them looks the same. */
static bool is_spread(const struct samples *s, int64_t from, int64_t to)
{
	size_t parts[PARTS] = {0};

	for (int e = 0; e < 2; e++)
		for (size_t i = 0; i < s->n[e]; i++) {
			double part = (double)(s->when[e][i] - from) / (double)(to - from) * PARTS;

			parts[part >= PARTS ? PARTS - 1 : (size_t)part]++;
		}
	for (int i = 0; i < PARTS; i++)
		if (parts[i] < PART_LEAST)
			return false;
	return true;
}

/* Theil and Sen: the median slope of all pairs, here of those far enough apart. Pairs are of one
 * direction, so that the delay on the way is not taken for a difference of clocks. */
static bool median_slope(const struct samples *s, double apart, double *ret)
{
	double *slopes = must_alloc((size_t)2 * PAIRED_MOST * PAIRED_MOST, sizeof(*slopes));
	size_t n = 0;

	for (int e = 0; e < 2; e++) {
		size_t stride = s->n[e] / PAIRED_MOST + 1;

		for (size_t i = 0; i < s->n[e]; i += stride)
			for (size_t k = 0; k < i; k += stride) {
				double time = (double)(s->when[e][i] - s->when[e][k]);

				if (fabs(time) >= apart)
					slopes[n++] = (double)(s->at[e][i] - s->at[e][k]) / time;
			}
	}
	if (n)
		*ret = middle(slopes, n);
	free(slopes);
	return n > 0;
}

/* How far the samples of each direction lie from their own line, in the middle. */
static double noise_of(const struct samples *s, double slope, int64_t from)
{
	size_t n = s->n[0] + s->n[1], k = 0;
	double *away = must_alloc(n, sizeof(*away)), *line = must_alloc(n, sizeof(*line)), ret;

	for (int e = 0; e < 2; e++) {
		double own;

		for (size_t i = 0; i < s->n[e]; i++)
			line[i] = (double)s->at[e][i] - slope * (double)(s->when[e][i] - from);
		if (!s->n[e])
			continue;
		own = middle(line, s->n[e]);
		for (size_t i = 0; i < s->n[e]; i++)
			away[k++] = fabs(line[i] - own);
	}
	ret = middle(away, k);
	free(away);
	free(line);
	return ret;
}

bool drift_of(const struct samples *s, double *ret)
{
	int64_t from, to;
	double span, slope;

	if (s->n[0] + s->n[1] < SAMPLES_LEAST)
		return false;
	span_of_samples(s, &from, &to);
	span = (double)(to - from);
	if (span < SPAN_LEAST_NS || !is_spread(s, from, to) ||
	    !median_slope(s, span / PARTS, &slope) || fabs(slope) > DRIFT_MOST)
		return false;
	if (fabs(slope) * span < NOISE_FACTOR * noise_of(s, slope, from) ||
	    fabs(slope) * span < 2 * (double)s->grain_ns)
		return false;
	*ret = slope;
	return true;
}

void drift_remove(struct samples *s, double drift, int64_t from)
{
	for (int e = 0; e < 2; e++)
		for (size_t i = 0; i < s->n[e]; i++)
			s->at[e][i] -= (int64_t)(drift * (double)(s->when[e][i] - from));
}
