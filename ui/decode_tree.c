#include "decode_tree.h"

#include <inttypes.h>

#include "code.h"
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

/* `dumped, printed (line 54)`: where the octets of a rebuilt message come from. */
static void print_sources(struct run *r, const struct octet *octets, size_t n)
{
	bool is_first = true;

	for (size_t i = 0; i < n; i++) {
		bool is_told = false;

		for (size_t k = 0; k < i && !is_told; k++)
			is_told = octets[k].source == octets[i].source &&
				  octets[k].line == octets[i].line &&
				  octets[k].input == octets[i].input;
		if (is_told)
			continue;
		text_puts(&r->line, is_first ? "  {" : "; ");
		is_first = false;
		text_puts(&r->line, octet_source_name((enum octet_source)octets[i].source));
		if (octets[i].source != OCTET_UNKNOWN)
			text_printf(&r->line, ", line %" PRIu64, octets[i].line);
		if (octets[i].source != OCTET_UNKNOWN && r->n_inputs > 1 &&
		    octets[i].input < r->n_inputs) {
			text_puts(&r->line, " of ");
			text_escape(&r->line, r->names[octets[i].input]);
		}
	}
	if (!is_first)
		text_putc(&r->line, '}');
}

static void print_octets(struct run *r, const struct octet *octets, size_t n)
{
	text_puts(&r->line, "  [");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			text_putc(&r->line, ' ');
		if (octets[i].source == OCTET_UNKNOWN)
			text_puts(&r->line, "..");
		else
			text_printf(&r->line, "%02x", (unsigned)octets[i].value);
	}
	text_putc(&r->line, ']');
}

/* Ends a line that shows octets [at, at + n) of the message. False when it is not a rebuilt one. */
static bool end_rebuilt(struct run *r, const struct event *e, size_t at, size_t n)
{
	if (e->rebuilt == NULL || n == 0 || at + n > e->rebuilt->n)
		return false;
	if (r->options->hex)
		print_octets(r, e->rebuilt->octets + at, n);
	print_sources(r, e->rebuilt->octets + at, n);
	term_line(&r->term, &r->line);
	return true;
}

/* The same of the header of L2TP: the rebuilt octets of a PPP packet are those of PPP alone. */
static bool end_rebuilt_head(struct run *r, const struct event *e, size_t at, size_t n)
{
	return e->kind == EVENT_CONTROL && end_rebuilt(r, e, at, n);
}

static void print_rebuilt(struct run *r, const struct event *e)
{
	size_t counts[OCTET_SOURCES] = {0};
	const char *before = ": ";

	for (size_t i = 0; i < e->rebuilt->n; i++)
		counts[e->rebuilt->octets[i].source]++;
	text_printf(&r->line, "    rebuilt: %zu of %zu octets",
		    e->rebuilt->n - counts[OCTET_UNKNOWN], e->rebuilt->n);
	for (size_t i = OCTET_DUMPED; i < OCTET_SOURCES; i++) {
		if (counts[i] == 0)
			continue;
		text_printf(&r->line, "%s%zu %s", before, counts[i],
			    octet_source_name((enum octet_source)i));
		before = ", ";
	}
	if (e->rebuilt->is_whole)
		text_puts(&r->line, "; the lengths of all parts sum up to the stated one");
	term_line(&r->term, &r->line);
}

static void end_line(struct run *r, struct span bytes)
{
	if (r->options->hex && bytes.len > 0) {
		text_puts(&r->line, "  [");
		text_hex(&r->line, bytes, ' ');
		text_putc(&r->line, ']');
	}
	term_line(&r->term, &r->line);
}

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

static void print_flags(struct run *r, const struct event *e)
{
	const struct l2tp_head *h = &e->l2tp;
	const struct flag *flags = h->version == 1 ? l2f_flags : l2tp_flags;

	text_printf(&r->line, "    l2tp.type: %d (%s), version %u", h->is_control,
		    h->is_control ? "control" : "data", h->version);
	if (h->flags != 0) {
		text_printf(&r->line, ", flags 0x%04x ", h->flags);
		for (size_t i = 0; i < FLAGS; i++)
			text_puts(&r->line, (h->flags & flags[i].bit) != 0 ? flags[i].name : "");
	}
	if (!end_rebuilt_head(r, e, 0, 2))
		end_line(r, part(e, 0, 2));
}

static void print_number(struct run *r, const struct event *e, const char *name, uint32_t number,
			 size_t *at)
{
	text_printf(&r->line, "    %s: %" PRIu32, name, number);
	if (!end_rebuilt_head(r, e, *at, 2))
		end_line(r, part(e, *at, 2));
	*at += 2;
}

