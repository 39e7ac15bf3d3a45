/* Requests for a tunnel that nobody answered yet. When there are too many, the oldest give way: a
 * flood of them neither fills the memory nor keeps tunnels that are up from being followed. */
#ifndef L2TPSCOPE_HALF_OPEN_H
#define L2TPSCOPE_HALF_OPEN_H

#include "observer.h"

/* Its SCCRQ was seen. */
void half_open_add(struct observer *o, struct tunnel *t);

/* The other end was heard, or the record is no more; again: nothing. */
void half_open_leave(struct observer *o, struct tunnel *t);

#endif
