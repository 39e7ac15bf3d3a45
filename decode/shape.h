/* The shape a log arrived in, taken off before it is read.
 *
 * Between the device and us a text is saved as UTF-16, coloured, shown by a pager, put into a web
 * page, a table, a journal, a mail or a pastebin, or turned over. Each such shape is told by the
 * beginning of the text (SHAPE_LOOK octets), and is one stage that copies the text without it; a
 * map says of every octet of the result where it stood, so that lines and columns that people are
 * told are those of their file. A text in none of these shapes is not copied.
 *
 * Results and maps that are large live in temporary files (spill.h), not in memory: a log may have
 * any size. To turn a log over, its file is read from the end before anything is analysed. */
#ifndef L2TPSCOPE_SHAPE_H
#define L2TPSCOPE_SHAPE_H

#include "line_index.h"

enum { SHAPE_LOOK = 1 << 18, SHAPE_NAMES = 8 };

struct spill;
struct shape_run;

struct shape {
	struct str given, text;    /* the octets of the input, and what is to be read */
	struct spill *given_spill; /* not its own, or NULL */
	struct spill *spill, *runs_spill;
	const struct shape_run *runs; /* NULL: `text` is `given` */
	size_t n_runs;
	struct line_index given_lines, text_lines;
	const char *names[SHAPE_NAMES]; /* of the stages that applied */
	size_t n_names;
};

bool shape_is_wide(struct str head); /* UTF-16 */

/* `given` is borrowed, and so is the file that it is in, or NULL. False and `why_not` when there is
 * no room for a copy (TMPDIR). */
bool shape_open(struct shape *s, struct str given, struct spill *spill, int year,
		struct text *why_not);
void shape_close(struct shape *s);

static inline bool shape_is_plain(const struct shape *s)
{
	return s->runs == NULL;
}

/* Where an octet of `text` stood in `given`. */
uint64_t shape_offset(const struct shape *s, uint64_t offset);
/* Behind the last octet that `text` up to `offset` stood for. */
uint64_t shape_end(const struct shape *s, uint64_t offset);
/* What stands before that octet of `text` is not looked at soon (spill_forget). */
void shape_forget(const struct shape *s, uint64_t offset);
/* A line and column of `text` become those of `given`. */
struct line_place shape_place(const struct shape *s, uint64_t line, uint64_t column);

#endif
