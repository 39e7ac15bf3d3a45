/* What a group of records says of one L2TP control message: text and dump together. */
#include "ios_message.h"

struct dump_facts message_facts(const struct group *g)
{
	return (struct dump_facts){
		.message = g->message,
		.has_ids = g->head.has_ids,
		.has_sequence = g->head.has_sequence,
		.length = g->head.has_length ? g->head.length : 0,
		.tunnel_id = g->head.tunnel_id,
		.session_id = g->head.session_id,
		.ns = g->head.ns,
		.nr = g->head.nr,
		.avps = g->parsed,
		.n_avps = g->n_parsed,
		.has_all_avps = g->has_all_parsed,
	};
}

/* The dump stands behind the packet line or a `contiguous buffer` line. */
static void read_dump(struct window *w, uint32_t group)
{
	struct group *g = &w->groups[group];
	struct dump_facts facts = message_facts(g);
	struct dump again;

	for (size_t i = g->first; i <= g->last; i++) {
		const struct log_record *r = &w->records[i];

		if (w->group[i] != group || !r->n_hex)
			continue;
		if (!hexdump_read(w->arena, r->hex, r->n_hex, &facts, &g->dump))
			continue;
		g->dump_at = (uint32_t)i;
		/* the type is taken from the bytes; only where they leave it open the name decides
		 */
		facts.message = message_by_name(w, group);
		if (g->dump.is_damaged && !g->dump.should_be.len &&
		    hexdump_read(w->arena, r->hex, r->n_hex, &facts, &again) && again.should_be.len)
			g->dump = again;
		return;
	}
}

/* Header fields that no packet line told. */
static void read_header(struct group *g)
{
	struct bytes b = bytes_of(g->dump.bytes);
	uint16_t flags = bytes_u16(&b);
	uint16_t length = bytes_u16(&b);
	uint16_t tunnel = bytes_u16(&b);
	uint16_t session = bytes_u16(&b);
	uint16_t ns = bytes_u16(&b);
	uint16_t nr = bytes_u16(&b);

	if (!bytes_ok(&b) || (g->dump.unknown < 12 && g->dump.unknown_end) ||
	    (flags & 0xc802) != 0xc802)
		return;
	g->head.flags = flags;
	g->head.version = flags & 15;
	if (!g->head.has_length) {
		g->head.length = length;
		g->head.has_length = true;
	}
	if (!g->head.has_ids) {
		g->head.tunnel_id = tunnel;
		g->head.session_id = session;
		g->head.has_ids = true;
	}
	if (g->head.has_sequence)
		return;
	g->head.ns = ns;
	g->head.nr = nr;
	g->head.has_sequence = true;
}

static bool is_whole_parse(const struct group *g, const struct reading *r)
{
	size_t total = 12;

	if (!r->has_first || !r->is_done)
		return false;
	for (size_t i = 0; i < g->n_parsed; i++)
		total += g->parsed[i].length;
	return !g->head.has_length || total == g->head.length;
}

static void set_type_value(struct window *w, struct group *g)
{
	struct avp *first = g->n_parsed ? &g->parsed[0] : NULL;

	if (!first || first->number != AVP_N_MESSAGE_TYPE || first->vendor ||
	    g->message == MESSAGE_UNKNOWN)
		return;
	first->value = encode_number(w->arena, g->message, 2);
	first->is_whole = first->value.len == 2;
}

/* What was printed of a Result Code is all there is of it, whatever length it had. */
static void settle_result(struct group *g)
{
	for (size_t i = 0; i < g->n_parsed; i++) {
		struct avp *a = &g->parsed[i];

		if (a->vendor || a->number != AVP_N_RESULT_CODE || a->value.len < 2 || a->is_hidden)
			continue;
		a->length = (uint16_t)(a->value.len + 6);
		a->is_whole = true;
	}
}

void message_read(struct window *w, uint32_t group)
{
	struct group *g = &w->groups[group];
	struct reading r = {.w = w, .g = g};
	uint16_t by_dump;

	for (size_t i = g->first; i <= g->last; i++)
		if (w->group[i] == group)
			message_take(&r, i);
	g->has_all_parsed = is_whole_parse(g, &r);
	settle_result(g);
	read_dump(w, group);
	by_dump = message_by_dump(&g->dump);
	g->message = by_dump != MESSAGE_UNKNOWN ? by_dump : message_by_name(w, group);
	set_type_value(w, g);
}

void message_check(struct window *w, uint32_t group)
{
	struct group *g = &w->groups[group];
	uint16_t by_dump = message_by_dump(&g->dump);

	g->message = by_dump != MESSAGE_UNKNOWN ? by_dump : message_by_dialogue(w, group);
	repair_message_names(w, group, by_dump != MESSAGE_UNKNOWN);
	set_type_value(w, g);
	if (!g->dump.bytes.len)
		return;
	read_header(g);
	message_compare(w, g);
}
