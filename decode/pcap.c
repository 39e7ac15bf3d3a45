/* Captures, read through libpcap. */
#define _DEFAULT_SOURCE /* u_int and its like, which the headers of libpcap use */

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "frame.h"
#include "limits.h"
#include "source.h"

enum { READ_BUFFER = 256 * 1024 };

struct capture {
	pcap_t *pcap;
	struct bpf_program filter;
	bool has_filter;
	char *read_buffer;
	struct frame_decoder *frames;
	struct arena *scratch; /* reset at each event */
	struct input_stats stats;
	struct text cut_text;
	struct vantage vantage;
	struct moment now; /* of the newest frame */
	int dlt;
	int64_t grain_ns;
	uint64_t frame, offset;
	bool is_end;
};

/* Magic numbers of a file, in the byte order of whoever wrote it. */
static const struct magic {
	uint32_t number;
	int64_t grain_ns;
	const char *about;
} magics[] = {
	{0xa1b2c3d4, 1000, "microseconds"},
	{0xa1b23c4d, 1, "nanoseconds"},
	{0xa1b2cd34, 1000, "Kuznetzov's modified format"},
	{0xa1b234cd, 1000, "Navtel's format"},
};

static const struct magic *magic_find(struct span head)
{
	struct bytes b = bytes_of(head);
	uint32_t number = bytes_u32(&b);
	uint32_t swapped =
		number >> 24 | (number >> 8 & 0xff00) | (number << 8 & 0xff0000) | number << 24;

	for (size_t i = 0; bytes_ok(&b) && i < sizeof(magics) / sizeof(magics[0]); i++)
		if (number == magics[i].number || swapped == magics[i].number)
			return &magics[i];
	return NULL;
}

static unsigned pcap_probe(struct span head)
{
	return magic_find(head) ? 100 : 0;
}

/* A section header block: its type reads the same in both byte orders. */
static unsigned pcapng_probe(struct span head)
{
	struct bytes b = bytes_of(head);

	return bytes_u32(&b) == 0x0a0d0d0a ? 100 : 0;
}

static void capture_close(void *self)
{
	struct capture *c = self;

	if (c->has_filter)
		pcap_freecode(&c->filter);
	if (c->pcap)
		pcap_close(c->pcap);
	free(c->read_buffer);
	frame_decoder_free(c->frames);
	arena_free(c->scratch);
	text_free(&c->cut_text);
	free(c);
}

/* A FILE of our own over a copy of `fd`, with room for many packets. */
static FILE *stream_open(int fd, char *buffer)
{
	int copy = dup(fd);
	FILE *file;

	if (copy < 0)
		return NULL;
	file = fdopen(copy, "rb");
	if (!file) {
		close(copy);
		return NULL;
	}
	setvbuf(file, buffer, _IOFBF, READ_BUFFER);
	return file;
}

static bool pcap_start(struct capture *c, int fd, const char *path, struct text *why_not)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	FILE *file = stream_open(fd, c->read_buffer);

	if (!file) {
		text_printf(why_not, "%s: %s", path, strerror(errno));
		return false;
	}
	c->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error);
	if (!c->pcap) {
		fclose(file);
		text_printf(why_not, "%s: %s", path, error);
		return false;
	}
	return true;
}

