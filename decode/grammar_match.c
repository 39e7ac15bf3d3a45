#include "character.h"
#include "grammar_parts.h"
#include "log_prose.h"
#include <stdlib.h>

enum {
	MATCH_LIMIT = 200000,
	TEXT_LIMIT = 4096, /* a record's own text, without a dump; longer is prose */
	OCTET_DIGITS = 6,  /* no word of prose looks like as many hex digits */
};

size_t grammar_rows(const struct dialect *d, const struct grammar_row **ret, size_t room)
{
	size_t n = 0;

	for (size_t t = 0; t < d->n_tables; t++) {
		for (size_t i = 0; i < d->tables[t]->n; i++) {
			if (n < room)
				ret[n] = &d->tables[t]->rows[i];
			n++;
		}
	}
	return n;
}

struct grammar *grammar_new(const struct dialect *d)
{
	struct grammar *g = must_alloc(1, sizeof(*g));
	size_t n = grammar_rows(d, NULL, 0);
	const struct grammar_row **rows = must_alloc(n + 1, sizeof(struct grammar_row *));

	*g = (struct grammar){.arena = arena_new((size_t)16 << 20)};
	grammar_rows(d, rows, n);
	g->rows = must_alloc(n + 1, sizeof(*g->rows));
	g->seen = must_alloc(n + 1, sizeof(*g->seen));
	g->keyless = must_alloc(n + 1, sizeof(*g->keyless));
	memset(g->rows, 0, (n + 1) * sizeof(*g->rows));
	memset(g->seen, 0, (n + 1) * sizeof(*g->seen));
	for (size_t i = 0; i < n; i++) {
		struct compiled *c = &g->rows[g->n_rows];

		c->row = rows[i];
		if (!pattern_parse(rows[i]->pattern, g->arena, &c->pattern))
			continue;
		for (size_t k = 0; k < c->pattern.n; k++)
			c->n_captures += c->pattern.nodes[k].kind == NODE_CAPTURE;
		if (c->n_captures > LIMIT_RECORD_VALUES)
			c->n_captures = LIMIT_RECORD_VALUES;
		g->n_rows++;
	}
	free(rows);
	strict_open(g);
	index_build(g);
	recall_open(g);
	g->data = pcre2_match_data_create(2 * LIMIT_RECORD_VALUES + 64, NULL);
	g->context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(g->context, MATCH_LIMIT);
	pcre2_set_depth_limit(g->context, MATCH_LIMIT);
	g->scratch = text_make(LIMIT_RECORD);
	return g;
}

void grammar_free(struct grammar *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->n_rows; i++) {
		for (unsigned f = 0; f < PATTERN_FORMS; f++)
			pcre2_code_free(g->rows[i].code[f]);
	}
	pcre2_match_data_free(g->data);
	pcre2_match_context_free(g->context);
	text_free(&g->scratch);
	recall_close(g);
	arena_free(g->arena);
	free(g->rows);
	free(g->keys);
	free(g->firsts);
	free(g->seen);
	free(g->keyless);
	free(g);
}

/* Compiled on first need, and to be interpreted: what comes here is too little for machine code to
 * be worth its making (and least power, ui/sandbox.h, has no memory for it). NULL: a bug of the
 * table. */
static pcre2_code *row_code(struct compiled *c, enum pattern_form form)
{
	if (c->is_compiled[form])
		return c->code[form];

	struct text regex = text_make(LIMIT_RECORD);
	int error;
	PCRE2_SIZE where;

	pattern_regex(&c->pattern, form, &regex);
	c->is_compiled[form] = true;
	c->code[form] = pcre2_compile((PCRE2_SPTR)regex.at, regex.len, PCRE2_ANCHORED, &error,
				      &where, NULL);
	text_free(&regex);
	return c->code[form];
}

/* Groups of the forms that are not strict. */
static uint32_t pattern_groups(const struct pattern *p)
{
	uint32_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->nodes[i].kind == NODE_CAPTURE || p->nodes[i].kind == NODE_LITERAL;
	return n;
}

