/* What the files of the grammar engine share: grammar_begin.c tells where a record may begin,
 * grammar_index.c finds the rows that may read a text, grammar_match.c tries them,
 * grammar_unwrap.c does so without line ends that only cut, grammar_repair.c makes the values. */
#ifndef L2TPSCOPE_GRAMMAR_PARTS_H
#define L2TPSCOPE_GRAMMAR_PARTS_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include "character.h"
#include "grammar.h"
#include "grammar_compile.h"
#include <pcre2.h>

enum {
	KEYS = 3, /* words under which a row is found: one may be damaged */
	INDEX_BUCKETS = 4096,
	INDEX_BITS = 1 << 15,
	CANDIDATES = 256, /* rows tried on one text */
	CUTS = 3,         /* line ends that are taken for cuts inside of words */
	UNWRAPPED_TEXT = 1024,
};

/* The beginning of a text without some of its line ends, and where those stood. */
struct unwrapped {
	char at[UNWRAPPED_TEXT];
	size_t len;
	size_t cut[CUTS]; /* characters of `at` before it */
	size_t n_cuts;
};

/* Kinds of characters, a bit each. */
enum letter_class {
	LETTER_BLANK = 1,
	LETTER_DIGIT = 2,
	LETTER_HEX = 4,
	LETTER_MASKED = 8, /* digits, and what people hide them behind */
	LETTER_IPV6 = 16,
	LETTER_ALPHA = 32,
	LETTER_DASH = 64,
	LETTER_ENUM = 128,
	LETTER_WORD = 256,
	LETTER_NAME = 512,
	LETTER_ANY_NAME = 1024,
	LETTER_LINE = 2048,
	LETTER_OPEN = 4096,
	LETTER_SEPARATOR = 8192, /* a word that goes on in a capture is a key up to one of these */
};

enum step_kind {
	STEP_LITERAL,
	STEP_RUN,
	STEP_HEX,
	STEP_WORDS, /* one of some words */
	STEP_OPEN,  /* likewise, or a run */
	STEP_STATE,
	STEP_ADDRESS,
	STEP_INTERFACE,
	STEP_OPTION,
	STEP_OPTION_END,
	STEP_END,
};

/* What the strict form of a row does at one of its nodes. */
struct step {
	enum step_kind kind;
	uint16_t class;    /* of a run; what an option begins with */
	uint16_t group;    /* of a capture: 1 …; the first of an option */
	uint16_t n_groups; /* of an option */
	uint16_t skip;     /* of an option: steps to behind it */
	unsigned least, most;
	bool is_lazy;      /* a run that takes in as little as it can */
	bool has_boundary; /* no letter or digit follows; at the end: a blank does */
	char quote;        /* a run ends here */
	char follower;     /* what stands behind a capture, or begins an option; 0: several */
	struct str literal;
	struct str *words;
	size_t n_words;
};

enum { GROUPS = 128 };

/* Where the groups of a match stand in the text: 2 × n offsets, PCRE2_UNSET for those that took no
 * part. */
struct groups {
	const void *of; /* the compiled form that matched, */
	const char *at; /* and what; NULL: nothing is known */
	size_t length;
	size_t *ends;
	struct str *words; /* of a strict match: the word of the row that stands there, or empty */
	uint32_t n;
};

struct compiled {
	const struct grammar_row *row;
	struct pattern pattern;
	size_t n_captures;                    /* of which LIMIT_RECORD_VALUES count */
	const struct step *steps;             /* the strict form; NULL: not needed yet */
	uint32_t n_groups;                    /* of it */
	const struct pattern_node **captures; /* by their groups, from 1 on */
	pcre2_code *code[PATTERN_FORMS];
	bool is_compiled[PATTERN_FORMS];
};

struct key {
	uint32_t hash;
	uint16_t row;
	uint16_t rank; /* 0: the rarest word of the row */
};

struct grammar {
	struct arena *arena;
	struct compiled *rows;
	size_t n_rows;
	struct key *keys; /* sorted by hash */
	size_t n_keys;
	uint32_t first[INDEX_BUCKETS + 1];
	uint64_t has_key[INDEX_BITS / 64]; /* a bit for the low bits of each hash */
	uint32_t *firsts;                  /* hashes of words a record may begin with, sorted */
	size_t n_firsts;
	bool may_start[256]; /* characters a record may begin with */
	uint8_t fold[256];   /* confusion_fold of each character */
	uint32_t *seen;      /* per row: the round that tried it */
	uint32_t round;
	uint16_t *keyless;
	size_t n_keyless;
	pcre2_match_data *data;
	struct groups found;        /* of the last match that was better than those before it */
	size_t ends[2][2 * GROUPS]; /* of strict matches, in turns */
	struct str words[2][GROUPS];
	unsigned turn;          /* of them that holds nothing that is needed */
	uint16_t class_of[256]; /* enum letter_class */
	char lower[256];
	pcre2_match_context *context;
	struct text scratch;
	struct unwrapped unwrapped;
	struct recall *recall; /* grammar_recall.c */
};

