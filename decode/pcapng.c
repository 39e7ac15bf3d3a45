/* pcapng (draft-ietf-opsawg-pcapng), read block by block: libpcap refuses a file whose
 * interfaces differ in link type, and drops the comments of packets. */
#include <errno.h>
#include <pcap/dlt.h>
#include <stdlib.h>

#include "buffer.h"
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

enum { BLOCK_HEAD = 8, BLOCK_FRAME = 12, BYTE_ORDER_MAGIC = 0x1a2b3c4d };

struct interface {
	int dlt;
	char name[64];
	size_t name_length;
	uint32_t snap; /* 0 unlimited */
	uint8_t resolution;
	int64_t offset; /* seconds */
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
	uint16_t value = bytes_u16(b);

	return r->is_little ? (uint16_t)((value & 0xffu) << 8 | value >> 8) : value;
}

static uint32_t swapped(uint32_t value)
{
	return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

static uint32_t u32(const struct pcapng_reader *r, struct bytes *b)
{
	uint32_t value = bytes_u32(b);

	return r->is_little ? swapped(value) : value;
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

static void interface_options(const struct pcapng_reader *r, struct bytes *b, struct interface *i)
{
	uint16_t code;
	struct span value;

	while (option_take(r, b, &code, &value)) {
		struct bytes v = bytes_of(value);

		if (code == OPTION_NAME && value.len <= sizeof(i->name)) {
			memcpy(i->name, value.at, value.len);
			i->name_length = value.len;
		}
		if (code == OPTION_TSRESOL && value.len == 1)
			i->resolution = bytes_u8(&v);
		if (code == OPTION_TSOFFSET && value.len == 8) {
			uint64_t first = u32(r, &v);
			uint64_t second = u32(r, &v);

			i->offset = (int64_t)(r->is_little ? second << 32 | first
							   : first << 32 | second);
		}
	}
}

static void interface_add(struct pcapng_reader *r, struct capture *c, struct bytes *b)
{
	struct interface i = {.resolution = 6}; /* microseconds unless an option says else */

	i.dlt = dlt_of(u16(r, b));
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

static struct moment moment_of(const struct interface *i, uint64_t stamp)
{
	unsigned coarser;
	uint64_t units = units_per_second(i->resolution, &coarser);
	uint64_t seconds, part;

	if (units == 0)
		return (struct moment){0};
	stamp >>= coarser;
	seconds = stamp / units;
	part = stamp % units;
	if (seconds > INT64_MAX / 2 || i->offset > INT64_MAX / 2 || i->offset < INT64_MIN / 2)
		return (struct moment){0};
	/* A part is below 2^32 or 10^18. */
	part = units > 1000000000 && !(i->resolution & 0x80) ? part / (units / 1000000000)
							     : part * 1000000000 / units;
	return moment_of_seconds((int64_t)seconds + i->offset, (int64_t)part,
				 units < 1000000000 ? (int64_t)(1000000000 / units) : 1);
}

static bool block_cut(const struct pcapng_reader *r, struct capture *c, const char *why)
{
	capture_cut(c, r->begin, r->in.error ? strerror(r->in.error) : why);
	return false;
}

/* Reads on to the next block. False at the end. */
static bool block_take(struct pcapng_reader *r, struct capture *c, uint32_t *ret_type,
		       struct span *ret_body)
{
	static const char ends[] = "the file ends inside a block";
	struct span head, order = {0}, rest;
	struct bytes b;
	uint32_t length;

	r->begin = r->in.offset;
	head = buffer_take(&r->in, BLOCK_HEAD);
	if (head.len == 0 && !r->in.error)
		return false;
	b = bytes_of(head);
	*ret_type = u32(r, &b);
	if (*ret_type == BLOCK_SECTION) {
		/* Its byte order stands behind its length. */
		length = bytes_u32(&b);
		order = buffer_take(&r->in, BLOCK_FRAME - BLOCK_HEAD);
		b = bytes_of(order);
		r->is_little = bytes_u32(&b) != BYTE_ORDER_MAGIC;
		length = r->is_little ? swapped(length) : length;
	} else {
		length = u32(r, &b);
	}
	if (!bytes_ok(&b))
		return block_cut(r, c, ends);
	if (length < BLOCK_FRAME + order.len || length % 4 != 0 || length > LIMIT_BLOCK)
		return block_cut(r, c, "a block has an impossible length");
	length -= (uint32_t)(head.len + order.len); /* the body, and the length again */
	rest = buffer_take(&r->in, length);
	if (rest.len < length)
		return block_cut(r, c, ends);
	*ret_body = span_of(rest.at, length - 4);
	return true;
}

static void comment_find(const struct pcapng_reader *r, struct bytes *b, struct frame *ret)
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
static enum taken packet_take(const struct pcapng_reader *r, uint32_t type, struct bytes *b,
			      struct frame *ret)
{
	size_t number = type == BLOCK_PACKET ? u32(r, b) : u16(r, b);
	uint64_t high, low;
	uint32_t captured;

	if (type == BLOCK_PACKET_OLD)
		u16(r, b); /* drops */
	high = u32(r, b);
	low = u32(r, b);
	captured = u32(r, b);
	ret->original = u32(r, b);
	if (!bytes_ok(b) || number >= r->n || captured > b->left)
		return TAKEN_END;
	ret->dlt = r->interfaces[number].dlt;
	ret->interface = r->n_before + (uint32_t)number;
	ret->interface_name =
		(struct str){r->interfaces[number].name, r->interfaces[number].name_length};
	ret->when = moment_of(&r->interfaces[number], high << 32 | low);
	ret->octets = bytes_take(b, captured);
	bytes_take(b, (4u - captured % 4u) % 4u);
	comment_find(r, b, ret);
	return is_wanted(r, &r->interfaces[number], ret) ? TAKEN : TAKEN_SKIPPED;
}

/* A Simple Packet Block: no time, of the first interface, cut to its snapshot length. */
static enum taken simple_take(const struct pcapng_reader *r, struct bytes *b, struct frame *ret)
{
	size_t captured;

	ret->original = u32(r, b);
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

static void section_begin(struct pcapng_reader *r)
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

	*ret = (struct frame){0};
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
	return capture_new(path, "pcapng", o, (struct capture_reader){r, take, seek, reader_free});
}

const struct source_row source_pcapng = {
	.name = "pcapng",
	.is_live = true,
	.probe = probe,
	.open = open_capture,
	.next = capture_next,
	.back = capture_back,
	.next_frame = capture_next_frame,
	.stats = capture_stats,
	.vantages = capture_vantages,
	.close = capture_close,
};
