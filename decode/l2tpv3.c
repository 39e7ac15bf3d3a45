#include "l2tpv3.h"

#include <stdlib.h>

#include "code.h"
#include "ip.h"
#include "l2tpv3_payload.h"
#include "l2tpv3_table.h"

enum {
	SUBLAYER_NONE = 0, /* values of AVP 69 */
	SUBLAYER_DEFAULT = 1,
	SUBLAYER_ATM = 2,
	SUBLAYER_SIZE = 4,
	SUBLAYER_S = 0x40,
	SUBLAYER_RESERVED = 0x0f, /* V S B E stand before: RFC 3931 4.6, RFC 4623 5.5 */
	UTI_COOKIE = 8,
	AVP_HEADER = 6,
};

struct l2tpv3 {
	struct v3_table *ends;
};

struct l2tpv3 *l2tpv3_new(void)
{
	struct l2tpv3 *v = must_alloc(1, sizeof(*v));

	v->ends = v3_table_new();
	return v;
}

void l2tpv3_free(struct l2tpv3 *v)
{
	if (!v)
		return;
	v3_table_free(v->ends);
	free(v);
}

const struct v3_table *l2tpv3_table(const struct l2tpv3 *v)
{
	return v->ends;
}

/* The RFC's attribute, or Cisco's of the drafts. */
static const struct avp *pick(const struct event *e, uint16_t ietf, uint32_t cisco)
{
	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];

		if ((a->vendor == 0 && a->number == ietf) ||
		    (uint32_t)0x10000 * a->vendor + a->number == cisco)
			return a;
	}
	return NULL;
}

/* Its number, when all of it is known and it has the length it must have; else 0. */
static uint32_t number_of(const struct avp *a)
{
	uint64_t number;

	if (!a || !a->is_whole || !a->row || !avp_length_fits(a->row, a->value.len + AVP_HEADER) ||
	    !avp_number(a, &number))
		return 0;
	return (uint32_t)number;
}

static struct v3_end *put(struct l2tpv3 *v, const struct v3_key *key, struct defect_list *defects)
{
	bool has_forgotten = false;
	struct v3_end *end = v3_table_put(v->ends, key, &has_forgotten);

	if (has_forgotten)
		defect_add(defects, DEFECT_LIMIT_REACHED, 0);
	return end;
}

static struct span nonce_of(const struct event *e)
{
	const struct avp *a = pick(e, AVP_N_NONCE, AVP_N_CISCO_NONCE);

	return a && a->is_whole ? a->value : (struct span){0};
}

/* RFC 3931 4.3: SCCRQ and SCCRP exchange the nonces. */
static void learn_connection(struct l2tpv3 *v, const struct event *e, struct defect_list *defects)
{
	struct v3_key own = v3_key_of(V3_CONNECTION, e, &e->from, e->from.tunnel_id);
	struct v3_key other = v3_key_of(V3_CONNECTION, e, &e->to, e->l2tp.tunnel_id);
	bool wants_digest = l2tpv3_is_sealed(defects->arena, e);
	struct v3_end *asker;
	struct v3_end *end;

	if (!e->from.tunnel_id || !e->control.is_complete)
		return;
	end = v3_table_find(v->ends, &own);
	/* A request that is repeated after its answer changes nothing. */
	if (end && e->control.message == SCCRQ && end->wants_digest == wants_digest &&
	    span_equal(span_of(end->own.at, end->own.len), nonce_of(e)))
		return;
	end = put(v, &own, defects);
	end->wants_digest = wants_digest;
	v3_nonce_set(&end->own, nonce_of(e));
	asker = e->control.message == SCCRP ? v3_table_find(v->ends, &other) : NULL;
	if (!asker || asker == end)
		return;
	v3_nonce_set(&asker->peer, nonce_of(e));
	v3_nonce_set(&end->peer, span_of(asker->own.at, asker->own.len));
	asker->is_authenticated = asker->wants_digest && end->wants_digest;
	end->is_authenticated = asker->is_authenticated;
}

