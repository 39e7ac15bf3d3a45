/* RFC 1661 4.1 once, for LCP and every NCP, as an observer sees it.
 *
 * RCR+ and RCR− are two steps: the request arrives (only Opened and the passive Stopped are
 * left by that alone), and the answer tells which it was. TO+ is a request sent again. A
 * request that leaves Initial or Closed implies the Up and Open that nobody prints. */
#include "machine.h"

static const char *const states[] = {
	[CP_STATE_UNKNOWN] = "unknown",   [CP_STATE_INITIAL] = "Initial",
	[CP_STATE_STARTING] = "Starting", [CP_STATE_CLOSED] = "Closed",
	[CP_STATE_STOPPED] = "Stopped",   [CP_STATE_CLOSING] = "Closing",
	[CP_STATE_STOPPING] = "Stopping", [CP_STATE_REQ_SENT] = "Req-Sent",
	[CP_STATE_ACK_RCVD] = "Ack-Rcvd", [CP_STATE_ACK_SENT] = "Ack-Sent",
	[CP_STATE_OPENED] = "Opened",
};

static const char *const events[] = {
	[CP_EVENT_UP] = "lower layer up",
	[CP_EVENT_DOWN] = "lower layer down",
	[CP_EVENT_OPEN] = "open request",
	[CP_EVENT_CLOSE] = "close request",
	[CP_EVENT_GIVE_UP] = "give up",
	[CP_EVENT_SEND_CONFREQ] = "send Configure-Request",
	[CP_EVENT_RECV_CONFREQ] = "recv Configure-Request",
	[CP_EVENT_SEND_CONFACK] = "send Configure-Ack",
	[CP_EVENT_RECV_CONFACK] = "recv Configure-Ack",
	[CP_EVENT_SEND_CONFNAK] = "send Configure-Nak/Rej",
	[CP_EVENT_RECV_CONFNAK] = "recv Configure-Nak/Rej",
	[CP_EVENT_SEND_TERMREQ] = "send Terminate-Request",
	[CP_EVENT_RECV_TERMREQ] = "recv Terminate-Request",
	[CP_EVENT_SEND_TERMACK] = "send Terminate-Ack",
	[CP_EVENT_RECV_TERMACK] = "recv Terminate-Ack",
	[CP_EVENT_SEND_REJECT] = "send Code/Protocol-Rej",
	[CP_EVENT_RECV_CODEREJ] = "recv Code-Reject",
	[CP_EVENT_RECV_PROTREJ] = "recv Protocol-Reject",
	[CP_EVENT_RECV_UNKNOWN] = "recv unknown code",
	[CP_EVENT_SEND_ECHO] = "send Echo or Discard",
	[CP_EVENT_RECV_ECHO] = "recv Echo or Discard",
};

#define R "RFC 1661 4.1"

