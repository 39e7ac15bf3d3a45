#include "tui_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui_term.h"

static void work(struct tui *t, size_t width, void (*print)(struct run *r, const void *what),
		 const void *what, int to)
{
	size_t length = 0, done = 0;
	char *text;

	tui_term_abandon();
	text = tui_print(t, width, print, what, &length);
	while (text != NULL && done < length) {
		ssize_t n = write(to, text + done, length - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	_exit(text != NULL && done == length ? 0 : 1);
}

bool aside_start(struct aside *a, struct tui *t, size_t width,
		 void (*print)(struct run *r, const void *what), const void *what)
{
	int ends[2];

	*a = (struct aside){0};
	if (pipe(ends) != 0)
		return false;
	a->process = fork();
	if (a->process == 0) {
		close(ends[0]);
		work(t, width, print, what, ends[1]);
	}
	close(ends[1]);
	a->from = ends[0];
	if (a->process < 0) {
		close(ends[0]);
		a->process = 0;
		return false;
	}
	fcntl(a->from, F_SETFL, O_NONBLOCK);
	fcntl(a->from, F_SETFD, FD_CLOEXEC);
	return true;
}

static void end(struct aside *a)
{
	close(a->from);
	waitpid(a->process, NULL, 0);
	a->process = 0;
}

bool aside_take(struct aside *a)
{
	enum { PART = 65536 };
	ssize_t n;

	if (a->process == 0)
		return false;
	if (a->length + PART > a->room) {
		a->room = a->length + 2 * PART;
		a->text = must_grow(a->text, a->room, 1);
	}
	n = read(a->from, a->text + a->length, PART);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n > 0) {
		a->length += (size_t)n;
		return true;
	}
	end(a);
	return false;
}

void aside_stop(struct aside *a)
{
	if (a->process != 0) {
		kill(a->process, SIGKILL);
		end(a);
	}
	free(a->text);
	*a = (struct aside){0};
}
