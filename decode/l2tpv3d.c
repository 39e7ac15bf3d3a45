/* xcesp-l2tpv3d, an L2TPv3 daemon in Python: it names its tunnels, and ids only in few lines. */
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

static void take(struct speech *s, void *state, const struct spoken *line)
{
	(void)state;
	speech_say(s, line, line->record.row->topic);
}

static const char *const programs[] = {"xcesp-l2tpv3d.main", "xcesp-l2tpv3d.dataplane", NULL};

const struct daemon_dialect daemon_l2tpv3d = {
	.name = "l2tpv3d",
	.programs = programs,
	.tables = &table,
	.take = take,
};
