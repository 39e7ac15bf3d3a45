#include "character.h"
#include "grammar_parts.h"
#include <stdlib.h>

enum {
	KEY_WORDS = 24,   /* words of a text that are looked up */
	COMMON_WORD = 24, /* rows; a word of more tells too little */
	WORD_VARIANTS = 96,
};

static const uint32_t hash_start = 2166136261u, hash_prime = 16777619u;

static uint32_t hash_step(uint32_t h, char c)
{
	return (h ^ (uint8_t)confusion_fold(c)) * hash_prime;
}

static uint32_t hash_word(struct str s)
{
	uint32_t h = hash_start;

	for (size_t i = 0; i < s.len; i++)
		h = hash_step(h, s.at[i]);
	return h;
}

/* The words of a row that must stand in its text: literal between blanks and outside of
 * options; a capture with alternatives gives one word each. */
struct key_word {
	uint32_t hash[WORD_VARIANTS];
	size_t n;
	bool is_open; /* something of it is not literal: no key */
	bool is_empty;
	bool is_cut; /* an alternative of several words: its first is the key */
};

/* A word that goes on in a capture is a key up to one of these. */
static bool is_separator(char c)
{
	switch (c) {
	case '=':
	case '/':
	case '(':
	case '\'':
	case '"':
	case '[':
	case '%':
		return true;
	default:
		return false;
	}
}

static void word_reset(struct key_word *w)
{
	*w = (struct key_word){.hash = {hash_start}, .n = 1, .is_empty = true};
}

static void word_literal(struct key_word *w, char c)
{
	for (size_t i = 0; i < w->n; i++)
		w->hash[i] = hash_step(w->hash[i], c);
	w->is_empty = false;
	w->is_open = w->is_open || w->is_cut;
}

static void word_alternatives(struct key_word *w, const struct pattern_node *node)
{
	struct str one;
	size_t n = 0;
	uint32_t start = w->hash[0];

	w->is_empty = false;
	if (node->text.len == 0 || w->n != 1) {
		w->is_open = true;
		return;
	}
	for (size_t at = 0; alternative_next(node->text, &at, &one);) {
		const char *blank = memchr(one.at, ' ', one.len);

		if (n == WORD_VARIANTS) {
			w->is_open = true;
			return;
		}
		w->is_cut = w->is_cut || blank;
		one.len = blank ? (size_t)(blank - one.at) : one.len;
		w->hash[n] = start;
		for (size_t i = 0; i < one.len; i++)
			w->hash[n] = hash_step(w->hash[n], one.at[i]);
		n++;
	}
	w->n = n;
}

typedef void word_found(void *to, const struct key_word *w);

static void row_words(const struct pattern *p, word_found *found, void *to)
{
	struct key_word w;
	int depth = 0;
	char last = 0;
	bool at_blank = true; /* what an option leaves behind: did it end in a blank? */

	word_reset(&w);
	for (size_t i = 0; i < p->n; i++) {
		const struct pattern_node *node = &p->nodes[i];

		if (node->kind == NODE_OPTION) {
			const struct pattern_node *in = &p->nodes[i + 1];
			bool starts_blank = in->kind == NODE_LITERAL && in->text.at[0] == ' ';

			if (depth++ == 0 && !w.is_empty) {
				if (starts_blank && !w.is_open)
					found(to, &w);
				word_reset(&w);
				w.is_open = !starts_blank;
			}
		} else if (node->kind == NODE_OPTION_END) {
			const struct pattern_node *in = &p->nodes[i - 1];

			if (in->kind == NODE_LITERAL)
				at_blank = in->text.at[in->text.len - 1] == ' ';
			else if (in->kind == NODE_CAPTURE)
				at_blank = false;
			if (--depth == 0) {
				word_reset(&w);
				w.is_open = !at_blank;
			}
		} else if (depth == 0 && node->kind == NODE_CAPTURE) {
			if (!w.is_empty && !w.is_open && node->text.len == 0 && is_separator(last))
				found(to, &w);
			word_alternatives(&w, node);
		} else if (depth == 0) {
			for (size_t k = 0; k < node->text.len; k++) {
				last = node->text.at[k];
				if (last != ' ') {
					word_literal(&w, node->text.at[k]);
					continue;
				}
				if (!w.is_empty && !w.is_open)
					found(to, &w);
				word_reset(&w);
			}
		}
	}
	if (!w.is_empty && !w.is_open)
		found(to, &w);
}

struct count_table {
	struct key *at;
	size_t n, room;
};

static void table_add(struct count_table *t, uint32_t hash, uint16_t row, uint16_t rank)
{
	if (t->n == t->room) {
		t->room = t->room ? 2 * t->room : 1024;
		t->at = must_grow(t->at, t->room, sizeof(*t->at));
	}
	t->at[t->n++] = (struct key){hash, row, rank};
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return 0;
}

