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

static const struct said_value *record_value(const struct log_record *r, enum log_field f)
{
	for (size_t i = 0; i < r->n_values; i++) {
		if (r->values[i].field == f)
			return &r->values[i];
	}
	return NULL;
}

struct str record_text(const struct log_record *r, enum log_field f)
{
	const struct said_value *v = record_value(r, f);

	return v ? v->text : (struct str){NULL, 0};
}

bool record_number(const struct log_record *r, enum log_field f, uint64_t *ret)
{
	const struct said_value *v = record_value(r, f);

	if (!v || v->text.len == 0)
		return false;
	*ret = v->number;
	return true;
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

	r->text = copy;
	r->stamp = moved(r->stamp, from, copy, to);
	r->prompt = moved(r->prompt, from, copy, to);
	r->host = moved(r->host, from, copy, to);
	for (size_t i = 0; i < r->n_values; i++)
		r->values[i].text = moved(r->values[i].text, from, copy, to);
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
	r->n_hex = hex ? r->n_hex : 0;
	r->n_defects = defects ? r->n_defects : 0;
	r->hex = hex;
	r->defects = defects;
}
