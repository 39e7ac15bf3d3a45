/* pcapng (draft-ietf-opsawg-pcapng), read block by block: libpcap refuses a file whose
 * interfaces differ in link type, and drops the comments of packets. */
#include <errno.h>
#include <pcap/dlt.h>
#include <stdlib.h>

#include "buffer.h"
#include "byte_order.h"
#include "capture.h"
#include "limits.h"
#include "pcap_file.h"

enum block_type {
	BLOCK_SECTION = 0x0a0d0d0a, /* the same in both byte orders */
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OLD = 2,
	BLOCK_SIMPLE = 3,
	BLOCK_PACKET = 6,
};

enum option_code {
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	OPTION_NAME = 2,
	OPTION_TSRESOL = 9,
	OPTION_TSOFFSET = 14,
};

#define NS_A_SECOND UINT64_C(1000000000)

enum { BLOCK_HEAD = 8, BLOCK_FRAME = 12, PACKET_HEAD = 20, BYTE_ORDER_MAGIC = 0x1a2b3c4d };

/* What a stamp counts; `units` 0: nothing that could be told. */
struct resolution {
	uint64_t units;            /* a second, after its lowest `coarser` bits are dropped */
	unsigned coarser;          /* bits: below 2^-32 s */
	uint64_t multiply, divide; /* units into nanoseconds, without overflow */
	int64_t grain_ns;          /* of one unit, at least 1 */
	int64_t offset;            /* seconds */
};

struct interface {
	int dlt;
	char name[64];
	size_t name_length;
	uint32_t snap; /* 0 unlimited */
	struct resolution clock;
	struct packet_filter *filter;
};

struct pcapng_reader {
	struct buffer in;
	const char *bpf;
	bool is_little;               /* byte order of the section */
	uint64_t begin;               /* of the current block */
	struct interface *interfaces; /* of the section */
	size_t n, n_room;
	uint32_t n_before; /* interfaces of the sections before */
	/* where each section begins, and how many interfaces stand before it */
	struct section {
		uint64_t offset;
		uint32_t n_before;
	} * sections;
	size_t n_sections, sections_room, section; /* `section`: the current one */
};

static uint16_t u16(const struct pcapng_reader *r, struct bytes *b)
{
	return ordered_u16(bytes_take(b, 2), 0, r->is_little);
}

static uint32_t u32(const struct pcapng_reader *r, struct bytes *b)
{
	return ordered_u32(bytes_take(b, 4), 0, r->is_little);
}

static unsigned probe(struct span head)
{
	struct bytes b = bytes_of(head);

	return bytes_u32(&b) == BLOCK_SECTION ? PROBE_CERTAIN : 0;
}

static void interfaces_clear(struct pcapng_reader *r)
{
	for (size_t i = 0; i < r->n; i++)
		packet_filter_free(r->interfaces[i].filter);
	r->n = 0;
}

static void reader_free(void *reader)
{
	struct pcapng_reader *r = reader;

	interfaces_clear(r);
	buffer_close(&r->in);
	free(r->interfaces);
	free(r->sections);
	free(r);
}

/* The next option of a block, or false. Values are padded to 32 bits. */
static bool option_take(const struct pcapng_reader *r, struct bytes *b, uint16_t *ret_code,
			struct span *ret_value)
{
	uint16_t length;

	*ret_code = u16(r, b);
	length = u16(r, b);
	if (!bytes_ok(b) || *ret_code == OPTION_END)
		return false;
	*ret_value = bytes_take(b, length);
	if (!bytes_ok(b))
		return false;
	bytes_take(b, (4u - length % 4u) % 4u);
	return true;
}

/* LINKTYPE_ numbers of files are libpcap's DLT_ numbers, but for raw IP. */
static int dlt_of(uint16_t linktype)
{
	enum { LINKTYPE_RAW = 101 };

	return linktype == LINKTYPE_RAW ? DLT_RAW : linktype;
}

/* Units per second of a resolution (a power of 10, or of 2 with the top bit); 0 when it is
 * too fine to be one. Below 2^-32 s `ret_coarser` bits of a stamp are dropped first. */
