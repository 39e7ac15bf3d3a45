/* The phases of a PPP link, RFC 1661 3.2. */
#include "machine.h"

static const char *const states[] = {
	[LINK_UNKNOWN] = "unknown",     [LINK_DEAD] = "dead",
	[LINK_ESTABLISH] = "establish", [LINK_AUTHENTICATE] = "authenticate",
	[LINK_NETWORK] = "network",     [LINK_TERMINATE] = "terminate",
};

static const char *const events[] = {
	[LINK_UP] = "link up",
	[LINK_AUTH_BEGINS] = "authentication begins",
	[LINK_AUTH_FAILS] = "authentication fails",
	[LINK_NETWORK_BEGINS] = "network begins",
	[LINK_RENEGOTIATES] = "LCP starts over",
	[LINK_CLOSES] = "LCP closes",
	[LINK_DOWN] = "link down",
};

#define R "RFC 1661 3.2"

/* clang-format off */
static const struct transition rows[] = {
	{LINK_UNKNOWN, LINK_UP, LINK_ESTABLISH, INFERRED, "negotiates the link", "RFC 1661 3.4"},
	{LINK_DEAD, LINK_UP, LINK_ESTABLISH, NORMAL, "has its line up and negotiates the link", "RFC 1661 3.4"},
	{LINK_TERMINATE, LINK_UP, LINK_ESTABLISH, NORMAL, "negotiates the link anew", "RFC 1661 3.4"},
	{ANY_STATE, LINK_UP, SAME_STATE, NORMAL, "had its line up", R},

	{LINK_ESTABLISH, LINK_AUTH_BEGINS, LINK_AUTHENTICATE, NORMAL, "starts to authenticate", "RFC 1661 3.5"},
	{LINK_NETWORK, LINK_AUTH_BEGINS, SAME_STATE, NORMAL, "authenticates again while it runs", "RFC 1994 2.1"},
	{LINK_UNKNOWN, LINK_AUTH_BEGINS, LINK_AUTHENTICATE, INFERRED, "authenticates", "RFC 1661 3.5"},
	{LINK_DEAD, LINK_AUTH_BEGINS, LINK_AUTHENTICATE, INFERRED, "authenticates on a link it did not negotiate here", "RFC 1661 3.5"},
	{ANY_STATE, LINK_AUTH_BEGINS, SAME_STATE, NORMAL, "authenticates", "RFC 1661 3.5"},

	{ANY_STATE, LINK_AUTH_FAILS, LINK_TERMINATE, NORMAL, "must end the link: authentication failed", "RFC 1661 3.5"},

	{LINK_ESTABLISH, LINK_NETWORK_BEGINS, LINK_NETWORK, NORMAL, "goes on without authentication", "RFC 1661 3.6"},
	{LINK_AUTHENTICATE, LINK_NETWORK_BEGINS, LINK_NETWORK, NORMAL, "opens the network phase", "RFC 1661 3.6"},
	{LINK_UNKNOWN, LINK_NETWORK_BEGINS, LINK_NETWORK, INFERRED, "is in the network phase", "RFC 1661 3.6"},
	{LINK_DEAD, LINK_NETWORK_BEGINS, LINK_NETWORK, INFERRED, "is in the network phase of a link it did not negotiate here", "RFC 1661 3.6"},
	{ANY_STATE, LINK_NETWORK_BEGINS, SAME_STATE, NORMAL, "is in the network phase", "RFC 1661 3.6"},

	{ANY_STATE, LINK_RENEGOTIATES, LINK_ESTABLISH, NORMAL, "negotiates the link anew", "RFC 1661 3.4"},
	{ANY_STATE, LINK_CLOSES, LINK_TERMINATE, NORMAL, "ends the link", "RFC 1661 3.7"},
	{ANY_STATE, LINK_DOWN, LINK_DEAD, NORMAL, "has no line any more", "RFC 1661 3.3"},
};
/* clang-format on */

const struct machine machine_link = {
	.name = "link",
	.title = "Phases of a PPP link, either end",
	.ref = R,
	.states = states,
	.n_states = LINK_STATES,
	.events = events,
	.n_events = LINK_EVENTS,
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.first = LINK_DEAD,
	.last = LINK_DEAD,
};
