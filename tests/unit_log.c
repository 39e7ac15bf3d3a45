#include "log_record.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT = 1 << 16, SEEDS = 6 };

/* Both consoles' habits: doubled 0x, a dump cut by the device, one without a marker. */
static const char *const lines[] = {
	"Jan  1 00:04:10.235: %LINK-3-UPDOWN: Interface Serial0:0, changed state to up",
	"Jan  1 00:04:10.455: Se0:0 PPP: Phase is ESTABLISHING, Passive Open [0 sess, 0 load]",
	"Jan  1 00:04:10.455: Se0:0 LCP: I CONFREQ [Listen] id 118 len 10",
	"Jan  1 00:04:10.455: Se0:0 LCP:   MagicNumber 0x6EE4E865 (0x05066EE4E865)",
	"Jan  1 00:04:10.555: Se0:0 CHAP: I RESPONSE id 6 len 27 from \"2500-1\"",
	"Jan  1 00:04:10.555: AAA/AUTHOR/VPDN: Serial0:0 (1692520761) user='dnis:614629'",
	"Jan  1 00:04:10.563: RADIUS: cisco AVPair \"vpdn:l2tp-tunnel-password=hello\"",
	"Jan  1 00:04:10.567: Tnl 17688 L2TP: O SCCRQ",
	"Jan  1 00:04:10.567: Tnl 17688 L2TP: O SCCRQ, flg TLS, ver 2, len 128, tnl 0, cl 0, ns 0, "
	"nr 0",
	"      C8 02 00 80 00 00 00 00 00 00 00 00 80 08 00 00",
	"      00 00 00 01 80 08 00 00 00 02 01 00 80 0A 00 ...",
	"Jan  1 00:04:10.567: Tnl 17688 L2TP: Tunnel state change from idle to wait-ctl-reply",
	"Jan  1 00:04:10.659: Tnl 17688 L2TP: Vendor Name Cisco Systems, Inc.",
	"Jan  1 00:04:10.663: Tnl 17688 L2TP: O SCCCN to l2tp-gw tnlid 55270",
	"Jan  1 00:04:11.071: Tnl 55270 L2TP: Parse AVP 14, len 8, flag 0x0x8000 (M)",
	"Jan  1 00:04:11.079: Tnl 55270 L2TP: Serial Number",
	"Jan  1 00:04:11.138: contiguous buffer, size 28",
	"      C8 02 00 1C 45 18 00 07 00 01 00 03 80 08 00 00",
	"      00 00 00 0B 80 08 00 00 00 0E 00 2D",
	"Jan  1 00:04:11.214: Tnl/Cl 55270/45 L2TP: Proxy Auth Resp "
	"CA1CC2E4FA6899E8DF1B695C0A80883E",
	"Jan  1 00:04:11.273: Vi4 VTEMPLATE: Clone from Virtual-Template1 interface "
	"Virtual-Access4 no ip address end",
	"Jan  1 00:04:13.047: Vi4 IPCP: O CONFREQ [Not negotiated] id 1 len 10",
	"Jan  1 00:04:27.752: Vi4 Tnl/Cl 55270/45 L2TP: Result code(1): 1: Loss of carrier",
	"Jan  1 00:04:27.756:      Error code(0): No error",
	"Jan  1 00:04:37.744: Tnl 55270 L2TP: Tunnel state change from shutting-down to idle",
};
enum { LINES = sizeof(lines) / sizeof(lines[0]), RECORDS = LINES - 4 };

struct reading {
	struct text text;
	struct log_stats stats;
	size_t damaged;
};

static void add_record(struct text *t, const struct log_record *r)
{
	text_puts(t, r->row ? r->row->name : "unread");
	for (size_t i = 0; i < r->n_values; i++) {
		text_putc(t, ' ');
		text_puts(t, log_field_name((enum log_field)r->values[i].field));
		text_putc(t, '=');
		text_add(t, r->values[i].text);
	}
	for (size_t i = 0; i < r->n_hex; i++) {
		for (size_t k = 0; k < r->hex[i].digits.len; k++) {
			if (r->hex[i].digits.at[k] != ' ')
				text_putc(t, r->hex[i].digits.at[k]);
		}
		if (r->hex[i].goes_on)
			text_puts(t, "...");
	}
	text_putc(t, '\n');
}

