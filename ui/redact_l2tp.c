/* L2TP of all versions: attributes by their rows, payload by what it is. */
#include <stdlib.h>

#include "avp.h"
#include "code.h"
#include "hdlc.h"
#include "l2f.h"
#include "redact_packet.h"
#include "verify.h"

enum { AVP_HEADER = 6, V3_HEADER = 12, V3_DATA_UDP = 8, V3_DATA_IP = 4, L2F_HEADER = 10 };

static bool is_text(struct place p)
{
	for (size_t i = 0; i < p.n; i++)
		if (p.at[i] < 0x20 || p.at[i] >= 0x7f)
			return false;
	return p.n > 1;
}

void redact_opaque(struct redactor *r, struct place value)
{
	if (is_text(value))
		redact_name(r->map, value.at, value.n);
	else
		redact_octets(r->map, REDACT_PROOF, value.at, value.n);
}

/* ---- attributes ---- */

/* What the attributes of a message say of each other. */
struct message {
	uint16_t type;
	uint64_t proxy_type, proxy_id;
	struct str proxy_name; /* as it was */
	struct place digest;
	unsigned version;
	struct span vector_before; /* the nearest Random Vector, as it was and as it is */
	struct place vector;
};

/* Values that say nothing about anybody, although they are octets or text. */
static bool is_harmless(uint16_t number)
{
	switch (number) {
	case AVP_N_VENDOR_NAME:
	case AVP_N_PREFERRED_LANGUAGE:
	case AVP_N_VPI_VCI:
	case AVP_N_MODEM_ON_HOLD_STATUS:
	case AVP_N_FAILOVER_CAPABILITY:
	case AVP_N_TUNNEL_RECOVERY:
	case AVP_N_SUGGESTED_CONTROL_SEQUENCE:
	case AVP_N_FAILOVER_SESSION_STATE:
	case AVP_N_ATM_ALARM_STATUS:
	case AVP_N_ASSIGNED_COOKIE:
	case AVP_N_TDM_PSEUDOWIRE:
	case AVP_N_RTP:
	case AVP_N_VCCV_CAPABILITY:
		return true;
	default:
		return false;
	}
}

/* RFC 2661 4.4.5: the response as PPP had it, or the password of PAP. */
static void proxy_response_redact(struct redactor *r, const struct message *m, struct place value)
{
	enum { PROXY_TEXT = 1, PROXY_CHAP = 2, PROXY_PAP = 3 };

	if (m->proxy_type == PROXY_PAP || m->proxy_type == PROXY_TEXT)
		redact_octets(r->map, REDACT_SECRET, value.at, value.n);
	else
		redact_chap_response(r->proofs, (uint8_t)m->proxy_id, m->proxy_name, value.at,
				     value.n);
}

/* True when the attribute has a meaning of its own here. */
static bool special_redact(struct redactor *r, struct message *m, const struct avp *a,
			   struct place value)
{
	if (a->vendor != 0)
		return false;
	switch (a->number) {
	case AVP_N_CHALLENGE:
	case AVP_N_PROXY_AUTHEN_CHALLENGE:
	case AVP_N_NONCE:
		redact_challenge(r->proofs, value.at, value.n);
		return true;
	case AVP_N_CHALLENGE_RESPONSE:
		redact_tunnel_response(r->proofs, (uint8_t)m->type, value.at, value.n);
		return true;
	case AVP_N_PROXY_AUTHEN_RESPONSE:
		proxy_response_redact(r, m, value);
		return true;
	case AVP_N_MESSAGE_DIGEST:
		m->digest = place_from(value, 1);
		return true;
	case AVP_N_RANDOM_VECTOR:
		redact_octets(r->map, REDACT_PROOF, value.at, value.n);
		m->vector_before = a->value;
		m->vector = value;
		return true;
	case AVP_N_ROUTER_ID:
		if (value.n == 4)
			redact_address(r->map, value.at, 4);
		else
			redact_opaque(r, value);
		return true;
	default:
		return is_harmless(a->number) &&
		       (a->row == NULL || avp_length_fits(a->row, a->length));
	}
}

static void words_behind(struct redactor *r, struct place value, size_t n)
{
	value = place_from(value, n);
	redact_words(r->map, value.at, value.n);
}

static void avp_redact(struct redactor *r, struct message *m, const struct avp *a,
		       struct place value);

