/* pppd 2.4 (Linux): `debug` packets and what it says of its link. Tied to the call of the daemon
 * that started it by its pid, by following it, or by `PPPoL2TP options`. */
#include "pppd.h"
#include "ppp_words.h"
#include "pppoe_words.h"
#include "ras_error.h"

struct pppd {
	struct known_call *anonymous; /* of lines without a pid */
	bool serves;                  /* the next one is started for a client */
	struct pppoe_words pppoe; /* a packet whose stations the next line tells; code 0: none */
	enum sense pppoe_sense;
};

static bool begins(const struct spoken *line)
{
	return spoken_is(line, "pppd.started") || spoken_is(line, "pppd.plugin") ||
	       spoken_is(line, "pppd.options") || spoken_is(line, "pppd.channel") ||
	       spoken_is(line, "pppd.serial");
}

/* The call of this pppd. One that follows `start_pppd` of its daemon is that daemon's. */
static struct known_call *call_of(struct speech *s, struct pppd *p, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_call *c = line->pid ? device_call_of_pid(d, line->pid) : p->anonymous;

	if (c && c->is_closed && !c->tunnel && begins(line))
		c = NULL;
	if (c)
		return c;
	c = d->waiting;
	d->waiting = NULL;
	if (!c && line->pid && !begins(line))
		c = device_call_lone(d, false);
	if ((!c || c->pid) && line->pid && !begins(line))
		c = device_call_lone_ended(d, false);
	if (!c || c->pid)
		c = device_call_new(s, d, NULL);
	call_set_pid(c, line->pid);
	if (!line->pid)
		p->anonymous = c;
	if (!c->interface.len)
		c->interface = arena_printf(s->names, "pppd%u", line->pid);
	return c;
}

/* PPP of a pppd without a daemon is still PPP of some tunnel: its ids are not known. */
static void bind(struct event *e, const struct known_call *c)
{
	event_bind(e, c->tunnel, c);
	e->interface = c->interface;
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
}

static void take_packet(struct speech *s, const struct spoken *line, struct known_call *c)
{
	enum sense sense = str_is(spoken_text(line, FIELD_DIRECTION), "sent") ? SENT : RECEIVED;
	struct ppp_words w;

	if (str_starts(spoken_text(line, FIELD_TEXT), "IPCP ConfReq"))
		c->awaits_ncp = true;
	if (ppp_words_read(spoken_text(line, FIELD_TEXT), false, &w))
		bind(ppp_words_event(s, line, sense, &w), c);
	else
		bind(speech_say(s, line, SAID_OTHER), c);
}

static struct event *say(struct speech *s, const struct spoken *line, const struct known_call *c)
{
	struct event *e = speech_say(s, line, line->record.row->topic);

	bind(e, c);
	return e;
}

static const struct speech_meaning meanings[] = {
	{"pppd.connect", FIELD_PHASE, "establishing"},
	{"pppd.hangup", FIELD_STATUS, "down"},
	{"pppd.hangup", FIELD_LAYER, "link"},
	{"pppd.terminated-by-peer", FIELD_PHASE, "terminating"},
	{"pppd.terminated-by-peer", FIELD_BY, "peer"},
	{"pppd.signal", FIELD_PHASE, "terminating"},
	{"pppd.signal", FIELD_BY, "this-end"},
	{"pppd.signal", FIELD_REASON, "a signal ended pppd"},
	{"pppd.idle", FIELD_PHASE, "terminating"},
	{"pppd.idle", FIELD_BY, "this-end"},
	{"pppd.idle", FIELD_REASON, "idle timeout"},
	{"pppd.connect-expired", FIELD_PHASE, "terminating"},
	{"pppd.connect-expired", FIELD_BY, "this-end"},
	{"pppd.connect-expired", FIELD_REASON, "session timeout"},
	{"pppd.terminated", FIELD_PHASE, "down"},
	{"pppd.authenticated", FIELD_BY, "peer"},
	{"pppd.peer-failed", FIELD_RESULT, "failed"},
	{"pppd.peer-failed", FIELD_BY, "this-end"},
	{"pppd.judged", FIELD_BY, "this-end"},
	{"pppd.eap-failed", FIELD_RESULT, "failed"},
	{"pppd.eap-failed", FIELD_BY, "peer"},
	{"pppd.no-device", FIELD_BY, "this-end"},
	{"pppd.no-name", FIELD_BY, "this-end"},
	{"pppd.no-option", FIELD_BY, "this-end"},
	{"pppd.mppe-required", FIELD_BY, "this-end"},
	{"pppd.not-authorized", FIELD_BY, "this-end"},
	{"pppd.could-not-determine", FIELD_BY, "this-end"},
	{"pppd.calling-number", FIELD_PROTOCOL, "LCP"},
	{"pppd.calling-number", FIELD_STATE, "Open"},
	{"pppd.address6", FIELD_PROTOCOL, "IPV6CP"},
	{"pppd.address6", FIELD_STATE, "Open"},
};

