/* Long text on a terminal goes through a pager, as git's does: $PAGER, else less, which ends by
 * itself when all of it fits. The child is started before anything is printed; what is printed is
 * made for the terminal (width, colours) that the pager shows it on. */
#ifndef L2TPSCOPE_PAGER_H
#define L2TPSCOPE_PAGER_H

#include <stdbool.h>

/* Standard output goes into the pager from here on. False when there is none to be had: nothing
 * changes then; that $PAGER names no program is said. */
bool pager_start(void);
/* All is printed: waits until the reader has read it. False, and that is said: the shell could not
 * start the pager. */
bool pager_finish(void);

#endif