static uint64_t units_per_second(uint8_t resolution, unsigned *ret_coarser)
{
	unsigned exponent = resolution & 0x7f;
	uint64_t units = 1;

	*ret_coarser = 0;
	if (resolution & 0x80) {
		*ret_coarser = exponent > 32 ? exponent - 32 : 0;
		return exponent >= 64 ? 0 : UINT64_C(1) << (exponent > 32 ? 32 : exponent);
	}
	for (unsigned i = 0; i < exponent; i++)
		units *= 10;
	return exponent > 18 ? 0 : units;
}

static struct resolution resolution_of(uint8_t resolution, int64_t offset)
{
	struct resolution r = {.offset = offset};

	r.units = units_per_second(resolution, &r.coarser);
	if (r.units == 0 || offset > INT64_MAX / 2 || offset < INT64_MIN / 2)
		return (struct resolution){0};
	/* Less than a second is below 2^32 or 10^18 units. */
	r.multiply = r.units > NS_A_SECOND && !(resolution & 0x80) ? 1 : NS_A_SECOND;
	r.divide = r.multiply == 1 ? r.units / NS_A_SECOND : r.units;
	r.grain_ns = r.units < NS_A_SECOND ? (int64_t)(NS_A_SECOND / r.units) : 1;
	return r;
}

static void interface_options(const struct pcapng_reader *r, struct bytes *b, struct interface *i)
{
	uint8_t resolution = 6; /* microseconds unless an option says else */
	int64_t offset = 0;
	uint16_t code;
	struct span value;

	while (option_take(r, b, &code, &value)) {
		struct bytes v = bytes_of(value);

		if (code == OPTION_NAME && value.len <= sizeof(i->name)) {
			memcpy(i->name, value.at, value.len);
			i->name_length = value.len;
		}
		if (code == OPTION_TSRESOL && value.len == 1)
			resolution = bytes_u8(&v);
		if (code == OPTION_TSOFFSET && value.len == 8) {
			uint64_t first = u32(r, &v);
			uint64_t second = u32(r, &v);

			offset = (int64_t)(r->is_little ? second << 32 | first
							: first << 32 | second);
		}
	}
	i->clock = resolution_of(resolution, offset);
}

static __attribute__((cold, noinline)) void interface_add(struct pcapng_reader *r,
							  struct capture *c, struct bytes *b)
{
	struct interface i = {.dlt = dlt_of(u16(r, b))};

	u16(r, b); /* reserved */
	i.snap = u32(r, b);
	if (!bytes_ok(b) || r->n == LIMIT_INTERFACES)
		return;
	interface_options(r, b, &i);
	if (r->bpf)
		i.filter = packet_filter_new(i.dlt, r->bpf, NULL);
	if (r->n == r->n_room) {
		r->n_room = r->n_room ? r->n_room * 2 : 4;
		r->interfaces = must_grow(r->interfaces, r->n_room, sizeof(*r->interfaces));
	}
	r->interfaces[r->n++] = i;
	capture_dialect(c, i.dlt);
}

static struct moment moment_of(const struct resolution *r, uint64_t stamp)
{
	uint64_t seconds, part;

	if (r->units == 0)
		return (struct moment){0};
	stamp >>= r->coarser;
	seconds = stamp / r->units;
	part = stamp % r->units;
	if (seconds > INT64_MAX / 2)
		return (struct moment){0};
	part = part * r->multiply / r->divide;
	return moment_of_seconds((int64_t)seconds + r->offset, (int64_t)part, r->grain_ns);
}

static __attribute__((cold, noinline)) void block_cut(const struct pcapng_reader *r,
						      struct capture *c, const char *why)
{
	capture_cut(c, r->begin, r->in.error ? strerror(r->in.error) : why);
}

