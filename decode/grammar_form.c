/* A line as it stands in the input, with its own runs of blanks: one that differs in its numbers
 * only from one that was read before has the same flow but for those, the same outline
 * (grammar_recall.c), and its values in the same columns. */
#include <stdlib.h>

#include "arena_room.h"
#include "grammar_recall.h"
#include "stamp.h"

enum {
	FORMS = 4096, /* the place of one is taken by the next with its hash */
	PARTS = 8,    /* of a line, between runs of blanks */
	HEX_LEAST = 2,
	SAFE_DIGITS = 18,
};

struct part {
	uint16_t at, len;
};

struct form {
	uint64_t hash;
	struct recalled *was;
	uint64_t turn; /* of `was` */
	bool has_dump;
	char dump[DUMP_BEGIN - 1]; /* its first octets */
	uint16_t length, flow_length;
	struct part parts[PARTS]; /* of the line, which are its flow */
	size_t n_parts;
	struct form_value {
		uint8_t field, type;
		bool is_number;   /* of decimal digits alone, that fits */
		struct part part; /* of the flow */
		struct str word;  /* or of the row */
	} values[LIMIT_RECORD_VALUES];
	struct digit_looked looked[DIGITS_LOOKED];
	size_t n_looked;
	char at[LINE_MOST]; /* the line, with a 0 for each digit of a number */
};

struct forms {
	struct form *at[FORMS];
	char bare[LINE_MOST], masked[LINE_MOST];
};

struct forms *forms_new(void)
{
	return must_alloc(1, sizeof(struct forms));
}

void forms_free(struct forms *f)
{
	for (size_t i = 0; f && i < FORMS; i++)
		free(f->at[i]);
	free(f);
}

/* The number of hex digits behind the `0x` whose x stands at `x`, which an outline takes for one
 * number whatever they are; 0: none. */
static size_t hex_behind(struct str line, size_t x)
{
	size_t end = x + 1;

	if (x == 0 || line.at[x - 1] != '0' || (x > 1 && char_is_digit(line.at[x - 2])))
		return 0;
	while (end < line.len && is_hex(line.at[end]))
		end++;
	if (end < line.len && (line.at[end] == '.' || char_lower(line.at[end]) == 'x'))
		return 0;
	return end - x - 1 < HEX_LEAST ? 0 : end - x - 1;
}

/* Into f->masked; the hash. */
static uint64_t mask(struct forms *f, struct str line)
{
	const char *x = memchr(line.at, 'x', line.len);

	if (!x)
		return line_mask(f->masked, line.at, line.len);
	memcpy(f->bare, line.at, line.len);
	while (x) {
		size_t at = (size_t)(x - line.at), n = hex_behind(line, at);

		memset(f->bare + at + 1, '0', n);
		at += n + 1;
		x = at < line.len ? memchr(line.at + at, 'x', line.len - at) : NULL;
	}
	return line_mask(f->masked, f->bare, line.len);
}

static bool is_like(const struct form *x, struct str line, struct str dump)
{
	for (size_t i = 0; i < x->n_looked; i++)
		if (x->looked[i].never >> (line.at[x->looked[i].at] - '0') & 1)
			return false;
	return !x->has_dump ||
	       (dump.len >= sizeof(x->dump) && memcmp(dump.at, x->dump, sizeof(x->dump)) == 0);
}

static size_t copy_flow(const struct form *x, const char *line, char *copy)
{
	size_t len = 0;

	for (size_t i = 0; i < x->n_parts; i++) {
		memcpy(copy + len, line + x->parts[i].at, x->parts[i].len);
		len += x->parts[i].len;
	}
	copy[len] = 0;
	return len;
}

/* Where a number of decimal digits stands in the lines of a form, one stands in all of them. */
static void take_number(struct said_value *v, const struct form_value *x, const char *flow)
{
	const char *at = flow + x->part.at;
	uint64_t number = 0;

	for (size_t i = 0; i < x->part.len; i++)
		number = number * 10 + (uint64_t)(at[i] - '0');
	*v = (struct said_value){.field = x->field, .text = {at, x->part.len}, .number = number};
}

bool grammar_read_line(struct grammar *g, struct str line, struct str dump, struct arena *arena,
		       struct grammar_match *ret)
{
	struct forms *f = recall_forms(g);
	const struct form *x;
	struct said_value *values;
	uint64_t hash;
	char *copy;

	if (!f || !line.len || line.len >= LINE_MOST)
		return false;
	hash = mask(f, line);
	x = f->at[hash % FORMS];
	if (!x || x->hash != hash || x->length != line.len || x->has_dump != (dump.len > 0) ||
	    memcmp(x->at, f->masked, line.len) != 0 || x->turn != x->was->turn ||
	    !is_like(x, line, dump))
		return false;
	values = arena_room(arena, x->was->n_values * sizeof(*values) + x->flow_length + 1);
	if (!values)
		return false;
	copy = (char *)(values + x->was->n_values);
	*ret = (struct grammar_match){.row = x->was->c->row,
				      .text = {copy, copy_flow(x, line.at, copy)},
				      .length = x->flow_length,
				      .ends_in_rest = x->was->ends_in_rest,
				      .values = values,
				      .n_values = x->was->n_values,
				      .fields = x->was->fields,
				      .places = x->was->places,
				      .shared = &x->was->shared};
	for (size_t i = 0; i < x->was->n_values; i++) {
		const struct form_value *v = &x->values[i];

		if (v->is_number) {
			take_number(&values[i], v, copy);
			continue;
		}
		repair_value_of(&values[i], (enum log_field)v->field, (enum field_type)v->type,
				v->word.len ? v->word
					    : (struct str){copy + v->part.at, v->part.len});
	}
	return true;
}

