#include "call_keys.h"

#include "hash.h"
#include "replay.h"
#include "same_link.h"
#include "twins.h"

struct str call_host(const struct address *address, struct str name)
{
	if (!address->family)
		return name;
	return (struct str){(const char *)address->octets, address->family == 4 ? 4 : 16};
}

static uint32_t key_end(uint64_t hash)
{
	return (uint32_t)hash ? (uint32_t)hash : 1;
}

uint32_t call_key_make(struct str name)
{
	return name.len ? key_end(hash_octets(name.at, name.len)) : 0;
}

/* Each LAC has its own users, and counts its calls. */
static uint32_t key_at(struct str host, uint32_t of_caller)
{
	return host.len && of_caller
		       ? key_end(hash_end(hash_word(hash_octets(host.at, host.len), of_caller)))
		       : 0;
}

struct call_keys call_keys_make(const struct call *c)
{
	const struct str lac = call_host(&c->side[LAC].address, c->side[LAC].name);
	const struct session *s = c->session;
	const struct span challenge = link_auth(&s->ppp, CLIENT)->challenge;
	const uint32_t user = call_key_make(c->user);

	return (struct call_keys){
		.user = user,
		.number = call_key_make(c->calling_number),
		.user_at_lac = key_at(lac, user),
		.serial = s->has_serial ? key_at(lac, s->serial) : 0,
		/* the LAC asked once and hands the answer to each LNS in turn */
		.challenge = challenge.len >= CHALLENGE_LEAST
				     ? key_end(hash_octets(challenge.at, challenge.len))
				     : 0,
	};
}

bool call_keys_again(const struct report *r, uint32_t (*key_of)(const struct call *c),
		     struct twins *ret)
{
	size_t twice = 0;

	*ret = twins_make(r->n_calls - r->n_told_calls);
	for (const struct call *c = r->calls; c; c = call_after(r, c)) {
		uint32_t key = c->is_told ? 0 : key_of(c);

		twice += key && twins_add(ret, key);
	}
	for (const struct call *c = r->told_calls; c; c = c->told_next) {
		uint32_t key = key_of(c);

		twice += key && twins_knows(ret, key) && twins_add(ret, key);
	}
	return twice > 0;
}
