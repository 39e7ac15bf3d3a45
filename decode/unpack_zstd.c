/* zstd (RFC 8878). */
#include <zstd.h>

#include "codec.h"
#include "unpack.h"

#define LIBRARY_TABLE "zstd_library.def"
#define LIBRARY_FILE  "libzstd.so.1"
#include "lazy_table.h"

const char *zstd_library_version(struct text *why_not)
{
	return lazy_load(&library, why_not) ? lib.ZSTD_versionString() : NULL;
}

static bool load(struct text *why_not)
{
	return lazy_load(&library, why_not);
}

static void *zstd_open(void)
{
	return lib.ZSTD_createDStream();
}

static bool zstd_step(void *state, struct turn *t)
{
	ZSTD_inBuffer in = {.src = t->in, .size = t->in_left};
	ZSTD_outBuffer out = {.dst = t->out, .size = t->out_left};
	size_t hint;

	if (t->is_whole && t->in_left == 0)
		return true;
	hint = lib.ZSTD_decompressStream(state, &out, &in);
	t->in += in.pos;
	t->in_left -= in.pos;
	t->out += out.pos;
	t->out_left -= out.pos;
	if (lib.ZSTD_isError(hint))
		return false;
	t->is_whole = hint == 0;
	return true;
}

static void zstd_close(void *state)
{
	lib.ZSTD_freeDStream(state);
}

const struct codec codec_zstd = {
	.name = "zstd",
	.magic = {(const uint8_t *)"\x28\xb5\x2f\xfd", 4},
	.load = load,
	.open = zstd_open,
	.step = zstd_step,
	.close = zstd_close,
};
