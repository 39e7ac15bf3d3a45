/* pcap files in every form that libpcap reads. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "capture.h"

enum { FILE_HEAD = 24 };

struct pcap_reader {
	pcap_t *pcap;
	struct bpf_program filter;
	bool has_filter;
	const struct magic *magic;
	uint64_t offset;
};

/* Magic numbers of a file, in the byte order of whoever wrote it. */
static const struct magic {
	uint32_t number;
	int64_t grain_ns;
	unsigned record_head; /* octets before each packet */
	const char *about;
} magics[] = {
	{0xa1b2c3d4, 1000, 16, "microseconds"},
	{0xa1b23c4d, 1, 16, "nanoseconds"},
	{0xa1b2cd34, 1000, 24, "Kuznetzov's modified format"},
	{0xa1b234cd, 1000, 16, "Navtel's format"},
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
	free(r);
}

static bool start(struct pcap_reader *r, FILE *file, struct text *why_not)
{
	char error[PCAP_ERRBUF_SIZE] = "";

	r->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error);
	if (!r->pcap) {
		fclose(file);
		text_printf(why_not, "%s", error);
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

/* A pipe cannot tell where it is. */
static void offset_note(struct pcap_reader *r, size_t captured)
{
	off_t at = ftello(pcap_file(r->pcap));

	r->offset = at > 0 ? (uint64_t)at : r->offset + r->magic->record_head + captured;
}

/* With nanosecond precision asked for, tv_usec holds nanoseconds. */
static struct moment moment_of(const struct pcap_reader *r, const struct pcap_pkthdr *header)
{
	return (struct moment){
		.ns = (int64_t)header->ts.tv_sec * 1000000000 + (int64_t)header->ts.tv_usec,
		.grain_ns = r->magic->grain_ns,
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
	offset_note(r, header->caplen);
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

static void *open_capture(FILE *file, struct span head, const char *path,
			  const struct source_options *o, struct text *why_not)
{
	struct pcap_reader *r = must_alloc(1, sizeof(*r));
	struct capture *c;

	*r = (struct pcap_reader){
		.magic = magic_find(head) ? magic_find(head) : &magics[0],
		.offset = FILE_HEAD,
	};
	if (!start(r, file, why_not) || !filter_start(r, o->bpf, why_not)) {
		reader_free(r);
		return NULL;
	}
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
	.is_live = true,
	.probe = probe,
	.open = open_capture,
	.next = capture_next,
	.next_frame = capture_next_frame,
	.stats = capture_stats,
	.vantages = capture_vantages,
	.close = close_capture,
};
