/* Named numbers by domain (code.def): messages, result and error codes, causes, PPP
 * protocols and codes. One row is one fact. */
#ifndef L2TPSCOPE_CODE_H
#define L2TPSCOPE_CODE_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

enum code_domain {
	CODE_MESSAGE,    /* L2TP message types; name = abbreviation as in the RFC */
	CODE_STOPCCN,    /* result codes of StopCCN */
	CODE_CDN,        /* result codes of CDN */
	CODE_ERROR,      /* general error codes */
	CODE_PROXY_AUTH, /* AVP 29 */
	CODE_DISCONNECT, /* AVP 46 */
	CODE_Q931,
	CODE_PPP_PROTOCOL,
	CODE_LCP, /* codes of LCP and every other control protocol */
	CODE_PAP,
	CODE_CHAP,
	CODE_CHAP_ALGORITHM,
	CODE_EAP,
	CODE_EAP_TYPE,
	CODE_L2F,
	CODE_RADIUS,
	CODE_PPPOE,
	CODE_PW_TYPE,
	CODE_MSEN,
	CODE_TDM_ERROR,
	CODE_PROXY_DIRECTION, /* direction octet of AVP 46 */
	CODE_CBCP,
	CODE_BAP,
	CODE_ETHERTYPE,
	CODE_L2F_AUTH, /* L2F_OPEN_TYPE */
	CODE_PPTP,     /* control messages; name = abbreviation as engineers write it */
	CODE_PPTP_START,
	CODE_PPTP_STOP,
	CODE_PPTP_DONE, /* of Stop- and Echo-Reply */
	CODE_PPTP_OUT,
	CODE_PPTP_IN,
	CODE_PPTP_CDN,
	CODE_PPTP_ERROR,
	CODE_Q931_MESSAGE, /* what carried a Q.931 cause */
	CODE_DOMAINS,
};

struct code_row {
	enum code_domain domain;
	uint32_t number;
	const char *name;  /* short: "SCCRQ", "Loss of carrier", "IPCP" */
	const char *about; /* longer, or what usually causes it; "" if none */
	const char *ref;
};

/* L2TP message types (CODE_MESSAGE). */
enum message_type {
	ZLB = 0,
	SCCRQ = 1,
	SCCRP = 2,
	SCCCN = 3,
	STOPCCN = 4,
	HELLO = 6,
	OCRQ = 7,
	OCRP = 8,
	OCCN = 9,
	ICRQ = 10,
	ICRP = 11,
	ICCN = 12,
	CDN = 14,
	WEN = 15,
	SLI = 16,
	MDMST = 17,
	SRRQ = 18,
	SRRP = 19,
	ACK = 20, /* L2TPv3 */
	FSQ = 21,
	FSR = 22,
	MSRQ = 23,
	MSRP = 24,
	MSE = 25,
	MSI = 26,
	MSEN = 27,
	CSUN = 28,
	CSURQ = 29,
};

/* Messages of L2F have numbers of their own (CODE_L2F, 1 to 5) that would read as SCCRQ …: in
 * an event they stand above L2F_MESSAGES. */
enum l2f_message {
	L2F_MESSAGES = 0x4600,
	L2F_CONF = L2F_MESSAGES + 1,
	L2F_OPEN = L2F_MESSAGES + 2,
	L2F_CLOSE = L2F_MESSAGES + 3,
	L2F_ECHO = L2F_MESSAGES + 4,
	L2F_ECHO_RESP = L2F_MESSAGES + 5,
};

/* PPP protocol numbers that the replay knows. */
enum ppp_protocol {
	PPP_IPV4 = 0x0021,
	PPP_MULTILINK = 0x003d,
	PPP_IPV6 = 0x0057,
	PPP_COMPRESSED = 0x00fd,
	PPP_IPCP = 0x8021,
	PPP_ECP = 0x8053,
	PPP_IPV6CP = 0x8057,
	PPP_CCP = 0x80fd,
	PPP_LCP = 0xc021,
	PPP_PAP = 0xc023,
	PPP_LQR = 0xc025,
	PPP_CBCP = 0xc029,
	PPP_BACP = 0xc02b,
	PPP_BAP = 0xc02d,
	PPP_CHAP = 0xc223,
	PPP_EAP = 0xc227,
};

/* Codes of LCP and the NCPs (RFC 1661 5). */
enum cp_code {
	CP_CONFREQ = 1,
	CP_CONFACK = 2,
	CP_CONFNAK = 3,
	CP_CONFREJ = 4,
	CP_TERMREQ = 5,
	CP_TERMACK = 6,
	CP_CODEREJ = 7,
	CP_PROTREJ = 8,
	CP_ECHOREQ = 9,
	CP_ECHOREP = 10,
	CP_DISCARD = 11,
	CP_IDENTIFICATION = 12,
	CP_TIME_REMAINING = 13,
};

enum pap_code { PAP_REQUEST = 1, PAP_ACK = 2, PAP_NAK = 3 };
enum chap_code { CHAP_CHALLENGE = 1, CHAP_RESPONSE = 2, CHAP_SUCCESS = 3, CHAP_FAILURE = 4 };
enum eap_code { EAP_REQUEST = 1, EAP_RESPONSE = 2, EAP_SUCCESS = 3, EAP_FAILURE = 4 };
enum chap_algorithm { CHAP_MD5 = 5, CHAP_MS = 128, CHAP_MSV2 = 129 };

/* The row, or NULL. */
const struct code_row *code_lookup(enum code_domain domain, uint32_t number);
/* Its name, or NULL. */
const char *code_name(enum code_domain domain, uint32_t number);
/* The row of that name, whatever the case of its letters, or NULL. */
const struct code_row *code_by_name(enum code_domain domain, struct str name);
/* Name of a message of an event: CODE_MESSAGE, or CODE_L2F above L2F_MESSAGES. */
const char *code_message_name(uint16_t message);
const char *code_domain_name(enum code_domain domain); /* "message", "stopccn" … */
/* A cause as Q.931 has it on the wire, with its extension bit, as the number of its row: 0x90 is
 * 16. RFC 2661 4.4.4 asks for the native encoding; most send the plain number. */
uint16_t code_q931_cause(uint16_t cause);
size_t code_rows(const struct code_row **ret);

/* Name of a control packet's code in the words of its protocol: LCP/NCP "Configure-Request",
 * PAP "Authenticate-Request", CHAP "Challenge" …; NULL when unknown. */
const char *ppp_code_name(uint16_t protocol, uint8_t code);
/* As IOS and engineers write it: "CONFREQ", "CONFACK", "TERMREQ", "CHALLENGE" …; NULL when unknown.
 */
const char *ppp_code_short(uint16_t protocol, uint8_t code);

#endif
