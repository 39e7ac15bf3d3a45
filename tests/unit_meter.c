/* Payload that is only glanced at (decode/glance.h, reconstruct/meter.h) leaves every result as it
 * is when each packet becomes an event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <ftw.h>
#include <unistd.h>

#include "frame.h"
#include "options.h"
#include "pcap_file.h"
#include "run.h"

enum { FILES = 1024 };

struct files {
	char *at[FILES];
	size_t n;
};

struct fixture {
	char folder[32];
	char path[4][64];
};

static struct files found;

static int note(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	struct str s = str_of(path);

	(void)st;
	(void)where;
	if (kind == FTW_F && found.n < FILES && (str_ends(s, ".pcap") || str_ends(s, ".cap")))
		found.at[found.n++] = strdup(path);
	return 0;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char folder[] = "/tmp/unit_meter.XXXXXX";

	assert_non_null(mkdtemp(folder));
	snprintf(f->folder, sizeof(f->folder), "%s", folder);
	for (int i = 0; i < 4; i++)
		snprintf(f->path[i], sizeof(f->path[i]), "%s/%d", folder, i);
	nftw(SOURCE_DIR "/samples", note, 16, 0);
	nftw(SOURCE_DIR "/../shared/captures", note, 16, 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++)
		remove(f->path[i]);
	remove(f->folder);
	for (size_t i = 0; i < found.n; i++)
		free(found.at[i]);
	free(f);
	return 0;
}

/* ---- results ---- */

static char *content(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t n;
	char *text;

	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	n = (size_t)ftell(file);
	rewind(file);
	text = must_alloc(n + 1, 1);
	assert_int_equal(fread(text, 1, n, file), n);
	fclose(file);
	return text;
}

static char *result(const struct fixture *f, const char *command, const char *const *inputs,
		    size_t n, bool every_event)
{
	static struct options o;
	const char *argv[16] = {"l2tpscope", command, "--json", "-q", "-o", f->path[0]};
	struct text why = text_make(1000);

	memcpy(argv + 6, inputs, n * sizeof(*inputs));
	remove(f->path[0]);
	assert_true(options_parse(&o, (int)n + 6, (char *const *)argv, &why));
	o.every_event = every_event;
	run_command(&o);
	text_free(&why);
	return content(f->path[0]);
}

static void compare_asked(const struct fixture *f, const char *const *inputs, size_t n,
			  const char *const *asked, size_t n_asked)
{
	for (size_t i = 0; i < n_asked; i++) {
		char *whole = result(f, asked[i], inputs, n, true);
		char *glanced = result(f, asked[i], inputs, n, false);

		if (strcmp(whole, glanced) != 0)
			print_error("%s of %s\n", asked[i], inputs[0]);
		assert_string_equal(glanced, whole);
		free(whole);
		free(glanced);
	}
}

static void compare(const struct fixture *f, const char *const *inputs, size_t n)
{
	static const char *const asked[] = {"calls", "check", "tunnels", "stats", "timeline"};

	compare_asked(f, inputs, n, asked, sizeof(asked) / sizeof(asked[0]));
}

static void captures_say_the_same(void **state)
{
	for (size_t i = 0; i < found.n; i++)
		compare(*state, (const char *const *)&found.at[i], 1);
}

