/* Hex dumps in texts: the octets of their rows together, redacted as those of a capture, printed
 * where they stood. */
#include "redact_dump.h"

#include <ctype.h>
#include <stdlib.h>

#include "code.h"
#include "hex_link.h"
#include "hexdump.h"
#include "ppp.h"
#include "radius.h"

enum { HEADER_LEAST = 6, SWAPPED_WORDS = 6, ROW_OCTETS = 64 };

/* ---- what the octets are ---- */

static void swap(uint8_t *at)
{
	uint8_t first = at[0];

	at[0] = at[1];
	at[1] = first;
}

/* The words of an L2TP header that xl2tpd printed in the byte order of its machine; 0 when it is
 * none. */
static size_t swapped_words(const uint8_t *at, size_t n)
{
	size_t words = 3;

	if (n < 2 * SWAPPED_WORDS || at[0] != 2 || (at[1] & 0x34) || at[1] == 2)
		return 0;
	/* of data its length must prove it */
	if (!(at[1] & 0x80) && (!(at[1] & 0x40) || ((size_t)at[3] << 8 | at[2]) != n))
		return 0;
	words += at[1] & 0x40 ? 1 : 0;
	words += at[1] & 0x08 ? 2 : 0;
	return words;
}

static bool is_ppp(const uint8_t *at, size_t n)
{
	size_t header = n > 2 && at[0] == 0xff && at[1] == 0x03 ? 2 : 0;
	unsigned protocol, length;

	if (n < header + HEADER_LEAST)
		return false;
	protocol = (unsigned)at[header] << 8 | at[header + 1];
	length = (unsigned)at[header + 4] << 8 | at[header + 5];
	return code_name(CODE_PPP_PROTOCOL, protocol) != NULL &&
	       ppp_is_control((uint16_t)protocol) && length >= 4 && length <= 4096;
}

/* A control message, also the beginning of one; data of its stated length. */
static bool is_l2tp(const uint8_t *at, size_t n)
{
	size_t length = n >= 8 ? (size_t)at[2] << 8 | at[3] : 0;

	if (n < 8 || (at[1] & 0xf) < 2 || (at[1] & 0xf) > 3 || (at[1] & 0xf0) || (at[0] & 0x34))
		return false;
	if (at[0] & 0x80)
		return n >= 12 && (at[0] & 0x48) == 0x48 && length >= 12 && length <= 4096;
	return (at[0] & 0x40) && length == n;
}

/* Octets behind the protocol field, of the protocol that the line before tells. */
static bool told_redact(struct redactor *r, uint8_t *at, size_t n)
{
	size_t length = n >= 4 ? (size_t)at[2] << 8 | at[3] : 0;
	uint8_t *frame;

	if (r->told == 0 || length < 4 || length > n || at[0] == 0 || at[0] > 15)
		return false;
	frame = must_alloc(n + 2, 1);
	frame[0] = (uint8_t)(r->told >> 8);
	frame[1] = (uint8_t)r->told;
	memcpy(frame + 2, at, n);
	redact_ppp(r, (struct place){.at = frame, .n = n + 2});
	memcpy(at, frame + 2, n);
	free(frame);
	return true;
}

bool redact_packet(struct redactor *r, uint8_t *at, size_t n)
{
	struct place all = {.at = at, .n = n};
	struct hex_link link = hex_link_of(span_of(at, n));
	size_t words = swapped_words(at, n);

	if (is_l2tp(at, n)) {
		redact_l2tp(r, all, false);
		return true;
	}
	if (words > 0) {
		for (size_t i = 0; i < words; i++)
			swap(at + 2 * i);
		redact_l2tp(r, all, false);
		for (size_t i = 0; i < words; i++)
			swap(at + 2 * i);
		return true;
	}
	if (is_ppp(at, n)) {
		redact_ppp(r, all);
		return true;
	}
	if (told_redact(r, at, n))
		return true;
	if (link.fit > 0 && link.dlt >= 0 && redact_frame(r, link.dlt, all))
		return true;
	if (!radius_plausible(span_of(at, n), 0))
		return false;
	redact_radius(r, all);
	return true;
}

/* ---- rows ---- */

struct reading {
	struct str line;
	size_t at;
};

static size_t blanks(struct reading *g)
{
	size_t from = g->at;

	while (g->at < g->line.len && strchr(" \t\r", g->line.at[g->at]) != NULL)
		g->at++;
	return g->at - from;
}

static size_t digits_at(const struct reading *g, size_t at)
{
	size_t n = 0;

	while (at + n < g->line.len && hex_digit(g->line.at[at + n]) >= 0)
		n++;
	return at + n < g->line.len && isalnum((unsigned char)g->line.at[at + n]) ? 0 : n;
}

static bool is_group(size_t digits)
{
	return digits == 2 || digits == 4 || digits == 8;
}

