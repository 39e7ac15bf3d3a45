/* Lines that a page, a terminal or a mail broke: blank lines between all lines, and one width at
 * which every longer line goes on in the next. A width is believed only where no line is longer,
 * several are exactly that long, and what follows those is no beginning of a record; it is needed
 * for lines of daemons. Records of IOS are read across line ends: of them only values cut in two
 * are joined, where every wrap of the text is at the width. */
#include "character.h"
#include "ios_line.h"
#include "shape_stage.h"
#include "stamp.h"

enum { LOOK_LINES = 2000, LEAST = 3, NARROWEST = 24, WIDEST = 400 };

static bool is_blank_line(struct str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] != ' ' && line.at[i] != '\t' && line.at[i] != '\r')
			return false;
	return true;
}

/* ---- blank lines between all lines ---- */

static bool is_spaced(struct str head, int year)
{
	size_t at = 0, spaced = 0, tight = 0;
	bool was_blank = true;
	struct str line;

	(void)year;
	while (spaced + tight < LOOK_LINES && shape_line(head, &at, &line)) {
		bool is_blank = is_blank_line(line);

		if (!is_blank && spaced + tight > 0)
			*(was_blank ? &spaced : &tight) += 1;
		else if (!is_blank)
			spaced++;
		was_blank = is_blank;
	}
	return spaced > LEAST && tight * 8 <= spaced;
}

static void copy_spaced(struct shape_sink *s)
{
	size_t at = 0, start = 0;
	struct str line;

	while (shape_line(s->in, &at, &line)) {
		if (!is_blank_line(line))
			sink_copy(s, start, at < s->in.len ? at : s->in.len);
		start = at;
	}
}

const struct shape_stage shape_spaced = {"double spaced", is_spaced, copy_spaced};

/* ---- one width ---- */

/* Octets of characters but the first of each, of which nearly all have one only. */
static size_t more_octets(struct str line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.len; i++)
		n += ((uint8_t)line.at[i] & 0xc0) == 0x80;
	return n;
}

static size_t columns(struct str line)
{
	const uint64_t highest = UINT64_C(0x8080808080808080);
	uint64_t block, any = 0;
	size_t i = 0;

	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	for (; i + sizeof(block) <= line.len; i += sizeof(block)) {
		memcpy(&block, line.at + i, sizeof(block));
		any |= block;
	}
	for (; i < line.len; i++)
		any |= (uint8_t)line.at[i];
	return line.len - (any & highest ? more_octets(line) : 0);
}

/* `      C8 02 00 4F …` */
static bool is_dump_row(struct str line)
{
	size_t i = 0;

	while (i < line.len && (line.at[i] == ' ' || line.at[i] == '\t'))
		i++;
	return i >= 2 && i + 2 < line.len && char_is_hex(line.at[i]) &&
	       char_is_hex(line.at[i + 1]) && line.at[i + 2] == ' ';
}

/* `[l2tp0_link0] LCP: …` of mpd; `CoId={…}: ` of Windows. A packet in brackets has blanks. */
static bool is_named(struct str line)
{
	size_t i = 1;

	if (str_starts(line, "CoId={") || str_starts(line, "CoID={"))
		return true;
	if (!line.len || line.at[0] != '[')
		return false;
	while (i < line.len && line.at[i] > ' ' && line.at[i] != ']')
		i++;
	return i > 1 && i + 1 < line.len && line.at[i] == ']' && line.at[i + 1] == ' ';
}

/* H3C and Huawei print a packet in several lines below its time: `State reqsent, code ConfReq(01),
 * id 1, len 14`, and an option each: `MRU(1), len 4, val 05dc`. Many are of one length. */
static bool is_of_packet(struct str line)
{
	return str_find(line, STR("), len ")) != SIZE_MAX ||
	       str_find(line, STR("), id ")) != SIZE_MAX;
}

/* A record begins here: a time, a program and its process, or the dump of a packet. */
static bool is_head(struct str line, int year, struct ios_stamp *last)
{
	size_t i = 0;
	struct moment when;

	if (line_has_stamp_like(line, last) || is_dump_row(line) ||
	    str_starts(line, "contiguous ") || is_named(line) || is_of_packet(line) ||
	    shape_moment(line, year, &when))
		return true;
	while (i < line.len && i < 32 && line.at[i] > ' ' && !strchr("[]:()<>", line.at[i]))
		i++;
	return i > 1 && i + 1 < line.len && line.at[i] == '[' && char_is_digit(line.at[i + 1]);
}

/* Where `04:10.235: ` or `42.955 UTC: ` behind the first colon of a time ends; 0: it is none. */
static size_t time_end(struct str s)
{
	size_t n = 0;

	while (n < s.len &&
	       (char_is_digit(s.at[n]) || s.at[n] == '.' || (s.at[n] == ':' && n == 2)))
		n++;
	if (n < 5 || s.at[2] != ':')
		return 0;
	if (n + 1 < s.len && s.at[n] == ' ' && char_is_upper(s.at[n + 1]))
		for (n++; n < s.len && char_is_upper(s.at[n]);)
			n++;
	return n < s.len && s.at[n] == ':' ? n : 0;
}

/* `Jan  1 00:04:10.235: `: a record of IOS, perhaps behind the rest of another. Its grammar reads
 * across line ends; it knows better than a width where a blank stood, and what is damaged there. */