/* Before the ids: they are that end's then. `begins`: the line stands where a call begins, and not
 * also where it ends. */
static void say_role(struct speech *s, const struct spoken *line, struct known_call *c, bool is_lns,
		     bool begins)
{
	struct event *e = speech_say(s, line, SAID_SESSION_NEW);

	c->is_lns = is_lns;
	e->said.n_values = 0;
	if (begins)
		speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
	speech_value(s, e, FIELD_SERVICE, is_lns ? STR("LNS") : STR("LAC"));
	bind(e, c);
}

static void take_pppol2tp(struct speech *s, const struct spoken *line, struct known_call *c)
{
	struct device *d = speech_device(s, line);
	uint32_t tunnel = spoken_number(line, FIELD_TUNNEL);
	struct known_tunnel *t = device_tunnel(d, tunnel);

	/* xl2tpd names the tunnel, and `lnsmode`, to the pppd of an LNS only */
	if (!c->tunnel && !c->is_lns && (!tunnel || spoken_text(line, FIELD_SERVICE).len))
		say_role(s, line, c, tunnel != 0, false);
	if (!tunnel)
		return;
	if (!t) {
		t = device_tunnel_new(s, d);
		tunnel_set_local(t, tunnel);
	}
	call_set_tunnel(c, t);
	call_set_local(c, spoken_number(line, FIELD_SESSION));
}

/* LCP says so (lcp.c) of an answer that it threw away: its packet moves nobody, but the call is
 * there. */
static void take_bad_answer(struct speech *s, const struct spoken *line, const struct known_call *c)
{
	bool is_ack = str_is(spoken_text(line, FIELD_RESULT), "ack");
	struct ppp_words w = {.protocol = PPP_LCP, .code = is_ack ? CP_CONFACK : CP_CONFNAK};
	struct event *e = ppp_words_event(s, line, RECEIVED, &w);

	e->is_virtual = true;
	bind(e, c);
	bind(speech_say(s, line, SAID_RESULT), c);
}

/* `Connect time 0.8 minutes.`: printed when an NCP went down, however little of the call was seen,
 * and behind `Connection terminated.` once more. A pppd that says it only there, and was heard from
 * its beginning or was asked for IPCP, took the time of a peer that it had let in: no NCP was open.
 */
static void take_connect_time(struct speech *s, const struct spoken *line,
			      const struct known_call *c)
{
	struct str minutes = spoken_text(line, FIELD_VALUE);
	size_t dot = str_find(minutes, STR("."));
	uint32_t whole = 0, tenth = 0;
	struct event *e = speech_say(s, line, SAID_CP_STATE);

	e->said.n_values = 0;
	if (!c->is_in_vain) {
		speech_value(s, e, FIELD_PROTOCOL, STR("IPCP"));
		speech_value(s, e, FIELD_BEFORE, STR("Open"));
	}
	bind(e, c);
	if (dot == SIZE_MAX || !str_u32((struct str){minutes.at, dot}, &whole) ||
	    !str_u32(str_from(minutes, dot + 1), &tenth) || tenth > 9)
		return;
	e = speech_say(s, line, SAID_USAGE);
	e->said.n_values = 0;
	speech_value(s, e, FIELD_SECONDS, arena_printf(s->arena, "%u", whole * 60 + tenth * 6));
	bind(e, c);
}

