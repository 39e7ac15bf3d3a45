/* Borrowed text (`struct str`) and append-only text with a ceiling (`struct text`).
 *
 * A `struct text` names its maximum when it is made; what does not fit is cut and
 * `is_cut` says so. Text from input is data: it reaches a terminal, JSON or a diagram
 * only through one of the escapes below (or jansson).
 */
#ifndef L2TPSCOPE_TEXT_H
#define L2TPSCOPE_TEXT_H

#include <stdarg.h>
#include <string.h>

#include "bytes.h"

/* Borrowed characters, not NUL-terminated, any bytes. Empty means unknown. */
struct str {
	const char *at;
	size_t len;
};

/* A str of a string literal. */
#define STR(literal) ((struct str){.at = (literal), .len = sizeof(literal) - 1})
/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s)   (int)((s).len > 4096 ? 4096 : (s).len), (s).len ? (s).at : ""

/* For printf("%s", str_c(words(…))): STR_ARG() would form them thrice. Of an arena's str, or a
 * literal's: what has a NUL behind it. */
static inline const char *str_c(struct str terminated)
{
	return terminated.len ? terminated.at : "";
}

/* NULL gives the empty str. */
static inline struct str str_of(const char *nul_terminated)
{
	return (struct str){nul_terminated, nul_terminated ? strlen(nul_terminated) : 0};
}

static inline struct str str_range(const char *at, const char *end)
{
	return (struct str){at, (size_t)(end - at)};
}

static inline bool str_equal(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* What stands behind the first `offset` characters. */
static inline struct str str_from(struct str s, size_t offset)
{
	return offset >= s.len ? (struct str){NULL, 0}
			       : (struct str){s.at + offset, s.len - offset};
}

/* Names of tables, asked for row by row: most differ in their first letter. */
static inline bool name_is(const char *a, const char *b)
{
	return *a == *b && strcmp(a, b) == 0;
}

bool str_equal_nocase(struct str a, struct str b); /* ASCII */
/* Into an array of `size`, cut where it does not fit: what stands there then; NUL-terminated. */
struct str str_copy(char *room, size_t size, struct str s);
void str_keep(char *room, size_t size, struct str s);
bool str_is(struct str a, const char *nul_terminated);
bool str_is_nocase(struct str a, const char *nul_terminated); /* ASCII */
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
bool str_ends_nocase(struct str s, const char *suffix); /* ASCII */
int str_compare(struct str a, struct str b);            /* byte order, as strcmp */
struct str str_trim(struct str s);                      /* ASCII blanks off both ends */
/* Position of `needle` in `s`, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle);
/* Whole of `s` as a number: decimal, or hex after 0x. False (ret untouched) otherwise. */
bool str_u64(struct str s, uint64_t *ret);
bool str_u32(struct str s, uint32_t *ret);

struct text {
	char *at; /* owned, always NUL-terminated once written to */
	size_t len;
	size_t room; /* never more than `max` and its NUL */
	size_t max;
	bool is_cut;
};

struct text text_make(size_t max);
/* In room of the caller's: what does not fit there is cut. Never freed. */
static inline struct text text_in(char *room, size_t size)
{
	room[0] = '\0';
	return (struct text){.at = room, .room = size, .max = size - 1};
}
void text_free(struct text *t);
void text_clear(struct text *t);
struct str text_str(const struct text *t);

/* Makes room for `more` characters, or as many as the ceiling allows: how many. */
size_t text_reserve(struct text *t, size_t more);

static inline void text_add(struct text *t, struct str s)
{
	size_t fits = s.len < t->room - t->len ? s.len : text_reserve(t, s.len);

	if (fits)
		memcpy(t->at + t->len, s.at, fits);
	t->len += fits;
	t->at[t->len] = '\0';
}

static inline void text_putc(struct text *t, char c)
{
	if (t->room - t->len <= 1 && !text_reserve(t, 1))
		return;
	t->at[t->len++] = c;
	t->at[t->len] = '\0';
}

static inline void text_puts(struct text *t, const char *s)
{
	text_add(t, str_of(s));
}

void text_decimal(struct text *t, uint64_t number);
void text_printf(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *t, const char *format, va_list list)
	__attribute__((format(printf, 2, 0)));

/* Lower-case hex without separators; `separator` 0 for none. */
void text_hex(struct text *t, struct span bytes, char separator);

/* For a terminal or a log: valid UTF-8 stays; controls, what turns or is not seen (text.c) and bad
 * bytes become \xNN; never a newline. `\` stays: JSON tells the letters `\x1b` from the octet. */
void text_escape(struct text *t, struct str untrusted);
/* The same, and newlines stay. */
void text_escape_lines(struct text *t, struct str untrusted);
/* For JSON strings written by hand (without the quotes): invalid UTF-8 becomes U+FFFD, and what
 * text_escape() would not show is `\uXXXX`. */
void text_escape_json(struct text *t, struct str untrusted);
void text_quote_json(struct text *t, struct str untrusted); /* with the quotes */

#endif
