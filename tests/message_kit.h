/* A decoder of L2TP with secrets, and what one packet gave. */
#ifndef L2TPSCOPE_MESSAGE_KIT_H
#define L2TPSCOPE_MESSAGE_KIT_H

#include "l2tp.h"

static struct arena *arena;
static struct secrets *secrets;
static struct l2tp_decoder *decoder;
static struct event event;
static struct defect_list defects;
static struct span payload;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(16 << 20);
	secrets = secrets_new();
	decoder = l2tp_decoder_new(arena, secrets);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	l2tp_decoder_free(decoder);
	secrets_free(secrets);
	arena_free(arena);
	return 0;
}

#endif
