/* `debug radius` of IOS 12.2T and later: a packet, then a line for each attribute:
 *
 *   RADIUS(0000000A): Send Access-Request to 192.0.2.9:1645 id 1645/12, len 90
 *   RADIUS:  User-Name           [1]   14  "u@isp.example"
 *   RADIUS:  Vendor, Cisco       [26]  30
 *   RADIUS:   Cisco AVpair       [1]   24  "vpdn:tunnel-id=lac1" */
#include "ios_rows.h"

#define REQUEST "{?({request})}"
#define ROW(name_, pattern_, sample_, reading_, topic_, flags_)                                    \
	{                                                                                          \
		.name = "ios.radius." name_, .pattern = (pattern_), .sample = (sample_),           \
		.reading = (reading_), .kind = RECORD_SAID, .topic = (topic_),                     \
		.flags = ROW_RECALLED | (flags_)                                                   \
	}

/* clang-format off */
static const struct grammar_row rows[] = {
	ROW("send", "RADIUS" REQUEST ": {direction:Send|Retransmit|Initial Transmit} {message:Access-Request|Accounting-Request|CoA-Request|Disconnect-Request} to {address}:{port} {?({domain}) }id {service}/{id}, len {length}",
	    "RADIUS(0000000A): Send Access-Request to 192.0.2.9:1645 id 1645/12, len 90",
	    "request=0000000A direction=Send message=Access-Request address=192.0.2.9 port=1645 service=1645 id=12 length=90", SAID_RADIUS, 0),
	ROW("reply", "RADIUS" REQUEST ": Received from id {service}/{id} {address}:{port}, {message:Access-Accept|Access-Reject|Access-Challenge|Accounting-Response|CoA-ACK|CoA-NAK|Disconnect-ACK|Disconnect-NAK|Accounting-response}, len {length}",
	    "RADIUS: Received from id 1645/12 192.0.2.9:1645, Access-Accept, len 64",
	    "service=1645 id=12 address=192.0.2.9 port=1645 message=Access-Accept length=64", SAID_RADIUS, 0),
	ROW("authenticator", "RADIUS: authenticator {value}", "RADIUS:  authenticator 3E 92 0F 4C 11 22 33 44 - 55 66 77 88 99 AA BB CC",
	    "value=3E 92 0F 4C 11 22 33 44 - 55 66 77 88 99 AA BB CC", SAID_RADIUS_VALUE, 0),
	ROW("value", "RADIUS: {attribute} [{code}] {length}{? {value}}", "RADIUS:  User-Name           [1]   14  \"u@isp.example\"",
	    "attribute=User-Name code=1 length=14 value=\"u@isp.example\"", SAID_RADIUS_VALUE, 0),
	ROW("vendor-value", "RADIUS: {vendor:Cisco|cisco|MS|Microsoft|*} {attribute} [{code}] {length}{? {value}}", "RADIUS:   Cisco AVpair       [1]   24  \"vpdn:tunnel-id=lac1\"",
	    "vendor=Cisco attribute=AVpair code=1 length=24 value=\"vpdn:tunnel-id=lac1\"", SAID_RADIUS_VALUE, 0),
	ROW("vendor", "RADIUS: Vendor, {vendor} [{code}] {length}", "RADIUS:  Vendor, Cisco       [26]  30",
	    "vendor=Cisco code=26 length=30", SAID_RADIUS_VALUE, 0),
	ROW("silent", "RADIUS: {result:No response} from ({address}:{port}{?,{count}}) for id {service}/{id}", "RADIUS: No response from (192.0.2.9:1645,1646) for id 1645/12",
	    "result=No response address=192.0.2.9 port=1645 count=1646 service=1645 id=12", SAID_AAA, 0),
	ROW("silent-id", "RADIUS: {result:No response} for id {id}", "RADIUS: No response for id 6", "result=No response id=6", SAID_AAA, 0),
	ROW("silent-server", "RADIUS: {result:No response} from server", "RADIUS: No response from server", "result=No response", SAID_AAA, 0),
	ROW("resent", "RADIUS: Retransmit id {id}", "RADIUS: Retransmit id 6", "id=6", SAID_OTHER, 0),
	{.name = "ios.syslog.radius-dead",
	 .pattern = "%RADIUS-{code}-RADIUS_{mnemonic:DEAD}: RADIUS server {address}:{value:*} is not responding{?.}",
	 .sample = "%RADIUS-4-RADIUS_DEAD: RADIUS server 192.0.2.9:1812,1813 is not responding.",
	 .reading = "code=4 mnemonic=DEAD address=192.0.2.9 value=1812,1813",
	 .kind = RECORD_SAID, .topic = SAID_AAA,
	 .means = "not normal: the RADIUS server does not answer; who is authenticated now waits, and may be refused without having been judged"},
	{.name = "ios.syslog.radius-none",
	 .pattern = "%RADIUS-{code}-{mnemonic:ALLDEADSERVER|NOSERVERS}: {?Group {domain:*} }No {?active radius servers found}{?Radius hosts configured}.{? Id {count}.}",
	 .sample = "%RADIUS-3-ALLDEADSERVER: Group radius: No active radius servers found. Id 5.",
	 .reading = "code=3 mnemonic=ALLDEADSERVER domain=radius: count=5",
	 .kind = RECORD_SAID, .topic = SAID_AAA, .flags = ROW_RECALLED,
	 .means = "not normal: no RADIUS server answers; who is authenticated now is refused without having been judged"},
	ROW("again", "RADIUS: Retransmit to ({address}:{port}{?,{count}}) for id {service}/{id}", "RADIUS: Retransmit to (192.0.2.9:1645,1646) for id 1645/12",
	    "address=192.0.2.9 port=1645 count=1646 service=1645 id=12", SAID_OTHER, 0),
	ROW("encode", "RADIUS/ENCODE({request}):Orig. component type = {text}", "RADIUS/ENCODE(0000000A):Orig. component type = VPDN",
	    "request=0000000A text=VPDN", SAID_NOTHING, 0),
	ROW("accounting", "RADIUS/ENCODE({request}): acct_session_id: {count}", "RADIUS/ENCODE(0000000A): acct_session_id: 4", "request=0000000A count=4", SAID_NOTHING, 0),
	ROW("local", "RADIUS/ENCODE: Best Local IP-Address {address} for Radius-Server {address2}", "RADIUS/ENCODE: Best Local IP-Address 192.0.2.1 for Radius-Server 192.0.2.9",
	    "address=192.0.2.1 address2=192.0.2.9", SAID_NOTHING, 0),
	ROW("config", "RADIUS({request}): Config NAS {text}", "RADIUS(0000000A): Config NAS IP: 192.0.2.1", "request=0000000A text=IP: 192.0.2.1", SAID_NOTHING, 0),
	ROW("timer", "RADIUS({request}): Started {seconds} sec timeout", "RADIUS(0000000A): Started 5 sec timeout", "request=0000000A seconds=5", SAID_NOTHING, 0),
	ROW("timeout", "RADIUS({request}): {result:Request timed out}", "RADIUS(0000000A): Request timed out", "request=0000000A result=Request timed out", SAID_AAA, 0),
	ROW("came", "RADIUS({request}): Received from id {service}/{id}", "RADIUS(0000000A): Received from id 1645/12", "request=0000000A service=1645 id=12", SAID_NOTHING, 0),
	ROW("sending", "RADIUS({request}): sending", "RADIUS(0000000A): sending", "request=0000000A", SAID_NOTHING, 0),
	ROW("other", "RADIUS: {text}", "RADIUS: Unable to find the server", "text=Unable to find the server", SAID_OTHER, ROW_GENERIC),
	{.name = "ios.radius.bind",
	 .pattern = "AAA/BIND({request}): Bind i/f {?{interface}}",
	 .sample = "AAA/BIND(0000000A): Bind i/f Virtual-Template1",
	 .reading = "request=0000000A interface=Virtual-Template1",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "ios.radius.method-list",
	 .pattern = "AAA/{service}{? }({request}): Pick method list '{name}'",
	 .sample = "AAA/AUTHEN/PPP (0000000A): Pick method list 'default'",
	 .reading = "service=AUTHEN/PPP request=0000000A name=default",
	 .kind = RECORD_SAID, .topic = SAID_NOTHING, .flags = ROW_RECALLED},
	{.name = "ios.radius.aaa",
	 .pattern = "AAA/{service}{? }({request}):{? }{text}",
	 .sample = "AAA/AUTHOR (0000000A): Method=radius (radius)",
	 .reading = "service=AUTHOR request=0000000A text=Method=radius (radius)",
	 .kind = RECORD_SAID, .topic = SAID_OTHER, .flags = ROW_GENERIC | ROW_RECALLED},
};
/* clang-format on */

const struct grammar_table ios_radius_table = {rows, sizeof(rows) / sizeof(rows[0])};