static void learn_layout(struct v3_end *end, const struct event *e)
{
	const struct avp *cookie = pick(e, AVP_N_ASSIGNED_COOKIE, AVP_N_CISCO_ASSIGNED_COOKIE);
	const struct avp *sublayer =
		pick(e, AVP_N_L2_SPECIFIC_SUBLAYER, AVP_N_L2_SPECIFIC_SUBLAYER);
	size_t size = cookie ? cookie->value.len : 0;

	/* What is still hidden, cut or wrong leaves the layout open. */
	if (!e->control.is_complete || (cookie && !cookie->is_whole) ||
	    (sublayer && !sublayer->is_whole) || (size != 0 && size != 4 && size != 8))
		return;
	end->has_layout = true;
	end->layout.cookie_size = (uint8_t)size;
	if (size)
		memcpy(end->layout.cookie, cookie->value.at, size);
	end->layout.sublayer = (uint8_t)number_of(sublayer);
}

/* RFC 3931 5.4.4: each end says what it wants before it in front of what it receives; only
 * the request says of what type the pseudowire is. */
static void learn_session(struct l2tpv3 *v, const struct event *e, struct defect_list *defects)
{
	uint32_t remote =
		number_of(pick(e, AVP_N_REMOTE_SESSION_ID, AVP_N_CISCO_REMOTE_SESSION_ID));
	uint32_t type = number_of(pick(e, AVP_N_PSEUDOWIRE_TYPE, AVP_N_CISCO_PSEUDOWIRE_TYPE));
	struct v3_key own = v3_key_of(V3_SESSION, e, &e->from, e->from.session_id);
	struct v3_key other = v3_key_of(V3_SESSION, e, &e->to, remote);
	const struct v3_end *asker = remote ? v3_table_find(v->ends, &other) : NULL;
	struct v3_end *end;

	if (!e->from.session_id)
		return;
	if (!type && asker)
		type = asker->layout.pw_type;
	end = put(v, &own, defects);
	end->layout.pw_type = (uint16_t)type;
	learn_layout(end, e);
}

/* The last message of the three may change the sublayer, not the cookie. */
static void learn_connected(struct l2tpv3 *v, const struct event *e)
{
	struct v3_key own = v3_key_of(V3_SESSION, e, &e->from, e->from.session_id);
	const struct avp *a = pick(e, AVP_N_L2_SPECIFIC_SUBLAYER, AVP_N_L2_SPECIFIC_SUBLAYER);
	struct v3_end *end = v3_table_find(v->ends, &own);

	if (end && a && a->is_whole)
		end->layout.sublayer = (uint8_t)number_of(a);
}

/* Cisco's drafts have their own ids, and an ACK that is not the RFC's message 20. */
static void read_draft(struct event *e)
{
	const struct avp *first = e->control.n_avps ? &e->control.avps[0] : NULL;

	if (!e->from.tunnel_id)
		e->from.tunnel_id = number_of(
			pick(e, AVP_N_ASSIGNED_CONNECTION_ID, AVP_N_CISCO_ASSIGNED_CONNECTION_ID));
	if (!e->from.session_id)
		e->from.session_id =
			number_of(pick(e, AVP_N_LOCAL_SESSION_ID, AVP_N_CISCO_LOCAL_SESSION_ID));
	if (e->control.message == MESSAGE_UNKNOWN && first && first->vendor == 9 &&
	    first->number == 0)
		e->control.message = ACK;
}

void l2tpv3_learn(struct l2tpv3 *v, struct event *e, struct defect_list *defects)
{
	read_draft(e);
	switch (e->control.message) {
	case SCCRQ:
	case SCCRP:
		learn_connection(v, e, defects);
		return;
	case ICRQ:
	case ICRP:
	case OCRQ:
	case OCRP:
		learn_session(v, e, defects);
		return;
	case ICCN:
	case OCCN:
		learn_connected(v, e);
		return;
	default:
		return;
	}
}

static size_t prefix_of(const struct v3_layout *layout)
{
	return layout->cookie_size + (layout->sublayer == SUBLAYER_NONE ? 0u : SUBLAYER_SIZE);
}