static bool is_generic(const struct grammar_row *row)
{
	return row->flags & ROW_GENERIC;
}

static bool is_better(const struct grammar_row *row, size_t length, const struct attempt *best)
{
	if (is_generic(row) != is_generic(best->c->row))
		return is_generic(best->c->row);
	return length > best->length;
}

/* The groups of a row in `text`, which stay as they are until the next match but one. */
static bool match_strict(struct grammar *g, struct compiled *c, struct str text, enum extent extent,
			 struct groups *ret)
{
	*ret = (struct groups){.ends = g->ends[g->turn], .words = g->words[g->turn]};
	if (!strict_match(g, c, text, extent, ret))
		return false;
	ret->of = c->steps;
	return true;
}

static bool match_pattern(struct grammar *g, struct compiled *c, enum pattern_form form,
			  struct str text, bool must_end, struct groups *ret)
{
	pcre2_code *code = row_code(c, form);

	g->found.of = NULL; /* its groups may stand in g->data */
	if (!code || pcre2_match(code, (PCRE2_SPTR)text.at, text.len, 0,
				 must_end ? PCRE2_ENDANCHORED : 0, g->data, g->context) <= 0)
		return false;
	*ret = (struct groups){.of = code,
			       .ends = pcre2_get_ovector_pointer(g->data),
			       .n = pcre2_get_ovector_count(g->data)};
	return true;
}

static bool match_form(struct grammar *g, struct compiled *c, enum pattern_form form,
		       struct str text, struct groups *ret)
{
	return form == FORM_STRICT ? match_strict(g, c, text, EXTENT_PREFIX, ret)
				   : match_pattern(g, c, form, text, false, ret);
}

static void keep_groups(struct grammar *g, const struct groups *found, struct str text)
{
	g->found = *found;
	g->found.at = text.at;
	g->found.length = found->ends[1];
	g->turn ^= found->ends == g->ends[g->turn];
}

bool row_try(struct grammar *g, struct compiled *c, enum pattern_form form, struct str text,
	     struct attempt *best)
{
	struct groups found;

	if (form != FORM_STRICT && is_generic(c->row))
		return false;
	if (!match_form(g, c, form, text, &found) ||
	    (best->c && !is_better(c->row, found.ends[1], best)))
		return false;

	uint32_t last = form == FORM_STRICT ? c->n_groups : pattern_groups(&c->pattern);

	keep_groups(g, &found, text);
	*best = (struct attempt){.c = c,
				 .form = form,
				 .length = found.ends[1],
				 .is_whole = found.ends[2 * last] != PCRE2_UNSET};
	return true;
}

static bool begins_record(struct grammar *g, struct str text)
{
	struct candidates all;
	struct attempt found = {0};

	index_candidates(g, text, 0, &all);
	for (size_t i = 0; i < all.n; i++) {
		if (row_try(g, &g->rows[all.row[i]], FORM_STRICT, text, &found) &&
		    !is_generic(found.c->row))
			return true;
	}
	return false;
}

bool attempt_is_settled(struct grammar *g, const struct attempt *a, struct str text)
{
	const struct grammar_row *row = a->c->row;
	struct str rest = str_from(text, a->length);

	if (is_generic(row))
		return false;
	while (rest.len && is_blank(rest.at[0]))
		rest = str_from(rest, 1);
	if (rest.len == 0 || (row->flags & ROW_BLOCK))
		return true;
	if ((row->flags & ROW_HEX_FOLLOWS) && begins_with_hex(rest))
		return true;
	if (prompt_length(rest, false) > 0)
		return true;
	return grammar_may_begin(g, rest) && (a->is_whole || begins_record(g, rest));
}

bool row_reads_all(struct grammar *g, struct compiled *c, enum pattern_form form, struct str text,
		   struct attempt *ret)
{
	struct groups found;

