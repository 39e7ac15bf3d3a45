#include "lazy.h"

#include <dlfcn.h>
#include <string.h>

_Static_assert(sizeof(void *) == sizeof(void (*)(void)), "POSIX: dlsym gives both");

bool lazy_load(struct lazy_library *l, struct text *why_not)
{
	void *library;

	if (l->is_loaded)
		return true;
	library = dlopen(l->file, RTLD_LAZY | RTLD_LOCAL);
	for (size_t i = 0; library && i < l->n; i++) {
		void *function = dlsym(library, l->names[i]);

		if (!function) {
			dlclose(library);
			library = NULL;
			break;
		}
		memcpy((char *)l->functions + i * sizeof(function), &function, sizeof(function));
	}
	l->is_loaded = library != NULL;
	if (!library)
		text_printf(why_not, "a library cannot be loaded: %s", dlerror());
	return l->is_loaded;
}