/* Every record but prompts, one a line. */
static struct reading read_text(struct str content)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct log_reader *r = log_open(content, 0, 0, arena);
	struct reading ret = {.text = text_make((size_t)1 << 20)};
	struct log_record record;
	uint64_t last = 0;

	while (log_next(r, &record)) {
		assert_true(record.origin.offset >= last);
		assert_true(record.origin.offset_end <= content.len);
		last = record.origin.offset_end;
		ret.damaged += record.n_defects > 0;
		if (!record.row || record.row->topic != SAID_COMMAND)
			add_record(&ret.text, &record);
	}
	ret.stats = *log_stats(r);
	log_close(r);
	arena_free(arena);
	return ret;
}

static unsigned random_next(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16 & 0x7fff;
}

enum shape { WRAPPED, WRAPPED_BLANK, BLANK, FLAT, FLAT_WRAPPED, QUOTED, FENCED, PROSE, SHAPES };

static void wrap_line(struct text *t, const char *line, enum shape shape, unsigned *seed)
{
	struct str rest = str_of(line);

	while (rest.len) {
		size_t n = 20 + random_next(seed) % 100;

		n = n < rest.len ? n : rest.len;
		text_add(t, (struct str){rest.at, n});
		text_puts(t, shape == WRAPPED_BLANK ? "\n\n" : "\n");
		rest = str_from(rest, n);
	}
}

static struct text shaped(enum shape shape, unsigned seed)
{
	static const char *const between[] = {"```\n\n```\n", "LAC#\n", "\nThe tunnel is up.\n\n",
					      "\nLNS が要求を受信します。\n\n"};
	struct text t = text_make(TEXT), flat = text_make(TEXT);

	for (size_t i = 0; i < LINES; i++) {
		bool is_hex = lines[i][0] == ' ';
		unsigned draw = random_next(&seed);

		if (shape == FENCED && !is_hex && draw % 4 == 0)
			text_puts(&t, between[0]);
		if (shape == PROSE && !is_hex && draw % 4 == 0)
			text_puts(&t, between[1 + draw % 3]);
		if (shape == WRAPPED || shape == WRAPPED_BLANK)
			wrap_line(&t, lines[i], shape, &seed);
		else if (shape == FLAT || shape == FLAT_WRAPPED)
			text_printf(&flat, "%s ", lines[i] + (is_hex ? 6 : 0));
		else
			text_printf(&t, "%s%s\n%s", shape == QUOTED ? "> " : "", lines[i],
				    shape == BLANK ? "\n" : "");
	}
	if (shape == FLAT)
		text_add(&t, text_str(&flat));
	if (shape == FLAT_WRAPPED)
		wrap_line(&t, flat.at, shape, &seed);
	text_free(&flat);
	return t;
}

static void clean(struct text *t)
{
	*t = text_make(TEXT);
	for (size_t i = 0; i < LINES; i++)
		text_printf(t, "%s\n", lines[i]);
}

static void a_clean_log_is_read(void **state)
{
	struct text t;

	(void)state;
	clean(&t);

	struct reading r = read_text(text_str(&t));

	assert_int_equal(r.stats.records, RECORDS);
	assert_int_equal(r.stats.unread, 0);
	assert_int_equal(r.stats.lines, LINES);
	assert_int_equal(r.stats.prose_lines, 0);
	assert_int_equal(r.damaged, 0);
	text_free(&r.text);
	text_free(&t);
}

static void no_shape_changes_the_reading(void **state)
{
	struct text t;

	(void)state;
	clean(&t);

	struct reading expected = read_text(text_str(&t));

	for (unsigned shape = 0; shape < SHAPES; shape++) {
		for (unsigned seed = 1; seed <= SEEDS; seed++) {
			struct text other = shaped((enum shape)shape, seed * 7919);
			struct reading r = read_text(text_str(&other));

			if (strcmp(r.text.at, expected.text.at) != 0)
				print_error("shape %u, seed %u:\n%s\n", shape, seed, other.at);
			assert_string_equal(r.text.at, expected.text.at);
			assert_int_equal(r.damaged, 0);
			text_free(&r.text);
			text_free(&other);
		}
	}
	text_free(&expected.text);
	text_free(&t);
}

struct stamp_case {
	const char *text, *stamp;
	enum clock_kind kind;
	bool is_damaged, is_unsynced;
};

