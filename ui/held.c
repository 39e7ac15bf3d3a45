#include "held.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "arena.h"
#include "same_file.h"

struct held {
	int file;
	struct stat st;
};

static struct {
	struct held *at;
	size_t n, room;
	bool is_sealed;
} all;

/* Files that are read. */
static struct {
	struct held *at;
	size_t n, room;
} spared;

static bool refuse(const char *path, int error, struct text *why_not)
{
	text_printf(why_not, "cannot write %s: ", path);
	text_puts(why_not, strerror(error));
	return false;
}

static const struct held *find(const struct held *at, size_t n, const struct stat *st)
{
	for (size_t i = 0; i < n; i++)
		if (is_same_file(&at[i].st, st))
			return &at[i];
	return NULL;
}

void held_spare(const char *path)
{
	struct stat st;

	if ((strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(path, &st)) != 0 ||
	    !S_ISREG(st.st_mode))
		return;
	if (spared.n == spared.room) {
		spared.room = spared.room == 0 ? 8 : spared.room * 2;
		spared.at = must_grow(spared.at, spared.room, sizeof(*spared.at));
	}
	spared.at[spared.n++] = (struct held){-1, st};
}

void held_spare_nothing(void)
{
	spared.n = 0;
}

bool held_is_spared(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && find(spared.at, spared.n, &st) != NULL;
}

static const struct held *hold(const char *path, int flags)
{
	int file = open(path, flags | O_CLOEXEC);
	struct stat st;

	if (file < 0)
		return NULL;
	if (fstat(file, &st) != 0) {
		close(file);
		return NULL;
	}
	if (all.n == all.room) {
		all.room = all.room == 0 ? 8 : all.room * 2;
		all.at = must_grow(all.at, all.room, sizeof(*all.at));
	}
	all.at[all.n] = (struct held){file, st};
	return &all.at[all.n++];
}

/* Whether `file`, which is closed, is a folder below one that is held. */
static bool is_below(int file)
{
	struct stat before = {0}, st = {0};

	while (file >= 0 && fstat(file, &st) == 0 && find(all.at, all.n, &st) == NULL &&
	       !is_same_file(&st, &before)) {
		int above = openat(file, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

		close(file);
		file = above;
		before = st;
	}
	if (file < 0)
		return false;
	close(file);
	return find(all.at, all.n, &st) != NULL;
}

/* Of those that are held, or else opened unless they are sealed; what is below a folder may be
 * opened ever. */
static const struct held *get(const char *path, const char *what, int flags, struct text *why_not)
{
	const struct held *h;
	struct stat st;

	if (stat(path, &st) != 0) {
		refuse(what, errno, why_not);
		return NULL;
	}
	h = find(all.at, all.n, &st);
	if (h != NULL)
		return h;
	if (all.is_sealed) {
		flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
		if (!S_ISDIR(st.st_mode) || !is_below(open(path, flags))) {
			text_printf(why_not,
				    "%s: only below the folder it was started in (--no-sandbox)",
				    what);
			return NULL;
		}
	}
	h = hold(path, flags);
	if (h == NULL)
		refuse(what, errno, why_not);
	return h;
}

int held_folder(const char *path, const char **ret_name, struct text *why_not)
{
	const char *slash = strrchr(path, '/');
	struct text folder = text_make(8192);
	const struct held *h;

	*ret_name = slash == NULL ? path : slash + 1;
	if (slash == NULL)
		text_puts(&folder, ".");
	else
		text_add(&folder, str_range(path, slash == path ? slash + 1 : slash));
	h = folder.is_cut ? NULL : get(folder.at, path, O_RDONLY | O_DIRECTORY, why_not);
	if (folder.is_cut)
		refuse(path, ENAMETOOLONG, why_not);
	text_free(&folder);
	return h == NULL ? -1 : h->file;
}

int held_special(const char *path, struct text *why_not)
{
	const struct held *h = get(path, path, O_WRONLY | O_NOCTTY, why_not);
	int file = h == NULL ? -1 : fcntl(h->file, F_DUPFD_CLOEXEC, 3);

	if (h != NULL && file < 0)
		refuse(path, errno, why_not);
	return file;
}

bool held_is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

bool held_ready(const char *path, struct text *why_not)
{
	const char *name;

	if (held_is_special(path))
		return get(path, path, O_WRONLY | O_NOCTTY, why_not) != NULL;
	return held_folder(path, &name, why_not) >= 0;
}

void held_seal(void)
{
	all.is_sealed = true;
}

int held_next(size_t *at)
{
	while (*at < all.n) {
		const struct held *h = &all.at[(*at)++];
		struct stat st;

		if (fstat(h->file, &st) == 0 && S_ISDIR(st.st_mode))
			return h->file;
	}
	return -1;
}
