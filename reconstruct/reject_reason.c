#include "reject_reason.h"

#include <string.h>

#include "cause.h"
#include "character.h"
#include "radius_join.h"

/* clang-format off */
#define IN_USE \
	"The account is in use elsewhere, or an older session of it was never closed at the AAA server.", \
	"Look for another session of this user: end it on its router, or clear its stale record at the AAA " \
	"server (lost accounting stops leave them); else raise the limit (Simultaneous-Use)."
#define EXPIRED \
	"The account or its password has expired.", \
	"Renew the account or the password at the AAA server."
#define DISABLED \
	"The account is locked or disabled.", \
	"Ask who locked it, and why (failed attempts, payment); unlock it at the AAA server."
#define HOURS \
	"The account may not be used at this time.", \
	"Compare the hours that the account allows (Login-Time) with the clock of the AAA server."
#define USED_UP \
	"The account has no credit, time or volume left.", \
	"Look at the account's balance and counters at the AAA server or its billing."
#define STRANGER \
	"The AAA server does not know this user name.", \
	"Compare the name as the router sends it with the one in the database: realm, prefix, case."
#define LINE \
	"The account is bound to another line.", \
	"Compare the calling number or NAS port of this call with those that the account is bound to."
#define DISTRUSTS_SERVER \
	"The client does not accept the certificate of the AAA server.", \
	"Compare at the client: the CA that it trusts for this connection, the name in the server's certificate, " \
	"its dates, and the client's clock."
#define DISTRUSTS_CLIENT \
	"The AAA server does not accept the certificate of the client.", \
	"Compare at the AAA server: the CA that it trusts for clients, its revocation list, the dates of the " \
	"client's certificate."
#define ODD_SUCCESS \
	"The client does not understand the server's MS-CHAPv2 Success, of which Windows Server 2019 leaves out a " \
	"blank; the password is right.", \
	"Update pppd at the client: 2.4.9 and later take such a Success."
#define NO_PROOF \
	"The client asks the server to prove itself, and takes no proof: most servers have no secret for that, or the " \
	"name that it is proved with differs (domain, case).", \
	"Let the client not ask (pppd: `noauth`, no `require-...`; xl2tpd: `require authentication = no`); else give " \
	"both ends a secret for the server's name. A password that the server rejects is another matter."
#define NO_CIPHER \
	"Client and AAA server have no version or cipher of TLS in common.", \
	"Compare the TLS versions and ciphers that both allow; one of them may be too old."
/* clang-format on */

static const struct reject_reason rows[] = {
	{"tls alert of the client: handshake", NO_CIPHER},
	{"tls alert of the server: handshake", NO_CIPHER},
	{"tls alert of the client: protocol", NO_CIPHER},
	{"tls alert of the server: protocol", NO_CIPHER},
	{"tls alert of the client: insufficient", NO_CIPHER},
	{"tls alert of the server: insufficient", NO_CIPHER},
	{"tls alert of the client", DISTRUSTS_SERVER},
	{"tls alert of the server", DISTRUSTS_CLIENT},
	{"certificate has expired", DISTRUSTS_CLIENT},
	{"certificate expired", DISTRUSTS_CLIENT},
	{"success packet is badly formed", ODD_SUCCESS}, /* pppd */
	{"simultaneous", IN_USE},
	{"already logged", IN_USE}, /* FreeRADIUS: You are already logged in - access denied */
	{"already connected", IN_USE},
	{"already online", IN_USE},
	{"already in use", IN_USE},
	{"multiple login", IN_USE},
	{"maximum number of sessions", IN_USE},
	{"concurrent", IN_USE},
	{"duplicate session", IN_USE},
	{"has expired", EXPIRED},
	{"account expired", EXPIRED},
	{"password expired", EXPIRED},
	{"user expired", EXPIRED},
	{"disabled", DISABLED},
	{"locked", DISABLED},
	{"suspended", DISABLED},
	{"blocked", DISABLED},
	{"outside allowed", HOURS},
	{"outside your allowed", HOURS}, /* FreeRADIUS: Login-Time */
	{"timespan", HOURS},
	{"login hours", HOURS},
	{"time of day", HOURS},
	{"quota", USED_UP},
	{"credit", USED_UP},
	{"insufficient balance", USED_UP},
	{"maximum daily usage", USED_UP}, /* FreeRADIUS: its counters */
	{"maximum monthly usage", USED_UP},
	{"usage time has been reached", USED_UP},
	{"user not found", STRANGER},
	{"not found", STRANGER}, /* IOS: Username u@isp.example not found */
	{"unknown user", STRANGER},
	{"no such user", STRANGER},
	{"does not exist", STRANGER},
	{"calling station", LINE},
	{"caller id", LINE},
	{"nas port", LINE},
};

/* `locked@isp.example`, `CORP\credit`: what stands around it is the name of a user. */
static bool is_in_name(struct str text, size_t from, size_t to)
{
	while (from > 0 && text.at[from - 1] != ' ')
		from--;
	for (; from < text.len && (from < to || text.at[from] != ' '); from++)
		if (text.at[from] == '@' || text.at[from] == '\\')
			return true;
	return false;
}

/* A word begins there: `unlocked` is not `locked`. */
static bool says(struct str text, const char *words)
{
	size_t n = strlen(words);

	for (size_t i = 0; i + n <= text.len; i++) {
		if (i > 0 && char_is_letter(text.at[i - 1]))
			continue;
		if (cause_has_words((struct str){text.at + i, n}, words) &&
		    !is_in_name(text, i, i + n))
			return true;
	}
	return false;
}

const struct reject_reason *reject_reason_of(struct str text)
{
	for (size_t i = 0; text.len && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (says(text, rows[i].words))
			return &rows[i];
	return NULL;
}

void reject_reason_tell(struct finding *f, const struct auth *a, const struct call *c)
{
	static const struct reject_reason no_proof = {"", NO_PROOF};
	const struct reject_reason *why = reject_reason_of(a->message);

	if (!why && c->radius)
		why = reject_reason_of(c->radius->message);
	if (!why)
		why = reject_reason_of(link_rare(&c->session->ppp)->judged);
	if (!why && a == link_auth(&c->session->ppp, LNS))
		why = &no_proof;
	if (f && !why && radius_accepted(c, a)) {
		f->cause = STR(
			"RADIUS accepted the user, and the router itself then refused him: an "
			"attribute of the Access-Accept that it cannot apply (VRF, pool, filter, "
			"service), or a limit of its own.");
		f->advice = STR(
			"Compare the attributes of the Access-Accept with what is configured on "
			"that router, and read its log at that time.");
	}
	if (!f || !why)
		return;
	f->cause = str_of(why->cause);
	f->advice = str_of(why->advice);
}
