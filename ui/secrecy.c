#include "secrecy.h"

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
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct str here = {s.at + at, strlen(words[i])};

		if (here.len <= s.len - at && str_equal_nocase(here, str_of(words[i])))
			return here.len;
	}
	return 0;
}

/* From behind the word: where the secret begins and ends. A single digit before it is the
 * kind of encryption in a configuration (`password 7 1511021F0725`), and is masked too. */
static bool secret_at(struct str s, size_t at, size_t *ret_start, size_t *ret_end)
{
	size_t start = skip(s, at, true);
	size_t end = skip(s, start, false);

	if (start == at || end == start)
		return false;
	if (end - start == 1 && s.at[start] >= '0' && s.at[start] <= '9')
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

		if (word == 0 || !secret_at(s, at + word, &start, &end))
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

		if (word != 0 && secret_at(s, at + word, &start, &end))
			return true;
	}
	return false;
}
