#include "l2f.h"

#include "code.h"
#include "hdlc.h"
#include "limits.h"

enum {
	MANAGEMENT = 1, /* the Protocol octet */
	PPP = 2,
	LENGTH_FIELD = 8, /* offset of the Length field */
	CHECKSUM = 2,
	AVP_HEADER = 6,       /* lengths of a struct avp_row count one */
	OPTIONS_ONLY_FOR = 2, /* 1 << version */
};

/* How the length of an option is told. */
enum length_kind { LENGTH_U8, LENGTH_U16, LENGTH_FIXED };

/* Sorted by number. */
static const struct avp_row rows[] = {
#define OPTION(number, symbol, kind, least, most, length)                                          \
	{L2F_VENDOR,                                                                               \
	 number,                                                                                   \
	 symbol,                                                                                   \
	 symbol,                                                                                   \
	 kind,                                                                                     \
	 BIT_ANY,                                                                                  \
	 BIT_ANY,                                                                                  \
	 AVP_HEADER + (least),                                                                     \
	 AVP_HEADER + (most),                                                                      \
	 OPTIONS_ONLY_FOR,                                                                         \
	 "",                                                                                       \
	 "RFC 2341 4.4"},
#include "l2f.def"
#undef OPTION
};

static const enum length_kind lengths[] = {
#define OPTION(number, symbol, kind, least, most, length) length,
#include "l2f.def"
#undef OPTION
};

/* One packet on its way. */
struct packet {
	struct arena *scratch;
	struct event *e;
	struct defect_list *defects;
	struct bytes b; /* from the first flag octet */
	struct span all;
	size_t missing;
	size_t end; /* of the payload, by Length, as far as it was there */
	bool is_torn;
};

size_t l2f_rows(const struct avp_row **ret)
{
	*ret = rows;
	return sizeof(rows) / sizeof(rows[0]);
}

static struct defect *fault(struct packet *p, enum defect_id id, size_t offset)
{
	return defect_add(p->defects, id, offset);
}

/* False when the packet ends inside the header. */
static bool read_header(struct packet *p)
{
	struct l2tp_head *head = &p->e->l2tp;
	struct bytes *b = &p->b;
	uint8_t sequence;

	bytes_u16(b);
	head->l2f_protocol = bytes_u8(b);
	sequence = bytes_u8(b);
	head->session_id = bytes_u16(b);
	head->tunnel_id = bytes_u16(b);
	head->has_ids = bytes_ok(b);
	head->length = bytes_u16(b);
	head->has_length = bytes_ok(b);
	/* The octet is always there; S says that it means something (4.2.5). */
	head->has_sequence = (head->flags & L2F_SEQUENCE) && bytes_ok(b);
	head->ns = head->has_sequence ? sequence : 0;
	if (head->flags & L2F_OFFSET)
		head->offset_size = bytes_u16(b);
	if (head->flags & L2F_KEY)
		head->key = bytes_u32(b);
	head->has_key = (head->flags & L2F_KEY) && bytes_ok(b);
	head->is_control = head->l2f_protocol == MANAGEMENT;
	if (!head->has_ids) {
		head->session_id = 0;
		head->tunnel_id = 0;
	}
	p->e->to.tunnel_id = head->tunnel_id;
	p->e->to.session_id = head->session_id;
	if (!bytes_ok(b))
		fault(p, p->missing ? DEFECT_FRAME_CUT : DEFECT_L2TP_SHORT_HEADER, bytes_offset(b));
	return bytes_ok(b);
}

/* Where the payload ends (4.2.8). False when Length leaves no room for the header. */
static bool find_end(struct packet *p)
{
	const struct l2tp_head *head = &p->e->l2tp;
	size_t whole = p->all.len + p->missing;
	struct defect *d = NULL;

	p->end = head->length;
	if (head->length < bytes_offset(&p->b)) {
		d = fault(p, DEFECT_L2TP_LENGTH_BELOW_HEADER, LENGTH_FIELD);
	} else if (head->length > whole) {
		d = fault(p, DEFECT_L2TP_LENGTH_EXCEEDS_UDP, LENGTH_FIELD);
		p->end = whole;
		p->is_torn = true;
	}
	if (d)
		d->text = arena_printf(p->defects->arena, "Length %u, the packet has %zu",
				       head->length, whole);
	return head->length >= bytes_offset(&p->b);
}

