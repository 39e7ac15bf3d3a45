/* A message octet by octet, as all who printed it tell it together: both ends, and of the CHAP that
 * the LAC prints without values the ICCN that hands it on. */
#ifndef L2TPSCOPE_STEP_REBUILT_H
#define L2TPSCOPE_STEP_REBUILT_H

#include "rebuild.h"
#include "run.h"

/* As its own lines alone tell it; NULL for packets, and when too little is known. */
const struct rebuilt *event_rebuilt(struct arena *a, const struct event *e);

/* `first` lists the other sights of `s` (seen_also); it may be `s`. NULL when too little is known.
 * What this sight tells itself comes first. */
const struct rebuilt *step_rebuilt(struct arena *a, const struct step *s, const struct step *first);

/* The event of a log as they all tell it: with all attributes where every octet is known. */
const struct event *step_told(struct arena *a, const struct step *s, const struct step *first);

#endif
