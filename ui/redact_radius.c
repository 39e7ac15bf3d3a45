/* RADIUS: attributes by their rows; what its shared secret hides and proves is made anew where
 * that is known. */
#include <stdlib.h>

#include "radius.h"
#include "redact_packet.h"

enum { HEADER = 20, VENDOR = 4, MS_RESPONSE = 50, MESSAGE_AUTHENTICATOR = 80 };
enum { ACCESS_REQUEST = 1, STATUS_SERVER = 12, MICROSOFT = 311 };

/* With what one packet is hidden and proved, as it was and as it is. */
struct hiding {
	bool has_secret, is_proved;
	struct span secret, secret_after;
	uint8_t vector[RADIUS_AUTHENTICATOR], vector_after[RADIUS_AUTHENTICATOR];
	struct str user; /* as it was */
};

/* Attributes whose words are for people, or name a service: no identity. */
static bool is_for_people(uint32_t vendor, uint8_t number)
{
	return vendor == 0 && (number == 18 || number == 77);
}

/* `vpdn:tunnel-id=lac1`: the value may be anything. */
static void pair_redact(struct redactor *r, struct place value)
{
	const uint8_t *equals = value.n > 0 ? memchr(value.at, '=', value.n) : NULL;
	struct place text;

	if (equals == NULL)
		equals = value.n > 0 ? memchr(value.at, '*', value.n) : NULL;
	if (equals == NULL) {
		redact_opaque(r, value);
		return;
	}
	text = place_from(value, (size_t)(equals - value.at) + 1);
	if (text.n >= 5)
		redact_name(r->map, text.at, text.n);
	else
		redact_words(r->map, text.at, text.n);
}

static struct span vector_of(const struct hiding *h)
{
	return span_of(h->vector, sizeof(h->vector));
}

static struct span vector_after(const struct hiding *h)
{
	return span_of(h->vector_after, sizeof(h->vector_after));
}

/* RFC 2865 5.2 */
static void user_password_redact(struct redactor *r, const struct hiding *h, struct place value)
{
	uint8_t clear[256];
	size_t n = value.n;

	if (!h->has_secret || n == 0 || n > sizeof(clear) || n % 16 != 0) {
		redact_octets(r->map, REDACT_PROOF, value.at, value.n);
		return;
	}
	radius_reveal(place_span(value), h->secret, vector_of(h), (struct span){0}, clear);
	memcpy(value.at, clear, n);
	while (n > 0 && value.at[n - 1] == 0)
		n--;
	redact_octets(r->map, REDACT_SECRET, value.at, n);
	radius_hide(h->secret_after, vector_after(h), (struct span){0}, value.at, value.n);
}

/* RFC 2868 3.5, RFC 2548 2.4.2: a salt, then the length and the secret, hidden. */
static void salted_redact(struct redactor *r, const struct hiding *h, struct place value,
			  enum redact_kind kind)
{
	struct place salt = place_part(value, 0, 2), cipher = place_from(value, 2);
	uint8_t clear[256];

	if (!h->has_secret || cipher.n == 0 || cipher.n > sizeof(clear) || cipher.n % 16 != 0) {
		redact_octets(r->map, REDACT_PROOF, cipher.at, cipher.n);
		return;
	}
	radius_reveal(place_span(cipher), h->secret, vector_of(h), place_span(salt), clear);
	if ((size_t)clear[0] + 1 > cipher.n) {
		redact_octets(r->map, REDACT_PROOF, cipher.at, cipher.n);
		return;
	}
	memset(cipher.at, 0, cipher.n);
	memcpy(cipher.at, clear, (size_t)clear[0] + 1);
	redact_octets(r->map, kind, cipher.at + 1, clear[0]);
	radius_hide(h->secret_after, vector_after(h), place_span(salt), cipher.at, cipher.n);
}

/* RFC 2548 2.1.3, 2.3.2: identifier and flags before what PPP has behind its own parts. */
static void ms_response_redact(struct redactor *r, const struct hiding *h, struct place value)
{
	uint8_t response[MS_RESPONSE - 1];

	if (value.n != MS_RESPONSE) {
		redact_octets(r->map, REDACT_PROOF, value.at, value.n);
		return;
	}
	memcpy(response, value.at + 2, MS_RESPONSE - 2);
	response[MS_RESPONSE - 2] = value.at[1];
	redact_chap_response(r->proofs, value.at[0], h->user, response, sizeof(response));
	memcpy(value.at + 2, response, MS_RESPONSE - 2);
}

static void text_redact(struct redactor *r, const struct radius_row *row, struct place value)
{
	if (is_for_people(row->vendor, row->number))
		redact_words(r->map, value.at, value.n);
	else
		redact_name(r->map, value.at, value.n);
}

static void chap_password_redact(struct redactor *r, struct place value)
{
	if (value.n == 17)
		redact_chap_response(r->proofs, value.at[0], (struct str){0}, value.at + 1, 16);
	else
		redact_octets(r->map, REDACT_PROOF, value.at, value.n);
}

