/* PPP packets from literal octets: framing, options, authentication, every truncation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "code.h"
#include "packet_kit.h"
#include "ppp.h"

/* Decodes `n` octets; `cut` more were on the wire. */
static void decode(struct fixture *f, const void *octets, size_t n, size_t cut)
{
	uint8_t *exact = malloc(n ? n : 1);

	assert_non_null(exact);
	memcpy(exact, octets, n);
	free(f->exact);
	f->exact = exact;
	arena_reset(f->arena);
	f->e = (struct event){.kind = EVENT_OTHER};
	f->e.path.captured = (uint32_t)n;
	f->e.path.original = (uint32_t)(n + cut);
	f->defects = (struct defect_list){.arena = f->arena};
	ppp_decode(f->arena, span_of(exact, n), &f->e, &f->defects);
}

/* The only defect, or none when `id` is DEFECT_COUNT. */
static void only_defect(const struct fixture *f, enum defect_id id)
{
	assert_int_equal(f->defects.n, id == DEFECT_COUNT ? 0 : 1);
	if (id != DEFECT_COUNT)
		assert_int_equal(f->defects.at[0].id, id);
}

static void option_is(const struct fixture *f, size_t i, uint8_t number, const char *expected)
{
	struct text t = text_make(1000);

	assert_true(i < f->e.ppp.n_options);
	assert_int_equal(f->e.ppp.options[i].number, number);
	option_print_value(&t, &f->e.ppp.options[i]);
	assert_string_equal(t.at ? t.at : "", expected);
	text_free(&t);
}

static void str_equals(struct str s, const char *expected)
{
	assert_true(str_is(s, expected));
}

/* A Configure-Request as a Windows LAC sends it, with two octets of padding behind it. */
static const uint8_t confreq[] = "\xff\x03\xc0\x21\x01\x76\x00\x2e"
				 "\x01\x04\x05\xd4"         /* MRU 1492 */
				 "\x02\x06\x00\x0a\x00\x00" /* ACCM */
				 "\x03\x05\xc2\x23\x05"     /* CHAP MD5 */
				 "\x05\x06\x6e\xe4\xe8\x65" /* magic */
				 "\x07\x02\x08\x02"         /* PFC, ACFC */
				 "\x11\x04\x05\xf4"         /* MRRU */
				 "\x13\x06\x01\x68\x67\x77" /* endpoint, local "hgw" */
				 "\x0d\x03\x06"             /* callback CBCP */
				 "\x99\x04\xab\xcd"         /* unknown */
				 "\x00\x00";
enum { CONFREQ = sizeof(confreq) - 1, CONFREQ_HEAD = 8, PADDING = 2 };

static void configure_request_is_read_whole(void **state)
{
	struct fixture *f = *state;

	decode(f, confreq, CONFREQ, 0);
	only_defect(f, DEFECT_COUNT);
	assert_int_equal(f->e.kind, EVENT_PPP);
	assert_int_equal(f->e.ppp.protocol, PPP_LCP);
	assert_int_equal(f->e.ppp.code, CP_CONFREQ);
	assert_int_equal(f->e.ppp.id, 0x76);
	assert_true(f->e.ppp.has_acfc && f->e.ppp.is_complete);
	assert_int_equal(f->e.ppp.claimed_state, -1);
	assert_int_equal(f->e.ppp.n_options, 10);
	option_is(f, 0, 1, "1492");
	option_is(f, 1, 2, "0x000A0000");
	option_is(f, 2, 3, "CHAP MD5");
	option_is(f, 3, 5, "0x6EE4E865");
	option_is(f, 4, 7, "");
	option_is(f, 6, 17, "1524");
	option_is(f, 7, 19, "local hgw");
	option_is(f, 8, 13, "CBCP");
	option_is(f, 9, 0x99, "0xabcd");
	assert_null(f->e.ppp.options[9].row);
	assert_int_equal(f->e.ppp.options[1].offset, 8);
}

/* A packet that ends early is a defect; the same packet cut by the capture is none. Nothing
 * that was readable is lost in either. */
