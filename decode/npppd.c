/* npppd of OpenBSD: `l2tpd ctrl=N call=N` lines of its L2TP, `ppp id=N layer=L` lines of its PPP.
 * `ctrl`, `call` and `id` are numbers of the daemon; `tunnel_id=ours/peer's`. All rows are
 * what its source prints: no real log was at hand. */
#include "speech.h"

#define ROW(name_, pattern_, sample_, reading_, topic_)                                            \
	{                                                                                          \
		.name = "npppd." name_, .pattern = (pattern_), .sample = (sample_),                \
		.reading = (reading_), .kind = RECORD_SAID, .topic = (topic_),                     \
		.flags = ROW_RECALLED                                                              \
	}
#define CTRL "l2tpd ctrl={count} {?call={request} }"

/* clang-format off */
static const struct grammar_row rows[] = {
	ROW("started", CTRL "{?logtype=Started }{direction:Recv|Send}{message:SCCRQ} from={address}:{port}/udp tunnel_id={tunnel}/{peer-tunnel} {text}",
	    "l2tpd ctrl=1 logtype=Started RecvSCCRQ from=192.0.2.7:1701/udp tunnel_id=4021/19 protocol=1.0 winsize=8 hostname=pc vendor=Microsoft firm=0A00",
	    "count=1 direction=Recv message=SCCRQ address=192.0.2.7 port=1701 tunnel=4021 peer-tunnel=19 text=protocol=1.0 winsize=8 hostname=pc vendor=Microsoft firm=0A00",
	    SAID_NOTHING),
	ROW("message", CTRL "{direction:Recv|Send}{message:SCCRQ|SCCRP|SCCCN|SCCN|StopCCN|HELLO|ICRQ|ICRP|ICCN|CDN|ZLB}{? {text}}",
	    "l2tpd ctrl=1 call=1 RecvICRQ session_id=55", "count=1 request=1 direction=Recv message=ICRQ text=session_id=55", SAID_NOTHING),
	ROW("finished", CTRL "logtype=Finished{? {text}}", "l2tpd ctrl=1 logtype=Finished", "count=1", SAID_DESTROYED),
	ROW("bind", CTRL "logtype=PPPBind ppp={code}", "l2tpd ctrl=1 call=1 logtype=PPPBind ppp=3",
	    "count=1 request=1 code=3", SAID_NOTHING),
	ROW("silent", CTRL "timeout waiting ack for {text}", "l2tpd ctrl=1 timeout waiting ack for hello packets.",
	    "count=1 text=hello packets.", SAID_RETRANSMIT),
	ROW("l2tp", CTRL "{text}", "l2tpd ctrl=1 Active Hello: unexpected state", "count=1 text=Active Hello: unexpected state", SAID_OTHER),
	ROW("listening", "l2tpd Listening {address}:{port}/udp {text}", "l2tpd Listening 198.51.100.5:1701/udp (L2TP LNS) [L2TP]",
	    "address=198.51.100.5 port=1701 text=(L2TP LNS) [L2TP]", SAID_OTHER),
	ROW("tunnel-start", "ppp id={code} layer={service} logtype=TUNNELSTART user=\"{user}\" {text}",
	    "ppp id=3 layer=base logtype=TUNNELSTART user=\"eva\" duration=1sec layer2=L2TP layer2from=192.0.2.7:1701 auth=MS-CHAP-V2 ip=10.9.0.4 iface=pppx0",
	    "code=3 service=base user=eva text=duration=1sec layer2=L2TP layer2from=192.0.2.7:1701 auth=MS-CHAP-V2 ip=10.9.0.4 iface=pppx0", SAID_PPP_PHASE),
	ROW("tunnel-usage", "ppp id={code} layer={service} logtype=TUNNELUSAGE user=\"{user}\" duration={seconds}sec {text}",
	    "ppp id=3 layer=base logtype=TUNNELUSAGE user=\"eva\" duration=61sec layer2=L2TP layer2from=192.0.2.7:1701 auth=MS-CHAP-V2 data_in=100bytes,5packets data_out=0bytes,0packets",
	    "code=3 service=base user=eva seconds=61 text=layer2=L2TP layer2from=192.0.2.7:1701 auth=MS-CHAP-V2 data_in=100bytes,5packets data_out=0bytes,0packets", SAID_OTHER),
	ROW("auth", "ppp id={code} layer={service} proto={domain} logtype={result:Success|Failure} username=\"{user}\"{? {text}}",
	    "ppp id=3 layer=chap proto=mschap_v2 logtype=Success username=\"eva\" realm=LOCAL",
	    "code=3 service=chap domain=mschap_v2 result=Success user=eva text=realm=LOCAL", SAID_AAA),
	ROW("opened", "ppp id={code} layer={service} logtype=Opened{? {text}}", "ppp id=3 layer=lcp logtype=Opened mru=1360/1360 auth=MS-CHAP-V2",
	    "code=3 service=lcp text=mru=1360/1360 auth=MS-CHAP-V2", SAID_CP_STATE),
	ROW("ppp", "ppp id={code} layer={service} {text}", "ppp id=3 layer=base logtype=Started tunnel=L2TP(192.0.2.7:1701)",
	    "code=3 service=base text=logtype=Started tunnel=L2TP(192.0.2.7:1701)", SAID_OTHER),
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

enum { LINKS = 64 };

struct npppd {
	struct {
		uint32_t ctrl;
		struct known_tunnel *tunnel;
	} tunnels[LINKS];
	struct {
		uint32_t ctrl, number, ppp;
		struct known_call *call;
	} calls[LINKS];
	unsigned n_tunnels, n_calls;
};

/* What stands behind `name` in the text of a line, up to one of the `ends`. */
static struct str word_up_to(struct str text, const char *name, const char *ends)
{
	size_t at = str_find(text, str_of(name)), end = 0;

	if (at == SIZE_MAX)
		return STR("");
	text = str_from(text, at + strlen(name));
	while (end < text.len && !strchr(ends, text.at[end]))
		end++;
	return (struct str){text.at, end};
}

/* `session_id=55` */
static struct str word_of(struct str text, const char *name)
{
	return word_up_to(text, name, " /");
}

static uint32_t number_of(struct str text, const char *name)
{
	uint32_t number = 0;

	str_u32(word_of(text, name), &number);
	return number;
}

/* `result=ADMINISTRATIVE_REASON/3 error=none/0`, `result=3`: the code behind its name. */
static uint32_t code_of(struct str text, const char *name)
{
	struct str word = word_up_to(text, name, " ");
	size_t slash = str_find(word, STR("/"));
	uint32_t code = 0;

	str_u32(slash == SIZE_MAX ? word : str_from(word, slash + 1), &code);
	return code;
}

/* ` messsage=Disconnected by local PPP` (its spelling) and ` message="(none)"`, to the line's end
 */
static struct str message_of(struct str text)
{
	size_t at = str_find(text, STR("sage="));

	text = at == SIZE_MAX ? STR("") : str_from(text, at + 5);
	if (text.len > 1 && text.at[0] == '"' && str_ends(text, "\""))
		text = (struct str){text.at + 1, text.len - 2};
	return str_is(text, "(none)") || str_is(text, "none") ? STR("") : text;
}

static struct known_tunnel *tunnel_of(struct speech *s, struct npppd *n, const struct spoken *line)
{
	uint32_t ctrl = spoken_number(line, FIELD_COUNT);
	unsigned i;

	for (i = n->n_tunnels; i-- > 0 && n->n_tunnels - i <= LINKS;)
		if (n->tunnels[i % LINKS].ctrl == ctrl)
			return n->tunnels[i % LINKS].tunnel;
	i = n->n_tunnels++ % LINKS;
	n->tunnels[i].ctrl = ctrl;
	n->tunnels[i].tunnel = device_tunnel_new(s, speech_device(s, line));
	return n->tunnels[i].tunnel;
}

static struct known_call *call_of(struct speech *s, struct npppd *n, const struct spoken *line)
{
	uint32_t ctrl = spoken_number(line, FIELD_COUNT), number = 0;
	unsigned i;

	if (!str_u32(spoken_text(line, FIELD_REQUEST), &number))
		return NULL;
	for (i = n->n_calls; i-- > 0 && n->n_calls - i <= LINKS;)
		if (n->calls[i % LINKS].ctrl == ctrl && n->calls[i % LINKS].number == number)
			return n->calls[i % LINKS].call;
	i = n->n_calls++ % LINKS;
	n->calls[i].ctrl = ctrl;
	n->calls[i].number = number;
	n->calls[i].ppp = 0;
	n->calls[i].call = device_call_new(s, speech_device(s, line), tunnel_of(s, n, line));
	n->calls[i].call->is_lns = true;
	return n->calls[i].call;
}

static struct known_call *call_of_ppp(const struct npppd *n, uint32_t ppp)
{
	for (unsigned i = n->n_calls; i-- > 0 && n->n_calls - i <= LINKS;)
		if (ppp && n->calls[i % LINKS].ppp == ppp)
			return n->calls[i % LINKS].call;
	return NULL;
}

static void take_message(struct speech *s, struct npppd *n, const struct spoken *line)
{
	struct str text = spoken_text(line, FIELD_TEXT);
	bool is_sent = str_is(spoken_text(line, FIELD_DIRECTION), "Send");
	uint16_t type = speech_message_type(spoken_text(line, FIELD_MESSAGE));
	struct known_tunnel *t = tunnel_of(s, n, line);
	struct known_call *c = call_of(s, n, line);
	uint32_t session = number_of(text, "session_id="), result = code_of(text, "result=");
	struct event *e = speech_message(s, line, is_sent ? SENT : RECEIVED, type);

	if (spoken_is(line, "npppd.started")) {
		tunnel_set_local(t, spoken_number(line, FIELD_TUNNEL));
		tunnel_set_remote(t, spoken_number(line, FIELD_PEER_TUNNEL));
		address_parse(spoken_text(line, FIELD_ADDRESS), &t->address);
		t->port = (uint16_t)spoken_number(line, FIELD_PORT);
		speech_avp_text(s, e, AVP_N_HOST_NAME, word_of(text, "hostname="));
		speech_avp_number(s, e, AVP_N_ASSIGNED_TUNNEL_ID, t->remote);
	} else if (type == SCCRP && t->local) {
		speech_avp_number(s, e, AVP_N_ASSIGNED_TUNNEL_ID, is_sent ? t->local : t->remote);
	}
	if (c && session && (type == ICRQ || type == ICRP)) {
		(is_sent ? call_set_local : call_set_remote)(c, session);
		speech_avp_number(s, e, AVP_N_ASSIGNED_SESSION_ID, session);
	}
	if (result && (type == CDN || type == STOPCCN))
		speech_avp_result(s, e, result,
				  str_find(text, STR("error=")) == SIZE_MAX
					  ? -1
					  : (int)code_of(text, "error="),
				  message_of(text));
	event_bind(e, t, c);
}

/* The daemon is the LNS, and judges its client. */
static void say_judged(struct speech *s, struct event *e, const struct spoken *line)
{
	bool is_let_in = str_is(spoken_text(line, FIELD_RESULT), "Success");

	e->said.n_values = 0;
	speech_value(s, e, FIELD_USER, spoken_text(line, FIELD_USER));
	speech_value(s, e, FIELD_RESULT, is_let_in ? STR("succeeded") : STR("failed"));
	speech_value(s, e, FIELD_BY, STR("this-end"));
}

/* `logtype=Opened ip=10.9.0.4 assignType=dynamic`: what the client was given. */
static void say_address(struct speech *s, const struct npppd *n, const struct spoken *line)
{
	struct str address = word_of(spoken_text(line, FIELD_TEXT), "ip=");
	struct event *e;

	if (!address.len)
		return;
	e = speech_say(s, line, SAID_ROUTE);
	e->said.n_values = 0;
	speech_value(s, e, FIELD_ACTION, STR("install"));
	speech_value(s, e, FIELD_ADDRESS, address);
	event_bind(e, NULL, call_of_ppp(n, spoken_number(line, FIELD_CODE)));
}

static void take(struct speech *s, void *state, const struct spoken *line)
{
	struct npppd *n = state;
	enum topic topic = line->record.row->topic;
	struct str layer = spoken_text(line, FIELD_SERVICE);
	struct event *e;

	if (spoken_text(line, FIELD_MESSAGE).len) {
		take_message(s, n, line);
		return;
	}
	e = speech_say(s, line, topic);
	if (layer.len) {
		if (topic == SAID_CP_STATE) {
			speech_value(s, e, FIELD_PROTOCOL,
				     str_is(layer, "lcp")    ? STR("LCP")
				     : str_is(layer, "ipcp") ? STR("IPCP")
							     : layer);
			speech_value(s, e, FIELD_STATE, STR("Open"));
		}
		if (topic == SAID_PPP_PHASE) {
			speech_value(s, e, FIELD_PHASE, STR("up"));
			speech_value(s, e, FIELD_STATUS, STR("up"));
		}
		if (topic == SAID_AAA)
			say_judged(s, e, line);
		event_bind(e, NULL, call_of_ppp(n, spoken_number(line, FIELD_CODE)));
		if (topic == SAID_CP_STATE)
			say_address(s, n, line);
		return;
	}
	if (spoken_is(line, "npppd.bind") && call_of(s, n, line)) {
		for (unsigned i = 0; i < n->n_calls && i < LINKS; i++)
			if (n->calls[i].call == call_of(s, n, line))
				n->calls[i].ppp = spoken_number(line, FIELD_CODE);
	}
	if (topic == SAID_RETRANSMIT) {
		e->said.n_values = 0;
		speech_value(s, e, FIELD_RESULT, STR("exhausted"));
	}
	if (spoken_text(line, FIELD_COUNT).len)
		event_bind(e, tunnel_of(s, n, line), call_of(s, n, line));
}

static const char *const programs[] = {"npppd", NULL};

const struct daemon_dialect daemon_npppd = {
	.name = "npppd",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct npppd),
	.take = take,
};
