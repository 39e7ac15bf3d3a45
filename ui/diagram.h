/* A sequence diagram before it is drawn: parties, arrows, notes. cmd_diagram.c makes it from the
 * steps; one file per format draws it. */
#ifndef L2TPSCOPE_DIAGRAM_H
#define L2TPSCOPE_DIAGRAM_H

#include "run.h"

enum party_column { PARTY_CLIENT, PARTY_LAC, PARTY_LNS, PARTY_RADIUS, PARTIES };

struct diagram_party {
	bool is_there;
	struct str name; /* `LAC hgw 10.51.6.68`, escaped */
};

enum diagram_kind {
	DIAGRAM_ARROW, /* from one party to another */
	DIAGRAM_NOTE,  /* said at one party */
	DIAGRAM_TITLE, /* across all: a call, or a gap in time */
};

struct diagram_row {
	enum diagram_kind kind;
	enum party_column from, to;
	struct str time;    /* own words */
	struct str label;   /* escaped, masked */
	struct str *states; /* `LAC: idle → wait-reply` */
	size_t n_states;
	uint64_t repeats; /* how often, when folded */
	const char *rule; /* of the most severe finding here, or NULL */
	enum severity severity;
	bool is_data;
	struct diagram_row *next;
};

struct diagram {
	struct arena *arena;
	struct diagram_party parties[PARTIES];
	struct diagram_row *first, *last;
};

/* A party that no step names is not drawn. */
void diagram_draw_text(const struct diagram *d, struct term *term, bool has_utf8);
void diagram_draw_mermaid(const struct diagram *d, struct term *term);

#endif
