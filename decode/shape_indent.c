/* A block of code of a forum: each line begins with four blanks or a tab, but for prose around it.
 */
#include "shape_stage.h"

enum { LOOK_LINES = 400, INDENT = 4 };

/* How much of the line is the block's. */
static size_t indent_length(struct str line)
{
	if (line.len && line.at[0] == '\t')
		return 1;
	return str_starts(line, "    ") ? INDENT : 0;
}

static bool is_indented(struct str head, int year)
{
	size_t at = 0, indented = 0, prose = 0;
	struct moment when;
	struct str line;

	while (indented + prose < LOOK_LINES && shape_line(head, &at, &line)) {
		if (!str_trim(line).len)
			continue;
		if (indent_length(line)) {
			indented++;
			continue;
		}
		/* what a record has below its head is indented by whoever printed it */
		if (shape_moment(line, year, &when))
			return false;
		prose++;
	}
	return indented > 0 && prose * 8 <= indented;
}

static void copy_indented(struct shape_sink *s)
{
	size_t at = 0, start = 0;
	struct str line;

	while (shape_line(s->in, &at, &line)) {
		sink_copy(s, start + indent_length(line), at < s->in.len ? at : s->in.len);
		start = at;
	}
}

const struct shape_stage shape_indented = {"indented", is_indented, copy_indented};