/* What its daemon calls it already, or all by which it is known. */
static bool is_named(const struct known_call *c)
{
	return str_is(c->interface, "l2tp") || (c->tunnel && !c->tunnel->local && c->local);
}

/* A line of pptpd. */
static bool take_pptpd(struct speech *s, struct pppd *p, const struct spoken *line)
{
	if (!str_is(line->program, "pptpd"))
		return false;
	p->serves |= spoken_is(line, "pppd.pptpd-start");
	speech_say(s, line, SAID_NOTHING);
	return true;
}

/* What is known of the call from that line on. */
static void learn(struct speech *s, const struct spoken *line, struct known_call *c)
{
	if (!is_named(c) && !c->is_begun &&
	    (spoken_is(line, "pppd.interface") || spoken_is(line, "pppd.connect")))
		c->interface = speech_keep(s, spoken_text(line, FIELD_INTERFACE));
	if (c->is_lns && !c->tunnel && spoken_is(line, "pppd.connect"))
		say_role(s, line, c, true, true); /* of pptpd */
	if (spoken_is(line, "pppd.pppol2tp"))
		take_pppol2tp(s, line, c);
	if (spoken_is(line, "pppd.connect") || spoken_is(line, "pppd.address")) {
		c->awaits_ncp = spoken_is(line, "pppd.connect");
		c->is_in_vain = false;
	}
	if (spoken_is(line, "pppd.terminated"))
		c->is_in_vain = c->awaits_ncp;
}

/* RFC 2759 5: the peer let this end in, and its Success did not prove the peer. `CHAP
 * authentication failed` follows. */
static void say_not_proved(struct speech *s, const struct spoken *line, const struct known_call *c)
{
	static const struct {
		const char *result, *by;
	} judged[] = {{"succeeded", "peer"}, {"failed", "this-end"}};

	for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
		struct event *e = speech_say(s, line, SAID_AAA);

		e->said.n_values = 0;
		speech_value(s, e, FIELD_PROTOCOL, STR("MS-CHAPv2"));
		speech_value(s, e, FIELD_RESULT, str_of(judged[i].result));
		speech_value(s, e, FIELD_BY, str_of(judged[i].by));
		if (i)
			speech_value(s, e, FIELD_TEXT, line->record.text);
		bind(e, c);
	}
}

/* `Send PPPOE Discovery V1T1 PADI session 0x0 length 12`, and in the line below its stations. */
static bool take_pppoe(struct speech *s, struct pppd *p, const struct spoken *line,
		       struct known_call *c)
{
	struct pppoe_words *w = &p->pppoe;
	struct event *e;

	if (spoken_is(line, "pppd.pppoe")) {
		*w = (struct pppoe_words){
			.code = pppoe_code(spoken_text(line, FIELD_MESSAGE)),
			.id = (uint16_t)spoken_number(line, FIELD_VALUE_HEX),
		};
		p->pppoe_sense =
			str_is(spoken_text(line, FIELD_DIRECTION), "Send") ? SENT : RECEIVED;
		speech_say(s, line, SAID_NOTHING);
		return true;
	}
	if (!spoken_is(line, "pppd.pppoe-stations"))
		return false;
	if (!w->code || !mac_read(spoken_text(line, FIELD_NAME), w->to) ||
	    !mac_read(spoken_text(line, FIELD_VALUE), w->from)) {
		speech_say(s, line, SAID_NOTHING);
		return true;
	}
	e = pppoe_words_event(s, line, p->pppoe_sense, w);
	e->interface = c->interface;
	c->is_begun = true; /* under that name */
	w->code = 0;
	return true;
}

/* Also of a call of which nothing was said yet: LCP is open, or nobody would ask for echoes; IPCP
 * was, or nobody would take its addresses back. */
static void say_was_open(struct speech *s, const struct spoken *line, const struct known_call *c,
			 const char *protocol)
{
	struct event *e = speech_say(s, line, SAID_CP_STATE);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_PROTOCOL, str_of(protocol));
	speech_value(s, e, FIELD_BEFORE, STR("Open"));
	bind(e, c);
}

/* pppd says its address only then. */
static void say_ipcp_is_open(struct speech *s, const struct spoken *line,
			     const struct known_call *c)
{
	struct event *e = speech_say(s, line, SAID_CP_STATE);

	speech_value(s, e, FIELD_PROTOCOL, STR("IPCP"));
	speech_value(s, e, FIELD_STATE, STR("Open"));
	bind(e, c);
}

