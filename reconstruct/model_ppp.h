/* The PPP link of a session: a part of the model (model.h). Its ends are [CLIENT] and [LNS]. */
#ifndef L2TPSCOPE_MODEL_PPP_H
#define L2TPSCOPE_MODEL_PPP_H

#include "kept_options.h"
#include "model_end.h"

/* What few sides of a control protocol have, each of them once: a short list. */
enum cp_part_kind { CP_AGAIN, CP_REFUSAL, CP_ENDING, CP_ECHO, CP_REPLIES, CP_CLAIM, CP_MOVED };
struct cp_part {
	struct cp_part *next;
	enum cp_part_kind kind;
};
struct cp_again { /* it asked more than once */
	struct cp_part part;
	struct mark first; /* its first request */
	uint32_t ids[8];   /* a bit for every id before the last one: cp_used_id() */
};
struct cp_refusal { /* its answers to the other side's requests */
	struct cp_part part;
	struct kept_options *options; /* in the last Nak/Reject this side SENT */
	bool is_reject;
	struct mark mark;
};
struct cp_ending {
	struct cp_part part;
	struct mark request; /* it sent Terminate-Request */
	struct str text;
	struct mark ack;
};
struct cp_echo {
	struct cp_part part;
	uint32_t requests, unanswered; /* unanswered in a row */
	struct mark first, last;       /* of those in a row, and of all requests */
};
struct cp_replies { /* to echo requests of the other side */
	struct cp_part part;
	uint32_t n;
};
struct cp_claim {
	struct cp_part part;
	struct mark rejected;     /* it rejected this protocol */
	struct mark open, closed; /* the router said `State is Open` */
};
struct cp_moved { /* of a text */
	struct cp_part part;
	uint64_t by; /* event.number of the last packet */
};

/* One end's side of a control protocol (LCP, IPCP …). */
struct cp_side {
	struct end end;               /* machine_cp */
	uint8_t before_received;      /* its state when the last packet came to it */
	uint8_t request_id;           /* of the last one */
	uint16_t requests;            /* distinct ids sent */
	uint16_t request_repeats;     /* same id sent again */
	uint16_t naks, rejects, acks; /* this side's ANSWERS to the other side's requests */
	struct mark last_request;     /* the last Configure-Request; side_first_request() */
	struct mark acked;            /* its request was acknowledged (by the other side) */
	struct kept_options *options; /* of the last request */
	struct kept_options *agreed;  /* of the acknowledged request */
	struct cp_part *parts;
};

struct cp {
	uint16_t protocol;
	struct cp_side side[2]; /* [CLIENT] [LNS] */
	struct mark opened;     /* acknowledged both ways */
	struct mark *closed;    /* or NULL: cp_closed() */
};

/* CP_LCP_AT_LAC: LCP between client and LAC before the session (a log of the LAC shows it), its
 * side[1] is the LAC; not one of the N_CP. */
enum { CP_LCP, CP_IPCP, CP_IPV6CP, CP_CCP, CP_OTHER, N_CP, CP_LCP_AT_LAC = N_CP, ALL_CP };

/* Methods of EAP that a password proves: CODE_EAP_TYPE. */
enum eap_method { EAP_MD5 = 4, EAP_MSCHAPV2 = 26 };

/* Authentication of one side by the other. */
struct auth {
	uint16_t protocol;              /* PPP_PAP, PPP_CHAP, PPP_EAP; 0 none */
	uint8_t algorithm;              /* CHAP: 5, 128, 129 */
	uint8_t eap_method;             /* EAP: enum eap_method of challenge and response */
	uint8_t eap_asked, eap_wanted;  /* EAP: the type last asked for; what the last Nak wanted */
	bool eap_refused;               /* the last response was a Nak (RFC 3748 5.3.1) */
	struct end authenticator, peer; /* machine_authenticator, machine_authenticated */
	uint16_t challenges, responses;
	uint16_t unanswered; /* challenges, or requests of EAP, since the last response */
	uint8_t challenge_id, response_id;
	uint8_t result;          /* enum result */
	uint8_t verified;        /* enum truth: against a secret */
	uint8_t answer_verified; /* MS-CHAPv2: the S= of the Success, when the response fits */
	bool is_proxy;           /* challenge and response came in proxy AVPs */
	bool is_told; /* a daemon's word for it, no packet: which CHAP it was may be open */
	bool by_lac;  /* the LAC was the authenticator */
	bool by_lns;
	struct str authenticator_name, peer_name;
	struct span challenge, response; /* CHAP value, or PAP password */
	struct str message;              /* of Success/Failure */
	struct str verified_with;        /* whose secret: "--secrets", "the log itself" */
	struct mark first, challenged, responded, decided;
};

/* What few links have. */
struct link_rare {
	struct mark auth_method_refused; /* a request for authentication was rejected/naked to the
					    end */
	struct str auth_asked;  /* the method that was asked for; empty: none, or several */
	struct str auth_wanted; /* what a Nak wanted instead */
	struct mark renegotiated;
	struct mark told;             /* the log of this very PPP said that it began */
	struct mark bad_answer;       /* an answer that does not fit its request was thrown away */
	struct mark loopback;         /* the same magic number came back */
	struct str disconnect_reason; /* `PPP DISC: …` */
	struct mark disconnect_said;  /* when */
	struct str judged;            /* why its log says that a response is wrong */
	struct str aaa_silent;        /* what its log said of its AAA server while it judged */
	uint32_t bad_answers;
	bool lcp_timed_out; /* its pppd gave up asking */
};

struct ppp_link {
	struct mark first; /* PPP control packet */
	enum truth proxy_accepted;
	uint16_t proxy_mru[2];   /* [CLIENT] [LNS as spoken by the LAC]; 0 unknown */
	uint16_t renegotiations; /* LCP requests by the LNS after proxy LCP, or in Opened */
	uint8_t auth_asker;      /* which end's request rare.auth_method_refused was */
	bool is_fresh;           /* its life is seen from its beginning */
	bool proxy_lcp;          /* AVP 26–28 came in the ICCN or OCCN */
	struct link_rare *rare;  /* link_rare() */
	struct end phase[2];     /* machine_link, [CLIENT] [LNS] */
	struct cp *cp[ALL_CP];   /* NULL until spoken of: link_cp() */
	/* [CLIENT]: authentication OF the client; [LNS]: of the LNS. link_auth() */
	struct auth *auth[2];
	struct mark last; /* PPP control packet */
};

/* What nobody has spoken yet, on a link that was joined in mid-life and on a fresh one. */
extern const struct cp link_unspoken[2][ALL_CP];
extern const struct auth link_unasked[2];

/* Parts that not every record has (known.h makes them). Never NULL: of a part that is not there
 * nothing is known. */
static inline const struct cp *link_cp(const struct ppp_link *l, size_t which)
{
	return l->cp[which] ? l->cp[which] : &link_unspoken[l->is_fresh][which];
}

static inline const struct auth *link_auth(const struct ppp_link *l, size_t side)
{
	return l->auth[side] ? l->auth[side] : &link_unasked[l->is_fresh];
}

const struct link_rare *link_rare(const struct ppp_link *l);
const struct mark *cp_closed(const struct cp *cp);
const struct mark *side_first_request(const struct cp_side *side);
const struct cp_refusal *side_refusal(const struct cp_side *side);
const struct cp_ending *side_ending(const struct cp_side *side);
const struct cp_echo *side_echo(const struct cp_side *side);
uint32_t side_echo_replies(const struct cp_side *side);
const struct cp_claim *side_claim(const struct cp_side *side);
const struct cp_moved *side_moved(const struct cp_side *side);

#endif
