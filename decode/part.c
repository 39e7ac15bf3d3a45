#include "part.h"

struct part_row {
	bool is_option;
	uint32_t key; /* AVP_N_…, or protocol and number of the option */
	const char *name;
	enum part_kind kind;
	uint16_t at, bits;
	int32_t when;
};

static const struct part_row rows[] = {
#define AVP_PART(symbol, name, kind, at, bits, when)                                               \
	{false, AVP_N_##symbol, name, kind, at, bits, when},
#define OPTION_PART(protocol, number, name, kind, at, bits, when)                                  \
	{true, (uint32_t)(protocol) << 16 | (number), name, kind, at, bits, when},
#include "part.def"
#undef AVP_PART
#undef OPTION_PART
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static uint64_t bits_of(struct span value, size_t at, size_t bits)
{
	uint64_t number = 0;

	for (size_t i = at; i < at + bits; i++)
		number = number << 1 | ((unsigned)value.at[i / 8] >> (7 - i % 8) & 1u);
	return number;
}

/* The octets of a part; those to the end may be none. */
static struct span span_of_part(const struct part_row *row, struct span value)
{
	size_t first = row->at / 8u;
	size_t n = row->bits ? (row->at % 8u + row->bits + 7u) / 8u : value.len - first;

	return span_of(value.at + first, n);
}

/* The value of one type in a list of type, length (of both and the value), value. */
static struct span sub_option_find(struct span value, uint8_t type)
{
	struct bytes b = bytes_of(value);

	while (b.left > 0) {
		uint8_t number = bytes_u8(&b);
		uint8_t length = bytes_u8(&b);
		struct span inside;

		if (length < 2)
			break;
		inside = bytes_take(&b, length - 2u);
		if (bytes_ok(&b) && number == type)
			return inside;
	}
	return (struct span){0};
}

static void text_part(struct value_list *list, const char *name, struct span octets)
{
	const uint8_t *zero = octets.len ? memchr(octets.at, 0, octets.len) : NULL;

	if (zero)
		octets.len = (size_t)(zero - octets.at);
	if (octets.len > 0)
		value_text(list, "", name, octets);
}

static void sub_option_part(struct value_list *list, const struct part_row *row, struct span value)
{
	struct span inside = sub_option_find(value, (uint8_t)row->at);

	if (inside.len == 0)
		return;
	if (row->kind == PART_SUB_NUMBER)
		value_number(list, "", row->name, inside, value_of_octets(inside));
	else
		text_part(list, row->name, inside);
}

static void station_part(struct value_list *list, const char *name, struct span octets)
{
	struct value *v = value_add(list, "", name, VALUE_TEXT, octets);
	struct text t = text_make(64);

	text_hex(&t, octets, ':');
	v->text = arena_str(list->arena, text_str(&t));
	text_free(&t);
}

static void part_add(struct value_list *list, const struct part_row *row, struct span value)
{
	struct span octets;

	if (row->kind == PART_SUB_NUMBER || row->kind == PART_SUB_TEXT) {
		sub_option_part(list, row, value);
		return;
	}
	if ((size_t)row->at + row->bits > value.len * 8)
		return;
	octets = span_of_part(row, value);
	switch (row->kind) {
	case PART_NUMBER:
		value_number(list, "", row->name, octets, bits_of(value, row->at, row->bits));
		return;
	case PART_TRUTH:
		value_add(list, "", row->name, VALUE_TRUTH, octets)->number =
			bits_of(value, row->at, row->bits);
		return;
	case PART_TEXT:
		text_part(list, row->name, octets);
		return;
	case PART_IPV4:
		value_address(list, "", row->name, octets);
		return;
	case PART_MAC:
		station_part(list, row->name, octets);
		return;
	default:
		if (octets.len > 0)
			value_octets(list, "", row->name, octets);
	}
}

static bool is_wanted(const struct part_row *row, const struct value_list *list, size_t before,
		      struct span value)
{
	if (row->when < 0)
		return value.len == (size_t)-row->when;
	return row->when == 0 ||
	       (list->n > before && list->at[before].number == (uint64_t)row->when);
}

static void parts_add(struct value_list *list, bool is_option, uint32_t key, struct span value)
{
	size_t before = list->n;

	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].is_option == is_option && rows[i].key == key &&
		    is_wanted(&rows[i], list, before, value))
			part_add(list, &rows[i], value);
}

static uint32_t avp_key(const struct avp_row *row)
{
	return (uint32_t)row->vendor << 16 | row->number;
}

static uint32_t option_key(const struct option_row *row)
{
	return (uint32_t)row->protocol << 16 | row->number;
}

void part_avp_values(struct value_list *list, const struct avp *a)
{
	if (!a->row || !a->is_whole || !avp_length_fits(a->row, a->value.len + 6))
		return;
	parts_add(list, false, avp_key(a->row), a->value);
}

void part_option_values(struct value_list *list, const struct ppp_option *o)
{
	if (!o->row || !o->is_whole || o->length < o->row->length_min ||
	    o->length > o->row->length_max)
		return;
	parts_add(list, true, option_key(o->row), o->value);
}
