/* Messages: headers, cuts, lengths gone wrong, and what a decoder remembers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "message_kit.h"
#include "messages.h"
#include "octets.h"

static void decode(struct span packet, size_t missing)
{
	memset(&event, 0, sizeof(event));
	event.from.address = address_v4(0x0a000001);
	event.to.address = address_v4(0x0a000002);
	event.from.port = 1701;
	event.to.port = 1701;
	event.path.ip_protocol = 17;
	event.path.captured = (uint32_t)packet.len + 42;
	event.path.original = event.path.captured + (uint32_t)missing;
	defects = (struct defect_list){.arena = arena};
	l2tp_decode(decoder, packet, &event, &defects, &payload);
}

/* Decodes and compares the defects, joined by blanks. */
static void gives(const char *hex, const char *expected)
{
	struct span s = octets(arena, hex);
	uint8_t *copy = exact_copy(s);
	struct text t = text_make(1000);

	decode(span_of(copy, s.len), 0);
	for (size_t i = 0; i < defects.n; i++)
		text_printf(&t, "%s%s@%u", i ? " " : "", defect_row(defects.at[i].id)->id,
			    defects.at[i].offset);
	assert_string_equal(t.at ? t.at : "", expected);
	text_free(&t);
	payload = arena_span(arena, payload);
	free(copy);
}

static bool has(enum defect_id id)
{
	for (size_t i = 0; i < defects.n; i++)
		if (defects.at[i].id == id)
			return true;
	return false;
}

static void samples_are_without_fault(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLE_MESSAGES; i++) {
		struct span s = octets(arena, sample_messages[i].hex);

		decode(s, 0);
		assert_int_equal(defects.n, 0);
		assert_int_equal(event.kind, EVENT_CONTROL);
		assert_int_equal(event.control.message, sample_messages[i].type);
		assert_true(event.control.is_complete);
		assert_true(event.l2tp.is_present && event.l2tp.is_control);
		assert_true(event.l2tp.has_ids && event.l2tp.has_sequence);
		assert_true(l2tp_plausible(s));
		/* Whatever the RFC demands of the message is in the sample. */
		size_t at = 0;
		const struct avp_carry *c;

		while ((c = avp_carries(2, event.control.message, &at)))
			assert_true(c->presence != AVP_MUST || event_avp(&event, c->number));
	}
	assert_int_equal(SAMPLE_MESSAGES, 14);
}

static void header_is_read(void **state)
{
	(void)state;
	decode(octets(arena, sample_messages[1].hex), 0);
	assert_int_equal(event.l2tp.version, 2);
	assert_int_equal(event.l2tp.tunnel_id, 17688);
	assert_int_equal(event.to.tunnel_id, 17688);
	assert_int_equal(event.from.tunnel_id, 55270);
	assert_int_equal(event.l2tp.ns, 0);
	assert_int_equal(event.l2tp.nr, 1);
	assert_int_equal(event.packet.len, 0x4e);
	gives("c802000cd7e6000000020001", "");
	assert_int_equal(event.control.message, ZLB);
	assert_true(event.control.is_complete);
	assert_int_equal(event.control.n_avps, 0);
}

/* A capture that kept only the first octets of a packet. */
static void cut_messages_keep_what_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLE_MESSAGES; i++) {
		struct span whole = octets(arena, sample_messages[i].hex);
		size_t seen = 0;

		for (size_t cut = 0; cut < whole.len; cut++) {
			uint8_t *copy = exact_copy(span_of(whole.at, cut));
			size_t n_whole = 0;

			decode(span_of(copy, cut), whole.len - cut);
			assert_int_equal(defects.n, 1);
			assert_int_equal(defects.at[0].id, DEFECT_FRAME_CUT);
			assert_false(event.control.is_complete);
			for (size_t j = 0; j < event.control.n_avps; j++)
				n_whole += event.control.avps[j].is_whole;
			assert_true(n_whole >= seen);
			seen = n_whole;
			if (cut >= 20)
				assert_int_equal(event.control.message, sample_messages[i].type);
			free(copy);
		}
		decode(whole, 0);
		assert_in_range(seen, event.control.n_avps - 1, event.control.n_avps);
	}
	/* The SCCRQ has 129 octets and ends in the challenge. */
	struct span sccrq = octets(arena, sample_messages[0].hex);

	sccrq.len = 128;
	decode(sccrq, 1);
	assert_int_equal(event.control.n_avps, 11);
	assert_true(event_avp(&event, AVP_N_RECEIVE_WINDOW_SIZE)->is_whole);
	assert_false(event_avp(&event, AVP_N_CHALLENGE)->is_whole);
	assert_int_equal(event_avp(&event, AVP_N_CHALLENGE)->value.len, 15);
}

