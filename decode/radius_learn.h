/* What RADIUS reveals for others: the tunnel secret, and for which ends it is; the password of a
 * user who was accepted. */
#ifndef L2TPSCOPE_RADIUS_LEARN_H
#define L2TPSCOPE_RADIUS_LEARN_H

#include "secrets.h"
#include "value.h"

/* Of an Access-Accept's values: each revealed Tunnel-Password, for the endpoints and names that
 * have its tag (RFC 2868 3.5). `origin` as in struct secret. */
void radius_learn_tunnel(struct secrets *s, const struct value *values, size_t n,
			 struct str origin);

/* What RADIUS authenticates with a challenge (CHAP-Password, MS-CHAP-Response, MS-CHAP2-Response),
 * against the passwords of its User-Name: a value that says whether it fits, and whose secret
 * decided. `vector`: the Request Authenticator, the challenge where no other is (RFC 2865 5.3). */
void radius_check_user(const struct secrets *s, struct value_list *values, struct span vector);

#endif
