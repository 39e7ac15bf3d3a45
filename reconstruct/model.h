/* The nouns: tunnel, session, PPP link (model_ppp.h), call, and what is known about each.
 *
 * Two views, one struct. While a vantage point is replayed, a `struct tunnel` and its
 * `struct session`s belong to that vantage alone. When input ends, correlate.c joins the
 * records of different vantage points into one (the first stays, `joined` lists the rest),
 * call.c seals each session into its `struct call`, and only joined, sealed records are
 * numbered and reported. Unknown stays unknown: 0, empty, mark.is_set false.
 *
 * Everything lives in the replay's arena and is freed with it.
 */
#ifndef L2TPSCOPE_MODEL_H
#define L2TPSCOPE_MODEL_H

#include "channel.h"
#include "event.h"
#include "model_ppp.h"
#include "seen.h"

/* The clock of a vantage point was set while it recorded: times on both sides of it have no
 * difference; order is that of the records. */
struct clock_jump {
	struct mark before, after; /* the last record before, the first one after */
};

/* What one side of a tunnel is known to be. */
struct peer {
	struct address address;
	uint16_t port;
	struct str name, vendor;
	struct str dialed;   /* the DNS name under which it was asked, as a log has it */
	int32_t firmware;    /* AVP 6, −1 unknown */
	uint32_t tunnel_id;  /* assigned by this side */
	uint16_t window;     /* AVP 10, 0 unknown */
	bool is_text_source; /* a console of this very router was read */
	/* tunnel authentication: challenge this side sent, response this side sent */
	struct span challenge, response;
	struct mark challenge_mark, response_mark;
	uint8_t response_in; /* message type that carried the response: SCCRP or SCCCN */
	bool opening_is_cut; /* the capture kept only the beginning of its SCCRQ, SCCRP or SCCCN */
};

/* A result as a StopCCN or CDN carries it. */
struct ending {
	bool is_set;
	uint8_t from;      /* index of the sending end */
	bool is_cut;       /* the capture kept only the beginning of the message */
	uint8_t version;   /* of L2TP, that it was sent in */
	bool is_forgotten; /* StopCCN: its sender no longer knew this tunnel (wire_stop.h) */
	uint16_t ns, nr;   /* of a message; 0 where none was printed */
	int result, error; /* −1: not in the message, or not readable */
	struct str text;
	bool has_disconnect; /* AVP 46 */
	uint16_t disconnect_code, disconnect_protocol;
	uint8_t disconnect_direction;
	bool has_q931;
	uint16_t q931_cause;
	struct str disconnect_text;
	bool has_why; /* an L2F_CLOSE, with what it says or 0: bits of RFC 2341 4.4.5 */
	uint32_t why;
	struct mark mark;
};

struct counters {
	uint32_t control_messages; /* distinct (direction, Ns), no ZLB, no repeats */
	uint32_t retransmissions;
	uint32_t duplicates;
	uint32_t ppp_messages;
	uint64_t data_packets[2], data_bytes[2]; /* [0] to the LNS, [1] to the client */
};

/* ---- session and tunnel ---- */

enum direction { DIRECTION_UNKNOWN, INCOMING, OUTGOING };

/* What carried a call was cleared by one end: PADT, PPTP's Call-Disconnect-Notify. */
struct cleared {
	struct mark mark;
	uint8_t from;      /* index of the sending end of the link */
	const char *how;   /* "PADT" */
	const char *cause; /* slug that a code or tag means, or NULL */
	struct str text;
};

/* What only logs tell of a call, and what few calls have. */
struct session_told {
	struct mark before_first; /* caller's first ISDN, PPPoE or PPP record at the LAC (logs) */
	struct mark second_cdn;   /* a CDN that crossed the first one, of the other end */
	struct str sub_address;
	struct str dialed;                  /* outgoing: number dialled */
	struct str said_user, said_address; /* VPDN `X is forwarded`; route installed to */
	/* what the LAC's lookup gave: where to forward, under which name */
	struct address said_lns;
	struct str said_lac_name;
	struct mark route_installed, route_removed;
	struct mark isdn_connect, isdn_disconnect, link_down;
	struct mark terminating; /* its end says that it takes PPP down */
	struct str isdn_user, isdn_number;
	struct cleared cleared;
	struct mark commanded; /* what an operator typed right before this console ended it */
	struct mark line_up;   /* %LINEPROTO-5-UPDOWN: up */
	struct mark not_taken; /* the LNS does not take over the LCP of the LAC (RFC 2661 4.4.5) */
	struct str pppd;       /* pid and line of the pppd that serves it: "2752 /dev/pts/1" */
	struct mark exited;    /* its pppd was waited for by the daemon at side `exited_at` … */
	uint8_t exit_status, exited_at;
	/* what the daemon at one end counted when the call ended; [0] to the LNS, [1] to the client
	 */
	struct mark counted;
	uint64_t counted_bytes[2];
	double counted_s; /* 0 unknown */
	bool is_ending;   /* the console has begun to end it */
	bool was_up;      /* the router says of a network protocol that it had been open */
};

