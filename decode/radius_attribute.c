/* RADIUS attributes as named values, by the rows of radius.def. */
#include "arena.h"
#include "code.h"
#include "ppp_values.h"
#include "pppoe.h"
#include "radius.h"

enum { TAG_MAX = 0x1f, EAP_NUMBER = 79 };

static const struct radius_row rows[] = {
#define RADIUS(vendor, number, name, kind, tells, field, ref)                                      \
	{vendor, number, name, kind, tells, field, ref},
#include "radius.def"
#undef RADIUS
};

static const struct {
	uint8_t attribute;
	uint32_t number;
	const char *name;
} value_names[] = {
#define RADIUS_VALUE(attribute, number, name) {attribute, number, name},
#include "radius_value.def"
#undef RADIUS_VALUE
};

static const struct {
	const char *name, *about;
} pairs[] = {
#define RADIUS_PAIR(name, about) {name, about},
#include "radius_pair.def"
#undef RADIUS_PAIR
};

const struct radius_row *radius_lookup(uint32_t vendor, uint8_t number)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].vendor == vendor && rows[i].number == number)
			return &rows[i];
	return NULL;
}

size_t radius_rows(const struct radius_row **ret)
{
	*ret = rows;
	return sizeof(rows) / sizeof(rows[0]);
}

const char *radius_value_name(uint8_t attribute, uint32_t value)
{
	for (size_t i = 0; i < sizeof(value_names) / sizeof(value_names[0]); i++)
		if (value_names[i].attribute == attribute && value_names[i].number == value)
			return value_names[i].name;
	return NULL;
}

const char *radius_pair_about(struct str pair_name)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (str_is(pair_name, pairs[i].name))
			return pairs[i].about;
	return NULL;
}

static void length_defect(struct radius_reading *r, const uint8_t *at, struct str what)
{
	struct defect *d;

	if (r->is_cut)
		return;
	d = defect_add(r->defects, DEFECT_RADIUS_LENGTH, (size_t)(at - r->start));
	if (d)
		d->text = what;
}

static struct value *octets_value(struct radius_reading *r, const struct radius_row *row,
				  struct span value)
{
	return value_octets(&r->values, row->field, row->name, value);
}

static void sized_number_read(struct radius_reading *r, const struct radius_row *row,
			      struct span value, size_t octets)
{
	struct value *v;

	if (value.len != octets) {
		octets_value(r, row, value);
		length_defect(r, value.at - 1,
			      arena_printf(r->values.arena, "%s has %zu octets, not %zu", row->name,
					   value.len, octets));
		return;
	}
	v = value_number(&r->values, row->field, row->name, value, value_of_octets(value));
	if (row->vendor == 0)
		v->meaning = radius_value_name(row->number, (uint32_t)v->number);
}

static void number_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	sized_number_read(r, row, value, row->kind == RADIUS_U64 ? 8 : 4);
}

static void time_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	struct text t = text_make(64);
	struct value *v;

	number_read(r, row, value);
	if (value.len != 4 || r->values.n == 0)
		return;
	v = &r->values.at[r->values.n - 1];
	moment_print(&t, (struct moment){.ns = (int64_t)value_of_octets(value) * 1000000000,
					 .grain_ns = 1000000000,
					 .kind = CLOCK_ABSOLUTE});
	v->text = arena_str(r->values.arena, text_str(&t));
	text_free(&t);
}

static void address_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	size_t octets = row->kind == RADIUS_IPV6 ? 16 : 4;

	if (value.len == octets)
		value_address(&r->values, row->field, row->name, value);
	else
		sized_number_read(r, row, value, octets); /* for its defect */
}

/* RFC 3162 2.3: reserved octet, prefix length, as much of the prefix as it needs. */
static void prefix_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	struct address address = {.family = 6};
	struct text t = text_make(64);
	struct value *v = octets_value(r, row, value);

	if (value.len >= 2 && value.len <= 18 && value.at[1] <= 128) {
		memcpy(address.octets, value.at + 2, value.len - 2);
		address_print(&t, &address);
		text_printf(&t, "/%u", value.at[1]);
		v->kind = VALUE_TEXT;
		v->text = arena_str(r->values.arena, text_str(&t));
	}
	text_free(&t);
}

static void interface_id_read(struct radius_reading *r, const struct radius_row *row,
			      struct span value)
{
	struct value *v = octets_value(r, row, value);
	struct bytes b = bytes_of(value);
	struct text t = text_make(64);

