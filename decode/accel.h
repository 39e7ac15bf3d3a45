/* What the parts of accel-ppp's dialect share: accel_rows.c what it prints, accel.c PPP, PPPoE and
 * PPTP, accel_l2tp.c tunnels and sessions. */
#ifndef L2TPSCOPE_ACCEL_H
#define L2TPSCOPE_ACCEL_H

#include "speech.h"

struct accel {
	struct known_call *call; /* of lines without an interface yet */
	bool is_new;             /* a connection came: the next such line is that of a new call */
	unsigned calls;
	const char *service;        /* of the connection that came last */
	struct party own, to;       /* its ends: addresses, and PPTP's Call IDs */
	struct known_call *judging; /* whose RADIUS request is not answered */
	bool is_scanned;
	bool has_packets; /* `verbose=1`: each message as `[L2TP …]` */
	bool has_sends;   /* of level 4 and more: `sending …`, `handling …` */
	bool has_ncps;    /* packets of IPCP or IPV6CP */
	bool is_asked;    /* the SCCRQ of the tunnel that will be created was printed */
	bool is_repeat;   /* the packet that comes next was sent before */
};

extern const struct grammar_table accel_table;

/* `<Name value>` of a packet in words; empty where it is not. */
struct str accel_attribute(struct str text, const char *name);

/* True when it is a line of the L2TP module. */
bool accel_take_l2tp(struct speech *s, struct accel *a, const struct spoken *line);

#endif
