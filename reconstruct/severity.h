/* How severe a finding is now that all is known of its call or tunnel, and which one comes first.
 */
#ifndef L2TPSCOPE_SEVERITY_H
#define L2TPSCOPE_SEVERITY_H

#include "replay.h"

/* contract.md §5: on a call or tunnel that came up and stayed up nothing is above a note, unless
 * it measures loss or delay. What a decoder proved about a tunnel's bytes stays. */
bool finding_is_healthy(const struct finding *f);

/* Judges all findings of the report so, numbers them in the order in which they are told, and links
 * them to their calls and tunnels. */
void findings_sort(struct report *r);

#endif
