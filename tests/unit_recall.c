/* A line that differs from one before it in numbers only is read as that one was: samples of all
 * rows with other numbers in them, read by a grammar that recalls and by one that does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "grammar_parts.h"

enum { TEXT_ROOM = 1024, VARIANTS = 96, WRAP_EACH = 8, COMPLAINTS = 20, DIGITS_MOST = 12 };

static uint32_t seed = 1;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % below;
}

struct side {
	struct grammar *g;
	struct arena *arena;
	struct defect_list defects;
	struct grammar_match m;
	bool is_read;
};

static void read_with(struct side *s, struct str text)
{
	s->defects = (struct defect_list){.arena = s->arena};
	s->is_read = grammar_match(s->g, text, s->arena, &s->m, &s->defects);
}

static bool is_same(const struct side *a, const struct side *b)
{
	const struct grammar_match *x = &a->m, *y = &b->m;

	if (!a->is_read || !b->is_read)
		return a->is_read == b->is_read;
	if (x->row != y->row || x->length != y->length || !str_equal(x->text, y->text) ||
	    x->ends_in_rest != y->ends_in_rest || x->is_tolerant != y->is_tolerant ||
	    x->n_values != y->n_values || x->fields != y->fields || a->defects.n != b->defects.n)
		return false;
	for (size_t i = 0; i < x->n_values; i++)
		if (x->values[i].field != y->values[i].field ||
		    x->values[i].number != y->values[i].number ||
		    !str_equal(x->values[i].text, y->values[i].text))
			return false;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

static void put(struct text *t, const char *letters, uint32_t n, size_t length)
{
	for (size_t i = 0; i < length; i++)
		text_putc(t, letters[draw(n)]);
}

/* The sample with other numbers, of the same length or not, and now and then another letter. */
static void vary(const char *sample, bool is_wild, struct text *t)
{
	text_clear(t);
	for (const char *c = sample; *c;) {
		const char *end = c;

		if (c[0] == '0' && (c[1] == 'x' || c[1] == 'X') && is_hex(c[2])) {
			text_add(t, (struct str){c, 2});
			for (end = c += 2; is_hex(*end);)
				end++;
			put(t, draw(2) ? "0123456789ABCDEF" : "0123456789abcdefABCDEF",
			    draw(2) ? 16 : 10, (size_t)(end - c) + (is_wild ? draw(3) : 0));
		} else if (is_digit(*c)) {
			while (is_digit(*end))
				end++;
			put(t, "0123456789", 10,
			    is_wild ? 1 + draw(DIGITS_MOST) : (size_t)(end - c));
		} else {
			char wild = " \n:.-/x"[draw(7)];

			text_putc(t, is_wild && draw(60) == 0 ? wild : *c);
			end++;
		}
		c = end;
	}
	if (draw(8) == 0)
		text_puts(t, draw(2) ? "\nC8 02 00 1C 00 65 00 00 00 01 00 02" : " (0)");
}

/* A line end at the same place of all lines alike, for a blank or in a word. */
static void wrap(struct text *t, size_t at)
{
	struct text wrapped = text_make(TEXT_ROOM);

	at %= t->len;
	text_add(&wrapped, (struct str){t->at, at});
	text_putc(&wrapped, '\n');
	text_add(&wrapped, str_from(text_str(t), at + (t->at[at] == ' ')));
	text_clear(t);
	text_add(t, text_str(&wrapped));
	text_free(&wrapped);
}

static void lines_are_recalled_as_they_are_read(void **state)
{
	struct side with = {.g = grammar_new(&dialect_ios), .arena = arena_new((size_t)64 << 20)};
	struct side without = {.g = grammar_new(&dialect_ios),
			       .arena = arena_new((size_t)64 << 20)};
	struct text text = text_make(TEXT_ROOM);
	size_t recalled = 0, failed = 0;

	(void)state;
	recall_close(without.g);
	for (size_t i = 0; i < with.g->n_rows; i++) {
		const char *sample = with.g->rows[i].row->sample;

		for (int k = 0; k < VARIANTS; k++) {
			struct grammar_match m;

			vary(sample, k % 3 == 2, &text);
			for (int wraps = k / WRAP_EACH % 4; wraps > 0; wraps--)
				wrap(&text, i * 7 + (size_t)(k / WRAP_EACH * 11 + wraps * 29));
			recalled += recall_match(with.g, text_str(&text), with.arena, &m);
			read_with(&with, text_str(&text));
			read_with(&without, text_str(&text));
			if (!is_same(&with, &without) && failed++ < COMPLAINTS)
				print_error("%s: recalled otherwise: %s\n",
					    with.g->rows[i].row->name, text.at);
			arena_reset(with.arena);
			arena_reset(without.arena);
		}
	}
	print_message("recalled %zu\n", recalled);
	text_free(&text);
	grammar_free(with.g);
	grammar_free(without.g);
	arena_free(with.arena);
	arena_free(without.arena);
	assert_int_equal(failed, 0);
	assert_true(recalled > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_recalled_as_they_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
