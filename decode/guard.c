#include "guard.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void guard_memory(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* whose search for leaks looks into the memory, too */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void guard_lock(const void *at, size_t len)
{
	int before = errno;

	if (at != NULL && mlock(at, len) != 0)
		errno = before; /* no more may be locked: it is wiped all the same */
}

void guard_wipe(void *at, size_t len)
{
	if (at != NULL)
		explicit_bzero(at, len);
}
