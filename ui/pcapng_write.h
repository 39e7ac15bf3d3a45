/* Writes pcapng: one section, interfaces when they are first needed, Enhanced Packet Blocks with
 * comments and directions. Little-endian. What goes wrong shows in ferror(). */
#ifndef L2TPSCOPE_PCAPNG_WRITE_H
#define L2TPSCOPE_PCAPNG_WRITE_H

#include <stdio.h>

#include "frame.h"

/* LINKTYPE_ numbers of files, not DLT_. */
enum { LINKTYPE_ETHERNET = 1, LINKTYPE_PPP = 9, LINKTYPE_RAW = 101, LINKTYPE_C_HDLC = 104 };

enum packet_way { WAY_UNKNOWN, WAY_IN, WAY_OUT };

struct pcapng_packet {
	uint32_t interface;
	int64_t ns;    /* since 1970; what is before is written as 0 */
	int64_t grain; /* of its interface */
	struct span octets;
	uint32_t original;
	enum packet_way way;
	struct str comment; /* or empty; cut to what an option holds */
};

struct pcapng_writer {
	FILE *out;
	uint32_t interfaces;
};

void pcapng_start(struct pcapng_writer *w, FILE *out, const char *application);
/* Its number. `name` and `about` may be empty; `grain` as above. */
uint32_t pcapng_add_interface(struct pcapng_writer *w, uint16_t linktype, int64_t grain,
			      struct str name, struct str about);
void pcapng_write(struct pcapng_writer *w, const struct pcapng_packet *p);

/* The interfaces of one capture whose frames are copied: each is written when its first frame is.
 */
struct pcapng_interfaces {
	struct pcapng_interface *at; /* owned: pcapng_interfaces_free() */
	size_t n;
};

/* A frame with its time, its comment and the name of its interface. False when its link type has
 * no number in files. */
bool pcapng_copy(struct pcapng_writer *w, struct pcapng_interfaces *interfaces,
		 const struct frame *f, struct str about);
void pcapng_interfaces_free(struct pcapng_interfaces *interfaces);

#endif
