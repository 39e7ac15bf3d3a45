/* What frame.c (from the link to PPP, step by step) and frame_others.c (what is no L2TP) know of
 * each other. */
#ifndef L2TPSCOPE_FRAME_PARTS_H
#define L2TPSCOPE_FRAME_PARTS_H

#include "frame.h"
#include "hdlc.h"
#include "limits.h"
#include "linktype.h"
#include "others.h"

struct frame_decoder {
	struct arena *scratch;
	struct l2tp_decoder *l2tp;
	struct reassembly *fragments;
	struct sights *sights;
	struct hdlc_memory hdlc;
	struct radius_decoder *radius;
	struct pptp_streams *pptp;
	bool with_noise;
	bool is_idle;  /* frame_is_idle(): most frames change nothing about it */
	bool has_left; /* frame_left_nothing() */
	struct others others;
	struct host_pair ipsec[LIMIT_IPSEC_PAIRS];
	size_t n_ipsec;
};

/* One frame on its way up. */
struct climb {
	struct frame_decoder *d;
	struct arena *arena;
	struct event *e;
	struct defect_list defects;
	const char *outer;        /* what the frame counts as, whatever is inside; or NULL */
	struct link_frame inside; /* what the next step reads */
	bool goes_on;             /* a step found something inside and left it to the next */
};

static inline size_t cut_octets(const struct event *e)
{
	return e->path.original > e->path.captured ? e->path.original - e->path.captured : 0;
}

/* Not L2TP: it is counted by what it is, and is an event where somebody wants noise. What a link
 * layer already named keeps that name. */
bool climb_other(struct climb *c, const char *what);
/* Likewise, but for the count, which is the one of sessions or pairs. */
bool climb_is_other(struct climb *c, const char *what);
/* It only counts: what is in it is an event. */
void climb_count(struct climb *c, const char *what);
/* Sessions and pairs count once each: their packets say nothing more. True: it is new. */
bool climb_count_once(struct climb *c, const char *what, uint64_t key);

/* IPsec between two hosts often carries their L2TP: named, and never guessed into. */
bool climb_ipsec(struct climb *c, const char *what);
bool udp_is_ipsec(const struct party *from, const struct party *to);
bool climb_ipsec_udp(struct climb *c);

/* What the ports of a datagram say that it is. */
const char *udp_name(const struct event *e);

/* It goes over PPPoE: the name that it counts under. */
extern const char pppoe_session[];

#endif
