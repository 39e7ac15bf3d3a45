#include "character.h"
#include "grammar_parts.h"

enum {
	WORD_LIMIT = 40, /* no record begins with a longer word */
};

static bool is_hex(char c)
{
	return char_is_hex(c) || c == 'O' || c == 'o' || c == 'l' || c == 'I' || c == '|';
}

static size_t word_end(struct str s)
{
	size_t n = 0;

	while (n < s.len && !is_blank(s.at[n]))
		n++;
	return n;
}

/* Two octets at least: one alone may be the rest of a number that a line end cut. The first may
 * have lost a digit; before a whole one (`8 C8 02`: RFC 2661 3.1) it is such a rest. */
bool begins_with_hex(struct str rest)
{
	if (word_end(rest) == 1 && is_hex(rest.at[0]) && rest.len > 1 && rest.at[1] == ' ' &&
	    !str_starts(str_from(rest, 2), "C8"))
		rest = str_from(rest, 2);
	for (int i = 0; i < 2; i++) {
		if (word_end(rest) != 2 || !is_hex(rest.at[0]) || !is_hex(rest.at[1]))
			return false;
		rest = str_from(rest, rest.len > 2 ? 3 : 2);
	}
	return true;
}

static bool is_digitish(char c)
{
	c = digit_of(c);
	return char_is_digit(c);
}

bool word_is_interface(struct str word)
{
	size_t letters = 0, end;
	struct str one;

	if (word.len < 2 || ((word.at[0] < 'A' || word.at[0] > 'Z') && !strchr("pu", word.at[0])))
		return false;
	while (letters < word.len &&
	       ((char_lower(word.at[letters]) >= 'a' && char_lower(word.at[letters]) <= 'z') ||
		word.at[letters] == '-'))
		letters++;
	end = letters;
	while (end < word.len && (is_digitish(word.at[end]) || strchr("/:.", word.at[end])))
		end++;
	if (letters < 2 || end < word.len || (end == letters && !is_digitish(word.at[letters - 1])))
		return false;
	for (size_t at = 0; alternative_next(interface_names, &at, &one);) {
		if (one.len <= end && one.len < word.len && is_digitish(word.at[one.len]) &&
		    memcmp(one.at, word.at, one.len) == 0)
			return true;
	}
	return false;
}

/* `L2TP tnl 08062:________:`, `L2X _____:_____:________:`: what newer IOS puts before a record. */
static bool is_tag(struct str text)
{
	size_t at = 5, digits = 0, fields = 0;

	if (str_starts(text, "L2X "))
		at = 4;
	else if (!str_starts(text, "L2TP "))
		return false;
	if (str_starts(str_from(text, at), "tnl "))
		at += 4;
	for (; at < text.len && fields < 3; at++) {
		if (text.at[at] == '_' || is_hex(text.at[at]) ||
		    (text.at[at] >= 'a' && text.at[at] <= 'f')) {
			digits++;
		} else if (text.at[at] == ':' && digits >= 4 && digits <= 8) {
			digits = 0;
			fields++;
		} else {
			break;
		}
	}
	return fields >= 2;
}

/* A line end may stand in the first word of a record. */
static bool is_cut_first(const struct grammar *g, struct str text, size_t end)
{
	char word[2 * WORD_LIMIT];
	struct str more = str_from(text, end + 1 < text.len ? end + 1 : text.len);

	more.len = word_end((struct str){more.at, more.len < WORD_LIMIT ? more.len : WORD_LIMIT});
	if (end == 0 || end >= text.len || !is_wrap(text.at[end]) || more.len == 0 ||
	    !g->may_start[(unsigned char)text.at[0]])
		return false;
	memcpy(word, text.at, end);
	memcpy(word + end, more.at, more.len);
	return index_is_first(g, (struct str){word, end + more.len});
}

bool grammar_may_begin(const struct grammar *g, struct str text)
{
	size_t most = text.len < WORD_LIMIT + 1 ? text.len : WORD_LIMIT + 1;
	struct str word = {text.at, word_end((struct str){text.at, most})};

	if (word.len <= WORD_LIMIT && is_cut_first(g, text, word.len))
		return true;

	if (word.len < 3 || word.len > WORD_LIMIT || !g->may_start[(unsigned char)word.at[0]])
		return false;
	return word.at[0] == '%' || str_starts(word, "Tnl") || word_is_interface(word) ||
	       str_is(word, "L2TP:") || str_is(word, "L2X:") || is_tag(text) ||
	       index_is_first(g, word);
}
