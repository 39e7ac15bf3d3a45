/* openl2tpd (OpenL2TP, ProL2TP): `PROTO: tunl 41237/7301: …` with the ids of this end before the
 * colon and those of the peer behind it. What its source prints; the names of states are its own.
 */
#include "speech.h"

#define ROW(name_, pattern_, sample_, reading_, kind_, topic_, means_)                             \
	{                                                                                          \
		.name = "openl2tp." name_, .pattern = (pattern_), .sample = (sample_),             \
		.reading = (reading_), .kind = (kind_), .topic = (topic_), .means = (means_),      \
		.flags = ROW_RECALLED                                                              \
	}
#define MESSAGES "SCCRQ|SCCRP|SCCCN|STOPCCN|HELLO|ICRQ|ICRP|ICCN|OCRQ|OCRP|OCCN|CDN|WEN|SLI"

/* clang-format off */
static const struct grammar_row rows[] = {
	ROW("sent", "PROTO: tunl {tunnel}{?/{session}}: {direction:sending} {message:" MESSAGES "}{? to peer {peer-tunnel}{?/{peer-session}}}",
	    "PROTO: tunl 41237/7301: sending ICRP to peer 12/1", "tunnel=41237 session=7301 direction=sending message=ICRP peer-tunnel=12 peer-session=1",
	    RECORD_MESSAGE, SAID_NOTHING, NULL),
	ROW("received", "PROTO: tunl {tunnel}{?/{session}}: {message:" MESSAGES "} received{? from peer {peer-tunnel}{?/{peer-session}}}",
	    "PROTO: tunl 41237: SCCRQ received from peer 12", "tunnel=41237 message=SCCRQ peer-tunnel=12",
	    RECORD_MESSAGE, SAID_NOTHING, NULL),
	ROW("result", "PROTO: tunl {tunnel}{?/{session}}: {message:STOPCCN|CDN} error {result:#}/{error}:{? {text}}",
	    "PROTO: tunl 41237: STOPCCN error 2/6: vendor specific", "tunnel=41237 message=STOPCCN result=2 error=6 text=vendor specific",
	    RECORD_SAID, SAID_RESULT, "why: the result and error code of the message, received or about to be sent"),
	ROW("auth", "PROTO: tunl {tunnel}: tunnel authentication {result:succeeded|failed}{?:{? {text}}}",
	    "PROTO: tunl 41237: tunnel authentication failed: no matching peer profile", "tunnel=41237 result=failed text=no matching peer profile",
	    RECORD_SAID, SAID_TUNNEL_AUTH, NULL),
	ROW("given-up", "XPRT: tunl {tunnel}: {reason:retry failure}", "XPRT: tunl 41237: retry failure", "tunnel=41237 reason=retry failure",
	    RECORD_SAID, SAID_RETRANSMIT, "not normal: the peer did not acknowledge; the tunnel is given up"),
	ROW("updown", "API: PPP_UPDOWN_IND: tunl {tunnel}/{session}: unit={code} up={count} ifname='{service}' user='{user}'",
	    "API: PPP_UPDOWN_IND: tunl 41237/7301: unit=0 up=1 ifname='ppp0' user='lena'", "tunnel=41237 session=7301 code=0 count=1 service=ppp0 user=lena",
	    RECORD_SAID, SAID_PPP_PHASE, NULL),
	ROW("fsm", "FSM: {domain:CCE|LAIC|LAOC|LNIC|LNOC}({tunnel}{?/{session}}) {text}", "FSM: CCE(62464) event SCCRQ_ACCEPT in state IDLE",
	    "domain=CCE tunnel=62464 text=event SCCRQ_ACCEPT in state IDLE", RECORD_SAID, SAID_NOTHING, NULL),
	{.name = "openl2tp.other",
	 .pattern = "{domain:PROTO|FUNC|XPRT|DATA|AVP|AVPDATA|AVPHIDE|API|PPP|SYSTEM}: tunl {tunnel}{?/{session}}: {text}",
	 .sample = "FUNC: tunl 41237: allocated context using profile 'default', created by network request",
	 .reading = "domain=FUNC tunnel=41237 text=allocated context using profile 'default', created by network request",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC | ROW_RECALLED},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

/* A result that was printed and waits for the message that will carry it. */
struct openl2tp {
	uint32_t tunnel, session;
	unsigned result;
	int error;
};

static struct known_tunnel *tunnel_of(struct speech *s, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	uint32_t local = spoken_number(line, FIELD_TUNNEL);
	uint32_t remote = spoken_number(line, FIELD_PEER_TUNNEL);
	struct known_tunnel *t = device_tunnel(d, local);

	if (!t) {
		t = device_tunnel_new(s, d);
		tunnel_set_local(t, local);
	}
	if (remote && !t->remote)
		tunnel_set_remote(t, remote);
	return t;
}

static struct known_call *call_of(struct speech *s, const struct spoken *line,
				  struct known_tunnel *t, uint16_t type, bool is_sent)
{
	struct device *d = speech_device(s, line);
	uint32_t local = spoken_number(line, FIELD_SESSION);
	uint32_t remote = spoken_number(line, FIELD_PEER_SESSION);
	struct known_call *c = device_call(d, t, local);

	if (type < OCRQ || type > CDN)
		return NULL;
	if (!c && remote)
		c = device_call_by_remote(d, t, remote);
	if (!c && (!is_sent || local))
		c = device_call_unnamed(d, t);
	if (!c || (c->is_closed && (type == ICRQ || type == OCRQ))) {
		c = device_call_new(s, d, t);
		c->is_lns = (type == ICRQ) != is_sent && type != OCRQ;
	}
	if (local && !c->local)
		call_set_local(c, local);
	if (remote && !c->remote)
		call_set_remote(c, remote);
	return c;
}

static void take_message(struct speech *s, struct openl2tp *o, const struct spoken *line)
{
	bool is_sent = spoken_is(line, "openl2tp.sent");
	uint16_t type = speech_message_type(spoken_text(line, FIELD_MESSAGE));
	struct known_tunnel *t = tunnel_of(s, line);
	struct known_call *c = call_of(s, line, t, type, is_sent);
	struct event *e = speech_message(s, line, is_sent ? SENT : RECEIVED, type);
	uint32_t id = 0;

	if (type == SCCRQ || type == SCCRP) {
		id = is_sent ? t->local : t->remote;
		if (id)
			speech_avp_number(s, e, AVP_N_ASSIGNED_TUNNEL_ID, id);
	} else if (c && type >= OCRQ && type <= ICRP && type != OCCN) {
		id = is_sent ? c->local : c->remote;
		if (id)
			speech_avp_number(s, e, AVP_N_ASSIGNED_SESSION_ID, id);
	}
	if (is_sent && o->result && o->tunnel == t->local && (type == STOPCCN || type == CDN) &&
	    (type == STOPCCN || (c && c->local == o->session)))
		speech_avp_result(s, e, o->result, o->error, STR(""));
	o->result = 0;
	event_bind(e, t, c);
	if (type == STOPCCN)
		t->is_closed = true;
	if (c && type == CDN)
		c->is_closed = true;
}

static void take_auth(struct speech *s, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_TUNNEL_AUTH);
	bool is_ok = str_is(spoken_text(line, FIELD_RESULT), "succeeded");
	bool is_stranger = str_starts(spoken_text(line, FIELD_TEXT), "no matching peer");

	e->said.n_values = 0;
	speech_value(s, e, FIELD_RESULT,
		     is_ok         ? STR("success")
		     : is_stranger ? STR("Never heard of")
				   : STR("failure"));
	event_bind(e, tunnel_of(s, line), NULL);
}

