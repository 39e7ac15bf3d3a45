/* State machines as tables: rows that hold no code.
 *
 * Each end of a tunnel, session, control protocol or link is one instance (`struct end`,
 * model_end.h) of a machine. A machine observes: its events are what was seen to be *sent* or
 * *received* by that end, never what it should do. The RFC's "recv X, acceptable → send Y"
 * is two rows with a state between, because acceptance is known only from the answer.
 * Rows are tried top to bottom; ANY_STATE matches every state.
 *
 * Tests hold the laws for every machine (every state and event named, no row shadowed,
 * every state reachable, a way to the last state from everywhere) and dialogues.
 */
#ifndef L2TPSCOPE_MACHINE_H
#define L2TPSCOPE_MACHINE_H

#include "once.h"
#include "text.h"

enum verdict {
	NORMAL,   /* as the RFC says */
	INFERRED, /* legal; part of it was not seen (a late start, a lost packet) */
	ODD,      /* legal or harmless, worth a note */
	WRONG,    /* a breach of the RFC: a `fsm-…` finding */
};

enum { SAME_STATE = 254, ANY_STATE = 255 };

struct transition {
	uint8_t from, on, to; /* state (or ANY_STATE), event, state (or SAME_STATE) */
	enum verdict verdict;
	const char *why; /* completes "LNS …": "accepts the call", for timelines and findings */
	const char *ref; /* "RFC 2661 7.4.2" */
};

/* What comes of an event in a state: the deciding row's state and verdict, so that the row itself
 * is seldom looked at. */
struct decision {
	uint16_t number; /* 1 + number of the row, 0: none */
	uint8_t to;
	uint8_t verdict;
};

struct machine {
	const char *name;  /* "session-lac-in": what `explain machine` takes */
	const char *title; /* "Incoming call at the LAC" */
	const char *ref;
	const char *const
		*states; /* names as the RFC spells them; state 0 is UNKNOWN ("not seen yet") */
	size_t n_states;
	const char *const *events; /* NULL: not an event of this machine */
	size_t n_events;
	const struct transition *rows;
	size_t n_rows;
	const struct decision **decided; /* [state * n_events + event], made once */
	uint8_t first;                   /* where a fully seen life begins (idle, initial, dead) */
	uint8_t last;                    /* where it ends */
};

extern struct once machines_decided;
void machines_decide(void);

/* Where machines_decide() was. `number` is 0 when no row fits (the state stays; the caller
 * reports). */
static inline struct decision machine_decided(const struct machine *m, uint8_t state, uint8_t event)
{
	if (state >= m->n_states || event >= m->n_events)
		return (struct decision){0};
	return (*m->decided)[state * m->n_events + event];
}

static inline struct decision machine_decision(const struct machine *m, uint8_t state,
					       uint8_t event)
{
	once(&machines_decided, machines_decide);
	return machine_decided(m, state, event);
}

/* The deciding row, or NULL. */
static inline const struct transition *machine_step(const struct machine *m, uint8_t *state,
						    uint8_t event)
{
	struct decision d = machine_decision(m, *state, event);

	if (!d.number)
		return NULL;
	*state = d.to == SAME_STATE ? *state : d.to;
	return &m->rows[d.number - 1];
}

/* What a state or an event of it is called; NULL: it has none of that number (events of several
 * machines share their numbers, and so do states). */
static inline const char *machine_state_name(const struct machine *m, uint8_t state)
{
	return state < m->n_states ? m->states[state] : NULL;
}

static inline const char *machine_event_name(const struct machine *m, uint8_t event)
{
	return event < m->n_events ? m->events[event] : NULL;
}

/* A state or event by name; −1 when unknown. */
int machine_state(const struct machine *m, struct str name);
int machine_event(const struct machine *m, struct str name);

