#include "log_record.h"

#include "arena.h"

static const char *const field_names[LOG_FIELDS] = {
	"",
#define FIELD(symbol, name, type) name,
#include "log_field.def"
#undef FIELD
};

const char *log_field_name(enum log_field f)
{
	return f < LOG_FIELDS ? field_names[f] : "";
}

_Static_assert(LOG_FIELDS <= 64, "log_record.fields has a bit for each");

static unsigned shift_of(enum log_field f)
{
	return f % 2 ? PLACE_BITS : 0;
}

void places_note(struct log_places *p, enum log_field f, size_t at)
{
	uint8_t *of = &p->of[f / 2];

	if (at <= PLACE_MOST)
		*of = (uint8_t)((*of & ~(PLACE_MOST << shift_of(f))) | (int)at << shift_of(f));
}

const struct said_value *record_value_far(const struct log_record *r, enum log_field f)
{
	for (size_t i = 0; i < r->n_values; i++) {
		if (r->values[i].field == f)
			return &r->values[i];
	}
	return NULL;
}

struct said_value *record_add(struct log_record *r, struct arena *arena, enum log_field f,
			      struct str text)
{
	struct said_value *all;

	if (r->n_values == LIMIT_RECORD_VALUES)
		return NULL;
	all = arena_array(arena, r->n_values + 1, sizeof(*all));
	if (!all)
		return NULL;
	if (r->n_values)
		memcpy(all, r->values, r->n_values * sizeof(*all));
	all[r->n_values] = (struct said_value){.field = (uint16_t)f, .text = text};
	r->values = all;
	r->fields |= UINT64_C(1) << f;
	return &all[r->n_values++];
}

/* Values that are parts of the record's text are so in the copy. */
static struct str moved(struct str s, struct str from, struct str copy, struct arena *to)
{
	if (s.len == 0)
		return s;
	if (copy.len == from.len && s.at >= from.at && s.at + s.len <= from.at + from.len)
		return (struct str){copy.at + (s.at - from.at), s.len};
	return arena_str(to, s);
}

void record_move(struct log_record *r, struct arena *to)
{
	struct str from = r->text, copy = arena_str(to, from);
	struct hex_row *hex = arena_array(to, r->n_hex, sizeof(*hex));
	struct defect *defects = arena_array(to, r->n_defects, sizeof(*defects));
	struct said_value *values = arena_array(to, r->n_values, sizeof(*values));

	r->text = copy;
	r->stamp = moved(r->stamp, from, copy, to);
	r->prompt = moved(r->prompt, from, copy, to);
	r->host = moved(r->host, from, copy, to);
	for (size_t i = 0; values && i < r->n_values; i++) {
		values[i] = r->values[i];
		values[i].text = moved(values[i].text, from, copy, to);
	}
	for (size_t i = 0; hex && i < r->n_hex; i++) {
		hex[i] = r->hex[i];
		hex[i].digits = arena_str(to, hex[i].digits);
	}
	for (size_t i = 0; defects && i < r->n_defects; i++) {
		defects[i] = r->defects[i];
		defects[i].text = arena_str(to, defects[i].text);
		defects[i].was = arena_str(to, defects[i].was);
		defects[i].should_be = arena_str(to, defects[i].should_be);
		defects[i].proof = arena_str(to, defects[i].proof);
	}
	r->values = values;
	r->n_values = values ? r->n_values : 0;
	r->fields = values ? r->fields : 0;
	r->n_hex = hex ? r->n_hex : 0;
	r->n_defects = defects ? r->n_defects : 0;
	r->hex = hex;
	r->defects = defects;
}