static int compare_hashes(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x == *y ? 0 : *x < *y ? -1 : 1;
}

struct counting {
	struct count_table *words;
	uint16_t row;
};

static void count_word(void *to, const struct key_word *w)
{
	struct counting *c = to;

	for (size_t i = 0; i < w->n; i++)
		table_add(c->words, w->hash[i], c->row, 0);
}

static size_t word_count(const struct count_table *sorted, uint32_t hash)
{
	size_t low = 0, high = sorted->n, n = 0;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (sorted->at[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	while (low + n < sorted->n && sorted->at[low + n].hash == hash)
		n++;
	return n;
}

struct choosing {
	const struct count_table *counts;
	struct key_word best[KEYS];
	size_t count[KEYS];
	size_t n;
};

static void choose_word(void *to, const struct key_word *w)
{
	struct choosing *c = to;
	size_t count = 0;

	for (size_t i = 0; i < w->n; i++) {
		size_t n = word_count(c->counts, w->hash[i]);

		count = n > count ? n : count;
	}
	for (size_t i = 0; i < c->n; i++) {
		if (c->best[i].hash[0] == w->hash[0])
			return;
	}

	size_t at = c->n;

	while (at > 0 && c->count[at - 1] > count)
		at--;
	if (at == KEYS)
		return;
	if (c->n < KEYS)
		c->n++;
	for (size_t i = c->n - 1; i > at; i--) {
		c->best[i] = c->best[i - 1];
		c->count[i] = c->count[i - 1];
	}
	c->best[at] = *w;
	c->count[at] = count;
}

static void index_rows(struct grammar *g)
{
	struct count_table words = {0}, keys = {0};

	for (size_t r = 0; r < g->n_rows; r++) {
		struct counting c = {&words, (uint16_t)r};

		row_words(&g->rows[r].pattern, count_word, &c);
	}
	if (words.n)
		qsort(words.at, words.n, sizeof(*words.at), compare_keys);
	for (size_t r = 0; r < g->n_rows; r++) {
		struct choosing c = {.counts = &words};

		row_words(&g->rows[r].pattern, choose_word, &c);
		if (c.n == 0)
			g->keyless[g->n_keyless++] = (uint16_t)r;
		for (size_t k = 0; k < c.n && (k == 0 || c.count[k] <= COMMON_WORD); k++) {
			for (size_t i = 0; i < c.best[k].n; i++)
				table_add(&keys, c.best[k].hash[i], (uint16_t)r, (uint16_t)k);
		}
	}
	if (keys.n)
		qsort(keys.at, keys.n, sizeof(*keys.at), compare_keys);
	free(words.at);
	g->keys = keys.at;
	g->n_keys = keys.n;

	size_t at = 0;

	for (size_t i = 0; i < keys.n; i++)
		g->has_key[keys.at[i].hash % INDEX_BITS / 64] |= UINT64_C(1)
								 << keys.at[i].hash % 64;
	for (uint32_t b = 0; b <= INDEX_BUCKETS; b++) {
		while (at < keys.n && keys.at[at].hash / (UINT32_MAX / INDEX_BUCKETS + 1) < b)
			at++;
		g->first[b] = (uint32_t)at;
	}
}

/* Notes a character and all that are confused with it. */
static void may_start(struct grammar *g, char c)
{
	for (int i = 0; i < 256; i++) {
		if (confusion_fold((char)i) == confusion_fold(c))
			g->may_start[i] = true;
	}
}

static void add_first(struct grammar *g, struct count_table *firsts, struct str word, char end)
{
	uint32_t h = hash_word(word);

	table_add(firsts, end ? hash_step(h, end) : h, 0, 0);
	may_start(g, word.at[0]);
}

/* The words with which rows begin, also behind optional beginnings. */
static void index_firsts(struct grammar *g)
{
	struct count_table firsts = {0};
	struct str name;

	for (size_t at = 0; alternative_next(interface_names, &at, &name);)
		may_start(g, name.at[0]);
	may_start(g, '%');
	may_start(g, 'T'); /* Tnl */
	for (size_t r = 0; r < g->n_rows; r++) {
		const struct pattern *p = &g->rows[r].pattern;
		size_t i = 0;

		/* Optional prefixes begin with an interface or `Tnl`, checked apart. */
		while (i < p->n && p->nodes[i].kind == NODE_OPTION) {
			int depth = 0;

			do {
				depth += p->nodes[i].kind == NODE_OPTION;
				depth -= p->nodes[i].kind == NODE_OPTION_END;
				i++;
			} while (depth > 0);
		}

		struct str one = {NULL, 0};

		if (i < p->n && p->nodes[i].kind == NODE_LITERAL) {
			one = p->nodes[i].text;
			for (size_t k = 0; k < one.len; k++) {
				if (one.at[k] == ' ' || one.at[k] == '(')
					one.len = k;
			}
			if (one.len > 2)
				add_first(g, &firsts, one, 0);
		} else if (i + 1 < p->n && p->nodes[i].kind == NODE_CAPTURE &&
			   p->nodes[i + 1].kind == NODE_LITERAL &&
			   p->nodes[i + 1].text.at[0] == ':') {
			for (size_t at = 0; alternative_next(p->nodes[i].text, &at, &one);)
				add_first(g, &firsts, one, ':');
		}
	}
	g->firsts = must_alloc(firsts.n + 1, sizeof(*g->firsts));
	for (size_t i = 0; i < firsts.n; i++)
		g->firsts[g->n_firsts++] = firsts.at[i].hash;
	qsort(g->firsts, g->n_firsts, sizeof(*g->firsts), compare_hashes);
	free(firsts.at);
}

void index_build(struct grammar *g)
{
	for (int i = 0; i < 256; i++)
		g->fold[i] = (uint8_t)confusion_fold((char)i);
	index_rows(g);
	index_firsts(g);
}

bool index_is_first(const struct grammar *g, struct str word)
{
	uint32_t h = hash_start;

	for (size_t i = 0; i < word.len && word.at[i] != '('; i++)
		h = hash_step(h, word.at[i]);
	return bsearch(&h, g->firsts, g->n_firsts, sizeof(h), compare_hashes) != NULL;
}

static void candidates_of(struct grammar *g, uint32_t hash, unsigned max_rank,
			  struct candidates *ret)
{
	uint32_t bucket = hash / (UINT32_MAX / INDEX_BUCKETS + 1);

	if (!(g->has_key[hash % INDEX_BITS / 64] >> hash % 64 & 1))
		return; /* most words are no key */
	for (uint32_t i = g->first[bucket], end = g->first[bucket + 1]; i < end; i++) {
		const struct key *k = &g->keys[i];

		if (k->hash != hash || k->rank > max_rank || g->seen[k->row] == g->round ||
		    ret->n == CANDIDATES)
			continue;
		g->seen[k->row] = g->round;
		ret->row[ret->n++] = k->row;
	}
}

/* In the order of the tables; there are few. */
static void sort_candidates(struct candidates *c)
{
	for (size_t i = 1; i < c->n; i++) {
		uint16_t row = c->row[i];
		size_t k = i;

		for (; k > 0 && c->row[k - 1] > row; k--)
			c->row[k] = c->row[k - 1];
		c->row[k] = row;
	}
}

/* The candidates of one word of `text` from `at` on; the end of the word. `before`: a word that a
 * line end may have cut off it, or 0. *ret_hash: of both together, or of the word. */
static size_t word_candidates(struct grammar *g, struct str text, size_t at, uint32_t before,
			      unsigned max_rank, uint32_t *ret_hash, struct candidates *ret)
{
	uint32_t h = hash_start, joined = before;

	for (; at < text.len; at++) {
		unsigned char c = (unsigned char)text.at[at];
		unsigned class = g->class_of[c];

		if (class & LETTER_BLANK)
			break;
		h = (h ^ g->fold[c]) * hash_prime;
		if (before)
			joined = (joined ^ g->fold[c]) * hash_prime;
		if (!(class & LETTER_SEPARATOR))
			continue;
		candidates_of(g, h, max_rank, ret);
		if (before)
			candidates_of(g, joined, max_rank, ret);
	}
	candidates_of(g, h, max_rank, ret);
	if (before)
		candidates_of(g, joined, max_rank, ret);
	*ret_hash = h;
	return at;
}

/* Whether what stands at `at` is nothing but a line end. */
static bool is_cut(struct str text, size_t at)
{
	return at < text.len && is_wrap(text.at[at]) &&
	       (at + 1 == text.len || !is_blank(text.at[at + 1]));
}

void index_candidates(struct grammar *g, struct str text, unsigned max_rank, struct candidates *ret)
{
	uint32_t before = 0, h;
	size_t at = 0;

	g->round++;
	ret->n = 0;
	for (size_t words = 0; words < KEY_WORDS; words++) {
		while (at < text.len && is_blank(text.at[at]))
			at++;
		if (at == text.len)
			break;
		at = word_candidates(g, text, at, before, max_rank, &h, ret);
		/* A word may go on behind a wrap. */
		before = is_cut(text, at) ? h : 0;
	}
	if (text.len && char_is_digit(text.at[0])) {
		for (size_t i = 0; i < g->n_keyless; i++) {
			if (ret->n < CANDIDATES)
				ret->row[ret->n++] = g->keyless[i];
		}
	}
	sort_candidates(ret);
}
