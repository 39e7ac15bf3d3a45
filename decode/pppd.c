/* pppd 2.4 (Linux): `debug` packets and what it says of its link. Tied to the call of the daemon
 * that started it by its pid, by following it, or by `PPPoL2TP options`. */
#include "ppp_words.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "pppd.packet",
	 .pattern = "{direction:sent|rcvd} [{text}]",
	 .sample = "sent [LCP ConfReq id=0x1 <mru 1400> <asyncmap 0x0> <magic 0x10a98b0d> <pcomp> <accomp>]",
	 .reading = "direction=sent text=LCP ConfReq id=0x1 <mru 1400> <asyncmap 0x0> <magic 0x10a98b0d> <pcomp> <accomp>",
	 .kind = RECORD_PPP_PACKET},
	{.name = "pppd.packet-unknown",
	 .pattern = "{direction:sent|rcvd} [proto={code:*}] {text}",
	 .sample = "rcvd [proto=0x8281] 01 01 00 04",
	 .reading = "direction=rcvd code=0x8281 text=01 01 00 04",
	 .kind = RECORD_PPP_PACKET},
	{.name = "pppd.started",
	 .pattern = "pppd {value:*} started by {user}, uid {code}",
	 .sample = "pppd 2.4.9 started by root, uid 0",
	 .reading = "value=2.4.9 user=root code=0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.plugin",
	 .pattern = "Plugin {value} loaded.",
	 .sample = "Plugin passprompt.so loaded.",
	 .reading = "value=passprompt.so",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "pppd.radius",
	 .pattern = "{name:RADIUS|RADATTR} plugin initialized.",
	 .sample = "RADIUS plugin initialized.", .reading = "name=RADIUS",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "pppd.options",
	 .pattern = "pppd options in effect:",
	 .sample = "pppd options in effect:", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.option",
	 .pattern = "{text} # (from {reason})",
	 .sample = "idle 72000   # (from /etc/ppp/my-vpn-server.options.xl2tpd)",
	 .reading = "text=idle 72000 reason=/etc/ppp/my-vpn-server.options.xl2tpd",
	 .kind = RECORD_SAID, .topic = SAID_CONFIG, .flags = ROW_CONTEXT},
	{.name = "pppd.channel",
	 .pattern = "using channel {channel}",
	 .sample = "using channel 16", .reading = "channel=16",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "pppd.interface",
	 .pattern = "Using interface {interface:*}",
	 .sample = "Using interface ppp0", .reading = "interface=ppp0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "pppd.connect",
	 .pattern = "Connect: {interface:*} <-->{? {name:*}}",
	 .sample = "Connect: ppp0 <--> /dev/pts/18", .reading = "interface=ppp0 name=/dev/pts/18",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE},
	{.name = "pppd.serial",
	 .pattern = "Serial connection established.",
	 .sample = "Serial connection established.", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.pppol2tp",
	 .pattern = "PPPoL2TP options: {?{service:lnsmode} }{?tid {tunnel} sid {session} }{text}",
	 .sample = "PPPoL2TP options: lnsmode tid 41001 sid 9120 debugmask 0",
	 .reading = "service=lnsmode tunnel=41001 session=9120 text=debugmask 0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.timeout",
	 .pattern = "{protocol:LCP|IPCP|IPV6CP|CCP|ECP}: timeout sending Config-Requests",
	 .sample = "LCP: timeout sending Config-Requests", .reading = "protocol=LCP",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT,
	 .means = "no agreement came, however often pppd asked"},
	{.name = "pppd.authenticated",
	 .pattern = "{protocol:CHAP|PAP|EAP} authentication {result:succeeded|failed}{?: {text}}",
	 .sample = "CHAP authentication succeeded: Access granted",
	 .reading = "protocol=CHAP result=succeeded text=Access granted",
	 .kind = RECORD_SAID, .topic = SAID_AAA},
	{.name = "pppd.mschap-failed",
	 .pattern = "MS-CHAP authentication failed: {reason}",
	 .sample = "MS-CHAP authentication failed: E=691 Authentication failure",
	 .reading = "reason=E=691 Authentication failure",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .means = "the peer's reason; `CHAP authentication failed` follows"},
	{.name = "pppd.not-proved",
	 .pattern = "MS-CHAPv2 {reason:mutual authentication failed|Success packet is badly formed}.",
	 .sample = "MS-CHAPv2 mutual authentication failed.", .reading = "reason=mutual authentication failed",
	 .kind = RECORD_SAID, .topic = SAID_AAA, .flags = ROW_RECALLED,
	 .means = "the peer accepted the response, but did not prove that it knows the password, too"},
	{.name = "pppd.eap-failed",
	 .pattern = "{protocol:EAP}: peer reports authentication failure",
	 .sample = "EAP: peer reports authentication failure", .reading = "protocol=EAP",
	 .kind = RECORD_SAID, .topic = SAID_AAA, .flags = ROW_RECALLED},
	{.name = "pppd.no-secret",
	 .pattern = "No {protocol:CHAP|PAP} secret found for {?authenticating }{?PAP login}{user}{? to {name}}",
	 .sample = "No CHAP secret found for authenticating bob", .reading = "protocol=CHAP user=bob",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED,
	 .means = "its secrets file has no line for that name; authentication fails for that"},
	{.name = "pppd.peer-failed",
	 .pattern = "Peer {user} failed {protocol:CHAP|PAP|EAP} authentication",
	 .sample = "Peer alice failed CHAP authentication", .reading = "user=alice protocol=CHAP",
	 .kind = RECORD_SAID, .topic = SAID_AAA},
	{.name = "pppd.judged",
	 .pattern = "{protocol:CHAP|PAP|EAP} peer authentication {result:succeeded|failed} for {?remote host }{user}",
	 .sample = "PAP peer authentication failed for alice", .reading = "protocol=PAP result=failed user=alice",
	 .kind = RECORD_SAID, .topic = SAID_AAA},
	{.name = "pppd.radius-silent",
	 .pattern = "rc_send_server: {reason}",
	 .sample = "rc_send_server: no reply from RADIUS server 192.0.2.5:1812",
	 .reading = "reason=no reply from RADIUS server 192.0.2.5:1812",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED,
	 .means = "the RADIUS plugin waited in vain: nobody judged the password"},
	{.name = "pppd.no-auth",
	 .pattern = "No auth is possible",
	 .sample = "No auth is possible", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_CONTEXT,
	 .means = "the peer asks for an authentication that pppd has no secret for, or was told to refuse"},
	{.name = "pppd.refused",
	 .pattern = "peer refused to authenticate: terminating {?connection}{?link}",
	 .sample = "peer refused to authenticate: terminating link", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT},
	/* pptpd, which starts it for a client */
	{.name = "pppd.pptpd-client",
	 .pattern = "CTRL: Client {address} control connection {status:started|finished}",
	 .sample = "CTRL: Client 203.0.113.30 control connection started",
	 .reading = "address=203.0.113.30 status=started",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.pptpd-start",
	 .pattern = "CTRL: Starting call (launching pppd, opening GRE)",
	 .sample = "CTRL: Starting call (launching pppd, opening GRE)", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .means = "the pppd that begins next serves the client"},
	{.name = "pppd.pptpd-reaping",
	 .pattern = "CTRL: Reaping child PPP[{request}]",
	 .sample = "CTRL: Reaping child PPP[8448]", .reading = "request=8448",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .means = "that pppd has ended"},
	{.name = "pppd.calling-number",
	 .pattern = "peer from calling number {number:*} authorized",
	 .sample = "peer from calling number 203.0.113.8 authorized", .reading = "number=203.0.113.8",
	 .kind = RECORD_SAID, .topic = SAID_CP_STATE,
	 .means = "LCP is open and the peer was let in; the number may be the address of the client"},
	{.name = "pppd.hangup",
	 .pattern = "Modem hangup",
	 .sample = "Modem hangup", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_LINK, .flags = ROW_CONTEXT,
	 .means = "the daemon below pppd closed its line"},
	{.name = "pppd.terminated-by-peer",
	 .pattern = "{protocol:LCP} terminated by peer{? ({reason})}",
	 .sample = "LCP terminated by peer (User request)",
	 .reading = "protocol=LCP reason=User request",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE},
	{.name = "pppd.terminated",
	 .pattern = "Connection terminated.",
	 .sample = "Connection terminated.", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE, .flags = ROW_CONTEXT},
	{.name = "pppd.link-terminated",
	 .pattern = "Link terminated.",
	 .sample = "Link terminated.", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "pppd.connect-time",
	 .pattern = "Connect time {value:*} minutes.",
	 .sample = "Connect time 0.8 minutes.", .reading = "value=0.8",
	 .kind = RECORD_SAID, .topic = SAID_USAGE,
	 .means = "said only of a link on which IPCP had been open"},
	{.name = "pppd.octets",
	 .pattern = "Sent {count} bytes, received {value-decimal} bytes.",
	 .sample = "Sent 39605 bytes, received 0 bytes.", .reading = "count=39605 value-decimal=0",
	 .kind = RECORD_SAID, .topic = SAID_USAGE},
	{.name = "pppd.signal",
	 .pattern = "Terminating on signal {code}{?.}",
	 .sample = "Terminating on signal 15", .reading = "code=15",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE},
	{.name = "pppd.sighup",
	 .pattern = "Hangup ({value:*})",
	 .sample = "Hangup (SUGHUP)", .reading = "value=SUGHUP",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "pppd.exit",
	 .pattern = "Exit.",
	 .sample = "Exit.", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "pppd.address",
	 .pattern = "{by:local|remote} IP address {address}",
	 .sample = "local  IP address 192.168.42.10", .reading = "by=local address=192.168.42.10",
	 .kind = RECORD_SAID, .topic = SAID_ADDRESS},
	{.name = "pppd.address6",
	 .pattern = "{by:local|remote} LL address {value:*}",
	 .sample = "local  LL address fe80::9492:b137:5c25:00f5",
	 .reading = "by=local value=fe80::9492:b137:5c25:00f5",
	 .kind = RECORD_SAID, .topic = SAID_CP_STATE},
	{.name = "pppd.dns",
	 .pattern = "{attribute:primary|secondary} DNS address {address}",
	 .sample = "primary   DNS address 10.20.0.53", .reading = "attribute=primary address=10.20.0.53",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .flags = 0},
	{.name = "pppd.script-started",
	 .pattern = "Script {text} started (pid {request})",
	 .sample = "Script /etc/ppp/ip-up started (pid 13961)",
	 .reading = "text=/etc/ppp/ip-up request=13961",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.script-finished",
	 .pattern = "Script {text} finished (pid {request}), status = {value-hex}",
	 .sample = "Script /etc/ppp/ip-up finished (pid 13961), status = 0x0",
	 .reading = "text=/etc/ppp/ip-up request=13961 value-hex=0x0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.protocol-reject",
	 .pattern = "Protocol-Reject for {?unsupported protocol }{?'{name}' (}{value-hex}{?) received}",
	 .sample = "Protocol-Reject for 'Compression Control Protocol' (0x80fd) received",
	 .reading = "name=Compression Control Protocol value-hex=0x80fd",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .means = "the peer does not know this protocol; harmless while IPCP opens"},
	{.name = "pppd.unsupported",
	 .pattern = "Unsupported protocol {?'{name}' }{?(}{value-hex}{?)} received",
	 .sample = "Unsupported protocol 'MPLSCP' (0x8281) received",
	 .reading = "name=MPLSCP value-hex=0x8281",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .means = "pppd does not know this protocol and rejects it; harmless"},
	{.name = "pppd.bad-ack",
	 .pattern = "Received bad configure-{result:ack|nak/rej}:{? {text}}",
	 .sample = "Received bad configure-ack:", .reading = "result=ack",
	 .kind = RECORD_SAID, .topic = SAID_RESULT,
	 .means = "the acknowledgement does not repeat the request: an old answer, or a broken peer"},
	{.name = "pppd.mtu",
	 .pattern = "Overriding mtu {count} to {value-decimal}",
	 .sample = "Overriding mtu 1500 to 1480", .reading = "count=1500 value-decimal=1480",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.mru",
	 .pattern = "Overriding mru {count} to mtu value {value-decimal}",
	 .sample = "Overriding mru 1500 to mtu value 1400", .reading = "count=1500 value-decimal=1400",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.echo",
	 .pattern = "No response to {count} echo-requests",
	 .sample = "No response to 4 echo-requests", .reading = "count=4",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT,
	 .means = "the other end is gone, or the path to it", .flags = ROW_RECALLED},
	{.name = "pppd.disconnected",
	 .pattern = "Serial link appears to be disconnected.",
	 .sample = "Serial link appears to be disconnected.", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "pppd.looped",
	 .pattern = "Serial line is looped back.",
	 .sample = "Serial line is looped back.", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED},
	{.name = "pppd.could-not-determine",
	 .pattern = "Could not determine {by:local|remote} IP address{?: {text}}",
	 .sample = "Could not determine remote IP address: defaulting to 10.64.64.64",
	 .reading = "by=remote text=defaulting to 10.64.64.64",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "pppd.not-authorized",
	 .pattern = "Peer is not authorized to use remote address {address}",
	 .sample = "Peer is not authorized to use remote address 172.31.10.99",
	 .reading = "address=172.31.10.99",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT},
	{.name = "pppd.unauthorized",
	 .pattern = "{by:local|Peer} {?is }not authorized {text}",
	 .sample = "Peer not authorized to use remote system",
	 .reading = "by=Peer text=to use remote system",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "pppd.mppe",
	 .pattern = "MPPE {text} enabled",
	 .sample = "MPPE 128-bit stateless compression enabled",
	 .reading = "text=128-bit stateless compression",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "pppd.compression",
	 .pattern = "{name:Deflate|BSD-Compress|Predictor 1|MPPE} {?({value:*}) compression }{status:enabled|disabled}",
	 .sample = "Deflate (15) compression enabled", .reading = "name=Deflate value=15 status=enabled",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "pppd.child",
	 .pattern = "Child process {text} (pid {request}) terminated with signal {code}",
	 .sample = "Child process /usr/sbin/pppoe (pid 2000) terminated with signal 15",
	 .reading = "text=/usr/sbin/pppoe request=2000 code=15",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "pppd.no-device",
	 .pattern = "Couldn't {action:create new ppp unit|set tty to PPP discipline|get channel number|open the /dev/ppp device|attach to PPP unit|connect PPPoL2TP socket}{?:}{? {text}}",
	 .sample = "Couldn't set tty to PPP discipline: Invalid argument",
	 .reading = "action=set tty to PPP discipline text=Invalid argument",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED,
	 .means = "the kernel has no PPP for it: a module, a device or the session of the daemon is missing"},
	{.name = "pppd.no-kernel",
	 .pattern = "{?Sorry - this}{?This} system lacks {text}",
	 .sample = "Sorry - this system lacks PPP kernel support", .reading = "text=PPP kernel support",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED},
	{.name = "pppd.peer-must",
	 .pattern = "{?{value:*}: }The remote system {?({user}) }is required to authenticate itself{? {text}}",
	 .sample = "The remote system is required to authenticate itself",
	 .reading = "", .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED,
	 .means = "it has no secret to check the peer with; a client that need not check its server has `noauth`"},
	{.name = "pppd.no-option",
	 .pattern = "{?In file {name:*}: }unrecognized option '{value:*}'",
	 .sample = "In file /etc/ppp/options: unrecognized option 'lock2'",
	 .reading = "name=/etc/ppp/options value=lock2",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED,
	 .means = "a mistake in its options, or a plugin that is not loaded: pppd ends with status 2"},
	{.name = "pppd.mppe-required",
	 .pattern = "MPPE required{?,} {text}",
	 .sample = "MPPE required but peer negotiation failed",
	 .reading = "text=but peer negotiation failed",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT, .flags = ROW_RECALLED},
	{.name = "pppd.route",
	 .pattern = "{?not }replacing {?existing }{?old }default route{? {text}}",
	 .sample = "not replacing existing default route via 192.168.1.1",
	 .reading = "text=via 192.168.1.1",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "pppd.proxy-arp",
	 .pattern = "{?found interface {name} for}{?Cannot determine ethernet address for} proxy {?arp}{?ARP}",
	 .sample = "found interface eth0 for proxy arp", .reading = "name=eth0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "pppd.remote-message",
	 .pattern = "Remote message: {text}",
	 .sample = "Remote message: Login ok", .reading = "text=Login ok",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT | ROW_RECALLED},
	{.name = "pppd.secrets-file",
	 .pattern = "Warning - secret file {name:*} has world and/or group access",
	 .sample = "Warning - secret file /etc/ppp/pap-secrets has world and/or group access",
	 .reading = "name=/etc/ppp/pap-secrets",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.address-refused",
	 .pattern = "{reason:Peer refused to agree to our IP address|Peer refused to agree to his IP address}",
	 .sample = "Peer refused to agree to our IP address",
	 .reading = "reason=Peer refused to agree to our IP address",
	 .kind = RECORD_SAID, .topic = SAID_PPP_DISCONNECT},
	{.name = "pppd.not-lcp",
	 .pattern = "Discarded non-LCP packet when LCP not open",
	 .sample = "Discarded non-LCP packet when LCP not open", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.discarding",
	 .pattern = "discarding proto {value-hex} in phase {code}",
	 .sample = "discarding proto 0x8021 in phase 5", .reading = "value-hex=0x8021 code=5",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.cache-found",
	 .pattern = "response found in cache (entry {code})",
	 .sample = "response found in cache (entry 0)", .reading = "code=0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.cache-added",
	 .pattern = "added response cache entry {code}",
	 .sample = "added response cache entry 0", .reading = "code=0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.idle",
	 .pattern = "Terminating connection due to lack of activity.",
	 .sample = "Terminating connection due to lack of activity.", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE, .flags = ROW_RECALLED},
	{.name = "pppd.pppoe",
	 .pattern = "{direction:Send|Recv} PPPOE Discovery V1T1 {message:PADI|PADO|PADR|PADS|PADT} session {value-hex} length {length}",
	 .sample = "Send PPPOE Discovery V1T1 PADI session 0x0 length 12",
	 .reading = "direction=Send message=PADI value-hex=0x0 length=12",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.pppoe-stations",
	 .pattern = "dst {name:*} src {value:*}",
	 .sample = "dst ff:ff:ff:ff:ff:ff  src 02:00:5e:10:00:01",
	 .reading = "name=ff:ff:ff:ff:ff:ff value=02:00:5e:10:00:01",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "pppd.pppoe-version",
	 .pattern = "PPPoE plugin from pppd {value:*}",
	 .sample = "PPPoE plugin from pppd 2.5.4", .reading = "value=2.5.4",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "pppd.pppoe-session",
	 .pattern = "PPP session is {value:*}{? ({value-hex})}",
	 .sample = "PPP session is 194", .reading = "value=194",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.pppoe-connected",
	 .pattern = "Connected to {name:*} via interface {value:*}",
	 .sample = "Connected to 02:00:5e:10:00:02 via interface eth1",
	 .reading = "name=02:00:5e:10:00:02 value=eth1",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.pppoe-timeout",
	 .pattern = "{?pppoe: }Timeout waiting for {message:PADO|PADS} packets",
	 .sample = "Timeout waiting for PADO packets", .reading = "message=PADO",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .means = "no access concentrator answered: the line, its VLAN, or nobody is there"},
	{.name = "pppd.pppoe-ended",
	 .pattern = "{direction:Sent|Received} PADT",
	 .sample = "Sent PADT", .reading = "direction=Sent",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_CONTEXT},
	{.name = "pppd.not-8-bit",
	 .pattern = "Receive serial link is not {value:8-bit} clean:",
	 .sample = "Receive serial link is not 8-bit clean:", .reading = "value=8-bit",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING,
	 .means = "what comes in is text, not PPP: a login prompt, or its own octets"},
	{.name = "pppd.not-8-bit-why",
	 .pattern = "Problem: all had {text}",
	 .sample = "Problem: all had bit 7 set to 0", .reading = "text=bit 7 set to 0",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING},
	{.name = "pppd.connect-expired",
	 .pattern = "Connect time expired",
	 .sample = "Connect time expired", .reading = "",
	 .kind = RECORD_SAID, .topic = SAID_PPP_PHASE, .flags = ROW_CONTEXT | ROW_RECALLED},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

