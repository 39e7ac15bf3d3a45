/* While secrets are in memory: no core file, no debugger, no swap, nothing left behind. */
#ifndef L2TPSCOPE_GUARD_H
#define L2TPSCOPE_GUARD_H

#include <stddef.h>

/* From the first secret on until the program ends: a crash writes no core, and others of the same
 * user cannot look into the memory. */
void guard_memory(void);
/* Never written to swap, as far as the user may lock memory (RLIMIT_MEMLOCK); until the process
 * ends, for other octets of its pages may be secret, too. */
void guard_lock(const void *at, size_t len);
/* Overwrites; the compiler does not leave it out. */
void guard_wipe(void *at, size_t len);

#endif
