/* Bare octets: every layout in which people print packets, what stands between them, and what is
 * none of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <unistd.h>

#include "code.h"
#include "hex_layout.h"
#include "hex_link.h"
#include "octets.h"
#include "source.h"

struct fixture {
	struct arena *arena;
	char path[40];
	struct source *source;
	uint16_t vantages;
	struct text why_not;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int file;

	f->arena = arena_new((size_t)1 << 20);
	f->why_not = text_make(1000);
	snprintf(f->path, sizeof(f->path), "/tmp/unit_hex.XXXXXX");
	file = mkstemp(f->path);
	assert_true(file >= 0);
	close(file);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	source_close(f->source);
	text_free(&f->why_not);
	arena_free(f->arena);
	remove(f->path);
	free(f);
	return 0;
}

static void open_text(struct fixture *f, const char *text)
{
	FILE *file = fopen(f->path, "wb");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	source_close(f->source);
	f->source = source_open(f->path, &(struct source_options){.vantages = &f->vantages},
				&f->why_not);
	assert_non_null(f->source);
}

static struct event next(struct fixture *f)
{
	struct event e;

	assert_int_equal(source_next(f->source, &e), PULLED);
	return e;
}

static void at_end(struct fixture *f)
{
	struct event e;

	assert_int_equal(source_next(f->source, &e), SOURCE_END);
}

/* The same ZLB from 10.0.0.1 to 10.0.0.2, tunnel 5, Ns 4, Nr 3. */
static const struct {
	const char *layout, *text;
} texts[] = {
	/* clang-format off */
	{"xxd",
	 "00000000: 4500 0028 1234 0000 4011 548f 0a00 0001  E..(.4..@.T.....\n"
	 "00000010: 0a00 0002 06a5 06a5 0014 0000 c802 000c  ................\n"
	 "00000020: 0005 0000 0004 0003                      ........\n"},
	{"xxd-plain",
	 "45000028123400004011548f0a0000010a00000206a506a500140000c802\n"
	 "000c0005000000040003\n"},
	{"xxd-little",
	 "00000000: 28000045 00003412 8f541140 0100000a  E..(.4..@.T.....\n"
	 "00000010: 0200000a a506a506 00001400 0c0002c8  ................\n"
	 "00000020: 00000500 03000400                    ........\n"},
	{"xxd-bits",
	 "00000000: 01000101 00000000 00000000 00101000 00010010 00110100  E..(.4\n"
	 "00000006: 00000000 00000000 01000000 00010001 01010100 10001111  ..@.T.\n"
	 "0000000c: 00001010 00000000 00000000 00000001 00001010 00000000  ......\n"
	 "00000012: 00000000 00000010 00000110 10100101 00000110 10100101  ......\n"
	 "00000018: 00000000 00010100 00000000 00000000 11001000 00000010  ......\n"
	 "0000001e: 00000000 00001100 00000000 00000101 00000000 00000000  ......\n"
	 "00000024: 00000000 00000100 00000000 00000011                    ....\n"},
	{"c-array",
	 "unsigned char p_bin[] = {\n"
	 "  0x45, 0x00, 0x00, 0x28, 0x12, 0x34, 0x00, 0x00, 0x40, 0x11, 0x54, 0x8f,\n"
	 "  0x0a, 0x00, 0x00, 0x01, 0x0a, 0x00, 0x00, 0x02, 0x06, 0xa5, 0x06, 0xa5,\n"
	 "  0x00, 0x14, 0x00, 0x00, 0xc8, 0x02, 0x00, 0x0c, 0x00, 0x05, 0x00, 0x00,\n"
	 "  0x00, 0x04, 0x00, 0x03\n"
	 "};\n"
	 "unsigned int p_bin_len = 40;\n"},
	{"od",
	 "0000000 000105 024000 032022 000000 010500 107524 000012 000400\n"
	 "0000020 000012 001000 122406 122406 012000 000000 001310 006000\n"
	 "0000040 002400 000000 002000 001400\n"
	 "0000050\n"},
	{"od-octets",
	 "0000000 45 00 00 28 12 34 00 00 40 11 54 8f 0a 00 00 01\n"
	 "0000020 0a 00 00 02 06 a5 06 a5 00 14 00 00 c8 02 00 0c\n"
	 "0000040 00 05 00 00 00 04 00 03\n"
	 "0000050\n"},
	{"wireshark",
	 "000000 02 00 00 00 00 02 02 00 00 00 00 01 08 00 45 00  >..............E.<\n"
	 "000010 00 28 12 34 00 00 40 11 54 8f 0a 00 00 01 0a 00  >.(.4..@.T.......<\n"
	 "000020 00 02 06 a5 06 a5 00 14 00 00 c8 02 00 0c 00 05  >................<\n"
	 "000030 00 00 00 04 00 03                                >......<\n"
	 "000036\n"},
	{"od-octets-decimal",
	 "0000000 45 00 00 28 12 34 00 00 40 11 54 8f 0a 00 00 01\n"
	 "0000016 0a 00 00 02 06 a5 06 a5 00 14 00 00 c8 02 00 0c\n"
	 "0000032 00 05 00 00 00 04 00 03\n"
	 "0000040\n"},
	{"octets",
	 " 45 00 00 28 12 34 00 00 40 11 54 8f 0a 00 00 01\n"
	 " 0a 00 00 02 06 a5 06 a5 00 14 00 00 c8 02 00 0c\n"
	 " 00 05 00 00 00 04 00 03\n"},
	{"od-words",
	 "0000000 0045 2800 3412 0000 1140 8f54 000a 0100\n"
	 "0000020 000a 0200 a506 a506 1400 0000 02c8 0c00\n"
	 "0000040 0500 0000 0400 0300\n"
	 "0000050\n"},
	{"od-long-words",
	 "0000000 28000045 00003412 8f541140 0100000a\n"
	 "0000020 0200000a a506a506 00001400 0c0002c8\n"
	 "0000040 00000500 03000400\n"
	 "0000050\n"},
	{"od-words-big-endian",
	 "0000000 4500 0028 1234 0000 4011 548f 0a00 0001\n"
	 "0000020 0a00 0002 06a5 06a5 0014 0000 c802 000c\n"
	 "0000040 0005 0000 0004 0003\n"
	 "0000050\n"},
	{"od-big-endian",
	 "0000000 042400 000050 011064 000000 040021 052217 005000 000001\n"
	 "0000020 005000 000002 003245 003245 000024 000000 144002 000014\n"
	 "0000040 000005 000000 000004 000003\n"
	 "0000050\n"},
	{"od-octal-octets",
	 "0000000 105 000 000 050 022 064 000 000 100 021 124 217 012 000 000 001\n"
	 "0000020 012 000 000 002 006 245 006 245 000 024 000 000 310 002 000 014\n"
	 "0000040 000 005 000 000 000 004 000 003\n"
	 "0000050\n"},
	{"hexdump-canonical",
	 "00000000  02 00 00 00 00 02 02 00  00 00 00 01 08 00 45 00  |..............E.|\n"
	 "00000010  00 28 12 34 00 00 40 11  54 8f 0a 00 00 01 0a 00  |.(.4..@.T.......|\n"
	 "00000020  00 02 06 a5 06 a5 00 14  00 00 c8 02 00 0c 00 05  |................|\n"
	 "00000030  00 00 00 04 00 03                                 |......|\n"
	 "00000036\n"},
	{"hexdump",
	 "0000000 0045 2800 3412 0000 1140 8f54 000a 0100\n"
	 "0000010 000a 0200 a506 a506 1400 0000 02c8 0c00\n"
	 "0000020 0500 0000 0400 0300                    \n"
	 "0000028\n"},
	{"hexdump-octal-octets",
	 "0000000 105 000 000 050 022 064 000 000 100 021 124 217 012 000 000 001\n"
	 "0000010 012 000 000 002 006 245 006 245 000 024 000 000 310 002 000 014\n"
	 "0000020 000 005 000 000 000 004 000 003                                \n"
	 "0000028\n"},
	{"hex-stream",
	 "45000028123400004011548f0a0000010a00000206a506a500140000c802000c0005000000040003\n"},
	{"escaped-string",
	 "\"\\x45\\x00\\x00\\x28\\x12\\x34\\x00\\x00\\x40\\x11\\x54\\x8f\\x0a\\x00\\x00\\x01\" \\\n"
	 "\"\\x0a\\x00\\x00\\x02\\x06\\xa5\\x06\\xa5\\x00\\x14\\x00\\x00\\xc8\\x02\\x00\\x0c\" \\\n"
	 "\"\\x00\\x05\\x00\\x00\\x00\\x04\\x00\\x03\" \\\n"},
	{"separated",
	 "45:00:00:28:12:34:00:00:40:11:54:8f:0a:00:00:01:0a:00:00:02:06:a5:06:a5:00:14:00:00:c8:02:00:0c:00:05:00:00:00:04:00:03\n"},
	{"tcpdump",
	 "12:00:01.500000 IP 10.0.0.1.1701 > 10.0.0.2.1701:  l2tp:[TLS](5/0)Ns=4,Nr=3 ZLB\n"
	 "\t0x0000:  4500 0028 1234 0000 4011 548f 0a00 0001  E..(.4..@.T.....\n"
	 "\t0x0010:  0a00 0002 06a5 06a5 0014 0000 c802 000c  ................\n"
	 "\t0x0020:  0005 0000 0004 0003                      ........\n"},
	{"ios-capture",
	 "12:00:01.500 UTC Aug 21 2010 : IPv4 LES CEF    : Fa0/1 None\n"
	 "\n"
	 "66A6BF20: 45000028 12340000 4011548F 0A000001  E..(.4..@.T.....\n"
	 "66A6BF30: 0A000002 06A506A5 00140000 C802000C  ................\n"
	 "66A6BF40: 00050000 00040003                    ........\n"},
	{"xxd-decimal",
	 "00000000: 4500 0028 1234 0000 4011 548f 0a00 0001  E..(.4..@.T.....\n"
	 "00000016: 0a00 0002 06a5 06a5 0014 0000 c802 000c  ................\n"
	 "00000032: 0005 0000 0004 0003                      ........\n"},
	{"od-words-decimal",
	 "0000000 0045 2800 3412 0000 1140 8f54 000a 0100\n"
	 "0000016 000a 0200 a506 a506 1400 0000 02c8 0c00\n"
	 "0000032 0500 0000 0400 0300\n"
	 "0000040\n"},
	{"od-long-words-decimal",
	 "0000000 28000045 00003412 8f541140 0100000a\n"
	 "0000016 0200000a a506a506 00001400 0c0002c8\n"
	 "0000032 00000500 03000400\n"
	 "0000040\n"},
	{"od-words-big-endian-decimal",
	 "0000000 4500 0028 1234 0000 4011 548f 0a00 0001\n"
	 "0000016 0a00 0002 06a5 06a5 0014 0000 c802 000c\n"
	 "0000032 0005 0000 0004 0003\n"
	 "0000040\n"},
	{"od-decimal",
	 "0000000 000105 024000 032022 000000 010500 107524 000012 000400\n"
	 "0000016 000012 001000 122406 122406 012000 000000 001310 006000\n"
	 "0000032 002400 000000 002000 001400\n"
	 "0000040\n"},
	{"od-octal-octets-decimal",
	 "0000000 105 000 000 050 022 064 000 000 100 021 124 217 012 000 000 001\n"
	 "0000016 012 000 000 002 006 245 006 245 000 024 000 000 310 002 000 014\n"
	 "0000032 000 005 000 000 000 004 000 003\n"
	 "0000040\n"},
	{"od-words-big-endian-hex",
	 "000000 4500 0028 1234 0000 4011 548f 0a00 0001\n"
	 "000010 0a00 0002 06a5 06a5 0014 0000 c802 000c\n"
	 "000020 0005 0000 0004 0003\n"
	 "000028\n"},
	{"od-long-words-hex",
	 "000000 28000045 00003412 8f541140 0100000a\n"
	 "000010 0200000a a506a506 00001400 0c0002c8\n"
	 "000020 00000500 03000400\n"
	 "000028\n"},
	{"hexdump-octal-words",
	 "0000000 000105 024000 032022 000000 010500 107524 000012 000400\n"
	 "0000010 000012 001000 122406 122406 012000 000000 001310 006000\n"
	 "0000020 002400 000000 002000 001400                \n"
	 "0000028\n"},
	{"words",
	 " 4500 0028 1234 0000 4011 548f 0a00 0001\n"
	 " 0a00 0002 06a5 06a5 0014 0000 c802 000c\n"
	 " 0005 0000 0004 0003\n"},
	{"long-words",
	 " 45000028 12340000 4011548f 0a000001\n"
	 " 0a000002 06a506a5 00140000 c802000c\n"
	 " 00050000 00040003\n"},
	{"words-little",
	 " 0045 2800 3412 0000 1140 8f54 000a 0100\n"
	 " 000a 0200 a506 a506 1400 0000 02c8 0c00\n"
	 " 0500 0000 0400 0300\n"},
	{"long-words-little",
	 " 28000045 00003412 8f541140 0100000a\n"
	 " 0200000a a506a506 00001400 0c0002c8\n"
	 " 00000500 03000400\n"},
	{"octal-octets",
	 " 105 000 000 050 022 064 000 000 100 021 124 217 012 000 000 001\n"
	 " 012 000 000 002 006 245 006 245 000 024 000 000 310 002 000 014\n"
	 " 000 005 000 000 000 004 000 003\n"},
	{"octal-words-little",
	 " 000105 024000 032022 000000 010500 107524 000012 000400\n"
	 " 000012 001000 122406 122406 012000 000000 001310 006000\n"
	 " 002400 000000 002000 001400\n"},
	{"octets-in-lines",
	 "45 00 00 28 12 34 00 00 40 11 54 8f 0a 00 00 01 0a 00 00 02 06 a5 06 a5 00 14 00 00 c8 02 00 0c 00 05 00 00 00 04 00 03\n"
	 "45 00 00 28 12 34 00 00 40 11 54 8f 0a 00 00 01 0a 00 00 02 06 a5 06 a5 00 14 00 00 c8 02 00 0c 00 05 00 00 00 04 00 03\n"},
	{"separated-in-lines",
	 "45:00:00:28:12:34:00:00:40:11:54:8f:0a:00:00:01:0a:00:00:02:06:a5:06:a5:00:14:00:00:c8:02:00:0c:00:05:00:00:00:04:00:03\n"
	 "45:00:00:28:12:34:00:00:40:11:54:8f:0a:00:00:01:0a:00:00:02:06:a5:06:a5:00:14:00:00:c8:02:00:0c:00:05:00:00:00:04:00:03\n"},
	/* clang-format on */
};

