#include "rebuild.h"

#include "code.h"

enum { HEADER = 12, AVP_HEADER = 6, FLAGS_CONTROL = 0xc800 };

/* A message being put together. */
struct building {
	struct octet *octets;
	size_t n;
	uint16_t input;
};

const char *octet_source_name(enum octet_source s)
{
	static const char *const names[OCTET_SOURCES] = {
		[OCTET_UNKNOWN] = "unknown",   [OCTET_DUMPED] = "dumped",
		[OCTET_PRINTED] = "printed",   [OCTET_IMPLIED] = "implied by a length",
		[OCTET_INFERRED] = "inferred",
	};

	return names[s];
}

static bool building_start(struct arena *a, const struct event *e, size_t n, struct building *ret)
{
	*ret = (struct building){.octets = n ? arena_array(a, n, sizeof(*ret->octets)) : NULL,
				 .n = n,
				 .input = e->origin.input};
	return ret->octets != NULL;
}

/* What is known already stays: sources are put in from the best to the least. */
static void put(struct building *b, size_t at, struct span octets, enum octet_source source,
		uint64_t line)
{
	for (size_t i = 0; i < octets.len && at + i < b->n; i++)
		if (b->octets[at + i].source == OCTET_UNKNOWN)
			b->octets[at + i] = (struct octet){.value = octets.at[i],
							   .source = (uint8_t)source,
							   .input = b->input,
							   .line = line};
}

static void put_u16(struct building *b, size_t at, uint32_t value, enum octet_source source,
		    uint64_t line)
{
	uint8_t octets[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	put(b, at, span_of(octets, 2), source, line);
}

static void put_u8(struct building *b, size_t at, uint32_t value, enum octet_source source,
		   uint64_t line)
{
	uint8_t octet = (uint8_t)value;

	put(b, at, span_of(&octet, 1), source, line);
}

static bool is_known(const struct rebuilt *r, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		if (i >= r->n || r->octets[i].source == OCTET_UNKNOWN)
			return false;
	return true;
}

bool rebuilt_number(const struct rebuilt *r, size_t at, size_t n, uint32_t *ret)
{
	if (!is_known(r, at, n))
		return false;
	*ret = 0;
	for (size_t i = 0; i < n; i++)
		*ret = *ret << 8 | r->octets[at + i].value;
	return true;
}

/* Every octet is known, and the attributes end where the message does (RFC 2661 4.1). */
static bool is_whole_control(const struct rebuilt *r)
{
	size_t at = HEADER;
	uint32_t word, length;

	if (r->n < HEADER || !is_known(r, 0, r->n) || !rebuilt_number(r, 2, 2, &length) ||
	    length != r->n)
		return false;
	while (at < r->n) {
		if (!rebuilt_number(r, at, 2, &word) || (word & 0x3ff) < AVP_HEADER)
			return false;
		at += word & 0x3ff;
	}
	return at == r->n;
}

static bool is_whole_ppp(const struct rebuilt *r)
{
	uint32_t length;

	return is_known(r, 0, r->n) && rebuilt_number(r, 2, 2, &length) && length == r->n;
}

static uint64_t part_line(const struct event *e, const struct rebuild_lines *lines, size_t i)
{
	return lines && i < lines->n_parts && lines->parts[i] ? lines->parts[i] : e->origin.line;
}

/* ---- L2TP ---- */

static size_t avps_length(const struct event *e)
{
	size_t total = 0;

	for (size_t i = 0; i < e->control.n_avps; i++) {
		if (e->control.avps[i].length < AVP_HEADER)
			return 0;
		total += e->control.avps[i].length;
	}
	return total;
}

static void build_head(struct building *b, const struct event *e, uint64_t line)
{
	const struct l2tp_head *h = &e->l2tp;

	if (h->flags)
		put_u16(b, 0, h->flags, OCTET_PRINTED, line);
	/* RFC 2661 3.1: of a control message T, L and S are set, the others are not */
	put_u16(b, 0, FLAGS_CONTROL | h->version, OCTET_INFERRED, line);
	put_u16(b, 2, (uint32_t)b->n, h->has_length ? OCTET_PRINTED : OCTET_IMPLIED, line);
	if (h->has_ids) {
		put_u16(b, 4, h->tunnel_id, OCTET_PRINTED, line);
		put_u16(b, 6, h->session_id, OCTET_PRINTED, line);
	}
	if (h->has_sequence) {
		put_u16(b, 8, h->ns, OCTET_PRINTED, line);
		put_u16(b, 10, h->nr, OCTET_PRINTED, line);
	}
}

/* RFC 2661 4.1: flags and length, vendor, type, value. */
static void build_avp(struct building *b, size_t at, const struct avp *avp, uint64_t line)
{
	bool is_mandatory = avp->is_mandatory;
	enum octet_source source = OCTET_PRINTED;

	if (!avp->has_flags && avp->row && avp->row->mandatory != BIT_ANY) {
		is_mandatory = avp->row->mandatory == BIT_MUST_1;
		source = OCTET_INFERRED;
	}
	if (avp->has_flags || source == OCTET_INFERRED)
		put_u16(b, at,
			(is_mandatory ? 0x8000u : 0) | (avp->is_hidden ? 0x4000u : 0) | avp->length,
			source, line);
	else
		put_u8(b, at + 1, avp->length & 0xffu, OCTET_PRINTED, line);
	put_u16(b, at + 2, avp->vendor, OCTET_PRINTED, line);
	put_u16(b, at + 4, avp->number, OCTET_PRINTED, line);
	if (avp->is_whole && avp->value.len + AVP_HEADER == avp->length)
		put(b, at + AVP_HEADER, avp->value, OCTET_PRINTED, line);
}

/* Does what is there already say that this attribute begins at `at`? */
static bool is_at(const struct building *b, size_t at, const struct avp *avp)
{
	struct rebuilt r = {.octets = b->octets, .n = b->n};
	uint32_t word, vendor, number;

	return rebuilt_number(&r, at, 2, &word) && rebuilt_number(&r, at + 2, 2, &vendor) &&
	       rebuilt_number(&r, at + 4, 2, &number) && (word & 0x3ff) == avp->length &&
	       vendor == avp->vendor && number == avp->number;
}

/* All attributes have a place when their lengths sum up; else only those that the dump shows. */
static void build_avps(struct building *b, const struct event *e, const struct rebuild_lines *lines)
{
	bool is_sum = HEADER + avps_length(e) == b->n;
	size_t at = HEADER;

	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *avp = &e->control.avps[i];

		if (avp->length < AVP_HEADER || at + avp->length > b->n ||
		    (!is_sum && !is_at(b, at, avp)))
			return;
		build_avp(b, at, avp, part_line(e, lines, i));
		at += avp->length;
	}
}

