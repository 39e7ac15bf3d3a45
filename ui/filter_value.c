/* What stands on the right of an operator, read as the field on the left has it. */
#include <math.h>
#include <stdlib.h>

#include "filter_tree.h"
#include "nearest.h"

bool literal_number(struct str s, double *ret)
{
	char digits[64];
	char *end;
	uint64_t whole;

	if (str_u64(s, &whole)) {
		*ret = (double)whole;
		return true;
	}
	if (s.len == 0 || s.len >= sizeof(digits))
		return false;
	memcpy(digits, s.at, s.len);
	digits[s.len] = '\0';
	*ret = strtod(digits, &end);
	return end == digits + s.len && isfinite(*ret);
}

/* `10.0.0.0/8`; an address alone counts with all its bits. */
static bool read_address(struct literal *l)
{
	size_t slash = str_find(l->text, STR("/"));
	struct str digits = slash == SIZE_MAX ? STR("") : str_from(l->text, slash + 1);
	struct address a;
	uint32_t bits;
	uint32_t prefix;

	if (!address_parse(slash == SIZE_MAX ? l->text : (struct str){l->text.at, slash}, &a))
		return false;
	bits = a.family == 4 ? 32 : 128;
	prefix = bits;
	if (slash != SIZE_MAX && (!str_u32(digits, &prefix) || prefix > bits))
		return false;
	l->address = a;
	l->prefix = prefix;
	return true;
}

bool literal_address(const struct literal *l, struct str value, int *ret_difference)
{
	struct address a;
	size_t whole = l->prefix / 8;
	unsigned mask = 0xff00u >> l->prefix % 8 & 0xff;

	if (l->address.family == 0 || !address_parse(value, &a) || a.family != l->address.family)
		return false;
	*ret_difference = memcmp(a.octets, l->address.octets, whole);
	if (*ret_difference == 0 && mask != 0)
		*ret_difference =
			(int)(a.octets[whole] & mask) - (int)(l->address.octets[whole] & mask);
	return true;
}

static bool is_word_of(const struct node *n, struct str word, struct nearest *near)
{
	const char *known;

	for (size_t i = 0; (known = field_word(n->set, n->field, i)) != NULL; i++) {
		if (str_is(word, known))
			return true;
		nearest_try(near, str_of(known));
	}
	return false;
}

/* All of them when they are few, else where they are listed. */
static void list_words(struct text *why, const struct node *n)
{
	enum { FEW = 8 };
	const char *known;
	size_t words = 0;

	while (field_word(n->set, n->field, words) != NULL)
		words++;
	if (words > FEW) {
		text_printf(why, "; `l2tpscope explain %s` lists what it may be",
			    rule_named(field_word(n->set, n->field, 0)) != NULL ? "rules"
										: "causes");
		return;
	}
	text_printf(why, "; %s.%s is one of", n->set->name, n->field->key);
	for (size_t i = 0; (known = field_word(n->set, n->field, i)) != NULL; i++)
		text_printf(why, " %s", known);
}

static void say_never(struct text *why, const struct node *n, struct str word)
{
	text_printf(why, "%s.%s is never `", n->set->name, n->field->key);
	text_escape(why, word);
	text_puts(why, "`");
}

static bool read_word(const struct node *n, struct str word, struct text *why)
{
	struct nearest near = nearest_start(word, 2);

	if (is_word_of(n, word, &near))
		return true;
	say_never(why, n, word);
	if (near.best[0] != '\0')
		text_printf(why, "; is `%s` meant?", near.best);
	else
		list_words(why, n);
	return false;
}

static bool read_number(const struct node *n, struct literal *l, struct text *why)
{
	l->is_number = l->is_number || literal_number(l->text, &l->number);
	if (l->is_number || l->is_range)
		return true;
	say_never(why, n, l->text);
	text_puts(why, ": it is a number");
	return false;
}

static bool read_truth(const struct node *n, struct literal *l, struct text *why)
{
	if (str_equal_nocase(l->text, STR("true")) || str_equal_nocase(l->text, STR("false"))) {
		l->is_number = true;
		l->number = l->text.len == 4;
	}
	if (l->is_number && (l->number == 0 || l->number == 1))
		return true;
	say_never(why, n, l->text);
	text_puts(why, ": it is true or false");
	return false;
}

static bool read_time(const struct node *n, struct literal *l, struct arena *a, struct text *why)
{
	struct text unused = text_make(256);
	bool is_time = l->is_number || l->is_range;

	if (!is_time) {
		struct str text = arena_str(a, l->text);

		is_time = text.len > 0 && bound_parse(&l->time, text.at, &unused);
	}
	text_free(&unused);
	if (is_time)
		return true;
	say_never(why, n, l->text);
	text_puts(why, ": it is a time, as 2024-05-01T12:00:30, 12:00:30 or 30.5");
	return false;
}

/* `call.lac == hgw`: one of its members is meant. */
static bool refuse_object(const struct node *n, struct text *why)
{
	size_t len = strlen(n->field->key);
	const char *before = " has values of its own:";

	text_printf(why, "%s.%s", n->set->name, n->field->key);
	for (size_t i = 0; i < n->set->n; i++) {
		const char *key = n->set->rows[i].key;

		if (strncmp(key, n->field->key, len) != 0 || key[len] != '.')
			continue;
		text_printf(why, "%s %s.%s", before, n->set->name, key);
		before = ",";
	}
	if (before[0] != ',')
		text_puts(why, " is only there, or not: it is not compared");
	return false;
}

bool literal_read(const struct node *n, struct literal *l, struct arena *a, struct text *why)
{
	enum fact_kind kind = n->field == NULL ? FACT_NULL : n->field->kind;

	if (kind == FACT_OBJECT || kind == FACT_RAW)
		return refuse_object(n, why);
	if (n->op == OP_CONTAINS || n->op == OP_MATCHES)
		return true;
	if (n->field != NULL && field_word(n->set, n->field, 0) != NULL)
		return read_word(n, l->text, why);
	if (kind == FACT_NUMBER || kind == FACT_REAL || kind == FACT_NUMBERS)
		return read_number(n, l, why);
	if (kind == FACT_TRUTH)
		return read_truth(n, l, why);
	if (kind == FACT_TIME)
		return read_time(n, l, a, why);
	read_address(l);
	return true;
}
