/* `annotate` keeps its input: the added lines taken out, every byte is as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
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

static void annotate(const char *path, const char *output)
{
	static struct options options;
	struct text why = text_make(4096);
	char *argv[] = {(char *)"",   (char *)"annotate", (char *)"-q",
			(char *)"-o", (char *)output,     (char *)path};

	assert_true(options_parse(&options, 6, argv, &why));
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

static void keeps(const char *path, struct str added)
{
	char output[] = "/tmp/unit_annotateXXXXXX";
	int fd = mkstemp(output);
	struct text before = read_file(path);
	struct text after;
	struct text back;

	assert_true(fd >= 0);
	close(fd);
	annotate(path, output);
	after = read_file(output);
	unlink(output);
	assert_true(after.len > before.len);
	back = take_out(text_str(&after), added);
	assert_true(str_equal(text_str(&back), text_str(&before)));
	text_free(&before);
	text_free(&after);
	text_free(&back);
}

static void test_samples(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob(SOURCE_DIR "/samples/dial*.log", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		keeps(found.gl_pathv[i], STR("\n    ; "));
	globfree(&found);
}

static void test_documents(void **state)
{
	glob_t found;

	(void)state;
	if (glob(SOURCE_DIR "/../shared/seeds/*.txt", 0, NULL, &found) != 0)
		skip();
	for (size_t i = 0; i < found.gl_pathc; i++)
		keeps(found.gl_pathv[i], STR("\n    ; "));
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
	keeps(path, STR("\n    ;; "));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_odd_line_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
