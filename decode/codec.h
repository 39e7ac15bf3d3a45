/* How files are compressed, a file of code for each way; unpack.c has them all in one table. */
#ifndef L2TPSCOPE_CODEC_H
#define L2TPSCOPE_CODEC_H

#include "bytes.h"
#include "text.h"

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
	bool (*load)(struct text *why_not); /* the library, before anything else */
	void *(*open)(void);
	bool (*step)(void *state, struct turn *t); /* false: damaged */
	void (*close)(void *state);
};

extern const struct codec codec_gzip, codec_xz, codec_zstd;

/* The CRC-32 of RFC 1952 8; codec_gzip.load() first. */
uint32_t gzip_crc(struct span octets);

#endif
