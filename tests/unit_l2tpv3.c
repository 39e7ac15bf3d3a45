/* L2TPv3: payload whose layout was told or must be found, and authenticated messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "code.h"
#include "ip.h"
#include "message_kit.h"
#include "octets.h"
#include "ppp.h"
#include "source.h"

#define CAPTURES SOURCE_DIR "/../shared/captures/"

/* An IPv4 packet, and the same in Ethernet. */
#define IP       "4500001c00010000400166de0a0000010a0000020800f7ff00000000"
#define ETHERNET "0250000000010250000000020800" IP

#define SCCRQ_HEX                                                                                  \
	"c80300690000000000000000800800000000000180170000003b002bab8c9b2fac7f330faccd9a9f88d7c5"   \
	"800c000000076c6363652d61800a0000003c0a000001800a0000003d1122334480080000003e0005"         \
	"801600000049000102030405060708090a0b0c0d0e0f"
#define SCCRP_HEX                                                                                  \
	"c80300691122334400000001800800000000000280170000003b004b4edde9f37a92c3cdd66a9b34bf6f55"   \
	"800c000000076c6363652d62800a0000003c0a000002800a0000003d5566778880080000003e0005"         \
	"801600000049101112131415161718191a1b1c1d1e1f"
#define HELLO_MD5                                                                                  \
	"c803002b5566778800020001800800000000000680170000003b001333690db51fc2960bf32403d58805f8"
#define HELLO_SHA1                                                                                 \
	"c803002f55667788000200018008000000000006801b0000003b010ee175fc2811a1092cc005e410fd82ec"   \
	"635fd2e4"
/* cookie deadbeefcafebabe, sublayer 1, sequencing of all, Ethernet */
#define ICRQ_HEX                                                                                   \
	"c80300695566778800020001800800000000000a800a0000003f00001001800a0000004000000000"         \
	"800a0000000f000000018009000000427077318008000000440005800e00000041deadbeefcafebabe"       \
	"800800000045000180080000004600028008000000470001"
/* cookie 11223344, no sublayer */
#define ICRP_HEX                                                                                   \
	"c803003a1122334400010003800800000000000b800a0000003f00002002800a0000004000001001"         \
	"800a00000041112233448008000000470001"
/* Cisco's AVPs of the drafts: PPP, cookie a1b2c3d4 */
#define DRAFT_HEX                                                                                  \
	"c803003a5566778800020001800800000000000a800a0009000300003003800a0009000400000000"         \
	"8008000900070007800a00090005a1b2c3d4"

static void is_secret(const char *secret)
{
	secrets_add(secrets, SECRET_TUNNEL, STR("*"), span_of(secret, strlen(secret)), false);
}

/* A (10.0.0.1) asked B (10.0.0.2). */
static void decode_cut(bool from_a, uint8_t protocol, struct span whole, size_t known)
{
	uint8_t *copy = exact_copy(span_of(whole.at, known));

	memset(&event, 0, sizeof(event));
	event.from.address = address_v4(from_a ? 0x0a000001 : 0x0a000002);
	event.to.address = address_v4(from_a ? 0x0a000002 : 0x0a000001);
	event.from.port = protocol == IP_UDP ? 1701 : 0;
	event.to.port = event.from.port;
	event.path.ip_protocol = protocol;
	event.path.captured = (uint32_t)known;
	event.path.original = (uint32_t)whole.len;
	defects = (struct defect_list){.arena = arena};
	l2tp_decode(decoder, span_of(copy, known), &event, &defects, &payload);
	payload = arena_span(arena, payload);
	if (event.kind == EVENT_DATA && payload.len > 0)
		ppp_decode(arena, payload, &event, &defects);
	free(copy);
}

static void gives(bool from_a, uint8_t protocol, const char *hex, const char *expected)
{
	struct span s = octets(arena, hex);
	struct text t = text_make(1000);

	decode_cut(from_a, protocol, s, s.len);
	for (size_t i = 0; i < defects.n; i++)
		text_printf(&t, "%s%s", i ? " " : "", defect_row(defects.at[i].id)->id);
	assert_string_equal(t.at ? t.at : "", expected);
	text_free(&t);
}

