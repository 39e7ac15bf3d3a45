#include <stdio.h>

#include "annotate.h"

static bool has_line_starting(struct str content, const char *prefix)
{
	struct text with_newline = text_make(64);
	bool has;

	text_printf(&with_newline, "\n%s", prefix);
	has = str_starts(content, prefix) || str_find(content, text_str(&with_newline)) != SIZE_MAX;
	text_free(&with_newline);
	return has;
}

void annotate_mark(struct annotation *a, int marks)
{
	a->marks = marks;
	snprintf(a->prefix, sizeof(a->prefix), "    %.*s ", marks, ";;;;;;;;;;;;;;;;");
}

void annotate_mark_choose(struct annotation *a)
{
	int marks = 1;

	do
		annotate_mark(a, marks);
	while (has_line_starting(a->content, a->prefix) && ++marks < ANNOTATE_MARKS);
}
