#include "digest_reader.h"

#include <stdlib.h>

#include "limits.h"
#include "silence.h"

enum { FIRST_ROOM = 64 };

struct digest_reader *digest_reader_new(void)
{
	struct digest_reader *r = must_alloc(1, sizeof(*r));

	*r = (struct digest_reader){
		.dialect = text_make(1024), .octets = must_alloc(LIMIT_PACKET, 1), .clock = 1};
	return r;
}

static void blocks_free(struct digest_reader *r)
{
	if (r->blocks.free)
		r->blocks.free(r->blocks.self);
	r->blocks = (struct digest_blocks){0};
}

void digest_reader_free(struct digest_reader *r)
{
	if (!r)
		return;
	blocks_free(r);
	digest_known_free(r);
	text_free(&r->dialect);
	free(r->keys);
	free(r->octets);
	free(r);
}

void digest_reader_begin(struct digest_reader *r, const struct digest_blocks *blocks)
{
	blocks_free(r);
	digest_known_sweep(r);
	r->blocks = *blocks;
	r->records = (struct bytes){0};
	r->row = (struct row){0};
	r->n_keys = 0;
	r->range++;
	r->is_ended = false;
}

/* ---- what is set ---- */

static bool clock_take(struct digest_reader *r)
{
	struct moment was = r->when;
	uint64_t unit;

	r->when = packed_take_moment(&r->records);
	unit = varint_take(&r->records);
	if (unit == 0 || unit > INT64_MAX)
		return false;
	r->unit = (int64_t)unit;
	r->most_units = INT64_MAX / r->unit;
	if (was.kind != r->when.kind || was.grain_ns != r->when.grain_ns ||
	    was.is_unsynced != r->when.is_unsynced)
		r->clock++;
	return bytes_ok(&r->records);
}

/* RFC 2661 3.1: the headers of a data message as glance.h reads them. */
static bool key_fits(const struct digest_key *k)
{
	enum { UDP = 8, L2TP = 6, IPV4 = 20, IPV6 = 40, SEQUENCE = 4 };
	size_t version = k->n > k->ip ? k->head[k->ip] >> 4 : 0;
	size_t ns = k->l2tp + L2TP < k->n ? digest_ns(k) : 0;

	return ((version == 4 && k->l2tp == k->ip + IPV4 + UDP) ||
		(version == 6 && k->l2tp == k->ip + IPV6 + UDP)) &&
	       k->l2tp + L2TP < k->n && ns + SEQUENCE < k->n;
}

static bool key_take(struct digest_reader *r)
{
	uint64_t ip = varint_take(&r->records);
	uint64_t l2tp = varint_take(&r->records);
	uint64_t prefix = varint_take(&r->records);
	struct str head = packed_take_str(&r->records);
	struct digest_key key = {.dlt = r->dlt};

	if (!bytes_ok(&r->records) || head.len > DIGEST_HEAD || ip > DIGEST_HEAD ||
	    l2tp > DIGEST_HEAD || prefix > DIGEST_PREFIX || r->n_keys == LIMIT_METERS)
		return false;
	key.n = (uint8_t)head.len;
	key.ip = (uint8_t)ip;
	key.l2tp = (uint8_t)l2tp;
	key.prefix = (uint8_t)prefix;
	memcpy(key.head, head.at, head.len);
	if (!key_fits(&key))
		return false;
	if (r->n_keys == r->keys_room) {
		r->keys_room = r->keys_room ? 2 * r->keys_room : FIRST_ROOM;
		r->keys = must_grow(r->keys, r->keys_room, sizeof(struct known *));
	}
	r->keys[r->n_keys++] = digest_known(r, &key);
	return true;
}

static bool dialect_take(struct digest_reader *r, struct capture *c)
{
	struct str dialect = packed_take_str(&r->records);

	text_clear(&r->dialect);
	text_add(&r->dialect, dialect);
	c->stats.dialect = r->dialect.len > 0 ? r->dialect.at : "";
	return bytes_ok(&r->records);
}

