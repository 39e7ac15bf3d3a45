/* Writes JSON into a text: keys in the order they are given, no white space, untrusted text
 * escaped. The writer keeps only whether a comma is due; nesting is the caller's. */
#ifndef L2TPSCOPE_JSON_H
#define L2TPSCOPE_JSON_H

#include "text.h"

struct json {
	struct text *out;
	bool needs_comma;
};

struct json json_into(struct text *out);

/* `bracket` is '{' or '['. A key is given first inside an object. */
void json_open(struct json *j, char bracket);
void json_close(struct json *j, char bracket);
void json_key(struct json *j, const char *key);

/* A value of an array, or after json_key. An empty str is a string; json_known makes it null. */
void json_string(struct json *j, struct str s);
void json_known(struct json *j, struct str s);
void json_integer(struct json *j, int64_t number);
void json_unsigned(struct json *j, uint64_t number);
void json_real(struct json *j, double number);
void json_bool(struct json *j, bool is_true);
void json_null(struct json *j);
void json_hex(struct json *j, struct span bytes);
/* JSON text that is already whole. */
void json_raw(struct json *j, struct str whole);

/* Key and value in one: what most rows need. */
void json_pair_known(struct json *j, const char *key, struct str s);
void json_pair_unsigned(struct json *j, const char *key, uint64_t number);
/* 0 is unknown: null. */
void json_pair_id(struct json *j, const char *key, uint64_t number);

#endif
