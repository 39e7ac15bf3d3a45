#include "message_tree.h"

#include <inttypes.h>

#include "code.h"
#include "limits.h"
#include "message.h"
#include "payload.h"
#include "rebuild.h"

/* Octets of the message from `offset`; fewer, or none, when the input has not got them. */
static struct span part(const struct event *e, size_t offset, size_t n)
{
	if (offset >= e->packet.len)
		return (struct span){0};
	if (n > e->packet.len - offset)
		n = e->packet.len - offset;
	return (struct span){e->packet.at + offset, n};
}

/* Where octets of the packet stand in it; SIZE_MAX when they are no part of it. */
static size_t place_of(const struct event *e, struct span octets)
{
	uintptr_t start = (uintptr_t)octets.at - (uintptr_t)e->packet.at;

	if (octets.len == 0 || start > e->packet.len || octets.len > e->packet.len - start)
		return SIZE_MAX;
	return (size_t)start;
}

static void add(struct message_tree *tree, struct text *t, size_t at, size_t n, struct span octets)
{
	struct tree_row *rows = tree->rows;

	if (tree->n == tree->room) {
		tree->room = tree->room == 0 ? 64 : tree->room * 2;
		rows = arena_array(tree->arena, tree->room, sizeof(*rows));
		if (rows == NULL) { /* what is there is shown */
			tree->room = tree->n;
			return;
		}
		if (tree->n > 0)
			memcpy(rows, tree->rows, tree->n * sizeof(*rows));
		tree->rows = rows;
	}
	rows[tree->n++] = (struct tree_row){
		.text = arena_str(tree->arena, text_str(t)), .at = at, .n = n, .octets = octets};
	text_clear(t);
}

/* ---- L2TP ---- */

struct flag {
	uint16_t bit;
	const char *name;
};

enum { FLAGS = 5 };

/* RFC 2661 3.1, RFC 2341 4.2 */
static const struct flag l2tp_flags[FLAGS] = {
	{0x8000, "T"}, {0x4000, "L"}, {0x0800, "S"}, {0x0200, "O"}, {0x0100, "P"}};
static const struct flag l2f_flags[FLAGS] = {
	{0x8000, "F"}, {0x4000, "K"}, {0x2000, "P"}, {0x1000, "S"}, {0x0008, "C"}};

/* Of a field of the header: the octets of a PPP packet that a log tells are those of PPP alone. */
static size_t head_octets(const struct event *e)
{
	bool is_there = e->rebuilt != NULL ? e->kind == EVENT_CONTROL : e->packet.len > 0;

	return is_there ? 2 : 0;
}

static void add_flags(struct message_tree *tree, struct text *t, const struct event *e)
{
	const struct l2tp_head *h = &e->l2tp;
	const struct flag *flags = h->version == 1 ? l2f_flags : l2tp_flags;

	text_printf(t, "l2tp.type: %d (%s), version %u", h->is_control,
		    h->is_control ? "control" : "data", h->version);
	if (h->flags != 0) {
		text_printf(t, ", flags 0x%04x ", h->flags);
		for (size_t i = 0; i < FLAGS; i++)
			text_puts(t, (h->flags & flags[i].bit) != 0 ? flags[i].name : "");
	}
	add(tree, t, 0, head_octets(e), part(e, 0, 2));
}

static void add_number(struct message_tree *tree, struct text *t, const struct event *e,
		       const char *name, uint32_t number, size_t *at)
{
	text_printf(t, "%s: %" PRIu32, name, number);
	add(tree, t, *at, head_octets(e), part(e, *at, 2));
	*at += 2;
}

