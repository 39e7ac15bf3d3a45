/* The damage test: the clean sample logs are given other identities and times, pressed into
 * another shape, and hurt in one place; the analysis must stay the same and name the wound.
 *
 * cases.c says which logs and what they must give; disguise.c changes identities so that every
 * dump, digest and option stays true; shape.c wraps, joins, fences and hurts; damage.c runs the
 * program and compares. A test tool: out of memory or a missing sample ends it. */
#ifndef L2TPSCOPE_DAMAGE_H
#define L2TPSCOPE_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DAMAGE_SWAPS = 96,
	DAMAGE_VALUE = 128, /* one identity */
};

/* Repeatable on every machine, unlike rand(). */
struct dice {
	uint64_t state;
};
uint32_t dice_below(struct dice *d, uint32_t n);

/* Growing text. */
struct buffer {
	char *at;
	size_t len, room;
};
void buffer_put(struct buffer *b, const char *at, size_t len);
void buffer_puts(struct buffer *b, const char *text);
void buffer_free(struct buffer *b);

/* A line of a console; `mask` says of each character what it is. */
enum { FREE = ' ', IDENTITY = 'x' };
struct line {
	struct buffer text, mask;
	bool is_head; /* begins with a stamp: a record's first line */
};
struct console {
	struct line *lines;
	size_t n;
	const char *prompt; /* its host name, as prompts show it */
};

/* cases.c: what a sample is and what it must give. */
enum how {
	WORD,    /* stands alone */
	ANYWHERE /* also inside a longer run of hex */
};
struct swap {
	const char *before; /* what must stand before it, or "" */
	const char *what;
	enum how how;
	char with[DAMAGE_VALUE];
};
struct fact {
	unsigned call;    /* 0, 1 … */
	const char *path; /* "lac.tunnel_id" */
	const char *value;
};
struct damage_case {
	const char *name;
	const char *files[2];   /* LAC, LNS */
	const char *prompts[2]; /* names whose disguise the consoles' prompts show */
	const struct fact *facts;
	size_t n_facts;
	size_t n_calls;
	/* Fills in other identities, consistent with each other. */
	size_t (*swaps)(struct dice *d, struct swap *ret);
};
extern const struct damage_case damage_cases[2];

/* disguise.c */
void disguise(const char *path, const struct swap *swaps, size_t n, int64_t shift_ms,
	      struct console *ret);
void console_free(struct console *c);
/* The disguise of a value as a whole, or the value itself. */
const char *disguise_value(const struct swap *swaps, size_t n, const char *value);

/* The same for a value that only holds identities: "remote1@cisco.com". */
void disguise_fact(const struct swap *swaps, size_t n, const char *value, struct buffer *ret);

/* shape.c: what was done to a text, for the report and for the expectations. */
struct wound {
	bool is_there;
	char what[DAMAGE_VALUE * 3]; /* "drops a hex digit in: …" */
	size_t console;
	unsigned line_first, line_last; /* of the record, in its file */
};
enum { WOUNDS = 2 };
/* Wound number `index`, below WOUNDS. */
void wound_make(struct dice *d, struct console consoles[2], unsigned index, struct wound *ret);
/* Appends the console in a random shape. */
void shape(struct dice *d, const struct console *c, struct buffer *out);
/* Takes the marks of the wounds out of the text and sets their lines. */
void wound_locate(struct buffer *text, struct wound ret[WOUNDS]);

#endif
