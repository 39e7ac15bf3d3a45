/* The tree between filter_parse.c, which makes it, and filter.c, which asks it. */
#ifndef L2TPSCOPE_FILTER_TREE_H
#define L2TPSCOPE_FILTER_TREE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "address.h"
#include "filter.h"
#include "when.h"

enum { FILTER_NODES = 512, FILTER_DEPTH = 64 };

enum node_kind { NODE_AND, NODE_OR, NODE_XOR, NODE_NOT, NODE_TEST };

enum operator{
	OP_EXISTS,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_CONTAINS,
	OP_MATCHES,
	OP_IN,
	OP_NOT_IN
};

/* A value of the expression; `is_number` when it reads as one. A range has `high`. Of an address or
 * a block of them (10.0.0.0/8) `prefix` bits count; family 0: it is none. */
struct literal {
	struct str text;
	double number;
	bool is_number;
	bool is_range;
	struct str high_text;
	double high;
	struct address address;
	unsigned prefix;
	struct bound time; /* of a field that is one, where it is no number */
	struct literal *next;
};

struct node {
	enum node_kind kind;
	struct node *left, *right;
	enum operator op;
	const struct field_set *set; /* NULL: a message's field */
	const struct field *field;
	struct str message_field;
	struct literal *literals;
	pcre2_code *regex;
	pcre2_match_data *match;
	struct filter *filter; /* that it is of */
	struct node *next_made;
};

struct filter {
	struct arena *arena;
	struct node *root;
	struct node *made;           /* every node, to free what they own */
	pcre2_match_context *limits; /* of all expressions; NULL: there is none */
	bool has_given_up;           /* one took too long on some value */
	bool asks_message, asks_model, asks_tunnel, asks_finding;
};

/* filter_value.c */
bool literal_number(struct str s, double *ret);
/* Reads the literal as the field has it; false, and why in one line, when the field is never so. */
bool literal_read(const struct node *n, struct literal *l, struct arena *a, struct text *why);
/* Whether the value of a field and the literal are addresses; then how they stand to each other. */
bool literal_address(const struct literal *l, struct str value, int *ret_difference);

#endif
