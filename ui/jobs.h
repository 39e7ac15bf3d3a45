/* --jobs N: captures are boiled down (digest.h) by N processes, each with as little power as this
 * one, while what they make of them is replayed here, as `reduce` replays parts. So numbers, order,
 * limits and findings are those of one run.
 *
 * A job is a capture, or, where there are fewer captures than processes, a range of a large one
 * (--set divide). divided.h says how it comes out the same, wherever a file is divided: of ranges
 * everything that is not quite in order is read here, also those of a process that ends too soon,
 * or has no room; and so is a range of which little can be left out, because reading it here costs
 * less. A capture that is one job is cut where its process ends, and that is named.
 *
 * What a process makes goes to a temporary file of its own, without a name: nobody waits for a
 * reader, in whatever order the captures overlap. Texts, pipes and captures without an event are
 * read here. When all is read again (a secret came late) those files are. */
#ifndef L2TPSCOPE_JOBS_H
#define L2TPSCOPE_JOBS_H

#include "run.h"
#include "stream.h"

struct jobs;

/* The input is about to be opened; its stream is kept for whoever reads it. */
void jobs_note(struct run *r, struct input *in, const struct stream *s);
/* The inputs are open, and least power does not hold yet: the processes are there. */
void jobs_fork(struct run *r);
/* Least power holds: they begin. Or the inputs were opened once more. */
void jobs_start(struct run *r);
void jobs_free(struct jobs *j);

#endif
