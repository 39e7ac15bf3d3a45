/* Lines of a log differ in their numbers. A line that is like one read before but for those is read
 * as that one was: by the same row, with its values in the same places. So is one that was wrapped,
 * when the line before it was wrapped in the same places.
 *
 * The outline of a line has a mark for each number and everything else as it stands, so that two
 * lines of one outline are the same to every row: no row has a word with that number in it
 * (recall_open looks), and what a capture takes in depends on numbers only by their length, of
 * which the outline tells enough (a part of an address has 3 digits, of an interface 9). What
 * recall_open cannot vouch for stays in the outline as it is. unit_recall holds lines that are
 * recalled against the same ones read anew. */
#include <stdlib.h>

#include "arena_room.h"
#include "grammar_recall.h"

enum {
	RECALLED = 1024, /* outlines; one whose place is taken is forgotten */
	SHORT_NUMBER = 3,
	LONG_NUMBER = 9,
	HEX_MOST = 60,
	WORD_MOST = 39,    /* with numbers as long as they may be: below any limit of a capture */
	WORDS_LOOKED = 24, /* by index_candidates, of a text */
	MARKS = 4,         /* octets below are marks of the outline */
	MARK_NUMBER = 1,
	MARK_HEX = 2,
};

/* Where the outline and the line go on behind a number; the first entry is the line's
 * beginning. */
struct numbers {
	uint16_t mark[NUMBERS + 1], end[NUMBERS + 1];
	size_t n;
};

struct outline {
	uint64_t hash;
	size_t len;
	size_t line;    /* octets of the text that are outlined */
	size_t n_wraps; /* line ends in it */
	bool has_dump;
	char at[OUTLINE];
	struct numbers numbers;
};

enum letter_kind { KIND_PLAIN, KIND_DIGIT, KIND_WRAP, KIND_NONE };

struct recall {
	struct own_digits own; /* words of rows have them */
	bool is_hex_own;
	uint8_t kind[256];
	struct outline outline; /* of the text asked for last */
	struct recalled *at[RECALLED];
	struct stencils *stencils;
	struct forms *forms;
	struct str text;                   /* that was asked for last, */
	const struct stencil_line *latest; /* and its stencil */
};

/* ---- what rows have of their own ---- */

static void own_digit(struct recall *r, int before, char digit)
{
	for (int c = 0; c < 256; c++)
		if (before < 0 || char_lower((char)c) == char_lower((char)before) ||
		    (is_blank((char)before) && is_blank((char)c)))
			r->own.behind[c] |= (uint16_t)(1u << (digit - '0'));
}

/* Words of a row, behind a capture or not. */
static void own_text(struct recall *r, struct str s, bool is_glued)
{
	for (size_t i = 0; i < s.len; i++)
		if (char_is_digit(s.at[i]))
			own_digit(r, i ? (uint8_t)s.at[i - 1] : -1, s.at[i]);
	if (is_glued && s.len && is_hex(s.at[0]))
		r->is_hex_own = true;
}

static bool takes_hex(const struct pattern_node *node)
{
	enum field_type type = node_type(node);

	return node->kind == NODE_CAPTURE &&
	       (type == TYPE_HEX || type == TYPE_OCTETS || type == TYPE_WORD || type == TYPE_NAME);
}

static void own_row(struct recall *r, const struct pattern *p)
{
	bool is_glued = false; /* a capture may stand right before */

	for (size_t i = 0; i < p->n; i++) {
		const struct pattern_node *node = &p->nodes[i];
		struct str all = node->kind == NODE_LITERAL   ? node->text
				 : node->kind == NODE_CAPTURE ? field_alternatives(node)
							      : (struct str){NULL, 0};
		struct str one;

		if (node->kind == NODE_LITERAL) {
			own_text(r, all, is_glued);
			if (char_lower(all.at[all.len - 1]) == 'x' && i + 1 < p->n &&
			    !takes_hex(&p->nodes[i + 1]))
				r->is_hex_own = true;
		} else if (node->kind == NODE_CAPTURE && all.len) {
			for (size_t at = 0; alternative_next(all, &at, &one);)
				own_text(r, one, is_glued);
		}
		is_glued = node->kind == NODE_CAPTURE || (node->kind != NODE_LITERAL && is_glued);
	}
}

