/* Where records went: who points to a joined record is redirected. */
#ifndef L2TPSCOPE_REDIRECTS_H
#define L2TPSCOPE_REDIRECTS_H

#include <stdbool.h>
#include <stddef.h>

struct redirect {
	const void *from; /* NULL: an empty slot */
	void *to;
};
/* All zero is empty. */
struct redirects {
	struct redirect *slots; /* owned: redirects_free() */
	size_t n, n_slots;
};

/* What `from` went to before is forgotten. */
void redirects_set(struct redirects *m, const void *from, void *to);
/* Where it went, one step; NULL: nowhere. */
void *redirects_of(const struct redirects *m, const void *from);
/* Where it is at last: itself, if it went nowhere. */
void *redirected(const struct redirects *m, void *what);
void redirects_free(struct redirects *m);

#endif
