#include "digest.h"

#include <stdlib.h>

#include "alike.h"
#include "block.h"
#include "code.h"
#include "l2tp.h"
#include "limits.h"
#include "linktype.h"
#include "plain.h"
#include "silence.h"

enum {
	FULL = BLOCK_MOST / 4,
	FIRST_ROOM = 256,
	KEPT_MOST = 65536, /* keys, from range to range */
	ROW_LEAST = 4,
	ROW_MOST = 1024,
};

_Static_assert(LIMIT_METERS <= 1 << DIGEST_KEY_BITS, "a key has room in a cell");

/* A data packet that may stand in a row. */
struct cell {
	uint32_t key, units, length;
	bool has_ns;
};

/* A key, which later ranges have again. */
struct kept_key {
	struct digest_key key;
	uint64_t range; /* the newest in which it was set, as … */
	uint32_t number;
};

struct digest_writer {
	void (*full)(void *context, struct span records);
	void *context;
	const struct capture *capture;
	struct packed records;
	uint64_t frame;     /* the newest that a record tells of */
	struct moment when; /* of it */
	int64_t unit;       /* 0: not set yet */
	int64_t units;      /* since the one before */
	int dlt;            /* −1: not set yet */
	bool is_told;       /* the newest frame, by digest_glance() */
	bool is_glance;     /* it asked */
	struct text dialect;
	struct kept_key *keys;
	size_t n_keys, keys_room;
	uint64_t range;  /* how many were begun; 1 of a whole capture */
	uint32_t n_set;  /* keys, in it */
	uint32_t *index; /* by hash, open addressing: a key from 1 on; twice keys_room places */
	struct alikes *alikes;
	struct silences *silences; /* of a range; else NULL */
	struct passed {
		struct input_stats about; /* octets, the first and the last moment */
		uint64_t n[SILENCES];
	} passed;
	size_t n_cells; /* told behind all records */
	struct cell cells[ROW_MOST];
};

struct digest_writer *digest_writer_new(void (*full)(void *context, struct span records),
					void *context)
{
	struct digest_writer *w = must_alloc(1, sizeof(*w));

	*w = (struct digest_writer){.full = full,
				    .context = context,
				    .dlt = -1,
				    .dialect = text_make(1024),
				    .alikes = alikes_new(),
				    .range = 1,
				    .keys_room = FIRST_ROOM};
	w->keys = must_alloc(w->keys_room, sizeof(*w->keys));
	w->index = must_alloc(2 * w->keys_room, sizeof(*w->index));
	return w;
}

void digest_writer_free(struct digest_writer *w)
{
	if (!w)
		return;
	packed_free(&w->records);
	text_free(&w->dialect);
	alikes_free(w->alikes);
	silences_free(w->silences);
	free(w->keys);
	free(w->index);
	free(w);
}

static void keys_forget(struct digest_writer *w)
{
	alikes_free(w->alikes);
	w->alikes = alikes_new();
	memset(w->index, 0, 2 * w->keys_room * sizeof(*w->index));
	w->n_keys = 0;
}

/* What packets look like is the same in all ranges. */
void digest_writer_range(struct digest_writer *w)
{
	if (w->n_keys > KEPT_MOST)
		keys_forget(w);
	silences_free(w->silences);
	w->silences = silences_new();
	w->passed = (struct passed){.n = {0}};
	text_clear(&w->dialect);
	w->records.n = w->n_cells = 0;
	w->frame = 0;
	w->unit = 0;
	w->dlt = -1;
	w->is_told = w->is_glance = false;
	w->n_set = 0;
	w->range++;
}

void digest_begin(struct digest_writer *w, const struct capture *c)
{
	w->capture = c;
}

static void tag_put(struct digest_writer *w, enum digest_kind kind, uint64_t number)
{
	packed_number(&w->records, number << DIGEST_KIND_BITS | (uint64_t)kind);
}

/* ---- rows ---- */

static unsigned bits_of(uint32_t number)
{
	unsigned n = 0;

	for (; number; number >>= 1)
		n++;
	return n;
}

