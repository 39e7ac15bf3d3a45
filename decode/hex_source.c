/* Bare octets as an input: a text of hex dumps becomes packets, and these become events as those
 * of a capture do. */
#include <errno.h>
#include <stdlib.h>

#include "capture.h"
#include "hex_layout.h"
#include "hex_link.h"
#include "hex_preamble.h"
#include "limits.h"

enum {
	LINE_MOST = 2 * LIMIT_PACKET + 64, /* a packet of two digits an octet */
	REPEATED = 4096,                   /* octets that one `*` may stand for */
	LOOK_PACKETS = 32,                 /* by which a layout is chosen */
	PREAMBLE_WORDS = 5,                /* before the offset in one line (text2pcap) */
};

/* Rows on their way to a packet. */
struct gathering {
	const struct hex_layout *layout;
	int year;
	uint8_t *octets;     /* LIMIT_PACKET */
	uint8_t *row_octets; /* likewise */
	size_t n;
	uint64_t base; /* offset of octets[0] */
	uint64_t line, line_end;
	size_t row; /* octets of the last row */
	bool is_open, has_star, is_cut;
	struct hex_preamble now, next;
	char stamp[64]; /* what `now.stamp` points to */
	char next_stamp[64];
	uint64_t rows, others; /* lines */
};

static void gathering_start(struct gathering *g, const struct hex_layout *layout, int year)
{
	uint8_t *octets = g->octets ? g->octets : must_alloc(LIMIT_PACKET, 1);
	uint8_t *row_octets = g->row_octets ? g->row_octets : must_alloc(LIMIT_PACKET, 1);

	*g = (struct gathering){
		.layout = layout, .year = year, .octets = octets, .row_octets = row_octets};
}

static void gathering_free(struct gathering *g)
{
	free(g->octets);
	free(g->row_octets);
}

static void packet_close(struct gathering *g)
{
	g->n = 0;
	g->is_open = g->has_star = g->is_cut = false;
}

static void stamp_keep(char *room, size_t size, struct str *stamp)
{
	size_t n = stamp->len < size ? stamp->len : size;

	if (n)
		memmove(room, stamp->at, n);
	*stamp = (struct str){room, n};
}

static void packet_open(struct gathering *g, const struct hex_line *row, uint64_t line)
{
	g->is_open = true;
	g->base = row->offset;
	g->line = line;
	g->now = g->next;
	stamp_keep(g->stamp, sizeof(g->stamp), &g->now.stamp);
	g->next = (struct hex_preamble){0};
}

/* `*` stands for rows like the one before it, up to the next offset. */
static bool repeat(struct gathering *g, uint64_t offset)
{
	uint64_t end = offset - g->base;

	if (!g->has_star || offset <= g->base + g->n || end > LIMIT_PACKET ||
	    end - g->n > REPEATED || g->row == 0 || g->row > g->n || (end - g->n) % g->row)
		return false;
	while (g->n < end) {
		memcpy(g->octets + g->n, g->octets + g->n - g->row, g->row);
		g->n += g->row;
	}
	return true;
}

/* Whether a row goes on where the packet is. */
static bool goes_on(struct gathering *g, const struct hex_line *row)
{
	if (!row->has_offset)
		return !g->layout->is_packet_a_line;
	if (row->offset == g->base + g->n)
		return true;
	/* memory addresses: the first row may begin inside its sixteen octets */
	if (g->row == g->n && g->n < 16 && row->offset == g->base + 16 && row->n) {
		g->base = row->offset - g->n;
		return true;
	}
	/* the end of a dump whose last word was filled up */
	if (row->n == 0 && row->offset > g->base && row->offset < g->base + g->n &&
	    g->base + g->n - row->offset < 8)
		return true;
	return repeat(g, row->offset);
}

/* What a line did. */
enum fed { FED, FED_ENDS_BEFORE };

static enum fed feed_row(struct gathering *g, const struct hex_line *row, uint64_t line)
{
	if (g->is_open && !goes_on(g, row))
		return FED_ENDS_BEFORE;
	if (!g->is_open && row->n == 0)
		return FED;
	if (!g->is_open)
		packet_open(g, row, line);
	if (row->n == 0 && row->offset - g->base < g->n)
		g->n = (size_t)(row->offset - g->base);
	if (g->n + row->n > LIMIT_PACKET)
		return FED_ENDS_BEFORE;
	memcpy(g->octets + g->n, g->row_octets, row->n);
	g->n += row->n;
	g->row = row->n;
	g->has_star = false;
	g->is_cut = g->is_cut || row->goes_on;
	g->line_end = line;
	return FED;
}

/* `I 10:15:14.5476 0000 45 00 …`: the row begins behind a time and a direction. */
static struct str row_of(struct gathering *g, struct str line, struct hex_line *ret)
{
	struct str rest = line;

