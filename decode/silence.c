#include "silence.h"

#include <stdlib.h>

#include "hash.h"
#include "ip.h"
#include "limits.h"

#define BEHIND_IPSEC                                                                               \
	"L2TP may be inside the ESP, where nobody can read it: record it where IPsec has been "    \
	"taken off, on the client or the LNS itself, or read their logs"

static const struct silence rows[] = {
	{"TCP", false, false, NULL},
	{"DNS", false, false, NULL},
	{"DHCP", false, false, NULL},
	{"DHCPv6", false, false, NULL},
	{"other UDP", false, false, NULL},
	{"ICMP", false, false, NULL},
	{"ICMPv6", false, false, NULL},
	{"IGMP", false, false, NULL},
	{"OSPF", false, false, NULL},
	{"SCTP", false, false, NULL},
	{"AH", false, false, NULL},
	{"ARP", false, false, NULL},
	{"LLDP", false, false, NULL},
	{"other Ethernet", false, false, NULL},
	{"other IP", false, false, NULL},
	{"PPTP in UDP", false, false, NULL},
	{"802.2", false, false, NULL},
	{"EAPOL", false, false, NULL},
	{"802.11", false, false, NULL},
	{"encrypted 802.11", false, false, NULL},
	{"PPPoE session", true, false, NULL},
	{"host pair with ESP", true, true, BEHIND_IPSEC},
	{"host pair with IKE or ESP in UDP", true, true, BEHIND_IPSEC},
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) == SILENCES, "each is counted");

/* Without padding, to be compared as octets. */
struct kind {
	uint8_t from[16], to[16];
	uint8_t from_mac[6], to_mac[6];
	uint32_t vlan[2];
	uint16_t from_port, to_port, pppoe;
	uint8_t families;
	uint8_t which; /* from 1 on; 0: a free place */
};

enum { WORDS = sizeof(struct kind) / sizeof(uint32_t), FIRST_ROOM = 64 };

_Static_assert(sizeof(struct kind) == 60, "compared as octets");

struct silences {
	struct kind *at; /* open addressing; `room` is a power of two, at least twice n */
	size_t n, room;
};

const struct silence *silence_at(size_t i)
{
	return &rows[i];
}

const char *silence_advice(struct str name)
{
	for (size_t i = 0; i < SILENCES; i++)
		if (str_is(name, rows[i].name))
			return rows[i].advice;
	return NULL;
}

size_t silence_of(const struct event *e)
{
	size_t i = 0;

	if (e->kind != EVENT_OTHER)
		return SILENCES;
	while (i < SILENCES && !str_is(e->text, rows[i].name))
		i++;
	return i;
}

struct silences *silences_new(void)
{
	struct silences *s = must_alloc(1, sizeof(*s));

	*s = (struct silences){.room = FIRST_ROOM, .at = must_alloc(FIRST_ROOM, sizeof(*s->at))};
	return s;
}

void silences_free(struct silences *s)
{
	if (s)
		free(s->at);
	free(s);
}

static struct kind kind_of(const struct event *e, size_t which)
{
	const struct path *path = &e->path;
	struct kind k;

	memset(&k, 0, sizeof(k));
	k.which = (uint8_t)(which + 1);
	if (path->ip_protocol == IP_UDP || rows[which].is_pair) {
		memcpy(k.from, e->from.address.octets, sizeof(k.from));
		memcpy(k.to, e->to.address.octets, sizeof(k.to));
		k.from_port = e->from.port;
		k.to_port = e->to.port;
		k.families = (uint8_t)(e->from.address.family << 4 | e->to.address.family);
	}
	if (!rows[which].is_once)
		return k;
	memcpy(k.from_mac, path->from_mac, sizeof(k.from_mac));
	memcpy(k.to_mac, path->to_mac, sizeof(k.to_mac));
	memcpy(k.vlan, path->vlan, sizeof(k.vlan));
	k.pppoe = path->pppoe;
	return k;
}

static struct kind *place_of(const struct silences *s, const struct kind *k)
{
	uint32_t words[WORDS];
	uint64_t h = HASH_START;
	size_t i;

	memcpy(words, k, sizeof(words));
	for (i = 0; i < WORDS; i++)
		h = hash_word(h, words[i]);
	i = hash_end(h) & (s->room - 1);
	while (s->at[i].which && memcmp(&s->at[i], k, sizeof(*k)) != 0)
		i = (i + 1) & (s->room - 1);
	return &s->at[i];
}

static void grow(struct silences *s)
{
	struct silences old = *s;

	s->room *= 2;
	s->at = must_alloc(s->room, sizeof(*s->at));
	for (size_t i = 0; i < old.room; i++)
		if (old.at[i].which)
			*place_of(s, &old.at[i]) = old.at[i];
	free(old.at);
}

enum silence_seen silences_take(struct silences *s, const struct event *e, size_t which)
{
	struct kind k = kind_of(e, which), *place = place_of(s, &k);

	if (place->which)
		return SILENCE_KNOWN;
	if (s->n == LIMIT_SIGHTS)
		return SILENCE_LIMIT;
	*place = k;
	if (2 * ++s->n >= s->room)
		grow(s);
	return SILENCE_NEW;
}
