#define PCRE2_CODE_UNIT_WIDTH 8
#include "grammar.h"
#include "grammar_compile.h"
#include "log_prose.h"
#include <pcre2.h>
#include <stdlib.h>

enum {
	KEYS = 3,         /* words under which a row is found: one may be damaged */
	KEY_WORDS = 24,   /* words of a text that are looked up */
	COMMON_WORD = 24, /* rows; a word of more tells too little */
	WORD_VARIANTS = 96,
	INDEX_BUCKETS = 4096,
	MATCH_LIMIT = 200000,
	TEXT_LIMIT = 4096, /* a record's own text, without a dump; longer is prose */
};

struct compiled {
	const struct grammar_row *row;
	struct pattern pattern;
	pcre2_code *code[PATTERN_FORMS];
	bool is_compiled[PATTERN_FORMS];
};

struct key {
	uint32_t hash;
	uint16_t row;
	uint16_t rank; /* 0: the rarest word of the row */
};

struct grammar {
	struct arena *arena;
	struct compiled *rows;
	size_t n_rows;
	struct key *keys; /* sorted by hash */
	size_t n_keys;
	uint32_t first[INDEX_BUCKETS + 1];
	uint32_t *firsts; /* hashes of words a record may begin with, sorted */
	size_t n_firsts;
	bool may_start[256]; /* characters a record may begin with */
	uint32_t *seen;      /* per row: the round that tried it */
	uint32_t round;
	uint16_t *keyless;
	size_t n_keyless;
	pcre2_match_data *data;
	const pcre2_code *data_of; /* whose groups `data` holds */
	pcre2_match_context *context;
	struct text scratch;
};

struct attempt {
	struct compiled *c;
	enum pattern_form form;
	size_t length;
	bool is_whole; /* also the last optional part was there */
};

/* --- words --- */

static uint32_t hash_step(uint32_t h, char c)
{
	return (h ^ (uint8_t)confusion_fold(c)) * 16777619u;
}

static const uint32_t hash_start = 2166136261u;

static uint32_t hash_word(struct str s)
{
	uint32_t h = hash_start;

	for (size_t i = 0; i < s.len; i++)
		h = hash_step(h, s.at[i]);
	return h;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\v' || c == '\t';
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

/* --- the index --- */

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
		if (pattern_parse(rows[i]->pattern, g->arena, &c->pattern))
			g->n_rows++;
	}
	free(rows);
	index_rows(g);
	index_firsts(g);
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
	arena_free(g->arena);
	free(g->rows);
	free(g->keys);
	free(g->firsts);
	free(g->seen);
	free(g->keyless);
	free(g);
}

/* --- trying rows --- */

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
	if (c->code[form])
		pcre2_jit_compile(c->code[form], PCRE2_JIT_COMPLETE);
	text_free(&regex);
	return c->code[form];
}

