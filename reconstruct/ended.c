#include "ended.h"

#include <stdlib.h>

#include "observer.h"

void ended_add(struct ended *e, struct live_session *ls)
{
	if (e->n == e->room) {
		e->room = e->room ? 2 * e->room : 64;
		e->rows = must_grow(e->rows, e->room, sizeof(*e->rows));
	}
	e->rows[e->n++] =
		(struct ended_row){.session = ls, .look_ns = INT64_MIN, .number = e->numbers++};
	ls->ended_at = (uint32_t)e->n;
}

/* The last one takes its place. */
void ended_leave(struct ended *e, struct live_session *ls)
{
	size_t at = ls->ended_at;

	if (!at)
		return;
	ls->ended_at = 0;
	e->n--;
	if (at - 1 == e->n)
		return;
	e->rows[at - 1] = e->rows[e->n];
	e->rows[at - 1].session->ended_at = (uint32_t)at;
}

void ended_free(struct ended *e)
{
	free(e->rows);
}
