#include "decode_json.h"

#include "code.h"
#include "message.h"
#include "part.h"
#include "payload.h"
#include "secrecy.h"

enum { AVP_PROXY_RESPONSE = 33 };

/* AVP 33 of a PAP call is the password. */
static bool is_secret(const struct run *r, const struct avp *a, const struct avp_context *in)
{
	bool is_response = a->vendor == 0 && a->number == AVP_PROXY_RESPONSE;

	return (is_response || avp_is_password(a, in)) && !r->options->show_secrets;
}

static void write_if(struct writer *j, const char *key, bool is_known, uint64_t number)
{
	writer_key(j, key);
	if (is_known)
		writer_unsigned(j, number);
	else
		writer_null(j);
}

static void write_names(struct writer *j, const struct avp *a)
{
	struct text t = text_make(400);

	avp_print_meaning(&t, a);
	if (t.len > 0)
		writer_pair_known(j, "value_name", text_str(&t));
	text_free(&t);
}

static void write_list(struct writer *j, const struct avp *a)
{
	size_t width = a->row->kind == AVP_U32_LIST ? 4 : 2;
	struct bytes b = bytes_of(a->value);

	writer_open(j, '[');
	while (b.left >= width)
		writer_unsigned(j, value_of_octets(bytes_take(&b, width)));
	writer_close(j, ']');
}

/* A value of which all is known, by the kind of its attribute. False: it is a text for people. */
static bool write_typed(struct writer *j, const struct avp *a)
{
	uint64_t number;

	switch (a->row->kind) {
	case AVP_U8:
	case AVP_U16:
	case AVP_U32:
	case AVP_U64:
	case AVP_MESSAGE_TYPE:
	case AVP_BITS:
	case AVP_BITS16:
	case AVP_PROXY_ID:
		if (!avp_number(a, &number))
			return false;
		writer_unsigned(j, number);
		write_names(j, a);
		return true;
	case AVP_EMPTY:
		writer_bool(j, true);
		return true;
	case AVP_U16_LIST:
	case AVP_U32_LIST:
		write_list(j, a);
		return true;
	case AVP_TEXT:
		writer_string(j, avp_text(a));
		return true;
	default:
		return false;
	}
}

static void write_avp_value(struct writer *j, const struct run *r, const struct avp *a,
			    const struct avp_context *in)
{
	bool is_sound = a->row != NULL && a->is_whole && !is_secret(r, a, in) &&
			avp_length_fits(a->row, a->value.len + 6);
	struct text t;

	writer_key(j, "value");
	if (!a->is_whole && (a->value.len == 0 || (a->is_hidden && !a->is_unhidden))) {
		writer_null(j);
		return;
	}
	if (is_sound && write_typed(j, a))
		return;
	t = text_make(LIMIT_OUTPUT_LINE);
	avp_print_value(&t, a, in, r->options->show_secrets);
	writer_string(j, text_str(&t));
	text_free(&t);
}

static void write_plain(struct writer *j, const struct value *v)
{
	struct value plain = *v;
	struct text t;

	switch (v->kind) {
	case VALUE_NUMBER:
	case VALUE_HEX:
		writer_unsigned(j, v->number);
		return;
	case VALUE_TRUTH:
		writer_bool(j, v->number != 0);
		return;
	case VALUE_NONE:
		writer_bool(j, true);
		return;
	case VALUE_TEXT:
		writer_string(j, v->text);
		return;
	case VALUE_OCTETS:
	case VALUE_ADDRESS:
		break;
	}
	t = text_make(LIMIT_OUTPUT_LINE);
	plain.meaning = NULL;
	plain.text = (struct str){0};
	value_print(&t, &plain, true);
	writer_string(j, text_str(&t));
	text_free(&t);
}

/* What the text says, for programs (part.def). */
static void write_parts(struct writer *j, const struct value_list *parts)
{
	if (parts->n == 0)
		return;
	writer_key(j, "parts");
	writer_open(j, '{');
	for (size_t i = 0; i < parts->n; i++) {
		writer_key(j, parts->at[i].name);
		write_plain(j, &parts->at[i]);
	}
	writer_close(j, '}');
}

/* False: it is a text for people. */
static bool write_option_typed(struct writer *j, const struct ppp_option *o)
{
	uint64_t number;

	if (o->row == NULL || !o->is_whole || o->length < o->row->length_min ||
	    o->length > o->row->length_max)
		return false;
	switch (o->row->kind) {
	case OPTION_EMPTY:
		writer_bool(j, true);
		return true;
	case OPTION_U8:
	case OPTION_U16:
	case OPTION_U32:
	case OPTION_HEX32:
	case OPTION_MPPE:
		if (!option_number(o, &number))
			return false;
		writer_unsigned(j, number);
		return true;
	default:
		return false;
	}
}

