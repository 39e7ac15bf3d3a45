/* Preloaded into a program: memory runs out. From its INJECT_FROM-th allocation on (INJECT_ONCE
 * set: only that one) malloc, calloc and realloc give nothing. INJECT_WHOSE=program counts only
 * what the program and what is linked into it ask for, not its libraries. INJECT_COUNT=FILE: how
 * many there were. AddressSanitizer brings an allocator of its own: not for programs that are built
 * with it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool is_on, is_once, is_programs;
static unsigned long from, count;
static int result = -1;      /* INJECT_COUNT: opened before the program locks itself in */
static uintptr_t begin, end; /* of the program */

static int find_program(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t at = info->dlpi_addr + part->p_vaddr;

		if (part->p_type != PT_LOAD)
			continue;
		begin = begin == 0 || at < begin ? at : begin;
		end = at + part->p_memsz > end ? at + part->p_memsz : end;
	}
	return 1; /* the first is the program */
}

__attribute__((constructor)) static void start(void)
{
	const char *whose = getenv("INJECT_WHOSE"), *number = getenv("INJECT_FROM");
	const char *path = getenv("INJECT_COUNT");

	dl_iterate_phdr(find_program, NULL);
	is_once = getenv("INJECT_ONCE") != NULL;
	is_programs = whose && strcmp(whose, "program") == 0;
	from = number ? strtoul(number, NULL, 10) : 0;
	if (path)
		result = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	unsetenv("LD_PRELOAD"); /* not for the programs that it starts */
	is_on = true;
}

__attribute__((destructor)) static void stop(void)
{
	char digits[32];
	int n;

	is_on = false;
	if (result < 0)
		return;
	n = snprintf(digits, sizeof(digits), "%lu\n", count);
	if (write(result, digits, (size_t)n) != n)
		_exit(2);
	close(result);
}

static bool fails(const void *caller)
{
	unsigned long number;

	if (!is_on || (is_programs && ((uintptr_t)caller < begin || (uintptr_t)caller >= end)))
		return false;
	number = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	if (from == 0 || number < from || (is_once && number > from))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}
