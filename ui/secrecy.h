/* Masks what stands behind `password`, `secret` or `key` in text of an input: what a router
 * printed of a RADIUS reply or a configuration. */
#ifndef L2TPSCOPE_SECRECY_H
#define L2TPSCOPE_SECRECY_H

#include "limits.h"
#include "text.h"

/* `show_secrets`: a plain copy. */
void secrecy_mask(struct text *t, struct str s, bool show_secrets);

/* True when the mask would change the text. */
bool secrecy_finds(struct str s);

#endif