/* CHAP-Challenge, MS-CHAP-Challenge, and what nobody knows. */
static void octets_redact(struct redactor *r, const struct radius_row *row, struct place value)
{
	if ((row->vendor == 0 && row->number == 60) ||
	    (row->vendor == MICROSOFT && row->number == 11))
		redact_challenge(r->proofs, value.at, value.n);
	else
		redact_opaque(r, value);
}

static void radius_value_redact(struct redactor *r, const struct hiding *h,
				const struct radius_row *row, struct place value)
{
	switch (row->kind) {
	case RADIUS_U32:
	case RADIUS_U64:
	case RADIUS_TIME:
	case RADIUS_TAG_U24:
	case RADIUS_ENCAPSULATION:
	case RADIUS_EMPTY:
		if (value.n > 8)
			place_blank(place_from(value, 8));
		return;
	case RADIUS_IPV4:
	case RADIUS_IPV6:
		if (value.n == (row->kind == RADIUS_IPV4 ? 4 : 16))
			redact_address(r->map, value.at, value.n);
		else
			redact_opaque(r, value);
		return;
	case RADIUS_TEXT:
		text_redact(r, row, value);
		return;
	case RADIUS_TAG_TEXT:
		if (value.n > 0 && value.at[0] <= 0x1f)
			value = place_from(value, 1);
		redact_name(r->map, value.at, value.n);
		return;
	case RADIUS_CHAP_PASSWORD:
		chap_password_redact(r, value);
		return;
	case RADIUS_USER_PASSWORD:
		user_password_redact(r, h, value);
		return;
	case RADIUS_TUNNEL_PASSWORD:
		salted_redact(r, h, place_from(value, 1), REDACT_SECRET);
		return;
	case RADIUS_SALTED:
		salted_redact(r, h, value, REDACT_PROOF);
		return;
	case RADIUS_MS_RESPONSE:
		ms_response_redact(r, h, value);
		return;
	case RADIUS_PAIR:
		pair_redact(r, value);
		return;
	case RADIUS_OCTETS:
		octets_redact(r, row, value);
		return;
	case RADIUS_EAP:
		place_blank(place_from(value, 5));
		return;
	default:
		redact_octets(r->map, REDACT_PROOF, value.at, value.n);
	}
}

static void attributes_redact(struct redactor *r, const struct hiding *h, uint32_t vendor,
			      struct place list)
{
	while (list.n >= 2) {
		size_t length = list.at[1] < 2 ? 2 : list.at[1];
		const struct radius_row *row = radius_lookup(vendor, list.at[0]);
		struct place value = place_part(list, 2, length - 2);

		if (vendor == 0 && list.at[0] == MESSAGE_AUTHENTICATOR)
			; /* it is made at the end */
		else if (row == NULL)
			redact_opaque(r, value);
		else if (row->kind == RADIUS_VENDOR && value.n > VENDOR)
			attributes_redact(r, h,
					  (uint32_t)value.at[0] << 24 |
						  (uint32_t)value.at[1] << 16 |
						  (uint32_t)value.at[2] << 8 | value.at[3],
					  place_from(value, VENDOR));
		else
			radius_value_redact(r, h, row, value);
		list = place_from(list, length);
	}
	place_blank(list);
}

static bool is_access_request(uint8_t code)
{
	return code == ACCESS_REQUEST || code == STATUS_SERVER;
}

/* Accounting-, Disconnect- and CoA-Request: their authenticator proves them. */
static bool is_other_request(uint8_t code)
{
	return code == 4 || code == 40 || code == 43;
}

/* The value of the first attribute of that number; its offset in *at. */
static struct span attribute_find(struct span packet, uint8_t number, size_t *at)
{
	size_t i = HEADER;

	while (i + 2 <= packet.len && packet.at[i + 1] >= 2 && i + packet.at[i + 1] <= packet.len) {
		if (packet.at[i] == number) {
			*at = i + 2;
			return span_of(packet.at + i + 2, packet.at[i + 1] - 2u);
		}
		i += packet.at[i + 1];
	}
	return (struct span){0};
}

static bool is_authentic(struct span packet, struct span vector, struct span secret)
{
	uint8_t expected[RADIUS_AUTHENTICATOR];

	radius_authenticator(packet, vector, secret, expected);
	return memcmp(expected, packet.at + 4, sizeof(expected)) == 0;
}

static bool is_message_authentic(struct span packet, struct span vector, struct span secret)
{
	uint8_t expected[RADIUS_AUTHENTICATOR];
	size_t at = 0;
	struct span is = attribute_find(packet, MESSAGE_AUTHENTICATOR, &at);

	if (is.len != sizeof(expected))
		return false;
	radius_message_authenticator(packet, vector, at, secret, expected);
	return memcmp(expected, is.at, sizeof(expected)) == 0;
}

