/* Captured frames from literal octets: link layers, IP, fragments, ICMP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <pcap/dlt.h>

#include "code.h"
#include "frame.h"
#include "overlay.h"

/* An L2TPv2 data message, tunnel 5, session 6: a PPP LCP Echo-Request. */
#define ECHO "\x00\x02\x00\x05\x00\x06\xff\x03\xc0\x21\x09\x01\x00\x08\x11\x22\x33\x44"
/* UDP 1701 → 1701 around it: 8 + 18 octets. */
#define UDP  "\x06\xa5\x06\xa5\x00\x1a\x00\x00" ECHO
/* IPv4 10.0.0.1 → 10.0.0.2, id 0x1234, total length 46. */
#define IPV4 "\x45\x00\x00\x2e\x12\x34\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02" UDP
#define IPV6_ADDRESSES                                                                             \
	"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"                         \
	"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"
/* With a hop-by-hop and a destination header before UDP. */
#define IPV6                                                                                       \
	"\x60\x00\x00\x00\x00\x2a\x00\x40" IPV6_ADDRESSES "\x3c\x00\x01\x04\x00\x00\x00\x00"       \
	"\x11\x00\x01\x04\x00\x00\x00\x00" UDP
/* 802.11: a third address and the sequence control. */
#define THIRD "\x02\x00\x00\x00\x00\x03\x10\x00"
#define SNAP  "\xaa\xaa\x03\x00\x00\x00\x08\x00"
/* An IPv4 header around others. */
#define OUTER(length, protocol)                                                                    \
	"\x45\x00\x00" length "\x00\x01\x00\x00\x40" protocol                                      \
	"\x00\x00\xc0\x00\x02\x01\xc0\x00\x02\x02"
#define MACS "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01"

struct fixture {
	struct arena *arena;
	struct frame_decoder *decoder;
	struct event e;
	uint8_t *exact; /* the frame, in memory of just its size */
	int64_t now;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new((size_t)8 << 20);
	f->decoder = frame_decoder_new(f->arena, NULL, false);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	frame_decoder_free(f->decoder);
	arena_free(f->arena);
	free(f->exact);
	free(f);
	return 0;
}

static struct moment at(int64_t ns)
{
	return (struct moment){.ns = ns, .grain_ns = 1, .kind = CLOCK_ABSOLUTE};
}

static bool decode(struct fixture *f, int dlt, const void *octets, size_t n, size_t original)
{
	struct frame frame = {.dlt = dlt, .original = (uint32_t)original, .when = at(f->now)};
	uint8_t *exact = malloc(n ? n : 1);

	assert_non_null(exact);
	memcpy(exact, octets, n);
	free(f->exact);
	f->exact = exact;
	arena_reset(f->arena);
	frame.octets = span_of(exact, n);
	return frame_decode(f->decoder, &frame, &f->e);
}

static void is_echo(const struct fixture *f)
{
	assert_int_equal(f->e.kind, EVENT_PPP);
	assert_int_equal(f->e.ppp.code, CP_ECHOREQ);
	assert_int_equal(f->e.ppp.magic, 0x11223344);
	assert_int_equal(f->e.l2tp.tunnel_id, 5);
	assert_int_equal(f->e.l2tp.session_id, 6);
	assert_int_equal(f->e.from.port, 1701);
	assert_int_equal(f->e.n_defects, 0);
}

static bool has_defect(const struct fixture *f, enum defect_id id)
{
	for (size_t i = 0; i < f->e.n_defects; i++)
		if (f->e.defects[i].id == id)
			return true;
	return false;
}

static void other_is(const struct fixture *f, const char *what)
{
	const struct other_count *others;
	size_t n = frame_others(f->decoder, &others);

	for (size_t i = 0; i < n; i++)
		if (strcmp(others[i].what, what) == 0)
			return;
	fail_msg("no frame was counted as \"%s\"", what);
}

/* Octets of no meaning. */
#define BLANK_10 "\0\0\0\0\0\0\0\0\0\0"
#define BLANK_50 BLANK_10 BLANK_10 BLANK_10 BLANK_10 BLANK_10
#define BLANK_96 BLANK_50 BLANK_10 BLANK_10 BLANK_10 BLANK_10 "\0\0\0\0\0\0"