static void write_option_text(struct writer *j, const struct ppp_option *o)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	option_print_value(&t, o);
	writer_string(j, text_str(&t));
	text_free(&t);
}

static void write_option(struct writer *j, const struct run *r, const struct ppp_option *o,
			 bool is_wire)
{
	struct value_list parts = {.arena = r->scratch};

	writer_open(j, '{');
	writer_pair_unsigned(j, "option", o->number);
	writer_pair_known(j, "name", str_of(o->row == NULL ? NULL : o->row->name));
	write_if(j, "length", o->length != 0 || is_wire, o->length);
	writer_key(j, "value");
	if (!write_option_typed(j, o))
		write_option_text(j, o);
	part_option_values(&parts, o);
	write_parts(j, &parts);
	writer_key(j, "hex");
	if (o->value.len == 0 && !o->is_whole)
		writer_null(j);
	else
		writer_hex(j, o->value);
	writer_close(j, '}');
}

/* AVPs 26 to 28, 49 to 52 carry LCP options. */
static void write_lcp_options(struct writer *j, const struct run *r, const struct avp *a)
{
	struct defect_list defects = {.arena = r->scratch};
	struct ppp_option *options;
	size_t n;

	if (a->row == NULL || a->row->kind != AVP_PPP_OPTIONS || !a->is_whole)
		return;
	option_parse(r->scratch, PPP_LCP, a->value, 0, &options, &n, &defects);
	writer_key(j, "options");
	writer_open(j, '[');
	for (size_t i = 0; i < n; i++)
		write_option(j, r, &options[i], true);
	writer_close(j, ']');
}

static void write_result(struct writer *j, const struct avp *a)
{
	struct result_code code;

	if (a->row == NULL || a->row->kind != AVP_RESULT || !avp_result(a, &code))
		return;
	writer_key(j, "result");
	writer_integer(j, code.result);
	writer_key(j, "error");
	if (code.error < 0)
		writer_null(j);
	else
		writer_integer(j, code.error);
	writer_pair_known(j, "message", code.text);
}

static void write_avp(struct writer *j, const struct run *r, const struct avp *a,
		      const struct avp_context *in)
{
	struct value_list parts = {.arena = r->scratch};

	writer_open(j, '{');
	writer_pair_unsigned(j, "avp", a->number);
	writer_pair_unsigned(j, "vendor", a->vendor);
	writer_pair_known(j, "name", str_of(a->row == NULL ? NULL : a->row->name));
	writer_key(j, "mandatory");
	if (a->has_flags)
		writer_bool(j, a->is_mandatory);
	else
		writer_null(j);
	writer_key(j, "hidden");
	if (a->has_flags)
		writer_bool(j, a->is_hidden);
	else
		writer_null(j);
	writer_pair_id(j, "length", a->length);
	write_avp_value(j, r, a, in);
	write_result(j, a);
	if (!is_secret(r, a, in))
		part_avp_values(&parts, a);
	write_parts(j, &parts);
	write_lcp_options(j, r, a);
	writer_key(j, "hex");
	if (is_secret(r, a, in) || (a->value.len == 0 && !a->is_whole))
		writer_null(j);
	else
		writer_hex(j, a->value);
	writer_close(j, '}');
}

static void write_l2tp(struct writer *j, const struct run *r, const struct event *e)
{
	const struct l2tp_head *h = &e->l2tp;
	struct text t = text_make(256);
	struct avp_context in = control_context(&e->control);
	bool is_control = e->kind == EVENT_CONTROL;

	writer_key(j, "l2tp");
	writer_open(j, '{');
	writer_pair_id(j, "version", h->version);
	writer_key(j, "control");
	writer_bool(j, h->is_control || is_control);
	writer_pair_id(j, "flags", h->flags);
	write_if(j, "length", h->has_length, h->length);
	/* A header of L2TPv3 has one of the two (RFC 3931 3.2.1, 4.1). */
	write_if(j, "tunnel_id", h->has_ids && (h->version != 3 || h->is_control), h->tunnel_id);
	write_if(j, "session_id", h->has_ids && (h->version != 3 || !h->is_control), h->session_id);
	write_if(j, "ns", h->has_sequence, h->ns);
	write_if(j, "nr", h->has_sequence, h->nr);
	if (is_control)
		message_word(&t, e);
	writer_pair_known(j, "message", text_str(&t));
	write_if(j, "message_type", is_control && e->control.message != MESSAGE_UNKNOWN,
		 e->control.message);
	writer_key(j, "avps");
	writer_open(j, '[');
	for (size_t i = 0; is_control && i < e->control.n_avps; i++)
		write_avp(j, r, &e->control.avps[i], &in);
	writer_close(j, ']');
	writer_close(j, '}');
	text_free(&t);
}

