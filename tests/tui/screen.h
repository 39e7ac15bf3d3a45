/* What a terminal shows, with its colours: as a picture for people, and as text for tests. */
#ifndef L2TPSCOPE_WALK_SCREEN_H
#define L2TPSCOPE_WALK_SCREEN_H

#include "walk.h"

/* Both are the same octets for the same screen; to be freed. */

/* SVG: real text, run by run of one look, each as wide as its columns whatever the font is. */
char *screen_svg(struct terminal *t);
/* A line a row; `{1 bold}` before letters in another look than those before: the number of the
 * colour, on that of the background, and `bold`, `line`, `reverse`; `{}` is the plain one. */
char *screen_looks(struct terminal *t);

#endif