/* Machines by number, as an end names its own. */
enum machine_number {
	MACHINE_NONE,
	MACHINE_TUNNEL,
	MACHINE_SESSION_LAC_IN,
	MACHINE_SESSION_LNS_IN,
	MACHINE_SESSION_LAC_OUT,
	MACHINE_SESSION_LNS_OUT,
	MACHINE_TUNNEL_V3,
	MACHINE_ICRQ_SENDER,
	MACHINE_ICRQ_RECIPIENT,
	MACHINE_OCRQ_SENDER,
	MACHINE_OCRQ_RECIPIENT,
	MACHINE_L2F_NAS_TUNNEL,
	MACHINE_L2F_HGW_TUNNEL,
	MACHINE_L2F_NAS_CLIENT,
	MACHINE_L2F_HGW_CLIENT,
	MACHINE_LCP,
	MACHINE_CP,
	MACHINE_AUTHENTICATOR,
	MACHINE_AUTHENTICATED,
	MACHINE_LINK,
	MACHINE_PPPOE,
	MACHINE_PPTP,
	MACHINE_PPTP_CALL,
	MACHINE_LAST = MACHINE_PPTP_CALL,
};

extern const struct machine *const machine_numbers[];

/* All machines, NULL-terminated, and one by name. */
extern const struct machine *const *const machines;
const struct machine *machine_named(const char *name);

extern const struct machine machine_tunnel;          /* machine_tunnel.c: RFC 2661 7.2.1 */
extern const struct machine machine_session_lac_in;  /* machine_session.c: 7.4.1 */
extern const struct machine machine_session_lns_in;  /* 7.4.2 */
extern const struct machine machine_session_lac_out; /* 7.5.1 */
extern const struct machine machine_session_lns_out; /* 7.5.2 */
extern const struct machine machine_tunnel_v3;       /* machine_tunnel_v3.c: RFC 3931 7.2 */
extern const struct machine machine_icrq_sender;     /* machine_session_v3.c: 7.3.1 */
extern const struct machine machine_icrq_recipient;  /* 7.3.2 */
extern const struct machine machine_ocrq_sender;     /* 7.4.1 */
extern const struct machine machine_ocrq_recipient;  /* 7.4.2 */
extern const struct machine machine_l2f_nas_tunnel;  /* machine_l2f.c: RFC 2341 4.5.3 */
extern const struct machine machine_l2f_hgw_tunnel;
extern const struct machine machine_l2f_nas_client; /* 4.5.4 */
extern const struct machine machine_l2f_hgw_client;
extern const struct machine machine_cp;  /* machine_cp.c: RFC 1661 4.1, for LCP and every NCP */
extern const struct machine machine_lcp; /* the same table under the name `lcp` */
extern const struct machine machine_authenticator; /* machine_auth.c */
extern const struct machine machine_authenticated; /* the peer of an authenticator */
extern const struct machine machine_link;          /* machine_link.c: PPP phases, RFC 1661 3.2 */
extern const struct machine machine_pppoe;         /* machine_pppoe.c: RFC 2516 5 */
extern const struct machine machine_pptp;          /* machine_pptp.c: RFC 2637 3.1 */
extern const struct machine machine_pptp_call;     /* RFC 2637 3.2 */

/* ---- states and events by symbol; the names people read stand beside the rows ---- */

/* One numbering for the tunnels of L2TPv2, L2TPv3 and L2F, as below.
 * `…_RECEIVED` and `…_ANSWERED` are the observer's own: the message has arrived, what its
 * receiver makes of it is known only from the answer. */
enum tunnel_state {
	TUNNEL_UNKNOWN,
	TUNNEL_IDLE,
	TUNNEL_REQUEST_RECEIVED,
	TUNNEL_WAIT_CTL_REPLY,
	TUNNEL_REPLY_RECEIVED,
	TUNNEL_WAIT_CTL_CONN,
	TUNNEL_ESTABLISHED,
	TUNNEL_OPEN2, /* from here on L2F only */
	TUNNEL_CLOSE1,
	TUNNEL_CLOSE2,
	TUNNEL_DONE,
	TUNNEL_STATES,
};
enum tunnel_event {
	TUNNEL_SEND_SCCRQ,
	TUNNEL_RECV_SCCRQ,
	TUNNEL_SEND_SCCRP,
	TUNNEL_RECV_SCCRP,
	TUNNEL_SEND_SCCCN,
	TUNNEL_RECV_SCCCN,
	TUNNEL_SEND_STOPCCN,
	TUNNEL_RECV_STOPCCN,
	TUNNEL_SEND_OTHER, /* HELLO, or a message of a call */
	TUNNEL_RECV_OTHER,
	TUNNEL_TRAFFIC,
	TUNNEL_LOSE_TIE,
	TUNNEL_GIVE_UP,
	TUNNEL_SEND_CONFIRM, /* L2F: the Home Gateway's OPEN */
	TUNNEL_RECV_CONFIRM,
	TUNNEL_EVENTS,
};

