/* The contract between decode/ and reconstruct/: one event is one thing that was
 * observed, decoded, and nothing more.
 *
 * One packet or one log entry becomes one event. A decoder knows no state machine; a
 * replay reads no bytes. Everything an event points to is borrowed and valid until the
 * next source_next() on the same source; event_copy() keeps it.
 *
 * Unknown is unknown: an empty str, a `has_…` that is false, an id of 0, a
 * moment of kind CLOCK_NONE. A decoder never guesses; what it inferred (a repaired
 * digit, a length implied by another) it says in a defect.
 */
#ifndef L2TPSCOPE_EVENT_H
#define L2TPSCOPE_EVENT_H

#include "address.h"
#include "arena.h"
#include "avp.h"
#include "clock.h"
#include "defect.h"
#include "ppp_option.h"
#include "text.h"
#include "value.h"

struct grammar_row;

/* Where the observation was made and where it stands in its input. */
struct origin {
	uint16_t input;    /* index of the input on the command line */
	uint16_t vantage;  /* console of a text, or capture; replayed alone. Unique in the run */
	uint64_t frame;    /* captures: 1, 2, 3 …; 0 in text */
	uint64_t line;     /* text: line of the first byte, 1, 2, 3 …; 0 in captures */
	uint64_t line_end; /* text: last line that belongs to this event */
	uint32_t column;   /* text: first byte of the record within `line`, from 1 */
	uint64_t offset;   /* octets from the start of the (decompressed) input */
	uint64_t offset_end;
};

/* Which side of a message the observer is known to be. */
enum sense {
	CROSSING, /* a capture: seen between the ends */
	SENT,     /* a log at the sender, `O …`; the sender certainly has it */
	RECEIVED, /* a log at the receiver, `I …`; both ends certainly have it */
};

/* One party of a message, as far as this event alone names it. */
struct party {
	struct address address;
	uint16_t port;
	struct str name;     /* host name as printed; from the wire only in AVP 7 (not here) */
	struct str dialed;   /* the DNS name under which a log says it was asked */
	uint32_t tunnel_id;  /* assigned BY this party; header ids are the receiver's. 0 unknown */
	uint32_t session_id; /* likewise */
};

/* The same address and port; nothing else of them is compared. */
static inline bool party_same_place(const struct party *a, const struct party *b)
{
	return a->port == b->port && address_equal(&a->address, &b->address);
}

/* Outer and link facts that separate tunnels of equal addresses. */
struct path {
	uint32_t vlan[2]; /* 0 none */
	uint32_t label;   /* MPLS bottom label, 0 none */
	uint32_t gre_key; /* 0 none */
	uint16_t pppoe;   /* PPPoE session id, 0 none */
	uint8_t sent_by; /* as the link layer says: 1 the other end, 2 the capturing host; 0 unknown
			  */
	bool has_mac;    /* Ethernet addresses are known */
	uint8_t from_mac[6];
	uint8_t to_mac[6];
	uint16_t ip_id;      /* IPv4 identification, to tell a capture duplicate; 0 unknown */
	uint8_t ip_protocol; /* 17 UDP, 115 L2TPv3 */
	uint32_t captured;   /* octets seen */
	uint32_t original;   /* octets there */
};

/* L2TP header. `is_present` false: no L2TP header in this event (PPP in a log, speech). */
struct l2tp_head {
	bool is_present;
	uint8_t version; /* 2, 3; 1 = L2F */
	bool is_control;
	bool has_sequence; /* ns and nr are known */
	bool has_length;
	bool has_ids;       /* tunnel_id and session_id below are known */
	uint16_t flags;     /* first 16 bits as on the wire; 0 when unknown */
	uint16_t length;    /* Length field when has_length */
	uint32_t tunnel_id; /* as in the header: assigned by the receiver */
	uint32_t session_id;
	uint16_t ns;
	uint16_t nr;
	uint16_t offset_size;
	/* Payload of L2TPv3. Cookie and sublayer stand in no packet's header: the control
	 * exchange told them, or `is_inferred`: only one layout makes sense of the octets. */
	bool has_layout;
	bool is_inferred;
	uint8_t cookie_size; /* 0, 4 or 8 */
	uint8_t cookie[8];
	uint8_t sublayer;      /* value of AVP 69: 0 none, 1 default, 2 ATM … */
	uint8_t sublayer_bits; /* its first octet: V S B E … (RFC 4623 5.5) */
	bool has_data_sequence;
	uint32_t data_sequence; /* 24 bits */
	uint16_t pw_type;       /* CODE_PW_TYPE; 0 unknown */
	/* L2F: ns is the sequence octet, tunnel_id the Client ID, session_id the Multiplex ID. */
	uint8_t l2f_protocol; /* 1 management, 2 PPP, 3 SLIP */
	bool has_key;
	uint32_t key;
};

