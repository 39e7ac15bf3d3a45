#include "digest.h"

#include <stdlib.h>

#include "limits.h"

enum { FIRST_ROOM = 64 };

/* A key; first what each packet of it asks for. */
struct known {
	uint32_t clock; /* on which the lease was offered; 0: never */
	uint16_t ns;    /* of the newest */
	uint8_t n;      /* octets of headers */
	bool has_ns;
	struct glance_lease lease;
	struct digest_key key;
};

struct digest_reader {
	struct digest_blocks blocks;
	const struct input_stats *about;
	struct bytes records; /* of the newest block */
	struct moment when;
	int64_t unit, most_units; /* one, and how many of them fit */
	const char *why;          /* a record is refused, where there is more to be said */
	int dlt;
	uint32_t clock; /* how often it was set */
	struct known **keys;
	size_t n_keys, keys_room;
	/* while packets are counted */
	bool is_counting;
	struct glance_leave leave; /* as of the newest */
	struct glance_lease *newest;
	struct text dialect;
	uint8_t *octets; /* a data packet; zero behind the headers that were made last */
	size_t made;
	bool is_ended;
};

static void reader_free(void *reader)
{
	struct digest_reader *r = reader;

	r->blocks.free(r->blocks.self);
	text_free(&r->dialect);
	for (size_t i = 0; i < r->n_keys; i++)
		free(r->keys[i]);
	free(r->keys);
	free(r->octets);
	free(r);
}

/* ---- what is set ---- */

static bool clock_take(struct digest_reader *r)
{
	uint64_t unit;

	r->when = packed_take_moment(&r->records);
	unit = varint_take(&r->records);
	if (unit == 0 || unit > INT64_MAX)
		return false;
	r->unit = (int64_t)unit;
	r->most_units = INT64_MAX / r->unit;
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
	r->keys[r->n_keys] = must_alloc(1, sizeof(struct known));
	*r->keys[r->n_keys++] =
		(struct known){.n = key.n, .has_ns = digest_ns(&key) != 0, .key = key};
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
	default:
		return false;
	}
}

/* ---- packets ---- */