	if (value.len == 8) {
		for (int i = 0; i < 4; i++)
			text_printf(&t, "%s%04x", i ? ":" : "", bytes_u16(&b));
		v->kind = VALUE_TEXT;
		v->text = arena_str(r->values.arena, text_str(&t));
	}
	text_free(&t);
}

static void tag_number_read(struct radius_reading *r, const struct radius_row *row,
			    struct span value)
{
	uint8_t tag = value.len == 4 ? value.at[0] : 0;
	struct value *v;

	if (value.len != 4) {
		sized_number_read(r, row, value, 4);
		return;
	}
	v = value_number(&r->values, row->field, row->name, value,
			 value_of_octets(span_of(value.at + 1, 3)));
	v->tag = tag <= TAG_MAX ? tag : 0;
	v->meaning = radius_value_name(row->number, (uint32_t)v->number);
}

/* RFC 2868 3.3: a first octet above 0x1f is not a tag but the text's. */
static void tag_text_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	uint8_t tag = value.len > 0 && value.at[0] <= TAG_MAX ? value.at[0] : 0;
	bool has_tag = value.len > 0 && value.at[0] <= TAG_MAX;
	struct span text = has_tag ? span_of(value.at + 1, value.len - 1) : value;

	value_text(&r->values, row->field, row->name, text)->tag = tag;
}

static bool is_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < 0x20 || s.at[i] == 0x7f)
			return false;
	return s.len > 0;
}

static void clear_give(struct value *v, struct span clear)
{
	v->kind = is_text(clear) ? VALUE_TEXT : VALUE_OCTETS;
	v->is_secret = true;
	v->text = (struct str){.at = (const char *)clear.at, .len = clear.len};
	if (v->kind == VALUE_TEXT)
		return;
	v->text = (struct str){0};
	v->octets = clear;
}

static void no_secret(struct value *v)
{
	v->text = STR("hidden; give the RADIUS secret with --secrets to see it");
}

/* RFC 2865 5.2: padded with zeros to a multiple of 16. */
static void user_password_read(struct radius_reading *r, const struct radius_row *row,
			       struct span value)
{
	struct value *v = octets_value(r, row, value);
	uint8_t *clear = arena_alloc(r->values.arena, value.len);
	size_t n = value.len;

	if (!r->has_secret || r->vector.len == 0 || !clear) {
		no_secret(v);
		return;
	}
	radius_reveal(value, r->secret, r->vector, (struct span){0}, clear);
	while (n > 0 && clear[n - 1] == 0)
		n--;
	if (r->is_proved || is_text(span_of(clear, n)))
		clear_give(v, span_of(clear, n));
	else
		v->text = STR("makes no sense with the given secret");
}

/* RFC 2868 3.5, RFC 2548 2.4.2: salt, then the length octet and the value, hidden. False: it
 * cannot be revealed, or makes no sense. */
static bool salted_reveal(struct radius_reading *r, struct span value, struct span *ret)
{
	enum { SALT = 2 };
	struct span cipher;
	uint8_t *clear;

	if (!r->is_proved || r->vector.len == 0 || value.len <= SALT)
		return false;
	cipher = span_of(value.at + SALT, value.len - SALT);
	clear = arena_alloc(r->values.arena, cipher.len);
	if (!clear)
		return false;
	radius_reveal(cipher, r->secret, r->vector, span_of(value.at, SALT), clear);
	*ret = span_of(clear + 1, clear[0]);
	return clear[0] < cipher.len;
}

static void tunnel_password_read(struct radius_reading *r, const struct radius_row *row,
				 struct span value)
{
	struct value *v = octets_value(r, row, value);
	struct span clear;

	if (value.len > 0 && value.at[0] <= TAG_MAX)
		v->tag = value.at[0];
	if (!r->is_proved || r->vector.len == 0 || value.len < 1) {
		no_secret(v);
		return;
	}
	if (!salted_reveal(r, span_of(value.at + 1, value.len - 1), &clear)) {
		defect_add(r->defects, DEFECT_RADIUS_TUNNEL_PASSWORD,
			   (size_t)(value.at - r->start));
		return;
	}
	clear_give(v, clear);
}

static void salted_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	struct value *v = octets_value(r, row, value);
	struct span clear;

	if (salted_reveal(r, value, &clear))
		clear_give(v, clear);
	else
		no_secret(v);
}

/* RFC 2548 2.4.1: LM key of 8 octets, NT key of 16. */
static void user_keys_read(struct radius_reading *r, const struct radius_row *row,
			   struct span value)
{
	struct value *v = octets_value(r, row, value);
	uint8_t *clear = arena_alloc(r->values.arena, value.len);

