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
	if (!library && l->alias)
		library = dlopen(l->alias, RTLD_LAZY | RTLD_LOCAL);
	if (!library) {
		text_printf(why_not, "a library cannot be loaded: %s", dlerror());
		return false;
	}
	for (size_t i = 0; i < l->n; i++) {
		void *found = dlsym(library, l->names[i]);

		if (!found) {
			/* said now: dlclose forgets it */
			text_printf(why_not, "a library cannot be used: %s", dlerror());
			dlclose(library);
			return false;
		}
		memcpy((char *)l->pointers + i * sizeof(found), &found, sizeof(found));
	}
	l->is_loaded = true;
	return true;
}
