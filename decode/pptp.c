#include "pptp.h"

#include "code.h"

enum { HEADER = 12, CONTROL = 1 };
static const uint32_t cookie = 0x1a2b3c4d; /* RFC 2637 1.4 */

enum kind { KIND_NUMBER, KIND_HEX, KIND_TEXT, KIND_VERSION, KIND_SKIP };

static const struct field_row {
	uint8_t message, octets;
	enum kind kind;
	const char *name, *field;
	enum code_domain domain;
	bool tells;
} rows[] = {
#define PPTP_FIELD(message, octets, kind, name, field, domain, tells)                              \
	{PPTP_##message, octets, KIND_##kind, name, field, domain, tells},
#include "pptp.def"
#undef PPTP_FIELD
};

/* Texts end with the first 0 octet (2.1). */
static struct span until_zero(struct span s)
{
	const void *end = s.len ? memchr(s.at, 0, s.len) : NULL;

	return end ? span_of(s.at, (size_t)((const uint8_t *)end - s.at)) : s;
}

static void version_read(struct arena *a, struct value *v)
{
	v->text = arena_printf(a, "version %u revision %u", v->octets.at[0], v->octets.at[1]);
}

static void row_read(struct value_list *list, const struct field_row *row, struct span octets)
{
	struct value *v;

	switch (row->kind) {
	case KIND_SKIP:
		return;
	case KIND_TEXT:
		v = value_text(list, row->field, row->name, until_zero(octets));
		v->tells = row->tells && v->text.len > 0;
		return;
	case KIND_HEX:
		v = value_hex(list, row->field, row->name, octets);
		break;
	case KIND_VERSION:
		v = value_hex(list, row->field, row->name, octets);
		version_read(list->arena, v);
		break;
	default:
		v = value_number(list, row->field, row->name, octets, value_of_octets(octets));
		break;
	}
	v->tells = row->tells;
	if (row->domain != CODE_DOMAINS && (row->domain != CODE_Q931 || v->number))
		v->meaning = code_name(row->domain, (uint32_t)v->number);
}

static void fields_read(struct value_list *list, uint8_t message, struct bytes *b)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span octets;

		if (rows[i].message != message)
			continue;
		octets = bytes_take(b, rows[i].octets);
		if (!bytes_ok(b))
			return;
		row_read(list, &rows[i], octets);
	}
}

/* What the receiver knows the call by: its own id where the message has it. */
static uint16_t call_of(const struct value_list *list)
{
	const struct value *v = value_find(list->at, list->n, "pptp.peer_call_id");

	if (!v)
		v = value_find(list->at, list->n, "pptp.call_id");
	return v ? (uint16_t)v->number : 0;
}

bool pptp_decode(struct arena *a, struct span message, size_t missing, struct event *e,
		 struct defect_list *defects)
{
	struct value_list list = {.arena = a};
	struct bytes b = bytes_of(message), box;
	struct span length = bytes_take(&b, 2);
	uint16_t type = bytes_u16(&b);
	uint32_t magic = bytes_u32(&b);
	struct span code = bytes_take(&b, 2);

	bytes_take(&b, 2); /* Reserved0 */
	if (!bytes_ok(&b) || type != CONTROL || magic != cookie)
		return false;
	e->kind = EVENT_PPTP;
	e->neighbour.length = (uint16_t)value_of_octets(length);
	e->neighbour.code = code.at[0] ? 0 : code.at[1];
	e->packet = message;
	value_number(&list, "pptp.length", "Length", length, e->neighbour.length);
	value_number(&list, "pptp.control_message_type", "Control Message Type", code,
		     value_of_octets(code))
		->meaning = code_name(CODE_PPTP, e->neighbour.code);
	box = bytes_box(&b,
			e->neighbour.length > HEADER ? (size_t)e->neighbour.length - HEADER : 0);
	fields_read(&list, e->neighbour.code, &box);
	if (!bytes_ok(&box) && !missing) {
		struct defect *d = defect_add(defects, DEFECT_PPTP_LENGTH, 0);

		if (d)
			d->text = arena_printf(a, "Length %u is too short for a message of type %u",
					       e->neighbour.length, e->neighbour.code);
	}
	e->neighbour.id = call_of(&list);
	e->values = list.at;
	e->n_values = list.n;
	return true;
}
