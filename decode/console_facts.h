/* What is known of the consoles of a text (console.h), by kind and key. */
#ifndef L2TPSCOPE_CONSOLE_FACTS_H
#define L2TPSCOPE_CONSOLE_FACTS_H

#include "text.h"

enum fact {
	TUNNEL_OWNER,     /* local tunnel id → console */
	TUNNEL_PEER,      /* local tunnel id → the peer's id */
	PEER_SEEN,        /* that some tunnel id has this one as its peer's */
	TUNNEL_NAME,      /* tunnel id → what the other side calls its owner (names[]) */
	INTERFACE_TUNNEL, /* interface named beside a tunnel id, anywhere in the text → that id */
	INTERFACE_OWNER,  /* interface named beside a tunnel id → console, or FACT_MANY */
	INTERFACE_SEEN,   /* interface of a record that only followed its neighbours → console */
	REQUEST_OWNER,    /* AAA request id → console, or FACT_MANY */
	NAME_OWNER,       /* host name → console */
};

#define FACT_MANY UINT32_MAX

struct facts {
	struct fact_slot *slots;
	size_t n, room;
	bool is_limited; /* LIMIT_CONSOLE_FACTS */
};

struct facts facts_make(void);
void facts_free(struct facts *f);

/* A text as a number, and the key of a number. */
uint64_t facts_hash(struct str s);
static inline uint64_t facts_key(enum fact fact, uint64_t number)
{
	uint64_t h = (number ^ (uint64_t)fact << 56) * UINT64_C(0x9e3779b97f4a7c15);

	return h ^ h >> 32;
}

static inline uint64_t facts_key_text(enum fact fact, struct str s)
{
	return facts_key(fact, facts_hash(s));
}

/* False: nothing is known. */
bool facts_known(const struct facts *f, uint64_t key, uint32_t *ret);
/* In place of what was known before. */
void facts_learn(struct facts *f, uint64_t key, uint32_t value);

#endif
