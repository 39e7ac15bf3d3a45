/* Two messages side by side, field by field: fields are known by their names, wherever they stand,
 * and each line says whether they differ. For `diff --messages` and the screens. */
#ifndef L2TPSCOPE_MESSAGE_PAIR_H
#define L2TPSCOPE_MESSAGE_PAIR_H

#include "message_tree.h"

/* A field of each, or what did not fit into the line above. */
struct message_pair_line {
	struct str cell[2];
	char mark; /* ' ' the same, '*' differs, '<' and '>' only there */
};

struct message_pair {
	struct message_tree tree[2];
	struct message_pair_line *lines;
	size_t n, room, differ;
	size_t width; /* of a cell */
};

/* In lines of `columns`; `arena` has the text. NULL: no message there. */
void message_pair_make(struct message_pair *p, struct arena *arena, const struct event *const e[2],
		       size_t columns, bool show_secrets);
void message_pair_free(struct message_pair *p);
/* The line as text; a cell that is too long is cut. */
void message_pair_print(struct text *t, const struct message_pair *p,
			const struct message_pair_line *line);

#endif