static void every_row_reads_its_sample(void **state)
{
	struct fixture *f = *state;
	const struct hex_layout *layouts;
	size_t n = hex_layouts(&layouts);

	for (size_t i = 0; i < n; i++) {
		struct span expected = octets(f->arena, layouts[i].octets);
		uint8_t room[64];
		struct hex_line line;

		assert_true(hex_line_read(&layouts[i], str_of(layouts[i].sample), room,
					  sizeof(room), &line));
		assert_true(span_equal(span_of(room, line.n), expected));
		assert_int_equal(line.has_offset, layouts[i].offset_base != 0);
	}
}

static void every_layout_is_told_by_its_packets(void **state)
{
	struct fixture *f = *state;
	const struct hex_layout *layouts;
	size_t n = hex_layouts(&layouts);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct event e;

		open_text(f, texts[i].text);
		e = next(f);
		assert_string_equal(source_stats(f->source)->kind_name, "hexdump");
		assert_true(str_starts(str_of(source_stats(f->source)->dialect), texts[i].layout));
		assert_int_equal(e.kind, EVENT_CONTROL);
		assert_int_equal(e.control.message, ZLB);
		assert_int_equal(e.l2tp.tunnel_id, 5);
		assert_int_equal(e.l2tp.ns, 4);
		assert_int_equal(e.l2tp.nr, 3);
		assert_int_equal(e.from.port, 1701);
		assert_int_equal(e.from.address.octets[3], 1);
		assert_int_equal(e.n_defects, 0);
		assert_int_equal(e.origin.frame, 1);
		assert_true(e.origin.line > 0);
		/* only the second tells that each line is a packet */
		if (str_ends(str_of(texts[i].layout), "-in-lines"))
			assert_int_equal(next(f).control.message, ZLB);
		at_end(f);
	}
	for (size_t i = 0; i < n; i++) {
		bool is_shown = false;

		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
			is_shown = is_shown || strcmp(texts[k].layout, layouts[i].name) == 0;
		assert_true(is_shown);
	}
}

