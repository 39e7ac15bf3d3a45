/* Each line stands twice, one below the other: a console that shows its monitor, too, or a
 * collector with two rules for the same messages. Lines that are truly said again are some among
 * many. */
#include "shape_stage.h"

enum { LEAST = 4, NEARLY_ALL = 10 /* but one of so many */ };

/* The next line with anything on it, without its blanks; `ret_at`: where all of it begins. */
static bool next_line(struct str s, size_t *at, size_t *ret_at, struct str *ret)
{
	do {
		*ret_at = *at;
		if (!shape_line(s, at, ret))
			return false;
		*ret = str_trim(*ret);
	} while (!ret->len);
	return true;
}

static bool are_doubled(struct str head, int year)
{
	struct str line, first = {0}, pair = {0};
	size_t at = 0, start, n = 0, n_pairs = 0, n_unlike = 0;

	(void)year;
	while (next_line(head, &at, &start, &line)) {
		n++;
		if (!first.len || !str_equal(line, first)) {
			first = line;
			continue;
		}
		n_pairs++;
		n_unlike += !str_equal(line, pair); /* not one line again and again */
		pair = line;
		first = (struct str){0};
	}
	return n_unlike >= LEAST && n - 2 * n_pairs <= n / NEARLY_ALL;
}

static void copy_first(struct shape_sink *s)
{
	struct str line, first = {0};
	size_t at = 0, start, from = 0;

	while (next_line(s->in, &at, &start, &line)) {
		if (!first.len || !str_equal(line, first)) {
			first = line;
			continue;
		}
		sink_copy(s, from, start);
		from = at < s->in.len ? at : s->in.len;
		first = (struct str){0};
	}
	sink_copy(s, from, s->in.len);
}

const struct shape_stage shape_doubled = {"each line twice", are_doubled, copy_first};
