/* L2F: the tunnel and its clients, at the NAS and at the Home Gateway (RFC 2341 4.5.3, 4.5.4).
 *
 * States and events have the numbers of what they became in L2TP (machine.h), so that the replay
 * asks both alike. `…-received` is the observer's own, as there. An event that does not fit is
 * discarded without a word (4.5), so it is no breach. Time-outs 1 to 3 are repeats, which
 * are counted and go no further. */
#include "machine.h"

/* clang-format off */
static const char *const states_nas_tunnel[TUNNEL_STATES] = {
	[TUNNEL_UNKNOWN] = "unknown",
	[TUNNEL_IDLE] = "Start0",
	[TUNNEL_WAIT_CTL_REPLY] = "Start1",
	[TUNNEL_REPLY_RECEIVED] = "conf-received",
	[TUNNEL_WAIT_CTL_CONN] = "Start2",
	[TUNNEL_ESTABLISHED] = "Open1",
	[TUNNEL_CLOSE1] = "Close1",
	[TUNNEL_CLOSE2] = "Close2",
	[TUNNEL_DONE] = "done",
};

static const char *const events_nas_tunnel[TUNNEL_EVENTS] = {
	[TUNNEL_SEND_SCCRQ] = "send CONF",
	[TUNNEL_RECV_SCCRP] = "recv CONF",
	[TUNNEL_SEND_SCCCN] = "send OPEN",
	[TUNNEL_RECV_CONFIRM] = "recv OPEN",
	[TUNNEL_SEND_STOPCCN] = "send CLOSE",
	[TUNNEL_RECV_STOPCCN] = "recv CLOSE",
	[TUNNEL_SEND_OTHER] = "send of a client",
	[TUNNEL_RECV_OTHER] = "recv of a client",
	[TUNNEL_TRAFFIC] = "traffic",
	[TUNNEL_GIVE_UP] = "timeout 4",
};

