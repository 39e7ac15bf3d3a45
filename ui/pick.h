/* Which findings `check` speaks of: not those that --ignore names, nor those of --baseline. */
#ifndef L2TPSCOPE_PICK_H
#define L2TPSCOPE_PICK_H

#include "run.h"

struct pick;

/* NULL and the reason when a pattern fits no rule or the baseline cannot be read. */
struct pick *pick_new(const struct options *o, struct text *why_not);
void pick_free(struct pick *p);

/* Is it left out? Counts why. */
bool pick_drops(struct pick *p, const struct finding *f);
/* Nothing was counted. */
void pick_forget(struct pick *p);
size_t pick_ignored(const struct pick *p);
size_t pick_known(const struct pick *p);

/* What a finding is, without its time and place: 16 hex digits over rule, user and both ends.
 * The same fault of the same parties in another recording has the same one. */
void finding_fingerprint(struct text *t, const struct finding *f);

#endif