static void layout_is(unsigned cookie_size, unsigned sublayer, uint16_t pw_type, bool is_inferred)
{
	assert_true(event.l2tp.has_layout);
	assert_int_equal(event.l2tp.cookie_size, cookie_size);
	assert_int_equal(event.l2tp.sublayer, sublayer);
	assert_int_equal(event.l2tp.pw_type, pw_type);
	assert_int_equal(event.l2tp.is_inferred, is_inferred);
}

static void digests_are_verified(void **state)
{
	(void)state;
	is_secret("secret1");
	gives(true, IP_UDP, SCCRQ_HEX, "");
	gives(false, IP_UDP, SCCRP_HEX, "");
	gives(true, IP_UDP, HELLO_MD5, "");
	gives(true, IP_UDP, HELLO_SHA1, "");
	/* The same from the other end has the nonces in the other order. */
	gives(false, IP_UDP,
	      "c803002b1122334400020001800800000000000680170000003b00"
	      "1333690db51fc2960bf32403d58805f8",
	      "l2tpv3-digest-bad");
	gives(true, IP_UDP,
	      "c803002b5566778800020001800800000000000680170000003b00"
	      "1333690db51fc2960bf32403d58805f9",
	      "l2tpv3-digest-bad");
	gives(true, IP_UDP, "c803001455667788000300018008000000000006", "l2tpv3-digest-missing");
	gives(true, IP_UDP, "c803000c5566778800030001", "zlb-with-auth-v3");
	gives(true, IP_UDP,
	      "c80300335566778800030001800800000000000680080000000a000480170000003b00"
	      "bb6377a2d4e1bdf501a71ea7e6676c26",
	      "l2tpv3-digest-position");
	/* A repeated SCCRQ forgets nothing. */
	gives(true, IP_UDP, SCCRQ_HEX, "");
	gives(true, IP_UDP, HELLO_MD5, "");
}

static void a_wrong_secret_is_told(void **state)
{
	(void)state;
	is_secret("other");
	gives(true, IP_UDP, SCCRQ_HEX, "l2tpv3-digest-bad");
	gives(false, IP_UDP, SCCRP_HEX, "l2tpv3-digest-bad");
	/* The nonces of this connection were never seen: nothing is proved. */
	gives(true, IP_UDP,
	      "c803002b5566778900020001800800000000000680170000003b00"
	      "1333690db51fc2960bf32403d58805f8",
	      "");
}

static void without_a_secret_only_absence_is_told(void **state)
{
	(void)state;
	gives(true, IP_UDP, SCCRQ_HEX, "");
	gives(false, IP_UDP, SCCRP_HEX, "");
	gives(true, IP_UDP, HELLO_SHA1, "");
	gives(true, IP_UDP, "c803001455667788000300018008000000000006", "l2tpv3-digest-missing");
}

static void one_end_alone_does_not_authenticate(void **state)
{
	(void)state;
	gives(true, IP_UDP, SCCRQ_HEX, "");
	gives(false, IP_UDP,
	      "c803003c11223344000000018008000000000002800c000000076c6363652d62800a0000003c0a000002"
	      "800a0000003d5566778880080000003e0005",
	      "l2tpv3-digest-one-sided");
	gives(true, IP_UDP, "c803001455667788000300018008000000000006", "");
}

