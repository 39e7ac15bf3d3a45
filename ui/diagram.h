/* A ladder (ladder.h) drawn: one file per format. Each escapes for its own syntax: no word of an
 * input takes effect in any of them. */
#ifndef L2TPSCOPE_DIAGRAM_H
#define L2TPSCOPE_DIAGRAM_H

#include "ladder.h"

/* Text of any width. `has_utf8` false: ASCII alone. */
void diagram_draw_text(const struct ladder *l, struct term *term, bool has_utf8);
/* Mermaid's sequenceDiagram. */
void diagram_draw_mermaid(const struct ladder *l, struct term *term);
void diagram_draw_plantuml(const struct ladder *l, struct term *term);
/* For mscgen. Its labels have no way to write a backslash: U+2216 stands for it. */
void diagram_draw_mscgen(const struct ladder *l, struct term *term);

/* ---- what the formats share ---- */

/* What stands at an arrow on one line: message, call (when several are shown), what matters,
 * repeats, remarks; findings that were told before are named. */
void diagram_label(struct text *t, const struct ladder *l, const struct ladder_row *row);
/* Its two halves: what it is, and what of it matters. */
void diagram_headline(struct text *t, const struct ladder *l, const struct ladder_row *row);
void diagram_detail(struct text *t, const struct ladder_row *row);
/* `error chap-failure: The LNS rejected …`. */
void diagram_note(struct text *t, const struct ladder_note *note);
/* `… and 12 messages more, not drawn`; nothing when all are drawn. */
void diagram_left_out(struct text *t, const struct ladder *l);

/* The parties of a row from left to right. */
size_t diagram_left(const struct ladder_row *row);
size_t diagram_right(const struct ladder_row *row);
/* Folded both ways: an arrow with two heads. */
bool diagram_goes_both_ways(const struct ladder_row *row);

#endif