#define ZLB_5 "c802000c 00050000 00040003"

/* Where a dump begins: at the link, at IP, at UDP, at L2TP, or inside it. */
static void the_link_is_told_by_content(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *packet;
		bool is_known;
		size_t original; /* 0: as dumped */
	} rows[] = {
		{"06a506a5 00140000 " ZLB_5, true, 0},
		{ZLB_5, true, 0},
		{"c802000c 00050000 0004", true, 12},
		{"ff03 c021 0101 000e 0104 05dc 0506 01020304", true, 0},
		{"c021 0101 000a 0506 01020304", true, 0},
		{"c021 0101 000b 0506 01020304", false, 0},
		{"7e ff7d23 c021 7d21 7d21 7d20 7d24 0000 7e", true, 0},
		{"020000000002 020000000001 8863 1109 0000 0004 0101 0000", true, 0},
		{"020000000002 020000000001 8863 1209 0000 0004 0101 0000", false, 0},
		{"02000000 4500 001c 0000 0000 4011 66cf 0a000001 0a000002 06a50035 00080000", true,
		 0},
		/* a checksum that is wrong is not IP */
		{"4500 001c 0000 0000 4011 1234 0a000001 0a000002 06a50035 00080000", false, 0},
		{"4865 6c6c 6f2c 2077 6f72 6c64 2121 2121 2121 2121 2121 2121", false, 0},
		{"c802 0900 0005 0000", false, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span packet = octets(f->arena, rows[i].packet);
		struct hex_link link = hex_link_of(packet);

		if ((link.fit > 0) != rows[i].is_known)
			print_error("%s\n", rows[i].packet);
		assert_int_equal(link.fit > 0, rows[i].is_known);
		assert_int_equal(link.dlt >= 0, rows[i].is_known);
		if (rows[i].original)
			assert_int_equal(link.original, rows[i].original);
	}
}

