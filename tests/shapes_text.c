#include <stdio.h>
#include <stdlib.h>

#include "character.h"
#include "shapes.h"

void add_line(struct text *t, const char *before, struct str line, const char *after)
{
	text_puts(t, before);
	text_add(t, line);
	text_puts(t, after);
	text_puts(t, "\n");
}

/* ---- around each line ---- */

struct frame {
	const char *name;
	const char *head, *before, *after, *end; /* of the text, of each line */
	unsigned loses;
};

static const struct frame frames[] = {
	{"as it is", "", "", "", "", KEEPS_ALL},
	{"CRLF", "", "", "\r", "", KEEPS_ALL},
	{"byte order mark", "\xef\xbb\xbf", "", "", "", KEEPS_ALL},
	{"Latin-1", "R\xe9ponse de Z\xfcrich\n", "", "", "", KEEPS_ALL},
	{"blank lines", "", "", "\n", "", KEEPS_ALL},
	{"two blank lines", "", "", "\n\n", "", KEEPS_ALL},
	{"fence", "My log:\n```\n", "", "", "```\nWhat is wrong?\n", KEEPS_ALL},
	{"fence with a language", "My log:\n~~~text\n", "", "", "~~~\n", KEEPS_ALL},
	{"indented", "", "    ", "", "", KEEPS_ALL},
	{"code spans", "", "`", "`", "", KEEPS_ALL},
	{"list", "", "- ", "", "", KEEPS_ALL},
	{"backslash line ends", "", "", "\\", "", KEEPS_ALL},
	{"commas at line ends", "", "", ",", "", KEEPS_ALL},
	{"Markdown table", "| log |\n|-----|\n", "| ", " |", "", KEEPS_ALL},
	{"quoted", "", "> ", "", "", KEEPS_ALL},
	{"quoted without a blank", "", ">", "", "", KEEPS_ALL},
	{"quoted twice", "On Monday she wrote:\n", "> > ", "", "", KEEPS_ALL},
	{"quoted three times", "", ">>> ", "", "", KEEPS_ALL},
	{"coloured", "", "\x1b[1;32m", "\x1b[0m\x1b[K", "", KEEPS_ALL},
};

static void make_frame(const struct frame *f, const struct lines *in, struct text *out)
{
	text_puts(out, f->head);
	for (size_t i = 0; i < in->n; i++)
		add_line(out, f->before, in->at[i], f->after);
	text_puts(out, f->end);
}

/* ---- a number before each line ---- */

struct numbering {
	const char *name, *format;
	unsigned loses;
};

static const struct numbering numberings[] = {
	{"numbered 12.", "%zu. ", KEEPS_ALL},    {"numbered 12:", "  %zu: ", KEEPS_ALL},
	{"numbered 12 |", "%4zu | ", KEEPS_ALL}, {"numbered 012|", "%03zu| ", KEEPS_ALL},
	{"numbered 12)", "%zu) ", KEEPS_ALL},    {"numbered, tab", "%6zu\t", KEEPS_ALL},
	{"numbered, blank", "%zu ", KEEPS_ALL},  {"grep -n", "%zu:", KEEPS_ALL},
};

void make_numbered(const char *format, const struct lines *in, struct text *out)
{
	for (size_t i = 0; i < in->n; i++) {
		const char *number = strstr(format, "%");
		const char *behind = number + strcspn(number, "u") + 1;
		int width = atoi(number + 1);

		text_add(out, str_range(format, number));
		if (number[1] == '0')
			text_printf(out, "%0*zu", width, i + 1);
		else
			text_printf(out, "%*zu", width, i + 1);
		add_line(out, behind, in->at[i], "");
	}
}

/* ---- wrapped ---- */

static const size_t widths[] = {40, 60, 72, 79, 80, 100, 132};

static void make_wrapped(size_t width, const struct lines *in, struct text *out)
{
	for (size_t i = 0; i < in->n; i++) {
		struct str line = in->at[i];

		for (; line.len > width; line = str_from(line, width))
			add_line(out, "", (struct str){line.at, width}, "");
		add_line(out, "", line, "");
	}
}