static const struct link_case {
	int dlt;
	const char *octets;
	size_t n;
	uint32_t vlan[2], label;
	uint16_t pppoe;
} links[] = {
#define CASE(dlt, octets, ...)                                                                     \
	{                                                                                          \
		dlt, octets, sizeof(octets) - 1, __VA_ARGS__                                       \
	}
	CASE(DLT_EN10MB, MACS "\x08\x00" IPV4 "\x00\x00\x00\x00", {0, 0}, 0, 0),
	CASE(DLT_EN10MB, MACS "\x86\xdd" IPV6, {0, 0}, 0, 0),
	CASE(DLT_EN10MB, MACS "\x81\x00\x20\x64\x08\x00" IPV4, {100, 0}, 0, 0),
	CASE(DLT_EN10MB, MACS "\x88\xa8\x00\x0a\x81\x00\x00\x14\x08\x00" IPV4, {10, 20}, 0, 0),
	CASE(DLT_EN10MB, MACS "\x88\x47\x00\x01\x00\x40\x00\x02\x11\x40" IPV4, {0, 0}, 33, 0),
	CASE(DLT_EN10MB, MACS "\x88\x64\x11\x00\x00\x07\x00\x30\x00\x21" IPV4, {0, 0}, 0, 7),
	CASE(DLT_EN10MB, MACS "\x00\x36\xaa\xaa\x03\x00\x00\x00\x08\x00" IPV4, {0, 0}, 0, 0),
	CASE(DLT_LINUX_SLL, "\x00\x00\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00\x08\x00" IPV4,
	     {0, 0}, 0, 0),
	CASE(DLT_LINUX_SLL2,
	     "\x08\x00\x00\x00\x00\x00\x00\x02\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00"
	     "\x00" IPV4,
	     {0, 0}, 0, 0),
	CASE(DLT_RAW, IPV4, {0, 0}, 0, 0),
	CASE(DLT_RAW, IPV6, {0, 0}, 0, 0),
	CASE(DLT_IPV4, IPV4, {0, 0}, 0, 0),
	CASE(DLT_NULL, "\x02\x00\x00\x00" IPV4, {0, 0}, 0, 0),
	CASE(DLT_LOOP, "\x00\x00\x00\x02" IPV4, {0, 0}, 0, 0),
	CASE(DLT_PPP, "\xff\x03\x00\x21" IPV4, {0, 0}, 0, 0),
	CASE(DLT_PPP, "\x21" IPV4, {0, 0}, 0, 0),
	CASE(DLT_PPP_SERIAL, "\x7e\xff\x03\x00\x21" IPV4 "\xde\xb0\x7e", {0, 0}, 0, 0),
	CASE(DLT_PPP_SERIAL, "\x0f\x00\x08\x00" IPV4, {0, 0}, 0, 0),
	CASE(DLT_PPP, "\xff\x03\x02\x81\x00\x02\x11\x40" IPV4, {0, 0}, 33, 0),
	CASE(DLT_PPP_PPPD, "\x01\x03\x00\x21" IPV4, {0, 0}, 0, 0),
	CASE(DLT_PPP_WITH_DIR, "\x01\xff\x03\x00\x21" IPV4, {0, 0}, 0, 0),
	CASE(DLT_PPP_ETHER, "\x11\x00\x00\x07\x00\x30\x00\x21" IPV4, {0, 0}, 0, 7),
	CASE(DLT_RAW, OUTER("\x42", "\x04") IPV4, {0, 0}, 0, 0),
	CASE(DLT_RAW, OUTER("\x46", "\x2f") "\x00\x00\x08\x00" IPV4, {0, 0}, 0, 0),
	CASE(DLT_RAW, OUTER("\x54", "\x2f") "\x00\x00\x65\x58" MACS "\x08\x00" IPV4, {0, 0}, 0, 0),
	CASE(DLT_RAW,
	     OUTER("\x60", "\x2f") "\x10\x00\x88\xbe\x00\x00\x00\x01\x10\x0a\x00\x00\x00\x00\x00"
				   "\x00" MACS "\x08\x00" IPV4,
	     {0, 0}, 0, 0),
	CASE(DLT_RAW,
	     OUTER("\x52", "\x2f") "\x30\x01\x88\x0b\x00\x32\x00\x09\x00\x00\x00\x01\xff\x03\x00"
				   "\x21" IPV4,
	     {0, 0}, 0, 0),
	CASE(DLT_IEEE802_11, "\x08\x01\x00\x00" MACS THIRD SNAP IPV4, {0, 0}, 0, 0),
	CASE(DLT_IEEE802_11_RADIO,
	     "\x00\x00\x09\x00\x00\x00\x00\x00\x10\x88\x02\x00\x00" MACS THIRD "\x00\x00" SNAP IPV4,
	     {0, 0}, 0, 0),
	CASE(DLT_MPLS, "\x00\x02\x11\x40" IPV4, {0, 0}, 33, 0),
	CASE(DLT_MPLS, "\x00\x02\x11\x40" MACS "\x08\x00" IPV4, {0, 0}, 33, 0),
	CASE(DLT_MPLS, "\x00\x02\x11\x40\x00\x00\x00\x07" MACS "\x81\x00\x00\x64\x86\xdd" IPV6,
	     {100, 0}, 33, 0),
	CASE(DLT_ENC, "\x02\x00\x00\x00\x12\x34\x56\x78\x00\x00\x0c\x00" IPV4, {0, 0}, 0, 0),
	CASE(DLT_PFLOG, "\x3d\x02" BLANK_10 BLANK_50 "\x00\x00" IPV4, {0, 0}, 0, 0),
	CASE(DLT_NFLOG,
	     "\x02\x00\x00\x05\x08\x00\x01\x00\x08\x00\x01\x00\x05\x00\x0a\x00\x00\x00\x00\x00"
	     "\x32\x00\x09\x00" IPV4,
	     {0, 0}, 0, 0),
	CASE(DLT_NFLOG, "\x02\x00\x00\x05\x00\x08\x00\x01\x08\x00\x01\x00\x00\x32\x00\x09" IPV4,
	     {0, 0}, 0, 0),
	CASE(DLT_JUNIPER_ETHER,
	     "MGC\x81\x00\x06\x06\x02\x01\x0d\x01\x00" MACS "\x81\x00\x00\x64\x08\x00" IPV4,
	     {100, 0}, 0, 0),
	CASE(DLT_JUNIPER_ETHER, "MGC\x02\x00\x00\x00\x02" IPV4, {0, 0}, 0, 0),
	CASE(DLT_JUNIPER_PPP, "MGC\x01\xff\x03\x00\x21" IPV4, {0, 0}, 0, 0),
	CASE(DLT_PKTAP,
	     "\x6c\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00" BLANK_96 MACS "\x08\x00" IPV4,
	     {0, 0}, 0, 0),
#undef CASE
};
enum { LINKS = sizeof(links) / sizeof(links[0]) };