static void directions_and_times_stand_before_packets(void **state)
{
	struct fixture *f = *state;
	struct event e;

	open_text(f, "# text2pcap -D -t ISO\n"
		     "I 2024-05-01T10:00:00.5Z\n"
		     "000000 c8 02 00 0c 00 05 00 00 00 04 00 03\n"
		     "O\n"
		     "2024-05-01T10:00:01Z\n"
		     "000000 c8 02 00 0c 00 07 00 00\n"
		     "000008 00 03 00 05\n"
		     "I 2024-05-01T10:00:02Z 000000 c8 02 00 0c 00 05 00 00 00 05 00 03\n");
	e = next(f);
	assert_int_equal(e.sense, RECEIVED);
	assert_int_equal(e.when.kind, CLOCK_ABSOLUTE);
	assert_int_equal(e.when.ns, INT64_C(1714557600500000000));
	assert_int_equal(e.origin.line, 3);
	e = next(f);
	assert_int_equal(e.sense, SENT);
	assert_int_equal(e.l2tp.tunnel_id, 7);
	assert_int_equal(e.when.ns, INT64_C(1714557601000000000));
	assert_int_equal(e.origin.line, 6);
	assert_int_equal(e.origin.line_end, 7);
	e = next(f);
	assert_int_equal(e.l2tp.ns, 5);
	assert_int_equal(e.when.ns, INT64_C(1714557602000000000));
	at_end(f);

	open_text(f, "12:00:00.25 eth0  Out IP 10.0.0.1.1701 > 10.0.0.2.1701:  l2tp\n"
		     "\t0x0000:  c802 000c 0005 0000 0004 0003\n"
		     "12:00:01.25 eth0  In  IP 10.0.0.2.1701 > 10.0.0.1.1701:  l2tp\n"
		     "\t0x0000:  c802 000c 0007 0000 0003 0005\n");
	e = next(f);
	assert_int_equal(e.sense, SENT);
	assert_int_equal(e.when.kind, CLOCK_DAYTIME);
	assert_int_equal(e.when.grain_ns, 10000000);
	assert_true(str_is(e.stamp, "12:00:00.25"));
	e = next(f);
	assert_int_equal(e.sense, RECEIVED);
	at_end(f);

	open_text(f, "11:13:00.593 EDT Aug 21 2010 : IPv4 LES CEF    : Fa0/1 None\n\n"
		     "0F1CDA60:                            C802000C              H...\n"
		     "0F1CDA70: 00050000 00040003                    ........\n");
	e = next(f);
	assert_int_equal(e.when.kind, CLOCK_LOCAL);
	assert_int_equal(e.l2tp.ns, 4);
	at_end(f);
}