/* L2TP control message: AVPs in wire order. */
struct control {
	uint16_t message; /* code.h CODE_MESSAGE: 1 SCCRQ …; 0 = ZLB; MESSAGE_UNKNOWN when not even
			     named. L2F: enum l2f_message, and its options are the AVPs */
	const struct avp *avps;
	size_t n_avps;
	bool is_complete; /* every AVP of the message is known: only then may one be called missing
			   */
	/* Whoever decodes a packet tells which IETF AVPs below 128 are among them. */
	bool has_numbers;
	struct avp_set numbers;
};

/* The same of any message. */
static inline struct avp_set control_numbers(const struct control *c)
{
	return c->has_numbers ? c->numbers : avp_set_of(c->avps, c->n_avps);
}

#define MESSAGE_UNKNOWN 0xffff

/* What its attributes are printed with. */
struct avp_context control_context(const struct control *c);

/* A PPP packet that is not data: LCP, NCPs, PAP, CHAP, EAP … */
struct ppp {
	uint16_t protocol; /* 0xc021 … */
	uint8_t code;
	uint8_t id;
	bool has_id;     /* a log may not print it */
	uint16_t length; /* Length field, or as printed; 0 unknown */
	const struct ppp_option *options;
	size_t n_options;
	bool is_complete;   /* all options (or the whole body) are known */
	struct span body;   /* after the length field; empty when only text is known */
	struct str name;    /* PAP peer id, CHAP name, EAP identity */
	struct span value;  /* CHAP challenge or response value, PAP password */
	struct str message; /* Success/Failure/Ack/Nak text, Terminate data when text */
	uint32_t magic;     /* LCP echo, identification */
	bool has_magic;
	uint16_t rejected_protocol; /* LCP Protocol-Reject */
	bool has_acfc;              /* FF 03 was there */
	/* What the speaker said about its own machine BEFORE this message (`[ACKsent]`),
	 * RFC 1661 state 0–9, or −1. */
	int claimed_state;
};

/* Payload that is only counted. */
struct data {
	uint16_t protocol;  /* PPP protocol, 0 unknown */
	uint16_t ethertype; /* of a pseudowire's payload, behind VLAN tags: CODE_ETHERTYPE; 0
			       unknown */
	size_t length;      /* inner octets */
	/* What is known of them, behind the protocol field; payload_values() reads it for
	 * whoever asks. Empty where it was not kept. */
	struct span payload;
};

/* What stands beside a call: PPPoE discovery, RADIUS, PPTP's control connection. All else is in
 * event.values. */
struct neighbour {
	uint8_t code;     /* CODE_PPPOE, CODE_RADIUS, CODE_PPTP */
	uint16_t id;      /* PPPoE session id; RADIUS identifier; PPTP Call ID (pptp.h) */
	uint16_t length;  /* as in the header */
	uint64_t request; /* RADIUS response: the frame of its request, 0 unknown */
};

/* What only logs say. A topic fixes which values may be there. */
enum topic {
	SAID_NOTHING,      /* read and understood to mean nothing for a call (Session FS enabled) */
	SAID_TUNNEL_STATE, /* before, after */
	SAID_SESSION_STATE,  /* before, after */
	SAID_TUNNEL_NEW,     /* name, address of the peer */
	SAID_TUNNEL_AUTH,    /* result: success | failure */
	SAID_TUNNEL_CLOSING, /* seconds */
	SAID_SESSION_NEW,    /* direction: dialin | dialout */
	SAID_PPP_PHASE, /* phase: establishing authenticating forwarding up terminating down; by:
			   this-end | peer */
	SAID_CP_STATE,  /* protocol, state */
	SAID_PPP_DISCONNECT,  /* reason */
	SAID_LOOKUP,          /* VPDN: domain or dnis */
	SAID_TUNNEL_INFO,     /* what the lookup gave: name, address, secret, source */
	SAID_FORWARDED,       /* user */
	SAID_CLONED,          /* interface, user: virtual access was made */
	SAID_LINK,            /* interface, status up|down; layer: link | protocol */
	SAID_ISDN_CALL,       /* direction in|out, number, channel */
	SAID_ISDN_CONNECT,    /* number, user */
	SAID_ISDN_DISCONNECT, /* number, user, seconds */
	SAID_DIAL,            /* number */
	SAID_AAA,             /* user, result pass|fail|error, service */
	SAID_AAA_VALUE,       /* attribute, value (also RADIUS AV pairs and tunnel secrets) */
	SAID_RADIUS,          /* message, id, address, length, direction */
	SAID_RADIUS_VALUE,    /* attribute number, length, hex */
	SAID_ROUTE,           /* action install|remove, address */
	SAID_ADDRESS,         /* pool or peer address decision: address */
	SAID_LCP_FORCED,      /* proxy LCP accepted or rejected: which */
	SAID_DESTROYED,       /* the session or tunnel was destroyed here */
	SAID_PPPD,            /* which pppd serves the call: request (its pid), value (its line) */
	SAID_RESULT,          /* result, error, text, as printed apart from a message */
	SAID_RETRANSMIT,      /* printed retransmission or its exhaustion */
	SAID_COMMAND,         /* a typed command or prompt: name (host), text */
	SAID_USAGE,           /* what a daemon counted of a call: seconds, count (octets sent),
			       * value-decimal (octets received) */
	SAID_CONFIG,          /* a configuration fact: attribute, value, name (host) */
	SAID_BELOW,           /* IPsec, which was to carry L2TP, failed: reason */
	SAID_UNSENT,          /* this host could not send to its peer: reason */
	SAID_TABLE,           /* a row of a `show` table: local, remote ids, state, user … */
	SAID_OTHER,           /* a syslog message of another facility */
	SAID_UNREAD, /* a record (a stamp or a facility stands there) that no grammar row reads */
	TOPIC_COUNT,
};