const struct rebuilt *rebuild_control(struct arena *a, const struct event *e,
				      const struct rebuild_lines *lines)
{
	uint64_t head = lines && lines->head ? lines->head : e->origin.line;
	uint64_t dump = lines && lines->dump ? lines->dump : e->origin.line;
	size_t n = e->l2tp.has_length ? e->l2tp.length : 0;
	struct building b;
	struct rebuilt *ret;

	if (e->l2tp.version != 2 || !e->l2tp.is_control)
		return NULL;
	if (!n && e->control.message == ZLB)
		n = HEADER;
	if (!n && e->control.is_complete && e->control.n_avps && avps_length(e))
		n = HEADER + avps_length(e);
	if (n < HEADER || n > UINT16_MAX || !building_start(a, e, n, &b))
		return NULL;
	put(&b, 0, e->packet, OCTET_DUMPED, dump);
	build_head(&b, e, head);
	build_avps(&b, e, lines);
	ret = arena_alloc(a, sizeof(*ret));
	if (!ret)
		return NULL;
	*ret = (struct rebuilt){.octets = b.octets, .n = b.n};
	ret->is_whole = is_whole_control(ret);
	return ret;
}

/* ---- PPP ---- */

static void build_options(struct building *b, const struct event *e,
			  const struct rebuild_lines *lines)
{
	size_t at = 4;

	for (size_t i = 0; i < e->ppp.n_options; i++) {
		const struct ppp_option *o = &e->ppp.options[i];
		uint64_t line = part_line(e, lines, i);

		if (o->length < 2 || at + o->length > b->n)
			return;
		put_u8(b, at, o->number, OCTET_PRINTED, line);
		put_u8(b, at + 1, o->length, OCTET_PRINTED, line);
		if (o->is_whole && o->value.len + 2 == o->length)
			put(b, at + 2, o->value, OCTET_PRINTED, line);
		at += o->length;
	}
}

/* RFC 1994 4.1: value size, value, name; RFC 1334 2.2.1: two strings, each behind its size. */
static void build_authentication(struct building *b, const struct event *e)
{
	const struct ppp *p = &e->ppp;
	struct span name = span_of(p->name.at, p->name.len);
	uint64_t line = e->origin.line;
	bool is_value = p->protocol == PPP_CHAP && (p->code == 1 || p->code == 2);

	if (is_value && name.len && b->n > 5 + name.len && b->n - 5 - name.len <= 255) {
		put_u8(b, 4, (uint32_t)(b->n - 5 - name.len), OCTET_IMPLIED, line);
		put(b, b->n - name.len, name, OCTET_PRINTED, line);
		if (p->value.len == b->n - 5 - name.len)
			put(b, 5, p->value, OCTET_PRINTED, line);
	} else if (p->protocol == PPP_PAP && p->code == PAP_REQUEST && name.len &&
		   b->n > 5 + name.len && name.len <= 255) {
		put_u8(b, 4, (uint32_t)name.len, OCTET_PRINTED, line);
		put(b, 5, name, OCTET_PRINTED, line);
		put_u8(b, 5 + name.len, (uint32_t)(b->n - 6 - name.len), OCTET_IMPLIED, line);
	} else if (p->protocol == PPP_CHAP && p->message.len == b->n - 4) {
		put(b, 4, span_of(p->message.at, p->message.len), OCTET_PRINTED, line);
	}
}

