/* What would settle a cause that is not certain: the end of its sentence.
 *
 * A cause below `certain` was concluded from what one place shows. Its sentence ends with what to
 * do to be sure: a debug command or a capture filter, at which end, and what to look for. The rows
 * are in settle.def; the command is chosen by what runs at that end, as its Vendor Name or its log
 * tells. */
#ifndef L2TPSCOPE_SETTLE_H
#define L2TPSCOPE_SETTLE_H

#include "cause.h"

/* Ends the sentence of the verdict, if it is not certain and does not end so already. */
void trial_settle(struct trial *f);

/* For `explain cause`: "at the responder: whether …", of the i-th row of a cause; false behind the
 * last. */
bool settle_row_words(const char *cause, size_t i, struct text *ret);

#endif