static void make_wrapped_at_blanks(size_t width, const struct lines *in, struct text *out)
{
	for (size_t i = 0; i < in->n; i++) {
		struct str line = in->at[i];

		while (line.len > width) {
			size_t cut = width;

			while (cut > 8 && line.at[cut] != ' ')
				cut--;
			add_line(out, "", (struct str){line.at, cut}, "");
			line = str_from(line, cut + (line.at[cut] == ' '));
		}
		add_line(out, "", line, "");
	}
}

/* ---- one way or another ---- */

static void add_html(struct text *t, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (c == '<' || c == '>' || c == '&' || c == '"')
			text_puts(t, c == '<'   ? "&lt;"
				     : c == '>' ? "&gt;"
				     : c == '&' ? "&amp;"
						: "&quot;");
		else
			text_putc(t, c);
	}
}

static void make_html(const struct lines *in, struct text *t, const char *head, const char *before,
		      const char *middle, const char *after, const char *end)
{
	text_puts(t, head);
	for (size_t i = 0; i < in->n; i++) {
		size_t half = in->at[i].len < 9 ? in->at[i].len : 9;

		text_puts(t, before);
		add_html(t, (struct str){in->at[i].at, half});
		text_puts(t, middle);
		add_html(t, str_from(in->at[i], half));
		text_puts(t, after);
	}
	text_puts(t, end);
}

static void html_entities(const struct lines *in, struct text *t)
{
	make_html(in, t, "", "", "", "\n", "");
}

static void html_breaks(const struct lines *in, struct text *t)
{
	make_html(in, t, "<p>", "", "", "<br>\n", "</p>\n");
}

static void html_one_line(const struct lines *in, struct text *t)
{
	make_html(in, t, "<p>", "", "", "<br />", "</p>\n");
}

static void html_pre(const struct lines *in, struct text *t)
{
	make_html(in, t,
		  "<!DOCTYPE html>\n<html><head><style>p > b {color: red}</style></head>\n<pre>",
		  "", "", "\n", "</pre></html>\n");
}

static void html_spans(const struct lines *in, struct text *t)
{
	make_html(in, t, "<div class=\"log\">", "<div class=\"line\"><span style=\"color: #123\">",
		  "</span><b>", "</b></div>", "</div>");
}

static void html_table(const struct lines *in, struct text *t)
{
	make_html(in, t, "<table>\n", "<tr><td>", "", "</td></tr>\n", "</table>\n");
}

static void markdown_escapes(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		bool is_first = true;

		for (size_t k = 0; k < in->at[i].len; k++) {
			char c = in->at[i].at[k];

			if (c == ' ' && is_first) {
				text_puts(t, "&nbsp;");
				continue;
			}
			is_first = false;
			if (strchr("\\`*_{}[]()<>#|", c))
				text_putc(t, '\\');
			text_putc(t, c);
		}
		text_putc(t, '\n');
	}
}

static void pages(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		if (i % 30 == 29)
			text_printf(t, "\n%60sPage %zu of 12\n\fConfiguring Dial-In\n\n", "",
				    i / 30);
		add_line(t, "", in->at[i], "");
	}
}

static void one_line(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		text_add(t, str_trim(in->at[i]));
		text_putc(t, ' ');
	}
}

static void each_twice(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		add_line(t, "", in->at[i], "");
		add_line(t, "", in->at[i], "");
	}
}

/* Two thirds, and from one third on. */
static void overlapping(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n * 2 / 3; i++)
		add_line(t, "", in->at[i], "");
	text_puts(t, "\nand the rest:\n");
	for (size_t i = in->n / 3; i < in->n; i++)
		add_line(t, "", in->at[i], "");
}

static void cr_only(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		text_add(t, in->at[i]);
		text_putc(t, '\r');
	}
}