static void every_truncation_keeps_what_is_there(void **state)
{
	struct fixture *f = *state;

	for (size_t n = 0; n < CONFREQ - PADDING; n++) {
		size_t options;

		decode(f, confreq, n, 0);
		assert_int_equal(f->defects.n > 0, n > 2);
		assert_false(f->e.kind == EVENT_PPP && f->e.ppp.is_complete);
		options = f->e.ppp.n_options;
		assert_true(n >= CONFREQ_HEAD + 4 ? options >= 1 : options <= 1);
		decode(f, confreq, n, CONFREQ - n);
		only_defect(f, DEFECT_COUNT);
		assert_false(f->e.kind == EVENT_PPP && f->e.ppp.is_complete);
		assert_int_equal(f->e.ppp.n_options, options);
	}
}

static void every_length_of_an_option_is_survived(void **state)
{
	struct fixture *f = *state;

	for (unsigned length = 0; length < 256; length++) {
		uint8_t packet[] = {0xc0, 0x21, 1,    1,    0,    14,   1, 4,
				    0x05, 0xdc, 0x05, 0x06, 0x6e, 0xe4, 0, 0};

		packet[7] = (uint8_t)length;
		decode(f, packet, sizeof(packet), 0);
		assert_int_equal(f->defects.n > 0, length != 4);
		assert_true(f->e.ppp.n_options >= 1);
		assert_true(f->e.ppp.options[0].value.len <= 8);
	}
}

static void every_length_of_a_packet_is_survived(void **state)
{
	struct fixture *f = *state;

	for (unsigned length = 0; length < 300; length++) {
		uint8_t packet[] = {0xc0, 0x21, 9, 7, 0, 8, 0x11, 0x22, 0x33, 0x44};

		packet[4] = (uint8_t)(length >> 8);
		packet[5] = (uint8_t)length;
		decode(f, packet, sizeof(packet), 0);
		assert_int_equal(f->defects.n > 0, length != 8);
		assert_int_equal(f->e.ppp.is_complete, length >= 4 && length <= 8);
		assert_int_equal(f->e.ppp.has_magic, length < 4 || length >= 8);
	}
}

static void framing_of_every_form_is_found(void **state)
{
	static const struct {
		const char *octets;
		size_t n;
		enum event_kind kind;
		uint16_t protocol;
		size_t length; /* of data */
		enum defect_id defect;
	} cases[] = {
		{"\xff\x03\x00\x21\x45\x00", 6, EVENT_DATA, 0x0021, 2, DEFECT_COUNT},
		{"\x00\x21\x45\x00", 4, EVENT_DATA, 0x0021, 2, DEFECT_COUNT},
		{"\xff\x03\x21\x45\x00", 5, EVENT_DATA, 0x0021, 2, DEFECT_COUNT},
		{"\x21\x45\x00", 3, EVENT_DATA, 0x0021, 2, DEFECT_COUNT},
		{"\xfd\x90\x00", 3, EVENT_DATA, 0x00fd, 2, DEFECT_COUNT},
		{"\xc0\x22\x01", 3, EVENT_DATA, 0xc022, 1, DEFECT_PPP_PROTOCOL_PARITY},
		{"\xc0\x21\x05\x01\x00\x04", 6, EVENT_PPP, 0xc021, 0, DEFECT_COUNT},
		{"\x80\x57\x05\x01\x00\x04", 6, EVENT_PPP, 0x8057, 0, DEFECT_COUNT},
		{"\xc0\x21\x05", 3, EVENT_PPP, 0xc021, 0, DEFECT_PPP_SHORT},
		{"\xff\x03", 2, EVENT_DATA, 0, 2, DEFECT_COUNT},
		{"", 0, EVENT_DATA, 0, 0, DEFECT_COUNT},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		decode(f, cases[i].octets, cases[i].n, 0);
		only_defect(f, cases[i].defect);
		assert_int_equal(f->e.kind, cases[i].kind);
		if (cases[i].kind == EVENT_PPP) {
			assert_int_equal(f->e.ppp.protocol, cases[i].protocol);
			continue;
		}
		assert_int_equal(f->e.data.protocol, cases[i].protocol);
		assert_int_equal(f->e.data.length, cases[i].length);
	}
	decode(f, "\x00\x21\x45\x00", 4, 96);
	assert_int_equal(f->e.data.length, 98);
}