static uint32_t swapped(uint32_t value)
{
	return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

/* The byte order of a section stands behind the length of its block, which was read in that of the
 * section before. False: the file ends there. */
static __attribute__((cold, noinline)) bool order_take(struct pcapng_reader *r, uint32_t *length)
{
	struct span order = buffer_take(&r->in, BLOCK_FRAME - BLOCK_HEAD);
	bool is_little = ordered_u32(order, 0, false) != BYTE_ORDER_MAGIC;

	if (is_little != r->is_little)
		*length = swapped(*length);
	r->is_little = is_little;
	return order.len == BLOCK_FRAME - BLOCK_HEAD;
}

/* Reads on to the next block. False at the end. */
static inline bool block_take(struct pcapng_reader *r, struct capture *c, uint32_t *ret_type,
			      struct span *ret_body)
{
	static const char ends[] = "the file ends inside a block";
	struct span head, rest;
	uint32_t length, taken;

	r->begin = r->in.offset;
	head = buffer_take(&r->in, BLOCK_HEAD);
	if (head.len == 0 && !r->in.error)
		return false;
	if (head.len < BLOCK_HEAD) {
		block_cut(r, c, ends);
		return false;
	}
	*ret_type = ordered_u32(head, 0, r->is_little);
	length = ordered_u32(head, 4, r->is_little);
	if (*ret_type == BLOCK_SECTION && !order_take(r, &length)) {
		block_cut(r, c, ends);
		return false;
	}
	taken = (uint32_t)(r->in.offset - r->begin);
	if (length < taken + 4 || length % 4 != 0 || length > LIMIT_BLOCK) {
		block_cut(r, c, "a block has an impossible length");
		return false;
	}
	length -= taken; /* the body, and the length again */
	rest = buffer_take(&r->in, length);
	if (rest.len < length) {
		block_cut(r, c, ends);
		return false;
	}
	*ret_body = span_of(rest.at, length - 4);
	return true;
}

static __attribute__((noinline)) void comment_find(const struct pcapng_reader *r, struct bytes *b,
						   struct frame *ret)
{
	uint16_t code;
	struct span value;

	while (option_take(r, b, &code, &value))
		if (code == OPTION_COMMENT && ret->comment.len == 0)
			ret->comment = (struct str){.at = (const char *)value.at, .len = value.len};
}

static bool is_wanted(const struct pcapng_reader *r, const struct interface *i,
		      const struct frame *f)
{
	return !r->bpf || (i->filter && packet_filter_passes(i->filter, f));
}

/* An Enhanced Packet Block, or the Packet Block that it replaced. */
static inline enum taken packet_take(const struct pcapng_reader *r, uint32_t type, struct bytes *b,
				     struct frame *ret)
{
	bool is_little = r->is_little;
	struct span head = bytes_take(b, PACKET_HEAD);
	uint32_t number = type == BLOCK_PACKET ? ordered_u32(head, 0, is_little)
					       : ordered_u16(head, 0, is_little); /* then drops */
	uint64_t high = ordered_u32(head, 4, is_little);
	uint64_t low = ordered_u32(head, 8, is_little);
	uint32_t captured = ordered_u32(head, 12, is_little);
	const struct interface *i;

	if (head.len < PACKET_HEAD || number >= r->n || captured > b->left)
		return TAKEN_END;
	i = &r->interfaces[number];
	ret->original = ordered_u32(head, 16, is_little);
	ret->dlt = i->dlt;
	ret->interface = r->n_before + number;
	ret->interface_name = (struct str){i->name, i->name_length};
	ret->when = moment_of(&i->clock, high << 32 | low);
	ret->octets = bytes_take(b, captured);
	ret->comment = (struct str){0};
	bytes_take(b, (4u - captured % 4u) % 4u);
	if (b->left > 0)
		comment_find(r, b, ret);
	return is_wanted(r, i, ret) ? TAKEN : TAKEN_SKIPPED;
}

/* A Simple Packet Block: no time, of the first interface, cut to its snapshot length. */
static __attribute__((noinline)) enum taken simple_take(const struct pcapng_reader *r,
							struct bytes *b, struct frame *ret)
{
	size_t captured;

	*ret = (struct frame){.original = u32(r, b)};
	if (!bytes_ok(b) || r->n == 0)
		return TAKEN_END;
	captured = ret->original;
	if (r->interfaces[0].snap && captured > r->interfaces[0].snap)
		captured = r->interfaces[0].snap;
	if (captured > b->left)
		captured = b->left;
	ret->dlt = r->interfaces[0].dlt;
	ret->octets = bytes_take(b, captured);
	return is_wanted(r, &r->interfaces[0], ret) ? TAKEN : TAKEN_SKIPPED;
}

static __attribute__((cold, noinline)) void section_begin(struct pcapng_reader *r)
{
	r->section = 0;
	while (r->section < r->n_sections && r->sections[r->section].offset != r->begin)
		r->section++;
	if (r->section < r->n_sections) { /* it was read before */
		r->n_before = r->sections[r->section].n_before;
	} else {
		r->n_before += (uint32_t)r->n;
		if (r->n_sections == r->sections_room) {
			r->sections_room = r->sections_room ? r->sections_room * 2 : 4;
			r->sections =
				must_grow(r->sections, r->sections_room, sizeof(*r->sections));
		}
		r->sections[r->n_sections++] = (struct section){r->begin, r->n_before};
	}
	interfaces_clear(r);
}

static enum taken take(void *reader, struct capture *c, struct frame *ret)
{
	struct pcapng_reader *r = reader;
	uint32_t type;
	struct span body;
	enum taken taken;

	while (block_take(r, c, &type, &body)) {
		struct bytes b = bytes_of(body);

		switch (type) {
		case BLOCK_SECTION:
			section_begin(r);
			continue;
		case BLOCK_INTERFACE:
			interface_add(r, c, &b);
			continue;
		case BLOCK_PACKET:
		case BLOCK_PACKET_OLD:
			taken = packet_take(r, type, &b, ret);
			break;
		case BLOCK_SIMPLE:
			taken = simple_take(r, &b, ret);
			break;
		default: /* names, statistics, secrets, what is to come */
			continue;
		}
		ret->origin.offset = r->begin;
		ret->origin.offset_end = r->in.offset;
		if (taken != TAKEN_END)
			return taken;
		capture_cut(c, r->begin, "a packet block contradicts itself");
	}
	return TAKEN_END;
}

/* The interfaces of another section stand somewhere between its beginning and the packet. */
static bool section_read(struct pcapng_reader *r, struct capture *c, uint64_t until)
{
	uint32_t type;
	struct span body;

	while (r->in.offset < until && block_take(r, c, &type, &body)) {
		struct bytes b = bytes_of(body);

		if (type == BLOCK_SECTION)
			section_begin(r);
		else if (type == BLOCK_INTERFACE)
			interface_add(r, c, &b);
	}
	return r->in.offset == until;
}

static bool seek(void *reader, struct capture *c, uint64_t offset)
{
	struct pcapng_reader *r = reader;
	size_t section = 0;

	while (section + 1 < r->n_sections && r->sections[section + 1].offset <= offset)
		section++;
	if (r->n_sections == 0 || section == r->section)
		return buffer_seek(&r->in, offset);
	return buffer_seek(&r->in, r->sections[section].offset) && section_read(r, c, offset);
}

/* A wrong filter is told before anything is read; link types come later. */
static bool filter_check(const char *bpf, struct text *why_not)
{
	struct packet_filter *f = bpf ? packet_filter_new(DLT_EN10MB, bpf, why_not) : NULL;
	bool is_fine = !bpf || f;

	packet_filter_free(f);
	return is_fine;
}

static void *open_capture(FILE *file, struct span head, const char *path,
			  const struct source_options *o, struct text *why_not)
{
	struct pcapng_reader *r;

	if (!filter_check(o->bpf, why_not)) {
		fclose(file);
		return NULL;
	}
	r = must_alloc(1, sizeof(*r));
	*r = (struct pcapng_reader){.bpf = o->bpf};
	buffer_open(&r->in, file, head);
	return capture_new(path, "pcapng", o,
			   (struct capture_reader){
				   .self = r, .take = take, .seek = seek, .free = reader_free});
}

const struct source_row source_pcapng = {
	.name = "pcapng",
	.is_live = true,
	.is_capture = true,
	.probe = probe,
	.open = open_capture,
	.next = capture_next,
	.back = capture_back,
	.next_frame = capture_next_frame,
	.stats = capture_stats,
	.vantages = capture_vantages,
	.close = capture_close,
};