static void hide_again(struct redactor *r, const struct message *m, const struct avp *a,
		       struct span secret, struct place value)
{
	uint8_t *now = redact_secret_after(r->proofs, secret), key[16];
	struct span after = span_of(now, secret.len);

	if (m->version == 3) {
		verify_v3_key(V3_KEY_HIDING, after, key);
		after = span_of(key, sizeof(key));
	}
	avp_hide(a->number, after, place_span(m->vector), value.at, value.n);
	free(now);
}

/* RFC 2661 4.3: a value that a known secret opens is hidden anew. */
static bool hidden_redact(struct redactor *r, struct message *m, const struct avp *a,
			  struct place value)
{
	const struct secret *s;
	size_t next = 0;

	if (m->vector.n == 0 || a->value.len != value.n || value.n < 2)
		return false;
	while ((s = secrets_any(redact_secrets_of(r->proofs), SECRET_TUNNEL, &next)) != NULL) {
		struct avp opened = *a;
		struct span secret = s->value, clear;
		uint8_t key[16];

		if (m->version == 3) {
			verify_v3_key(V3_KEY_HIDING, secret, key);
			secret = span_of(key, sizeof(key));
		}
		if (!avp_unhide(r->scratch, a, secret, m->vector_before, &clear) ||
		    (a->row != NULL && !avp_length_fits(a->row, clear.len + AVP_HEADER)))
			continue;
		memset(value.at, 0, value.n);
		value.at[0] = (uint8_t)(clear.len >> 8);
		value.at[1] = (uint8_t)clear.len;
		if (clear.len > 0)
			memcpy(value.at + 2, clear.at, clear.len);
		opened.is_hidden = false;
		opened.value = clear;
		opened.length = (uint16_t)(clear.len + AVP_HEADER);
		avp_redact(r, m, &opened, place_part(value, 2, clear.len));
		hide_again(r, m, a, s->value, value);
		return true;
	}
	return false;
}

static void avp_redact(struct redactor *r, struct message *m, const struct avp *a,
		       struct place value)
{
	/* RFC 2661 4.4.1: a type is never hidden, whatever the bit says */
	if (a->vendor == 0 && a->number == AVP_N_MESSAGE_TYPE) {
		place_blank(place_from(value, 2));
		return;
	}
	if (a->is_hidden && !a->is_unhidden) {
		if (hidden_redact(r, m, a, value))
			return;
		redact_octets(r->map, REDACT_PROOF, value.at, value.n);
		return;
	}
	if (a->row == NULL) {
		redact_opaque(r, value);
		return;
	}
	if (special_redact(r, m, a, value))
		return;
	switch (a->row->kind) {
	case AVP_TEXT:
		redact_name(r->map, value.at, value.n);
		return;
	case AVP_RESULT:
		words_behind(r, value, 4);
		return;
	case AVP_Q931:
		words_behind(r, value, 3);
		return;
	case AVP_DISCONNECT:
		words_behind(r, value, 5);
		return;
	case AVP_PPP_OPTIONS:
		redact_ppp_options(r, PPP_LCP, value);
		return;
	case AVP_BYTES:
	case AVP_SPECIAL:
		redact_opaque(r, value);
		return;
	default: /* numbers */
		if (!avp_length_fits(a->row, a->length))
			redact_opaque(r, value);
		return;
	}
}

static void message_learn(struct message *m, const struct avp *a)
{
	uint64_t number;

	if (a->vendor != 0 || a->is_hidden)
		return;
	if (a->number == AVP_N_MESSAGE_TYPE && avp_number(a, &number))
		m->type = (uint16_t)number;
	else if (a->number == AVP_N_PROXY_AUTHEN_TYPE && avp_number(a, &number))
		m->proxy_type = number;
	else if (a->number == AVP_N_PROXY_AUTHEN_ID && avp_number(a, &number))
		m->proxy_id = number & 0xff;
	else if (a->number == AVP_N_PROXY_AUTHEN_NAME)
		m->proxy_name = avp_text(a);
}

void redact_attributes(struct redactor *r, const struct avp *avps, size_t n)
{
	struct message m = {0};

	for (size_t i = 0; i < n; i++)
		message_learn(&m, &avps[i]);
	for (size_t i = 0; i < n; i++) {
		size_t size = avps[i].value.len;
		uint8_t *copy;

		if (size == 0)
			continue;
		copy = must_alloc(size, 1);
		memcpy(copy, avps[i].value.at, size);
		avp_redact(r, &m, &avps[i], (struct place){.at = copy, .n = size});
		free(copy);
	}
}

