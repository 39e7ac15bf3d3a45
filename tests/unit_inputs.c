/* What an input may be: compressed, a directory, a bundle, rotated, piped, filtered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>
#include <lzma.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "arena.h"
#include "bundle.h"
#include "inputs.h"
#include "options.h"
#include "rotate.h"
#include "run.h"
#include "source.h"
#include "unpack.h"

enum { ROOM = 65536, FILE_HEAD = 24, RECORD_HEAD = 16 };

struct content {
	uint8_t at[ROOM];
	size_t n;
};

struct fixture {
	char folder[32];
	char path[8][64];
	struct content sample; /* a capture of one whole call */
	struct text why;
};

static void content_read(struct content *c, const char *path)
{
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	c->n = fread(c->at, 1, ROOM, f);
	fclose(f);
	assert_in_range(c->n, 1, ROOM - 1);
}

static void content_write(const char *path, const void *at, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(at, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char folder[] = "/tmp/unit_inputs.XXXXXX";

	assert_non_null(mkdtemp(folder));
	snprintf(f->folder, sizeof(f->folder), "%s", folder);
	for (int i = 0; i < 8; i++)
		snprintf(f->path[i], sizeof(f->path[i]), "%s/x_%d.pcap", folder, i);
	content_read(&f->sample, SOURCE_DIR "/samples/dialin.pcap");
	f->why = text_make(4096);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 8; i++)
		remove(f->path[i]);
	remove(f->folder);
	text_free(&f->why);
	free(f);
	return 0;
}

static struct source *source_of(struct fixture *f, const char *path, const char *bpf)
{
	static uint16_t vantages;
	struct source_options o = {.vantages = &vantages, .bpf = bpf};

	text_clear(&f->why);
	return source_open(path, &o, &f->why);
}

static struct input_stats stats_of(struct fixture *f, const char *path)
{
	struct source *s = source_of(f, path, NULL);
	struct input_stats stats;
	struct event e;

	assert_non_null(s);
	while (source_next(s, &e) == PULLED)
		;
	stats = *source_stats(s);
	source_close(s);
	return stats;
}

/* ---- compressed ---- */

static size_t pack_gzip(const struct content *from, uint8_t *to)
{
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
			 Z_OK);
	z.next_in = (Bytef *)(uintptr_t)from->at;
	z.avail_in = (uInt)from->n;
	z.next_out = to;
	z.avail_out = ROOM;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return ROOM - z.avail_out;
}

static size_t pack_xz(const struct content *from, uint8_t *to)
{
	size_t n = 0;

	assert_int_equal(
		lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, from->at, from->n, to, &n, ROOM),
		LZMA_OK);
	return n;
}

static size_t pack_zstd(const struct content *from, uint8_t *to)
{
	size_t n = ZSTD_compress(to, ROOM, from->at, from->n, 1);

	assert_false(ZSTD_isError(n));
	return n;
}

static size_t (*const packers[])(const struct content *, uint8_t *) = {pack_gzip, pack_xz,
								       pack_zstd};

enum { PACKERS = sizeof(packers) / sizeof(packers[0]) };

static void compressed_captures_are_captures(void **state)
{
	struct fixture *f = *state;
	struct input_stats plain = stats_of(f, SOURCE_DIR "/samples/dialin.pcap");
	uint8_t packed[ROOM];

	for (size_t i = 0; i < PACKERS; i++) {
		struct input_stats s;

		content_write(f->path[0], packed, packers[i](&f->sample, packed));
		s = stats_of(f, f->path[0]);
		assert_int_equal(s.packets, plain.packets);
		assert_int_equal(s.bytes, plain.bytes);
		assert_false(s.is_cut);
	}
}

