/* A packet, and what a decoder made of it. */
#ifndef L2TPSCOPE_PACKET_KIT_H
#define L2TPSCOPE_PACKET_KIT_H

#include <stdlib.h>

#include "event.h"
#include "value.h"

struct fixture {
	struct arena *arena;
	struct event e;
	struct defect_list defects;
	struct value_list values;
	uint8_t *exact; /* the packet, in memory of just its size */
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new((size_t)64 << 20);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	arena_free(f->arena);
	free(f->exact);
	free(f);
	return 0;
}

#endif
