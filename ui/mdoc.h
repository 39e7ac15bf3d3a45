/* Manual pages in mdoc(7): words of our tables, escaped, a sentence a line as its readers want
 * it. `code` in backquotes comes out bold. */
#ifndef L2TPSCOPE_MDOC_H
#define L2TPSCOPE_MDOC_H

#include "text.h"

/* A macro line whose arguments hold nothing that needs escaping: "Sh NAME". */
void mdoc_macro(struct text *t, const char *line);
/* One argument of a macro, quoted; it follows what stands in the line. */
void mdoc_argument(struct text *t, const char *words);

/* Filled text. */
void mdoc_words(struct text *t, struct str words);
/* Text as `--help` has it: an empty line parts paragraphs, indented lines stay as they are. */
void mdoc_details(struct text *t, const char *details);
/* One line that stays as it is, indented. */
void mdoc_display(struct text *t, struct str line);
/* A list of tagged items: `tag` as it is, then its words. */
void mdoc_list_begin(struct text *t, const char *width);
void mdoc_item(struct text *t, const char *tag, const char *words);
void mdoc_list_end(struct text *t);

#endif
