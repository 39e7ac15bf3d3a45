/* The stages of a tunnel or call on the clock of the run: session setup, LCP, authentication … Each
 * lasts until the next one begins. Shared by the trace of `timeline` and by `diff`. */
#ifndef L2TPSCOPE_PHASE_H
#define L2TPSCOPE_PHASE_H

#include "run.h"

enum { PHASES = 8 };

struct phase {
	const char *name;
	int64_t ns; /* its beginning, on the reference clock */
};

struct phases {
	struct phase at[PHASES]; /* in order of time */
	size_t n;
	int64_t end_ns; /* of the last one */
};

struct phases phases_of_tunnel(const struct run *r, const struct tunnel *t);
struct phases phases_of_call(const struct run *r, const struct call *c);

/* How long the phase of that name lasted, in seconds; below 0: it was not seen. */
double phase_seconds(const struct phases *p, const char *name);

#endif
