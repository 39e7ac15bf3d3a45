/* What an operator typed at the console, as a reason for what ends right after it. */
#ifndef L2TPSCOPE_OPERATOR_H
#define L2TPSCOPE_OPERATOR_H

#include "observer.h"

/* A typed command: `clear subscriber session`, `clear pppoe all`, `clear vpdn tunnel` … */
void operator_hear(struct context *c);
/* The console begins to end that session. */
void operator_ends(struct context *c, struct session *s);
/* The console closes that tunnel. */
void operator_closes(struct context *c, struct tunnel *t);

#endif
