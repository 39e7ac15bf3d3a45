/* Inputs from the outside: what opens, what is refused and how, and real captures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glob.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "code.h"
#include "source.h"

#define CAPTURES SOURCE_DIR "/../shared/captures/"

/* IPv4 UDP 1701: an L2TPv2 HELLO's acknowledgement (ZLB), tunnel 5. */
#define PACKET                                                                                     \
	"\x45\x00\x00\x28\x12\x34\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"         \
	"\x06\xa5\x06\xa5\x00\x14\x00\x00\xc8\x02\x00\x0c\x00\x05\x00\x00\x00\x04\x00\x03"
enum { PACKET_OCTETS = 40, FILE_HEAD = 24, RECORD_HEAD = 16 };

struct fixture {
	char folder[32];
	char path[64];
	struct text why_not;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->folder, sizeof(f->folder), "/tmp/unit_source.XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/input", f->folder);
	f->why_not = text_make(1000);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	remove(f->path);
	remove(f->folder);
	text_free(&f->why_not);
	free(f);
	return 0;
}

static void write_file(const struct fixture *f, const void *octets, size_t n)
{
	FILE *file = fopen(f->path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(octets, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static struct source *open_path(struct fixture *f, const char *path, struct source_options o)
{
	static uint16_t vantages;

	o.vantages = &vantages;
	text_clear(&f->why_not);
	return source_open(path, &o, &f->why_not);
}

static struct source *open_file(struct fixture *f)
{
	return open_path(f, f->path, (struct source_options){0});
}

static void refused(struct fixture *f, const char *path, const char *why)
{
	assert_null(open_path(f, path, (struct source_options){0}));
	assert_non_null(strstr(f->why_not.at, path));
	assert_non_null(strstr(f->why_not.at, why));
}

struct writer {
	uint8_t octets[1024];
	size_t n;
	bool is_little;
};

static void put(struct writer *w, uint32_t value, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++) {
		unsigned shift = 8 * (w->is_little ? i : octets - 1 - i);

		w->octets[w->n++] = (uint8_t)(value >> shift);
	}
}

static void put_packet(struct writer *w)
{
	memcpy(w->octets + w->n, PACKET, PACKET_OCTETS);
	w->n += PACKET_OCTETS;
}

/* Two records of the same packet, one second apart. */
static struct writer capture(uint32_t magic, bool is_little)
{
	struct writer w = {.is_little = is_little};

	put(&w, magic, 4);
	put(&w, 2, 2);
	put(&w, 4, 2);
	put(&w, 0, 4);
	put(&w, 0, 4);
	put(&w, 65535, 4);
	put(&w, 101, 4); /* LINKTYPE_RAW */
	for (uint32_t i = 0; i < 2; i++) {
		put(&w, 1000 + i, 4);
		put(&w, 123456, 4);
		put(&w, PACKET_OCTETS, 4);
		put(&w, PACKET_OCTETS, 4);
		put_packet(&w);
	}
	return w;
}

static void what_cannot_be_read_says_why(void **state)
{
	struct fixture *f = *state;

	refused(f, "/nonexistent/file", "No such file");
	refused(f, f->folder, "is a directory");
	write_file(f, "", 0);
	refused(f, f->path, "is empty");
	write_file(f, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\6\0\0\0", 29);
	refused(f, f->path, "neither a capture nor a log");
	write_file(f, "\xa1\xb2\xc3\xd4\x00\x02", 6);
	refused(f, f->path, "truncated");
	assert_null(open_path(f, f->path, (struct source_options){.as = "nonsense"}));
	assert_non_null(strstr(f->why_not.at, "pcapng"));
}

static void every_magic_gives_time_and_grain(void **state)
{
	static const struct {
		uint32_t magic;
		int64_t fraction, grain;
	} magics[] = {{0xa1b2c3d4, 123456000, 1000}, {0xa1b23c4d, 123456, 1}};
	struct fixture *f = *state;

	for (unsigned i = 0; i < 4; i++) {
		struct writer w = capture(magics[i / 2].magic, i % 2);
		struct source *s;
		struct event e;

		write_file(f, w.octets, w.n);
		s = open_file(f);
		assert_non_null(s);
		assert_int_equal(source_next(s, &e), PULLED);
		assert_int_equal(e.when.kind, CLOCK_ABSOLUTE);
		assert_int_equal(e.when.ns, 1000 * INT64_C(1000000000) + magics[i / 2].fraction);
		assert_int_equal(e.when.grain_ns, magics[i / 2].grain);
		assert_int_equal(e.kind, EVENT_CONTROL);
		assert_int_equal(e.control.message, ZLB);
		assert_int_equal(e.origin.frame, 1);
		assert_int_equal(e.origin.offset, FILE_HEAD);
		assert_int_equal(e.origin.offset_end, FILE_HEAD + RECORD_HEAD + PACKET_OCTETS);
		assert_int_equal(source_next(s, &e), PULLED);
		assert_int_equal(e.origin.frame, 2);
		assert_int_equal(source_next(s, &e), SOURCE_END);
		assert_int_equal(source_next(s, &e), SOURCE_END);
		assert_string_equal(source_stats(s)->kind_name, "pcap");
		assert_int_equal(source_stats(s)->packets, 2);
		assert_false(source_stats(s)->is_cut);
		source_close(s);
	}
}

static void put_section(struct writer *w)
{
	put(w, 0x0a0d0d0a, 4);
	put(w, 28, 4);
	put(w, 0x1a2b3c4d, 4);
	put(w, 1, 2);
	put(w, 0, 2);
	put(w, 0xffffffff, 4);
	put(w, 0xffffffff, 4);
	put(w, 28, 4);
}

/* An Enhanced Packet Block with a comment of 5 octets. */
static void put_enhanced(struct writer *w, uint32_t interface, uint32_t high, uint32_t low,
			 const void *head, size_t head_octets)
{
	size_t octets = head_octets + PACKET_OCTETS;
	size_t padding = (4 - octets % 4) % 4;
	uint32_t length = (uint32_t)(32 + octets + padding + 16);

	put(w, 6, 4);
	put(w, length, 4);
	put(w, interface, 4);
	put(w, high, 4);
	put(w, low, 4);
	put(w, (uint32_t)octets, 4);
	put(w, (uint32_t)octets, 4);
	if (head_octets > 0)
		memcpy(w->octets + w->n, head, head_octets);
	w->n += head_octets;
	put_packet(w);
	put(w, 0, (unsigned)padding);
	put(w, 1, 2);
	put(w, 5, 2);
	memcpy(w->octets + w->n, "hello\0\0\0", 8);
	w->n += 8;
	put(w, 0, 4);
	put(w, length, 4);
}

/* Raw IP in microseconds, Ethernet in 2^-10 s and 100 s late, an unknown block between. */
static struct writer capture_ng(bool is_little)
{
	static const char ethernet[] = "\2\0\0\0\0\2\2\0\0\0\0\1\x08\x00";
	struct writer w = {.is_little = is_little};

	put_section(&w);
	put(&w, 1, 4);
	put(&w, 20, 4);
	put(&w, 101, 2);
	put(&w, 0, 2);
	put(&w, 65535, 4);
	put(&w, 20, 4);
	put(&w, 1, 4);
	put(&w, 44, 4);
	put(&w, 1, 2);
	put(&w, 0, 2);
	put(&w, 0, 4);
	put(&w, 9, 2); /* if_tsresol */
	put(&w, 1, 2);
	w.octets[w.n++] = 0x8a;
	put(&w, 0, 3);
	put(&w, 14, 2); /* if_tsoffset */
	put(&w, 8, 2);
	put(&w, is_little ? 100 : 0, 4);
	put(&w, is_little ? 0 : 100, 4);
	put(&w, 0, 4); /* end of options */
	put(&w, 44, 4);
	put_enhanced(&w, 0, 0, 2000001, NULL, 0);
	put(&w, 0x0bad, 4);
	put(&w, 16, 4);
	put(&w, 0, 4);
	put(&w, 16, 4);
	put_enhanced(&w, 1, 0, 1024 * 3 + 512, ethernet, 14);
	put(&w, 3, 4); /* simple packet */
	put(&w, 16 + PACKET_OCTETS, 4);
	put(&w, PACKET_OCTETS, 4);
	put_packet(&w);
	put(&w, 16 + PACKET_OCTETS, 4);
	return w;
}

static void pcapng_mixes_interfaces_and_keeps_comments(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		struct writer w = capture_ng(i);
		struct source *s;
		struct event e;

		write_file(f, w.octets, w.n);
		s = open_file(f);
		assert_non_null(s);
		assert_int_equal(source_next(s, &e), PULLED);
		assert_int_equal(e.kind, EVENT_CONTROL);
		assert_int_equal(e.when.ns, INT64_C(2000001000));
		assert_int_equal(e.when.grain_ns, 1000);
		assert_true(str_is(e.text, "hello"));
		assert_int_equal(source_next(s, &e), PULLED);
		assert_int_equal(e.kind, EVENT_CONTROL);
		assert_int_equal(e.when.ns, INT64_C(103500000000));
		assert_int_equal(e.origin.frame, 2);
		assert_int_equal(source_next(s, &e), PULLED);
		assert_false(moment_known(e.when));
		assert_int_equal(e.origin.offset_end, w.n);
		assert_int_equal(source_next(s, &e), SOURCE_END);
		assert_false(source_stats(s)->is_cut);
		assert_string_equal(source_stats(s)->kind_name, "pcapng");
		assert_string_equal(source_stats(s)->dialect, "RAW, EN10MB");
		source_close(s);
	}
}

/* 3.5 s in units of every kind, of 10 and of 2, also finer than a nanosecond. */
static void every_resolution_gives_time_and_grain(void **state)
{
	static const struct {
		uint8_t resolution; /* if_tsresol */
		uint32_t high, low;
		int64_t grain_ns; /* 0: no time */
	} rows[] = {
		{3, 0, 3500, 1000000},    {6, 0, 3500000, 1000},    {9, 0, 3500000000, 1},
		{12, 814, 3896621056, 1}, {19, 0, 35, 0},           {0x81, 0, 7, 500000000},
		{0x8a, 0, 3584, 976562},  {0x9e, 0, 3758096384, 1}, {0xa0, 3, UINT32_C(1) << 31, 1},
		{0xa4, 56, 0, 1},         {0xc0, 1, 0, 0},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct writer w = {.is_little = true};
		struct source *s;
		struct event e;

		put_section(&w);
		put(&w, 1, 4);
		put(&w, 32, 4);
		put(&w, 101, 2);
		put(&w, 0, 2);
		put(&w, 0, 4);
		put(&w, 9, 2);
		put(&w, 1, 2);
		put(&w, rows[i].resolution, 4);
		put(&w, 0, 4);
		put(&w, 32, 4);
		put_enhanced(&w, 0, rows[i].high, rows[i].low, NULL, 0);
		write_file(f, w.octets, w.n);
		s = open_file(f);
		assert_non_null(s);
		assert_int_equal(source_next(s, &e), PULLED);
		assert_int_equal(moment_known(e.when), rows[i].grain_ns > 0);
		assert_int_equal(e.when.ns, rows[i].grain_ns > 0 ? INT64_C(3500000000) : 0);
		assert_int_equal(e.when.grain_ns, rows[i].grain_ns);
		source_close(s);
	}
}

/* Any single octet may be wrong, and the file may end anywhere. */
static void damaged_pcapng_gives_what_is_whole(void **state)
{
	struct fixture *f = *state;
	struct writer w = capture_ng(true);

	for (size_t n = 4; n < 2 * w.n; n++) {
		struct writer damaged = w;
		size_t length = n < w.n ? n : w.n;
		struct source *s;
		struct event e;
		unsigned events = 0;

		if (n >= w.n)
			damaged.octets[n - w.n] ^= 0xff;
		write_file(f, damaged.octets, length);
		s = open_file(f);
		if (!s)
			continue;
		while (source_next(s, &e) == PULLED)
			events++;
		assert_true(events <= 3);
		assert_true(n >= w.n || events < 3);
		source_close(s);
	}
}

/* Whole records are given, and a file that ends inside one says so and where. */
static void every_cut_of_a_file_is_told(void **state)
{
	struct fixture *f = *state;
	struct writer w = capture(0xa1b2c3d4, true);
	size_t record = RECORD_HEAD + PACKET_OCTETS;

	for (size_t n = FILE_HEAD; n <= w.n; n++) {
		struct source *s;
		struct event e;
		size_t events = 0;

		write_file(f, w.octets, n);
		s = open_file(f);
		assert_non_null(s);
		while (source_next(s, &e) == PULLED)
			events++;
		assert_int_equal(events, (n - FILE_HEAD) / record);
		assert_int_equal(source_stats(s)->is_cut, (n - FILE_HEAD) % record != 0);
		if (source_stats(s)->is_cut)
			assert_true(str_starts(source_stats(s)->cut_text, "after frame "));
		source_close(s);
	}
}

static void filters_count_frames_as_the_file_does(void **state)
{
	struct fixture *f = *state;
	struct writer w = capture(0xa1b2c3d4, true);
	struct source *s;
	struct event e;

	w.octets[FILE_HEAD + RECORD_HEAD + 23] = 0x99; /* the first packet's destination port */
	write_file(f, w.octets, w.n);
	s = open_path(f, f->path, (struct source_options){.bpf = "udp dst port 1701"});
	assert_non_null(s);
	assert_int_equal(source_next(s, &e), PULLED);
	assert_int_equal(e.origin.frame, 2);
	assert_int_equal(source_next(s, &e), SOURCE_END);
	source_close(s);
	assert_null(open_path(f, f->path, (struct source_options){.bpf = "udp prt 1701"}));
	assert_non_null(strstr(f->why_not.at, "--bpf"));
}

static void a_fifo_is_read_to_its_end(void **state)
{
	struct fixture *f = *state;
	struct writer w = capture(0xa1b2c3d4, true);
	struct source *s;
	struct event e;
	pid_t child;

	assert_int_equal(mkfifo(f->path, 0600), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		FILE *file = fopen(f->path, "wb");

		if (file)
			fwrite(w.octets, 1, w.n, file);
		if (file)
			fclose(file);
		_exit(0);
	}
	s = open_file(f);
	assert_non_null(s);
	assert_int_equal(source_next(s, &e), PULLED);
	assert_int_equal(source_next(s, &e), PULLED);
	assert_int_equal(source_next(s, &e), SOURCE_END);
	source_close(s);
	waitpid(child, NULL, 0);
}

/* Counted with tshark 4.0.17 (Debian): L2TP messages outside ICMP errors, by type. */
static const struct known {
	const char *path;
	unsigned control, ppp, data, icmp;
	unsigned confreq; /* of LCP */
} known[] = {
	{"lab/s01_chap_ok/lac.pcap", 11, 29, 46, 0, 2},
	{"lab/s03f_mschapv2_ok/lac.pcap", 11, 17, 7, 0, 2},
	{"lab/s05_loss_reorder_dup/lns.pcap", 11, 43, 89, 0, 2},
	{"lab/s22_tunnel_switch_l2tpns/lns.pcap", 9, 22, 9, 0, 2},
	{"public/jnetpcap__test-l2tp.pcap", 18, 35, 115, 0, 6},
};

static void captures_agree_with_tshark(void **state)
{
	struct fixture *f = *state;

	if (access(CAPTURES, R_OK) != 0)
		skip();
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct text path = text_make(1000);
		unsigned n[EVENT_OTHER + 1] = {0};
		unsigned confreq = 0;
		struct source *s;
		struct event e;

		text_printf(&path, CAPTURES "%s", known[i].path);
		s = open_path(f, path.at, (struct source_options){0});
		assert_non_null(s);
		while (source_next(s, &e) == PULLED) {
			n[e.kind]++;
			if (e.kind == EVENT_PPP && e.ppp.protocol == PPP_LCP &&
			    e.ppp.code == CP_CONFREQ)
				confreq++;
		}
		assert_int_equal(n[EVENT_CONTROL], known[i].control);
		assert_int_equal(n[EVENT_PPP], known[i].ppp);
		assert_int_equal(n[EVENT_DATA], known[i].data);
		assert_int_equal(n[EVENT_ICMP], known[i].icmp);
		assert_int_equal(confreq, known[i].confreq);
		source_close(s);
		text_free(&path);
	}
}

static void sweep(struct fixture *f, const char *pattern)
{
	glob_t found;

	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct source_options o = {.with_noise = true};
		struct source *s = open_path(f, found.gl_pathv[i], o);
		struct event e;
		uint64_t events = 0;

		assert_non_null(s);
		while (source_next(s, &e) == PULLED) {
			events++;
			assert_in_range(e.origin.frame, 1, source_stats(s)->packets);
			assert_true(e.n_defects <= 32);
		}
		assert_true(events <= source_stats(s)->packets);
		source_close(s);
	}
	globfree(&found);
}

static void every_capture_is_read_to_its_end(void **state)
{
	if (access(CAPTURES, R_OK) != 0)
		skip();
	sweep(*state, CAPTURES "lab/*/*.pcap");
	sweep(*state, CAPTURES "public/*.*cap");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_cannot_be_read_says_why),
		TEST(every_magic_gives_time_and_grain),
		TEST(pcapng_mixes_interfaces_and_keeps_comments),
		TEST(every_resolution_gives_time_and_grain),
		TEST(damaged_pcapng_gives_what_is_whole),
		TEST(every_cut_of_a_file_is_told),
		TEST(filters_count_frames_as_the_file_does),
		TEST(a_fifo_is_read_to_its_end),
		TEST(captures_agree_with_tshark),
		TEST(every_capture_is_read_to_its_end),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