/* RFC 2661 3.1: Length, ids, Ns and Nr, offset, in this order, as far as the flags have them. */
static void add_head(struct message_tree *tree, struct text *t, const struct event *e)
{
	const struct l2tp_head *h = &e->l2tp;
	size_t at = 2;

	add_flags(tree, t, e);
	if (h->version != 2) {
		text_printf(t, "l2tp.ccid: %" PRIu32 ", session %" PRIu32, h->tunnel_id,
			    h->session_id);
		if (h->has_sequence)
			text_printf(t, ", l2tp.Ns: %u, l2tp.Nr: %u", h->ns, h->nr);
		add(tree, t, 0, 0, (struct span){0});
		return;
	}
	if (h->has_length)
		add_number(tree, t, e, "l2tp.length", h->length, &at);
	if (h->has_ids) {
		add_number(tree, t, e, "l2tp.tunnel", h->tunnel_id, &at);
		add_number(tree, t, e, "l2tp.session", h->session_id, &at);
	}
	if (h->has_sequence) {
		add_number(tree, t, e, "l2tp.Ns", h->ns, &at);
		add_number(tree, t, e, "l2tp.Nr", h->nr, &at);
	}
	if ((h->flags & 0x0200) != 0)
		add_number(tree, t, e, "l2tp.offset", h->offset_size, &at);
}

static void add_avp(struct message_tree *tree, struct text *t, const struct event *e,
		    const struct avp *a)
{
	const char *name = a->row == NULL ? "unknown attribute" : a->row->name;
	struct avp_context in = control_context(&e->control);
	struct span whole = {0};

	if (a->offset != 0)
		whole = part(e, a->offset, a->length);
	if (a->row != NULL && a->row->field[0] != '\0')
		text_printf(t, "%s: ", a->row->field);
	text_printf(t, "%s (%u", name, a->number);
	if (a->vendor != 0)
		text_printf(t, ", vendor %u", a->vendor);
	text_puts(t, ")");
	if (a->has_flags)
		text_printf(t, " %s%s", a->is_mandatory ? "M" : "-", a->is_hidden ? "H" : "-");
	if (a->length != 0)
		text_printf(t, " length %u", a->length);
	text_puts(t, ": ");
	if (a->is_hidden && !a->is_unhidden)
		text_puts(t, "(hidden AVP)");
	else
		avp_print_value(t, a, &in, tree->show_secrets);
	add(tree, t, a->offset, a->offset == 0 ? 0 : a->length,
	    whole.len > 0 && whole.len == a->length ? whole : a->value);
}

/* ---- PPP ---- */

static void add_option(struct message_tree *tree, struct text *t, const struct ppp_option *o)
{
	if (o->row != NULL && o->row->field[0] != '\0')
		text_printf(t, "%s: ", o->row->field);
	text_printf(t, "%s (%u): ", o->row == NULL ? "unknown option" : o->row->name, o->number);
	option_print_value(t, o);
	add(tree, t, tree->ppp_at + o->offset, o->length, o->value);
}

static void add_ppp(struct message_tree *tree, struct text *t, const struct event *e)
{
	const struct ppp *p = &e->ppp;
	const char *code = ppp_code_name(p->protocol, p->code);
	size_t at = tree->ppp_at;

	text_printf(t, "ppp.protocol: 0x%04x (%s)", p->protocol, message_protocol(e));
	add(tree, t, at >= 2 ? at - 2 : 0, at >= 2 ? 2 : 0, (struct span){0});
	text_printf(t, "ppp.code: %u (%s)", p->code, code == NULL ? "unknown" : code);
	add(tree, t, at, 1, (struct span){0});
	if (p->has_id) {
		text_printf(t, "ppp.identifier: %u", p->id);
		add(tree, t, at + 1, 1, (struct span){0});
	}
	if (p->length != 0) {
		text_printf(t, "ppp.length: %u", p->length);
		add(tree, t, at + 2, 2, (struct span){0});
	}
	for (size_t i = 0; i < p->n_options; i++)
		add_option(tree, t, &p->options[i]);
	if (p->n_options > 0 || p->body.len == 0 || e->n_values > 0)
		return;
	text_printf(t, "data: %zu octets", p->body.len);
	add(tree, t, at + 4, p->body.len, p->body);
}

