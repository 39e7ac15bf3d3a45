#include "rejection.h"

#include "cause.h"

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
/* clang-format on */

static const struct rejection rows[] = {
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
	{"unknown user", STRANGER},
	{"no such user", STRANGER},
	{"does not exist", STRANGER},
	{"calling station", LINE},
	{"caller id", LINE},
	{"nas port", LINE},
};

const struct rejection *rejection_of(struct str text)
{
	for (size_t i = 0; text.len && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (cause_has_words(text, rows[i].words))
			return &rows[i];
	return NULL;
}
