/* What the views of `show` share: a call's and a tunnel's. */
#ifndef L2TPSCOPE_SHOW_H
#define L2TPSCOPE_SHOW_H

#include "consequences.h"
#include "sent_again.h"

void show_end_state(struct run *r, const char *who, const struct end *e);
void show_findings(struct run *r, const char *heading, const struct finding_link *first,
		   struct consequences *all);

/* How a call ended and why; what came when, and in which frame or line. Of a tunnel also who its
 * ends are. */
void show_outcome(struct run *r, const struct call *c);
void show_milestones(struct run *r, const struct call *c, bool has_places);
void show_tunnel_outcome(struct run *r, const struct tunnel *t);

/* Control messages of the call that were sent more than once. */
void show_sent_again(struct run *r, const struct call *c, struct sent_again *x);
/* `show --tunnel N`. */
void show_tunnel(struct run *r, const struct tunnel *t);
void show_tunnel_json(struct run *r, const struct tunnel *t);

#endif