/* The same datagram with and without what makes the way longer (plain.h): an option of IPv4, a
 * header of IPv6. */
static const struct way {
	const char *plain, *longer;
	size_t header, more; /* octets before UDP when plain, and how many more the other has */
	size_t length;       /* where IP says its length, in both */
} ways[] = {
	{IPV4,
	 "\x46\x00\x00\x32\x12\x34\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"
	 "\x01\x01\x01\x00" UDP,
	 20, 4, 2},
	{"\x60\x00\x00\x00\x00\x1a\x11\x40" IPV6_ADDRESSES UDP,
	 "\x60\x00\x00\x00\x00\x22\x3c\x40" IPV6_ADDRESSES "\x11\x00\x01\x04\x00\x00\x00\x00" UDP,
	 40, 8, 4},
};
enum { WAYS = sizeof(ways) / sizeof(ways[0]), UDP_OCTETS = sizeof(UDP) - 1 };

/* Is what was decoded last the same as `one`, which had the `defects`? */
static void is_alike(const struct fixture *f, const struct event *one,
		     const enum defect_id *defects)
{
	const struct event *e = &f->e;

	assert_int_equal(e->kind, one->kind);
	assert_memory_equal(&e->from.address, &one->from.address, sizeof(e->from.address));
	assert_memory_equal(&e->to.address, &one->to.address, sizeof(e->to.address));
	assert_int_equal(e->from.port, one->from.port);
	assert_int_equal(e->to.port, one->to.port);
	assert_int_equal(e->to.session_id, one->to.session_id);
	assert_int_equal(e->l2tp.tunnel_id, one->l2tp.tunnel_id);
	assert_int_equal(e->data.length, one->data.length);
	assert_int_equal(e->ppp.magic, one->ppp.magic);
	assert_int_equal(e->packet.len, one->packet.len);
	assert_int_equal(e->path.ip_id, one->path.ip_id);
	assert_int_equal(e->path.original - e->path.captured,
			 one->path.original - one->path.captured);
	assert_int_equal(e->n_defects, one->n_defects);
	for (size_t i = 0; i < e->n_defects; i++)
		assert_int_equal(e->defects[i].id, defects[i]);
}