	if (!r->is_proved || r->vector.len == 0 || !clear) {
		no_secret(v);
		return;
	}
	radius_reveal(value, r->secret, r->vector, (struct span){0}, clear);
	clear_give(v, span_of(clear, value.len));
}

static void chap_password_read(struct radius_reading *r, const struct radius_row *row,
			       struct span value)
{
	if (value.len != 17) {
		sized_number_read(r, row, value, 17);
		return;
	}
	value_number(&r->values, "radius.CHAP_Ident", "CHAP identifier", span_of(value.at, 1),
		     value.at[0]);
	value_octets(&r->values, "radius.CHAP_String", "CHAP response", span_of(value.at + 1, 16));
}

/* RFC 2548 2.1.3 and 2.3.2: identifier, flags, and the octets of the CHAP packet, of which
 * version 2 has its flags in front and its last octet nowhere. */
static void ms_response_read(struct radius_reading *r, const struct radius_row *row,
			     struct span value)
{
	enum { MS_CHAP2_RESPONSE = 25, ALL = 50, CHALLENGE = 48 };
	uint8_t *response;

	octets_value(r, row, value);
	response = arena_alloc(r->values.arena, CHALLENGE + 1);
	if (value.len != ALL || !response)
		return;
	value_number(&r->values, "", "CHAP identifier", span_of(value.at, 1), value.at[0]);
	memcpy(response, value.at + 2, CHALLENGE);
	response[CHALLENGE] = value.at[1];
	mschap_response_values(&r->values, row->number == MS_CHAP2_RESPONSE ? CHAP_MSV2 : CHAP_MS,
			       span_of(response, CHALLENGE + 1));
}

static void ident_text_read(struct radius_reading *r, const struct radius_row *row,
			    struct span value)
{
	struct span text = value.len > 0 ? span_of(value.at + 1, value.len - 1) : value;

	value_text(&r->values, row->field, row->name, text);
	mschap_text_values(&r->values, text);
}

static bool pair_is_secret(struct str name)
{
	return str_ends(name, "password") || str_ends(name, "secret") || str_ends(name, "key");
}

static void pair_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	struct value *v = value_text(&r->values, row->field, row->name, value);
	size_t equals = str_find(v->text, STR("="));
	size_t star = str_find(v->text, STR("*"));
	struct str name = v->text;

	if (star < equals) /* an optional pair */
		equals = star;
	if (equals == SIZE_MAX)
		return;
	name.len = equals;
	v->meaning = radius_pair_about(name);
	v->is_secret = pair_is_secret(name);
}

/* RFC 4679 3.3.14 */
static void encapsulation_read(struct radius_reading *r, const struct radius_row *row,
			       struct span value)
{
	static const char *const names[] = {"Data Link", "Encapsulation 1", "Encapsulation 2"};

	if (value.len != 3) {
		sized_number_read(r, row, value, 3); /* for its defect */
		return;
	}
	for (size_t i = 0; i < 3; i++)
		value_number(&r->values, i == 0 ? row->field : "", names[i],
			     span_of(value.at + i, 1), value.at[i])
			->meaning = pppoe_encapsulation_name((unsigned)i, value.at[i]);
}

static void text_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	value_text(&r->values, row->field, row->name, value);
}

static void empty_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	value_add(&r->values, row->field, row->name, VALUE_NONE, value);
}

static void octets_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	octets_value(r, row, value);
}

static void vendor_read(struct radius_reading *r, const struct radius_row *row, struct span value);

static void row_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	static void (*const readers[])(struct radius_reading *, const struct radius_row *,
				       struct span) = {
		[RADIUS_OCTETS] = octets_read,
		[RADIUS_TEXT] = text_read,
		[RADIUS_U32] = number_read,
		[RADIUS_U64] = number_read,
		[RADIUS_TIME] = time_read,
		[RADIUS_IPV4] = address_read,
		[RADIUS_IPV6] = address_read,
		[RADIUS_PREFIX] = prefix_read,
		[RADIUS_INTERFACE_ID] = interface_id_read,
		[RADIUS_TAG_U24] = tag_number_read,
		[RADIUS_TAG_TEXT] = tag_text_read,
		[RADIUS_USER_PASSWORD] = user_password_read,
		[RADIUS_TUNNEL_PASSWORD] = tunnel_password_read,
		[RADIUS_SALTED] = salted_read,
		[RADIUS_USER_KEYS] = user_keys_read,
		[RADIUS_CHAP_PASSWORD] = chap_password_read,
		[RADIUS_MS_RESPONSE] = ms_response_read,
		[RADIUS_IDENT_TEXT] = ident_text_read,
		[RADIUS_EAP] = octets_read, /* it is read when it is whole */
		[RADIUS_VENDOR] = vendor_read,
		[RADIUS_PAIR] = pair_read,
		[RADIUS_ENCAPSULATION] = encapsulation_read,
		[RADIUS_EMPTY] = empty_read,
	};

	readers[row->kind](r, row, value);
}

