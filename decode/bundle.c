#include "bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "limits.h"
#include "must.h"
#include "source.h"
#include "unpack.h"

#define LIBRARY_TABLE "archive_library.def"
#define LIBRARY_FILE  "libarchive.so.13"
#include "lazy_table.h"

enum { PATH_ROOM = 8192 };

static void expand(struct bundle *b, struct stream *s, const char *part, unsigned depth);

static void trouble(struct bundle *b, const char *part, const char *why)
{
	text_printf(&b->troubles, "%s%s%s%s\n", part + (*part == '/' || *part == ':'),
		    *part ? ": " : "", why, b->troubles.is_cut ? " …" : "");
}

static bool has_room(struct bundle *b)
{
	if (b->n < LIMIT_MEMBERS)
		return true;
	if (!b->is_limited)
		trouble(b, "", "limit-members: it holds more files than are opened at once");
	b->is_limited = true;
	return false;
}

static void member_add(struct bundle *b, struct stream *s, const char *part)
{
	if (!has_room(b)) {
		stream_close(s);
		return;
	}
	if (b->n == b->room) {
		b->room = b->room ? b->room * 2 : 4;
		b->at = must_grow(b->at, b->room, sizeof(*b->at));
	}
	b->at[b->n++] = (struct member){
		.part = must_grow(NULL, strlen(part) + 1, 1),
		.stream = *s,
	};
	memcpy(b->at[b->n - 1].part, part, strlen(part) + 1);
	*s = (struct stream){0};
}

static bool is_hidden(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (slash ? slash[1] : path[0]) == '.';
}

/* ---- bundles ---- */

static bool is_archive(struct span head)
{
	enum { TAR_MAGIC = 257 };

	if (head.len >= TAR_MAGIC + 5 && memcmp(head.at + TAR_MAGIC, "ustar", 5) == 0)
		return true;
	return head.len >= 4 && memcmp(head.at, "PK\3\4", 4) == 0;
}

/* What `entry` holds, into `to`. */
static void entry_copy(struct bundle *b, struct archive *a, struct stream *to)
{
	char *octets = must_alloc(STREAM_HEAD, 1);
	la_ssize_t n;

	while ((n = lib.archive_read_data(a, octets, STREAM_HEAD)) > 0) {
		size_t some = (size_t)n < b->left ? (size_t)n : b->left;

		if (fwrite(octets, 1, some, to->file) != some) {
			stream_cut(to, "the temporary file is full: %s", strerror(errno));
			break;
		}
		b->left -= some;
		if (some < (size_t)n) {
			stream_cut(to, "limit-spool: the bundle unpacks to too many octets");
			to->is_limited = true;
			b->is_limited = true;
			break;
		}
	}
	if (n < 0)
		stream_cut(to, "the bundle is damaged here: %s", lib.archive_error_string(a));
	free(octets);
}

/* False when reading cannot go on. */
static bool entry_expand(struct bundle *b, struct archive *a, struct archive_entry *entry,
			 const char *part, unsigned depth)
{
	const char *name = lib.archive_entry_pathname(entry);
	struct text inner = text_make(PATH_ROOM);
	struct text why = text_make(1024);
	struct stream s;
	bool goes_on = true;

	if (lib.archive_entry_filetype(entry) == AE_IFREG && name && !is_hidden(name) &&
	    has_room(b)) {
		text_printf(&inner, "%s:%s", part, strncmp(name, "./", 2) == 0 ? name + 2 : name);
		if (stream_temporary(&s, &why)) {
			entry_copy(b, a, &s);
			goes_on = !s.is_cut;
			if (stream_rewind(&s))
				expand(b, &s, inner.at, depth + 1);
			else
				stream_close(&s);
		} else {
			trouble(b, inner.at, why.at);
		}
	}
	text_free(&inner);
	text_free(&why);
	return goes_on && !b->is_limited;
}

static int by_part(const void *a, const void *b)
{
	const struct member *one = a;
	const struct member *other = b;

	return strcmp(one->part, other->part);
}

/* Damage is told of the last member that was reached, as that is where the bundle ends. */
static void archive_end(struct bundle *b, size_t begin, struct archive *a, bool is_bad,
			const struct stream *s, const char *part)
{
	const char *why = s->is_cut ? s->damage.at : is_bad ? lib.archive_error_string(a) : NULL;

	if (!why)
		return;
	if (b->n == begin) {
		trouble(b, part, why);
		return;
	}
	if (s->is_cut)
		text_clear(&b->at[b->n - 1].stream.damage);
	b->at[b->n - 1].stream.is_cut = b->at[b->n - 1].stream.is_cut && !s->is_cut;
	stream_cut(&b->at[b->n - 1].stream, "the bundle is damaged or ends here: %s", why);
	if (s->is_limited)
		b->at[b->n - 1].stream.is_limited = true;
}

const char *bundle_library_version(struct text *why_not)
{
	return lazy_load(&library, why_not) ? lib.archive_version_string() : NULL;
}

