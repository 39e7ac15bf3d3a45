/* Classic capture files (draft-ietf-opsawg-pcap), record by record out of one buffer. */
#include "pcap_file.h"

#include <errno.h>
#include <stdlib.h>

#include "buffer.h"
#include "byte_order.h"
#include "limits.h"
#include "linktype.h"

static const struct pcap_magic magics[] = {
	{0xa1b2c3d4, 1000, 16, "microseconds", true},
	{0xa1b23c4d, 1, 16, "nanoseconds", true},
	{0xa1b2cd34, 1000, 24, "Kuznetzov's modified format", false},
	{0xa1b234cd, 1000, 16, "Mesquita's format", false},
};

struct pcap_reader {
	struct buffer in;
	const struct pcap_magic *magic;
	bool is_little;
	int dlt;
	uint32_t snap;  /* octets kept of a packet */
	uint64_t until; /* no record that begins there or behind */
};

const struct pcap_magic *pcap_magic_find(struct span head, bool *ret_is_little)
{
	uint32_t number = ordered_u32(head, 0, false), little = ordered_u32(head, 0, true);

	for (size_t i = 0; head.len >= sizeof(number) && i < sizeof(magics) / sizeof(magics[0]);
	     i++) {
		*ret_is_little = little == magics[i].number;
		if (*ret_is_little || number == magics[i].number)
			return &magics[i];
	}
	return NULL;
}

static unsigned probe(struct span head)
{
	bool is_little;

	return pcap_magic_find(head, &is_little) ? PROBE_CERTAIN : 0;
}

/* False: not one of the common files. */
static bool head_read(struct pcap_reader *r, struct span head)
{
	enum { MAJOR = 2, MINOR = 4, LINKTYPE_RAW = 101, DLT_OF_RAW = 12 };
	uint32_t linktype;

	r->magic = pcap_magic_find(head, &r->is_little);
	if (head.len < PCAP_FILE_HEAD || !r->magic || !r->magic->is_common ||
	    ordered_u16(head, 4, r->is_little) != MAJOR ||
	    ordered_u16(head, 6, r->is_little) != MINOR)
		return false;
	/* behind the version: time zone and accuracy, which nobody ever wrote */
	r->snap = ordered_u32(head, 16, r->is_little);
	linktype = ordered_u32(head, 20, r->is_little);
	if (linktype > UINT16_MAX)
		return false;
	if (r->snap == 0 || r->snap > INT32_MAX)
		r->snap = LIMIT_PACKET;
	r->dlt = linktype == LINKTYPE_RAW ? DLT_OF_RAW : (int)linktype;
	return link_is_known(r->dlt);
}

static __attribute__((cold, noinline)) void cut(struct pcap_reader *r, struct capture *c,
						uint64_t begin, size_t wanted, const char *what,
						size_t got)
{
	struct text why = text_make(128);

	if (r->in.error)
		text_printf(&why, "error reading dump file: %s", strerror(r->in.error));
	else
		text_printf(&why, "truncated dump file; tried to read %zu %s bytes, only got %zu",
			    wanted, what, got);
	capture_cut(c, begin, why.at);
	text_free(&why);
}

static __attribute__((cold, noinline)) void
cut_insane(const struct pcap_reader *r, struct capture *c, uint64_t begin, uint32_t length)
{
	struct text why = text_make(128);
	bool is_beyond_snap = length > r->snap;

	text_printf(&why, "invalid packet capture length %u, bigger than %s %u", length,
		    is_beyond_snap ? "snaplen of" : "maximum of",
		    is_beyond_snap ? r->snap : (uint32_t)LIMIT_PACKET);
	capture_cut(c, begin, why.at);
	text_free(&why);
}

static inline enum taken record_take(struct pcap_reader *r, struct capture *c, struct frame *ret)
{
	uint64_t begin = r->in.offset;
	struct span head = buffer_take(&r->in, r->magic->record_head);
	uint32_t seconds = ordered_u32(head, 0, r->is_little);
	uint32_t part = ordered_u32(head, 4, r->is_little);
	uint32_t captured = ordered_u32(head, 8, r->is_little);
	struct span octets;
	uint32_t kept;

	ret->original = ordered_u32(head, 12, r->is_little);
	if (head.len < r->magic->record_head) {
		if (head.len > 0 || r->in.error)
			cut(r, c, begin, r->magic->record_head, "header", head.len);
		return TAKEN_END;
	}
	if (captured > LIMIT_PACKET) {
		cut_insane(r, c, begin, captured);
		return TAKEN_END;
	}
	kept = captured < r->snap ? captured : r->snap;
	octets = buffer_take(&r->in, captured);
	if (octets.len < captured) {
		cut(r, c, begin, octets.len < kept ? kept : captured, "captured", octets.len);
		return TAKEN_END;
	}
	ret->dlt = r->dlt;
	ret->octets = span_of(octets.at, kept);
	ret->when.ns = (int64_t)seconds * 1000000000 + (int64_t)part * r->magic->grain_ns;
	ret->when.grain_ns = r->magic->grain_ns;
	ret->when.kind = CLOCK_ABSOLUTE;
	ret->origin.offset = begin;
	ret->origin.offset_end = r->in.offset;
	return TAKEN;
}