void recall_open(struct grammar *g)
{
	struct recall *r = must_alloc(1, sizeof(*r));

	memset(r, 0, sizeof(*r));
	for (int c = 0; c < 256; c++)
		r->kind[c] = c == '\n' || c == '\v' || c == '\t' ? KIND_WRAP
			     : char_is_digit((char)c)            ? KIND_DIGIT
			     : c < MARKS                         ? KIND_NONE
								 : KIND_PLAIN;
	for (size_t i = 0; i < g->n_rows; i++)
		own_row(r, &g->rows[i].pattern);
	r->stencils = stencils_new();
	r->forms = forms_new();
	g->recall = r;
}

void recall_close(struct grammar *g)
{
	for (size_t i = 0; g->recall && i < RECALLED; i++)
		free(g->recall->at[i]);
	if (g->recall) {
		stencils_free(g->recall->stencils);
		forms_free(g->recall->forms);
	}
	free(g->recall);
	g->recall = NULL;
}

/* ---- outlines ---- */

static size_t run_of_hex(struct str s, size_t i)
{
	while (i < s.len && is_hex(s.at[i]))
		i++;
	return i;
}

/* The word that is being outlined. */
struct word {
	size_t end;    /* of its last number; 0: none yet */
	size_t length; /* up to there, */
	size_t more;   /* and how much longer its numbers may be */
};

/* A number of the word, of one of several lengths: no limit of a capture may be among them. */
static bool is_within_limits(struct str text, size_t from, size_t end, size_t more, struct word *w)
{
	size_t start = from, behind = end;

	while (start > w->end && text.at[start - 1] != ' ')
		start--;
	if (start > w->end || start == 0)
		w->length = w->more = 0;
	w->length += end - start;
	w->more += more;
	w->end = end;
	while (behind < text.len && text.at[behind] != ' ' && behind - end < WORD_MOST)
		behind++;
	return w->length + w->more + (behind - end) <= WORD_MOST;
}

static bool is_own(const struct recall *r, char before, unsigned digit)
{
	return r->own.behind[(uint8_t)before] >> digit & 1;
}

/* A word of a row may have that digit there, also behind a line end. */
static bool may_be_own(const struct recall *r, struct str text, size_t from, size_t end)
{
	unsigned digit = (unsigned)(text.at[from] - '0');

	if (end < text.len && text.at[end] == '\n')
		end++;
	if (end < text.len && char_lower(text.at[end]) == 'x')
		return true;
	if (from > 1 && text.at[from - 1] == '\n' && is_own(r, text.at[from - 2], digit))
		return true;
	return is_own(r, from ? text.at[from - 1] : '\n', digit);
}

static bool is_at_wrap(struct str text, size_t from, size_t end)
{
	return (from > 0 && text.at[from - 1] == '\n') || (end < text.len && text.at[end] == '\n');
}

/* The number at *at; false when it is longer than any that is told apart. */
static bool put_number(const struct recall *r, struct str text, size_t *at, struct outline *o,
		       struct word *word)
{
	struct numbers *all = &o->numbers;
	size_t from = *at, end = from + 1, n;
	char mark = MARK_NUMBER, size;

	while (end < text.len && char_is_digit(text.at[end]))
		end++;
	n = end - from;
	if (end < text.len && char_lower(text.at[end]) == 'x') {
		size_t hex = run_of_hex(text, end + 1);

		if (n == 1 && text.at[from] == '0' && !r->is_hex_own && hex > end + 2 &&
		    !(hex < text.len && (text.at[hex] == '.' || char_lower(text.at[hex]) == 'x'))) {
			o->at[o->len++] = text.at[from];
			o->at[o->len++] = text.at[end];
			n = hex - end - 1;
			end = hex;
			mark = MARK_HEX;
		}
	}
	*at = end;
	if (n > HEX_MOST || all->n == NUMBERS)
		return false;
	if (mark == MARK_NUMBER && may_be_own(r, text, from, end)) {
		memcpy(o->at + o->len, text.at + from, n);
		o->len += n;
		return true;
	}
	size = (char)(n + LONG_NUMBER);
	if (mark == MARK_NUMBER && n <= LONG_NUMBER && !is_at_wrap(text, from, end)) {
		size = n <= SHORT_NUMBER ? SHORT_NUMBER : LONG_NUMBER;
		if (!is_within_limits(text, from, end, (size_t)size - n, word))
			return false;
	}
	o->at[o->len++] = mark;
	o->at[o->len++] = size;
	all->n++;
	all->mark[all->n] = (uint16_t)o->len;
	all->end[all->n] = (uint16_t)end;
	return true;
}

