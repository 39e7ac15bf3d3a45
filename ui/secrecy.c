#include "secrecy.h"
#include "character.h"

static const char *const words[] = {"password", "secret", "passwd"};

static bool is_separator(char c)
{
	return c == ' ' || c == '=' || c == ':' || c == '"' || c == '\'';
}

static bool ends_token(char c)
{
	return c == ' ' || c == '"' || c == '\'' || c == '\r' || c == '\n';
}

static size_t skip(struct str s, size_t at, bool separators)
{
	while (at < s.len && (separators ? is_separator(s.at[at]) : !ends_token(s.at[at])))
		at++;
	return at;
}

/* The word that announces a secret and begins at `at`: its length, or 0. */
static size_t word_at(struct str s, size_t at)
{
	enum { CASE = 0x20 };
	char first = s.at[at] | CASE; /* what each of them begins with, and goes on with */

	if (first != 'p' && first != 's')
		return 0;
	if (at + 1 == s.len || (s.at[at + 1] | CASE) != (first == 'p' ? 'a' : 'e'))
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct str here = {s.at + at, strlen(words[i])};

		if (here.len <= s.len - at && str_equal_nocase(here, str_of(words[i])))
			return here.len;
	}
	return 0;
}

/* The word before offset `at`, with the letters that attribute names have. */
static struct str word_before(struct str s, size_t at)
{
	size_t end;

	while (at > 0 && s.at[at - 1] == ' ')
		at--;
	end = at;
	while (at > 0 && !is_separator(s.at[at - 1]))
		at--;
	return (struct str){s.at + at, end - at};
}

/* What follows `secret` in a sentence ("no tunnel secret for this peer") and is no value. */
static bool is_english(struct str s, size_t value)
{
	static const char *const words_of_sentences[] = {"for", "with", "is",     "of",
							 "and", "or",   "differs"};
	struct str word = str_range(s.at + value, s.at + skip(s, value, false));

	for (size_t i = 0; i < sizeof(words_of_sentences) / sizeof(words_of_sentences[0]); i++)
		if (str_is(word, words_of_sentences[i]))
			return value + word.len < s.len && s.at[value + word.len] == ' ';
	return false;
}

/* `password` and a blank are also English. It announces a value at the end of an attribute's
 * name, behind what configurations have before it, and before the kind of an encryption. */
static bool is_announced(struct str s, size_t word_start, size_t value)
{
	static const char *const before[] = {"tunnel", "chap", "pap", "enable", "l2tp"};
	struct str word = word_before(s, word_start);

	if (is_english(s, value))
		return false;
	if (word_start > 0 && s.at[word_start - 1] == '-')
		return true;
	if (value + 1 < s.len && char_is_digit(s.at[value]) && s.at[value + 1] == ' ')
		return true;
	if (str_find(s, STR("username ")) != SIZE_MAX)
		return true;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		if (str_is(word, before[i]))
			return true;
	}
	return false;
}

/* What stands between the word and what follows. */
enum gap {
	GAP_BLANKS,
	GAP_MARK,     /* `=`, `:`, or the quote that opens the value */
	GAP_QUOTE_END /* the word ends a quotation: "bad password". */
};

static enum gap gap_of(struct str s, size_t from, size_t upto)
{
	bool closes = s.at[from] == '"' || s.at[from] == '\'';

	for (size_t at = from; at < upto; at++) {
		if (s.at[at] == '=' || s.at[at] == ':')
			return GAP_MARK;
		if (s.at[at] != ' ' && !closes)
			return GAP_MARK;
	}
	return closes ? GAP_QUOTE_END : GAP_BLANKS;
}

/* Of the word at `at`, `len` long: where the secret behind it begins and ends. A single digit
 * before it is the kind of encryption (`password 7 1511021F0725`), and is masked too. */
static bool secret_at(struct str s, size_t at, size_t len, size_t *ret_start, size_t *ret_end)
{
	size_t start = skip(s, at + len, true);
	size_t end = skip(s, start, false);
	enum gap gap;

	if (start == at + len || end == start)
		return false;
	gap = gap_of(s, at + len, start);
	if (gap == GAP_QUOTE_END || (gap == GAP_BLANKS && !is_announced(s, at, start)))
		return false;
	if (end - start == 1 && char_is_digit(s.at[start]))
		end = skip(s, skip(s, end, true), false);
	*ret_start = start;
	*ret_end = end;
	return true;
}

void secrecy_mask(struct text *t, struct str s, bool show_secrets)
{
	size_t done = 0;

	for (size_t at = 0; at < s.len && !show_secrets; at++) {
		size_t word = word_at(s, at);
		size_t start;
		size_t end;

		if (word == 0 || !secret_at(s, at, word, &start, &end))
			continue;
		text_add(t, str_range(s.at + done, s.at + start));
		text_puts(t, "(hidden)");
		done = end;
		at = end - 1;
	}
	text_add(t, str_from(s, done));
}

bool secrecy_finds(struct str s)
{
	for (size_t at = 0; at < s.len; at++) {
		size_t word = word_at(s, at);
		size_t start;
		size_t end;

		if (word != 0 && secret_at(s, at, word, &start, &end))
			return true;
	}
	return false;
}
