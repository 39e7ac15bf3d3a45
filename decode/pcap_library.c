/* Captures as libpcap reads them: pcap.c leaves to it what is not common, and --bpf. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "pcap_file.h"

struct pcap_reader {
	pcap_t *pcap;
	struct bpf_program filter;
	bool has_filter;
	const struct pcap_magic *magic;
	uint64_t offset;
};

static void reader_free(void *reader)
{
	struct pcap_reader *r = reader;

	if (r->has_filter)
		pcap_freecode(&r->filter);
	if (r->pcap)
		pcap_close(r->pcap);
	free(r);
}

/* --as pcap: of what libpcap reads all the same, a pcapng. */
static const struct pcap_magic unknown = {.grain_ns = 1000, .record_head = 16};

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
	return moment_of_seconds(header->ts.tv_sec, header->ts.tv_usec, r->magic->grain_ns);
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

static bool seek(void *reader, struct capture *c, uint64_t offset)
{
	struct pcap_reader *r = reader;

	(void)c;
	if (offset > INT64_MAX || fseeko(pcap_file(r->pcap), (off_t)offset, SEEK_SET) != 0)
		return false;
	r->offset = offset;
	return true;
}

void *pcap_file_open_library(FILE *file, struct span head, const char *path,
			     const struct source_options *o, struct text *why_not)
{
	struct pcap_reader *r = must_alloc(1, sizeof(*r));
	struct capture *c;
	bool is_little;

	*r = (struct pcap_reader){
		.magic = pcap_magic_find(head, &is_little),
		.offset = PCAP_FILE_HEAD,
	};
	if (!r->magic)
		r->magic = &unknown;
	if (!start(r, file, why_not) || !filter_start(r, o->bpf, why_not)) {
		reader_free(r);
		return NULL;
	}
	c = capture_new(path, "pcap", o, (struct capture_reader){r, take, seek, reader_free});
	capture_dialect(c, pcap_datalink(r->pcap));
	return c;
}
