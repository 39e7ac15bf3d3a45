/* Presses a clean log into every shape that logs arrive in, and compares the calls: shapes PROGRAM
 * LOG WORK. What a shape cannot keep (the time that a collector writes over, the name that it
 * gives) is left out of the comparison; everything else must be equal. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "character.h"
#include "text.h"

enum { LINES = 4096, PATH_ROOM = 4096, TEXT_ROOM = 16 << 20 };

struct lines {
	struct str at[LINES];
	size_t n;
};

/* What a shape does not keep. */
enum {
	KEEPS_ALL,
	LOSES_TIME = 1,
	LOSES_NAMES = 2,
	LOSES_FINDINGS = 4,
	LOSES_ADDRESSES = 8,
};

static void add_line(struct text *t, const char *before, struct str line, const char *after)
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
	{"numbered, blank", "%zu ", KEEPS_ALL},
};

/* Collectors of a device that prints its own time; each line in turn has one more second. */
static const struct numbering collectors[] = {
	{"PRI, sequence, host", "<190>%zu: gw: ", LOSES_NAMES},
	{"sequence", "%06zu: ", KEEPS_ALL},
	{"syslog", "Mar  3 00:04:10 10.1.1.1 %zu: ", LOSES_NAMES},
	{"syslog with facility", "Mar  3 00:04:10 gw local7.debug %zu: ", LOSES_NAMES},
	{"RFC 5424", "<191>1 2026-03-03T00:04:10.000Z gw - - %zu - ", LOSES_NAMES},
	{"RFC 5424 with data", "<191>1 2026-03-03T00:04:10Z gw IOS 12 - [meta seq=\"%zu\"] ",
	 LOSES_NAMES},
	{"RFC 3339", "2026-03-03T00:04:10.000+00:00 gw %zu: ", LOSES_NAMES},
};