	if (form == FORM_STRICT ? !match_strict(g, c, text, EXTENT_ALL, &found)
				: !match_pattern(g, c, form, text, true, &found))
		return false;
	keep_groups(g, &found, text);
	*ret = (struct attempt){.c = c, .form = form, .length = text.len};
	return true;
}

bool row_reads_hidden(struct grammar *g, struct compiled *c, struct str text)
{
	struct groups found;

	if (!match_strict(g, c, text, EXTENT_HIDDEN, &found))
		return false;
	keep_groups(g, &found, text);
	return true;
}

/* The groups of an attempt, once more when another row was tried since. */
static bool attempt_groups(struct grammar *g, const struct attempt *a, struct str text)
{
	const struct compiled *c = a->c;
	const void *of = a->form == FORM_STRICT ? (const void *)c->steps : c->code[a->form];
	struct groups found;

	if (g->found.of == of && g->found.at == text.at && g->found.length == a->length)
		return true;
	text.len = a->length;
	if (!match_form(g, a->c, a->form, text, &found))
		return false;
	keep_groups(g, &found, text);
	return true;
}

bool group_first(struct grammar *g, const struct attempt *a, struct str text,
		 struct group_walk *ret)
{
	if (!attempt_groups(g, a, text))
		return false;
	*ret = (struct group_walk){.pattern = &a->c->pattern,
				   .has_literals = a->form != FORM_STRICT,
				   .groups = &g->found};
	return true;
}

bool group_next(struct group_walk *w)
{
	while (w->next < w->pattern->n) {
		const struct pattern_node *node = &w->pattern->nodes[w->next++];
		bool is_capture = node->kind == NODE_CAPTURE;

		if (!is_capture && (node->kind != NODE_LITERAL || !w->has_literals))
			continue;
		if (++w->group >= w->groups->n)
			return false;
		w->node = node;
		w->start = w->groups->ends[2 * w->group];
		w->end = w->groups->ends[2 * w->group + 1];
		if (is_capture && w->start != PCRE2_UNSET)
			return true;
	}
	return false;
}

bool node_is_free(const struct pattern_node *node)
{
	if (field_alternatives(node).len)
		return node->is_open;
	switch (node_type(node)) {
	case TYPE_ADDRESS:
	case TYPE_INTERFACE:
		return false;
	default:
		return true;
	}
}

/* Whether what a match takes in behind character `from` is no prose: words of the row itself
 * stand there. */
static bool has_words_behind(struct grammar *g, const struct attempt *a, struct str text,
			     size_t from)
{
	struct group_walk w;
	size_t words = 0;

	if (!group_first(g, a, text, &w))
		return false;
	for (size_t i = from; i < a->length; i++)
		words += !is_blank(text.at[i]);
	while (group_next(&w)) {
		/* a known word that goes on behind the wrap is one of the row's, too */
		if (!node_is_free(w.node))
			continue;
		if (node_type(w.node) == TYPE_OCTETS && w.start >= from &&
		    w.end - w.start >= OCTET_DIGITS)
			continue;
		for (size_t k = w.start < from ? from : w.start; k < w.end; k++)
			words -= !is_blank(text.at[k]);
	}
	return words > 1;
}

/* Whether a match goes on behind the line end at `from` with what stands alone in its line and is
 * no word of prose: a wrap cut it off. A number before a new page is that of the page. */
static bool is_fragment(struct str text, size_t from, size_t to)
{
	size_t small = 0;
	bool is_number = true;

	if (from >= to || (to < text.len && !is_wrap(text.at[to])))
		return false;
	for (size_t i = from; i < to; i++) {
		if (is_blank(text.at[i]))
			return false;
		small += char_is_lower(text.at[i]);
		is_number = is_number && char_is_digit(text.at[i]);
	}
	if (is_number && to < text.len && text.at[to] == '\v')
		return false;
	return text.at[from] < 'A' || text.at[from] > 'Z' || small < 3;
}

