#include "pppoe.h"

#include "code.h"

enum {
	HEADER = 6,
	BROADBAND_FORUM = 3561,
	ID_LEN = 4,
};

static const struct pppoe_tag_row rows[] = {
#define PPPOE_TAG(space, number, name, kind, octets, unit, field, ref)                             \
	{space, number, name, kind, octets, unit, field, ref},
#include "pppoe.def"
#undef PPPOE_TAG
};

const struct pppoe_tag_row *pppoe_tag_lookup(enum pppoe_tag_space space, uint16_t number)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].space == space && rows[i].number == number)
			return &rows[i];
	return NULL;
}

size_t pppoe_tag_rows(const struct pppoe_tag_row **ret)
{
	*ret = rows;
	return sizeof(rows) / sizeof(rows[0]);
}

struct reader {
	struct arena *arena;
	struct value_list values;
	struct defect_list *defects;
	const uint8_t *start; /* of the packet, for offsets */
	bool is_cut;
};

static void overrun(struct reader *r, const uint8_t *at, struct str what)
{
	struct defect *d;

	if (r->is_cut)
		return;
	d = defect_add(r->defects, DEFECT_PPPOE_LENGTH, (size_t)(at - r->start));
	if (d)
		d->text = what;
}

/* RFC 5578 2.3 */
static void credits_read(struct reader *r, struct bytes *b)
{
	struct span forward = bytes_take(b, 2);
	struct span back = bytes_take(b, 2);

	value_number(&r->values, "pppoed.tags.credits.fcn", "Forward Credit Notification", forward,
		     value_of_octets(forward));
	value_number(&r->values, "pppoed.tags.credits.bcn", "Backward Credit Notification", back,
		     value_of_octets(back));
}

/* RFC 5578 2.5 */
static void metrics_read(struct reader *r, struct bytes *b)
{
	static const struct {
		const char *field, *name;
		uint8_t octets;
	} parts[] = {
		{"pppoed.tags.metrics.rlq", "Relative Link Quality", 1},
		{"pppoed.tags.metrics.resource", "Resources", 1},
		{"pppoed.tags.metrics.latency", "Latency in ms", 2},
		{"pppoed.tags.metrics.curr_drate", "Current data rate", 2},
		{"pppoed.tags.metrics.max_drate", "Maximum data rate", 2},
	};
	struct span flags = bytes_take(b, 2);

	value_hex(&r->values, "pppoed.tags.metrics", "Metrics", flags);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct span octets = bytes_take(b, parts[i].octets);

		value_number(&r->values, parts[i].field, parts[i].name, octets,
			     value_of_octets(octets));
	}
}

static void route_read(struct reader *r, struct bytes *b)
{
	struct span metric;

	value_address(&r->values, "", "Route destination", bytes_take(b, 4));
	value_address(&r->values, "", "Route mask", bytes_take(b, 4));
	value_address(&r->values, "", "Route gateway", bytes_take(b, 4));
	metric = bytes_take(b, 4);
	value_number(&r->values, "", "Route metric", metric, value_of_octets(metric));
}

const char *pppoe_encapsulation_name(unsigned part, uint8_t value)
{
	static const char *const links[] = {"AAL5", "Ethernet"};
	static const char *const first[] = {"not available", "untagged Ethernet",
					    "single-tagged Ethernet"};
	static const char *const second[] = {
		"not available",
		"PPPoA LLC",
		"PPPoA null",
		"IPoA LLC",
		"IPoA null",
		"Ethernet over AAL5 LLC with FCS",
		"Ethernet over AAL5 LLC",
		"Ethernet over AAL5 null with FCS",
		"Ethernet over AAL5 null",
	};

	if (part == 0)
		return value < 2 ? links[value] : NULL;
	if (part == 1)
		return value < 3 ? first[value] : NULL;
	return value < sizeof(second) / sizeof(second[0]) ? second[value] : NULL;
}

