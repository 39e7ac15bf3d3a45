/* Handles of control connections in the tags of IOS 12.4T and later. */
#include "ios_events.h"

/* `08062` of `L2TP 00003:08062:0000B1C2:` is the second handle, of `L2TP tnl 08062:…:` the only. */
static struct str handle_of(const struct log_record *r)
{
	struct str handle = {0};

	for (size_t i = 0; i < r->n_values; i++)
		if (r->values[i].field == FIELD_REQUEST)
			handle = r->values[i].text;
	return handle.len == HANDLE_LETTERS && handle.at[0] != '_' ? handle : (struct str){0};
}

static bool has_tag(const struct log_record *r)
{
	return r->row && r->n_values > 1 && record_text(r, FIELD_FACILITY).len &&
	       record_text(r, FIELD_REQUEST).len;
}

static struct handle *handle_find(struct window *w, struct str name, uint16_t console)
{
	for (size_t i = 0; i < HANDLES; i++) {
		struct handle *h = &w->handles[i];

		if (h->tunnel && h->console == console && memcmp(h->name, name.at, name.len) == 0)
			return h;
	}
	return NULL;
}

void handles_resolve(struct window *w, size_t from)
{
	for (size_t i = from; i < w->n; i++) {
		struct log_record *r = &w->records[i];
		struct str name;
		struct handle *h;
		uint64_t id = 0;

		if (!has_tag(r))
			continue;
		name = handle_of(r);
		if (!name.len)
			continue;
		h = handle_find(w, name, w->console[i]);
		if (record_number(r, FIELD_TUNNEL, &id) && id) {
			if (!h)
				h = &w->handles[w->n_handles++ % HANDLES];
			h->tunnel = (uint32_t)id;
			h->console = w->console[i];
			memcpy(h->name, name.at, HANDLE_LETTERS);
		} else if (h) {
			struct said_value *v = record_add(r, w->arena, FIELD_TUNNEL,
							  arena_printf(w->arena, "%u", h->tunnel));

			if (v)
				v->number = h->tunnel;
		}
	}
}