const char *topic_name(enum topic t); /* "tunnel-state" … */

/* One captured value of a log record. `field` is one word of log_record.h's vocabulary. */
struct said_value {
	uint16_t field;
	struct str text;
	uint64_t number; /* when the field is numeric */
};

struct said {
	enum topic topic;
	const struct said_value *values;
	size_t n_values;
};

enum event_kind {
	EVENT_CONTROL, /* an L2TP control message (or ZLB) */
	EVENT_PPP,     /* a PPP control packet, in L2TP or printed by a router */
	EVENT_DATA,    /* L2TP payload that is only counted */
	EVENT_SAID,    /* something only a log says */
	EVENT_ICMP,    /* an ICMP error that quotes L2TP; from/to are the quoted packet's */
	EVENT_PPPOE,   /* PPPoE discovery; the session id is also path.pppoe */
	EVENT_RADIUS,  /* a RADIUS packet */
	EVENT_PPTP,    /* a message of a PPTP control connection */
	EVENT_OTHER,   /* a packet that is neither (counted per protocol in input_stats) */
};

struct event {
	uint64_t number; /* 1, 2, 3 … in this run; how people and JSON refer to it */
	struct moment when;
	struct str stamp; /* the time as the input printed it; empty in captures */
	struct origin origin;
	enum sense sense;
	enum event_kind kind;
	struct party from, to; /* EVENT_SAID: `from` is the speaker, `to` its peer */
	struct path path;
	struct str interface; /* log: Se0:0, Vi4 … (as printed, repaired) */
	/* An event that moves only the speaker's own PPP machines: proxy LCP replayed into
	 * them (`I FORCED CONFREQ`), a challenge that never went out. Never matched,
	 * counted, exported or missed. */
	bool is_virtual;
	/* Of several records: what stands at origin.offset does not give it alone. */
	bool is_assembled;
	struct l2tp_head l2tp;
	struct control control;     /* EVENT_CONTROL */
	struct ppp ppp;             /* EVENT_PPP */
	struct data data;           /* EVENT_DATA */
	struct said said;           /* EVENT_SAID; EVENT_RADIUS: of a router's line on it */
	struct neighbour neighbour; /* EVENT_PPPOE, EVENT_RADIUS, EVENT_PPTP */
	/* What no field above holds, in the order of the packet (value.h). */
	const struct value *values;
	size_t n_values;
	struct span packet; /* the L2TP message as bytes (from the wire, or from a dump,
			     * then perhaps only its beginning); empty when none */
	/* log: the message octet by octet, each with its source (rebuild.h); or NULL */
	const struct rebuilt *rebuilt;
	const struct grammar_row *row; /* log of a daemon: what read the line, or NULL */
	struct str text;               /* log: the repaired record, one line, without the stamp;
					* capture: the packet's comment; EVENT_OTHER: what it is */
	uint8_t icmp_type, icmp_code;  /* EVENT_ICMP */
	const struct defect *defects;
	size_t n_defects;
};

/* A deep copy into `a`; parts that do not fit are empty. Never NULL (a full arena
 * gives a static empty event). */
const struct event *event_copy(struct arena *a, const struct event *e);

/* The value of `field` in a said event, or the empty str. */
struct str said_text(const struct event *e, uint16_t field);

/* The first AVP of that IETF number (vendor 0) of a control event, or NULL. */
const struct avp *event_avp_find(const struct event *e, uint16_t number);

static inline const struct avp *event_avp(const struct event *e, uint16_t number)
{
	if (e->control.has_numbers && number < 128 && !avp_set_has(&e->control.numbers, number))
		return NULL;
	return event_avp_find(e, number);
}

#endif