static void archive_expand(struct bundle *b, struct stream *s, const char *part, unsigned depth)
{
	struct archive *a = lib.archive_read_new();
	struct archive_entry *entry;
	size_t begin = b->n;
	int result = ARCHIVE_FATAL;

	if (!a)
		return;
	b->is_many = true;
	lib.archive_read_support_format_tar(a);
	lib.archive_read_support_format_zip(a);
	if (lib.archive_read_open_FILE(a, s->file) == ARCHIVE_OK) {
		do
			result = lib.archive_read_next_header(a, &entry);
		while ((result == ARCHIVE_OK || result == ARCHIVE_WARN) &&
		       entry_expand(b, a, entry, part, depth));
	}
	archive_end(b, begin, a, result == ARCHIVE_FATAL, s, part);
	lib.archive_read_free(a);
	if (b->n > begin)
		qsort(b->at + begin, b->n - begin, sizeof(*b->at), by_part);
}

/* ---- files ---- */

/* A pipe that is no capture is copied, what is compressed is unpacked, up to b->left. */
static bool settle(struct bundle *b, struct stream *s, uint8_t *room, struct span *head,
		   struct text *why)
{
	const struct codec *codec;
	off_t end;

	if (!stream_head(s, room, head, why))
		return false;
	if (s->is_live && source_is_live(*head))
		return true;
	if (s->is_live && (!stream_spool(s, b->left, why) || !stream_head(s, room, head, why)))
		return false;
	codec = unpack_codec(*head);
	if (!codec)
		return true;
	if (!unpack(s, codec, b->left, why))
		return false;
	if (fseeko(s->file, 0, SEEK_END) == 0 && (end = ftello(s->file)) > 0)
		b->left -= (size_t)end < b->left ? (size_t)end : b->left;
	return stream_rewind(s) && stream_head(s, room, head, why);
}

/* Takes `s` over. */
static void expand(struct bundle *b, struct stream *s, const char *part, unsigned depth)
{
	uint8_t *room = must_alloc(STREAM_HEAD, 1);
	struct text why = text_make(1024);
	struct span head = {0};

	if (!settle(b, s, room, &head, &why))
		trouble(b, part, why.at);
	else if (s->is_live || !is_archive(head) || depth >= LIMIT_NESTING)
		member_add(b, s, part);
	else if (lazy_load(&library, &why))
		archive_expand(b, s, part, depth);
	else
		trouble(b, part, why.at);
	stream_close(s);
	text_free(&why);
	free(room);
}

/* ---- directories ---- */

struct folder {
	char **names;
	size_t n, room;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool folder_read(struct folder *ret, const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;

	*ret = (struct folder){0};
	if (!d)
		return false;
	while ((entry = readdir(d))) {
		size_t size = strlen(entry->d_name) + 1;

		if (is_hidden(entry->d_name))
			continue;
		if (ret->n == ret->room) {
			ret->room = ret->room ? ret->room * 2 : 16;
			ret->names = must_grow(ret->names, ret->room, sizeof(*ret->names));
		}
		ret->names[ret->n] = must_alloc(size, 1);
		memcpy(ret->names[ret->n++], entry->d_name, size);
	}
	closedir(d);
	if (ret->n > 0)
		qsort(ret->names, ret->n, sizeof(*ret->names), by_name);
	return true;
}

static void folder_free(struct folder *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->names[i]);
	free(f->names);
}

/* Links to directories are not followed: they may lead in circles. */
static bool is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

static void file_expand(struct bundle *b, const char *path, const char *part)
{
	struct text why = text_make(1024);
	struct stream s;

	if (stream_open(&s, path, &why))
		expand(b, &s, part, 0);
	else
		trouble(b, part, why.at);
	text_free(&why);
}

static void folder_expand(struct bundle *b, const char *path, const char *part, unsigned depth)
{
	struct folder f;

	if (depth == LIMIT_FOLDERS || !folder_read(&f, path)) {
		trouble(b, part,
			depth == LIMIT_FOLDERS ? "limit-folders: too deep to follow"
					       : strerror(errno));
		return;
	}
	for (size_t i = 0; i < f.n && !b->is_limited; i++) {
		struct text inner_path = text_make(PATH_ROOM);
		struct text inner_part = text_make(PATH_ROOM);

		text_printf(&inner_path, "%s/%s", path, f.names[i]);
		text_printf(&inner_part, "%s/%s", part, f.names[i]);
		if (is_folder(inner_path.at))
			folder_expand(b, inner_path.at, inner_part.at, depth + 1);
		else if (is_file(inner_path.at) && has_room(b))
			file_expand(b, inner_path.at, inner_part.at);
		text_free(&inner_path);
		text_free(&inner_part);
	}
	folder_free(&f);
}

/* Every member is an open file; the usual soft limit is just LIMIT_MEMBERS. */
static void files_allow(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

bool bundle_open(struct bundle *ret, const char *path, size_t limit, struct text *why_not)
{
	struct stream s;
	struct stat st;

	*ret = (struct bundle){.left = limit, .troubles = text_make(16384)};
	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		ret->is_many = true;
		files_allow();
		folder_expand(ret, path, "", 0);
	} else if (stream_open(&s, path, why_not)) {
		expand(ret, &s, "", 0);
	} else {
		return false;
	}
	if (ret->n > 0)
		return true;
	if (ret->troubles.len > 0) /* without its line end */
		text_add(why_not, (struct str){ret->troubles.at, ret->troubles.len - 1});
	else
		text_puts(why_not, "there is no file in it");
	return false;
}

void bundle_close(struct bundle *b)
{
	for (size_t i = 0; i < b->n; i++) {
		stream_close(&b->at[i].stream);
		free(b->at[i].part);
	}
	free(b->at);
	text_free(&b->troubles);
	*b = (struct bundle){0};
}