static void wide(const struct lines *in, struct text *t, bool is_big, bool has_mark)
{
	if (has_mark)
		text_add(t, is_big ? STR("\xfe\xff") : STR("\xff\xfe"));
	for (size_t i = 0; i < in->n; i++) {
		for (size_t k = 0; k <= in->at[i].len; k++) {
			char c = k < in->at[i].len ? in->at[i].at[k] : '\n';
			char unit[2] = {is_big ? 0 : c, is_big ? c : 0};

			text_add(t, (struct str){unit, 2});
		}
	}
}

static void utf16_little(const struct lines *in, struct text *t)
{
	wide(in, t, false, true);
}

static void utf16_big(const struct lines *in, struct text *t)
{
	wide(in, t, true, true);
}

static void utf16_unmarked(const struct lines *in, struct text *t)
{
	wide(in, t, false, false);
}

/* RFC 2045 6.7: what a mail does to long lines, equals signs and letters beyond ASCII. */
static void quoted_printable(const struct lines *in, struct text *t)
{
	text_puts(t, "My log, written =E2=80=94 as the provider asks =E2=80=94 with the debugging "
		     "=\non:\n");
	for (size_t i = 0; i < in->n; i++) {
		for (size_t k = 0, column = 0; k < in->at[i].len; k++) {
			uint8_t c = (uint8_t)in->at[i].at[k];
			bool is_coded = c == '=' || c >= 0x7f || (c < ' ' && c != '\t');

			if (column + (is_coded ? 3 : 1) > 75) {
				text_puts(t, "=\n");
				column = 0;
			}
			if (is_coded)
				text_printf(t, "=%02X", c);
			else
				text_putc(t, (char)c);
			column += is_coded ? 3 : 1;
		}
		text_putc(t, '\n');
	}
}

/* What a word processor makes of quotes and hyphens. */
static void typeset(const struct lines *in, struct text *t)
{
	bool is_open = false;

	for (size_t i = 0; i < in->n; i++) {
		for (size_t k = 0; k < in->at[i].len; k++) {
			char c = in->at[i].at[k];
			bool is_within = k > 0 && k + 1 < in->at[i].len &&
					 char_is_letter(in->at[i].at[k - 1]) &&
					 char_is_letter(in->at[i].at[k + 1]);

			if (c == '"')
				is_open = !is_open;
			text_add(t, c == '"' && is_open     ? STR("\xe2\x80\x9c")
				    : c == '"'              ? STR("\xe2\x80\x9d")
				    : c == '-' && is_within ? STR("\xe2\x88\x92")
							    : (struct str){&c, 1});
		}
		text_putc(t, '\n');
	}
}

/* What a web page makes of blanks: each run ends with one that a line may break at. */
static void no_break(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		for (size_t k = 0; k < in->at[i].len; k++) {
			bool is_last = k + 1 == in->at[i].len || in->at[i].at[k + 1] != ' ';

			if (in->at[i].at[k] == ' ' && (!is_last || k % 3 == 0))
				text_puts(t, "\xc2\xa0");
			else
				text_putc(t, in->at[i].at[k]);
		}
		text_putc(t, '\n');
	}
}

/* Double quotes are doubled in CSV, and escaped in JSON. */
static void add_quoted(struct text *t, struct str s, const char *quote)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '"')
			text_puts(t, quote);
		else if (s.at[i] == '\\' && quote[0] == '\\')
			text_puts(t, "\\\\");
		else
			text_putc(t, s.at[i]);
	}
}

static void csv(const struct lines *in, struct text *t)
{
	text_puts(t, "\"Time\",\"Level\",\"Message\"\r\n");
	for (size_t i = 0; i < in->n; i++) {
		text_puts(t, "\"2020-09-23 09:18:04\",\"info\",\"");
		add_quoted(t, in->at[i], "\"\"");
		text_puts(t, "\"\r\n");
	}
}

static void csv_newest_first(const struct lines *in, struct text *t)
{
	for (size_t i = in->n; i-- > 0;) {
		text_printf(t, "\"2020-09-23 09:18:%02zu\", \"", i * 8 / in->n);
		add_quoted(t, in->at[i], "\"\"");
		text_puts(t, "\"\n");
	}
}

