/* Masks what stands behind a password, a secret or a key in text of an input: what a router or a
 * server printed of a configuration, of RADIUS, or of a login.
 *
 * A secret is what a word announces (secret_word.h), the password of a login as FreeRADIUS prints
 * it, or what is written as crypt(5) writes. What a program has hidden itself (`<hidden>`, `****`)
 * stays, and is no secret. */
#ifndef L2TPSCOPE_SECRECY_H
#define L2TPSCOPE_SECRECY_H

#include "limits.h"
#include "text.h"

/* `show_secrets`: a plain copy. */
void secrecy_mask(struct text *t, struct str s, bool show_secrets);

/* True when the mask would change the text. Linear, for a whole log as well. */
bool secrecy_finds(struct str s);

/* Set `s`; the rest is of secrecy_next: the line it has looked at last. */
struct secrecy_walk {
	struct str s;
	bool has_line;
	size_t begin, end;
};

/* Where the next secret of the text stands, from `at` on, without the kind of its encryption.
 * Linear for all of them, where each call goes on where the last one ended. */
bool secrecy_next(struct secrecy_walk *w, size_t at, size_t *ret_start, size_t *ret_end);

#endif
