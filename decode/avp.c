#include "avp.h"

#include "arena_room.h"
#include "code.h"
#include "limits.h"
#include "once.h"

enum {
	HEADER = 6,
	FLAG_M = 0x8000,
	FLAG_H = 0x4000,
	FLAG_RESERVED = 0x3c00,
	LENGTH_MASK = 0x03ff,
	HIDDEN_LENGTH = 2, /* RFC 2661 4.3: the length of the original value */
};

static const struct avp_row rows[] = {
#define AVP(vendor, number, symbol, name, kind, m, h, min, max, versions, field, ref)              \
	{vendor, number, #symbol, name, kind, m, h, min, max, versions, field, ref},
#include "avp.def"
#undef AVP
};

static const struct avp_carry carried[] = {
#define CARRIES(version, message, symbol, how) {version, message, AVP_N_##symbol, AVP_##how},
#include "avp_message.def"
#undef CARRIES
};

static const struct {
	uint16_t vendor;
	const char *name;
} vendors[] = {
	{0, "IETF"},
	{9, "Cisco"},
	{43, "3Com"},
	{193, "Ericsson"},
	{311, "Microsoft"},
	{2636, "Juniper"},
	{3561, "Broadband Forum"},
	{4491, "CableLabs"},
	{4874, "Juniper (Unisphere)"},
};

/* Those of IETF by their number: of vendor 0, at the beginning. */
enum { IETF = 128 };
static const struct avp_row *ietf[IETF];

static void ietf_find(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!rows[i].vendor && rows[i].number < IETF)
			ietf[rows[i].number] = &rows[i];
}

