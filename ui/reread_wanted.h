/* Which messages are read again for something that is looked at, and where they stand. */
#ifndef L2TPSCOPE_REREAD_WANTED_H
#define L2TPSCOPE_REREAD_WANTED_H

#include "reread.h"
#include "told.h"

/* A message that is to be read, and whose it is: of a call that was told (told.h) it has no
 * session any more. */
struct wanted {
	struct spot place;
	const struct tunnel *tunnel;
	const struct session *session;
	const struct call *call; /* or its leg */
};

struct wanted_list {
	struct wanted *at; /* in the order in which they came, each once */
	size_t n, room;
	bool is_full; /* there are more than LIMIT_REREAD */
};

/* Where the messages of all tunnels and sessions stand. */
struct standing;

struct standing *standing_new(void);
void standing_free(struct standing *s);

void standing_add(struct standing *s, const struct event *e, const struct tunnel *t,
		  const struct session *session);
/* Nobody asks for it any more. */
void standing_drop(struct standing *s, const void *record);
/* For what is told. */
struct told_source standing_source(struct standing *s);

/* To be freed: list.at. */
struct wanted_list standing_wanted(struct standing *s, struct run *r,
				   const struct reread_what *what);
const struct wanted *wanted_find(const struct wanted_list *list, uint64_t number);

/* Each message, of the call's legs; of the tunnel itself. Whoever has seen enough says so with each
 * `take`. */
void standing_each_of_call(struct standing *s, const struct call *c,
			   bool (*take)(void *context, const struct spot *place), void *context);
void standing_each_of_tunnel(struct standing *s, const struct tunnel *t,
			     bool (*take)(void *context, const struct spot *place), void *context);

#endif
