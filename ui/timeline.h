/* Steps in words; shared by timeline, show, annotate and diagram. */
#ifndef L2TPSCOPE_TIMELINE_H
#define L2TPSCOPE_TIMELINE_H

#include "run.h"

/* `LAC → LNS`, or the speaker alone. */
void timeline_who(struct text *t, const struct run *r, const struct step *s);
/* Who says it: of what only one end knows (speech, and what it replays into itself). */
enum role timeline_speaker(const struct run *r, const struct step *s);
/* `sent again`, `copy` …; NULL when there is nothing to say. */
const char *timeline_delivery(const struct step *s);
/* Every step that the options let through. */
void timeline_print(struct run *r);
void timeline_json(struct run *r, const struct step *s);

#endif
