/* Text: a session that has no tunnel yet, only an interface: what is said of a caller, or of PPP,
 * before any record tells which call it is. */
#ifndef L2TPSCOPE_STRAY_H
#define L2TPSCOPE_STRAY_H

#include "observer.h"

/* It was `s` all the time: what was known of it becomes that session's. */
void stray_adopt(struct context *c, struct session *s, struct session *stray);

#endif
