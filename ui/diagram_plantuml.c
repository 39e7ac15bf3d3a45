/* PlantUML. Its labels know Creole (`**bold**`, `//italic//`), tags, `\n`, functions (`%date()`)
 * and variables (`$x`): whatever is no plain letter, digit or harmless sign becomes `<U+hhhh>`,
 * which is text to all of them. */
#include "diagram_script.h"

/* Signs that mean nothing, wherever they stand alone. */
static bool is_plain(unsigned char c, unsigned char before)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
		return true;
	return c != before && memchr(" ,.()+", c, 6) != NULL;
}

static size_t add_character(struct text *line, struct str s)
{
	unsigned char first = (unsigned char)s.at[0];
	size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	unsigned code = first < 0x80 ? first : first & (0x7fu >> n);

	n = n > s.len ? s.len : n;
	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((unsigned char)s.at[i] & 0x3fu);
	text_printf(line, "<U+%04X>", code < 0x20 ? 0x20u : code > 0xfffff ? 0xfffdu : code);
	return n;
}

static void add_label(struct text *line, struct str s)
{
	unsigned char before = ' ';

	for (size_t i = 0; i < s.len;) {
		unsigned char c = (unsigned char)s.at[i];

		if (is_plain(c, before)) {
			text_putc(line, (char)c);
			i++;
		} else {
			i += add_character(line, str_from(s, i));
		}
		before = c;
	}
}

static void add_party(struct text *line, const struct ladder *l, size_t party)
{
	text_puts(line, "participant \"");
	add_label(line, l->parties[party].label);
	text_printf(line, "\" as P%zu", party);
}

static const char *const arrows[SCRIPT_ARROWS] = {
	[SCRIPT_MESSAGE] = "->",
	[SCRIPT_FOLDED] = "-->",
	[SCRIPT_BOTH] = "<-->",
	[SCRIPT_LOST] = "-->x",
};

static void begin(struct text *line, const struct script_statement *s)
{
	if (s->part == SCRIPT_ARROW)
		text_printf(line, "P%zu %s P%zu : ", s->from, arrows[s->arrow], s->to);
	else if (s->from == s->to)
		text_printf(line, "note over P%zu : ", s->from);
	else
		text_printf(line, "note over P%zu, P%zu : ", s->from, s->to);
}

void diagram_draw_plantuml(const struct ladder *l, struct term *term)
{
	static const struct script_syntax syntax = {
		.before = "@startuml\n"
			  "hide footbox\n"
			  "skinparam maxMessageSize 320\n"
			  "skinparam wrapWidth 320\n",
		.behind = "@enduml\n",
		.line_break = "\\n",
		.add_label = add_label,
		.add_party = add_party,
		.begin = begin,
	};

	script_draw(&syntax, l, term);
}
