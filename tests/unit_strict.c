/* The strict form of every row, matched by hand, reads what its expression reads: samples of all
 * rows, whole, cut, with blanks and line ends put in and letters changed, on all rows that share a
 * word with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "daemon_dialects.h"
#include "grammar_parts.h"

enum { TEXT_ROOM = 1024, TABLES = 32, COMPLAINTS = 20 };

struct checking {
	struct grammar *g;
	pcre2_code **code;
	pcre2_match_data *data;
	size_t tried, read, failed;
};

static pcre2_code *expression(struct checking *k, size_t row)
{
	struct text regex = text_make(LIMIT_RECORD);
	PCRE2_SIZE where;
	int error;

	if (!k->code[row]) {
		pattern_regex(&k->g->rows[row].pattern, FORM_STRICT, &regex);
		k->code[row] = pcre2_compile((PCRE2_SPTR)regex.at, regex.len, PCRE2_ANCHORED,
					     &error, &where, NULL);
	}
	text_free(&regex);
	return k->code[row];
}

static bool is_same(const struct groups *found, const size_t *ends)
{
	for (uint32_t i = 0; i < found->n; i++)
		if (found->ends[2 * i] != ends[2 * i] || found->ends[2 * i + 1] != ends[2 * i + 1])
			return false;
	return true;
}

static void check_row(struct checking *k, size_t row, struct str text, bool must_end)
{
	struct groups found = {.ends = k->g->ends[0], .words = k->g->words[0]};
	bool is_read = strict_match(k->g, &k->g->rows[row], text,
				    must_end ? EXTENT_ALL : EXTENT_PREFIX, &found);
	bool is_meant = pcre2_match(expression(k, row), (PCRE2_SPTR)text.at, text.len, 0,
				    must_end ? PCRE2_ENDANCHORED : 0, k->data, NULL) > 0;

	k->tried++;
	k->read += is_read;
	if (is_read == is_meant &&
	    (!is_read || is_same(&found, pcre2_get_ovector_pointer(k->data))))
		return;
	if (k->failed++ < COMPLAINTS)
		print_error("%s: %s%s: %.*s\n", k->g->rows[row].row->name,
			    is_read ? "read" : "not read", is_read == is_meant ? " otherwise" : "",
			    STR_ARG(text));
}

static void check_text(struct checking *k, struct str text)
{
	struct candidates all;

	index_candidates(k->g, text, KEYS, &all);
	for (size_t i = 0; i < all.n; i++) {
		check_row(k, all.row[i], text, false);
		check_row(k, all.row[i], text, true);
	}
}

/* The sample with `more` in place of `n` of its characters. */
static void check_changed(struct checking *k, struct str sample, size_t at, size_t n,
			  const char *more)
{
	char text[TEXT_ROOM];
	int length = snprintf(text, sizeof(text), "%.*s%s%s", (int)at, sample.at, more,
			      sample.at + at + n);

	if (length > 0 && (size_t)length < sizeof(text))
		check_text(k, (struct str){text, (size_t)length});
}

static void check_sample(struct checking *k, const char *sample)
{
	static const char *const others[] = {"0",  "1", "7",  "l",  "f",  "X",  "-", ".", ":", " ",
					     "\n", "",  "0x", "/2", " x", "\"", "'", ",", ")"};
	struct str text = str_of(sample);

	check_text(k, text);
	for (size_t at = 0; at < text.len; at++) {
		check_text(k, (struct str){text.at, at});
		if (text.at[at] == ' ') {
			check_changed(k, text, at, 1, "  ");
			check_changed(k, text, at, 1, "\n");
			check_changed(k, text, at, 1, "\t \v");
		}
		check_changed(k, text, at, 1, others[at % (sizeof(others) / sizeof(others[0]))]);
		check_changed(k, text, at, 0,
			      others[(at * 7 + 3) % (sizeof(others) / sizeof(others[0]))]);
	}
	check_changed(k, text, text.len, 0, " and so on, to the end");
}

static void check_dialect(const struct dialect *d)
{
	struct checking k = {.g = grammar_new(d), .data = pcre2_match_data_create(GROUPS, NULL)};

	k.code = must_alloc(k.g->n_rows, sizeof(*k.code));
	for (size_t i = 0; i < k.g->n_rows; i++)
		check_sample(&k, k.g->rows[i].row->sample);
	print_message("%s: tried %zu, read %zu\n", d->name, k.tried, k.read);
	for (size_t i = 0; i < k.g->n_rows; i++)
		pcre2_code_free(k.code[i]);
	free(k.code);
	pcre2_match_data_free(k.data);
	grammar_free(k.g);
	assert_int_equal(k.failed, 0);
	assert_true(k.read > 1000);
}

static void ios_is_read_alike(void **state)
{
	(void)state;
	check_dialect(&dialect_ios);
}

static void daemons_are_read_alike(void **state)
{
	const struct grammar_table *tables[TABLES];
	struct dialect all = {"daemons", tables, 0};

	(void)state;
	for (size_t i = 0; i < n_daemon_dialects && i < TABLES; i++)
		tables[all.n_tables++] = daemon_dialects[i]->tables;
	check_dialect(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ios_is_read_alike),
		cmocka_unit_test(daemons_are_read_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
