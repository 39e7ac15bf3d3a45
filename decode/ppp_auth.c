/* PAP (RFC 1334), CHAP (RFC 1994, MS-CHAP RFC 2433 and 2759), the outline of EAP (RFC 3748). */
#include "code.h"
#include "ppp.h"

enum { BODY = 4 }; /* offset of the body in its packet */

/* The body, and what of it the capture did not keep. */
struct auth {
	struct arena *arena;
	struct bytes b;
	bool is_cut;
	struct event *e;
	struct defect_list *defects;
};

static struct str str_of_span(struct span s)
{
	return (struct str){.at = (const char *)s.at, .len = s.len};
}

/* A value behind its length octet. What overruns is a defect; what is there is kept. */
static struct span counted_take(struct auth *p, const char *what)
{
	size_t offset = BODY + bytes_offset(&p->b);
	uint8_t length = bytes_u8(&p->b);
	bool has_length = bytes_ok(&p->b);
	size_t left = p->b.left;
	struct bytes box = bytes_box(&p->b, length);
	struct defect *d;

	if (bytes_ok(&p->b))
		return bytes_rest(&box);
	p->e->ppp.is_complete = false;
	if (p->is_cut)
		return bytes_rest(&box);
	d = defect_add(p->defects, DEFECT_PPP_VALUE_LENGTH, offset);
	if (d)
		d->text = has_length ? arena_printf(p->arena, "%s of %u octets, %zu are left", what,
						    length, left)
				     : arena_printf(p->arena, "no %s", what);
	return bytes_rest(&box);
}

static void pap_decode(struct auth *p)
{
	struct ppp *ppp = &p->e->ppp;

	switch (ppp->code) {
	case PAP_REQUEST:
		ppp->name = str_of_span(counted_take(p, "peer id"));
		if (bytes_ok(&p->b))
			ppp->value = counted_take(p, "password");
		return;
	case PAP_ACK:
	case PAP_NAK:
		/* Some servers leave the message out altogether, length octet included. */
		if (p->b.left > 0)
			ppp->message = str_of_span(counted_take(p, "message"));
		return;
	default:
		return;
	}
}

static void chap_decode(struct auth *p)
{
	struct ppp *ppp = &p->e->ppp;

	switch (ppp->code) {
	case CHAP_CHALLENGE:
	case CHAP_RESPONSE:
		ppp->value = counted_take(p, "value");
		ppp->name = str_of_span(bytes_rest(&p->b));
		return;
	case CHAP_SUCCESS:
	case CHAP_FAILURE:
		ppp->message = str_of_span(bytes_rest(&p->b));
		return;
	default:
		return;
	}
}

/* EAP type 26: a CHAP packet with its own code, id and length inside. */
static void eap_mschap_decode(struct auth *p)
{
	struct ppp *ppp = &p->e->ppp;
	uint8_t code = bytes_u8(&p->b);

	if (p->b.left < 3)
		return;
	bytes_take(&p->b, 3); /* id, length */
	if (code == CHAP_CHALLENGE || code == CHAP_RESPONSE) {
		ppp->value = counted_take(p, "value");
		ppp->name = str_of_span(bytes_rest(&p->b));
	} else if (code == CHAP_SUCCESS || code == CHAP_FAILURE) {
		ppp->message = str_of_span(bytes_rest(&p->b));
	}
}

static void eap_decode(struct auth *p)
{
	enum { IDENTITY = 1, NOTIFICATION = 2, MD5_CHALLENGE = 4, MSCHAPV2 = 26 };
	struct ppp *ppp = &p->e->ppp;
	uint8_t type;

	if (ppp->code != EAP_REQUEST && ppp->code != EAP_RESPONSE)
		return;
	type = bytes_u8(&p->b);
	if (!bytes_ok(&p->b)) {
		if (!p->is_cut)
			defect_add(p->defects, DEFECT_PPP_SHORT, BODY);
		return;
	}
	switch (type) {
	case IDENTITY: /* of a request: words to show to the user */
		if (ppp->code == EAP_RESPONSE)
			ppp->name = str_of_span(bytes_rest(&p->b));
		else
			ppp->message = str_of_span(bytes_rest(&p->b));
		return;
	case NOTIFICATION:
		ppp->message = str_of_span(bytes_rest(&p->b));
		return;
	case MD5_CHALLENGE:
		ppp->value = counted_take(p, "value");
		ppp->name = str_of_span(bytes_rest(&p->b));
		return;
	case MSCHAPV2:
		eap_mschap_decode(p);
		return;
	default:
		return;
	}
}

void ppp_auth_decode(struct arena *a, size_t there, struct event *e, struct defect_list *defects)
{
	struct auth p = {
		.arena = a,
		.b = bytes_of(e->ppp.body),
		.is_cut = e->ppp.body.len < there,
		.e = e,
		.defects = defects,
	};

	if (e->ppp.protocol == PPP_PAP)
		pap_decode(&p);
	else if (e->ppp.protocol == PPP_CHAP)
		chap_decode(&p);
	else
		eap_decode(&p);
}
