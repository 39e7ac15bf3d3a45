/* Mermaid's sequenceDiagram. In its labels `;` ends a statement, `#` begins an entity, `$$` a
 * formula and `"` may confuse: these, and everything that is no plain text, become `#NN;`
 * entities. A label of `end` alone cannot happen: own words stand before. */
#include "diagram_script.h"

static void add_label(struct text *line, struct str s)
{
	static const char special[] = "#;&$\"<>{}%\\`";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c < 0x20 || c == 0x7f || memchr(special, c, sizeof(special) - 1) != NULL)
			text_printf(line, "#%u;", c < 0x20 ? 32u : c);
		else
			text_putc(line, (char)c);
	}
}

static void add_party(struct text *line, const struct ladder *l, size_t party)
{
	text_printf(line, "    participant P%zu as ", party);
	add_label(line, l->parties[party].label);
}

/* Solid, dashed for data, with a cross for what was never seen to arrive. */
static const char *const arrows[SCRIPT_ARROWS] = {
	[SCRIPT_MESSAGE] = "->>",
	[SCRIPT_FOLDED] = "-->>",
	[SCRIPT_BOTH] = "-->>",
	[SCRIPT_LOST] = "--x",
};

static void begin(struct text *line, const struct script_statement *s)
{
	if (s->part == SCRIPT_ARROW)
		text_printf(line, "    P%zu%sP%zu: ", s->from, arrows[s->arrow], s->to);
	else if (s->from == s->to)
		text_printf(line, "    Note over P%zu: ", s->from);
	else
		text_printf(line, "    Note over P%zu,P%zu: ", s->from, s->to);
}

void diagram_draw_mermaid(const struct ladder *l, struct term *term)
{
	static const struct script_syntax syntax = {
		.before = "sequenceDiagram\n",
		.behind = "",
		.line_break = "<br/>",
		.add_label = add_label,
		.add_party = add_party,
		.begin = begin,
	};

	script_draw(&syntax, l, term);
}