/* RFC 2661 3.1: Length, ids, Ns and Nr, offset, in this order, as far as the flags have them. */
static void print_head(struct run *r, const struct event *e)
{
	const struct l2tp_head *h = &e->l2tp;
	size_t at = 2;

	print_flags(r, e);
	if (h->version != 2) {
		text_printf(&r->line, "    l2tp.ccid: %" PRIu32 ", session %" PRIu32, h->tunnel_id,
			    h->session_id);
		if (h->has_sequence)
			text_printf(&r->line, ", l2tp.Ns: %u, l2tp.Nr: %u", h->ns, h->nr);
		end_line(r, (struct span){0});
		return;
	}
	if (h->has_length)
		print_number(r, e, "l2tp.length", h->length, &at);
	if (h->has_ids) {
		print_number(r, e, "l2tp.tunnel", h->tunnel_id, &at);
		print_number(r, e, "l2tp.session", h->session_id, &at);
	}
	if (h->has_sequence) {
		print_number(r, e, "l2tp.Ns", h->ns, &at);
		print_number(r, e, "l2tp.Nr", h->nr, &at);
	}
	if ((h->flags & 0x0200) != 0)
		print_number(r, e, "l2tp.offset", h->offset_size, &at);
}

static void print_avp(struct run *r, const struct event *e, const struct avp *a)
{
	const char *name = a->row == NULL ? "unknown attribute" : a->row->name;
	struct span whole = a->offset == 0 ? (struct span){0} : part(e, a->offset, a->length);

	text_puts(&r->line, "    ");
	if (a->row != NULL && a->row->field[0] != '\0')
		text_printf(&r->line, "%s: ", a->row->field);
	text_printf(&r->line, "%s (%u", name, a->number);
	if (a->vendor != 0)
		text_printf(&r->line, ", vendor %u", a->vendor);
	text_puts(&r->line, ")");
	if (a->has_flags)
		text_printf(&r->line, " %s%s", a->is_mandatory ? "M" : "-",
			    a->is_hidden ? "H" : "-");
	if (a->length != 0)
		text_printf(&r->line, " length %u", a->length);
	text_puts(&r->line, ": ");
	if (a->is_hidden && !a->is_unhidden)
		text_puts(&r->line, "(hidden AVP)");
	else
		avp_print_value(&r->line, a, r->options->show_secrets);
	if (a->offset == 0 || !end_rebuilt(r, e, a->offset, a->length))
		end_line(r, whole.len > 0 && whole.len == a->length ? whole : a->value);
}

static void print_option(struct run *r, const struct event *e, const struct ppp_option *o)
{
	text_puts(&r->line, "    ");
	if (o->row != NULL && o->row->field[0] != '\0')
		text_printf(&r->line, "%s: ", o->row->field);
	text_printf(&r->line, "%s (%u): ", o->row == NULL ? "unknown option" : o->row->name,
		    o->number);
	option_print_value(&r->line, o);
	if (!end_rebuilt(r, e, o->offset, o->length))
		end_line(r, o->value);
}

static void print_ppp(struct run *r, const struct event *e)
{
	const struct ppp *p = &e->ppp;
	const char *code = ppp_code_name(p->protocol, p->code);

	text_printf(&r->line, "    ppp.protocol: 0x%04x (%s)", p->protocol, message_protocol(e));
	end_line(r, (struct span){0});
	text_printf(&r->line, "    ppp.code: %u (%s)", p->code, code == NULL ? "unknown" : code);
	if (!end_rebuilt(r, e, 0, 1))
		end_line(r, (struct span){0});
	if (p->has_id) {
		text_printf(&r->line, "    ppp.identifier: %u", p->id);
		if (!end_rebuilt(r, e, 1, 1))
			end_line(r, (struct span){0});
	}
	if (p->length != 0) {
		text_printf(&r->line, "    ppp.length: %u", p->length);
		if (!end_rebuilt(r, e, 2, 2))
			end_line(r, (struct span){0});
	}
	for (size_t i = 0; i < p->n_options; i++)
		print_option(r, e, &p->options[i]);
	if (p->n_options > 0 || p->body.len == 0 || e->n_values > 0)
		return;
	text_printf(&r->line, "    data: %zu octets", p->body.len);
	end_line(r, p->body);
}

static void print_value(struct run *r, const struct value *v)
{
	text_puts(&r->line, "    ");
	if (v->field[0] != '\0')
		text_printf(&r->line, "%s: ", v->field);
	text_puts(&r->line, v->name);
	if (v->tag != 0)
		text_printf(&r->line, " (tag %u)", v->tag);
	if (v->kind != VALUE_NONE) {
		text_puts(&r->line, ": ");
		value_print(&r->line, v, r->options->show_secrets);
	}
	end_line(r, v->octets);
}

static void print_payload(struct run *r, const struct event *e)
{
	struct value_list values = {.arena = r->scratch};

	arena_reset(r->scratch);
	payload_values(&values, e);
	for (size_t i = 0; i < values.n; i++)
		print_value(r, &values.at[i]);
}

void decode_tree(struct run *r, const struct event *e)
{
	if (e->l2tp.is_present)
		print_head(r, e);
	for (size_t i = 0; e->kind == EVENT_CONTROL && i < e->control.n_avps; i++)
		print_avp(r, e, &e->control.avps[i]);
	if (e->kind == EVENT_PPP)
		print_ppp(r, e);
	for (size_t i = 0; i < e->n_values; i++)
		print_value(r, &e->values[i]);
	if (e->kind == EVENT_DATA)
		print_payload(r, e);
	if (e->rebuilt != NULL)
		print_rebuilt(r, e);
}