/* What Wireshark puts together, rows that repeat, and a dump that the snapshot length cut. */
static void what_belongs_to_a_packet(void **state)
{
	struct fixture *f = *state;
	struct event e;

	open_text(f, "Frame (12 bytes):\n"
		     "0000  c8 02 00 0c 00 05 00 00 00 04 00 03   ............\n"
		     "Reassembled IPv4 (12 bytes):\n"
		     "0000  c8 02 00 0c 00 05 00 00 00 04 00 03   ............\n"
		     "\n"
		     "Frame (12 bytes):\n"
		     "0000  c8 02 00 0c 00 05 00 00 00 05 00 03   ............\n");
	assert_int_equal(next(f).l2tp.ns, 4);
	assert_int_equal(next(f).l2tp.ns, 5);
	at_end(f);

	/* an LCP Echo-Request with 40 octets of zero */
	open_text(f,
		  "00000000  ff 03 c0 21 09 01 00 34  00 00 00 00 00 00 00 00  |...!...4........|\n"
		  "00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
		  "*\n"
		  "00000030  00 00 00 00 00 00 00 00                           |........|\n"
		  "00000038\n");
	e = next(f);
	assert_int_equal(e.kind, EVENT_PPP);
	assert_int_equal(e.ppp.code, 9);
	assert_int_equal(e.ppp.length, 52);
	assert_int_equal(e.n_defects, 0);
	at_end(f);

	open_text(f, "\t0x0000:  c802 0014 0000 0000 0000 0000 8008 0000\n");
	e = next(f);
	assert_int_equal(e.path.captured, 16);
	assert_int_equal(e.path.original, 20);
	at_end(f);
}

