/* PPTP, either end: the control connection and a call on it. RFC 2637 3. */
#include "machine.h"

static const char *const states[] = {
	[PPTP_UNKNOWN] = "unknown",           [PPTP_IDLE] = "idle",
	[PPTP_CONNECTING] = "connecting",     [PPTP_REQUESTED] = "request-received",
	[PPTP_WAIT_REPLY] = "wait-ctl-reply", [PPTP_ESTABLISHED] = "established",
	[PPTP_WAIT_STOP] = "wait-stop-reply",
};

static const char *const events[] = {
	[PPTP_SEND_SYN] = "send TCP SYN",        [PPTP_RECV_SYN] = "recv TCP SYN",
	[PPTP_SEND_REQUEST] = "send SCCRQ",      [PPTP_RECV_REQUEST] = "recv SCCRQ",
	[PPTP_SEND_REPLY] = "send SCCRP",        [PPTP_RECV_REPLY] = "recv SCCRP",
	[PPTP_SEND_REFUSAL] = "send SCCRP (no)", [PPTP_RECV_REFUSAL] = "recv SCCRP (no)",
	[PPTP_SEND_STOP] = "send StopCCRQ",      [PPTP_RECV_STOP] = "recv StopCCRQ",
	[PPTP_SEND_STOPPED] = "send StopCCRP",   [PPTP_RECV_STOPPED] = "recv StopCCRP",
	[PPTP_SEND_OTHER] = "send other",        [PPTP_RECV_OTHER] = "recv other",
	[PPTP_SEND_CLOSE] = "send TCP FIN/RST",  [PPTP_RECV_CLOSE] = "recv TCP FIN/RST",
};

/* clang-format off */
static const struct transition rows[] = {
	{PPTP_CONNECTING, PPTP_SEND_SYN, SAME_STATE, NORMAL, "asks for the TCP connection again", "RFC 9293 3.8.1"},
	{PPTP_CONNECTING, PPTP_RECV_SYN, SAME_STATE, NORMAL, "is asked for the TCP connection again", "RFC 9293 3.8.1"},
	{ANY_STATE, PPTP_SEND_SYN, PPTP_CONNECTING, NORMAL, "opens the TCP connection", "RFC 2637 3.1"},
	{ANY_STATE, PPTP_RECV_SYN, PPTP_CONNECTING, NORMAL, "is asked for a TCP connection", "RFC 2637 3.1"},

	{PPTP_ESTABLISHED, PPTP_SEND_REQUEST, SAME_STATE, ODD, "asks for a control connection that it has already", "RFC 2637 3.1"},
	{PPTP_ESTABLISHED, PPTP_RECV_REQUEST, SAME_STATE, ODD, "is asked for a control connection that is up already", "RFC 2637 3.1"},
	{PPTP_CONNECTING, PPTP_SEND_REQUEST, PPTP_WAIT_REPLY, NORMAL, "asks for a control connection", "RFC 2637 3.1.1"},
	{PPTP_CONNECTING, PPTP_RECV_REQUEST, PPTP_REQUESTED, NORMAL, "is asked for a control connection", "RFC 2637 3.1.2"},
	{ANY_STATE, PPTP_SEND_REQUEST, PPTP_WAIT_REPLY, INFERRED, "asks for a control connection; its TCP handshake was not seen", "RFC 2637 3.1.1"},
	{ANY_STATE, PPTP_RECV_REQUEST, PPTP_REQUESTED, INFERRED, "is asked for a control connection; its TCP handshake was not seen", "RFC 2637 3.1.2"},

	{PPTP_REQUESTED, PPTP_SEND_REPLY, PPTP_ESTABLISHED, NORMAL, "accepts the control connection", "RFC 2637 3.1.2"},
	{PPTP_WAIT_REPLY, PPTP_RECV_REPLY, PPTP_ESTABLISHED, NORMAL, "is accepted", "RFC 2637 3.1.1"},
	{PPTP_ESTABLISHED, PPTP_SEND_REPLY, SAME_STATE, ODD, "accepts once more", "RFC 2637 3.1.2"},
	{PPTP_ESTABLISHED, PPTP_RECV_REPLY, SAME_STATE, ODD, "is accepted once more", "RFC 2637 3.1.1"},
	{ANY_STATE, PPTP_SEND_REPLY, PPTP_ESTABLISHED, INFERRED, "accepts a control connection whose request was not seen", "RFC 2637 3.1.2"},
	{ANY_STATE, PPTP_RECV_REPLY, PPTP_ESTABLISHED, INFERRED, "is accepted; its request was not seen", "RFC 2637 3.1.1"},
	{ANY_STATE, PPTP_SEND_REFUSAL, PPTP_IDLE, NORMAL, "refuses the control connection", "RFC 2637 3.1.2"},
	{ANY_STATE, PPTP_RECV_REFUSAL, PPTP_IDLE, NORMAL, "is refused", "RFC 2637 3.1.1"},

	{ANY_STATE, PPTP_SEND_STOP, PPTP_WAIT_STOP, NORMAL, "wants to close the control connection", "RFC 2637 3.1.1"},
	{ANY_STATE, PPTP_RECV_STOP, PPTP_IDLE, NORMAL, "is told to close the control connection", "RFC 2637 3.1.1"},
	{ANY_STATE, PPTP_SEND_STOPPED, PPTP_IDLE, NORMAL, "agrees to close", "RFC 2637 3.1.1"},
	{ANY_STATE, PPTP_RECV_STOPPED, PPTP_IDLE, NORMAL, "has closed the control connection", "RFC 2637 3.1.1"},
	{ANY_STATE, PPTP_SEND_CLOSE, PPTP_IDLE, NORMAL, "closes the TCP connection", "RFC 2637 3.1"},
	{ANY_STATE, PPTP_RECV_CLOSE, PPTP_IDLE, NORMAL, "has the TCP connection closed", "RFC 2637 3.1"},

	{PPTP_ESTABLISHED, PPTP_SEND_OTHER, SAME_STATE, NORMAL, "sends on", "RFC 2637 3.1"},
	{PPTP_ESTABLISHED, PPTP_RECV_OTHER, SAME_STATE, NORMAL, "receives on", "RFC 2637 3.1"},
	{PPTP_WAIT_STOP, PPTP_SEND_OTHER, SAME_STATE, NORMAL, "sends what was under way", "RFC 2637 3.1.1"},
	{PPTP_WAIT_STOP, PPTP_RECV_OTHER, SAME_STATE, NORMAL, "gets what was under way", "RFC 2637 3.1.1"},
	{PPTP_IDLE, PPTP_SEND_OTHER, SAME_STATE, ODD, "sends on a control connection that is closed", "RFC 2637 3.1"},
	{PPTP_IDLE, PPTP_RECV_OTHER, SAME_STATE, ODD, "gets a message on a control connection that is closed", "RFC 2637 3.1"},
	{ANY_STATE, PPTP_SEND_OTHER, PPTP_ESTABLISHED, INFERRED, "had the control connection up before the recording began", "RFC 2637 3.1"},
	{ANY_STATE, PPTP_RECV_OTHER, PPTP_ESTABLISHED, INFERRED, "had the control connection up before the recording began", "RFC 2637 3.1"},
};
/* clang-format on */

