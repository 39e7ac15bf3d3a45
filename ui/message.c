#include "message.h"

#include <inttypes.h>

#include "code.h"
#include "l2f.h"
#include "log_record.h"
#include "secrecy.h"

const char *role_label(enum role r)
{
	switch (r) {
	case ROLE_LAC:
		return "LAC";
	case ROLE_LNS:
		return "LNS";
	case ROLE_RADIUS:
		return "RADIUS";
	case ROLE_UNKNOWN:
		return "?";
	default:
		return role_name(r);
	}
}

const char *message_protocol(const struct event *e)
{
	const char *name;

	switch (e->kind) {
	case EVENT_CONTROL:
		return e->l2tp.version == 1 ? "L2F" : "L2TP";
	case EVENT_PPP:
		name = code_name(CODE_PPP_PROTOCOL, e->ppp.protocol);
		return name == NULL ? "PPP" : name;
	case EVENT_DATA:
		name = e->data.protocol == 0 ? code_name(CODE_ETHERTYPE, e->data.ethertype)
					     : code_name(CODE_PPP_PROTOCOL, e->data.protocol);
		return name == NULL ? "data" : name;
	case EVENT_ICMP:
		return "ICMP";
	case EVENT_SAID:
		return "log";
	case EVENT_PPPOE:
		return "PPPoE";
	case EVENT_RADIUS:
		return "RADIUS";
	case EVENT_PPTP:
		return "PPTP";
	case EVENT_OTHER:
		break;
	}
	return "other";
}

static void control_word(struct text *t, const struct event *e)
{
	const char *name = code_message_name(e->control.message);

	if (e->control.message == MESSAGE_UNKNOWN)
		text_puts(t, "control message");
	else if (e->control.message == ZLB)
		text_puts(t, "ZLB");
	else if (name != NULL)
		text_puts(t, name);
	else
		text_printf(t, "message %u", e->control.message);
}

static void neighbour_word(struct text *t, const struct event *e)
{
	enum code_domain domain = e->kind == EVENT_PPPOE  ? CODE_PPPOE
				  : e->kind == EVENT_PPTP ? CODE_PPTP
							  : CODE_RADIUS;
	const char *name = code_name(domain, e->neighbour.code);

	if (name != NULL)
		text_puts(t, name);
	else
		text_printf(t, "code %u", e->neighbour.code);
}

/* Where consoles have no short word, that of the RFC. */
static void ppp_word(struct text *t, const struct ppp *p)
{
	const char *name = ppp_code_short(p->protocol, p->code);

	if (name == NULL)
		name = ppp_code_name(p->protocol, p->code);
	if (p->protocol == PPP_LQR) /* has no codes, RFC 1989 2.6 */
		text_puts(t, "report");
	else if (name != NULL)
		text_puts(t, name);
	else
		text_printf(t, "code %u", p->code);
}

void message_word(struct text *t, const struct event *e)
{
	switch (e->kind) {
	case EVENT_CONTROL:
		control_word(t, e);
		return;
	case EVENT_PPP:
		ppp_word(t, &e->ppp);
		return;
	case EVENT_DATA:
		text_puts(t, "data");
		return;
	case EVENT_ICMP:
		text_printf(t, "type %u code %u", e->icmp_type, e->icmp_code);
		return;
	case EVENT_SAID:
		text_puts(t, topic_name(e->said.topic));
		return;
	case EVENT_PPPOE:
	case EVENT_RADIUS:
	case EVENT_PPTP:
		neighbour_word(t, e);
		return;
	case EVENT_OTHER:
		text_puts(t, "other packet");
		return;
	}
}

void message_name(struct text *t, const struct event *e)
{
	if (e->kind == EVENT_PPP || e->kind == EVENT_ICMP || e->kind == EVENT_PPPOE ||
	    e->kind == EVENT_RADIUS || e->kind == EVENT_PPTP) {
		text_puts(t, message_protocol(e));
		text_putc(t, ' ');
	}
	message_word(t, e);
	if (e->kind == EVENT_DATA)
		text_printf(t, " %s",
			    e->data.protocol == 0 && e->data.ethertype == 0 ? ""
									    : message_protocol(e));
}

/* Options of L2F have their message in the upper octet (l2f.h). */
enum { L2F_OPTIONS = 0x0100 };