/* Of L2TPv3. */
struct session_circuit {
	uint16_t pw_type;      /* CODE_PW_TYPE, 0 unknown */
	struct span id;        /* Remote End ID (AVP 66) */
	struct span tie;       /* tie breaker of its request (AVP 5) */
	struct mark tied;      /* the peer asked for the same circuit meanwhile */
	struct session *rival; /* that request */
	bool lost_tie;
};

/* What each packet asks for lies side by side, here and at the beginning of what live_session
 * (observer.h) has beyond it: of hundreds of calls that take turns few lines of the cache each. */
struct session {
	struct session *next; /* in its tunnel */
	struct call *call;    /* set when sealed */
	uint64_t number;      /* of its call, given when it begins (over.h); 0: when it is sealed */
	uint64_t hole; /* event.number of what proved last that it is_holey; 0: it is anywhere */
	struct ending *cdn; /* the first CDN: session_cdn() */
	struct session_told *told;
	struct session_circuit *circuit;
	struct str calling, called;
	struct str proxy_name;
	uint32_t connect_speed[2]; /* tx, rx; 0 unknown */
	struct finding *late;      /* raised while others were settled */
	struct session *joined;    /* the same session of other vantage points */
	struct mark first;
	struct mark established[2]; /* when [LAC], [LNS] was established */
	/* each packet */
	struct ppp_link ppp;
	struct counters counters;
	struct mark last; /* anything that belongs to it */
	struct tunnel *tunnel;
	uint32_t id[2]; /* assigned by [LAC], [LNS] */
	enum direction direction;
	uint32_t serial;
	struct end end[2]; /* [LAC] [LNS]; machine by direction */
	bool has_serial;
	bool roles_inferred;
	bool roles_known;
	bool was_turned;   /* its PPP ends were taken for each other until the recording ended */
	bool was_there;    /* the recording began in mid-call */
	bool id_is_hidden; /* its request assigned an id that nobody can read */
	/* the recording misses packets of it, which is proven: absence proves nothing */
	bool is_holey;
	bool is_settled;       /* now, with what is over (over.h) */
	uint8_t lac_end;       /* which tunnel end (INITIATOR/RESPONDER) is the LAC here */
	uint8_t proxy_type;    /* AVP 29, 0 none */
	uint16_t lost_between; /* of two recordings: bits of unseen.c */
	uint16_t vantage;
	struct seen *seen; /* seen_of() */
	struct verdict_note *verdicts;
	struct defect_note *defects;
	struct finding *observed; /* what watchers raised (watch.h) */
};

/* As above: never NULL. */
const struct ending *session_cdn(const struct session *s);
const struct session_told *session_told(const struct session *s);
const struct session_circuit *session_circuit(const struct session *s);
/* The name under which its client, or its caller, is known; empty when none is. */
struct str session_user(const struct session *s);

/* The recording misses packets of it, or messages of its tunnel since its PPP, or it, began. */
bool session_has_holes(const struct session *s);
/* Likewise behind that mark. */
bool session_has_holes_behind(const struct session *s, const struct mark *m);

/* A defect that was seen on an event of this tunnel or session. */
struct defect_note {
	struct defect defect;
	struct mark mark;
	uint32_t count;
	struct defect_note *next;
	struct defect_note *last; /* of the first one: the end */
};

/* A control message that its sender repeated and that was never acknowledged. */
struct unanswered {
	bool is_set;
	bool is_given_up; /* its sender says so */
	uint8_t from;
	uint16_t message;
	uint16_t ns;
	uint32_t copies; /* how often it was sent */
	struct mark first, last;
};

/* The system of an end let nothing out: its log says so. */
struct unsent {
	struct mark first, last;
	uint32_t count;
	uint8_t from;
	struct str reason;
};

/* An end that sends from another place than before. */
struct move {
	struct mark mark; /* the first time */
	struct address from, to;
	uint16_t from_port, to_port;
	uint32_t count;
	bool is_answer; /* the first answer came from elsewhere (RFC 2661 8.1) */
};