/* Whether `longer` is the same row as `shorter`, which ended at a line end, and only joins on
 * what may be prose. It is no prose when it is the rest of its line and a record follows. */
static bool is_doubtful(struct grammar *g, const struct attempt *shorter,
			const struct attempt *longer, struct str text)
{
	if (!shorter->c || longer->c != shorter->c || longer->length <= shorter->length ||
	    (text.at[shorter->length] != '\n' && text.at[shorter->length] != '\v'))
		return false;
	return !attempt_is_settled(g, longer, text) &&
	       !is_fragment(text, shorter->length + 1, longer->length) &&
	       !has_words_behind(g, longer, text, shorter->length + 1);
}

/* Leaves a match that only joins on what may be prose: for the shorter one, or for one that joins
 * on no more than a fragment that stands alone in the next line. */
static void drop_doubtful(struct grammar *g, const struct attempt *shorter, struct str text,
			  struct attempt *best)
{
	size_t from = shorter->length + 1;
	struct attempt cut = {0};
	enum pattern_form form = best->form;
	struct str line = text;

	if (!is_doubtful(g, shorter, best, text))
		return;
	*best = *shorter;
	for (line.len = from; line.len < text.len && !is_wrap(text.at[line.len]);)
		line.len++;
	if (is_fragment(text, from, line.len) && row_try(g, best->c, form, line, &cut) &&
	    cut.length == line.len)
		*best = cut;
}

static bool ends_in_rest(const struct compiled *c)
{
	size_t i = c->pattern.n;

	while (i > 1 && c->pattern.nodes[i - 1].kind == NODE_OPTION_END)
		i--;

	const struct pattern_node *last = &c->pattern.nodes[i - 1];

	return last->kind == NODE_CAPTURE && node_type(last) == TYPE_REST && last->text.len == 0;
}

static bool text_has_wrap(struct str text)
{
	return memchr(text.at, '\n', text.len) || memchr(text.at, '\v', text.len);
}

/* When prose follows a match that goes on over a line end in an optional part, the record
 * ended with its line. */
static void end_at_line(struct grammar *g, struct str text, struct attempt *best)
{
	struct attempt cut = {0};
	size_t wrap = best->length;

	while (wrap > 0 && text.at[wrap - 1] != '\n' && text.at[wrap - 1] != '\v')
		wrap--;
	if (wrap < 2)
		return;
	if (has_words_behind(g, best, text, wrap))
		return;
	text.len = wrap - 1;
	if (row_try(g, best->c, FORM_STRICT, text, &cut) && cut.length == text.len)
		*best = cut;
}

/* First with values that take in as few lines as they can, then with as many. */
static void try_forms(struct grammar *g, const struct candidates *all, enum pattern_form few,
		      enum pattern_form many, struct str text, struct attempt *best)
{
	for (size_t i = 0; i < all->n; i++)
		row_try(g, &g->rows[all->row[i]], few, text, best);
	if (!text_has_wrap(text))
		return;

	struct attempt shorter = *best;

	for (size_t i = 0; i < all->n; i++)
		row_try(g, &g->rows[all->row[i]], many, text, best);
	drop_doubtful(g, &shorter, text, best);
}

/* No other row can be better: a close one reads all of the text. */
static bool is_unbeaten(const struct attempt *best, struct str text)
{
	return best->c && best->length == text.len && !is_generic(best->c->row);
}

static struct attempt best_attempt(struct grammar *g, struct str text)
{
	struct candidates all;
	struct attempt best = {0};

	index_candidates(g, text, 0, &all);
	for (size_t i = 0; i < all.n && !is_unbeaten(&best, text); i++)
		row_try(g, &g->rows[all.row[i]], FORM_STRICT, text, &best);
	best.is_settled = best.c && attempt_is_settled(g, &best, text);
	if (best.is_settled)
		return best;

	struct attempt flat;

	if (text_has_wrap(text) && unwrapped_try(g, text, &flat)) {
		flat.is_settled = true;
		return flat;
	}
	if (best.c)
		end_at_line(g, text, &best);

