/* What IKE says beside an L2TP client when IPsec does not come up: strongSwan's charon, Libreswan's
 * pluto, NetworkManager-l2tp, a firewall's own. Its other lines are nobody's. Rows are recalled. */
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
