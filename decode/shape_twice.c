/* Pasted twice: a text whose second part is the first one again, line by line, times and all. Two
 * attempts are alike too, where nothing prints a time: those stay. */
#include "shape_stage.h"

enum { LEAST = 5, BETWEEN = 3, TRIES = 64 };

/* The next line with anything on it; false when there is none. */
static bool next_line(struct str s, size_t *at, struct str *ret)
{
	while (shape_line(s, at, ret)) {
		*ret = str_trim(*ret);
		if (ret->len)
			return true;
	}
	return false;
}

/* How many lines from `at` to the end are those from the beginning on; 0: not all of them, or
 * without a time. */
static size_t lines_again(struct str s, size_t at, int year)
{
	size_t n = 0, first = 0;
	bool has_time = false;
	struct moment when;
	struct str a, b;

	while (next_line(s, &at, &b)) {
		if (!next_line(s, &first, &a) || !str_equal(a, b))
			return 0;
		has_time = has_time || shape_moment(b, year, &when);
		n++;
	}
	return has_time ? n : 0;
}

/* Where the second part begins; the length of the text when there is none. */
static size_t second_part(struct str s, int year)
{
	size_t at = 0, start, before = 1, tries = 0;
	struct str first, line;

	if (!next_line(s, &at, &first))
		return s.len;
	for (start = at; next_line(s, &at, &line); start = at, before++) {
		size_t n;

		if (before < LEAST || !str_equal(first, line))
			continue;
		n = lines_again(s, start, year);
		if (n >= LEAST && n + BETWEEN >= before)
			return start;
		if (++tries == TRIES)
			break;
	}
	return s.len;
}

static bool is_twice(struct str head, int year)
{
	/* of a longer text the end is not in sight */
	return head.len < SHAPE_LOOK && second_part(head, year) < head.len;
}

static void copy_once(struct shape_sink *s)
{
	sink_copy(s, 0, second_part(s->in, s->year));
}

const struct shape_stage shape_twice = {"pasted twice", is_twice, copy_once};
