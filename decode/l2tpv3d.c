/* xcesp-l2tpv3d, an L2TPv3 daemon in Python: it names its tunnels, and ids only in few lines. */
#include "character.h"
#include "speech.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "l2tpv3d.sent",
	 .pattern = "tunnel {name:*}: sent Ns={ns} ({length} bytes)",
	 .sample = "tunnel to-lns: sent Ns=0 (90 bytes)",
	 .reading = "name=to-lns ns=0 length=90",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.retransmit",
	 .pattern = "tunnel {name:*}: retransmit ({length} bytes)",
	 .sample = "tunnel to-lns: retransmit (64 bytes)",
	 .reading = "name=to-lns length=64",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.learned",
	 .pattern = "tunnel {name:*}: learned peer remote CCID = {peer-tunnel}",
	 .sample = "tunnel to-lns: learned peer remote CCID = 200",
	 .reading = "name=to-lns peer-tunnel=200",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.established",
	 .pattern = "tunnel {name:*}: ESTABLISHED (peer_ccid={peer-tunnel})",
	 .sample = "tunnel to-lns: ESTABLISHED (peer_ccid=200)",
	 .reading = "name=to-lns peer-tunnel=200",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.dropped",
	 .pattern = "tunnel {name:*}: dropped malformed/unverified msg {mark:—|-} {reason}",
	 .sample = "tunnel to-lns: dropped malformed/unverified msg — received message missing Message Digest AVP",
	 .reading = "name=to-lns mark=— reason=received message missing Message Digest AVP",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.open",
	 .pattern = "tunnel {name:*}: local {action:open|close}{? ({text})}",
	 .sample = "tunnel to-lns: local open (initiate SCCRQ)",
	 .reading = "name=to-lns action=open text=initiate SCCRQ",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.waiting",
	 .pattern = "tunnel {name:*}: waiting for peer SCCRQ",
	 .sample = "tunnel to-lac: waiting for peer SCCRQ",
	 .reading = "name=to-lac",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.torn-down",
	 .pattern = "tunnel {name:*}: {?session }torn down {mark:—|-} {reason}",
	 .sample = "tunnel to-lac: torn down — peer StopCCN, result=6",
	 .reading = "name=to-lac mark=— reason=peer StopCCN, result=6",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.session",
	 .pattern = "tunnel {name:*}: session {session} dataplane {text}",
	 .sample = "tunnel to-lac: session 4296 dataplane deleted",
	 .reading = "name=to-lac session=4296 text=deleted",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.tunnel",
	 .pattern = "tunnel {name:*}: dataplane {text}",
	 .sample = "tunnel to-lns: dataplane add_tunnel failed: add_tunnel failed (rc=1): RTNETLINK answers: No such file or directory",
	 .reading = "name=to-lns text=add_tunnel failed: add_tunnel failed (rc=1): RTNETLINK answers: No such file or directory",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.add-tunnel",
	 .pattern = "dataplane add_tunnel: {text} remote {address} local {address2} tunnel_id {tunnel} peer_tunnel_id {peer-tunnel}{? {value}}",
	 .sample = "dataplane add_tunnel: /usr/sbin/ip l2tp add tunnel remote 10.66.1.1 local 10.66.1.2 tunnel_id 100 peer_tunnel_id 200 encap udp udp_sport 1701 udp_dport 1701",
	 .reading = "text=/usr/sbin/ip l2tp add tunnel address=10.66.1.1 address2=10.66.1.2 tunnel=100 peer-tunnel=200 value=encap udp udp_sport 1701 udp_dport 1701",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.add-session",
	 .pattern = "dataplane add_session: {text} tunnel_id {tunnel} session_id {session} peer_session_id {peer-session}{? {value}}",
	 .sample = "dataplane add_session: /usr/sbin/ip l2tp add session name l2tpeth-100-4196 tunnel_id 100 session_id 4196 peer_session_id 4296 l2spec_type default",
	 .reading = "text=/usr/sbin/ip l2tp add session name l2tpeth-100-4196 tunnel=100 session=4196 peer-session=4296 value=l2spec_type default",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "l2tpv3d.daemon",
	 .pattern = "daemon: {text}",
	 .sample = "daemon: started with 1 tunnel(s)",
	 .reading = "text=started with 1 tunnel(s)",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "l2tpv3d.starting",
	 .pattern = "xcesp-l2tpv3d {value:*} starting; config={name:*}",
	 .sample = "xcesp-l2tpv3d 0.5.1 starting; config=/etc/lac/v3.conf",
	 .reading = "value=0.5.1 name=/etc/lac/v3.conf",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "l2tpv3d.signal",
	 .pattern = "signal received; shutting down",
	 .sample = "signal received; shutting down",
	 .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