/* Its parts between runs of blanks, of which each is one in the flow; false when it is more than
 * words and blanks. */
static bool take_parts(struct form *x, struct str line, struct str flow)
{
	size_t from = 0, len = 0;

	x->n_parts = 0;
	for (size_t i = 0; i < line.len; i++) {
		char c = line.at[i];
		bool is_end = i + 1 == line.len;

		if (len == flow.len || c != flow.at[len] || c < ' ' || c > '~' || c == '#' ||
		    c == '`' || c == '~' || x->n_parts == PARTS || (c == ' ' && is_end))
			return false;
		len++;
		if (!is_end && !(c == ' ' && line.at[i + 1] == ' '))
			continue;
		x->parts[x->n_parts++] = (struct part){(uint16_t)from, (uint16_t)(i + 1 - from)};
		while (i + 1 < line.len && line.at[i + 1] == ' ')
			i++;
		from = i + 1;
	}
	x->flow_length = (uint16_t)len;
	return len == flow.len && from >= line.len;
}

/* Where a character of the flow stands in the line. */
static size_t place_in_line(const struct form *x, size_t at)
{
	for (size_t i = 0; i < x->n_parts; i++) {
		if (at < x->parts[i].len)
			return x->parts[i].at + at;
		at -= x->parts[i].len;
	}
	return 0;
}

static bool is_number(const struct recalled_value *v, struct str text)
{
	bool is_one =
		v->type == TYPE_DECIMAL && !v->word.len && text.len && text.len <= SAFE_DIGITS;

	for (size_t i = 0; is_one && i < text.len; i++)
		is_one = char_is_digit(text.at[i]);
	return is_one;
}

static void take_values(struct form *x, const struct stencil_line *line, struct str flow)
{
	for (size_t i = 0; i < line->was->n_values; i++) {
		const struct recalled_value *v = &line->was->values[i];
		size_t from = (size_t)line->end[v->number[0]] + v->behind[0];
		size_t to = (size_t)line->end[v->number[1]] + v->behind[1];

		x->values[i] = (struct form_value){
			.field = v->field,
			.type = v->type,
			.is_number = is_number(v, str_range(flow.at + from, flow.at + to)),
			.part = {(uint16_t)from, (uint16_t)(to - from)},
			.word = v->word};
	}
}

static bool is_hex_place(struct str line, size_t at)
{
	for (size_t x = at; x-- > 0 && is_hex(line.at[at]);) {
		if (line.at[x] == 'x')
			return hex_behind(line, x) >= at - x;
		if (!is_hex(line.at[x]))
			return false;
	}
	return false;
}

/* What stands within a number in hex digits is none of a row's own. */
static bool take_digits(struct form *x, const struct own_digits *own, struct str line,
			struct str flow)
{
	size_t kept = 0;

	if (!digits_to_look_at(flow, own, x->looked, &x->n_looked))
		return false;
	for (size_t i = 0; i < x->n_looked; i++) {
		struct digit_looked *d = &x->looked[i];
		size_t at = place_in_line(x, d->at);

		if (!is_hex_place(line, at))
			x->looked[kept++] = (struct digit_looked){(uint16_t)at, d->never};
	}
	x->n_looked = kept;
	return true;
}

void grammar_learn_line(struct grammar *g, struct str line)
{
	struct str text = {NULL, 0};
	const struct stencil_line *known = recall_latest(g, &text);
	const struct own_digits *own = known ? recall_own(g) : NULL;
	struct forms *f = recall_forms(g);
	struct form **place, *x;
	struct str flow;
	uint64_t hash;

	if (!own || !line.len || line.len >= LINE_MOST || known->n_wraps || known->was->n_cuts ||
	    stamp_may_be_in(line))
		return;
	flow = (struct str){text.at, known->line};
	hash = mask(f, line);
	place = &f->at[hash % FORMS];
	x = *place = *place ? *place : must_alloc(1, sizeof(*x));
	x->length = 0;
	if (!take_parts(x, line, flow) || !take_digits(x, own, line, flow))
		return;
	take_values(x, known, flow);
	x->hash = hash;
	x->was = known->was;
	x->turn = known->turn;
	x->has_dump = known->has_dump;
	if (x->has_dump)
		memcpy(x->dump, text.at + known->line + 1, sizeof(x->dump));
	memcpy(x->at, f->masked, line.len);
	x->length = (uint16_t)line.len;
}
