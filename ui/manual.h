/* The manual pages, made of the same tables as everything else: l2tpscope(1), one for each
 * command, and in section 7 what several of them share. The build writes them (manual.cmake);
 * `explain manual PAGE` prints one for people who have not installed the program. */
#ifndef L2TPSCOPE_MANUAL_H
#define L2TPSCOPE_MANUAL_H

#include "help.h"

enum { MANUAL_PAGES = 64, MANUAL_NAME = 64 };

struct manual_page {
	char name[MANUAL_NAME]; /* "l2tpscope-calls" */
	int section;
	const char *about;
	const struct command *command; /* or NULL */
	void (*write)(struct text *t, const struct manual_page *page);
};

/* All pages, by section and name; how many. */
size_t manual_pages(struct manual_page ret[MANUAL_PAGES]);
/* "l2tpscope-calls" and "calls" are the same. */
bool manual_named(struct manual_page *ret, const char *name);
/* The whole page in mdoc(7). */
void manual_print(struct text *t, const struct manual_page *page);

/* manual_tables.c: the pages of section 7. */
void manual_filter(struct text *t, const struct manual_page *page);
void manual_rules(struct text *t, const struct manual_page *page);
void manual_causes(struct text *t, const struct manual_page *page);

#endif