static void stamps(void **state)
{
	static const struct stamp_case all[] = {
		{"Jan  1 00:04:10: Vi1 PPP: Phase is UP", "Jan 1 00:04:10", CLOCK_YEARLESS, false,
		 false},
		{"*Sep  6 08:23:42.955: Vi1 PPP: Phase is UP", "*Sep 6 08:23:42.955",
		 CLOCK_YEARLESS, false, true},
		{"*Mar  1 2002 00:00:55.123 CET: Vi1 PPP: Phase is UP",
		 "*Mar 1 2002 00:00:55.123 CET", CLOCK_LOCAL, false, true},
		{".Mar  1 2002 00:00:55.123 UTC: Vi1 PPP: Phase is UP",
		 ".Mar 1 2002 00:00:55.123 UTC", CLOCK_ABSOLUTE, false, true},
		{"<190>123: rtr: Mar  1 00:00:55.123: Vi1 PPP: Phase is UP", "Mar 1 00:00:55.123",
		 CLOCK_YEARLESS, false, false},
		{"2w3d: Vi1 PPP: Phase is UP", "2w3d", CLOCK_UPTIME, false, false},
		{"00:12:33: Vi1 PPP: Phase is UP", "00:12:33", CLOCK_UPTIME, false, false},
		{"Jan  1 O0:04:1O.235: Vi1 PPP: Phase is UP", "Jan 1 00:04:10.235", CLOCK_YEARLESS,
		 true, false},
		{"Vi1 PPP: Phase is UP", "", CLOCK_NONE, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct log_reader *r = log_open(str_of(all[i].text), 0, 0, arena);
		struct log_record record;

		if (!log_next(r, &record))
			fail_msg("not read: %s", all[i].text);
		assert_string_equal(record.row->name, "ios.ppp.phase");
		assert_true(str_is(record.stamp, all[i].stamp));
		assert_int_equal(record.when.kind, all[i].kind);
		assert_int_equal(record.when.is_unsynced, all[i].is_unsynced);
		assert_int_equal(record.n_defects, all[i].is_damaged);
		assert_int_equal(record.origin.offset, 0);
		assert_false(log_next(r, &record));
		log_close(r);
		arena_free(arena);
	}
}

/* A record knows its lines and its damage its column, whatever stands around it. */
static void places_are_exact(void **state)
{
	static const char text[] = "Some words.\n\nJan  1 00:04:10.235: Tnl 17688 L2TP:\n"
				   "Tunnel state change from id1e\nto wait-ctl-reply\nmore words\n";
	struct arena *arena = arena_new(1 << 20);
	struct log_reader *r = log_open(str_of(text), 3, 0, arena);
	struct log_record record;

	(void)state;
	assert_true(log_next(r, &record));
	assert_int_equal(record.origin.input, 3);
	assert_int_equal(record.origin.line, 3);
	assert_int_equal(record.origin.line_end, 5);
	assert_int_equal(record.origin.column, 1);
	assert_int_equal(record.gap, GAP_PROSE);
	assert_int_equal(record.n_defects, 1);
	assert_int_equal(record.defects[0].line, 4);
	assert_int_equal(record.defects[0].column, 26);
	assert_true(str_is(record.defects[0].was, "id1e"));
	assert_true(str_is(record.defects[0].should_be, "idle"));
	assert_false(log_next(r, &record));
	assert_int_equal(log_stats(r)->prose_lines, 2);
	log_close(r);
	arena_free(arena);
}

static char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");

	*len = 0;
	if (!f)
		return NULL;

	char *at = must_alloc(TEXT, 1);

	*len = fread(at, 1, TEXT, f);
	fclose(f);
	return at;
}

/* The three documents as users have them; 000 and 003 hold the same debug output. */
static void the_documents_are_read(void **state)
{
	static const char *const paths[] = {
		SOURCE_DIR "/../shared/seeds/000_d227651302522798.txt",
		SOURCE_DIR "/../shared/seeds/003_fca5552c799e955e.txt",
		SOURCE_DIR "/../shared/seeds/004_1217713422589cbe.txt",
	};
	uint64_t records[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		size_t len;
		char *at = read_file(paths[i], &len);

		if (!at) {
			print_message("skipped: no %s\n", paths[i]);
			skip();
		}

		struct reading r = read_text((struct str){at, len});

		records[i] = r.stats.records;
		print_message("lines %lu records %lu unread %lu prose lines %lu\n",
			      (unsigned long)r.stats.lines, (unsigned long)r.stats.records,
			      (unsigned long)r.stats.unread, (unsigned long)r.stats.prose_lines);
		assert_int_equal(r.stats.unread, 0);
		text_free(&r.text);
		free(at);
	}
	assert_int_equal(records[0], records[1]);
	assert_true(records[2] > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clean_log_is_read),
		cmocka_unit_test(no_shape_changes_the_reading),
		cmocka_unit_test(stamps),
		cmocka_unit_test(places_are_exact),
		cmocka_unit_test(the_documents_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
