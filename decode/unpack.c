#include "unpack.h"

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

#include "arena.h"
#include "limits.h"

enum { CHUNK = 65536 };

/* One turn of a decompressor: it moves `in` and `out` on by what it used of them. */
struct turn {
	const uint8_t *in;
	size_t in_left;
	uint8_t *out;
	size_t out_left;
	bool is_last;  /* no more input comes */
	bool is_whole; /* kept over turns: the data may end here */
};

struct codec {
	const char *name;
	struct span magic;
	void *(*open)(void);
	bool (*step)(void *state, struct turn *t); /* false: damaged */
	void (*close)(void *state);
};

/* ---- gzip ---- */

static void *gzip_open(void)
{
	enum { GZIP_ONLY = 16 };
	z_stream *z = must_alloc(1, sizeof(*z));

	*z = (z_stream){0};
	if (inflateInit2(z, MAX_WBITS + GZIP_ONLY) == Z_OK)
		return z;
	free(z);
	return NULL;
}

/* Behind a whole member follows another one, or padding that nobody reads (gzip(1)). */
static void gzip_member_end(z_stream *z, struct turn *t)
{
	t->is_whole = true;
	if (t->in_left == 0)
		return;
	if (t->in[0] == 0x1f)
		t->is_whole = inflateReset(z) != Z_OK;
	else
		t->in_left = 0;
}

static bool gzip_step(void *state, struct turn *t)
{
	z_stream *z = state;
	int result;

	if (t->is_whole) {
		gzip_member_end(z, t);
		if (t->is_whole)
			return true;
	}
	z->next_in = t->in;
	z->avail_in = (uInt)t->in_left;
	z->next_out = t->out;
	z->avail_out = (uInt)t->out_left;
	result = inflate(z, Z_NO_FLUSH);
	t->in = z->next_in;
	t->in_left = z->avail_in;
	t->out = z->next_out;
	t->out_left = z->avail_out;
	if (result == Z_STREAM_END)
		gzip_member_end(z, t);
	return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
}

static void gzip_close(void *state)
{
	inflateEnd(state);
	free(state);
}

/* ---- xz ---- */

static void *xz_open(void)
{
	lzma_stream *z = must_alloc(1, sizeof(*z));

	*z = (lzma_stream)LZMA_STREAM_INIT;
	if (lzma_stream_decoder(z, LIMIT_UNPACK_MEMORY, LZMA_CONCATENATED) == LZMA_OK)
		return z;
	free(z);
	return NULL;
}

static bool xz_step(void *state, struct turn *t)
{
	lzma_stream *z = state;
	lzma_ret result;

	z->next_in = t->in;
	z->avail_in = t->in_left;
	z->next_out = t->out;
	z->avail_out = t->out_left;
	result = lzma_code(z, t->is_last ? LZMA_FINISH : LZMA_RUN);
	t->in = z->next_in;
	t->in_left = z->avail_in;
	t->out = z->next_out;
	t->out_left = z->avail_out;
	t->is_whole = result == LZMA_STREAM_END;
	return result == LZMA_OK || result == LZMA_STREAM_END || result == LZMA_BUF_ERROR;
}

static void xz_close(void *state)
{
	lzma_end(state);
	free(state);
}

/* ---- zstd ---- */

static void *zstd_open(void)
{
	return ZSTD_createDStream();
}

static bool zstd_step(void *state, struct turn *t)
{
	ZSTD_inBuffer in = {.src = t->in, .size = t->in_left};
	ZSTD_outBuffer out = {.dst = t->out, .size = t->out_left};
	size_t hint;

	if (t->is_whole && t->in_left == 0)
		return true;
	hint = ZSTD_decompressStream(state, &out, &in);
	t->in += in.pos;
	t->in_left -= in.pos;
	t->out += out.pos;
	t->out_left -= out.pos;
	if (ZSTD_isError(hint))
		return false;
	t->is_whole = hint == 0;
	return true;
}

static void zstd_close(void *state)
{
	ZSTD_freeDStream(state);
}

/* ---- all of them ---- */

static const uint8_t gzip_magic[] = {0x1f, 0x8b};
static const uint8_t xz_magic[] = {0xfd, '7', 'z', 'X'};
static const uint8_t zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};

