#include "value.h"

#include <inttypes.h>

#include "limits.h"

/* Room for one more, in a new array: what was handed out stays where it is only until then. */
static bool grow(struct value_list *list)
{
	size_t room = list->room ? list->room * 2 : 8;
	struct value *more;

	if (list->n == LIMIT_VALUES)
		return false;
	more = arena_array(list->arena, room, sizeof(*more));
	if (!more)
		return false;
	if (list->n)
		memcpy(more, list->at, list->n * sizeof(*more));
	list->at = more;
	list->room = room;
	return true;
}

struct value *value_add(struct value_list *list, const char *field, const char *name,
			enum value_kind kind, struct span octets)
{
	static struct value spare;
	struct value *v = &spare;

	if (list->n < list->room || grow(list))
		v = &list->at[list->n++];
	*v = (struct value){.field = field, .name = name, .kind = kind, .octets = octets};
	return v;
}

struct value *value_number(struct value_list *list, const char *field, const char *name,
			   struct span octets, uint64_t number)
{
	struct value *v = value_add(list, field, name, VALUE_NUMBER, octets);

	v->number = number;
	return v;
}

struct value *value_hex(struct value_list *list, const char *field, const char *name,
			struct span octets)
{
	struct value *v = value_add(list, field, name, VALUE_HEX, octets);

	v->number = value_of_octets(octets);
	return v;
}

struct value *value_text(struct value_list *list, const char *field, const char *name,
			 struct span octets)
{
	struct value *v = value_add(list, field, name, VALUE_TEXT, octets);

	v->text = (struct str){.at = (const char *)octets.at, .len = octets.len};
	return v;
}

struct value *value_octets(struct value_list *list, const char *field, const char *name,
			   struct span octets)
{
	return value_add(list, field, name, VALUE_OCTETS, octets);
}

struct value *value_address(struct value_list *list, const char *field, const char *name,
			    struct span octets)
{
	bool fits = octets.len == 4 || octets.len == 16;
	struct value *v = value_add(list, field, name, fits ? VALUE_ADDRESS : VALUE_OCTETS, octets);

	if (!fits)
		return v;
	v->address.family = octets.len == 4 ? 4 : 6;
	memcpy(v->address.octets, octets.at, octets.len);
	return v;
}

uint64_t value_of_octets(struct span octets)
{
	uint64_t number = 0;

	for (size_t i = 0; i < octets.len && i < 8; i++)
		number = number << 8 | octets.at[i];
	return number;
}

const struct value *value_find(const struct value *values, size_t n, const char *field)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(values[i].field[0] ? values[i].field : values[i].name, field) == 0)
			return &values[i];
	return NULL;
}

static void print_plain(struct text *t, const struct value *v)
{
	switch (v->kind) {
	case VALUE_NONE:
		return;
	case VALUE_NUMBER:
		text_printf(t, "%" PRIu64, v->number);
		return;
	case VALUE_HEX:
		text_printf(t, "0x%0*" PRIx64, v->octets.len ? (int)v->octets.len * 2 : 2,
			    v->number);
		return;
	case VALUE_TRUTH:
		text_puts(t, v->number ? "yes" : "no");
		return;
	case VALUE_TEXT:
		text_escape(t, v->text);
		return;
	case VALUE_OCTETS:
		if (v->octets.len > 0)
			text_puts(t, "0x");
		text_hex(t, v->octets, 0);
		return;
	case VALUE_ADDRESS:
		address_print(t, &v->address);
		return;
	}
}

void value_print(struct text *t, const struct value *v, bool show_secrets)
{
	struct str more = v->meaning ? str_of(v->meaning) : v->text;

	if (v->is_secret && !show_secrets) {
		text_puts(t, "(hidden)");
		return;
	}
	print_plain(t, v);
	if (v->kind == VALUE_TEXT)
		more = str_of(v->meaning);
	if (more.len == 0)
		return;
	text_puts(t, v->kind == VALUE_NONE ? "" : " (");
	text_escape(t, more);
	text_puts(t, v->kind == VALUE_NONE ? "" : ")");
}