/* clang-format off */
static const struct transition rows[] = {
	{CP_STATE_INITIAL, CP_EVENT_UP, CP_STATE_CLOSED, NORMAL, "has its line up", R},
	{CP_STATE_STARTING, CP_EVENT_UP, CP_STATE_REQ_SENT, NORMAL, "has its line up and starts to negotiate", R},
	{CP_STATE_UNKNOWN, CP_EVENT_UP, CP_STATE_CLOSED, INFERRED, "has its line up", R},
	{ANY_STATE, CP_EVENT_UP, SAME_STATE, NORMAL, "had its line up already", R},

	{CP_STATE_CLOSED, CP_EVENT_DOWN, CP_STATE_INITIAL, NORMAL, "has lost its line", R},
	{CP_STATE_STOPPED, CP_EVENT_DOWN, CP_STATE_STARTING, NORMAL, "has lost its line", R},
	{CP_STATE_CLOSING, CP_EVENT_DOWN, CP_STATE_INITIAL, NORMAL, "has lost its line while closing", R},
	{CP_STATE_STOPPING, CP_EVENT_DOWN, CP_STATE_STARTING, NORMAL, "has lost its line while closing", R},
	{CP_STATE_REQ_SENT, CP_EVENT_DOWN, CP_STATE_STARTING, NORMAL, "has lost its line", R},
	{CP_STATE_ACK_RCVD, CP_EVENT_DOWN, CP_STATE_STARTING, NORMAL, "has lost its line", R},
	{CP_STATE_ACK_SENT, CP_EVENT_DOWN, CP_STATE_STARTING, NORMAL, "has lost its line", R},
	{CP_STATE_OPENED, CP_EVENT_DOWN, CP_STATE_STARTING, NORMAL, "has lost its line", R},
	{CP_STATE_UNKNOWN, CP_EVENT_DOWN, CP_STATE_INITIAL, INFERRED, "has lost its line", R},
	{ANY_STATE, CP_EVENT_DOWN, SAME_STATE, NORMAL, "had no line", R},

	{CP_STATE_INITIAL, CP_EVENT_OPEN, CP_STATE_STARTING, NORMAL, "wants to negotiate", R},
	{CP_STATE_CLOSED, CP_EVENT_OPEN, CP_STATE_REQ_SENT, NORMAL, "starts to negotiate", R},
	{CP_STATE_CLOSING, CP_EVENT_OPEN, CP_STATE_STOPPING, NORMAL, "wants to negotiate again", R},
	{ANY_STATE, CP_EVENT_OPEN, SAME_STATE, NORMAL, "is at it already", R},

	{CP_STATE_STARTING, CP_EVENT_CLOSE, CP_STATE_INITIAL, NORMAL, "no longer wants to negotiate", R},
	{CP_STATE_STOPPED, CP_EVENT_CLOSE, CP_STATE_CLOSED, NORMAL, "no longer listens", R},
	{CP_STATE_STOPPING, CP_EVENT_CLOSE, CP_STATE_CLOSING, NORMAL, "closes", R},
	{CP_STATE_REQ_SENT, CP_EVENT_CLOSE, CP_STATE_CLOSING, NORMAL, "closes", R},
	{CP_STATE_ACK_RCVD, CP_EVENT_CLOSE, CP_STATE_CLOSING, NORMAL, "closes", R},
	{CP_STATE_ACK_SENT, CP_EVENT_CLOSE, CP_STATE_CLOSING, NORMAL, "closes", R},
	{CP_STATE_OPENED, CP_EVENT_CLOSE, CP_STATE_CLOSING, NORMAL, "closes", R},
	{ANY_STATE, CP_EVENT_CLOSE, SAME_STATE, NORMAL, "had closed already", R},

	{CP_STATE_CLOSING, CP_EVENT_GIVE_UP, CP_STATE_CLOSED, NORMAL, "stops waiting for a Terminate-Ack", R},
	{CP_STATE_STOPPING, CP_EVENT_GIVE_UP, CP_STATE_STOPPED, NORMAL, "stops waiting for a Terminate-Ack", R},
	{CP_STATE_REQ_SENT, CP_EVENT_GIVE_UP, CP_STATE_STOPPED, NORMAL, "gives up: no agreement", R},
	{CP_STATE_ACK_RCVD, CP_EVENT_GIVE_UP, CP_STATE_STOPPED, NORMAL, "gives up: no agreement", R},
	{CP_STATE_ACK_SENT, CP_EVENT_GIVE_UP, CP_STATE_STOPPED, NORMAL, "gives up: no agreement", R},
	{ANY_STATE, CP_EVENT_GIVE_UP, SAME_STATE, NORMAL, "has nothing to give up", R},

	{CP_STATE_ACK_SENT, CP_EVENT_SEND_CONFREQ, SAME_STATE, NORMAL, "asks (again)", R},
	{CP_STATE_OPENED, CP_EVENT_SEND_CONFREQ, CP_STATE_REQ_SENT, NORMAL, "negotiates again", R},
	{CP_STATE_CLOSING, CP_EVENT_SEND_CONFREQ, CP_STATE_REQ_SENT, INFERRED, "starts over", R},
	{CP_STATE_STOPPING, CP_EVENT_SEND_CONFREQ, CP_STATE_REQ_SENT, INFERRED, "starts over", R},
	{ANY_STATE, CP_EVENT_SEND_CONFREQ, CP_STATE_REQ_SENT, NORMAL, "asks for its options", R},

	{CP_STATE_OPENED, CP_EVENT_RECV_CONFREQ, CP_STATE_REQ_SENT, NORMAL, "is asked to negotiate again", R},
	{CP_STATE_UNKNOWN, CP_EVENT_RECV_CONFREQ, CP_STATE_STOPPED, INFERRED, "is asked; whether it asked before was not seen", R},
	{CP_STATE_INITIAL, CP_EVENT_RECV_CONFREQ, CP_STATE_STOPPED, INFERRED, "is asked, so its line is up", R},
	{CP_STATE_STARTING, CP_EVENT_RECV_CONFREQ, CP_STATE_STOPPED, INFERRED, "is asked, so its line is up", R},
	{ANY_STATE, CP_EVENT_RECV_CONFREQ, SAME_STATE, NORMAL, "is asked", R},

	{CP_STATE_ACK_RCVD, CP_EVENT_SEND_CONFACK, CP_STATE_OPENED, NORMAL, "agrees: acknowledged both ways", R},
	{CP_STATE_REQ_SENT, CP_EVENT_SEND_CONFACK, CP_STATE_ACK_SENT, NORMAL, "agrees to what the peer asks", R},
	{CP_STATE_STOPPED, CP_EVENT_SEND_CONFACK, CP_STATE_ACK_SENT, NORMAL, "agrees to what the peer asks", R},
	{CP_STATE_ACK_SENT, CP_EVENT_SEND_CONFACK, SAME_STATE, NORMAL, "agrees (again)", R},
	{CP_STATE_UNKNOWN, CP_EVENT_SEND_CONFACK, CP_STATE_ACK_SENT, INFERRED, "agrees; whether it asked itself was not seen", R},
	{CP_STATE_INITIAL, CP_EVENT_SEND_CONFACK, CP_STATE_ACK_SENT, INFERRED, "agrees; the request was not seen", R},
	{CP_STATE_STARTING, CP_EVENT_SEND_CONFACK, CP_STATE_ACK_SENT, INFERRED, "agrees; the request was not seen", R},
	{CP_STATE_CLOSED, CP_EVENT_SEND_CONFACK, CP_STATE_ACK_SENT, INFERRED, "agrees, so it was open for negotiation", R},
	{ANY_STATE, CP_EVENT_SEND_CONFACK, SAME_STATE, INFERRED, "agrees to a request that was not seen", R},

	{CP_STATE_ACK_SENT, CP_EVENT_SEND_CONFNAK, CP_STATE_REQ_SENT, NORMAL, "refuses what the peer asks now", R},
	{CP_STATE_STOPPED, CP_EVENT_SEND_CONFNAK, CP_STATE_REQ_SENT, NORMAL, "refuses some of what the peer asks", R},
	{CP_STATE_UNKNOWN, CP_EVENT_SEND_CONFNAK, CP_STATE_REQ_SENT, INFERRED, "refuses some of what the peer asks", R},
	{CP_STATE_INITIAL, CP_EVENT_SEND_CONFNAK, CP_STATE_REQ_SENT, INFERRED, "refuses some of what the peer asks", R},
	{CP_STATE_STARTING, CP_EVENT_SEND_CONFNAK, CP_STATE_REQ_SENT, INFERRED, "refuses some of what the peer asks", R},
	{CP_STATE_CLOSED, CP_EVENT_SEND_CONFNAK, CP_STATE_REQ_SENT, INFERRED, "refuses some of what the peer asks", R},
	{ANY_STATE, CP_EVENT_SEND_CONFNAK, SAME_STATE, NORMAL, "refuses some of what the peer asks", R},

	{CP_STATE_REQ_SENT, CP_EVENT_RECV_CONFACK, CP_STATE_ACK_RCVD, NORMAL, "has its options accepted", R},
	{CP_STATE_ACK_SENT, CP_EVENT_RECV_CONFACK, CP_STATE_OPENED, NORMAL, "has its options accepted: acknowledged both ways", R},
	{CP_STATE_ACK_RCVD, CP_EVENT_RECV_CONFACK, CP_STATE_REQ_SENT, NORMAL, "gets a second Configure-Ack: crossed, starts over", R},
	{CP_STATE_OPENED, CP_EVENT_RECV_CONFACK, CP_STATE_REQ_SENT, NORMAL, "gets a second Configure-Ack: crossed, starts over", R},
	{CP_STATE_UNKNOWN, CP_EVENT_RECV_CONFACK, CP_STATE_ACK_RCVD, INFERRED, "has its options accepted; its request was not seen", R},
	{CP_STATE_INITIAL, CP_EVENT_RECV_CONFACK, CP_STATE_ACK_RCVD, INFERRED, "has its options accepted; its request was not seen", R},
	{CP_STATE_STARTING, CP_EVENT_RECV_CONFACK, CP_STATE_ACK_RCVD, INFERRED, "has its options accepted; its request was not seen", R},
	{ANY_STATE, CP_EVENT_RECV_CONFACK, SAME_STATE, NORMAL, "no longer cares for the Configure-Ack", R},

	{CP_STATE_ACK_RCVD, CP_EVENT_RECV_CONFNAK, CP_STATE_REQ_SENT, NORMAL, "is refused after all: crossed, starts over", R},
	{CP_STATE_OPENED, CP_EVENT_RECV_CONFNAK, CP_STATE_REQ_SENT, NORMAL, "is refused after all: crossed, starts over", R},
	{CP_STATE_UNKNOWN, CP_EVENT_RECV_CONFNAK, CP_STATE_REQ_SENT, INFERRED, "is refused some of its options", R},
	{CP_STATE_INITIAL, CP_EVENT_RECV_CONFNAK, CP_STATE_REQ_SENT, INFERRED, "is refused some of its options", R},
	{CP_STATE_STARTING, CP_EVENT_RECV_CONFNAK, CP_STATE_REQ_SENT, INFERRED, "is refused some of its options", R},
	{ANY_STATE, CP_EVENT_RECV_CONFNAK, SAME_STATE, NORMAL, "is refused some of its options", R},

	{CP_STATE_CLOSING, CP_EVENT_SEND_TERMREQ, SAME_STATE, NORMAL, "closes (again)", R},
	{CP_STATE_STOPPING, CP_EVENT_SEND_TERMREQ, SAME_STATE, NORMAL, "closes (again)", R},
	{CP_STATE_UNKNOWN, CP_EVENT_SEND_TERMREQ, CP_STATE_CLOSING, INFERRED, "closes", R},
	{ANY_STATE, CP_EVENT_SEND_TERMREQ, CP_STATE_CLOSING, NORMAL, "closes", R},

	{CP_STATE_OPENED, CP_EVENT_RECV_TERMREQ, CP_STATE_STOPPING, NORMAL, "is asked to close", R},
	{CP_STATE_ACK_RCVD, CP_EVENT_RECV_TERMREQ, CP_STATE_REQ_SENT, NORMAL, "is told the peer has closed", R},
	{CP_STATE_ACK_SENT, CP_EVENT_RECV_TERMREQ, CP_STATE_REQ_SENT, NORMAL, "is told the peer has closed", R},
	{CP_STATE_UNKNOWN, CP_EVENT_RECV_TERMREQ, CP_STATE_STOPPING, INFERRED, "is asked to close", R},
	{ANY_STATE, CP_EVENT_RECV_TERMREQ, SAME_STATE, NORMAL, "is asked to close", R},

	{ANY_STATE, CP_EVENT_SEND_TERMACK, SAME_STATE, NORMAL, "confirms, or says it is closed", R},

	{CP_STATE_CLOSING, CP_EVENT_RECV_TERMACK, CP_STATE_CLOSED, NORMAL, "has its close confirmed", R},
	{CP_STATE_STOPPING, CP_EVENT_RECV_TERMACK, CP_STATE_STOPPED, NORMAL, "has its close confirmed", R},
	{CP_STATE_ACK_RCVD, CP_EVENT_RECV_TERMACK, CP_STATE_REQ_SENT, NORMAL, "learns that the peer is closed", R},
	{CP_STATE_OPENED, CP_EVENT_RECV_TERMACK, CP_STATE_REQ_SENT, NORMAL, "learns that the peer is closed and starts over", R},
	{CP_STATE_UNKNOWN, CP_EVENT_RECV_TERMACK, CP_STATE_CLOSED, INFERRED, "has its close confirmed", R},
	{ANY_STATE, CP_EVENT_RECV_TERMACK, SAME_STATE, NORMAL, "learns that the peer is closed", R},

	{ANY_STATE, CP_EVENT_SEND_REJECT, SAME_STATE, NORMAL, "does not know the protocol or the code", R},

	{CP_STATE_ACK_RCVD, CP_EVENT_RECV_CODEREJ, CP_STATE_REQ_SENT, NORMAL, "sent a code that the peer does not know", R},
	{ANY_STATE, CP_EVENT_RECV_CODEREJ, SAME_STATE, NORMAL, "sent a code that the peer does not know", R},

	{CP_STATE_OPENED, CP_EVENT_RECV_PROTREJ, CP_STATE_STOPPING, NORMAL, "has its protocol rejected while open", R},
	{CP_STATE_CLOSING, CP_EVENT_RECV_PROTREJ, CP_STATE_CLOSED, NORMAL, "has its protocol rejected", R},
	{CP_STATE_STOPPING, CP_EVENT_RECV_PROTREJ, CP_STATE_STOPPED, NORMAL, "has its protocol rejected", R},
	{CP_STATE_REQ_SENT, CP_EVENT_RECV_PROTREJ, CP_STATE_STOPPED, NORMAL, "has its protocol rejected", R},
	{CP_STATE_ACK_RCVD, CP_EVENT_RECV_PROTREJ, CP_STATE_STOPPED, NORMAL, "has its protocol rejected", R},
	{CP_STATE_ACK_SENT, CP_EVENT_RECV_PROTREJ, CP_STATE_STOPPED, NORMAL, "has its protocol rejected", R},
	{CP_STATE_UNKNOWN, CP_EVENT_RECV_PROTREJ, CP_STATE_STOPPED, INFERRED, "has its protocol rejected", R},
	{ANY_STATE, CP_EVENT_RECV_PROTREJ, SAME_STATE, NORMAL, "has its protocol rejected", R},

	{ANY_STATE, CP_EVENT_RECV_UNKNOWN, SAME_STATE, NORMAL, "gets a code it may not know", R},

	{CP_STATE_UNKNOWN, CP_EVENT_SEND_ECHO, CP_STATE_OPENED, INFERRED, "was open before the recording began", R},
	{ANY_STATE, CP_EVENT_SEND_ECHO, SAME_STATE, NORMAL, "checks the link", "RFC 1661 5.8"},
	{CP_STATE_UNKNOWN, CP_EVENT_RECV_ECHO, CP_STATE_OPENED, INFERRED, "was open before the recording began", R},
	{ANY_STATE, CP_EVENT_RECV_ECHO, SAME_STATE, NORMAL, "has the link checked", "RFC 1661 5.8"},
};
/* clang-format on */

#define BODY                                                                                       \
	.ref = R, .states = states, .n_states = CP_STATES, .events = events,                       \
	.n_events = CP_EVENTS, .rows = rows, .n_rows = sizeof(rows) / sizeof(rows[0]),             \
	.first = CP_STATE_INITIAL, .last = CP_STATE_INITIAL

const struct machine machine_cp = {
	.name = "ncp",
	.title = "A network control protocol, either end",
	BODY,
};

const struct machine machine_lcp = {
	.name = "lcp",
	.title = "The link control protocol, either end",
	BODY,
};
