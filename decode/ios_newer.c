/* IOS 12.2T to 15.x and IOS-XE: the state machines of `debug l2tp`/`debug vpdn`, messages with
 * their attributes behind them, xconnect, SSS and VPDN call lines. No real line newer than 12.1
 * was at hand for most of them: the rows say so. */
#include "ios_rows.h"

#define ROW(name_, pattern_, sample_, reading_, topic_, flags_)                                    \
	{                                                                                          \
		.name = "ios." name_, .pattern = (pattern_), .sample = (sample_),                  \
		.reading = (reading_), .kind = RECORD_SAID, .topic = (topic_),                     \
		.flags = ROW_RECALLED | (flags_)                                                   \
	}
#define AVP(name_, number_, pattern_, sample_, reading_)                                           \
	{                                                                                          \
		.name = "ios.newer.avp." name_, .pattern = L2TP pattern_, .sample = (sample_),     \
		.reading = (reading_), .kind = RECORD_AVP_VALUE, .avp = (number_),                 \
		.flags = ROW_RECALLED | ROW_AFTER                                                  \
	}

/* clang-format off */
static const struct grammar_row rows[] = {
	/* state machines: whose they are tells the tag */
	ROW("fsm.tunnel-step", L2TP "FSM-CC {before:Idle|Wt-SCCRP|Proc-SCCRP|Proc-SCCRQ|Wt-SCCCN|Proc-SCCCN|established|Shutting-down|Wt-StopCCN-ack|dead|*}->{after:Idle|Wt-SCCRP|Proc-SCCRP|Proc-SCCRQ|Wt-SCCCN|Proc-SCCCN|established|Shutting-down|Wt-StopCCN-ack|dead|*}",
	    "L2TP tnl   08062:0000B9C4: FSM-CC    Idle->Wt-SCCRP",
	    "facility=L2TP request=08062 tunnel=0000B9C4 before=Idle after=Wt-SCCRP", SAID_TUNNEL_STATE, 0),
	ROW("fsm.session-step", L2TP "FSM-Sn {before:Init|Idle|Wt-for-CC|Proc-ICRQ|Wt-Tx-ICRP|Wt-Rx-ICRP|Proc-ICRP|Wt-Tx-ICCN|Wt-Rx-ICCN|Proc-ICCN|established|dead|*}->{after:Init|Idle|Wt-for-CC|Proc-ICRQ|Wt-Tx-ICRP|Wt-Rx-ICRP|Proc-ICRP|Wt-Tx-ICCN|Wt-Rx-ICCN|Proc-ICCN|established|dead|*}",
	    "L2TP 00003:08062:0000B1C2: FSM-Sn    Wt-Rx-ICRP->Proc-ICRP",
	    "facility=L2TP request=00003 request=08062 session=0000B1C2 before=Wt-Rx-ICRP after=Proc-ICRP", SAID_SESSION_STATE, 0),
	ROW("fsm.event", L2TP "{attribute:FSM-CC|FSM-Sn} {action:ev|do|in} {value:*}",
	    "L2TP tnl   08062:0000B9C4: FSM-CC ev Rx-SCCRQ",
	    "facility=L2TP request=08062 tunnel=0000B9C4 attribute=FSM-CC action=ev value=Rx-SCCRQ", SAID_NOTHING, 0),
	/* a message, its attributes below */
	{.name = "ios.newer.packet",
	 .pattern = L2TP "{direction:I|O} {message}, flg {flags:TLS|*}, ver {version}, len {length}",
	 .sample = "L2TP _____:________: I SCCRQ, flg TLS, ver 2, len 133",
	 .reading = "facility=L2TP request=_____ request=________ direction=I message=SCCRQ flags=TLS version=2 length=133",
	 .kind = RECORD_PACKET, .topic = SAID_NOTHING, .flags = ROW_RECALLED | ROW_HEX_FOLLOWS},
	ROW("newer.packet-again", L2TP "{message}, flg {flags:TLS|*}, ver {version}, len {length}, tnl {head-tunnel}, {?{?cl}{?sn}{?lsid} {head-session}, }ns {ns}, nr {nr}",
	    "L2TP _____:________: SCCRQ, flg TLS, ver 2, len 133, tnl 0, ns 0, nr 0",
	    "facility=L2TP request=_____ request=________ message=SCCRQ flags=TLS version=2 length=133 head-tunnel=0 ns=0 nr=0", SAID_NOTHING, 0),
	ROW("newer.vendor", L2TP "{vendor:IETF|Cisco} v{version}:", "L2TP _____:________: IETF v2:", "facility=L2TP request=_____ request=________ vendor=IETF version=2", SAID_NOTHING, 0),
	ROW("newer.protocol", L2TP "Protocol Version {version}, Revision {code}",
	    "L2TP _____:________: Protocol Version    1, Revision 0", "facility=L2TP request=_____ request=________ version=1 code=0", SAID_NOTHING, 0),
	ROW("newer.capability", L2TP "{attribute:Framing Cap|Bearer Cap|Framing Type|Bearer Type} {value} ({value-hex})",
	    "L2TP _____:________: Framing Cap   Async, Sync (0x3)", "facility=L2TP request=_____ request=________ attribute=Framing Cap value=Async, Sync value-hex=0x3", SAID_NOTHING, 0),
	AVP("host", 7, "Hostname \"{name}\"", "L2TP _____:________: Hostname      \"lac1\"", "facility=L2TP request=_____ request=________ name=lac1"),
	AVP("tunnel", 9, "Assigned Tunnel ID {request} ({value-decimal})",
	    "L2TP _____:________: Assigned Tunnel ID  0x0000B9C4 (47556)", "facility=L2TP request=_____ request=________ request=0x0000B9C4 value-decimal=47556"),
	AVP("session", 14, "Assigned {?Session}{?Call} ID {request} ({value-decimal})",
	    "L2TP _____:________: Assigned Call ID  0x0000B1C2 (45506)", "facility=L2TP request=_____ request=________ request=0x0000B1C2 value-decimal=45506"),
	AVP("window", 10, "Recv Window Size {value-decimal}", "L2TP _____:________: Recv Window Size  1024", "facility=L2TP request=_____ request=________ value-decimal=1024"),
	AVP("serial", 15, "Serial Number {request} ({value-decimal})", "L2TP _____:________: Serial Number  0x00000001 (1)", "facility=L2TP request=_____ request=________ request=0x00000001 value-decimal=1"),
	ROW("newer.vendor-name", L2TP "Vendor Name \"{value}\"", "L2TP _____:________: Vendor Name   \"Cisco Systems, Inc.\"", "facility=L2TP request=_____ request=________ value=Cisco Systems, Inc.", SAID_NOTHING, 0),
	ROW("newer.result", L2TP "{attribute:Result Code|Error Code} {value} ({code})",
	    "L2TP tnl   08062:0000B9C4: Result Code   General error (2)", "facility=L2TP request=08062 tunnel=0000B9C4 attribute=Result Code value=General error code=2", SAID_RESULT, 0),
	ROW("newer.optional", L2TP "Optional Message \"{text}\"",
	    "L2TP tnl   08062:0000B9C4: Optional Message \"Admin reset\"", "facility=L2TP request=08062 tunnel=0000B9C4 text=Admin reset", SAID_RESULT, 0),
	ROW("newer.socket", L2TP "{?Open sock }{address}{?:{port}}{?->}{?<->}{?-}{address2}{?:{port}}",
	    "L2TP tnl   08062:0000B9C4: Open sock 192.0.2.1:1701->198.51.100.2:1701",
	    "facility=L2TP request=08062 tunnel=0000B9C4 address=192.0.2.1 port=1701 address2=198.51.100.2 port=1701", SAID_NOTHING, 0),
	ROW("newer.silent", L2TP "{?ERROR: }{result:Tunnel timed out|Exceeded max retransmits|Max retransmits reached|Exceeded maximum retransmits}",
	    "L2TP tnl   08062:0000B9C4: Exceeded max retransmits", "facility=L2TP request=08062 tunnel=0000B9C4 result=Exceeded max retransmits", SAID_RETRANSMIT, 0),
	ROW("newer.no-group", L2TP "{?ERROR: }{result:Could not find vpdn group for tunnel|Could not find vpdn group|No vpdn-group} {service:from|for} {name}",
	    "L2TP: Could not find vpdn group for tunnel from lac1", "facility=L2TP result=Could not find vpdn group for tunnel service=from name=lac1", SAID_TUNNEL_AUTH, 0),
	ROW("newer.never-heard", L2TP "{result:Never heard of} {name}",
	    "L2TP: Never heard of lac1", "facility=L2TP result=Never heard of name=lac1", SAID_TUNNEL_AUTH, 0),
	ROW("newer.missing-challenge", L2TP "{result:Expected but missing challenge response|No response to challenge}{? in {message}}{? from {name}}",
	    "Tnl 55270 L2TP: No response to challenge in SCCCN", "tunnel=55270 facility=L2TP result=No response to challenge message=SCCCN", SAID_TUNNEL_AUTH, 0),
	ROW("newer.unknown-avp", L2TP "{reason:Ignoring unknown|Unknown vendor} AVP {avp}{? not understood}",
	    "Tnl 55270 L2TP: Ignoring unknown AVP 46", "tunnel=55270 facility=L2TP reason=Ignoring unknown avp=46", SAID_NOTHING, 0),
	ROW("newer.mandatory-avp", L2TP "{reason:Mandatory AVP} {avp} not understood",
	    "Tnl/Cl 700/1 L2TP: Mandatory AVP 104 not understood", "tunnel=700 session=1 facility=L2TP reason=Mandatory AVP avp=104", SAID_PPP_DISCONNECT, 0),
	{.name = "ios.newer.other",
	 .pattern = L2TP "{text}",
	 .sample = "L2TP tnl   08062:0000B9C4: Perform early message digest validation for SCCRP",
	 .reading = "facility=L2TP request=08062 tunnel=0000B9C4 text=Perform early message digest validation for SCCRP",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC | ROW_RECALLED},
	/* VPDN and the subscriber service switch */
	ROW("newer.vpdn-call", "VPDN {service:CALL|MGR|SSS} [uid:{code}]: {text}", "VPDN CALL [uid:10]: Event connect req, state changed from idle to connecting",
	    "service=CALL code=10 text=Event connect req, state changed from idle to connecting", SAID_OTHER, 0),
	ROW("newer.vpdn-user", "VPDN uid:{code} {?VPDN: }{text}", "VPDN uid:10 VPDN: Got tunnel info for isp.example",
	    "code=10 text=Got tunnel info for isp.example", SAID_OTHER, 0),
	ROW("newer.vpdn-disconnect", "VPDN {interface} disconnect ({service}) IETF: {code}/{attribute} Ascend: {count}/{reason}",
	    "VPDN Vi3 disconnect (AAA) IETF: 5/session-timeout Ascend: 100/Session Timeout",
	    "interface=Vi3 service=AAA code=5 attribute=session-timeout count=100 reason=Session Timeout", SAID_PPP_DISCONNECT, 0),
	ROW("newer.disconnect", L2TP "disconnect ({service}) IETF: {code}/{attribute} Ascend: {count}/{reason}",
	    "Vi4 Tnl/Sn 8663/44 L2TP: disconnect (AAA)  IETF: 17/user-error  Ascend: 26/PPP CHAP Fail",
	    "interface=Vi4 tunnel=8663 session=44 facility=L2TP service=AAA code=17 attribute=user-error count=26 reason=PPP CHAP Fail", SAID_PPP_DISCONNECT, 0),
	ROW("newer.sss", "SSS {service:MGR|PM|LM|AAA|INFO|FSM|IDMGR|KEY|SM}{? [{value:*}]}: {text}", "SSS MGR [uid:10]: Handling Policy Authorize (1 pending sessions)",
	    "service=MGR value=uid:10 text=Handling Policy Authorize (1 pending sessions)", SAID_OTHER, 0),
	ROW("newer.xconnect", "XC {service:AUTH|L2TP|RIB|SSM}{? [{value}]}: {text}", "XC AUTH [Et0/0, 5]: Event: start xconnect authorization, state changed from IDLE to AUTHORIZING",
	    "service=AUTH value=Et0/0, 5 text=Event: start xconnect authorization, state changed from IDLE to AUTHORIZING", SAID_OTHER, 0),
	ROW("newer.l2tun", "L2TUN APP: {text}", "L2TUN APP: uid:14 handle/1 Received session destroyed message",
	    "text=uid:14 handle/1 Received session destroyed message", SAID_OTHER, 0),
	ROW("newer.pseudowire", "{?ATM/Eth}{?MPLS} pseudowire{? [{address}, {code}]}: {text}", "ATM/Eth pseudowire [192.0.2.9, 5]: status up",
	    "address=192.0.2.9 code=5 text=status up", SAID_OTHER, 0),
	ROW("newer.vpdn", IF "VPDN: {text}", "Vi3 VPDN: Unexpected event in state", "interface=Vi3 text=Unexpected event in state", SAID_OTHER, ROW_GENERIC),
	/* syslog */
	ROW("syslog.vpdn", "%VPDN-{code}-{mnemonic}: {service:L2TP|L2F|PPTP} {domain:LAC|LNS|NAS|HGW} {name} {text}",
	    "%VPDN-6-AUTHENFAIL: L2TP LNS lns1 authentication failure for tunnel lac1", "code=6 mnemonic=AUTHENFAIL service=L2TP domain=LNS name=lns1 text=authentication failure for tunnel lac1", SAID_OTHER, ROW_GENERIC),
	/* L2F and PPTP: what IOS says of them is explained, calls are made of the PPP in them */
	{.name = "ios.l2f.auth", .pattern = "L2F: Chap authentication {result:succeeded|failed} for {name}{?.}",
	 .sample = "L2F: Chap authentication succeeded for nas1.", .reading = "result=succeeded name=nas1.",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_RECALLED,
	 .means = "L2F: whether the other end of the tunnel proved that it knows the secret"},
	{.name = "ios.l2f.received", .pattern = "L2F_{message:CONF|OPEN|CLOSE|ECHO|ECHO_RESP} received",
	 .sample = "L2F_CONF received", .reading = "message=CONF",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_RECALLED,
	 .means = "L2F: CONF and OPEN set the tunnel up, an OPEN with a MID a call in it, CLOSE ends either"},
	{.name = "ios.pptp.said", .pattern = "{?{interface} }Tnl{?/Cl} {tunnel}{?/{session}} PPTP: {text}",
	 .sample = "Tnl 3 PPTP: SCCRQ-ok -> state change wt-sccrq to estabd",
	 .reading = "tunnel=3 text=SCCRQ-ok -> state change wt-sccrq to estabd",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_RECALLED,
	 .means = "PPTP: the control connection of a client, or a session in it"},
	ROW("pppoe.other", "[{code}]PPPoE {session}: {text}", "[16]PPPoE 16: Connected PTA", "code=16 session=16 text=Connected PTA", SAID_OTHER, ROW_GENERIC),
};
/* clang-format on */

const struct grammar_table ios_newer_table = {rows, sizeof(rows) / sizeof(rows[0])};
