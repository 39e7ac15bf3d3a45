/* TCP segments of PPTP control connections become messages (RFC 2637 3, RFC 9293 3).
 *
 * A stream begins wherever its first segment with a message stands. What comes twice is left out;
 * what comes too early waits for a few segments, then the gap is given up and the stream goes on
 * at the next message. */
#ifndef L2TPSCOPE_PPTP_STREAM_H
#define L2TPSCOPE_PPTP_STREAM_H

#include "event.h"

struct pptp_streams;

struct pptp_streams *pptp_streams_new(void);
void pptp_streams_free(struct pptp_streams *s);

/* Takes one segment, of which `missing` octets were not captured; `e` has the addresses, and gets
 * the ports. False when the port is another's or the header is not whole. */
bool pptp_segment(struct pptp_streams *s, struct span segment, size_t missing, struct event *e);

/* The last segment says nothing more. */
bool pptp_is_idle(const struct pptp_streams *s);

/* The next message that the last segment completed, as an event like it: call until false. */
bool pptp_next(struct pptp_streams *s, struct arena *a, struct event *ret,
	       struct defect_list *defects);

#endif
