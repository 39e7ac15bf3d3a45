#include "repair.h"

#include <stdlib.h>

bool is_one_less(struct str damaged, struct str whole)
{
	size_t i = 0;

	if (damaged.len + 1 != whole.len)
		return false;
	while (i < damaged.len && (damaged.at[i] | 32) == (whole.at[i] | 32))
		i++;
	return str_equal_nocase(str_from(damaged, i), str_from(whole, i + 1));
}

/* One character for each confusion class. */
static char class_of(char c)
{
	switch (c) {
	case 'l':
	case 'I':
	case '|':
		return '1';
	case 'O':
	case 'o':
		return '0';
	case 'Q':
		return 'P';
	default:
		return c;
	}
}

bool is_confused(struct str a, struct str b)
{
	if (a.len != b.len || str_equal(a, b))
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (class_of(a.at[i]) != class_of(b.at[i]))
			return false;
	return true;
}

static bool is_known_damage(const struct log_record *r, struct str was, struct str should_be,
			    uint64_t line)
{
	for (size_t i = 0; i < r->n_defects; i++) {
		const struct defect *d = &r->defects[i];

		if (d->id == DEFECT_INPUT_DAMAGED && d->line == line && str_equal(d->was, was) &&
		    str_equal(d->should_be, should_be))
			return true;
	}
	return false;
}

void record_damaged_at(struct window *w, size_t i, const struct defect *place)
{
	struct log_record *r = &w->records[i];
	struct defect *copy, *d;

	if (is_known_damage(r, place->was, place->should_be, place->line))
		return;
	copy = arena_array(w->arena, r->n_defects + 1, sizeof(*copy));
	if (!copy)
		return;
	if (r->n_defects)
		memcpy(copy, r->defects, r->n_defects * sizeof(*copy));
	d = &copy[r->n_defects++];
	*d = (struct defect){.id = DEFECT_INPUT_DAMAGED,
			     .line = place->line,
			     .column = place->column,
			     .record = r->origin.line,
			     .was = arena_str(w->arena, place->was),
			     .should_be = arena_str(w->arena, place->should_be),
			     .proof = arena_str(w->arena, place->proof)};
	r->defects = copy;
}

void record_damaged(struct window *w, size_t i, struct str was, struct str should_be,
		    struct str proof)
{
	const struct origin *o = &w->records[i].origin;
	struct defect place = {.line = o->line,
			       .column = o->column,
			       .was = was,
			       .should_be = should_be,
			       .proof = proof};

	record_damaged_at(w, i, &place);
}

static void text_replace(struct window *w, struct log_record *r, struct str was, struct str now)
{
	size_t at = str_find(r->text, was);
	struct text t;

	if (at == SIZE_MAX || !was.len)
		return;
	t = text_make(LIMIT_RECORD);
	text_add(&t, (struct str){.at = r->text.at, .len = at});
	text_add(&t, now);
	text_add(&t, str_from(r->text, at + was.len));
	r->text = arena_str(w->arena, text_str(&t));
	text_free(&t);
}

void record_repair(struct window *w, size_t i, enum log_field field, struct str should_be,
		   struct str proof)
{
	struct log_record *r = &w->records[i];

	for (size_t k = 0; k < r->n_values; k++) {
		struct str was = r->values[k].text;

		if (r->values[k].field != field)
			continue;
		record_damaged(w, i, was, should_be, proof);
		text_replace(w, r, was, should_be);
		r->values[k].text = arena_str(w->arena, should_be);
		str_u64(r->values[k].text, &r->values[k].number);
		r->words.is_read = false;
		return;
	}
}

/* ---- names ---- */

struct spelling {
	uint64_t class_hash;
	struct str text;
	uint32_t record, value;
};

/* A bit for each field that may be a name. */
static const uint64_t name_fields =
	UINT64_C(1) << FIELD_INTERFACE | UINT64_C(1) << FIELD_NAME | UINT64_C(1) << FIELD_USER |
	UINT64_C(1) << FIELD_ADDRESS | UINT64_C(1) << FIELD_ADDRESS2 | UINT64_C(1) << FIELD_NUMBER |
	UINT64_C(1) << FIELD_DOMAIN | UINT64_C(1) << FIELD_HOST | UINT64_C(1) << FIELD_VALUE;

/* A bit for each field of the record that is one. */
static uint64_t names_in(const struct log_record *r)
{
	uint64_t value = UINT64_C(1) << FIELD_VALUE;
	bool is_value = r->kind == RECORD_AVP_VALUE || (r->row && r->row->topic == SAID_AAA_VALUE);

	return r->fields & name_fields & (is_value ? UINT64_MAX : ~value);
}

static uint64_t class_hash(struct str s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.len; i++) {
		h ^= (uint8_t)class_of(s.at[i]);
		h *= UINT64_C(1099511628211);
	}
	return h;
}

