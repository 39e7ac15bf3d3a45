/* One INPUT of the command line and the files it stands for: a file is itself, compressed or
 * not; a directory is every file below it, a tar or zip bundle every file in it, each in order
 * of names. Bundles may lie in directories and in bundles. Files whose name begins with a dot
 * are left out, as a shell would.
 *
 * Nothing here knows captures from logs: whoever opens the members finds out, and what is
 * neither is no error where `is_many`. */
#ifndef L2TPSCOPE_BUNDLE_H
#define L2TPSCOPE_BUNDLE_H

#include "stream.h"

struct member {
	char *part; /* behind the INPUT: "", "/folder/file", ":member" */
	struct stream stream;
};

struct bundle {
	struct member *at;
	size_t n, room;
	bool is_many;         /* a directory or a bundle */
	bool is_limited;      /* LIMIT_MEMBERS, or `left` was used up */
	size_t left;          /* octets that may still be unpacked */
	struct text troubles; /* a line each: what in it could not be opened */
};

/* `limit`: octets of all that is unpacked (LIMIT_SPOOL). False and why when there is nothing. */
bool bundle_open(struct bundle *ret, const char *path, size_t limit, struct text *why_not);
void bundle_close(struct bundle *b);

/* Of libarchive; NULL and why when it is not there. */
const char *bundle_library_version(struct text *why_not);

#endif