/* Several inputs are merged by time: a packet is glanced at when its turn has come. */
static void captures_of_both_sides_say_the_same(void **state)
{
	static const char *const pairs[][2] = {
		{SOURCE_DIR "/samples/lab/s05_loss_reorder_dup/lac.pcap",
		 SOURCE_DIR "/samples/lab/s05_loss_reorder_dup/lns.pcap"},
		{SOURCE_DIR "/samples/lab/s01_chap_ok/lac.pcap",
		 SOURCE_DIR "/samples/lab/s01_chap_ok/lns.pcap"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (access(pairs[i][0], R_OK) == 0 && access(pairs[i][1], R_OK) == 0)
			compare(*state, pairs[i], 2);
}

static void carriers_say_the_same(void **state)
{
	static const char *const options[] = {
		"--form mixed --data 90", "--form sequenced --data 80", "--form offset --data 90",
		"--snap 128 --data 60", "--live 3 --data 10 --calls 120"};
	struct fixture *f = *state;
	const char *carrier = getenv("CARRIER");
	const char *inputs[3] = {f->path[1], f->path[2], f->path[3]};
	char line[4096];

	if (!carrier)
		skip();
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		for (unsigned k = 1; k < 4; k++) {
			snprintf(line, sizeof(line),
				 "%s --calls 25 --tunnels 3 --live 10 --seed %u %s --pcap %s",
				 carrier, k, options[i], f->path[k]);
			assert_int_equal(system(line), 0);
		}
		compare(f, inputs, i ? 1 : 3);
	}
}

/* Every 301st packet has another octet there than those before. */
static void change(const char *from, const char *to, size_t at)
{
	enum { FILE_HEAD = 24, RECORD_HEAD = 16, LENGTH = 8, EVERY = 301 };
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	uint8_t head[FILE_HEAD], octets[4096];

	assert_non_null(in);
	assert_non_null(out);
	assert_int_equal(fread(head, 1, FILE_HEAD, in), FILE_HEAD);
	fwrite(head, 1, FILE_HEAD, out);
	for (unsigned i = 1; fread(head, 1, RECORD_HEAD, in) == RECORD_HEAD; i++) {
		size_t n = head[LENGTH] | (size_t)head[LENGTH + 1] << 8;

		assert_true(n <= sizeof(octets));
		assert_int_equal(fread(octets, 1, n, in), n);
		if (i % EVERY == 0 && at < n)
			octets[at] = (uint8_t)(octets[at] + i / EVERY % 7 + 1);
		fwrite(head, 1, RECORD_HEAD, out);
		fwrite(octets, 1, n, out);
	}
	fclose(in);
	fclose(out);
}

/* What is like another packet but for one octet is not taken for it (decode/alike.h). */
static void changed_headers_say_the_same(void **state)
{
	enum { FROM = 12, TO = 56 }; /* the type of Ethernet; some payload */
	static const char *const asked[] = {"check", "stats"};
	static const char *const forms[] = {"mixed", "length", "sequenced"};
	struct fixture *f = *state;
	const char *carrier = getenv("CARRIER");
	const char *input = f->path[2];
	char line[4096];

	if (!carrier)
		skip();
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		snprintf(line, sizeof(line),
			 "%s --calls 8 --tunnels 1 --data 300 --form %s --pcap %s", carrier,
			 forms[i], f->path[1]);
		assert_int_equal(system(line), 0);
		for (size_t at = FROM; at < TO; at++) {
			change(f->path[1], f->path[2], at);
			compare_asked(f, &input, 1, asked, sizeof(asked) / sizeof(asked[0]));
		}
	}
}

/* ---- a glance is what the event says ---- */

static void same_glance(const struct glance *a, const struct glance *b)
{
	assert_memory_equal(&a->key, &b->key, sizeof(a->key));
	assert_int_equal(a->when.ns, b->when.ns);
	assert_int_equal(a->frame, b->frame);
	assert_int_equal(a->ns, b->ns);
	assert_int_equal(a->length, b->length);
	assert_true(span_equal(a->payload, b->payload));
}

static void glances_are_what_the_events_say(void **state)
{
	static const struct source_options options = {0};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < found.n; i++) {
		FILE *file = fopen(found.at[i], "rb");
		uint8_t head[PCAP_FILE_HEAD];
		struct span begin = span_of(head, fread(head, 1, sizeof(head), file));
		struct text why = text_make(1000);
		struct arena *scratch = arena_new(1 << 24);
		struct frame_decoder *d = frame_decoder_new(scratch, NULL, false);
		struct capture *c;
		struct frame f;

		rewind(file);
		c = pcap_file_open(file, begin, "x", &options, &why);
		while (c && capture_next_frame(c, &f)) {
			struct glance seen, told;
			struct event e;

			arena_reset(scratch);
			if (!glance_read(&f, &seen))
				continue;
			/* on an L2TP port, or on one that is known */
			if (!frame_decode(d, &f, &e) || !e.l2tp.is_present)
				continue;
			assert_true(glance_of(&e, &told));
			same_glance(&seen, &told);
			n++;
		}
		if (c)
			capture_close(c);
		frame_decoder_free(d);
		arena_free(scratch);
		text_free(&why);
	}
	assert_true(n >= 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_say_the_same),
		cmocka_unit_test(captures_of_both_sides_say_the_same),
		cmocka_unit_test(carriers_say_the_same),
		cmocka_unit_test(changed_headers_say_the_same),
		cmocka_unit_test(glances_are_what_the_events_say),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
