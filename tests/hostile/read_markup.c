/* HTML and SVG. */
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "readers.h"

static bool is_one_of(const char *s, size_t len, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strlen(*list) == len && memcmp(*list, s, len) == 0)
			return true;
	}
	return false;
}

/* ---- HTML: a subset so strict that all browsers agree about it ---- */

enum { DEPTH = 64, NAME = 32 };

static const char *const elements[] = {
	"html",     "head",   "meta",    "title",   "style", "script", "body",    "main", "header",
	"h1",       "h2",     "h3",      "p",       "nav",   "a",      "section", "div",  "span",
	"table",    "thead",  "tbody",   "tr",      "th",    "td",     "ol",      "ul",   "li",
	"noscript", "pre",    "code",    "dl",      "dt",    "dd",     "b",       "i",    "bdi",
	"small",    "footer", "details", "summary", "br",    NULL};
static const char *const void_elements[] = {"meta", "br", NULL};
static const char *const attributes[] = {
	"lang",    "charset",     "name",      "content",         "http-equiv", "id",
	"class",   "type",        "aria-live", "aria-labelledby", "role",       "aria-label",
	"href",    "hidden",      "title",     "scope",           "tabindex",   "dir",
	"colspan", "aria-hidden", NULL};

struct page {
	const struct output *o;
	size_t at;
	char open[DEPTH][NAME];
	size_t depth;
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static void wrong(struct page *p, const char *what, size_t at)
{
	p->o->complain(what, p->o->at + at, p->o->len - at);
}

static size_t word(struct page *p)
{
	size_t n = 0;

	while (p->at + n < p->o->len && is_letter(p->o->at[p->at + n]))
		n++;
	return n;
}

static size_t entity(const char *s, size_t room, char *ret)
{
	static const struct {
		const char *name;
		char sign;
	} known[] = {{"&lt;", '<'},   {"&gt;", '>'},   {"&amp;", '&'},
		     {"&quot;", '"'}, {"&#39;", '\''}, {"&#34;", '"'},
		     {"&#60;", '<'},  {"&#62;", '>'},  {"&#38;", '&'}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t n = strlen(known[i].name);

		if (n <= room && memcmp(s, known[i].name, n) == 0) {
			*ret = known[i].sign;
			return n;
		}
	}
	return 0;
}

/* Text up to `end`, entities read. */
static void take_text(struct page *p, size_t from, size_t end)
{
	char *text = malloc(end - from + 1);
	size_t n = 0;

	for (size_t i = from; text != NULL && i < end;) {
		size_t len = p->o->at[i] == '&' ? entity(p->o->at + i, end - i, &text[n]) : 0;

		if (p->o->at[i] == '&' && len == 0)
			wrong(p, "an ampersand that begins nothing", i);
		if (len == 0)
			text[n] = p->o->at[i];
		n++;
		i += len > 0 ? len : 1;
	}
	if (text != NULL)
		p->o->found(text, n);
	free(text);
}

/* The mark of a call in an annotated page: `style="border-left-color:hsl(137 60% var(--tone))"`. */
static bool is_our_style(const struct page *p)
{
	static const char before[] = "style=\"border-left-color:hsl(";
	static const char behind[] = " 60% var(--tone))\"";
	const char *at = p->o->at + p->at;
	size_t n = sizeof(before) - 1;

	if (p->o->len - p->at < 80 || memcmp(at, before, n) != 0)
		return false;
	while (at[n] >= '0' && at[n] <= '9')
		n++;
	return memcmp(at + n, behind, sizeof(behind) - 1) == 0;
}

static void take_attributes(struct page *p)
{
	while (p->at < p->o->len && p->o->at[p->at] == ' ') {
		size_t n, from;
		const char *name;

		p->at++;
		n = word(p);
		name = p->o->at + p->at;
		if (!is_one_of(name, n, attributes) && !is_our_style(p))
			wrong(p, "an attribute that is not ours", p->at);
		p->at += n;
		if (p->at + 1 >= p->o->len || p->o->at[p->at] != '=')
			continue;
		if (p->o->at[p->at + 1] != '"') {
			wrong(p, "a value without quotes", p->at);
			return;
		}
		from = p->at += 2;
		while (p->at < p->o->len && p->o->at[p->at] != '"')
			p->at++;
		if (n == 4 && memcmp(name, "href", 4) == 0 && p->o->at[from] != '#')
			wrong(p, "a link that leads away", from);
		take_text(p, from, p->at);
		p->at++;
	}
}

/* Script and style: raw, up to their end tag. Data is JSON, which read_json() takes. */
static void take_raw(struct page *p, const char *name, bool is_data)
{
	size_t from = p->at, n = strlen(name);

	for (; p->at + n + 2 < p->o->len; p->at++) {
		const char *s = p->o->at + p->at;

		if (s[0] == '<' && s[1] == '/' && memcmp(s + 2, name, n) == 0)
			break;
		if (is_data && (*s == '<' || *s == '>' || *s == '&'))
			wrong(p, "markup in data", p->at);
	}
	if (is_data) {
		struct output data = *p->o;

		data.at += from;
		data.len = p->at - from;
		read_json(&data, true);
	}
}

static void take_tag(struct page *p)
{
	size_t start = p->at++, n;
	bool is_end = p->at < p->o->len && p->o->at[p->at] == '/';
	char name[NAME] = "";

	p->at += is_end;
	n = word(p);
	if (!is_one_of(p->o->at + p->at, n, elements)) {
		wrong(p, "an element that is not ours", start);
		p->at += n;
		return;
	}
	memcpy(name, p->o->at + p->at, n);
	p->at += n;
	start = p->at;
	if (!is_end)
		take_attributes(p);
	if (p->at >= p->o->len || p->o->at[p->at] != '>')
		wrong(p, "a tag that does not end", start);
	p->at++;
	if (is_end) {
		if (p->depth == 0 || strcmp(p->open[p->depth - 1], name) != 0)
			wrong(p, "an end tag of something else", start);
		p->depth -= p->depth > 0;
	} else if (!is_one_of(name, n, void_elements) && p->depth < DEPTH) {
		memcpy(p->open[p->depth++], name, sizeof(name));
		if (strcmp(name, "script") == 0 || strcmp(name, "style") == 0)
			take_raw(p, name, p->at - start > 2 && name[1] == 'c');
	}
}

void read_html(const struct output *o)
{
	static const char doctype[] = "<!DOCTYPE html>\n";
	struct page p = {.o = o, .at = sizeof(doctype) - 1};

	if (o->len < p.at || memcmp(o->at, doctype, p.at) != 0) {
		o->complain("no HTML", o->at, o->len);
		return;
	}
	while (p.at < o->len) {
		size_t from = p.at;

		if (o->at[p.at] == '<') {
			take_tag(&p);
			continue;
		}
		while (p.at < o->len && o->at[p.at] != '<')
			p.at++;
		take_text(&p, from, p.at);
	}
	if (p.depth > 0)
		o->complain("an element stays open", p.open[p.depth - 1], NAME);
}

/* ---- SVG ---- */

static const char *const shapes[] = {"svg",  "title", "style", "rect", "line",
				     "path", "text",  "g",     NULL};

static void XMLCALL begin(void *user, const XML_Char *name, const XML_Char **pairs)
{
	const struct output *o = user;

	if (!is_one_of(name, strlen(name), shapes))
		o->complain("an element that is not ours", name, strlen(name));
	for (; *pairs != NULL; pairs += 2) {
		if (strncmp(pairs[0], "on", 2) == 0 || strstr(pairs[0], "href") != NULL)
			o->complain("an attribute that acts", pairs[0], strlen(pairs[0]));
		o->found(pairs[1], strlen(pairs[1]));
	}
}

static void XMLCALL characters(void *user, const XML_Char *s, int len)
{
	const struct output *o = user;

	o->found(s, (size_t)len);
}

void read_svg(const struct output *o)
{
	XML_Parser parser = XML_ParserCreate(NULL);

	XML_SetUserData(parser, (void *)o);
	XML_SetStartElementHandler(parser, begin);
	XML_SetCharacterDataHandler(parser, characters);
	if (XML_Parse(parser, o->at, (int)o->len, 1) != XML_STATUS_OK)
		o->complain(XML_ErrorString(XML_GetErrorCode(parser)), o->at, o->len);
	XML_ParserFree(parser);
}
