#include <inttypes.h>

#include "fact.h"

static const char *const order_reached[] = {"none", "tunnel", "session", "lcp",
					    "auth", "ncp",    NULL};
static const char *const order_confidence[] = {"possible", "likely", "certain", NULL};

static void get_id(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_id(f, s->call->number);
}

static void get_tunnel(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->call->tunnel != NULL)
		fact_id(f, s->call->tunnel->number);
}

static void get_carrier(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, carrier_name((enum carrier)s->call->carrier));
}

static void get_direction(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->call->roles_known)
		fact_word(f, direction_name(s->call->direction));
}

static void get_user(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_text(f, s->call->user);
}

static void get_calling(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_text(f, s->call->calling_number);
}

static void get_called(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_text(f, s->call->called_number);
}

static void get_side(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_object(f, s->call->roles_known);
}

static void get_side_name(const struct subject *s, int which, struct fact *f)
{
	fact_text(f, s->call->side[which].name);
}

static void get_side_address(const struct subject *s, int which, struct fact *f)
{
	fact_address(f, s, &s->call->side[which].address);
}

static void get_side_port(const struct subject *s, int which, struct fact *f)
{
	fact_id(f, s->call->side[which].port);
}

static void get_side_tunnel(const struct subject *s, int which, struct fact *f)
{
	fact_id(f, s->call->side[which].tunnel_id);
}

static void get_side_session(const struct subject *s, int which, struct fact *f)
{
	fact_id(f, s->call->side[which].session_id);
}

static void write_end(struct writer *j, const struct call_side *side)
{
	struct text address = text_make(64);

	address_print(&address, &side->address);
	writer_open(j, '{');
	writer_pair_known(j, "name", side->name);
	writer_pair_known(j, "address", text_str(&address));
	writer_pair_id(j, "port", side->port);
	writer_pair_id(j, "tunnel_id", side->tunnel_id);
	writer_pair_id(j, "session_id", side->session_id);
	writer_close(j, '}');
	text_free(&address);
}

/* Only where nobody can tell which end is the LAC. */
static void get_ends(const struct subject *s, int which, struct fact *f)
{
	struct text t = text_make(8192);
	struct writer j = writer_into(&t);

	(void)which;
	if (s->call->roles_known)
		return;
	writer_open(&j, '[');
	write_end(&j, &s->call->side[0]);
	write_end(&j, &s->call->side[1]);
	writer_close(&j, ']');
	f->kind = FACT_RAW;
	f->text = arena_str(s->arena, text_str(&t));
	text_free(&t);
}

/* The call through several tunnels, from the LAC's to the LNS's. */
static void get_legs(const struct subject *s, int which, struct fact *f)
{
	struct text t = text_make(65536);
	struct writer j = writer_into(&t);

	(void)which;
	if (s->call->legs == NULL)
		return;
	writer_open(&j, '[');
	for (const struct call *leg = s->call->legs; leg != NULL; leg = leg->next_leg) {
		writer_open(&j, '{');
		writer_pair_id(&j, "tunnel", leg->tunnel == NULL ? 0 : leg->tunnel->number);
		writer_key(&j, "lac");
		write_end(&j, &leg->side[LAC]);
		writer_key(&j, "lns");
		write_end(&j, &leg->side[LNS]);
		writer_close(&j, '}');
	}
	writer_close(&j, ']');
	f->kind = FACT_RAW;
	f->text = arena_str(s->arena, text_str(&t));
	text_free(&t);
}

static void get_bundle(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->call->bundle == 0)
		return;
	f->kind = FACT_RAW;
	f->text = arena_printf(s->arena, "%" PRIu64, s->call->bundle);
}

static void get_attempts(const struct subject *s, int which, struct fact *f)
{
	struct text t = text_make(1 << 20);
	struct writer j = writer_into(&t);

	(void)which;
	if (s->call->attempts == NULL)
		return;
	writer_open(&j, '[');
	for (const struct attempt *a = s->call->attempts; a != NULL; a = a->next) {
		writer_open(&j, '{');
		if (a->call != NULL)
			writer_pair_id(&j, "call", a->call->number);
		else
			writer_pair_id(&j, "tunnel", a->tunnel->number);
		writer_pair_known(&j, "cause",
				  str_of(a->call != NULL ? a->call->cause : a->tunnel->cause));
		writer_close(&j, '}');
	}
	writer_close(&j, ']');
	f->kind = FACT_RAW;
	f->text = arena_str(s->arena, text_str(&t));
	text_free(&t);
}