/* Cookie and sublayer off; false when `body` ends inside them. */
static bool split(struct span body, const struct v3_layout *layout, struct span *ret_cookie,
		  uint32_t *ret_sublayer, struct span *ret_payload)
{
	struct bytes b = bytes_of(body);

	*ret_cookie = bytes_take(&b, layout->cookie_size);
	*ret_sublayer = layout->sublayer == SUBLAYER_NONE ? 0 : bytes_u32(&b);
	*ret_payload = bytes_rest(&b);
	return bytes_ok(&b);
}

static struct inner look_behind(struct span body, size_t whole, const struct v3_layout *layout,
				uint16_t pw_type)
{
	struct inner nothing = {.evidence = EVIDENCE_NONE};
	struct span cookie;
	struct span payload;
	uint32_t sublayer;
	uint32_t first;

	if (!split(body, layout, &cookie, &sublayer, &payload) || payload.len == 0)
		return nothing;
	/* No sequence number where the S bit says that there is none. */
	first = sublayer >> 24;
	if (layout->sublayer == SUBLAYER_DEFAULT &&
	    ((first & SUBLAYER_RESERVED) || (!(first & SUBLAYER_S) && (sublayer & 0xffffff))))
		return nothing;
	return inner_look(payload, whole - prefix_of(layout), pw_type);
}

/* Layouts in the order of their length; of two that are as long, the sublayer comes first: a
 * cookie seldom looks like one. */
static const struct v3_layout layouts[] = {
	{.cookie_size = 0, .sublayer = SUBLAYER_NONE},
	{.cookie_size = 0, .sublayer = SUBLAYER_DEFAULT},
	{.cookie_size = 4, .sublayer = SUBLAYER_NONE},
	{.cookie_size = 4, .sublayer = SUBLAYER_DEFAULT},
	{.cookie_size = 8, .sublayer = SUBLAYER_NONE},
	{.cookie_size = 8, .sublayer = SUBLAYER_DEFAULT},
};

/* The first layout that strong evidence speaks for. What stands behind a shorter one may be
 * IP all the same (the FF 03 00 21 of PPP), but that explains less. */
static bool infer(struct span body, size_t whole, bool is_uti, uint16_t pw_type,
		  struct v3_layout *ret)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		struct inner inner;

		if (is_uti && layouts[i].cookie_size != UTI_COOKIE)
			continue;
		inner = look_behind(body, whole, &layouts[i], pw_type);
		if (inner.evidence != EVIDENCE_STRONG)
			continue;
		*ret = layouts[i];
		ret->pw_type = inner.pw_type;
		memcpy(ret->cookie, body.at, ret->cookie_size);
		return true;
	}
	return false;
}

static bool has_cookie(struct span body, const struct v3_layout *layout)
{
	return body.len >= layout->cookie_size &&
	       memcmp(body.at, layout->cookie, layout->cookie_size) == 0;
}

static enum v3_kind kind_of(const struct event *e)
{
	return e->path.ip_protocol == IP_UTI ? V3_UTI : V3_SESSION;
}

/* No control message told the layout: what earlier payload of the session showed, as long as
 * its cookie is there, or else this one. */
static bool layout_inferred(struct l2tpv3 *v, struct span body, size_t whole, const struct event *e,
			    struct defect_list *defects, struct v3_layout *ret)
{
	struct v3_key key = v3_key_of(kind_of(e), e, &e->to, e->l2tp.session_id);
	struct v3_end *end = v3_table_find(v->ends, &key);
	bool is_uti = key.kind == V3_UTI;
	uint16_t pw_type = end && !end->is_inferred ? end->layout.pw_type : 0;

	if (end && end->is_inferred && has_cookie(body, &end->layout) &&
	    body.len >= prefix_of(&end->layout)) {
		*ret = end->layout;
		return true;
	}
	if (!infer(body, whole, is_uti, pw_type, ret))
		return false;
	if (!end)
		end = put(v, &key, defects);
	end->has_layout = true;
	end->is_inferred = true;
	end->layout = *ret;
	return true;
}

/* Under the negotiated layout the payload makes no sense, and under another it does. */
static bool is_contradicted(struct span body, size_t whole, const struct v3_layout *agreed,
			    struct v3_layout *ret)
{
	struct inner inner = look_behind(body, whole, agreed, agreed->pw_type);

