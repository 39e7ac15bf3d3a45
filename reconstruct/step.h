/* The steps of a replay, kept as they come: by what a message is known again at another vantage
 * point, and the event itself where somebody asks for steps (replay.h). */
#ifndef L2TPSCOPE_STEP_H
#define L2TPSCOPE_STEP_H

#include "replay_state.h"

/* That of the event at hand, the last of its observer. NULL: a ceiling is reached. */
struct step *step_new(struct replay *r, struct context *c);

#endif
