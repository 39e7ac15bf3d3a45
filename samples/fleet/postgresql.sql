-- l2tpscope calls --format copy FILE | psql -c '\copy calls from stdin'
CREATE TABLE calls (
	"id" bigint, -- number of the call in this run
	"tunnel" bigint, -- number of its tunnel in this run
	"direction" text, -- incoming or outgoing, as RFC 2661 means it
	"user" text, -- name of the remote system: Response or PAP name, proxy name, else Challenge name
	"calling_number" text, -- AVP 22
	"called_number" text, -- AVP 21
	"lac_name" text, -- its Host Name AVP
	"lac_address" text, -- its IP address
	"lac_port" bigint, -- its UDP port
	"lac_tunnel_id" bigint, -- tunnel id that the LAC assigned
	"lac_session_id" bigint, -- session id that the LAC assigned
	"lns_name" text, -- its Host Name AVP
	"lns_address" text, -- its IP address
	"lns_port" bigint, -- its UDP port
	"lns_tunnel_id" bigint, -- tunnel id that the LNS assigned
	"lns_session_id" bigint, -- session id that the LNS assigned
	"ends" text, -- both ends, where nothing tells which is the LAC
	"roles_inferred" boolean, -- LAC and LNS were told from PPP only
	"seen_from" text, -- lac, lns, client, radius, or wire
	"seen_in" text, -- names of the inputs
	"start" timestamptz, -- first message of the call itself
	"connected" timestamptz, -- the moment it came up
	"end" timestamptz, -- first message that ended it
	"setup_s" double precision, -- seconds from ICRQ or OCRQ until connected
	"duration_s" double precision, -- seconds from connected to the end, or the end of the input
	"reached" text, -- furthest milestone: none < tunnel < session < lcp < auth < ncp
	"outcome" text, -- up, closed, dropped, failed or unknown
	"ended_by" text, -- who made the first move that ended it
	"cause" text, -- the root cause
	"confidence" text, -- possible < likely < certain
	"also" text, -- other causes that are not ruled out
	"cause_text" text, -- the cause as a sentence, with evidence
	"cdn_from" text, -- its sender
	"cdn_result" bigint, -- result code
	"cdn_error" bigint, -- error code, when the AVP has one
	"cdn_message" text, -- error message
	"cdn_disconnect_cause" bigint, -- code of AVP 46 (RFC 3145)
	"auth_protocol" text, -- chap-md5, pap, mschap, mschapv2, eap, none
	"auth_result" text, -- success or failure
	"auth_proxy" boolean, -- the LAC's authentication was handed on in proxy AVPs
	"auth_by" text, -- who authenticated: lns, lac, client, both
	"auth_verified" boolean, -- the response fits a known secret
	"ipv4" text, -- IPv4 address of the client
	"ipv4_peer" text, -- IPv4 address of the other side
	"ipv6_id" text, -- IPv6 interface id of the client
	"dns" text, -- DNS servers given to the client
	"mru" text, -- MRU announced by client and LNS
	"control_messages" bigint, -- distinct control messages that name the session
	"retransmissions" bigint, -- same Ns sent again by its sender
	"duplicates" bigint, -- copies by the network or the capture
	"ppp_messages" bigint, -- PPP control packets
	"data_packets" text, -- data packets to the LNS, to the client
	"data_bytes" text, -- their inner bytes
	"legs" text, -- the tunnels it goes through, where a tunnel switch hands it on
	"bundle" text, -- the same number for the calls of one multilink bundle
	"attempts" text, -- what failed before it for the same caller: calls, tunnels
	"carrier" text, -- what carries its PPP: l2tp, l2tpv3, l2f, pptp, pppoe, ppp (a bare line, or unknown)
	"findings" text -- rule ids, most severe first
);
CREATE TABLE tunnels (
	"id" bigint, -- number of the tunnel in this run
	"version" bigint, -- 2, 3, or 1 for L2F
	"initiator_name" text, -- its Host Name AVP
	"initiator_address" text, -- its IP address
	"initiator_port" bigint, -- its UDP port
	"initiator_tunnel_id" bigint, -- tunnel id that it assigned
	"initiator_vendor" text, -- its Vendor Name AVP
	"initiator_firmware" bigint, -- its Firmware Revision AVP
	"initiator_window" bigint, -- its Receive Window Size AVP
	"responder_name" text, -- its Host Name AVP
	"responder_address" text, -- its IP address
	"responder_port" bigint, -- its UDP port
	"responder_tunnel_id" bigint, -- tunnel id that it assigned
	"responder_vendor" text, -- its Vendor Name AVP
	"responder_firmware" bigint, -- its Firmware Revision AVP
	"responder_window" bigint, -- its Receive Window Size AVP
	"start" timestamptz, -- first message
	"established" timestamptz, -- the moment it was established
	"end" timestamptz, -- first message that ended it
	"outcome" text, -- up, closed, dropped, failed or unknown
	"ended_by" text, -- initiator, responder or network
	"cause" text, -- the root cause
	"confidence" text, -- possible < likely < certain
	"cause_text" text, -- the cause as a sentence, with evidence
	"stopccn_from" text, -- its sender
	"stopccn_result" bigint, -- result code
	"stopccn_error" bigint, -- error code, when the AVP has one
	"stopccn_message" text, -- error message
	"auth_used" boolean, -- a challenge was sent
	"auth_result" text, -- success or failure
	"auth_verified" boolean, -- the responses fit a known secret
	"sessions" bigint, -- sessions ever seen
	"control_messages" bigint, -- distinct control messages
	"retransmissions" bigint, -- same Ns sent again by its sender
	"hellos" bigint, -- HELLO messages
	"round_trip_s" double precision, -- median time from a message to its acknowledgement
	"findings" text -- rule ids, most severe first
);
CREATE TABLE findings (
	"rule" text, -- id of the rule
	"severity" text, -- note < warning < error
	"call" bigint, -- number of the call
	"tunnel" bigint, -- number of the tunnel
	"time" timestamptz, -- of the first evidence
	"count" bigint, -- how often
	"text" text, -- what is wrong, with values
	"cause" text, -- what usually causes it
	"advice" text, -- what to do
	"ref" text, -- RFC and section
	"fingerprint" text, -- the same for the same fault of the same parties; for --baseline
	"wireshark" text, -- display filter for its packets
	"id" bigint, -- number of the finding in this run
	"root" bigint, -- id of the finding that it is a consequence of
	"consequences" bigint, -- how many findings are consequences of it
	"evidence" text -- input, frame or line, and text
);
CREATE INDEX calls_start ON calls ("start");
CREATE INDEX calls_user ON calls ("user");
CREATE INDEX calls_cause ON calls ("cause");
CREATE INDEX calls_tunnel ON calls ("tunnel");
CREATE INDEX tunnels_start ON tunnels ("start");
CREATE INDEX findings_rule ON findings ("rule");
CREATE INDEX findings_call ON findings ("call");
CREATE INDEX findings_tunnel ON findings ("tunnel");
