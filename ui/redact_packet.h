/* `redact`: the octets of one frame, replaced in place. What is not known to be harmless is
 * replaced or blanked: an allow list, never a list of what to look for. */
#ifndef L2TPSCOPE_REDACT_PACKET_H
#define L2TPSCOPE_REDACT_PACKET_H

#include "event.h"
#include "redact_map.h"
#include "redact_proof.h"
#include "secrets.h"

struct redactor {
	struct redact_map *map;
	struct redact_proofs *proofs;
	struct arena *scratch;
	const struct event *event; /* of the frame, as the decoder read it; or NULL */
	uint16_t told;  /* a text told that the octets are a packet of this PPP protocol */
	bool is_config; /* a text is configuration: `password X` */
	bool is_inside; /* of a tunnel's data: payload of IP is blanked */
};

/* Octets that can be written, from the frame. */
struct place {
	uint8_t *at;
	size_t n;
};

/* `n` octets from `offset` on, as far as they are there. */
static inline struct place place_part(struct place p, size_t offset, size_t n)
{
	size_t from = offset < p.n ? offset : p.n;
	size_t left = p.n - from;

	return (struct place){.at = p.at + from, .n = n < left ? n : left};
}

static inline struct place place_from(struct place p, size_t offset)
{
	return place_part(p, offset, p.n);
}

static inline struct span place_span(struct place p)
{
	return span_of(p.at, p.n);
}

static inline void place_blank(struct place p)
{
	if (p.n > 0)
		memset(p.at, 0, p.n);
}

/* redact_link.c: a whole frame. False: of a link type that cannot be made safe. */
bool redact_frame(struct redactor *r, int dlt, struct place frame);
void redact_ip(struct redactor *r, struct place packet);
/* redact_l2tp.c */
void redact_l2tp(struct redactor *r, struct place message, bool is_ip);
/* Of a message that a log tells: its values are met, nothing is changed. */
void redact_attributes(struct redactor *r, const struct avp *avps, size_t n);
/* redact_ppp.c */
/* Likewise. */
void redact_ppp_told(struct redactor *r, const struct ppp *p);
void redact_ppp(struct redactor *r, struct place frame);
void redact_ppp_options(struct redactor *r, uint16_t protocol, struct place options);
/* redact_radius.c */
void redact_radius(struct redactor *r, struct place packet);
/* redact_beside.c */
void redact_pppoe(struct redactor *r, struct place packet);
void redact_pptp(struct redactor *r, struct place segment);
/* Octets of which only the attribute is known: text by its words, else as a proof. */
void redact_opaque(struct redactor *r, struct place value);

#endif
