/* A part: what `map` leaves of its inputs, and `reduce` goes on with.
 *
 *	8      89 'L' '2' 'P' 'A' 'R' 'T' 0a: neither a text, nor one that somebody made a text of
 *	2      version of this format, PART_VERSION; a reader takes no other
 *	       blocks (block.h), of one shard or, after `reduce -o`, of several
 *
 * A shard is what one `map` read:
 *
 *	BLOCK_SHARD      version of the program
 *	                 which shard, of how many (0 of 0: nobody said)
 *	                 --bpf: 1 and the filter, or 0 and an empty one
 *	                 --as, or empty
 *	BLOCK_INPUT      NAME= as given; path as given
 *	                 what stands behind it: a member of a directory or bundle
 *	                 1 a text, 0 a capture; its kind
 *	                 --year, or 0
 *	BLOCK_DATA …     of a capture its digest (digest.h), of a text all of it
 *	BLOCK_INPUT_END  what is known of the input at its end (input_stats)
 *	BLOCK_SHARD_END  how many inputs that were
 *
 * And at the end of the file:
 *
 *	BLOCK_END        how many shards
 *	                 SHA-256 of the heads of all blocks before, and so of their checksums
 *
 * Numbers and text are packed.h's. Nothing in a part depends on when and where it was made, and
 * parts are joined by putting their shards in order: of their numbers, then of the paths of their
 * first inputs. So it is the same whoever joins which first. */
#ifndef L2TPSCOPE_PART_FILE_H
#define L2TPSCOPE_PART_FILE_H

#include "block.h"
#include "digest.h"

enum { PART_VERSION = 2, PART_HEAD = 10, PART_IDENTITY = 32 };

struct part_input {
	struct str given, path, member;
	bool is_text;
	int year;
	struct input_stats about; /* with is_whole */
	size_t shard;
	struct block *data;
	size_t n_data, data_room;
	bool is_whole;
	uint8_t identity[PART_IDENTITY]; /* of all that is in it: the same input, read once more */
};

struct part_shard {
	struct str version, bpf, as;
	bool has_bpf;
	uint64_t number, count; /* 0: nobody said */
	size_t first, n;        /* inputs */
	uint64_t begin, end;    /* octets in the file */
	bool is_whole;
};

struct part_file {
	const char *path;
	int file;
	struct arena *arena;
	struct block_reader *reader;
	struct part_shard *shards;
	size_t n_shards, shards_room;
	struct part_input *inputs;
	size_t n_inputs, inputs_room;
	struct text damage; /* where it breaks off, and how; empty: nowhere, as far as heads tell */
};

/* Begins a file so? */
bool part_is(struct span head);

/* False, and why, when it is no part, or one that this program does not read. */
bool part_open(struct part_file *ret, const char *path, struct text *why_not);
void part_close(struct part_file *p);
/* Every octet is as it was written; false: `damage` says what is not. */
bool part_verify(struct part_file *p);

/* Of one version, with the same options. */
bool part_made_alike(const struct part_shard *a, const struct part_shard *b);

/* The blocks of an input, to be read once: as digest_open() wants them. The part stays open. */
struct digest_blocks part_blocks(const struct part_file *p, const struct part_input *in);

/* ---- writing ---- */

struct part_writer;

struct part_writer *part_writer_new(FILE *out);
void part_writer_free(struct part_writer *w);
void part_shard_begin(struct part_writer *w, const struct part_shard *s);
void part_input_begin(struct part_writer *w, const struct part_input *in);
void part_data(struct part_writer *w, struct span octets);
void part_input_end(struct part_writer *w, const struct input_stats *s);
void part_shard_end(struct part_writer *w);
/* A shard that stands in another part, as it stands there; false: it could not be read. */
bool part_shard_copy(struct part_writer *w, const struct part_file *from,
		     const struct part_shard *s);
/* Behind all shards. */
void part_end(struct part_writer *w);

/* What is known of an input at its end (BLOCK_INPUT_END); its text is kept there. */
void part_about_put(struct packed *p, const struct input_stats *s);
bool part_about_take(struct bytes *b, struct arena *kept, struct input_stats *s);

#endif
