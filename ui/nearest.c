#include "nearest.h"
#include "character.h"

/* Levenshtein's, row by row. */
static size_t distance(struct str a, struct str b)
{
	size_t row[NEAREST_MOST + 1];

	for (size_t k = 0; k <= b.len; k++)
		row[k] = k;
	for (size_t i = 0; i < a.len; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t k = 1; k <= b.len; k++) {
			size_t change = corner + (char_lower(a.at[i]) != char_lower(b.at[k - 1]));
			size_t least = row[k] < row[k - 1] ? row[k] + 1 : row[k - 1] + 1;

			corner = row[k];
			row[k] = change < least ? change : least;
		}
	}
	return row[b.len];
}

struct nearest nearest_start(struct str word, size_t reach)
{
	uint32_t number;

	return (struct nearest){.word = word,
				.reach = reach,
				.distance = reach + 1,
				.is_number = str_u32(word, &number)};
}

static void widen(struct nearest *n, struct str known)
{
	uint32_t number;

	if (!str_u32(known, &number))
		return;
	if (!n->has_range || number < n->lowest)
		n->lowest = number;
	if (!n->has_range || number > n->highest)
		n->highest = number;
	n->has_range = true;
}

/* `cisco` of `cisco-ios`: somebody did not write all of it. */
static bool is_beginning(struct str word, struct str known)
{
	enum { ENOUGH = 3 };

	return word.len >= ENOUGH && known.len > word.len &&
	       str_equal_nocase(word, (struct str){known.at, word.len});
}

void nearest_try(struct nearest *n, struct str known)
{
	size_t d;

	if (n->is_number) {
		widen(n, known);
		return;
	}

	if (n->word.len == 0 || n->word.len > NEAREST_MOST || known.len == 0 ||
	    known.len > NEAREST_MOST)
		return;
	d = distance(n->word, known);
	if (is_beginning(n->word, known) && d > 1)
		d = 1;
	if (d >= n->distance)
		return;
	n->distance = d;
	memcpy(n->best, known.at, known.len);
	n->best[known.len] = '\0';
}