struct pppd {
	struct known_call *anonymous; /* of lines without a pid */
	bool serves;                  /* the next one is started for a client */
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
		c->asks_ipcp = true;
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
	{"pppd.no-option", FIELD_BY, "this-end"},
	{"pppd.mppe-required", FIELD_BY, "this-end"},
	{"pppd.not-authorized", FIELD_BY, "this-end"},
	{"pppd.could-not-determine", FIELD_BY, "this-end"},
	{"pppd.calling-number", FIELD_PROTOCOL, "LCP"},
	{"pppd.calling-number", FIELD_STATE, "Open"},
	{"pppd.address6", FIELD_PROTOCOL, "IPV6CP"},
	{"pppd.address6", FIELD_STATE, "Open"},
};

/* Before the ids: they are the LNS's then. */
static void say_lns(struct speech *s, const struct spoken *line, struct known_call *c)
{
	struct event *e = speech_say(s, line, SAID_SESSION_NEW);

	c->is_lns = true;
	e->said.n_values = 0;
	speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
	speech_value(s, e, FIELD_SERVICE, STR("LNS"));
	bind(e, c);
}

static void take_pppol2tp(struct speech *s, const struct spoken *line, struct known_call *c)
{
	struct device *d = speech_device(s, line);
	uint32_t tunnel = spoken_number(line, FIELD_TUNNEL);
	struct known_tunnel *t = device_tunnel(d, tunnel);

	if (!tunnel)
		return;
	if (spoken_text(line, FIELD_SERVICE).len && !c->tunnel)
		say_lns(s, line, c);
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

/* `Connect time 0.8 minutes.`: printed when IPCP went down, however little of the call was seen,
 * and behind `Connection terminated.` once more. A pppd that says it only there, and was asked for
 * IPCP, took the time of a peer that it had let in: an NCP was not open. */
static void take_connect_time(struct speech *s, const struct spoken *line,
			      const struct known_call *c)
{
	struct str minutes = spoken_text(line, FIELD_VALUE);
	size_t dot = str_find(minutes, STR("."));
	uint32_t whole = 0, tenth = 0;
	struct event *e = speech_say(s, line, SAID_CP_STATE);

	e->said.n_values = 0;
	if (!c->is_asked_in_vain) {
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
	if (!is_named(c) && (spoken_is(line, "pppd.interface") || spoken_is(line, "pppd.connect")))
		c->interface = speech_keep(s, spoken_text(line, FIELD_INTERFACE));
	if (c->is_lns && !c->tunnel && spoken_is(line, "pppd.connect"))
		say_lns(s, line, c); /* of pptpd */
	if (spoken_is(line, "pppd.pppol2tp"))
		take_pppol2tp(s, line, c);
	if (spoken_is(line, "pppd.connect") || spoken_is(line, "pppd.address"))
		c->asks_ipcp = c->is_asked_in_vain = false;
	if (spoken_is(line, "pppd.terminated"))
		c->is_asked_in_vain = c->asks_ipcp;
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
		speech_value(s, e, FIELD_PROTOCOL, STR("CHAP"));
		speech_value(s, e, FIELD_RESULT, str_of(judged[i].result));
		speech_value(s, e, FIELD_BY, str_of(judged[i].by));
		if (i)
			speech_value(s, e, FIELD_TEXT, line->record.text);
		bind(e, c);
	}
}

/* Also of a call of which nothing was said yet: LCP is open, or nobody would ask. */
static void say_lcp_was_open(struct speech *s, const struct spoken *line,
			     const struct known_call *c)
{
	struct event *e = speech_say(s, line, SAID_CP_STATE);

	e->said.n_values = 0;
	speech_value(s, e, FIELD_PROTOCOL, STR("LCP"));
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

	/* without what it takes instead, it gives up */
	if (spoken_is(line, "pppd.could-not-determine") && !spoken_text(line, FIELD_TEXT).len) {
		e->said.topic = SAID_PPP_DISCONNECT;
		e->said.n_values = 0; /* `by=remote` is whose address it is */
	}
	speech_mean(s, e, line, meanings, sizeof(meanings) / sizeof(meanings[0]));
	if (spoken_is(line, "pppd.connect") && line->pid) {
		speech_value(s, e, FIELD_REQUEST, arena_printf(s->arena, "%u", line->pid));
		speech_value(s, e, FIELD_VALUE, spoken_text(line, FIELD_NAME));
	}
	if (e->said.topic == SAID_PPP_DISCONNECT)
		speech_value(s, e, FIELD_REASON, line->record.text);
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
	learn(s, line, c);
	if (spoken_is(line, "pppd.connect-time")) {
		take_connect_time(s, line, c);
		c->asks_ipcp = false;
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
		say_lcp_was_open(s, line, c);
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
	.tables = &table,
	.state_size = sizeof(struct pppd),
	.take = take,
};