static const struct transition rows_nas_tunnel[] = {
	{TUNNEL_UNKNOWN, TUNNEL_SEND_SCCRQ, TUNNEL_WAIT_CTL_REPLY, NORMAL, "asks to open a tunnel", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_SCCRP, TUNNEL_REPLY_RECEIVED, INFERRED, "is answered; its CONF was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_SCCCN, TUNNEL_WAIT_CTL_CONN, INFERRED, "proves its secret in a tunnel whose beginning was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_CONFIRM, TUNNEL_ESTABLISHED, INFERRED, "has the tunnel up; its beginning was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_OTHER, TUNNEL_ESTABLISHED, INFERRED, "had the tunnel up before the recording began", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_OTHER, TUNNEL_ESTABLISHED, INFERRED, "had the tunnel up before the recording began", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_TRAFFIC, TUNNEL_ESTABLISHED, INFERRED, "had the tunnel up before the recording began", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_STOPCCN, TUNNEL_CLOSE2, INFERRED, "closes a tunnel whose life was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_STOPCCN, TUNNEL_CLOSE1, INFERRED, "has its tunnel closed by the peer; its life was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_IDLE, TUNNEL_SEND_SCCRQ, TUNNEL_WAIT_CTL_REPLY, NORMAL, "asks to open a tunnel", "RFC 2341 4.5.3"},
	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_RECV_SCCRP, TUNNEL_REPLY_RECEIVED, NORMAL, "is answered", "RFC 2341 4.5.3"},
	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_SEND_SCCCN, TUNNEL_WAIT_CTL_CONN, INFERRED, "proves its secret; the answer was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_WAIT_CTL_REPLY, TUNNEL_SEND_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the tunnel up; how was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_REPLY_RECEIVED, TUNNEL_SEND_SCCCN, TUNNEL_WAIT_CTL_CONN, NORMAL, "proves its secret", "RFC 2341 4.5.3"},
	{TUNNEL_REPLY_RECEIVED, TUNNEL_SEND_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the tunnel up; how was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_WAIT_CTL_CONN, TUNNEL_RECV_CONFIRM, TUNNEL_ESTABLISHED, NORMAL, "has the tunnel up", "RFC 2341 4.5.3"},
	{TUNNEL_WAIT_CTL_CONN, TUNNEL_SEND_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the tunnel up; how was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_WAIT_CTL_CONN, TUNNEL_TRAFFIC, TUNNEL_ESTABLISHED, INFERRED, "has the tunnel up; how was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_ESTABLISHED, TUNNEL_RECV_STOPCCN, TUNNEL_CLOSE1, NORMAL, "has its tunnel closed by the peer", "RFC 2341 4.5.3"},
	{TUNNEL_ESTABLISHED, TUNNEL_SEND_STOPCCN, TUNNEL_CLOSE2, NORMAL, "closes the tunnel", "RFC 2341 4.5.3"},
	{TUNNEL_CLOSE1, TUNNEL_SEND_STOPCCN, SAME_STATE, NORMAL, "answers the CLOSE", "RFC 2341 4.5.3"},
	{TUNNEL_CLOSE2, TUNNEL_RECV_STOPCCN, TUNNEL_DONE, NORMAL, "has its CLOSE answered", "RFC 2341 4.5.3"},
	{TUNNEL_DONE, TUNNEL_SEND_SCCRQ, TUNNEL_WAIT_CTL_REPLY, NORMAL, "asks for a tunnel anew", "RFC 2341 4.5.3"},
	{TUNNEL_DONE, TUNNEL_RECV_STOPCCN, SAME_STATE, NORMAL, "had closed already", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_SEND_STOPCCN, TUNNEL_CLOSE2, NORMAL, "gives the attempt up", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_RECV_STOPCCN, TUNNEL_DONE, NORMAL, "is refused", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_SEND_SCCRQ, SAME_STATE, ODD, "sends a CONF in a tunnel that has had its own", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_RECV_SCCRP, SAME_STATE, NORMAL, "discards a CONF that does not fit", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_SEND_SCCCN, SAME_STATE, NORMAL, "proves its secret again", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_RECV_CONFIRM, SAME_STATE, NORMAL, "discards an OPEN that does not fit", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_SEND_OTHER, SAME_STATE, NORMAL, "uses the tunnel", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_RECV_OTHER, SAME_STATE, NORMAL, "uses the tunnel", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_TRAFFIC, SAME_STATE, NORMAL, "carries data", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_GIVE_UP, TUNNEL_DONE, NORMAL, "gives up: nothing answered its repeats", "RFC 2341 4.5.3"},
};

static const char *const states_hgw_tunnel[TUNNEL_STATES] = {
	[TUNNEL_UNKNOWN] = "unknown",
	[TUNNEL_IDLE] = "Start0",
	[TUNNEL_REQUEST_RECEIVED] = "conf-received",
	[TUNNEL_WAIT_CTL_CONN] = "Start1",
	[TUNNEL_REPLY_RECEIVED] = "open-received",
	[TUNNEL_ESTABLISHED] = "Open1",
	[TUNNEL_OPEN2] = "Open2",
	[TUNNEL_CLOSE1] = "Close1",
	[TUNNEL_DONE] = "done",
};

static const char *const events_hgw_tunnel[TUNNEL_EVENTS] = {
	[TUNNEL_RECV_SCCRQ] = "recv CONF",
	[TUNNEL_SEND_SCCRP] = "send CONF",
	[TUNNEL_RECV_SCCCN] = "recv OPEN",
	[TUNNEL_SEND_CONFIRM] = "send OPEN",
	[TUNNEL_SEND_STOPCCN] = "send CLOSE",
	[TUNNEL_RECV_STOPCCN] = "recv CLOSE",
	[TUNNEL_SEND_OTHER] = "send of a client",
	[TUNNEL_RECV_OTHER] = "recv of a client",
	[TUNNEL_TRAFFIC] = "traffic",
	[TUNNEL_GIVE_UP] = "timeout 4",
};

static const struct transition rows_hgw_tunnel[] = {
	{TUNNEL_UNKNOWN, TUNNEL_RECV_SCCRQ, TUNNEL_REQUEST_RECEIVED, NORMAL, "is asked to open a tunnel", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_SCCRP, TUNNEL_WAIT_CTL_CONN, INFERRED, "answers a CONF that was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_SCCCN, TUNNEL_REPLY_RECEIVED, INFERRED, "gets the proof of a NAS whose CONF was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_CONFIRM, TUNNEL_ESTABLISHED, INFERRED, "opens a tunnel whose beginning was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_OTHER, TUNNEL_ESTABLISHED, INFERRED, "had the tunnel up before the recording began", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_OTHER, TUNNEL_ESTABLISHED, INFERRED, "had the tunnel up before the recording began", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_TRAFFIC, TUNNEL_ESTABLISHED, INFERRED, "had the tunnel up before the recording began", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_SEND_STOPCCN, TUNNEL_DONE, INFERRED, "closes a tunnel whose life was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_UNKNOWN, TUNNEL_RECV_STOPCCN, TUNNEL_CLOSE1, INFERRED, "has its tunnel closed by the peer; its life was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_IDLE, TUNNEL_RECV_SCCRQ, TUNNEL_REQUEST_RECEIVED, NORMAL, "is asked to open a tunnel", "RFC 2341 4.5.3"},
	{TUNNEL_REQUEST_RECEIVED, TUNNEL_SEND_SCCRP, TUNNEL_WAIT_CTL_CONN, NORMAL, "answers and wants the secret proven", "RFC 2341 4.5.3"},
	{TUNNEL_WAIT_CTL_CONN, TUNNEL_RECV_SCCCN, TUNNEL_REPLY_RECEIVED, NORMAL, "gets the proof of the NAS", "RFC 2341 4.5.3"},
	{TUNNEL_WAIT_CTL_CONN, TUNNEL_SEND_CONFIRM, TUNNEL_ESTABLISHED, INFERRED, "opens the tunnel; the OPEN of the NAS was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_WAIT_CTL_CONN, TUNNEL_RECV_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the tunnel up; how was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_REPLY_RECEIVED, TUNNEL_SEND_CONFIRM, TUNNEL_ESTABLISHED, NORMAL, "opens the tunnel and proves its own secret", "RFC 2341 4.5.3"},
	{TUNNEL_REPLY_RECEIVED, TUNNEL_RECV_OTHER, TUNNEL_ESTABLISHED, INFERRED, "has the tunnel up; its OPEN was not seen", "RFC 2341 4.5.3"},
	{TUNNEL_ESTABLISHED, TUNNEL_RECV_OTHER, TUNNEL_OPEN2, NORMAL, "gets its first client", "RFC 2341 4.5.3"},
	{TUNNEL_ESTABLISHED, TUNNEL_RECV_STOPCCN, TUNNEL_CLOSE1, NORMAL, "has its tunnel closed by the peer", "RFC 2341 4.5.3"},
	{TUNNEL_OPEN2, TUNNEL_RECV_STOPCCN, TUNNEL_CLOSE1, NORMAL, "has its tunnel closed by the peer", "RFC 2341 4.5.3"},
	{TUNNEL_CLOSE1, TUNNEL_SEND_STOPCCN, SAME_STATE, NORMAL, "answers the CLOSE", "RFC 2341 4.5.3"},
	{TUNNEL_DONE, TUNNEL_RECV_SCCRQ, TUNNEL_REQUEST_RECEIVED, NORMAL, "is asked for a tunnel anew", "RFC 2341 4.5.3"},
	{TUNNEL_DONE, TUNNEL_RECV_STOPCCN, SAME_STATE, NORMAL, "had closed already", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_SEND_STOPCCN, TUNNEL_DONE, NORMAL, "refuses or closes the tunnel", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_RECV_STOPCCN, TUNNEL_DONE, NORMAL, "has its tunnel closed by the peer", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_RECV_SCCRQ, SAME_STATE, NORMAL, "answers a CONF again", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_SEND_SCCRP, SAME_STATE, NORMAL, "answers a CONF again", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_RECV_SCCCN, SAME_STATE, NORMAL, "answers an OPEN again", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_SEND_CONFIRM, SAME_STATE, NORMAL, "answers an OPEN again", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_SEND_OTHER, SAME_STATE, NORMAL, "uses the tunnel", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_RECV_OTHER, SAME_STATE, NORMAL, "uses the tunnel", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_TRAFFIC, SAME_STATE, NORMAL, "carries data", "RFC 2341 4.5.3"},
	{ANY_STATE, TUNNEL_GIVE_UP, TUNNEL_DONE, NORMAL, "cleans up: nothing came for too long", "RFC 2341 4.5.3"},
};

static const char *const states_nas_client[SESSION_STATES] = {
	[SESSION_UNKNOWN] = "unknown",
	[SESSION_IDLE] = "Start0",
	[SESSION_WAIT_REPLY] = "Start1",
	[SESSION_ESTABLISHED] = "Open1",
	[SESSION_CLOSE1] = "Close1",
	[SESSION_CLOSE2] = "Close2",
	[SESSION_DONE] = "done",
};

static const char *const events_nas_client[SESSION_EVENTS] = {
	[SESSION_SEND_REQUEST] = "send OPEN",
	[SESSION_RECV_REPLY] = "recv OPEN",
	[SESSION_SEND_CDN] = "send CLOSE",
	[SESSION_RECV_CDN] = "recv CLOSE",
	[SESSION_TUNNEL_CLOSES] = "tunnel closes",
	[SESSION_TRAFFIC] = "traffic",
};

static const struct transition rows_nas_client[] = {
	{SESSION_UNKNOWN, SESSION_SEND_REQUEST, SESSION_WAIT_REPLY, NORMAL, "offers a client", "RFC 2341 4.5.4"},
	{SESSION_UNKNOWN, SESSION_RECV_REPLY, SESSION_ESTABLISHED, INFERRED, "has its client accepted; its OPEN was not seen", "RFC 2341 4.5.4"},
	{SESSION_UNKNOWN, SESSION_TRAFFIC, SESSION_ESTABLISHED, INFERRED, "had the client up before the recording began", "RFC 2341 4.5.4"},
	{SESSION_UNKNOWN, SESSION_SEND_CDN, SESSION_CLOSE2, INFERRED, "closes a client whose life was not seen", "RFC 2341 4.5.4"},
	{SESSION_UNKNOWN, SESSION_RECV_CDN, SESSION_CLOSE1, INFERRED, "has a client closed whose life was not seen", "RFC 2341 4.5.4"},
	{SESSION_UNKNOWN, SESSION_TUNNEL_CLOSES, SESSION_DONE, INFERRED, "loses a client whose life was not seen", "RFC 2341 4.5.4"},
	{SESSION_IDLE, SESSION_SEND_REQUEST, SESSION_WAIT_REPLY, NORMAL, "offers a client", "RFC 2341 4.5.4"},
	{SESSION_WAIT_REPLY, SESSION_RECV_REPLY, SESSION_ESTABLISHED, NORMAL, "has its client accepted", "RFC 2341 4.5.4"},
	{SESSION_WAIT_REPLY, SESSION_RECV_CDN, SESSION_DONE, NORMAL, "has its client refused", "RFC 2341 4.5.4"},
	{SESSION_WAIT_REPLY, SESSION_SEND_CDN, SESSION_CLOSE2, NORMAL, "has lost the client", "RFC 2341 4.5.4"},
	{SESSION_WAIT_REPLY, SESSION_TRAFFIC, SESSION_ESTABLISHED, INFERRED, "has its client accepted; how was not seen", "RFC 2341 4.5.4"},
	{SESSION_ESTABLISHED, SESSION_RECV_CDN, SESSION_CLOSE1, NORMAL, "has its client closed by the peer", "RFC 2341 4.5.4"},
	{SESSION_ESTABLISHED, SESSION_SEND_CDN, SESSION_CLOSE2, NORMAL, "has lost the client", "RFC 2341 4.5.4"},
	{SESSION_DONE, SESSION_SEND_REQUEST, SESSION_WAIT_REPLY, NORMAL, "offers another client", "RFC 2341 4.5.4"},
	{SESSION_CLOSE1, SESSION_SEND_CDN, SAME_STATE, NORMAL, "answers the CLOSE", "RFC 2341 4.5.4"},
	{SESSION_CLOSE2, SESSION_RECV_CDN, SESSION_DONE, NORMAL, "has its CLOSE answered", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_TUNNEL_CLOSES, SESSION_DONE, NORMAL, "loses the client with its tunnel", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_TRAFFIC, SAME_STATE, NORMAL, "carries data", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_SEND_REQUEST, SAME_STATE, ODD, "offers a client that it has offered already", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_RECV_REPLY, SAME_STATE, NORMAL, "is told again", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_SEND_CDN, SAME_STATE, NORMAL, "discards what does not fit", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_RECV_CDN, SAME_STATE, NORMAL, "discards what does not fit", "RFC 2341 4.5.4"},
};

static const char *const states_hgw_client[SESSION_STATES] = {
	[SESSION_UNKNOWN] = "unknown",
	[SESSION_IDLE] = "Start0",
	[SESSION_REQUEST_RECEIVED] = "open-received",
	[SESSION_ESTABLISHED] = "Open1",
	[SESSION_CLOSE1] = "Close1",
	[SESSION_CLOSE2] = "Close2",
	[SESSION_CLOSE3] = "Close3",
	[SESSION_DONE] = "done",
};

static const char *const events_hgw_client[SESSION_EVENTS] = {
	[SESSION_RECV_REQUEST] = "recv OPEN",
	[SESSION_SEND_REPLY] = "send OPEN",
	[SESSION_SEND_CDN] = "send CLOSE",
	[SESSION_RECV_CDN] = "recv CLOSE",
	[SESSION_TUNNEL_CLOSES] = "tunnel closes",
	[SESSION_TRAFFIC] = "traffic",
};

static const struct transition rows_hgw_client[] = {
	{SESSION_UNKNOWN, SESSION_RECV_REQUEST, SESSION_REQUEST_RECEIVED, NORMAL, "is offered a client", "RFC 2341 4.5.4"},
	{SESSION_UNKNOWN, SESSION_SEND_REPLY, SESSION_ESTABLISHED, INFERRED, "accepts a client whose OPEN was not seen", "RFC 2341 4.5.4"},
	{SESSION_UNKNOWN, SESSION_TRAFFIC, SESSION_ESTABLISHED, INFERRED, "had the client up before the recording began", "RFC 2341 4.5.4"},
	{SESSION_UNKNOWN, SESSION_SEND_CDN, SESSION_CLOSE2, INFERRED, "closes a client whose life was not seen", "RFC 2341 4.5.4"},
	{SESSION_UNKNOWN, SESSION_RECV_CDN, SESSION_CLOSE1, INFERRED, "has a client closed whose life was not seen", "RFC 2341 4.5.4"},
	{SESSION_UNKNOWN, SESSION_TUNNEL_CLOSES, SESSION_DONE, INFERRED, "loses a client whose life was not seen", "RFC 2341 4.5.4"},
	{SESSION_IDLE, SESSION_RECV_REQUEST, SESSION_REQUEST_RECEIVED, NORMAL, "is offered a client", "RFC 2341 4.5.4"},
	{SESSION_REQUEST_RECEIVED, SESSION_SEND_REPLY, SESSION_ESTABLISHED, NORMAL, "accepts the client", "RFC 2341 4.5.4"},
	{SESSION_REQUEST_RECEIVED, SESSION_SEND_CDN, SESSION_CLOSE3, NORMAL, "refuses the client", "RFC 2341 4.5.4"},
	{SESSION_REQUEST_RECEIVED, SESSION_TRAFFIC, SESSION_ESTABLISHED, INFERRED, "accepted the client; how was not seen", "RFC 2341 4.5.4"},
	{SESSION_ESTABLISHED, SESSION_RECV_CDN, SESSION_CLOSE1, NORMAL, "has its client closed by the peer", "RFC 2341 4.5.4"},
	{SESSION_ESTABLISHED, SESSION_SEND_CDN, SESSION_CLOSE2, NORMAL, "closes the client", "RFC 2341 4.5.4"},
	{SESSION_CLOSE3, SESSION_SEND_CDN, SAME_STATE, NORMAL, "refuses the client again", "RFC 2341 4.5.4"},
	{SESSION_DONE, SESSION_RECV_REQUEST, SESSION_REQUEST_RECEIVED, NORMAL, "is offered another client", "RFC 2341 4.5.4"},
	{SESSION_CLOSE1, SESSION_SEND_CDN, SAME_STATE, NORMAL, "answers the CLOSE", "RFC 2341 4.5.4"},
	{SESSION_CLOSE2, SESSION_RECV_CDN, SESSION_DONE, NORMAL, "has its CLOSE answered", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_TUNNEL_CLOSES, SESSION_DONE, NORMAL, "loses the client with its tunnel", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_TRAFFIC, SAME_STATE, NORMAL, "carries data", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_RECV_REQUEST, SAME_STATE, NORMAL, "is offered a client again", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_SEND_REPLY, SAME_STATE, NORMAL, "accepts the client again", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_SEND_CDN, SAME_STATE, NORMAL, "discards what does not fit", "RFC 2341 4.5.4"},
	{ANY_STATE, SESSION_RECV_CDN, SAME_STATE, NORMAL, "discards what does not fit", "RFC 2341 4.5.4"},
};
/* clang-format on */

const struct machine machine_l2f_nas_tunnel = {
	.name = "l2f-nas-tunnel",
	.title = "Tunnel of L2F at the NAS",
	.ref = "RFC 2341 4.5.3",
	.states = states_nas_tunnel,
	.n_states = TUNNEL_STATES,
	.events = events_nas_tunnel,
	.n_events = TUNNEL_EVENTS,
	.rows = rows_nas_tunnel,
	.n_rows = sizeof(rows_nas_tunnel) / sizeof(rows_nas_tunnel[0]),
	.first = TUNNEL_IDLE,
	.last = TUNNEL_DONE,
};

const struct machine machine_l2f_hgw_tunnel = {
	.name = "l2f-hgw-tunnel",
	.title = "Tunnel of L2F at the Home Gateway",
	.ref = "RFC 2341 4.5.3",
	.states = states_hgw_tunnel,
	.n_states = TUNNEL_STATES,
	.events = events_hgw_tunnel,
	.n_events = TUNNEL_EVENTS,
	.rows = rows_hgw_tunnel,
	.n_rows = sizeof(rows_hgw_tunnel) / sizeof(rows_hgw_tunnel[0]),
	.first = TUNNEL_IDLE,
	.last = TUNNEL_DONE,
};

const struct machine machine_l2f_nas_client = {
	.name = "l2f-nas-client",
	.title = "Client of L2F at the NAS",
	.ref = "RFC 2341 4.5.4",
	.states = states_nas_client,
	.n_states = SESSION_STATES,
	.events = events_nas_client,
	.n_events = SESSION_EVENTS,
	.rows = rows_nas_client,
	.n_rows = sizeof(rows_nas_client) / sizeof(rows_nas_client[0]),
	.first = SESSION_IDLE,
	.last = SESSION_DONE,
};

const struct machine machine_l2f_hgw_client = {
	.name = "l2f-hgw-client",
	.title = "Client of L2F at the Home Gateway",
	.ref = "RFC 2341 4.5.4",
	.states = states_hgw_client,
	.n_states = SESSION_STATES,
	.events = events_hgw_client,
	.n_events = SESSION_EVENTS,
	.rows = rows_hgw_client,
	.n_rows = sizeof(rows_hgw_client) / sizeof(rows_hgw_client[0]),
	.first = SESSION_IDLE,
	.last = SESSION_DONE,
};
