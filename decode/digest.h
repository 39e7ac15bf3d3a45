/* What of a capture tells anything, and nothing else: with it a later run sees the events and the
 * glances (glance.h) that the capture would have given, in the same order and with the same
 * numbers, times and lengths.
 *
 * A digest is a row of records in packed.h's numbers:
 *
 *	number << 3 | kind
 *	DIGEST_DATA   a data packet at a glance, of key `number >> 1`
 *	              its time, its length, Ns where the key has one
 *	              with `number & 1` how much was captured, and how much more there was
 *	              its first octets where their protocol needs them
 *	DIGEST_FRAME  any other packet, whole: `number` are enum digest_flag
 *	DIGEST_ROW    `number` data packets, one behind the other, as nearly all are: with
 *	              nothing but a key (no `prefix`), a time that does not go back, a length,
 *	              and as Ns, where there is one, that of the key's packet before and one more
 *	              the least key; how many bits key (above the least one), time and length have
 *	              the cells, each of as many octets as these bits take but at least one;
 *	              least bits and least octets first
 *	DIGEST_PASS   `number` packets that say nothing: DNS, TCP, ARP …
 *	DIGEST_SET    what holds from here on: enum digest_set
 *
 * Times are differences to the packet before, in the unit that was set. A key is the headers up to
 * the payload; what differs from packet to packet (lengths, checksums, identification, TTL) is 0
 * there or made anew. The payload of data packets is not kept: it comes back as zeros. A record
 * lies within one block of the part (part_file.h); everything that was set stays set over blocks.
 *
 * A range of a capture (divided.h) has a digest of its own. Nobody knew, when it was made, what
 *came before: so it names, by samples, what it passes, and says what that comes to.
 */
#ifndef L2TPSCOPE_DIGEST_H
#define L2TPSCOPE_DIGEST_H

#include "capture.h"
#include "packed.h"

enum digest_kind { DIGEST_DATA, DIGEST_FRAME, DIGEST_PASS, DIGEST_SET, DIGEST_ROW };

enum { DIGEST_KIND_BITS = 3, DIGEST_KIND_MASK = (1 << DIGEST_KIND_BITS) - 1 };

enum digest_flag {
	DIGEST_HAS_ORIGINAL = 1, /* it was longer than what was captured */
	DIGEST_HAS_COMMENT = 2,
	DIGEST_HAS_STAMP = 4,
	DIGEST_HAS_SENSE = 8,
	DIGEST_HAS_LINES = 16,
	DIGEST_IS_GLANCE = 32, /* a glance at it may do all the same (glance.h) */
	DIGEST_IS_SAMPLE =
		64, /* in a range: those of its kind are passed from here on (silence.h) */
};

enum digest_set {
	DIGEST_SET_CLOCK,   /* a moment, and the unit of differences in nanoseconds */
	DIGEST_SET_LINK,    /* libpcap's DLT_ number */
	DIGEST_SET_KEY,     /* the next key: where IP and L2TP begin, how much of the payload is
			     * kept, the headers */
	DIGEST_SET_DIALECT, /* input_stats.dialect */
	/* In a range: what was passed since the last of these. Octets, the first and the last
	 * moment of them, how many kinds of silence.h, and of each its number and how often. */
	DIGEST_SET_PASSED,
};

enum {
	DIGEST_HEAD = 160, /* octets of headers in a key; a packet with more is kept whole */
	DIGEST_PREFIX = 2, /* of the payload: MPPE's coherency count (RFC 3078 3.1) */
	/* of a cell, 64 in all */
	DIGEST_KEY_BITS = 20,
	DIGEST_TIME_BITS = 28,
	DIGEST_LENGTH_BITS = 16,
};

/* The headers of data packets that look alike. */
struct digest_key {
	int dlt;
	uint8_t n, ip, l2tp; /* octets in all; where IP and L2TP begin */
	uint8_t prefix;      /* octets of the payload that are kept */
	uint16_t ns;         /* of the newest */
	uint8_t head[DIGEST_HEAD];
};

/* Of the headers. */
uint64_t digest_hash(const struct digest_key *k);
bool digest_same_key(const struct digest_key *a, const struct digest_key *b);
/* Makes the headers of a packet with `length` octets of payload, and that Ns. */
void digest_head(const struct digest_key *k, size_t length, uint16_t ns, uint8_t *to);
/* Where Ns stands in the head, or 0. */
size_t digest_ns(const struct digest_key *k);

/* ---- writing ---- */

struct digest_writer;

/* `full` gets blocks of whole records, each at most BLOCK_MOST octets (block.h). */
struct digest_writer *digest_writer_new(void (*full)(void *context, struct span records),
					void *context);
void digest_writer_free(struct digest_writer *w);
/* A digest of its own begins, of a range. */
void digest_writer_range(struct digest_writer *w);

/* The source that is read through it (source_options.digest). */
void digest_begin(struct digest_writer *w, const struct capture *c);
/* The newest frame of that capture is like one that was taken at a glance, and told as that was. */
bool digest_alike(struct digest_writer *w);
/* If it is not: glance_taker.wants, always, and take, which is content as
 * soon as the headers are known … */
bool digest_wants(const void *writer);
bool digest_glance(void *writer, struct glance *g);
/* … and in a range that frame, if it is L2TP whatever came before, and so need not be decoded here
 * …
 */
bool digest_plain(struct digest_writer *w);
/* … and what became of a frame that is no glance, or of which it was not content. `is_silent`: it
 * is no event but one of silence.h, nothing waited for it, nothing waits, and nothing is left of
 * it. */
void digest_frame(struct digest_writer *w, const struct event *e, bool is_silent);
/* The last records. */
void digest_end(struct digest_writer *w);

/* ---- reading ---- */

/* The blocks of a digest, one after the other. */
struct digest_blocks {
	void *self;
	/* The next one, valid until the one after; false: there is none, or none that can be read,
	 * and `ret_why` says so ("" : it is the end). */
	bool (*next)(void *self, struct span *ret, const char **ret_why);
	void (*free)(void *self);
};

/* A source (source.h) of it, in place of the capture. `about` is what was known of that at its end:
 * valid as long as the source, and looked at behind the last block (before, only its kind_name,
 * which is NULL then if the reading was stopped); its cut is told as it was. */
struct source *digest_open(const struct digest_blocks *blocks, const struct input_stats *about,
			   const char *path, const struct source_options *o);

#endif
