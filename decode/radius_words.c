#include "radius_words.h"

#include "radius.h"
#include "radius_learn.h"

enum { ACCESS_ACCEPT = 2 };

uint8_t radius_words_code(struct str message)
{
	const struct code_row *all;
	size_t n = message.len ? code_rows(&all) : 0;

	for (size_t i = 0; i < n; i++)
		if (all[i].domain == CODE_RADIUS && str_is_nocase(message, all[i].name))
			return (uint8_t)all[i].number;
	return 0;
}

static struct str keep(struct radius_words *p, struct str s)
{
	char *at = p->text + p->used;

	if (s.len > sizeof(p->text) - p->used)
		s.len = sizeof(p->text) - p->used;
	if (s.len)
		memcpy(at, s.at, s.len);
	p->used += s.len;
	return (struct str){at, s.len};
}

void radius_words_begin(struct radius_words *p, const struct spoken *line, struct str message,
			enum sense sense)
{
	memset(p, 0, sizeof(*p));
	p->is_open = true;
	p->line = *line;
	p->line.record.n_values = 0;
	p->line.record.fields = 0;
	p->line.record.stamp = keep(p, line->record.stamp);
	p->line.record.text = keep(p, line->record.text);
	p->sense = sense;
	p->code = radius_words_code(message);
}

void radius_words_add(struct radius_words *p, struct str name, struct str value)
{
	if (p->n == RADIUS_WORDS)
		return;
	p->attributes[p->n].name = keep(p, name);
	p->attributes[p->n].value = keep(p, value);
	p->n++;
}

static bool is_secret(enum radius_kind kind)
{
	return kind == RADIUS_USER_PASSWORD || kind == RADIUS_TUNNEL_PASSWORD ||
	       kind == RADIUS_SALTED || kind == RADIUS_USER_KEYS;
}

static bool is_same_name(struct str name, const char *row)
{
	size_t i = 0;

	/* IOS: `NAS-Port-Type`, `Cisco AVpair`, `Multilink-Session-ID` */
	for (; i < name.len && row[i]; i++) {
		char a = name.at[i] == ' ' ? '-' : name.at[i];

		if (!str_equal_nocase((struct str){&a, 1}, (struct str){row + i, 1}))
			return false;
	}
	return i == name.len && !row[i];
}

static const struct radius_row *row_of(struct str name)
{
	const struct radius_row *all;
	size_t n = radius_rows(&all);

	for (size_t i = 0; i < n; i++)
		if (is_same_name(name, all[i].name))
			return &all[i];
	return NULL;
}

/* FreeRADIUS: `Tunnel-Password:1`. */
static uint8_t take_tag(struct str *name)
{
	size_t colon = str_find(*name, STR(":"));
	uint64_t tag;

	if (colon == SIZE_MAX || !str_u64(str_from(*name, colon + 1), &tag) || tag > 0x1f)
		return 0;
	name->len = colon;
	return (uint8_t)tag;
}

void radius_words_value(struct value_list *list, struct arena *a, struct str name, struct str value)
{
	uint8_t tag = take_tag(&name);
	const struct radius_row *row = row_of(name);
	struct value *v;

	if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
		value = str_range(value.at + 1, value.at + value.len - 1);
	v = value_add(list, row ? row->field : "",
		      row ? row->name : arena_printf(a, "%.*s", STR_ARG(name)).at, VALUE_TEXT,
		      (struct span){0});
	v->text = arena_str(a, value);
	v->tag = tag;
	v->tells = row && row->tells;
	v->is_secret = row && is_secret(row->kind);
	if (str_find(value, STR("password=")) != SIZE_MAX)
		v->is_secret = true;
	if (row && (row->kind == RADIUS_IPV4 || row->kind == RADIUS_IPV6) &&
	    address_parse(value, &v->address))
		v->kind = VALUE_ADDRESS;
	if (row && row->kind == RADIUS_U32 && str_u64(value, &v->number))
		v->kind = VALUE_NUMBER;
	if (v->kind != VALUE_TEXT)
		v->text = STR("");
}

void radius_words_give(struct speech *s, struct radius_words *p)
{
	struct value_list values = {.arena = s->arena};
	struct event *e;

	if (!p->is_open)
		return;
	p->is_open = false;
	e = speech_event(s, &p->line);
	e->kind = EVENT_RADIUS;
	e->sense = p->sense;
	e->from = p->from;
	e->to = p->to;
	e->neighbour.code = p->code;
	e->neighbour.id = p->id;
	e->neighbour.length = p->length;
	for (size_t i = 0; i < p->n; i++)
		radius_words_value(&values, s->arena, p->attributes[i].name,
				   p->attributes[i].value);
	e->values = values.at;
	e->n_values = values.n;
	if (p->code == ACCESS_ACCEPT)
		radius_learn_tunnel(s->secrets, e->values, e->n_values,
				    arena_printf(s->arena, "the RADIUS reply in line %llu",
						 (unsigned long long)e->origin.line));
}
