/* One end of a control connection of L2TPv3, RFC 3931 7.2.
 *
 * What machine_tunnel.c says of L2TPv2 holds here too: who retransmits (channel.c) and who
 * meets an SCCRQ (registry.c) is the same in both. */
#include "machine.h"

static const char *const states[TUNNEL_STATES] = {
	[TUNNEL_UNKNOWN] = "unknown",
	[TUNNEL_IDLE] = "idle",
	[TUNNEL_REQUEST_RECEIVED] = "request-received",
	[TUNNEL_WAIT_CTL_REPLY] = "wait-ctl-reply",
	[TUNNEL_REPLY_RECEIVED] = "reply-received",
	[TUNNEL_WAIT_CTL_CONN] = "wait-ctl-conn",
	[TUNNEL_ESTABLISHED] = "established",
};

static const char *const events[TUNNEL_EVENTS] = {
	[TUNNEL_SEND_SCCRQ] = "send SCCRQ",
	[TUNNEL_RECV_SCCRQ] = "recv SCCRQ",
	[TUNNEL_SEND_SCCRP] = "send SCCRP",
	[TUNNEL_RECV_SCCRP] = "recv SCCRP",
	[TUNNEL_SEND_SCCCN] = "send SCCCN",
	[TUNNEL_RECV_SCCCN] = "recv SCCCN",
	[TUNNEL_SEND_STOPCCN] = "send StopCCN",
	[TUNNEL_RECV_STOPCCN] = "recv StopCCN",
	[TUNNEL_SEND_OTHER] = "send HELLO or call",
	[TUNNEL_RECV_OTHER] = "recv HELLO or call",
	[TUNNEL_TRAFFIC] = "traffic",
	[TUNNEL_LOSE_TIE] = "lose tie breaker",
	[TUNNEL_GIVE_UP] = "give up",
};

#define R "RFC 3931 7.2"