/* Rows one of whose keys is among the first words of a text, in the order of the tables. */
struct candidates {
	uint16_t row[CANDIDATES];
	size_t n;
};

/* A row that read a text. */
struct attempt {
	struct compiled *c;
	enum pattern_form form;
	size_t length;
	bool is_whole;     /* also the last optional part was there */
	bool is_unwrapped; /* of grammar.unwrapped, not of the text itself */
	bool is_settled;   /* nothing looser was tried */
};

/* The captures of an attempt that took part in it, in their order. */
struct group_walk {
	const struct pattern_node *node; /* the one at hand, and where it stands in the text */
	size_t start, end;
	const struct pattern *pattern;
	bool has_literals; /* literals have groups, too */
	const struct groups *groups;
	uint32_t group;
	size_t next; /* node */
};

/* Fills keys, firsts and may_start from the patterns of the rows. */
void index_build(struct grammar *g);
/* `max_rank` 0: only by the rarest word of each row. */
void index_candidates(struct grammar *g, struct str text, unsigned max_rank,
		      struct candidates *ret);
/* Whether `word`, or what of it stands before a parenthesis, begins some row. */
bool index_is_first(const struct grammar *g, struct str word);

bool begins_with_hex(struct str text);
/* A name of an interface and digits, perhaps a colon behind. */
bool word_is_interface(struct str word);

/* Whether a row reads all of the text; then its match in *ret. */
bool row_reads_all(struct grammar *g, struct compiled *c, enum pattern_form form, struct str text,
		   struct attempt *ret);
/* With what a poster put in place of an address or a name (EXTENT_HIDDEN). */
bool row_reads_hidden(struct grammar *g, struct compiled *c, struct str text);
/* Tries a row: true, and in *best, when it is better than that. */
bool row_try(struct grammar *g, struct compiled *c, enum pattern_form form, struct str text,
	     struct attempt *best);
/* Whether what stands behind a match is something else, so that no longer match is looked for. */
bool attempt_is_settled(struct grammar *g, const struct attempt *a, struct str text);
/* The first group_next gives the first capture; false when the match cannot be had again. */
bool group_first(struct grammar *g, const struct attempt *a, struct str text,
		 struct group_walk *ret);
bool group_next(struct group_walk *w);
/* A value that says nothing about where it ends: a word of prose would do as well. */
bool node_is_free(const struct pattern_node *node);

/* Most line ends stand for a blank or cut a word in two. With the right ones left out the text
 * (then g->unwrapped) is one that the strict forms read to its end: much cheaper than forms with
 * a line end anywhere. */
bool unwrapped_try(struct grammar *g, struct str text, struct attempt *ret);
/* From characters of the unwrapped text to those of the text. */
size_t unwrapped_offset(const struct unwrapped *u, size_t at);

/* grammar_recall.c: a line that differs from one before it in numbers only is read as that one was.
 */
void recall_open(struct grammar *g);
void recall_close(struct grammar *g); /* then each text is read anew */
/* All of a match at once. */
bool recall_match(struct grammar *g, struct str text, struct arena *arena,
		  struct grammar_match *ret);
/* How `text`, which was asked for last, was read; g->found holds its groups. */
void recall_learn(struct grammar *g, struct str text, const struct attempt *a,
		  struct grammar_match *m);

/* grammar_strict.c: the strict form of rows, which nearly all lines of a log are in, matched by
 * hand. It reads what the expression of FORM_STRICT says (grammar_compile.c), in the same order of
 * preference; unit_strict holds both against each other. */
void strict_open(struct grammar *g);
enum extent {
	EXTENT_PREFIX, /* of the text: where the row ends */
	EXTENT_ALL,    /* the row ends with the text */
	EXTENT_HIDDEN, /* likewise; any word or `[my server]` may stand for an address or a name */
};
/* Into ret->ends and ret->words, which have room for GROUPS. */
bool strict_match(struct grammar *g, struct compiled *c, struct str text, enum extent extent,
		  struct groups *ret);

/* The value of a field whose text that is. */
void repair_value_of(struct said_value *v, enum log_field field, enum field_type type,
		     struct str text);
/* Fills ret->text and ret->values from the groups of the match that g->found holds. */
void repair_build(struct grammar *g, const struct compiled *c, enum pattern_form form,
		  struct str text, struct arena *arena, struct grammar_match *ret,
		  struct defect_list *defects);

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\v' || c == '\t';
}

static inline bool is_wrap(char c)
{
	return c == '\n' || c == '\v';
}

static inline char digit_of(char c)
{
	switch (c) {
	case 'O':
	case 'o':
		return '0';
	case 'l':
	case 'I':
	case '|':
		return '1';
	default:
		return c;
	}
}

#endif