static void other_texts_stay_texts(void **state)
{
	struct fixture *f = *state;
	static const char *const logs[] = {
		SOURCE_DIR "/samples/dialin-lac.log",
		SOURCE_DIR "/samples/dialin-lns.log",
		SOURCE_DIR "/samples/dialout-lns.log",
	};

	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		source_close(f->source);
		f->source = source_open(logs[i], &(struct source_options){.vantages = &f->vantages},
					&f->why_not);
		assert_non_null(f->source);
		assert_string_equal(source_stats(f->source)->kind_name, "text");
	}
	open_text(f,
		  "Jan  1 00:04:10.567: Tnl 17688 L2TP: O SCCRQ, flg TLS, ver 2, len 128, tnl 0, "
		  "cl 0, ns 0, nr 0\n"
		  "        C8 02 00 80 00 00 00 00 00 00 00 00 80 08 00 00\n"
		  "        00 00 00 01 80 08 00 00 00 02 01 00 80 0A 00 00\n"
		  "        00 03 00 00 00 03 80 0A 00 00 00 04 00 00 00 ...\n");
	assert_string_equal(source_stats(f->source)->kind_name, "text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_row_reads_its_sample, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_layout_is_told_by_its_packets, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_link_is_told_by_content, set_up, tear_down),
		cmocka_unit_test_setup_teardown(directions_and_times_stand_before_packets, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_belongs_to_a_packet, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_texts_stay_texts, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