static void make_numbered(const struct numbering *f, const struct lines *in, struct text *out)
{
	for (size_t i = 0; i < in->n; i++) {
		const char *number = strstr(f->format, "%");
		const char *behind = number + strcspn(number, "u") + 1;
		int width = atoi(number + 1);

		text_add(out, str_range(f->format, number));
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
	{"CR only", cr_only, KEEPS_ALL},
	{"UTF-16LE", utf16_little, KEEPS_ALL},
	{"UTF-16BE", utf16_big, KEEPS_ALL},
	{"UTF-16 without a mark", utf16_unmarked, KEEPS_ALL},
	{"quoted-printable", quoted_printable, KEEPS_ALL},
	{"typeset", typeset, KEEPS_ALL},
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

/* ---- another time, at the beginning of each line that has one ---- */

struct stamping {
	const char *name, *form; /* `$t` the time of day, `$f` with its fraction, `$h` the host */
	unsigned loses;
};

static const struct stamping ios_stamps[] = {
	{"not synchronised", "*Jan  1 $f: ", KEEPS_ALL},
	{"lost synchronisation", ".Jan  1 $f: ", KEEPS_ALL},
	{"year and zone", "Jan  1 2002 $f CET: ", LOSES_TIME},
	{"no milliseconds", "Jan  1 $t: ", LOSES_TIME},
	{"uptime", "$t: ", LOSES_TIME},
	{"long uptime", "2w3d: ", LOSES_TIME | LOSES_FINDINGS},
	{"longer uptime", "1y4w: ", LOSES_TIME | LOSES_FINDINGS},
	{"no times", "", LOSES_TIME | LOSES_FINDINGS},
};

static const struct stamping syslog_stamps[] = {
	{"PRI", "<30>Nov 20 $t $h ", LOSES_TIME},
	{"RFC 3339", "2026-11-20T$t.000000+00:00 $h ", LOSES_TIME},
	{"journalctl -o short-iso", "2026-11-20T$t+0000 $h ", LOSES_TIME},
	{"logread", "Thu Feb  7 $t 2019 daemon.err ", LOSES_TIME | LOSES_NAMES},
	{"svlogd", "2025-11-16_$t.39756 ", LOSES_TIME | LOSES_NAMES},
	{"German month", "M\xc3\xa4r 20 $t $h ", LOSES_TIME},
	{"French month", "ao\xc3\xbbt 20 $t $h ", LOSES_TIME},
	{"Spanish month", "ene 20 $t $h ", LOSES_TIME},
	{"Japanese month", "12\xe6\x9c\x88 20 $t $h ", LOSES_TIME},
	{"Polish month", "pa\xc5\xba 20 $t $h ", LOSES_TIME},
	{"no year, with a year", "Nov 20 2026 $t $h ", LOSES_TIME},
	{"epoch", "1700000000.123456 ", LOSES_TIME | LOSES_NAMES | LOSES_FINDINGS},
	{"journalctl -o short-precise", "Nov 20 $t.123456 $h ", LOSES_TIME},
	{"journalctl -o short-full", "Fri 2026-11-20 $t UTC $h ", LOSES_TIME},
	{"journalctl -o short-monotonic", "[ 4817.123456] $h ", LOSES_TIME | LOSES_FINDINGS},
	{"busybox syslogd", "Nov 20 $t $h daemon.info ", LOSES_TIME},
	{"no host", "Nov 20 $t ", LOSES_TIME | LOSES_NAMES},
	{"no times", "", LOSES_TIME | LOSES_NAMES | LOSES_FINDINGS},
	{"TAI64N", "@4000000065f1a2b31c9c3d44 ", LOSES_TIME | LOSES_NAMES | LOSES_FINDINGS},
};

/* `Jan  1 00:04:10.235: ` or `Nov 20 13:03:36 host `: its length, where its time and its host
 * stand; 0 when the line begins otherwise. */
static size_t stamp_length(struct str line, struct str *time, struct str *host)
{
	const char *space;
	size_t end = 7;

	if (line.len < 16 || line.at[3] != ' ' || line.at[9] != ':' || line.at[12] != ':')
		return 0;
	while (end < line.len && line.at[end] != ' ')
		end++;
	*time = (struct str){line.at + 7, end - 7};
	*host = STR("");
	if (time->at[time->len - 1] == ':') {
		time->len--;
		return end + 1;
	}
	space = memchr(line.at + end + 1, ' ', line.len - end - 1);
	if (!space)
		return 0;
	*host = str_range(line.at + end + 1, space);
	return (size_t)(space - line.at) + 1;
}

static void make_stamped(const struct stamping *f, const struct lines *in, struct text *out)
{
	for (size_t i = 0; i < in->n; i++) {
		struct str time, host;
		size_t n = stamp_length(in->at[i], &time, &host);

		for (const char *c = n ? f->form : ""; *c; c++) {
			if (*c != '$') {
				text_putc(out, *c);
				continue;
			}
			c++;
			text_add(out, *c == 'h'   ? host
				      : *c == 'f' ? time
						  : (struct str){time.at, 8});
		}
		add_line(out, "", str_from(in->at[i], n), "");
	}
}

/* ---- New Year ---- */

static double seconds_of(struct str time)
{
	char digits[32];
	size_t n = time.len < sizeof(digits) - 1 ? time.len : sizeof(digits) - 1;

	memcpy(digits, time.at, n);
	digits[n] = 0;
	return atof(digits) * 3600 + atof(digits + 3) * 60 + atof(digits + 6);
}

/* The middle of the log is midnight of the year's last day. */
static void make_new_year(const struct lines *in, struct text *out)
{
	struct str time, host;
	double midnight = -1;

	for (size_t i = in->n / 2; i < in->n && midnight < 0; i++)
		if (stamp_length(in->at[i], &time, &host))
			midnight = seconds_of(time);
	for (size_t i = 0; i < in->n; i++) {
		size_t n = stamp_length(in->at[i], &time, &host);
		double at = n ? seconds_of(time) - midnight : 0;
		bool is_old = at < 0;
		unsigned day;

		at += is_old ? 86400 : 0;
		day = (unsigned)at;
		if (n)
			text_printf(out, "%s %02u:%02u:%0*.*f%s", is_old ? "Dec 31" : "Jan  1",
				    day / 3600, day / 60 % 60, time.len > 8 ? 6 : 2,
				    time.len > 8 ? 3 : 0, at - 60 * (day / 60),
				    host.len ? " " : ": ");
		if (n && host.len) {
			text_add(out, host);
			text_putc(out, ' ');
		}
		add_line(out, "", str_from(in->at[i], n), "");
	}
}

/* ---- `program[pid]: ` ---- */

/* Where the tag behind the stamp begins and ends; false when there is none. */
static bool tag_of(struct str line, struct str *ret_stamp, struct str *ret_program,
		   struct str *ret_pid, struct str *ret_text)
{
	struct str time, host;
	size_t n = stamp_length(line, &time, &host), open, end;
	struct str rest = str_from(line, n);

	open = str_find(rest, STR("["));
	end = str_find(rest, STR("]: "));
	if (!n || open == SIZE_MAX || end == SIZE_MAX || end < open || open > 24)
		return false;
	*ret_stamp = (struct str){line.at, n};
	*ret_program = (struct str){rest.at, open};
	*ret_pid = str_range(rest.at + open + 1, rest.at + end);
	*ret_text = str_from(rest, end + 3);
	return true;
}

struct tagging {
	const char *name, *form; /* `$s` stamp, `$p` program, `$i` pid, `$h` host, `$t` time */
	unsigned loses;
};

static const struct tagging taggings[] = {
	{"tag twice", "$s$p[$i]: $p[$i]: ", KEEPS_ALL},
	{"tag of a supervisor", "$sNetworkManager[616]: $p[$i]: ", KEEPS_ALL},
	{"bare tag and tag", "$s$p: $p[$i]: ", KEEPS_ALL},
	{"RFC 5424", "<30>1 2026-11-20T$tZ $h $p $i - - ", LOSES_TIME},
	{"RFC 5424 with data", "<30>1 2026-11-20T$t.000+00:00 $h $p $i - [meta sequenceId=\"9\"] ",
	 LOSES_TIME},
	{"facility and tag", "$sdaemon.notice $p[$i]: ", KEEPS_ALL},
	{"tag alone", "$p[$i]: ", LOSES_TIME | LOSES_NAMES | LOSES_FINDINGS},
};

static void make_tagged(const struct tagging *f, const struct lines *in, struct text *out)
{
	for (size_t i = 0; i < in->n; i++) {
		struct str stamp, program, pid, text, time, host;

		if (!tag_of(in->at[i], &stamp, &program, &pid, &text)) {
			add_line(out, "", in->at[i], "");
			continue;
		}
		stamp_length(in->at[i], &time, &host);
		for (const char *c = f->form; *c; c++) {
			if (*c != '$') {
				text_putc(out, *c);
				continue;
			}
			c++;
			text_add(out, *c == 's'   ? stamp
				      : *c == 'p' ? program
				      : *c == 'i' ? pid
				      : *c == 'h' ? host
						  : (struct str){time.at, 8});
		}
		add_line(out, "", text, "");
	}
}

/* A collector folds what was repeated; what it folded here is of nobody's. */
static void make_folded(bool in_brackets, const struct lines *in, struct text *out)
{
	for (size_t i = 0; i < in->n; i++) {
		struct str stamp, program, pid, text;

		add_line(out, "", in->at[i], "");
		if (i % 9 != 4 || !tag_of(in->at[i], &stamp, &program, &pid, &text))
			continue;
		text_add(out, stamp);
		text_puts(out, "whoopsie[1222]: online\n");
		text_add(out, stamp);
		text_puts(out, in_brackets ? "whoopsie[1222]: message repeated 4 times: [ online]\n"
					   : "last message repeated 2 times\n");
	}
}

/* ---- comparing ---- */

struct run {
	const char *program, *file, *work;
	struct lines lines;
	json_t *clean;
	unsigned n, failed;
};

static json_t *calls_of(const struct run *r, struct str text)
{
	char path[PATH_ROOM], command[3 * PATH_ROOM];
	json_t *calls = json_array();
	char *line = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/shaped", r->work);
	f = fopen(path, "wb");
	if (!f || fwrite(text.at, 1, text.len, f) != text.len || fclose(f) != 0)
		exit(EXIT_FAILURE);
	snprintf(command, sizeof(command), "'%s' calls --json 'x=%s' 2>/dev/null", r->program,
		 path);
	f = popen(command, "r");
	while (f && getline(&line, &room, f) >= 0) {
		json_t *o = json_loads(line, 0, NULL);
		const char *type = json_string_value(json_object_get(o, "type"));

		if (type && strcmp(type, "call") == 0)
			json_array_append(calls, o);
		json_decref(o);
	}
	free(line);
	if (f)
		pclose(f);
	return calls;
}

static void forget_addresses(json_t *call)
{
	static const char *const keys[] = {"ipv4", "ipv4_peer", "dns", "cause_text"};
	static const char *const ends[] = {"lac", "lns"};
	size_t k;
	json_t *end;

	for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		json_object_del(call, keys[k]);
	for (k = 0; k < 2; k++)
		json_object_del(json_object_get(call, ends[k]), "address");
	json_array_foreach(json_object_get(call, "ends"), k, end) json_object_del(end, "address");
}

/* What may differ is taken out of both. */
static void forget(json_t *calls, unsigned loses)
{
	static const char *const times[] = {"start",   "end",        "connected",
					    "setup_s", "duration_s", "cause_text"};
	static const char *const ends[] = {"lac", "lns"};
	size_t i, k;
	json_t *call, *end;

	json_array_foreach(calls, i, call)
	{
		json_object_del(call, "stamp");
		for (k = 0; k < sizeof(times) / sizeof(times[0]); k++)
			if (loses & LOSES_TIME || (loses && k == 5))
				json_object_del(call, times[k]);
		for (k = 0; k < 2; k++)
			if (loses & LOSES_NAMES)
				json_object_del(json_object_get(call, ends[k]), "name");
		json_array_foreach(json_object_get(call, "ends"), k, end) if (loses & LOSES_NAMES)
			json_object_del(end, "name");
		if (loses & LOSES_FINDINGS)
			json_object_del(call, "findings");
		if (loses & LOSES_ADDRESSES)
			forget_addresses(call);
	}
}

static void print_difference(json_t *was, json_t *is)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_array_size(was) != json_array_size(is))
		printf("\t%zu calls, not %zu\n", json_array_size(is), json_array_size(was));
	for (i = 0; i < json_array_size(was) && i < json_array_size(is); i++) {
		json_object_foreach(json_array_get(was, i), key, value)
		{
			json_t *now = json_object_get(json_array_get(is, i), key);
			char *a = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
			char *b = now ? json_dumps(now, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

			if (!json_equal(value, now))
				printf("\t%s was %s, is %s\n", key, a, b ? b : "gone");
			free(a);
			free(b);
		}
	}
}

static void compare(struct run *r, const char *name, struct text *shaped, unsigned loses)
{
	json_t *clean = json_deep_copy(r->clean), *calls = calls_of(r, text_str(shaped));

	forget(clean, loses);
	forget(calls, loses);
	r->n++;
	if (!json_equal(clean, calls)) {
		r->failed++;
		printf("%s: %s\n", r->file, name);
		print_difference(clean, calls);
	}
	json_decref(clean);
	json_decref(calls);
	text_clear(shaped);
}

static void run_widths(struct run *r, struct text *t)
{
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		char name[64];

		snprintf(name, sizeof(name), "wrapped at %zu", widths[i]);
		make_wrapped(widths[i], &r->lines, t);
		compare(r, name, t, KEEPS_ALL);
		if (widths[i] < 72)
			continue;
		snprintf(name, sizeof(name), "wrapped at blanks before %zu", widths[i]);
		make_wrapped_at_blanks(widths[i], &r->lines, t);
		compare(r, name, t, KEEPS_ALL);
	}
}