/* The digest is over all of the message: it comes last. */
static void digest_redact(struct redactor *r, struct place message, uint8_t *before,
			  struct place digest)
{
	uint8_t *was;

	if (digest.n == 0)
		return;
	was = must_alloc(digest.n, 1);
	memcpy(was, digest.at, digest.n);
	memset(before + (digest.at - message.at), 0, digest.n);
	memset(digest.at, 0, digest.n);
	redact_v3_digest(r->proofs, before, message.at, message.n, was, digest.n);
	memcpy(digest.at, was, digest.n);
	free(was);
}

static void control_redact(struct redactor *r, struct place message, size_t header,
			   unsigned version)
{
	struct defect_list ignored = {.arena = r->scratch};
	struct place body = place_from(message, header);
	struct message m = {0};
	uint8_t *before = must_alloc(message.n + 1, 1);
	struct avp *avps;
	size_t n, end = header;

	memcpy(before, message.at, message.n);
	m.version = version;
	avp_parse_part(r->scratch, span_of(before + header, body.n), body.n, header, version, &avps,
		       &n, &ignored);
	for (size_t i = 0; i < n; i++)
		message_learn(&m, &avps[i]);
	for (size_t i = 0; i < n; i++) {
		size_t at = avps[i].offset + AVP_HEADER;
		size_t length =
			avps[i].length > AVP_HEADER ? avps[i].length - (size_t)AVP_HEADER : 0;

		avp_redact(r, &m, &avps[i], place_part(message, at, length));
		end = at + length;
	}
	/* of one that cannot be read, its header says why */
	if (end < message.n)
		place_blank(place_from(message, end + AVP_HEADER));
	digest_redact(r, message, before, m.digest);
	free(before);
}

/* ---- version 2 ---- */

static void v2_redact(struct redactor *r, struct place message)
{
	struct bytes b = bytes_of(place_span(message));
	uint16_t flags = bytes_u16(&b);
	size_t length = message.n;
	bool is_inside = r->is_inside;

	if (flags & 0x4000)
		length = bytes_u16(&b);
	bytes_take(&b, 4);
	if (flags & 0x0800)
		bytes_take(&b, 4);
	if (flags & 0x0200) {
		size_t pad = bytes_u16(&b);

		place_blank(place_part(message, bytes_offset(&b), pad));
		bytes_take(&b, pad);
	}
	if (!bytes_ok(&b)) {
		place_blank(place_from(message, 12));
		return;
	}
	if (length < message.n) {
		place_blank(place_from(message, length));
		message = place_part(message, 0, length);
	}
	if (flags & 0x8000) {
		control_redact(r, message, bytes_offset(&b), 2);
		return;
	}
	r->is_inside = true;
	redact_ppp(r, place_from(message, bytes_offset(&b)));
	r->is_inside = is_inside;
}

/* ---- version 3 ---- */

static void ethernet_redact(struct redactor *r, struct place frame)
{
	if (frame.n < 14) {
		place_blank(frame);
		return;
	}
	(void)redact_frame(r, 1, frame);
}

static void v3_data_redact(struct redactor *r, struct place message, size_t header)
{
	const struct event *e = r->event;
	bool is_inside = r->is_inside;
	struct place payload;

	if (e == NULL || e->l2tp.version != 3 || e->l2tp.is_control || !e->l2tp.has_layout) {
		place_blank(place_from(message, header));
		return;
	}
	payload = place_from(message, header + e->l2tp.cookie_size + (e->l2tp.sublayer ? 4u : 0u));
	r->is_inside = true;
	switch (e->l2tp.pw_type) {
	case 0x0004: /* CODE_PW_TYPE */
	case 0x0005:
		ethernet_redact(r, payload);
		break;
	case 0x0007:
		redact_ppp(r, payload);
		break;
	case 0x000b:
		redact_ip(r, payload);
		break;
	default:
		place_blank(place_from(payload, 4));
	}
	r->is_inside = is_inside;
}

