/* HTML and Markdown. Only elements that pages use are taken for tags: `<mru 1400>` is an option. */
#include "character.h"
#include "shape_stage.h"

enum { TAG_MOST = 8192, NAME_MOST = 16, ESCAPED_LINES = 3 };

enum effect { DROPPED, SPACE, BREAK, BLOCK, HIDDEN };

static const struct element {
	const char *name;
	enum effect effect;
} elements[] = {
	{"a", DROPPED},      {"b", DROPPED},     {"i", DROPPED},        {"u", DROPPED},
	{"s", DROPPED},      {"em", DROPPED},    {"strong", DROPPED},   {"code", DROPPED},
	{"span", DROPPED},   {"font", DROPPED},  {"tt", DROPPED},       {"kbd", DROPPED},
	{"samp", DROPPED},   {"var", DROPPED},   {"small", DROPPED},    {"sub", DROPPED},
	{"sup", DROPPED},    {"mark", DROPPED},  {"img", DROPPED},      {"wbr", DROPPED},
	{"td", SPACE},       {"th", SPACE},      {"br", BREAK},         {"p", BLOCK},
	{"pre", BLOCK},      {"div", BLOCK},     {"tr", BLOCK},         {"table", BLOCK},
	{"tbody", BLOCK},    {"thead", BLOCK},   {"li", BLOCK},         {"ul", BLOCK},
	{"ol", BLOCK},       {"hr", BLOCK},      {"h1", BLOCK},         {"h2", BLOCK},
	{"h3", BLOCK},       {"h4", BLOCK},      {"blockquote", BLOCK}, {"html", BLOCK},
	{"head", BLOCK},     {"body", BLOCK},    {"title", BLOCK},      {"meta", BLOCK},
	{"link", BLOCK},     {"section", BLOCK}, {"article", BLOCK},    {"main", BLOCK},
	{"header", BLOCK},   {"footer", BLOCK},  {"nav", BLOCK},        {"center", BLOCK},
	{"dl", BLOCK},       {"dt", BLOCK},      {"dd", BLOCK},         {"details", BLOCK},
	{"summary", BLOCK},  {"figure", BLOCK},  {"form", BLOCK},       {"button", DROPPED},
	{"textarea", BLOCK}, {"script", HIDDEN}, {"style", HIDDEN},
};

/* The element of a tag that begins here, and the tag's length; NULL when none does. */
static const struct element *tag_at(struct str s, size_t *ret_length, bool *ret_is_end)
{
	size_t name = 1, i;
	struct str is;

	if (s.len < 3)
		return NULL;
	if (str_starts(s, "<!--") || str_starts(s, "<!DOCTYPE") || str_starts(s, "<!doctype")) {
		static const struct element comment = {"", DROPPED};
		const char *end = memchr(s.at, '>', s.len < TAG_MOST ? s.len : TAG_MOST);

		*ret_is_end = false;
		*ret_length = end ? (size_t)(end - s.at) + 1 : 4;
		return &comment;
	}
	*ret_is_end = s.at[1] == '/';
	name += *ret_is_end;
	i = name;
	while (i < s.len && i - name < NAME_MOST &&
	       (char_is_letter(s.at[i]) || (s.at[i] >= '1' && s.at[i] <= '6')))
		i++;
	is = (struct str){s.at + name, i - name};
	if (i >= s.len || !strchr("> /\t\n", s.at[i]))
		return NULL;
	while (i < s.len && i < TAG_MOST && s.at[i] != '>' && s.at[i] != '<')
		i++;
	if (i >= s.len || s.at[i] != '>')
		return NULL;
	*ret_length = i + 1;
	for (size_t k = 0; k < sizeof(elements) / sizeof(elements[0]); k++)
		if (str_equal_nocase(is, str_of(elements[k].name)))
			return &elements[k];
	return NULL;
}

static const struct {
	const char *name, *is;
} entities[] = {
	{"&lt;", "<"},    {"&gt;", ">"},    {"&amp;", "&"},   {"&quot;", "\""},
	{"&apos;", "'"},  {"&nbsp;", " "},  {"&ensp;", " "},  {"&emsp;", " "},
	{"&ndash;", "-"}, {"&minus;", "-"}, {"&mdash;", "-"}, {"&shy;", ""},
};

