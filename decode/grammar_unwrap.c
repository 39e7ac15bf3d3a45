#include "character.h"
#include "grammar_parts.h"

/* Leaves out the line ends of `text` whose bit is set, or with `filler` makes blanks of them; false
 * when it has not as many. */
static bool unwrap(struct unwrapped *u, struct str text, unsigned which, char filler)
{
	unsigned wrap = 0;

	u->len = u->n_cuts = 0;
	for (size_t i = 0; i < text.len && u->len < UNWRAPPED_TEXT; i++) {
		bool is_cut = is_wrap(text.at[i]) && wrap < CUTS && (which >> wrap++ & 1);

		if (is_cut && !filler)
			u->cut[u->n_cuts++] = u->len;
		else
			u->at[u->len++] = is_cut ? filler : text.at[i];
	}
	return which >> wrap == 0;
}

/* What line ends that were left out stand in: an interface of no known kind; a name, which any two
 * words make. */
enum glue { GLUE_NONE, GLUE_INTERFACE, GLUE_NAME };

static enum glue glue_of(const struct grammar *g, const struct pattern_node *node, struct str flat,
			 size_t start, size_t end)
{
	bool is_glued = false;

	for (size_t k = 0; k < g->unwrapped.n_cuts; k++)
		is_glued |= g->unwrapped.cut[k] > start && g->unwrapped.cut[k] < end;
	if (!is_glued)
		return GLUE_NONE;
	if (node_type(node) == TYPE_INTERFACE)
		return word_is_interface((struct str){flat.at + start, end - start})
			       ? GLUE_NONE
			       : GLUE_INTERFACE;
	return node_is_free(node) ? GLUE_NAME : GLUE_NONE;
}

/* A number whose digits are mostly letters that look like some is no sign of being one. */
static bool is_number_seen(struct str s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.len; i++)
		digits += char_is_digit(s.at[i]);
	return digits * 2 > s.len;
}

/* How many values an attempt read, and the loosest glue in one of them. */
static size_t count_values(struct grammar *g, const struct attempt *a, struct str flat,
			   enum glue *ret_glue)
{
	struct group_walk w;
	size_t values = 0;

	*ret_glue = GLUE_NONE;
	if (!group_first(g, a, flat, &w))
		return 0;
	while (group_next(&w)) {
		enum glue glue = glue_of(g, w.node, flat, w.start, w.end);

		values += node_type(w.node) != TYPE_DECIMAL ||
			  is_number_seen((struct str){flat.at + w.start, w.end - w.start});
		*ret_glue = glue > *ret_glue ? glue : *ret_glue;
	}
	return values;
}

/* A name or an interface that was put together from two words is none when the same row reads
 * both, as values or words of its own of which one is damaged: `to frm` / `10531/O`, `TnI` /
 * `53538 L2TP:`. */
static void try_parted(struct grammar *g, struct str text, unsigned which, struct attempt *best)
{
	struct unwrapped *u = &g->unwrapped;
	struct str flat = {u->at, u->len};
	size_t reach = best->length + u->n_cuts;
	struct attempt parted = {0};
	enum glue glue, none;
	size_t values = count_values(g, best, flat, &glue);

	if (glue == GLUE_NONE)
		return;
	g->found.of = NULL; /* the text changes where it stands */
	unwrap(u, text, which, ' ');
	flat.len = u->len;
	if (row_try(g, best->c, FORM_TOLERANT, flat, &parted) && parted.length >= reach &&
	    count_values(g, &parted, flat, &none) >= values + (glue == GLUE_NAME)) {
		*best = parted;
		return;
	}
	g->found.of = NULL;
	unwrap(u, text, which, 0);
}

bool unwrapped_try(struct grammar *g, struct str text, struct attempt *ret)
{
	static const unsigned char order[] = {1, 2, 4, 3, 5, 6, 7};
	struct unwrapped *u = &g->unwrapped;

	for (size_t i = 0; i < sizeof(order); i++) {
		struct candidates all;
		struct attempt best = {0};

		if (!unwrap(u, text, order[i], 0))
			continue;

		struct str flat = {u->at, u->len};

		index_candidates(g, flat, 0, &all);
		for (size_t k = 0; k < all.n; k++)
			row_try(g, &g->rows[all.row[k]], FORM_STRICT, flat, &best);
		if (!best.c || best.length < u->cut[u->n_cuts - 1] ||
		    !attempt_is_settled(g, &best, flat))
			continue;
		try_parted(g, text, order[i], &best);
		*ret = best;
		ret->is_unwrapped = true;
		return true;
	}
	return false;
}

size_t unwrapped_offset(const struct unwrapped *u, size_t at)
{
	size_t cuts = 0;

	while (cuts < u->n_cuts && u->cut[cuts] < at)
		cuts++;
	return at + cuts;
}