/* The same octets as a whole packet: now it is the sender's fault. */
static void short_messages_are_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLE_MESSAGES; i++) {
		struct span whole = octets(arena, sample_messages[i].hex);

		for (size_t cut = 0; cut < whole.len; cut++) {
			uint8_t *copy = exact_copy(span_of(whole.at, cut));

			decode(span_of(copy, cut), 0);
			assert_true(defects.n > 0);
			assert_false(has(DEFECT_FRAME_CUT));
			assert_true(has(cut < 12 ? DEFECT_L2TP_SHORT_HEADER
						 : DEFECT_L2TP_LENGTH_EXCEEDS_UDP));
			assert_false(event.control.is_complete);
			assert_false(l2tp_plausible(span_of(copy, cut)) && cut < 20);
			free(copy);
		}
	}
}

static void lengths_gone_wrong(void **state)
{
	static const uint16_t values[] = {0, 1, 5, 0x3ff, 0xffff};

	(void)state;
	for (size_t i = 0; i < SAMPLE_MESSAGES; i++) {
		struct span whole = octets(arena, sample_messages[i].hex);
		size_t offsets[64] = {2};
		size_t n = 1;

		decode(whole, 0);
		for (size_t j = 0; j < event.control.n_avps; j++)
			offsets[n++] = event.control.avps[j].offset;
		for (size_t j = 0; j < n; j++) {
			for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
				uint8_t *copy = exact_copy(whole);
				uint16_t mask = j ? 0x3ff : 0xffff;
				uint8_t *at = copy + offsets[j];

				if (values[v] > mask) {
					free(copy);
					continue;
				}
				at[0] = (uint8_t)((at[0] & ~(mask >> 8)) | values[v] >> 8);
				at[1] = (uint8_t)values[v];
				decode(span_of(copy, whole.len), 0);
				assert_true(defects.n > 0);
				assert_false(event.control.is_complete);
				assert_int_equal(event.kind, EVENT_CONTROL);
				free(copy);
			}
		}
	}
}

static void header_faults(void **state)
{
	(void)state;
	gives("", "l2tp-short-header@0");
	assert_int_equal(event.kind, EVENT_OTHER);
	gives("c8", "l2tp-short-header@0");
	gives("c802", "l2tp-short-header@2");
	assert_int_equal(event.kind, EVENT_CONTROL);
	assert_int_equal(event.control.message, MESSAGE_UNKNOWN);
	gives("c804000c0001000000000000", "l2tp-bad-version@0");
	assert_int_equal(event.kind, EVENT_OTHER);
	assert_false(event.l2tp.is_present);
	gives("0000000000", "l2tp-bad-version@0");
	gives("8802 0001 0000 0000 0000 8008000000000006", "l2tp-control-no-length@0");
	assert_int_equal(event.control.message, HELLO);
	gives("c002 0010 0001 0000 8008000000000006", "l2tp-control-no-sequence@0");
	assert_int_equal(event.control.message, HELLO);
	assert_false(event.l2tp.has_sequence);
	gives("ca02 0018 0001 0000 0000 0000 0002 ffff 8008000000000006",
	      "l2tp-control-offset-set@0");
	assert_int_equal(event.control.message, HELLO);
	gives("ca02 0010 0001 0000 0000 0000 0003 ffff",
	      "l2tp-control-offset-set@0 l2tp-offset-past-end@12");
	gives("c902 000c 0001 0000 0000 0000", "l2tp-control-priority-set@0");
	gives("f8f2 000c 0001 0000 0000 0000", "l2tp-reserved-bits@0");
	/* B and E of RFC 4623 are no reserved bits any more. */
	gives("c8c2 000c 0001 0000 0000 0000", "");
	gives("c802 000b 0001 0000 0000 0000", "l2tp-length-below-header@2");
	assert_false(event.control.is_complete);
	gives("c802 000c 0001 0000 0000 0000 00", "l2tp-length-trailing-bytes@12");
	assert_int_equal(event.control.message, ZLB);
	assert_int_equal(event.packet.len, 12);
	gives("c802 000d 0001 0000 0000 0000", "l2tp-length-exceeds-udp@2");
}