/* `0x0010:`, `00000010`, `0010` before groups of two. */
static void offset_read(struct reading *g, struct dump_row *ret)
{
	size_t start = g->at, digits, end, next;
	bool is_marked = str_starts(str_from(g->line, start), "0x");

	start += is_marked ? 2 : 0;
	digits = digits_at(g, start);
	end = start + digits;
	if (end < g->line.len && g->line.at[end] == ':') {
		is_marked = true;
		end++;
	}
	if (digits < (is_marked ? 1 : 4) || digits > 16)
		return;
	next = end;
	while (next < g->line.len && (g->line.at[next] == ' ' || g->line.at[next] == '\t'))
		next++;
	if (next == end || !is_group(digits_at(g, next)))
		return;
	if (!is_marked && digits != 7 && !(digits == 8 && digits_at(g, next) < 8) &&
	    !(digits == 4 && digits_at(g, next) == 2))
		return;
	ret->has_offset = true;
	ret->is_first = true;
	for (size_t i = start; i < start + digits; i++)
		ret->is_first = ret->is_first && g->line.at[i] == '0';
	g->at = next;
}

/* Groups of digits with one blank between them, two in the middle. */
static bool groups_read(struct reading *g, struct dump_row *ret)
{
	size_t size = digits_at(g, g->at), digits = 0;

	ret->from = g->at;
	while (g->at < g->line.len) {
		size_t n = digits_at(g, g->at), from, gap;

		if (n == 0 || n > size || n % 2 != 0 || !is_group(size) ||
		    digits + n > (size_t)2 * ROW_OCTETS)
			break;
		digits += n;
		g->at += n;
		ret->to = g->at;
		from = g->at;
		gap = blanks(g);
		/* l2tpns: eight octets, a colon, and eight more */
		if (digits == 16 && gap == 1 && g->at + 1 < g->line.len &&
		    g->line.at[g->at] == ':' && g->line.at[g->at + 1] == ' ') {
			g->at += 2;
			ret->is_split = true;
		}
		if (n < size || gap == 0 || (gap > 1 && (gap > 2 || digits != 16))) {
			g->at = from;
			break;
		}
	}
	ret->n = digits / 2;
	return ret->n > 0;
}

bool dump_row_read(struct str line, struct dump_row *ret)
{
	struct reading g = {.line = line};
	struct str rest;

	*ret = (struct dump_row){.line = line};
	(void)blanks(&g);
	if (g.at < line.len && (line.at[g.at] == '<' || line.at[g.at] == '>'))
		g.at++;
	offset_read(&g, ret);
	if (!groups_read(&g, ret))
		return false;
	g.at = ret->to;
	if (blanks(&g) == 0 && g.at < line.len)
		return false;
	if (ret->n <= 8 && g.at < line.len && line.at[g.at] == ':') {
		ret->is_split = true;
		g.at++;
		(void)blanks(&g);
	}
	ret->shown = g.at;
	rest = str_from(line, g.at);
	while (rest.len > 0 && strchr(" \t\r", rest.at[rest.len - 1]) != NULL)
		rest.len--;
	if (str_starts(rest, "|")) {
		ret->shown++;
		return true;
	}
	if (str_is(rest, "...") || str_is(rest, "}"))
		ret->shown = line.len;
	return rest.len == 0 || rest.len == 3 || rest.len <= ret->n + (ret->is_split ? 3u : 1u);
}

/* What a dump shows beside its digits. */
static void shown_put(const struct dump_row *row, const uint8_t *octets, struct text *ret)
{
	struct str shown = str_from(row->line, row->shown);
	size_t n = 0;

	text_add(ret, str_range(row->line.at + row->to, row->line.at + row->shown));
	for (size_t i = 0; n < shown.len && i < row->n && shown.at[n] != '\r'; n++) {
		bool is_char = octets[i] >= 0x20 && octets[i] < 0x7f;

		if (row->is_split && i == 8 && n < 10 && shown.at[n] == ' ') {
			text_putc(ret, ' ');
			continue;
		}
		text_putc(ret, is_char ? (char)octets[i] : '.');
		i++;
	}
	/* behind them only what closes the column */
	for (; n < shown.len; n++)
		if (strchr(" |\t\r", shown.at[n]) != NULL)
			text_putc(ret, shown.at[n]);
}

static struct str row_digits(const struct dump_row *row)
{
	return (struct str){row->line.at + row->from, row->to - row->from};
}

uint8_t *dump_octets(struct redactor *r, const struct dump_row *rows, size_t n_rows)
{
	uint8_t *octets = must_alloc(n_rows * ROW_OCTETS + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < n_rows; i++)
		n += redact_digits_read(row_digits(&rows[i]), octets + n, ROW_OCTETS);
	redact_shown_octets(r, octets, n);
	return octets;
}

void dump_row_put(const struct dump_row *row, const uint8_t *octets, struct text *ret)
{
	text_add(ret, (struct str){row->line.at, row->from});
	redact_digits_put(row_digits(row), octets, row->n, ret);
	shown_put(row, octets, ret);
}