enum { TUNNELS = 64 };

/* A tunnel by the name that the daemon's configuration gives it. */
struct named_tunnel {
	struct str name;
	struct known_tunnel *tunnel;
	struct address own;
	bool is_initiator, is_closed;
	unsigned sent; /* messages since it was established, or since its last session */
};

struct l2tpv3d {
	struct named_tunnel tunnels[TUNNELS];
	size_t n;
	struct named_tunnel *last;
	bool is_stopped; /* `signal received; shutting down` */
};

static struct named_tunnel *tunnel_named(struct speech *s, struct l2tpv3d *x,
					 const struct spoken *line)
{
	struct str name = spoken_text(line, FIELD_NAME);
	struct named_tunnel *n;

	for (size_t i = 0; i < x->n; i++)
		if (str_equal(x->tunnels[i].name, name) && !x->tunnels[i].is_closed)
			return x->last = &x->tunnels[i];
	n = &x->tunnels[x->n < TUNNELS ? x->n++ : TUNNELS - 1];
	*n = (struct named_tunnel){.name = speech_keep(s, name),
				   .tunnel = device_tunnel_new(s, speech_device(s, line))};
	return x->last = n;
}

static uint32_t number_behind(struct str text, struct str word)
{
	size_t at = str_find(text, word), n = 0;
	struct str digits;
	uint32_t number;

	if (at == SIZE_MAX)
		return 0;
	digits = str_from(text, at + word.len);
	while (n < digits.len && char_is_digit(digits.at[n]))
		n++;
	digits = str_range(digits.at, digits.at + n);
	return str_u32(digits, &number) ? number : 0;
}

static struct address address_behind(struct str text, struct str word)
{
	size_t at = str_find(text, word);
	struct address address = {0};
	struct str rest;

	if (at == SIZE_MAX)
		return address;
	rest = str_from(text, at + word.len);
	at = str_find(rest, STR(" "));
	address_parse(str_range(rest.at, rest.at + (at == SIZE_MAX ? rest.len : at)), &address);
	return address;
}

/* The id of its own and the addresses are printed only when the kernel gets the tunnel, after the
 * messages that carry them. */
static void look_ahead(struct str content, struct named_tunnel *n)
{
	struct str rest = content;
	size_t at;

	while ((at = str_find(rest, STR("add_tunnel: "))) != SIZE_MAX) {
		struct str line = str_from(rest, at);
		size_t end = str_find(line, STR("\n"));

		line = str_range(line.at, line.at + (end == SIZE_MAX ? line.len : end));
		rest = str_from(rest, at + 1);
		if (number_behind(line, STR(" peer_tunnel_id ")) != n->tunnel->remote)
			continue;
		tunnel_set_local(n->tunnel, number_behind(line, STR(" tunnel_id ")));
		n->tunnel->address = address_behind(line, STR(" remote "));
		n->own = address_behind(line, STR(" local "));
		return;
	}
}

static struct event *message(struct speech *s, const struct spoken *line, enum sense sense,
			     uint16_t type, const struct named_tunnel *n)
{
	struct event *e = speech_message(s, line, sense, type);

	e->l2tp.version = 3;
	event_bind(e, n->tunnel, NULL);
	(sense == SENT ? &e->from : &e->to)->address = n->own;
	return e;
}

