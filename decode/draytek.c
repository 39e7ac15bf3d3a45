/* DrayTek Vigor: raw header fields and PPP in one line, newest first in its CSV export. */
#include "speech.h"

/* clang-format off */
static const struct grammar_row rows[] = {
	{.name = "draytek.control",
	 .pattern = "L2TP {direction:<==|==>} Control({value-hex})-L-S Ver:{version} Len:{length}, Tunnel ID:{head-tunnel}, Session ID:{head-session}, Ns:{ns}, Nr:{nr}",
	 .sample = "L2TP <== Control(0xC802)-L-S Ver:2 Len:12, Tunnel ID:7, Session ID:0, Ns:4, Nr:6",
	 .reading = "direction=<== value-hex=0xC802 version=2 length=12 head-tunnel=7 head-session=0 ns=4 nr=6",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
	{.name = "draytek.ppp",
	 .pattern = "L2TP ({name}, {user}) {direction:<==|==>} Protocol:{protocol}({value-octets}) {message:*} Identifier:{id:*}{? {text}}",
	 .sample = "L2TP (VPN-0, user1) <== Protocol:LCP(c021) EchoReq Identifier:0x04 Magic Number: 0xa1b2 c3 d4 ##",
	 .reading = "name=VPN-0 user=user1 direction=<== protocol=LCP value-octets=c021 message=EchoReq id=0x04 text=Magic Number: 0xa1b2 c3 d4 ##",
	 .kind = RECORD_SAID, .topic = SAID_OTHER},
};
/* clang-format on */

static const struct grammar_table table = {rows, sizeof(rows) / sizeof(rows[0])};

static void take(struct speech *s, void *state, const struct spoken *line)
{
	(void)state;
	speech_say(s, line, line->record.row->topic);
}

static const char *const programs[] = {NULL};

const struct daemon_dialect daemon_draytek = {
	.name = "draytek",
	.programs = programs,
	.tables = &table,
	.take = take,
};