/* `wrong` is added to the length that IP says, `udp` to that of UDP; `n` octets are captured. */
static void go_both(struct fixture *f, const struct way *w, int wrong, int udp, size_t n)
{
	uint8_t plain[128], longer[128];
	size_t whole = w->header + UDP_OCTETS;
	enum defect_id defects[8];
	struct event one;

	memcpy(plain, w->plain, whole);
	memcpy(longer, w->longer, whole + w->more);
	plain[w->length + 1] = (uint8_t)(plain[w->length + 1] + wrong);
	longer[w->length + 1] = (uint8_t)(longer[w->length + 1] + wrong);
	plain[w->header + 5] = (uint8_t)(plain[w->header + 5] + udp);
	longer[w->header + w->more + 5] = (uint8_t)(longer[w->header + w->more + 5] + udp);
	decode(f, DLT_RAW, plain, n, whole);
	one = f->e;
	assert_true(one.n_defects < 8);
	for (size_t i = 0; i < one.n_defects; i++)
		defects[i] = one.defects[i].id;
	decode(f, DLT_RAW, longer, n + w->more, whole + w->more);
	is_alike(f, &one, defects);
}

/* RFC 1662 4.2: only between flags is 0x7e a flag; else it may end an address or a magic number. */
static void a_frame_without_flags_ends_in_any_octet(void **state)
{
	static const char echo[] = "\xff\x03\xc0\x21\x09\x01\x00\x08\x11\x22\x33\x7e";
	struct fixture *f = *state;

	assert_true(decode(f, DLT_PPP_SERIAL, echo, sizeof(echo) - 1, sizeof(echo) - 1));
	assert_int_equal(f->e.kind, EVENT_PPP);
	assert_int_equal(f->e.ppp.magic, 0x1122337e);
	assert_int_equal(f->e.n_defects, 0);
}

static void the_short_way_says_what_the_long_one_says(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < WAYS; i++) {
		for (size_t n = ways[i].header; n <= ways[i].header + UDP_OCTETS; n++)
			go_both(f, &ways[i], 0, 0, n);
		for (int wrong = -25; wrong <= 4; wrong++)
			for (int udp = -26; udp <= 4; udp++)
				go_both(f, &ways[i], wrong, udp, ways[i].header + UDP_OCTETS);
	}
}

static void every_link_layer_leads_to_l2tp(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < LINKS; i++) {
		assert_true(decode(f, links[i].dlt, links[i].octets, links[i].n, links[i].n));
		is_echo(f);
		assert_int_equal(f->e.path.vlan[0], links[i].vlan[0]);
		assert_int_equal(f->e.path.vlan[1], links[i].vlan[1]);
		assert_int_equal(f->e.path.label, links[i].label);
		assert_int_equal(f->e.path.pppoe, links[i].pppoe);
	}
}

/* What the snapshot length took is no fault of the packet, and never an overrun. */
static void every_truncation_is_survived(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < LINKS; i++)
		for (size_t n = 0; n < links[i].n; n++) {
			if (!decode(f, links[i].dlt, links[i].octets, n, links[i].n))
				continue;
			for (size_t d = 0; d < f->e.n_defects; d++)
				assert_int_equal(f->e.defects[d].id, DEFECT_FRAME_CUT);
			decode(f, links[i].dlt, links[i].octets, n, n);
		}
}

static void addresses_and_ids_are_kept(void **state)
{
	struct fixture *f = *state;
	struct text t = text_make(200);

	decode(f, DLT_RAW, IPV4, sizeof(IPV4) - 1, sizeof(IPV4) - 1);
	assert_int_equal(f->e.path.ip_id, 0x1234);
	assert_int_equal(f->e.path.ip_protocol, 17);
	address_print(&t, &f->e.to.address);
	assert_string_equal(t.at, "10.0.0.2");
	text_clear(&t);
	decode(f, DLT_RAW, IPV6, sizeof(IPV6) - 1, sizeof(IPV6) - 1);
	address_print(&t, &f->e.from.address);
	assert_string_equal(t.at, "2001:db8::1");
	text_free(&t);
}

