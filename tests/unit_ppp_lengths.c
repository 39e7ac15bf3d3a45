/* A message of every kind PPP has, cut at every octet, and each of its lengths gone wrong: a
 * defect on the message, and none where only the capture cut it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "octets.h"
#include "packet_kit.h"
#include "ppp.h"

enum { LENGTH_AT = 4, MOST_LENGTHS = 4 };

static const struct sample {
	const char *frame;
	uint8_t options[MOST_LENGTHS]; /* where lengths of options stand; 0 ends */
	uint8_t counts[MOST_LENGTHS];  /* where lengths of values stand */
} samples[] = {
	/* LCP */
	{"c021 0101 0012 01 04 05b4 05 06 01020304 07 02 08 02", {7, 11, 17, 19}, {0}},
	{"c021 0201 0009 03 05 c223 05", {7}, {0}},
	{"c021 0301 0008 03 04 c023", {7}, {0}},
	{"c021 0401 0010 11 04 05f4 13 08 01 61626364 65", {7, 11}, {0}},
	{"c021 0502 000d 55736572 207265 7100", {0}, {0}},
	{"c021 0602 0004", {0}, {0}},
	{"c021 0703 000c 0d04 0008 00000001", {0}, {0}},
	{"c021 0804 000a 80fd 0101 0004", {0}, {0}},
	{"c021 0905 0008 00000001", {0}, {0}},
	{"c021 0a05 000c 00000001 61626364", {0}, {0}},
	{"c021 0b06 0008 00000001", {0}, {0}},
	{"c021 0c07 000c 00000001 4d535241", {0}, {0}},
	{"c021 0d08 000c 00000001 00000e10", {0}, {0}},
	/* IPCP, IPV6CP, CCP, ECP, BCP, MPLSCP, CBCP, BAP */
	{"8021 0101 0016 02 06 002d 0f01 03 06 0a000001 81 06 0a000002", {7, 13, 19}, {0}},
	{"8057 0101 000e 01 0a 0011223344556677", {7}, {0}},
	{"80fd 0101 000a 12 06 01000040", {7}, {0}},
	{"80fd 0f02 0004", {0}, {0}},
	{"8031 0101 0007 03 03 01", {7}, {0}},
	{"8281 0101 0004", {0}, {0}},
	/* PAP: peer id and password; messages */
	{"c023 0101 000e 03 626f62 05 7061737377", {0}, {6, 10}},
	{"c023 0201 0007 02 6f6b", {0}, {6}},
	{"c023 0301 0008 03 626164", {0}, {6}},
	/* CHAP */
	{"c223 0101 0018 10 000102030405060708090a0b0c0d0e0f 6c6e73", {0}, {6}},
	{"c223 0201 0018 10 000102030405060708090a0b0c0d0e0f 626f62", {0}, {6}},
	{"c223 0301 0006 6f6b", {0}, {0}},
	{"c223 0401 000d 453d36393120523d30", {0}, {0}},
	/* EAP: identity, MD5, success, failure */
	{"c227 0101 0005 01", {0}, {0}},
	{"c227 0201 0008 01 626f62", {0}, {0}},
	{"c227 0102 0019 04 10 000102030405060708090a0b0c0d0e0f 6c6e73", {0}, {7}},
	{"c227 0302 0004", {0}, {0}},
	{"c227 0402 0004", {0}, {0}},
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

/* `missing` octets behind `frame` were on the wire and not captured. */
static void decode(struct fixture *f, struct span frame, size_t missing)
{
	uint8_t *exact = exact_copy(frame);

	assert_non_null(exact);
	f->e = (struct event){.kind = EVENT_OTHER};
	f->e.path.captured = (uint32_t)frame.len;
	f->e.path.original = (uint32_t)(frame.len + missing);
	f->defects = (struct defect_list){.arena = f->arena};
	ppp_decode(f->arena, span_of(exact, frame.len), &f->e, &f->defects);
	free(exact);
}

/* With the octets at `at` set to `number`. */
static void decode_with(struct fixture *f, struct span frame, size_t at, size_t width,
			unsigned number)
{
	uint8_t *hurt = exact_copy(frame);

	assert_non_null(hurt);
	if (width == 2)
		hurt[at++] = (uint8_t)(number >> 8);
	hurt[at] = (uint8_t)number;
	decode(f, span_of(hurt, frame.len), 0);
	free(hurt);
}

static void the_samples_have_no_fault(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < SAMPLES; i++) {
		decode(f, octets(f->arena, samples[i].frame), 0);
		assert_int_equal(f->e.kind, EVENT_PPP);
		assert_int_equal(f->defects.n, 0);
		assert_true(f->e.ppp.is_complete);
	}
}

static void a_cut_is_told_unless_the_capture_made_it(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < SAMPLES; i++) {
		struct span whole = octets(f->arena, samples[i].frame);

		for (size_t n = 3; n < whole.len; n++) {
			decode(f, span_of(whole.at, n), 0);
			assert_true(f->defects.n > 0);
			assert_false(f->e.ppp.is_complete);
			decode(f, span_of(whole.at, n), whole.len - n);
			assert_int_equal(f->defects.n, 0);
			assert_false(f->e.ppp.is_complete);
		}
	}
}

static void a_wrong_length_is_told(void **state)
{
	static const unsigned wrong[] = {0, 1, 0xffff};
	struct fixture *f = *state;

	for (size_t i = 0; i < SAMPLES * 3; i++) {
		decode_with(f, octets(f->arena, samples[i / 3].frame), LENGTH_AT, 2, wrong[i % 3]);
		assert_true(f->defects.n > 0);
		assert_false(f->e.ppp.is_complete);
	}
}

static void a_wrong_length_inside_is_told(void **state)
{
	static const unsigned wrong[] = {0, 1, 0xff};
	struct fixture *f = *state;

	for (size_t i = 0; i < SAMPLES; i++) {
		struct span frame = octets(f->arena, samples[i].frame);

		for (size_t k = 0; k < MOST_LENGTHS && samples[i].options[k]; k++) {
			for (size_t w = 0; w < 3; w++) {
				decode_with(f, frame, samples[i].options[k], 1, wrong[w]);
				assert_true(f->defects.n > 0);
				assert_false(f->e.ppp.is_complete);
			}
		}
		/* A short count is a shorter value: nobody can tell. */
		for (size_t k = 0; k < MOST_LENGTHS && samples[i].counts[k]; k++) {
			decode_with(f, frame, samples[i].counts[k], 1, 0xff);
			assert_true(f->defects.n > 0);
			assert_false(f->e.ppp.is_complete);
			decode_with(f, frame, samples[i].counts[k], 1, 0);
			decode_with(f, frame, samples[i].counts[k], 1, 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_samples_have_no_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_cut_is_told_unless_the_capture_made_it, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_length_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_length_inside_is_told, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