static void payload_is_as_it_was_agreed(void **state)
{
	(void)state;
	gives(true, IP_UDP, ICRQ_HEX, "");
	gives(false, IP_UDP, ICRP_HEX, "");
	/* To A: 8 octets of cookie and the sublayer. */
	gives(false, IP_UDP, "00030000 00001001 deadbeefcafebabe 40000009" ETHERNET, "");
	layout_is(8, 1, 5, false);
	assert_memory_equal(event.l2tp.cookie, "\xde\xad\xbe\xef\xca\xfe\xba\xbe", 8);
	assert_true(event.l2tp.has_data_sequence);
	assert_int_equal(event.l2tp.data_sequence, 9);
	assert_int_equal(value_find(event.values, event.n_values, "l2tp.cookie")->octets.len, 8);
	assert_int_equal(value_find(event.values, event.n_values, "l2tp.l2_spec_sequence")->number,
			 9);
	assert_null(value_find(event.values, event.n_values, "layout inferred"));
	assert_int_equal(event.data.ethertype, 0x0800);
	assert_int_equal(event.data.length, 42);
	/* To B, over IP: 4 octets, no sublayer; the type was in the request. */
	gives(true, IP_L2TP, "00002002 11223344" ETHERNET, "");
	layout_is(4, 0, 5, false);
	assert_false(event.l2tp.has_data_sequence);
	gives(true, IP_L2TP, "00002002 11223345" ETHERNET, "l2tpv3-cookie-mismatch");
	gives(true, IP_L2TP, "00002002" ETHERNET, "l2tpv3-cookie-missing-negotiated");
	layout_is(0, 0, 5, true);
	/* ICCN gives B's side nothing, and may give A a sublayer. */
	gives(true, IP_UDP,
	      "c80300305566778800030002800800000000000c800a0000003f00001001800a00000040000020028008"
	      "000000450000",
	      "");
	gives(false, IP_UDP, "00030000 00001001 deadbeefcafebabe" ETHERNET, "");
	layout_is(8, 0, 5, false);
}

static void drafts_of_cisco_are_read(void **state)
{
	(void)state;
	gives(true, IP_L2TP, "00000000" DRAFT_HEX, "");
	assert_int_equal(event.from.session_id, 0x3003);
	gives(false, IP_L2TP, "00003003 a1b2c3d4 ff03c02101010004", "");
	layout_is(4, 0, 7, false);
	assert_int_equal(event.kind, EVENT_PPP);
	assert_int_equal(event.ppp.protocol, PPP_LCP);
	gives(true, IP_UDP, "c803001455667788000200018008000900000001", "");
	assert_int_equal(event.control.message, ACK);
}

static void layouts_are_inferred(void **state)
{
	static const struct {
		uint8_t protocol;
		const char *hex;
		unsigned cookie_size, sublayer;
		uint16_t pw_type, ethertype;
	} rows[] = {
		{IP_L2TP, "00000001" ETHERNET, 0, 0, 5, 0x0800},
		{IP_L2TP, "00000002 00000000" ETHERNET, 0, 1, 5, 0x0800},
		{IP_L2TP, "00000003 a1b2c3d4" ETHERNET, 4, 0, 5, 0x0800},
		{IP_L2TP, "00000004 a1b2c3d4 40000001" ETHERNET, 4, 1, 5, 0x0800},
		{IP_L2TP, "00000005 deadbeefcafebabe" ETHERNET, 8, 0, 5, 0x0800},
		{IP_UDP, "00030000 00000006 deadbeefcafebabe 40000001" ETHERNET, 8, 1, 5, 0x0800},
		{IP_L2TP, "00000007 a1b2c3d4" IP, 4, 0, 0xb, 0x0800},
		{IP_L2TP, "00000008 0f000800" IP, 0, 0, 6, 0x0800},
		{IP_L2TP, "00000009 184103cc" IP, 0, 0, 1, 0x0800},
		{IP_UTI, "00000001 deadbeefcafebabe" ETHERNET, 8, 0, 5, 0x0800},
		/* tagged ARP */
		{IP_L2TP,
		 "0000000a ffffffffffff 025000000001 8100 0064 0806 0001080006040001"
		 "025000000001 c0a80004 000000000000 c0a80003",
		 0, 0, 5, 0x0806},
		{IP_L2TP,
		 "0000000b 025000000001 025000000002 86dd 6000000000043aff"
		 "20010db800000000000000000000000120010db8000000000000000000000002 80000000",
		 0, 0, 5, 0x86dd},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		gives(true, rows[i].protocol, rows[i].hex, "");
		layout_is(rows[i].cookie_size, rows[i].sublayer, rows[i].pw_type, true);
		assert_int_equal(event.data.ethertype, rows[i].ethertype);
	}
	assert_non_null(value_find(event.values, event.n_values, "layout inferred"));
	/* PPP goes on: the FF 03 00 21 is no cookie in front of IP. */
	gives(true, IP_L2TP, "00000020 ff030021" IP, "");
	layout_is(0, 0, 7, true);
	assert_int_equal(event.data.protocol, PPP_IPV4);
	assert_int_equal(event.data.length, 28);
	/* Nothing is proved: nothing is said. */
	gives(true, IP_L2TP, "00000021 00112233445566778899aabbccddeeff00112233445566", "");
	assert_false(event.l2tp.has_layout);
	assert_int_equal(event.data.length, 23);
	/* What the session showed before holds for what proves nothing itself. */
	gives(true, IP_L2TP, "00000004 a1b2c3d4 40000002 025000000001025000000002123400", "");
	layout_is(4, 1, 5, true);
	assert_int_equal(event.l2tp.data_sequence, 2);
	assert_int_equal(event.data.ethertype, 0x1234);
}

