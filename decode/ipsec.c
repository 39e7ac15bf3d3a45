/* What IKE says beside an L2TP client or server when IPsec does not come up: strongSwan's charon,
 * Libreswan's pluto, racoon, NetworkManager-l2tp, a firewall's own. Its other lines are nobody's.
 * Rows are recalled. */
#include "speech.h"

#define ROW(name_, pattern_, sample_, reading_)                                                    \
	{                                                                                          \
		.name = "ipsec." name_, .pattern = (pattern_), .sample = (sample_),                \
		.reading = (reading_), .kind = RECORD_SAID, .topic = SAID_BELOW,                   \
		.flags = ROW_RECALLED, .means = "not normal: IPsec, which carries L2TP, failed"    \
	}

/* clang-format off */
static const struct grammar_row rows[] = {
	ROW("manager", "{?nm-l2tp[{value}] }{?<warn> }{reason:Could not establish IPsec} {text}", "Could not establish IPsec tunnel.",
	    "reason=Could not establish IPsec text=tunnel."),
	ROW("refused", "{?{count}[IKE] }received {reason:NO_PROPOSAL_CHOSEN|AUTHENTICATION_FAILED|INVALID_ID_INFORMATION|TS_UNACCEPTABLE|INVALID_KE_PAYLOAD} {?error notify}{?notify error}",
	    "09[IKE] received NO_PROPOSAL_CHOSEN error notify", "count=09 reason=NO_PROPOSAL_CHOSEN"),
	ROW("silent", "{?{count}[IKE] }{reason:giving up after} {value} retransmits", "13[IKE] giving up after 5 retransmits",
	    "count=13 reason=giving up after value=5"),
	ROW("asa", "{?%ASA-{code}-{count}: }{?[IKEv1]: }Group = {name}, IP = {address}, {?Error, peer has indicated that something is wrong with our message. }{reason:This could indicate a pre-shared key mismatch|All IPSec SA proposals found unacceptable|All SA proposals found unacceptable}{?.}{?!}",
	    "[IKEv1]: Group = DefaultRAGroup, IP = 203.0.113.77, All IPSec SA proposals found unacceptable!",
	    "name=DefaultRAGroup address=203.0.113.77 reason=All IPSec SA proposals found unacceptable"),
	ROW("pluto", "\"{name}\" #{count}: {?max number of retransmissions ({value}) reached {state:*}}{?{seconds} second timeout exceeded after {value} retransmits}. {reason:No response} {text}",
	    "\"vpn1\" #1: max number of retransmissions (8) reached STATE_MAIN_I1. No response (or no acceptable response) to our first IKEv1 message",
	    "name=vpn1 count=1 value=8 state=STATE_MAIN_I1 reason=No response text=(or no acceptable response) to our first IKEv1 message"),
	/* as the end that is asked */
	ROW("no-policy", "{?{value}: }initial {action:Main|Aggressive} Mode message received {?on {address:*} }but {reason:no connection has been authorized} with policy {text}",
	    "packet from 198.51.100.7:26447: initial Main Mode message received on 192.0.2.5:500 but no connection has been authorized with policy PSK+IKEV1_ALLOW",
	    "value=packet from 198.51.100.7:26447 action=Main address=192.0.2.5:500 reason=no connection has been authorized text=PSK+IKEV1_ALLOW"),
	ROW("no-connection", "{?{value}: }cannot respond to IPsec SA request because {reason:no connection is known} for {text}",
	    "\"l2tp-psk\"[2] 198.51.100.7 #3: cannot respond to IPsec SA request because no connection is known for 192.0.2.5/32:17/1701",
	    "value=\"l2tp-psk\"[2] 198.51.100.7 #3 reason=no connection is known text=192.0.2.5/32:17/1701"),
	ROW("no-secret", "{?{count}[IKE] }{reason:no shared key found|no IKE config found} for {text}", "07[IKE] no shared key found for '%any' - '198.51.100.7'",
	    "count=07 reason=no shared key found text='%any' - '198.51.100.7'"),
	ROW("time-up", "{?ERROR: }{reason:phase1 negotiation failed|phase2 negotiation failed} due to {text}",
	    "ERROR: phase1 negotiation failed due to time up. 6c3aa3bd6e6ec7b1:0000000000000000", "reason=phase1 negotiation failed text=time up. 6c3aa3bd6e6ec7b1:0000000000000000"),
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

static void take(struct speech *s, void *state, const struct spoken *line)
{
	(void)state;
	speech_say(s, line, SAID_BELOW);
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_ipsec = {
	.name = "ipsec",
	.programs = programs,
	.tables = &table,
	.take = take,
};
