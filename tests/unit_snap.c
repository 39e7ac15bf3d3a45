/* A capture that kept only the beginning of its packets accuses nobody: each frame of each sample,
 * cut at every octet by the snapshot length, has no defect that the whole frame has not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "frame.h"
#include "octets.h"

enum { PCAP_HEADER = 24, RECORD_HEADER = 16, LARGEST = 1 << 20, DLT_ETHERNET = 1 };

struct fixture {
	struct arena *scratch;
	struct secrets *secrets;
	struct frame_decoder *decoder;
	uint64_t frame;
	size_t told; /* how often a cut was seen */
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->scratch = arena_new((size_t)16 << 20);
	f->secrets = secrets_new();
	f->decoder = frame_decoder_new(f->scratch, f->secrets, true);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	frame_decoder_free(f->decoder);
	secrets_free(f->secrets);
	arena_free(f->scratch);
	free(f);
	return 0;
}

static size_t u32(const uint8_t *at)
{
	return (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

/* Which defects the frame has when `n` of its octets were captured, by their ids. */
static void defects_of(struct fixture *f, struct span whole, size_t n, bool ret[DEFECT_COUNT])
{
	uint8_t *exact = exact_copy(span_of(whole.at, n));
	struct frame frame = {
		.dlt = DLT_ETHERNET,
		.octets = span_of(exact, n),
		.original = (uint32_t)whole.len,
		.origin = {.frame = ++f->frame},
	};
	struct event e = {.kind = EVENT_OTHER};

	memset(ret, 0, DEFECT_COUNT * sizeof(*ret));
	arena_reset(f->scratch);
	if (frame_decode(f->decoder, &frame, &e))
		for (size_t i = 0; i < e.n_defects; i++)
			ret[e.defects[i].id] = true;
	free(exact);
}

static void frame_is_cut(struct fixture *f, struct span whole)
{
	bool of_whole[DEFECT_COUNT];
	bool of_cut[DEFECT_COUNT];

	defects_of(f, whole, whole.len, of_whole);
	for (size_t n = 0; n < whole.len; n++) {
		defects_of(f, whole, n, of_cut);
		f->told += of_cut[DEFECT_FRAME_CUT];
		for (size_t id = 0; id < DEFECT_COUNT; id++)
			if (of_cut[id] && !of_whole[id] && id != DEFECT_FRAME_CUT)
				fail_msg("frame %zu cut at %zu: %s", (size_t)f->frame, n,
					 defect_row((enum defect_id)id)->id);
	}
}

/* Little-endian pcap of Ethernet: enough for the samples. */
static void capture_is_cut(struct fixture *f, const char *path)
{
	uint8_t *content = malloc(LARGEST);
	FILE *file = fopen(path, "rb");
	size_t at = PCAP_HEADER;
	size_t size;

	assert_non_null(content);
	assert_non_null(file);
	size = fread(content, 1, LARGEST, file);
	fclose(file);
	while (at + RECORD_HEADER <= size) {
		size_t len = u32(content + at + 8);

		at += RECORD_HEADER;
		assert_true(len <= size - at);
		frame_is_cut(f, span_of(content + at, len));
		at += len;
	}
	free(content);
}

static void a_snapshot_length_accuses_nobody(void **state)
{
	static const char *const samples[] = {
		"dialin",
		"dialout",
		"forms",
		"malformed",
		"port-unreachable",
		"lab/s03_chap_wrong_password/lac",
		"lab/s03f_mschapv2_ok/lac",
	};

	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		char path[400];

		snprintf(path, sizeof(path), "%s/samples/%s.pcap", SOURCE_DIR, samples[i]);
		capture_is_cut(f, path);
	}
	assert_true(f->told > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_snapshot_length_accuses_nobody, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