/* Both ends asked at once (RFC 2661 4.4.3, Tie Breaker). */
enum tie { TIE_NONE, TIE_WON, TIE_LOST, TIE_EQUAL };

/* What carries the PPP of a call. */
enum carrier {
	CARRIER_L2TP,
	CARRIER_L2TPV3,
	CARRIER_L2F,
	CARRIER_PPTP,
	CARRIER_PPPOE,
	CARRIER_PPP
};
const char *carrier_name(enum carrier c); /* "l2tp", "pppoe"; "ppp": a bare link, or unknown */

/* PPPoE discovery of one session, RFC 2516. */
struct discovery {
	struct end host, concentrator; /* machine_pppoe */
	uint16_t session_id;
	uint16_t max_payload; /* PPP-Max-Payload, RFC 4638; 0 none */
	struct span host_uniq;
	struct str service, circuit, remote; /* Service-Name; access line as TR-101 names it */
	struct mark padi, pado, padr, pads, padt, refused;
	uint32_t n_padi, n_padr; /* repeats included: each is a try */
	struct mark asked;       /* the last of them, and which it was */
	uint8_t asked_with;
};

/* A PPTP control connection (RFC 2637): of one call, or of several. */
struct pptp {
	struct end end[2]; /* [INITIATOR] of the TCP connection, [RESPONDER]; machine_pptp */
	struct mark syn, request, reply, refused, stop, closed;
	uint32_t n_syn, n_messages;
	struct tunnel *links, *links_last; /* of its calls, while they are replayed */
};
/* A call on it. */
struct pptp_call {
	struct end end[2]; /* machine_pptp_call */
	struct mark asked, answered, connected, clear, disconnected;
	bool is_incoming; /* ICRQ: from the PAC */
	uint8_t from;     /* who asked */
};

struct tunnel {
	struct tunnel *next;
	uint64_t number;     /* in the report; 0 until sealed, or given when it begins (over.h) */
	uint64_t told_first; /* number of the first of its calls that were told before; 0: none */
	/* While others are settled: it is only there to be compared with (batch.h), because it is
	 * not over, or because it was told and is remembered for a while (remembered.h). */
	bool goes_on, is_told;
	uint8_t version;
	/* CARRIER_L2TP: a tunnel; `version` tells which. Others: no tunnel but the link under a
	 * single call, between two ends; it is listed in report.links and has no number. */
	uint8_t carrier;
	uint32_t link_id[2]; /* of a link: PPPoE session id, or the Call ID that each end chose */
	struct discovery *discovery; /* of a PPPoE link, or NULL */
	struct pptp *pptp;           /* of a PPTP link whose control connection was seen, or NULL */
	struct pptp_call pptp_call;
	uint16_t vantage;
	struct path path;
	struct peer peer[2]; /* [INITIATOR] [RESPONDER] */
	bool roles_known;    /* who opened it was seen (or printed) */
	struct end end[2];
	struct channel *way; /* [2] way[i]: messages FROM end i */
	struct session *sessions;
	uint32_t n_sessions; /* ever seen */
	struct seen *seen;
	struct ending stopccn; /* the first StopCCN */
	struct mark first, last;
	struct mark heard[2]; /* the last message or payload of each end */
	struct mark established[2];
	struct mark commanded; /* what an operator typed right before this console closed it */
	struct mark stopped;   /* the daemon at end `stopped_at` was stopped */
	uint8_t stopped_at;
	struct mark claimed_auth[2]; /* a log says: authentication success at this end */
	struct mark claimed_auth_failed[2];
	struct mark claimed_no_secret[2]; /* a log says: this end has no secret for the other */
	struct mark
		claimed_stranger[2];  /* a log says: this end has no entry for the other's name */
	bool was_there;               /* the recording began after the tunnel was up */
	bool is_holey;                /* the recording misses messages of it: see struct session */
	struct mark hole;             /* what proved it last, behind the hole; unset: anywhere */
	struct unanswered unanswered; /* the first message given up on: what follows is due to it */
	struct unsent *unsent;        /* or NULL */
	enum tie tie;
	struct mark crossed;                       /* the other end's SCCRQ */
	struct move port_move[2], address_move[2]; /* of each end */
	struct mark icmp; /* an ICMP error quoted a packet of it: one that was not delivered */
	uint8_t icmp_type, icmp_code;
	uint8_t icmp_about;   /* the end that the packet was sent to */
	uint8_t lost_between; /* of two recordings: bits of unseen.c */
	struct counters counters;
	uint32_t hellos;
	double round_trip_s; /* median; −1 unknown */
	enum result auth_result;
	enum truth auth_verified; /* against a secret: TRUE when every response fits */
	bool auth_used;
	struct mark auth_wrong;      /* the response that does not fit */
	struct str auth_secret_from; /* "--secrets", "the RADIUS reply in line 232" */
	struct verdict_note *verdicts;
	struct defect_note *defects;
	struct finding *observed; /* what watchers raised (watch.h) */
	struct finding *late;     /* raised while others were settled */
	struct tunnel *joined;
	struct call *first_call; /* while attempts are looked for (attempts.c) */
	/* Of those that began later, the next one of the same initiator, by its name and address,
	 * and the next one that was asked for with the same id (kin.h). */
	struct tunnel *kin_next, *asked_next;
	/* verdict (cause.c, when sealed) */
	struct mark start, connected, ended;
	uint8_t outcome;    /* enum outcome */
	enum role ended_by; /* ROLE_INITIATOR, ROLE_RESPONDER, ROLE_NETWORK, ROLE_UNKNOWN (null) */
	const char *cause;  /* slug of contract.md §4, or NULL */
	uint8_t confidence; /* enum confidence */
	struct str cause_text;
	struct finding_link *findings;
	struct finding *root; /* of what ended it (root.h), or NULL */
};

