/* Lines of a log differ in their numbers. A line that is like one read before but for those is read
 * as that one was: by the same row, with its values in the same places.
 *
 * The outline of a line has a mark for each number and everything else as it stands, so that two
 * lines of one outline are the same to every row: no row has a word with that number in it
 * (recall_open looks), and what a capture takes in depends on numbers only by their length, of
 * which the outline tells enough (a part of an address has 3 digits, of an interface 9). What
 * recall_open cannot vouch for stays in the outline as it is. unit_recall holds lines that are
 * recalled against the same ones read anew. */
#include <stdlib.h>

#include "grammar_parts.h"

enum {
	OUTLINE = 320, /* octets; longer lines are read anew */
	NUMBERS = 48,
	RECALLED_GROUPS = 40,
	RECALLED = 1024, /* outlines; one whose place is taken is forgotten */
	SHORT_NUMBER = 3,
	LONG_NUMBER = 9,
	HEX_MOST = 60,
	WORD_MOST = 39,  /* with numbers as long as they may be: below any limit of a capture */
	DUMP_WORDS = 24, /* index_candidates looks no further */
	MARKS = 4,       /* octets below are marks of the outline */
	MARK_NUMBER = 1,
	MARK_HEX = 2,
};

struct number {
	uint16_t mark, end; /* where the outline and the line go on behind it */
};

struct outline {
	uint64_t hash;
	uint16_t len;
	uint16_t line; /* octets of the text that are outlined */
	uint16_t n;
	bool has_dump;
	char at[OUTLINE];
	struct number numbers[NUMBERS];
};

/* How a line was read. Ends are those of the outline. */
struct recalled {
	uint64_t hash;
	uint16_t len;
	char at[OUTLINE];
	struct compiled *c;
	uint16_t ends[2 * RECALLED_GROUPS];
	uint8_t before[2 * RECALLED_GROUPS]; /* numbers that stand before that end */
	struct str words[RECALLED_GROUPS];
};

enum letter_kind { KIND_PLAIN, KIND_DIGIT, KIND_BLANK, KIND_WRAP, KIND_NONE };

struct recall {
	bool is_own[256][10]; /* a row has a word with that digit behind that character */
	bool is_hex_own;
	uint8_t kind[256];
	struct outline outline; /* of the text asked for last */
	struct recalled *at[RECALLED];
};

/* ---- what rows have of their own ---- */

static void own_digit(struct recall *r, int before, char digit)
{
	for (int c = 0; c < 256; c++)
		if (before < 0 || lower((char)c) == lower((char)before) ||
		    (is_blank((char)before) && is_blank((char)c)))
			r->is_own[c][digit - '0'] = true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

/* Words of a row, behind a capture or not. */
static void own_text(struct recall *r, struct str s, bool is_glued)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_digit(s.at[i]))
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
			if (lower(all.at[all.len - 1]) == 'x' && i + 1 < p->n &&
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
			     : c == ' '                          ? KIND_BLANK
			     : is_digit((char)c)                 ? KIND_DIGIT
			     : c < MARKS                         ? KIND_NONE
								 : KIND_PLAIN;
	for (size_t i = 0; i < g->n_rows; i++)
		own_row(r, &g->rows[i].pattern);
	g->recall = r;
}

void recall_close(struct grammar *g)
{
	for (size_t i = 0; g->recall && i < RECALLED; i++)
		free(g->recall->at[i]);
	free(g->recall);
	g->recall = NULL;
}

/* ---- outlines ---- */

/* Behind a line: a dump as routers print it, as far as words are looked up. */
static bool is_dump(struct str s)
{
	for (size_t i = 0, words = 0; i < s.len && words < DUMP_WORDS; i += 3, words++) {
		if (s.len - i < 2 || !is_hex(s.at[i]) || !is_hex(s.at[i + 1]))
			return words > 2 && str_is(str_from(s, i), "...");
		if (i + 2 < s.len && s.at[i + 2] != ' ' && s.at[i + 2] != '\n')
			return false;
	}
	return s.len > 5;
}

static size_t run_of_hex(struct str s, size_t i)
{
	while (i < s.len && is_hex(s.at[i]))
		i++;
	return i;
}

