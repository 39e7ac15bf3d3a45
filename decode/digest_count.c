#include "digest_reader.h"
#include "lease.h"
#include "limits.h"

/* ---- rows ---- */

bool digest_row_take(struct digest_reader *r, uint64_t n)
{
	struct bytes *b = &r->records;
	uint64_t least = varint_take(b);
	uint64_t key_bits = varint_take(b);
	uint64_t time_bits = varint_take(b);
	uint64_t length_bits = varint_take(b);
	unsigned bits = (unsigned)(key_bits + time_bits + length_bits);
	unsigned octets = bits > 0 ? (bits + 7) / 8 : 1;

	if (!bytes_ok(b) || least > LIMIT_METERS || key_bits > DIGEST_KEY_BITS ||
	    time_bits > DIGEST_TIME_BITS || length_bits > DIGEST_LENGTH_BITS || n == 0 ||
	    n > b->left / octets)
		return false;
	r->row = (struct row){.cells = bytes_of(bytes_take(b, (size_t)n * octets)),
			      .n = n,
			      .least = least,
			      .octets = octets,
			      .time_shift = (unsigned)key_bits,
			      .length_shift = (unsigned)(key_bits + time_bits),
			      .key_mask = (UINT64_C(1) << key_bits) - 1,
			      .time_mask = (UINT64_C(1) << time_bits) - 1,
			      .length_mask = (UINT64_C(1) << length_bits) - 1};
	/* then no time in it is out of range */
	r->row.may_count =
		moment_is_near(r->when.ns) && r->row.time_mask <= (uint64_t)r->most_units / 4;
	return true;
}

static inline uint64_t cell_word(const struct row *row, size_t i)
{
	const uint8_t *at = row->cells.at + i * row->octets;
	uint64_t word = 0;

	if (row->cells.left - i * row->octets >= sizeof(word))
		return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
		       (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
		       (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
	for (unsigned k = 0; k < row->octets; k++)
		word |= (uint64_t)at[k] << 8 * k;
	return word;
}

/* The cell `i` of those that are left. */
static inline struct cell cell_look(const struct digest_reader *r, size_t i)
{
	const struct row *row = &r->row;
	uint64_t word = cell_word(row, i), key = row->least + (word & row->key_mask);

	return (struct cell){.known = key < r->n_keys ? r->keys[key] : NULL,
			     .units = word >> row->time_shift & row->time_mask,
			     .length = word >> row->length_shift & row->length_mask};
}

static void cells_pass(struct row *row, size_t n)
{
	row->n -= n;
	bytes_take(&row->cells, n * row->octets);
}

struct known *digest_cell_take(struct digest_reader *r, struct frame *ret)
{
	struct cell cell = cell_look(r, 0);
	struct known *k = cell.known;

	cells_pass(&r->row, 1);
	if (!k || k->key.prefix > 0 || !time_after(r, (int64_t)cell.units, &r->when.ns))
		return NULL;
	k->ns = k->has_ns ? (uint16_t)(k->ns + 1) : 0;
	digest_packet(r, k, (size_t)cell.length, (struct span){0}, k->n + (size_t)cell.length, ret);
	return k;
}

/* ---- packets that need not be made ---- */

static bool may_count(struct digest_reader *r, struct capture *c)
{
	if (!r->is_counting)
		r->is_counting = c->glance.leave && frame_is_idle(c->frames) &&
				 c->glance.leave(c->glance.self, &c->vantage, &r->leave);
	return r->is_counting;
}

/* What is counted of the capture, while leases are. */
struct tally {
	uint64_t packets, octets;
	int64_t now;
	struct glance_leave leave;
	uint32_t clock;
};

static struct tally tally_begin(const struct digest_reader *r, const struct capture *c)
{
	return (struct tally){.packets = c->stats.packets,
			      .now = r->when.ns,
			      .leave = r->leave,
			      .clock = r->clock};
}

/* `newest` was counted last. */
static void tally_end(struct digest_reader *r, struct capture *c, const struct tally *t,
		      struct known *newest)
{
	c->stats.l2tp += t->packets - c->stats.packets;
	c->stats.packets = t->packets;
	c->stats.bytes += t->octets;
	r->leave = t->leave;
	r->when.ns = t->now;
	r->newest = &newest->lease;
}

/* A packet as its lease allows is counted; false: it is to be looked at. */
static inline bool tally_count(struct tally *t, struct known *k, int64_t now, uint16_t ns,
			       uint64_t length)
{
	if (k->clock != t->clock || length > UINT16_MAX - DIGEST_HEAD ||
	    !lease_count(&k->lease, &t->leave, t->packets + 1, now, k->has_ns, ns, length))
		return false;
	t->packets++;
	t->octets += k->n + length;
	t->now = now;
	k->ns = ns;
	return true;
}

bool digest_data_count(struct digest_reader *r, struct capture *c)
{
	struct bytes b = r->records;
	uint64_t number = varint_take(&b) >> DIGEST_KIND_BITS, length;
	struct known *k = known_key(r, number);
	struct tally t;
	int64_t now;
	uint16_t ns;
	bool in_time;

	if (number & 1 || !k || !k->lease.is_open || !may_count(r, c))
		return false;
	in_time = time_after(r, varint_unfold(varint_take(&b)), &now);
	length = varint_take(&b);
	ns = ns_take(&b, k);
	t = tally_begin(r, c);
	if (!in_time || !bytes_ok(&b) || !tally_count(&t, k, now, ns, length))
		return false;
	tally_end(r, c, &t, k);
	r->records = b;
	return true;
}

/* Leases lie far apart: several are waited for at once. Those of the next cells, up to one that is
 * not open. */
static size_t cells_look(struct digest_reader *r)
{
	size_t most = r->row.n < CELLS_AT_ONCE ? (size_t)r->row.n : CELLS_AT_ONCE, n = 0;

	for (; n < most; n++) {
		r->cells[n] = cell_look(r, n);
		if (!r->cells[n].known || !r->cells[n].known->lease.is_open)
			break;
	}
	return n;
}

void digest_row_count(struct digest_reader *r, struct capture *c)
{
	size_t n = CELLS_AT_ONCE, done = n;
	struct known *newest = NULL, *first = cell_look(r, 0).known;
	struct tally t;

	if (!r->row.may_count || !first || !first->lease.is_open || !may_count(r, c))
		return;
	t = tally_begin(r, c);
	while (n == CELLS_AT_ONCE && done == n) {
		n = cells_look(r);
		for (done = 0; done < n; done++) {
			struct known *k = r->cells[done].known;
			int64_t now = t.now + (int64_t)r->cells[done].units * r->unit;

			if (!tally_count(&t, k, now, (uint16_t)(k->ns + 1), r->cells[done].length))
				break;
		}
		cells_pass(&r->row, done);
		newest = done > 0 ? r->cells[done - 1].known : newest;
	}
	if (newest)
		tally_end(r, c, &t, newest);
}

void digest_count_end(struct digest_reader *r, struct capture *c)
{
	if (r->newest)
		capture_counted(c, r->newest);
	r->newest = NULL;
	r->is_counting = false;
}