	for (int i = 0; i <= PREAMBLE_WORDS; i++) {
		size_t n = 0;

		if (hex_line_read(g->layout, rest, g->row_octets, LIMIT_PACKET, ret) &&
		    (i == 0 || (ret->has_offset && ret->offset == 0 && ret->n)))
			return rest;
		if (!g->layout->offset_base)
			break;
		rest = str_trim(rest);
		while (n < rest.len && rest.at[n] != ' ')
			n++;
		rest = str_from(rest, n);
	}
	return (struct str){0};
}

static void preamble_take(struct gathering *g, struct str line)
{
	if (!hex_preamble_read(line, g->year, &g->next))
		return;
	stamp_keep(g->next_stamp, sizeof(g->next_stamp), &g->next.stamp);
}

/* A line that is no row. */
static enum fed feed_other(struct gathering *g, struct str line)
{
	struct hex_preamble told = {0};
	struct str s = str_trim(line);

	if (str_is(s, "*")) {
		g->has_star = g->is_open;
		return FED;
	}
	if (str_starts(s, "#"))
		return FED;
	if (g->is_open && !g->layout->offset_base)
		return FED_ENDS_BEFORE;
	if (s.len == 0)
		return FED;
	if (g->is_open && hex_preamble_read(s, g->year, &told))
		return FED_ENDS_BEFORE;
	preamble_take(g, s);
	return FED;
}

/* FED_ENDS_BEFORE: the packet is whole; close it and give the line again. */
static enum fed feed(struct gathering *g, struct str line, uint64_t number)
{
	struct hex_line row;
	struct str rest;

	rest = row_of(g, line, &row);
	if (!rest.at) {
		/* what is indented explains a packet (tcpdump -v, tshark -V) */
		g->others += line.len > 0 && line.at[0] != ' ' && line.at[0] != '\t' &&
			     line.at[0] != '\r' && line.at[0] != '#';
		return feed_other(g, line);
	}
	g->rows++;
	if (rest.at != line.at) {
		if (g->is_open)
			return FED_ENDS_BEFORE;
		preamble_take(g, str_range(line.at, rest.at));
	}
	return feed_row(g, &row, number);
}

/* ---- which layout ---- */

struct trial {
	const struct hex_layout *layout;
	unsigned fit;
};

/* A dump of words without offsets fills up its last one: what is behind the packet are zeros. */
static struct hex_link packet_link(struct gathering *g)
{
	size_t filled = g->layout->offset_base || g->layout->base == 2 ? 0 : 3;
	struct hex_link link = hex_link_of(span_of(g->octets, g->n));

	if (link.fit || g->layout->digits < 4)
		return link;
	for (size_t n = g->n; n > 0 && filled > 0 && g->octets[n - 1] == 0; filled--) {
		struct hex_link shorter = hex_link_of(span_of(g->octets, --n));

		if (!shorter.fit)
			continue;
		g->n = n;
		return shorter;
	}
	return link;
}

static unsigned packet_fit(struct gathering *g)
{
	return g->now.is_derived ? 0 : packet_link(g).fit;
}

static struct str line_take(struct str *text)
{
	const char *end = text->len ? memchr(text->at, '\n', text->len) : NULL;
	struct str line = {text->at, end ? (size_t)(end - text->at) : text->len};

	*text = str_from(*text, line.len + (end ? 1 : 0));
	return line;
}

/* What a line of a log says besides its dumps is worth more than they are. */
static bool is_log(struct str text)
{
	return str_find(text, STR(" L2TP: ")) != SIZE_MAX ||
	       str_find(text, STR("PPP packet sent at ")) != SIZE_MAX ||
	       str_find(text, STR("PPP packet received at ")) != SIZE_MAX ||
	       str_find(text, STR("\tencoded length ")) != SIZE_MAX ||
	       str_find(text, STR(" L2X: ")) != SIZE_MAX ||
	       str_find(text, STR(", flg ")) != SIZE_MAX ||
	       str_find(text, STR("contiguous pak")) != SIZE_MAX ||
	       str_find(text, STR("contiguous buffer")) != SIZE_MAX;
}

/* How well the text reads in one layout: 0 when most of it is something else. */
static unsigned layout_fit(struct gathering *g, struct str text, const struct hex_layout *layout)
{
	unsigned fit = 0, packets = 0, fitting = 0;

	gathering_start(g, layout, 0);
	for (uint64_t number = 1; text.len && packets < LOOK_PACKETS; number++) {
		struct str line = line_take(&text);

		while (feed(g, line, number) == FED_ENDS_BEFORE) {
			unsigned one = packet_fit(g);

			fit += one;
			fitting += one > 0;
			packets++;
			packet_close(g);
		}
	}
	if (g->is_open)
		fit += packet_fit(g);
	/* rows of a dump are no packets, even where one looks like the beginning of one */
	if (layout->is_packet_a_line && fitting * 2 < packets)
		return 0;
	return g->rows * 2 > g->others ? fit : 0;
}

