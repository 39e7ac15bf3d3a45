#include "message_field.h"

#include "code.h"

static void add_number(struct message_values *v, double number)
{
	if (v->n < MESSAGE_VALUES)
		v->at[v->n++] = (struct message_value){.number = number, .is_number = true};
}

static void add_text(struct message_values *v, struct arena *arena, struct str s)
{
	if (s.len > 0 && v->n < MESSAGE_VALUES)
		v->at[v->n++] = (struct message_value){.text = arena_str(arena, s)};
}

static void add_address(struct message_values *v, struct arena *arena, const struct address *a)
{
	struct text t = text_make(64);

	address_print(&t, a);
	add_text(v, arena, text_str(&t));
	text_free(&t);
}

/* A number that also goes by a name: `l2tp.avp.message_type == ICRQ`. */
static void add_named(struct message_values *v, double number, const char *name)
{
	add_number(v, number);
	if (v->n > 0 && name != NULL)
		v->at[v->n - 1].text = str_of(name);
}

static void get_frame(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->origin.frame != 0)
		add_number(v, (double)e->origin.frame);
}

static void get_line(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->origin.line != 0)
		add_number(v, (double)e->origin.line);
}

static void get_source(const struct event *e, struct arena *a, struct message_values *v)
{
	add_address(v, a, &e->from.address);
}

static void get_target(const struct event *e, struct arena *a, struct message_values *v)
{
	add_address(v, a, &e->to.address);
}

static void get_address(const struct event *e, struct arena *a, struct message_values *v)
{
	get_source(e, a, v);
	get_target(e, a, v);
}

static void get_source_port(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->from.port != 0)
		add_number(v, e->from.port);
}

static void get_target_port(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->to.port != 0)
		add_number(v, e->to.port);
}

static void get_port(const struct event *e, struct arena *a, struct message_values *v)
{
	get_source_port(e, a, v);
	get_target_port(e, a, v);
}

static void get_l2tp(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->l2tp.is_present)
		add_number(v, 1);
}

static void get_type(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->l2tp.is_present)
		add_number(v, e->l2tp.is_control);
}

static void get_version(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->l2tp.is_present && e->l2tp.version != 0)
		add_number(v, e->l2tp.version);
}

static void get_length(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->l2tp.has_length)
		add_number(v, e->l2tp.length);
}

static void get_tunnel(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->l2tp.has_ids)
		add_number(v, e->l2tp.tunnel_id);
}

static void get_session(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->l2tp.has_ids)
		add_number(v, e->l2tp.session_id);
}

static void get_ns(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->l2tp.has_sequence)
		add_number(v, e->l2tp.ns);
}

static void get_nr(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->l2tp.has_sequence)
		add_number(v, e->l2tp.nr);
}

static void get_message_type(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->kind == EVENT_CONTROL && e->control.message != MESSAGE_UNKNOWN &&
	    e->control.message != ZLB)
		add_named(v, e->control.message, code_message_name(e->control.message));
}

static void get_ppp_protocol(const struct event *e, struct arena *a, struct message_values *v)
{
	uint16_t protocol = e->kind == EVENT_PPP    ? e->ppp.protocol
			    : e->kind == EVENT_DATA ? e->data.protocol
						    : 0;

	(void)a;
	if (protocol != 0)
		add_named(v, protocol, code_name(CODE_PPP_PROTOCOL, protocol));
}

static void get_ppp_code(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->kind == EVENT_PPP)
		add_named(v, e->ppp.code, ppp_code_short(e->ppp.protocol, e->ppp.code));
}

static void get_ppp_id(const struct event *e, struct arena *a, struct message_values *v)
{
	(void)a;
	if (e->kind == EVENT_PPP && e->ppp.has_id)
		add_number(v, e->ppp.id);
}

static void get_chap_code(const struct event *e, struct arena *a, struct message_values *v)
{
	if (e->kind == EVENT_PPP && e->ppp.protocol == PPP_CHAP)
		get_ppp_code(e, a, v);
}

static void get_pap_code(const struct event *e, struct arena *a, struct message_values *v)
{
	if (e->kind == EVENT_PPP && e->ppp.protocol == PPP_PAP)
		get_ppp_code(e, a, v);
}

