/* accel-ppp: PPP and PPPoE packets in words, ids and magic numbers in hexadecimal without 0x; its
 * L2TP is in accel_l2tp.c. */
#include "accel.h"
#include "hexdump.h"
#include "ppp_words.h"
#include "pppoe_words.h"

static bool is_pending(const struct known_call *c)
{
	return c && !c->is_closed && !c->alias.len;
}

static bool has_magic(const struct known_call *c, int side, uint32_t magic)
{
	return c->magic[side] == magic;
}

static bool has_answered(const struct known_call *c, int answered, uint32_t unused)
{
	(void)unused;
	return c->is_answered == answered;
}

/* Calls of a device that are looked at for one whose interface has no name yet: it is young. */
enum { PENDING_LOOKED = 1024 };

/* The oldest call whose interface has no name yet and that fits; NULL: any does. */
static struct known_call *oldest_pending(const struct device *d,
					 bool (*fits)(const struct known_call *, int, uint32_t),
					 int x, uint32_t y)
{
	struct known_call *found = NULL;
	size_t n = 0;

	for (struct known_call *c = d->calls; c && n++ < PENDING_LOOKED;
	     c = c->next) /* latest first */
		if (is_pending(c) && !c->is_refused && (!fits || fits(c, x, y)))
			found = c;
	return found;
}

/* The client proves itself: `PAP AuthReq id=1`, `CHAP Response id=1 …`. */
static bool is_proof(const struct spoken *line, struct str text)
{
	return str_is(spoken_text(line, FIELD_DIRECTION), "recv") &&
	       (str_starts(text, "PAP AuthReq ") || str_find(text, STR(" Response id=")) < 12);
}

/* What the client gave as a proof was not taken. */
static bool is_refusal(const struct spoken *line, struct str text)
{
	return (str_is(spoken_text(line, FIELD_DIRECTION), "send") &&
		(str_starts(text, "PAP AuthNak ") || str_starts(text, "CHAP Failure "))) ||
	       (spoken_is(line, "accel.authenticated") &&
		str_is(spoken_text(line, FIELD_RESULT), "failed"));
}

/* The lines of all calls whose interface has no name look alike. Magic numbers tell whose a
 * Configure-Request and its acknowledgement are; an answer is printed right below what it answers;
 * and who came first is taken to prove itself first. */
static struct known_call *pending_call(const struct device *d, const struct accel *a,
				       const struct spoken *line)
{
	struct str text = spoken_text(line, FIELD_TEXT), digits = accel_attribute(text, "magic");
	bool is_sent = str_is(spoken_text(line, FIELD_DIRECTION), "send");
	bool is_request = str_starts(text, "LCP ConfReq ");
	int side = is_sent == is_request ? 0 : 1;
	struct known_call *found = NULL;
	uint32_t magic = 0;

	for (size_t i = 0; i < digits.len && i < 8 && hex_digit(digits.at[i]) >= 0; i++)
		magic = magic << 4 | (uint32_t)hex_digit(digits.at[i]);
	if (magic && (is_request || str_starts(text, "LCP ConfAck "))) {
		found = oldest_pending(d, has_magic, side, magic);
		if (!found && is_request)
			found = oldest_pending(d, has_magic, side, 0);
		if (found)
			found->magic[side] = magic;
	} else if (is_proof(line, text)) {
		found = oldest_pending(d, has_answered, false, 0);
		if (found)
			found->is_answered = true;
	}
	if (!found)
		found = is_pending(a->call) ? a->call : oldest_pending(d, NULL, 0, 0);
	return found;
}

