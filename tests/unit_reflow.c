/* `annotate --reflow`: each record of a log on a line of its own, once, in the order of the log,
 * and none is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "character.h"
#include "prefix.h"
#include "run.h"
#include "shape.h"

static struct text read_file(const char *path)
{
	struct text t = text_make((size_t)16 << 20);
	FILE *file = fopen(path, "rb");
	char buffer[65536];
	size_t n;

	assert_non_null(file);
	while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0)
		text_add(&t, (struct str){buffer, n});
	fclose(file);
	return t;
}

static struct text reflowed(const char *path)
{
	static struct options options;
	struct text why = text_make(4096), after;
	char output[] = "/tmp/unit_reflowXXXXXX";
	int fd = mkstemp(output);
	char *argv[] = {(char *)"",        (char *)"annotate", (char *)"-q", (char *)"--as",
			(char *)"text",    (char *)"--reflow", (char *)"-o", output,
			(char *)"--force", (char *)path};

	assert_true(fd >= 0);
	close(fd);
	options = (struct options){0};
	assert_true(options_parse(&options, sizeof(argv) / sizeof(argv[0]), argv, &why));
	assert_int_equal(run_command(&options), STATUS_DONE);
	text_free(&why);
	after = read_file(output);
	unlink(output);
	return after;
}

/* Letters and digits: what repairs of breaks, blanks and escapes leave as it was. */
static void squash(struct text *t, struct str s)
{
	static const char *const escapes[] = {"#011", "#012", "&lt;", "&gt;", "&amp;", "&quot;"};

	for (size_t i = 0; i < s.len; i++) {
		for (size_t k = 0; k < sizeof(escapes) / sizeof(escapes[0]); k++)
			while (str_starts(str_from(s, i), escapes[k]))
				i += strlen(escapes[k]);
		if (str_starts(str_from(s, i), "\\x"))
			i += strlen("\\x00");
		if (i < s.len && (char_is_letter(s.at[i]) || char_is_digit(s.at[i])))
			text_putc(t, s.at[i]);
	}
}

static struct str next_line(struct str *rest)
{
	const char *newline = memchr(rest->at, '\n', rest->len);
	struct str line = newline == NULL ? *rest : str_range(rest->at, newline);

	*rest = str_from(*rest, line.len + (newline != NULL));
	return line;
}

static const char *const nobody[] = {NULL};

/* Without the stamp, behind which host and program stood. */
static struct str behind_stamp(struct str record)
{
	size_t colon = str_find(record, STR(": "));
	struct prefix p;

	prefix_read(record, 0, nobody, &p);
	return p.stamp.len == 0 || colon == SIZE_MAX ? record : str_from(record, colon + 2);
}

/* Marks the octets of the squashed log that show the record, from *at on; false when there are
 * none. */
static bool find_whole(struct str log, size_t *at, struct str record, bool *covered)
{
	struct text t = text_make((size_t)1 << 20);
	size_t found;

	squash(&t, record);
	found = str_find(str_from(log, *at), text_str(&t));
	if (found != SIZE_MAX) {
		memset(covered + *at + found, 1, t.len);
		*at += found + t.len;
	}
	text_free(&t);
	return found != SIZE_MAX;
}

/* A record of several lines has their stamps between its words, one that was repaired a stranger
 * instead of a word: most of them stand there, not far from each other. */
static bool find_words(struct str log, size_t *at, struct str record, bool *covered)
{
	enum { FAR = 150 };
	struct text t = text_make((size_t)1 << 20);
	size_t place = *at, n = 0, n_found = 0;

	while (record.len > 0) {
		size_t blank = str_find(record, STR(" "));
		struct str near = str_from(log, place);
		size_t found;

		text_clear(&t);
		squash(&t, blank == SIZE_MAX ? record : (struct str){record.at, blank});
		record = blank == SIZE_MAX ? STR("") : str_from(record, blank + 1);
		if (t.len == 0)
			continue;
		n++;
		near.len = near.len < FAR + t.len ? near.len : FAR + t.len;
		found = str_find(near, text_str(&t));
		if (found == SIZE_MAX)
			continue;
		n_found++;
		memset(covered + place + found, 1, t.len);
		place += found + t.len;
	}
	text_free(&t);
	*at = place;
	return n_found * 4 >= n * 3;
}

/* True for the octets of the squashed log that a record shows; each only once. */
static size_t cover(const char *path, struct str log, struct str output, bool *covered)
{
	size_t at = 0, wrong = 0;

	while (output.len > 0) {
		struct str record = next_line(&output);

		struct str body = behind_stamp(record);

		if (str_starts(record, "    ;") || find_whole(log, &at, record, covered) ||
		    find_whole(log, &at, body, covered) || find_words(log, &at, body, covered))
			continue;
		print_error("%s: not in the log, or twice: %.*s\n", path, STR_ARG(record));
		wrong++;
	}
	return wrong;
}

static bool is_read(const bool *covered, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		if (covered[i])
			return true;
	return false;
}

static void holds(const char *path)
{
	struct text given = read_file(path), output = reflowed(path);
	struct text log = text_make((size_t)16 << 20), why = text_make(4096);
	struct shape shape;
	bool *covered = calloc(given.len + 1, sizeof(*covered));
	struct str rest, read;
	size_t start = 0, wrong;

	assert_non_null(covered);
	assert_true(shape_open(&shape, text_str(&given), NULL, 0, &why));
	/* one that is turned over to be read is told as it was given */
	read = shape.text;
	for (size_t i = 0; i < shape.n_names; i++)
		if (strcmp(shape.names[i], "newest first") == 0)
			read = text_str(&given);
	squash(&log, read);
	wrong = cover(path, text_str(&log), text_str(&output), covered);
	for (rest = read; rest.len > 0;) {
		struct str line = next_line(&rest);
		struct text all = text_make(line.len + 1), body = text_make(line.len + 1);
		struct prefix p;

		prefix_read(line, 0, nobody, &p);
		squash(&all, line);
		squash(&body, str_from(line, p.body));
		if (p.stamp.len && body.len &&
		    !is_read(covered, start + all.len - body.len, start + all.len)) {
			print_error("%s: lost: %.*s\n", path, STR_ARG(line));
			wrong++;
		}
		start += all.len;
		text_free(&all);
		text_free(&body);
	}
	assert_int_equal(wrong, 0);
	shape_close(&shape);
	text_free(&given);
	text_free(&output);
	text_free(&log);
	text_free(&why);
	free(covered);
}

static void test_samples(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob(SOURCE_DIR "/samples/*.log", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		holds(found.gl_pathv[i]);
	globfree(&found);
}

static void test_documents(void **state)
{
	glob_t found;

	(void)state;
	if (glob(SOURCE_DIR "/../shared/logs/*/*.log", 0, NULL, &found) != 0)
		skip();
	glob(SOURCE_DIR "/../shared/captures/lab/*/*.log", GLOB_APPEND, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		holds(found.gl_pathv[i]);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