static void json_lines(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		text_printf(t,
			    "{\"__REALTIME_TIMESTAMP\":\"%llu\",\"_HOSTNAME\":\"h\",\"PRIORITY\":"
			    "\"6\",\"SYSLOG_IDENTIFIER\":\"collect\",\"MESSAGE\":\"",
			    1700000000000000ULL + i);
		add_quoted(t, in->at[i], "\\\"");
		text_puts(t, "\"}\n");
	}
}

static void docker(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		text_puts(t, "{\"log\":\"");
		add_quoted(t, in->at[i], "\\\"");
		text_puts(t, "\\n\",\"stream\":\"stderr\"}\n");
	}
}

static void journal_export(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		text_printf(t,
			    "__CURSOR=s=%zu\n__REALTIME_TIMESTAMP=%llu\n_HOSTNAME=h\nPRIORITY=6\n"
			    "SYSLOG_IDENTIFIER=collect\n",
			    i, 1700000000000000ULL + i);
		add_line(t, "MESSAGE=", in->at[i], "\n");
	}
}

static void pager(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++)
		add_line(t,
			 i % 24 == 23 ? " --More-- \b\b\b\b\b\b\b\b\b\b         \b\b\b\b\b\b\b\b\b"
				      : "",
			 in->at[i], "");
}

static void typed(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		if (i == 12)
			text_puts(t, "gw#\ngw#shwo\b\bow debug\nVPN:\n  L2X protocol events "
				     "debugging is on\ngw#\n");
		add_line(t, "", in->at[i], "");
	}
}

static void configuration(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		if (i == 8)
			text_puts(t, "gw#show running-config\nBuilding configuration...\n\n"
				     "Current configuration : 1420 bytes\n!\nversion 12.4\n"
				     "service timestamps debug datetime msec\n!\n"
				     "vpdn enable\n!\nvpdn-group 7\n ! Default L2TP VPDN group\n"
				     " accept-dialin\n  protocol l2tp\n  virtual-template 7\n!\n"
				     "interface Virtual-Template7\n mtu 1460\n"
				     " ppp authentication chap\n!\nend\n\ngw#\n");
		add_line(t, "", in->at[i], "");
	}
}

static void tables(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		if (i == 9)
			text_puts(t, "gw#show ip interface brief\n"
				     "Interface                  IP-Address      OK? Method Status"
				     "                Protocol\n"
				     "FastEthernet0/0            unassigned      YES NVRAM  up"
				     "                    up\n"
				     "FastEthernet0/1            unassigned      YES unset  "
				     "administratively down down\ngw#\n");
		add_line(t, "", in->at[i], "");
	}
}

static size_t dotted_quad(struct str s)
{
	size_t n = 0;

	for (int part = 0; part < 4; part++) {
		size_t digits = 0;

		if (part && (n >= s.len || s.at[n++] != '.'))
			return 0;
		for (; n < s.len && s.at[n] >= '0' && s.at[n] <= '9'; n++)
			digits++;
		if (digits == 0 || digits > 3)
			return 0;
	}
	return n < s.len && s.at[n] == '.' && n + 1 < s.len && s.at[n + 1] >= '0' &&
			       s.at[n + 1] <= '9'
		       ? 0
		       : n;
}

static void make_masked(const struct lines *in, struct text *t, const char *mask)
{
	for (size_t i = 0; i < in->n; i++) {
		char before = ' ';

		for (size_t k = 0; k < in->at[i].len;) {
			bool may = !strchr("0123456789.", before);
			size_t n = may ? dotted_quad(str_from(in->at[i], k)) : 0;

			before = in->at[i].at[k];
			if (n) {
				text_puts(t, mask);
				k += n;
			} else {
				text_putc(t, in->at[i].at[k++]);
			}
		}
		text_putc(t, '\n');
	}
}

static void masked(const struct lines *in, struct text *t)
{
	make_masked(in, t, "x.x.x.x");
}

static void masked_in_capitals(const struct lines *in, struct text *t)
{
	make_masked(in, t, "XX.XXX.XX.XX");
}

