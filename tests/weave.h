/* The weaver: a readable script becomes a capture. What scripts can say is in weave.md.
 *
 * weave.c reads the script; weave_frame.c writes frames and the pcap file; weave_l2tp.c makes
 * L2TPv2 messages, weave_v3.c those of L2TPv3, weave_l2f.c those of L2F; weave_ppp.c makes what
 * they carry; weave_radius.c what is asked beside them. A test tool: it stops at the first mistake
 * and names the line. */
#ifndef L2TPSCOPE_WEAVE_H
#define L2TPSCOPE_WEAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	WEAVE_OCTETS = 65536, /* one message: an L2TP length has 16 bits */
	WEAVE_WORDS = 64,     /* of one line */
	WEAVE_PARTIES = 16,
	WEAVE_SENT = 512, /* control messages kept for `again` */
	WEAVE_TEXT = 256, /* a name, a secret */
};

/* Octets being written; more than fit ends the program. */
struct octets {
	uint8_t at[WEAVE_OCTETS];
	size_t len;
};

void octets_put(struct octets *o, const void *at, size_t len);
void octets_u8(struct octets *o, unsigned v);
void octets_u16(struct octets *o, unsigned v);
void octets_u32(struct octets *o, uint32_t v);
void octets_set_u16(struct octets *o, size_t at, unsigned v);

/* One word of a line: `key=value`, `+key=value`, `@key=value`, or `key` alone (value ""). */
struct word {
	char mark; /* '+' '-' '~' '@', or 0 */
	const char *key, *value;
};

/* One end. A party behind another (a client) uses its addresses and ids. */
struct party {
	char id[WEAVE_TEXT];
	struct party *behind;
	uint8_t address[16];
	bool is_ipv6;
	uint16_t port;
	uint16_t ip_id;           /* of all its packets; 0: each has one of its own */
	uint32_t tunnel, session; /* that this end assigned */
	uint16_t ns, nr;          /* next to send, next expected */
	uint16_t data_ns;
	uint8_t challenge[WEAVE_TEXT]; /* the last tunnel challenge it sent */
	size_t challenge_len;
	uint8_t chap[WEAVE_TEXT]; /* the last CHAP challenge it sent */
	size_t chap_len;
	/* L2TPv3: its nonce; what it wants before the payload it gets */
	uint8_t nonce[WEAVE_TEXT];
	size_t nonce_len;
	uint8_t cookie[8];
	size_t cookie_len;
	bool has_sublayer;
	uint32_t sequence; /* of the payload it sends next */
	uint8_t l2f_ns;
	uint32_t octets_sent;            /* TCP sequence number */
	struct octets *sent[WEAVE_SENT]; /* control messages by Ns, for `again` */
	struct octets last;              /* last datagram payload, for ICMP */
};

enum link {
	LINK_ETHERNET,
	LINK_VLAN,
	LINK_PPPOE,
	LINK_GRE,
	LINK_VXLAN,
	LINK_GENEVE,
	LINK_SLL,
	LINK_RAW,
	LINK_PPP
};

/* What PPP lines travel in. */
enum carry { CARRY_L2TP, CARRY_PPPOE, CARRY_PPTP, CARRY_LINE };

enum version { VERSION_L2F = 1, VERSION_2, VERSION_3 };

struct weave {
	const char *script, *path;
	enum version version;
	bool is_bare_ip;      /* IP protocol 115 instead of UDP */
	unsigned line, depth; /* in the script; of scripts inside scripts */
	FILE *out;
	enum link link;
	enum carry carry;
	uint16_t pppoe;        /* session id of CARRY_PPPOE */
	uint16_t vlan, mirror; /* `mirror`: each frame once more, in that VLAN; 0 none */
	uint32_t link_id;      /* PPPoE session, GRE key */
	uint32_t snap;
	int64_t start_us, now_us; /* since 1970; of the current line */
	/* the clock of the recording: what it is ahead, and gains; the party whose messages reach
	 * it later, and how much */
	int64_t ahead_us, delay_us;
	double gains_ppm;
	char far[WEAVE_TEXT];
	char secret[WEAVE_TEXT];
	uint8_t random[WEAVE_TEXT]; /* last Random Vector AVP of the current message */
	size_t random_len;
	uint16_t ip_id;
	struct party parties[WEAVE_PARTIES];
	size_t n_parties;
	/* the current line */
	struct party *from, *to;
	struct word words[WEAVE_WORDS];
	size_t n_words;
	unsigned round; /* of @times: 0, 1 … */
	bool has_held;  /* PPTP: a message waits for the next one */
};

/* Prints SCRIPT:LINE and the reason, ends the program. */
_Noreturn void weave_fail(const struct weave *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Values of words; all stop the program when they cannot be read. */
uint32_t weave_number(const struct weave *w, const char *value, uint32_t max);
size_t weave_hex(const struct weave *w, const char *value, uint8_t *ret, size_t max);
bool weave_address(const char *value, uint8_t ret[16], bool *ret_is_ipv6);
/* The word `@key` (an order about the line itself), or NULL. */
const struct word *weave_order(const struct weave *w, const char *key);

/* weave_frame.c */
void frame_open(struct weave *w, const char *path);
void frame_udp(struct weave *w, const struct octets *payload); /* or bare, as the script says */
void frame_icmp_unreachable(struct weave *w); /* quotes the last datagram of `to` */
void frame_close(struct weave *w);
/* An Ethernet frame of that type; GRE; the line itself. */
void frame_ether(struct weave *w, unsigned type, const struct octets *payload, bool to_all);
void frame_gre(struct weave *w, const struct octets *payload);
void frame_tcp(struct weave *w, const struct octets *payload, unsigned flags);
void frame_line(struct weave *w, const struct octets *payload);
void frame_whole(struct weave *w, const struct octets *frame); /* link header and all */

/* weave_l2tp.c: false when `name` is none of theirs. */
bool l2tp_control(struct weave *w, const char *name);
bool l2tp_again(struct weave *w);
void l2tp_data(struct weave *w, const struct octets *ppp);
/* The message is in the network; it is kept for `again`. */
void l2tp_sent(struct weave *w, const struct octets *o, uint16_t ns);
/* AVPs of the line; where a digest stands (its type octet), or 0. */
size_t l2tp_avps(struct weave *w, struct octets *o, uint16_t type);
/* The value of an order that replaces what the weaver would write. */
uint32_t weave_ordered(const struct weave *w, const char *key, uint32_t usual, uint32_t max);

/* weave_v3.c, weave_l2f.c: the same for their protocols. */
bool v3_control(struct weave *w, const char *name);
void v3_data(struct weave *w, const struct octets *payload);
bool l2f_management(struct weave *w, const char *name);
void l2f_data(struct weave *w, const struct octets *ppp);

/* weave_access.c: PPP in what a script `carry`s it in; PPPoE discovery and RADIUS: false when
 * `name` is none of theirs. */
void access_data(struct weave *w, const struct octets *ppp);
bool access_packet(struct weave *w, const char *name);
void access_carry(struct weave *w, const char *what, const char *session);

/* weave_radius.c: the packet of `code` with the attributes of the line. */
void radius_packet(struct weave *w, unsigned code);

/* weave_pptp.c: `PPTP MESSAGE …`, the words of the line begin with the message. */
bool pptp_message(struct weave *w);

/* weave_ppp.c: makes the PPP frame of `PROTOCOL CODE …`. */
bool ppp_packet(struct weave *w, const char *protocol, struct octets *ret);

#endif
