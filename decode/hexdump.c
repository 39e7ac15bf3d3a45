#include "hexdump.h"

#include "arena_room.h"

enum {
	HEADER = 12,  /* a control header with Length, Ns and Nr (RFC 2661 3.1) */
	AVP_HEAD = 6, /* RFC 2661 4.1 */
	AVP_LENGTH = 0x3ff,
	ROW = 16, /* octets in a row, as IOS prints them */
};

/* The digits of all rows in one line, and where octets began in the text. */
struct digits {
	uint8_t *at;   /* 0–15 each */
	size_t *octet; /* digit number at which each printed octet begins, n_octets + 1 */
	uint32_t *row; /* the row of each printed octet */
	size_t n, n_octets;
	bool has_letter; /* O for 0, l or I for 1 stood there */
	size_t letter_row;
};

/* What a digit stands for, and 1. */
static const uint8_t digit_values[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

int hex_digit(char c)
{
	return digit_values[(uint8_t)c] - 1;
}

bool hex_octets_into(struct str digits, uint8_t *room)
{
	unsigned bad = digits.len % 2;

	for (size_t i = 0; i + 1 < digits.len; i += 2) {
		unsigned high = digit_values[(uint8_t)digits.at[i]] - 1u;
		unsigned low = digit_values[(uint8_t)digits.at[i + 1]] - 1u;

		bad |= (high | low) & ~15u;
		room[i / 2] = (uint8_t)(high << 4 | low);
	}
	return !bad;
}

bool hex_octets(struct arena *a, struct str digits, struct span *ret)
{
	uint8_t *octets = digits.len % 2 || !digits.len ? NULL : arena_room(a, digits.len / 2);

	if (!octets || !hex_octets_into(digits, octets))
		return false;
	*ret = span_of(octets, digits.len / 2);
	return true;
}

/* What OCR makes of 0 and 1. */
static int confused_digit(char c)
{
	if (c == 'O' || c == 'o')
		return 0;
	if (c == 'l' || c == 'I' || c == '|')
		return 1;
	return -1;
}

static bool digits_read(struct arena *a, const struct hex_row *rows, size_t n_rows,
			struct digits *d)
{
	size_t room = 0;

	for (size_t i = 0; i < n_rows; i++)
		room += rows[i].digits.len;
	if (room == 0 || room > (size_t)LIMIT_HEX_DUMP * 3)
		return false;
	d->at = arena_alloc(a, room);
	d->octet = arena_array(a, room + 1, sizeof(*d->octet));
	d->row = arena_array(a, room + 1, sizeof(*d->row));
	if (!d->at || !d->octet || !d->row)
		return false;
	for (size_t i = 0; i < n_rows; i++) {
		struct str s = rows[i].digits;
		size_t in_octet = 0;

		for (size_t k = 0; k < s.len; k++) {
			int digit = hex_digit(s.at[k]);

			if (digit < 0 && (digit = confused_digit(s.at[k])) >= 0) {
				d->has_letter = true;
				d->letter_row = i;
			}
			if (digit < 0) {
				in_octet = 0;
				continue;
			}
			if (in_octet % 2 == 0) {
				d->row[d->n_octets] = (uint32_t)i;
				d->octet[d->n_octets++] = d->n;
			}
			in_octet++;
			d->at[d->n++] = (uint8_t)digit;
		}
	}
	d->octet[d->n_octets] = d->n;
	return d->n > 0;
}

static bool header_fits(struct bytes *b, const struct dump_facts *f, bool is_strict)
{
	uint16_t flags = bytes_u16(b);
	uint16_t length = bytes_u16(b);
	uint16_t tunnel = bytes_u16(b);
	uint16_t session = bytes_u16(b);
	uint16_t ns = bytes_u16(b);
	uint16_t nr = bytes_u16(b);

	if (!bytes_ok(b) || (flags & 0xcb0f) != 0xc802 || (is_strict && flags != 0xc802))
		return false;
	if (f->length && length != f->length)
		return false;
	if (f->has_ids && (tunnel != f->tunnel_id || session != f->session_id))
		return false;
	return !f->has_sequence || (ns == f->ns && nr == f->nr);
}

static bool value_fits(struct span value, const struct avp *printed)
{
	size_t n = value.len < printed->value.len ? value.len : printed->value.len;

	return !printed->is_whole || n == 0 || memcmp(value.at, printed->value.at, n) == 0;
}

/* Bits and values that the RFC leaves no choice for: they decide between completions, but a
 * dump that breaks them is not called damaged. */
static bool is_proper(const struct avp_row *row, const struct avp *printed, uint16_t word,
		      struct span value)
{
	bool is_mandatory = (word & 0x8000) != 0;
	size_t n = row ? row->length_min - (size_t)6 : 0;

	if (printed && printed->has_flags)
		return printed->is_mandatory == is_mandatory &&
		       printed->is_hidden == ((word & 0x4000) != 0);
	if (!row || row->vendor || !(row->versions & 1u << 2) || (word & 0x4000))
		return false;
	if (row->mandatory != BIT_ANY && (row->mandatory == BIT_MUST_1) != is_mandatory)
		return false;
	if (row->number == AVP_N_MESSAGE_TYPE && !is_mandatory)
		return false;
	if (value.len < n)
		return true;
	if (row->kind == AVP_VERSION)
		return value.at[0] == 1 && value.at[1] == 0;
	/* RFC 2661 4.4.3, RFC 3301 5.3: three bits have a meaning, the others are zero */
	if (row->kind == AVP_BITS)
		return value.len == 4 && !value.at[0] && !value.at[1] && !value.at[2] &&
		       value.at[3] < 8;
	return true;
}

struct bytes dump_avps(const struct dump *d)
{
	struct bytes b = bytes_of(d->bytes);

	bytes_take(&b, HEADER);
	return b;
}

bool dump_avp_next(const struct dump *d, struct bytes *rest, struct dump_avp *ret)
{
	size_t at = bytes_offset(rest), length;

	if (rest->left < AVP_HEAD)
		return false;
	length = bytes_u16(rest) & AVP_LENGTH;
	ret->vendor = bytes_u16(rest);
	ret->number = bytes_u16(rest);
	if (length < AVP_HEAD || rest->left < length - AVP_HEAD)
		return false;
	ret->value = bytes_take(rest, length - AVP_HEAD);
	ret->is_known = d->unknown_end <= at || d->unknown >= at + length;
	return true;
}

static bool fits(struct span bytes, bool is_cut, const struct dump_facts *f, bool is_strict)
{
	struct bytes b = bytes_of(bytes);
	size_t end = f->length ? f->length : SIZE_MAX;
	size_t i = 0;

	if (!header_fits(&b, f, is_strict))
		return false;
	if (!is_cut && f->length && bytes.len != f->length)
		return false;
	for (; b.left; i++) {
		size_t at = bytes_offset(&b);
		uint16_t word = bytes_u16(&b);
		uint16_t vendor = bytes_u16(&b);
		uint16_t number = bytes_u16(&b);
		size_t length = word & AVP_LENGTH;
		const struct avp_row *row;
		struct span value;

		if (!bytes_ok(&b))
			return is_cut;
		if (length < AVP_HEAD || (word & 0x3c00) || at + length > end)
			return false;
		if (b.left < length - AVP_HEAD && !is_cut)
			return false;
		value = bytes_take(&b, b.left < length - AVP_HEAD ? b.left : length - AVP_HEAD);
		row = avp_lookup(vendor, number);
		if (vendor == 0 && !row)
			return false;
		if (row && !(word & 0x4000) &&
		    (length < row->length_min || (row->length_max && length > row->length_max)))
			return false;
		if (i == 0 && (number != AVP_N_MESSAGE_TYPE || vendor))
			return false;
		if (i == 0 && f->message != MESSAGE_UNKNOWN && value.len == 2 &&
		    ((unsigned)value.at[0] << 8 | value.at[1]) != f->message)
			return false;
		if (i < f->n_avps &&
		    (f->avps[i].vendor != vendor || f->avps[i].number != number ||
		     f->avps[i].length != length || !value_fits(value, &f->avps[i])))
			return false;
		if (is_strict && !is_proper(row, i < f->n_avps ? &f->avps[i] : NULL, word, value))
			return false;
		if (i >= f->n_avps && f->has_all_avps)
			return false;
	}
	return is_cut || !f->has_all_avps || i == f->n_avps;
}

/* True when the bytes agree with the facts and are AVPs to their end. */
static bool hexdump_fits(struct span bytes, bool is_cut, const struct dump_facts *f)
{
	return fits(bytes, is_cut, f, false);
}

static struct span pack(uint8_t *room, const uint8_t *digits, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		room[i / 2] = (uint8_t)(digits[i] << 4 | digits[i + 1]);
	return span_of(room, n / 2);
}

/* Completions that fit, so far. */
struct completions {
	struct arena *arena;
	const struct dump_facts *facts;
	bool is_cut, is_strict;
	uint8_t *digits, *bytes; /* scratch */
	struct span first;       /* the first that fitted, a copy */
	size_t differ, differ_end;
	size_t n;
};

static void completion_try(struct completions *c, size_t n_digits)
{
	struct span s = pack(c->bytes, c->digits, n_digits);

	if (!fits(s, c->is_cut, c->facts, c->is_strict))
		return;
	if (c->n == 0) {
		c->first = arena_span(c->arena, s);
		c->n = 1;
		c->differ = s.len;
		return;
	}
	if (span_equal(c->first, s))
		return;
	c->n++;
	for (size_t i = 0; i < s.len && i < c->first.len; i++) {
		if (s.at[i] == c->first.at[i])
			continue;
		if (i < c->differ)
			c->differ = i;
		if (i + 1 > c->differ_end)
			c->differ_end = i + 1;
	}
}

/* Puts `n` digits of every value in at digit `at`. */
static void completions_at(struct completions *c, const struct digits *d, size_t at, size_t n)
{
	unsigned values = n == 1 ? 16 : 256;

	memcpy(c->digits, d->at, at);
	memcpy(c->digits + at + n, d->at + at, d->n - at);
	for (unsigned v = 0; v < values; v++) {
		if (n == 2)
			c->digits[at] = (uint8_t)(v >> 4);
		c->digits[at + n - 1] = (uint8_t)(v & 15);
		completion_try(c, d->n + n);
	}
}

/* The only printed octet of one digit, or SIZE_MAX. */
static size_t half_octet(const struct digits *d)
{
	size_t found = SIZE_MAX;

	for (size_t i = 0; i < d->n_octets; i++) {
		if (d->octet[i + 1] - d->octet[i] == 2)
			continue;
		if (found != SIZE_MAX)
			return SIZE_MAX;
		found = i;
	}
	return found;
}

/* The only row of 15 octets among rows of 16; SIZE_MAX when the rows are laid out otherwise. */
static size_t short_row(const struct digits *d, size_t n_rows)
{
	size_t found = SIZE_MAX, octets = 0, in_row = 0;

	for (size_t row = 0; row + 1 < n_rows; row++, octets += in_row) {
		in_row = 0;
		while (octets + in_row < d->n_octets && d->row[octets + in_row] == row)
			in_row++;
		if (in_row == 16)
			continue;
		if (in_row != 15 || found != SIZE_MAX)
			return SIZE_MAX;
		found = row;
	}
	return found;
}

static size_t complete_all(struct completions *c, const struct digits *d, size_t n_rows)
{
	size_t half = half_octet(d), row = short_row(d, n_rows);

	if (d->n > 4096)
		return SIZE_MAX;
	if (d->n % 2) {
		for (size_t i = 0; i < d->n; i++)
			if (half == SIZE_MAX || d->octet[half] == i || d->octet[half] + 1 == i)
				completions_at(c, d, i, 1);
		if (half == SIZE_MAX || half + 1 == d->n_octets)
			completions_at(c, d, d->n, 1);
		return half == SIZE_MAX ? 0 : d->row[half];
	}
	/* A lost octet shows only against a layout: 16 in a row, or IOS's 47 before `...`. */
	if (row == SIZE_MAX &&
	    (c->is_cut ? d->n_octets % 16 != 14 : d->n / 2 + 1 != c->facts->length))
		return SIZE_MAX;
	for (size_t i = 0; i <= d->n_octets; i++) {
		bool is_in_row = row == SIZE_MAX || (i < d->n_octets && d->row[i] == row) ||
				 (i > 0 && d->row[i - 1] == row);

		if (is_in_row && d->octet[i] % 2 == 0)
			completions_at(c, d, d->octet[i], 2);
	}
	return row == SIZE_MAX ? 0 : row;
}

/* Strictly first: where one completion alone is proper, it is the one. */
static size_t complete(struct completions *c, const struct digits *d, size_t n_rows)
{
	size_t row;

	c->is_strict = true;
	row = complete_all(c, d, n_rows);
	if (c->n == 1)
		return row;
	/* several proper ones: the loose ones would only be more */
	if (c->n > 1)
		return row;
	c->is_strict = false;
	return complete_all(c, d, n_rows);
}

static struct str hex_text(struct arena *a, struct span s, size_t unknown, size_t unknown_end)
{
	struct text t = text_make(LIMIT_RECORD);
	struct str copy;

	for (size_t i = 0; i < s.len; i++) {
		if (i)
			text_putc(&t, ' ');
		if (i >= unknown && i < unknown_end)
			text_puts(&t, "??");
		else
			text_printf(&t, "%02X", (unsigned)s.at[i]);
	}
	copy = arena_str(a, text_str(&t));
	text_free(&t);
	return copy;
}

struct str hexdump_around(struct arena *a, const struct dump *d, size_t at)
{
	size_t from = at / 16 * 16;
	size_t n = d->bytes.len - from < 16 ? d->bytes.len - from : 16;

	if (from >= d->bytes.len)
		return STR("");
	return hex_text(a, span_of(d->bytes.at + from, n),
			d->unknown > from ? d->unknown - from : 0,
			d->unknown_end > from ? d->unknown_end - from : 0);
}

static size_t first_difference(const struct digits *d, struct span s)
{
	for (size_t i = 0; i < s.len && 2 * i + 1 < d->n; i++)
		if (s.at[i] != (d->at[2 * i] << 4 | d->at[2 * i + 1]))
			return i;
	return s.len ? s.len - 1 : 0;
}

static void damaged(struct dump *ret, const struct hex_row *row)
{
	ret->is_damaged = true;
	ret->was = str_trim(row->digits);
	ret->line = row->line;
	ret->column = row->column;
}

static void take_repaired(struct arena *a, const struct completions *c, const struct digits *d,
			  struct dump *ret)
{
	ret->bytes = c->first;
	if (c->n == 1) {
		ret->should_be = hexdump_around(a, ret, first_difference(d, ret->bytes));
		ret->proof = d->n % 2 ? STR("a digit is missing: stated length, ids and AVP "
					    "structure allow only this one")
				      : STR("an octet is missing: 16 octets stand in a row, and "
					    "stated ids and AVP structure allow only this one");
		return;
	}
	ret->unknown = c->differ;
	ret->unknown_end = c->differ_end;
	ret->proof = arena_printf(a,
				  "octet %zu lost a digit; the stated length and ids leave more "
				  "than one value, so it is unknown",
				  c->differ);
}

/* Whether the header is not the one that the packet line prints. */
static bool is_of_another(struct span bytes, const struct dump_facts *f)
{
	struct bytes b = bytes_of(bytes);

	return (f->has_ids || f->has_sequence || f->length) && bytes.len >= HEADER &&
	       !header_fits(&b, f, false);
}

/* The octets of rows in which two digits and a blank take turns, as in nearly all. */
static bool rows_read(struct arena *a, const struct hex_row *rows, size_t n_rows, struct span *ret)
{
	size_t room = 0, n = 0;
	uint8_t *octets;

	for (size_t i = 0; i < n_rows; i++) {
		if (rows[i].digits.len % 3 != 2)
			return false;
		room += rows[i].digits.len / 3 + 1;
	}
	octets = room <= LIMIT_HEX_DUMP ? arena_room(a, room) : NULL;
	for (size_t i = 0; octets && i < n_rows; i++) {
		struct str s = rows[i].digits;

		for (size_t k = 0; k < s.len; k += 3) {
			unsigned high = digit_values[(uint8_t)s.at[k]] - 1u;
			unsigned low = digit_values[(uint8_t)s.at[k + 1]] - 1u;

			if ((high | low) > 15 || (k + 2 < s.len && s.at[k + 2] != ' '))
				return false;
			octets[n++] = (uint8_t)(high << 4 | low);
		}
	}
	*ret = span_of(octets, n);
	return n > 0;
}

/* As it was printed, whatever stands between its digits. */
static bool take_whole(struct arena *a, const struct hex_row *rows, const struct digits *d,
		       struct span plain, const struct dump_facts *facts, struct dump *ret)
{
	/* a page or the end of the text may cut a dump without a word */
	if (facts->length > plain.len && hexdump_fits(plain, true, facts) && d->n_octets % 16 != 14)
		ret->is_cut = true;
	if (!hexdump_fits(plain, ret->is_cut, facts))
		return false;
	ret->bytes = arena_span(a, plain);
	if (d->has_letter) {
		damaged(ret, &rows[d->letter_row]);
		ret->should_be = hexdump_around(a, ret, 0);
		ret->proof = STR("only hex digits stand in a dump");
	}
	return true;
}

/* Whole rows of 16 octets are missing, and which ones cannot be known. */
static bool lacks_rows(const struct dump_facts *f, size_t octets)
{
	return f->length > octets && (f->length - octets) % ROW == 0 && octets > ROW;
}

/* Nothing repairs it: what stands before the odd place is still what was sent. */
static void take_broken(struct arena *a, const struct hex_row *rows, size_t row,
			const struct completions *c, const struct digits *d, struct dump *ret)
{
	struct span plain = pack(c->bytes, d->at, d->n);

	if (d->n % 2 == 0 && is_of_another(plain, c->facts)) {
		damaged(ret, &rows[0]);
		ret->proof = STR("the line before it states another length, other ids or numbers; "
				 "which digits are wrong cannot be known");
		plain.len = 0;
		ret->is_cut = true;
	}
	if (d->n % 2 == 0 && !c->is_cut && lacks_rows(c->facts, plain.len)) {
		damaged(ret, &rows[0]);
		ret->proof =
			arena_printf(a,
				     "%zu octets fewer than the message is stated to have: rows "
				     "behind this one are missing",
				     c->facts->length - plain.len);
		plain.len = ROW;
		ret->is_cut = true;
	}
	if (d->n % 2) {
		size_t half = half_octet(d);

		damaged(ret, &rows[row]);
		ret->proof = STR("a digit is missing; what stood there cannot be known");
		plain.len = half == SIZE_MAX ? 0 : d->octet[half] / 2;
		ret->is_cut = true;
	}
	ret->bytes = arena_span(a, plain);
}

bool hexdump_read(struct arena *a, const struct hex_row *rows, size_t n_rows,
		  const struct dump_facts *facts, struct dump *ret)
{
	struct digits d = {0};
	struct completions c = {.arena = a, .facts = facts};
	struct span plain;
	size_t row;

	*ret = (struct dump){0};
	if (!n_rows)
		return false;
	ret->is_cut = rows[n_rows - 1].goes_on;
	if (rows_read(a, rows, n_rows, &plain) && (ret->is_cut || plain.len >= facts->length) &&
	    hexdump_fits(plain, ret->is_cut, facts)) {
		ret->bytes = plain;
		return true;
	}
	if (!digits_read(a, rows, n_rows, &d)) {
		ret->is_cut = false;
		return false;
	}
	c.is_cut = ret->is_cut;
	c.digits = arena_alloc(a, d.n + 2);
	c.bytes = arena_alloc(a, d.n / 2 + 2);
	if (!c.digits || !c.bytes)
		return false;
	if (d.n % 2 == 0 && take_whole(a, rows, &d, pack(c.bytes, d.at, d.n), facts, ret))
		return true;
	row = complete(&c, &d, n_rows);
	if (row >= n_rows)
		row = 0;
	if (c.n) {
		damaged(ret, &rows[row]);
		take_repaired(a, &c, &d, ret);
	} else {
		take_broken(a, rows, row, &c, &d, ret);
	}
	return true;
}

bool hexdump_is_one_less(struct arena *a, const struct hex_row *rows, size_t n_rows,
			 struct span whole, size_t *ret_octets, size_t *ret_at)
{
	struct digits d = {0};
	size_t i = 0, k;

	if (!n_rows || !digits_read(a, rows, n_rows, &d) || d.n % 2 == 0 ||
	    whole.len < (d.n + 1) / 2)
		return false;
	while (i < d.n && d.at[i] == (i % 2 ? whole.at[i / 2] & 15 : whole.at[i / 2] >> 4))
		i++;
	for (k = i; k < d.n; k++)
		if (d.at[k] !=
		    ((k + 1) % 2 ? whole.at[(k + 1) / 2] & 15 : whole.at[(k + 1) / 2] >> 4))
			return false;
	*ret_octets = (d.n + 1) / 2;
	*ret_at = i / 2;
	return true;
}
