/* The stages of shape.c: each copies a text without one of the shapes that it can arrive in. */
#ifndef L2TPSCOPE_SHAPE_STAGE_H
#define L2TPSCOPE_SHAPE_STAGE_H

#include "clock.h"
#include "shape.h"
#include "spill.h"

/* From `at` of the result on, octets stood from `given` on, up to the next run. */
struct shape_run {
	uint64_t at, given;
};

/* Where a stage writes; it knows where what it copies stood in the very first text. */
struct shape_sink {
	struct str in;                  /* what the stage reads */
	struct spill *in_spill;         /* where that is, or NULL */
	const struct shape_run *before; /* its own runs, NULL: as given */
	size_t n_before, at_before;
	struct spill *text, *runs;
	uint64_t length;
	uint64_t next_given; /* of the next octet, if the last run goes on */
	char last;           /* octet written; '\n' at first */
	int year;
};

void sink_copy(struct shape_sink *s, size_t from, size_t to);
/* Characters that stand for what is at `from`. */
void sink_put(struct shape_sink *s, struct str characters, size_t from);
void sink_newline(struct shape_sink *s, size_t from); /* unless a line begins here already */

struct shape_stage {
	const char *name;
	bool (*applies)(struct str head, int year);
	void (*copy)(struct shape_sink *s);
};

enum { SHAPE_ENCODINGS = 5 };
extern const struct shape_stage shape_encoding[SHAPE_ENCODINGS];           /* shape_encoding.c */
extern const struct shape_stage shape_terminal;                            /* shape_terminal.c */
extern const struct shape_stage shape_html, shape_markdown;                /* shape_markup.c */
extern const struct shape_stage shape_json, shape_journal, shape_verbose;  /* shape_journal.c */
extern const struct shape_stage shape_quoted, shape_numbered, shape_table; /* shape_lines.c */
extern const struct shape_stage shape_barred, shape_named, shape_listed;   /* likewise */
extern const struct shape_stage shape_spaced, shape_wrapped;               /* shape_wrap.c */
extern const struct shape_stage shape_twice;                               /* shape_twice.c */
extern const struct shape_stage shape_doubled;                             /* shape_doubled.c */
extern const struct shape_stage shape_indented;                            /* shape_indent.c */
extern const struct shape_stage shape_relayed;                             /* shape_relay.c */
extern const struct shape_stage shape_noded;                               /* shape_node.c */
extern const struct shape_stage shape_reversed, shape_reversed_table;      /* shape_order.c */

/* The next line of `s` from *at on, without its end; false when there is none. */
static inline bool shape_line(struct str s, size_t *at, struct str *ret)
{
	const char *end;

	if (*at >= s.len)
		return false;
	end = memchr(s.at + *at, '\n', s.len - *at);
	*ret = (struct str){s.at + *at, (end ? (size_t)(end - s.at) : s.len) - *at};
	*at += ret->len + 1;
	return true;
}

enum { SHAPE_COLUMNS = 128 };
/* The beginning of a line, its runs of blanks each one, as a flow has them. */
struct str shape_flow(struct str line, char room[SHAPE_COLUMNS]);
/* The time in a line, whoever printed it. */
bool shape_moment(struct str line, int year, struct moment *ret); /* shape_order.c */

/* A code point as UTF-8; its octets. */
size_t shape_utf8(uint32_t code, char ret[4]);

#endif