static const char *const fragments[] = {
	"\x45\x00\x00\x1c\x77\x77\x20\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"
	"\x06\xa5\x06\xa5\x00\x1a\x00\x00",
	"\x45\x00\x00\x1c\x77\x77\x20\x01\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"
	"\x00\x02\x00\x05\x00\x06\xff\x03",
	"\x45\x00\x00\x1e\x77\x77\x00\x02\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"
	"\xc0\x21\x09\x01\x00\x08\x11\x22\x33\x44",
};
static const size_t fragment_sizes[] = {28, 28, 30};

static bool fragment(struct fixture *f, unsigned i)
{
	return decode(f, DLT_RAW, fragments[i], fragment_sizes[i], fragment_sizes[i]);
}

static void fragments_join_in_any_order(void **state)
{
	static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		assert_false(fragment(f, orders[i][0]));
		assert_false(fragment(f, orders[i][0])); /* a copy completes nothing */
		assert_false(fragment(f, orders[i][1]));
		assert_true(fragment(f, orders[i][2]));
		is_echo(f);
	}
	assert_false(frame_lost(f->decoder, at(0), true, &f->e));
}

/* RFC 8200 4.5: the fragment header; the rest is IPv4's code. */
static void ipv6_fragments_join(void **state)
{
	static const char first[] =
		"\x60\x00\x00\x00\x00\x18\x2c\x40" IPV6_ADDRESSES "\x11\x00\x00\x01\xde\xad\xbe\xef"
		"\x06\xa5\x06\xa5\x00\x1a\x00\x00\x00\x02\x00\x05\x00\x06\xff\x03";
	static const char last[] =
		"\x60\x00\x00\x00\x00\x12\x2c\x40" IPV6_ADDRESSES "\x11\x00\x00\x10\xde\xad\xbe\xef"
		"\xc0\x21\x09\x01\x00\x08\x11\x22\x33\x44";
	struct fixture *f = *state;

	assert_false(decode(f, DLT_RAW, last, sizeof(last) - 1, sizeof(last) - 1));
	assert_true(decode(f, DLT_RAW, first, sizeof(first) - 1, sizeof(first) - 1));
	is_echo(f);
}

/* The first fragment alone is read as far as it goes, once the others are late, and says
 * what is missing; the end of the capture is nobody's fault. A datagram without its first fragment
 * is only counted. */
static void lost_fragments_are_told(void **state)
{
	struct fixture *f = *state;

	assert_false(fragment(f, 0));
	assert_false(fragment(f, 1));
	assert_false(frame_lost(f->decoder, at(1000000000), false, &f->e));
	assert_true(frame_lost(f->decoder, at(60000000000), false, &f->e));
	assert_int_equal(f->e.l2tp.tunnel_id, 5);
	assert_int_equal(f->e.n_defects, 1);
	assert_int_equal(f->e.defects[0].id, DEFECT_IP_FRAGMENT_LOST);
	assert_false(fragment(f, 0));
	assert_true(frame_lost(f->decoder, at(0), true, &f->e));
	assert_true(has_defect(f, DEFECT_FRAME_CUT));
	assert_false(has_defect(f, DEFECT_IP_FRAGMENT_LOST));
	assert_false(fragment(f, 2));
	assert_false(frame_lost(f->decoder, at(0), true, &f->e));
	other_is(f, "IP fragments");
}

static void waiting_fragments_are_bounded(void **state)
{
	struct fixture *f = *state;
	uint8_t octets[28];
	size_t given_up = 0;

	memcpy(octets, fragments[0], sizeof(octets));
	for (unsigned i = 0; i < 5000; i++) {
		octets[4] = (uint8_t)(i >> 8);
		octets[5] = (uint8_t)i;
		assert_false(decode(f, DLT_RAW, octets, sizeof(octets), sizeof(octets)));
		while (frame_lost(f->decoder, at(0), false, &f->e)) {
			assert_true(has_defect(f, DEFECT_LIMIT_REACHED));
			given_up++;
		}
	}
	assert_int_equal(given_up, 5000 - 4096);
}

