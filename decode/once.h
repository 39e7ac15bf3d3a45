/* What is made once, at the latest when it is first asked for.
 *
 * call_once() with an inlined look before it, for tables that are asked for each packet. */
#ifndef L2TPSCOPE_ONCE_H
#define L2TPSCOPE_ONCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <threads.h>

struct once {
	once_flag flag;
	atomic_bool is_made;
};

#define ONCE_INIT                                                                                  \
	{                                                                                          \
		.flag = ONCE_FLAG_INIT                                                             \
	}

static inline bool once_is_made(struct once *o)
{
	return atomic_load_explicit(&o->is_made, memory_order_acquire);
}

static inline void once(struct once *o, void (*make)(void))
{
	if (once_is_made(o))
		return;
	call_once(&o->flag, make);
	atomic_store_explicit(&o->is_made, true, memory_order_release);
}

#endif
