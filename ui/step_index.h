/* Which steps can belong to a call or a tunnel, for those who make many ladders: each asks for a
 * few of the run's steps instead of looking at all. */
#ifndef L2TPSCOPE_STEP_INDEX_H
#define L2TPSCOPE_STEP_INDEX_H

#include "run.h"

struct step_index {
	struct run *run;
	/* Groups: steps of no call and no tunnel, those of call N, those of tunnel N and no call.
	 * Group G is places[begins[G]] up to begins[G + 1], in order of time. */
	size_t *places, *begins;
	size_t n_groups;
	size_t *found; /* places of the last answer */
	struct step **steps;
	size_t n;
};

struct step_index step_index_make(struct run *r);
void step_index_free(struct step_index *x);

/* Into `steps` and `n`, in order of time; they last until the next question. */
void step_index_of_call(struct step_index *x, const struct call *c);
void step_index_of_tunnel(struct step_index *x, const struct tunnel *t);

#endif
