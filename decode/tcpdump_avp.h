/* The attributes of an L2TP message as tcpdump prints them: `*MSGTYPE(ICRQ) *ASSND_SESS_ID(33262)`;
 * a star marks what is mandatory. */
#ifndef L2TPSCOPE_TCPDUMP_AVP_H
#define L2TPSCOPE_TCPDUMP_AVP_H

#include "retold.h"

/* Puts them into the message. What is no attribute, or not in the words of one, leaves it
 * incomplete. */
void tcpdump_avps(struct speech *s, struct retold *r, struct str text);

#endif