/* One numbering for all session machines; a state or event that a machine does not have has no
 * name in it (NULL) and no row. */
enum session_state {
	SESSION_UNKNOWN,
	SESSION_IDLE,
	SESSION_WAIT_TUNNEL,
	SESSION_REQUEST_RECEIVED,
	SESSION_WAIT_REPLY,
	SESSION_REPLY_RECEIVED,
	SESSION_WAIT_CONNECT,
	SESSION_WAIT_CS_ANSWER,
	SESSION_ANSWERED,
	SESSION_ESTABLISHED,
	SESSION_CLOSE1, /* from here on L2F only */
	SESSION_CLOSE2,
	SESSION_CLOSE3,
	SESSION_DONE,
	SESSION_STATES,
};
/* REQUEST, REPLY, CONNECTED: ICRQ, ICRP, ICCN or OCRQ, OCRP, OCCN. */
enum session_event {
	SESSION_SEND_REQUEST,
	SESSION_RECV_REQUEST,
	SESSION_SEND_REPLY,
	SESSION_RECV_REPLY,
	SESSION_SEND_CONNECTED,
	SESSION_RECV_CONNECTED,
	SESSION_SEND_CDN,
	SESSION_RECV_CDN,
	SESSION_OPEN, /* the line rings, or a local request to open */
	SESSION_LINE_ANSWERS,
	SESSION_LINE_DROPS, /* or a local request to close */
	SESSION_TUNNEL_OPENS,
	SESSION_TUNNEL_CLOSES,
	SESSION_TRAFFIC,
	SESSION_TIE, /* L2TPv3: the peer asks for the circuit that this end asks for */
	SESSION_LOSE_TIE,
	SESSION_EVENTS,
};

/* RFC 1661 state + 1. */
enum cp_state {
	CP_STATE_UNKNOWN,
	CP_STATE_INITIAL,
	CP_STATE_STARTING,
	CP_STATE_CLOSED,
	CP_STATE_STOPPED,
	CP_STATE_CLOSING,
	CP_STATE_STOPPING,
	CP_STATE_REQ_SENT,
	CP_STATE_ACK_RCVD,
	CP_STATE_ACK_SENT,
	CP_STATE_OPENED,
	CP_STATES,
};
enum cp_event {
	CP_EVENT_UP,
	CP_EVENT_DOWN,
	CP_EVENT_OPEN,
	CP_EVENT_CLOSE,
	CP_EVENT_GIVE_UP, /* TO−: the restart counter is used up */
	CP_EVENT_SEND_CONFREQ,
	CP_EVENT_RECV_CONFREQ,
	CP_EVENT_SEND_CONFACK, /* after RECV_CONFREQ: it was RCR+ */
	CP_EVENT_RECV_CONFACK, /* RCA */
	CP_EVENT_SEND_CONFNAK, /* or Configure-Reject; after RECV_CONFREQ: it was RCR− */
	CP_EVENT_RECV_CONFNAK, /* RCN */
	CP_EVENT_SEND_TERMREQ,
	CP_EVENT_RECV_TERMREQ, /* RTR */
	CP_EVENT_SEND_TERMACK,
	CP_EVENT_RECV_TERMACK, /* RTA */
	CP_EVENT_SEND_REJECT,  /* Code-Reject, or Protocol-Reject of this protocol */
	CP_EVENT_RECV_CODEREJ, /* RXJ+ */
	CP_EVENT_RECV_PROTREJ, /* RXJ−: of this protocol */
	CP_EVENT_RECV_UNKNOWN, /* RUC */
	CP_EVENT_SEND_ECHO,
	CP_EVENT_RECV_ECHO, /* RXR */
	CP_EVENTS,
};

enum auth_state {
	AUTH_UNKNOWN,
	AUTH_IDLE,
	AUTH_CHALLENGED,
	AUTH_RESPONDED,
	AUTH_ACCEPTED,
	AUTH_REJECTED,
	AUTH_STATES,
};
enum auth_event {
	AUTH_CHALLENGE, /* CHAP Challenge, EAP-Request */
	AUTH_RESPONSE,  /* CHAP Response, PAP Authenticate-Request, EAP-Response */
	AUTH_SUCCESS,
	AUTH_FAILURE,
	AUTH_EVENTS,
};