static uint32_t pattern_groups(const struct pattern *p, enum pattern_form form)
{
	uint32_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->nodes[i].kind == NODE_CAPTURE ||
		     (p->nodes[i].kind == NODE_LITERAL && form != FORM_STRICT);
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

static bool try_row(struct grammar *g, struct compiled *c, enum pattern_form form, struct str text,
		    struct attempt *best)
{
	if (form != FORM_STRICT && is_generic(c->row))
		return false;

	pcre2_code *code = row_code(c, form);

	if (!code)
		return false;

	int n = pcre2_match(code, (PCRE2_SPTR)text.at, text.len, 0, 0, g->data, g->context);

	g->data_of = n > 0 ? code : NULL;
	if (n <= 0)
		return false;

	size_t length = pcre2_get_ovector_pointer(g->data)[1];

	if (best->c && !is_better(c->row, length, best))
		return false;
	*best = (struct attempt){c, form, length, (uint32_t)n > pattern_groups(&c->pattern, form)};
	return true;
}

/* The candidates: rows one of whose keys is among the first words. */
struct candidates {
	uint16_t row[256];
	size_t n;
};

static void candidates_of(struct grammar *g, uint32_t hash, unsigned max_rank,
			  struct candidates *ret)
{
	uint32_t bucket = hash / (UINT32_MAX / INDEX_BUCKETS + 1);

	for (uint32_t i = g->first[bucket]; i < g->first[bucket + 1]; i++) {
		const struct key *k = &g->keys[i];

		if (k->hash != hash || k->rank > max_rank || g->seen[k->row] == g->round ||
		    ret->n == sizeof(ret->row) / sizeof(ret->row[0]))
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

static void find_candidates(struct grammar *g, struct str text, unsigned max_rank,
			    struct candidates *ret)
{
	uint32_t joined = hash_start;
	uint32_t h = hash_start;
	bool is_joined = false, in_word = false;
	size_t words = 0;

	g->round++;
	ret->n = 0;
	for (size_t i = 0; i <= text.len && words < KEY_WORDS; i++) {
		char c = i < text.len ? text.at[i] : ' ';

		if (!is_blank(c)) {
			h = hash_step(h, c);
			joined = hash_step(joined, c);
			in_word = true;
			if (is_separator(c)) {
				candidates_of(g, h, max_rank, ret);
				if (is_joined)
					candidates_of(g, joined, max_rank, ret);
			}
			continue;
		}
		if (in_word) {
			candidates_of(g, h, max_rank, ret);
			if (is_joined)
				candidates_of(g, joined, max_rank, ret);
			words++;
		}
		/* A word may go on behind a wrap. */
		is_joined = in_word && (c == '\n' || c == '\v');
		joined = is_joined ? h : hash_start;
		h = hash_start;
		in_word = false;
	}
	if (text.len && text.at[0] >= '0' && text.at[0] <= '9') {
		for (size_t i = 0; i < g->n_keyless; i++) {
			if (ret->n < sizeof(ret->row) / sizeof(ret->row[0]))
				ret->row[ret->n++] = g->keyless[i];
		}
	}
	sort_candidates(ret);
}

/* --- what follows a match --- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char digit_of(char c)
{
	switch (c) {
	case 'O':
	case 'o':
		return '0';
	case 'l':
	case 'I':
	case '|':
		return '1';
	default:
		return c;
	}
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f') ||
	       c == 'O' || c == 'o' || c == 'l' || c == 'I' || c == '|';
}

static size_t word_end(struct str s)
{
	size_t n = 0;

	while (n < s.len && !is_blank(s.at[n]))
		n++;
	return n;
}

/* Two octets at least: one alone may be the rest of a number that a line end cut. */
static bool looks_like_hex(struct str rest)
{
	for (int i = 0; i < 2; i++) {
		if (word_end(rest) != 2 || !is_hex(rest.at[0]) || !is_hex(rest.at[1]))
			return false;
		rest = str_from(rest, rest.len > 2 ? 3 : 2);
	}
	return true;
}

static bool is_digitish(char c)
{
	c = digit_of(c);
	return c >= '0' && c <= '9';
}

/* A name of an interface and digits, perhaps a colon behind. */
static bool is_interface(struct str word)
{
	size_t letters = 0, end;
	struct str one;

	if (word.len < 2 || ((word.at[0] < 'A' || word.at[0] > 'Z') && word.at[0] != 'p'))
		return false;
	while (letters < word.len &&
	       ((lower(word.at[letters]) >= 'a' && lower(word.at[letters]) <= 'z') ||
		word.at[letters] == '-'))
		letters++;
	end = letters;
	while (end < word.len && (is_digitish(word.at[end]) || strchr("/:.", word.at[end])))
		end++;
	if (letters < 2 || end < word.len || (end == letters && !is_digitish(word.at[letters - 1])))
		return false;
	for (size_t at = 0; alternative_next(interface_names, &at, &one);) {
		if (one.len <= letters && one.len < word.len && is_digitish(word.at[one.len]) &&
		    memcmp(one.at, word.at, one.len) == 0)
			return true;
	}
	return false;
}

bool grammar_may_begin(const struct grammar *g, struct str text)
{
	size_t n = word_end((struct str){text.at, text.len < 42 ? text.len : 42});
	uint32_t h = hash_start;

	if (n < 3 || n > 40 || !g->may_start[(unsigned char)text.at[0]])
		return false;
	if (text.at[0] == '%')
		return true;
	if (str_starts(text, "Tnl") || is_interface((struct str){text.at, n}))
		return true;
	for (size_t i = 0; i <= n; i++) {
		bool is_end = i == n || text.at[i] == '(';

		if (is_end &&
		    bsearch(&h, g->firsts, g->n_firsts, sizeof(h), compare_hashes) != NULL)
			return true;
		if (is_end)
			return false;
		h = hash_step(h, text.at[i]);
	}
	return false;
}

static bool begins_record(struct grammar *g, struct str text)
{
	struct candidates all;
	struct attempt found = {0};

	find_candidates(g, text, 0, &all);
	for (size_t i = 0; i < all.n; i++) {
		if (try_row(g, &g->rows[all.row[i]], FORM_STRICT, text, &found) &&
		    !is_generic(found.c->row))
			return true;
	}
	return false;
}

/* Whether what stands behind a match is something else, so that no longer match is looked for. */
static bool is_settled(struct grammar *g, const struct attempt *a, struct str text)
{
	const struct grammar_row *row = a->c->row;
	struct str rest = str_from(text, a->length);

	if (is_generic(row))
		return false;
	while (rest.len && is_blank(rest.at[0]))
		rest = str_from(rest, 1);
	if (rest.len == 0 || (row->flags & ROW_BLOCK))
		return true;
	if ((row->flags & ROW_HEX_FOLLOWS) && looks_like_hex(rest))
		return true;
	if (prompt_length(rest, false) > 0)
		return true;
	return grammar_may_begin(g, rest) && (a->is_whole || begins_record(g, rest));
}

/* Whether `longer` is the same row as `shorter`, which ended at a line end, and only joins on
 * what may be prose. It is no prose when it is the rest of its line and a record follows. */
static bool is_doubtful(struct grammar *g, const struct attempt *shorter,
			const struct attempt *longer, struct str text)
{
	if (!shorter->c || longer->c != shorter->c || longer->length <= shorter->length ||
	    (text.at[shorter->length] != '\n' && text.at[shorter->length] != '\v'))
		return false;
	return !is_settled(g, longer, text);
}

/* --- normalising --- */

struct building {
	struct grammar *g;
	struct str text;
	struct grammar_match *ret;
	struct defect_list *defects;
	struct arena *arena;
};

static void add_damage(struct building *b, size_t offset, struct str was, struct str should_be,
		       const char *proof)
{
	struct defect *d = defect_add(b->defects, DEFECT_INPUT_DAMAGED, offset);

	if (!d)
		return;
	d->was = arena_str(b->arena, was);
	d->should_be = arena_str(b->arena, should_be);
	d->proof = str_of(proof);
	d->text = arena_printf(b->arena, "`%.*s` stands where `%.*s` must stand: %s",
			       STR_ARG(d->was), STR_ARG(d->should_be), proof);
}

static bool is_wrap(char c)
{
	return c == '\n' || c == '\v';
}

/* Compares what stands at a literal with the literal, word by word, and notes the words that
 * differ. */
static void check_literal(struct building *b, struct str literal, struct str is, size_t offset)
{
	size_t i = 0, k = 0;

	while (k < literal.len || i < is.len) {
		size_t word = k, at = i;
		bool is_damaged = false;

		while (k < literal.len && literal.at[k] != ' ') {
			while (i < is.len && is_blank(is.at[i])) {
				is_damaged = is_damaged || !is_wrap(is.at[i]);
				i++;
			}
			if (i >= is.len)
				break;
			is_damaged = is_damaged || lower(is.at[i]) != lower(literal.at[k]);
			i++;
			k++;
		}
		if (is_damaged)
			add_damage(b, offset + at, (struct str){is.at + at, i - at},
				   (struct str){literal.at + word, k - word},
				   "the only form of a record that fits here");
		if (k >= literal.len)
			break;
		k++;

		size_t blanks = i;

		while (i < is.len && is_blank(is.at[i]))
			i++;
		if (i == blanks && word < k - 1 && k < literal.len)
			add_damage(b, offset + at, (struct str){is.at + at, is.len - at}, literal,
				   "a blank is missing");
		if (k >= literal.len)
			break;
	}
}

/* Puts confused letters back; true when something changed. */
static bool fix_digits(char *at, size_t len)
{
	bool is_changed = false;

	for (size_t i = 0; i < len; i++) {
		char c = digit_of(at[i]);

		is_changed = is_changed || c != at[i];
		at[i] = c;
	}
	return is_changed;
}

/* How many letters of `s` must be put right to make it `word`; SIZE_MAX when it is another word.
 * Blanks count for nothing: a wrap may have made or eaten one. */
static size_t word_distance(struct str s, struct str word)
{
	size_t different = 0, i = 0, k = 0;

	for (;;) {
		while (i < s.len && s.at[i] == ' ')
			i++;
		while (k < word.len && word.at[k] == ' ')
			k++;
		if (i == s.len || k == word.len)
			return i == s.len && k == word.len ? different : SIZE_MAX;
		if (lower(s.at[i]) != lower(word.at[k])) {
			if (!is_confusable(s.at[i], word.at[k]))
				return SIZE_MAX;
			different++;
		}
		i++;
		k++;
	}
}

/* The one word of `alternatives` that `s` is, but for confused letters: the nearest, if no
 * other is as near. Empty when none or several are. */
static struct str nearest_word(struct str s, struct str alternatives, bool *is_exact)
{
	struct str one, best = {NULL, 0};
	size_t least = SIZE_MAX;

	for (size_t at = 0; alternative_next(alternatives, &at, &one);) {
		size_t distance = word_distance(s, one);

		if (distance == 0) {
			*is_exact = true;
			return one;
		}
		if (distance > least || distance == SIZE_MAX)
			continue;
		best = distance == least ? (struct str){NULL, 0} : one;
		least = distance;
	}
	*is_exact = false;
	return best;
}

static const struct str state_names = {
	"idle|wait-ctl-reply|wait-ctl-conn|established|no-sessions-left|shutting-down|"
	"wait-for-tunnel|wait-tunnel|wait-reply|wait-connect|wait-cs-answer|Initial|Starting|"
	"Closed|Stopped|Closing|Stopping|REQsent|ACKrcvd|ACKsent|Open|Opened|Listen|"
	"Not negotiated",
	sizeof("idle|wait-ctl-reply|wait-ctl-conn|established|no-sessions-left|shutting-down|"
	       "wait-for-tunnel|wait-tunnel|wait-reply|wait-connect|wait-cs-answer|Initial|"
	       "Starting|Closed|Stopped|Closing|Stopping|REQsent|ACKrcvd|ACKsent|Open|Opened|"
	       "Listen|Not negotiated") -
		1};

/* The capture as it stood, without its wraps, into the scratch text; returns where. */
static size_t add_unwrapped(struct building *b, const struct pattern_node *node, struct str is)
{
	size_t start = b->g->scratch.len;

	for (size_t i = 0; i < is.len; i++) {
		if (!is_wrap(is.at[i]))
			text_putc(&b->g->scratch, is.at[i]);
		else if (node_type(node) == TYPE_REST)
			text_putc(&b->g->scratch, ' ');
	}
	return start;
}

static void fix_number(struct building *b, size_t start, size_t offset, struct str was)
{
	struct text *t = &b->g->scratch;
	size_t skip = 0;

	/* In `0x` only the zero is a digit. */
	while (start + skip + 1 < t->len && lower(t->at[start + skip + 1]) == 'x')
		skip += 2;
	bool is_changed = false;

	for (size_t i = 0; i < skip; i += 2)
		is_changed = fix_digits(t->at + start + i, 1) || is_changed;
	is_changed = fix_digits(t->at + start + skip, t->len - start - skip) || is_changed;
	if (is_changed)
		add_damage(b, offset, was, (struct str){t->at + start, t->len - start},
			   "a number stands here");
}

static void fix_interface(struct building *b, size_t start, size_t offset, struct str was)
{
	struct text *t = &b->g->scratch;
	struct str is = {t->at + start, t->len - start};
	struct str one, best = {NULL, 0};

	for (size_t at = 0; alternative_next(interface_names, &at, &one);) {
		size_t i = 0;

		if (one.len >= is.len || one.len <= best.len)
			continue;
		while (i < one.len &&
		       is_confusable(lower(is.at[i]) == lower(one.at[i]) ? one.at[i] : is.at[i],
				     one.at[i]))
			i++;
		if (i == one.len)
			best = one;
	}
	if (best.len == 0)
		return;

	bool is_changed = !str_equal_nocase((struct str){is.at, best.len}, best);

	if (is_changed)
		memcpy(t->at + start, best.at, best.len);
	is_changed = fix_digits(t->at + start + best.len, is.len - best.len) || is_changed;
	if (is_changed)
		add_damage(b, offset, was, (struct str){t->at + start, t->len - start},
			   "an interface name stands here");
}

static void fix_word(struct building *b, struct str alternatives, size_t start, size_t offset,
		     struct str was)
{
	struct text *t = &b->g->scratch;
	struct str is = {t->at + start, t->len - start};
	bool is_exact;
	struct str word = nearest_word(is, alternatives, &is_exact);

	if (word.len == 0)
		return;
	t->len = start;
	text_add(t, word);
	if (!is_exact)
		add_damage(b, offset, was, word, "the only word that can stand here");
}

static void normalise(struct building *b, const struct pattern_node *node, size_t start,
		      size_t offset, struct str was)
{
	switch (node_type(node)) {
	case TYPE_DECIMAL:
	case TYPE_HEX:
	case TYPE_OCTETS:
	case TYPE_ADDRESS:
		fix_number(b, start, offset, was);
		return;
	case TYPE_INTERFACE:
		fix_interface(b, start, offset, was);
		return;
	case TYPE_STATE:
		fix_word(b, node->text.len ? node->text : state_names, start, offset, was);
		return;
	default:
		if (field_alternatives(node).len)
			fix_word(b, field_alternatives(node), start, offset, was);
		return;
	}
}

/* `0x`, also doubled (an IOS habit), is no part of the number. */
static struct str without_0x(struct str s)
{
	while (s.len > 2 && s.at[0] == '0' && (s.at[1] == 'x' || s.at[1] == 'X'))
		s = str_from(s, 2);
	return s;
}

static uint64_t number_of_hex(struct str s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.len && i < 16; i++) {
		char c = lower(s.at[i]);

		n = n << 4 | (uint64_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
	}
	return n;
}

static void set_value(struct said_value *v, enum log_field field, struct str text)
{
	v->field = (uint16_t)field;
	v->text = text;
	switch (field_type(field)) {
	case TYPE_DECIMAL:
		str_u64(text, &v->number);
		return;
	case TYPE_HEX:
		v->number = number_of_hex(without_0x(text));
		return;
	case TYPE_OCTETS:
		v->text = without_0x(text);
		return;
	default:
		return;
	}
}

static struct str group_of(const struct building *b, size_t group, size_t *offset)
{
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(b->g->data);

	*offset = ends[2 * group];
	if (group >= pcre2_get_ovector_count(b->g->data) || ends[2 * group] == PCRE2_UNSET)
		return (struct str){NULL, 0};
	return (struct str){b->text.at + ends[2 * group], ends[2 * group + 1] - ends[2 * group]};
}

/* A strict match stands as it is: wraps become blanks. */
static void build_strict(struct building *b, const struct compiled *c)
{
	struct grammar_match *ret = b->ret;
	size_t group = 1;

	char *copy = arena_alloc(b->arena, ret->length + 1);

	if (!copy)
		return;
	for (size_t i = 0; i < ret->length; i++)
		copy[i] = is_blank(b->text.at[i]) ? ' ' : b->text.at[i];
	ret->text = (struct str){copy, ret->length};
	for (size_t i = 0; i < c->pattern.n && ret->n_values < LIMIT_RECORD_VALUES; i++) {
		const struct pattern_node *node = &c->pattern.nodes[i];
		size_t offset;

		if (node->kind != NODE_CAPTURE)
			continue;

		struct str is = group_of(b, group++, &offset);

		if (!is.at)
			continue;

		struct str text = str_trim((struct str){copy + offset, is.len});
		struct str names = field_alternatives(node);

		if (names.len) {
			bool is_exact;
			struct str name = nearest_word(text, names, &is_exact);

			text = is_exact ? name : text;
		}
		set_value(&ret->values[ret->n_values++], node->field, text);
	}
}

/* The other forms are rendered anew: literals as the row has them, values normalised. */
static void build_repaired(struct building *b, const struct compiled *c)
{
	struct grammar_match *ret = b->ret;
	size_t group = 1;
	size_t start[LIMIT_RECORD_VALUES], end[LIMIT_RECORD_VALUES];
	struct text *t = &b->g->scratch;

	text_clear(t);
	for (size_t i = 0; i < c->pattern.n; i++) {
		const struct pattern_node *node = &c->pattern.nodes[i];
		size_t offset;

		if (node->kind != NODE_CAPTURE && node->kind != NODE_LITERAL)
			continue;

		struct str is = group_of(b, group++, &offset);

		if (!is.at)
			continue;
		if (node->kind == NODE_LITERAL) {
			text_add(t, node->text);
			check_literal(b, node->text, is, offset);
			continue;
		}
		if (ret->n_values == LIMIT_RECORD_VALUES)
			continue;
		start[ret->n_values] = add_unwrapped(b, node, is);
		normalise(b, node, start[ret->n_values], offset, is);
		end[ret->n_values] = t->len;
		ret->values[ret->n_values++].field = (uint16_t)node->field;
	}
	ret->text = arena_str(b->arena, text_str(t));
	for (size_t i = 0; i < ret->n_values; i++) {
		enum log_field field = (enum log_field)ret->values[i].field;
		struct str value = {NULL, 0};

		if (end[i] <= ret->text.len)
			value = str_range(ret->text.at + start[i], ret->text.at + end[i]);
		set_value(&ret->values[i], field, str_trim(value));
	}
}

/* --- the front door --- */

static bool ends_in_rest(const struct compiled *c)
{
	size_t i = c->pattern.n;

	while (i > 1 && c->pattern.nodes[i - 1].kind == NODE_OPTION_END)
		i--;

	const struct pattern_node *last = &c->pattern.nodes[i - 1];

	return last->kind == NODE_CAPTURE && node_type(last) == TYPE_REST && last->text.len == 0;
}

static bool has_wrap(struct str text)
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
	text.len = wrap - 1;
	if (try_row(g, best->c, FORM_STRICT, text, &cut) && cut.length == text.len)
		*best = cut;
}

/* First with values that take in as few lines as they can, then with as many. */
static void try_forms(struct grammar *g, const struct candidates *all, enum pattern_form few,
		      enum pattern_form many, struct str text, struct attempt *best)
{
	for (size_t i = 0; i < all->n; i++)
		try_row(g, &g->rows[all->row[i]], few, text, best);
	if (!has_wrap(text))
		return;

	struct attempt shorter = *best;

	for (size_t i = 0; i < all->n; i++)
		try_row(g, &g->rows[all->row[i]], many, text, best);
	if (is_doubtful(g, &shorter, best, text))
		*best = shorter;
}

static struct attempt best_attempt(struct grammar *g, struct str text)
{
	struct candidates all;
	struct attempt best = {0};

	find_candidates(g, text, 0, &all);
	for (size_t i = 0; i < all.n; i++)
		try_row(g, &g->rows[all.row[i]], FORM_STRICT, text, &best);
	if (best.c && is_settled(g, &best, text))
		return best;

	if (best.c)
		end_at_line(g, text, &best);

	struct attempt strict = best;

	find_candidates(g, text, KEYS, &all);
	if (has_wrap(text)) {
		try_forms(g, &all, FORM_WRAPPED, FORM_JOINED, text, &best);
		if (is_doubtful(g, &strict, &best, text))
			best = strict;
		if (best.c && is_settled(g, &best, text))
			return best;
	}

	struct attempt exact = best;

	try_forms(g, &all, FORM_TOLERANT, FORM_TOLERANT_JOINED, text, &best);
	return is_doubtful(g, &exact, &best, text) ? exact : best;
}

bool grammar_match(struct grammar *g, struct str text, struct arena *arena,
		   struct grammar_match *ret, struct defect_list *defects)
{
	if (text.len > TEXT_LIMIT)
		text.len = TEXT_LIMIT;
	if (text.len == 0)
		return false;

	struct attempt best = best_attempt(g, text);

	if (!best.c)
		return false;
	/* Once more, when another row was tried since: the groups are that one's. */
	if (g->data_of != best.c->code[best.form] &&
	    pcre2_match(best.c->code[best.form], (PCRE2_SPTR)text.at, best.length, 0, 0, g->data,
			g->context) <= 0)
		return false;
	g->data_of = NULL;
	*ret = (struct grammar_match){.row = best.c->row,
				      .length = best.length,
				      .is_tolerant = best.form >= FORM_TOLERANT,
				      .ends_in_rest = best.is_whole && ends_in_rest(best.c)};

	struct building b = {g, text, ret, defects, arena};

	if (best.form == FORM_STRICT)
		build_strict(&b, best.c);
	else
		build_repaired(&b, best.c);
	return true;
}