static void get_chap_name(const struct event *e, struct arena *a, struct message_values *v)
{
	if (e->kind == EVENT_PPP && e->ppp.protocol == PPP_CHAP)
		add_text(v, a, e->ppp.name);
}

static void get_pap_name(const struct event *e, struct arena *a, struct message_values *v)
{
	if (e->kind == EVENT_PPP && e->ppp.protocol == PPP_PAP)
		add_text(v, a, e->ppp.name);
}

static const struct {
	const char *name;
	void (*get)(const struct event *e, struct arena *arena, struct message_values *ret);
	const char *about;
} heads[] = {
	{"frame.number", get_frame, "number of the frame in its capture"},
	{"log.line", get_line, "first line of the record in its log"},
	{"ip.src", get_source, "sender (IPv4 or IPv6)"},
	{"ip.dst", get_target, "receiver (IPv4 or IPv6)"},
	{"ip.addr", get_address, "either"},
	{"udp.srcport", get_source_port, "UDP port of the sender"},
	{"udp.dstport", get_target_port, "UDP port of the receiver"},
	{"udp.port", get_port, "either"},
	{"l2tp", get_l2tp, "it is L2TP"},
	{"l2tp.type", get_type, "1 control, 0 data"},
	{"l2tp.version", get_version, "version in the header"},
	{"l2tp.length", get_length, "Length field"},
	{"l2tp.tunnel", get_tunnel, "tunnel id in the header: the receiver's"},
	{"l2tp.session", get_session, "session id in the header: the receiver's"},
	{"l2tp.Ns", get_ns, "sequence number"},
	{"l2tp.Nr", get_nr, "next sequence number expected"},
	{"l2tp.avp.message_type", get_message_type, "message: a number, or SCCRQ, ICRQ …"},
	{"ppp.protocol", get_ppp_protocol, "PPP protocol: a number, or LCP, IPCP …"},
	{"ppp.code", get_ppp_code, "code of a control packet: a number, or CONFREQ …"},
	{"ppp.identifier", get_ppp_id, "its identifier"},
	{"chap.code", get_chap_code, "CHAP code"},
	{"chap.name", get_chap_name, "name in a CHAP Challenge or Response"},
	{"pap.code", get_pap_code, "PAP code"},
	{"pap.peer_id", get_pap_name, "peer id in a PAP request"},
};

enum { N_HEADS = sizeof(heads) / sizeof(heads[0]) };

/* The name of a protocol alone: it is one of its packets. */
static const struct {
	const char *name;
	enum event_kind kind;
	uint16_t ppp; /* 0: any */
	const char *about;
} protocols[] = {
	{"ppp", EVENT_PPP, 0, "it is a control packet of PPP"},
	{"lcp", EVENT_PPP, PPP_LCP, "of LCP"},
	{"pap", EVENT_PPP, PPP_PAP, "of PAP"},
	{"chap", EVENT_PPP, PPP_CHAP, "of CHAP"},
	{"eap", EVENT_PPP, PPP_EAP, "of EAP"},
	{"ipcp", EVENT_PPP, PPP_IPCP, "of IPCP"},
	{"ipv6cp", EVENT_PPP, PPP_IPV6CP, "of IPV6CP"},
	{"ccp", EVENT_PPP, PPP_CCP, "of CCP"},
	{"ecp", EVENT_PPP, PPP_ECP, "of ECP"},
	{"cbcp", EVENT_PPP, PPP_CBCP, "of CBCP"},
	{"pppoed", EVENT_PPPOE, 0, "it is PPPoE discovery"},
	{"radius", EVENT_RADIUS, 0, "it is RADIUS"},
	{"pptp", EVENT_PPTP, 0, "it is of a PPTP control connection"},
	{"icmp", EVENT_ICMP, 0, "it is an ICMP error that quotes L2TP"},
};

enum { N_PROTOCOLS = sizeof(protocols) / sizeof(protocols[0]) };

const char *message_field_name(size_t i, const char **ret_about)
{
	if (i >= N_HEADS + N_PROTOCOLS)
		return NULL;
	*ret_about = i < N_HEADS ? heads[i].about : protocols[i - N_HEADS].about;
	return i < N_HEADS ? heads[i].name : protocols[i - N_HEADS].name;
}

