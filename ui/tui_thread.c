#include "tui_thread.h"

#include <signal.h>

/* A crash is where it is. */
bool tui_thread_start(pthread_t *ret, void *(*work)(void *of), void *of)
{
	sigset_t mine, before;
	bool is_started;

	sigfillset(&mine);
	sigdelset(&mine, SIGSEGV);
	sigdelset(&mine, SIGBUS);
	sigdelset(&mine, SIGFPE);
	sigdelset(&mine, SIGILL);
	sigdelset(&mine, SIGABRT);
	pthread_sigmask(SIG_SETMASK, &mine, &before);
	is_started = pthread_create(ret, NULL, work, of) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return is_started;
}
