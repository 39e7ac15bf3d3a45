/* Where the values of a row stand in a text that it reads. */
#include "grammar_parts.h"

/* It reads all of the text, or, with something behind it, the most that it can. */
static bool best_form(struct grammar *g, struct compiled *c, struct str text, struct attempt *ret)
{
	*ret = (struct attempt){0};
	for (enum pattern_form form = 0; form < PATTERN_FORMS; form++)
		if (row_reads_all(g, c, form, text, ret))
			return true;
	for (enum pattern_form form = 0; form < PATTERN_FORMS; form++)
		(void)row_try(g, c, form, text, ret);
	if (ret->c == NULL && row_reads_hidden(g, c, text))
		*ret = (struct attempt){.c = c, .form = FORM_STRICT, .length = text.len};
	return ret->c != NULL;
}

/* One of the words that the row itself has there. */
static bool is_own_word(const struct pattern_node *node, struct str is)
{
	struct str words = field_alternatives(node), one;

	for (size_t at = 0; words.len && alternative_next(words, &at, &one);)
		if (str_equal_nocase(one, is))
			return true;
	return false;
}

static enum place_kind kind_of(const struct pattern_node *node, struct str is)
{
	if (is_own_word(node, is))
		return PLACE_WORD;
	switch (node_type(node)) {
	case TYPE_DECIMAL:
	case TYPE_HEX:
		return PLACE_NUMBER;
	case TYPE_OCTETS:
		return PLACE_OCTETS;
	default:
		return node_type(node) == TYPE_REST ? PLACE_TEXT : PLACE_VALUE;
	}
}

size_t grammar_places(struct grammar *g, const struct grammar_row *row, struct str text,
		      struct grammar_place ret[LIMIT_RECORD_VALUES], size_t *ret_length)
{
	struct compiled *c = NULL;
	struct attempt a;
	struct group_walk w;
	size_t n = 0;

	for (size_t i = 0; i < g->n_rows && c == NULL; i++)
		if (g->rows[i].row == row)
			c = &g->rows[i];
	*ret_length = 0;
	if (c == NULL || text.len == 0 || !best_form(g, c, text, &a))
		return 0;
	if (!group_first(g, &a, text, &w))
		return 0;
	while (n < LIMIT_RECORD_VALUES && group_next(&w))
		ret[n++] = (struct grammar_place){
			.field = w.node->field,
			.kind = kind_of(w.node, (struct str){text.at + w.start, w.end - w.start}),
			.start = w.start,
			.end = w.end};
	g->found.of = NULL; /* the text may change where it stands */
	*ret_length = a.length;
	return n;
}