const struct rebuilt *rebuild_ppp(struct arena *a, const struct event *e,
				  const struct rebuild_lines *lines)
{
	const struct ppp *p = &e->ppp;
	uint64_t line = e->origin.line;
	size_t n = p->length;
	struct building b;
	struct rebuilt *ret;

	if (!n && p->is_complete)
		for (size_t i = 0; i < p->n_options; i++)
			n += p->options[i].length;
	n += p->length ? 0 : 4;
	if (n < 4 || !p->code || e->is_virtual || (!p->length && !p->is_complete) ||
	    !building_start(a, e, n, &b))
		return NULL;
	put_u8(&b, 0, p->code, OCTET_PRINTED, line);
	if (p->has_id)
		put_u8(&b, 1, p->id, OCTET_PRINTED, line);
	put_u16(&b, 2, (uint32_t)n, p->length ? OCTET_PRINTED : OCTET_IMPLIED, line);
	build_options(&b, e, lines);
	if (p->body.len == n - 4)
		put(&b, 4, p->body, OCTET_PRINTED, line);
	if (p->protocol == PPP_CHAP || p->protocol == PPP_PAP)
		build_authentication(&b, e);
	ret = arena_alloc(a, sizeof(*ret));
	if (!ret)
		return NULL;
	*ret = (struct rebuilt){.octets = b.octets, .n = b.n};
	ret->is_whole = is_whole_ppp(ret);
	return ret;
}

/* ---- both ---- */

const struct rebuilt *rebuilt_join(struct arena *a, const struct rebuilt *x,
				   const struct rebuilt *y)
{
	struct octet *octets;
	struct rebuilt *ret;

	if (x->n != y->n)
		return NULL;
	for (size_t i = 0; i < x->n; i++)
		if (x->octets[i].source && y->octets[i].source &&
		    x->octets[i].value != y->octets[i].value)
			return NULL;
	octets = arena_array(a, x->n, sizeof(*octets));
	ret = arena_alloc(a, sizeof(*ret));
	if (!octets || !ret)
		return NULL;
	for (size_t i = 0; i < x->n; i++)
		octets[i] = x->octets[i].source ? x->octets[i] : y->octets[i];
	*ret = (struct rebuilt){.octets = octets, .n = x->n};
	ret->is_whole = is_whole_control(ret);
	return ret;
}

struct span rebuilt_known(struct arena *a, const struct rebuilt *r)
{
	size_t n = 0;
	uint8_t *octets;

	while (n < r->n && r->octets[n].source)
		n++;
	octets = arena_alloc(a, n);
	if (!octets)
		return (struct span){0};
	for (size_t i = 0; i < n; i++)
		octets[i] = r->octets[i].value;
	return span_of(octets, n);
}

/* A copy whose octets may be filled in. */
static struct rebuilt *start_filling(struct arena *a, const struct rebuilt *b, uint16_t input,
				     struct building *ret)
{
	struct rebuilt *copy = arena_alloc(a, sizeof(*copy));

	*ret = (struct building){
		.octets = arena_array(a, b->n, sizeof(*ret->octets)), .n = b->n, .input = input};
	if (!copy || !ret->octets)
		return NULL;
	memcpy(ret->octets, b->octets, b->n * sizeof(*ret->octets));
	*copy = (struct rebuilt){.octets = ret->octets, .n = b->n, .is_least = b->is_least};
	return copy;
}

const struct rebuilt *rebuilt_with_sequence(struct arena *a, const struct rebuilt *b, uint16_t ns,
					    uint16_t nr, uint16_t input, uint64_t line)
{
	struct building filled;
	struct rebuilt *ret = start_filling(a, b, input, &filled);

	if (!ret)
		return b;
	put_u16(&filled, 8, ns, OCTET_INFERRED, line);
	put_u16(&filled, 10, nr, OCTET_INFERRED, line);
	ret->is_whole = !ret->is_least && is_whole_control(ret);
	return ret;
}

const struct rebuilt *rebuilt_with_value(struct arena *a, const struct rebuilt *b,
					 const struct event *e, struct span value, uint16_t input,
					 uint64_t line)
{
	struct building filled;
	struct rebuilt *ret;

	if (e->ppp.protocol != PPP_CHAP || !value.len || !e->ppp.name.len ||
	    b->n != 5 + value.len + e->ppp.name.len || is_known(b, 5, value.len))
		return b;
	ret = start_filling(a, b, input, &filled);
	if (!ret)
		return b;
	put(&filled, 5, value, OCTET_PRINTED, line);
	ret->is_whole = is_whole_ppp(ret);
	return ret;
}

struct rebuilt *rebuilt_copy(struct arena *a, const struct rebuilt *r)
{
	struct rebuilt *copy = arena_alloc(a, sizeof(*copy));
	struct octet *octets = arena_array(a, r->n, sizeof(*octets));

	if (!copy || !octets)
		return NULL;
	memcpy(octets, r->octets, r->n * sizeof(*octets));
	*copy = *r;
	copy->octets = octets;
	return copy;
}
