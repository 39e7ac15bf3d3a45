/* What can be wrong with one message: rows of defect.def, facts on an event.
 * A defect is content, never an error of the program: decoding goes on at the next box. */
#ifndef L2TPSCOPE_DEFECT_H
#define L2TPSCOPE_DEFECT_H

#include "text.h"

/* severity as in contract.md §5 */
enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

enum defect_id {
#define DEFECT(symbol, id, severity, title, ref) DEFECT_##symbol,
#include "defect.def"
#undef DEFECT
	DEFECT_COUNT
};

struct defect_row {
	const char *id; /* kebab-case rule id, as in anomalies.tsv */
	enum severity severity;
	const char *title; /* one sentence */
	const char *ref;   /* RFC and section */
};

const struct defect_row *defect_row(enum defect_id id);

struct defect {
	enum defect_id id;
	uint32_t offset; /* octets into the L2TP or PPP message */
	uint64_t line;   /* text: where it stands; 0 in captures */
	uint64_t record; /* text: the line in which its record begins; several may be of one */
	uint32_t column;
	struct str text; /* what exactly, with values; may be empty (then the title says it) */
	/* DEFECT_INPUT_DAMAGED only: */
	struct str was;       /* what stood there */
	struct str should_be; /* what it must have been; empty when that cannot be known */
	struct str proof;     /* bytes, stated length, option TLV, digest, state, … in words */
};

/* A growing list of at most LIMIT_DEFECTS, in an arena. */
struct arena;
struct defect_list {
	struct arena *arena;
	struct defect *at;
	size_t n, room;
};

/* Appends; beyond the limit only the first ones are kept. Returns the new row to fill
 * in, or NULL. */
struct defect *defect_add(struct defect_list *list, enum defect_id id, size_t offset)
	__attribute__((cold));

/* Appends copies of those that stand elsewhere. */
void defect_add_all(struct defect_list *list, const struct defect *all, size_t n)
	__attribute__((cold));

#endif
