/* How a line was read, so that lines like it are read the same way (grammar_recall.c), and where
 * it stood, so that they need not be made a flow of (grammar_form.c). */
#ifndef L2TPSCOPE_GRAMMAR_RECALL_H
#define L2TPSCOPE_GRAMMAR_RECALL_H

#include "grammar_parts.h"
#include "grammar_stencil.h"

enum { OUTLINE = 448 /* octets */ };

struct recalled {
	uint64_t hash;
	uint64_t turn; /* how often its place was taken: who crafts lines makes hashes alike */
	size_t len;
	char at[OUTLINE];
	struct compiled *c;
	size_t words_left; /* that are looked up behind the line */
	bool ends_in_rest;
	struct recalled_value {
		uint8_t field, type; /* enum log_field, enum field_type */
		uint8_t number[2];   /* behind which it begins, and ends, */
		uint16_t behind[2];  /* and how far */
		uint8_t cuts;        /* that stand before it */
		struct str word;     /* of the row, that stands there; or empty */
	} values[LIMIT_RECORD_VALUES];
	size_t n_values;
	uint64_t fields; /* as in a match */
	struct log_places places;
	uint8_t n_cuts;           /* line ends that cut words of the row in two, */
	uint8_t cut_number[CUTS]; /* and where, likewise */
	uint16_t cut_behind[CUTS];
	struct log_words shared;
};

struct forms;

struct forms *forms_new(void);
void forms_free(struct forms *f);

/* What is known of the text that grammar_match() recalled last, while it stands there; NULL: no
 * line is read like it without drawing its outline. */
const struct stencil_line *recall_latest(const struct grammar *g, struct str *ret_text);
/* The digits that rows have of their own; NULL where hex digits may be a row's. */
const struct own_digits *recall_own(const struct grammar *g);
struct forms *recall_forms(const struct grammar *g);

#endif
