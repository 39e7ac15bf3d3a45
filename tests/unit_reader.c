/* Capture files read by our own readers and by libpcap: the same packets, times, lengths and
 * places, and the same end, also of files that are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <ftw.h>
#include <pcap/pcap.h>

#include "linktype.h"
#include "pcap_file.h"
#include "stream.h"

enum { FILES = 1024, COMMON_HEAD = 24 };

struct files {
	char *at[FILES];
	size_t n;
};

static struct files found;

static int note(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	struct str s = str_of(path);

	(void)st;
	(void)where;
	if (kind == FTW_F && found.n < FILES &&
	    (str_ends(s, ".pcap") || str_ends(s, ".cap") || str_ends(s, ".pcapng")))
		found.at[found.n++] = strdup(path);
	return 0;
}

static int find(void **state)
{
	(void)state;
	nftw(SOURCE_DIR "/samples", note, 16, 0);
	nftw(SOURCE_DIR "/../shared/captures", note, 16, 0);
	return 0;
}

static int forget(void **state)
{
	(void)state;
	for (size_t i = 0; i < found.n; i++)
		free(found.at[i]);
	return 0;
}

struct octets {
	uint8_t *at;
	size_t n;
};

static struct octets content(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct octets o;

	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	o.n = (size_t)ftell(file);
	rewind(file);
	o.at = must_alloc(o.n, 1);
	assert_int_equal(fread(o.at, 1, o.n, file), o.n);
	fclose(file);
	return o;
}

typedef void *opener(FILE *file, struct span head, const char *path, const struct source_options *o,
		     struct text *why_not);

/* Of the first `n` octets; NULL where they are refused. */
static struct capture *reader(opener *open, struct octets o, size_t n)
{
	static const struct source_options options = {0};
	struct text why = text_make(1000);
	FILE *file = tmpfile();
	struct capture *c;

	assert_non_null(file);
	assert_int_equal(fwrite(o.at, 1, n, file), n);
	rewind(file);
	c = open(file, span_of(o.at, n), "x", &options, &why);
	text_free(&why);
	return c;
}

static void same_frames(struct capture *ours, struct capture *theirs)
{
	struct frame a, b;
	bool is_frame;

	do {
		is_frame = capture_next_frame(theirs, &b);
		assert_int_equal(capture_next_frame(ours, &a), is_frame);
		if (!is_frame)
			break;
		assert_int_equal(a.dlt, b.dlt);
		assert_true(span_equal(a.octets, b.octets));
		assert_int_equal(a.original, b.original);
		assert_int_equal(a.when.ns, b.when.ns);
	} while (is_frame);
}

static void same_ends(const struct capture *ours, const struct capture *theirs)
{
	const struct input_stats *a = capture_stats(ours), *b = capture_stats(theirs);

	assert_int_equal(a->packets, b->packets);
	assert_int_equal(a->bytes, b->bytes);
	assert_int_equal(a->is_cut, b->is_cut);
	if (a->is_cut)
		assert_true(str_equal(a->cut_text, b->cut_text));
	assert_string_equal(a->dialect, b->dialect);
}

static void compare_classic(struct octets o, size_t n)
{
	struct capture *theirs = reader(pcap_file_open_library, o, n);
	struct capture *ours = reader(pcap_file_open, o, n);

	assert_int_equal(ours == NULL, theirs == NULL);
	if (!ours)
		return;
	same_frames(ours, theirs);
	same_ends(ours, theirs);
	capture_close(ours);
	capture_close(theirs);
}

static bool is_classic(struct octets o)
{
	bool is_little;

	return pcap_magic_find(span_of(o.at, o.n), &is_little) != NULL;
}

static void classic_files_are_read_as_libpcap_reads_them(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < found.n; i++) {
		struct octets o = content(found.at[i]);

		if (is_classic(o)) {
			compare_classic(o, o.n);
			n++;
		}
		free(o.at);
	}
	assert_true(n >= 30);
}

/* Every length of the first records: in the file's head, in a record's head, in a packet. */
static void cut_files_end_where_libpcap_ends_them(void **state)
{
	enum { LOOK = 400, SOME = 12 };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < found.n && n < SOME; i++) {
		struct octets o = content(found.at[i]);

		for (size_t len = 0; is_classic(o) && len < o.n && len < LOOK; len++)
			compare_classic(o, len);
		n += is_classic(o);
		free(o.at);
	}
	assert_int_equal(n, SOME);
}

