/* How far a long run is, on standard error while a person waits there. Nothing is shown in the
 * first half second, nor once output begins, unless that goes to a file; the line is erased before
 * anything else is written. One run has one terminal: so there is one of these. */
#ifndef L2TPSCOPE_PROGRESS_H
#define L2TPSCOPE_PROGRESS_H

#include "run.h"

/* When the run reads its inputs: `--progress`, or standard error is a terminal. */
void progress_begin(struct run *r);
/* Octets read and octets to read of all inputs; 0 to read: nobody knows. */
void progress_octets(const struct run *r, uint64_t *ret_done, uint64_t *ret_all);
/* Now and then, as events go by. */
void progress_tick(struct run *r);
/* Something is written to the terminal, or `is_output` where results go. */
void progress_hide(bool is_output);
void progress_end(void);

#endif
