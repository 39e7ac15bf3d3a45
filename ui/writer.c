#include "writer.h"

#include <inttypes.h>
#include <math.h>

#include "text_format.h"

struct writer writer_into(struct text *out)
{
	return (struct writer){.out = out};
}

void writer_key(struct writer *j, const char *key)
{
	writer_begin(j);
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

void writer_made_key_far(struct writer *j, const struct made_key *key)
{
	size_t from = j->needs_comma ? 0 : 1;

	text_add(j->out, (struct str){key->at + from, key->len - from});
	j->needs_comma = false;
}

void writer_string(struct writer *j, struct str s)
{
	writer_begin(j);
	text_quote_json(j->out, s);
}

void writer_word(struct writer *j, struct str word)
{
	struct text *t = j->out;
	char *to;

	writer_begin(j);
	if (t->room - t->len < word.len + 3) {
		text_putc(t, '"');
		text_add(t, word);
		text_putc(t, '"');
		return;
	}
	to = t->at + t->len;
	to[0] = '"';
	if (word.len)
		memcpy(to + 1, word.at, word.len);
	memcpy(to + 1 + word.len, "\"", 2);
	t->len += word.len + 2;
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
	writer_begin(j);
	text_printf(j->out, "%" PRId64, number);
}

/* Zeros at the end say nothing. */
static void add_trimmed(struct text *t, struct str s)
{
	while (s.len > 1 && s.at[s.len - 1] == '0' && s.at[s.len - 2] != '.')
		s.len--;
	text_add(t, s);
}

static void add_large(struct text *t, double number)
{
	struct text digits = text_make(64);

	text_printf(&digits, "%.6f", number);
	add_trimmed(t, text_str(&digits));
	text_free(&digits);
}

/* Microseconds: finer than that a difference of two clocks is noise. */
void writer_real(struct writer *j, double number)
{
	char room[REAL_ROOM];
	size_t len;

	if (!isfinite(number)) {
		writer_null(j);
		return;
	}
	writer_begin(j);
	number = number > -5e-7 && number < 0 ? 0 : number;
	len = real_write(room, number, 6);
	if (len)
		add_trimmed(j->out, (struct str){room, len});
	else
		add_large(j->out, number);
}

void writer_bool(struct writer *j, bool is_true)
{
	writer_begin(j);
	text_puts(j->out, is_true ? "true" : "false");
}

void writer_hex(struct writer *j, struct span bytes)
{
	writer_begin(j);
	text_putc(j->out, '"');
	text_hex(j->out, bytes, 0);
	text_putc(j->out, '"');
}

void writer_raw(struct writer *j, struct str whole)
{
	writer_begin(j);
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
