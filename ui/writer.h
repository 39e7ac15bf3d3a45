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

/* `bracket` is '{' or '['. A key is given first inside an object. */
void writer_open(struct writer *j, char bracket);
void writer_close(struct writer *j, char bracket);
void writer_key(struct writer *j, const char *key);
/* The same of a key that is made once for many objects: `,"KEY":`. */
enum { MADE_KEY = 32 };
struct made_key {
	char at[MADE_KEY]; /* of a table, and shorter */
	size_t len;
};
struct made_key writer_key_make(const char *key);
void writer_made_key(struct writer *j, const struct made_key *key);

/* A value of an array, or after writer_key. An empty str is a string; writer_known makes it null.
 */
void writer_string(struct writer *j, struct str s);
/* Of a table: nothing in it needs an escape. */
void writer_word(struct writer *j, struct str word);
void writer_known(struct writer *j, struct str s);
void writer_integer(struct writer *j, int64_t number);
void writer_unsigned(struct writer *j, uint64_t number);
void writer_real(struct writer *j, double number);
void writer_bool(struct writer *j, bool is_true);
void writer_null(struct writer *j);
void writer_hex(struct writer *j, struct span bytes);
/* JSON text that is already whole. */
void writer_raw(struct writer *j, struct str whole);

/* Key and value in one: what most rows need. */
void writer_pair_known(struct writer *j, const char *key, struct str s);
void writer_pair_unsigned(struct writer *j, const char *key, uint64_t number);
/* 0 is unknown: null. */
void writer_pair_id(struct writer *j, const char *key, uint64_t number);

#endif
