/* What messages said, for evidence that is told when no steps are kept. Most marks form their own
 * words (sight.h); for the others the words of the first messages and of the latest are kept with
 * each call, tunnel and vantage point of captures, and those of all messages of a text. Of a short
 * packet its octets are kept, and put into words when it turns out to be evidence. */
#ifndef L2TPSCOPE_SPOKEN_H
#define L2TPSCOPE_SPOKEN_H

#include "observer.h"

struct spoken;

/* The message of this event is remembered where it belongs; nothing unless replay_options.say. */
void spoken_note(struct context *c);

/* The mark of this event, with its words where they are kept and it forms none. */
struct mark spoken_mark(struct context *c);

/* The mark of a message of a call that leaves takes its words along, into `a`. */
void spoken_keep(struct arena *a, const struct session *s, struct mark *mark);

/* The words of a message that is evidence of that finding; empty when they are not known. */
struct str spoken_of(const struct report *r, const struct finding *f, const struct mark *m);

#endif