/* All of one datagram that never becomes whole: looking through it must not take ever longer. */
static void fragments_of_one_datagram_are_bounded(void **state)
{
	struct fixture *f = *state;
	uint8_t octets[28];
	size_t given_up = 0;

	memcpy(octets, fragments[0], sizeof(octets));
	for (unsigned i = 0; i < 5000; i++) {
		octets[6] = (uint8_t)(0x20 | i >> 8);
		octets[7] = (uint8_t)i;
		assert_false(decode(f, DLT_RAW, octets, sizeof(octets), sizeof(octets)));
		while (frame_lost(f->decoder, at(0), false, &f->e)) {
			assert_true(has_defect(f, DEFECT_LIMIT_REACHED));
			given_up++;
		}
	}
	assert_int_equal(given_up, 1); /* the others lack their first fragment: they are counted */
	other_is(f, "IP fragments");
}

static void icmp_errors_name_the_quoted_packet(void **state)
{
	static const char error[] =
		"\x45\x00\x00\x38\x00\x01\x00\x00\x40\x01\x00\x00\x0a\x00\x00\x02\x0a\x00\x00\x01"
		"\x03\x03\x00\x00\x00\x00\x00\x00"
		"\x45\x00\x00\x99\x12\x34\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"
		"\x06\xa5\x06\xa5\x00\x85\x00\x00";
	struct fixture *f = *state;
	uint8_t echo[sizeof(error) - 1];

	assert_true(decode(f, DLT_RAW, error, sizeof(error) - 1, sizeof(error) - 1));
	assert_int_equal(f->e.kind, EVENT_ICMP);
	assert_int_equal(f->e.icmp_type, 3);
	assert_int_equal(f->e.icmp_code, 3);
	assert_int_equal(f->e.from.address.octets[3], 1);
	assert_int_equal(f->e.to.address.octets[3], 2);
	assert_int_equal(f->e.n_defects, 0);
	memcpy(echo, error, sizeof(echo));
	echo[20] = 8;
	assert_false(decode(f, DLT_RAW, echo, sizeof(echo), sizeof(echo)));
	other_is(f, "ICMP");
}

static void ppp_outside_l2tp_is_given(void **state)
{
	static const char session[] =
		MACS "\x88\x64\x11\x00\x00\x09\x00\x0a\xc0\x21\x09\x01\x00\x08\x11\x22\x33\x44\x00";
	struct fixture *f = *state;

	assert_true(decode(f, DLT_EN10MB, session, sizeof(session) - 1, sizeof(session) - 1));
	assert_int_equal(f->e.kind, EVENT_PPP);
	assert_false(f->e.l2tp.is_present);
	assert_int_equal(f->e.path.pppoe, 9);
	assert_int_equal(f->e.path.from_mac[5], 1);
	other_is(f, "PPPoE session");
}

static void headers_inside_headers_end(void **state)
{
	struct fixture *f = *state;
	uint8_t octets[20 * 12];

	for (size_t i = 0; i < 12; i++) {
		memcpy(octets + 20 * i, IPV4, 20);
		octets[20 * i + 3] = (uint8_t)(sizeof(octets) - 20 * i);
		octets[20 * i + 9] = 4;
	}
	assert_false(decode(f, DLT_RAW, octets, sizeof(octets), sizeof(octets)));
	other_is(f, "too many headers");
}

static void what_is_not_l2tp_is_counted(void **state)
{
	struct fixture *f = *state;
	uint8_t octets[sizeof(IPV4) - 1];

	memcpy(octets, IPV4, sizeof(octets));
	octets[9] = 6;
	assert_false(decode(f, DLT_RAW, octets, sizeof(octets), sizeof(octets)));
	other_is(f, "TCP");
	octets[9] = 17;
	octets[20] = 0x07, octets[21] = 0x14;
	octets[22] = 0x99;
	assert_false(decode(f, DLT_RAW, octets, sizeof(octets), sizeof(octets)));
	other_is(f, "RADIUS");
	assert_false(decode(f, DLT_EN10MB, MACS "\x88\x64\x11\x00\x00\x07\x00\x00", 20, 20));
	other_is(f, "PPPoE session");
	assert_false(decode(f, DLT_EN10MB, MACS "\x08\x06\x00\x01", 16, 16));
	other_is(f, "ARP");
	assert_false(decode(f, 250, "abc", 3, 3));
	other_is(f, "unknown link type");
}

