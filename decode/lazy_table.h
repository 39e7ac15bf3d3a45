/* Makes `lib` (the functions of a library) and `library` (what lazy_load() takes) of the table
 * LIBRARY_TABLE and the file LIBRARY_FILE (lazy.h): included once by each file that calls the
 * library, after the library's own header. */
#include "lazy.h"

#define FUNCTION(type, name, arguments) type(*name) arguments;
#define VARIABLE(type, name)            type *name;
static struct {
#include LIBRARY_TABLE
} lib;
#undef FUNCTION
#undef VARIABLE

#define FUNCTION(type, name, arguments) #name,
#define VARIABLE(type, name)            #name,
static const char *const lib_names[] = {
#include LIBRARY_TABLE
};
#undef FUNCTION
#undef VARIABLE

#define FUNCTION(type, name, arguments)                                                            \
	_Static_assert(_Generic(&(name), type(*) arguments : 1, default : 0), #name);
#define VARIABLE(type, name) _Static_assert(_Generic(&(name), type * : 1, default : 0), #name);
#include LIBRARY_TABLE
#undef FUNCTION
#undef VARIABLE

#ifndef LIBRARY_ALIAS
#define LIBRARY_ALIAS NULL
#endif

static struct lazy_library library = {.file = LIBRARY_FILE,
				      .alias = LIBRARY_ALIAS,
				      .names = lib_names,
				      .n = sizeof(lib_names) / sizeof(lib_names[0]),
				      .pointers = &lib};
