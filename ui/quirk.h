/* Habits of implementations that look like faults and are none. */
#ifndef L2TPSCOPE_QUIRK_H
#define L2TPSCOPE_QUIRK_H

#include <stddef.h>

struct quirk {
	const char *id;
	const char *who;     /* the software */
	const char *seen;    /* what it does */
	const char *meaning; /* why it is harmless, and how it is read here */
	const char *rule;    /* the finding that it is a note of, or NULL: it raises none */
};

size_t quirk_rows(const struct quirk **ret);

#endif