uint8_t tunnel_carrier(const struct tunnel *t); /* enum carrier of its calls */
/* All of its setup was seen, every octet: what is not in it was not said. */
bool tunnel_opening_seen(const struct tunnel *t);

/* ---- the sealed record of one call ---- */

enum reached {
	REACHED_NONE,
	REACHED_TUNNEL,
	REACHED_SESSION,
	REACHED_LCP,
	REACHED_AUTH,
	REACHED_NCP
};
enum outcome { OUTCOME_UNKNOWN, OUTCOME_UP, OUTCOME_CLOSED, OUTCOME_DROPPED, OUTCOME_FAILED };
enum confidence { CONFIDENCE_NONE, CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN };
const char *reached_name(enum reached r);
const char *outcome_name(enum outcome o);
const char *confidence_name(enum confidence c); /* NULL for NONE */
const char *direction_name(enum direction d);   /* NULL for UNKNOWN */

struct call_side {
	struct str name;
	struct address address;
	uint16_t port;
	uint32_t tunnel_id, session_id;
};

struct attempt;

struct radius_exchange; /* radius_join.h */

/* Hashes of what calls of one caller have in common (call_keys.h); 0: it has none. */
struct call_keys {
	uint32_t user, number, user_at_lac, serial, challenge;
};

struct call {
	/* What is asked of each call on a walk through all of them stands together. */
	struct call *next;
	uint64_t number;         /* id in this run, from 1 */
	struct session *session; /* with .joined; its `tunnel` is never NULL */
	struct tunnel *tunnel;   /* NULL: no tunnel carries it */
	int64_t settles_ns;      /* when it is told: rows come in this order (over.h) */
	bool goes_on, is_told;   /* as struct tunnel's */
	bool roles_known;
	bool roles_inferred; /* as the session's */
	enum outcome outcome;
	struct str user, calling_number;
	struct mark start;
	/* A call through several tunnels (legs.h): its legs from the LAC's to the LNS's, each a
	 * sealed record of its own that stands in no other list. */
	struct call *legs, *next_leg;
	struct call *whole;          /* of a leg: the call that it is part of */
	struct call *previous;       /* the last of them, while they are looked for (attempts.c) */
	struct attempt *attempts;    /* what failed before it for the same caller, oldest first */
	struct call *same_user_next; /* the next one in the report's order (kin.h) */
	struct call *told_next;      /* remembered.h */
	struct call_keys told_keys;  /* of one that is told */
	enum direction direction;
	uint64_t bundle; /* of multilink: the number of its first call; 0 none */
	const struct radius_exchange *radius; /* the last Access-Request about it, or NULL */
	/* what disconnected it, or else its accounting that says why it ended, or NULL */
	const struct radius_exchange *radius_end;
	struct str called_number;
	struct call_side side[2]; /* [LAC] [LNS]; or simply the two ends when !roles_known */
	uint64_t seen_in;         /* bit per input (input ≥ 63 shares bit 63) */
	uint8_t seen_from;        /* bit per role: 1 << ROLE_LAC …; 0 = wire */
	bool seen_on_wire;
	uint8_t carrier;       /* enum carrier */
	bool fell_with_tunnel; /* its cause is the tunnel's */
	bool is_left_out;      /* its log leaves out how far it came */
	bool auth_proxy;
	enum reached reached;
	struct mark requested, connected, end; /* requested = ICRQ/OCRQ */
	double setup_s, duration_s;            /* −1 unknown */
	enum role ended_by;
	enum confidence confidence;
	const char *cause; /* slug or NULL */
	const char *also[4];
	size_t n_also;
	struct str cause_text;
	struct ending cdn;         /* from = LAC or LNS */
	const char *auth_protocol; /* "chap-md5" …, NULL unknown */
	const char *auth_by;       /* "lns", "lac", "client", "both", NULL */
	enum result auth_result;
	enum truth auth_verified;
	struct address ipv4, ipv4_peer;
	struct address dns[2];
	uint16_t mru[2];     /* [client] [lns]; 0 unknown */
	struct span ipv6_id; /* 8 octets or empty */
	struct counters counters;
	struct finding_link *findings;
};

