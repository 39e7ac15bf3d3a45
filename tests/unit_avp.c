/* The dictionary, values and hidden AVPs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "avp.h"
#include "code.h"
#include "octets.h"
#include "tsv.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* Names the row that a law does not hold for. */
#define law(row, holds)                                                                            \
	do {                                                                                       \
		if (!(holds))                                                                      \
			fail_msg("avp.def: %u/%u %s: %s", (row)->vendor, (row)->number,            \
				 (row)->symbol, #holds);                                           \
	} while (0)

/* Rows are found by halving: a row out of its place is not found. */
static bool is_behind(const struct avp_row *r, const struct avp_row *before)
{
	return before->vendor < r->vendor ||
	       (before->vendor == r->vendor && before->number < r->number);
}

static void rows_obey_the_law(void **state)
{
	const struct avp_row *rows;
	size_t n = avp_rows(&rows);
	bool used[AVP_KIND_COUNT] = {false};

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct avp_row *r = &rows[i];

		law(r, i == 0 || is_behind(r, r - 1));
		law(r, r->name[0] && r->symbol[0]);
		law(r, r->length_min >= 6 && r->length_min <= r->length_max);
		law(r, r->length_max <= 1023);
		law(r, r->versions == 4 || r->versions == 8 || r->versions == 12);
		law(r, !r->field[0] || strncmp(r->field, "l2tp.", 5) == 0);
		law(r, avp_lookup(r->vendor, r->number) == r);
		law(r, avp_vendor_name(r->vendor)); /* avp.c */
		law(r, avp_length_fits(r, r->length_min));
		/* A list may end before the most that an AVP can hold. */
		law(r, avp_length_fits(r, r->length_max) || r->kind == AVP_U16_LIST ||
			       r->kind == AVP_U32_LIST);
		law(r, !avp_length_fits(r, r->length_min - 1u));
		law(r, !avp_length_fits(r, r->length_max + 1u));
		used[r->kind] = true;
	}
	for (size_t i = 0; i < AVP_KIND_COUNT; i++)
		assert_true(used[i]);
	assert_null(avp_lookup(0, 104));
	assert_null(avp_lookup(9, 0xffff));
}

static void every_reference_row_is_there(void **state)
{
	struct tsv t;
	uint64_t vendor, number;

	(void)state;
	if (!tsv_open(&t, "avps.tsv")) {
		print_message("skipped: ../shared is not there\n");
		skip();
	}
	while (tsv_next(&t)) {
		assert_true(str_u64(t.column[0], &number));
		assert_non_null(avp_lookup(0, (uint16_t)number));
	}
	fclose(t.file);
	assert_true(tsv_open(&t, "vendor-avps.tsv"));
	while (tsv_next(&t)) {
		assert_true(str_u64(t.column[0], &vendor));
		assert_non_null(avp_vendor_name((uint16_t)vendor));
		if (str_u64(t.column[2], &number))
			assert_non_null(avp_lookup((uint16_t)vendor, (uint16_t)number));
	}
	fclose(t.file);
}

/* Each (version, message, attribute) of the reference, as MUST, MAY or sometimes. Rows that
 * the corrections move are left out by name. */
static void every_message_carries_what_the_reference_says(void **state)
{
	struct tsv t;
	size_t checked = 0;

	(void)state;
	if (!tsv_open(&t, "message-avps.tsv")) {
		print_message("skipped: ../shared is not there\n");
		skip();
	}
	while (tsv_next(&t)) {
		const struct code_row *codes;
		size_t n = code_rows(&codes);
		uint64_t version, number;

		if (!str_u64(t.column[0], &version) || !str_u64(t.column[2], &number))
			continue;
		for (size_t i = 0; i < n; i++) {
			bool is_must = str_is(t.column[4], "MUST");

			if (codes[i].domain != CODE_MESSAGE || !str_is(t.column[1], codes[i].name))
				continue;
			assert_int_equal(avp_required((unsigned)version, (uint16_t)codes[i].number,
						      (uint16_t)number),
					 is_must);
			checked++;
		}
	}
	fclose(t.file);
	assert_true(checked > 300);
}