static void run_stamps(struct run *r, struct text *t, const struct stamping *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		make_stamped(&all[i], &r->lines, t);
		compare(r, all[i].name, t, all[i].loses);
	}
}

/* What was made once more, with a blank for each line end. */
static void compare_flat(struct run *r, const char *name, struct text *shaped, unsigned loses)
{
	struct text flat = text_make(TEXT_ROOM);
	struct str all = text_str(shaped);
	char flat_name[64];

	for (size_t i = 0; i < all.len; i++)
		text_putc(&flat, all.at[i] == '\n' ? ' ' : all.at[i]);
	snprintf(flat_name, sizeof(flat_name), "%s, one line", name);
	compare(r, name, shaped, loses);
	compare(r, flat_name, &flat, loses);
	text_free(&flat);
}

static void run_tags(struct run *r, struct text *t)
{
	for (size_t i = 0; i < sizeof(taggings) / sizeof(taggings[0]); i++) {
		make_tagged(&taggings[i], &r->lines, t);
		/* RFC 5424 begins with `<PRI>1 ` and ends in `-`: nothing parts its records on one
		 * line from a packet's `<mru 1400>` */
		if (strncmp(taggings[i].name, "RFC 5424", 8) == 0)
			compare(r, taggings[i].name, t, taggings[i].loses);
		else
			compare_flat(r, taggings[i].name, t, taggings[i].loses);
	}
	make_folded(false, &r->lines, t);
	compare(r, "last message repeated", t, KEEPS_ALL);
	make_folded(true, &r->lines, t);
	compare(r, "message repeated: [ ]", t, KEEPS_ALL);
}