	if (inner.evidence != EVIDENCE_NONE || !agreed->pw_type)
		return false;
	return infer(body, whole, false, agreed->pw_type, ret) &&
	       prefix_of(ret) != prefix_of(agreed);
}

static void tell_layout(const struct v3_layout *agreed, const struct v3_layout *is,
			struct defect_list *defects)
{
	struct defect *d = defect_add(defects, DEFECT_V3_COOKIE_LAYOUT, 0);

	if (d)
		d->text = arena_printf(
			defects->arena,
			"agreed: cookie of %u octets, sublayer %u; the payload reads "
			"only with a cookie of %u octets, sublayer %u",
			agreed->cookie_size, agreed->sublayer, is->cookie_size, is->sublayer);
}

static bool layout_find(struct l2tpv3 *v, struct span body, size_t whole, struct event *e,
			struct defect_list *defects, struct v3_layout *ret)
{
	struct v3_key key = v3_key_of(kind_of(e), e, &e->to, e->l2tp.session_id);
	const struct v3_end *end = v3_table_find(v->ends, &key);
	struct v3_layout other;

	if (!end || !end->has_layout || end->is_inferred) {
		e->l2tp.is_inferred = layout_inferred(v, body, whole, e, defects, ret);
		return e->l2tp.is_inferred;
	}
	*ret = end->layout;
	if (is_contradicted(body, whole, ret, &other)) {
		tell_layout(ret, &other, defects);
		*ret = other;
		e->l2tp.is_inferred = true;
	} else if (!has_cookie(body, ret) && body.len >= ret->cookie_size) {
		defect_add(defects, DEFECT_V3_COOKIE_MISMATCH, 0);
	}
	return true;
}

static void read_sublayer(struct l2tp_head *head, uint32_t word)
{
	head->sublayer_bits = (uint8_t)(word >> 24);
	if (head->sublayer != SUBLAYER_DEFAULT && head->sublayer != SUBLAYER_ATM)
		return;
	head->has_data_sequence = (head->sublayer_bits & SUBLAYER_S) != 0;
	head->data_sequence = head->has_data_sequence ? word & 0xffffff : 0;
}

/* What is behind cookie and sublayer. */
static void read_inner(struct span payload, const struct v3_layout *layout, struct event *e,
		       struct span *ret_payload)
{
	struct inner inner = inner_look(payload, e->data.length, layout->pw_type);

	/* Of a type that nobody named, what the payload proves is said, as inferred. */
	if (!layout->pw_type && inner.evidence != EVIDENCE_STRONG)
		return;
	e->l2tp.is_inferred = e->l2tp.is_inferred || !layout->pw_type;
	e->l2tp.pw_type = inner.pw_type;
	e->data.ethertype = inner.ethertype;
	if (inner.is_ppp)
		*ret_payload = payload;
}

void l2tpv3_payload(struct l2tpv3 *v, struct span body, size_t whole, struct event *e,
		    struct defect_list *defects, struct span *ret_payload)
{
	struct l2tp_head *head = &e->l2tp;
	struct v3_layout layout;
	struct span cookie;
	struct span payload;
	uint32_t sublayer;

	e->data.length = whole;
	if (!layout_find(v, body, whole, e, defects, &layout))
		return;
	head->pw_type = layout.pw_type;
	if (!split(body, &layout, &cookie, &sublayer, &payload)) {
		defect_add(defects, whole > body.len ? DEFECT_FRAME_CUT : DEFECT_L2TP_SHORT_HEADER,
			   0);
		return;
	}
	head->has_layout = true;
	head->cookie_size = layout.cookie_size;
	if (cookie.len)
		memcpy(head->cookie, cookie.at, cookie.len);
	head->sublayer = layout.sublayer;
	if (layout.sublayer != SUBLAYER_NONE)
		read_sublayer(head, sublayer);
	e->data.length = whole - prefix_of(&layout);
	read_inner(payload, &layout, e, ret_payload);
	l2tpv3_values(
		defects->arena, e, cookie,
		span_of(body.at + layout.cookie_size, prefix_of(&layout) - layout.cookie_size));
}
