/* Classic capture files: pcap.c reads the common ones itself, pcap_library.c all that libpcap
 * knows. Both say the same of the same file. */
#ifndef L2TPSCOPE_PCAP_FILE_H
#define L2TPSCOPE_PCAP_FILE_H

#include "capture.h"

enum { PCAP_FILE_HEAD = 24 };

/* Begins a file, in the byte order of whoever wrote it. */
struct pcap_magic {
	uint32_t number;
	int64_t grain_ns;
	unsigned record_head; /* octets before each packet */
	const char *about;
	bool is_common;
};

/* NULL: none. `ret_is_little`: numbers come least octet first. */
const struct pcap_magic *pcap_magic_find(struct span head, bool *ret_is_little);

/* source_row.open. `pcap_file_open` leaves to the library: --bpf, old and patched formats, link
 * types that linktype.h does not know. */
void *pcap_file_open(FILE *file, struct span head, const char *path, const struct source_options *o,
		     struct text *why_not);
void *pcap_file_open_library(FILE *file, struct span head, const char *path,
			     const struct source_options *o, struct text *why_not);

/* --bpf: packets of one link type that an expression of libpcap lets through. */
struct packet_filter;
/* NULL, and why, unless nobody asks (why_not NULL). */
struct packet_filter *packet_filter_new(int dlt, const char *bpf, struct text *why_not);
void packet_filter_free(struct packet_filter *f);
bool packet_filter_passes(const struct packet_filter *f, const struct frame *frame);

/* NULL and why when libpcap is not there: it is loaded when it is needed. */
const char *pcap_library_version(struct text *why_not);

#endif