/* Total length 0 is segmentation offload; a length past the end is a fault of the packet. */
static void ip_lengths_are_compared(void **state)
{
	struct fixture *f = *state;
	uint8_t octets[sizeof(IPV4) - 1];

	memcpy(octets, IPV4, sizeof(octets));
	octets[2] = octets[3] = 0;
	assert_true(decode(f, DLT_RAW, octets, sizeof(octets), sizeof(octets)));
	is_echo(f);
	octets[3] = 0xff;
	assert_true(decode(f, DLT_RAW, octets, sizeof(octets), sizeof(octets)));
	assert_int_equal(f->e.defects[0].id, DEFECT_IP_BAD);
	for (unsigned i = 0; i < 256; i++) {
		octets[3] = (uint8_t)i;
		decode(f, DLT_RAW, octets, sizeof(octets), sizeof(octets));
		octets[0] = (uint8_t)(0x40 | (i & 0xf));
		decode(f, DLT_RAW, octets, sizeof(octets), sizeof(octets));
		octets[0] = 0x45;
	}
	octets[3] = 0x2e;
	for (unsigned i = 0; i < 256; i++) {
		octets[25] = (uint8_t)i;
		assert_true(decode(f, DLT_RAW, octets, sizeof(octets), sizeof(octets)));
		if (i == 0 || i == 26)
			is_echo(f);
		else if (i < 8 || i > 26)
			assert_true(has_defect(f, DEFECT_IP_BAD));
	}
}

/* VXLAN, Geneve and TZSP are opened only where their headers are whole and say that data is inside.
 */
static void overlays_are_opened_when_whole(void **state)
{
#define SPAN(octets)                                                                               \
	{                                                                                          \
		(const uint8_t *)(octets), sizeof(octets) - 1                                      \
	}
	static const struct {
		uint16_t port;
		struct span packet;
		bool is_opened;
		uint16_t type;
		size_t inside;
	} rows[] = {
		{4789,
		 SPAN("\x08\0\0\0\0\x10\x04\0"
		      "ether"),
		 true, 0x6558, 5},
		{4789, SPAN("\x08\0\0\0\0\x10\x04"), false, 0, 0},
		{4789,
		 SPAN("\0\0\0\0\0\x10\x04\0"
		      "ether"),
		 false, 0, 0},
		{6081,
		 SPAN("\0\0\x65\x58\0\0\x4d\0"
		      "ether"),
		 true, 0x6558, 5},
		{6081,
		 SPAN("\x01\0\x08\0\0\0\x4d\0"
		      "optnip"),
		 true, 0x0800, 2},
		{6081,
		 SPAN("\x02\0\x65\x58\0\0\x4d\0"
		      "optn"),
		 false, 0, 0},
		{6081,
		 SPAN("\x40\0\x65\x58\0\0\x4d\0"
		      "ether"),
		 false, 0, 0},
		{6081,
		 SPAN("\0\x80\x65\x58\0\0\x4d\0"
		      "ether"),
		 false, 0, 0},
		{37008,
		 SPAN("\x01\0\0\x01\x01"
		      "ether"),
		 true, 0x6558, 5},
		{37008,
		 SPAN("\x01\x01\0\x01\x0a\x02gg\0\x01"
		      "ether"),
		 true, 0x6558, 5},
		{37008, SPAN("\x01\0\0\x01\x0a\x09"), false, 0, 0},
		{37008,
		 SPAN("\x01\x04\0\x01\x01"
		      "ether"),
		 false, 0, 0},
		{4790,
		 SPAN("\x08\0\0\0\0\x10\x04\0"
		      "ether"),
		 false, 0, 0},
	};
#undef SPAN

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span inside;
		uint16_t type;

		assert_int_equal(overlay_open(rows[i].port, rows[i].packet, &type, &inside),
				 rows[i].is_opened);
		if (!rows[i].is_opened)
			continue;
		assert_int_equal(type, rows[i].type);
		assert_int_equal(inside.len, rows[i].inside);
	}
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(every_link_layer_leads_to_l2tp),
		TEST(a_frame_without_flags_ends_in_any_octet),
		TEST(the_short_way_says_what_the_long_one_says),
		TEST(every_truncation_is_survived),
		TEST(overlays_are_opened_when_whole),
		TEST(addresses_and_ids_are_kept),
		TEST(fragments_join_in_any_order),
		TEST(ipv6_fragments_join),
		TEST(lost_fragments_are_told),
		TEST(waiting_fragments_are_bounded),
		TEST(fragments_of_one_datagram_are_bounded),
		TEST(icmp_errors_name_the_quoted_packet),
		TEST(ppp_outside_l2tp_is_given),
		TEST(headers_inside_headers_end),
		TEST(what_is_not_l2tp_is_counted),
		TEST(ip_lengths_are_compared),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