/* 4.2.13: behind the payload, over everything before it. The RFC does not say which octet is
 * the first: both orders are right. */
static void check_checksum(struct packet *p)
{
	struct bytes b = bytes_of(p->all);
	struct defect *d;
	uint16_t computed;
	uint16_t there;

	if (!(p->e->l2tp.flags & L2F_CHECKED) || p->is_torn || p->all.len < p->end)
		return;
	computed = hdlc_fcs16(bytes_take(&b, p->end));
	there = bytes_u16(&b);
	if (!bytes_ok(&b) && p->missing)
		return;
	if (bytes_ok(&b) &&
	    (there == computed || there == (uint16_t)(computed >> 8 | computed << 8)))
		return;
	d = fault(p, DEFECT_L2F_CHECKSUM, p->end);
	if (d && bytes_ok(&b))
		d->text = arena_printf(p->defects->arena, "0x%04x, computed 0x%04x", there,
				       (uint16_t)(computed >> 8 | computed << 8));
	else if (d)
		d->text = str_of("the packet ends before it");
}

/* Over the offset, to what is known of the payload. False when it leads past the end. */
static bool find_payload(struct packet *p, struct bytes *ret, size_t *ret_whole)
{
	size_t start = bytes_offset(&p->b) + p->e->l2tp.offset_size;
	size_t known = p->all.len < p->end ? p->all.len : p->end;
	struct defect *d;

	if (start > p->end) {
		d = fault(p, DEFECT_L2TP_OFFSET_PAST_END, bytes_offset(&p->b) - 2);
		if (d)
			d->text =
				arena_printf(p->defects->arena, "Offset %u, %zu octets are left",
					     p->e->l2tp.offset_size, p->end - bytes_offset(&p->b));
		return false;
	}
	*ret_whole = p->end - start;
	if (start > known)
		start = known;
	*ret = bytes_of(span_of(p->all.at, known));
	bytes_take(ret, start);
	return true;
}

static const struct avp_row *row_find(uint16_t number, enum length_kind *ret_length)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].number != number)
			continue;
		*ret_length = lengths[i];
		return &rows[i];
	}
	return NULL;
}

/* One option; false when what follows it cannot be told. `missing` octets are behind `b`. */
static bool read_option(struct packet *p, struct bytes *b, size_t missing, uint16_t number,
			struct avp *ret)
{
	enum length_kind kind = LENGTH_FIXED;
	const struct avp_row *row = row_find(number, &kind);
	size_t start = bytes_offset(b);
	size_t value;
	struct bytes box;
	struct defect *d;

	*ret = (struct avp){.vendor = L2F_VENDOR, .number = number, .offset = (uint32_t)start};
	ret->row = row;
	if (number & 0xff)
		bytes_u8(b);
	if (!row) {
		d = fault(p, DEFECT_L2F_OPTION_UNKNOWN, start);
		if (d)
			d->text = arena_printf(p->defects->arena, "option %u", number & 0xffu);
		ret->value = bytes_rest(b);
		ret->length = (uint16_t)(ret->value.len + 1);
		ret->is_whole = missing == 0;
		return false;
	}
	if (kind == LENGTH_FIXED)
		value = number & 0xff ? (size_t)row->length_max - AVP_HEADER : b->left + missing;
	else
		value = kind == LENGTH_U8 ? bytes_u8(b) : bytes_u16(b);
	ret->length = (uint16_t)(bytes_offset(b) - start + value);
	if (!bytes_ok(b) && missing)
		return false;
	if (!bytes_ok(b) || value > b->left + missing) {
		d = fault(p, DEFECT_L2F_OPTION_OVERRUNS, start);
		if (d)
			d->text = arena_printf(p->defects->arena, "%s: %zu octets, %zu are left",
					       row->name, value, b->left + missing);
	} else if (!avp_length_fits(row, value + AVP_HEADER)) {
		d = fault(p, DEFECT_L2F_OPTION_LENGTH, start);
		if (d)
			d->text =
				arena_printf(p->defects->arena, "%s: %zu octets", row->name, value);
	}
	box = bytes_box(b, value);
	ret->value = bytes_rest(&box);
	ret->is_whole = bytes_ok(b);
	return bytes_ok(b);
}