const struct machine machine_pptp = {
	.name = "pptp",
	.title = "PPTP control connection, either end",
	.ref = "RFC 2637 3.1",
	.states = states,
	.n_states = PPTP_STATES,
	.events = events,
	.n_events = PPTP_EVENTS,
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.first = PPTP_IDLE,
	.last = PPTP_IDLE,
};

static const char *const call_states[] = {
	[PPTP_CALL_UNKNOWN] = "unknown",
	[PPTP_CALL_IDLE] = "idle",
	[PPTP_CALL_REQUESTED] = "request-received",
	[PPTP_CALL_WAIT_REPLY] = "wait-reply",
	[PPTP_CALL_WAIT_CONNECT] = "wait-connect",
	[PPTP_CALL_REPLIED] = "reply-received",
	[PPTP_CALL_ESTABLISHED] = "established",
	[PPTP_CALL_WAIT_DISCONNECT] = "wait-disconnect",
};

static const char *const call_events[] = {
	[PPTP_SEND_CALL] = "send OCRQ/ICRQ",
	[PPTP_RECV_CALL] = "recv OCRQ/ICRQ",
	[PPTP_SEND_OCRP] = "send OCRP",
	[PPTP_RECV_OCRP] = "recv OCRP",
	[PPTP_SEND_ICRP] = "send ICRP",
	[PPTP_RECV_ICRP] = "recv ICRP",
	[PPTP_SEND_ICCN] = "send ICCN",
	[PPTP_RECV_ICCN] = "recv ICCN",
	[PPTP_SEND_NO] = "send OCRP/ICRP (no)",
	[PPTP_RECV_NO] = "recv OCRP/ICRP (no)",
	[PPTP_SEND_CLEAR] = "send CCRQ",
	[PPTP_RECV_CLEAR] = "recv CCRQ",
	[PPTP_SEND_CDN] = "send CDN",
	[PPTP_RECV_CDN] = "recv CDN",
	[PPTP_SEND_INFO] = "send SLI/WEN",
	[PPTP_RECV_INFO] = "recv SLI/WEN",
	[PPTP_CONTROL_CLOSES] = "control connection closes",
};