static void put(struct octets *o, size_t at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		o->at[at + i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Two records, big-endian, in microseconds or nanoseconds; what a damaged one says of its length.
 */
static void lengths_that_cannot_be_end_the_file(void **state)
{
	static const uint32_t lengths[] = {0, 39, 40, 41, 100, 262144, 262145, UINT32_MAX};
	static const uint32_t magics[] = {0xa1b2c3d4, 0xa1b23c4d};
	static const uint32_t snaps[] = {0, 30, 65535, INT32_MAX, UINT32_MAX};
	enum { RECORD = 16 + 40, SIZE = COMMON_HEAD + 2 * RECORD };
	struct octets o = {must_alloc(SIZE, 1), SIZE};

	(void)state;
	for (size_t i = 0; i < 8 * 2 * 5; i++) {
		memset(o.at, 0, o.n);
		put(&o, 0, magics[i % 2]);
		put(&o, 4, 0x00020004);
		put(&o, 16, snaps[i / 2 % 5]);
		put(&o, 20, 1);
		for (uint32_t k = 0; k < 2; k++) {
			put(&o, COMMON_HEAD + k * RECORD, 1000 + k);
			put(&o, COMMON_HEAD + k * RECORD + 4, 999999);
			put(&o, COMMON_HEAD + k * RECORD + 8, k ? 40 : lengths[i / 10]);
			put(&o, COMMON_HEAD + k * RECORD + 12, 90);
		}
		compare_classic(o, o.n);
	}
	free(o.at);
}

/* ---- pcapng ---- */

struct writer {
	struct octets to;
	bool is_little;
};

static void append(struct writer *w, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		w->to.at[w->to.n++] = (uint8_t)(value >> (w->is_little ? 8 * i : 24 - 8 * i));
}

/* A section, an interface in microseconds, each packet of `c`. */
static struct octets as_pcapng(struct capture *c, size_t room, bool is_little)
{
	struct writer w = {{must_alloc(room, 1), 0}, is_little};
	struct frame f;
	bool is_first = true;

	while (capture_next_frame(c, &f)) {
		uint64_t us = (uint64_t)(f.when.ns / 1000);
		uint32_t padded = ((uint32_t)f.octets.len + 3) & ~3u;

		if (is_first) {
			const uint32_t head[] = {
				0x0a0d0d0a, 28,         0x1a2b3c4d, is_little ? 1 : 0x10000,
				UINT32_MAX, UINT32_MAX, 28,         1,
				20,         0,          262144,     20};

			for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
				append(&w,
				       i == 9 ? (uint32_t)f.dlt << (is_little ? 0 : 16) : head[i]);
			is_first = false;
		}
		append(&w, 6);
		append(&w, 32 + padded);
		append(&w, 0);
		append(&w, (uint32_t)(us >> 32));
		append(&w, (uint32_t)us);
		append(&w, (uint32_t)f.octets.len);
		append(&w, f.original);
		if (f.octets.len)
			memcpy(w.to.at + w.to.n, f.octets.at, f.octets.len);
		w.to.n += padded;
		append(&w, 32 + padded);
	}
	return w.to;
}

static void compare_pcapng(struct octets classic, bool is_little)
{
	struct capture *c = reader(pcap_file_open, classic, classic.n);
	struct octets o = as_pcapng(c, classic.n * 4 + 4096, is_little);
	struct capture *theirs = o.n ? reader(pcap_file_open_library, o, o.n) : NULL;
	struct capture *ours = o.n ? reader(source_pcapng.open, o, o.n) : NULL;

	if (theirs) {
		same_frames(ours, theirs);
		assert_int_equal(capture_stats(ours)->packets, capture_stats(c)->packets);
		assert_false(capture_stats(ours)->is_cut);
		capture_close(theirs);
	}
	if (ours)
		capture_close(ours);
	capture_close(c);
	free(o.at);
}

static void pcapng_files_are_read_as_libpcap_reads_them(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < found.n; i++) {
		struct octets o = content(found.at[i]);

		if (is_classic(o) && o.n < (1 << 20)) {
			compare_pcapng(o, n % 2);
			n++;
		}
		free(o.at);
	}
	assert_true(n >= 30);
}

/* Ours stands in link_name.def: libpcap is not loaded to say what a link type is called. */
static void link_types_have_the_names_that_libpcap_gives_them(void **state)
{
	size_t n = 0;

	(void)state;
	for (int dlt = 0; dlt <= UINT16_MAX; dlt++) {
		const char *ours = link_name(dlt), *theirs = pcap_datalink_val_to_name(dlt);

		if (!ours || !theirs)
			continue;
		assert_string_equal(ours, theirs);
		n++;
	}
	assert_true(n >= 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classic_files_are_read_as_libpcap_reads_them),
		cmocka_unit_test(cut_files_end_where_libpcap_ends_them),
		cmocka_unit_test(lengths_that_cannot_be_end_the_file),
		cmocka_unit_test(pcapng_files_are_read_as_libpcap_reads_them),
		cmocka_unit_test(link_types_have_the_names_that_libpcap_gives_them),
	};

	return cmocka_run_group_tests(tests, find, forget);
}
