/* gzip (RFC 1952), as zlib reads it. */
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#include "arena.h"
#include "codec.h"
#include "unpack.h"

#define LIBRARY_TABLE "zlib_library.def"
#define LIBRARY_FILE  "libz.so.1"
#include "lazy_table.h"

const char *gzip_library_version(struct text *why_not)
{
	return lazy_load(&library, why_not) ? lib.zlibVersion() : NULL;
}

static bool load(struct text *why_not)
{
	return lazy_load(&library, why_not);
}

static void *gzip_open(void)
{
	enum { GZIP_ONLY = 16 };
	z_stream *z = must_alloc(1, sizeof(*z));

	*z = (z_stream){0};
	if (lib.inflateInit2_(z, MAX_WBITS + GZIP_ONLY, ZLIB_VERSION, (int)sizeof(*z)) == Z_OK)
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
		t->is_whole = lib.inflateReset(z) != Z_OK;
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
	result = lib.inflate(z, Z_NO_FLUSH);
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
	lib.inflateEnd(state);
	free(state);
}

const struct codec codec_gzip = {
	.name = "gzip",
	.magic = {(const uint8_t *)"\x1f\x8b", 2},
	.load = load,
	.open = gzip_open,
	.step = gzip_step,
	.close = gzip_close,
};

uint32_t gzip_crc(struct span octets)
{
	return (uint32_t)lib.crc32(0, octets.at, (uInt)octets.len);
}