static void get_inferred(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->call->roles_known)
		fact_truth(f, s->call->roles_inferred);
}

static void get_seen_from(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	f->kind = FACT_TEXTS;
	f->is_word = true;
	for (int role = ROLE_LAC; role <= ROLE_RADIUS; role++) {
		if ((s->call->seen_from & 1u << role) != 0)
			f->texts[f->n++] = str_of(role_name((enum role)role));
	}
	if (s->call->seen_on_wire || f->n == 0)
		f->texts[f->n++] = STR("wire");
}

static void get_seen_in(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	f->kind = FACT_TEXTS;
	for (size_t i = 0; i < s->n_inputs && i < 63; i++) {
		if ((s->call->seen_in >> i & 1) != 0 && f->n < FACT_ROOM)
			f->texts[f->n++] = s->input_names[i];
	}
}

static void get_start(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_time(f, &s->call->start);
}

static void get_connected(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_time(f, &s->call->connected);
}

static void get_end(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_time(f, &s->call->end);
}

static void get_setup(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_real(f, s->call->setup_s);
}

static void get_duration(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_real(f, s->call->duration_s);
}

static void get_reached(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, reached_name(s->call->reached));
}

static void get_outcome(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, outcome_name(s->call->outcome));
}

static void get_ended_by(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, role_name(s->call->ended_by));
}

static void get_cause(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, s->call->cause);
}

static void get_confidence(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, confidence_name(s->call->confidence));
}

static void get_also(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	f->kind = FACT_TEXTS;
	f->is_word = true;
	for (size_t i = 0; i < s->call->n_also; i++)
		f->texts[f->n++] = str_of(s->call->also[i]);
}

static void get_cause_text(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_text(f, fact_masked(s, s->call->cause_text));
}

static void get_cdn(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_object(f, s->call->cdn.is_set);
}

static void get_cdn_from(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->call->roles_known)
		fact_word(f, s->call->cdn.from == LAC ? "lac" : "lns");
}

static void get_cdn_result(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_code(f, s->call->cdn.result);
}

static void get_cdn_error(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_code(f, s->call->cdn.error);
}

static void get_cdn_message(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_text(f, s->call->cdn.text);
}

static void get_cdn_disconnect(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->call->cdn.has_disconnect)
		fact_number(f, s->call->cdn.disconnect_code);
}

static void get_auth(const struct subject *s, int which, struct fact *f)
{
	(void)s;
	(void)which;
	fact_object(f, true);
}

static void get_auth_protocol(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, s->call->auth_protocol);
}

static void get_auth_result(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_result(f, s->call->auth_result);
}

static void get_auth_proxy(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_truth(f, s->call->auth_proxy);
}

static void get_auth_by(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, s->call->auth_by);
}

static void get_auth_verified(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_verified(f, s->call->auth_verified);
}

static void get_ipv4(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_address(f, s, &s->call->ipv4);
}

static void get_ipv4_peer(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_address(f, s, &s->call->ipv4_peer);
}

static void get_ipv6_id(const struct subject *s, int which, struct fact *f)
{
	const struct span id = s->call->ipv6_id;

	(void)which;
	if (id.len != 8)
		return;
	fact_text(f,
		  arena_printf(s->arena, "%02x%02x:%02x%02x:%02x%02x:%02x%02x", id.at[0], id.at[1],
			       id.at[2], id.at[3], id.at[4], id.at[5], id.at[6], id.at[7]));
}

static void get_dns(const struct subject *s, int which, struct fact *f)
{
	size_t n = 0;

	(void)which;
	for (size_t i = 0; i < 2; i++) {
		fact_address(f, s, &s->call->dns[i]);
		if (f->kind == FACT_TEXT)
			f->texts[n++] = f->text;
	}
	f->n = n;
	f->kind = n == 0 ? FACT_NULL : FACT_TEXTS;
}

static void get_mru(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	f->kind = FACT_NUMBERS;
	f->n = 2;
	for (size_t i = 0; i < 2; i++) {
		f->numbers[i] = s->call->mru[i];
		f->known[i] = s->call->mru[i] != 0;
	}
}

static void get_control(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_number(f, s->call->counters.control_messages);
}

static void get_retransmissions(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_number(f, s->call->counters.retransmissions);
}

