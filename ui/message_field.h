/* Wireshark's names for what a message carries, where it has the field: header fields by a small
 * table, protocols by their names alone, attributes and options by their dictionaries. For --where
 * and the tree of `decode -v`. */
#ifndef L2TPSCOPE_MESSAGE_FIELD_H
#define L2TPSCOPE_MESSAGE_FIELD_H

#include "event.h"
#include "nearest.h"

enum { MESSAGE_VALUES = 64 };

struct message_value {
	struct str text;
	double number;
	bool is_number;
};

struct message_values {
	struct message_value at[MESSAGE_VALUES];
	size_t n;
};

bool message_field_known(struct str name);
void message_field_near(struct nearest *n);
/* Every value of the field in the event; text lives in `arena`. */
void message_field_get(const struct event *e, struct str name, struct arena *arena,
		       struct message_values *ret);

/* The header fields, for `explain field`: the i-th name, NULL at the end. */
const char *message_field_name(size_t i, const char **ret_about);

#endif
