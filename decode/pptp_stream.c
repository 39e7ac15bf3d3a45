#include "pptp_stream.h"

#include <stdlib.h>

#include "limits.h"
#include "pptp.h"

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10 };
enum { BUCKETS = 1024, EARLY = 8, HEADER = 12 };

/* A segment that came before its turn. */
struct early {
	uint32_t at;
	size_t len;
	uint8_t octets[LIMIT_PPTP_SEGMENT];
};

/* One direction of one connection. */
struct stream {
	struct stream *next;
	struct party from, to;
	bool has_next;
	uint32_t next_octet; /* sequence number of what must come next */
	size_t len;
	uint8_t octets[LIMIT_PPTP_SEGMENT]; /* the message that is not whole yet */
	struct early *early[EARLY];
	size_t n_early;
};

struct pptp_streams {
	struct stream *buckets[BUCKETS];
	size_t n;
	/* of the last segment */
	struct stream *current;
	struct event like;
	uint8_t flags;
	size_t missing;
};

struct pptp_streams *pptp_streams_new(void)
{
	return must_alloc(1, sizeof(struct pptp_streams));
}

static void stream_reset(struct stream *s)
{
	for (size_t i = 0; i < s->n_early; i++)
		free(s->early[i]);
	s->n_early = 0;
	s->len = 0;
	s->has_next = false;
}

void pptp_streams_free(struct pptp_streams *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct stream *at = s->buckets[i], *next; at; at = next) {
			next = at->next;
			stream_reset(at);
			free(at);
		}
	free(s);
}

static size_t bucket_of(const struct party *from, const struct party *to)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < sizeof(from->address.octets); i++) {
		h = (h ^ from->address.octets[i]) * 16777619u;
		h = (h ^ to->address.octets[i]) * 16777619u;
	}
	h = (h ^ from->port) * 16777619u;
	return (h ^ to->port) * 16777619u % BUCKETS;
}

static bool same_party(const struct party *a, const struct party *b)
{
	return a->port == b->port && address_equal(&a->address, &b->address);
}

static struct stream *stream_of(struct pptp_streams *s, const struct event *e)
{
	struct stream **bucket = &s->buckets[bucket_of(&e->from, &e->to)], *at;

	for (at = *bucket; at; at = at->next)
		if (same_party(&at->from, &e->from) && same_party(&at->to, &e->to))
			return at;
	if (s->n == LIMIT_PPTP_STREAMS)
		return NULL;
	at = must_alloc(1, sizeof(*at));
	at->from = e->from;
	at->to = e->to;
	at->next = *bucket;
	*bucket = at;
	s->n++;
	return at;
}

static bool begins_message(const uint8_t *at, size_t len)
{
	static const uint8_t head[6] = {0, 1, 0x1a, 0x2b, 0x3c, 0x4d};

	return len >= 8 && memcmp(at + 2, head, sizeof(head)) == 0;
}

static void stream_drop(struct stream *s, size_t n)
{
	s->len -= n;
	memmove(s->octets, s->octets + n, s->len);
}

/* To where a message begins; a beginning that is not whole stays. */
static void stream_align(struct stream *s)
{
	size_t skip = 0;

	while (s->len - skip >= 8 && !begins_message(s->octets + skip, s->len - skip))
		skip++;
	if (skip)
		stream_drop(s, skip);
}

/* In its turn, as far as it is new. */
static void stream_add(struct stream *s, uint32_t at, const uint8_t *octets, size_t len)
{
	size_t old = (uint32_t)(s->next_octet - at);

	if (old >= len)
		return;
	octets += old;
	len -= old;
	s->next_octet += (uint32_t)len;
	if (s->len + len > sizeof(s->octets))
		s->len = 0;
	if (len > sizeof(s->octets))
		len = sizeof(s->octets);
	memcpy(s->octets + s->len, octets, len);
	s->len += len;
}

static bool is_ahead(const struct stream *s, uint32_t at)
{
	return (int32_t)(at - s->next_octet) > 0;
}

/* What waited and has its turn now. */
static void early_add(struct stream *s)
{
	for (size_t i = 0; i < s->n_early;) {
		struct early *e = s->early[i];

		if (is_ahead(s, e->at)) {
			i++;
			continue;
		}
		s->early[i] = s->early[--s->n_early];
		stream_add(s, e->at, e->octets, e->len);
		free(e);
		i = 0;
	}
}