/* The texts of a call stand in the memory of its session: whoever keeps a call for longer
 * (remembered.c, ui/told_copy.c) copies them, and keeps no session. A text more in the struct is a
 * line more in call_texts() (call.c), and where legs of a call know it, in add_leg() (legs.c). */
enum { CALL_TEXTS = 8 };
size_t call_texts(struct call *c, struct str *ret[CALL_TEXTS]);

/* A call that failed, or a tunnel that never came up, before another one was tried. */
struct attempt {
	const struct call *call; /* NULL: a tunnel */
	const struct tunnel *tunnel;
	struct attempt *next;
};

/* ---- findings and steps ---- */

struct rule_row; /* rule.h */

struct finding {
	const struct rule_row *rule;
	enum severity severity; /* rule's, unless lowered for a harmless case */
	struct call *call;      /* NULL: of the tunnel or of the run */
	struct tunnel *tunnel;
	struct mark mark; /* first */
	uint64_t count;
	struct str text;   /* what, with values */
	struct str cause;  /* likely cause, or empty */
	struct str advice; /* what to do, or empty: the rule's */
	struct mark *evidence;
	size_t n_evidence;
	const struct str *said; /* of a copy: the words of each, where they were kept; or NULL */
	uint64_t number;        /* in the report, from 1 */
	struct finding *root;   /* what this is a consequence of (root.h), or NULL */
	uint64_t consequences;
	struct finding *next;
};

struct finding_link {
	struct finding *finding;
	struct finding_link *next;
	struct finding_link *last; /* of the first one: the end */
};

struct state_change {
	const struct machine *machine;
	const struct transition *row; /* may be NULL: state adopted from what was said */
	uint16_t protocol;            /* machine_cp: which protocol, else 0 */
	uint8_t who;                  /* enum role */
	uint8_t before, after;
	bool is_inferred;
};

struct view; /* replay.h */

/* By what a message is known again at another vantage point: what the joining of steps asks of an
 * event. */
struct message_key {
	struct mark mark;
	struct str stamp; /* as the input printed it; empty in captures */
	uint8_t kind;     /* enum event_kind */
	uint8_t sense;    /* enum sense */
	bool is_virtual;
	bool has_number;  /* ns and nr, or the PPP id, are known */
	uint8_t code, id; /* EVENT_PPP */
	uint16_t type;    /* the L2TP message; the PPP protocol */
	uint16_t ns, nr;
};

/* One line of a timeline: an event (or the joined sightings of one message) and what it did. */
struct step {
	struct message_key key;
	const struct event *event; /* copied; NULL unless somebody asks for steps (replay.h) */
	struct tunnel *tunnel;     /* NULL: of no tunnel */
	struct session *session;   /* NULL: of no session */
	/* the messages of the other end that its Nr acknowledges (channel.h) */
	const struct acknowledged *acknowledges;
	struct state_change *changes;
	uint32_t n_changes;
	uint8_t n_acknowledges;
	uint8_t from, to;         /* enum role, as far as known; speech: both are the speaker's */
	uint8_t delivery : 7;     /* enum delivery */
	bool is_second_sight : 1; /* listed under another step's seen_also: not shown by itself */
	struct step *seen_also;   /* the same message at another vantage point */
	int64_t aligned_ns;       /* on the reference clock (correlate.c) */
	/* a vantage point nearer to its receiver never saw it, which covers that time; or NULL */
	const struct view *unseen_at;
	struct step *next; /* in order of arrival within the vantage */
};

/* Somebody asks for steps: what the message did is kept with it. The others are only there to be
 * compared with what other vantage points saw. */
static inline bool step_is_shown(const struct step *s)
{
	return s && s->event;
}

#endif