enum link_state {
	LINK_UNKNOWN,
	LINK_DEAD,
	LINK_ESTABLISH,
	LINK_AUTHENTICATE,
	LINK_NETWORK,
	LINK_TERMINATE,
	LINK_STATES,
};
enum link_event {
	LINK_UP,          /* the lower layer, or the first LCP packet */
	LINK_AUTH_BEGINS, /* first packet of PAP, CHAP, EAP */
	LINK_AUTH_FAILS,
	LINK_NETWORK_BEGINS, /* first packet of an NCP, or of the network */
	LINK_RENEGOTIATES,   /* LCP leaves Opened by a Configure-Request */
	LINK_CLOSES,         /* LCP Terminate */
	LINK_DOWN,
	LINK_EVENTS,
};

enum pppoe_state {
	PPPOE_UNKNOWN,
	PPPOE_IDLE,
	PPPOE_DISCOVERING,
	PPPOE_OFFERED,
	PPPOE_REQUESTED,
	PPPOE_SESSION,
	PPPOE_STATES,
};
/* Receiving a packet is the event behind sending it. */
enum pppoe_event {
	PPPOE_SEND_PADI,
	PPPOE_RECV_PADI,
	PPPOE_SEND_PADO,
	PPPOE_RECV_PADO,
	PPPOE_SEND_PADR,
	PPPOE_RECV_PADR,
	PPPOE_SEND_PADS,
	PPPOE_RECV_PADS,
	PPPOE_SEND_ERROR,
	PPPOE_RECV_ERROR,
	PPPOE_SEND_PADT,
	PPPOE_RECV_PADT,
	PPPOE_EVENTS,
};

enum pptp_state {
	PPTP_UNKNOWN,
	PPTP_IDLE,
	PPTP_CONNECTING,
	PPTP_REQUESTED,
	PPTP_WAIT_REPLY,
	PPTP_ESTABLISHED,
	PPTP_WAIT_STOP,
	PPTP_STATES,
};
/* Receiving is the event behind sending, here and below. */
enum pptp_event {
	PPTP_SEND_SYN,
	PPTP_RECV_SYN,
	PPTP_SEND_REQUEST,
	PPTP_RECV_REQUEST,
	PPTP_SEND_REPLY,
	PPTP_RECV_REPLY,
	PPTP_SEND_REFUSAL,
	PPTP_RECV_REFUSAL,
	PPTP_SEND_STOP,
	PPTP_RECV_STOP,
	PPTP_SEND_STOPPED,
	PPTP_RECV_STOPPED,
	PPTP_SEND_OTHER,
	PPTP_RECV_OTHER,
	PPTP_SEND_CLOSE,
	PPTP_RECV_CLOSE,
	PPTP_EVENTS,
};
enum pptp_call_state {
	PPTP_CALL_UNKNOWN,
	PPTP_CALL_IDLE,
	PPTP_CALL_REQUESTED,
	PPTP_CALL_WAIT_REPLY,
	PPTP_CALL_WAIT_CONNECT,
	PPTP_CALL_REPLIED,
	PPTP_CALL_ESTABLISHED,
	PPTP_CALL_WAIT_DISCONNECT,
	PPTP_CALL_STATES,
};
enum pptp_call_event {
	PPTP_SEND_CALL,
	PPTP_RECV_CALL,
	PPTP_SEND_OCRP,
	PPTP_RECV_OCRP,
	PPTP_SEND_ICRP,
	PPTP_RECV_ICRP,
	PPTP_SEND_ICCN,
	PPTP_RECV_ICCN,
	PPTP_SEND_NO,
	PPTP_RECV_NO,
	PPTP_SEND_CLEAR,
	PPTP_RECV_CLEAR,
	PPTP_SEND_CDN,
	PPTP_RECV_CDN,
	PPTP_SEND_INFO,
	PPTP_RECV_INFO,
	PPTP_CONTROL_CLOSES,
	PPTP_CALL_EVENTS,
};

/* As a table for people, and as graphviz DOT. */
void machine_print(struct text *t, const struct machine *m);
void machine_print_dot(struct text *t, const struct machine *m);

#endif