static int spelling_compare(const void *a, const void *b)
{
	const struct spelling *x = a, *y = b;
	int order;

	if (x->class_hash != y->class_hash)
		return x->class_hash < y->class_hash ? -1 : 1;
	order = str_compare(x->text, y->text);
	if (order)
		return order;
	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static size_t same_text(const struct spelling *s, size_t n, size_t from)
{
	size_t i = from;

	while (i < n && str_equal(s[i].text, s[from].text))
		i++;
	return i - from;
}

static void repair_spelling(struct window *w, const struct spelling *odd, struct str right,
			    size_t times)
{
	const struct said_value *v = &w->records[odd->record].values[odd->value];

	if (!is_confused(v->text, right))
		return;
	record_repair(w, odd->record, (enum log_field)v->field, right,
		      arena_printf(w->arena, "spelled so %zu times elsewhere", times));
}

/* One class: `n` spellings sorted by text. A single odd one among several equal ones is
 * damage; two names that both stand there more often are two names. */
static void repair_class(struct window *w, const struct spelling *s, size_t n)
{
	size_t best = 0, best_n = 0;

	for (size_t i = 0; i < n; i += same_text(s, n, i)) {
		size_t count = same_text(s, n, i);

		if (count > best_n) {
			best = i;
			best_n = count;
		}
	}
	if (best_n < 2)
		return;
	for (size_t i = 0; i < n; i += same_text(s, n, i))
		if (i != best && same_text(s, n, i) == 1)
			repair_spelling(w, &s[i], s[best].text, best_n);
}

static bool is_name(uint64_t names, const struct said_value *v)
{
	return names >> v->field & 1 && v->text.len >= 3 && v->text.len <= LIMIT_NAME;
}

enum { NOTED = 64, CLASSES_FIRST = 256 };

/* The first spelling of each class in the window: a table of which half is free at least. */
struct classes {
	struct spelled {
		uint64_t class_hash;
		struct str first;
		bool is_mixed; /* there is another spelling */
	} * at;
	size_t n, room;
	bool is_any_mixed;
	struct str noted[NOTED]; /* lately, by their ends: most names stand there many times */
};

static struct spelled *class_find(const struct classes *c, uint64_t hash)
{
	size_t i = (size_t)hash & (c->room - 1);

	while (c->at[i].first.len && c->at[i].class_hash != hash)
		i = (i + 1) & (c->room - 1);
	return &c->at[i];
}

static void classes_grow(struct classes *c)
{
	struct classes grown = {.room = c->room ? 2 * c->room : CLASSES_FIRST};

	grown.at = must_alloc(grown.room, sizeof(*grown.at));
	for (size_t i = 0; i < c->room; i++)
		if (c->at[i].first.len)
			*class_find(&grown, c->at[i].class_hash) = c->at[i];
	free(c->at);
	c->at = grown.at;
	c->room = grown.room;
}

static void class_note(struct classes *c, struct str s)
{
	struct str *noted = &c->noted[((size_t)(uint8_t)s.at[s.len - 1] * 5 +
				       (size_t)(uint8_t)s.at[s.len - 2] * 31 + s.len) %
				      NOTED];
	uint64_t hash;
	struct spelled *x;

	if (str_equal(*noted, s))
		return;
	*noted = s;
	if (2 * c->n >= c->room)
		classes_grow(c);
	hash = class_hash(s);
	x = class_find(c, hash);
	c->n += !x->first.len;
	if (!x->first.len)
		*x = (struct spelled){.class_hash = hash, .first = s};
	x->is_mixed = x->is_mixed || !str_equal(x->first, s);
	c->is_any_mixed = c->is_any_mixed || x->is_mixed;
}

/* Repairs what is spelled in several ways. */
static void repair_mixed(struct window *w, const struct classes *c, size_t n_names)
{
	struct spelling *all = must_alloc(n_names, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct log_record *r = &w->records[i];
		uint64_t names = names_in(r);

		for (size_t k = 0; k < r->n_values; k++) {
			struct str s = r->values[k].text;
			bool is_one = is_name(names, &r->values[k]);
			uint64_t hash = is_one ? class_hash(s) : 0;

			if (!is_one || !class_find(c, hash)->is_mixed)
				continue;
			all[n++] = (struct spelling){.class_hash = hash,
						     .text = s,
						     .record = (uint32_t)i,
						     .value = (uint32_t)k};
		}
	}
	qsort(all, n, sizeof(*all), spelling_compare);
	for (size_t i = 0; i < n;) {
		size_t end = i;

		while (end < n && all[end].class_hash == all[i].class_hash)
			end++;
		repair_class(w, all + i, end - i);
		i = end;
	}
	free(all);
}

void repair_names(struct window *w)
{
	struct classes c = {0};
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct log_record *r = &w->records[i];
		uint64_t names = names_in(r);

		record_soon(w->records, i, w->n);
		for (size_t k = 0; names && k < r->n_values; k++) {
			if (!is_name(names, &r->values[k]))
				continue;
			class_note(&c, r->values[k].text);
			n++;
		}
	}
	if (c.is_any_mixed)
		repair_mixed(w, &c, n);
	free(c.at);
}

void repair_messages(struct window *w)
{
	for (uint32_t g = 1; g < w->n_groups; g++) {
		if (w->groups[g].kind == GROUP_MESSAGE)
			message_read(w, g);
		else
			ppp_group_read(w, g);
	}
	repair_dumps(w);
	for (uint32_t g = 1; g < w->n_groups; g++)
		if (w->groups[g].kind == GROUP_MESSAGE)
			message_check(w, g);
	repair_options(w);
	repair_confreqs(w);
	for (size_t i = 0; i < w->n; i++)
		if (w->records[i].kind == RECORD_SAID)
			message_said(w, i);
	repair_values(w);
}