static void v3_redact(struct redactor *r, struct place message, bool is_ip)
{
	static const uint8_t zero[4];
	bool is_control =
		is_ip ? message.n >= 4 && memcmp(message.at, zero, 4) == 0 : message.at[0] & 0x80;
	size_t start = is_ip ? 4 : 0;

	if (!is_control)
		v3_data_redact(r, message, is_ip ? V3_DATA_IP : V3_DATA_UDP);
	else if (message.n >= start + V3_HEADER)
		control_redact(r, message, start + V3_HEADER, 3);
	else
		place_blank(place_from(message, start));
}

/* ---- L2F ---- */

static void l2f_option_redact(struct redactor *r, uint16_t clid, const struct avp *a,
			      struct place value)
{
	if (a->row == NULL) {
		redact_opaque(r, value);
		return;
	}
	switch (a->number) {
	case 0x0103:
	case 0x0202:
		redact_challenge(r->proofs, value.at, value.n);
		return;
	case 0x0203:
		redact_l2f_response(r->proofs, clid, value.at, value.n);
		return;
	case 0x0302:
		redact_words(r->map, value.at, value.n);
		return;
	case 0x0400:
	case 0x0500:
		place_blank(value);
		return;
	default:
		break;
	}
	if (a->row->kind == AVP_SPECIAL)
		redact_ppp_options(r, PPP_LCP, value);
	else if (a->row->kind == AVP_TEXT || a->row->kind == AVP_BYTES)
		redact_name(r->map, value.at, value.n);
}

/* Only what the decoder read is kept. */
static void l2f_options_redact(struct redactor *r, struct place message, size_t header)
{
	const struct event *e = r->event;
	struct place body = place_from(message, header);
	uint8_t *before;

	if (e == NULL || e->l2tp.version != 1 || e->packet.len < message.n) {
		place_blank(body);
		return;
	}
	before = must_alloc(message.n + 1, 1);
	memcpy(before, message.at, message.n);
	place_blank(place_from(body, 1));
	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];
		struct place all, value;

		if (a->value.at < e->packet.at || a->value.at >= e->packet.at + message.n)
			continue;
		value = place_part(message, (size_t)(a->value.at - e->packet.at), a->value.len);
		all = place_part(message, a->offset,
				 (size_t)(value.at + value.n - message.at) - a->offset);
		memcpy(all.at, before + a->offset, all.n);
		l2f_option_redact(r, (uint16_t)(e->l2tp.tunnel_id), a, value);
	}
	free(before);
}

static void l2f_redact(struct redactor *r, struct place all)
{
	struct place message;
	size_t length, header = L2F_HEADER;
	bool is_inside = r->is_inside;
	uint16_t flags;

	if (all.n < L2F_HEADER) {
		place_blank(all);
		return;
	}
	flags = (uint16_t)((unsigned)all.at[0] << 8 | all.at[1]);
	length = (size_t)all.at[8] << 8 | all.at[9];
	message = place_part(all, 0, length);
	header += flags & L2F_OFFSET ? 2 : 0;
	if (flags & L2F_KEY && message.n >= header + 4) {
		redact_l2f_key(r->proofs, message.at + header);
		header += 4;
	}
	if (message.n < header) {
		place_blank(place_from(message, L2F_HEADER));
	} else if (message.at[2] == 1) {
		l2f_options_redact(r, message, header);
	} else if (message.at[2] == 2 && !(flags & L2F_OFFSET)) {
		r->is_inside = true;
		redact_ppp(r, place_from(message, header));
		r->is_inside = is_inside;
	} else {
		place_blank(place_from(message, header));
	}
	if (flags & L2F_CHECKED && all.n >= message.n + 2) {
		uint16_t fcs = hdlc_fcs16(place_span(message));

		all.at[message.n] = (uint8_t)fcs;
		all.at[message.n + 1] = (uint8_t)(fcs >> 8);
		place_blank(place_from(all, message.n + 2));
	} else {
		place_blank(place_from(all, message.n));
	}
}

void redact_l2tp(struct redactor *r, struct place message, bool is_ip)
{
	unsigned version = message.n >= 2 ? message.at[1] & 0xfu : 0;

	if (is_ip) {
		v3_redact(r, message, true);
		return;
	}
	switch (version) {
	case 1:
		l2f_redact(r, message);
		return;
	case 2:
		v2_redact(r, message);
		return;
	case 3:
		v3_redact(r, message, false);
		return;
	default:
		place_blank(place_from(message, 2));
	}
}