	struct attempt strict = best;

	index_candidates(g, text, KEYS, &all);
	if (text_has_wrap(text)) {
		try_forms(g, &all, FORM_WRAPPED, FORM_JOINED, text, &best);
		drop_doubtful(g, &strict, text, &best);
		if (best.c && attempt_is_settled(g, &best, text))
			return best;
	}

	struct attempt exact = best;

	try_forms(g, &all, FORM_TOLERANT, FORM_TOLERANT_JOINED, text, &best);
	drop_doubtful(g, &exact, text, &best);
	return best;
}

bool grammar_match(struct grammar *g, struct str text, struct arena *arena,
		   struct grammar_match *ret, struct defect_list *defects)
{
	if (text.len > TEXT_LIMIT)
		text.len = TEXT_LIMIT;
	if (text.len == 0)
		return false;

	size_t n_before = defects->n;
	struct str given = text;
	struct attempt best;

	if (recall_match(g, text, arena, ret))
		return true;
	best = best_attempt(g, text);
	if (!best.c)
		return false;
	if (best.is_unwrapped)
		text = (struct str){g->unwrapped.at, g->unwrapped.len};
	if (!attempt_groups(g, &best, text))
		return false;
	*ret = (struct grammar_match){.row = best.c->row,
				      .length = best.length,
				      .is_tolerant = best.form >= FORM_TOLERANT,
				      .ends_in_rest = best.is_whole && ends_in_rest(best.c)};

	recall_learn(g, given, &best, ret);
	repair_build(g, best.c, best.form, text, arena, ret, defects);
	g->found.of = NULL; /* the text may change where it stands */
	if (!best.is_unwrapped)
		return true;
	ret->length = unwrapped_offset(&g->unwrapped, ret->length);
	for (size_t i = n_before; i < defects->n; i++)
		defects->at[i].offset =
			(uint32_t)unwrapped_offset(&g->unwrapped, defects->at[i].offset);
	return true;
}

static bool is_of(const struct grammar_row *row, const char *only)
{
	size_t n = only ? strlen(only) : 0;

	return !only || (strncmp(row->name, only, n) == 0 && row->name[n] == '.');
}

/* Free text inside of a row takes in as little as it can, unless the line must end there. */
static bool reads_line(struct grammar *g, struct compiled *c, struct str line, enum extent extent)
{
	struct groups found;

	if (extent == EXTENT_HIDDEN)
		return row_reads_hidden(g, c, line);
	if (!match_strict(g, c, line, EXTENT_PREFIX, &found) ||
	    (found.ends[1] < line.len && !match_strict(g, c, line, extent, &found)))
		return false;
	keep_groups(g, &found, line);
	return true;
}

static bool best_of_line(struct grammar *g, struct str line, const char *only, enum extent extent,
			 struct attempt *best)
{
	struct candidates all;

	index_candidates(g, line, 0, &all);
	for (size_t i = 0; i < all.n; i++) {
		struct compiled *c = &g->rows[all.row[i]];

		if (!is_of(c->row, only) || (best->c && !is_better(c->row, line.len, best)) ||
		    !reads_line(g, c, line, extent))
			continue;
		*best = (struct attempt){.c = c, .form = FORM_STRICT, .length = line.len};
	}
	return best->c != NULL;
}

bool grammar_match_line(struct grammar *g, struct str line, const char *only, struct arena *arena,
			struct grammar_match *ret)
{
	struct defect_list none = {.arena = arena};
	struct attempt best = {0};

	if (!best_of_line(g, line, only, EXTENT_ALL, &best) &&
	    !best_of_line(g, line, only, EXTENT_HIDDEN, &best))
		return false;
	*ret = (struct grammar_match){.row = best.c->row, .length = best.length};
	repair_build(g, best.c, FORM_STRICT, line, arena, ret, &none);
	g->found.of = NULL; /* the text may change where it stands */
	return true;
}