/* Before an interface exists every line says `::`; `ppp0:test:` is the same call then. */
static struct known_call *call_of(struct speech *s, struct accel *a, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct str name = spoken_text(line, FIELD_INTERFACE);
	size_t colon = str_find(name, STR(":"));
	struct known_call *pending = NULL, *named;

	if (colon != SIZE_MAX)
		name.len = colon;
	named = name.len ? device_call_alias(d, name, true) : NULL;
	if (named)
		return named;
	if (name.len) /* an interface is named once its client has proved itself */
		pending = oldest_pending(d, has_answered, true, 0);
	if (!pending && !a->is_new)
		pending = pending_call(d, a, line);
	if (!pending) {
		pending = device_call_new(s, d, NULL);
		pending->interface = arena_printf(s->names, "%s%u",
						  a->service ? a->service : "accel", a->calls++);
	}
	a->call = pending;
	a->is_new = false;
	if (name.len)
		call_set_alias(a->call, speech_keep(s, name));
	return a->call;
}

/* `<Name value>` of `[L2TP …]`: what RFC 2661 needs of it. */
struct str accel_attribute(struct str text, const char *name)
{
	struct text wanted = text_make(64);
	size_t at, end;

	text_printf(&wanted, "<%s ", name);
	at = str_find(text, text_str(&wanted));
	text_free(&wanted);
	if (at == SIZE_MAX)
		return STR("");
	text = str_from(text, at + strlen(name) + 2);
	end = str_find(text, STR(">"));
	return end == SIZE_MAX ? STR("") : (struct str){text.at, end};
}

static void bind(struct event *e, const struct known_call *c)
{
	event_bind(e, c->tunnel, c->tunnel ? c : NULL);
	e->interface = c->interface;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

/* `[PPTP Outgoing-Call-Reply <Call-ID 2> <Peer-Call-ID 2961> …]`: each end chooses a Call ID. */
static void take_pptp(struct speech *s, struct accel *a, const struct spoken *line,
		      enum sense sense, struct str text)
{
	static const char *const ends[] = {"Call-Clear-Request", "Call-Disconnect-Notify",
					   "Stop-Ctrl-Conn-Request"};
	uint32_t id;

	if (str_u32(accel_attribute(text, "Call-ID"), &id))
		(sense == SENT ? &a->own : &a->to)->session_id = id;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct event *e;

		if (!str_starts(str_from(text, 5), ends[i]) || !a->call)
			continue;
		e = speech_say(s, line, SAID_LINK);
		e->said.n_values = 0;
		speech_value(s, e, FIELD_STATUS, STR("down"));
		bind(e, a->call);
		return;
	}
	speech_say(s, line, SAID_OTHER);
}

/* A tag of `<Name value>`, as RFC 2516 has it; `at` is where it goes. */
static size_t put_tag(struct speech *s, struct str text, const char *name, uint16_t number,
		      bool is_hex, uint8_t *at, size_t room)
{
	struct str value = accel_attribute(text, name);
	struct span octets = span_of(value.at, value.len);

	if (is_hex && !hex_octets(s->arena, value, &octets))
		return 0;
	if (!octets.len || octets.len + 4 > room)
		return 0;
	at[0] = (uint8_t)(number >> 8);
	at[1] = (uint8_t)number;
	at[2] = (uint8_t)(octets.len >> 8);
	at[3] = (uint8_t)octets.len;
	memcpy(at + 4, octets.at, octets.len);
	return 4 + octets.len;
}

/* The session that is granted: what comes next without a name of its own is its PPP. */
static void take_granted(struct speech *s, struct accel *a, const struct spoken *line,
			 struct event *e)
{
	struct known_call *c = device_call_new(s, speech_device(s, line), NULL);

	c->interface = arena_printf(s->names, "pppoe%u", a->calls++);
	a->call = c;
	a->is_new = false;
	e->interface = c->interface;
}

/* `[PPPoE PADS 02:…:02 => 02:…:01 sid=0001 <AC-Name …> <Host-Uniq 00>]` */
static bool take_pppoe(struct speech *s, struct accel *a, const struct spoken *line,
		       enum sense sense, struct str text)
{
	static const struct {
		const char *name;
		uint16_t number;
		bool is_hex;
	} tags[] = {{"Service-Name", 0x0101, false},    {"AC-Name", 0x0102, false},
		    {"Host-Uniq", 0x0103, true},        {"AC-Cookie", 0x0104, true},
		    {"Relay-Session-Id", 0x0110, true}, {"Service-Name-Error", 0x0201, false},
		    {"AC-System-Error", 0x0202, false}, {"Generic-Error", 0x0203, false}};
	struct pppoe_words w = {0};
	uint8_t octets[1500];
	struct str rest = str_from(text, 6);
	size_t n = 0, sid = str_find(text, STR(" sid="));
	uint32_t id = 0;
	struct event *e;

