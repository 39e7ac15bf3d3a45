#include "pager.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "text.h"

static pid_t child;

/* Is the program of this name on the PATH? */
static bool is_there(const char *name)
{
	struct str rest = str_of(getenv("PATH"));
	struct text path = text_make(4096);
	bool is_found = false;

	while (rest.len > 0 && !is_found) {
		size_t end = str_find(rest, STR(":"));
		struct str folder = {rest.at, end == SIZE_MAX ? rest.len : end};

		text_clear(&path);
		text_printf(&path, "%.*s/%s", STR_ARG(folder), name);
		is_found = !path.is_cut && access(path.at, X_OK) == 0;
		rest = str_from(rest, end == SIZE_MAX ? rest.len : end + 1);
	}
	text_free(&path);
	return is_found;
}

/* NULL: none is wanted, or there is none. */
static const char *command(void)
{
	const char *pager = getenv("PAGER");
	const char *terminal = getenv("TERM");

	if (terminal == NULL || strcmp(terminal, "dumb") == 0)
		return NULL;
	if (pager == NULL)
		return is_there("less") ? "less" : NULL;
	return pager[0] == '\0' || strcmp(pager, "cat") == 0 ? NULL : pager;
}

static void become(const char *pager, const int pipe_ends[2])
{
	dup2(pipe_ends[0], STDIN_FILENO);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	signal(SIGPIPE, SIG_DFL);
	/* end when it fits, colours, no clearing of the screen: what git asks of less */
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
	_exit(127);
}

bool pager_start(void)
{
	const char *pager = command();
	int pipe_ends[2];

	if (pager == NULL || pipe(pipe_ends) != 0)
		return false;
	fflush(stdout);
	child = fork();
	if (child == 0)
		become(pager, pipe_ends);
	close(pipe_ends[0]);
	if (child > 0)
		dup2(pipe_ends[1], STDOUT_FILENO);
	close(pipe_ends[1]);
	return child > 0;
}

void pager_finish(void)
{
	int status;

	if (child <= 0)
		return;
	/* Ctrl-C is the pager's now. */
	signal(SIGINT, SIG_IGN);
	fflush(stdout);
	close(STDOUT_FILENO);
	while (waitpid(child, &status, 0) < 0)
		continue;
	child = 0;
}
