/* PPP: from the frame that a tunnel or a link carries to one event. */
#ifndef L2TPSCOPE_PPP_H
#define L2TPSCOPE_PPP_H

#include "event.h"

/* Decodes one PPP frame (with or without FF 03, protocol field of one or two octets).
 * Control protocols make `e` an EVENT_PPP; everything else makes it an EVENT_DATA with
 * data.protocol and data.length (octets behind the protocol field, as on the wire).
 *
 * What a frame ends short of is a defect, unless the capture cut it: `e->path.captured`
 * below `e->path.original`. Then it is only not complete. */
void ppp_decode(struct arena *a, struct span frame, struct event *e, struct defect_list *defects);

/* The same behind the protocol field: `packet` begins with the code octet (a log that
 * dumps the packet only). `protocol` must be that of a control protocol. */
void ppp_packet_decode(struct arena *a, uint16_t protocol, struct span packet, struct event *e,
		       struct defect_list *defects);

/* 0x8000 and above: network control, link control and authentication (RFC 1661 2). */
bool ppp_is_control(uint16_t protocol);

/* The body of one packet between ppp.c and the protocols. `e->ppp` has its header; `there`
 * is the body's length on the wire, more than e->ppp.body where the capture was cut. */
void ppp_cp_decode(struct arena *a, size_t there, struct event *e, struct defect_list *defects);
void ppp_auth_decode(struct arena *a, size_t there, struct event *e, struct defect_list *defects);

#endif