/* Whether the secret proves the packet; of a response with the vector of its request. */
static bool is_proved(struct redactor *r, struct hiding *h, struct span packet, struct span secret)
{
	static const uint8_t zeros[RADIUS_AUTHENTICATOR];
	uint8_t code = packet.at[0];
	size_t next = 0;

	if (is_access_request(code))
		return is_message_authentic(packet, vector_of(h), secret);
	if (is_other_request(code)) {
		memset(h->vector, 0, sizeof(h->vector));
		memset(h->vector_after, 0, sizeof(h->vector_after));
		return is_authentic(packet, span_of(zeros, sizeof(zeros)), secret);
	}
	while (redact_vector_next(r->proofs, packet.at[1], &next, h->vector, h->vector_after))
		if (is_authentic(packet, vector_of(h), secret))
			return true;
	return false;
}

/* A request without a proof is taken to be hidden with the secret that fits its ends. */
static const struct secret *secret_of_ends(struct redactor *r)
{
	const struct event *e = r->event;
	const struct address *ends[2];
	const struct secret *found = NULL;

	if (e == NULL)
		return NULL;
	ends[0] = &e->to.address;
	ends[1] = &e->from.address;
	for (size_t i = 0; i < 2 && found == NULL; i++) {
		struct text t = text_make(64);
		size_t next = 0;

		address_print(&t, ends[i]);
		found = secrets_find(redact_secrets_of(r->proofs), SECRET_RADIUS, text_str(&t),
				     &next);
		text_free(&t);
	}
	return found;
}

static const struct secret *secret_choose(struct redactor *r, struct hiding *h, struct span packet)
{
	const struct secret *s;
	size_t next = 0;

	while ((s = secrets_any(redact_secrets_of(r->proofs), SECRET_RADIUS, &next)) != NULL) {
		if (!is_proved(r, h, packet, s->value))
			continue;
		h->is_proved = true;
		return s;
	}
	return is_access_request(packet.at[0]) ? secret_of_ends(r) : NULL;
}

/* What proves the packet, last of all. */
static void proofs_make(struct redactor *r, const struct hiding *h, struct span before,
			struct place packet)
{
	size_t at = 0;
	struct span told = attribute_find(before, MESSAGE_AUTHENTICATOR, &at);

	if (told.len == RADIUS_AUTHENTICATOR && h->has_secret &&
	    is_message_authentic(before, vector_of(h), h->secret))
		radius_message_authenticator(place_span(packet), vector_after(h), at,
					     h->secret_after, packet.at + at);
	else if (told.len > 0)
		redact_octets(r->map, REDACT_PROOF, packet.at + at, told.len);
	if (is_access_request(packet.at[0]))
		return;
	if (h->has_secret && h->is_proved)
		radius_authenticator(place_span(packet), vector_after(h), h->secret_after,
				     packet.at + 4);
	else
		redact_octets(r->map, REDACT_PROOF, packet.at + 4, RADIUS_AUTHENTICATOR);
}

static void packet_redact(struct redactor *r, struct place packet, struct span before)
{
	struct hiding h = {0};
	const struct secret *s;
	uint8_t *now = NULL;
	size_t at;

	h.user = (struct str){0};
	if (is_access_request(packet.at[0])) {
		redact_challenge(r->proofs, packet.at + 4, RADIUS_AUTHENTICATOR);
		memcpy(h.vector, before.at + 4, sizeof(h.vector));
		memcpy(h.vector_after, packet.at + 4, sizeof(h.vector_after));
	}
	s = secret_choose(r, &h, before);
	if (s != NULL) {
		now = redact_secret_after(r->proofs, s->value);
		h.has_secret = true;
		h.secret = s->value;
		h.secret_after = span_of(now, s->value.len);
	}
	if (attribute_find(before, 1, &at).len > 0) {
		struct span user = attribute_find(before, 1, &at);

		h.user = (struct str){(const char *)user.at, user.len};
	}
	attributes_redact(r, &h, 0, place_from(packet, HEADER));
	proofs_make(r, &h, before, packet);
	redact_vector_note(r->proofs, packet.at[1], before.at + 4, packet.at + 4);
	free(now);
}

void redact_radius(struct redactor *r, struct place packet)
{
	size_t length = packet.n >= HEADER ? (size_t)packet.at[2] << 8 | packet.at[3] : 0;
	uint8_t *before;

	if (packet.n < HEADER || !radius_plausible(place_span(packet), 0)) {
		place_blank(packet);
		return;
	}
	if (length >= HEADER && length < packet.n) {
		place_blank(place_from(packet, length));
		packet = place_part(packet, 0, length);
	}
	before = must_alloc(packet.n, 1);
	memcpy(before, packet.at, packet.n);
	packet_redact(r, packet, span_of(before, packet.n));
	free(before);
}
