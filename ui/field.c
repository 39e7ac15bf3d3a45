#include "field.h"

#include <inttypes.h>

#include "when.h"

const char *severity_word(enum severity s)
{
	static const char *const words[] = {"note", "warning", "error"};

	return words[s];
}

const struct field_set *const field_sets[] = {&field_calls, &field_tunnels, &field_findings, NULL};

const struct field *field_of(const struct field_set *set, const char *key)
{
	for (size_t i = 0; i < set->n; i++) {
		if (strcmp(set->rows[i].key, key) == 0)
			return &set->rows[i];
	}
	return NULL;
}

const struct field *field_named(struct str name, const struct field_set **ret_set)
{
	size_t dot = str_find(name, STR("."));

	if (dot == SIZE_MAX)
		return NULL;
	for (size_t i = 0; field_sets[i] != NULL; i++) {
		const struct field_set *set = field_sets[i];

		if (!str_is((struct str){name.at, dot}, set->name))
			continue;
		*ret_set = set;
		for (size_t k = 0; k < set->n; k++) {
			if (str_is(str_from(name, dot + 1), set->rows[k].key))
				return &set->rows[k];
		}
	}
	return NULL;
}

static bool has_subject(const struct field_set *set, const struct subject *s)
{
	if (set == &field_calls)
		return s->call != NULL;
	if (set == &field_tunnels)
		return s->tunnel != NULL;
	return set != &field_findings || s->finding != NULL;
}

static void ask(const struct field *f, const struct subject *s, struct fact *ret)
{
	ret->kind = FACT_NULL;
	ret->n = 0;
	f->get(s, f->which, ret);
}

bool field_get(const struct field_set *set, const struct field *f, const struct subject *s,
	       struct fact *ret)
{
	ret->kind = FACT_NULL;
	if (has_subject(set, s))
		ask(f, s, ret);
	return ret->kind != FACT_NULL;
}

static void write_texts(struct writer *j, const struct fact *f)
{
	writer_open(j, '[');
	for (size_t i = 0; i < f->n; i++)
		writer_string(j, f->texts[i]);
	writer_close(j, ']');
}

static void write_numbers(struct writer *j, const struct fact *f)
{
	writer_open(j, '[');
	for (size_t i = 0; i < f->n; i++) {
		if (f->known[i])
			writer_unsigned(j, f->numbers[i]);
		else
			writer_null(j);
	}
	writer_close(j, ']');
}

static void write_fact(struct writer *j, const struct fact *f)
{
	switch (f->kind) {
	case FACT_NULL:
	case FACT_TIME:
	case FACT_OBJECT:
		writer_null(j);
		return;
	case FACT_TEXT:
		if (f->is_word)
			writer_word(j, f->text);
		else
			writer_string(j, f->text);
		return;
	case FACT_NUMBER:
		writer_unsigned(j, f->number);
		return;
	case FACT_REAL:
		writer_real(j, f->real);
		return;
	case FACT_TRUTH:
		writer_bool(j, f->truth);
		return;
	case FACT_TEXTS:
		write_texts(j, f);
		return;
	case FACT_NUMBERS:
		write_numbers(j, f);
		return;
	case FACT_RAW:
		writer_raw(j, f->text);
		return;
	}
}

/* What is made of a row's key once: the row of its object, or NULL, and how it is written. */
struct made {
	const struct field *object;
	struct made_key key;
};

static struct made made_of(const struct field_set *set, const struct field *row)
{
	const char *dot = strrchr(row->key, '.');
	struct made made = {.key = writer_key_make(dot == NULL ? row->key : dot + 1)};

	for (size_t i = 0; dot != NULL && i < set->n; i++) {
		if (str_is(str_range(row->key, dot), set->rows[i].key))
			made.object = &set->rows[i];
	}
	return made;
}

/* And of the keys that are no rows. */
struct made_set {
	struct made_key type, stamp;
	struct made *rows;
};

