/* Writes JSON into a text: keys in the order they are given, no white space, untrusted text
 * escaped. The writer keeps only whether a comma is due; nesting is the caller's. */
#ifndef L2TPSCOPE_WRITER_H
#define L2TPSCOPE_WRITER_H

#include "text.h"

struct writer {
	struct text *out;
	bool needs_comma;
};

struct writer writer_into(struct text *out);

/* For what is written here: the comma before a value. */
static inline void writer_begin(struct writer *j)
{
	if (j->needs_comma)
		text_putc(j->out, ',');
	j->needs_comma = true;
}

/* `bracket` is '{' or '[', or '"' around what needs no escape. A key is given first inside an
 * object. */
static inline void writer_open(struct writer *j, char bracket)
{
	writer_begin(j);
	text_putc(j->out, bracket);
	j->needs_comma = false;
}

static inline void writer_close(struct writer *j, char bracket)
{
	text_putc(j->out, bracket);
	j->needs_comma = true;
}

void writer_key(struct writer *j, const char *key);
/* The same of a key that is made once for many objects: `,"KEY":`. */
enum { MADE_KEY = 32 };
struct made_key {
	char at[MADE_KEY + 1]; /* of a table, and shorter */
	size_t len;
};
struct made_key writer_key_make(const char *key);
void writer_made_key_far(struct writer *j, const struct made_key *key); /* of writer_made_key */

/* All of its room is copied, which takes no count. */
static inline void writer_made_key(struct writer *j, const struct made_key *key)
{
	struct text *t = j->out;
	size_t from = j->needs_comma ? 0 : 1;

	if (t->room - t->len <= MADE_KEY) {
		writer_made_key_far(j, key);
		return;
	}
	memcpy(t->at + t->len, key->at + from, MADE_KEY); /* a value follows, and its NUL */
	t->len += key->len - from;
	j->needs_comma = false;
}

/* A value of an array, or after writer_key. An empty str is a string; writer_known makes it null.
 */
void writer_string(struct writer *j, struct str s);
/* Of a table, or made of digits: nothing in it needs an escape. */
void writer_word(struct writer *j, struct str word);
void writer_known(struct writer *j, struct str s);
void writer_integer(struct writer *j, int64_t number);
static inline void writer_unsigned(struct writer *j, uint64_t number)
{
	writer_begin(j);
	if (number < 10)
		text_putc(j->out, (char)('0' + number));
	else
		text_decimal(j->out, number);
}

void writer_real(struct writer *j, double number);
void writer_bool(struct writer *j, bool is_true);
static inline void writer_null(struct writer *j)
{
	struct text *t = j->out;

	writer_begin(j);
	if (t->room - t->len <= 4) {
		text_add(t, STR("null"));
		return;
	}
	memcpy(t->at + t->len, "null", 5); /* with its NUL */
	t->len += 4;
}

void writer_hex(struct writer *j, struct span bytes);
/* JSON text that is already whole. */
void writer_raw(struct writer *j, struct str whole);

/* Key and value in one: what most rows need. */
void writer_pair_known(struct writer *j, const char *key, struct str s);
void writer_pair_unsigned(struct writer *j, const char *key, uint64_t number);
/* 0 is unknown: null. */
void writer_pair_id(struct writer *j, const char *key, uint64_t number);

#endif
