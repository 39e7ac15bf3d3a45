/* `annotate` keeps its input: the added lines taken out, every byte is as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "run.h"

static struct text read_file(const char *path)
{
	struct text t = text_make((size_t)64 << 20);
	FILE *file = fopen(path, "rb");
	char buffer[65536];
	size_t n;

	assert_non_null(file);
	while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0)
		text_add(&t, (struct str){buffer, n});
	fclose(file);
	return t;
}

/* `color` is --color=WHEN. */
static void annotate(const char *path, const char *output, const char *color)
{
	static struct options options;
	struct text why = text_make(4096);
	char *argv[] = {(char *)"",     (char *)"annotate", (char *)"-q",  (char *)"--as",
			(char *)"text", (char *)"--color",  (char *)color, (char *)"-o",
			(char *)output, (char *)"--force",  (char *)path};

	options = (struct options){0};
	assert_true(options_parse(&options, sizeof(argv) / sizeof(argv[0]), argv, &why));
	assert_int_equal(run_command(&options), STATUS_DONE);
	text_free(&why);
}

/* Each added line came with the newline before it. */
static struct text take_out(struct str s, struct str added)
{
	struct text t = text_make((size_t)64 << 20);

	while (s.len > 0) {
		size_t at = str_find(s, added);
		const char *end;

		if (at == SIZE_MAX)
			break;
		text_add(&t, (struct str){s.at, at});
		s = str_from(s, at + 1);
		end = memchr(s.at, '\n', s.len);
		s = end == NULL ? (struct str){0} : str_range(end, s.at + s.len);
	}
	text_add(&t, s);
	return t;
}

/* The mark of added lines: one more `;` than any line of the input begins with. */
static struct str mark_of(struct str input, char room[32])
{
	struct str mark;
	int marks = 1;

	do {
		snprintf(room, 32, "\n    %.*s ", marks++, ";;;;;;;;;;;;;;;;");
		mark = str_of(room);
	} while (str_starts(input, room + 1) || str_find(input, mark) != SIZE_MAX);
	return mark;
}

/* Without `ESC [ 2 m` and the like. */
static struct text without_colors(struct str s)
{
	struct text t = text_make((size_t)64 << 20);

	for (size_t i = 0; i < s.len; i++) {
		size_t end = i + 2;

		if (s.at[i] == '\x1b' && i + 1 < s.len && s.at[i + 1] == '[') {
			while (end < s.len &&
			       (s.at[end] == ';' || (s.at[end] >= '0' && s.at[end] <= '9')))
				end++;
			if (end < s.len && s.at[end] == 'm') {
				i = end;
				continue;
			}
		}
		text_putc(&t, s.at[i]);
	}
	return t;
}

static struct text annotated(const char *path, const char *color)
{
	char output[] = "/tmp/unit_annotateXXXXXX";
	int fd = mkstemp(output);
	struct text after;

	assert_true(fd >= 0);
	close(fd);
	annotate(path, output, color);
	after = read_file(output);
	unlink(output);
	return after;
}

static void keeps(const char *path)
{
	char mark[32];
	struct text before = read_file(path);
	struct text after = annotated(path, "never");
	struct text back = take_out(text_str(&after), mark_of(text_str(&before), mark));

	assert_true(after.len >= before.len);
	assert_true(str_equal(text_str(&back), text_str(&before)));
	text_free(&before);
	text_free(&after);
	text_free(&back);
}

/* With colours: the same, colours taken out of both. */
static void keeps_with_colors(const char *path)
{
	char mark[32];
	struct text input = read_file(path), before = without_colors(text_str(&input));
	struct text output = annotated(path, "always"), after = without_colors(text_str(&output));
	struct text back = take_out(text_str(&after), mark_of(text_str(&before), mark));

	/* something was added, and in colours */
	assert_true(after.len == before.len || output.len - after.len > input.len - before.len);
	assert_true(str_equal(text_str(&back), text_str(&before)));
	text_free(&input);
	text_free(&before);
	text_free(&output);
	text_free(&after);
	text_free(&back);
}

/* ---- a log that grows ---- */

static uint32_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33);
}

/* Writes in pieces of any size; at some places it pauses so long that what came is explained. */
static _Noreturn void write_slowly(int to, struct str s, uint64_t seed, int pauses)
{
	static const size_t sizes[] = {1, 2, 7, 80, 300, 4096, 70000};
	const struct timespec pause = {0, 400 * 1000 * 1000};
	uint64_t dice = seed;

	while (s.len > 0) {
		size_t n = sizes[next_random(&dice) % (sizeof(sizes) / sizeof(sizes[0]))];
		ssize_t done = write(to, s.at, n < s.len ? n : s.len);

		if (done < 0)
			_exit(1);
		s = str_from(s, (size_t)done);
		if (pauses > 0 && next_random(&dice) % 8 == 0 && pauses--)
			nanosleep(&pause, NULL);
	}
	_exit(0);
}

