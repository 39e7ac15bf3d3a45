#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"

/* Closes `fd` when that fails. */
/* Who reads much reads past the file's own buffer, or by himself (buffer.h). */
enum { READ_BUFFER = 8 * 1024 };

static bool stream_of(struct stream *ret, int fd, const char *mode, size_t buffer)
{
	FILE *file = fdopen(fd, mode);

	if (!file) {
		close(fd);
		return false;
	}
	*ret = (struct stream){
		.file = file,
		.buffer = must_alloc(buffer, 1),
		.damage = text_make(1024),
	};
	setvbuf(file, ret->buffer, _IOFBF, buffer);
	return true;
}

bool stream_open(struct stream *ret, const char *path, struct text *why_not)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	*ret = (struct stream){0};
	if (fd < 0) {
		text_puts(why_not, strerror(errno));
		return false;
	}
	if (fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
		text_puts(why_not, S_ISDIR(st.st_mode) ? "is a directory" : strerror(errno));
		close(fd);
		return false;
	}
	if (!stream_of(ret, fd, "rb", READ_BUFFER)) {
		text_puts(why_not, strerror(errno));
		return false;
	}
	ret->is_live = !S_ISREG(st.st_mode) || lseek(fd, 0, SEEK_CUR) != 0;
	if (ret->is_live) /* what was read of it and not taken could not be given back */
		setvbuf(ret->file, NULL, _IONBF, 0);
	return true;
}

bool stream_of_open(struct stream *ret, int file)
{
	*ret = (struct stream){0};
	return lseek(file, 0, SEEK_SET) == 0 && stream_of(ret, file, "rb", READ_BUFFER);
}

const char *stream_temporary_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && *folder ? folder : "/tmp";
}

bool stream_temporary(struct stream *ret, struct text *why_not)
{
	struct text name = text_make(4096);
	bool is_made;
	int fd;

	*ret = (struct stream){0};
	text_printf(&name, "%s/l2tpscope.XXXXXX", stream_temporary_folder());
	fd = mkstemp(name.at);
	if (fd >= 0)
		unlink(name.at);
	text_free(&name);
	is_made = fd >= 0 && stream_of(ret, fd, "w+b", STREAM_BUFFER);
	if (!is_made)
		text_printf(why_not, "no temporary file: %s", strerror(errno));
	return is_made;
}

void stream_close(struct stream *s)
{
	if (s->file)
		fclose(s->file);
	free(s->buffer);
	text_free(&s->damage);
	*s = (struct stream){0};
}

bool stream_rewind(struct stream *s)
{
	return fflush(s->file) == 0 && fseeko(s->file, 0, SEEK_SET) == 0;
}

/* What was read of a pipe goes back octet by octet. */
static bool put_back(FILE *file, const uint8_t *octets, size_t n)
{
	clearerr(file);
	while (n > 0)
		if (ungetc(octets[--n], file) == EOF)
			return false;
	return true;
}

bool stream_head(struct stream *s, uint8_t *head, struct span *ret, struct text *why_not)
{
	size_t n = fread(head, 1, s->is_live ? STREAM_PIPE_HEAD : STREAM_HEAD, s->file);
	bool is_fine = n > 0 || !ferror(s->file); /* an error behind it is met again */

	*ret = span_of(head, n);
	is_fine = is_fine && (s->is_live ? put_back(s->file, head, n) : stream_rewind(s));
	if (!is_fine)
		text_puts(why_not, strerror(errno));
	return is_fine;
}

/* False and errno when nothing can be read, or not all of it written; stops behind `limit`, and
 * where reading fails, or a signal ends it: *ret_error is why. */
static bool copy(FILE *from, FILE *to, size_t limit, bool *ret_is_limited, int *ret_error)
{
	uint8_t *octets = must_alloc(STREAM_HEAD, 1);
	size_t total = 0;
	size_t n;
	bool is_written = true;

	*ret_is_limited = false;
	*ret_error = 0;
	while (is_written && !*ret_is_limited && *ret_error == 0 &&
	       (n = fread(octets, 1, STREAM_HEAD, from)) > 0) {
		*ret_error = ferror(from) ? errno : 0;
		total += n;
		*ret_is_limited = total > limit;
		is_written = fwrite(octets, 1, n, to) == n;
	}
	if (*ret_error == 0 && ferror(from))
		*ret_error = errno;
	free(octets);
	return is_written && (total > 0 || !*ret_error) && fflush(to) == 0;
}

bool stream_spool(struct stream *s, size_t limit, struct text *why_not)
{
	struct stream spool;
	bool is_limited = false;
	int error = 0;

	if (!stream_temporary(&spool, why_not))
		return false;
	if (!copy(s->file, spool.file, limit, &is_limited, &error) || !stream_rewind(&spool)) {
		text_printf(why_not, "cannot be copied to a temporary file: %s", strerror(errno));
		stream_close(&spool);
		return false;
	}
	stream_close(s);
	*s = spool;
	if (error == EINTR)
		stream_cut(s, "reading was stopped before its end");
	else if (error != 0)
		stream_cut(s, "could not be read to its end: %s", strerror(error));
	if (is_limited) {
		stream_cut(s, "limit-spool: more than %zu octets of piped input", limit);
		s->is_limited = true;
	}
	return true;
}

void stream_cut(struct stream *s, const char *format, ...)
{
	va_list list;

	if (s->is_cut)
		return;
	s->is_cut = true;
	va_start(list, format);
	text_vprintf(&s->damage, format, list);
	va_end(list);
}