static size_t protocol_of(struct str name)
{
	for (size_t i = 0; i < N_PROTOCOLS; i++) {
		if (str_is(name, protocols[i].name))
			return i;
	}
	return N_PROTOCOLS;
}

static size_t head_of(struct str name)
{
	for (size_t i = 0; i < N_HEADS; i++) {
		if (str_is(name, heads[i].name))
			return i;
	}
	return N_HEADS;
}

bool message_field_known(struct str name)
{
	const struct avp_row *avps;
	const struct option_row *options;
	size_t n = avp_rows(&avps);

	if (name.len == 0)
		return false;
	if (head_of(name) < N_HEADS || protocol_of(name) < N_PROTOCOLS)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (str_is(name, avps[i].field))
			return true;
	}
	n = option_rows(&options);
	for (size_t i = 0; i < n; i++) {
		if (str_is(name, options[i].field))
			return true;
	}
	return false;
}

void message_field_near(struct nearest *n)
{
	const struct avp_row *avps;
	const struct option_row *options;
	size_t n_avps = avp_rows(&avps);
	size_t n_options = option_rows(&options);
	const char *about;
	const char *head;

	for (size_t i = 0; (head = message_field_name(i, &about)) != NULL; i++)
		nearest_try(n, str_of(head));
	for (size_t i = 0; i < n_avps; i++)
		nearest_try(n, str_of(avps[i].field));
	for (size_t i = 0; i < n_options; i++)
		nearest_try(n, str_of(options[i].field));
}

static void add_printed(struct message_values *v, struct arena *arena, const struct text *t,
			bool is_number, uint64_t number)
{
	if (v->n >= MESSAGE_VALUES)
		return;
	v->at[v->n++] = (struct message_value){.text = arena_str(arena, text_str(t)),
					       .number = (double)number,
					       .is_number = is_number};
}

static bool avp_is_number(const struct avp *a, uint64_t *ret)
{
	switch (a->row->kind) {
	case AVP_BYTES:
	case AVP_TEXT:
	case AVP_EMPTY:
		return false;
	default:
		return avp_number(a, ret);
	}
}

static void get_avps(const struct event *e, struct str name, struct arena *arena,
		     struct message_values *v)
{
	struct avp_context in = control_context(&e->control);

	for (size_t i = 0; i < e->control.n_avps; i++) {
		const struct avp *a = &e->control.avps[i];
		struct text t = text_make(4096);
		uint64_t number = 0;

		if (a->row != NULL && str_is(name, a->row->field)) {
			bool is_number = avp_is_number(a, &number);

			avp_print_value(&t, a, &in, false);
			add_printed(v, arena, &t, is_number, number);
		}
		text_free(&t);
	}
}

static void get_options(const struct event *e, struct str name, struct arena *arena,
			struct message_values *v)
{
	for (size_t i = 0; i < e->ppp.n_options; i++) {
		const struct ppp_option *o = &e->ppp.options[i];
		struct text t = text_make(4096);
		uint64_t number = 0;

		if (o->row != NULL && str_is(name, o->row->field)) {
			bool is_number = o->row->kind != OPTION_IPV4 && option_number(o, &number);

			option_print_value(&t, o);
			add_printed(v, arena, &t, is_number, number);
		}
		text_free(&t);
	}
}

void message_field_get(const struct event *e, struct str name, struct arena *arena,
		       struct message_values *ret)
{
	size_t head = head_of(name);
	size_t protocol = head < N_HEADS ? N_PROTOCOLS : protocol_of(name);

	if (head < N_HEADS) {
		heads[head].get(e, arena, ret);
		return;
	}
	if (protocol < N_PROTOCOLS) {
		if (e->kind == protocols[protocol].kind &&
		    (protocols[protocol].ppp == 0 || protocols[protocol].ppp == e->ppp.protocol))
			add_number(ret, 1);
		return;
	}
	if (e->kind == EVENT_CONTROL)
		get_avps(e, name, arena, ret);
	if (e->kind == EVENT_PPP)
		get_options(e, name, arena, ret);
}