static const struct made_set *set_made(const struct field_set *set)
{
	static struct made_set all[sizeof(field_sets) / sizeof(field_sets[0])];
	size_t which = 0;

	while (field_sets[which] != set)
		which++;
	if (all[which].rows == NULL) {
		all[which].type = writer_key_make("type");
		all[which].stamp = writer_key_make("stamp");
		all[which].rows = must_alloc(set->n, sizeof(struct made));
		for (size_t i = 0; i < set->n; i++)
			all[which].rows[i] = made_of(set, &set->rows[i]);
	}
	return &all[which];
}

static void write_value(struct writer *j, const struct subject *s, const struct fact *f)
{
	if (f->kind == FACT_TIME)
		when_value(j, s->report, f->mark.vantage, mark_when(&f->mark));
	else
		write_fact(j, f);
}

/* `stamp` goes with the first time of an object. */
static void write_stamp(struct writer *j, const struct subject *s, const struct fact *f)
{
	const struct mark *m = &f->mark;

	if (f->kind == FACT_TIME)
		when_value_stamp(j, s->report, m->vantage, mark_when(m), mark_stamp(m));
	else
		writer_null(j);
}

void field_json(struct writer *j, const struct field_set *set, const struct subject *s)
{
	const struct made_set *keys = set_made(set);
	const struct made *made = keys->rows;
	const struct field *end = set->rows + set->n;
	const struct field *open = NULL;
	const struct field *absent = NULL;
	bool has_stamp = false;
	struct fact f;

	writer_open(j, '{');
	writer_made_key(j, &keys->type);
	writer_word(j, str_of(set->name));
	for (const struct field *row = set->rows; row < end; row++, made++) {
		if (made->object != open) {
			if (made->object != NULL && made->object == absent)
				continue;
			if (open != NULL)
				writer_close(j, '}');
			open = NULL;
		}
		ask(row, s, &f);
		if (f.kind == FACT_OBJECT) {
			writer_made_key(j, &made->key);
			writer_open(j, '{');
			open = row;
			continue;
		}
		if (f.kind == FACT_NULL && row->kind == FACT_OBJECT)
			absent = row;
		if (f.kind == FACT_NULL && row->kind == FACT_RAW)
			continue;
		writer_made_key(j, &made->key);
		write_value(j, s, &f);
		if (row->kind == FACT_TIME && !has_stamp) {
			writer_made_key(j, &keys->stamp);
			write_stamp(j, s, &f);
			has_stamp = true;
		}
	}
	if (open != NULL)
		writer_close(j, '}');
	writer_close(j, '}');
}

void field_print(struct text *t, const struct fact *f)
{
	switch (f->kind) {
	case FACT_NULL:
	case FACT_TIME:
	case FACT_OBJECT:
	case FACT_RAW:
		return;
	case FACT_TEXT:
		text_escape(t, f->text);
		return;
	case FACT_NUMBER:
		text_printf(t, "%" PRIu64, f->number);
		return;
	case FACT_REAL:
		when_print_seconds(t, f->real);
		return;
	case FACT_TRUTH:
		text_puts(t, f->truth ? "yes" : "no");
		return;
	case FACT_TEXTS:
		for (size_t i = 0; i < f->n; i++) {
			text_puts(t, i == 0 ? "" : ", ");
			text_escape(t, f->texts[i]);
		}
		return;
	case FACT_NUMBERS:
		for (size_t i = 0; i < f->n; i++) {
			text_puts(t, i == 0 ? "" : "/");
			if (f->known[i])
				text_printf(t, "%" PRIu64, f->numbers[i]);
			else
				text_putc(t, '-');
		}
		return;
	}
}

void mark_print(struct text *t, const struct subject *s, const struct mark *m)
{
	if (mark_frame(m) != 0)
		text_printf(t, "frame %" PRIu64, mark_frame(m));
	else if (mark_line(m) != 0)
		text_printf(t, "line %" PRIu64, mark_line(m));
	else
		return;
	if (mark_frame(m) != 0 && mark_line(m) != 0)
		text_printf(t, " (line %" PRIu64 ")", mark_line(m));
	if (s->n_inputs > 1 && mark_input(m) < s->n_inputs) {
		text_puts(t, " of ");
		text_escape(t, s->input_names[mark_input(m)]);
	}
}
