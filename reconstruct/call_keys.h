/* By what calls of one caller are known among many: hashes of what two of them may have in common.
 * Who has the same hash as nobody else need not be compared with anybody (twins.h). */
#ifndef L2TPSCOPE_CALL_KEYS_H
#define L2TPSCOPE_CALL_KEYS_H

#include "model.h"

/* An address as it lies there, else the name. */
struct str call_host(const struct address *address, struct str name);

struct call_keys call_keys_make(const struct call *c);

/* Of a call that was told nothing changes any more, and its keys are kept: of such calls there may
 * be more than of those that are settled, and what they are made of lies far apart. */
static inline struct call_keys call_keys(const struct call *c)
{
	return c->is_told ? c->told_keys : call_keys_make(c);
}

/* Of them that of the user, or of the calling number, alone. */
uint32_t call_key_make(struct str name);
static inline uint32_t call_key_user(const struct call *c)
{
	return c->is_told ? c->told_keys.user : call_key_make(c->user);
}
static inline uint32_t call_key_number(const struct call *c)
{
	return c->is_told ? c->told_keys.number : call_key_make(c->calling_number);
}

struct report;
struct twins;

/* The keys that more than one call of the report has, of calls that were told only those that one
 * of the others has. `key_of` gives 0 for a call that has none. False: there are none. `ret` is to
 * be freed (twins.h). */
bool call_keys_again(const struct report *r, uint32_t (*key_of)(const struct call *c),
		     struct twins *ret);

#endif
