#include "source.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "capture.h"
#include "limits.h"
#include "part_file.h"
#include "unpack.h"

/* Every kind of input. Of equal probes the first wins. */
static const struct source_row *const rows[] = {
	&source_pcap,
	&source_pcapng,
	&source_hexdump,
	&source_text,
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

struct source {
	const struct source_row *row;
	void *self;
	struct stream stream; /* its file is the row's */
	uint64_t size;
	struct input_stats *whole; /* what source_stats gave, of a damaged container */
};

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

	for (size_t i = 0; i < ROWS && best_fit < PROBE_CERTAIN; i++) {
		unsigned fit = rows[i]->probe(head);

		if (fit > best_fit) {
			best = rows[i];
			best_fit = fit;
		}
	}
	return best;
}

const char *source_no_text(struct span head)
{
	const struct codec *codec = unpack_codec(head);
	const struct source_row *row = row_probed(head);

	if (codec)
		return codec_name(codec);
	return row && row != &source_text && row != &source_hexdump ? row->name : NULL;
}

const char *source_kind_named(size_t i)
{
	return i < ROWS ? rows[i]->name : NULL;
}

bool source_knows_kind(const char *as, struct text *why_not)
{
	if (row_named(as))
		return true;
	text_printf(why_not, "--as %s: no such kind of input; it is one of ", as);
	for (size_t i = 0; i < ROWS; i++)
		text_printf(why_not, "%s%s", i ? ", " : "", rows[i]->name);
	return false;
}

static const struct source_row *row_choose(struct span head, const char *as, struct text *why_not)
{
	const struct source_row *row = as ? row_named(as) : row_probed(head);

	if (!as && part_is(head)) {
		text_puts(why_not, "is a part of `map`: `l2tpscope reduce` reads it");
		return NULL;
	}
	if (row)
		return row;
	if (!as)
		text_puts(why_not, "neither a capture nor a log that is known");
	else
		source_knows_kind(as, why_not);
	return NULL;
}

bool source_is_live(struct span head)
{
	const struct source_row *row = row_probed(head);

	return row && row->is_live;
}

/* Until it is a file of one kind whose first octets are in `head`: piped things are copied,
 * compressed ones unpacked. */
static const struct source_row *settle(struct stream *s, uint8_t *room, struct span *head,
				       const char *as, struct text *why_not)
{
	const struct codec *codec;

	if (!stream_head(s, room, head, why_not))
		return NULL;
	if (s->is_live && !source_is_live(*head) &&
	    (!stream_spool(s, LIMIT_SPOOL, why_not) || !stream_head(s, room, head, why_not)))
		return NULL;
	codec = unpack_codec(*head);
	if (codec &&
	    (!unpack(s, codec, LIMIT_SPOOL, why_not) || !stream_head(s, room, head, why_not)))
		return NULL;
	if (head->len == 0) {
		text_printf(why_not, "%s", s->is_cut ? s->damage.at : "is empty");
		return NULL;
	}
	return row_choose(*head, as, why_not);
}

static void *row_start(const struct source_row *row, struct stream *s, struct span head,
		       const char *path, const struct source_options *o, struct text *why_not)
{
	FILE *file = s->file;

	s->file = NULL;
	return row->open(file, head, path, o, why_not);
}

static uint64_t size_of(FILE *file)
{
	struct stat s;

	if (fstat(fileno(file), &s) != 0 || !S_ISREG(s.st_mode) || s.st_size < 0)
		return 0;
	return (uint64_t)s.st_size;
}

struct source *source_open_stream(struct stream *stream, const char *path,
				  const struct source_options *o, struct text *why_not)
{
	uint8_t *room = must_alloc(STREAM_HEAD, 1);
	struct span head = {0};
	struct text why = text_make(4096);
	const struct source_row *row = settle(stream, room, &head, o->as, &why);
	uint64_t size = row ? size_of(stream->file) : 0;
	void *self = row ? row_start(row, stream, head, path, o, &why) : NULL;
	struct source *s = NULL;

	free(room);
	if (self) {
		s = source_made(row, self);
		s->stream = *stream;
		s->size = size;
	} else {
		if (!str_starts(text_str(&why), "--bpf"))
			text_printf(why_not, "%s: ", path);
		text_add(why_not, text_str(&why));
		if (stream->is_cut && !str_equal(text_str(&why), text_str(&stream->damage)))
			text_printf(why_not, "; %s", stream->damage.at);
		stream_close(stream);
	}
	*stream = (struct stream){0};
	text_free(&why);
	return s;
}

struct source *source_open(const char *path, const struct source_options *o, struct text *why_not)
{
	struct stream stream;
	struct text why = text_make(4096);
	bool is_open = stream_open(&stream, path, &why);

	if (!is_open)
		text_printf(why_not, "%s: %s", path, why.at);
	text_free(&why);
	return is_open ? source_open_stream(&stream, path, o, why_not) : NULL;
}

struct source *source_open_growing(const char *text, const char *path,
				   const struct source_options *o)
{
	return source_made(&source_text, source_text.open_growing(text, path, o));
}

struct source *source_made(const struct source_row *row, void *self)
{
	struct source *s = must_alloc(1, sizeof(*s));

	*s = (struct source){.row = row, .self = self, .whole = must_alloc(1, sizeof(*s->whole))};
	return s;
}

void source_grow(struct source *s, size_t len)
{
	s->row->grow(s->self, len);
}

enum pull source_next(struct source *s, struct event *ret)
{
	return s->row->next(s->self, ret);
}

bool source_goes_back(const struct source *s)
{
	const struct capture *c = s->row->is_capture ? s->self : NULL;

	return s->row->back && (!c || c->reader.seek);
}

struct capture *source_capture(struct source *s)
{
	return s->row->is_capture ? s->self : NULL;
}

uint64_t source_size(const struct source *s)
{
	return s->size;
}

bool source_back(struct source *s, uint64_t offset, uint64_t frame)
{
	return s->row->back && s->row->back(s->self, offset, frame);
}

bool source_next_frame(struct source *s, struct frame *ret)
{
	return s->row->next_frame && s->row->next_frame(s->self, ret);
}

/* Damage of what the input was unpacked from is where it ends, too. */
const struct input_stats *source_stats(const struct source *s)
{
	const struct input_stats *inner = s->row->stats(s->self);
	struct input_stats *whole = s->whole;

	if (!s->stream.is_cut)
		return inner;
	*whole = *inner;
	whole->is_cut = true;
	whole->is_limited = s->stream.is_limited;
	whole->cut_text = text_str(&s->stream.damage);
	return whole;
}

size_t source_vantages(const struct source *s, const struct vantage **ret)
{
	return s->row->vantages(s->self, ret);
}

struct str source_text_content(const struct source *s)
{
	return s->row->content ? s->row->content(s->self) : (struct str){0};
}

void source_close(struct source *s)
{
	if (!s)
		return;
	s->row->close(s->self);
	stream_close(&s->stream);
	free(s->whole);
	free(s);
}