static void what_of_damaged_data_is_whole_is_read(void **state)
{
	struct fixture *f = *state;
	uint8_t packed[ROOM];

	for (size_t i = 0; i < PACKERS; i++) {
		size_t n = packers[i](&f->sample, packed);

		for (size_t cut = 8; cut < n; cut += n / 16 + 1) {
			struct source *s;
			struct event e;
			bool has_event = false;

			content_write(f->path[0], packed, cut);
			s = source_of(f, f->path[0], NULL);
			if (s == NULL) { /* nothing came out yet */
				assert_non_null(strstr(f->why.at, "too soon"));
				continue;
			}
			while (source_next(s, &e) == PULLED)
				has_event = true;
			assert_true(source_stats(s)->is_cut);
			assert_true(has_event || cut * 2 < n);
			source_close(s);
		}
	}
	{
		size_t n = pack_gzip(&f->sample, packed);
		struct input_stats s;

		packed[n - 6] ^= 1; /* its check sum */
		content_write(f->path[0], packed, n);
		s = stats_of(f, f->path[0]);
		assert_true(s.is_cut);
		assert_int_equal(s.packets, 25);
	}
}

static void gzip_members_follow_each_other(void **state)
{
	struct fixture *f = *state;
	struct content *two = calloc(2, sizeof(*two));
	uint8_t packed[ROOM];
	size_t n;

	memcpy(two[0].at, f->sample.at, two[0].n = 700);
	memcpy(two[1].at, f->sample.at + 700, two[1].n = f->sample.n - 700);
	n = pack_gzip(&two[0], packed);
	n += pack_gzip(&two[1], packed + n);
	memset(packed + n, 0, 512); /* padding, as of a tape */
	content_write(f->path[0], packed, n + 512);
	assert_int_equal(stats_of(f, f->path[0]).packets, 25);
	assert_false(stats_of(f, f->path[0]).is_cut);
	free(two);
}

static void a_bomb_stops_at_the_limit(void **state)
{
	struct fixture *f = *state;
	uint8_t packed[ROOM];
	struct bundle b;

	content_write(f->path[0], packed, pack_gzip(&f->sample, packed));
	assert_true(bundle_open(&b, f->path[0], 1000, &f->why));
	assert_int_equal(b.n, 1);
	assert_true(b.at[0].stream.is_cut);
	assert_true(b.at[0].stream.is_limited);
	assert_non_null(strstr(b.at[0].stream.damage.at, "limit-spool"));
	assert_int_equal(fseek(b.at[0].stream.file, 0, SEEK_END), 0);
	assert_int_equal(ftell(b.at[0].stream.file), 1000);
	bundle_close(&b);
}

/* ---- bundles ---- */

static void tar_write(const char *path, const struct content *c, size_t n_packed,
		      const uint8_t *packed)
{
	const struct {
		const char *name;
		const void *at;
		size_t n;
	} members[] = {
		{"z/last.pcap", c->at, c->n},
		{"README", "hello world\n", 12},
		{"./a.pcap.gz", packed, n_packed},
		{".hidden", "x", 1},
	};
	struct archive *a = archive_write_new();

	archive_write_set_format_pax_restricted(a);
	archive_write_add_filter_gzip(a);
	assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct archive_entry *e = archive_entry_new();

		archive_entry_set_pathname(e, members[i].name);
		archive_entry_set_size(e, (la_int64_t)members[i].n);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0644);
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		assert_int_equal(archive_write_data(a, members[i].at, members[i].n), members[i].n);
		archive_entry_free(e);
	}
	archive_write_free(a);
}