static void control_codes_give_their_parts(void **state)
{
	struct fixture *f = *state;

	decode(f, "\xc0\x21\x08\x02\x00\x0a\x80\xfd\x01\x01\x00\x04", 12, 0);
	assert_int_equal(f->e.ppp.rejected_protocol, 0x80fd);
	decode(f, "\xc0\x21\x05\x09\x00\x10User request", 18, 0);
	str_equals(f->e.ppp.message, "User request");
	decode(f, "\xc0\x21\x05\x09\x00\x06\x00\x17", 8, 0);
	str_equals(f->e.ppp.message, "");
	assert_int_equal(f->e.ppp.body.len, 2);
	decode(f, "\xc0\x21\x0c\x04\x00\x10\x11\x22\x33\x44MSRASV5.", 18, 0);
	assert_int_equal(f->e.ppp.magic, 0x11223344);
	str_equals(f->e.ppp.message, "MSRASV5.");
	decode(f, "\xc0\x21\x09\x04\x00\x06\x11\x22", 8, 0);
	only_defect(f, DEFECT_PPP_SHORT);
	assert_false(f->e.ppp.has_magic);
}

static void authentication_gives_names_and_values(void **state)
{
	struct fixture *f = *state;

	decode(f,
	       "\xc0\x23\x01\x05\x00\x0d\x03"
	       "bob\x04"
	       "pass",
	       15, 0);
	str_equals(f->e.ppp.name, "bob");
	assert_memory_equal(f->e.ppp.value.at, "pass", 4);
	decode(f,
	       "\xc0\x23\x03\x05\x00\x0a\x05"
	       "wrong",
	       12, 0);
	str_equals(f->e.ppp.message, "wrong");
	decode(f, "\xc0\x23\x02\x05\x00\x04", 6, 0);
	only_defect(f, DEFECT_COUNT);
	decode(f, "\xc2\x23\x01\x06\x00\x0c\x04\x01\x02\x03\x04LNS", 14, 0);
	str_equals(f->e.ppp.name, "LNS");
	assert_int_equal(f->e.ppp.value.len, 4);
	decode(f, "\xc2\x23\x01\x06\x00\x0c\x10\x01\x02\x03\x04LNS", 14, 0);
	only_defect(f, DEFECT_PPP_VALUE_LENGTH);
	assert_int_equal(f->defects.at[0].offset, 4);
	assert_int_equal(f->e.ppp.value.len, 7);
	decode(f,
	       "\xc2\x23\x04\x06\x00\x0f"
	       "E=691 R=1 C",
	       17, 0);
	str_equals(f->e.ppp.message, "E=691 R=1 C");
	decode(f,
	       "\xc2\x27\x02\x01\x00\x08\x01"
	       "bob",
	       10, 0);
	str_equals(f->e.ppp.name, "bob");
	decode(f, "\xc2\x27\x01\x02\x00\x0c\x04\x02\xaa\xbbsrv.", 14, 0);
	str_equals(f->e.ppp.name, "srv.");
	assert_int_equal(f->e.ppp.value.len, 2);
	decode(f, "\xc2\x27\x03\x02\x00\x04", 6, 0);
	only_defect(f, DEFECT_COUNT);
}

