#include "term.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "progress.h"
#include "secrecy.h"
#include "shelf.h"

enum { ESCAPED_OCTET = 4 }; /* `\x1b` */

static const char *const style_codes[] = {
	[STYLE_NONE] = "",         [STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m",
	[STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31m", [STYLE_WARN] = "\033[33m",
	[STYLE_NOTE] = "\033[36m",
};

void term_set_width(struct term *t, uint64_t columns)
{
	t->width = columns < TERM_WIDTH_LEAST  ? TERM_WIDTH_LEAST
		   : columns > TERM_WIDTH_MOST ? TERM_WIDTH_MOST
					       : (unsigned)columns;
	t->has_width = true;
}

uint64_t term_window(FILE *out)
{
	uint64_t columns;
	struct winsize size;

	if (str_u64(str_of(getenv("COLUMNS")), &columns) && columns > 0)
		return columns;
	if (isatty(fileno(out)) == 1 && ioctl(fileno(out), TIOCGWINSZ, &size) == 0)
		return size.ws_col;
	return 0;
}

bool term_open(struct term *t, const struct term_wish *wish, struct text *why_not)
{
	const char *no_color = getenv("NO_COLOR");
	const char *path = wish->path == NULL ? "-" : wish->path;
	static char bulk[1 << 16];
	uint64_t columns;

	*t = (struct term){.width = TERM_WIDTH_ELSEWHERE};
	if (!(wish->is_growing ? whole_open_growing : whole_open)(&t->file, path, wish->is_forced,
								  why_not))
		return false;
	t->out = t->file.out;
	t->is_tty = isatty(fileno(t->out)) == 1;
	if (wish->is_bulk && t->out == stdout && !t->is_tty)
		setvbuf(stdout, bulk, _IOFBF, sizeof(bulk));
	columns = term_window(t->out);
	if (columns > 0)
		term_set_width(t, columns);
	t->has_color = t->is_tty && !(no_color != NULL && *no_color != '\0');
	if (wish->color != NULL && strcmp(wish->color, "auto") != 0)
		t->has_color = strcmp(wish->color, "always") == 0;
	return true;
}

static bool close_standard_output(const struct term *t, struct text *why_not)
{
	errno = 0;
	if ((fflush(t->out) == 0 || errno == EPIPE) && !t->has_failed)
		return true;
	text_printf(why_not, "not all of the output could be written: %s",
		    strerror(t->error != 0 ? t->error : errno));
	return false;
}

bool term_close(struct term *t, bool is_wanted, struct text *why_not)
{
	bool is_fine = true;

	if (t->out == NULL)
		return true;
	if (t->file.path == NULL) {
		is_fine = close_standard_output(t, why_not);
	} else if (t->is_broken || !is_wanted) {
		if (t->has_failed)
			text_printf(why_not, "not all of %s could be written: %s", t->file.path,
				    strerror(t->error));
		is_fine = !t->has_failed;
		whole_drop(&t->file);
	} else {
		is_fine = whole_close(&t->file, why_not);
	}
	t->out = NULL;
	return is_fine;
}

void term_fail(struct term *t, int error)
{
	t->is_broken = true;
	t->error = error;
	t->has_failed = error != EPIPE;
}

void term_write(struct term *t, struct str bytes)
{
	if (bytes.len == 0 || t->is_broken)
		return;
	if (t->shelf != NULL && !t->is_aside) {
		shelf_add(t->shelf, bytes);
		return;
	}
	if (!t->is_aside)
		progress_hide(true);
	errno = 0;
	if (fwrite(bytes.at, 1, bytes.len, t->out) != bytes.len)
		term_fail(t, errno);
}

void term_verbatim(struct term *t, struct str lines)
{
	struct text safe;

	if (!t->is_tty) {
		term_write(t, lines);
		return;
	}
	safe = text_make(lines.len * ESCAPED_OCTET + 1);
	for (size_t i = 0; i < lines.len;) {
		size_t n = i;
		bool is_line_end;

		while (n < lines.len && memchr("\n\t\r", lines.at[n], 3) == NULL)
			n++;
		text_escape(&safe, str_range(lines.at + i, lines.at + n));
		is_line_end = n + 1 >= lines.len || lines.at[n + 1] == '\n';
		if (n < lines.len && lines.at[n] != '\r')
			text_putc(&safe, lines.at[n]);
		else if (n < lines.len && !is_line_end)
			text_puts(&safe, "\\x0d");
		i = n + 1;
	}
	term_write(t, text_str(&safe));
	text_free(&safe);
}

void term_puts(struct term *t, const char *own_words)
{
	term_write(t, str_of(own_words));
}

void term_line(struct term *t, struct text *line)
{
	while (line->len > 0 && line->at[line->len - 1] == ' ')
		line->at[--line->len] = '\0';
	text_putc(line, '\n');
	term_write(t, text_str(line));
	text_clear(line);
}

void term_untrusted(struct text *line, struct str s, bool show_secrets)
{
	struct text masked = text_make(LIMIT_OUTPUT_LINE);

	secrecy_mask(&masked, s, show_secrets);
	text_escape(line, text_str(&masked));
	text_free(&masked);
}

void term_complain(struct str message)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	text_escape_lines(&t, message);
	progress_hide(false);
	fprintf(stderr, "l2tpscope: %s\n", t.at == NULL ? "" : t.at);
	text_free(&t);
}

void term_style_on(const struct term *t, struct text *line, enum style style)
{
	if (t->has_color)
		text_puts(line, style_codes[style]);
}

void term_style_off(const struct term *t, struct text *line, enum style style)
{
	if (t->has_color && style != STYLE_NONE)
		text_puts(line, "\033[0m");
}

void term_styled(const struct term *t, struct text *line, enum style style, const char *words)
{
	term_style_on(t, line, style);
	text_puts(line, words);
	term_style_off(t, line, style);
}

/* Octets of the UTF-8 sequence at `s`, and how many columns its character takes: two for the
 * East Asian wide ranges (Unicode Annex 11), none for combining marks. Needs no locale. */
static size_t character(struct str s, size_t *ret_columns)
{
	unsigned char first = (unsigned char)s.at[0];
	size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t code = first < 0x80 ? first : first & (0x7fu >> n);

	if (n > s.len)
		n = s.len;
	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((unsigned char)s.at[i] & 0x3fu);
	*ret_columns = 1;
	if ((code >= 0x300 && code <= 0x36f) || (code >= 0x200b && code <= 0x200f))
		*ret_columns = 0;
	else if ((code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
		 (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
		 (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
		 (code >= 0x1f300 && code <= 0x1faff) || code >= 0x20000)
		*ret_columns = 2;
	return n;
}

static size_t color_sequence(struct str s)
{
	size_t n = 2;

	if (s.len < 3 || s.at[0] != '\033' || s.at[1] != '[')
		return 0;
	while (n < s.len && s.at[n] != 'm')
		n++;
	return n < s.len ? n + 1 : n;
}

/* Of ASCII, which most words are, each octet is a column. */
static size_t plain_length(struct str s)
{
	size_t n = 0;

	while (n < s.len && s.at[n] >= ' ' && s.at[n] < 0x7f)
		n++;
	return n;
}

size_t term_columns(struct str s)
{
	size_t columns = plain_length(s);

	s = str_from(s, columns);
	while (s.len > 0) {
		size_t here = 0;
		size_t n = color_sequence(s);

		if (n == 0)
			n = character(s, &here);
		columns += here;
		s = str_from(s, n);
	}
	return columns;
}

struct str term_piece(struct str s, size_t width)
{
	size_t end = 0;
	size_t blank = 0;

	while (end < s.len) {
		size_t next = end + 1;

		while (next < s.len && ((unsigned char)s.at[next] & 0xc0) == 0x80)
			next++;
		if (term_columns((struct str){s.at, next}) > width)
			break;
		if (s.at[end] == ' ')
			blank = end;
		end = next;
	}
	if (end < s.len && s.at[end] != ' ' && blank > 0)
		end = blank;
	return (struct str){s.at, end};
}

void term_pad(struct text *line, size_t column, bool apart)
{
	size_t at = term_columns(text_str(line));

	if (at >= column && apart && line->len > 0)
		text_putc(line, ' ');
	for (; at < column; at++)
		text_putc(line, ' ');
}

void term_wrap(struct term *t, struct text *line, size_t indent, struct str s)
{
	size_t at = term_columns(text_str(line));
	bool is_first = true;

	while (s.len > 0) {
		size_t word = 0;
		size_t columns;

		while (word < s.len && s.at[word] != ' ')
			word++;
		columns = term_columns((struct str){s.at, word});
		if (is_first ? at > indent && at + columns > t->width
			     : at + 1 + columns > t->width) {
			while (line->len > 0 && line->at[line->len - 1] == ' ')
				line->at[--line->len] = '\0';
			term_line(t, line);
			term_pad(line, indent, false);
			at = indent;
			is_first = true;
		}
		if (!is_first) {
			text_putc(line, ' ');
			at++;
		}
		text_add(line, (struct str){s.at, word});
		at += columns;
		is_first = false;
		s = str_from(s, word < s.len ? word + 1 : word);
	}
	term_line(t, line);
}

void term_fold(struct term *t, struct text *line, size_t indent)
{
	struct text whole;

	if (term_columns(text_str(line)) <= t->width) {
		term_line(t, line);
		return;
	}
	whole = text_make(LIMIT_RECORD);
	text_add(&whole, text_str(line));
	text_clear(line);
	term_wrap(t, line, indent, text_str(&whole));
	text_free(&whole);
}