static const struct codec codecs[] = {
	{"gzip", {gzip_magic, sizeof(gzip_magic)}, gzip_open, gzip_step, gzip_close},
	{"xz", {xz_magic, sizeof(xz_magic)}, xz_open, xz_step, xz_close},
	{"zstd", {zstd_magic, sizeof(zstd_magic)}, zstd_open, zstd_step, zstd_close},
};

const struct codec *unpack_codec(struct span head)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		struct span magic = codecs[i].magic;

		if (head.len >= magic.len && memcmp(head.at, magic.at, magic.len) == 0)
			return &codecs[i];
	}
	return NULL;
}

const char *codec_name(const struct codec *c)
{
	return c->name;
}

struct str unpacked_name(struct str name)
{
	static const char *const packed[] = {".gz", ".xz", ".zst", ".bz2", ".lz4"};

	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
		if (name.len > strlen(packed[i]) && str_ends(name, packed[i]))
			return (struct str){name.at, name.len - strlen(packed[i])};
	return name;
}

struct unpacking {
	const struct codec *codec;
	void *state;
	FILE *from;
	struct stream *to;
	size_t limit;
	uint64_t total;
	struct turn turn;
	uint8_t in[CHUNK], out[CHUNK];
};

/* What a turn gave, up to the limit. False: it is reached, or the disk is full. */
static bool keep(struct unpacking *u, size_t n)
{
	size_t room = u->limit - (size_t)u->total;
	size_t some = n < room ? n : room;

	if (fwrite(u->out, 1, some, u->to->file) != some) {
		stream_cut(u->to, "after %llu octets the temporary file is full: %s",
			   (unsigned long long)u->total, strerror(errno));
		u->to->is_limited = true;
		return false;
	}
	u->total += some;
	if (n <= room)
		return true;
	stream_cut(u->to, "limit-spool: it unpacks to more than %zu octets", u->limit);
	u->to->is_limited = true;
	return false;
}

static void input_fill(struct unpacking *u)
{
	if (u->turn.in_left > 0 || u->turn.is_last)
		return;
	u->turn.in = u->in;
	u->turn.in_left = fread(u->in, 1, sizeof(u->in), u->from);
	u->turn.is_last = u->turn.in_left == 0;
}

/* False at the end, whether good or bad. */
static bool turn_take(struct unpacking *u)
{
	struct turn *t = &u->turn;
	size_t before;
	size_t made;
	bool is_fine;

	input_fill(u);
	before = t->in_left;
	t->out = u->out;
	t->out_left = sizeof(u->out);
	is_fine = u->codec->step(u->state, t);
	made = sizeof(u->out) - t->out_left;
	if (!keep(u, made))
		return false;
	if (!is_fine || (made == 0 && before > 0 && t->in_left == before))
		stream_cut(u->to, "the %s data is damaged after %llu unpacked octets",
			   u->codec->name, (unsigned long long)u->total);
	else if (t->is_last && made == 0 && !t->is_whole)
		stream_cut(u->to, "the %s data ends too soon, after %llu unpacked octets%s%s",
			   u->codec->name, (unsigned long long)u->total,
			   ferror(u->from) ? ": " : "", ferror(u->from) ? strerror(errno) : "");
	return !u->to->is_cut && !(t->is_last && made == 0);
}

bool unpack(struct stream *s, const struct codec *c, size_t limit, struct text *why_not)
{
	struct stream to;
	struct unpacking *u;
	bool is_made;

	if (!stream_temporary(&to, why_not))
		return false;
	u = must_alloc(1, sizeof(*u));
	u->codec = c;
	u->state = c->open();
	u->from = s->file;
	u->to = &to;
	u->limit = limit;
	u->total = 0;
	u->turn = (struct turn){0};
	if (!u->state)
		text_puts(why_not, "no memory to unpack it");
	while (u->state && turn_take(u))
		;
	is_made = u->state && stream_rewind(&to);
	if (u->state)
		c->close(u->state);
	free(u);
	if (!is_made) {
		stream_close(&to);
		return false;
	}
	if (s->is_cut)
		stream_cut(&to, "%s", s->damage.at);
	stream_close(s);
	*s = to;
	return true;
}