static enum taken take(void *reader, struct capture *c, struct frame *ret)
{
	struct pcap_reader *r = reader;

	return r->in.offset < r->until ? record_take(r, c, ret) : TAKEN_END;
}

static bool seek(void *reader, struct capture *c, uint64_t offset)
{
	struct pcap_reader *r = reader;

	(void)c;
	return buffer_seek(&r->in, offset);
}

/* ---- ranges (divided.h) ---- */

static uint64_t offset_of(const void *reader)
{
	const struct pcap_reader *r = reader;

	return r->in.offset;
}

static void map(void *reader, uint64_t offset, uint64_t end)
{
	struct pcap_reader *r = reader;

	buffer_map(&r->in, offset, end);
}

static void until(void *reader, uint64_t offset)
{
	struct pcap_reader *r = reader;

	r->until = offset;
}

/* A header as nearly all are, of a packet soon behind or before the one `near` that second. */
static bool looks_right(const struct pcap_reader *r, struct span head, uint32_t near)
{
	enum { DAY = 86400, SECOND = 1000000000 };
	uint32_t seconds = ordered_u32(head, 0, r->is_little);
	uint32_t captured = ordered_u32(head, 8, r->is_little);
	uint32_t original = ordered_u32(head, 12, r->is_little);

	return captured > 0 && captured <= r->snap && captured <= original &&
	       original <= LIMIT_PACKET && seconds - near + DAY <= 2 * DAY &&
	       ordered_u32(head, 4, r->is_little) < SECOND / r->magic->grain_ns;
}

/* Records stand one behind the other, as far as the octets go. */
static bool is_chain(const struct pcap_reader *r, struct span octets)
{
	uint32_t near = ordered_u32(octets, 0, r->is_little);
	size_t at = 0;

	while (octets.len - at >= r->magic->record_head) {
		struct span head = span_of(octets.at + at, r->magic->record_head);
		size_t step = r->magic->record_head + ordered_u32(head, 8, r->is_little);

		if (!looks_right(r, head, near))
			return false;
		near = ordered_u32(head, 0, r->is_little);
		if (step > octets.len - at)
			return true;
		at += step;
	}
	return at > 0;
}

/* A packet can hold a capture; so the chain is longer than any packet. */
static bool find(const void *reader, uint64_t offset, uint64_t *ret)
{
	enum { LOOK = 2 * 65536 + 4096, CHAIN = 2 * 65536 };
	const struct pcap_reader *r = reader;
	uint8_t *room = must_grow(NULL, LOOK + CHAIN, 1);
	size_t n = buffer_peek(&r->in, offset, room, LOOK + CHAIN);
	bool is_found = false;

	for (size_t i = 0; i < LOOK && i < n && !is_found; i++) {
		is_found = is_chain(r, span_of(room + i, n - i));
		*ret = offset + i;
	}
	free(room);
	return is_found;
}

static const struct capture_ranges ranges = {
	.offset = offset_of, .find = find, .map = map, .until = until};

static void reader_free(void *reader)
{
	struct pcap_reader *r = reader;

	buffer_close(&r->in);
	free(r);
}

void *pcap_file_open(FILE *file, struct span head, const char *path, const struct source_options *o,
		     struct text *why_not)
{
	struct pcap_reader about = {.snap = 0}, *r;
	struct capture *c;

	if (o->bpf || !head_read(&about, head))
		return pcap_file_open_library(file, head, path, o, why_not);
	r = must_alloc(1, sizeof(*r));
	*r = about;
	r->until = UINT64_MAX;
	buffer_open(&r->in, file, head);
	buffer_take(&r->in, PCAP_FILE_HEAD);
	c = capture_new(path, "pcap", o,
			(struct capture_reader){.self = r,
						.take = take,
						.seek = seek,
						.free = reader_free,
						.ranges = &ranges});
	capture_dialect(c, r->dlt);
	return c;
}

const struct source_row source_pcap = {
	.name = "pcap",
	.is_live = true,
	.is_capture = true,
	.probe = probe,
	.open = pcap_file_open,
	.next = capture_next,
	.back = capture_back,
	.next_frame = capture_next_frame,
	.stats = capture_stats,
	.vantages = capture_vantages,
	.close = capture_close,
};