/* The attributes a reader of a timeline looks for, in the words he uses for them. */
static const struct {
	uint16_t number;
	const char *word;
	bool has_value;
} telling[] = {
	{1, "result", true},          {7, "host", true},           {8, "vendor", true},
	{9, "tunnel", true},          {10, "window", true},        {11, "challenge", false},
	{12, "Q.931", true},          {13, "response", false},     {14, "session", true},
	{15, "serial", true},         {18, "bearer", true},        {21, "called", true},
	{22, "calling", true},        {23, "sub-address", true},   {24, "speed", true},
	{26, "proxy LCP", false},     {29, "proxy auth", true},    {30, "proxy name", true},
	{34, "call errors", true},    {46, "PPP cause", true},     {60, "router id", true},
	{61, "connection", true},     {63, "local session", true}, {64, "remote session", true},
	{66, "remote end", true},     {68, "pseudowire", true},    {0x0102, "name", true},
	{0x0103, "challenge", false}, {0x0104, "clid", true},      {0x0201, "user", true},
	{0x0202, "challenge", false}, {0x0203, "response", false}, {0x0206, "type", true},
	{0x0301, "why", true},        {0x0302, "text", true},
};

static const char *telling_word(const struct avp *a, bool *ret_has_value)
{
	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
		uint16_t vendor = telling[i].number < L2F_OPTIONS ? 0 : L2F_VENDOR;

		if (telling[i].number != a->number || vendor != a->vendor)
			continue;
		*ret_has_value = telling[i].has_value;
		return telling[i].word;
	}
	return NULL;
}

static void separate(struct text *t, size_t start)
{
	if (t->len > start)
		text_puts(t, ", ");
}

static void print_avp(struct text *t, size_t start, const struct event *e, const struct avp *a,
		      bool is_full, bool show_secrets)
{
	struct avp_context in = control_context(&e->control);
	bool has_value = true;
	const char *word = telling_word(a, &has_value);

	if (a->vendor == 0 && a->number == 0)
		return;
	if (word == NULL && !is_full)
		return;
	separate(t, start);
	if (is_full) {
		has_value = true;
		word = a->row == NULL ? NULL : a->row->name;
	}
	if (word != NULL)
		text_puts(t, word);
	else if (a->vendor == 0)
		text_printf(t, "AVP %u", a->number);
	else
		text_printf(t, "AVP %u/%u", a->vendor, a->number);
	if (!has_value)
		return;
	text_putc(t, ' ');
	if (a->is_hidden && !a->is_unhidden)
		text_puts(t, "(hidden AVP)");
	else
		avp_print_value(t, a, &in, show_secrets);
}

static void print_numbered(struct text *t, const char *word, uint32_t number)
{
	text_puts(t, word);
	text_decimal(t, number);
	text_putc(t, ' ');
}

static void print_ids(struct text *t, const struct event *e)
{
	text_puts(t, "to ");
	text_decimal(t, e->l2tp.tunnel_id);
	text_putc(t, '/');
	text_decimal(t, e->l2tp.session_id);
	text_putc(t, ' ');
}

static void control_detail(struct text *t, const struct event *e, bool is_full, bool show_secrets)
{
	size_t start;

	if (e->l2tp.has_ids)
		print_ids(t, e);
	if (e->l2tp.has_sequence)
		print_numbered(t, "Ns ", e->l2tp.ns);
	if (e->l2tp.has_sequence && e->l2tp.version != 1) /* L2F acknowledges nothing */
		print_numbered(t, "Nr ", e->l2tp.nr);
	start = t->len;
	for (size_t i = 0; i < e->control.n_avps; i++)
		print_avp(t, start, e, &e->control.avps[i], is_full, show_secrets);
}

/* In a line the values that tell most; the tree has all of them. */
static void print_values(struct text *t, size_t start, const struct event *e, bool show_secrets)
{
	for (size_t i = 0; i < e->n_values; i++) {
		const struct value *v = &e->values[i];

		if (!v->tells)
			continue;
		separate(t, start);
		text_puts(t, v->name);
		text_putc(t, ' ');
		value_print(t, v, show_secrets);
	}
}

