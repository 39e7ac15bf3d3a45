/* While secrets are in memory: no core file, no debugger, nothing left behind. */
#ifndef L2TPSCOPE_GUARD_H
#define L2TPSCOPE_GUARD_H

#include <stddef.h>

/* From the first secret on until the program ends: a crash writes no core, and others of the same
 * user cannot look into the memory. */
void guard_memory(void);
/* Overwrites; the compiler does not leave it out. */
void guard_wipe(void *at, size_t len);

#endif
