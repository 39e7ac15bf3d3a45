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

#endif