static void run_all(struct run *r, bool is_ios)
{
	struct text t = text_make(TEXT_ROOM);

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		make_frame(&frames[i], &r->lines, &t);
		compare(r, frames[i].name, &t, frames[i].loses);
	}
	for (size_t i = 0; i < sizeof(numberings) / sizeof(numberings[0]); i++) {
		make_numbered(&numberings[i], &r->lines, &t);
		compare(r, numberings[i].name, &t, numberings[i].loses);
	}
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		shapes[i].make(&r->lines, &t);
		compare(r, shapes[i].name, &t, shapes[i].loses);
	}
	run_widths(r, &t);
	for (size_t i = 0; is_ios && i < sizeof(collectors) / sizeof(collectors[0]); i++) {
		make_numbered(&collectors[i], &r->lines, &t);
		compare(r, collectors[i].name, &t, collectors[i].loses);
	}
	if (is_ios)
		run_stamps(r, &t, ios_stamps, sizeof(ios_stamps) / sizeof(ios_stamps[0]));
	else
		run_stamps(r, &t, syslog_stamps, sizeof(syslog_stamps) / sizeof(syslog_stamps[0]));
	make_new_year(&r->lines, &t);
	compare(r, "New Year", &t, KEEPS_ALL);
	if (!is_ios)
		run_tags(r, &t);
	text_free(&t);
}

