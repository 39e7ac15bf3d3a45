/* Compressed files: gzip (RFC 1952), xz and zstd (RFC 8878), told by their first octets. */
#ifndef L2TPSCOPE_UNPACK_H
#define L2TPSCOPE_UNPACK_H

#include "stream.h"

struct codec;

/* How these first octets of a file are compressed; NULL: they are not. */
const struct codec *unpack_codec(struct span head);
const char *codec_name(const struct codec *c);
/* The name of a file without `.gz` and the like behind it, also of those that are not read here. */
struct str unpacked_name(struct str name);

/* `s` becomes a temporary file of at most `limit` octets with what it holds unpacked. Damage,
 * an early end and the limit leave what came before them, and stream_cut() says so. False and
 * why when nothing could be made. */
bool unpack(struct stream *s, const struct codec *c, size_t limit, struct text *why_not);

/* Of the libraries, which are loaded when they are needed; NULL and why: it is not there. */
const char *gzip_library_version(struct text *why_not);
const char *xz_library_version(struct text *why_not);
const char *zstd_library_version(struct text *why_not);

#endif
