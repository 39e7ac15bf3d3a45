#include "avp.h"
#include "code.h"
#include "rebuild.h"

enum { HEADER = 12, AVP_HEADER = 6, FLAGS = 0xc802, MANDATORY = 0x8000, PARTS = 64 };

/* One attribute; `octets` empty: it is there, and nothing tells its value. */
struct part {
	uint16_t vendor, number;
	bool is_mandatory;
	struct span octets;
	size_t length; /* with its header, at least */
	enum octet_source source;
};

struct parts {
	struct part at[PARTS];
	size_t n;
	struct arena *arena;
};

static bool has_part(const struct parts *p, uint32_t number)
{
	for (size_t i = 0; i < p->n; i++)
		if (!p->at[i].vendor && p->at[i].number == number)
			return true;
	return false;
}

static void add(struct parts *p, const struct part *one)
{
	if (p->n < PARTS && one->length <= 0x3ff)
		p->at[p->n++] = *one;
}

static void add_number(struct parts *p, uint16_t number, uint32_t value, enum octet_source source)
{
	const struct avp_row *row = avp_lookup(0, number);
	uint8_t *octets = arena_alloc(p->arena, 2);

	if (!octets || !row || !value || value > UINT16_MAX || has_part(p, number))
		return;
	octets[0] = (uint8_t)(value >> 8);
	octets[1] = (uint8_t)value;
	add(p, &(struct part){.number = number,
			      .is_mandatory = row->mandatory != BIT_MUST_0,
			      .octets = span_of(octets, 2),
			      .length = AVP_HEADER + 2,
			      .source = source});
}

static void add_printed(struct parts *p, const struct event *e)
{
	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *avp = &e->control.avps[i];
		bool is_mandatory = avp->is_mandatory;

		if (!avp->is_whole || avp->is_hidden || (!avp->vendor && has_part(p, avp->number)))
			continue;
		if (!avp->has_flags && avp->row)
			is_mandatory = avp->row->mandatory == BIT_MUST_1;
		add(p, &(struct part){.vendor = avp->vendor,
				      .number = avp->number,
				      .is_mandatory = is_mandatory,
				      .octets = avp->value,
				      .length = AVP_HEADER + avp->value.len,
				      .source = OCTET_PRINTED});
	}
}

/* What the messages about this one tell, and the only version there is (RFC 2661 4.4.3). */
static void add_known(struct parts *p, uint16_t message, const struct rebuild_known *known)
{
	if (avp_required(2, message, AVP_N_PROTOCOL_VERSION))
		add_number(p, AVP_N_PROTOCOL_VERSION, 0x0100, OCTET_INFERRED);
	if (avp_required(2, message, AVP_N_HOST_NAME) && known->name.len &&
	    !has_part(p, AVP_N_HOST_NAME))
		add(p, &(struct part){.number = AVP_N_HOST_NAME,
				      .is_mandatory = true,
				      .octets = span_of(known->name.at, known->name.len),
				      .length = AVP_HEADER + known->name.len,
				      .source = OCTET_PRINTED});
	if (avp_required(2, message, AVP_N_ASSIGNED_TUNNEL_ID))
		add_number(p, AVP_N_ASSIGNED_TUNNEL_ID, known->own_tunnel, OCTET_PRINTED);
	if (avp_required(2, message, AVP_N_ASSIGNED_SESSION_ID))
		add_number(p, AVP_N_ASSIGNED_SESSION_ID, known->own_session, OCTET_PRINTED);
}

/* What must be there besides, of which nothing is known. */
static size_t missing_length(const struct parts *p, uint16_t message)
{
	const struct avp_carry *carry;
	size_t length = 0, at = 0;

	while ((carry = avp_carries(2, message, &at))) {
		const struct avp_row *row = avp_lookup(0, carry->number);

		if (carry->presence == AVP_MUST && row && !has_part(p, carry->number))
			length += row->length_min;
	}
	return length;
}

static void put(struct octet *octets, size_t *at, uint32_t value, enum octet_source source,
		const struct event *e)
{
	octets[(*at)++] = (struct octet){.value = (uint8_t)value,
					 .source = (uint8_t)source,
					 .input = e->origin.input,
					 .line = e->origin.line};
}

static void put_u16(struct octet *octets, size_t *at, uint32_t value, enum octet_source source,
		    const struct event *e)
{
	put(octets, at, value >> 8, source, e);
	put(octets, at, value & 0xff, source, e);
}

static void put_parts(struct octet *octets, size_t at, const struct parts *p, const struct event *e)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct part *one = &p->at[i];

		put_u16(octets, &at, (one->is_mandatory ? MANDATORY : 0u) | (uint32_t)one->length,
			OCTET_INFERRED, e);
		put_u16(octets, &at, one->vendor, OCTET_INFERRED, e);
		put_u16(octets, &at, one->number, OCTET_INFERRED, e);
		for (size_t k = 0; k < one->octets.len; k++)
			put(octets, &at, one->octets.at[k], one->source, e);
	}
}

const struct rebuilt *rebuild_least(struct arena *a, const struct event *e,
				    const struct rebuild_known *known)
{
	uint16_t message = e->control.message;
	struct parts parts = {.arena = a};
	size_t n = HEADER, at = 0;
	struct octet *octets;
	struct rebuilt *ret;

	if (e->l2tp.version != 2 || message == ZLB || message == MESSAGE_UNKNOWN ||
	    !code_name(CODE_MESSAGE, message))
		return NULL;
	add_number(&parts, AVP_N_MESSAGE_TYPE, message, OCTET_PRINTED);
	add_printed(&parts, e);
	add_known(&parts, message, known);
	for (size_t i = 0; i < parts.n; i++)
		n += parts.at[i].length;
	n += missing_length(&parts, message);
	octets = n <= UINT16_MAX ? arena_array(a, n, sizeof(*octets)) : NULL;
	ret = arena_alloc(a, sizeof(*ret));
	if (!octets || !ret)
		return NULL;
	put_u16(octets, &at, FLAGS, OCTET_INFERRED, e);
	put_u16(octets, &at, (uint32_t)n, OCTET_INFERRED, e);
	if (known->to_tunnel || message == SCCRQ) {
		put_u16(octets, &at, known->to_tunnel, OCTET_PRINTED, e);
		put_u16(octets, &at, known->to_session, OCTET_PRINTED, e);
	}
	put_parts(octets, HEADER, &parts, e);
	*ret = (struct rebuilt){.octets = octets, .n = n, .is_least = true};
	return ret;
}
