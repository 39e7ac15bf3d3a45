/* Packets that a program printed in words (tcpdump, tshark, DrayTek, Windows, Solstice), put
 * together again octet by octet and decoded as if they had been captured.
 *
 * What was not printed keeps a packet from being complete, and is no fault of its sender. The
 * words of one packet may stand in many lines: it is held until the next one begins. */
#ifndef L2TPSCOPE_RETOLD_H
#define L2TPSCOPE_RETOLD_H

#include "ppp_words.h"

enum { RETOLD_OCTETS = 4096, RETOLD_TEXT = 512, RETOLD_NAME = 256 };

/* What carries the packet. */
enum retold_carrier {
	RETOLD_LINK, /* PPP by itself: a line, PPTP, PPPoE */
	RETOLD_DATA, /* PPP in L2TP */
	RETOLD_CONTROL,
};

struct retold {
	bool is_open; /* a packet is held, and its words: those of the line are gone by then */
	struct spoken line;
	char stamp[64], text[RETOLD_TEXT];
	char names[2][RETOLD_NAME];
	char interface[64]; /* of what is PPP by itself; may be empty */
	enum sense sense;
	enum retold_carrier carrier;
	struct party from, to;
	uint16_t pppoe;
	bool has_sequence;
	uint32_t tunnel_id, session_id; /* as in the header */
	uint32_t gre_call;              /* PPTP: Call ID in the GRE header, the receiver's */
	uint16_t ns, nr;
	uint8_t avps[RETOLD_OCTETS];
	size_t n;
	bool is_complete;  /* of the AVPs */
	uint32_t original; /* octets of the packet, where that was told; 0: those that were told */
	struct ppp_words words;
};

/* Holds a new packet that `line` began; the one before must have been given. */
void retold_begin(struct retold *r, const struct spoken *line, enum sense sense);
/* Gives the packet that is held, if any, as an event. */
void retold_give(struct speech *s, struct retold *r);

/* AVPs of a control message, in the order of the packet. `bits`: M and H as in the header. */
void retold_avp_raw(struct retold *r, uint16_t bits, uint16_t vendor, uint16_t number,
		    struct span value);
void retold_avp(struct retold *r, bool is_mandatory, uint16_t number, struct span value);
void retold_avp_number(struct retold *r, bool is_mandatory, uint16_t number, uint64_t value);

/* One option of the PPP packet. */
void retold_option(struct retold *r, uint8_t number, struct span value);
/* The value of an option as sniffers print it: `1400`, `0x20817a1a`, `172.31.10.1`,
 * `CHAP, MD5`. `length` is the option's own. False when the words are not known. */
bool retold_option_words(struct retold *r, uint8_t number, size_t length, struct str words);

/* `lac.1701`, `10.0.0.1.1701`, `fe80::1.l2tp`: host and port of each end. */
void retold_parties(struct retold *r, struct str from, struct str to);

#endif
