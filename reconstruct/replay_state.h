/* A replay as its own files see it: replay.c feeds it, batch.c settles what is over. */
#ifndef L2TPSCOPE_REPLAY_STATE_H
#define L2TPSCOPE_REPLAY_STATE_H

#include "observer.h"

struct replay {
	struct replay_options options;
	struct arena *arena;
	struct arena *steps; /* they and their events; NULL: none are kept */
	struct observer *observers[LIMIT_VANTAGES];
	size_t n_observers;
	size_t n_steps;
	bool steps_full;
	bool vantages_full;  /* what came from others is not looked at */
	struct arena *batch; /* what is found of calls that are settled, until they are told */
	struct report report;
};

/* The end of the input: what waits (reorder.h) goes on. */
void replay_all_fed(struct replay *r);

#endif
