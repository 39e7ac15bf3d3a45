/* Why an authenticator rejects a user, where its words say more than that the password may be
 * wrong: those of a CHAP Failure, a PAP Nak, a TLS alert of EAP, a RADIUS Reply-Message, a line of
 * its log. Each row has words, and the likely cause and the advice that take the place of those of
 * the rule that tells of the rejection. */
#ifndef L2TPSCOPE_REJECT_REASON_H
#define L2TPSCOPE_REJECT_REASON_H

#include "model.h"

struct reject_reason {
	const char *words; /* in lower case */
	const char *cause, *advice;
};

/* The first row whose words are in the text, or NULL. */
const struct reject_reason *reject_reason_of(struct str text);

/* Puts cause and advice of what rejected `a` into `f`: its own words, those of RADIUS or of a log,
 * or that RADIUS had accepted the user. Without such words, or without `f`, it does nothing. */
void reject_reason_tell(struct finding *f, const struct auth *a, const struct call *c);

#endif