/* clang-format off */
static const struct transition call_rows[] = {
	{ANY_STATE, PPTP_SEND_CALL, PPTP_CALL_WAIT_REPLY, NORMAL, "asks for a call", "RFC 2637 3.2.4.2"},
	{ANY_STATE, PPTP_RECV_CALL, PPTP_CALL_REQUESTED, NORMAL, "is asked for a call", "RFC 2637 3.2.4.1"},

	{PPTP_CALL_REQUESTED, PPTP_SEND_OCRP, PPTP_CALL_ESTABLISHED, NORMAL, "connects the call", "RFC 2637 3.2.4.1"},
	{PPTP_CALL_WAIT_REPLY, PPTP_RECV_OCRP, PPTP_CALL_ESTABLISHED, NORMAL, "is connected", "RFC 2637 3.2.4.2"},
	{ANY_STATE, PPTP_SEND_OCRP, PPTP_CALL_ESTABLISHED, INFERRED, "connects a call whose request was not seen", "RFC 2637 3.2.4.1"},
	{ANY_STATE, PPTP_RECV_OCRP, PPTP_CALL_ESTABLISHED, INFERRED, "is connected; its request was not seen", "RFC 2637 3.2.4.2"},
	{PPTP_CALL_REQUESTED, PPTP_SEND_ICRP, PPTP_CALL_WAIT_CONNECT, NORMAL, "accepts the call", "RFC 2637 3.2.3.2"},
	{PPTP_CALL_WAIT_REPLY, PPTP_RECV_ICRP, PPTP_CALL_REPLIED, NORMAL, "is answered and takes the line up", "RFC 2637 3.2.3.1"},
	{ANY_STATE, PPTP_SEND_ICRP, PPTP_CALL_WAIT_CONNECT, INFERRED, "accepts a call whose request was not seen", "RFC 2637 3.2.3.2"},
	{ANY_STATE, PPTP_RECV_ICRP, PPTP_CALL_REPLIED, INFERRED, "is answered; its request was not seen", "RFC 2637 3.2.3.1"},
	{PPTP_CALL_REPLIED, PPTP_SEND_ICCN, PPTP_CALL_ESTABLISHED, NORMAL, "completes the call", "RFC 2637 3.2.3.1"},
	{PPTP_CALL_WAIT_CONNECT, PPTP_RECV_ICCN, PPTP_CALL_ESTABLISHED, NORMAL, "has the call completed", "RFC 2637 3.2.3.2"},
	{ANY_STATE, PPTP_SEND_ICCN, PPTP_CALL_ESTABLISHED, INFERRED, "completes a call whose beginning was not seen", "RFC 2637 3.2.3.1"},
	{ANY_STATE, PPTP_RECV_ICCN, PPTP_CALL_ESTABLISHED, INFERRED, "has a call completed whose beginning was not seen", "RFC 2637 3.2.3.2"},
	{ANY_STATE, PPTP_SEND_NO, PPTP_CALL_IDLE, NORMAL, "refuses the call", "RFC 2637 2.8"},
	{ANY_STATE, PPTP_RECV_NO, PPTP_CALL_IDLE, NORMAL, "is refused", "RFC 2637 2.8"},

	{PPTP_CALL_IDLE, PPTP_SEND_CLEAR, SAME_STATE, NORMAL, "clears a call that is gone", "RFC 2637 3.2.4.2"},
	{PPTP_CALL_IDLE, PPTP_RECV_CLEAR, SAME_STATE, NORMAL, "is told to clear a call that is gone", "RFC 2637 3.2.4.1"},
	{ANY_STATE, PPTP_SEND_CLEAR, PPTP_CALL_WAIT_DISCONNECT, NORMAL, "clears the call", "RFC 2637 3.2.4.2"},
	{PPTP_CALL_WAIT_DISCONNECT, PPTP_RECV_CLEAR, SAME_STATE, NORMAL, "is told to clear a call that it is clearing", "RFC 2637 3.2.4.1"},
	{ANY_STATE, PPTP_RECV_CLEAR, PPTP_CALL_WAIT_DISCONNECT, NORMAL, "is told to clear the call", "RFC 2637 3.2.4.1"},
	{ANY_STATE, PPTP_SEND_CDN, PPTP_CALL_IDLE, NORMAL, "says that the call is disconnected", "RFC 2637 3.2.4.1"},
	{ANY_STATE, PPTP_RECV_CDN, PPTP_CALL_IDLE, NORMAL, "is told that the call is disconnected", "RFC 2637 3.2.4.2"},
	{ANY_STATE, PPTP_CONTROL_CLOSES, PPTP_CALL_IDLE, NORMAL, "loses the call with its control connection", "RFC 2637 3.1"},

	{PPTP_CALL_UNKNOWN, PPTP_SEND_INFO, PPTP_CALL_ESTABLISHED, INFERRED, "had the call up before the recording began", "RFC 2637 3.2"},
	{PPTP_CALL_UNKNOWN, PPTP_RECV_INFO, PPTP_CALL_ESTABLISHED, INFERRED, "had the call up before the recording began", "RFC 2637 3.2"},
	{ANY_STATE, PPTP_SEND_INFO, SAME_STATE, NORMAL, "tells about the link", "RFC 2637 2.15"},
	{ANY_STATE, PPTP_RECV_INFO, SAME_STATE, NORMAL, "is told about the link", "RFC 2637 2.15"},
};
/* clang-format on */

const struct machine machine_pptp_call = {
	.name = "pptp-call",
	.title = "PPTP call, either end",
	.ref = "RFC 2637 3.2",
	.states = call_states,
	.n_states = PPTP_CALL_STATES,
	.events = call_events,
	.n_events = PPTP_CALL_EVENTS,
	.rows = call_rows,
	.n_rows = sizeof(call_rows) / sizeof(call_rows[0]),
	.first = PPTP_CALL_IDLE,
	.last = PPTP_CALL_IDLE,
};