/* The gap is given up: on with the first that waits. */
static void gap_skip(struct stream *s)
{
	uint32_t first = s->early[0]->at;

	for (size_t i = 1; i < s->n_early; i++)
		if ((int32_t)(s->early[i]->at - first) < 0)
			first = s->early[i]->at;
	s->len = 0;
	s->next_octet = first;
	early_add(s);
}

static void early_keep(struct stream *s, uint32_t at, struct span octets)
{
	struct early *e;

	if (octets.len > sizeof(e->octets))
		return;
	if (s->n_early == EARLY)
		gap_skip(s);
	e = must_alloc(1, sizeof(*e));
	e->at = at;
	e->len = octets.len;
	memcpy(e->octets, octets.at, octets.len);
	s->early[s->n_early++] = e;
}

static void stream_take(struct stream *s, uint32_t at, struct span octets, uint8_t flags,
			size_t missing)
{
	if (flags & SYN) {
		stream_reset(s);
		s->has_next = true;
		s->next_octet = at + 1;
		return;
	}
	if (octets.len == 0)
		return;
	if (!s->has_next) {
		if (!begins_message(octets.at, octets.len))
			return;
		s->has_next = true;
		s->next_octet = at;
	}
	if (is_ahead(s, at))
		early_keep(s, at, octets);
	else
		stream_add(s, at, octets.at, octets.len);
	early_add(s);
	s->next_octet += (uint32_t)missing;
}

bool pptp_segment(struct pptp_streams *s, struct span segment, size_t missing, struct event *e)
{
	struct bytes b = bytes_of(segment);
	uint32_t at;
	uint8_t offset;

	e->from.port = bytes_u16(&b);
	e->to.port = bytes_u16(&b);
	at = bytes_u32(&b);
	bytes_u32(&b); /* acknowledgement */
	offset = (uint8_t)(bytes_u8(&b) >> 4);
	s->flags = bytes_u8(&b);
	s->current = NULL;
	bytes_take(&b, 6); /* window, checksum, urgent */
	if (offset > 5)
		bytes_take(&b, (size_t)4 * (offset - 5u));
	if (!bytes_ok(&b) || offset < 5 || (e->from.port != PPTP_PORT && e->to.port != PPTP_PORT))
		return false;
	s->current = stream_of(s, e);
	s->like = *e;
	s->missing = missing;
	if (s->current)
		stream_take(s->current, at, bytes_rest(&b), s->flags, missing);
	return true;
}

/* What TCP itself says; once. */
static uint8_t signal_take(struct pptp_streams *s)
{
	uint8_t flags = s->flags;

	s->flags = 0;
	if (flags & RST)
		return PPTP_TCP_RESET;
	if (flags & FIN)
		return PPTP_TCP_FIN;
	return (flags & (SYN | ACK)) == SYN ? PPTP_TCP_SYN : 0;
}

/* Octets of the message that is at the front and whole, or that the capture cut; 0: none. */
static size_t whole_message(struct pptp_streams *s, size_t *ret_missing)
{
	struct stream *at = s->current;
	size_t length;

	stream_align(at);
	if (!begins_message(at->octets, at->len))
		return 0;
	length = (size_t)at->octets[0] << 8 | at->octets[1];
	if (length < HEADER)
		length = HEADER;
	*ret_missing = length > at->len ? length - at->len : 0;
	if (!*ret_missing)
		return length;
	if (at->len < HEADER)
		return 0;
	return s->missing || length > sizeof(at->octets) ? at->len : 0;
}

bool pptp_is_idle(const struct pptp_streams *s)
{
	return !s->current;
}

bool pptp_next(struct pptp_streams *s, struct arena *a, struct event *ret,
	       struct defect_list *defects)
{
	struct stream *at = s->current;
	size_t missing = 0, n = at ? whole_message(s, &missing) : 0;
	struct span message;

	if (!at)
		return false;
	*ret = s->like;
	if (!n) {
		ret->kind = EVENT_PPTP;
		ret->neighbour.code = signal_take(s);
		if (!ret->neighbour.code)
			s->current = NULL;
		return ret->neighbour.code != 0;
	}
	message = arena_span(a, span_of(at->octets, n));
	stream_drop(at, n);
	s->like.text = (struct str){0};
	return pptp_decode(a, message, missing, ret, defects);
}
