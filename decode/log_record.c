#include "log_record.h"

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