static void row_put(struct digest_writer *w)
{
	uint32_t least = w->cells[0].key, most = 0, units = 0, length = 0;
	unsigned key_bits, time_bits, octets;
	uint8_t *to;

	for (size_t i = 0; i < w->n_cells; i++) {
		const struct cell *c = &w->cells[i];

		least = c->key < least ? c->key : least;
		most = c->key > most ? c->key : most;
		units |= c->units;
		length |= c->length;
	}
	key_bits = bits_of(most - least);
	time_bits = bits_of(units);
	octets = (key_bits + time_bits + bits_of(length) + 7) / 8;
	octets = octets > 0 ? octets : 1;
	tag_put(w, DIGEST_ROW, w->n_cells);
	packed_number(&w->records, least);
	packed_number(&w->records, key_bits);
	packed_number(&w->records, time_bits);
	packed_number(&w->records, bits_of(length));
	to = packed_room(&w->records, w->n_cells * octets);
	w->records.n += w->n_cells * octets;
	for (size_t i = 0; i < w->n_cells; i++) {
		const struct cell *c = &w->cells[i];
		uint64_t word = c->key - least;

		word |= (uint64_t)c->units << key_bits;
		word |= (uint64_t)c->length << key_bits << time_bits;
		for (unsigned k = 0; k < octets; k++, word >>= 8)
			*to++ = (uint8_t)word;
	}
}

static void cells_put(struct digest_writer *w)
{
	if (w->n_cells >= ROW_LEAST) {
		row_put(w);
		w->n_cells = 0;
		return;
	}
	for (size_t i = 0; i < w->n_cells; i++) {
		const struct cell *c = &w->cells[i];

		tag_put(w, DIGEST_DATA, (uint64_t)c->key << 1);
		packed_number(&w->records, varint_fold(c->units));
		packed_number(&w->records, c->length);
		if (c->has_ns)
			packed_number(&w->records, 0);
	}
	w->n_cells = 0;
}

/* All that was before it is told. */
static void record(struct digest_writer *w, enum digest_kind kind, uint64_t number)
{
	if (w->n_cells > 0)
		cells_put(w);
	tag_put(w, kind, number);
}

static void hand_over(struct digest_writer *w)
{
	if (w->n_cells > 0)
		cells_put(w);
	if (w->records.n > 0)
		w->full(w->context, packed_span(&w->records));
	w->records.n = 0;
}

/* ---- what is set ---- */

static bool is_on_clock(const struct digest_writer *w, struct moment m)
{
	return w->unit > 0 && m.kind == w->when.kind && m.grain_ns == w->when.grain_ns &&
	       m.is_unsynced == w->when.is_unsynced;
}

/* Both are of some century: their difference fits. */
static bool is_far(struct moment m)
{
	return m.ns > INT64_MAX / 2 || m.ns < -INT64_MAX / 2;
}

static void clock_set(struct digest_writer *w, struct moment m)
{
	if (!is_far(m) && is_on_clock(w, m)) {
		w->units = (m.ns - w->when.ns) / w->unit;
		if (w->units * w->unit == m.ns - w->when.ns)
			return;
	}
	w->when = m;
	w->units = 0;
	w->unit = m.grain_ns > 0 && m.ns % m.grain_ns == 0 ? m.grain_ns : 1;
	record(w, DIGEST_SET, DIGEST_SET_CLOCK);
	packed_moment(&w->records, m);
	packed_number(&w->records, (uint64_t)w->unit);
	if (is_far(m))
		w->unit = 0;
}

static void link_set(struct digest_writer *w, int dlt)
{
	if (w->dlt == dlt)
		return;
	w->dlt = dlt;
	record(w, DIGEST_SET, DIGEST_SET_LINK);
	packed_number(&w->records, varint_fold(dlt));
}

static void dialect_set(struct digest_writer *w)
{
	struct str now;

	if (w->capture->dialect.len == w->dialect.len) /* it grows */
		return;
	now = text_str(&w->capture->dialect);
	text_clear(&w->dialect);
	text_add(&w->dialect, now);
	record(w, DIGEST_SET, DIGEST_SET_DIALECT);
	packed_str(&w->records, now);
}

/* Everything up to the newest frame has been told. */
static void frame_begin(struct digest_writer *w)
{
	const struct frame *f = &w->capture->frame;
	uint64_t passed = f->origin.frame - w->frame - 1;

	if (w->records.n >= FULL)
		hand_over(w);
	if (passed > 0)
		record(w, DIGEST_PASS, passed);
	w->frame = f->origin.frame;
	dialect_set(w);
	link_set(w, f->dlt);
	clock_set(w, f->when);
}