static void data_of_every_shape(void **state)
{
	static const struct {
		const char *hex;
		const char *defects;
		const char *payload;
		size_t length;
	} rows[] = {
		{"0002 0001 0002 ff03c021", "", "ff03c021", 4},
		{"4002 000c 0001 0002 ff03c021", "", "ff03c021", 4},
		{"0802 0001 0002 0005 0006 c021", "", "c021", 2},
		{"4802 000e 0001 0002 0005 0006 c021", "", "c021", 2},
		{"0202 0001 0002 0000 c021", "", "c021", 2},
		{"0202 0001 0002 0003 aabbcc c021", "", "c021", 2},
		{"4a02 0013 0001 0002 0005 0006 0003 aabbcc c021", "", "c021", 2},
		{"0102 0001 0002 c021", "", "c021", 2},
		{"0002 0001 0002", "", "", 0},
		{"0202 0001 0002 0001", "l2tp-offset-past-end@6", "", 0},
		{"0202 0001 0002 ffff 00", "l2tp-offset-past-end@6", "", 0},
		{"4002 0007 0001 0002 c021", "l2tp-length-below-header@2", "", 0},
		{"4002 0009 0001 0002 c021", "l2tp-length-trailing-bytes@9", "c0", 1},
		{"4002 000b 0001 0002 c021", "l2tp-length-exceeds-udp@2", "c021", 2},
		{"0002 0001 00", "l2tp-short-header@4", "", 0},
		{"2002 0001 0002 c021", "l2tp-reserved-bits@0", "c021", 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		gives(rows[i].hex, rows[i].defects);
		assert_int_equal(event.kind, EVENT_DATA);
		assert_true(span_equal(payload, octets(arena, rows[i].payload)));
		assert_int_equal(event.data.length, rows[i].length);
	}
	gives("0802 0001 0002 0005 0006 c021", "");
	assert_int_equal(event.to.session_id, 2);
	assert_int_equal(event.l2tp.ns, 5);
	/* Of a cut packet the inner length is still known. */
	decode(octets(arena, "4002 0064 0001 0002 c021"), 90);
	assert_int_equal(defects.n, 0);
	assert_int_equal(event.data.length, 92);
	assert_int_equal(payload.len, 2);
}

/* A dump in a log that the device ended with `...`, and one whose stated size is too small. */
static void lengths_against_what_was_there(void **state)
{
	struct span s = octets(arena, sample_messages[0].hex);

	(void)state;
	s.len = 100;
	decode(s, 29);
	assert_false(has(DEFECT_L2TP_LENGTH_EXCEEDS_UDP));
	decode(s, 28);
	assert_true(has(DEFECT_L2TP_LENGTH_EXCEEDS_UDP));
	assert_int_equal(event.control.message, SCCRQ);
}

static void other_versions_are_not_misread(void **state)
{
	(void)state;
	/* L2TPv3 over UDP: an SCCRQ of RFC 3931, then data. */
	gives("c80300690000000000000000800800000000000180170000003b000000000000000000000000000000"
	      "0000800c000000076c6363652d61800a0000003c0a000001800a0000003d112233448008"
	      "0000003e0005801600000049000102030405060708090a0b0c0d0e0f",
	      "");
	assert_int_equal(event.l2tp.version, 3);
	assert_int_equal(event.control.message, SCCRQ);
	assert_int_equal(event.from.tunnel_id, 0x11223344);
	gives("00030000 00000007 4500", "");
	assert_int_equal(event.kind, EVENT_DATA);
	assert_int_equal(event.l2tp.session_id, 7);
	assert_int_equal(payload.len, 0);
	assert_int_equal(event.data.length, 2);
	/* The tie breaker of L2TPv3 may have the M bit. */
	gives("c80300220000000000000000 8008000000000001 800e000000050001020304050607", "");
	/* L2F: unit_l2f.c */
	gives("1001 01 05 0000 0016 000b 04", "");
	assert_int_equal(event.l2tp.version, 1);
	assert_true(event.l2tp.is_control);
	assert_int_equal(event.l2tp.tunnel_id, 0x16);
	gives("1011 01 05 0000 0016 000b 04", "l2tp-bad-version@0");
}

static void over_ip_the_session_comes_first(void **state)
{
	struct span zlb = octets(arena, "00000000 c803000c1122334400010002");
	struct span bare = octets(arena, "0000000745000000");

	(void)state;
	memset(&event, 0, sizeof(event));
	event.path.ip_protocol = 115;
	defects = (struct defect_list){.arena = arena};
	l2tp_decode(decoder, zlb, &event, &defects, &payload);
	assert_int_equal(event.control.message, ZLB);
	assert_int_equal(event.l2tp.tunnel_id, 0x11223344);
	assert_int_equal(event.packet.len, 12);
	l2tp_decode(decoder, bare, &event, &defects, &payload);
	assert_int_equal(event.kind, EVENT_DATA);
	assert_int_equal(event.l2tp.version, 3);
	assert_int_equal(event.l2tp.session_id, 7);
	assert_int_equal(event.data.length, 4);
	assert_int_equal(defects.n, 0);
}

static void only_l2tp_is_plausible(void **state)
{
	static const char *const not_l2tp[] = {
		"",
		"c802",
		"4802000c0001000000000000", /* data */
		"c802000c0000000000000000", /* a ZLB to no tunnel */
		"c802000d0001000000000000", /* Length beyond a ZLB, no AVP */
		"c802000b0001000000000000",
		"c802000c000100000000000000",               /* trailing octets */
		"c8020014000100000000000080080000000000ff", /* no such message */
		"c8020014000100000000000080080000000000",   /* cut inside the type */
		"c802001400010000000000008008000100000006", /* a vendor's type */
		"c802001400010000000000008009000000000006",
		"c802001a00010000000000008008000000000006800500000009",
		"c802001a00010000000000008008000000000006800700000009",
		"ca02001400010000000000008008000000000006",
		"c804001400010000000000008008000000000006",
		"0100001400010000000000008008000000000006",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(not_l2tp) / sizeof(not_l2tp[0]); i++) {
		struct span s = octets(arena, not_l2tp[i]);
		uint8_t *copy = exact_copy(s);

		assert_false(l2tp_plausible(span_of(copy, s.len)));
		free(copy);
	}
	assert_true(l2tp_plausible(octets(arena, "c802000c0001000000000000")));
	assert_true(l2tp_plausible(octets(arena, "c8030014000000010000000080080000 00000006")));
}

static void ports_are_learned_from_control(void **state)
{
	struct party lac = {.address = address_v4(0x0a000001), .port = 5000};
	struct party lns = {.address = address_v4(0x0a000002), .port = 1701};
	struct party moved = {.address = address_v4(0x0a000002), .port = 6000};
	struct party other = {.address = address_v4(0x0a000003), .port = 5000};

	(void)state;
	assert_true(l2tp_is_learned(decoder, &lac, &lns));
	assert_false(l2tp_is_learned(decoder, &moved, &lac));
	event = (struct event){.from = lac, .to = lns};
	defects = (struct defect_list){.arena = arena};
	l2tp_decode(decoder, octets(arena, sample_messages[0].hex), &event, &defects, &payload);
	/* RFC 2661 8.1: the answer may come from any port. */
	assert_true(l2tp_is_learned(decoder, &moved, &lac));
	assert_false(l2tp_is_learned(decoder, &moved, &other));
}

#define HIDDEN_CALL                                                                                \
	"c8020040000100020000000080080000 0000000a"                                                \
	"80160000 0024 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"                                           \
	"4010000000216c054d269c8f3673b9cb"                                                         \
	"0006000000ff"

static const struct avp *hidden_of(const char *hex)
{
	decode(octets(arena, hex), 0);
	return event_avp(&event, AVP_N_PROXY_AUTHEN_RESPONSE);
}

static void secrets_are_chosen_by_the_ends(void **state)
{
	(void)state;
	assert_false(hidden_of(HIDDEN_CALL)->is_unhidden);
	assert_true(has(DEFECT_AVP_HIDDEN_NO_SECRET));
	assert_true(event.control.is_complete);
	/* Of somebody else. */
	secrets_add(secrets, SECRET_TUNNEL, STR("lac9"), span_of("secret1", 7), false);
	assert_false(hidden_of(HIDDEN_CALL)->is_unhidden);
	assert_true(has(DEFECT_AVP_HIDDEN_NO_SECRET));
	secrets_add(secrets, SECRET_TUNNEL, STR("*"), span_of("wrong", 5), false);
	assert_false(hidden_of(HIDDEN_CALL)->is_unhidden);
	assert_true(has(DEFECT_AVP_HIDDEN_WRONG_SECRET));
	/* The name that its SCCRQ gave. */
	secrets_add(secrets, SECRET_TUNNEL, STR("lac1"), span_of("secret1", 7), true);
	assert_false(hidden_of(HIDDEN_CALL)->is_unhidden);
	decode(octets(arena, sample_messages[0].hex), 0);
	assert_true(hidden_of(HIDDEN_CALL)->is_unhidden);
	assert_false(has(DEFECT_AVP_HIDDEN_WRONG_SECRET));
	assert_true(span_equal(hidden_of(HIDDEN_CALL)->value, span_of("hunter2!", 8)));
}

static void secrets_are_chosen_by_address(void **state)
{
	(void)state;
	secrets_add(secrets, SECRET_TUNNEL, STR("10.0.0.2"), span_of("secret1", 7), false);
	assert_true(hidden_of(HIDDEN_CALL)->is_unhidden);
	assert_int_equal(defects.n, 0);
}

/* Hidden messages and every kind of length, in packets of every length. */
static void nothing_is_read_past_the_end(void **state)
{
	struct span whole = octets(arena, HIDDEN_CALL);

	(void)state;
	secrets_add(secrets, SECRET_TUNNEL, STR("*"), span_of("secret1", 7), false);
	for (size_t cut = 0; cut <= whole.len; cut++) {
		uint8_t *copy = exact_copy(span_of(whole.at, cut));

		for (unsigned word = 0; word < 0x10000; word += 0x101) {
			if (cut >= 2) {
				copy[0] = (uint8_t)(word >> 8);
				copy[1] = (uint8_t)word;
			}
			decode(span_of(copy, cut), word & 1 ? whole.len - cut : 0);
		}
		free(copy);
		arena_reset(arena);
		whole = octets(arena, HIDDEN_CALL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(samples_are_without_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(header_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cut_messages_keep_what_is_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(short_messages_are_faults, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lengths_gone_wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(header_faults, set_up, tear_down),
		cmocka_unit_test_setup_teardown(data_of_every_shape, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lengths_against_what_was_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_versions_are_not_misread, set_up, tear_down),
		cmocka_unit_test_setup_teardown(over_ip_the_session_comes_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_l2tp_is_plausible, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ports_are_learned_from_control, set_up, tear_down),
		cmocka_unit_test_setup_teardown(secrets_are_chosen_by_the_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(secrets_are_chosen_by_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_read_past_the_end, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