static struct trial layout_choose(struct span head)
{
	const struct hex_layout *layouts;
	size_t n = hex_layouts(&layouts);
	struct str text = {(const char *)head.at, head.len};
	struct gathering g = {0};
	struct trial best = {NULL, 0};

	/* the last line may be cut */
	if (head.len == STREAM_HEAD) {
		while (text.len && text.at[text.len - 1] != '\n')
			text.len--;
		if (!text.len)
			text.len = head.len;
	}
	for (size_t i = 0; i < n; i++) {
		unsigned fit = layout_fit(&g, text, &layouts[i]);

		if (fit > best.fit)
			best = (struct trial){&layouts[i], fit};
	}
	gathering_free(&g);
	return best;
}

static unsigned probe(struct span head)
{
	enum { SURE = 70 };
	struct str text = {(const char *)head.at, head.len};

	if (head.len == 0 || memchr(head.at, 0, head.len) || is_log(text))
		return 0;
	return layout_choose(head).layout ? SURE : 0;
}

/* ---- the source ---- */

struct hex_reader {
	FILE *file;
	struct gathering g;
	struct text line;
	uint64_t number; /* of `line` */
	uint64_t offset;
	bool is_pending; /* `line` is to be fed again */
};

static bool line_next(struct hex_reader *r)
{
	int c;

	text_clear(&r->line);
	r->number++;
	while ((c = getc(r->file)) != EOF && c != '\n') {
		r->offset++;
		text_putc(&r->line, (char)c);
	}
	r->offset += c == '\n';
	return c != EOF || r->line.len > 0;
}

/* Gathers up to the end of the next packet. */
static bool packet_next(struct hex_reader *r)
{
	if (r->g.is_open)
		packet_close(&r->g);
	while (r->is_pending || line_next(r)) {
		r->is_pending = feed(&r->g, text_str(&r->line), r->number) == FED_ENDS_BEFORE;
		if (!r->is_pending)
			continue;
		if (r->g.is_open && !r->g.now.is_derived)
			return true;
		packet_close(&r->g);
	}
	return r->g.is_open && !r->g.now.is_derived;
}

static enum taken take(void *reader, struct capture *c, struct frame *ret)
{
	struct hex_reader *r = reader;
	struct hex_link link;
	uint64_t begin = r->offset;

	if (!packet_next(r)) {
		if (ferror(r->file))
			capture_cut(c, r->offset, strerror(errno));
		c->stats.lines = r->number ? r->number - 1 : 0;
		return TAKEN_END;
	}
	link = packet_link(&r->g);
	capture_dialect(c, link.dlt);
	*ret = (struct frame){
		.dlt = link.dlt,
		.octets = span_of(r->g.octets, r->g.n),
		.original = (uint32_t)(link.original + (r->g.is_cut && link.original == r->g.n)),
		.when = r->g.now.when,
		.stamp = r->g.now.stamp,
		.has_sense = r->g.now.has_sense,
		.sense = r->g.now.sense,
		.origin = {.offset = begin,
			   .offset_end = r->offset,
			   .line = r->g.line,
			   .line_end = r->g.line_end},
	};
	return TAKEN;
}

static void reader_free(void *reader)
{
	struct hex_reader *r = reader;

	fclose(r->file);
	gathering_free(&r->g);
	text_free(&r->line);
	free(r);
}

static void *open_hex(FILE *file, struct span head, const char *path,
		      const struct source_options *o, struct text *why_not)
{
	struct trial best = layout_choose(head);
	struct hex_reader *r;
	struct capture *c;

	if (!best.layout) {
		text_puts(why_not, "no hex dump of a packet is in this text");
		fclose(file);
		return NULL;
	}
	r = must_alloc(1, sizeof(*r));
	*r = (struct hex_reader){.file = file, .line = text_make(LINE_MOST)};
	gathering_start(&r->g, best.layout, o->year);
	c = capture_new(path, "hexdump", o,
			(struct capture_reader){
				.self = r, .take = take, .seek = NULL, .free = reader_free});
	text_puts(&c->dialect, best.layout->name);
	c->stats.dialect = c->dialect.at;
	return c;
}

const struct source_row source_hexdump = {
	.name = "hexdump",
	.probe = probe,
	.open = open_hex,
	.next = capture_next,
	.next_frame = capture_next_frame,
	.stats = capture_stats,
	.vantages = capture_vantages,
	.close = capture_close,
};
