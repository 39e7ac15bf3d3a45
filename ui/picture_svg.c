/* A picture as SVG 1.1: real text, so that it can be searched and read aloud. `textLength` holds
 * every text to its place, whatever face the reader has. Colours are classes; a reader whose
 * system is dark gets the dark ones unless a theme was asked for. */
#include "picture.h"

/* Text is escaped for a terminal already; what XML 1.0 has no character for is left: U+FFFE and
 * U+FFFF. */
static void add_text(struct text *line, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];
		struct str rest = str_from(s, i);

		if (str_starts(rest, "\xef\xbf\xbe") || str_starts(rest, "\xef\xbf\xbf")) {
			text_puts(line, "\xef\xbf\xbd");
			i += 2;
		} else if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'') {
			text_printf(line, "&#%u;", c);
		} else {
			text_putc(line, c < 0x20 || c == 0x7f ? ' ' : (char)c);
		}
	}
}

static void add_colors(struct term *term, int theme)
{
	struct text line = text_make(4096);

	for (int ink = 0; ink < INKS; ink++) {
		unsigned color = ink_color(theme, (enum ink)ink);
		const char *name = ink_name((enum ink)ink);

		text_printf(&line, ".f-%s{fill:#%06x}.s-%s{stroke:#%06x}", name, color, name,
			    color);
		term_line(term, &line);
	}
	text_free(&line);
}

static void add_style(struct term *term, int theme)
{
	term_puts(term, "<style>\n"
			"text{font-family:'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',"
			"monospace;white-space:pre}\n"
			"line{fill:none}\n");
	add_colors(term, theme == THEME_DARK ? THEME_DARK : THEME_LIGHT);
	if (theme == THEMES) {
		term_puts(term, "@media (prefers-color-scheme:dark){\n");
		add_colors(term, THEME_DARK);
		term_puts(term, "}\n");
	}
	term_puts(term, "</style>\n");
}

static void add_mark(struct text *line, const struct mark_on_page *m)
{
	const char *ink = ink_name(m->ink);

	switch (m->shape) {
	case SHAPE_RECT:
		text_printf(line, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" ",
			    m->x, m->y, m->x2, m->y2);
		if (m->is_framed)
			text_printf(line, "fill=\"none\" class=\"s-%s\"/>", ink);
		else
			text_printf(line, "class=\"f-%s\"/>", ink);
		return;
	case SHAPE_LINE:
		text_printf(line, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" ", m->x,
			    m->y, m->x2, m->y2);
		text_printf(line, "stroke-width=\"%.1f\"%s class=\"s-%s\"/>", m->size,
			    m->is_dashed ? " stroke-dasharray=\"6 4\"" : "", ink);
		return;
	case SHAPE_HEAD:
		text_printf(line, "<path d=\"M%.1f %.1fl%d -4v8z\" class=\"f-%s\"/>", m->x, m->y,
			    m->x2 < 0 ? 8 : -8, ink);
		return;
	case SHAPE_TEXT:
		text_printf(line,
			    "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.0f\"%s textLength=\"%.1f\" "
			    "lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" "
			    "class=\"f-%s\">",
			    m->x, m->y, m->size, m->is_bold ? " font-weight=\"bold\"" : "", m->x2,
			    ink);
		add_text(line, m->text);
		text_puts(line, "</text>");
		return;
	}
}

static void add_page(const struct page *page, double width, struct term *term, struct text *line)
{
	text_printf(line, "<rect width=\"%.0f\" height=\"%.0f\" class=\"f-page\"/>", width,
		    page->height);
	term_line(term, line);
	for (size_t i = 0; i < page->n_marks; i++) {
		add_mark(line, &page->marks[i]);
		term_line(term, line);
	}
}

void picture_write_svg(const struct picture *p, int theme, struct term *term)
{
	const struct page *page = &p->pages[0];
	struct text line = text_make(LIMIT_OUTPUT_LINE);

	term_puts(term, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	text_printf(&line,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		    "viewBox=\"0 0 %.0f %.0f\" role=\"img\">",
		    p->width, page->height, p->width, page->height);
	term_line(term, &line);
	text_puts(&line, "<title>");
	add_text(&line, p->title);
	text_puts(&line, "</title>");
	term_line(term, &line);
	add_style(term, theme);
	add_page(page, p->width, term, &line);
	term_puts(term, "</svg>\n");
	text_free(&line);
}
