/* One HTML page that needs nothing from anywhere: a template (report.html) with our own style and
 * script, which nobody else's may stand beside (Content-Security-Policy with their digests), and
 * data as JSON in elements of their own, from which the script makes what is seen.
 *
 *	webpage_begin(&w, file, title);
 *	webpage_data(&w, "call-17");
 *	… writer_… (&w.json) …; webpage_flush(&w) now and then
 *	webpage_data_end(&w);
 *	webpage_end(&w);
 *
 * Whatever stands in a string of the JSON ends no element: `<`, `>`, `&` and the line separators
 * are written as escapes. */
#ifndef L2TPSCOPE_WEBPAGE_H
#define L2TPSCOPE_WEBPAGE_H

#include <stdio.h>

#include "writer.h"

struct webpage {
	FILE *out;
	struct text line;   /* the JSON that is being made */
	struct writer json; /* into it */
	uint64_t octets;    /* of data so far */
	struct str rest;    /* of the template, behind the data */
	struct str title;
};

/* Everything up to the data. `title` lives as long as the page. */
void webpage_begin(struct webpage *w, FILE *out, struct str title);
void webpage_data(struct webpage *w, const char *id);
/* What is made goes to the file; to be called before `line` may be full. */
void webpage_flush(struct webpage *w);
void webpage_data_end(struct webpage *w);
/* The script, and the end. */
void webpage_end(struct webpage *w);

#endif
