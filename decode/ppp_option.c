#include "ppp_option.h"

#include "arena_room.h"
#include "limits.h"
#include "once.h"

static const struct option_row rows[] = {
#define OPTION(protocol, number, name, kind, min, max, field, ref)                                 \
	{protocol, number, name, kind, min, max, field, ref},
#include "ppp_option.def"
#undef OPTION
};

/* By protocol and number, open addressing; 1 + the index of the row, 0 none. */
enum { SLOTS = 512, ROWS = sizeof(rows) / sizeof(rows[0]) };
_Static_assert(2 * ROWS <= SLOTS, "half of the slots are empty");
static uint16_t slots[SLOTS];

static uint16_t *slot_of(uint16_t protocol, uint8_t number)
{
	uint32_t key = (uint32_t)protocol << 8 | number;
	uint32_t i = key * UINT32_C(2654435761) >> 23;

	while (slots[i] &&
	       (rows[slots[i] - 1].protocol != protocol || rows[slots[i] - 1].number != number))
		i = (i + 1) % SLOTS;
	return &slots[i];
}

static void slots_fill(void)
{
	for (size_t i = 0; i < ROWS; i++) {
		uint16_t *slot = slot_of(rows[i].protocol, rows[i].number);

		if (!*slot)
			*slot = (uint16_t)(i + 1);
	}
}

const struct option_row *option_lookup(uint16_t protocol, uint8_t number)
{
	static struct once is_filled = ONCE_INIT;
	uint16_t i;

	once(&is_filled, slots_fill);
	i = *slot_of(protocol, number);
	return i ? &rows[i - 1] : NULL;
}

size_t option_rows(const struct option_row **ret)
{
	*ret = rows;
	return sizeof(rows) / sizeof(rows[0]);
}

static __attribute__((cold, noinline)) void
defect_say(struct defect_list *defects, enum defect_id id, size_t offset, struct str what)
{
	struct defect *d = defect_add(defects, id, offset);

	if (d)
		d->text = what;
}

/* The option's own name, for a defect. */
static const char *option_name(const struct ppp_option *o)
{
	return o->row ? o->row->name : "unknown";
}

static void length_check(struct arena *a, const struct ppp_option *o, struct defect_list *defects)
{
	const struct option_row *row = o->row;

	if (!row || (o->length >= row->length_min && o->length <= row->length_max))
		return;
	if (row->length_min == row->length_max)
		defect_say(defects, DEFECT_PPP_OPTION_LENGTH, o->offset,
			   arena_printf(a, "option %u (%s) has length %u, not %u", o->number,
					option_name(o), o->length, row->length_min));
	else
		defect_say(defects, DEFECT_PPP_OPTION_LENGTH, o->offset,
			   arena_printf(a, "option %u (%s) has length %u, below %u", o->number,
					option_name(o), o->length, row->length_min));
}

/* Upper bound of the options in `body`, so that the list is allocated once. */
static size_t option_most(struct span body)
{
	return (body.len + 1) / 2 < LIMIT_OPTIONS ? (body.len + 1) / 2 : LIMIT_OPTIONS;
}

/* One option; `missing` octets behind the last one were not captured. False when nothing can be
 * read behind it. */
static bool option_take(struct arena *a, uint16_t protocol, struct bytes *b, uint32_t offset,
			size_t missing, struct ppp_option *o, struct defect_list *defects)
{
	size_t left = b->left;
	struct bytes box;

	*o = (struct ppp_option){.offset = offset};
	o->number = bytes_u8(b);
	o->row = option_lookup(protocol, o->number);
	o->length = bytes_u8(b);
	if (!bytes_ok(b)) {
		if (missing == 0)
			defect_say(defects, DEFECT_PPP_OPTION_LENGTH, o->offset,
				   arena_printf(a, "option %u (%s) has no length octet", o->number,
						option_name(o)));
		return false;
	}
	if (o->length < 2) {
		defect_say(defects, DEFECT_PPP_OPTION_LENGTH, o->offset,
			   arena_printf(a, "option %u (%s) has length %u, below its header of 2",
					o->number, option_name(o), o->length));
		return false;
	}
	box = bytes_box(b, o->length - 2u);
	o->value = bytes_rest(&box);
	o->is_whole = bytes_ok(b);
	if (o->length > left + missing) {
		defect_say(defects, DEFECT_PPP_OPTION_LENGTH, o->offset,
			   arena_printf(a, "option %u (%s) has length %u, %zu octets are left",
					o->number, option_name(o), o->length, left + missing));
		return false;
	}
	length_check(a, o, defects);
	return o->is_whole;
}

void option_parse_part(struct arena *a, uint16_t protocol, struct span body, size_t there,
		       size_t base, struct ppp_option **ret, size_t *ret_n,
		       struct defect_list *defects)
{
	size_t missing = there > body.len ? there - body.len : 0;
	size_t room = option_most(body);
	struct ppp_option *options = arena_room(a, room * sizeof(*options));
	struct bytes b = bytes_of(body);
	size_t n = 0;

	*ret = NULL;
	*ret_n = 0;
	if (!options)
		return;
	while (b.left > 0 && n < room) {
		uint32_t offset = (uint32_t)(base + bytes_offset(&b));

		if (!option_take(a, protocol, &b, offset, missing, &options[n++], defects)) {
			b.left = 0;
			break;
		}
	}
	if (b.left > 0)
		defect_say(defects, DEFECT_LIMIT_REACHED, base + bytes_offset(&b),
			   arena_printf(a, "limit-options: more than %d options", LIMIT_OPTIONS));
	*ret = options;
	*ret_n = n;
}

void option_parse(struct arena *a, uint16_t protocol, struct span body, size_t base,
		  struct ppp_option **ret, size_t *ret_n, struct defect_list *defects)
{
	option_parse_part(a, protocol, body, body.len, base, ret, ret_n, defects);
}

bool option_number(const struct ppp_option *o, uint64_t *ret)
{
	uint64_t number = 0;

	if (!o->is_whole || o->value.len == 0 || o->value.len > 8)
		return false;
	for (size_t i = 0; i < o->value.len; i++)
		number = number << 8 | o->value.at[i];
	*ret = number;
	return true;
}
