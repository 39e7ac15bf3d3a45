/* What was told while a large capture is read (over.h), kept small for the screens: of a call and
 * of a tunnel what lists show, filter and sort by, what was found of it, and where its messages
 * stand in the capture. Their sessions are not kept: reread.h makes them anew for what is looked
 * at. */
#ifndef L2TPSCOPE_TOLD_H
#define L2TPSCOPE_TOLD_H

#include "places.h"
#include "replay.h"
#include "stats_message.h"

struct told;

struct told *told_new(void);
void told_free(struct told *a);

/* Where the messages of something stand: packed (places.h), and those of what became part of it. */
struct packed_places {
	struct span at;
	struct packed_places *next;
};

/* Gives the places of what is told, and knows it no more. */
struct told_source {
	void (*of_tunnel)(void *context, const struct tunnel *t, struct arena *a,
			  struct packed_places *ret);
	void (*of_session)(void *context, const struct session *s, struct arena *a,
			   struct packed_places *ret);
	void *context;
};

/* What is told now. */
void told_take(struct told *a, const struct report *told, const struct told_source *s);
/* All is read: what was told before and what `last` holds, as one report. */
const struct report *told_end(struct told *a, const struct report *last);
void told_set_steps(struct told *a, struct step **steps, size_t n);

/* The call of that number, if it was told; or NULL. */
struct call *told_call(const struct told *a, uint64_t number);
/* The highest number of a call. */
uint64_t told_last_call(const struct told *a);
size_t told_calls(const struct told *a); /* how many */

/* A told one has `is_told`. Where its messages stand; NULL: it is none. */
const struct packed_places *told_places(const struct call *c);
const struct packed_places *told_tunnel_places(const struct tunnel *t);
/* The leg whose session is the whole call's; or NULL. */
const struct call *told_alias(const struct call *c);

/* What stats_each_message() had of it. */
void told_each_message(const struct told *a, const struct call *c,
		       void (*take)(void *context, const struct stats_counted *c), void *context);

/* Who walks all of them says so after each TOLD_AT_ONCE: those before take no memory any more. */
enum { TOLD_AT_ONCE = 4096 };
void told_rest(const struct told *a);

#endif
