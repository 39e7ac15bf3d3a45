/* PPP packets in words: what pppd, accel-ppp, RouterOS and Keenetic print, back to bytes.
 *
 *   LCP ConfReq id=0x1 <mru 1400> <asyncmap 0x0> <auth chap MD5> <magic 0x69e185b7> <pcomp>
 *   CHAP Challenge id=0xef <56384d0c…>, name = "lns1.example.net"
 *
 * What a word means is a row of a table; an option that no row knows keeps the packet from
 * being whole, and what is known of it is still given. */
#ifndef L2TPSCOPE_PPP_WORDS_H
#define L2TPSCOPE_PPP_WORDS_H

#include "speech.h"

struct ppp_words {
	uint16_t protocol;
	uint8_t code, id;
	bool has_id;
	uint8_t body[2048];
	size_t n;         /* octets of body */
	bool is_complete; /* body is all there was */
	bool is_hex;      /* numbers are hexadecimal without 0x (accel-ppp) */
};

/* What stands between the brackets. False when it names no PPP packet. */
bool ppp_words_read(struct str inside, bool is_hex, struct ppp_words *ret);

/* One option, without its angle brackets: `mru 1400`. Adds its octets; what is not understood
 * makes the packet incomplete. */
void ppp_words_option(struct ppp_words *w, struct str option);
/* `<…> <…>`, one after the other. */
void ppp_words_options(struct ppp_words *w, struct str options);

/* The protocol of `LCP`, `IPCP`, `MSCHAP-v2` …, and the code of `ConfReq`, `rcvd TermAck` …; 0
 * when it is none. */
uint16_t ppp_words_protocol(struct str word);
uint8_t ppp_words_code(uint16_t protocol, struct str word);

/* The packet as an event of the line. */
struct event *ppp_words_event(struct speech *s, const struct spoken *line, enum sense sense,
			      const struct ppp_words *w);

#endif