static bool is_ios(struct str line, int year, struct ios_stamp *last)
{
	char room[SHAPE_COLUMNS];
	struct stamp stamp;
	struct str head;

	if (line_has_stamp_like(line, last))
		return true;
	if (!line.len || !memchr(line.at, ':', line.len))
		return false;
	head = shape_flow(line, room);
	for (size_t i = 0; i < head.len; i++) {
		if (head.at[i] != ':')
			continue;
		if (time_end(str_from(head, i + 1)))
			return true;
		if (!stamp_at(head, 0, i, year, &stamp))
			continue;
		while (stamp.end > 0 && head.at[stamp.end - 1] == ' ')
			stamp.end--;
		if (stamp.end > 0 && head.at[stamp.end - 1] == ':')
			return true;
	}
	return false;
}

static size_t first_word(struct str line)
{
	size_t n = 0;

	while (n < line.len && line.at[n] > ' ')
		n++;
	return n;
}

/* Whether the next word would not have stood behind a line of so many columns. */
static bool is_full(size_t is, size_t width, struct str next)
{
	size_t word = first_word(next);

	return is + 1 >= width || (word > 0 && is + 1 + word > width);
}

/* `pppd[1124]: `: a line of a daemon. */
static bool is_tagged(struct str line)
{
	size_t end = str_find(line, STR("]: "));

	return end != SIZE_MAX && end > 1 && char_is_digit(line.at[end - 1]);
}

/* How lines were cut: at a width, anywhere or only at blanks; the latter matters to daemons' lines
 * only. */
struct cut {
	size_t width; /* 0: they were not */
	bool is_at_blanks;
	bool is_strict; /* at the width and nowhere else */
};

static struct cut cut_of(struct str head, int year)
{
	size_t at = 0, n = 0, full = 0, ended = 0, short_of = 0, loose = 0, before = 0;
	size_t heads = 0, tagged = 0, ios = 0;
	struct ios_stamp last = {0};
	struct cut c = {0};
	struct str line;

	while (n++ < LOOK_LINES && shape_line(head, &at, &line)) {
		size_t now = at < head.len || line.len == 0 ? columns(line) : 0;

		/* a word that is longer than a line has one to itself */
		if (first_word(line) * 2 < now)
			c.width = now > c.width ? now : c.width;
	}
	for (at = n = 0; n++ < LOOK_LINES && shape_line(head, &at, &line);) {
		if (is_head(line, year, &last)) {
			heads++;
			tagged += is_tagged(line);
			ios += is_ios(line, year, &last);
			ended += before == c.width;
		} else if (before > 0 && !is_blank_line(line)) {
			*(before + 1 >= c.width            ? &full
			  : is_full(before, c.width, line) ? &short_of
							   : &loose) += 1;
		}
		before = columns(line);
	}
	c.is_at_blanks = short_of * 4 > full;
	c.is_strict = short_of * 8 <= full;
	if (c.is_at_blanks)
		full = loose * 4 <= short_of + full && (tagged * 2 > heads || ios * 4 < heads)
			       ? full + short_of
			       : 0;
	if (c.width < NARROWEST || c.width > WIDEST || full < LEAST ||
	    ended * (c.is_at_blanks ? 2 : 3) > full || heads < LEAST)
		c.width = 0;
	return c;
}

static bool is_wrapped(struct str head, int year)
{
	return cut_of(head, year).width > 0;
}

/* Whether the next line goes on with this one of `is` columns, and whether a blank parted them. */
static bool goes_on(const struct shape_sink *s, size_t is, size_t next, const struct cut *c,
		    struct ios_stamp *last, bool *ret_was_blank)
{
	size_t at = next;
	struct str more;

	if (is < (c->is_at_blanks ? c->width / 2 : c->width - 1) ||
	    !shape_line(s->in, &at, &more) || is_blank_line(more) ||
	    (c->is_at_blanks && !is_full(is, c->width, more)) || is_head(more, s->year, last))
		return false;
	*ret_was_blank = c->is_at_blanks || is < c->width;
	return true;
}

static void copy_wrapped(struct shape_sink *s)
{
	struct str head = {s->in.at, s->in.len < SHAPE_LOOK ? s->in.len : SHAPE_LOOK};
	struct cut c = cut_of(head, s->year);
	size_t at = 0, start = 0;
	bool is_across = false, is_record = false;
	bool is_more = false; /* the line goes on with the one before it: it is no head */
	struct ios_stamp last = {0};
	struct str line;

	while (shape_line(s->in, &at, &line)) {
		size_t is = columns(line);
		bool was_blank = false;

		if (is_ios(line, s->year, &last))
			is_across = is_record = true;
		else if (!is_more && is_head(line, s->year, &last))
			is_across = false;
		is_more = goes_on(s, is, at, &c, &last, &was_blank);
		if (!is_more || (is_across && (was_blank || !is_record || !c.is_strict))) {
			sink_copy(s, start, at < s->in.len ? at : s->in.len);
		} else {
			if (line.len && line.at[line.len - 1] == '\r')
				line.len--;
			sink_copy(s, start, start + line.len);
			was_blank = was_blank && line.len && line.at[line.len - 1] != ' ';
			if (was_blank)
				sink_put(s, STR(" "), start + line.len);
		}
		is_record = is_record && is + 1 >= c.width;
		start = at;
	}
}

const struct shape_stage shape_wrapped = {"wrapped", is_wrapped, copy_wrapped};
