#include "unread.h"

#include <inttypes.h>
#include <stdlib.h>

#include "character.h"
#include "cmd_common.h"

/* More shapes than a person reads: the others are counted together. */
enum { SHAPES = 1024, SHAPE_LENGTH = 160 };

struct shape {
	char *text, *sample;
	uint64_t hash;
	uint16_t input;
	uint64_t line, count;
};

struct unread {
	struct shape shapes[SHAPES];
	size_t n;
	uint64_t beyond; /* records of further shapes */
	bool is_sorted;
};

struct unread *unread_new(void)
{
	struct unread *u = must_alloc(1, sizeof(*u));

	memset(u, 0, sizeof(*u));
	return u;
}

void unread_clear(struct unread *u)
{
	for (size_t i = 0; i < u->n; i++) {
		free(u->shapes[i].text);
		free(u->shapes[i].sample);
	}
	memset(u, 0, sizeof(*u));
}

void unread_free(struct unread *u)
{
	if (u != NULL)
		unread_clear(u);
	free(u);
}

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '(' || c == ')' || c == '[' ||
	       c == ']' || c == '<' || c == '>' || c == '=' || c == '"' || c == '\'' || c == '|';
}

static bool has_digit(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (char_is_digit(s.at[i]))
			return true;
	return false;
}

/* A name in quotes is one of many; so is a word with a digit or an at sign in it. */
static void unread_shape(struct text *t, struct str record)
{
	size_t i = 0;

	while (i < record.len && t->len < SHAPE_LENGTH) {
		char c = record.at[i];
		struct str word = str_from(record, i);
		const char *quote;

		if (c == '"' || c == '\'') {
			quote = memchr(word.at + 1, c, word.len - 1);
			if (quote) {
				text_puts(t, "\"#\"");
				i = (size_t)(quote - record.at) + 1;
				continue;
			}
		}
		if (ends_word(c)) {
			text_putc(t, c);
			i++;
			continue;
		}
		word.len = 0;
		while (i + word.len < record.len && !ends_word(record.at[i + word.len]))
			word.len++;
		i += word.len;
		if (!has_digit(word) && str_find(word, STR("@")) == SIZE_MAX)
			text_add(t, word);
		else
			text_puts(t, word.at[word.len - 1] == ':' ? "#:" : "#");
	}
}

/* FNV-1a: most shapes are told apart without being compared. Inputs have shapes of their own. */
static uint64_t hash_of(struct str shape, uint16_t input)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ input;

	for (size_t i = 0; i < shape.len; i++)
		hash = (hash ^ (unsigned char)shape.at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static struct shape *shape_find(struct unread *u, struct str shape, uint16_t input, uint64_t hash)
{
	for (size_t i = 0; i < u->n; i++) {
		struct shape *s = &u->shapes[i];

		if (s->hash == hash && s->input == input && str_is(shape, s->text))
			return s;
	}
	return NULL;
}

static char *keep(struct str s)
{
	char *text = must_alloc(s.len + 1, 1);

	if (s.len)
		memcpy(text, s.at, s.len);
	text[s.len] = '\0';
	return text;
}

void unread_add(struct unread *u, struct run *r, const struct event *e)
{
	struct text shape = text_make(4 * SHAPE_LENGTH + LIMIT_NAME);
	struct str sample = common_untrusted(r, e->text);
	struct shape *known;
	uint64_t hash;

	unread_shape(&shape, sample);
	hash = hash_of(text_str(&shape), e->origin.input);
	known = shape_find(u, text_str(&shape), e->origin.input, hash);
	if (known != NULL)
		known->count++;
	else if (u->n == SHAPES)
		u->beyond++;
	else
		u->shapes[u->n++] = (struct shape){.text = keep(text_str(&shape)),
						   .sample = keep(sample),
						   .hash = hash,
						   .input = e->origin.input,
						   .line = e->origin.line,
						   .count = 1};
	u->is_sorted = false;
	text_free(&shape);
}

static int compare(const void *a, const void *b)
{
	const struct shape *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	if (x->input != y->input)
		return x->input < y->input ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static void print_json(const struct shape *s, struct run *r)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_key(&j, "type");
	writer_string(&j, STR("unread"));
	writer_key(&j, "input");
	writer_string(&j, r->names[s->input]);
	writer_pair_unsigned(&j, "line", s->line);
	writer_pair_unsigned(&j, "count", s->count);
	writer_key(&j, "shape");
	writer_string(&j, str_of(s->text));
	writer_key(&j, "sample");
	writer_string(&j, str_of(s->sample));
	writer_close(&j, '}');
	run_print_json(r);
}

static void sort(struct unread *u)
{
	if (u->n > 0 && !u->is_sorted)
		qsort(u->shapes, u->n, sizeof(u->shapes[0]), compare);
	u->is_sorted = true;
}

uint64_t unread_write(struct unread *u, uint16_t input, size_t most, struct writer *j)
{
	uint64_t left_out = 0;
	size_t n = 0;

	sort(u);
	writer_open(j, '[');
	for (size_t i = 0; i < u->n; i++) {
		const struct shape *s = &u->shapes[i];

		if (s->input != input)
			continue;
		if (n++ >= most) {
			left_out += s->count;
			continue;
		}
		writer_open(j, '[');
		writer_unsigned(j, s->count);
		writer_unsigned(j, s->line);
		writer_string(j, str_of(s->sample));
		writer_close(j, ']');
	}
	writer_close(j, ']');
	return left_out;
}

void unread_print(struct unread *u, struct run *r)
{
	sort(u);
	for (size_t i = 0; i < u->n; i++) {
		const struct shape *s = &u->shapes[i];

		if (r->options->json) {
			print_json(s, r);
			continue;
		}
		text_printf(&r->line, "%6" PRIu64 "  ", s->count);
		if (r->n_inputs > 1) {
			text_escape(&r->line, r->names[s->input]);
			text_putc(&r->line, ':');
		}
		text_printf(&r->line, "%" PRIu64 "  ", s->line);
		text_add(&r->line, str_of(s->count > 1 ? s->text : s->sample));
		term_line(&r->term, &r->line);
	}
	if (u->beyond && !r->options->json) {
		text_printf(&r->line, "%6" PRIu64 "  of more shapes", u->beyond);
		term_line(&r->term, &r->line);
	}
}