static void add_value(struct message_tree *tree, struct text *t, const struct event *e,
		      const struct value *v)
{
	size_t at = place_of(e, v->octets);

	if (v->field[0] != '\0')
		text_printf(t, "%s: ", v->field);
	text_puts(t, v->name);
	if (v->tag != 0)
		text_printf(t, " (tag %u)", v->tag);
	if (v->kind != VALUE_NONE) {
		text_puts(t, ": ");
		value_print(t, v, tree->show_secrets);
	}
	add(tree, t, at == SIZE_MAX ? 0 : at, at == SIZE_MAX ? 0 : v->octets.len, v->octets);
}

static void add_payload(struct message_tree *tree, struct text *t, const struct event *e)
{
	struct value_list values = {.arena = tree->arena};

	payload_values(&values, e);
	for (size_t i = 0; i < values.n; i++)
		add_value(tree, t, e, &values.at[i]);
}

/* The PPP packet's own header, code, id and length, stands before its body. */
static size_t find_ppp(const struct event *e)
{
	enum { HEADER = 4 };
	size_t body = place_of(e, e->ppp.body);

	return e->rebuilt != NULL || body == SIZE_MAX || body < HEADER ? 0 : body - HEADER;
}

struct message_tree message_tree(struct arena *arena, const struct event *e, bool show_secrets)
{
	struct message_tree tree = {
		.arena = arena, .show_secrets = show_secrets, .ppp_at = find_ppp(e)};
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	if (e->l2tp.is_present)
		add_head(&tree, &t, e);
	for (size_t i = 0; e->kind == EVENT_CONTROL && i < e->control.n_avps; i++)
		add_avp(&tree, &t, e, &e->control.avps[i]);
	if (e->kind == EVENT_PPP)
		add_ppp(&tree, &t, e);
	for (size_t i = 0; i < e->n_values; i++)
		add_value(&tree, &t, e, &e->values[i]);
	if (e->kind == EVENT_DATA)
		add_payload(&tree, &t, e);
	text_free(&t);
	return tree;
}

/* ---- octets ---- */

static size_t rebuilt_octets(const struct rebuilt *b, uint8_t *octets, bool *known)
{
	for (size_t i = 0; i < b->n; i++) {
		octets[i] = b->octets[i].value;
		known[i] = b->octets[i].source != OCTET_UNKNOWN;
	}
	return b->n;
}

/* A PPP packet that nothing carried: its header is known as numbers. */
static size_t bare_octets(const struct ppp *p, uint8_t *octets, bool *known)
{
	const uint8_t header[] = {p->code, p->id, (uint8_t)(p->length >> 8), (uint8_t)p->length};

	for (size_t i = 0; i < sizeof(header); i++) {
		octets[i] = header[i];
		known[i] = i == 0 || (i == 1 ? p->has_id : p->length != 0);
	}
	if (p->body.len > 0)
		memcpy(octets + sizeof(header), p->body.at, p->body.len);
	for (size_t i = 0; i < p->body.len; i++)
		known[sizeof(header) + i] = true;
	return sizeof(header) + p->body.len;
}

size_t message_octets(struct arena *arena, const struct event *e, const uint8_t **ret_octets,
		      const bool **ret_known)
{
	size_t room = e->packet.len + e->ppp.body.len + 4 + (e->rebuilt ? e->rebuilt->n : 0);
	uint8_t *octets = arena_alloc(arena, room);
	bool *known = arena_array(arena, room, sizeof(*known));

	*ret_octets = octets;
	*ret_known = known;
	if (octets == NULL || known == NULL)
		return 0;
	if (e->rebuilt != NULL)
		return rebuilt_octets(e->rebuilt, octets, known);
	for (size_t i = 0; i < e->packet.len; i++) {
		octets[i] = e->packet.at[i];
		known[i] = true;
	}
	if (e->packet.len > 0)
		return e->packet.len;
	return e->kind == EVENT_PPP ? bare_octets(&e->ppp, octets, known) : 0;
}
