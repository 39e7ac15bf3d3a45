/* Mermaid, PlantUML, mscgen: what their lexers make of a line. */
#include <stdlib.h>
#include <string.h>

#include "readers.h"

struct line {
	const char *at;
	size_t len;
};

static bool take(struct line *l, const char *word)
{
	size_t n = strlen(word);

	if (l->len < n || memcmp(l->at, word, n) != 0)
		return false;
	l->at += n;
	l->len -= n;
	return true;
}

static bool take_number(struct line *l)
{
	size_t n = 0;

	while (n < l->len && l->at[n] >= '0' && l->at[n] <= '9')
		n++;
	l->at += n;
	l->len -= n;
	return n > 0;
}

static bool take_party(struct line *l)
{
	return take(l, "P") && take_number(l);
}

static bool take_one_of(struct line *l, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (take(l, *words))
			return true;
	}
	return false;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static void read_lines(const struct output *o, bool (*is_ours)(struct line *l, char *label))
{
	const char *at = o->at, *end = o->at + o->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct line line = {at, (size_t)((newline == NULL ? end : newline) - at)};
		char *label = calloc(line.len + 8, 1);

		if (label != NULL && (newline == NULL || !is_ours(&line, label)))
			o->complain("no statement of ours", line.at, line.len);
		if (label != NULL)
			o->found(label, strlen(label));
		free(label);
		at = newline == NULL ? end : newline + 1;
	}
}

/* ---- Mermaid ---- */

/* `;` ends a statement, `#` begins an entity, `%%` a directive or comment, `<` a tag. */
static bool take_mermaid_label(struct line *l, char *label)
{
	while (l->len > 0) {
		struct line entity = *l;

		if (take(l, "<br/>")) {
			*label++ = ' ';
			continue;
		}
		if (take(&entity, "#")) {
			*label++ = (char)strtol(entity.at, NULL, 10);
			if (!take_number(&entity) || !take(&entity, ";"))
				return false;
			*l = entity;
			continue;
		}
		if (strchr("#;%<>{}$\"`\\&", *l->at) != NULL || (unsigned char)*l->at < 0x20)
			return false;
		*label++ = *l->at++;
		l->len--;
	}
	return true;
}

static bool is_mermaid(struct line *l, char *label)
{
	static const char *const arrows[] = {"->>", "-->>", "--x", "-x", "<<-->>", NULL};

	if (take(l, "sequenceDiagram"))
		return l->len == 0;
	if (!take(l, "    "))
		return false;
	if (take(l, "participant "))
		return take_party(l) && take(l, " as ") && take_mermaid_label(l, label);
	if (take(l, "Note over ")) {
		if (!take_party(l) || (take(l, ",") && !take_party(l)))
			return false;
	} else if (!take_party(l) || !take_one_of(l, arrows) || !take_party(l)) {
		return false;
	}
	return take(l, ": ") && take_mermaid_label(l, label);
}

void read_mermaid(const struct output *o)
{
	read_lines(o, is_mermaid);
}

/* ---- PlantUML ---- */

static size_t put_character(char *to, unsigned long code)
{
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	to[0] = (char)(0xe0 | code >> 12);
	to[1] = (char)(0x80 | (code >> 6 & 0x3f));
	to[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

/* Letters, digits, a few signs that mean nothing alone, `<U+hhhh>`, `\n`; as long as it goes. */
static void take_plantuml_label(struct line *l, char *label)
{
	char before = ' ';

	while (l->len > 0) {
		struct line sign = *l;
		char *end;

		if (take(l, "\\n")) {
			*label++ = before = ' ';
			continue;
		}
		if (take(&sign, "<U+")) {
			label += put_character(label, strtoul(sign.at, &end, 16));
			if (end == sign.at || *end != '>')
				return;
			l->len -= (size_t)(end + 1 - l->at);
			l->at = end + 1;
			before = '>';
			continue;
		}
		if (!is_word(*l->at) && (strchr(" ,.()+", *l->at) == NULL || *l->at == before) &&
		    !(*l->at == ' ' && before == ' '))
			return;
		*label++ = before = *l->at++;
		l->len--;
	}
}

static bool is_plantuml(struct line *l, char *label)
{
	static const char *const whole[] = {"@startuml",
					    "@enduml",
					    "hide footbox",
					    "skinparam maxMessageSize 320",
					    "skinparam wrapWidth 320",
					    NULL};
	static const char *const arrows[] = {" -> ", " --> ", " <--> ", " -->x ", " ->x ", NULL};
	struct line rest = *l;

	if (take_one_of(&rest, whole) && rest.len == 0)
		return true;
	if (take(l, "participant \"")) {
		take_plantuml_label(l, label);
		return take(l, "\" as ") && take_party(l) && l->len == 0;
	}
	if (take(l, "note over ")) {
		if (!take_party(l) || (take(l, ", ") && !take_party(l)))
			return false;
	} else if (!take_party(l) || !take_one_of(l, arrows) || !take_party(l)) {
		return false;
	}
	if (!take(l, " : "))
		return false;
	take_plantuml_label(l, label);
	return l->len == 0;
}

void read_plantuml(const struct output *o)
{
	read_lines(o, is_plantuml);
}

/* ---- mscgen ---- */

static bool take_string(struct line *l, char *label)
{
	if (!take(l, "\""))
		return false;
	while (l->len > 0 && *l->at != '"') {
		if (take(l, "\\n")) {
			*label++ = ' ';
			continue;
		}
		if (*l->at == '\\' && !(l->len > 1 && l->at[1] == '"'))
			return false;
		if (*l->at == '\\')
			take(l, "\\");
		*label++ = *l->at++;
		l->len--;
	}
	return take(l, "\"");
}

static bool is_mscgen(struct line *l, char *label)
{
	static const char *const whole[] = {"msc {", "}", "  wordwraparcs=true, hscale=\"2\";",
					    NULL};
	static const char *const arcs[] = {" => ",  " >> ",   " <=> ",  " -x ",
					   " box ", " rbox ", " note ", NULL};
	struct line rest = *l;

	if (take_one_of(&rest, whole) && rest.len == 0)
		return true;
	if (!take(l, "  ") || !take_party(l))
		return false;
	if (take_one_of(l, arcs) && !take_party(l))
		return false;
	if (!take(l, " [label=") || !take_string(l, label))
		return false;
	if (take(l, ", textbgcolour=\"#")) {
		while (l->len > 0 && is_word(*l->at)) {
			l->at++;
			l->len--;
		}
		if (!take(l, "\""))
			return false;
	}
	return (take(l, "];") || take(l, "],")) && l->len == 0;
}

void read_mscgen(const struct output *o)
{
	read_lines(o, is_mscgen);
}