static int digit_of(char c, bool is_hex)
{
	if (char_is_digit(c))
		return c - '0';
	c = (char)(c | 32);
	return is_hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The length of an entity that begins here, or 0; what it is in `ret`. */
static size_t entity_at(struct str s, char ret[4], size_t *ret_len)
{
	uint32_t code = 0;
	size_t i = 2, first;
	bool is_hex;

	for (size_t k = 0; k < sizeof(entities) / sizeof(entities[0]); k++) {
		if (!str_starts(s, entities[k].name))
			continue;
		*ret_len = strlen(entities[k].is);
		memcpy(ret, entities[k].is, *ret_len);
		return strlen(entities[k].name);
	}
	if (!str_starts(s, "&#") || s.len < 4)
		return 0;
	is_hex = s.at[i] == 'x' || s.at[i] == 'X';
	i += is_hex;
	first = i;
	for (; i < s.len && i - first < 7 && digit_of(s.at[i], is_hex) >= 0; i++)
		code = code * (is_hex ? 16 : 10) + (uint32_t)digit_of(s.at[i], is_hex);
	if (i == first || i >= s.len || s.at[i] != ';' || code == 0 || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret_len = shape_utf8(code == 0xa0 ? ' ' : code, ret);
	return i + 1;
}

static bool has_tags(struct str head)
{
	size_t n = 0, length;
	bool is_end;

	for (size_t i = 0; i < head.len && n < 2; i++) {
		const char *open = memchr(head.at + i, '<', head.len - i);

		if (!open)
			break;
		i = (size_t)(open - head.at);
		n += tag_at(str_from(head, i), &length, &is_end) != NULL;
	}
	return n >= 2;
}

static bool has_entities(struct str head)
{
	char is[4];
	size_t len;

	for (size_t i = 0; i < head.len; i++) {
		const char *mark = memchr(head.at + i, '&', head.len - i);

		if (!mark)
			return false;
		i = (size_t)(mark - head.at);
		if (entity_at(str_from(head, i), is, &len))
			return true;
	}
	return false;
}

static bool is_html(struct str head, int year)
{
	(void)year;
	return has_tags(head) || has_entities(head);
}

/* From behind `<script>` to behind `</script>`. */
static size_t hidden_end(struct str s, size_t at, const char *name)
{
	for (; at < s.len; at++) {
		const char *open = memchr(s.at + at, '<', s.len - at);
		const struct element *e;
		size_t length;
		bool is_end = false;

		if (!open)
			break;
		at = (size_t)(open - s.at);
		e = tag_at(str_from(s, at), &length, &is_end);
		if (e && is_end && strcmp(e->name, name) == 0)
			return at + length;
	}
	return s.len;
}

static size_t skip_newline(struct str s, size_t at)
{
	if (at < s.len && s.at[at] == '\r')
		at++;
	return at < s.len && s.at[at] == '\n' ? at + 1 : at;
}

static size_t take_tag(struct shape_sink *s, size_t at, const struct element *e, size_t length,
		       bool is_end)
{
	size_t next = at + length;

	switch (e->effect) {
	case DROPPED:
		break;
	case SPACE:
		sink_put(s, STR(" "), at);
		break;
	case BREAK:
		sink_put(s, STR("\n"), at);
		next = skip_newline(s->in, next);
		break;
	case BLOCK:
		sink_newline(s, at);
		break;
	case HIDDEN:
		if (!is_end)
			next = hidden_end(s->in, next, e->name);
		break;
	}
	return next;
}

static void copy_html(struct shape_sink *s)
{
	struct str head = {s->in.at, s->in.len < SHAPE_LOOK ? s->in.len : SHAPE_LOOK};
	bool with_tags = has_tags(head);
	size_t plain = 0, i = 0;

	while (i < s->in.len) {
		char c = s->in.at[i], is[4];
		const struct element *e = NULL;
		size_t length = 0, len = 0;
		bool is_end = false;

		if (c == '<' && with_tags)
			e = tag_at(str_from(s->in, i), &length, &is_end);
		else if (c == '&')
			length = entity_at(str_from(s->in, i), is, &len);
		if (!e && (c != '&' || !length)) {
			i++;
			continue;
		}
		sink_copy(s, plain, i);
		if (!e)
			sink_put(s, (struct str){is, len}, i);
		i = e ? take_tag(s, i, e, length, is_end) : i + length;
		plain = i;
	}
	sink_copy(s, plain, s->in.len);
}

const struct shape_stage shape_html = {"HTML", is_html, copy_html};

/* ---- Markdown ---- */

static bool is_escape(struct str s, size_t i)
{
	return s.at[i] == '\\' && i + 1 < s.len && s.at[i + 1] &&
	       strchr("\\`*_{}[]()<>#+-.!|~'\n\r", s.at[i + 1]);
}

/* `` `line` ``, `_line_`, `**line**`: how many marks stand at each end of it; 0 none. */
static size_t marks_around(struct str line)
{
	size_t n = 0;

	while (n < 3 && n < line.len && strchr("`_*", line.at[n]) && line.at[n] == line.at[0])
		n++;
	if (!n || line.len <= 2 * n)
		return 0;
	if (line.at[0] == '`' ? n > 1 : line.at[n] == ' ') /* a fence, an item of a list */
		return 0;
	for (size_t i = 0; i < n; i++)
		if (line.at[line.len - 1 - i] != line.at[0])
			return 0;
	return line.at[0] == '`' && memchr(line.at + 1, '`', line.len - 2) ? 0 : n;
}

static bool is_markdown(struct str head, int year)
{
	size_t at = 0, start = 0, escaped = 0;
	struct str line;

	(void)year;
	while (escaped < ESCAPED_LINES && shape_line(head, &at, &line)) {
		bool has = marks_around(str_trim(line)) > 0;

		for (size_t i = start; i < start + line.len && !has; i++)
			has = is_escape(head, i);
		escaped += has;
		start = at;
	}
	return escaped >= ESCAPED_LINES;
}

static void copy_markdown(struct shape_sink *s)
{
	size_t at = 0, start = 0;
	struct str line;

	while (shape_line(s->in, &at, &line)) {
		struct str text = str_trim(line);
		size_t marks = marks_around(text);
		size_t from = marks ? (size_t)(text.at - s->in.at) + marks : start;
		size_t end = marks ? from + text.len - 2 * marks : start + line.len, plain = from;

		for (size_t i = from; i < end; i++) {
			if (!is_escape(s->in, i))
				continue;
			sink_copy(s, plain, i);
			plain = ++i;
		}
		sink_copy(s, plain, marks ? end : at < s->in.len ? at : s->in.len);
		if (marks)
			sink_newline(s, end);
		start = at;
	}
}

const struct shape_stage shape_markdown = {"Markdown", is_markdown, copy_markdown};
