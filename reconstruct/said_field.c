#include "said_field.h"

struct str said_value(const struct context *c, enum log_field field)
{
	return said_text(c->event, (uint16_t)field);
}

bool said_is(const struct context *c, enum log_field field, const char *word)
{
	return str_equal_nocase(said_value(c, field), str_of(word));
}

void said_keep(struct context *c, enum log_field field, struct str *ret)
{
	if (said_value(c, field).len && !ret->len)
		*ret = keep(c, said_value(c, field));
}

void said_ending(struct context *c, struct ending *ending)
{
	uint32_t number;

	if (!ending->is_set)
		return;
	if (str_u32(said_value(c, FIELD_CODE), &number) && number <= UINT16_MAX) {
		if (ending->result < 0 && said_is(c, FIELD_ATTRIBUTE, "Result Code"))
			ending->result = (int)number;
		if (ending->error < 0 && said_is(c, FIELD_ATTRIBUTE, "Error Code"))
			ending->error = (int)number;
	}
	if (ending->result < 0 && str_u32(said_value(c, FIELD_RESULT), &number) &&
	    number <= UINT16_MAX)
		ending->result = (int)number;
	if (ending->error < 0 && str_u32(said_value(c, FIELD_ERROR), &number) &&
	    number <= UINT16_MAX)
		ending->error = (int)number;
	/* what stands beside a number is its name; a message is words of the peer's own */
	if (!ending->text.len ||
	    (said_value(c, FIELD_TEXT).len && !said_value(c, FIELD_RESULT).len &&
	     !said_value(c, FIELD_ERROR).len))
		ending->text = keep(c, said_value(c, FIELD_TEXT));
}