static void take_words(struct speech *s, const struct spoken *line, const struct known_call *c)
{
	struct event *e = say(s, line, c);
	uint32_t windows;

	/* without what it takes instead, it gives up */
	if (spoken_is(line, "pppd.could-not-determine") && !spoken_text(line, FIELD_TEXT).len) {
		e->said.topic = SAID_PPP_DISCONNECT;
		e->said.n_values = 0; /* `by=remote` is whose address it is */
	}
	if (spoken_is(line, "pppd.terminated-by-peer") &&
	    ras_error_of_printed(spoken_text(line, FIELD_REASON), &windows)) {
		e->said.n_values = 0;
		speech_value(s, e, FIELD_PROTOCOL, STR("LCP"));
		speech_value(s, e, FIELD_REASON, ras_error_text(s->arena, windows));
	}
	speech_mean(s, e, line, meanings, sizeof(meanings) / sizeof(meanings[0]));
	if (spoken_is(line, "pppd.connect") && line->pid) {
		speech_value(s, e, FIELD_REQUEST, arena_printf(s->arena, "%u", line->pid));
		speech_value(s, e, FIELD_VALUE, spoken_text(line, FIELD_NAME));
	}
	if (e->said.topic == SAID_PPP_DISCONNECT)
		speech_value(s, e, FIELD_REASON, line->record.text);
}

/* The log begins late: a daemon that is stopped takes down a call that it was not heard of, whose
 * pppd says no more than that its line is gone. */
static void say_stopped(struct speech *s, const struct spoken *line, const struct known_call *c)
{
	static const int64_t soon_ns = INT64_C(5) * 1000000000;
	const struct device *d = speech_device(s, line);
	struct event *e;

	if (!d->is_stopped || c->tunnel)
		return;
	if (moment_known(line->record.when) != moment_known(d->stopped) ||
	    moment_minus(line->record.when, d->stopped) > soon_ns)
		return;
	e = speech_say(s, line, SAID_COMMAND);
	e->said.n_values = 0;
	speech_value(s, e, FIELD_ACTION, STR("stop"));
	bind(e, c);
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct pppd *p = state;
	struct known_call *c;

	if (take_pptpd(s, p, line))
		return;
	c = call_of(s, p, line);
	if (p->serves && spoken_is(line, "pppd.started")) {
		p->serves = false;
		c->is_lns = true;
	}
	if (line->record.kind == RECORD_PPP_PACKET) {
		take_packet(s, line, c);
		return;
	}
	if (take_pppoe(s, p, line, c))
		return;
	learn(s, line, c);
	if (spoken_is(line, "pppd.connect-time")) {
		take_connect_time(s, line, c);
		c->awaits_ncp = false;
		say_stopped(s, line, c);
		return;
	}
	if (spoken_is(line, "pppd.bad-ack")) {
		take_bad_answer(s, line, c);
		return;
	}
	if (spoken_is(line, "pppd.not-proved")) {
		say_not_proved(s, line, c);
		return;
	}
	if (spoken_is(line, "pppd.echo"))
		say_was_open(s, line, c, "LCP");
	if ((spoken_is(line, "pppd.script-started") || spoken_is(line, "pppd.script-finished")) &&
	    str_ends(spoken_text(line, FIELD_TEXT), "/ip-down"))
		say_was_open(s, line, c, "IPCP");
	if (spoken_is(line, "pppd.hangup") || spoken_is(line, "pppd.sighup") ||
	    spoken_is(line, "pppd.signal"))
		say_stopped(s, line, c);
	take_words(s, line, c);
	if (spoken_is(line, "pppd.address"))
		say_ipcp_is_open(s, line, c);
	if (spoken_is(line, "pppd.exit"))
		c->is_closed = true;
}

static const char *const programs[] = {"pppd", "pptpd", NULL};

const struct daemon_dialect daemon_pppd = {
	.name = "pppd",
	.programs = programs,
	.tables = &pppd_table,
	.state_size = sizeof(struct pppd),
	.take = take,
};
