#include "divided.h"

#include <stdlib.h>

#include "digest_reader.h"

struct divided {
	struct capture_reader records; /* of the file */
	struct divided_digests digests;
	struct digest_reader *digest;
	/* while it is read: */
	bool is_digest;
	uint64_t begin, end; /* octets of its range */
	uint64_t before;     /* packets before it */
	bool is_sample;      /* the newest packet */
	/* while records are: */
	uint64_t until;
};

struct capture *divided_capture(struct source *s)
{
	struct capture *c = source_capture(s);

	return c && c->reader.ranges && c->reader.seek ? c : NULL;
}

bool divided_range(struct capture *c, uint64_t from, uint64_t to, uint64_t *ret_begin)
{
	const struct capture_ranges *ranges = c->reader.ranges;

	if (!ranges->find(c->reader.self, from, ret_begin) || *ret_begin >= to ||
	    !c->reader.seek(c->reader.self, c, *ret_begin))
		return false;
	ranges->until(c->reader.self, to);
	ranges->map(c->reader.self, *ret_begin, to);
	return true;
}

void divided_stop(struct capture *c)
{
	c->reader.ranges->until(c->reader.self, 0);
}

uint64_t divided_reached(const struct capture *c)
{
	return c->reader.ranges->offset(c->reader.self);
}

static uint64_t offset_of(const struct divided *d)
{
	return d->records.ranges->offset(d->records.self);
}

static void until(struct divided *d, uint64_t offset)
{
	d->until = offset;
	d->records.ranges->until(d->records.self, offset);
}

/* The digest of what comes next, if there is one; else the records, up to where to ask again. */
static void range_begin(struct divided *d, const struct capture *c)
{
	struct digest_blocks blocks;
	uint64_t offset = offset_of(d), end = UINT64_MAX;

	d->is_digest = d->digests.next(d->digests.self, offset, &blocks, &end);
	if (!d->is_digest) {
		until(d, end);
		return;
	}
	digest_reader_begin(d->digest, &blocks);
	d->begin = offset;
	d->end = end;
	d->before = c->stats.packets;
	d->is_sample = false;
}

/* On with the record at `offset`, `n` records behind it. */
static bool records_begin(struct divided *d, struct capture *c, uint64_t offset, uint64_t n)
{
	struct frame f = {0};

	d->is_digest = false;
	until(d, d->end);
	if (!d->records.seek(d->records.self, c, offset))
		return false;
	while (n > 0 && d->records.take(d->records.self, c, &f) != TAKEN_END)
		n--;
	return n == 0;
}

/* The file is not what it was. */
static enum taken lost(const struct divided *d, struct capture *c)
{
	capture_cut(c, offset_of(d), "the file has changed while it was read");
	return TAKEN_END;
}

static enum taken record_take(struct divided *d, struct capture *c, struct frame *ret)
{
	c->lease = NULL;
	c->is_no_glance = c->is_sample = false;
	return d->records.take(d->records.self, c, ret);
}

static enum taken take(void *divided, struct capture *c, struct frame *ret)
{
	struct divided *d = divided;

	for (;;) {
		enum taken taken;

		if (d->is_digest && d->is_sample && !c->is_silent &&
		    !records_begin(d, c, d->begin, c->stats.packets - d->before))
			return lost(d, c);
		if (d->is_digest) {
			taken = digest_take(d->digest, c, ret);
			d->is_sample = c->is_sample;
			if (taken != TAKEN_END || c->stats.is_cut)
				return taken;
			if (!records_begin(d, c, d->end, 0))
				return lost(d, c);
		}
		taken = record_take(d, c, ret);
		if (taken != TAKEN_END || c->stats.is_cut || offset_of(d) < d->until)
			return taken;
		range_begin(d, c);
	}
}

static void divided_free(void *divided)
{
	struct divided *d = divided;

	d->records.free(d->records.self);
	digest_reader_free(d->digest);
	free(d);
}

void divided_by(struct capture *c, const struct divided_digests *digests)
{
	struct divided *d = must_alloc(1, sizeof(*d));

	*d = (struct divided){
		.records = c->reader, .digests = *digests, .digest = digest_reader_new()};
	until(d, 0);
	c->reader = (struct capture_reader){.self = d, .take = take, .free = divided_free};
}
