/* `redact`: a capture, frame by frame, in its order. */
#ifndef L2TPSCOPE_REDACT_CAPTURE_H
#define L2TPSCOPE_REDACT_CAPTURE_H

#include <stdio.h>

#include "redact_map.h"
#include "run.h"

/* What was left out, for people. */
struct redact_counts {
	uint64_t packets, unwritten;
	uint64_t lines; /* that nothing read */
};

/* Reads input `index` from its beginning. `out` NULL: only to know all names that are there, for
 * the words of messages. False when it cannot be read. */
bool redact_capture(struct run *run, struct redact_map *map, size_t index, FILE *out,
		    struct redact_counts *counts);

#endif