/* RFC 2341 4.4: a message octet, then options. */
static void read_management(struct packet *p, struct bytes b, size_t whole)
{
	struct control *c = &p->e->control;
	size_t missing = whole - b.left;
	uint8_t type = bytes_u8(&b);
	struct avp *avps;
	struct defect *d;
	bool is_echo = type == (L2F_ECHO & 0xff) || type == (L2F_ECHO_RESP & 0xff);
	size_t most = b.left < LIMIT_AVPS ? b.left : LIMIT_AVPS;

	if (!bytes_ok(&b)) {
		fault(p, missing ? DEFECT_FRAME_CUT : DEFECT_L2F_OPTION_OVERRUNS, bytes_offset(&b));
		return;
	}
	c->message = (uint16_t)(L2F_MESSAGES | type);
	if (type == 0 || !code_lookup(CODE_L2F, type)) {
		d = fault(p, DEFECT_L2F_MESSAGE, bytes_offset(&b) - 1);
		if (d)
			d->text = arena_printf(p->defects->arena, "message %u", type);
		return;
	}
	c->is_complete = missing == 0 && !p->is_torn;
	avps = arena_array(p->scratch, most, sizeof(*avps));
	if (!avps) {
		fault(p, DEFECT_LIMIT_REACHED, 0);
		return;
	}
	c->avps = avps;
	while (b.left > 0) {
		uint16_t number = (uint16_t)(type << 8 | (is_echo ? 0 : b.at[0]));
		bool goes_on;

		if (c->n_avps == most) {
			fault(p, DEFECT_LIMIT_REACHED, bytes_offset(&b));
			c->is_complete = false;
			return;
		}
		goes_on = read_option(p, &b, missing, number, &avps[c->n_avps]);
		c->n_avps++;
		if (goes_on)
			continue;
		c->is_complete = false;
		break;
	}
	if (missing)
		fault(p, DEFECT_FRAME_CUT, p->all.len);
}

/* The CLID that the peer shall use: what L2TP calls the assigned tunnel id. */
static void assigned_id(struct event *e)
{
	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];
		uint64_t id;

		if (a->number == 0x0104 && avp_number(a, &id) && id <= UINT16_MAX)
			e->from.tunnel_id = (uint32_t)id;
	}
}

/* What the header says beyond ids and sequence, for the tree and JSON. */
static void tell_header(struct packet *p)
{
	static const char *const protocols[] = {"illegal", "management", "PPP", "SLIP"};
	const struct l2tp_head *head = &p->e->l2tp;
	struct value_list list = {.arena = p->scratch};
	struct bytes b = bytes_of(p->all);
	struct value *v;

	bytes_u16(&b);
	v = value_number(&list, "", "Protocol", bytes_take(&b, 1), head->l2f_protocol);
	if (head->l2f_protocol < sizeof(protocols) / sizeof(protocols[0]))
		v->meaning = protocols[head->l2f_protocol];
	bytes_take(&b, 7);
	if (head->flags & L2F_OFFSET)
		value_number(&list, "", "Offset", bytes_take(&b, 2), head->offset_size);
	if (head->flags & L2F_KEY)
		value_hex(&list, "", "Key", bytes_take(&b, 4));
	if (head->flags & L2F_PRIORITY) {
		v = value_add(&list, "", "Priority", VALUE_TRUTH, (struct span){0});
		v->number = 1;
	}
	p->e->values = list.at;
	p->e->n_values = list.n;
}

void l2f_decode(struct arena *scratch, struct span packet, size_t missing, struct event *e,
		struct defect_list *defects, struct span *ret_payload)
{
	struct packet p = {.scratch = scratch,
			   .e = e,
			   .defects = defects,
			   .b = bytes_of(packet),
			   .all = packet,
			   .missing = missing};
	struct bytes payload;
	size_t whole;
	bool has_end = read_header(&p) && find_end(&p);

	e->kind = e->l2tp.is_control ? EVENT_CONTROL : EVENT_DATA;
	if (e->l2tp.is_control)
		e->control.message = MESSAGE_UNKNOWN;
	if (!has_end || !find_payload(&p, &payload, &whole))
		return;
	check_checksum(&p);
	tell_header(&p);
	if (e->l2tp.is_control) {
		read_management(&p, payload, whole);
		assigned_id(e);
		return;
	}
	e->data.length = whole;
	if (e->l2tp.l2f_protocol == PPP)
		*ret_payload = bytes_rest(&payload);
}
