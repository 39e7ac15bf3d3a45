#include "block.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "arena.h"
#include "codec.h"

#define LIBRARY_TABLE "zstd_library.def"
#define LIBRARY_FILE  "libzstd.so.1"
#include "lazy_table.h"

enum { LEVEL = 3 };

struct block_writer {
	FILE *out;
	ZSTD_CCtx *zstd;
	uint8_t *room;
	size_t size;
	uint64_t offset;
};

bool block_load(struct text *why_not)
{
	return lazy_load(&library, why_not) && codec_gzip.load(why_not);
}

struct block_writer *block_writer_new(FILE *out)
{
	struct block_writer *w = must_alloc(1, sizeof(*w));
	size_t size = lib.ZSTD_compressBound(BLOCK_MOST);

	*w = (struct block_writer){.out = out,
				   .zstd = lib.ZSTD_createCCtx(),
				   .room = must_alloc(size, 1),
				   .size = size};
	return w;
}

void block_writer_free(struct block_writer *w)
{
	if (!w)
		return;
	lib.ZSTD_freeCCtx(w->zstd);
	free(w->room);
	free(w);
}

static void put_u32(uint8_t *to, uint32_t number)
{
	to[0] = (uint8_t)(number >> 24);
	to[1] = (uint8_t)(number >> 16);
	to[2] = (uint8_t)(number >> 8);
	to[3] = (uint8_t)number;
}

void block_head_put(const struct block *b, uint8_t to[BLOCK_HEAD])
{
	to[0] = (uint8_t)b->kind;
	to[1] = b->is_packed;
	put_u32(to + 2, b->stored);
	put_u32(to + BLOCK_RAW, b->raw);
	put_u32(to + BLOCK_RAW + 4, b->crc);
	put_u32(to + BLOCK_RAW + 8, b->stored_crc);
}

static uint32_t crc_of(const uint8_t *octets, size_t n)
{
	return gzip_crc(span_of(octets, n));
}

void block_write(struct block_writer *w, enum block_kind kind, struct span octets,
		 struct block *ret)
{
	uint8_t head[BLOCK_HEAD];
	size_t packed = SIZE_MAX;
	struct block b = {.kind = kind, .raw = (uint32_t)octets.len, .offset = w->offset};

	b.crc = b.stored_crc = crc_of(octets.at, octets.len);
	if (w->zstd)
		packed = lib.ZSTD_compressCCtx(w->zstd, w->room, w->size, octets.at, octets.len,
					       LEVEL);
	/* to unpack takes longer than to read twice as much */
	b.is_packed = !lib.ZSTD_isError(packed) && packed <= octets.len / 2;
	b.stored = b.is_packed ? (uint32_t)packed : b.raw;
	if (b.is_packed)
		b.stored_crc = crc_of(w->room, packed);
	block_head_put(&b, head);
	fwrite(head, 1, sizeof(head), w->out);
	fwrite(b.is_packed ? w->room : octets.at, 1, b.stored, w->out);
	w->offset = block_end(&b);
	*ret = b;
}

struct block_reader {
	int file;
	ZSTD_DCtx *zstd;
	uint8_t *stored, *raw;
	size_t stored_room, raw_room;
};

struct block_reader *block_reader_new(int file)
{
	struct block_reader *r = must_alloc(1, sizeof(*r));

	*r = (struct block_reader){.file = file};
	return r;
}

void block_reader_free(struct block_reader *r)
{
	if (!r)
		return;
	lib.ZSTD_freeDCtx(r->zstd);
	free(r->stored);
	free(r->raw);
	free(r);
}

static bool read_at(int file, uint64_t offset, uint8_t *to, size_t n)
{
	while (n > 0) {
		ssize_t got = pread(file, to, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		offset += (uint64_t)got;
		n -= (size_t)got;
	}
	return true;
}

static bool is_kind(uint8_t kind)
{
	switch ((enum block_kind)kind) {
	case BLOCK_SHARD:
	case BLOCK_INPUT:
	case BLOCK_DATA:
	case BLOCK_INPUT_END:
	case BLOCK_SHARD_END:
	case BLOCK_END:
		return true;
	}
	return false;
}

bool block_head(const struct block_reader *r, uint64_t offset, struct block *ret)
{
	uint8_t head[BLOCK_HEAD] = {0};
	struct bytes b = bytes_of(span_of(head, sizeof(head)));
	uint8_t kind, packed;

	if (!read_at(r->file, offset, head, sizeof(head)))
		return false;
	kind = bytes_u8(&b);
	packed = bytes_u8(&b);
	ret->kind = (enum block_kind)kind;
	ret->is_packed = packed == 1;
	ret->stored = bytes_u32(&b);
	ret->raw = bytes_u32(&b);
	ret->crc = bytes_u32(&b);
	ret->stored_crc = bytes_u32(&b);
	ret->offset = offset;
	return is_kind(kind) && packed <= 1 && ret->raw <= BLOCK_MOST && ret->stored <= ret->raw &&
	       (ret->is_packed || ret->stored == ret->raw);
}

static void grow(uint8_t **at, size_t *room, size_t n)
{
	if (*room >= n)
		return;
	*at = must_grow(*at, n, 1);
	*room = n;
}

static void make_room(struct block_reader *r, const struct block *b)
{
	grow(&r->raw, &r->raw_room, b->raw);
	if (!b->is_packed)
		return;
	grow(&r->stored, &r->stored_room, b->stored);
	if (!r->zstd)
		r->zstd = lib.ZSTD_createDCtx();
}

static bool unpack(struct block_reader *r, const struct block *b)
{
	return r->zstd &&
	       lib.ZSTD_decompressDCtx(r->zstd, r->raw, b->raw, r->stored, b->stored) == b->raw;
}

bool block_read(struct block_reader *r, const struct block *b, struct span *ret)
{
	uint8_t *stored;

	make_room(r, b);
	stored = b->is_packed ? r->stored : r->raw;
	if (!read_at(r->file, b->offset + BLOCK_HEAD, stored, b->stored) ||
	    crc_of(stored, b->stored) != b->stored_crc || (b->is_packed && !unpack(r, b)))
		return false;
	*ret = span_of(r->raw, b->raw);
	return true;
}

bool block_copy(const struct block_reader *r, const struct block *b, FILE *out)
{
	enum { CHUNK = 65536 };
	uint8_t *octets = must_alloc(CHUNK, 1);
	uint64_t at = b->offset, end = block_end(b);
	bool is_fine = true;

	while (is_fine && at < end) {
		size_t n = end - at < CHUNK ? (size_t)(end - at) : CHUNK;

		is_fine = read_at(r->file, at, octets, n) && fwrite(octets, 1, n, out) == n;
		at += n;
	}
	free(octets);
	return is_fine;
}
