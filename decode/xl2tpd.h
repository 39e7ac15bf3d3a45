/* xl2tpd: its rows (xl2tpd_rows.c), its gatherer (xl2tpd.c) and its `packet dump:` (xl2tpd_dump.c).
 *
 * A message is one event, at the line that says it was received or sent; what the `…_avp` lines
 * before it said are its attributes. Where the log has packet dumps, they are the messages: they
 * come through a buffer of their own, later than the lines that speak of them. */
#ifndef L2TPSCOPE_XL2TPD_H
#define L2TPSCOPE_XL2TPD_H

#include "speech.h"

extern const struct grammar_table xl2tpd_table;

/* A dump while it is put together: other lines may stand in the middle of it. */
struct xl2tpd_dump {
	bool is_open;  /* `HEX: {` without its `}` */
	bool is_ascii; /* `ASCII: {` without its `}` */
	uint8_t octets[4096];
	size_t n;
	char half; /* the first digit of an octet that was cut in two */
	bool is_broken;
};

/* Reads a line of a dump. False when it is none. *ret_packet: a whole message, in network order;
 * its sense is told by the order that its header was in. */
bool xl2tpd_dump_line(struct xl2tpd_dump *d, struct str text, struct span *ret_packet,
		      enum sense *ret_sense);

#endif