static void time_tell(struct digest_writer *w)
{
	packed_number(&w->records, varint_fold(w->units));
	w->when = w->capture->frame.when;
}

/* ---- data ---- */

/* Blank: what digest_head() makes anew, and what nobody asks for. */
static void head_blank(const struct digest_key *k, uint8_t *head)
{
	uint8_t *ip = head + k->ip, *udp = head + k->l2tp - 8, *l2tp = head + k->l2tp;
	size_t ns = digest_ns(k);

	if (ip[0] >> 4 == 4) {
		ip[1] = 0;            /* type of service */
		memset(ip + 2, 0, 7); /* length, identification, flags, TTL */
		ip[10] = ip[11] = 0;  /* checksum */
	} else {
		ip[0] = 0x60;
		memset(ip + 1, 0, 5); /* class, flow label, length */
		ip[7] = 0;            /* hop limit */
	}
	memset(udp + 4, 0, 4);
	if (l2tp[0] & 0x40)
		l2tp[2] = l2tp[3] = 0;
	if (ns)
		memset(head + ns, 0, 4);
}

/* Its headers, blank; false: they are too long. */
static bool key_of(const struct frame *f, const struct glance *g, struct digest_key *ret)
{
	size_t n = g->payload.at ? (size_t)(g->payload.at - f->octets.at) : SIZE_MAX;
	size_t header = g->key.family == 4 ? 28 : 48;

	if (n > DIGEST_HEAD || f->comment.len > 0 || f->origin.line > 0)
		return false;
	ret->dlt = f->dlt;
	ret->n = (uint8_t)n;
	ret->ip = (uint8_t)g->ip;
	ret->l2tp = (uint8_t)(ret->ip + header);
	ret->prefix = g->key.protocol == PPP_COMPRESSED ? DIGEST_PREFIX : 0;
	ret->ns = g->ns;
	memcpy(ret->head, f->octets.at, n);
	head_blank(ret, ret->head);
	return true;
}

static uint32_t *entry_of(const struct digest_writer *w, const struct digest_key *k)
{
	const size_t mask = 2 * w->keys_room - 1;
	size_t i = digest_hash(k) & mask;

	while (w->index[i] && !digest_same_key(&w->keys[w->index[i] - 1].key, k))
		i = (i + 1) & mask;
	return &w->index[i];
}

static void keys_grow(struct digest_writer *w)
{
	w->keys_room *= 2;
	w->keys = must_grow(w->keys, w->keys_room, sizeof(*w->keys));
	free(w->index);
	w->index = must_alloc(2 * w->keys_room, sizeof(*w->index));
	for (size_t i = 0; i < w->n_keys; i++)
		*entry_of(w, &w->keys[i].key) = (uint32_t)(i + 1);
}

/* NULL: there are too many. */
static struct kept_key *key_add(struct digest_writer *w, const struct digest_key *k)
{
	if (w->n_keys == LIMIT_METERS)
		return NULL;
	if (w->n_keys == w->keys_room)
		keys_grow(w);
	w->keys[w->n_keys] = (struct kept_key){.key = *k};
	*entry_of(w, k) = (uint32_t)++w->n_keys;
	return &w->keys[w->n_keys - 1];
}

static void key_set(struct digest_writer *w, struct kept_key *kept)
{
	struct digest_key *k = &kept->key;

	kept->range = w->range;
	kept->number = w->n_set++;
	k->ns = 0; /* what the reader begins with */
	record(w, DIGEST_SET, DIGEST_SET_KEY);
	packed_number(&w->records, k->ip);
	packed_number(&w->records, k->l2tp);
	packed_number(&w->records, k->prefix);
	packed_str(&w->records, (struct str){(const char *)k->head, k->n});
}

/* Would the packet come back as it is? Lengths that contradict each other do not. */
static bool comes_back(const struct digest_key *k, const struct frame *f, const struct glance *g)
{
	uint8_t made[DIGEST_HEAD];
	const uint8_t *is = f->octets.at;
	size_t udp = k->l2tp - 8u, length = is[k->ip] >> 4 == 4 ? 2 : 4;

	digest_head(k, g->length, g->ns, made);
	return memcmp(made + k->ip + length, is + k->ip + length, 2) == 0 &&
	       memcmp(made + udp + 4, is + udp + 4, 2) == 0 &&
	       memcmp(made + k->l2tp, is + k->l2tp, 4) == 0;
}

