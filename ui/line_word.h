/* Words of a line that a program, a configuration or a person wrote: what stands at an offset of it
 * and before that, and whether it reads as English. Offsets count characters of the line; a word
 * ends at a blank or a quote.
 *
 * Nothing here looks further than it must, for a log may be one token: a word longer than any that
 * is compared with a table is empty, and of what stands before an offset only the nearest 512
 * characters count. */
#ifndef L2TPSCOPE_LINE_WORD_H
#define L2TPSCOPE_LINE_WORD_H

#include "character.h"
#include "text.h"

static inline bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

static inline bool is_any_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static inline bool ends_word(char c)
{
	return char_is_blank(c) || is_quote(c) || c == '\r';
}

static inline size_t skip_blanks(struct str s, size_t at)
{
	while (at < s.len && char_is_blank(s.at[at]))
		at++;
	return at;
}

static inline size_t skip_digits(struct str s, size_t at)
{
	while (at < s.len && char_is_digit(s.at[at]))
		at++;
	return at;
}

static inline size_t skip_word(struct str s, size_t at)
{
	while (at < s.len && !ends_word(s.at[at]))
		at++;
	return at;
}

/* Nothing of a token that is too long for a word. */
struct str word_at(struct str line, size_t at);
/* The word behind `word`, which is of the line. */
struct str word_behind(struct str line, struct str word);
/* The word before offset `at`, with the letters that attribute names have. */
struct str word_before(struct str line, size_t at);

/* What of the line stands before `at`, as far as it is looked at. */
struct str line_before(struct str line, size_t at);

/* Of an array of words: those of sentences are written in any way, of configurations in one. */
#define IS_ONE_OF(word, words) word_is_one_of(word, words, sizeof(words) / sizeof((words)[0]), true)
#define IS_EXACTLY_ONE_OF(word, words)                                                             \
	word_is_one_of(word, words, sizeof(words) / sizeof((words)[0]), false)
bool word_is_one_of(struct str word, const char *const *words, size_t n, bool is_any_case);

/* One of an array of phrases stands anywhere before `at`. */
#define STANDS_BEFORE(line, at, phrases)                                                           \
	line_stands_before(line, at, phrases, sizeof(phrases) / sizeof((phrases)[0]))
bool line_stands_before(struct str line, size_t at, const char *const *phrases, size_t n);

/* In any case. */
#define ENDS_WITH(s, endings) line_ends_with(s, endings, sizeof(endings) / sizeof((endings)[0]))
bool line_ends_with(struct str s, const char *const *endings, size_t n);

/* Behind which a sentence goes on: `for`, `was`. */
bool word_goes_on(struct str word);
/* What follows `secret` in a sentence ("no tunnel secret for this peer") and is no value. */
bool words_are_english(struct str line, size_t at);
/* Two words of small letters, one behind the other: nobody writes a value so. */
bool words_are_plain(struct str line, size_t at);

#endif
