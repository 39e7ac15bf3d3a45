/* Reading the reference tables of ../shared, where they are there. */
#ifndef L2TPSCOPE_TSV_H
#define L2TPSCOPE_TSV_H

#include <stdio.h>

#include "text.h"

enum { TSV_COLUMNS = 16, TSV_LINE = 8192 };

struct tsv {
	FILE *file;
	char line[TSV_LINE];
	struct str column[TSV_COLUMNS];
	size_t n;
};

/* The next row, split at its tabs; false at the end. */
static inline bool tsv_next(struct tsv *t)
{
	char *at = t->line;
	char *end;

	if (!fgets(t->line, TSV_LINE, t->file))
		return false;
	end = t->line + strcspn(t->line, "\r\n");
	memset(t->column, 0, sizeof(t->column));
	for (t->n = 0; t->n < TSV_COLUMNS; t->n++) {
		char *tab = at;

		while (tab < end && *tab != '\t')
			tab++;
		t->column[t->n] = str_range(at, tab);
		if (tab == end) {
			t->n++;
			break;
		}
		at = tab + 1;
	}
	return true;
}

/* False when ../shared is not there. The header row is passed over. */
static inline bool tsv_open(struct tsv *t, const char *name)
{
	char path[1000];

	snprintf(path, sizeof(path), "%s/../shared/reference/%s", SOURCE_DIR, name);
	t->file = fopen(path, "r");
	return t->file && tsv_next(t);
}

#endif
