/* A ladder in a language of sequence diagrams. What is drawn, and in which order, is the same for
 * all; a language is its syntax. Parties are P0, P1 … from left to right. */
#ifndef L2TPSCOPE_DIAGRAM_SCRIPT_H
#define L2TPSCOPE_DIAGRAM_SCRIPT_H

#include "diagram.h"

enum script_part {
	SCRIPT_ARROW,  /* from one party to another */
	SCRIPT_SAID,   /* at one party */
	SCRIPT_STATES, /* what a row moves */
	SCRIPT_NOTE,   /* a finding */
};

enum script_arrow {
	SCRIPT_MESSAGE,
	SCRIPT_FOLDED, /* one way */
	SCRIPT_BOTH,   /* folded both ways */
	SCRIPT_LOST,   /* never seen to arrive */
	SCRIPT_ARROWS,
};

/* One statement: its place, and behind `begin` and before `end` stands its label. */
struct script_statement {
	enum script_part part;
	enum script_arrow arrow;        /* of SCRIPT_ARROW */
	size_t from, to;                /* parties; of a note the left and the right one */
	const struct ladder_note *note; /* SCRIPT_NOTE: the finding; NULL: own words */
};

struct script_syntax {
	const char *before, *behind; /* lines around the whole */
	const char *nothing;         /* a line where there is no row, which some ask for; or NULL */
	const char *line_break;      /* in a label */
	/* Adds words as a label: nothing in them takes effect. */
	void (*add_label)(struct text *line, struct str words);
	/* The head of a party, all of the line. */
	void (*add_party)(struct text *line, const struct ladder *l, size_t party);
	void (*begin)(struct text *line, const struct script_statement *s);
	void (*end)(struct text *line, const struct script_statement *s); /* or NULL */
};

void script_draw(const struct script_syntax *syntax, const struct ladder *l, struct term *term);

#endif