	w.code = pppoe_code((struct str){rest.at, rest.len < 4 ? rest.len : 4});
	rest = str_from(rest, 5);
	if (!w.code || sid == SIZE_MAX || rest.len < 38 ||
	    !mac_read((struct str){rest.at, 17}, w.from) ||
	    !mac_read((struct str){rest.at + 21, 17}, w.to))
		return false;
	for (size_t i = sid + 5; i < text.len && i < sid + 9 && hex_digit(text.at[i]) >= 0; i++)
		id = id << 4 | (unsigned)hex_digit(text.at[i]);
	w.id = (uint16_t)id;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		n += put_tag(s, text, tags[i].name, tags[i].number, tags[i].is_hex, octets + n,
			     sizeof(octets) - n);
	w.tags = span_of(octets, n);
	e = pppoe_words_event(s, line, sense, &w);
	if (sense == SENT && w.code == PPPOE_PADS && id)
		take_granted(s, a, line, e);
	return true;
}

/* `pptp: new connection from …`: what comes next without an interface is its call. */
static void take_connection(struct accel *a, const struct spoken *line)
{
	static const char *const services[] = {"pptp", "pppoe", "sstp"};
	struct str service = spoken_text(line, FIELD_SERVICE);

	a->service = NULL;
	a->own = a->to = (struct party){0};
	a->is_new = true;
	address_parse(spoken_text(line, FIELD_ADDRESS), &a->to.address);
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (str_is(service, services[i]))
			a->service = services[i];
}

/* `RADIUS(1) Access-Reject id=1 …`: a request whose answer is waited for; answers name it by the
 * interface, too. Accounting judges nobody. */
static void take_radius(struct speech *s, struct accel *a, const struct spoken *line,
			enum sense sense, struct known_call *c, struct str text)
{
	bool is_accepted = str_find(text, STR(") Access-Accept ")) != SIZE_MAX;
	struct event *e = speech_say(s, line, SAID_OTHER);

	bind(e, c);
	if (sense == SENT && str_find(text, STR(") Access-Request ")) != SIZE_MAX) {
		a->judging = c;
		return;
	}
	if (sense == SENT || (!is_accepted && str_find(text, STR(") Access-Reject ")) == SIZE_MAX))
		return;
	if (a->judging == c)
		a->judging = NULL;
	e->said.topic = SAID_AAA; /* whoever was silent before, this server answered */
	e->said.n_values = 0;
	speech_value(s, e, FIELD_RESULT, is_accepted ? STR("PASS") : STR("FAIL"));
}

/* A line without an interface names no call: that of the request which was sent last. */
static void say_aaa_silent(struct speech *s, const struct spoken *line, const struct known_call *c)
{
	struct event *e = speech_say(s, line, c ? SAID_PPP_DISCONNECT : SAID_OTHER);

	if (!c)
		return;
	e->said.n_values = 0;
	speech_value(s, e, FIELD_REASON, STR("no response from RADIUS"));
	bind(e, c);
}

static const struct speech_meaning meanings[] = {
	{"accel.authenticated", FIELD_BY, "this-end"},
	{"accel.timer", FIELD_PHASE, "terminating"},
	{"accel.timer", FIELD_BY, "this-end"},
	{"accel.echo", FIELD_REASON, "no echo reply"},
};

static void say_about(struct speech *s, const struct spoken *line, const struct known_call *c,
		      enum topic topic, enum log_field field, struct str value)
{
	struct event *e = speech_say(s, line, topic);

	e->said.n_values = 0;
	speech_value(s, e, field, value);
	if (topic == SAID_CP_STATE)
		speech_value(s, e, FIELD_PROTOCOL, STR("IPCP"));
	bind(e, c);
}