static void get_duplicates(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_number(f, s->call->counters.duplicates);
}

static void get_ppp(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_number(f, s->call->counters.ppp_messages);
}

static void set_pair(struct fact *f, const uint64_t *pair)
{
	f->kind = FACT_NUMBERS;
	f->n = 2;
	for (size_t i = 0; i < 2; i++) {
		f->numbers[i] = pair[i];
		f->known[i] = true;
	}
}

static void get_packets(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	set_pair(f, s->call->counters.data_packets);
}

static void get_bytes(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	set_pair(f, s->call->counters.data_bytes);
}

static void get_findings(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_findings(f, s->call->findings);
}

/* clang-format off */
static const struct field rows[] = {
	{"id", "call", FACT_NUMBER, 0, NULL, get_id, "number of the call in this run"},
	{"tunnel", "tunnel", FACT_NUMBER, 0, NULL, get_tunnel, "number of its tunnel in this run"},
	{"direction", "direction", FACT_TEXT, 0, NULL, get_direction, "incoming or outgoing, as RFC 2661 means it"},
	{"user", "user", FACT_TEXT, 0, NULL, get_user, "name of the remote system: Response or PAP name, proxy name, else Challenge name"},
	{"calling_number", "calling", FACT_TEXT, 0, NULL, get_calling, "AVP 22"},
	{"called_number", "called", FACT_TEXT, 0, NULL, get_called, "AVP 21"},
	{"lac", "lac", FACT_OBJECT, LAC, NULL, get_side, "the LAC of this call"},
	{"lac.name", "lac", FACT_TEXT, LAC, NULL, get_side_name, "its Host Name AVP"},
	{"lac.address", "lac address", FACT_TEXT, LAC, NULL, get_side_address, "its IP address"},
	{"lac.port", "lac port", FACT_NUMBER, LAC, NULL, get_side_port, "its UDP port"},
	{"lac.tunnel_id", "lac tid", FACT_NUMBER, LAC, NULL, get_side_tunnel, "tunnel id that the LAC assigned"},
	{"lac.session_id", "lac sid", FACT_NUMBER, LAC, NULL, get_side_session, "session id that the LAC assigned"},
	{"lns", "lns", FACT_OBJECT, LNS, NULL, get_side, "the LNS of this call"},
	{"lns.name", "lns", FACT_TEXT, LNS, NULL, get_side_name, "its Host Name AVP"},
	{"lns.address", "lns address", FACT_TEXT, LNS, NULL, get_side_address, "its IP address"},
	{"lns.port", "lns port", FACT_NUMBER, LNS, NULL, get_side_port, "its UDP port"},
	{"lns.tunnel_id", "lns tid", FACT_NUMBER, LNS, NULL, get_side_tunnel, "tunnel id that the LNS assigned"},
	{"lns.session_id", "lns sid", FACT_NUMBER, LNS, NULL, get_side_session, "session id that the LNS assigned"},
	{"ends", "ends", FACT_RAW, 0, NULL, get_ends, "both ends, where nothing tells which is the LAC"},
	{"roles_inferred", "inferred", FACT_TRUTH, 0, NULL, get_inferred, "LAC and LNS were told from PPP only"},
	{"seen_from", "seen from", FACT_TEXTS, 0, NULL, get_seen_from, "lac, lns, client, radius, or wire"},
	{"seen_in", "seen in", FACT_TEXTS, 0, NULL, get_seen_in, "names of the inputs"},
	{"start", "start", FACT_TIME, 0, NULL, get_start, "first message of the call itself"},
	{"connected", "connected", FACT_TIME, 0, NULL, get_connected, "the moment it came up"},
	{"end", "end", FACT_TIME, 0, NULL, get_end, "first message that ended it"},
	{"setup_s", "setup", FACT_REAL, 0, NULL, get_setup, "seconds from ICRQ or OCRQ until connected"},
	{"duration_s", "lasted", FACT_REAL, 0, NULL, get_duration, "seconds from connected to the end, or the end of the input"},
	{"reached", "reached", FACT_TEXT, 0, order_reached, get_reached, "furthest milestone: none < tunnel < session < lcp < auth < ncp"},
	{"outcome", "outcome", FACT_TEXT, 0, NULL, get_outcome, "up, closed, dropped, failed or unknown"},
	{"ended_by", "by", FACT_TEXT, 0, NULL, get_ended_by, "who made the first move that ended it"},
	{"cause", "cause", FACT_TEXT, 0, NULL, get_cause, "the root cause"},
	{"confidence", "confidence", FACT_TEXT, 0, order_confidence, get_confidence, "possible < likely < certain"},
	{"also", "also", FACT_TEXTS, 0, NULL, get_also, "other causes that are not ruled out"},
	{"cause_text", "why", FACT_TEXT, 0, NULL, get_cause_text, "the cause as a sentence, with evidence"},
	{"cdn", "cdn", FACT_OBJECT, 0, NULL, get_cdn, "the first Call-Disconnect-Notify"},
	{"cdn.from", "cdn from", FACT_TEXT, 0, NULL, get_cdn_from, "its sender"},
	{"cdn.result", "cdn result", FACT_NUMBER, 0, NULL, get_cdn_result, "result code"},
	{"cdn.error", "cdn error", FACT_NUMBER, 0, NULL, get_cdn_error, "error code, when the AVP has one"},
	{"cdn.message", "cdn message", FACT_TEXT, 0, NULL, get_cdn_message, "error message"},
	{"cdn.disconnect_cause", "ppp disconnect", FACT_NUMBER, 0, NULL, get_cdn_disconnect, "code of AVP 46 (RFC 3145)"},
	{"auth", "auth", FACT_OBJECT, 0, NULL, get_auth, "authentication of the client"},
	{"auth.protocol", "auth", FACT_TEXT, 0, NULL, get_auth_protocol, "chap-md5, pap, mschap, mschapv2, eap, none"},
	{"auth.result", "auth result", FACT_TEXT, 0, NULL, get_auth_result, "success or failure"},
	{"auth.proxy", "auth proxy", FACT_TRUTH, 0, NULL, get_auth_proxy, "the LAC's authentication was handed on in proxy AVPs"},
	{"auth.by", "auth by", FACT_TEXT, 0, NULL, get_auth_by, "who authenticated: lns, lac, client, both"},
	{"auth.verified", "auth verified", FACT_TRUTH, 0, NULL, get_auth_verified, "the response fits a known secret"},
	{"ipv4", "address", FACT_TEXT, 0, NULL, get_ipv4, "IPv4 address of the client"},
	{"ipv4_peer", "peer address", FACT_TEXT, 0, NULL, get_ipv4_peer, "IPv4 address of the other side"},
	{"ipv6_id", "ipv6 id", FACT_TEXT, 0, NULL, get_ipv6_id, "IPv6 interface id of the client"},
	{"dns", "dns", FACT_TEXTS, 0, NULL, get_dns, "DNS servers given to the client"},
	{"mru", "mru", FACT_NUMBERS, 0, NULL, get_mru, "MRU announced by client and LNS"},
	{"control_messages", "control", FACT_NUMBER, 0, NULL, get_control, "distinct control messages that name the session"},
	{"retransmissions", "again", FACT_NUMBER, 0, NULL, get_retransmissions, "same Ns sent again by its sender"},
	{"duplicates", "copies", FACT_NUMBER, 0, NULL, get_duplicates, "copies by the network or the capture"},
	{"ppp_messages", "ppp", FACT_NUMBER, 0, NULL, get_ppp, "PPP control packets"},
	{"data_packets", "packets", FACT_NUMBERS, 0, NULL, get_packets, "data packets to the LNS, to the client"},
	{"data_bytes", "bytes", FACT_NUMBERS, 0, NULL, get_bytes, "their inner bytes"},
	{"legs", "legs", FACT_RAW, 0, NULL, get_legs, "the tunnels it goes through, where a tunnel switch hands it on"},
	{"bundle", "bundle", FACT_RAW, 0, NULL, get_bundle, "the same number for the calls of one multilink bundle"},
	{"attempts", "attempts", FACT_RAW, 0, NULL, get_attempts, "what failed before it for the same caller: calls, tunnels"},
	{"carrier", "carrier", FACT_TEXT, 0, NULL, get_carrier, "what carries its PPP: l2tp, l2tpv3, l2f, pptp, pppoe, ppp (a bare line, or unknown)"},
	{"findings", "findings", FACT_TEXTS, 0, NULL, get_findings, "rule ids, most severe first"},
};
/* clang-format on */

const struct field_set field_calls = {"call", rows, sizeof(rows) / sizeof(rows[0])};
