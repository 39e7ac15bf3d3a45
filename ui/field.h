/* The field table: a fact about a call, tunnel or finding is one row. From it come the JSON keys
 * in their order, the names that --where knows, the cells of tables, and `explain field`.
 *
 * A key `lac.name` is the member `name` of the object `lac`; the row of the object itself
 * stands before its members and says whether it is there.
 *
 * A getter reads struct call, struct tunnel and struct finding (model.h) and not what a call points
 * to: of one that was told the session is gone. What a log says of a call is kept in struct
 * session_told (said_session.c) and sealed into the call (call.c). */
#ifndef L2TPSCOPE_FIELD_H
#define L2TPSCOPE_FIELD_H

#include "replay.h"
#include "rule.h"
#include "writer.h"

struct run;

/* What facts are asked of. What a getter makes lives in `arena`, which the caller resets. */
struct subject {
	const struct report *report;
	const struct call *call;
	const struct tunnel *tunnel;
	const struct finding *finding;
	const struct event *event;
	const struct str *input_names;
	size_t n_inputs;
	bool show_secrets;
	struct arena *arena;
	const struct run *run; /* to find the words of an evidence; may be NULL */
};

enum fact_kind {
	FACT_NULL, /* unknown */
	FACT_TEXT,
	FACT_NUMBER,
	FACT_REAL, /* seconds */
	FACT_TRUTH,
	FACT_TIME,
	FACT_TEXTS,   /* a list of words */
	FACT_NUMBERS, /* a list, each number known or not */
	FACT_OBJECT,  /* members follow as rows of their own */
	FACT_RAW,     /* JSON, made by the getter; not for --where */
};

enum { FACT_ROOM = 64 };

struct fact {
	enum fact_kind kind;
	bool is_word; /* texts are of a table, or addresses: nothing in them needs an escape */
	struct str text;
	uint64_t number;
	double real;
	bool truth;
	struct mark mark;
	size_t n;
	struct str texts[FACT_ROOM];
	uint64_t numbers[2];
	bool known[2];
};

struct field {
	const char *key;
	const char *title; /* of a column */
	enum fact_kind kind;
	int which;                /* handed to `get`: LAC, LNS, INITIATOR … */
	const char *const *order; /* words from least to most, for < and >; NULL: none */
	void (*get)(const struct subject *s, int which, struct fact *ret);
	const char *about;
};

/* What stands before the dot: `call`, `tunnel`, `finding`. */
struct field_set {
	const char *name;
	const struct field *rows;
	size_t n;
};

extern const struct field_set field_calls, field_tunnels, field_findings;
/* All sets; ends with NULL. */
extern const struct field_set *const field_sets[];

/* The row of `call.user` (set and key), or NULL. */
const struct field *field_named(struct str name, const struct field_set **ret_set);
const struct field *field_of(const struct field_set *set, const char *key);

/* The i-th of the words that the field may be; NULL at the end, and where they are not known. Those
 * of `order` come in it. */
const char *field_word(const struct field_set *set, const struct field *f, size_t i);

/* False when the subject has no call (tunnel, finding) to ask. */
bool field_get(const struct field_set *set, const struct field *f, const struct subject *s,
	       struct fact *ret);

/* The whole object: type first, then every row. */
void field_json(struct writer *j, const struct field_set *set, const struct subject *s);

/* For a cell; nothing when unknown. Text from input comes out escaped. */
void field_print(struct text *t, const struct fact *f);

const char *severity_word(enum severity s);
/* `frame 12` or `line 34`, with the input's name when there are several. */
void mark_print(struct text *t, const struct subject *s, const struct mark *m);
/* What was seen there: the mark's own words, else the message; masked, in the arena. */
struct str mark_words(const struct subject *s, const struct mark *m);

#endif