static const struct avp_row *row_search(uint32_t key)
{
	size_t low = 0;
	size_t high = sizeof(rows) / sizeof(rows[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t here = (uint32_t)rows[middle].vendor << 16 | rows[middle].number;

		if (here == key)
			return &rows[middle];
		if (here < key)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static inline const struct avp_row *row_of(uint16_t vendor, uint16_t number)
{
	static struct once is_found = ONCE_INIT;
	uint32_t key = (uint32_t)vendor << 16 | number;

	once(&is_found, ietf_find);
	return key < IETF ? ietf[key] : row_search(key);
}

const struct avp_row *avp_lookup(uint16_t vendor, uint16_t number)
{
	return row_of(vendor, number);
}

size_t avp_rows(const struct avp_row **ret)
{
	*ret = rows;
	return sizeof(rows) / sizeof(rows[0]);
}

const char *avp_vendor_name(uint16_t vendor)
{
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
		if (vendors[i].vendor == vendor)
			return vendors[i].name;
	return NULL;
}

/* Of each message the first row, of each row the next one of its message; + 1, 0 none. */
enum { VERSIONS = 4, MESSAGES = 32, CARRIED = sizeof(carried) / sizeof(carried[0]) };
static uint16_t first_carried[VERSIONS][MESSAGES], next_carried[CARRIED];
static struct avp_carried carried_of[VERSIONS][MESSAGES];
static struct once is_chained = ONCE_INIT;

static void chain_carried(void)
{
	for (size_t i = CARRIED; i-- > 0;) {
		uint16_t *first = &first_carried[carried[i].version][carried[i].message];
		struct avp_carried *of = &carried_of[carried[i].version][carried[i].message];

		avp_set_add(&of->all, carried[i].number);
		if (carried[i].presence == AVP_MUST)
			avp_set_add(&of->must, carried[i].number);
		next_carried[i] = *first;
		*first = (uint16_t)(i + 1);
	}
}

const struct avp_carry *avp_carries(unsigned version, uint16_t message, size_t *at)
{
	once(&is_chained, chain_carried);
	if (version >= VERSIONS || message >= MESSAGES)
		return NULL;
	*at = *at ? next_carried[*at - 1] : first_carried[version][message];
	return *at ? &carried[*at - 1] : NULL;
}

const struct avp_carried *avp_carried(unsigned version, uint16_t message)
{
	static const struct avp_carried none;

	once(&is_chained, chain_carried);
	return version < VERSIONS && message < MESSAGES ? &carried_of[version][message] : &none;
}

struct avp_set avp_set_of(const struct avp *avps, size_t n)
{
	struct avp_set set = {{0}};

	for (size_t i = 0; i < n; i++)
		if (!avps[i].vendor)
			avp_set_add(&set, avps[i].number);
	return set;
}

bool avp_required(unsigned version, uint16_t message, uint16_t number)
{
	return avp_set_has(&avp_carried(version, message)->must, number);
}

/* Between the least and the greatest length only multiples of this are possible. */
static size_t length_step(const struct avp_row *row)
{
	switch ((uint32_t)row->vendor << 16 | row->number) {
	case AVP_N_MESSAGE_DIGEST: /* MD5 or SHA-1 */
	case AVP_N_ASSIGNED_COOKIE:
	case AVP_N_CISCO_ASSIGNED_COOKIE:
		return 4;
	case AVP_N_CONNECT_SPEED_UPDATE: /* L2TPv2's layout or L2TPv3's */
		return 8;
	}
	if (row->kind == AVP_U16_LIST)
		return 2;
	if (row->kind == AVP_U32_LIST || row->kind == AVP_U64)
		return 4;
	return 1;
}

bool avp_length_fits(const struct avp_row *row, size_t length)
{
	if (length == row->length_min)
		return true;
	if (length < row->length_min || length > row->length_max)
		return false;
	/* RFC 2661 4.4.2: half an error code. */
	if (row->kind == AVP_RESULT && length == HEADER + 3)
		return false;
	return (length - row->length_min) % length_step(row) == 0;
}

static __attribute__((cold, noinline)) struct defect *add(struct defect_list *defects,
							  enum defect_id id, const struct avp *a)
{
	struct defect *d = defect_add(defects, id, a->offset);
	const char *vendor = avp_vendor_name(a->vendor);

	if (!d)
		return NULL;
	if (a->row)
		d->text = arena_printf(defects->arena, "%s (%u)", a->row->name, a->number);
	else if (vendor)
		d->text = arena_printf(defects->arena, "%s AVP %u", vendor, a->number);
	else
		d->text = arena_printf(defects->arena, "vendor %u AVP %u", a->vendor, a->number);
	return d;
}

static bool is_empty_name(const struct avp *a)
{
	return !a->vendor && a->number == AVP_N_HOST_NAME && a->length == HEADER;
}

static void check_length(const struct avp *a, struct defect_list *defects)
{
	struct defect *d;

	if (a->is_hidden) {
		if (a->length < HEADER + HIDDEN_LENGTH)
			add(defects, DEFECT_AVP_BAD_LENGTH, a);
		return;
	}
	if (a->length == a->row->length_min || avp_length_fits(a->row, a->length))
		return;
	d = add(defects, is_empty_name(a) ? DEFECT_HOST_NAME_EMPTY : DEFECT_AVP_BAD_LENGTH, a);
	if (!d)
		return;
	if (a->row->length_min == a->row->length_max)
		d->text = arena_printf(defects->arena, "%.*s: length %u, must be %u",
				       STR_ARG(d->text), a->length, a->row->length_min);
	else
		d->text = arena_printf(defects->arena, "%.*s: length %u does not fit (%u to %u)",
				       STR_ARG(d->text), a->length, a->row->length_min,
				       a->row->length_max);
}

static void check_bits(const struct avp *a, unsigned version, struct defect_list *defects)
{
	enum avp_bit m = a->row->mandatory;

	if (version == 2 && m != BIT_ANY && a->is_mandatory != (m == BIT_MUST_1)) {
		bool is_cause = !a->vendor && a->number == AVP_N_PPP_DISCONNECT_CAUSE;
		struct defect *d =
			add(defects, is_cause ? DEFECT_DISCONNECT_MANDATORY : DEFECT_AVP_BAD_M, a);

		if (d)
			d->text = arena_printf(defects->arena, "%.*s: M is %d, should be %d",
					       STR_ARG(d->text), a->is_mandatory, m == BIT_MUST_1);
	}
	if (a->is_hidden && a->row->hidden == BIT_MUST_0)
		add(defects, DEFECT_AVP_HIDDEN_NOT_ALLOWED, a);
}

/* RFC 2661 4.4.1: here M says that the whole message must be understood. */
static void check_message_type(const struct avp *a, struct defect_list *defects)
{
	uint64_t type;
	struct defect *d;

	if (!a->is_mandatory || !avp_number(a, &type))
		return;
	if (type != ZLB && code_lookup(CODE_MESSAGE, (uint32_t)type))
		return;
	d = add(defects, DEFECT_MESSAGE_UNKNOWN_MANDATORY, a);
	if (d)
		d->text = arena_printf(defects->arena, "message type %u", (unsigned)type);
}

static void check(const struct avp *a, unsigned version, struct defect_list *defects)
{
	if (!a->row) {
		if (a->is_mandatory)
			add(defects, DEFECT_AVP_UNKNOWN_MANDATORY, a);
		return;
	}
	check_length(a, defects);
	if (a->has_flags)
		check_bits(a, version, defects);
	if (a->row->kind == AVP_MESSAGE_TYPE)
		check_message_type(a, defects);
}

void avp_check(const struct avp *avp, struct defect_list *defects)
{
	check(avp, 2, defects);
}

/* Its flags are returned. */
static uint16_t read_header(struct bytes *b, size_t base, struct avp *ret)
{
	size_t offset = base + bytes_offset(b);
	struct span head = bytes_take(b, HEADER);
	uint16_t flags = span_u16(head, 0);
	uint16_t vendor = span_u16(head, 2);
	uint16_t number = span_u16(head, 4);

	*ret = (struct avp){
		.vendor = vendor,
		.number = number,
		.is_mandatory = (flags & FLAG_M) != 0,
		.is_hidden = (flags & FLAG_H) != 0,
		.has_flags = true,
		.length = flags & LENGTH_MASK,
		.offset = (uint32_t)offset,
		.row = row_of(vendor, number),
	};
	return flags;
}

static void check_reserved(const struct avp *a, uint16_t flags, unsigned version,
			   struct defect_list *defects)
{
	struct defect *d;

	/* RFC 3931 5.1 lets a receiver of L2TPv3 ignore them. */
	if (version != 2 || !(flags & FLAG_RESERVED))
		return;
	d = add(defects, DEFECT_AVP_RESERVED_BITS, a);
	if (d)
		d->text = arena_printf(defects->arena, "%.*s: flags 0x%04x%s", STR_ARG(d->text),
				       flags & (FLAG_M | FLAG_H | FLAG_RESERVED),
				       a->is_mandatory ? ", and it is mandatory" : "");
}

/* How many AVPs the body has at most, so that one array takes them all. */
static size_t most_of(struct span body)
{
	return body.len / HEADER < LIMIT_AVPS ? body.len / HEADER : LIMIT_AVPS;
}

bool avp_parse_part(struct arena *arena, struct span body, size_t whole, size_t base,
		    unsigned version, struct avp **ret, size_t *ret_n, struct defect_list *defects)
{
	struct bytes b = bytes_of(body);
	struct avp *avps = arena_room(arena, most_of(body) * sizeof(*avps));
	size_t missing = whole > body.len ? whole - body.len : 0;
	size_t n = 0;
	bool is_all = true;

	*ret = avps;
	*ret_n = 0;
	if (!avps) {
		defect_add(defects, DEFECT_LIMIT_REACHED, base);
		return false;
	}
	while (b.left > 0) {
		struct avp *a = &avps[n];
		uint16_t flags;
		struct bytes box;

		if (n == LIMIT_AVPS) {
			defect_add(defects, DEFECT_LIMIT_REACHED, base + bytes_offset(&b));
			is_all = false;
			break;
		}
		if (b.left < HEADER) {
			/* A cut is the capture's fault, a rest that is too short the sender's. */
			if (!missing)
				defect_add(defects, DEFECT_AVP_OVERRUNS, base + bytes_offset(&b));
			is_all = false;
			break;
		}
		flags = read_header(&b, base, a);
		if (a->length < HEADER) {
			add(defects, DEFECT_AVP_LENGTH_BELOW_6, a);
			is_all = false;
			break;
		}
		box = bytes_box(&b, a->length - HEADER);
		a->value = bytes_rest(&box);
		a->is_whole = bytes_ok(&b) && !a->is_hidden;
		if (n == 0 && a->number != AVP_N_MESSAGE_TYPE)
			add(defects, DEFECT_AVP_FIRST_NOT_TYPE, a);
		check_reserved(a, flags, version, defects);
		if (a->length > a->value.len + missing + HEADER) {
			struct defect *d = add(defects, DEFECT_AVP_OVERRUNS, a);

			if (d)
				d->text = arena_printf(defects->arena,
						       "%.*s: length %u, %zu are there",
						       STR_ARG(d->text), a->length,
						       a->value.len + missing + HEADER);
			is_all = false;
		} else {
			check(a, version, defects);
		}
		n++;
		*ret_n = n;
	}
	return is_all && !missing && bytes_ok(&b);
}

void avp_parse(struct arena *a, struct span body, size_t base, struct avp **ret, size_t *ret_n,
	       struct defect_list *defects)
{
	avp_parse_part(a, body, body.len, base, 2, ret, ret_n, defects);
}