static bool filter_start(struct capture *c, const struct source_options *o, struct text *why_not)
{
	if (!o->bpf)
		return true;
	if (pcap_compile(c->pcap, &c->filter, o->bpf, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		text_printf(why_not, "--bpf: %s", pcap_geterr(c->pcap));
		return false;
	}
	c->has_filter = true;
	return true;
}

static int64_t grain_of(int fd)
{
	uint8_t head[4];
	const struct magic *magic;

	if (pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return 1;
	magic = magic_find(span_of(head, sizeof(head)));
	return magic ? magic->grain_ns : 1;
}

static void offset_note(struct capture *c)
{
	off_t at = ftello(pcap_file(c->pcap));

	if (at > 0)
		c->offset = (uint64_t)at;
}

static void *capture_open(int fd, const char *path, const struct source_options *o,
			  struct text *why_not, const char *kind)
{
	struct capture *c = must_alloc(1, sizeof(*c));
	const char *link;

	*c = (struct capture){0};
	c->read_buffer = must_alloc(READ_BUFFER, 1);
	c->cut_text = text_make(1024);
	if (!pcap_start(c, fd, path, why_not) || !filter_start(c, o, why_not)) {
		capture_close(c);
		return NULL;
	}
	c->dlt = pcap_datalink(c->pcap);
	c->grain_ns = grain_of(fd);
	offset_note(c);
	c->scratch = arena_new(LIMIT_SCRATCH);
	c->frames = frame_decoder_new(c->scratch, o->secrets, o->with_noise);
	c->vantage = (struct vantage){.input = o->input};
	if (o->vantages)
		c->vantage.number = (*o->vantages)++;
	link = pcap_datalink_val_to_name(c->dlt);
	c->stats = (struct input_stats){
		.path = path,
		.name = o->name ? o->name : path,
		.kind = SOURCE_CAPTURE,
		.kind_name = kind,
		.dialect = link ? link : "unknown",
	};
	return c;
}

static void *pcap_source_open(int fd, const char *path, const struct source_options *o,
			      struct text *why_not)
{
	return capture_open(fd, path, o, why_not, "pcap");
}

static void *pcapng_source_open(int fd, const char *path, const struct source_options *o,
				struct text *why_not)
{
	return capture_open(fd, path, o, why_not, "pcapng");
}

/* With nanosecond precision asked for, tv_usec holds nanoseconds. */
static struct moment moment_of(const struct capture *c, const struct pcap_pkthdr *header)
{
	return (struct moment){
		.ns = (int64_t)header->ts.tv_sec * 1000000000 + (int64_t)header->ts.tv_usec,
		.grain_ns = c->grain_ns,
		.kind = CLOCK_ABSOLUTE,
	};
}

static void moment_note(struct capture *c, struct moment when)
{
	struct input_stats *stats = &c->stats;

	c->now = when;
	if (!moment_known(stats->first) || when.ns < stats->first.ns)
		stats->first = when;
	if (!moment_known(stats->last) || when.ns > stats->last.ns)
		stats->last = when;
}

/* libpcap gives −1 where the file ends inside a record, and −2 at a proper end. */
static void end_note(struct capture *c, int result)
{
	c->is_end = true;
	if (result != -1)
		return;
	text_printf(&c->cut_text, "after frame %llu, octet %llu: %s", (unsigned long long)c->frame,
		    (unsigned long long)c->offset, pcap_geterr(c->pcap));
	c->stats.is_cut = true;
	c->stats.cut_text = text_str(&c->cut_text);
}

static void others_note(struct capture *c)
{
	const struct other_count *others;

	c->stats.n_other = frame_others(c->frames, &others);
	memcpy(c->stats.other, others, c->stats.n_other * sizeof(*others));
}

static struct frame frame_of(const struct capture *c, const struct pcap_pkthdr *header,
			     const uint8_t *octets, uint64_t begin)
{
	return (struct frame){
		.dlt = c->dlt,
		.octets = span_of(octets, header->caplen),
		.original = header->len > header->caplen ? header->len : header->caplen,
		.when = moment_of(c, header),
		.origin = {.input = c->vantage.input,
			   .vantage = c->vantage.number,
			   .frame = c->frame,
			   .offset = begin,
			   .offset_end = c->offset},
	};
}

static enum pull capture_next(void *self, struct event *ret)
{
	struct capture *c = self;

	for (;;) {
		struct pcap_pkthdr *header;
		const uint8_t *octets;
		uint64_t begin = c->offset;
		struct frame frame;
		int result;

		arena_reset(c->scratch);
		if (frame_lost(c->frames, c->now, c->is_end, ret))
			return PULLED;
		if (c->is_end) {
			others_note(c);
			return SOURCE_END;
		}
		result = pcap_next_ex(c->pcap, &header, &octets);
		if (result != 1) {
			end_note(c, result);
			continue;
		}
		offset_note(c);
		c->frame++;
		c->stats.packets++;
		c->stats.bytes += header->caplen;
		frame = frame_of(c, header, octets, begin);
		moment_note(c, frame.when);
		if (c->has_filter && pcap_offline_filter(&c->filter, header, octets) == 0)
			continue;
		if (frame_decode(c->frames, &frame, ret))
			return PULLED;
	}
}

static const struct input_stats *capture_stats(const void *self)
{
	const struct capture *c = self;

	return &c->stats;
}

static size_t capture_vantages(const void *self, const struct vantage **ret)
{
	const struct capture *c = self;

	*ret = &c->vantage;
	return 1;
}

const struct source_row source_pcap = {
	.name = "pcap",
	.probe = pcap_probe,
	.open = pcap_source_open,
	.next = capture_next,
	.stats = capture_stats,
	.vantages = capture_vantages,
	.close = capture_close,
};

const struct source_row source_pcapng = {
	.name = "pcapng",
	.probe = pcapng_probe,
	.open = pcapng_source_open,
	.next = capture_next,
	.stats = capture_stats,
	.vantages = capture_vantages,
	.close = capture_close,
};