static void attribute_read(struct radius_reading *r, uint32_t vendor, uint8_t number,
			   struct span value)
{
	const struct radius_row *row = radius_lookup(vendor, number);
	size_t before = r->values.n;

	if (!row) {
		value_octets(&r->values, "radius.Unknown_Attribute", "Unknown-Attribute", value)
			->text =
			vendor ? arena_printf(r->values.arena, "vendor %u type %u", vendor, number)
			       : arena_printf(r->values.arena, "type %u", number);
		return;
	}
	row_read(r, row, value);
	if (row->tells && r->values.n > before)
		r->values.at[before].tells = true;
}

/* A list of TLVs of one vendor, or of none. */
static void list_read(struct radius_reading *r, uint32_t vendor, struct span list)
{
	struct bytes b = bytes_of(list);

	while (b.left > 0) {
		const uint8_t *at = b.at;
		size_t left = b.left;
		uint8_t number = bytes_u8(&b);
		uint8_t length = bytes_u8(&b);
		struct bytes box;

		if (!bytes_ok(&b) || length < 2 || length > left) {
			length_defect(r, at,
				      arena_printf(r->values.arena,
						   "attribute %u of %u octets, %zu are left",
						   number, length, left));
			if (length > 2 && bytes_ok(&b)) /* what is there of it */
				value_octets(&r->values, "", "Cut attribute", bytes_rest(&b));
			return;
		}
		box = bytes_box(&b, length - 2u);
		attribute_read(r, vendor, number, bytes_rest(&box));
	}
}

/* RFC 2865 5.26. Vendors may lay theirs out as they like: what is no list of TLVs is octets. */
static bool is_list(struct span s)
{
	struct bytes b = bytes_of(s);

	while (b.left > 0) {
		uint8_t length;

		bytes_u8(&b);
		length = bytes_u8(&b);
		if (length < 2)
			return false;
		bytes_take(&b, length - 2u);
		if (!bytes_ok(&b))
			return false;
	}
	return bytes_ok(&b) && s.len > 0;
}

static void vendor_read(struct radius_reading *r, const struct radius_row *row, struct span value)
{
	struct bytes b = bytes_of(value);
	struct span vendor = bytes_take(&b, 4);
	struct span own = bytes_rest(&b);
	struct value *v;

	(void)row;
	if (vendor.len == 0) {
		length_defect(r, value.at - 1,
			      arena_printf(r->values.arena,
					   "Vendor-Specific has %zu octets, below 4", value.len));
		return;
	}
	if (is_list(own)) {
		list_read(r, (uint32_t)value_of_octets(vendor), own);
		return;
	}
	v = value_octets(&r->values, "radius.Vendor_Specific", "Vendor-Specific", own);
	v->text = arena_printf(r->values.arena, "vendor %u", (unsigned)value_of_octets(vendor));
}

/* RFC 3579 3.1: one EAP packet in as many attributes as it needs. */
static void eap_read(struct radius_reading *r, struct span attributes)
{
	uint8_t *whole = arena_alloc(r->values.arena, attributes.len);
	struct bytes b = bytes_of(attributes);
	size_t n = 0;

	while (whole && b.left >= 2) {
		uint8_t number = bytes_u8(&b);
		uint8_t length = bytes_u8(&b);
		struct span part = bytes_take(&b, length < 2 ? b.left + 1 : length - 2u);

		if (number != EAP_NUMBER || part.len == 0)
			continue;
		memcpy(whole + n, part.at, part.len);
		n += part.len;
	}
	if (n < 4)
		return;
	value_number(&r->values, "eap.code", "EAP code", span_of(whole, 1), whole[0])->meaning =
		code_name(CODE_EAP, whole[0]);
	value_number(&r->values, "eap.id", "EAP identifier", span_of(whole + 1, 1), whole[1]);
	eap_values(&r->values, whole[0], span_of(whole + 4, n - 4));
}

void radius_attributes_read(struct radius_reading *r, struct span attributes)
{
	list_read(r, 0, attributes);
	eap_read(r, attributes);
}
