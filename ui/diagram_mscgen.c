/* mscgen. In its strings `\"` is a quote and `\n` a new line; there is no other escape, so that a
 * backslash cannot be written. */
#include "diagram_script.h"

static void add_label(struct text *line, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c == '"')
			text_puts(line, "\\\"");
		else if (c == '\\')
			text_puts(line, "\xe2\x88\x96"); /* U+2216 */
		else
			text_putc(line, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
}

static void add_party(struct text *line, const struct ladder *l, size_t party)
{
	text_printf(line, "  P%zu [label=\"", party);
	add_label(line, l->parties[party].label);
	text_puts(line, party + 1 < l->n_parties ? "\"]," : "\"];");
}

static const char *const arrows[SCRIPT_ARROWS] = {
	[SCRIPT_MESSAGE] = "=>",
	[SCRIPT_FOLDED] = ">>",
	[SCRIPT_BOTH] = "<=>",
	[SCRIPT_LOST] = "-x",
};

static const char *sign_of(const struct script_statement *s)
{
	switch (s->part) {
	case SCRIPT_ARROW:
		return arrows[s->arrow];
	case SCRIPT_SAID:
		return "box";
	case SCRIPT_STATES:
		return "rbox";
	case SCRIPT_NOTE:
		return "note";
	}
	return "note";
}

static void begin(struct text *line, const struct script_statement *s)
{
	text_printf(line, "  P%zu %s P%zu [label=\"", s->from, sign_of(s), s->to);
}

static const char *note_color(enum severity s)
{
	return s == SEVERITY_ERROR ? "#ffd6d6" : s == SEVERITY_WARNING ? "#ffefc2" : "#e8eef8";
}

static void end(struct text *line, const struct script_statement *s)
{
	text_puts(line, "\"");
	if (s->note != NULL)
		text_printf(line, ", textbgcolour=\"%s\"", note_color(s->note->finding->severity));
	text_puts(line, "];");
}

void diagram_draw_mscgen(const struct ladder *l, struct term *term)
{
	static const struct script_syntax syntax = {
		.before = "msc {\n  wordwraparcs=true, hscale=\"2\";\n",
		.behind = "}\n",
		.nothing = "  |||;\n", /* it takes no chart without an arc */
		.line_break = "\\n",
		.add_label = add_label,
		.add_party = add_party,
		.begin = begin,
		.end = end,
	};

	script_draw(&syntax, l, term);
}