static void take_open(struct speech *s, struct l2tpv3d *x, const struct spoken *line)
{
	struct named_tunnel *n = tunnel_named(s, x, line);
	struct event *e;

	if (str_is(spoken_text(line, FIELD_ACTION), "open")) {
		n->is_initiator = true;
		message(s, line, SENT, SCCRQ, n);
		return;
	}
	if (n->is_closed || !n->tunnel->remote) {
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	n->is_closed = n->tunnel->is_closed = true;
	e = message(s, line, SENT, STOPCCN, n);
	/* it says so to its peers when it is told to stop (RFC 2661 4.4.2: being shut down) */
	if (x->is_stopped)
		speech_avp_result(s, e, 6, -1, STR(""));
}

static void take_learned(struct speech *s, struct l2tpv3d *x, const struct spoken *line)
{
	struct named_tunnel *n = tunnel_named(s, x, line);

	tunnel_set_remote(n->tunnel, spoken_number(line, FIELD_PEER_TUNNEL));
	look_ahead(s->content, n);
	message(s, line, RECEIVED, n->is_initiator ? SCCRP : SCCRQ, n);
}

static void take_sent(struct speech *s, struct l2tpv3d *x, const struct spoken *line)
{
	struct named_tunnel *n = tunnel_named(s, x, line);
	uint32_t ns = spoken_number(line, FIELD_NS);

	n->sent++;
	if (!n->is_initiator && ns == 0)
		message(s, line, SENT, SCCRP, n);
	else if (n->is_initiator && ns == 1)
		message(s, line, SENT, SCCCN, n);
	else
		speech_say(s, line, SAID_OTHER);
}

static void take_established(struct speech *s, struct l2tpv3d *x, const struct spoken *line)
{
	struct named_tunnel *n = tunnel_named(s, x, line);
	struct event *e;

	n->sent = 0;
	if (!n->is_initiator)
		message(s, line, RECEIVED, SCCCN, n);
	e = speech_say(s, line, SAID_TUNNEL_STATE);
	speech_value(s, e, FIELD_STATE, STR("established"));
	event_bind(e, n->tunnel, NULL);
}

static struct named_tunnel *tunnel_of(struct l2tpv3d *x, uint32_t local)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->tunnels[i].tunnel->local == local && !x->tunnels[i].is_closed)
			return &x->tunnels[i];
	return NULL;
}

/* The kernel gets a session once it is established. Who asked for it is not printed, but shows:
 * ICRQ and ICCN are two messages, ICRP is one. */
static void take_add_session(struct speech *s, struct l2tpv3d *x, const struct spoken *line)
{
	struct named_tunnel *n = tunnel_of(x, spoken_number(line, FIELD_TUNNEL));
	struct known_call *c;
	struct event *e;

	if (!n) {
		speech_say(s, line, SAID_OTHER);
		return;
	}
	c = device_call_new(s, speech_device(s, line), n->tunnel);
	call_set_local(c, spoken_number(line, FIELD_SESSION));
	call_set_remote(c, spoken_number(line, FIELD_PEER_SESSION));
	e = speech_say(s, line, SAID_SESSION_NEW);
	speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
	if (n->sent == 1 || n->sent == 2)
		speech_value(s, e, FIELD_SERVICE, n->sent == 2 ? STR("LAC") : STR("LNS"));
	event_bind(e, n->tunnel, c);
	e->l2tp.version = 3;
	n->sent = 0;
	e = speech_say(s, line, SAID_SESSION_STATE);
	speech_value(s, e, FIELD_STATE, STR("established"));
	event_bind(e, n->tunnel, c);
	e->l2tp.version = 3;
}

static void take_torn_down(struct speech *s, struct l2tpv3d *x, const struct spoken *line)
{
	struct named_tunnel *n = tunnel_named(s, x, line);
	struct str reason = spoken_text(line, FIELD_REASON);
	uint32_t result = number_behind(reason, STR("result="));
	struct event *e;

	if (!str_starts(reason, "peer StopCCN") || n->is_closed) {
		speech_say(s, line, SAID_OTHER);
		return;
	}
	n->is_closed = n->tunnel->is_closed = true;
	e = message(s, line, RECEIVED, STOPCCN, n);
	if (result)
		speech_avp_result(s, e, result, -1, STR(""));
}

static void take_signal(struct speech *s, struct l2tpv3d *x, const struct spoken *line)
{
	x->is_stopped = true;
	speech_say(s, line, SAID_NOTHING);
}

static const struct {
	const char *row;
	void (*take)(struct speech *s, struct l2tpv3d *x, const struct spoken *line);
} deeds[] = {
	{"l2tpv3d.open", take_open},
	{"l2tpv3d.learned", take_learned},
	{"l2tpv3d.sent", take_sent},
	{"l2tpv3d.established", take_established},
	{"l2tpv3d.add-session", take_add_session},
	{"l2tpv3d.torn-down", take_torn_down},
	{"l2tpv3d.signal", take_signal},
};

static void take(struct speech *s, void *state, const struct spoken *line)
{
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		if (spoken_is(line, deeds[i].row)) {
			deeds[i].take(s, state, line);
			return;
		}
	}
	speech_say(s, line, line->record.row->topic);
}

static const char *const programs[] = {"xcesp-l2tpv3d.main", "xcesp-l2tpv3d.dataplane", NULL};

const struct daemon_dialect daemon_l2tpv3d = {
	.name = "l2tpv3d",
	.programs = programs,
	.tables = &table,
	.state_size = sizeof(struct l2tpv3d),
	.take = take,
};