/* clang-format off */
static const struct transition rows[] = {
	{TUNNEL_UNKNOWN, TUNNEL_SEND_SCCRQ, TUNNEL_WAIT_CTL_REPLY, NORMAL, "asks to open a control connection", R},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_SCCRQ, TUNNEL_REQUEST_RECEIVED, NORMAL, "is asked to open a control connection", R},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_SCCRP, TUNNEL_WAIT_CTL_CONN, INFERRED, "accepts a control connection whose SCCRQ was not seen", R},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_SCCRP, TUNNEL_REPLY_RECEIVED, INFERRED, "is answered; its SCCRQ was not seen", R},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_SCCCN, TUNNEL_ESTABLISHED, INFERRED, "completes a control connection whose beginning was not seen", R},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_SCCCN, TUNNEL_ESTABLISHED, INFERRED, "has the control connection up; its beginning was not seen", R},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_STOPCCN, TUNNEL_IDLE, INFERRED, "closes a control connection whose life was not seen", R},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_STOPCCN, TUNNEL_IDLE, INFERRED, "has its control connection closed by the peer; its life was not seen", R},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_OTHER, TUNNEL_ESTABLISHED, INFERRED, "had the control connection up before the recording began", R},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_OTHER, TUNNEL_ESTABLISHED, INFERRED, "had the control connection up before the recording began", R},
	{TUNNEL_UNKNOWN, TUNNEL_TRAFFIC, TUNNEL_ESTABLISHED, INFERRED, "had the control connection up before the recording began", R},

	{TUNNEL_IDLE, TUNNEL_SEND_SCCRQ, TUNNEL_WAIT_CTL_REPLY, NORMAL, "asks to open a control connection", R},
	{TUNNEL_IDLE, TUNNEL_RECV_SCCRQ, TUNNEL_REQUEST_RECEIVED, NORMAL, "is asked to open a control connection", R},
	{TUNNEL_IDLE, TUNNEL_RECV_SCCRP, SAME_STATE, ODD, "gets an SCCRP for no request of its own and must refuse it with StopCCN", R},
	{TUNNEL_IDLE, TUNNEL_RECV_SCCCN, SAME_STATE, NORMAL, "refuses an SCCCN: it has no such control connection any more", R},
	{TUNNEL_IDLE, TUNNEL_SEND_SCCRP, TUNNEL_WAIT_CTL_CONN, INFERRED, "accepts a control connection whose SCCRQ was not seen", R},
	{TUNNEL_IDLE, TUNNEL_SEND_SCCCN, SAME_STATE, ODD, "goes on with a control connection that was closed", R},
	{TUNNEL_IDLE, TUNNEL_SEND_STOPCCN, SAME_STATE, NORMAL, "refuses what it cannot place, or closes what is closed", R},
	{TUNNEL_IDLE, TUNNEL_RECV_STOPCCN, SAME_STATE, NORMAL, "had closed already: the StopCCNs crossed", "RFC 3931 3.3.2"},
	{TUNNEL_IDLE, TUNNEL_SEND_OTHER, SAME_STATE, ODD, "goes on in a control connection that was closed", "RFC 3931 3.3.2"},
	{TUNNEL_IDLE, TUNNEL_RECV_OTHER, SAME_STATE, NORMAL, "ignores a message for its closed control connection", "RFC 3931 3.3.2"},

	{TUNNEL_REQUEST_RECEIVED, TUNNEL_SEND_SCCRP, TUNNEL_WAIT_CTL_CONN, NORMAL, "accepts the control connection", R},
	{TUNNEL_REQUEST_RECEIVED, TUNNEL_SEND_STOPCCN, TUNNEL_IDLE, NORMAL, "refuses the control connection", R},
	{TUNNEL_REQUEST_RECEIVED, TUNNEL_RECV_SCCCN, TUNNEL_ESTABLISHED, INFERRED, "has the control connection up; its SCCRP was not seen", R},
	{TUNNEL_REQUEST_RECEIVED, TUNNEL_SEND_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the control connection up; how was not seen", R},
	{TUNNEL_REQUEST_RECEIVED, TUNNEL_RECV_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the control connection up; how was not seen", R},

	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_RECV_SCCRP, TUNNEL_REPLY_RECEIVED, NORMAL, "is answered", R},
	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_SEND_SCCCN, TUNNEL_ESTABLISHED, INFERRED, "accepts an SCCRP that was not seen", R},
	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_SEND_STOPCCN, TUNNEL_IDLE, NORMAL, "gives the attempt up", R},
	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_RECV_SCCRQ, SAME_STATE, NORMAL, "is asked while it asks: the tie breaker decides", "RFC 3931 5.4.3"},
	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_LOSE_TIE, TUNNEL_IDLE, NORMAL, "loses the tie and drops its own request", R},
	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_SEND_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the control connection up; how was not seen", R},
	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_RECV_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the control connection up; how was not seen", R},
	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_RECV_SCCCN, SAME_STATE, ODD, "gets an SCCCN where only an SCCRP fits and must close", R},

	{TUNNEL_REPLY_RECEIVED, TUNNEL_SEND_SCCCN, TUNNEL_ESTABLISHED, NORMAL, "accepts the reply: the control connection is up", R},
	{TUNNEL_REPLY_RECEIVED, TUNNEL_SEND_STOPCCN, TUNNEL_IDLE, NORMAL, "does not accept the reply", R},
	{TUNNEL_REPLY_RECEIVED, TUNNEL_SEND_OTHER, TUNNEL_ESTABLISHED, INFERRED, "accepted the reply; its SCCCN was not seen", R},
	{TUNNEL_REPLY_RECEIVED, TUNNEL_RECV_OTHER, TUNNEL_ESTABLISHED, INFERRED, "accepted the reply; its SCCCN was not seen", R},

	{TUNNEL_WAIT_CTL_CONN, TUNNEL_RECV_SCCCN, TUNNEL_ESTABLISHED, NORMAL, "has the control connection up", R},
	{TUNNEL_WAIT_CTL_CONN, TUNNEL_SEND_STOPCCN, TUNNEL_IDLE, NORMAL, "does not accept the SCCCN, or got none", R},
	{TUNNEL_WAIT_CTL_CONN, TUNNEL_SEND_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the control connection up; the SCCCN was not seen", R},
	{TUNNEL_WAIT_CTL_CONN, TUNNEL_RECV_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the control connection up; the SCCCN was not seen", R},

	{TUNNEL_ESTABLISHED, TUNNEL_SEND_OTHER, SAME_STATE, NORMAL, "uses the control connection", R},
	{TUNNEL_ESTABLISHED, TUNNEL_RECV_OTHER, SAME_STATE, NORMAL, "uses the control connection", R},
	{TUNNEL_ESTABLISHED, TUNNEL_SEND_STOPCCN, TUNNEL_IDLE, NORMAL, "closes the control connection", R},

	{ANY_STATE, TUNNEL_RECV_STOPCCN, TUNNEL_IDLE, NORMAL, "has its control connection closed by the peer", R},
	{ANY_STATE, TUNNEL_RECV_SCCRQ, SAME_STATE, ODD, "gets an SCCRQ inside the control connection and must close it", R},
	{ANY_STATE, TUNNEL_RECV_SCCRP, SAME_STATE, ODD, "gets an SCCRP that does not fit and must close the control connection", R},
	{ANY_STATE, TUNNEL_RECV_SCCCN, SAME_STATE, ODD, "gets an SCCCN that does not fit and must close the control connection", R},
	{ANY_STATE, TUNNEL_SEND_SCCRQ, SAME_STATE, WRONG, "sends an SCCRQ inside the control connection", R},
	{ANY_STATE, TUNNEL_SEND_SCCRP, SAME_STATE, WRONG, "sends an SCCRP where none fits", R},
	{ANY_STATE, TUNNEL_SEND_SCCCN, SAME_STATE, WRONG, "sends an SCCCN where none fits", R},
	{ANY_STATE, TUNNEL_TRAFFIC, SAME_STATE, NORMAL, "carries data", R},
	{ANY_STATE, TUNNEL_LOSE_TIE, SAME_STATE, NORMAL, "has nothing to lose", "RFC 3931 5.4.3"},
	{ANY_STATE, TUNNEL_GIVE_UP, TUNNEL_IDLE, NORMAL, "gives up: nothing answered its repeats", "RFC 3931 4.2"},
};
/* clang-format on */

const struct machine machine_tunnel_v3 = {
	.name = "tunnel-v3",
	.title = "Control connection of L2TPv3, either end",
	.ref = R,
	.states = states,
	.n_states = TUNNEL_STATES,
	.events = events,
	.n_events = TUNNEL_EVENTS,
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.first = TUNNEL_IDLE,
	.last = TUNNEL_IDLE,
};
