/* Why an authenticator says that it rejects a user: words of its CHAP Failure, PAP Nak, TLS alert
 * or RADIUS Reply-Message that say more than that the password may be wrong. */
#ifndef L2TPSCOPE_REJECTION_H
#define L2TPSCOPE_REJECTION_H

#include "model.h"

struct rejection {
	const char *words; /* in lower case */
	const char *cause, *advice;
};

/* The first row whose words are in the text, or NULL. */
const struct rejection *rejection_of(struct str text);

/* What the authenticator, or its AAA server, says of it is better than what it mostly is. */
void rejection_tell(struct finding *f, const struct auth *a, const struct call *c);

#endif
