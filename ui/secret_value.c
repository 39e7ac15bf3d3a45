#include "secret_value.h"
#include "line_word.h"

/* A value has few words before it that say how it is encrypted. */
enum { ATTRIBUTE_DIGITS = 3, TAG_DIGITS = 2, LEVEL_DIGITS = 2, KINDS_MOST = 3 };

/* ---- from the word to its value ---- */

/* `[69]  21  `: number and length of the attribute, as IOS prints RADIUS. */
static size_t attribute_end(struct str s, size_t at)
{
	size_t end;

	at = skip_blanks(s, at);
	if (at >= s.len || s.at[at] != '[')
		return 0;
	end = skip_digits(s, at + 1);
	if (end == at + 1 || end > at + 1 + ATTRIBUTE_DIGITS || end >= s.len || s.at[end] != ']')
		return 0;
	at = skip_blanks(s, end + 1);
	end = skip_digits(s, at);
	return end > at && end < s.len && char_is_blank(s.at[end]) ? skip_blanks(s, end) : 0;
}

/* The tag of RFC 2868 3.1 as FreeRADIUS prints it: `Tunnel-Password:1 = `. */
static size_t tag_end(struct str s, size_t at)
{
	static const char *const marks[] = {"=", ":", "+="};
	size_t end = at < s.len && s.at[at] == ':' ? skip_digits(s, at + 1) : at;
	struct str behind = str_from(s, skip_blanks(s, end));

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (end > at + 1 && end <= at + 1 + TAG_DIGITS && str_starts(behind, marks[i]))
			return end;
	return at;
}

/* Over what stands between the word and its value; the quote that opens that, or NUL. */
static char cross_gap(struct str s, size_t *at, enum gap *ret)
{
	bool closes = *at < s.len && is_quote(s.at[*at]);
	char opens = '\0';
	size_t i = *at + closes;

	*ret = closes ? GAP_QUOTE_END : GAP_BLANKS;
	if (i < s.len && s.at[i] == '>') {
		*ret = GAP_MARK;
		i++;
	}
	for (; i < s.len && opens == '\0'; i++) {
		if (s.at[i] == '=' || (s.at[i] == '+' && i + 1 < s.len && s.at[i + 1] == '='))
			*ret = GAP_EQUALS;
		else if (s.at[i] == ':' && *ret != GAP_EQUALS)
			*ret = GAP_COLON;
		else if (is_quote(s.at[i]))
			opens = s.at[i];
		else if (s.at[i] != ':' && !char_is_blank(s.at[i]))
			break;
	}
	if (opens != '\0' && (*ret == GAP_BLANKS || *ret == GAP_COLON))
		*ret = GAP_MARK;
	*at = i;
	return opens;
}

/* `level 15`, of the rights that the password gives. */
static size_t level_end(struct str line, size_t at)
{
	struct str word = word_at(line, at);
	size_t digits, end;

	if (!str_is(word, "level"))
		return at;
	digits = skip_blanks(line, at + word.len);
	end = skip_digits(line, digits);
	return end > digits && end - digits <= LEVEL_DIGITS && end < line.len &&
			       char_is_blank(line.at[end])
		       ? skip_blanks(line, end)
		       : at;
}

/* `password 7 1511021F0725`, `password cipher X`: the kind of its encryption is masked with it. */
static size_t kind_end(struct str line, size_t at)
{
	static const char *const kinds[] = {
		"simple",     "cipher", "irreversible-cipher", "plain",  "encrypted", "local",
		"ascii-text", "ascii",  "hexadecimal",         "remote", "md5"};
	struct str word = word_at(line, at);
	bool is_number = word.len == 1 && char_is_digit(word.at[0]);
	size_t next = skip_blanks(line, at + word.len);
	bool is_last;

	if ((!is_number && !IS_ONE_OF(word, kinds)) || next == at + word.len || next >= line.len)
		return at;
	is_last = skip_blanks(line, next + word_at(line, next).len) >= line.len;
	return !(is_number && is_last) && words_are_english(line, next) ? at : next;
}

static size_t skip_kinds(struct str line, size_t at)
{
	for (int i = 0; i < KINDS_MOST; i++)
		at = kind_end(line, at);
	return at;
}

bool secret_find_value(struct secret_place *p, size_t at)
{
	size_t attribute = attribute_end(p->line, at);
	size_t behind = tag_end(p->line, at);

	p->is_attribute = attribute > 0;
	p->is_element = behind < p->line.len && p->line.at[behind] == '>';
	p->start = attribute > 0 ? attribute : behind;
	p->gap = GAP_MARK;
	if (attribute > 0) {
		size_t tag = skip_digits(p->line, attribute);

		if (tag == attribute + TAG_DIGITS && tag < p->line.len && p->line.at[tag] == ':')
			p->start = tag + 1;
		if (p->start < p->line.len && is_quote(p->line.at[p->start]))
			p->quote = p->line.at[p->start++];
	} else {
		p->quote = cross_gap(p->line, &p->start, &p->gap);
	}
	if (p->start == at || p->start >= p->line.len || p->gap == GAP_QUOTE_END)
		return false;
	p->kind = p->value = p->start;
	if (attribute == 0 && p->quote == '\0' && p->gap != GAP_EQUALS) {
		p->kind = level_end(p->line, p->start);
		p->value = skip_kinds(p->line, p->kind);
		if (p->value > p->start && p->value < p->line.len && is_quote(p->line.at[p->value]))
			p->quote = p->line.at[p->value++];
	}
	return p->value < p->line.len;
}

/* ---- where it ends ---- */

size_t secret_quoted_end(struct str s, size_t at, char quote)
{
	for (size_t end = at; end < s.len; end++)
		if (s.at[end] == quote && (end == at || s.at[end - 1] != '\\'))
			return end;
	return quote == '"' ? s.len : skip_word(s, at);
}

/* `"vpdn:l2tp-tunnel-password=two words"`: the quotation began before the word. */
static bool is_in_pair(struct str line, size_t word)
{
	struct str s = line_before(line, word);

	while (s.len > 0 && !char_is_blank(s.at[s.len - 1]) && s.at[s.len - 1] != '"')
		s.len--;
	return s.len > 0 && s.at[s.len - 1] == '"';
}

size_t secret_value_end(const struct secret_place *p)
{
	struct str line = p->line;
	size_t end = p->value;
	bool is_pair = p->quote == '\0' && p->gap == GAP_EQUALS && is_in_pair(line, p->word);

	if (p->is_element) {
		while (end < line.len && line.at[end] != '<' &&
		       (p->quote != '\0' ? line.at[end] != p->quote : !ends_word(line.at[end])))
			end++;
		return end;
	}
	if (p->quote != '\0' || is_pair)
		return secret_quoted_end(line, end, is_pair ? '"' : p->quote);
	return p->is_attribute ? line.len : skip_word(line, end);
}

bool secret_is_hidden(const struct secret_place *p)
{
	static const char *const marks[] = {"<hidden>", "<removed>", "<secret>", "(hidden)"};
	struct str value = str_from(p->line, p->value);
	size_t n = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_starts(value, marks[i]))
			return true;
	while (n < value.len && value.at[n] == value.at[0] && is_any_of(value.at[0], "*?"))
		n++;
	return n > 0 && (n == value.len || (p->is_element && value.at[n] == '<') ||
			 is_any_of(value.at[n], "])>,;.") ||
			 (p->quote == '\0' ? ends_word(value.at[n]) : value.at[n] == p->quote));
}
