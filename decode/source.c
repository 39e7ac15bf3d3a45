#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limits.h"

enum { HEAD = 65536, SPOOL_STEP = 65536 };

/* Every kind of input. Of equal probes the first wins. */
static const struct source_row *const rows[] = {
	&source_pcap,
	&source_pcapng,
	&source_text,
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

struct source {
	const struct source_row *row;
	void *self;
	int fd;
};

/* All of `octets`, however often write() stops early. */
static bool write_all(int fd, const uint8_t *octets, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, octets, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		octets += done;
		n -= (size_t)done;
	}
	return true;
}

static ssize_t read_some(int fd, uint8_t *octets, size_t room)
{
	ssize_t n;

	do {
		n = read(fd, octets, room);
	} while (n < 0 && errno == EINTR);
	return n;
}

static int spool_file(void)
{
	const char *folder = getenv("TMPDIR");
	struct text name = text_make(4096);
	int fd;

	text_printf(&name, "%s/l2tpscope.XXXXXX", folder && *folder ? folder : "/tmp");
	fd = mkstemp(name.at);
	if (fd >= 0)
		unlink(name.at);
	text_free(&name);
	return fd;
}

/* Copies what comes out of `from`; false and errno when that fails. */
static bool spool_copy(int from, int to, bool *ret_is_limited)
{
	static const size_t limit = LIMIT_SPOOL;
	uint8_t *octets = must_alloc(SPOOL_STEP, 1);
	size_t total = 0;
	ssize_t n;
	bool is_written = true;

	*ret_is_limited = false;
	while (is_written && (n = read_some(from, octets, SPOOL_STEP)) > 0) {
		total += (size_t)n;
		*ret_is_limited = total > limit;
		if (*ret_is_limited)
			break;
		is_written = write_all(to, octets, (size_t)n);
	}
	free(octets);
	return is_written && (*ret_is_limited || n == 0);
}

/* A pipe cannot be probed and read again: it is copied first. Closes `from`. */
static int spool(int from, const char *path, struct text *why_not)
{
	int to = spool_file();
	bool is_limited = false;

	if (to < 0) {
		text_printf(why_not, "%s: no temporary file for piped input: %s", path,
			    strerror(errno));
	} else if (!spool_copy(from, to, &is_limited)) {
		text_printf(why_not, "%s: cannot be copied to a temporary file: %s", path,
			    strerror(errno));
	} else if (is_limited) {
		text_printf(why_not, "%s: limit-spool: more than %zu octets of piped input", path,
			    LIMIT_SPOOL);
	} else {
		close(from);
		return to;
	}
	close(from);
	if (to >= 0)
		close(to);
	return -1;
}

/* An open file that can be read from its beginning, or −1. */
static int file_open(const char *path, struct text *why_not)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0) {
		text_printf(why_not, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
		text_printf(why_not, "%s: %s", path,
			    S_ISDIR(st.st_mode) ? "is a directory" : strerror(errno));
		close(fd);
		return -1;
	}
	if (!S_ISREG(st.st_mode) || lseek(fd, 0, SEEK_CUR) != 0)
		return spool(fd, path, why_not);
	return fd;
}

/* What starts the file; fewer than HEAD octets only at its end. −1 on a read error. */
static ssize_t head_read(int fd, uint8_t *head)
{
	size_t n = 0;
	ssize_t more = 1;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	while (n < HEAD && (more = read_some(fd, head + n, HEAD - n)) > 0)
		n += (size_t)more;
	if (more < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	return (ssize_t)n;
}

static const struct source_row *row_named(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i]->name, name) == 0)
			return rows[i];
	return NULL;
}

static const struct source_row *row_probed(struct span head)
{
	const struct source_row *best = NULL;
	unsigned best_fit = 0;

	for (size_t i = 0; i < ROWS; i++) {
		unsigned fit = rows[i]->probe(head);

		if (fit > best_fit) {
			best = rows[i];
			best_fit = fit;
		}
	}
	return best;
}

static const struct source_row *row_choose(int fd, const char *path, const char *as,
					   struct text *why_not)
{
	uint8_t *head = must_alloc(HEAD, 1);
	ssize_t n = head_read(fd, head);
	const struct source_row *row = NULL;

	if (n < 0) {
		text_printf(why_not, "%s: %s", path, strerror(errno));
	} else if (n == 0) {
		text_printf(why_not, "%s: is empty", path);
	} else if (as) {
		row = row_named(as);
		if (!row)
			text_printf(why_not, "%s: --as %s: no such kind of input (", path, as);
		for (size_t i = 0; !row && i < ROWS; i++)
			text_printf(why_not, "%s%s", rows[i]->name, i + 1 < ROWS ? ", " : ")");
	} else {
		row = row_probed(span_of(head, (size_t)n));
		if (!row)
			text_printf(why_not, "%s: neither a capture nor a log that is known", path);
	}
	free(head);
	return row;
}

struct source *source_open(const char *path, const struct source_options *o, struct text *why_not)
{
	int fd = file_open(path, why_not);
	const struct source_row *row;
	struct source *s;
	void *self;

	if (fd < 0)
		return NULL;
	row = row_choose(fd, path, o->as, why_not);
	self = row ? row->open(fd, path, o, why_not) : NULL;
	if (!self) {
		close(fd);
		return NULL;
	}
	s = must_alloc(1, sizeof(*s));
	*s = (struct source){.row = row, .self = self, .fd = fd};
	return s;
}

enum pull source_next(struct source *s, struct event *ret)
{
	return s->row->next(s->self, ret);
}

const struct input_stats *source_stats(const struct source *s)
{
	return s->row->stats(s->self);
}

size_t source_vantages(const struct source *s, const struct vantage **ret)
{
	return s->row->vantages(s->self, ret);
}

void source_close(struct source *s)
{
	if (!s)
		return;
	s->row->close(s->self);
	close(s->fd);
	free(s);
}
