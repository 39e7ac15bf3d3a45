#include "rotate.h"

#include <stdlib.h>

#include "character.h"
#include "hash.h"
#include "limits.h"
#include "unpack.h"

/* Hashes in an open table, never 0. When it is full it begins anew: what matters is what was
 * there towards the end. */
struct marks {
	uint64_t *at;
	size_t n, room;
};

struct rotation {
	struct marks tunnels, packets, places;
};

static size_t slot_of(const struct marks *m, uint64_t mark)
{
	size_t i = (size_t)mark & (m->room - 1);

	while (m->at[i] != 0 && m->at[i] != mark)
		i = (i + 1) & (m->room - 1);
	return i;
}

static bool marks_hold(const struct marks *m, uint64_t mark)
{
	return m->room > 0 && m->at[slot_of(m, mark)] == mark;
}

static void marks_grow(struct marks *m)
{
	struct marks wide = {.room = m->room ? m->room * 2 : 64};

	wide.at = must_alloc(wide.room, sizeof(*wide.at));
	for (size_t i = 0; i < m->room; i++)
		if (m->at[i] != 0)
			wide.at[slot_of(&wide, m->at[i])] = m->at[i];
	wide.n = m->n;
	free(m->at);
	*m = wide;
}

static void marks_add(struct marks *m, uint64_t mark)
{
	size_t i;

	if (m->n == LIMIT_ROTATION) {
		memset(m->at, 0, m->room * sizeof(*m->at));
		m->n = 0;
	}
	if (m->n * 2 >= m->room)
		marks_grow(m);
	i = slot_of(m, mark);
	m->n += m->at[i] == 0;
	m->at[i] = mark;
}

static uint64_t mark(uint64_t hash)
{
	return hash ? hash : 1;
}

static uint64_t hash_mac(uint64_t h, const uint8_t *mac)
{
	uint64_t word = 0;

	memcpy(&word, mac, sizeof(((struct path *)0)->from_mac));
	return hash_word(h, word);
}

static uint64_t hash_path(const struct event *e)
{
	uint64_t h = hash_sixteen(HASH_START, e->from.address.octets);

	h = hash_sixteen(h, e->to.address.octets);
	h = hash_word(h, (uint64_t)e->path.vlan[0] << 32 | e->path.vlan[1]);
	h = hash_word(h, e->path.label);
	return hash_mac(hash_mac(h, e->path.from_mac), e->path.to_mac);
}

/* The tunnel (of L2TPv3 data the session, of PPPoE its session) of a packet; 0 none. Where
 * Ethernet addresses are known they tell one place of capture from another. */
static uint64_t tunnel_mark(const struct event *e)
{
	uint32_t id = e->l2tp.tunnel_id ? e->l2tp.tunnel_id : e->l2tp.session_id;

	if (e->l2tp.is_present && e->l2tp.has_ids && id)
		return mark(hash_end(hash_word(hash_path(e), id)));
	if (!e->l2tp.is_present && e->path.pppoe)
		return mark(hash_end(hash_word(hash_path(e), (uint64_t)e->path.pppoe << 32)));
	return 0;
}

/* Between whom and where it was captured; 0 where Ethernet addresses do not tell the place. */
static uint64_t place_mark(const struct event *e)
{
	bool is_call = e->l2tp.is_present || e->kind == EVENT_PPP || e->kind == EVENT_PPPOE ||
		       e->kind == EVENT_PPTP;

	return e->path.has_mac && is_call ? mark(hash_end(hash_path(e))) : 0;
}

/* A message that nobody sends twice but as a copy; data is not worth the room. */
static uint64_t packet_mark(const struct event *e)
{
	if (e->packet.len == 0 || e->kind == EVENT_DATA ||
	    (e->kind == EVENT_CONTROL && e->control.message == 0))
		return 0;
	return mark(hash_octets(e->packet.at, e->packet.len));
}

/* Ids that a console gave its tunnels. */
static uint64_t console_mark(const struct party *p)
{
	return p->tunnel_id ? mark(hash_end(hash_word(HASH_START, p->tunnel_id))) : 0;
}

struct rotation *rotation_new(void)
{
	return must_alloc(1, sizeof(struct rotation));
}

void rotation_free(struct rotation *r)
{
	if (!r)
		return;
	free(r->tunnels.at);
	free(r->packets.at);
	free(r->places.at);
	free(r);
}

static size_t event_marks(const struct event *e, uint64_t ret[2])
{
	size_t n = 0;

	if (e->origin.line == 0 || e->origin.frame != 0) {
		ret[n] = tunnel_mark(e);
		return n + (ret[n] != 0);
	}
	ret[n] = console_mark(&e->from);
	n += ret[n] != 0;
	ret[n] = console_mark(&e->to);
	return n + (ret[n] != 0);
}

void rotation_note(struct rotation *r, const struct event *e)
{
	uint64_t marks[2];
	uint64_t packet = packet_mark(e), place = place_mark(e);
	size_t n = event_marks(e, marks);

	if (place)
		marks_add(&r->places, place);
	for (size_t i = 0; i < n; i++)
		marks_add(&r->tunnels, marks[i]);
	if (packet)
		marks_add(&r->packets, packet);
}

/* So many messages, or less, wait for their answers when a file ends (RFC 2661 5.8: a window of 4
 * where none was asked for); two ends that show the same have more in common. */
enum { IN_FLIGHT = 4 };

bool rotation_is_of_place(const struct rotation *before, const struct event *const *events,
			  size_t n)
{
	uint64_t again[IN_FLIGHT];
	size_t n_again = 0;
	bool is_of_place = false;

	for (size_t i = 0; i < n; i++) {
		uint64_t place = place_mark(events[i]), packet = packet_mark(events[i]);
		size_t k = 0;

		is_of_place |= place && marks_hold(&before->places, place);
		if (!packet || !marks_hold(&before->packets, packet))
			continue;
		while (k < n_again && again[k] != packet)
			k++;
		if (k == IN_FLIGHT)
			return false;
		if (k == n_again)
			again[n_again++] = packet;
	}
	return is_of_place;
}

bool rotation_goes_on(const struct rotation *before, const struct event *const *events, size_t n)
{
	size_t known = 0, packets = 0, copies = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t marks[2];
		uint64_t packet = packet_mark(events[i]);
		size_t n_marks = event_marks(events[i], marks);

		for (size_t k = 0; k < n_marks; k++)
			known += marks_hold(&before->tunnels, marks[k]);
		packets += packet != 0;
		copies += packet != 0 && marks_hold(&before->packets, packet);
	}
	/* A message in flight may be sent again across the border. */
	return known > 0 && (copies == 0 || copies * 4 < packets);
}

static bool is_counter(char c)
{
	return char_is_digit(c) || c == '.' || c == '-' || c == '_';
}

bool rotation_named_alike(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	a = unpacked_name(a);
	b = unpacked_name(b);
	for (;;) {
		while (i < a.len && is_counter(a.at[i]))
			i++;
		while (k < b.len && is_counter(b.at[k]))
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len;
		if (a.at[i++] != b.at[k++])
			return false;
	}
}
