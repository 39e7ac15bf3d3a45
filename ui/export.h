/* `export`: what the log and the capture file share. */
#ifndef L2TPSCOPE_EXPORT_H
#define L2TPSCOPE_EXPORT_H

#include "pcapng_write.h"
#include "run.h"

enum { EXPORT_LINES = 256 }; /* interfaces of a log that get one of their own */

struct export_line {
	struct str name;
	uint32_t interface;
};

/* The Ns that each end of a tunnel sends next, as far as it follows from what was seen. */
struct export_numbers {
	bool is_known[2];
	uint16_t next[2];
};

struct export
{
	struct run *run;
	struct pcapng_writer writer;
	uint64_t packets;
	uint64_t unwritten; /* messages of which too little is known */
	/* of a log */
	bool has_raw;
	uint32_t raw; /* the interface of L2TP */
	struct export_line lines[EXPORT_LINES];
	size_t n_lines;
	uint16_t ip_id;
	struct export_numbers *numbers; /* by the tunnel's number; owned */
	size_t n_numbers;
};

/* export_log.c: the messages of texts, rebuilt. */
void export_step(struct export *x, const struct step *s);

/* export_capture.c: reads the packets of input `index` once more and writes those of chosen calls.
 */
void export_capture(struct export *x, size_t index);

#endif
