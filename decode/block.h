/* The blocks of which a part (part_file.h) is made: each with a head that says what it is, packed
 * (zstd) where that halves it, and with checksums. All numbers most significant octet first.
 *
 *	octet  kind (enum block_kind)
 *	octet  how it is packed: 0 not, 1 zstd
 *	4      octets that follow the head
 *	4      octets of it unpacked, at most BLOCK_MOST
 *	4      CRC-32 (zlib's) of them unpacked: what is the same is the same, however it was packed
 *	4      CRC-32 of them as they stand here, which is what a reader looks at
 */
#ifndef L2TPSCOPE_BLOCK_H
#define L2TPSCOPE_BLOCK_H

#include <stdio.h>

#include "bytes.h"
#include "text.h"

enum {
	BLOCK_HEAD = 18,
	BLOCK_RAW = 6,      /* where it begins what does not depend on how it was packed … */
	BLOCK_RAW_SIZE = 8, /* … and how much that is */
	BLOCK_MOST = 1 << 20,
};

enum block_kind {
	BLOCK_SHARD = 'S',
	BLOCK_INPUT = 'I',
	BLOCK_DATA = 'D',
	BLOCK_INPUT_END = 'E',
	BLOCK_SHARD_END = 'T',
	BLOCK_END = 'Z',
};

struct block {
	enum block_kind kind;
	bool is_packed;
	uint32_t stored, raw, crc, stored_crc;
	uint64_t offset; /* of its head in the file */
};

/* The libraries, before anything else. */
bool block_load(struct text *why_not);

struct block_writer;

struct block_writer *block_writer_new(FILE *out);
void block_writer_free(struct block_writer *w);
/* At most BLOCK_MOST octets. What cannot be written shows when the file is closed. */
void block_write(struct block_writer *w, enum block_kind kind, struct span octets,
		 struct block *ret);

struct block_reader;

/* `file` stays the caller's. */
struct block_reader *block_reader_new(int file);
void block_reader_free(struct block_reader *r);
/* False: no head of a block stands there. */
bool block_head(const struct block_reader *r, uint64_t offset, struct block *ret);
/* What the block holds, valid until the next is read; false: not what its head says. */
bool block_read(struct block_reader *r, const struct block *b, struct span *ret);

/* The head, as it stands before the block. */
void block_head_put(const struct block *b, uint8_t to[BLOCK_HEAD]);
/* All of it, as it stands in the file. */
bool block_copy(const struct block_reader *r, const struct block *b, FILE *out);

static inline uint64_t block_end(const struct block *b)
{
	return b->offset + BLOCK_HEAD + b->stored;
}

#endif