static bool passed_take(struct digest_reader *r, struct capture *c)
{
	struct bytes *b = &r->records;
	uint64_t octets = varint_take(b);
	struct moment first = packed_take_moment(b), last = packed_take_moment(b);
	uint64_t kinds = varint_take(b);

	for (uint64_t i = 0; i < kinds && bytes_ok(b); i++) {
		uint64_t which = varint_take(b), n = varint_take(b);

		if (which >= SILENCES)
			return false;
		if (!silence_at(which)->is_once)
			frame_others_add(c->frames, silence_at(which)->name, n);
	}
	c->stats.bytes += octets;
	if (moment_known(first)) {
		input_stats_widen(&c->stats, first);
		input_stats_widen(&c->stats, last);
	}
	return bytes_ok(b);
}

static bool set_take(struct digest_reader *r, struct capture *c, uint64_t what)
{
	switch (what) {
	case DIGEST_SET_CLOCK:
		return clock_take(r);
	case DIGEST_SET_LINK:
		r->dlt = (int)varint_unfold(varint_take(&r->records));
		return bytes_ok(&r->records);
	case DIGEST_SET_KEY:
		return key_take(r);
	case DIGEST_SET_DIALECT:
		return dialect_take(r, c);
	case DIGEST_SET_PASSED:
		return passed_take(r, c);
	default:
		return false;
	}
}

/* ---- packets ---- */

static bool time_take(struct digest_reader *r)
{
	int64_t units = varint_unfold(varint_take(&r->records));

	if (time_after(r, units, &r->when.ns))
		return true;
	r->why = "a time in the part makes no sense";
	return false;
}

static bool frame_take(struct digest_reader *r, uint64_t flags, struct frame *ret)
{
	struct bytes *b = &r->records;
	uint64_t captured, more = 0;

	if (!time_take(r))
		return false;
	captured = varint_take(b);
	if (flags & DIGEST_HAS_ORIGINAL)
		more = varint_take(b);
	*ret = (struct frame){.dlt = r->dlt, .when = r->when};
	if (flags & DIGEST_HAS_COMMENT)
		ret->comment = packed_take_str(b);
	if (flags & DIGEST_HAS_STAMP)
		ret->stamp = packed_take_str(b);
	if (flags & DIGEST_HAS_SENSE) {
		uint64_t sense = varint_take(b);

		ret->has_sense = true;
		ret->sense = sense <= RECEIVED ? (enum sense)sense : CROSSING;
	}
	if (flags & DIGEST_HAS_LINES) {
		ret->origin.line = varint_take(b);
		ret->origin.line_end = varint_take(b);
	}
	if (captured > LIMIT_PACKET || more > UINT32_MAX - captured)
		return false;
	ret->octets = bytes_take(b, (size_t)captured);
	ret->original = (uint32_t)(captured + more);
	return bytes_ok(b);
}

void digest_packet(struct digest_reader *r, const struct known *known, size_t length,
		   struct span prefix, size_t captured, struct frame *ret)
{
	const struct digest_key *k = &known->key;

	if (r->made > k->n)
		memset(r->octets + k->n, 0, r->made - k->n);
	digest_head(k, length, known->ns, r->octets);
	if (prefix.len > 0)
		memcpy(r->octets + k->n, prefix.at, prefix.len);
	r->made = k->n + prefix.len;
	*ret = (struct frame){.dlt = k->dlt,
			      .when = r->when,
			      .octets = span_of(r->octets, captured),
			      .original = (uint32_t)captured};
}

static bool data_take(struct digest_reader *r, struct known *known, bool is_odd, struct frame *ret)
{
	struct bytes *b = &r->records;
	const struct digest_key *k = &known->key;
	uint64_t length, captured, more = 0;
	struct span prefix;

	if (!time_take(r))
		return false;
	length = varint_take(b);
	if (length > UINT16_MAX)
		return false;
	known->ns = ns_take(b, known);
	captured = k->n + length;
	if (is_odd) {
		captured = varint_take(b);
		more = varint_take(b);
	}
	if (captured > LIMIT_PACKET || captured < k->n || more > UINT32_MAX - captured)
		return false;
	prefix = bytes_take(b, k->prefix < captured - k->n ? k->prefix : (size_t)captured - k->n);
	if (!bytes_ok(b))
		return false;
	digest_packet(r, known, (size_t)length, prefix, (size_t)captured, ret);
	ret->original += (uint32_t)more;
	return true;
}

