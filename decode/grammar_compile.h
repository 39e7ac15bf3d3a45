/* Row patterns taken apart, and their PCRE2 text. Used by grammar_match.c only; the pattern
 * language itself is in grammar.h.
 *
 * Text to be matched has each run of blanks and line ends as one character: a blank, `\n`
 * (a line ends here) or `\v` (so does a fence or a page). A line may have been wrapped at a
 * blank or inside a word: the strict form takes a wrap for a blank, the other two also
 * find a wrap between any two characters. */
#ifndef L2TPSCOPE_GRAMMAR_COMPILE_H
#define L2TPSCOPE_GRAMMAR_COMPILE_H

#include "character.h"
#include "log_record.h"

enum node_kind { NODE_LITERAL, NODE_CAPTURE, NODE_OPTION, NODE_OPTION_END };

enum field_type {
	TYPE_NONE,
	TYPE_DECIMAL,
	TYPE_HEX,
	TYPE_OCTETS,
	TYPE_ADDRESS,
	TYPE_INTERFACE,
	TYPE_WORD,
	TYPE_NAME,
	TYPE_ENUM,
	TYPE_STATE,
	TYPE_REST,
};

struct pattern_node {
	enum node_kind kind;
	enum log_field field;
	bool is_word;   /* `{field:*}` */
	bool is_number; /* `{field:#}` */
	bool is_hex;    /* `{field:0x}` */
	enum field_type type;
	bool is_open;    /* `{field:a|b|*}`: the words that are known, but others may stand there */
	struct str text; /* the literal, or the alternatives `a|b|c` (empty: any) */
};

struct pattern {
	struct pattern_node *nodes;
	size_t n;
};

enum pattern_form {
	FORM_STRICT,
	FORM_WRAPPED,  /* a wrap may stand inside a word; values take in as few as they can */
	FORM_JOINED,   /* likewise, but as many as it can */
	FORM_TOLERANT, /* as WRAPPED, and letters that OCR confuses match each other */
	FORM_TOLERANT_JOINED,
	PATTERN_FORMS,
};

enum field_type field_type(enum log_field f);
/* The type of a capture: its field's, unless the row says that one word stands there. */
static inline enum field_type node_type(const struct pattern_node *node)
{
	return node->type;
}

/* False when the pattern is not of the language (a bug of the table). */
bool pattern_parse(const char *pattern, struct arena *arena, struct pattern *ret);

/* The PCRE2 text. STRICT: one group per capture; the others: one per literal and capture. */
void pattern_regex(const struct pattern *p, enum pattern_form form, struct text *ret);

/* The class of characters that look like `c`, as a PCRE2 class body; NULL when it is alone. */
const char *confusion_class(char c);
/* Whether `a` may stand for the letter `b` of a row, whose case counts for nothing. */
bool is_confusable(char a, char b);
/* One representative per class, upper case. */
static inline char confusion_fold(char c)
{
	switch (c) {
	case 'l':
	case 'L':
	case 'I':
	case 'i':
	case '|':
		return '1';
	case 'O':
	case 'o':
		return '0';
	case 'Q':
	case 'q':
	case 'p':
		return 'P';
	default:
		return char_is_lower(c) ? (char)(c - 'a' + 'A') : c;
	}
}

/* A number or word ends where the next character is no part of it, unless the row goes on right
 * there
 * (`{count}Kb`). */
bool capture_has_boundary(const struct pattern *p, size_t i);
/* Whether nothing but the ends of options follows node `i`. */
bool is_last_capture(const struct pattern *p, size_t i);

/* The next of `a|b|c`; false at the end. Start with *at = 0. */
bool alternative_next(struct str alternatives, size_t *at, struct str *ret);

/* What a capture without its own alternatives may be: message names, states, or empty. */
struct str field_alternatives(const struct pattern_node *node);

/* Interface names as IOS spells them, `a|b|c`. */
extern const struct str interface_names;

#endif
