/* What was told while a large capture is read (over.h), kept small for the screens: of a call and
 * of a tunnel what lists show, filter and sort by, what was found of it, and where its messages
 * stand in the capture. Their sessions are not kept: reread.h makes them anew for what is looked
 * at. */
#ifndef L2TPSCOPE_ARCHIVE_H
#define L2TPSCOPE_ARCHIVE_H

#include "places.h"
#include "replay.h"

struct archive;

struct archive *archive_new(void);
void archive_free(struct archive *a);

/* Where the messages of something stand: packed (places.h), and those of what became part of it. */
struct packed_places {
	struct span at;
	struct packed_places *next;
};

/* Gives the places of what is told, and knows it no more. */
struct archive_source {
	void (*of_tunnel)(void *context, const struct tunnel *t, struct arena *a,
			  struct packed_places *ret);
	void (*of_session)(void *context, const struct session *s, struct arena *a,
			   struct packed_places *ret);
	void *context;
};

/* What is told now. */
void archive_take(struct archive *a, const struct report *told, const struct archive_source *s);
/* All is read: what was told before and what `last` holds, as one report. */
const struct report *archive_end(struct archive *a, const struct report *last);
void archive_set_steps(struct archive *a, struct step **steps, size_t n);

/* The call, the tunnel of that number, if it was told; or NULL. */
struct call *archive_call(const struct archive *a, uint64_t number);
struct tunnel *archive_tunnel(const struct archive *a, uint64_t number);
/* The highest number of a call. */
uint64_t archive_last_call(const struct archive *a);
size_t archive_calls(const struct archive *a); /* how many */

/* A told one has `is_told`. Where its messages stand; NULL: it is none. */
const struct packed_places *archive_places(const struct call *c);
const struct packed_places *archive_tunnel_places(const struct tunnel *t);
/* The leg whose session is the whole call's; or NULL. */
const struct call *archive_alias(const struct call *c);

size_t archive_size(const struct archive *a);

#endif
