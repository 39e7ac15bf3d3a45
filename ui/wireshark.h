/* Wireshark display filters for what a finding points to. */
#ifndef L2TPSCOPE_WIRESHARK_H
#define L2TPSCOPE_WIRESHARK_H

#include "model.h"
#include "text.h"

/* The frames of its evidence; when it has none (a log), the packets of its call or tunnel.
 * False when neither can be told. */
bool wireshark_finding(struct text *t, const struct finding *f);

#endif