/* Cut by the capture and by the sender, at every length, told or not. */
static void cuts_are_told(void **state)
{
	static const char *const packets[] = {
		"00030000 00001001 deadbeefcafebabe 40000009" ETHERNET,
		"00030000 00000031" ETHERNET,
		"00030000 00000032 a1b2c3d4 40000001 ff030021" IP,
		SCCRQ_HEX,
		HELLO_SHA1,
		DRAFT_HEX,
	};

	(void)state;
	is_secret("secret1");
	for (unsigned agreed = 0; agreed < 2; agreed++) {
		for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
			struct span whole = octets(arena, packets[i]);

			for (size_t n = 0; n < whole.len; n++) {
				decode_cut(false, IP_UDP, whole, n);
				assert_true(defects.n <= 1);
				if (defects.n)
					assert_int_equal(defects.at[0].id, DEFECT_FRAME_CUT);
				if (n >= 8 && event.kind == EVENT_DATA)
					assert_in_range(event.data.length, 0, whole.len - 8);
				decode_cut(false, IP_UDP, span_of(whole.at, n), n);
				if (n < 8)
					assert_true(defects.n > 0);
			}
			arena_reset(arena);
		}
		decode_cut(true, IP_UDP, octets(arena, ICRQ_HEX), strlen(ICRQ_HEX) / 2);
	}
}

static void lengths_gone_wrong(void **state)
{
	static const char *const messages[] = {SCCRQ_HEX, SCCRP_HEX, ICRQ_HEX, ICRP_HEX, DRAFT_HEX};
	static const uint16_t values[] = {0, 1, 0x3ff, 0xffff};

	(void)state;
	is_secret("secret1");
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		struct span whole = octets(arena, messages[i]);
		size_t at = 2;

		while (at + 2 <= whole.len) {
			size_t length = (size_t)(whole.at[at] & 3) << 8 | whole.at[at + 1];

			for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
				uint8_t *copy = exact_copy(whole);
				uint16_t mask = at == 2 ? 0xffff : 0x3ff;

				copy[at] = (uint8_t)((copy[at] & (~mask >> 8)) |
						     (values[v] & mask) >> 8);
				copy[at + 1] = (uint8_t)values[v];
				decode_cut(true, IP_UDP, span_of(copy, whole.len), whole.len);
				assert_true(defects.n > 0);
				assert_false(event.control.is_complete);
				free(copy);
			}
			at = at == 2 ? 12 : at + length;
		}
	}
}