static void a_bundle_is_its_members(void **state)
{
	static const char *const parts[] = {":README", ":a.pcap.gz", ":z/last.pcap"};
	struct fixture *f = *state;
	uint8_t packed[ROOM];
	struct content whole;
	struct bundle b;
	size_t n_cut = 0;

	tar_write(f->path[0], &f->sample, pack_gzip(&f->sample, packed), packed);
	assert_true(bundle_open(&b, f->path[0], 1 << 20, &f->why));
	assert_true(b.is_many);
	assert_int_equal(b.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(b.at[i].part, parts[i]);
	assert_int_equal(fread(packed, 1, ROOM, b.at[1].stream.file), f->sample.n);
	assert_memory_equal(packed, f->sample.at, f->sample.n);
	assert_false(b.at[2].stream.is_cut);
	bundle_close(&b);

	content_read(&whole, f->path[0]);
	content_write(f->path[0], whole.at, whole.n / 2);
	assert_true(bundle_open(&b, f->path[0], 1 << 20, &f->why));
	for (size_t i = 0; i < b.n; i++)
		n_cut += b.at[i].stream.is_cut;
	assert_int_equal(n_cut, 1);
	bundle_close(&b);
	content_write(f->path[0], whole.at, 20);
	text_clear(&f->why);
	if (bundle_open(&b, f->path[0], 1 << 20, &f->why))
		assert_true(b.at[0].stream.is_cut);
	bundle_close(&b);
}

/* ---- whole runs ---- */

/* Runs `l2tpscope ARGUMENTS… -o x_7.pcap`; what it printed is in `ret`. */
static enum exit_status run_args(struct fixture *f, struct content *ret, int n,
				 const char *const *arguments)
{
	static struct options o;
	const char *argv[16] = {"l2tpscope"};
	enum exit_status status;

	memcpy(argv + 1, arguments, (size_t)n * sizeof(*argv));
	argv[n + 1] = "-o";
	argv[n + 2] = f->path[7];
	argv[n + 3] = "-q";
	argv[n + 4] = "--force"; /* the run before wrote there */
	content_write(f->path[7], "", 0);
	assert_true(options_parse(&o, n + 5, (char *const *)argv, &f->why));
	status = run_command(&o);
	if (ret) {
		content_read(ret, f->path[7]);
		ret->at[ret->n] = '\0';
	}
	return status;
}

/* Octets of the sample's first `n` records, with the file's head. */
static size_t records_end(const struct content *c, size_t n)
{
	size_t at = FILE_HEAD;

	while (n-- > 0 && at < c->n) {
		size_t captured = c->at[at + 8] | (size_t)c->at[at + 9] << 8;

		at += RECORD_HEAD + captured;
	}
	return at;
}

static void part_write(const struct fixture *f, int path, size_t from, size_t to)
{
	struct content part;
	size_t begin = records_end(&f->sample, from);

	part.n = records_end(&f->sample, to) - begin + FILE_HEAD;
	memcpy(part.at, f->sample.at, FILE_HEAD);
	memcpy(part.at + FILE_HEAD, f->sample.at + begin, part.n - FILE_HEAD);
	content_write(f->path[path], part.at, part.n);
}

/* From `start` on a call's object names no input. */
static const char *call_facts(const struct content *c)
{
	const char *call = strstr((const char *)c->at, "{\"type\":\"call\"");
	const char *start = call ? strstr(call, "\"start\"") : NULL;
	char *end = start ? strchr(start, '\n') : NULL;

	assert_non_null(end);
	assert_null(strstr(end, "{\"type\":\"call\"")); /* one call */
	*end = '\0';
	return start;
}

static void rotated_captures_are_one_vantage_point(void **state)
{
	struct fixture *f = *state;
	struct content *whole = calloc(2, sizeof(*whole));
	const char *one[] = {"calls", "--json", SOURCE_DIR "/samples/dialin.pcap"};
	const char *three[] = {"calls", "--json", f->path[3], f->path[1], f->path[2]};

	part_write(f, 1, 0, 8);
	part_write(f, 2, 8, 13);
	part_write(f, 3, 13, 99);
	assert_int_equal(run_args(f, &whole[0], 3, one), STATUS_DONE);
	assert_int_equal(run_args(f, &whole[1], 5, three), STATUS_DONE);
	assert_string_equal(call_facts(&whole[1]), call_facts(&whole[0]));
	free(whole);
}

/* The same packets under another clock are another end, not what came later. */
static void two_ends_are_no_rotation(void **state)
{
	struct fixture *f = *state;
	struct content *both = calloc(2, sizeof(*both));
	const char *two[] = {"calls", "--json", f->path[1], f->path[2]};

	content_write(f->path[1], f->sample.at, f->sample.n);
	both[1] = f->sample;
	for (size_t i = 0; records_end(&f->sample, i) < f->sample.n; i++)
		both[1].at[records_end(&f->sample, i) + 2]++; /* 65536 s */
	content_write(f->path[2], both[1].at, both[1].n);
	assert_int_equal(run_args(f, &both[0], 4, two), STATUS_DONE);
	assert_non_null(strstr((char *)both[0].at, "\"seen_in\":[\"x_1.pcap\",\"x_2.pcap\"]"));
	assert_non_null(strstr(call_facts(&both[0]), "\"retransmissions\":0"));
	free(both);
}

static void rotated_names(void **state)
{
	(void)state;
	assert_true(rotation_named_alike(STR("x.pcap"), STR("x.pcap1")));
	assert_true(rotation_named_alike(STR("x_00001_2024.pcap.gz"), STR("x_00002_2025.pcap")));
	assert_true(rotation_named_alike(STR("debug.log"), STR("debug.log.2.gz")));
	assert_false(rotation_named_alike(STR("lac.pcap"), STR("lns.pcap")));
	assert_false(rotation_named_alike(STR("x.pcap"), STR("x.pcapng")));
}

static void the_exit_status_says_what_was_wrong(void **state)
{
	struct fixture *f = *state;
	uint8_t packed[ROOM];
	const char *arguments[] = {"calls", f->path[0]};
	const char *empty[] = {"calls", f->folder};
	const char *filtered[] = {"calls", "--bpf=no filter(", f->folder};

	content_write(f->path[0], "hello world\n", 12);
	assert_int_equal(run_args(f, NULL, 2, arguments), STATUS_INPUT);
	content_write(f->path[0], packed, pack_gzip(&f->sample, packed) / 2);
	assert_int_equal(run_args(f, NULL, 2, arguments), STATUS_CUT);
	content_write(f->path[0], "hello world\n", 12);
	assert_int_equal(run_args(f, NULL, 2, empty), STATUS_INPUT);
	content_write(f->path[1], f->sample.at, f->sample.n);
	assert_int_equal(run_args(f, NULL, 2, empty), STATUS_DONE);
	assert_int_equal(run_args(f, NULL, 3, filtered), STATUS_USAGE);
}

/* ---- pipes ---- */

/* The writer writes on only when the reader has its first packets: a reader that waited for the
 * end would wait for ever. */
static void a_piped_capture_is_read_as_it_comes(void **state)
{
	struct fixture *f = *state;
	size_t half = records_end(&f->sample, 10);
	struct source *s;
	struct event e;
	int go[2];
	pid_t writer;
	char byte = 0;

	assert_int_equal(mkfifo(f->path[0], 0600), 0);
	assert_int_equal(pipe(go), 0);
	writer = fork();
	if (writer == 0) {
		FILE *out = fopen(f->path[0], "wb");

		fwrite(f->sample.at, 1, half, out);
		fflush(out);
		alarm(20);
		if (read(go[0], &byte, 1) == 1)
			fwrite(f->sample.at + half, 1, f->sample.n - half, out);
		fclose(out);
		_exit(0);
	}
	s = source_of(f, f->path[0], NULL);
	assert_non_null(s);
	for (int i = 0; i < 10; i++)
		assert_int_equal(source_next(s, &e), PULLED);
	assert_int_equal(write(go[1], &byte, 1), 1);
	while (source_next(s, &e) == PULLED)
		;
	assert_int_equal(source_stats(s)->packets, 25);
	assert_int_equal(e.origin.frame, 25);
	assert_int_equal(e.origin.offset_end, f->sample.n);
	assert_false(source_stats(s)->is_cut);
	source_close(s);
	assert_int_equal(waitpid(writer, NULL, 0), writer);
	close(go[0]);
	close(go[1]);
}

/* ---- --bpf ---- */

static size_t record(uint8_t *at, uint32_t second, const uint8_t *packet, uint8_t n)
{
	const uint8_t head[RECORD_HEAD] = {0, 0, 0, (uint8_t)second, 0, 0, 0, 0, 0, 0, 0, n, 0,
					   0, 0, n};

	memcpy(at, head, RECORD_HEAD);
	memcpy(at + RECORD_HEAD, packet, n);
	return RECORD_HEAD + n;
}

/* A HELLO in two fragments, and two minutes later an acknowledgement. */
static size_t fragments_write(uint8_t *at)
{
	static const uint8_t head[FILE_HEAD] = {0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4,
						0,    0,    0,    0,    0, 0, 0, 0,
						0,    0,    0xff, 0xff, 0, 0, 0, 101};
	static const uint8_t first[36] = {
		0x45, 0, 0,    36,   0,    7,    0x20, 0,  64, 17, 0,    0,    10, 0,  0, 1, 10, 0,
		0,    2, 0x06, 0xa5, 0x06, 0xa5, 0,    28, 0,  0,  0xc8, 0x02, 0,  20, 0, 5, 0,  0};
	static const uint8_t second[32] = {0x45, 0,  0,    32, 0, 7,  0, 2, 64, 17, 0,
					   0,    10, 0,    0,  1, 10, 0, 0, 2,  0,  0,
					   0x00, 0,  0x80, 8,  0, 0,  0, 0, 0,  6};
	static const uint8_t later[40] = {
		0x45, 0,    0,    40,   0, 9,  0, 0, 64,   17,   0, 0,  10, 0, 0, 1, 10, 0, 0, 2,
		0x06, 0xa5, 0x06, 0xa5, 0, 20, 0, 0, 0xc8, 0x02, 0, 12, 0,  5, 0, 0, 0,  1, 0, 0};
	size_t n = FILE_HEAD;

	memcpy(at, head, n);
	n += record(at + n, 1, first, sizeof(first));
	n += record(at + n, 1, second, sizeof(second));
	return n + record(at + n, 121, later, sizeof(later));
}

static size_t fragments_lost(struct fixture *f, const char *bpf, uint64_t *ret_filtered)
{
	struct source *s = source_of(f, f->path[0], bpf);
	struct event e;
	size_t lost = 0;

	assert_non_null(s);
	while (source_next(s, &e) == PULLED)
		for (size_t i = 0; i < e.n_defects; i++)
			lost += e.defects[i].id == DEFECT_IP_FRAGMENT_LOST;
	*ret_filtered = source_stats(s)->filter_cut;
	source_close(s);
	return lost;
}

static void what_a_filter_took_was_not_lost(void **state)
{
	struct fixture *f = *state;
	uint8_t octets[512];
	size_t n = fragments_write(octets);
	uint64_t filtered;

	content_write(f->path[0], octets, n);
	assert_int_equal(fragments_lost(f, NULL, &filtered), 0);
	assert_int_equal(fragments_lost(f, "udp port 1701", &filtered), 0);
	assert_int_equal(filtered, 1);
	/* Without the second fragment it was lost. */
	memmove(octets + FILE_HEAD + 52, octets + FILE_HEAD + 100, n - FILE_HEAD - 100);
	content_write(f->path[0], octets, n - 48);
	assert_int_equal(fragments_lost(f, NULL, &filtered), 1);
	assert_int_equal(filtered, 0);
}

/* ---- text ---- */

static void a_text_without_a_record_is_no_log(void **state)
{
	struct fixture *f = *state;
	static const char prose[] = "The router said this:\n\n"
				    "Jan 1 00:04:10.455: Se0:0 LCP: I CONFREQ [Listen] id 118 len "
				    "10\n\nand nothing else.\n";

	content_write(f->path[0], "hello world\n", 12);
	assert_null(source_of(f, f->path[0], NULL));
	assert_non_null(strstr(f->why.at, "neither a capture nor a log"));
	content_write(f->path[0], prose, sizeof(prose) - 1);
	assert_int_equal(stats_of(f, f->path[0]).records, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(compressed_captures_are_captures, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_of_damaged_data_is_whole_is_read, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(gzip_members_follow_each_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_bomb_stops_at_the_limit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_bundle_is_its_members, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rotated_captures_are_one_vantage_point, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(two_ends_are_no_rotation, set_up, tear_down),
		cmocka_unit_test(rotated_names),
		cmocka_unit_test_setup_teardown(the_exit_status_says_what_was_wrong, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_piped_capture_is_read_as_it_comes, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_a_filter_took_was_not_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_text_without_a_record_is_no_log, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