/* TR-101 3.9.3, RFC 4679 3.3.14 */
static void encapsulation_read(struct reader *r, struct bytes *b)
{
	static const char *const fields[] = {
		"pppoed.tags.access_loop_encap.data_link",
		"pppoed.tags.access_loop_encap.encap_1",
		"pppoed.tags.access_loop_encap.encap_2",
	};
	static const char *const names[] = {"Data link", "Encapsulation 1", "Encapsulation 2"};

	for (unsigned i = 0; i < 3; i++) {
		struct span octet = bytes_take(b, 1);
		uint8_t value = octet.len ? octet.at[0] : 0;

		value_number(&r->values, fields[i], names[i], octet, value)->meaning =
			pppoe_encapsulation_name(i, value);
	}
}

static void unknown_read(struct reader *r, enum pppoe_tag_space space, uint16_t number,
			 struct span value)
{
	struct value *v = value_octets(&r->values, "pppoed.tag.unknown_data",
				       space == TAG_OF_TR101 ? "TR-101 sub-tag" : "Tag", value);

	v->text = arena_printf(r->arena, "type 0x%0*x", space == TAG_OF_TR101 ? 2 : 4, number);
}

static void line_read(struct reader *r, struct span value);

static void vendor_read(struct reader *r, const struct pppoe_tag_row *row, struct span value)
{
	struct bytes b = bytes_of(value);
	struct span id = bytes_take(&b, ID_LEN);
	uint64_t number = value_of_octets(id);
	struct value *v = value_number(&r->values, row->field, "Vendor", id, number);

	if (id.len == 0) {
		overrun(r, value.at,
			arena_printf(r->arena, "a vendor tag of %zu octets", value.len));
		return;
	}
	v->meaning = number == BROADBAND_FORUM ? "Broadband Forum" : NULL;
	if (number == BROADBAND_FORUM)
		line_read(r, bytes_rest(&b));
	else if (b.left > 0)
		value_octets(&r->values, "pppoed.tags.vendor_unspecified", "Vendor's own",
			     bytes_rest(&b));
}

static void row_read(struct reader *r, const struct pppoe_tag_row *row, struct span value)
{
	struct bytes b = bytes_of(value);
	struct value *v;

	switch (row->kind) {
	case TAG_END:
	case TAG_EMPTY:
		value_add(&r->values, row->field, row->name, VALUE_NONE, value);
		return;
	case TAG_TEXT:
		value_text(&r->values, row->field, row->name, value)->tells = value.len > 0;
		return;
	case TAG_NUMBER:
		v = value_number(&r->values, row->field, row->name, value, value_of_octets(value));
		v->meaning = row->unit[0] ? row->unit : NULL;
		v->tells = true;
		return;
	case TAG_VENDOR:
		vendor_read(r, row, value);
		return;
	case TAG_CREDITS:
		credits_read(r, &b);
		return;
	case TAG_METRICS:
		metrics_read(r, &b);
		return;
	case TAG_ROUTE:
		route_read(r, &b);
		return;
	case TAG_ENCAPSULATION:
		encapsulation_read(r, &b);
		return;
	case TAG_OCTETS:
		value_octets(&r->values, row->field, row->name, value);
		return;
	}
}

/* A whole tag or sub-tag; one of a wrong length stays octets. */
static void tag_read(struct reader *r, enum pppoe_tag_space space, uint16_t number,
		     struct span value)
{
	const struct pppoe_tag_row *row = pppoe_tag_lookup(space, number);

	if (!row) {
		unknown_read(r, space, number, value);
		return;
	}
	if (row->octets == 0 || row->octets == value.len) {
		row_read(r, row, value);
		return;
	}
	value_octets(&r->values, row->field, row->name, value);
	overrun(r, value.at,
		arena_printf(r->arena, "%s has %zu octets, not %u", row->name, value.len,
			     row->octets));
}