/* Whoever looks at the packet may then let others like it be counted. */
static void lease_offer(const struct digest_reader *r, struct capture *c, struct known *k)
{
	k->clock = r->clock;
	c->lease = k->key.prefix ? NULL : &k->lease;
}

/* ---- the end ---- */

/* All that was known of the capture when it had been read; a part that breaks off knows less. */
static enum taken end(struct digest_reader *r, struct capture *c, const char *why)
{
	r->is_ended = true;
	if (*why) {
		text_printf(&c->cut_text, "after frame %llu: %s",
			    (unsigned long long)c->stats.packets, why);
		c->stats.is_cut = true;
		c->stats.cut_text = text_str(&c->cut_text);
		return TAKEN_END;
	}
	if (!r->about || !r->about->kind_name) /* a range; the reading was stopped */
		return TAKEN_END;
	c->whole = *r->about;
	c->whole.path = c->stats.path;
	c->whole.name = c->stats.name;
	c->whole.kind_name = c->stats.kind_name;
	c->has_gone_back = true;
	return TAKEN_END;
}

static const char *senseless(const struct digest_reader *r)
{
	return r->why ? r->why : "a record of the part makes no sense";
}

static enum taken record_next(struct digest_reader *r, struct capture *c, struct frame *ret)
{
	for (;;) {
		const char *why = "";
		uint64_t tag, number;
		struct known *known;
		bool is_fine = false;

		if (r->is_ended)
			return TAKEN_END;
		if (r->row.n > 0) {
			digest_row_count(r, c);
			if (r->row.n == 0)
				continue;
			known = digest_cell_take(r, ret);
			if (!known)
				return end(r, c, senseless(r));
			lease_offer(r, c, known);
			return TAKEN;
		}
		if (r->records.left == 0) {
			struct span records;

			if (!r->blocks.next(r->blocks.self, &records, &why))
				return end(r, c, why);
			r->records = bytes_of(records);
			continue;
		}
		if ((*r->records.at & DIGEST_KIND_MASK) == DIGEST_DATA && digest_data_count(r, c))
			continue;
		tag = varint_take(&r->records);
		number = tag >> DIGEST_KIND_BITS;
		switch (tag & DIGEST_KIND_MASK) {
		case DIGEST_DATA:
			known = known_key(r, number);
			if (!known || !data_take(r, known, number & 1, ret))
				break;
			lease_offer(r, c, known);
			return TAKEN;
		case DIGEST_FRAME:
			c->is_no_glance = !(number & DIGEST_IS_GLANCE);
			c->is_sample = number & DIGEST_IS_SAMPLE;
			if (frame_take(r, number, ret))
				return TAKEN;
			break;
		case DIGEST_PASS:
			c->stats.packets += number;
			is_fine = bytes_ok(&r->records);
			break;
		case DIGEST_ROW:
			is_fine = digest_row_take(r, number);
			break;
		case DIGEST_SET:
			is_fine = set_take(r, c, number);
			break;
		default:
			break;
		}
		if (!is_fine)
			return end(r, c, senseless(r));
	}
}

enum taken digest_take(struct digest_reader *r, struct capture *c, struct frame *ret)
{
	enum taken taken;

	c->lease = NULL;
	c->is_no_glance = c->is_sample = false;
	taken = record_next(r, c, ret);
	digest_count_end(r, c);
	return taken;
}

/* ---- of a whole capture ---- */

static enum taken take(void *reader, struct capture *c, struct frame *ret)
{
	return digest_take(reader, c, ret);
}

static void reader_free(void *reader)
{
	digest_reader_free(reader);
}

static const struct source_row digest_row = {
	.next = capture_next,
	.next_frame = capture_next_frame,
	.stats = capture_stats,
	.vantages = capture_vantages,
	.close = capture_close,
};

struct source *digest_open(const struct digest_blocks *blocks, const struct input_stats *about,
			   const char *path, const struct source_options *o)
{
	struct digest_reader *r = digest_reader_new();
	struct capture *c;

	digest_reader_begin(r, blocks);
	r->about = about;
	c = capture_new(path, about->kind_name, o,
			(struct capture_reader){
				.self = r, .take = take, .free = reader_free, .lends = true});
	return source_made(&digest_row, c);
}
