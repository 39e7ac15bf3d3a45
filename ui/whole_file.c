#include "whole_file.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"

static void forget(struct whole_file *f)
{
	free(f->path);
	free(f->temporary);
	*f = (struct whole_file){0};
}

static char *copy_of(const char *path, const char *behind)
{
	size_t n = strlen(path), more = strlen(behind);
	char *copy = must_alloc(n + more + 1, 1);

	memcpy(copy, path, n);
	memcpy(copy + n, behind, more + 1);
	return copy;
}

/* mkstemp makes it readable for its owner only; any other new file follows the umask. */
static void permissions_set(int file)
{
	mode_t mask = umask(0);

	umask(mask);
	(void)fchmod(file, 0666 & ~mask);
}

static bool open_in_place(struct whole_file *f, const char *path, struct text *why_not)
{
	f->out = fopen(path, "wb");
	if (f->out == NULL) {
		text_printf(why_not, "cannot write %s: ", path);
		text_puts(why_not, strerror(errno));
		return false;
	}
	f->path = copy_of(path, "");
	return true;
}

/* A device or a pipe (/dev/null, a FIFO) is written to; renaming over it would take it away. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static bool is_there(const char *path, struct text *why_not)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	text_printf(why_not, "%s is there already; --force replaces it", path);
	return true;
}

bool whole_open_growing(struct whole_file *f, const char *path, bool is_forced,
			struct text *why_not)
{
	*f = (struct whole_file){.out = stdout};
	if (strcmp(path, "-") == 0)
		return true;
	if (!is_special(path) && !is_forced && is_there(path, why_not))
		return false;
	return open_in_place(f, path, why_not);
}

bool whole_open(struct whole_file *f, const char *path, bool is_forced, struct text *why_not)
{
	int file;

	*f = (struct whole_file){.out = stdout};
	if (strcmp(path, "-") == 0)
		return true;
	if (is_special(path))
		return open_in_place(f, path, why_not);
	if (!is_forced && is_there(path, why_not))
		return false;
	f->path = copy_of(path, "");
	f->temporary = copy_of(path, ".XXXXXX");
	file = mkstemp(f->temporary);
	f->out = file < 0 ? NULL : fdopen(file, "wb");
	if (f->out == NULL) {
		text_printf(why_not, "cannot write %s: ", path);
		text_puts(why_not, strerror(errno));
		forget(f);
		return false;
	}
	permissions_set(file);
	return true;
}

/* A pipe whose reader had enough: no failure, and also known when an earlier write met it. */
static bool reader_is_gone(int out)
{
	struct pollfd pipe = {.fd = out, .events = POLLOUT};

	return poll(&pipe, 1, 0) == 1 && (pipe.revents & POLLERR) != 0;
}

bool whole_close(struct whole_file *f, struct text *why_not)
{
	bool is_fine;

	errno = 0;
	is_fine = fflush(f->out) == 0 && !ferror(f->out);
	if (f->path == NULL) {
		if (is_fine || reader_is_gone(fileno(f->out)))
			return true;
		text_puts(why_not, "cannot write standard output");
		if (errno != 0)
			text_printf(why_not, ": %s", strerror(errno));
		return false;
	}
	is_fine = fclose(f->out) == 0 && is_fine;
	is_fine = is_fine && (f->temporary == NULL || rename(f->temporary, f->path) == 0);
	if (!is_fine) {
		text_printf(why_not, "cannot write %s: ", f->path);
		text_puts(why_not, strerror(errno));
		if (f->temporary != NULL)
			unlink(f->temporary);
	}
	forget(f);
	return is_fine;
}

void whole_drop(struct whole_file *f)
{
	if (f->path == NULL)
		return;
	fclose(f->out);
	if (f->temporary != NULL)
		unlink(f->temporary);
	forget(f);
}
