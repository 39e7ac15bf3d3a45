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
/* Is it told at all? Not the speech that means nothing, nor what the options leave out. */
bool timeline_has(struct run *r, const struct step *s);
/* `--format csv`: the names of the columns, and one event. */
void timeline_csv_head(struct run *r);
void timeline_csv(struct run *r, const struct step *s);
/* `--format chrome`: one whole document. */
void timeline_chrome(struct run *r);

#endif
