/* Captures as libpcap reads them: pcap.c leaves to it what is not common, and --bpf. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "limits.h"
#include "pcap_file.h"

#define LIBRARY_TABLE "pcap_library.def"
#define LIBRARY_FILE  "libpcap.so.0.8" /* of Debian and its like */
#define LIBRARY_ALIAS "libpcap.so.1"
#include "lazy_table.h"

struct packet_filter {
	struct bpf_program program;
};

struct pcap_reader {
	pcap_t *pcap;
	struct packet_filter *filter;
	const struct pcap_magic *magic;
	uint64_t offset;
};

const char *pcap_library_version(struct text *why_not)
{
	return lazy_load(&library, why_not) ? lib.pcap_lib_version() : NULL;
}

static struct packet_filter *filter_make(pcap_t *pcap, const char *bpf, struct text *why_not)
{
	struct packet_filter *f = must_alloc(1, sizeof(*f));

	if (lib.pcap_compile(pcap, &f->program, bpf, 1, PCAP_NETMASK_UNKNOWN) == 0)
		return f;
	if (why_not)
		text_printf(why_not, "--bpf: %s", lib.pcap_geterr(pcap));
	free(f);
	return NULL;
}

struct packet_filter *packet_filter_new(int dlt, const char *bpf, struct text *why_not)
{
	struct text ignored = text_make(256);
	bool is_loaded = lazy_load(&library, why_not ? why_not : &ignored);
	pcap_t *dead = is_loaded ? lib.pcap_open_dead(dlt, LIMIT_PACKET) : NULL;
	struct packet_filter *f = dead ? filter_make(dead, bpf, why_not) : NULL;

	if (dead)
		lib.pcap_close(dead);
	text_free(&ignored);
	return f;
}

void packet_filter_free(struct packet_filter *f)
{
	if (!f)
		return;
	lib.pcap_freecode(&f->program);
	free(f);
}

bool packet_filter_passes(const struct packet_filter *f, const struct frame *frame)
{
	struct pcap_pkthdr header = {.caplen = (uint32_t)frame->octets.len, .len = frame->original};

	return lib.pcap_offline_filter(&f->program, &header, frame->octets.at) != 0;
}

static void reader_free(void *reader)
{
	struct pcap_reader *r = reader;

	packet_filter_free(r->filter);
	if (r->pcap)
		lib.pcap_close(r->pcap);
	free(r);
}

/* --as pcap: of what libpcap reads all the same, a pcapng. */
static const struct pcap_magic unknown = {.grain_ns = 1000, .record_head = 16};

static bool start(struct pcap_reader *r, FILE *file, struct text *why_not)
{
	char error[PCAP_ERRBUF_SIZE] = "";

	if (!lazy_load(&library, why_not)) {
		fclose(file);
		return false;
	}
	r->pcap = lib.pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO,
							       error);
	if (!r->pcap) {
		fclose(file);
		text_printf(why_not, "%s", error);
		return false;
	}
	return true;
}

/* A pipe cannot tell where it is. */
static void offset_note(struct pcap_reader *r, size_t captured)
{
	off_t at = ftello(lib.pcap_file(r->pcap));

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
	int result = lib.pcap_next_ex(r->pcap, &header, &octets);

	if (result == -1)
		capture_cut(c, r->offset, lib.pcap_geterr(r->pcap));
	if (result != 1)
		return TAKEN_END;
	offset_note(r, header->caplen);
	*ret = (struct frame){
		.dlt = lib.pcap_datalink(r->pcap),
		.octets = span_of(octets, header->caplen),
		.original = header->len,
		.when = moment_of(r, header),
		.origin = {.offset = begin, .offset_end = r->offset},
	};
	if (r->filter && !packet_filter_passes(r->filter, ret))
		return TAKEN_SKIPPED;
	return TAKEN;
}

static bool seek(void *reader, struct capture *c, uint64_t offset)
{
	struct pcap_reader *r = reader;

	(void)c;
	if (offset > INT64_MAX || fseeko(lib.pcap_file(r->pcap), (off_t)offset, SEEK_SET) != 0)
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
	if (start(r, file, why_not) && o->bpf)
		r->filter = filter_make(r->pcap, o->bpf, why_not);
	if (!r->pcap || (o->bpf && !r->filter)) {
		reader_free(r);
		return NULL;
	}
	c = capture_new(path, "pcap", o,
			(struct capture_reader){
				.self = r, .take = take, .seek = seek, .free = reader_free});
	capture_dialect(c, lib.pcap_datalink(r->pcap));
	return c;
}
