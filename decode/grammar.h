/* The engine under every log dialect: rows of patterns, matched strictly and, when no row
 * matches, once more with tolerance for what OCR and copying confuse.
 *
 * Pattern language (a row's text after the stamp):
 *   literal        itself; one blank matches any run of blanks and line wraps
 *   {field}        a capture; what it may match follows from the field's type
 *   {field:a|b|c}  a capture of one of the words
 *   {field:a|b|*}  likewise, but what is none of them is taken as it stands
 *   {field:*}      a capture of one word, whatever the type
 *   {field:#}      a capture of a number, whatever the type
 *   {field:0x}     a capture of a number in hex digits
 *   {?…}           an optional part; may nest
 *   {{ and }}      literal braces (outside of optional parts)
 * The strict form of a row is matched by hand (grammar_strict.c). Where no row matches strictly,
 * rows are tried as PCRE2 expressions with JIT, which find wraps inside of words, too, and at last
 * tolerant ones in which the letters of a confusion class match each other (l 1 I | · O 0 o · Q P ·
 * …). A tolerant match is normalised: literals to what the row says, numbers to digits, enumerated
 * words to the word; every place that differed is damage (defect.h).
 * The longest match wins; equal lengths: the first row. Expressions run with match and depth
 * limits and compile on first need.
 */
#ifndef L2TPSCOPE_GRAMMAR_H
#define L2TPSCOPE_GRAMMAR_H

#include "log_record.h"

struct grammar;

struct grammar_table {
	const struct grammar_row *rows;
	size_t n;
};

/* What a dialect is: a few tables of rows. */
struct dialect {
	const char *name; /* "cisco-ios" */
	const struct grammar_table *const *tables;
	size_t n_tables;
};

extern const struct dialect dialect_ios; /* ios_rows.c and its table files */

struct grammar *grammar_new(const struct dialect *d);
void grammar_free(struct grammar *g);

struct grammar_match {
	const struct grammar_row *row;
	size_t length;             /* octets of `text` that belong to the record */
	struct str text;           /* the record on one line, repaired; in the arena */
	bool ends_in_rest;         /* its last value is free text: it may go on behind a wrap */
	bool is_tolerant;          /* found only with tolerance: the differences are in `defects` */
	struct said_value *values; /* in the arena, too */
	size_t n_values;
	uint64_t fields; /* the bit of each field that has a value */
	struct log_places places;
	/* Room for what the words of the line mean, which lines share that differ from it in
	 * numbers only; until the next match. NULL: it shares nothing. */
	struct log_words *shared;
};

/* The best row for a prefix of `text`, where a run of blanks is one blank and a wrap is `\n`
 * (or `\v`: also a fence or a page). False when none matches. Copies and normalised text go to
 * `arena`; damage to `defects`, whose offsets count octets of `text`. */
bool grammar_match(struct grammar *g, struct str text, struct arena *arena,
		   struct grammar_match *ret, struct defect_list *defects);

/* The line of a record as it stands in the input, `dump` the octets behind its line end, or empty:
 * read as one was that differed from it in its numbers only. False when none is known. */
bool grammar_read_line(struct grammar *g, struct str line, struct str dump, struct arena *arena,
		       struct grammar_match *ret);
/* The text that grammar_match() read last stands so in the input, which it was a flow of. */
void grammar_learn_line(struct grammar *g, struct str line);

/* The row that reads all of one physical line, strictly; where none does, one that reads it with
 * any word, or any words in brackets, in place of an address or a name. `only`: rows whose names
 * begin with that word and a dot; NULL: all. */
bool grammar_match_line(struct grammar *g, struct str line, const char *only, struct arena *arena,
			struct grammar_match *ret);

enum place_kind {
	PLACE_WORD,   /* one of the row's own words */
	PLACE_NUMBER, /* in decimal or hex digits */
	PLACE_OCTETS, /* a run of hex digits, two per octet */
	PLACE_VALUE,  /* a word, a name, an address */
	PLACE_TEXT,   /* free text */
};

/* Where a value stands in a text: characters [start, end). */
struct grammar_place {
	enum log_field field;
	enum place_kind kind;
	size_t start, end;
};

/* The values of a row in a text that it is known to read (grammar_places.c): how many, and how much
 * of the text it reads, 0 when none of it. All that stands between them are words of the row. */
size_t grammar_places(struct grammar *g, const struct grammar_row *row, struct str text,
		      struct grammar_place ret[LIMIT_RECORD_VALUES], size_t *ret_length);

/* Whether a record may begin with `text`: cheap, for text in which nothing else tells where
 * records begin. */
bool grammar_may_begin(const struct grammar *g, struct str text);

/* All rows, for the laws and `explain`. */
size_t grammar_rows(const struct dialect *d, const struct grammar_row **ret, size_t room);

#endif
