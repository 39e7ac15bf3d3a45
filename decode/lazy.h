/* Libraries that few runs need are loaded when they are: they and what they bring along take
 * longer to load, and more memory, than a small capture takes to read.
 *
 * The functions of a library stand in a table of its own (NAME_library.def), a row each:
 * FUNCTION(type, name, arguments), and what it has for all to see: VARIABLE(type, name). From it
 * lazy_table.h makes a struct of nothing but pointers to them, their names, and the proof that the
 * rows are what the library's header says. */
#ifndef L2TPSCOPE_LAZY_H
#define L2TPSCOPE_LAZY_H

#include "text.h"

struct lazy_library {
	const char *file;  /* "libarchive.so.13" */
	const char *alias; /* where the file has another name, that one; or NULL */
	const char *const *names;
	size_t n;
	void *pointers; /* the struct, in the order of the names */
	bool is_loaded;
};

/* False, and why, when the library or one of its functions is not there. */
bool lazy_load(struct lazy_library *l, struct text *why_not);

#endif
