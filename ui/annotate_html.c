#include "annotate_html.h"

#include "limits.h"

enum { HUES = 360, HUE_STEP = 137 /* the golden angle: neighbours differ most */ };

static const char style[] =
	":root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--faint:#6a737d;--line:#e3e6ea;"
	"--error:#b3261e;--warning:#8a5a00;--note:#1f5fa8;--tone:38%}\n"
	"@media(prefers-color-scheme:dark){:root{--back:#14171a;--text:#e3e6ea;--faint:#8b949e;"
	"--line:#2b3036;--error:#ff8a80;--warning:#f0b429;--note:#79b8ff;--tone:65%}}\n"
	"body{margin:0;background:var(--back);color:var(--text);font:14px/1.45 "
	"system-ui,sans-serif}"
	"\n"
	"h1{font-size:1.1rem;margin:1rem}p{margin:.3rem 1rem;max-width:60rem}"
	"table{margin-top:1rem}a{color:inherit}\n"
	"table{border-collapse:collapse;width:100%;table-layout:fixed}\n"
	"td{vertical-align:top;padding:.1rem .6rem;border-bottom:1px solid var(--line)}\n"
	"td.n{width:4.5rem;text-align:right;color:var(--faint);user-select:none}\n"
	"td.n a{color:inherit;text-decoration:none}\n"
	"td.l{width:55%;font:12px/1.5 ui-monospace,monospace;white-space:pre-wrap;"
	"overflow-wrap:anywhere;border-left:4px solid transparent}\n"
	"td.r{overflow-wrap:anywhere}\n"
	".error{color:var(--error);font-weight:600}.warning{color:var(--warning)}"
	".note{color:var(--note)}\n"
	"@media print{td{border-color:#ccc}}\n";

/* Escaped twice: control characters as everywhere, then what HTML takes for its own. */
static void put(struct term *t, struct str untrusted)
{
	struct text plain = text_make(LIMIT_OUTPUT_LINE * 4);
	struct text page = text_make(LIMIT_OUTPUT_LINE * 4);

	text_escape(&plain, untrusted);
	for (size_t i = 0; i < plain.len; i++) {
		switch (plain.at[i]) {
		case '<':
			text_puts(&page, "&lt;");
			break;
		case '>':
			text_puts(&page, "&gt;");
			break;
		case '&':
			text_puts(&page, "&amp;");
			break;
		case '"':
			text_puts(&page, "&quot;");
			break;
		default:
			text_putc(&page, plain.at[i]);
		}
	}
	term_write(t, text_str(&page));
	text_free(&plain);
	text_free(&page);
}

static void put_tabs(struct term *t, struct str line)
{
	while (line.len > 0) {
		const char *tab = memchr(line.at, '\t', line.len);
		struct str before = tab ? str_range(line.at, tab) : line;

		put(t, before);
		if (tab)
			term_write(t, STR("\t"));
		line = str_from(line, before.len + (tab != NULL));
	}
}

void page_begin(struct term *t, struct str title)
{
	term_puts(t, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	put(t, title);
	term_puts(t, "</title>\n<style>\n");
	term_puts(t, style);
	term_puts(t, "</style>\n</head>\n<body>\n<h1>");
	put(t, title);
	term_puts(t, "</h1>\n");
}

void page_sum(struct term *t, struct str words)
{
	term_puts(t, "<p>");
	put(t, words);
	term_puts(t, "</p>\n");
}

void page_found(struct term *t, const char *kind, uint64_t line, struct str what, struct str advice)
{
	struct text link = text_make(128);

	if (line > 0)
		text_printf(&link, "<a href=\"#L%llu\">line %llu</a> ", (unsigned long long)line,
			    (unsigned long long)line);
	term_puts(t, "<p><span class=\"");
	term_puts(t, kind);
	term_puts(t, "\">");
	term_puts(t, kind);
	term_puts(t, "</span> ");
	term_write(t, text_str(&link));
	put(t, what);
	if (advice.len > 0)
		term_puts(t, "<br>do: ");
	put(t, advice);
	term_puts(t, "</p>\n");
	text_free(&link);
}

void page_rows(struct term *t)
{
	term_puts(t, "<table>\n");
}

void page_line(struct term *t, uint64_t number, struct str line, uint64_t call)
{
	struct text cell = text_make(512);

	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	text_printf(
		&cell,
		"<tr id=\"L%llu\"><td class=\"n\"><a href=\"#L%llu\">%llu</a></td><td class=\"l\"",
		(unsigned long long)number, (unsigned long long)number, (unsigned long long)number);
	if (call > 0)
		text_printf(&cell,
			    " title=\"call %llu\" style=\"border-left-color:hsl(%u 60%% "
			    "var(--tone))\"",
			    (unsigned long long)call, (unsigned)(call * HUE_STEP % HUES));
	text_puts(&cell, ">");
	term_write(t, text_str(&cell));
	text_free(&cell);
	put_tabs(t, line);
	term_puts(t, "</td><td class=\"r\">");
}

void page_remark(struct term *t, const char *kind, struct str words)
{
	term_puts(t, "<div class=\"");
	term_puts(t, kind);
	term_puts(t, "\">");
	put(t, words);
	term_puts(t, "</div>");
}

void page_line_end(struct term *t)
{
	term_puts(t, "</td></tr>\n");
}

void page_end(struct term *t)
{
	term_puts(t, "</table>\n</body>\n</html>\n");
}
