/* Pasted twice: lines of the text that stand there once more, times and all, as when what was
 * copied from a screen overlaps what was copied before, or all of it was sent again. Two attempts
 * are alike, too, where nothing prints a time: those stay. */
#include <stdlib.h>

#include "arena.h"
#include "hash.h"
#include "shape_stage.h"

enum {
	LEAST = 5, /* lines: fewer are alike by chance */
	MANY = 2 * LEAST,
	BETWEEN = 3, /* lines that somebody wrote between the two */
	CUTS = 16,
	IN_VAIN = 1 << 17, /* lines that were compared: a text of the same line again and again */
};

/* Its blank lines are left out. */
struct lines {
	struct str text;
	struct str *at; /* trimmed */
	size_t n;
	size_t *first_of;     /* by hash, open addressing: a line from 1 on; 0 free */
	size_t room;          /* a power of two */
	size_t told;          /* of as many lines it is known ... */
	struct moment before; /* ... which time they print last */
};

struct cut {
	size_t from, to; /* octets */
};

static size_t count_lines(struct str s)
{
	size_t n = 1;

	for (size_t i = 0; i < s.len; i++)
		n += s.at[i] == '\n';
	return n;
}

static struct lines lines_of(struct str s)
{
	struct lines l = {.text = s, .room = 16};
	size_t most = count_lines(s), at = 0;
	struct str line;

	while (l.room < 2 * most)
		l.room *= 2;
	l.at = must_alloc(most, sizeof(*l.at));
	l.first_of = must_alloc(l.room, sizeof(*l.first_of));
	while (shape_line(s, &at, &line)) {
		line = str_trim(line);
		if (line.len)
			l.at[l.n++] = line;
	}
	return l;
}

static void lines_free(struct lines *l)
{
	free(l->at);
	free(l->first_of);
}

/* The first line that says the same, which may be line `i` itself. */
static size_t first_alike(struct lines *l, size_t i)
{
	struct str line = l->at[i];
	size_t place = (size_t)hash_octets((const uint8_t *)line.at, line.len) & (l->room - 1);

	while (l->first_of[place] && !str_equal(l->at[l->first_of[place] - 1], line))
		place = (place + 1) & (l->room - 1);
	if (!l->first_of[place])
		l->first_of[place] = i + 1;
	return l->first_of[place] - 1;
}

/* How many lines from `again` on are those from `first` on, up to `again`. */
static size_t lines_alike(const struct lines *l, size_t first, size_t again)
{
	size_t n = 0;

	while (again + n < l->n && first + n < again &&
	       str_equal(l->at[first + n], l->at[again + n]))
		n++;
	return n;
}

/* The first time in `n` lines from `from` on; unknown when none of them has one. */
static struct moment time_in(const struct lines *l, size_t from, size_t n, int year)
{
	struct moment when = {0};

	for (size_t i = 0; i < n && !moment_known(when); i++)
		shape_moment(l->at[from + i], year, &when);
	return when;
}

/* The last time before line `i`, which is asked of one line after the other. */
static struct moment time_before(struct lines *l, size_t i, int year)
{
	struct moment when = {0};

	for (size_t k = i; k > l->told && !moment_known(when); k--)
		shape_moment(l->at[k - 1], year, &when);
	if (moment_known(when))
		l->before = when;
	l->told = i;
	return l->before;
}

/* Not one line again and again, which may be said so often. */
static bool is_varied(const struct lines *l, size_t from, size_t n)
{
	size_t unlike = 1;

	for (size_t i = 1; i < n && unlike < LEAST; i++)
		unlike += !str_equal(l->at[from + i], l->at[from + i - 1]);
	return unlike >= LEAST;
}

/* Time goes back to what was copied again, which was said `then`; or stands still, where nobody
 * says so much twice within what the stamps tell apart. */
static bool goes_back(struct lines *l, size_t again, size_t n, struct moment then, int year)
{
	struct moment before = time_before(l, again, year);

	return moment_comparable(before, then) && moment_minus(before, then) > (n < MANY ? 0 : -1);
}

/* The `n` lines from `again` on, which stand from `first` on already, are a copy: they end with the
 * text, or go on where the first ones ended. */
static bool is_copy(struct lines *l, size_t first, size_t again, size_t n, int year)
{
	bool is_to_end = again + n == l->n, is_all = first == 0 && n + BETWEEN >= again;
	struct moment then;

	if (n < LEAST || (!is_to_end && first + n + BETWEEN < again) || !is_varied(l, again, n))
		return false;
	then = time_in(l, again, n, year);
	return moment_known(then) && ((is_to_end && is_all) || goes_back(l, again, n, then, year));
}

static size_t line_start(const struct lines *l, size_t i)
{
	size_t at = i < l->n ? (size_t)(l->at[i].at - l->text.at) : l->text.len;

	while (i < l->n && at > 0 && l->text.at[at - 1] != '\n')
		at--;
	return at;
}

static size_t find_copies(struct str s, int year, struct cut cuts[CUTS])
{
	struct lines l = lines_of(s);
	size_t n_cuts = 0, in_vain = 0;

	for (size_t i = 0, n; i < l.n && n_cuts < CUTS && in_vain < IN_VAIN; i += n) {
		size_t first = first_alike(&l, i);

		n = lines_alike(&l, first, i);
		if (is_copy(&l, first, i, n, year)) {
			cuts[n_cuts++] = (struct cut){line_start(&l, i), line_start(&l, i + n)};
			continue;
		}
		in_vain += n;
		n = 1;
	}
	lines_free(&l);
	return n_cuts;
}

static bool is_twice(struct str head, int year)
{
	struct cut cuts[CUTS];

	/* of a longer text the end is not in sight */
	return head.len < SHAPE_LOOK && find_copies(head, year, cuts) > 0;
}

static void copy_once(struct shape_sink *s)
{
	struct cut cuts[CUTS];
	size_t n = find_copies(s->in, s->year, cuts), at = 0;

	for (size_t i = 0; i < n; i++) {
		sink_copy(s, at, cuts[i].from);
		at = cuts[i].to;
	}
	sink_copy(s, at, s->in.len);
}

const struct shape_stage shape_twice = {"pasted twice", is_twice, copy_once};
