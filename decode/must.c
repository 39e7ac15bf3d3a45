#include "must.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The one place where the program gives up for want of memory (contract: exit status 5). */
static _Noreturn void out_of_memory(void)
{
	fputs("l2tpscope: out of memory\n", stderr);
	exit(5);
}

void *must_grow(void *old, size_t count, size_t size)
{
	void *grown;

	if (size != 0 && count > SIZE_MAX / size)
		out_of_memory();
	grown = realloc(old, count == 0 || size == 0 ? 1 : count * size);
	if (!grown)
		out_of_memory();
	return grown;
}

void *must_room(size_t count, size_t size)
{
	return must_grow(NULL, count, size);
}

void *must_alloc(size_t count, size_t size)
{
	void *fresh = calloc(count ? count : 1, size ? size : 1);

	if (!fresh)
		out_of_memory();
	return fresh;
}

void *must_alloc_line(size_t size)
{
	enum { LINE = 64 };
	size_t whole = (size + LINE - 1) / LINE * LINE;
	void *fresh = aligned_alloc(LINE, whole);

	if (!fresh)
		out_of_memory();
	return memset(fresh, 0, whole);
}