static void values_read_as_people_know_them(void **state)
{
	static const struct {
		const char *octets;
		size_t n;
		const char *expected;
	} cases[] = {
		{"\xc0\x21\x01\x01\x00\x08\x03\x04\xc0\x23", 10, "PAP"},
		{"\xc0\x21\x01\x01\x00\x09\x03\x05\xc2\x23\x80", 11, "MS-CHAP"},
		{"\xc0\x21\x01\x01\x00\x09\x03\x05\xc2\x23\x81", 11, "MS-CHAP-V2"},
		{"\xc0\x21\x01\x01\x00\x08\x03\x04\xc2\x27", 10, "EAP"},
		{"\xc0\x21\x01\x01\x00\x0c\x04\x08\xc0\x25\x00\x00\x03\xe8", 14,
		 "LQR every 10.00 s"},
		{"\xc0\x21\x01\x01\x00\x0d\x13\x09\x03\x00\x0c\x29\x01\x02\x03", 15,
		 "MAC 00:0c:29:01:02:03"},
		{"\xc0\x21\x01\x01\x00\x0b\x13\x07\x02\x0a\x00\x00\x01", 13, "IP 10.0.0.1"},
		{"\x80\x21\x01\x01\x00\x0a\x03\x06\x0a\x0a\x35\x02", 12, "10.10.53.2"},
		{"\x80\x21\x01\x01\x00\x0a\x02\x06\x00\x2d\x0f\x01", 12,
		 "VJ 15 slots CompressSlotID"},
		{"\x80\x57\x01\x01\x00\x0e\x01\x0a\xa8\xbb\xcc\xff\xfe\x00\x65\x00", 16,
		 "a8bb:ccff:fe00:6500"},
		{"\x80\xfd\x01\x01\x00\x0a\x12\x06\x01\x00\x00\x41", 12,
		 "0x01000041 (stateless, 128-bit, MPPC)"},
		{"\x80\xfd\x01\x01\x00\x08\x1a\x04\x78\x00", 10, "window 2^15, method 8, check 0"},
		{"\x80\xfd\x01\x01\x00\x07\x15\x03\x2f", 9, "version 1, 15 bits"},
		{"\xc0\x21\x01\x01\x00\x07\x01\x03\x05", 9, "0x05"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		decode(f, cases[i].octets, cases[i].n, 0);
		option_is(f, 0, (uint8_t)cases[i].octets[6], cases[i].expected);
	}
}

/* Law: each row is found by its own key, has possible lengths, a name and a reference; and a
 * value of any length and content can be printed. */
static void dictionary_rows_keep_their_law(void **state)
{
	const struct option_row *rows;
	size_t n = option_rows(&rows);
	uint8_t value[253];

	(void)state;
	memset(value, 0xa5, sizeof(value));
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(option_lookup(rows[i].protocol, rows[i].number), &rows[i]);
		assert_true(rows[i].length_min >= 2 && rows[i].length_min <= rows[i].length_max);
		assert_true(*rows[i].name && *rows[i].ref);
		for (unsigned length = 2; length < 256; length++) {
			struct ppp_option o = {
				.number = rows[i].number,
				.length = (uint8_t)length,
				.value = span_of(value, length - 2),
				.is_whole = true,
				.row = &rows[i],
			};
			struct text t = text_make(4096), narrow = text_make(40);

			option_print_value(&t, &o);
			assert_true(length == 2 || t.len > 0);
			/* without room it is the beginning of that, and has no hole */
			option_print_value(&narrow, &o);
			assert_true(narrow.len <= t.len);
			if (narrow.len > 0)
				assert_memory_equal(t.at, narrow.at, narrow.len);
			text_free(&narrow);
			text_free(&t);
		}
	}
	assert_null(option_lookup(0x8281, 1));
}

static void options_end_at_their_limit(void **state)
{
	struct fixture *f = *state;
	uint8_t packet[6 + 400] = {0xc0, 0x21, 1, 1, (400 + 4) >> 8, (400 + 4) & 0xff};

	for (size_t i = 6; i < sizeof(packet); i += 2) {
		packet[i] = 7;
		packet[i + 1] = 2;
	}
	decode(f, packet, sizeof(packet), 0);
	only_defect(f, DEFECT_LIMIT_REACHED);
	assert_int_equal(f->e.ppp.n_options, 128);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(configure_request_is_read_whole),
		TEST(every_truncation_keeps_what_is_there),
		TEST(every_length_of_an_option_is_survived),
		TEST(every_length_of_a_packet_is_survived),
		TEST(framing_of_every_form_is_found),
		TEST(control_codes_give_their_parts),
		TEST(authentication_gives_names_and_values),
		TEST(values_read_as_people_know_them),
		TEST(dictionary_rows_keep_their_law),
		TEST(options_end_at_their_limit),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
