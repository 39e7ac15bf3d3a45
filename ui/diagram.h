/* A ladder (ladder.h) drawn: one file per format. */
#ifndef L2TPSCOPE_DIAGRAM_H
#define L2TPSCOPE_DIAGRAM_H

#include "ladder.h"

/* Text of any width. `has_utf8` false: ASCII alone. */
void diagram_draw_text(const struct ladder *l, struct term *term, bool has_utf8);
/* Mermaid's sequenceDiagram. */
void diagram_draw_mermaid(const struct ladder *l, struct term *term);

/* What stands at an arrow on one line: message, call (when several are shown), what matters,
 * repeats, remarks; findings that were told before are named. */
void diagram_label(struct text *t, const struct ladder *l, const struct ladder_row *row);
/* `error chap-failure: The LNS rejected …`. */
void diagram_note(struct text *t, const struct ladder_note *note);
/* `… and 12 messages more, not drawn`; nothing when all are drawn. */
void diagram_left_out(struct text *t, const struct ladder *l);

#endif