static void messages_carry(void **state)
{
	const struct avp_carry *c;
	size_t at = 0;
	size_t n = 0;

	(void)state;
	assert_true(avp_required(2, SCCRQ, AVP_N_HOST_NAME));
	assert_false(avp_required(2, SCCRQ, AVP_N_CHALLENGE));
	/* After a Challenge only: what is absent proves nothing by itself. */
	assert_false(avp_required(2, SCCRP, AVP_N_CHALLENGE_RESPONSE));
	assert_true(avp_required(2, CDN, AVP_N_RESULT_CODE));
	assert_false(avp_required(3, CDN, AVP_N_ASSIGNED_SESSION_ID));
	assert_true(avp_required(2, MSRQ, AVP_N_ASSIGNED_SESSION_ID));
	while ((c = avp_carries(2, ICCN, &at))) {
		assert_non_null(avp_lookup(0, c->number));
		n += c->presence == AVP_MUST;
	}
	assert_int_equal(n, 3);
}

/* Parses one AVP of these octets (header and value) and prints its value. */
static void prints(const char *hex, uint16_t message, bool show_secrets, const char *expected)
{
	struct defect_list defects = {.arena = arena};
	struct text t = text_make(1000);
	struct avp_context in;
	struct avp *avps;
	size_t n;

	avp_parse(arena, octets(arena, hex), 0, &avps, &n, &defects);
	assert_true(n > 0);
	in = (struct avp_context){.message = message, .avps = avps, .n_avps = n};
	avp_print_value(&t, &avps[0], &in, show_secrets);
	assert_string_equal(t.at ? t.at : "", expected);
	text_free(&t);
}

