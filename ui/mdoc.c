#include "mdoc.h"

enum { LINE_LONG = 72, WORD_ROOM = 1024 };

void mdoc_macro(struct text *t, const char *line)
{
	text_printf(t, ".%s\n", line);
}

/* The character at `s`, which is UTF-8 of our own tables; its length. */
static size_t character(struct str s, uint32_t *ret)
{
	unsigned char first = (unsigned char)s.at[0];
	size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	*ret = first < 0x80 ? first : first & (0x7fu >> n);
	for (size_t i = 1; i < n && i < s.len; i++)
		*ret = *ret << 6 | ((unsigned char)s.at[i] & 0x3fu);
	return n < s.len ? n : s.len;
}

/* What roff would take for something else, or draw as a mark of typography. */
static void escape(struct text *t, struct str s, bool is_code)
{
	while (s.len > 0) {
		uint32_t c;
		size_t n = character(s, &c);

		if (c == '\\')
			text_puts(t, "\\e");
		else if (c == '"')
			text_puts(t, "\\(dq");
		else if (c == '-' && is_code)
			text_puts(t, "\\-");
		else if (c == '\'' && is_code)
			text_puts(t, "\\(aq");
		else if (c == '^' || c == '~')
			text_puts(t, c == '^' ? "\\(ha" : "\\(ti");
		else if (c >= 0x80)
			text_printf(t, "\\[u%04X]", (unsigned)c);
		else
			text_putc(t, (char)c);
		s = str_from(s, n);
	}
}

void mdoc_argument(struct text *t, const char *words)
{
	text_puts(t, " \"\\&");
	escape(t, str_of(words), true);
	text_putc(t, '"');
}

/* A word of filled text; backquotes turn the font for code on and off. */
static void write_word(struct text *t, struct str word, bool *in_code)
{
	while (word.len > 0) {
		size_t end = 0;

		while (end < word.len && word.at[end] != '`')
			end++;
		escape(t, (struct str){word.at, end}, *in_code);
		if (end == word.len)
			return;
		*in_code = !*in_code;
		text_puts(t, *in_code ? "\\fB" : "\\fR");
		word = str_from(word, end + 1);
	}
}

static bool ends_sentence(struct str word)
{
	while (word.len > 0 && strchr("\")'`]", word.at[word.len - 1]) != NULL)
		word.len--;
	return word.len > 0 && strchr(".!?", word.at[word.len - 1]) != NULL;
}

void mdoc_words(struct text *t, struct str words)
{
	size_t start = t->len;
	bool in_code = false;
	bool is_first = true;

	while (words.len > 0) {
		size_t end = 0;

		while (end < words.len && words.at[end] != ' ' && words.at[end] != '\n')
			end++;
		if (end == 0) {
			words = str_from(words, 1);
			continue;
		}
		if (!is_first && t->len > start && t->len - start + end > LINE_LONG) {
			text_putc(t, '\n');
			start = t->len;
		} else if (!is_first && t->len > start) {
			text_putc(t, ' ');
		}
		if (t->len == start && strchr(".'", words.at[0]) != NULL)
			text_puts(t, "\\&");
		write_word(t, (struct str){words.at, end}, &in_code);
		if (!in_code && ends_sentence((struct str){words.at, end})) {
			text_putc(t, '\n');
			start = t->len;
		}
		is_first = false;
		words = str_from(words, end);
	}
	if (t->len > start)
		text_putc(t, '\n');
}

void mdoc_display(struct text *t, struct str line)
{
	mdoc_macro(t, "Bd -literal -offset indent");
	text_puts(t, line.len > 0 && strchr(".'", line.at[0]) != NULL ? "\\&" : "");
	escape(t, line, true);
	text_putc(t, '\n');
	mdoc_macro(t, "Ed");
}

static struct str take_line(struct str *rest)
{
	size_t end = str_find(*rest, STR("\n"));
	struct str line = {rest->at, end == SIZE_MAX ? rest->len : end};

	*rest = str_from(*rest, end == SIZE_MAX ? rest->len : end + 1);
	return line;
}

static bool is_indented(struct str s)
{
	return s.len > 0 && s.at[0] == ' ';
}

/* Lines that stay as they are, up to the next that does not. */
static void write_table(struct text *t, struct str *rest)
{
	mdoc_macro(t, "Bd -literal");
	while (is_indented(*rest)) {
		escape(t, take_line(rest), true);
		text_putc(t, '\n');
	}
	mdoc_macro(t, "Ed");
}

void mdoc_details(struct text *t, const char *details)
{
	struct str rest = str_of(details);
	bool is_first = true;

	while (rest.len > 0) {
		size_t end = 0;

		if (rest.at[0] == '\n') {
			rest = str_from(rest, 1);
			continue;
		}
		if (is_indented(rest)) {
			write_table(t, &rest);
			continue;
		}
		while (end < rest.len && !(rest.at[end] == '\n' && end + 1 < rest.len &&
					   strchr("\n ", rest.at[end + 1]) != NULL))
			end++;
		if (!is_first)
			mdoc_macro(t, "Pp");
		mdoc_words(t, (struct str){rest.at, end});
		is_first = false;
		rest = str_from(rest, end < rest.len ? end + 1 : end);
	}
}

void mdoc_list_begin(struct text *t, const char *width)
{
	text_printf(t, ".Bl -tag -width %s\n", width);
}

void mdoc_item(struct text *t, const char *tag, const char *words)
{
	text_puts(t, ".It Sy");
	mdoc_argument(t, tag);
	text_putc(t, '\n');
	mdoc_words(t, str_of(words));
}

void mdoc_list_end(struct text *t)
{
	mdoc_macro(t, "El");
}
