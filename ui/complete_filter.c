/* An expression of --where, as far as it is typed: what may come next. */
#include "complete.h"
#include "field.h"
#include "message_field.h"

enum place {
	A_FIELD, /* or `not`, or `(` */
	AN_OPERATOR,
	A_VALUE,
	IN_A_SET,
	A_LINK, /* and, or, the end */
};

struct reading {
	struct str text;
	size_t at;
	enum place place;
	struct str field; /* the last one */
};

static bool is_word(char c)
{
	return strchr(" \t()!=<>&|~{},\"", c) == NULL;
}

/* The next token; `is_whole` when something stands behind it. */
static struct str next_token(struct reading *r, bool *is_whole)
{
	size_t start;
	char first;

	while (r->at < r->text.len && strchr(" \t", r->text.at[r->at]) != NULL)
		r->at++;
	start = r->at;
	*is_whole = true;
	if (start == r->text.len)
		return (struct str){r->text.at + start, 0};
	first = r->text.at[r->at++];
	if (first == '"') {
		while (r->at < r->text.len && r->text.at[r->at] != '"')
			r->at++;
		*is_whole = r->at < r->text.len;
		r->at += *is_whole;
	} else if (is_word(first)) {
		while (r->at < r->text.len && is_word(r->text.at[r->at]))
			r->at++;
		*is_whole = r->at < r->text.len;
	} else if (strchr("=<>&|!", first) != NULL) {
		while (r->at < r->text.len && strchr("=&|", r->text.at[r->at]) != NULL)
			r->at++;
		*is_whole = r->at < r->text.len;
	}
	return (struct str){r->text.at + start, r->at - start};
}

static bool is_link(struct str token)
{
	return str_is(token, "and") || str_is(token, "or") || str_is(token, "&&") ||
	       str_is(token, "||");
}

static void step_over(struct reading *r, struct str token)
{
	switch (r->place) {
	case A_FIELD:
		if (str_is(token, "not") || str_is(token, "!") || str_is(token, "("))
			return;
		r->field = token;
		r->place = AN_OPERATOR;
		return;
	case AN_OPERATOR:
	case A_LINK:
		if (is_link(token))
			r->place = A_FIELD;
		else if (str_is(token, ")"))
			r->place = A_LINK;
		else if (r->place == AN_OPERATOR)
			r->place = A_VALUE;
		return;
	case A_VALUE:
		r->place = str_is(token, "{") ? IN_A_SET : A_LINK;
		return;
	case IN_A_SET:
		if (str_is(token, "}"))
			r->place = A_LINK;
		return;
	}
}

static void offer(struct completion *c, const char *word, const char *about)
{
	complete_offer(c, str_of(word), about);
}

static const char *const operators[][2] = {
	{"==", "is"},
	{"!=", "is not"},
	{"<", "is less, or sooner in its order"},
	{"<=", NULL},
	{">", "is more, or later in its order"},
	{">=", NULL},
	{"contains", "has this text in it"},
	{"matches", "fits this regular expression"},
	{"in", "is one of {a, b, 1..5}"},
};

enum { N_OPERATORS = sizeof(operators) / sizeof(operators[0]) };

static void offer_operators(struct completion *c)
{
	for (size_t i = 0; i < N_OPERATORS; i++)
		offer(c, operators[i][0], operators[i][1]);
	offer(c, "and", NULL);
	offer(c, "or", NULL);
}

static void offer_sets(struct completion *c)
{
	struct text name = text_make(256);

	for (size_t i = 0; field_sets[i] != NULL; i++) {
		for (size_t k = 0; k < field_sets[i]->n; k++) {
			const struct field *row = &field_sets[i]->rows[k];

			text_clear(&name);
			text_printf(&name, "%s.%s", field_sets[i]->name, row->key);
			complete_offer(c, text_str(&name), row->about);
		}
	}
	text_free(&name);
}

static void offer_message_fields(struct completion *c)
{
	const struct avp_row *avps;
	const struct option_row *options;
	const char *name, *about;

	for (size_t i = 0; (name = message_field_name(i, &about)) != NULL; i++)
		offer(c, name, about);
	for (size_t i = 0, n = avp_rows(&avps); i < n; i++) {
		if (avps[i].field[0] != '\0')
			offer(c, avps[i].field, avps[i].name);
	}
	for (size_t i = 0, n = option_rows(&options); i < n; i++) {
		if (options[i].field[0] != '\0')
			offer(c, options[i].field, options[i].name);
	}
}

/* A field that is typed whole would be done, as the shell sees it: its operators lead on. */
static void offer_fields(struct completion *c)
{
	size_t start = c->out->len;
	struct str only;
	struct text field;

	offer_sets(c);
	offer_message_fields(c);
	only = str_from(text_str(c->out), start);
	if (only.len == 0 || str_find(only, STR("\n")) != only.len - 1)
		return;
	only.len = str_find(only, STR("\t")) == SIZE_MAX ? only.len - 1 : str_find(only, STR("\t"));
	field = text_make(only.len + 2);
	text_add(&field, only);
	text_putc(&field, ' ');
	c->out->len = start;
	c->prefix = (struct str){0};
	c->before = text_str(&field);
	offer_operators(c);
	text_free(&field);
}

static void offer_words_of(struct completion *c, struct str field)
{
	const struct field_set *set = NULL;
	const struct field *row = field_named(field, &set);
	const char *word;

	if (row == NULL)
		return;
	for (size_t i = 0; (word = field_word(set, row, i)) != NULL; i++)
		offer(c, word, NULL);
	if (row->kind == FACT_TRUTH) {
		offer(c, "true", NULL);
		offer(c, "false", NULL);
	}
}

void complete_filter(struct completion *c)
{
	struct reading r = {.text = c->prefix};
	struct str whole = c->prefix;
	struct text before = text_make(whole.len + c->before.len + 1);
	struct str token;
	bool is_whole;

	for (;;) {
		token = next_token(&r, &is_whole);
		if (token.len == 0 || !is_whole)
			break;
		step_over(&r, token);
	}
	text_add(&before, c->before);
	text_add(&before, str_range(whole.at, token.at));
	c->before = text_str(&before);
	c->prefix = token;
	switch (r.place) {
	case A_FIELD:
		offer_fields(c);
		break;
	case AN_OPERATOR:
		offer_operators(c);
		break;
	case A_VALUE:
	case IN_A_SET:
		offer_words_of(c, r.field);
		break;
	case A_LINK:
		offer(c, "and", NULL);
		offer(c, "or", NULL);
		break;
	}
	text_free(&before);
}
