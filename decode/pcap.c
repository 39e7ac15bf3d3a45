/* pcap files in every form that libpcap reads. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture.h"

struct pcap_reader {
	pcap_t *pcap;
	struct bpf_program filter;
	bool has_filter;
	char *buffer;
	int64_t grain_ns;
	uint64_t offset;
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

static unsigned probe(struct span head)
{
	return magic_find(head) ? 100 : 0;
}

static void reader_free(struct pcap_reader *r)
{
	if (r->has_filter)
		pcap_freecode(&r->filter);
	if (r->pcap)
		pcap_close(r->pcap);
	free(r->buffer);
	free(r);
}

static bool start(struct pcap_reader *r, int fd, const char *path, struct text *why_not)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	FILE *file = capture_stream(fd, r->buffer);

	if (!file) {
		text_printf(why_not, "%s: %s", path, strerror(errno));
		return false;
	}
	r->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error);
	if (!r->pcap) {
		fclose(file);
		text_printf(why_not, "%s: %s", path, error);
		return false;
	}
	return true;
}

static bool filter_start(struct pcap_reader *r, const char *bpf, struct text *why_not)
{
	if (!bpf)
		return true;
	if (pcap_compile(r->pcap, &r->filter, bpf, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		text_printf(why_not, "--bpf: %s", pcap_geterr(r->pcap));
		return false;
	}
	r->has_filter = true;
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

static void offset_note(struct pcap_reader *r)
{
	off_t at = ftello(pcap_file(r->pcap));

	if (at > 0)
		r->offset = (uint64_t)at;
}

/* With nanosecond precision asked for, tv_usec holds nanoseconds. */
static struct moment moment_of(const struct pcap_reader *r, const struct pcap_pkthdr *header)
{
	return (struct moment){
		.ns = (int64_t)header->ts.tv_sec * 1000000000 + (int64_t)header->ts.tv_usec,
		.grain_ns = r->grain_ns,
		.kind = CLOCK_ABSOLUTE,
	};
}

/* libpcap gives −1 where the file ends inside a record, and −2 at a proper end. */
static enum taken take(void *reader, struct capture *c, struct frame *ret)
{
	struct pcap_reader *r = reader;
	struct pcap_pkthdr *header;
	const uint8_t *octets;
	uint64_t begin = r->offset;
	int result = pcap_next_ex(r->pcap, &header, &octets);

	if (result == -1)
		capture_cut(c, r->offset, pcap_geterr(r->pcap));
	if (result != 1)
		return TAKEN_END;
	offset_note(r);
	*ret = (struct frame){
		.dlt = pcap_datalink(r->pcap),
		.octets = span_of(octets, header->caplen),
		.original = header->len,
		.when = moment_of(r, header),
		.origin = {.offset = begin, .offset_end = r->offset},
	};
	if (r->has_filter && pcap_offline_filter(&r->filter, header, octets) == 0)
		return TAKEN_SKIPPED;
	return TAKEN;
}

static void *open_capture(int fd, const char *path, const struct source_options *o,
			  struct text *why_not)
{
	struct pcap_reader *r = must_alloc(1, sizeof(*r));
	struct capture *c;

	*r = (struct pcap_reader){
		.buffer = must_alloc(CAPTURE_BUFFER, 1),
		.grain_ns = grain_of(fd),
	};
	if (!start(r, fd, path, why_not) || !filter_start(r, o->bpf, why_not)) {
		reader_free(r);
		return NULL;
	}
	offset_note(r);
	c = capture_new(path, "pcap", o);
	c->reader = r;
	c->take = take;
	capture_dialect(c, pcap_datalink(r->pcap));
	return c;
}

static void close_capture(void *self)
{
	struct capture *c = self;

	reader_free(c->reader);
	capture_free(c);
}

const struct source_row source_pcap = {
	.name = "pcap",
	.probe = probe,
	.open = open_capture,
	.next = capture_next,
	.stats = capture_stats,
	.vantages = capture_vantages,
	.close = close_capture,
};