/* It is as most are. */
static bool cell_tell(struct digest_writer *w, const struct kept_key *kept, size_t length,
		      uint16_t ns)
{
	const struct digest_key *k = &kept->key;
	bool has_ns = digest_ns(k) != 0;

	if (k->prefix > 0 || w->unit <= 0 || w->units < 0 || w->units >> DIGEST_TIME_BITS ||
	    length > UINT16_MAX || (has_ns && ns != (uint16_t)(k->ns + 1)))
		return false;
	if (w->n_cells == ROW_MOST)
		cells_put(w);
	w->cells[w->n_cells++] = (struct cell){.key = kept->number,
					       .units = (uint32_t)w->units,
					       .length = (uint32_t)length,
					       .has_ns = has_ns};
	w->when = w->capture->frame.when;
	return true;
}

static void data_tell(struct digest_writer *w, struct kept_key *kept, size_t length, uint16_t ns)
{
	const struct frame *f = &w->capture->frame;
	struct digest_key *k = &kept->key;
	size_t behind = f->octets.len - k->n, payload = behind < length ? behind : length;
	bool is_odd = behind != length || f->original != f->octets.len;

	if (kept->range != w->range)
		key_set(w, kept);
	if (!is_odd && cell_tell(w, kept, length, ns)) {
		k->ns = ns;
		return;
	}
	record(w, DIGEST_DATA, (uint64_t)kept->number << 1 | is_odd);
	time_tell(w);
	packed_number(&w->records, length);
	if (digest_ns(k))
		packed_number(&w->records, varint_fold((int16_t)(uint16_t)(ns - k->ns - 1)));
	k->ns = ns;
	if (is_odd) {
		packed_number(&w->records, f->octets.len);
		packed_number(&w->records, f->original - f->octets.len);
	}
	packed_add(&w->records,
		   span_of(f->octets.at + k->n, k->prefix < payload ? k->prefix : payload));
}

bool digest_wants(const void *writer)
{
	(void)writer;
	return true;
}

static void alike_learn(struct digest_writer *w, const struct frame *f, const struct glance *g,
			uint32_t key)
{
	struct alike *a = alikes_add(w->alikes, f, g);

	if (a)
		a->key = key;
}

/* What stands before IP was not compared. */
static bool has_link_of(const struct digest_key *k, const struct frame *f)
{
	return k->dlt == f->dlt && memcmp(k->head, f->octets.at, k->ip) == 0;
}

bool digest_alike(struct digest_writer *w)
{
	const struct frame *f = &w->capture->frame;
	struct alike_seen seen;
	struct alike *a = alikes_find(w->alikes, f, &seen);

	if (!a || !a->key || f->comment.len > 0 || f->origin.line > 0 ||
	    !has_link_of(&w->keys[a->key - 1].key, f))
		return false;
	frame_begin(w);
	data_tell(w, &w->keys[a->key - 1], seen.length, seen.ns);
	return true;
}

/* What a frame's first glance teaches, its decoder shall learn, too: it is then decoded. */
bool digest_glance(void *writer, struct glance *g)
{
	struct digest_writer *w = writer;
	const struct frame *f = &w->capture->frame;
	struct digest_key key;
	struct kept_key *known;
	uint32_t at;

	w->is_glance = true;
	if (glance_is_asked(g->key.protocol, g->payload) || !key_of(f, g, &key) ||
	    !comes_back(&key, f, g))
		return false;
	frame_begin(w);
	at = *entry_of(w, &key);
	known = at ? &w->keys[at - 1] : key_add(w, &key);
	if (known)
		data_tell(w, known, g->length, g->ns);
	else
		w->frame--;
	if (at)
		alike_learn(w, f, g, at);
	w->is_told = known && at == 0;
	w->is_glance = at == 0;
	return at != 0;
}

/* ---- frames ---- */

