/* What PPP packets and payloads say beyond struct ppp, each from a literal frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "octets.h"
#include "packet_kit.h"
#include "payload.h"
#include "ppp.h"

/* A frame, and one value of it as people read it; NULL: only that it is read. */
static const struct sample {
	const char *frame;
	enum event_kind kind;
	const char *field;
	const char *printed;
} samples[] = {
	{"c021 0701 000e 63 09 000a 0102 0304 0506", EVENT_PPP, "Rejected Code", "99"},
	{"c021 0d02 0010 00000001 00000e10 62796520", EVENT_PPP, "lcp.secs_remaining", "3600"},
	{"c021 0003 000d 00000001 00000c 07 41", EVENT_PPP, "ppp.kind", "7"},
	{"c025 01020304 00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008"
	 "00000009 0000000a 0000000b",
	 EVENT_PPP, "PeerInOctets", "8"},
	{"80fd 0e04 0008 deadbeef", EVENT_PPP, "ppp.data", "0xdeadbeef"},
	{"c02d 0205 0005 01", EVENT_PPP, "bap.response_code", "1 (Request-Nak)"},
	{"c223 0406 0019 453d36343820523d3120433d303020563d33", EVENT_PPP, "MS-CHAP error",
	 "648 (password expired)"},
	{"c223 0406 0016 453d36343820523d3120433d303020563d33", EVENT_PPP,
	 "MS-CHAP change password version", "3"},
	{"c223 0406 0016 453d36343820523d3120433d303020563d33", EVENT_PPP, "MS-CHAP retry allowed",
	 "1 (yes)"},
	{"c223 0307 000f 533d4142204d3d6869206f", EVENT_PPP, "MS-CHAP authenticator response",
	 "AB"},
	{"c223 0307 000f 533d4142204d3d6869206f", EVENT_PPP, "MS-CHAP message", "hi o"},
	{"c223 0208 0037 31 01010101010101010101010101010101 0000000000000000"
	 "020202020202020202020202020202020202020202020202 00 75",
	 EVENT_PPP, "eap.ms_chap_v2.peer_challenge", "0x01010101010101010101010101010101"},
	{"c223 0208 0037 31 01010101010101010101010101010101 0303030303030303"
	 "020202020202020202020202020202020202020202020202 01 75",
	 EVENT_PPP, "Use NT-Response", "1"},
	{"c227 0209 0007 03 04 1a", EVENT_PPP, "eap.desired_type", "4 (MD5-Challenge)"},
	{"c227 020a 000a 01 616c696365", EVENT_PPP, "eap.identity", "alice"},
	{"c227 010b 0016 04 10 000102030405060708090a0b0c0d0e0f", EVENT_PPP, "eap.md5.value",
	 "0x000102030405060708090a0b0c0d0e0f"},
	{"c227 010c 000a 0d c0 00000abc", EVENT_PPP, "eap.tls.len", "2748"},
	{"c227 010d 000c fe 000137 00000005", EVENT_PPP, "eap.ext.vendor_id", "311"},
	{"c227 010e 0014 1a 04 0e 000f 453d36393120523d30", EVENT_PPP, "MS-CHAP error",
	 "691 (authentication failure)"},
	/* Multilink: IPCP whole in a long and a short header, then a fragment of data. */
	{"003d c0000007 8021 0101 000a 0306 0a000001", EVENT_PPP, "mp.seq", "7"},
	{"003d c009 8021 0101 000a 0306 0a000001", EVENT_PPP, "mp.sseq", "9"},
	{"003d 80000008 0021 4500", EVENT_DATA, "ppp.protocol", "33 (IPv4)"},
	{"003d 40000009 0102", EVENT_DATA, "mp.last", "yes"},
	/* IPv4 with a TCP SYN (MSS 1460), ICMP fragmentation needed, UDP; IPv6 packet too big. */
	{"0021 4500002c 00010000 40060000 0a000001 0a000002"
	 "04000050 00000001 00000000 6002ffff 00000000 020405b4",
	 EVENT_DATA, "tcp.options.mss_val", "1460"},
	{"0021 45000024 00010000 40010000 0a000001 0a000002 03040000 000005dc 45000014 00000000",
	 EVENT_DATA, "icmp.mtu", "1500"},
	{"0021 4500001c 00010000 40110000 0a000001 0a000002 003500a0 00080000", EVENT_DATA,
	 "udp.dstport", "160"},
	{"0057 60000000 00083a40 20010db8000000000000000000000001 20010db8000000000000000000000002"
	 "02000000 00000500",
	 EVENT_DATA, "icmpv6.mtu", "1280"},
	{"00fd 9005 aabb", EVENT_DATA, "MPPE/MPPC coherency count", "5"},
	{"002d 4005", EVENT_DATA, "VJ connection", "5"},
	{"0281 00064140 45000014 00000000 40fd0000 0a000001 0a000002", EVENT_DATA, "mpls.label",
	 "100"},
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

static void decode(struct fixture *f, struct span frame)
{
	struct defect_list defects = {.arena = f->arena};

	free(f->exact);
	f->exact = exact_copy(frame);
	f->e = (struct event){.kind = EVENT_OTHER};
	ppp_decode(f->arena, span_of(f->exact, frame.len), &f->e, &defects);
	f->values = (struct value_list){.arena = f->arena};
	for (size_t i = 0; i < f->e.n_values; i++)
		*value_add(&f->values, "", "", VALUE_NONE, (struct span){0}) = f->e.values[i];
	payload_values(&f->values, &f->e);
}

static void each_value_is_read(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < SAMPLES; i++) {
		const struct value *v;
		struct text t = text_make(400);

		decode(f, octets(f->arena, samples[i].frame));
		assert_int_equal(f->e.kind, samples[i].kind);
		v = value_find(f->values.at, f->values.n, samples[i].field);
		assert_non_null(v);
		value_print(&t, v, true);
		assert_string_equal(t.at, samples[i].printed);
		text_free(&t);
	}
}

static void the_ncp_of_a_bundle_is_an_event(void **state)
{
	struct fixture *f = *state;

	decode(f, octets(f->arena, "003d c0000007 8021 0101 000a 0306 0a000001"));
	assert_int_equal(f->e.ppp.protocol, 0x8021);
	assert_int_equal(f->e.ppp.n_options, 1);
	assert_true(f->e.ppp.is_complete);
}

static void cut_and_hurt_frames_are_read_as_far_as_they_go(void **state)
{
	static const uint8_t wrong[] = {0, 1, 0x7f, 0x80, 0xff};
	struct fixture *f = *state;

	for (size_t i = 0; i < SAMPLES; i++) {
		struct span frame = octets(f->arena, samples[i].frame);
		uint8_t *hurt = exact_copy(frame);

		assert_non_null(hurt);
		for (size_t n = 0; n <= frame.len; n++)
			decode(f, span_of(frame.at, n));
		for (size_t k = 0; k < frame.len * sizeof(wrong); k++) {
			hurt[k / sizeof(wrong)] = wrong[k % sizeof(wrong)];
			decode(f, span_of(hurt, frame.len));
			hurt[k / sizeof(wrong)] = frame.at[k / sizeof(wrong)];
		}
		free(hurt);
		arena_reset(f->arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_value_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_ncp_of_a_bundle_is_an_event, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cut_and_hurt_frames_are_read_as_far_as_they_go,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
