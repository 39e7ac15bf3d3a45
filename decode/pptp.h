/* PPTP's control connection (RFC 2637 2), messages in a TCP stream.
 *
 * An event of it is an EVENT_PPTP: neighbour.code is a `pptp_message`, neighbour.id the Call ID
 * that its receiver has to know it by, 0 none; all fields are in its values. TCP's own SYN, FIN
 * and RST of the connection are messages, too: often they are all there is. */
#ifndef L2TPSCOPE_PPTP_H
#define L2TPSCOPE_PPTP_H

#include "event.h"

enum pptp_message {
	PPTP_SCCRQ = 1,
	PPTP_SCCRP = 2,
	PPTP_STOP_REQUEST = 3,
	PPTP_STOP_REPLY = 4,
	PPTP_ECHO_REQUEST = 5,
	PPTP_ECHO_REPLY = 6,
	PPTP_OCRQ = 7,
	PPTP_OCRP = 8,
	PPTP_ICRQ = 9,
	PPTP_ICRP = 10,
	PPTP_ICCN = 11,
	PPTP_CLEAR = 12,
	PPTP_DISCONNECT = 13,
	PPTP_WAN_ERROR = 14,
	PPTP_LINK_INFO = 15,
	/* our own numbers; none is on the wire */
	PPTP_TCP_SYN = 0xf1,
	PPTP_TCP_FIN = 0xf2,
	PPTP_TCP_RESET = 0xf3,
};
enum { PPTP_PORT = 1723 };

/* Reads one message; octets behind it are not looked at. `missing`: of its end were not
 * captured. False when it is none. */
bool pptp_decode(struct arena *a, struct span message, size_t missing, struct event *e,
		 struct defect_list *defects);

#endif
