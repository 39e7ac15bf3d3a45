#include "json.h"

#include <inttypes.h>
#include <math.h>

struct json json_into(struct text *out)
{
	return (struct json){.out = out};
}

static void begin_value(struct json *j)
{
	if (j->needs_comma)
		text_putc(j->out, ',');
	j->needs_comma = true;
}

void json_open(struct json *j, char bracket)
{
	begin_value(j);
	text_putc(j->out, bracket);
	j->needs_comma = false;
}

void json_close(struct json *j, char bracket)
{
	text_putc(j->out, bracket);
	j->needs_comma = true;
}

void json_key(struct json *j, const char *key)
{
	begin_value(j);
	text_putc(j->out, '"');
	text_escape_json(j->out, str_of(key));
	text_puts(j->out, "\":");
	j->needs_comma = false;
}

void json_string(struct json *j, struct str s)
{
	begin_value(j);
	text_putc(j->out, '"');
	text_escape_json(j->out, s);
	text_putc(j->out, '"');
}

void json_known(struct json *j, struct str s)
{
	if (s.len == 0)
		json_null(j);
	else
		json_string(j, s);
}

void json_integer(struct json *j, int64_t number)
{
	begin_value(j);
	text_printf(j->out, "%" PRId64, number);
}

void json_unsigned(struct json *j, uint64_t number)
{
	begin_value(j);
	text_printf(j->out, "%" PRIu64, number);
}

/* Nanoseconds are the finest that any input has; zeros at the end say nothing. */
void json_real(struct json *j, double number)
{
	struct text digits = text_make(64);
	struct str s;

	if (!isfinite(number)) {
		json_null(j);
		return;
	}
	text_printf(&digits, "%.9f", number);
	s = text_str(&digits);
	while (s.len > 1 && s.at[s.len - 1] == '0' && s.at[s.len - 2] != '.')
		s.len--;
	begin_value(j);
	text_add(j->out, s);
	text_free(&digits);
}

void json_bool(struct json *j, bool is_true)
{
	begin_value(j);
	text_puts(j->out, is_true ? "true" : "false");
}

void json_null(struct json *j)
{
	begin_value(j);
	text_puts(j->out, "null");
}

void json_hex(struct json *j, struct span bytes)
{
	begin_value(j);
	text_putc(j->out, '"');
	text_hex(j->out, bytes, 0);
	text_putc(j->out, '"');
}

void json_raw(struct json *j, struct str whole)
{
	begin_value(j);
	text_add(j->out, whole);
}

void json_pair_known(struct json *j, const char *key, struct str s)
{
	json_key(j, key);
	json_known(j, s);
}

void json_pair_unsigned(struct json *j, const char *key, uint64_t number)
{
	json_key(j, key);
	json_unsigned(j, number);
}

void json_pair_id(struct json *j, const char *key, uint64_t number)
{
	json_key(j, key);
	if (number == 0)
		json_null(j);
	else
		json_unsigned(j, number);
}
