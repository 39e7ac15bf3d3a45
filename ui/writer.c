#include "writer.h"

#include <inttypes.h>
#include <math.h>

#include "text_format.h"

struct writer writer_into(struct text *out)
{
	return (struct writer){.out = out};
}

static void begin_value(struct writer *j)
{
	if (j->needs_comma)
		text_putc(j->out, ',');
	j->needs_comma = true;
}

void writer_open(struct writer *j, char bracket)
{
	begin_value(j);
	text_putc(j->out, bracket);
	j->needs_comma = false;
}

void writer_close(struct writer *j, char bracket)
{
	text_putc(j->out, bracket);
	j->needs_comma = true;
}

void writer_key(struct writer *j, const char *key)
{
	begin_value(j);
	text_putc(j->out, '"');
	text_puts(j->out, key); /* of a table: nothing in it needs an escape */
	text_puts(j->out, "\":");
	j->needs_comma = false;
}

struct made_key writer_key_make(const char *key)
{
	struct made_key made = {.len = 0};
	struct text t = text_in(made.at, sizeof(made.at));

	text_printf(&t, ",\"%s\":", key);
	made.len = t.len;
	return made;
}

static void made_key_grow(struct writer *j, const struct made_key *key, size_t from)
{
	text_add(j->out, (struct str){key->at + from, key->len - from});
}

/* All of its room is copied, which takes no count. */
void writer_made_key(struct writer *j, const struct made_key *key)
{
	struct text *t = j->out;
	size_t comma = j->needs_comma ? 0 : 1;
	char *to = t->at + t->len;

	j->needs_comma = false;
	if (t->room - t->len <= MADE_KEY) {
		made_key_grow(j, key, comma);
		return;
	}
	if (comma)
		memcpy(to, key->at + 1, MADE_KEY - 1);
	else
		memcpy(to, key->at, MADE_KEY);
	to[key->len - comma] = '\0';
	t->len += key->len - comma;
}

void writer_string(struct writer *j, struct str s)
{
	begin_value(j);
	text_quote_json(j->out, s);
}

void writer_word(struct writer *j, struct str word)
{
	begin_value(j);
	text_putc(j->out, '"');
	text_add(j->out, word);
	text_putc(j->out, '"');
}

void writer_known(struct writer *j, struct str s)
{
	if (s.len == 0)
		writer_null(j);
	else
		writer_string(j, s);
}

void writer_integer(struct writer *j, int64_t number)
{
	begin_value(j);
	text_printf(j->out, "%" PRId64, number);
}

void writer_unsigned(struct writer *j, uint64_t number)
{
	begin_value(j);
	text_decimal(j->out, number);
}

/* Microseconds: finer than that a difference of two clocks is noise. Zeros at the end say nothing.
 */
void writer_real(struct writer *j, double number)
{
	struct text digits = text_make(64);
	char room[REAL_ROOM];
	struct str s;

	if (!isfinite(number)) {
		writer_null(j);
		return;
	}
	number = number > -5e-7 && number < 0 ? 0 : number;
	s = (struct str){.at = room, .len = real_write(room, number, 6)};
	if (!s.len) {
		text_printf(&digits, "%.6f", number);
		s = text_str(&digits);
	}
	while (s.len > 1 && s.at[s.len - 1] == '0' && s.at[s.len - 2] != '.')
		s.len--;
	begin_value(j);
	text_add(j->out, s);
	text_free(&digits);
}

void writer_bool(struct writer *j, bool is_true)
{
	begin_value(j);
	text_puts(j->out, is_true ? "true" : "false");
}

void writer_null(struct writer *j)
{
	begin_value(j);
	text_puts(j->out, "null");
}

void writer_hex(struct writer *j, struct span bytes)
{
	begin_value(j);
	text_putc(j->out, '"');
	text_hex(j->out, bytes, 0);
	text_putc(j->out, '"');
}

void writer_raw(struct writer *j, struct str whole)
{
	begin_value(j);
	text_add(j->out, whole);
}

void writer_pair_known(struct writer *j, const char *key, struct str s)
{
	writer_key(j, key);
	writer_known(j, s);
}

void writer_pair_unsigned(struct writer *j, const char *key, uint64_t number)
{
	writer_key(j, key);
	writer_unsigned(j, number);
}

void writer_pair_id(struct writer *j, const char *key, uint64_t number)
{
	writer_key(j, key);
	if (number == 0)
		writer_null(j);
	else
		writer_unsigned(j, number);
}