/* Its pppd calls it up when IP may pass. */
static void say_phase(struct speech *s, const struct spoken *line, struct event *e,
		      const struct known_tunnel *t, const struct known_call *c)
{
	bool is_up = spoken_number(line, FIELD_COUNT) > 0;

	e->said.n_values = 0;
	speech_value(s, e, FIELD_USER, spoken_text(line, FIELD_USER));
	speech_value(s, e, FIELD_PHASE, is_up ? STR("up") : STR("down"));
	if (!is_up)
		return;
	e = speech_say_ipcp_open(s, line);
	event_bind(e, t, c);
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct openl2tp *o = state;
	enum topic topic = line->record.row->topic;
	struct known_tunnel *t;
	struct known_call *c;
	struct event *e;
	bool is_known;

	if (line->record.kind == RECORD_MESSAGE) {
		take_message(s, o, line);
		return;
	}
	if (topic == SAID_TUNNEL_AUTH) {
		take_auth(s, line);
		return;
	}
	is_known = device_tunnel(speech_device(s, line), spoken_number(line, FIELD_TUNNEL));
	if (!is_known && (topic == SAID_OTHER || topic == SAID_NOTHING)) {
		speech_say(s, line, topic); /* its SCCRQ follows */
		return;
	}
	t = tunnel_of(s, line);
	c = device_call(speech_device(s, line), t, spoken_number(line, FIELD_SESSION));
	e = speech_say(s, line, topic);
	event_bind(e, t, c);
	if (topic == SAID_RESULT)
		*o = (struct openl2tp){.tunnel = t->local,
				       .session = spoken_number(line, FIELD_SESSION),
				       .result = spoken_number(line, FIELD_RESULT),
				       .error = (int)spoken_number(line, FIELD_ERROR)};
	if (topic == SAID_RETRANSMIT && !is_known)
		e->said.topic =
			SAID_OTHER; /* of a log that begins late: what was lost is not known */
	else if (topic == SAID_RETRANSMIT) {
		e->said.n_values = 0;
		speech_value(s, e, FIELD_RESULT, STR("exhausted"));
	}
	if (topic == SAID_PPP_PHASE)
		say_phase(s, line, e, t, c);
}

static const char *const programs[] = {"openl2tpd", "prol2tpd", NULL};

const struct daemon_dialect daemon_openl2tp = {
	.name = "openl2tp",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct openl2tp),
	.take = take,
};
