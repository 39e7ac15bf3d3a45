/* What reads a digest (digest.h): the records one after the other (digest_read.c), and the data
 * packets that need not be made, as somebody lent their meter (digest_count.c). */
#ifndef L2TPSCOPE_DIGEST_READER_H
#define L2TPSCOPE_DIGEST_READER_H

#include "digest.h"

/* A key, of one range after the other; first what each packet of it asks for, in one line of the
 * cache. */
struct known {
	uint32_t clock; /* on which the lease was offered; 0: never */
	uint16_t ns;    /* of the newest */
	uint8_t n;      /* octets of headers */
	bool has_ns;
	struct glance_lease lease;
	struct digest_key key;
	uint64_t hash, range; /* the newest that has it */
	struct known *next;   /* of its hash */
};

/* Cells that are still to be read. */
struct row {
	struct bytes cells;
	uint64_t n, least;
	unsigned octets; /* of one */
	unsigned time_shift, length_shift;
	uint64_t key_mask, time_mask, length_mask;
	bool may_count;
};

struct cell {
	struct known *known;
	uint64_t units, length;
};

enum { CELLS_AT_ONCE = 32 };

struct digest_reader {
	struct digest_blocks blocks;     /* `free` is NULL: none */
	const struct input_stats *about; /* of a whole capture; or NULL */
	struct bytes records;            /* of the newest block */
	struct row row;
	struct cell cells[CELLS_AT_ONCE]; /* of it, that are looked at together */
	struct moment when;
	int64_t unit, most_units; /* one, and how many of them fit */
	const char *why;          /* a record is refused, where there is more to be said */
	int dlt;
	uint32_t clock;      /* how often it was set */
	struct known **keys; /* of this digest */
	size_t n_keys, keys_room;
	struct known **all; /* by hash; `all_room` of them, a power of two */
	size_t n_all, all_room;
	uint64_t range; /* how many were begun */
	/* while packets are counted */
	bool is_counting;
	struct glance_leave leave; /* as of the newest */
	struct glance_lease *newest;
	struct text dialect;
	uint8_t *octets; /* a data packet; zero behind the headers that were made last */
	size_t made;
	bool is_ended;
};

/* Without a digest yet. */
struct digest_reader *digest_reader_new(void);
void digest_reader_free(struct digest_reader *r);
/* The next digest, of the same capture: nothing is set in it, but what is lent (glance_lease) stays
 * lent. The blocks are taken over. */
void digest_reader_begin(struct digest_reader *r, const struct digest_blocks *blocks);
/* What it says of the capture up to the next packet that is to be looked at (capture_reader.take).
 */
enum taken digest_take(struct digest_reader *r, struct capture *c, struct frame *ret);

/* The clock of the input goes on by so many units; false: to where it cannot be. */
static inline bool time_after(const struct digest_reader *r, int64_t units, int64_t *ret)
{
	const int64_t most = moment_most_ns;
	int64_t by, now = r->when.ns;

	*ret = now;
	if (units == 0)
		return true;
	if (now > most || now < -most || units > r->most_units || units < -r->most_units)
		return false;
	by = units * r->unit;
	if (by > most - now || by < -most - now)
		return false;
	*ret = now + by;
	return true;
}

static inline struct known *known_key(const struct digest_reader *r, uint64_t number)
{
	return number >> 1 < r->n_keys ? r->keys[number >> 1] : NULL;
}

static inline uint16_t ns_take(struct bytes *b, const struct known *k)
{
	return k->has_ns ? (uint16_t)(k->ns + 1 + (uint64_t)varint_unfold(varint_take(b))) : 0;
}

/* A packet of that key, with `prefix` and zeros as its payload. */
void digest_packet(struct digest_reader *r, const struct known *known, size_t length,
		   struct span prefix, size_t captured, struct frame *ret);

/* ---- digest_keys.c ---- */

/* That key, as its packets are known by from one digest to the next; its Ns begins anew. */
struct known *digest_known(struct digest_reader *r, const struct digest_key *key);
/* Those that no digest has any more, and nobody counts by, are forgotten. */
void digest_known_sweep(struct digest_reader *r);
void digest_known_free(struct digest_reader *r);

/* ---- digest_count.c ---- */

/* The cells of a row come next; false: they make no sense. */
bool digest_row_take(struct digest_reader *r, uint64_t n);
/* Those up to the first that is to be looked at are counted … */
void digest_row_count(struct digest_reader *r, struct capture *c);
/* … and that one is taken as a packet; NULL: it makes no sense. */
struct known *digest_cell_take(struct digest_reader *r, struct frame *ret);
/* The next record, a DIGEST_DATA, is counted; false: it is to be looked at, nothing was taken. */
bool digest_data_count(struct digest_reader *r, struct capture *c);
/* What was counted is told. */
void digest_count_end(struct digest_reader *r, struct capture *c);

#endif