static unsigned flags_of(const struct frame *f)
{
	return (f->original != f->octets.len ? (unsigned)DIGEST_HAS_ORIGINAL : 0) |
	       (f->comment.len > 0 ? (unsigned)DIGEST_HAS_COMMENT : 0) |
	       (f->stamp.len > 0 ? (unsigned)DIGEST_HAS_STAMP : 0) |
	       (f->has_sense ? (unsigned)DIGEST_HAS_SENSE : 0) |
	       (f->origin.line > 0 ? (unsigned)DIGEST_HAS_LINES : 0);
}

static void frame_tell(struct digest_writer *w, unsigned flags)
{
	const struct frame *f = &w->capture->frame;

	flags |= flags_of(f);

	record(w, DIGEST_FRAME, flags);
	time_tell(w);
	packed_number(&w->records, f->octets.len);
	if (flags & DIGEST_HAS_ORIGINAL)
		packed_number(&w->records, f->original - f->octets.len);
	if (flags & DIGEST_HAS_COMMENT)
		packed_str(&w->records, f->comment);
	if (flags & DIGEST_HAS_STAMP)
		packed_str(&w->records, f->stamp);
	if (flags & DIGEST_HAS_SENSE)
		packed_number(&w->records, (uint64_t)f->sense);
	if (flags & DIGEST_HAS_LINES) {
		packed_number(&w->records, f->origin.line);
		packed_number(&w->records, f->origin.line_end);
	}
	packed_add(&w->records, f->octets);
}

static void passed_put(struct digest_writer *w)
{
	struct passed *p = &w->passed;
	size_t kinds = 0;

	for (size_t i = 0; i < SILENCES; i++)
		kinds += p->n[i] > 0;
	if (kinds == 0)
		return;
	record(w, DIGEST_SET, DIGEST_SET_PASSED);
	packed_number(&w->records, p->about.bytes);
	packed_moment(&w->records, p->about.first);
	packed_moment(&w->records, p->about.last);
	packed_number(&w->records, kinds);
	for (size_t i = 0; i < SILENCES; i++) {
		if (p->n[i] == 0)
			continue;
		packed_number(&w->records, i);
		packed_number(&w->records, p->n[i]);
	}
	*p = (struct passed){.n = {0}};
}

/* Others of its kind are told by it, and counted. */
static bool is_passed(struct digest_writer *w, const struct event *e, unsigned *flags)
{
	const struct frame *f = &w->capture->frame;
	size_t which = silence_of(e);

	switch (silences_take(w->silences, e, which)) {
	case SILENCE_KNOWN:
		w->passed.n[which]++;
		w->passed.about.bytes += f->octets.len;
		if (moment_known(f->when))
			input_stats_widen(&w->passed.about, f->when);
		return true;
	case SILENCE_NEW:
		passed_put(w);
		*flags |= DIGEST_IS_SAMPLE;
		return false;
	case SILENCE_LIMIT:
		return false;
	}
	return false;
}

void digest_frame(struct digest_writer *w, const struct event *e, bool is_silent)
{
	unsigned flags = w->is_glance ? DIGEST_IS_GLANCE : 0;
	bool is_told = w->is_told;

	w->is_told = w->is_glance = false;
	if (is_told || (is_silent && (!w->silences || is_passed(w, e, &flags))))
		return;
	frame_begin(w);
	frame_tell(w, flags);
}

static bool is_between_l2tp_ports(const struct frame *f)
{
	struct link_frame link;
	struct plain plain;

	link_decode(f->dlt, f->octets, &link);
	return link.kind == LINK_IP &&
	       plain_read(link.payload, f->original - f->octets.len, &plain) &&
	       plain.source_port == L2TP_PORT && plain.destination_port == L2TP_PORT;
}

bool digest_plain(struct digest_writer *w)
{
	unsigned flags = w->is_glance ? DIGEST_IS_GLANCE : 0;

	if (!w->silences || !is_between_l2tp_ports(&w->capture->frame))
		return false;
	if (!w->is_told) {
		frame_begin(w);
		frame_tell(w, flags);
	}
	w->is_told = w->is_glance = false;
	return true;
}

void digest_end(struct digest_writer *w)
{
	uint64_t passed = w->silences ? w->capture->stats.packets - w->frame : 0;

	dialect_set(w);
	if (passed > 0)
		record(w, DIGEST_PASS, passed);
	if (w->silences)
		passed_put(w);
	hand_over(w);
}
