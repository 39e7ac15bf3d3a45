/* What is over is settled: the stages of stages.h find what became of it, it is told, and leaves.
 *
 * One batch or the whole run, the stages are the same. They see all calls that
 * are settled and their company (company.h): those that `goes_on` are only there to be compared
 * with (the same caller again, other legs, links of a bundle) and get no verdict. */
#ifndef L2TPSCOPE_BATCH_H
#define L2TPSCOPE_BATCH_H

struct replay;

/* Settles and tells what is over; asked for after each event, if that is worth a look. */
void batch_tell(struct replay *r);

#endif