static void ppp_detail(struct text *t, const struct event *e, bool is_full, bool show_secrets)
{
	enum { OPTIONS_IN_LINE = 16 }; /* more than any sane packet has */
	const struct ppp *p = &e->ppp;
	size_t start;

	if (p->has_id)
		print_numbered(t, "id ", p->id);
	start = t->len;
	for (size_t i = 0; i < p->n_options; i++) {
		const struct ppp_option *o = &p->options[i];

		separate(t, start);
		if (i == OPTIONS_IN_LINE && !is_full) {
			text_printf(t, "… and %zu more options", p->n_options - i);
			break;
		}
		if (o->row != NULL)
			text_puts(t, o->row->name);
		else
			text_printf(t, "option %u", o->number);
		text_putc(t, ' ');
		option_print_value(t, o);
		while (t->len > start && t->at[t->len - 1] == ' ')
			t->at[--t->len] = '\0';
	}
	if (p->name.len > 0) {
		separate(t, start);
		text_puts(t, "name ");
		text_escape(t, p->name);
	}
	if (p->protocol == PPP_PAP && p->code == PAP_REQUEST && p->value.len > 0) {
		separate(t, start);
		text_puts(t, "password ");
		if (show_secrets)
			text_escape(t, (struct str){(const char *)p->value.at, p->value.len});
		else
			text_puts(t, "(hidden)");
	}
	if (p->message.len > 0) {
		separate(t, start);
		text_putc(t, '"');
		text_escape(t, p->message);
		text_putc(t, '"');
	}
	if (p->rejected_protocol != 0) {
		const char *name = code_name(CODE_PPP_PROTOCOL, p->rejected_protocol);

		separate(t, start);
		text_printf(t, "rejects %s (0x%04x)", name == NULL ? "protocol" : name,
			    p->rejected_protocol);
	}
	if (p->has_magic) {
		separate(t, start);
		text_printf(t, "magic 0x%08" PRIx32, p->magic);
	}
	print_values(t, start, e, show_secrets);
}

static void neighbour_detail(struct text *t, const struct event *e, bool show_secrets)
{
	size_t start;

	if (e->kind == EVENT_RADIUS)
		print_numbered(t, "id ", e->neighbour.id);
	start = t->len;
	print_values(t, start, e, show_secrets);
}

static void said_detail(struct text *t, const struct event *e, bool show_secrets)
{
	struct text masked = text_make(LIMIT_OUTPUT_LINE);

	secrecy_mask(&masked, e->text, show_secrets);
	text_escape(t, text_str(&masked));
	text_free(&masked);
}

void message_detail(struct text *t, const struct event *e, bool is_full, bool show_secrets)
{
	switch (e->kind) {
	case EVENT_CONTROL:
		control_detail(t, e, is_full, show_secrets);
		break;
	case EVENT_PPP:
		ppp_detail(t, e, is_full, show_secrets);
		break;
	case EVENT_DATA:
		if (e->l2tp.has_ids)
			print_ids(t, e);
		text_printf(t, "%zu octets", e->data.length);
		print_values(t, 0, e, show_secrets);
		break;
	case EVENT_PPPOE:
	case EVENT_RADIUS:
	case EVENT_PPTP:
		neighbour_detail(t, e, show_secrets);
		break;
	case EVENT_SAID:
		said_detail(t, e, show_secrets);
		break;
	case EVENT_ICMP:
		text_puts(t, "quotes L2TP");
		break;
	case EVENT_OTHER:
		text_escape(t, e->text);
		break;
	}
	while (t->len > 0 && t->at[t->len - 1] == ' ')
		t->at[--t->len] = '\0';
}

void message_words(struct text *t, const struct event *e, bool show_secrets)
{
	if (e->kind != EVENT_SAID) {
		message_name(t, e);
		text_putc(t, ' ');
	}
	message_detail(t, e, false, show_secrets);
}

void message_acknowledges(struct text *t, const struct step *s)
{
	for (size_t i = 0; i < s->n_acknowledges; i++) {
		const struct acknowledged *a = &s->acknowledges[i];
		const char *name = code_message_name(a->message);

		text_printf(t, "%s%s (Ns %u)%s", i == 0 ? " acknowledges " : ", ",
			    name == NULL ? "message" : name, a->ns, a->is_again ? " again" : "");
	}
}

void message_party(struct text *t, const struct party *p)
{
	size_t start = t->len;

	address_print(t, &p->address);
	if (t->len > start && p->port != 0)
		text_printf(t, p->address.family == 6 ? ".%u" : ":%u", p->port);
	else if (t->len == start)
		text_escape(t, p->name);
}

static const char *state_name(const struct machine *m, uint8_t state)
{
	const char *name = machine_state_name(m, state);

	return name == NULL ? "?" : name;
}

void message_change(struct text *t, const struct state_change *c)
{
	const char *protocol = c->protocol == 0 ? NULL : code_name(CODE_PPP_PROTOCOL, c->protocol);

	text_puts(t, role_label(c->who));
	if (protocol != NULL)
		text_printf(t, " %s", protocol);
	text_printf(t, ": %s → %s", state_name(c->machine, c->before),
		    state_name(c->machine, c->after));
}
