/* The lines of one RADIUS packet in a log of IOS become one event, at the line that names it. */
#include "ios_events.h"
#include "radius_words.h"

enum { ATTRIBUTES = 64 };

static bool is_head(const struct log_record *r)
{
	return r->kind == RECORD_SAID && r->row && r->row->topic == SAID_RADIUS;
}

static bool is_value(const struct log_record *r)
{
	return r->kind == RECORD_SAID && r->row && r->row->topic == SAID_RADIUS_VALUE;
}

static void add_value(struct value_list *list, struct arena *a, const struct log_record *r)
{
	struct str name = record_text(r, FIELD_ATTRIBUTE), vendor = record_text(r, FIELD_VENDOR);
	struct str value = record_text(r, FIELD_VALUE);

	if (!name.len || !value.len)
		return;
	if (vendor.len)
		name = arena_printf(a, "%.*s-%.*s", STR_ARG(vendor), STR_ARG(name));
	radius_words_value(list, a, name, value);
}

bool radius_event(const struct window *w, size_t i, struct arena *a, struct event *e)
{
	const struct log_record *r = &w->records[i];
	struct value_list values = {.arena = a};
	struct address server = {0};
	struct party *peer;
	uint8_t code = radius_words_code(record_text(r, FIELD_MESSAGE));
	uint64_t n;

	if (!is_head(r) || !code)
		return false;
	e->kind = EVENT_RADIUS;
	e->said = (struct said){SAID_RADIUS, r->values, r->n_values};
	e->sense = str_find(r->text, STR("Received from")) == SIZE_MAX ? SENT : RECEIVED;
	e->neighbour.code = code;
	if (record_number(r, FIELD_ID, &n))
		e->neighbour.id = (uint16_t)n;
	if (record_number(r, FIELD_LENGTH, &n) && n <= UINT16_MAX)
		e->neighbour.length = (uint16_t)n;
	peer = e->sense == SENT ? &e->to : &e->from;
	if (address_parse(record_text(r, FIELD_ADDRESS), &server))
		peer->address = server;
	if (record_number(r, FIELD_PORT, &n) && n <= UINT16_MAX)
		peer->port = (uint16_t)n;
	for (size_t k = i + 1; k < w->n && k <= i + ATTRIBUTES; k++) {
		if (w->console[k] != w->console[i])
			continue;
		if (!is_value(&w->records[k]))
			break;
		add_value(&values, a, &w->records[k]);
	}
	e->values = values.at;
	e->n_values = values.n;
	return true;
}