static char *read_file(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "rb");
	char *all = malloc(TEXT_ROOM);

	if (!f || !all) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	*ret_len = fread(all, 1, TEXT_ROOM, f);
	fclose(f);
	return all;
}

int main(int argc, char **argv)
{
	static struct run r;
	size_t len, at = 0;
	char *all;

	if (argc != 4) {
		fputs("usage: shapes PROGRAM LOG WORK\n", stderr);
		return 2;
	}
	r.program = argv[1];
	r.file = argv[2];
	r.work = argv[3];
	if (mkdir(r.work, 0755) != 0 && errno != EEXIST) {
		perror(r.work);
		return EXIT_FAILURE;
	}
	all = read_file(r.file, &len);
	while (at < len && r.lines.n < LINES) {
		const char *end = memchr(all + at, '\n', len - at);
		struct str line = {all + at, (end ? (size_t)(end - all) : len) - at};

		r.lines.at[r.lines.n++] = line;
		at += line.len + 1;
	}
	r.clean = calls_of(&r, (struct str){all, len});
	run_all(&r, strstr(r.file, "samples/dial") != NULL);
	printf("%u of %u shapes of %s failed\n", r.failed, r.n, r.file);
	json_decref(r.clean);
	free(all);
	return r.failed == 0 && r.n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
