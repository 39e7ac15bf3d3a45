/* The sessions of a tunnel in their order, found by the ids that the tunnel's ends gave them. */
#ifndef L2TPSCOPE_SESSIONS_H
#define L2TPSCOPE_SESSIONS_H

#include "by_ids.h"
#include "model.h"

struct sessions {
	struct session **at; /* owned, as `ids`: sessions_free() */
	uint32_t n;
	size_t room;
	struct by_ids *ids;
};

struct sessions sessions_of(const struct tunnel *t);
/* Behind the last one; its place. */
uint32_t sessions_add(struct sessions *x, struct session *s);
/* What is known of that one's ids now. */
void sessions_learn(struct sessions *x, uint32_t place);
/* The place of the first one at or behind `from` that may be `s`, by its ids; NO_PLACE: none. */
uint32_t sessions_like(const struct sessions *x, const struct session *s, uint32_t from);
void sessions_free(struct sessions *x);

/* The id that end `end` of the tunnel gave it. */
uint32_t session_id_of_end(const struct session *s, unsigned end);

#endif