static void values_print_for_people(void **state)
{
	static const struct {
		const char *hex;
		uint16_t message;
		const char *expected;
	} rows[] = {
		{"800800000000000a", 0, "10 (ICRQ)"},
		{"8008000000010001", CDN, "1 (Loss of carrier)"},
		{"8008000000010001", STOPCCN, "1 (General request to clear control connection)"},
		{"8008000000010001", 0, "1"},
		{"8008000000010300", CDN, "3 (Administrative reasons), octets swapped"},
		{"8008000000018000", CDN, "32768"},
		{"800e0000000100020006676f6e65", STOPCCN,
		 "2 (General error, see error code), error 6 (Vendor-specific error in the LAC): "
		 "gone"},
		{"800a00000001001e0002", CDN,
		 "30 (Refused because of TDM PW parameters, see error code), error 2 (Different "
		 "trunk types (CESoPSN with CAS))"},
		{"8008000000020100", 0, "1.0"},
		{"800a0000000300000003", 0, "0x3 (sync, async)"},
		{"800a0000000400000000", 0, "0x0"},
		{"800a0000000480000004", 0, "0x80000004 (broadband)"},
		{"000e000000050001020304050607", 0, "0x0001020304050607"},
		{"0008000000061130", 0, "0x1130"},
		{"8008000000076869", 0, "hi"},
		{"8008000000070a1b", 0, "\\x0a\\x1b"},
		{"800800000009d7e6", 0, "55270"},
		{"800a0000000b00010203", 0, "00010203"},
		{"800c0000000c001045627965", 0,
		 "16 (Normal call clearing), message 0x45 (DISCONNECT): bye"},
		{"80090000000c00915a", 0, "145 (User busy), message 0x5a (RELEASE COMPLETE)"},
		{"80090000000c007f00", 0, "127 (Internetworking, unspecified), message 0x00"},
		{"800a0000000100050100", STOPCCN,
		 "5 (Protocol version not supported), highest version 0x0100"},
		{"800a0000000100020001", STOPCCN,
		 "2 (General error, see error code), error 1 (No control connection exists yet for "
		 "this LAC-LNS pair)"},
		{"000800000020ff06", 0, "6"},
		{"00080000001d0002", 0, "2 (PPP CHAP)"},
		{"8020000000220000000000010000000200000003000000040000000500000006", 0,
		 "CRC 1, framing 2, hardware overruns 3, buffer overruns 4, timeouts 5, "
		 "alignment 6"},
		{"8010000000230000000a0000ffffffff", 0, "send 0x000a0000, receive 0xffffffff"},
		{"800600000027", 0, "yes"},
		{"00080000002a0001", 0, "0x1 (real time)"},
		{"000a0000002d00010020", 0, "1/32"},
		{"000f0000002e0003c0210175736572", CDN,
		 "3 (Normal disconnect, LCP Terminate-Request sent), LCP, at the peer: user"},
		{"000800000036800e", 0, "on hold"},
		{"0008000000368001", 0, "on hold, at most 10 s"},
		{"001a00000037ffffffffffff0200000000018863110900000000", 0,
		 "PADI, session 0, 02:00:00:00:00:01 to ff:ff:ff:ff:ff:ff"},
		{"00100000003a00010000000361626364", 0, "vendor 65536, type 3: 61626364"},
		{"80170000003b00000102030405060708090a0b0c0d0e0f", 0,
		 "HMAC-MD5 000102030405060708090a0b0c0d0e0f"},
		{"800a0000003e00050004", 0, "5 (Ethernet port), 4 (Ethernet VLAN)"},
		{"80090000004276316e", 0, "v1n"},
		{"8009000000420001ff", 0, "0001ff"},
		{"8008000000470003", 0, "0x3 (active, new)"},
		{"000e0000004a000000003b9aca00", 0, "1000000000"},
		{"000c0000004c0003000003e8", 0, "control yes, data yes, recovery time 1000 ms"},
		{"80100000004d00000000000100000002", 0, "local 1, remote 2"},
		{"000c0000004e000000050006", 0, "Ns 5, Nr 6"},
		{"800a0000005100010002", 0, "1, 2"},
		{"000a0000005800030002", 0, "reason 3 (F1 alarm on ingress), alarm 2 (AIS)"},
		{"0008000000600104", 0, "control channels 0x01, verification 0x04"},
		{"001200000061000000070000fa000000fa00", 0, "session 7, tx 64000, rx 64000 bit/s"},
		{"001a00000061000000070000000100000000000000000000fa00", 0,
		 "session 7, tx 4294967296, rx 64000 bit/s"},
		{"000c0000006300010020 0100", 0, "CAS E1, 32 × 64 kbit/s, payload 256 octets"},
		{"001000000064e000000000010000abcd", 0,
		 "differential timestamps, payload type 96, clock 1 × 8 kHz, SSRC 0x0000abcd"},
		{"000a0000006600000001", 0, "1"},
		{"00090de90090010103", 0, "Ethernet, untagged, IPoA LLC"},
		{"000a0de9009105000000", 0, "5 (VDSL2)"},
		{"000e0de90081000000003b9aca00", 0, "1000000000"},
		{"000a0de900813b9aca00", 0, "1000000000"},
		{"000a0de900fe00000001", 0, "1 (performed)"},
		{"000800c100000004", 0, "4 (Abis lower request)"},
		{"000a1234000161626364", 0, "61626364"},
		{"80070000000961", 0, "a"},
		{"00110000001a0305c22305050602b6d7e1", 0,
		 "Authentication-Protocol CHAP MD5, Magic-Number 0x02B6D7E1"},
		{"00080000001a0305", 0, "0305"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		prints(rows[i].hex, rows[i].message, false, rows[i].expected);
}

static void passwords_are_masked(void **state)
{
	(void)state;
	prints("000e0000002168756e7465723221", 0, false, "(hidden)");
	prints("000e0000002168756e7465723221", 0, true, "68756e7465723221");
	prints("0016000000211011121314151617 18191a1b1c1d1e1f", 0, false,
	       "101112131415161718191a1b1c1d1e1f");
	/* A password of PAP or of a login may have 16 octets too; a CHAP response never is one. */
	prints("001600000021736563726574706173737730313233340008 0000001d0003", 0, false,
	       "(hidden)");
	prints("001600000021736563726574706173737730313233340008 0000001d0001", 0, false,
	       "(hidden)");
	prints("000800000021706100080000001d0002", 0, false, "7061");
	/* The beginning of a password of ten octets that the capture cut. */
	prints("00100000002173656372", 0, false, "(hidden)");
	/* 16 octets of a longer one that the capture cut. */
	prints("001800000021101112131415161718191a1b1c1d1e1f", 0, false, "(hidden)");
	prints("4010000000216c054d269c8f3673b9cb", 0, true, "(hidden)");
}

static void parts_of_values(void **state)
{
	struct defect_list defects = {.arena = arena};
	struct result_code r;
	struct disconnect_cause c;
	struct avp *avps;
	uint64_t number;
	size_t n;

	(void)state;
	avp_parse(arena,
		  octets(arena, "8008000000010001"
				"800a00000001 00020008"
				"000b0000002e0003c02101"
				"000e000000050001020304050607"
				"000f0000000b000102030405060708"),
		  12, &avps, &n, &defects);
	assert_int_equal(n, 5);
	assert_true(avp_result(&avps[0], &r));
	assert_int_equal(r.result, 1);
	assert_int_equal(r.error, -1);
	assert_true(avp_result(&avps[1], &r));
	assert_int_equal(r.error, 8);
	assert_int_equal(r.text.len, 0);
	assert_true(avp_number(&avps[1], &number));
	assert_int_equal(number, 2);
	assert_true(avp_disconnect(&avps[2], &c));
	assert_int_equal(c.code, 3);
	assert_int_equal(c.protocol, 0xc021);
	assert_int_equal(c.direction, 1);
	assert_true(avp_number(&avps[3], &number));
	assert_int_equal(number, 0x01020304050607);
	assert_false(avp_number(&avps[4], &number));
	assert_int_equal(avps[4].offset, 12 + 8 + 10 + 11 + 14);
}

/* The defects of these AVPs, in order, joined by blanks. */
static void complains(const char *hex, const char *expected)
{
	struct defect_list defects = {.arena = arena};
	struct text t = text_make(1000);
	struct avp *avps;
	struct span s = octets(arena, hex);
	uint8_t *copy = exact_copy(s);
	size_t n;

	avp_parse(arena, span_of(copy, s.len), 12, &avps, &n, &defects);
	for (size_t i = 0; i < defects.n; i++)
		text_printf(&t, "%s%s@%u", i ? " " : "", defect_row(defects.at[i].id)->id,
			    defects.at[i].offset);
	assert_string_equal(t.at ? t.at : "", expected);
	text_free(&t);
	free(copy);
}

static void faults_are_named_and_placed(void **state)
{
	(void)state;
	complains("8008000000000001", "");
	complains("80080000 00070a61", "avp-first-not-msgtype@12");
	complains("8008000000000001 8005000000", "avp-overruns-message@20");
	complains("8008000000000001 800500000009 0001", "avp-length-lt-6@20");
	complains("8008000000000001 8000000000090001", "avp-length-lt-6@20");
	complains("8008000000000001 8009000000090001", "avp-overruns-message@20");
	complains("8008000000000001 bc08000000090001", "avp-reserved-bits@20");
	complains("8008000000000001 8007000000 0901", "avp-bad-length@20");
	complains("8008000000000001 800900000001 000102", "avp-bad-length@20");
	complains("8008000000000001 0008000000090001", "avp-bad-mbit@20");
	complains("8008000000000001 8008000000060001", "avp-bad-mbit@20");
	complains("8008000000000001 c00a00000007 61626364", "avp-hidden-not-allowed@20");
	complains("8008000000000001 800812340001 6162", "avp-unknown-mandatory@20");
	complains("8008000000000001 000812340001 6162", "");
	complains("8008000000000063", "msg-type-unknown-mandatory@12");
	complains("8008000000000000", "msg-type-unknown-mandatory@12");
	complains("8008000000000005", "msg-type-unknown-mandatory@12");
	complains("0008000000000063", "");
	complains("8008000000000001 c00700000009 01", "avp-bad-length@20");
	/* Every defect that the rest allows, not only the first. */
	complains("8008000000000001 80070000000901 0008000000090002",
		  "avp-bad-length@20 avp-bad-mbit@27");
}

static void lists_and_cookies_have_steps(void **state)
{
	static const struct {
		uint16_t number;
		size_t length;
		bool fits;
	} rows[] = {{62, 8, true},   {62, 9, false},  {62, 10, true},   {65, 6, true},
		    {65, 8, false},  {65, 10, true},  {65, 14, true},   {59, 23, true},
		    {59, 25, false}, {59, 27, true},  {97, 18, true},   {97, 22, false},
		    {97, 26, true},  {102, 10, true}, {102, 12, false}, {1, 8, true},
		    {1, 9, false},   {1, 10, true}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(avp_length_fits(avp_lookup(0, rows[i].number), rows[i].length),
				 rows[i].fits);
}

#define VECTOR "80160000 0024 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"

static void hidden_values_come_out(void **state)
{
	static const char message[] = VECTOR "4010000000216c054d269c8f3673b9cb"
					     "401e0000001e62cb49c754b2735079067aa4479cbb7cc85ea"
					     "f274cad27d0";
	struct defect_list defects = {.arena = arena};
	struct span secrets[2] = {span_of("wrong", 5), span_of("secret1", 7)};
	struct avp *avps;
	size_t n;

	(void)state;
	avp_parse(arena, octets(arena, message), 0, &avps, &n, &defects);
	defects.n = 0;
	assert_int_equal(n, 3);
	assert_false(avps[1].is_whole);
	avp_reveal(arena, avps, n, 2, secrets, 2, &defects);
	assert_int_equal(defects.n, 0);
	assert_true(avps[1].is_whole && avps[1].is_unhidden && avps[1].is_hidden);
	assert_true(span_equal(avps[1].value, span_of("hunter2!", 8)));
	assert_true(str_is(avp_text(&avps[2]), "0123456789abcdefghij"));
}

/* RFC 3931 5.3: the key of L2TPv3 is derived from the secret. */
static void hidden_values_of_version_3(void **state)
{
	struct defect_list defects = {.arena = arena};
	struct span secret = span_of("secret1", 7);
	struct avp *avps;
	uint64_t number;
	size_t n;

	(void)state;
	avp_parse(arena, octets(arena, VECTOR "c00c0000003fc777dc683cf6"), 0, &avps, &n, &defects);
	avp_reveal(arena, avps, n, 2, &secret, 1, &defects);
	assert_false(avps[1].is_unhidden);
	avp_reveal(arena, avps, n, 3, &secret, 1, &defects);
	assert_true(avp_number(&avps[1], &number));
	assert_int_equal(number, 0x1064);
}

static void hidden_values_stay_hidden(void **state)
{
	struct defect_list defects = {.arena = arena};
	struct span secret = span_of("wrong", 5);
	struct avp *avps;
	size_t n;

	(void)state;
	avp_parse(arena, octets(arena, VECTOR "4010000000216c054d269c8f3673b9cb"), 0, &avps, &n,
		  &defects);
	defects.n = 0;
	avp_reveal(arena, avps, n, 2, NULL, 0, &defects);
	assert_int_equal(defects.n, 1);
	assert_int_equal(defects.at[0].id, DEFECT_AVP_HIDDEN_NO_SECRET);
	avp_reveal(arena, avps, n, 2, &secret, 1, &defects);
	assert_int_equal(defects.n, 2);
	assert_int_equal(defects.at[1].id, DEFECT_AVP_HIDDEN_WRONG_SECRET);
	assert_false(avps[1].is_unhidden);
	assert_int_equal(avp_text(&avps[1]).len, 0);
	/* The Random Vector must stand before what it hides. */
	avp_parse(arena, octets(arena, "4010000000216c054d269c8f3673b9cb" VECTOR), 0, &avps, &n,
		  &defects);
	defects.n = 0;
	secret = span_of("secret1", 7);
	avp_reveal(arena, avps, n, 2, &secret, 1, &defects);
	assert_int_equal(defects.n, 1);
	assert_int_equal(defects.at[0].id, DEFECT_AVP_HIDDEN_NO_VECTOR);
}

/* No secret and no cipher text leads outside of the value. */
static void unhiding_stays_inside(void **state)
{
	(void)state;
	for (size_t len = 0; len < 70; len++) {
		struct avp avp = {.number = 33, .is_hidden = true, .length = (uint16_t)(6 + len)};
		uint8_t *cipher = malloc(len ? len : 1);
		struct span clear;

		assert_non_null(cipher);
		memset(cipher, (int)(7 * len), len ? len : 1);
		avp.value = span_of(cipher, len);
		for (unsigned secret = 0; secret < 200; secret++)
			if (avp_unhide(arena, &avp, span_of(&secret, sizeof(secret)),
				       (struct span){0}, &clear))
				assert_true(clear.len + 2 <= len);
		arena_reset(arena);
		free(cipher);
	}
}

static void too_many_avps_are_said(void **state)
{
	struct defect_list defects = {.arena = arena};
	uint8_t octet[300 * 6];
	struct avp *avps;
	size_t n;

	(void)state;
	for (size_t i = 0; i < 300; i++)
		memcpy(octet + 6 * i, "\x00\x06\x12\x34\x00\x00", 6);
	assert_false(avp_parse_part(arena, span_of(octet, sizeof(octet)), sizeof(octet), 12, 2,
				    &avps, &n, &defects));
	assert_int_equal(n, 256);
	assert_int_equal(defects.at[defects.n - 1].id, DEFECT_LIMIT_REACHED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_obey_the_law),
		cmocka_unit_test(every_reference_row_is_there),
		cmocka_unit_test(every_message_carries_what_the_reference_says),
		cmocka_unit_test(messages_carry),
		cmocka_unit_test_setup_teardown(values_print_for_people, setup, teardown),
		cmocka_unit_test_setup_teardown(passwords_are_masked, setup, teardown),
		cmocka_unit_test_setup_teardown(parts_of_values, setup, teardown),
		cmocka_unit_test_setup_teardown(faults_are_named_and_placed, setup, teardown),
		cmocka_unit_test_setup_teardown(lists_and_cookies_have_steps, setup, teardown),
		cmocka_unit_test_setup_teardown(hidden_values_come_out, setup, teardown),
		cmocka_unit_test_setup_teardown(hidden_values_of_version_3, setup, teardown),
		cmocka_unit_test_setup_teardown(hidden_values_stay_hidden, setup, teardown),
		cmocka_unit_test_setup_teardown(unhiding_stays_inside, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many_avps_are_said, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