/* rsyslog's way of a tab. */
static void escaped_tabs(const struct lines *in, struct text *t)
{
	for (size_t i = 0; i < in->n; i++) {
		for (size_t k = 0; k < in->at[i].len; k++) {
			struct str rest = str_from(in->at[i], k);

			if (k > 24 && str_starts(rest, "    ")) {
				text_puts(t, "#011");
				k += 3;
			} else if (rest.at[0] == '\t') {
				text_puts(t, "#011");
			} else {
				text_putc(t, rest.at[0]);
			}
		}
		text_putc(t, '\n');
	}
}

struct shape {
	const char *name;
	void (*make)(const struct lines *in, struct text *t);
	unsigned loses;
};

static const struct shape shapes[] = {
	{"HTML entities", html_entities, KEEPS_ALL},
	{"HTML breaks", html_breaks, KEEPS_ALL},
	{"HTML breaks, one line", html_one_line, KEEPS_ALL},
	{"HTML pre", html_pre, KEEPS_ALL},
	{"HTML spans", html_spans, KEEPS_ALL},
	{"HTML table", html_table, KEEPS_ALL},
	{"Markdown escapes", markdown_escapes, KEEPS_ALL},
	{"pages", pages, KEEPS_ALL},
	{"one line", one_line, KEEPS_ALL},
	{"each line twice", each_twice, KEEPS_ALL},
	{"overlapping", overlapping, KEEPS_ALL},
	{"CR only", cr_only, KEEPS_ALL},
	{"UTF-16LE", utf16_little, KEEPS_ALL},
	{"UTF-16BE", utf16_big, KEEPS_ALL},
	{"UTF-16 without a mark", utf16_unmarked, KEEPS_ALL},
	{"quoted-printable", quoted_printable, KEEPS_ALL},
	{"typeset", typeset, KEEPS_ALL},
	{"no-break spaces", no_break, KEEPS_ALL},
	{"CSV", csv, LOSES_TIME | LOSES_NAMES},
	{"CSV, newest first", csv_newest_first, LOSES_TIME | LOSES_NAMES},
	{"JSON lines", json_lines, LOSES_TIME | LOSES_NAMES},
	{"Docker", docker, KEEPS_ALL},
	{"journal export", journal_export, LOSES_TIME | LOSES_NAMES},
	{"pager", pager, KEEPS_ALL},
	{"typed commands", typed, LOSES_NAMES},
	{"configuration between", configuration, LOSES_NAMES},
	{"tables between", tables, LOSES_NAMES},
	{"x.x.x.x", masked, LOSES_ADDRESSES | LOSES_FINDINGS},
	{"XX.XXX.XX.XX", masked_in_capitals, LOSES_ADDRESSES | LOSES_FINDINGS},
	{"#011", escaped_tabs, KEEPS_ALL},
};

static void take(const struct shape_taker *taker, const char *name, struct text *t, unsigned loses)
{
	taker->take(taker->self, name, t, loses);
}

static void take_wrapped(const struct lines *in, struct text *t, const struct shape_taker *taker)
{
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		char name[64];

		snprintf(name, sizeof(name), "wrapped at %zu", widths[i]);
		make_wrapped(widths[i], in, t);
		take(taker, name, t, KEEPS_ALL);
		if (widths[i] < 72)
			continue;
		snprintf(name, sizeof(name), "wrapped at blanks before %zu", widths[i]);
		make_wrapped_at_blanks(widths[i], in, t);
		take(taker, name, t, KEEPS_ALL);
	}
}

void shapes_of_text(const struct lines *in, const struct shape_taker *taker)
{
	struct text t = text_make(TEXT_ROOM);

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		make_frame(&frames[i], in, &t);
		take(taker, frames[i].name, &t, frames[i].loses);
	}
	for (size_t i = 0; i < sizeof(numberings) / sizeof(numberings[0]); i++) {
		make_numbered(numberings[i].format, in, &t);
		take(taker, numberings[i].name, &t, numberings[i].loses);
	}
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		shapes[i].make(in, &t);
		take(taker, shapes[i].name, &t, shapes[i].loses);
	}
	take_wrapped(in, &t, taker);
	text_free(&t);
}