/* PAP (RFC 1334 2.2.1), and the EAP Generic Token Card (RFC 3748 5.6), carry it in clear. */
static bool has_password(const struct ppp *p)
{
	enum { EAP_TOKEN_CARD = 6 };

	if (p->protocol == PPP_EAP)
		return p->code == EAP_RESPONSE && p->body.len > 0 &&
		       p->body.at[0] == EAP_TOKEN_CARD;
	return p->protocol == PPP_PAP && p->code == PAP_REQUEST;
}
static void write_ppp(struct writer *j, const struct run *r, const struct event *e)
{
	const struct ppp *p = &e->ppp;
	bool is_shown = !has_password(p) || r->options->show_secrets;

	writer_key(j, "ppp");
	writer_open(j, '{');
	writer_pair_unsigned(j, "protocol", p->protocol);
	writer_pair_known(j, "protocol_name", str_of(code_name(CODE_PPP_PROTOCOL, p->protocol)));
	write_if(j, "code", p->protocol != PPP_LQR, p->code);
	writer_pair_known(j, "code_name", str_of(ppp_code_name(p->protocol, p->code)));
	write_if(j, "id", p->has_id, p->id);
	writer_pair_id(j, "length", p->length);
	writer_key(j, "options");
	writer_open(j, '[');
	for (size_t i = 0; i < p->n_options; i++)
		write_option(j, r, &p->options[i], e->origin.frame != 0);
	writer_close(j, ']');
	if (p->name.len > 0)
		writer_pair_known(j, "name", p->name);
	if (p->value.len > 0 && is_shown) {
		writer_key(j, "value");
		writer_hex(j, p->value);
	}
	if (p->message.len > 0)
		writer_pair_known(j, "message", p->message);
	if (p->rejected_protocol != 0)
		writer_pair_unsigned(j, "rejected_protocol", p->rejected_protocol);
	if (p->has_magic)
		writer_pair_unsigned(j, "magic", p->magic);
	if (p->n_options == 0 && p->body.len > 0 && is_shown) {
		writer_key(j, "hex");
		writer_hex(j, p->body);
	}
	writer_close(j, '}');
}

static void write_value(struct writer *j, const struct run *r, const struct value *v)
{
	bool is_shown = !v->is_secret || r->options->show_secrets;

	writer_open(j, '{');
	writer_pair_known(j, "field", str_of(v->field));
	writer_pair_known(j, "name", str_of(v->name));
	if (v->tag != 0)
		writer_pair_unsigned(j, "tag", v->tag);
	writer_key(j, "value");
	if (is_shown)
		write_plain(j, v);
	else
		writer_null(j);
	if (v->meaning != NULL)
		writer_pair_known(j, "meaning", str_of(v->meaning));
	else if (v->kind != VALUE_TEXT && v->text.len > 0 && is_shown)
		writer_pair_known(j, "meaning", v->text);
	writer_close(j, '}');
}

static void write_values(struct writer *j, struct run *r, const struct event *e)
{
	struct value_list inside = {.arena = r->scratch};

	arena_reset(r->scratch);
	payload_values(&inside, e);
	if (e->n_values + inside.n == 0)
		return;
	writer_key(j, "values");
	writer_open(j, '[');
	for (size_t i = 0; i < e->n_values; i++)
		write_value(j, r, &e->values[i]);
	for (size_t i = 0; i < inside.n; i++)
		write_value(j, r, &inside.at[i]);
	writer_close(j, ']');
}

static void write_neighbour(struct writer *j, const struct event *e)
{
	static const struct {
		enum event_kind kind;
		enum code_domain domain;
		const char *key, *id;
	} kinds[] = {
		{EVENT_PPPOE, CODE_PPPOE, "pppoe", "session_id"},
		{EVENT_RADIUS, CODE_RADIUS, "radius", "id"},
		{EVENT_PPTP, CODE_PPTP, "pptp", "call_id"},
	};
	size_t i = 0;

	while (kinds[i].kind != e->kind)
		i++;
	writer_key(j, kinds[i].key);
	writer_open(j, '{');
	writer_pair_unsigned(j, "code", e->neighbour.code);
	writer_pair_known(j, "code_name", str_of(code_name(kinds[i].domain, e->neighbour.code)));
	writer_pair_unsigned(j, kinds[i].id, e->neighbour.id);
	writer_pair_unsigned(j, "length", e->neighbour.length);
	if (e->kind == EVENT_RADIUS)
		writer_pair_id(j, "request_frame", e->neighbour.request);
	writer_close(j, '}');
}