static uint64_t hash_of(const char *at, size_t len)
{
	uint64_t h = len, part;

	for (; len >= sizeof(part); at += sizeof(part), len -= sizeof(part)) {
		memcpy(&part, at, sizeof(part));
		h = (h ^ part) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	part = 0;
	memcpy(&part, at, len);
	h = (h ^ part) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

/* Where line ends were lost, `C8 02` begins the dump of a message (RFC 2661 3.1). */
static bool is_flat_dump(struct str text, size_t i)
{
	return text.at[i] == '8' && i > 1 && text.at[i - 1] == 'C' && text.at[i - 2] == ' ' &&
	       text.len - i >= DUMP_BEGIN - 2 &&
	       stencil_is_dump((struct str){text.at + i - 1, DUMP_BEGIN - 1}, 2);
}

static void put_dump(struct str text, size_t i, struct outline *o)
{
	memcpy(o->at + o->len, text.at + i, DUMP_BEGIN);
	o->len += DUMP_BEGIN;
	o->has_dump = true;
}

/* False when the text has no outline: it is long, or goes on behind its line with more than a
 * dump. */
static bool outline_of(const struct recall *r, struct str text, struct outline *o)
{
	struct str line = {text.at, text.len < LINE_MOST ? text.len : LINE_MOST};
	struct word word = {0};
	size_t i = 0;

	o->len = o->n_wraps = o->numbers.n = 0;
	o->has_dump = false;
	while (i < line.len) {
		uint8_t kind = r->kind[(uint8_t)line.at[i]];

		if (kind == KIND_PLAIN) {
			char *to = o->at + o->len;
			size_t from = i;

			do
				*to++ = line.at[i++];
			while (i < line.len && r->kind[(uint8_t)line.at[i]] == KIND_PLAIN);
			o->len += i - from;
		} else if (kind == KIND_DIGIT && is_flat_dump(text, i)) {
			i -= 2;
			o->len -= 2;
			put_dump(text, i, o);
			break;
		} else if (kind == KIND_DIGIT) {
			if (!put_number(r, line, &i, o, &word))
				return false;
		} else if (kind == KIND_WRAP && line.at[i] == '\n' && text.len - i >= DUMP_BEGIN &&
			   stencil_is_dump((struct str){text.at + i + 1, DUMP_BEGIN - 1}, 2)) {
			put_dump(text, i, o);
			break;
		} else if (line.at[i] == '\n' && o->n_wraps < CUTS &&
			   (i == 0 || line.at[i - 1] != '\n')) {
			o->at[o->len++] = line.at[i++];
			o->n_wraps++;
		} else {
			return false;
		}
	}
	if (i == 0 || i >= LINE_MOST)
		return false;
	o->line = i;
	o->hash = hash_of(o->at, o->len) | 1; /* 0: nothing is known */
	return true;
}

/* ---- recalling ---- */

static struct recalled **place_of(struct recall *r, const struct outline *o)
{
	return &r->at[o->hash % RECALLED];
}

static bool is_whole(const struct recalled *was, struct str text, size_t line, bool has_dump)
{
	return !has_dump || stencil_is_dump(str_from(text, line + 1), was->words_left);
}

static struct recalled *recall(struct recall *r, struct str text)
{
	struct outline *o = &r->outline;
	struct recalled *was;

	if (!outline_of(r, text, o)) {
		o->len = 0;
		return NULL;
	}
	was = *place_of(r, o);
	if (!was || was->hash != o->hash || was->len != o->len ||
	    memcmp(was->at, o->at, o->len) != 0 || !is_whole(was, text, o->line, o->has_dump))
		return NULL;
	return was;
}

static struct stencil_line stencil_line_of(const struct outline *o, struct recalled *was)
{
	struct stencil_line line = {.was = was,
				    .turn = was->turn,
				    .line = o->line,
				    .n_wraps = o->n_wraps,
				    .has_dump = o->has_dump};

	memcpy(line.end, o->numbers.end, (o->numbers.n + 1) * sizeof(*line.end));
	return line;
}

/* The line without the line ends that only cut, and with blanks for the others. */
static size_t copy_line(const struct recalled *was, const struct stencil_line *o, const char *line,
			char *copy)
{
	size_t from = 0, len = 0;

	for (size_t i = 0; i < was->n_cuts; i++) {
		size_t cut = (size_t)o->end[was->cut_number[i]] + was->cut_behind[i];

		memcpy(copy + len, line + from, cut - from);
		len += cut - from;
		from = cut + 1;
	}
	memcpy(copy + len, line + from, o->line - from);
	len += o->line - from;
	for (size_t i = 0; o->n_wraps > was->n_cuts && i < len; i++)
		copy[i] = copy[i] == '\n' ? ' ' : copy[i];
	copy[len] = 0;
	return len;
}

/* `text` read as the line like it was. */
static void read_as(const struct stencil_line *line, struct str text, struct arena *arena,
		    struct grammar_match *ret)
{
	struct recalled *was = line->was;
	const uint16_t *end = line->end;
	struct said_value *values;
	char *copy;

	*ret = (struct grammar_match){.row = was->c->row,
				      .length = line->line,
				      .ends_in_rest = was->ends_in_rest,
				      .shared = &was->shared};
	values = arena_room(arena, was->n_values * sizeof(*values) + line->line + 1);
	if (!values)
		return;
	copy = (char *)(values + was->n_values);
	ret->text = (struct str){copy, copy_line(was, line, text.at, copy)};
	for (size_t i = 0; i < was->n_values; i++) {
		const struct recalled_value *v = &was->values[i];
		struct str is = v->word;

		if (!is.len)
			is = str_range(copy + end[v->number[0]] + v->behind[0] - v->cuts,
				       copy + end[v->number[1]] + v->behind[1] - v->cuts);
		repair_value_of(&values[i], (enum log_field)v->field, (enum field_type)v->type, is);
	}
	ret->values = values;
	ret->n_values = was->n_values;
	ret->fields = was->fields;
	ret->places = was->places;
}

bool recall_match(struct grammar *g, struct str text, struct arena *arena,
		  struct grammar_match *ret)
{
	struct recall *r = g->recall;
	const struct stencil_line *line = r ? stencil_find(r->stencils, text) : NULL;
	struct stencil_line drawn;
	struct recalled *was;

	if (!r)
		return false;
	r->text = text;
	r->latest = NULL;
	if (line && line->turn == line->was->turn &&
	    is_whole(line->was, text, line->line, line->has_dump)) {
		read_as(line, text, arena, ret);
		r->latest = line;
		return true;
	}
	was = recall(r, text);
	if (!was)
		return false;
	drawn = stencil_line_of(&r->outline, was);
	read_as(&drawn, text, arena, ret);
	r->latest = stencil_learn(r->stencils, text, &r->own, &drawn);
	return true;
}

const struct stencil_line *recall_latest(const struct grammar *g, struct str *ret_text)
{
	if (!g->recall)
		return NULL;
	*ret_text = g->recall->text;
	return g->recall->latest;
}

const struct own_digits *recall_own(const struct grammar *g)
{
	return g->recall->is_hex_own ? NULL : &g->recall->own;
}

struct forms *recall_forms(const struct grammar *g)
{
	return g->recall ? g->recall->forms : NULL;
}

/* Behind which number a place of the line stands; false when within one. */
static bool place_end(const struct numbers *all, size_t end, uint8_t *ret, uint16_t *ret_behind)
{
	uint8_t n = 0;

	while (n < all->n && all->end[n + 1] <= end)
		n++;
	*ret = n;
	*ret_behind = (uint16_t)(end - all->end[n]);
	return n == all->n || all->mark[n] + *ret_behind + 2 <= all->mark[n + 1];
}

/* False when the value is more than what stands there, or one that a line end cut. */
static bool learn_value(const struct outline *o, const struct groups *found,
			const struct unwrapped *u, uint32_t group, const struct pattern_node *node,
			struct recalled_value *ret)
{
	size_t from = found->ends[2 * group], to = found->ends[2 * group + 1];
	struct str is = str_trim(str_range(found->at + from, found->at + to));

	*ret = (struct recalled_value){.field = (uint8_t)node->field,
				       .type = (uint8_t)node_type(node),
				       .word = found->words[group]};
	for (size_t i = 0; u && i < u->n_cuts; i++) {
		if (u->cut[i] > from && u->cut[i] < to)
			return false;
		if (u->cut[i] <= from)
			ret->cuts++;
	}
	if (is.len == 0 || (!ret->word.len && field_alternatives(node).len))
		return false;
	from = (size_t)(is.at - found->at) + ret->cuts;
	return place_end(&o->numbers, from, &ret->number[0], &ret->behind[0]) &&
	       place_end(&o->numbers, from + is.len, &ret->number[1], &ret->behind[1]);
}

static bool learn_cuts(const struct outline *o, const struct unwrapped *u, struct recalled *ret)
{
	ret->n_cuts = u ? (uint8_t)u->n_cuts : 0;
	for (size_t i = 0; i < ret->n_cuts; i++)
		if (u->cut[i] + i >= o->line ||
		    !place_end(&o->numbers, u->cut[i] + i, &ret->cut_number[i],
			       &ret->cut_behind[i]))
			return false;
	return true;
}

static size_t words_in(const char *at, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += !is_blank(at[i]) && (i == 0 || is_blank(at[i - 1]));
	return n;
}

void recall_learn(struct grammar *g, struct str text, const struct attempt *a,
		  struct grammar_match *m)
{
	struct recall *r = g->recall;
	const struct outline *o = r ? &r->outline : NULL;
	const struct unwrapped *u = a->is_unwrapped ? &g->unwrapped : NULL;
	struct recalled *now, **place;
	uint32_t flags = a->c->row->flags;
	size_t words;

	if (!o || !o->len || a->form != FORM_STRICT || !a->is_settled ||
	    (u ? unwrapped_offset(u, a->length) : a->length) != o->line ||
	    (o->has_dump && !(flags & ROW_HEX_FOLLOWS)))
		return;
	place = place_of(r, o);
	now = *place ? *place : must_alloc(1, sizeof(*now));
	*place = now;
	now->hash = 0; /* until all of it is known */
	now->turn++;
	now->n_values = now->fields = 0;
	if (!learn_cuts(o, u, now))
		return;
	for (uint32_t i = 1; i <= a->c->n_groups && now->n_values < LIMIT_RECORD_VALUES; i++) {
		if (g->found.ends[2 * i] == PCRE2_UNSET)
			continue;
		if (!learn_value(o, &g->found, u, i, a->c->captures[i],
				 &now->values[now->n_values]))
			return;
		now->fields |= UINT64_C(1) << a->c->captures[i]->field;
		now->n_values++;
	}
	now->places = (struct log_places){{0}};
	for (size_t i = now->n_values; i-- > 0;)
		places_note(&now->places, (enum log_field)now->values[i].field, i);
	/* without the cuts there are fewer */
	words = words_in(text.at, o->line) - now->n_cuts;
	now->words_left = words < WORDS_LOOKED ? WORDS_LOOKED - words : 0;
	memcpy(now->at, o->at, o->len);
	now->len = o->len;
	now->c = a->c;
	now->ends_in_rest = m->ends_in_rest;
	now->shared.is_read = false;
	m->shared = &now->shared;
	now->hash = o->hash;
}
