#include "line_word.h"

/* What announces something stands so near before it; and no word that is compared with a table is
 * longer. */
enum { CONTEXT_MOST = 512, WORD_MOST = 32 };

static bool is_separator(char c)
{
	return char_is_blank(c) || c == '=' || c == ':' || is_quote(c);
}

struct str word_at(struct str s, size_t at)
{
	struct str near = str_from(s, at);
	size_t len;

	if (near.len > WORD_MOST + 1)
		near.len = WORD_MOST + 1;
	len = skip_word(near, 0);
	return (struct str){near.at, len > WORD_MOST ? 0 : len};
}

struct str word_behind(struct str line, struct str word)
{
	return word_at(line, skip_blanks(line, (size_t)(word.at - line.at) + word.len));
}

struct str word_before(struct str line, size_t at)
{
	struct str s = line_before(line, at);
	size_t end;

	while (s.len > 0 && char_is_blank(s.at[s.len - 1]))
		s.len--;
	end = s.len;
	while (s.len > 0 && !is_separator(s.at[s.len - 1]))
		s.len--;
	return (struct str){s.at + s.len, end - s.len};
}

/* Without the marks that end a sentence. */
static struct str word_unmarked(struct str word)
{
	while (word.len > 0 && is_any_of(word.at[word.len - 1], ".,;:!)]"))
		word.len--;
	return word;
}

struct str line_before(struct str line, size_t at)
{
	size_t from = at < CONTEXT_MOST ? 0 : at - CONTEXT_MOST;

	return (struct str){line.at + from, at - from};
}

bool word_is_one_of(struct str word, const char *const *words, size_t n, bool is_any_case)
{
	for (size_t i = 0; i < n; i++)
		if (is_any_case ? str_is_nocase(word, words[i]) : str_is(word, words[i]))
			return true;
	return false;
}

bool line_stands_before(struct str line, size_t at, const char *const *phrases, size_t n)
{
	struct str context = line_before(line, at);

	for (size_t i = 0; i < n; i++)
		if (str_find(context, str_of(phrases[i])) != SIZE_MAX)
			return true;
	return false;
}

bool line_ends_with(struct str s, const char *const *endings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ends_nocase(s, endings[i]))
			return true;
	return false;
}

bool word_goes_on(struct str word)
{
	static const char *const words[] = {
		"address", "and",     "are",   "as",   "at",     "because",  "but",      "by",
		"came",    "can",     "could", "did",  "does",   "file",     "fits",     "for",
		"from",    "has",     "hash",  "if",   "in",     "is",       "it",       "known",
		"length",  "lengths", "makes", "must", "lookup", "matching", "of",       "on",
		"or",      "that",    "the",   "this", "to",     "used",     "verifies", "was",
		"which",   "will",    "with"};

	return IS_ONE_OF(word, words);
}

bool words_are_english(struct str line, size_t value)
{
	/* which may be the end of a sentence */
	static const char *const ends[] = {"accepted", "authentication", "change",    "changed",
					   "differs",  "exchange",       "expired",   "failed",
					   "failure",  "found",          "incorrect", "invalid",
					   "mismatch", "missing",        "not",       "rejected",
					   "required", "verification",   "wrong"};
	struct str word = word_at(line, value);
	bool is_last = value + word.len >= line.len || !char_is_blank(line.at[value + word.len]);

	return (!is_last && word_goes_on(word)) || IS_ONE_OF(word_unmarked(word), ends);
}

/* `server`, not `hunter2` or `source-ip`. */
static bool is_plain(struct str word)
{
	size_t i = 0;

	while (i < word.len && char_is_lower(word.at[i]))
		i++;
	return i > 0 && i == word.len;
}

bool words_are_plain(struct str line, size_t at)
{
	struct str word = word_at(line, at);

	return is_plain(word) && is_plain(word_unmarked(word_behind(line, word)));
}