/* Sub-tags of TR-101: type and length of one octet each. */
static void line_read(struct reader *r, struct span value)
{
	struct bytes b = bytes_of(value);

	while (b.left > 0) {
		const uint8_t *at = b.at;
		uint8_t number = bytes_u8(&b);
		uint8_t length = bytes_u8(&b);
		size_t left = b.left;
		struct bytes box = bytes_box(&b, length);

		if (bytes_ok(&b))
			tag_read(r, TAG_OF_TR101, number, bytes_rest(&box));
		else
			overrun(r, at,
				arena_printf(r->arena, "sub-tag 0x%02x of %u octets, %zu are left",
					     number, length, left));
	}
}

static void tags_read(struct reader *r, struct bytes *b)
{
	while (b->left > 0) {
		const uint8_t *at = b->at;
		uint16_t number = bytes_u16(b);
		uint16_t length = bytes_u16(b);
		size_t left = b->left;
		bool has_header = bytes_ok(b);
		struct bytes box = bytes_box(b, length);

		if (bytes_ok(b)) {
			tag_read(r, TAG_OF_PPPOE, number, bytes_rest(&box));
			if (number == 0) /* End-Of-List */
				return;
			continue;
		}
		if (has_header)
			unknown_read(r, TAG_OF_PPPOE, number, bytes_rest(&box));
		overrun(r, at,
			has_header ? arena_printf(r->arena, "tag 0x%04x of %u octets, %zu are left",
						  number, length, left)
				   : arena_printf(r->arena, "a tag without its length"));
	}
}

static void station_add(struct reader *r, const char *field, const char *name, const uint8_t mac[6])
{
	struct text t = text_make(32);
	struct value *v = value_add(&r->values, field, name, VALUE_TEXT, (struct span){0});

	text_hex(&t, span_of(mac, 6), ':');
	v->text = arena_str(r->arena, text_str(&t));
	v->tells = true;
	text_free(&t);
}

void pppoe_decode(struct arena *a, struct span packet, size_t missing, struct event *e,
		  struct defect_list *defects)
{
	struct reader r = {.arena = a,
			   .values = {.arena = a},
			   .defects = defects,
			   .start = packet.at,
			   .is_cut = missing > 0};
	struct bytes b = bytes_of(packet);
	struct bytes box;
	uint8_t version;

	e->kind = EVENT_PPPOE;
	version = bytes_u8(&b);
	e->neighbour.code = bytes_u8(&b);
	e->neighbour.id = bytes_u16(&b);
	e->neighbour.length = bytes_u16(&b);
	e->path.pppoe = e->neighbour.id;
	e->packet = packet;
	if (!bytes_ok(&b)) {
		overrun(&r, packet.at,
			arena_printf(a, "%zu of %d header octets", packet.len, HEADER));
		return;
	}
	if (version != 0x11)
		defect_add(defects, DEFECT_PPPOE_VERSION, 0);
	if (e->path.has_mac) {
		station_add(&r, "eth.src", "from", e->path.from_mac);
		station_add(&r, "eth.dst", "to", e->path.to_mac);
	}
	value_number(&r.values, "pppoe.code", "Code", span_of(packet.at + 1, 1), e->neighbour.code)
		->meaning = code_name(CODE_PPPOE, e->neighbour.code);
	value_number(&r.values, "pppoe.session_id", "Session ID", span_of(packet.at + 2, 2),
		     e->neighbour.id)
		->tells = e->neighbour.id != 0;
	value_number(&r.values, "pppoe.payload_length", "Payload Length", span_of(packet.at + 4, 2),
		     e->neighbour.length);
	if (e->neighbour.length > b.left)
		overrun(&r, packet.at + 4,
			arena_printf(a, "Length %u, %zu octets follow", e->neighbour.length,
				     b.left));
	box = bytes_box(&b, e->neighbour.length);
	tags_read(&r, &box);
	e->values = r.values.at;
	e->n_values = r.values.n;
}
