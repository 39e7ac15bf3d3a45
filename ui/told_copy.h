/* Copies of calls, tunnels and findings that outlive their replay, for told.c. Of a tunnel and a
 * call all that stands in them is copied; sessions, and what only the replay needs, are left out.
 * What points to other records (tunnel, legs, attempts, findings) is left to the caller. */
#ifndef L2TPSCOPE_TOLD_COPY_H
#define L2TPSCOPE_TOLD_COPY_H

#include "replay.h"

enum { COPY_NAMES = 4096 };

struct copier {
	struct arena *arena;
	struct str names[COPY_NAMES]; /* the latest short ones, by hash: most are said again */
};

/* Short ones that were copied before stay as they are. */
struct str copy_str(struct copier *x, struct str s);
void copy_call(struct copier *x, struct call *to, const struct call *from);
void copy_tunnel(struct copier *x, struct tunnel *to, const struct tunnel *from);
/* `said`: a text that it may share. */
void copy_finding(struct copier *x, struct finding *to, const struct finding *from,
		  struct str said);

#endif