/* As take_out, of a mark that changes: a line says so where a line of the log begins alike. */
static struct text take_out_growing(struct str s, struct str input)
{
	static const char change[] = "the next line is one of the log; added lines begin with `";
	struct text t = text_make((size_t)64 << 20);
	char mark[64] = "\n    ";
	size_t at;

	/* the first mark is the one that is used first, with as many `;` as it has */
	for (size_t marks = 1; marks <= 16; marks++) {
		size_t best = str_find(s, STR("\n    ;"));

		if (best == SIZE_MAX)
			break;
		memset(mark + 5, ';', marks);
		memcpy(mark + 5 + marks, " ", 2);
		if (str_find(input, str_of(mark)) == SIZE_MAX && !str_starts(input, mark + 1))
			break;
		if (str_find(s, str_of(mark)) != SIZE_MAX &&
		    str_find(s, str_of(mark)) < str_find(input, str_of(mark)))
			break;
	}
	while ((at = str_find(s, str_of(mark))) != SIZE_MAX) {
		struct str line;
		const char *end;

		text_add(&t, (struct str){s.at, at});
		s = str_from(s, at + 1);
		end = memchr(s.at, '\n', s.len);
		line = end == NULL ? s : str_range(s.at, end);
		s = end == NULL ? (struct str){0} : str_range(end, s.at + s.len);
		line = str_from(line, strlen(mark) - 1);
		if (str_starts(line, change)) {
			line = str_from(line, strlen(change));
			line.len = str_find(line, STR("`"));
			memcpy(mark + 1, line.at, line.len);
			mark[1 + line.len] = '\0';
		}
	}
	text_add(&t, s);
	return t;
}