/* The clock of the input goes on by so many units; false: to where it cannot be. */
static bool time_after(const struct digest_reader *r, int64_t units, int64_t *ret)
{
	const int64_t most = INT64_MAX / 2;
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

static struct known *known_key(const struct digest_reader *r, uint64_t number)
{
	return number >> 1 < r->n_keys ? r->keys[number >> 1] : NULL;
}

static uint16_t ns_take(struct bytes *b, const struct known *k)
{
	return k->has_ns ? (uint16_t)(k->ns + 1 + (uint64_t)varint_unfold(varint_take(b))) : 0;
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
	if (r->made > k->n)
		memset(r->octets + k->n, 0, r->made - k->n);
	digest_head(k, (size_t)length, known->ns, r->octets);
	if (prefix.len > 0)
		memcpy(r->octets + k->n, prefix.at, prefix.len);
	r->made = k->n + prefix.len;
	*ret = (struct frame){.dlt = k->dlt,
			      .when = r->when,
			      .octets = span_of(r->octets, (size_t)captured),
			      .original = (uint32_t)(captured + more)};
	return true;
}

/* Whoever looks at the packet may then let others like it be counted. */
static void lease_offer(const struct digest_reader *r, struct capture *c, struct known *k)
{
	k->clock = r->clock;
	c->lease = k->key.prefix ? NULL : &k->lease;
}

/* ---- packets that need not be made ---- */

static bool may_count(struct digest_reader *r, struct capture *c)
{
	if (!r->is_counting)
		r->is_counting = c->glance.leave && frame_is_idle(c->frames) &&
				 c->glance.leave(c->glance.self, &c->vantage, &r->leave);
	return r->is_counting;
}

/* Forward, but no more than glance.h allows. */
static bool is_step(int64_t from, int64_t to)
{
	return to >= from && (uint64_t)to - (uint64_t)from <= GLANCE_STEP_S * UINT64_C(1000000000);
}

static void lease_count(struct digest_reader *r, struct capture *c, struct known *k,
			uint64_t length)
{
	struct glance_lease *l = &k->lease;

	c->stats.packets++;
	c->stats.bytes += k->n + length;
	c->stats.l2tp++;
	l->n++;
	l->octets += length;
	l->ns++;
	l->frame = c->stats.packets;
	l->number = ++r->leave.number;
	l->when.ns = *l->heard_ns = r->leave.latest_ns = r->when.ns;
	r->newest = l;
}

/* The next record; false: it is to be looked at, and nothing was taken. */
static bool data_count(struct digest_reader *r, struct capture *c)
{
	struct bytes b = r->records;
	uint64_t tag = varint_take(&b), number = tag >> DIGEST_KIND_BITS, length;
	struct known *k = known_key(r, number);
	int64_t now;
	uint16_t ns;
	bool in_time;

	if ((tag & ((1 << DIGEST_KIND_BITS) - 1)) != DIGEST_DATA || number & 1 || !k ||
	    !k->lease.is_open || k->clock != r->clock || !may_count(r, c))
		return false;
	in_time = time_after(r, varint_unfold(varint_take(&b)), &now);
	length = varint_take(&b);
	ns = ns_take(&b, k);
	if (!in_time || !bytes_ok(&b) || length > UINT16_MAX - DIGEST_HEAD ||
	    (k->has_ns && ns != k->lease.ns) || now >= r->leave.until_ns ||
	    !is_step(r->leave.latest_ns, now) || !is_step(*k->lease.heard_ns, now))
		return false;
	r->records = b;
	r->when.ns = now;
	k->ns = ns;
	lease_count(r, c, k, length);
	return true;
}

static void count_end(struct digest_reader *r, struct capture *c)
{
	if (r->newest)
		capture_counted(c, r->newest);
	r->newest = NULL;
	r->is_counting = false;
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
	c->whole = *r->about;
	c->whole.path = c->stats.path;
	c->whole.name = c->stats.name;
	c->whole.kind_name = c->stats.kind_name;
	c->has_gone_back = true;
	return TAKEN_END;
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
		if (r->records.left == 0) {
			struct span records;

			if (!r->blocks.next(r->blocks.self, &records, &why))
				return end(r, c, why);
			r->records = bytes_of(records);
			continue;
		}
		if (data_count(r, c))
			continue;
		tag = varint_take(&r->records);
		number = tag >> DIGEST_KIND_BITS;
		switch (tag & ((1 << DIGEST_KIND_BITS) - 1)) {
		case DIGEST_DATA:
			known = known_key(r, number);
			if (!known || !data_take(r, known, number & 1, ret))
				break;
			lease_offer(r, c, known);
			return TAKEN;
		case DIGEST_FRAME:
			if (frame_take(r, number, ret))
				return TAKEN;
			break;
		case DIGEST_PASS:
			c->stats.packets += number;
			is_fine = bytes_ok(&r->records);
			break;
		case DIGEST_SET:
			is_fine = set_take(r, c, number);
			break;
		default:
			break;
		}
		if (!is_fine)
			return end(r, c, r->why ? r->why : "a record of the part makes no sense");
	}
}

static enum taken take(void *reader, struct capture *c, struct frame *ret)
{
	enum taken taken;

	c->lease = NULL;
	taken = record_next(reader, c, ret);
	count_end(reader, c);
	return taken;
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
	struct digest_reader *r = must_alloc(1, sizeof(*r));
	struct capture *c;

	*r = (struct digest_reader){.blocks = *blocks,
				    .about = about,
				    .dialect = text_make(1024),
				    .octets = must_alloc(LIMIT_PACKET, 1)};
	c = capture_new(path, about->kind_name, o,
			(struct capture_reader){r, take, NULL, reader_free});
	return source_made(&digest_row, c);
}