/* The number at *at; false when it is longer than any that is told apart. */
static bool put_number(const struct recall *r, struct str text, size_t *at, struct outline *o,
		       size_t *more)
{
	size_t from = *at, end = from, n;
	char before = from ? text.at[from - 1] : '\n', mark = MARK_NUMBER, size;

	while (end < text.len && is_digit(text.at[end]))
		end++;
	n = end - from;
	if (end < text.len && lower(text.at[end]) == 'x') {
		size_t hex = run_of_hex(text, end + 1);

		if (n == 1 && text.at[from] == '0' && !r->is_hex_own && hex > end + 2 &&
		    !(hex < text.len && (text.at[hex] == '.' || lower(text.at[hex]) == 'x'))) {
			o->at[o->len++] = text.at[from];
			o->at[o->len++] = text.at[end];
			n = hex - end - 1;
			end = hex;
			mark = MARK_HEX;
		}
	}
	if (mark == MARK_NUMBER && (r->is_own[(uint8_t)before][text.at[from] - '0'] ||
				    (end < text.len && lower(text.at[end]) == 'x'))) {
		memcpy(o->at + o->len, text.at + from, n);
		o->len = (uint16_t)(o->len + n);
		*at = end;
		return true;
	}
	if (n > HEX_MOST || o->n == NUMBERS)
		return false;
	size = (char)(n + LONG_NUMBER);
	if (mark == MARK_NUMBER && n <= LONG_NUMBER) {
		size = n <= SHORT_NUMBER ? SHORT_NUMBER : LONG_NUMBER;
		*more += (size_t)size - n;
	}
	o->at[o->len++] = mark;
	o->at[o->len++] = size;
	o->numbers[o->n++] = (struct number){.mark = o->len, .end = (uint16_t)end};
	*at = end;
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

/* False when the text has no outline: it is long, or goes on behind its line with more than a
 * dump. */
static bool outline_of(const struct recall *r, struct str text, struct outline *o)
{
	size_t i = 0, word = 0;
	size_t more = 0; /* that the numbers of the word may be longer */

	o->len = o->n = 0;
	o->has_dump = false;
	while (i < text.len) {
		uint8_t kind = r->kind[(uint8_t)text.at[i]];

		if (o->len > OUTLINE - HEX_MOST - 8)
			return false;
		if (kind == KIND_PLAIN) {
			o->at[o->len++] = text.at[i++];
			continue;
		}
		if (kind == KIND_DIGIT) {
			if (!put_number(r, text, &i, o, &more))
				return false;
			continue;
		}
		if (kind == KIND_NONE || (more && i - word + more > WORD_MOST))
			return false;
		if (kind == KIND_WRAP) {
			if (text.at[i] != '\n' || !is_dump(str_from(text, i + 1)))
				return false;
			o->has_dump = true;
			break;
		}
		o->at[o->len++] = text.at[i++];
		word = i;
		more = 0;
	}
	if (i == 0 || (more && i - word + more > WORD_MOST))
		return false;
	o->line = (uint16_t)i;
	if (o->has_dump) { /* with its first two octets */
		memcpy(o->at + o->len, text.at + i, 6);
		o->len = (uint16_t)(o->len + 6);
	}
	o->hash = hash_of(o->at, o->len) | 1; /* 0: nothing is known */
	return true;
}

/* ---- recalling ---- */

static struct recalled **place_of(struct recall *r, const struct outline *o)
{
	return &r->at[o->hash % RECALLED];
}

bool recall_match(struct grammar *g, struct str text, struct attempt *ret)
{
	struct recall *r = g->recall;
	struct outline *o = r ? &r->outline : NULL;
	const struct recalled *was;
	struct groups *found = &g->found;

	if (!r)
		return false;
	if (!outline_of(r, text, o)) {
		o->len = 0;
		return false;
	}
	was = *place_of(r, o);
	if (!was || was->hash != o->hash || was->len != o->len ||
	    memcmp(was->at, o->at, o->len) != 0)
		return false;
	*found = (struct groups){.of = was->c->steps,
				 .at = text.at,
				 .length = o->line,
				 .ends = g->ends[g->turn],
				 .words = g->words[g->turn],
				 .n = was->c->n_groups + 1};
	g->turn ^= 1;
	found->ends[0] = 0;
	found->ends[1] = o->line;
	for (uint32_t i = 2; i < 2 * found->n; i++) {
		const struct number *before = &o->numbers[was->before[i] - 1];

		found->ends[i] = was->ends[i] == UINT16_MAX ? PCRE2_UNSET
				 : was->before[i]
					 ? before->end + (size_t)(was->ends[i] - before->mark)
					 : was->ends[i];
	}
	memcpy(found->words, was->words, found->n * sizeof(found->words[0]));
	*ret = (struct attempt){.c = was->c,
				.form = FORM_STRICT,
				.length = o->line,
				.is_whole = found->ends[2 * was->c->n_groups] != PCRE2_UNSET};
	return true;
}

/* Where an end stands in the outline; false when within a number. */
static bool outlined(const struct outline *o, size_t end, uint16_t *ret, uint8_t *ret_before)
{
	uint8_t n = 0;
	size_t at = end;

	if (end == PCRE2_UNSET) {
		*ret = UINT16_MAX;
		*ret_before = 0;
		return true;
	}
	while (n < o->n && o->numbers[n].end <= end)
		n++;
	if (n)
		at = o->numbers[n - 1].mark + (end - o->numbers[n - 1].end);
	*ret = (uint16_t)at;
	*ret_before = n;
	return n == o->n || at + 2 <= o->numbers[n].mark;
}

void recall_learn(struct grammar *g, const struct attempt *a)
{
	struct recall *r = g->recall;
	const struct outline *o = r ? &r->outline : NULL;
	struct recalled *now, **place;
	uint32_t flags = a->c->row->flags;

	if (!o || !o->len || a->form != FORM_STRICT || a->is_unwrapped || a->length != o->line ||
	    (flags & ROW_GENERIC) || (o->has_dump && !(flags & ROW_HEX_FOLLOWS)) ||
	    a->c->n_groups >= RECALLED_GROUPS)
		return;
	place = place_of(r, o);
	now = *place ? *place : must_alloc(1, sizeof(*now));
	*place = now;
	now->hash = 0; /* until all of it is known */
	for (uint32_t i = 2; i < 2 * (a->c->n_groups + 1); i++)
		if (!outlined(o, g->found.ends[i], &now->ends[i], &now->before[i]))
			return;
	memcpy(now->words, g->found.words, (a->c->n_groups + 1) * sizeof(now->words[0]));
	memcpy(now->at, o->at, o->len);
	now->len = o->len;
	now->c = a->c;
	now->hash = o->hash;
}