static void annotate_pipe(struct str input, const char *output, uint64_t seed, int pauses)
{
	static struct options options;
	struct text why = text_make(4096);
	char *argv[] = {(char *)"",   (char *)"annotate", (char *)"-q",      (char *)"--follow",
			(char *)"-o", (char *)output,     (char *)"--force", (char *)"-"};
	int before = dup(STDIN_FILENO), ends[2], status;
	pid_t writer;

	assert_int_equal(pipe(ends), 0);
	writer = fork();
	if (writer == 0) {
		close(ends[0]);
		write_slowly(ends[1], input, seed, pauses);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	options = (struct options){0};
	assert_true(options_parse(&options, sizeof(argv) / sizeof(argv[0]), argv, &why));
	assert_int_equal(run_command(&options), STATUS_DONE);
	waitpid(writer, &status, 0);
	dup2(before, STDIN_FILENO);
	close(before);
	text_free(&why);
}

static void keeps_growing(struct str input, uint64_t seed, int pauses)
{
	char output[] = "/tmp/unit_annotateXXXXXX";
	int fd = mkstemp(output);
	struct text after, back;

	assert_true(fd >= 0);
	close(fd);
	annotate_pipe(input, output, seed, pauses);
	after = read_file(output);
	unlink(output);
	back = take_out_growing(text_str(&after), input);
	assert_true(str_equal(text_str(&back), input));
	text_free(&after);
	text_free(&back);
}

static enum exit_status follow_wrongly(const char *more, const char *path)
{
	static struct options options;
	struct text why = text_make(4096);
	char *argv[] = {(char *)"",   (char *)"annotate",  (char *)"-q", (char *)"--follow",
			(char *)"-o", (char *)"/dev/null", (char *)path, (char *)more};
	enum exit_status status;

	options = (struct options){0};
	assert_true(options_parse(&options, sizeof(argv) / sizeof(argv[0]) - !more, argv, &why));
	status = run_command(&options);
	text_free(&why);
	return status;
}

/* What is no single log in text is refused at once, and not waited for. */
static void test_growing_refusals(void **state)
{
	static const uint8_t gzip[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
	static const char capture[] = SOURCE_DIR "/samples/dialin.pcap";
	static const char log[] = SOURCE_DIR "/samples/dialin-lac.log";
	char path[] = "/tmp/unit_annotateXXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, gzip, sizeof(gzip)), sizeof(gzip));
	close(fd);
	assert_int_equal(follow_wrongly(NULL, path), STATUS_USAGE);
	unlink(path);
	assert_int_equal(follow_wrongly(NULL, capture), STATUS_USAGE);
	assert_int_equal(follow_wrongly("--format=html", log), STATUS_USAGE);
	assert_int_equal(follow_wrongly(capture, log), STATUS_USAGE);
}

static void test_growing_samples(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob(SOURCE_DIR "/samples/dial*.log", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct text t = read_file(found.gl_pathv[i]);

		keeps_growing(text_str(&t), i + 1, 3);
		text_free(&t);
	}
	globfree(&found);
}

static void test_growing_documents(void **state)
{
	glob_t found;

	(void)state;
	if (glob(SOURCE_DIR "/../shared/seeds/*.txt", 0, NULL, &found) != 0)
		skip();
	glob(SOURCE_DIR "/../shared/logs/*/*", GLOB_APPEND, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct text t = read_file(found.gl_pathv[i]);

		keeps_growing(text_str(&t), i + 1, 0);
		text_free(&t);
	}
	globfree(&found);
}

static void test_samples(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob(SOURCE_DIR "/samples/dial*.log", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		keeps(found.gl_pathv[i]);
		keeps_with_colors(found.gl_pathv[i]);
	}
	globfree(&found);
}

static void test_documents(void **state)
{
	glob_t found;

	(void)state;
	if (glob(SOURCE_DIR "/../shared/seeds/*.txt", 0, NULL, &found) != 0)
		skip();
	glob(SOURCE_DIR "/../shared/logs/*/*", GLOB_APPEND, NULL, &found);
	glob(SOURCE_DIR "/../shared/captures/lab/*/*.log", GLOB_APPEND, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		keeps(found.gl_pathv[i]);
		keeps_with_colors(found.gl_pathv[i]);
	}
	globfree(&found);
}

/* No newline at the end, CR LF, and a line of the input that looks like an added one. */
static void test_odd_line_ends(void **state)
{
	static const char text[] =
		"Jan 1 00:04:10.563: Tnl 17688 L2TP: Tunnel state change from idle to "
		"wait-ctl-reply\r\n    ; not mine\r\n\n"
		"Jan 1 00:04:11.563: Tnl 17688 L2TP: Tunnel state change from "
		"wait-ctl-reply to established";
	char path[] = "/tmp/unit_annotate_inXXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	keeps(path);
	unlink(path);
}

/* Octets of all kinds, with pieces of logs and of their shapes among them. */
static void test_random_octets(void **state)
{
	static const char *const pieces[] = {
		"Jan  1 00:04:10.563: Tnl 17688 L2TP: O SCCRQ",
		"\n*Mar  3 02:00:01: L2TP: I SCCRQ from hgw tnl 17688\r\n",
		"Nov 20 13:03:36 h pppd[2764]: sent [LCP ConfReq id=0x1 <mru 1400>]\n",
		"xl2tpd[1]: control_finish: message type is (null)(0).  Tunnel is 0, call is 0.\n",
		"    ; ",
		"\n    ;;; ",
		"<br>&lt;&#26376;",
		"> > ",
		" --More-- \b\b\b",
		"\x1b[31m",
		"\"a\",\"b\"\n",
		"{\"MESSAGE\":\"x\\u0000\"}\n",
		"\r",
		"\n\n\n",
	};
	char path[] = "/tmp/unit_annotate_inXXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (uint64_t seed = 1; seed <= 60; seed++) {
		uint64_t dice = seed;
		uint32_t n = 1 + next_random(&dice) % 200;
		FILE *f = fopen(path, "wb");
		struct text all;

		assert_non_null(f);
		fputs("Jan  1 00:04:09.563: Tnl 17688 L2TP: O SCCRQ", f);
		for (uint32_t i = 0; i < n; i++) {
			size_t piece =
				next_random(&dice) % (3 * sizeof(pieces) / sizeof(pieces[0]));

			if (piece < sizeof(pieces) / sizeof(pieces[0]))
				fputs(pieces[piece], f);
			else
				fputc((int)(next_random(&dice) & 0xff), f);
		}
		fclose(f);
		keeps(path);
		if (seed % 3)
			continue;
		all = read_file(path);
		keeps_growing(text_str(&all), seed, seed % 20 == 0 ? 2 : 0);
		text_free(&all);
	}
	unlink(path);
}

/* Lines of the log that begin as the added ones do, each time after a pause. */
static void test_growing_marks(void **state)
{
	static const char text[] =
		"Jan 1 00:04:10.563: Tnl 17688 L2TP: Tunnel state change from idle to "
		"wait-ctl-reply\n    ; mine\n    ;; mine, too\n"
		"Jan 1 00:04:11.563: Tnl 17688 L2TP: Tunnel state change from "
		"wait-ctl-reply to established\n    ; still mine\n    ;;; \n";

	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++)
		keeps_growing(STR(text), seed, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),           cmocka_unit_test(test_documents),
		cmocka_unit_test(test_odd_line_ends),     cmocka_unit_test(test_random_octets),
		cmocka_unit_test(test_growing_refusals),  cmocka_unit_test(test_growing_samples),
		cmocka_unit_test(test_growing_documents), cmocka_unit_test(test_growing_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
