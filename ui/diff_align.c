#include "diff_align.h"

#include <stdlib.h>

#include "arena.h"

/* Which way the longest common subsequence went at (i, j). */
enum way { WAY_BOTH, WAY_A, WAY_B };

struct grid {
	const uint64_t *a, *b;
	size_t n, m;
	uint8_t *way; /* (n + 1) × (m + 1) */
};

/* From the ends to the beginnings, so that the rows come in order. */
static void fill(struct grid *g)
{
	uint32_t *below = must_alloc(g->m + 1, sizeof(*below));
	uint32_t *here = must_alloc(g->m + 1, sizeof(*here));

	for (size_t j = 0; j <= g->m; j++)
		below[j] = 0;
	for (size_t i = g->n; i-- > 0;) {
		uint32_t *other = below;

		here[g->m] = 0;
		for (size_t j = g->m; j-- > 0;) {
			uint8_t *way = &g->way[i * (g->m + 1) + j];

			if (g->a[i] == g->b[j]) {
				here[j] = below[j + 1] + 1;
				*way = WAY_BOTH;
			} else {
				*way = below[j] >= here[j + 1] ? WAY_A : WAY_B;
				here[j] = *way == WAY_A ? below[j] : here[j + 1];
			}
		}
		below = here;
		here = other;
	}
	free(below);
	free(here);
}

static size_t walk(const struct grid *g, struct align_row *rows)
{
	size_t i = 0;
	size_t j = 0;
	size_t n = 0;

	while (i < g->n || j < g->m) {
		uint8_t way = i == g->n ? WAY_B : j == g->m ? WAY_A : g->way[i * (g->m + 1) + j];

		rows[n++] = (struct align_row){
			.at = {way == WAY_B ? ALIGN_NONE : i, way == WAY_A ? ALIGN_NONE : j},
		};
		i += way != WAY_B;
		j += way != WAY_A;
	}
	return n;
}

static bool is_alone(const struct align_row *r, unsigned side)
{
	return r->at[side] != ALIGN_NONE && r->at[1 - side] == ALIGN_NONE;
}

static bool is_gone(const struct align_row *r)
{
	return r->at[0] == ALIGN_NONE && r->at[1] == ALIGN_NONE;
}

/* Row `from` (of b alone) joins row `to` (of a alone). */
static void join(struct align_row *rows, size_t to, size_t from, bool is_moved)
{
	rows[to].at[1] = rows[from].at[1];
	rows[to].is_moved = is_moved;
	rows[from].at[1] = ALIGN_NONE;
}

static void join_moved(const struct grid *g, struct align_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t from = i > ALIGN_REACH ? i - ALIGN_REACH : 0;

		for (size_t k = from; is_alone(&rows[i], 0) && k < n && k <= i + ALIGN_REACH; k++) {
			if (is_alone(&rows[k], 1) && g->a[rows[i].at[0]] == g->b[rows[k].at[1]])
				join(rows, i, k, true);
		}
	}
}

/* One instead of the other: alone both, of one stream, with nothing shared between them. */
static void join_instead(const struct grid *g, struct align_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t from = i;
		size_t to = i;

		while (from > 0 &&
		       !(rows[from - 1].at[0] != ALIGN_NONE && rows[from - 1].at[1] != ALIGN_NONE))
			from--;
		while (to + 1 < n &&
		       !(rows[to + 1].at[0] != ALIGN_NONE && rows[to + 1].at[1] != ALIGN_NONE))
			to++;
		for (size_t k = from; is_alone(&rows[i], 0) && k <= to; k++) {
			if (is_alone(&rows[k], 1) &&
			    ALIGN_STREAM(g->a[rows[i].at[0]]) == ALIGN_STREAM(g->b[rows[k].at[1]]))
				join(rows, i, k, false);
		}
	}
}

size_t align(const uint64_t *a, size_t n, const uint64_t *b, size_t m, struct align_row *ret)
{
	struct grid g = {.a = a, .b = b, .n = n, .m = m};
	size_t rows, kept = 0;

	g.way = must_alloc((n + 1) * (m + 1), sizeof(*g.way));
	fill(&g);
	rows = walk(&g, ret);
	join_moved(&g, ret, rows);
	join_instead(&g, ret, rows);
	for (size_t i = 0; i < rows; i++) {
		if (!is_gone(&ret[i]))
			ret[kept++] = ret[i];
	}
	free(g.way);
	return kept;
}