/* The log begins with the echoes of a call, which was up, or with its authentication; accel-ppp is
 * the end that serves. IPCP is told to finish where it had begun. */
static void take_late(struct speech *s, const struct spoken *line, struct known_call *c)
{
	bool is_packet = line->record.kind == RECORD_PPP_PACKET;
	bool is_echo = is_packet && str_starts(spoken_text(line, FIELD_TEXT), "LCP Echo");

	if ((is_packet && str_starts(spoken_text(line, FIELD_TEXT), "IPCP ")) ||
	    str_starts(spoken_text(line, FIELD_STATUS), "ipcp_layer_start"))
		c->is_begun = true; /* whether it opened stands in the log */
	if (c->tunnel || c->is_begun)
		return;
	if (c->is_lns && str_is(spoken_text(line, FIELD_STATUS), "ipcp_layer_finish")) {
		say_about(s, line, c, SAID_CP_STATE, FIELD_BEFORE, STR("Open"));
		c->is_begun = true;
	} else if (!c->is_lns && (is_echo || spoken_is(line, "accel.authenticated"))) {
		c->is_lns = true;
		say_about(s, line, c, SAID_SESSION_NEW, FIELD_SERVICE, STR("LNS"));
	} else if (!c->is_lns) {
		c->is_begun = true;
	}
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct str text = spoken_text(line, FIELD_TEXT);
	enum sense sense = str_is(spoken_text(line, FIELD_DIRECTION), "send") ? SENT : RECEIVED;
	struct accel *a = state;
	struct known_call *c;
	struct ppp_words w;
	struct event *e;

	if (accel_take_l2tp(s, a, line))
		return;
	if (spoken_is(line, "accel.radius-silent")) {
		say_aaa_silent(s, line, a->judging);
		return;
	}
	if (line->record.kind == RECORD_PPP_PACKET && str_starts(text, "PPTP ")) {
		take_pptp(s, a, line, sense, text);
		return;
	}
	if (line->record.kind == RECORD_PPP_PACKET && str_starts(text, "PPPoE ") &&
	    take_pppoe(s, a, line, sense, text))
		return;
	if (spoken_is(line, "accel.connection")) {
		take_connection(a, line);
		speech_say(s, line, SAID_OTHER);
		return;
	}
	c = call_of(s, a, line);
	c->is_refused |= is_refusal(line, text);
	take_late(s, line, c);
	if (line->record.kind == RECORD_PPP_PACKET) {
		if (str_starts(text, "RADIUS("))
			take_radius(s, a, line, sense, c, text);
		else if (ppp_words_read(text, true, &w))
			bind(ppp_words_event(s, line, sense, &w), c);
		else
			speech_say(s, line, SAID_OTHER);
		return;
	}
	if (spoken_is(line, "accel.radius-call-silent") || spoken_is(line, "accel.radius-none")) {
		say_aaa_silent(s, line, c);
		return;
	}
	e = speech_say(s, line, line->record.row->topic);
	speech_mean(s, e, line, meanings, sizeof(meanings) / sizeof(meanings[0]));
	if (spoken_is(line, "accel.rename"))
		call_set_alias(c, speech_keep(s, spoken_text(line, FIELD_NAME)));
	if (spoken_is(line, "accel.disconnected")) {
		speech_value(s, e, FIELD_STATUS, STR("down"));
		speech_value(s, e, FIELD_REASON, STR("disconnected"));
		c->is_closed = true;
	}
	bind(e, c);
	if (line->record.row->topic == SAID_PPP_PHASE && a->service) {
		e->from.address = a->own.address;
		e->from.session_id = a->own.session_id;
		e->to = a->to;
	}
}

static const char *const programs[] = {"accel-pppd", "accel-ppp",   "accel-pptp",
				       "accel-l2tp", "accel-pppoe", NULL};

const struct daemon_dialect daemon_accel = {
	.name = "accel",
	.programs = programs,
	.tables = &accel_table,
	.state_size = sizeof(struct accel),
	.take = take,
};
