#include "in_time.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

static bool is_before(const struct in_time *a, const struct in_time *b)
{
	if (a->ns != b->ns)
		return a->ns < b->ns;
	return a->number < b->number;
}

static void merge(struct in_time *to, const struct in_time *from, size_t n, size_t middle)
{
	size_t left = 0, right = middle;

	if (middle == n || !is_before(&from[middle], &from[middle - 1])) {
		memcpy(to, from, n * sizeof(*to));
		return;
	}
	for (size_t i = 0; i < n; i++) {
		bool is_left =
			right == n || (left < middle && !is_before(&from[right], &from[left]));

		to[i] = from[is_left ? left++ : right++];
	}
}

static bool is_sorted(const struct in_time *rows, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (is_before(&rows[i], &rows[i - 1]))
			return false;
	return true;
}

/* Runs of two, four, eight …: no call a comparison, as qsort() would make. */
void in_time_sort(struct in_time *rows, size_t n)
{
	struct in_time *spare, *from = rows, *to;

	if (is_sorted(rows, n))
		return;
	spare = to = must_room(n, sizeof(*spare));
	for (size_t run = 1; run < n; run *= 2) {
		struct in_time *other = to;

		for (size_t i = 0; i < n; i += 2 * run) {
			size_t part = n - i < 2 * run ? n - i : 2 * run;

			merge(to + i, from + i, part, part < run ? part : run);
		}
		to = from;
		from = other;
	}
	if (from != rows)
		memcpy(rows, from, n * sizeof(*rows));
	free(spare);
}
