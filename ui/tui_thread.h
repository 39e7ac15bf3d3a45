/* Another thread for what takes longer than a key may wait. */
#ifndef L2TPSCOPE_TUI_THREAD_H
#define L2TPSCOPE_TUI_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Signals about the terminal and the end stay those of who calls. False: there is none. */
bool tui_thread_start(pthread_t *ret, void *(*work)(void *of), void *of);

#endif
