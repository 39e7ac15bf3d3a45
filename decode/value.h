/* Values that an event carries by name: what a protocol says that has no field of its own in
 * struct event. Printed as they come, in the tree and in JSON, by code that knows none of the
 * protocols. */
#ifndef L2TPSCOPE_VALUE_H
#define L2TPSCOPE_VALUE_H

#include "address.h"
#include "arena.h"

enum value_kind {
	VALUE_NONE, /* presence says it */
	VALUE_NUMBER,
	VALUE_HEX, /* a number that people read as hex; `octets.len` gives its width */
	VALUE_TRUTH,
	VALUE_TEXT,
	VALUE_OCTETS,
	VALUE_ADDRESS,
};

struct value {
	const char *field; /* Wireshark's field name, or "" where it has none */
	const char *name;  /* in the words of the RFC */
	enum value_kind kind;
	uint64_t number;     /* NUMBER, HEX, TRUTH */
	const char *meaning; /* name of that number, or NULL */
	struct str text;     /* TEXT; others: what it means where no table has the words */
	struct address address;
	struct span octets; /* where it stands; may be empty */
	uint8_t tag;        /* RADIUS tunnel attribute, RFC 2868; 0 none */
	bool is_secret;     /* shown only on request */
	bool tells;         /* worth a word in a line of one message */
};

/* A growing list in an arena, of at most LIMIT_VALUES. */
struct value_list {
	struct arena *arena;
	struct value *at;
	size_t n, room;
};

/* Appends; beyond the limit, or in a full arena, the row is written to a spare one that
 * nobody reads. Never NULL. */
struct value *value_add(struct value_list *list, const char *field, const char *name,
			enum value_kind kind, struct span octets);

struct value *value_number(struct value_list *list, const char *field, const char *name,
			   struct span octets, uint64_t number);
struct value *value_hex(struct value_list *list, const char *field, const char *name,
			struct span octets);
struct value *value_text(struct value_list *list, const char *field, const char *name,
			 struct span octets);
struct value *value_octets(struct value_list *list, const char *field, const char *name,
			   struct span octets);
/* 4 or 16 octets; others are kept as octets. */
struct value *value_address(struct value_list *list, const char *field, const char *name,
			    struct span octets);

/* Big-endian number of at most 8 octets. */
uint64_t value_of_octets(struct span octets);

/* The first value of that field name (or, where it has none, of that name), or NULL. */
const struct value *value_find(const struct value *values, size_t n, const char *field);

/* For people: `691 (authentication failure)`. A secret only with `show_secrets`. */
void value_print(struct text *t, const struct value *v, bool show_secrets);

#endif
