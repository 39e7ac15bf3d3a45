/* The order of what happened, over all views: messages that two views saw become one step
 * (`seen_also`), and report.steps is sorted by aligned time without breaking the order of any
 * view or showing a receipt before its sending. */
#ifndef L2TPSCOPE_STEP_ORDER_H
#define L2TPSCOPE_STEP_ORDER_H

#include "join.h"

void steps_order(struct report *r, const struct redirects *moved);
/* 1 + the tunnel end that sent the message; 0: unknown. */
uint8_t step_sending_end(const struct step *s);

#endif
