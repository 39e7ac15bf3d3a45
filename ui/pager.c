#include "pager.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "character.h"
#include "term.h"

static pid_t child;

static bool is_program(const char *path)
{
	struct stat st;

	return access(path, X_OK) == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Is the program of this name on the PATH? */
static bool is_there(struct str name)
{
	struct str rest = str_of(getenv("PATH"));
	struct text path = text_make(4096);
	bool is_found = false;

	if (str_find(name, STR("/")) != SIZE_MAX) {
		text_add(&path, name);
		is_found = !path.is_cut && is_program(path.at);
		rest.len = 0;
	}
	while (rest.len > 0 && !is_found) {
		size_t end = str_find(rest, STR(":"));
		struct str folder = {rest.at, end == SIZE_MAX ? rest.len : end};

		text_clear(&path);
		text_printf(&path, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name));
		is_found = !path.is_cut && is_program(path.at);
		rest = str_from(rest, end == SIZE_MAX ? rest.len : end + 1);
	}
	text_free(&path);
	return is_found;
}

/* The program that a line for the shell begins with, where no quotes or signs of the shell hide it;
 * else empty: the shell knows. */
static struct str program_of(const char *line)
{
	struct str rest = str_trim(str_of(line));
	size_t n = 0;

	while (n < rest.len && rest.at[n] != ' ') {
		bool is_plain = char_is_letter(rest.at[n]) || char_is_digit(rest.at[n]) ||
				(rest.at[n] != '\0' && strchr("/._-+=", rest.at[n]) != NULL);

		if (!is_plain)
			return (struct str){0};
		n++;
	}
	if (memchr(rest.at, '=', n) != NULL) /* LESS=R less */
		return n < rest.len ? program_of(rest.at + n) : (struct str){0};
	return (struct str){rest.at, n};
}

/* What goes through a pager that cannot be started would be lost. */
static bool can_start(const char *pager)
{
	struct str program = program_of(pager);
	struct text why = text_make(4096);
	bool can = program.len == 0 || is_there(program);

	if (!can) {
		text_printf(&why, "PAGER: there is no program `%.*s`: the output comes without it",
			    STR_ARG(program));
		term_complain(text_str(&why));
	}
	text_free(&why);
	return can;
}

/* `LESS=R`: nothing that could be started. */
static bool only_sets(const char *pager)
{
	struct str line = str_trim(str_of(pager));

	return str_find(line, STR("=")) != SIZE_MAX && str_find(line, STR(" ")) == SIZE_MAX;
}

/* NULL: none is wanted, or there is none. */
static const char *command(void)
{
	const char *pager = getenv("PAGER");
	const char *terminal = getenv("TERM");

	if (terminal == NULL || strcmp(terminal, "dumb") == 0)
		return NULL;
	if (pager == NULL)
		return is_there(STR("less")) ? "less" : NULL;
	if (str_trim(str_of(pager)).len == 0 || strcmp(pager, "cat") == 0 || only_sets(pager))
		return NULL;
	return can_start(pager) ? pager : NULL;
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
	/* what is printed is UTF-8 in every locale; less would show its octets in that of C */
	setenv("LESSCHARSET", "utf-8", 0);
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

bool pager_finish(void)
{
	enum { NOT_STARTED = 126 }; /* and 127: what the shell ends with then */
	int status = 0;
	bool is_read;

	if (child <= 0)
		return true;
	/* Ctrl-C is the pager's now. */
	signal(SIGINT, SIG_IGN);
	fflush(stdout);
	close(STDOUT_FILENO);
	while (waitpid(child, &status, 0) < 0)
		continue;
	child = 0;
	is_read = !WIFEXITED(status) || WEXITSTATUS(status) < NOT_STARTED ||
		  WEXITSTATUS(status) > NOT_STARTED + 1;
	if (!is_read)
		term_complain(STR("PAGER could not be started, and nothing was shown: --no-pager"));
	return is_read;
}
