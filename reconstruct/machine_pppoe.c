/* PPPoE discovery, either end: the host asks, the access concentrator grants. RFC 2516 5. */
#include "machine.h"

static const char *const states[] = {
	[PPPOE_UNKNOWN] = "unknown",         [PPPOE_IDLE] = "idle",
	[PPPOE_DISCOVERING] = "discovering", [PPPOE_OFFERED] = "offered",
	[PPPOE_REQUESTED] = "requested",     [PPPOE_SESSION] = "session",
};

static const char *const events[] = {
	[PPPOE_SEND_PADI] = "send PADI",       [PPPOE_RECV_PADI] = "recv PADI",
	[PPPOE_SEND_PADO] = "send PADO",       [PPPOE_RECV_PADO] = "recv PADO",
	[PPPOE_SEND_PADR] = "send PADR",       [PPPOE_RECV_PADR] = "recv PADR",
	[PPPOE_SEND_PADS] = "send PADS",       [PPPOE_RECV_PADS] = "recv PADS",
	[PPPOE_SEND_ERROR] = "send error tag", [PPPOE_RECV_ERROR] = "recv error tag",
	[PPPOE_SEND_PADT] = "send PADT",       [PPPOE_RECV_PADT] = "recv PADT",
};

/* clang-format off */
static const struct transition rows[] = {
	{PPPOE_DISCOVERING, PPPOE_SEND_PADI, SAME_STATE, NORMAL, "asks again: nobody has offered a session", "RFC 2516 8"},
	{PPPOE_DISCOVERING, PPPOE_RECV_PADI, SAME_STATE, NORMAL, "is asked again", "RFC 2516 8"},
	{ANY_STATE, PPPOE_SEND_PADI, PPPOE_DISCOVERING, NORMAL, "looks for an access concentrator", "RFC 2516 5.1"},
	{ANY_STATE, PPPOE_RECV_PADI, PPPOE_DISCOVERING, NORMAL, "is asked for a session", "RFC 2516 5.1"},

	{PPPOE_DISCOVERING, PPPOE_SEND_PADO, PPPOE_OFFERED, NORMAL, "offers its services", "RFC 2516 5.2"},
	{PPPOE_DISCOVERING, PPPOE_RECV_PADO, PPPOE_OFFERED, NORMAL, "is offered a session", "RFC 2516 5.2"},
	{PPPOE_OFFERED, PPPOE_SEND_PADO, SAME_STATE, NORMAL, "offers again", "RFC 2516 5.2"},
	{PPPOE_OFFERED, PPPOE_RECV_PADO, SAME_STATE, NORMAL, "gets another offer", "RFC 2516 5.2"},
	{PPPOE_REQUESTED, PPPOE_SEND_PADO, SAME_STATE, NORMAL, "offers, but the host has chosen already", "RFC 2516 5.2"},
	{PPPOE_REQUESTED, PPPOE_RECV_PADO, SAME_STATE, NORMAL, "gets another offer after its choice", "RFC 2516 5.2"},
	{PPPOE_SESSION, PPPOE_SEND_PADO, SAME_STATE, NORMAL, "offers, but the host has its session already", "RFC 2516 5.2"},
	{PPPOE_SESSION, PPPOE_RECV_PADO, SAME_STATE, NORMAL, "gets another offer after its choice", "RFC 2516 5.2"},
	{ANY_STATE, PPPOE_SEND_PADO, PPPOE_OFFERED, INFERRED, "offers its services; the PADI was not seen", "RFC 2516 5.2"},
	{ANY_STATE, PPPOE_RECV_PADO, PPPOE_OFFERED, INFERRED, "is offered a session; its PADI was not seen", "RFC 2516 5.2"},

	{PPPOE_OFFERED, PPPOE_SEND_PADR, PPPOE_REQUESTED, NORMAL, "chooses this concentrator and asks for a session", "RFC 2516 5.3"},
	{PPPOE_OFFERED, PPPOE_RECV_PADR, PPPOE_REQUESTED, NORMAL, "is asked for a session", "RFC 2516 5.3"},
	{PPPOE_REQUESTED, PPPOE_SEND_PADR, SAME_STATE, NORMAL, "asks again: no PADS came", "RFC 2516 8"},
	{PPPOE_REQUESTED, PPPOE_RECV_PADR, SAME_STATE, NORMAL, "is asked again", "RFC 2516 8"},
	{ANY_STATE, PPPOE_SEND_PADR, PPPOE_REQUESTED, INFERRED, "asks for a session; the offer was not seen", "RFC 2516 5.3"},
	{ANY_STATE, PPPOE_RECV_PADR, PPPOE_REQUESTED, INFERRED, "is asked for a session; its offer was not seen", "RFC 2516 5.3"},

	{PPPOE_REQUESTED, PPPOE_SEND_PADS, PPPOE_SESSION, NORMAL, "grants the session", "RFC 2516 5.4"},
	{PPPOE_REQUESTED, PPPOE_RECV_PADS, PPPOE_SESSION, NORMAL, "has its session", "RFC 2516 5.4"},
	{PPPOE_SESSION, PPPOE_SEND_PADS, SAME_STATE, NORMAL, "grants it again", "RFC 2516 5.4"},
	{PPPOE_SESSION, PPPOE_RECV_PADS, SAME_STATE, NORMAL, "is granted it again", "RFC 2516 5.4"},
	{ANY_STATE, PPPOE_SEND_PADS, PPPOE_SESSION, INFERRED, "grants a session whose request was not seen", "RFC 2516 5.4"},
	{ANY_STATE, PPPOE_RECV_PADS, PPPOE_SESSION, INFERRED, "has a session; its request was not seen", "RFC 2516 5.4"},

	{ANY_STATE, PPPOE_SEND_ERROR, PPPOE_IDLE, NORMAL, "refuses", "RFC 2516 App A"},
	{ANY_STATE, PPPOE_RECV_ERROR, PPPOE_IDLE, NORMAL, "is refused", "RFC 2516 App A"},
	{ANY_STATE, PPPOE_SEND_PADT, PPPOE_IDLE, NORMAL, "ends the session", "RFC 2516 5.5"},
	{ANY_STATE, PPPOE_RECV_PADT, PPPOE_IDLE, NORMAL, "has its session ended", "RFC 2516 5.5"},
};
/* clang-format on */

const struct machine machine_pppoe = {
	.name = "pppoe",
	.title = "PPPoE discovery, host or access concentrator",
	.ref = "RFC 2516 5",
	.states = states,
	.n_states = PPPOE_STATES,
	.events = events,
	.n_events = PPPOE_EVENTS,
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.first = PPPOE_IDLE,
	.last = PPPOE_IDLE,
};
