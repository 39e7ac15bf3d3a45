/* A carrier in small: LACs and LNSes whose tunnels carry calls, with a share of faults, as a
 * capture (record_pcap.c), as the debug log of an LNS (record_log.c) and as the truth about both
 * (record_truth.c). carrier.c lets them live, script.c says what becomes of a call; the same
 * options and seed make the same bytes.
 *
 * Times are microseconds since 1970. Index 0 of a pair is the LAC's, 1 the LNS's. */
#ifndef L2TPSCOPE_BENCH_CARRIER_H
#define L2TPSCOPE_BENCH_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { SECOND_US = 1000000 };

enum side { LAC, LNS };

/* How the payload's L2TP header looks. */
enum data_form { FORM_PLAIN, FORM_LENGTH, FORM_SEQUENCED, FORM_OFFSET, N_FORMS };

/* What becomes of a call. */
enum fate {
	FATE_HANGUP,       /* the client terminates LCP */
	FATE_CARRIER,      /* the LAC loses the line */
	FATE_CLEARED,      /* an administrator of the LNS */
	FATE_AUTH,         /* wrong password */
	FATE_LOOP,         /* IPCP never agrees */
	FATE_NO_RESOURCES, /* CDN 4 instead of ICRP */
	FATE_BAD_NUMBER,   /* CDN 6 instead of ICRP */
	FATE_NO_ANSWER,    /* ICRQ is acknowledged, nothing else comes */
	FATE_LCP_SILENT,   /* the client never answers LCP */
	N_FATES,
};

/* What the network does to a call, whatever its fate. */
enum trouble {
	TROUBLE_NONE,
	TROUBLE_REPEAT,    /* the ICRQ is sent again after a second */
	TROUBLE_DUPLICATE, /* the ICRQ arrives twice */
	TROUBLE_REORDER,   /* a HELLO overtakes the ICCN */
	TROUBLE_LOST_ACK,  /* of the CDN, which is sent again */
	TROUBLE_LATE_DATA, /* after the CDN */
	N_TROUBLES,
};

struct tunnel {
	unsigned number;
	uint32_t address[2];
	uint16_t id[2], ns[2], nr[2];
	char name[2][24];
	uint16_t next_session[2];
	unsigned live; /* calls on it */
	bool is_over;
};

struct call {
	struct tunnel *tunnel;
	unsigned number; /* from 1, in order of ICRQ */
	unsigned site;
	enum fate fate;
	enum trouble trouble;
	uint16_t id[2];
	uint32_t address; /* of the client, when it got one */
	uint32_t magic[2];
	char user[40], calling[24];
	/* the script: which step comes next, how often it was done */
	size_t step;
	unsigned round;
	uint16_t sent_ns; /* of the message that may be sent again */
	unsigned data_left;
	int64_t pause_us; /* between its data packets */
	uint16_t data_ns[2];
	/* the truth */
	int64_t start_us, connected_us, end_us;
	unsigned control, repeats, duplicates, ppp;
	uint64_t packets[2], bytes[2]; /* [0] to the LNS, [1] to the client */
};

enum message_kind { MESSAGE_CONTROL, MESSAGE_PPP, MESSAGE_DATA };

/* L2TP message types; 0 is a ZLB here, as on the wire it has none. */
enum { ZLB = 0, SCCRQ = 1, SCCRP, SCCCN, STOPCCN, HELLO = 6, ICRQ = 10, ICRP, ICCN, CDN = 14 };
enum { LCP = 0xC021, CHAP = 0xC223, IPCP = 0x8021, IPV4 = 0x0021 };
enum { CONFREQ = 1, CONFACK, CONFNAK, CONFREJ, TERMREQ, TERMACK, ECHOREQ = 9, ECHOREP };
enum { CHALLENGE = 1, RESPONSE, SUCCESS, FAILURE };

struct message {
	enum message_kind kind;
	struct tunnel *tunnel;
	struct call *call; /* or NULL */
	enum side from;    /* PPP and data: the LAC's side is the client's */
	unsigned type;     /* control */
	unsigned result;   /* CDN, StopCCN; 0: none */
	const char *words; /* of the result, or of a CHAP message; or NULL */
	uint16_t ns, nr;
	unsigned protocol, code, id; /* PPP */
	uint32_t address;            /* IPCP */
	unsigned size;               /* data: the IP packet */
	bool is_copy;                /* the same frame again: the IP id is the last one's */
	bool is_repeat;              /* sent again: its receiver has it already */
	bool is_fragment;            /* the first one of a longer IP datagram */
};

/* What comes from spoofed addresses, or from the honest ones of a tunnel. */
enum flood_kind {
	FLOOD_SCCRQ,    /* requests for a tunnel */
	FLOOD_TUNNEL,   /* PPP in tunnels that nobody opened */
	FLOOD_SESSION,  /* PPP in an honest tunnel, to session ids that nobody gave */
	FLOOD_ICRQ,     /* requests for a session in an honest tunnel */
	FLOOD_FRAGMENT, /* first fragments of IP datagrams that never come */
	N_FLOODS,
};

struct carrier {
	/* options */
	unsigned calls, tunnels, live, data, flood, snap, faults, site;
	int form;   /* enum data_form, or -1: each tunnel another */
	int floods; /* enum flood_kind: with what */
	uint64_t random;
	const char *pcap_path, *log_path, *truth_path;
	/* state */
	int64_t now_us;
	FILE *pcap, *log, *truth;
	uint16_t ip_id;
	unsigned injected_fates[N_FATES], injected_troubles[N_TROUBLES];
	struct tunnel *all;
};

extern const char *const fate_name[N_FATES], *const trouble_name[N_TROUBLES];
/* What the tool has to say of it: outcome, cause, who ended it. */
struct verdict {
	const char *outcome, *cause, *ended_by, *reached;
	unsigned cdn_from, cdn_result; /* 0: no CDN */
};
extern const struct verdict fate_verdict[N_FATES];

uint32_t carrier_random(struct carrier *c, uint32_t below);
/* A new file, or the end of the program; NULL for NULL. */
FILE *carrier_create(const char *path);

void record_pcap_open(struct carrier *c);
void record_pcap(struct carrier *c, const struct message *m);

/* What the LNS of the message's tunnel prints of it. */
void record_log_open(struct carrier *c);
void record_log(struct carrier *c, const struct message *m);

/* The L2TP message as octets; returns how many. `to` has room for 1,600. */
size_t message_octets(const struct carrier *c, const struct message *m, uint8_t *to);

void record_truth_open(struct carrier *c);
void record_truth(struct carrier *c, const struct call *call);
void record_truth_end(struct carrier *c);

#endif
