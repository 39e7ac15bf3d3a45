#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "arena.h"
#include "held.h"
#include "same_file.h"
#include "unpack.h"

enum { RANDOM_LETTERS = 6 };

/* What is not whole yet. A program that ends in the middle (out of memory) takes it along. */
static struct {
	int folder;
	const char *name; /* NULL: none */
} unfinished[4];

enum { UNFINISHED = sizeof(unfinished) / sizeof(unfinished[0]) };

static void drop_unfinished(void)
{
	for (size_t i = 0; i < UNFINISHED; i++)
		if (unfinished[i].name != NULL)
			unlinkat(unfinished[i].folder, unfinished[i].name, 0);
}

bool whole_is_unfinished(const char *path)
{
	struct stat st, own;

	if (stat(path, &st) != 0)
		return false;
	for (size_t i = 0; i < UNFINISHED; i++)
		if (unfinished[i].name != NULL &&
		    fstatat(unfinished[i].folder, unfinished[i].name, &own, 0) == 0 &&
		    is_same_file(&own, &st))
			return true;
	return false;
}

/* `is` in place of `was`; NULL: none. */
static void note_unfinished(const char *was, int folder, const char *is)
{
	static bool is_prepared;

	if (!is_prepared)
		atexit(drop_unfinished);
	is_prepared = true;
	for (size_t i = 0; i < UNFINISHED; i++) {
		if (unfinished[i].name == was) {
			unfinished[i].folder = folder;
			unfinished[i].name = is;
			return;
		}
	}
}

static void forget(struct whole_file *f)
{
	if (f->temporary != NULL)
		note_unfinished(f->temporary, -1, NULL);
	free(f->path);
	free(f->name);
	free(f->temporary);
	*f = (struct whole_file){0};
}

static char *copy_of(const char *path, const char *behind)
{
	size_t n = strlen(path), more = strlen(behind);
	char *copy = must_alloc(n + more + 1, 1);

	memcpy(copy, path, n + 1);
	memcpy(copy + n, behind, more + 1);
	return copy;
}

/* It was made readable for its owner only; any other new file follows the umask. */
static void permissions_set(int file)
{
	mode_t mask = umask(0);

	umask(mask);
	(void)fchmod(file, 0666 & ~mask);
}

static void refuse(const char *path, struct text *why_not)
{
	text_printf(why_not, "cannot write %s: ", path);
	text_puts(why_not, strerror(errno));
}

/* A device or a pipe, or what somebody reads while it is written. */
static bool keep(struct whole_file *f, int file, const char *path, struct text *why_not)
{
	f->out = file < 0 ? NULL : fdopen(file, "wb");
	if (f->out != NULL) {
		f->path = copy_of(path, "");
		return true;
	}
	if (file >= 0) {
		refuse(path, why_not);
		close(file);
	}
	return false;
}

static bool is_there(int folder, const char *name, const char *path, struct text *why_not)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	text_printf(why_not, "%s is there already; --force replaces it", path);
	return true;
}

static bool is_fit(const char *path, struct text *why_not)
{
	struct str unpacked = unpacked_name(str_of(path));
	struct stat st;

	if (path[0] == '\0')
		text_puts(why_not, "the name of the file to write is empty");
	else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		text_printf(why_not, "cannot write %s: it is a directory", path);
	else if (held_is_spared(path))
		text_printf(why_not, "%s is an input: it is not written over what is read", path);
	else if (unpacked.len < strlen(path))
		text_printf(why_not,
			    "what is written is not packed: call it %.*s, and pack it afterwards",
			    STR_ARG(unpacked));
	else
		return true;
	return false;
}

/* The folder of a file that may be written, and what the file is called there; −1 and why not. */
static int folder_of(const char *path, bool is_forced, const char **ret_name, struct text *why_not)
{
	int folder;

	if (!is_fit(path, why_not))
		return -1;
	folder = held_folder(path, ret_name, why_not);
	return folder < 0 || (!is_forced && is_there(folder, *ret_name, path, why_not)) ? -1
											: folder;
}

bool whole_may_open(const char *path, bool is_forced, struct text *why_not)
{
	const char *name;

	return strcmp(path, "-") == 0 || held_is_special(path) ||
	       folder_of(path, is_forced, &name, why_not) >= 0;
}

bool whole_open_growing(struct whole_file *f, const char *path, bool is_forced,
			struct text *why_not)
{
	const char *name;
	int folder, file;

	*f = (struct whole_file){.out = stdout};
	if (strcmp(path, "-") == 0)
		return true;
	if (held_is_special(path))
		return keep(f, held_special(path, why_not), path, why_not);
	folder = folder_of(path, is_forced, &name, why_not);
	if (folder < 0)
		return false;
	file = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (file < 0)
		refuse(path, why_not);
	return keep(f, file, path, why_not);
}

/* A name that nobody has yet, in place of the last letters of `name`. */
static int create(int folder, char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	char *end = name + strlen(name) - RANDOM_LETTERS;
	int file = -1;

	for (unsigned tries = 0; file < 0 && tries < 100; tries++) {
		uint8_t random[RANDOM_LETTERS];

		if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
			return -1;
		for (size_t i = 0; i < sizeof(random); i++)
			end[i] = letters[random[i] % (sizeof(letters) - 1)];
		file = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (file < 0 && errno != EEXIST)
			return -1;
	}
	return file;
}

bool whole_open(struct whole_file *f, const char *path, bool is_forced, struct text *why_not)
{
	const char *name;
	int file;

	*f = (struct whole_file){.out = stdout};
	if (strcmp(path, "-") == 0)
		return true;
	if (held_is_special(path))
		return keep(f, held_special(path, why_not), path, why_not);
	f->folder = folder_of(path, is_forced, &name, why_not);
	if (f->folder < 0)
		return false;
	f->path = copy_of(path, "");
	f->name = copy_of(name, "");
	f->temporary = copy_of(name, ".XXXXXX");
	file = create(f->folder, f->temporary);
	if (file >= 0)
		note_unfinished(NULL, f->folder, f->temporary);
	f->out = file < 0 ? NULL : fdopen(file, "wb");
	if (f->out == NULL) {
		refuse(path, why_not);
		if (file >= 0) {
			unlinkat(f->folder, f->temporary, 0);
			close(file);
		}
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
	is_fine = is_fine && (f->temporary == NULL ||
			      renameat(f->folder, f->temporary, f->folder, f->name) == 0);
	if (!is_fine) {
		text_printf(why_not, "not all of %s could be written", f->path);
		if (errno != 0)
			text_printf(why_not, ": %s", strerror(errno));
		if (f->temporary != NULL)
			unlinkat(f->folder, f->temporary, 0);
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
		unlinkat(f->folder, f->temporary, 0);
	forget(f);
}