static void write_data(struct writer *j, const struct event *e)
{
	const char *name = code_name(CODE_PPP_PROTOCOL, e->data.protocol);

	writer_key(j, "data");
	writer_open(j, '{');
	writer_pair_id(j, "protocol", e->data.protocol);
	writer_pair_known(j, "protocol_name", str_of(e->data.protocol == 0 ? NULL : name));
	writer_pair_unsigned(j, "length", e->data.length);
	writer_close(j, '}');
}

static void write_party(struct writer *j, const char *key, const struct party *p)
{
	struct text t = text_make(64);

	address_print(&t, &p->address);
	writer_key(j, key);
	writer_open(j, '{');
	writer_pair_known(j, "address", text_str(&t));
	writer_pair_id(j, "port", p->port);
	if (p->name.len > 0)
		writer_pair_known(j, "name", p->name);
	writer_close(j, '}');
	text_free(&t);
}

static void write_damage(struct writer *j, const struct run *r, const struct defect *d)
{
	const struct {
		const char *key;
		struct str text;
	} parts[] = {{"was", d->was}, {"should_be", d->should_be}, {"proof", d->proof}};
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		text_clear(&t);
		secrecy_mask(&t, parts[i].text, r->options->show_secrets);
		writer_pair_known(j, parts[i].key, text_str(&t));
	}
	text_free(&t);
}

static void write_defects(struct writer *j, const struct run *r, const struct event *e)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	writer_key(j, "defects");
	writer_open(j, '[');
	for (size_t i = 0; i < e->n_defects; i++) {
		const struct defect *d = &e->defects[i];
		const struct defect_row *row = defect_row(d->id);

		text_clear(&t);
		secrecy_mask(&t, d->text.len > 0 ? d->text : str_of(row->title),
			     r->options->show_secrets);
		writer_open(j, '{');
		writer_pair_known(j, "id", str_of(row->id));
		writer_pair_known(j, "text", text_str(&t));
		writer_pair_unsigned(j, "offset", d->offset);
		if (d->line != 0)
			writer_pair_unsigned(j, "line", d->line);
		if (d->id == DEFECT_INPUT_DAMAGED)
			write_damage(j, r, d);
		writer_close(j, '}');
	}
	writer_close(j, ']');
	text_free(&t);
}

static void write_record(struct writer *j, const struct run *r, const struct event *e)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	secrecy_mask(&t, e->text, r->options->show_secrets);
	writer_pair_known(j, "text", text_str(&t));
	text_free(&t);
}

void decode_json_write(struct writer *j, struct run *r, const struct event *e)
{
	writer_open(j, '{');
	writer_key(j, "type");
	writer_string(j, e->kind == EVENT_SAID ? STR("record") : STR("message"));
	writer_pair_known(j, "input", r->names[e->origin.input]);
	if (e->origin.frame != 0)
		writer_pair_unsigned(j, "frame", e->origin.frame);
	if (e->origin.frame == 0 || e->origin.line != 0)
		writer_pair_id(j, "line", e->origin.line);
	when_json(j, "time", r->report, e->origin.vantage, e->when);
	writer_pair_known(j, "stamp",
			  when_stamp(r->scratch, r->report, e->origin.vantage, e->when, e->stamp));
	write_party(j, "from", &e->from);
	write_party(j, "to", &e->to);
	if (e->kind == EVENT_SAID)
		write_record(j, r, e);
	if (e->l2tp.is_present || e->kind == EVENT_CONTROL)
		write_l2tp(j, r, e);
	if (e->kind == EVENT_PPP)
		write_ppp(j, r, e);
	if (e->kind == EVENT_DATA)
		write_data(j, e);
	if (e->kind == EVENT_PPPOE || e->kind == EVENT_RADIUS || e->kind == EVENT_PPTP)
		write_neighbour(j, e);
	write_values(j, r, e);
	write_defects(j, r, e);
	writer_close(j, '}');
}

void decode_json(struct run *r, const struct event *e)
{
	struct writer j = writer_into(&r->line);

	decode_json_write(&j, r, e);
	run_print_json(r);
}