/* What tshark 4.0 shows by hand of public captures; it does not know their layout. */
static void captures_are_read(void **state)
{
	static const struct {
		const char *name;
		uint32_t session;
		unsigned cookie_size, sublayer;
		uint16_t ethertype;
		uint8_t protocol;
	} rows[] = {
		{"packetlife__arp_l2tpv3.cap", 3000, 0, 1, 0x0806, IP_UDP},
		{"packetlife__icmp_in_l2tpv3.cap", 4000, 0, 1, 0x0800, IP_UDP},
		{"suricata-verify-pr__decode-l2tp-v3-01.pcap", 1, 0, 0, 0x0800, IP_UDP},
		{"suricata-verify-pr__decode-l2tp-v3-04.pcap", 1, 8, 1, 0x0800, IP_UDP},
		{"suricata-verify-pr__decode-l2tp-v3-05.pcap", 1, 0, 0, 0x0800, IP_L2TP},
		{"suricata-verify-pr__decode-l2tp-v3-09.pcap", 1, 8, 1, 0x0800, IP_L2TP},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct source_options options = {0};
		struct text why = text_make(200);
		struct text path = text_make(500);
		struct source *s;
		struct event e;

		text_printf(&path, CAPTURES "public/%s", rows[i].name);
		s = source_open(path.at, &options, &why);
		text_free(&path);
		text_free(&why);
		if (!s)
			skip();
		assert_int_equal(source_next(s, &e), PULLED);
		assert_int_equal(e.kind, EVENT_DATA);
		assert_int_equal(e.l2tp.version, 3);
		assert_int_equal(e.path.ip_protocol, rows[i].protocol);
		assert_int_equal(e.l2tp.session_id, rows[i].session);
		assert_int_equal(e.l2tp.cookie_size, rows[i].cookie_size);
		assert_int_equal(e.l2tp.sublayer, rows[i].sublayer);
		assert_int_equal(e.data.ethertype, rows[i].ethertype);
		assert_true(e.l2tp.is_inferred);
		if (e.l2tp.cookie_size)
			assert_memory_equal(e.l2tp.cookie, "\xde\xad\xbe\xef\xca\xfe\xba\xbe", 8);
		source_close(s);
	}
}

/* Payload on a port of which nothing is known could be anything. */
static void other_ports_are_not_guessed_into(void **state)
{
	struct source_options options = {0};
	struct text why = text_make(200);
	struct source *s = source_open(CAPTURES "public/suricata-verify-pr__decode-l2tp-v3-12.pcap",
				       &options, &why);
	struct event e;

	(void)state;
	text_free(&why);
	if (!s)
		skip();
	assert_int_equal(source_next(s, &e), SOURCE_END);
	source_close(s);
}

/* The daemon of this capture puts a 1 in front of the message, and forgets the digest when it
 * repeats one. */
static void the_lab_is_authenticated(void **state)
{
	struct source_options options = {.secrets = secrets};
	struct text why = text_make(200);
	struct source *s =
		source_open(CAPTURES "lab/s09_l2tpv3_digest_ok/lac.pcap", &options, &why);
	size_t variant = 0;
	size_t missing = 0;
	size_t zlb = 0;
	struct event e;

	(void)state;
	text_free(&why);
	if (!s)
		skip();
	is_secret("v3secret");
	while (source_next(s, &e) == PULLED) {
		for (size_t i = 0; i < e.n_defects; i++) {
			assert_int_not_equal(e.defects[i].id, DEFECT_V3_DIGEST_BAD);
			variant += e.defects[i].id == DEFECT_V3_DIGEST_VARIANT;
			missing += e.defects[i].id == DEFECT_V3_DIGEST_MISSING;
			zlb += e.defects[i].id == DEFECT_V3_ZLB_WITH_DIGEST;
		}
	}
	source_close(s);
	assert_int_equal(variant, 11);
	assert_int_equal(missing, 13);
	assert_true(zlb > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(digests_are_verified, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_secret_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_a_secret_only_absence_is_told, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(one_end_alone_does_not_authenticate, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(payload_is_as_it_was_agreed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(drafts_of_cisco_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(layouts_are_inferred, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cuts_are_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lengths_gone_wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(captures_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_ports_are_not_guessed_into, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_lab_is_authenticated, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
