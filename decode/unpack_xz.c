/* xz, as liblzma reads it. */
#include <lzma.h>
#include <stdlib.h>

#include "arena.h"
#include "codec.h"
#include "limits.h"
#include "unpack.h"

#define LIBRARY_TABLE "lzma_library.def"
#define LIBRARY_FILE  "liblzma.so.5"
#include "lazy_table.h"

const char *xz_library_version(struct text *why_not)
{
	return lazy_load(&library, why_not) ? lib.lzma_version_string() : NULL;
}

static bool load(struct text *why_not)
{
	return lazy_load(&library, why_not);
}

static void *xz_open(void)
{
	lzma_stream *z = must_alloc(1, sizeof(*z));

	*z = (lzma_stream)LZMA_STREAM_INIT;
	if (lib.lzma_stream_decoder(z, LIMIT_UNPACK_MEMORY, LZMA_CONCATENATED) == LZMA_OK)
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
	result = lib.lzma_code(z, t->is_last ? LZMA_FINISH : LZMA_RUN);
	t->in = z->next_in;
	t->in_left = z->avail_in;
	t->out = z->next_out;
	t->out_left = z->avail_out;
	t->is_whole = result == LZMA_STREAM_END;
	return result == LZMA_OK || result == LZMA_STREAM_END || result == LZMA_BUF_ERROR;
}

static void xz_close(void *state)
{
	lib.lzma_end(state);
	free(state);
}

const struct codec codec_xz = {
	.name = "xz",
	.magic = {(const uint8_t *)"\xfd"
				   "7zX",
		  4},
	.load = load,
	.open = xz_open,
	.step = xz_step,
	.close = xz_close,
};
