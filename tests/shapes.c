/* Presses a clean log into every shape that logs arrive in, and compares the calls: shapes PROGRAM
 * LOG WORK. What a shape cannot keep (the time that a collector writes over, the name that it
 * gives) is left out of the comparison; everything else must be equal. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "shapes.h"

enum { PATH_ROOM = 4096 };

struct run {
	const char *program, *file, *work;
	struct lines lines;
	json_t *clean;
	unsigned n, failed;
};

static json_t *calls_of(const struct run *r, struct str text)
{
	char path[PATH_ROOM], command[3 * PATH_ROOM];
	json_t *calls = json_array();
	char *line = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/shaped", r->work);
	f = fopen(path, "wb");
	if (!f || fwrite(text.at, 1, text.len, f) != text.len || fclose(f) != 0)
		exit(EXIT_FAILURE);
	snprintf(command, sizeof(command), "'%s' calls --json 'x=%s' 2>/dev/null", r->program,
		 path);
	f = popen(command, "r");
	while (f && getline(&line, &room, f) >= 0) {
		json_t *o = json_loads(line, 0, NULL);
		const char *type = json_string_value(json_object_get(o, "type"));

		if (type && strcmp(type, "call") == 0)
			json_array_append(calls, o);
		json_decref(o);
	}
	free(line);
	if (f)
		pclose(f);
	return calls;
}

static void forget_addresses(json_t *call)
{
	static const char *const keys[] = {"ipv4", "ipv4_peer", "dns", "cause_text"};
	static const char *const ends[] = {"lac", "lns"};
	size_t k;
	json_t *end;

	for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		json_object_del(call, keys[k]);
	for (k = 0; k < 2; k++)
		json_object_del(json_object_get(call, ends[k]), "address");
	json_array_foreach(json_object_get(call, "ends"), k, end) json_object_del(end, "address");
}

/* What may differ is taken out of both. */
static void forget(json_t *calls, unsigned loses)
{
	static const char *const times[] = {"start",   "end",        "connected",
					    "setup_s", "duration_s", "cause_text"};
	static const char *const ends[] = {"lac", "lns"};
	size_t i, k;
	json_t *call, *end;

	json_array_foreach(calls, i, call)
	{
		json_object_del(call, "stamp");
		for (k = 0; k < sizeof(times) / sizeof(times[0]); k++)
			if (loses & LOSES_TIME || (loses && k == 5))
				json_object_del(call, times[k]);
		for (k = 0; k < 2; k++)
			if (loses & LOSES_NAMES)
				json_object_del(json_object_get(call, ends[k]), "name");
		json_array_foreach(json_object_get(call, "ends"), k, end) if (loses & LOSES_NAMES)
			json_object_del(end, "name");
		if (loses & LOSES_FINDINGS)
			json_object_del(call, "findings");
		if (loses & LOSES_ADDRESSES)
			forget_addresses(call);
	}
}

static void print_difference(json_t *was, json_t *is)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_array_size(was) != json_array_size(is))
		printf("\t%zu calls, not %zu\n", json_array_size(is), json_array_size(was));
	for (i = 0; i < json_array_size(was) && i < json_array_size(is); i++) {
		json_object_foreach(json_array_get(was, i), key, value)
		{
			json_t *now = json_object_get(json_array_get(is, i), key);
			char *a = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
			char *b = now ? json_dumps(now, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

			if (!json_equal(value, now))
				printf("\t%s was %s, is %s\n", key, a, b ? b : "gone");
			free(a);
			free(b);
		}
	}
}

static void compare(void *self, const char *name, struct text *shaped, unsigned loses)
{
	struct run *r = self;
	json_t *clean = json_deep_copy(r->clean), *calls = calls_of(r, text_str(shaped));

	forget(clean, loses);
	forget(calls, loses);
	r->n++;
	if (!json_equal(clean, calls)) {
		r->failed++;
		printf("%s: %s\n", r->file, name);
		print_difference(clean, calls);
	}
	json_decref(clean);
	json_decref(calls);
	text_clear(shaped);
}

static char *read_file(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "rb");
	char *all = malloc(TEXT_ROOM);

	if (!f || !all) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	*ret_len = fread(all, 1, TEXT_ROOM, f);
	fclose(f);
	return all;
}

int main(int argc, char **argv)
{
	static struct run r;
	struct shape_taker taker = {compare, &r};
	size_t len, at = 0;
	char *all;

	if (argc != 4) {
		fputs("usage: shapes PROGRAM LOG WORK\n", stderr);
		return 2;
	}
	r.program = argv[1];
	r.file = argv[2];
	r.work = argv[3];
	if (mkdir(r.work, 0755) != 0 && errno != EEXIST) {
		perror(r.work);
		return EXIT_FAILURE;
	}
	all = read_file(r.file, &len);
	while (at < len && r.lines.n < LINES) {
		const char *end = memchr(all + at, '\n', len - at);
		struct str line = {all + at, (end ? (size_t)(end - all) : len) - at};

		r.lines.at[r.lines.n++] = line;
		at += line.len + 1;
	}
	r.clean = calls_of(&r, (struct str){all, len});
	shapes_of_text(&r.lines, &taker);
	shapes_of_stamps(&r.lines, strstr(r.file, "samples/dial") != NULL, &taker);
	printf("%u of %u shapes of %s failed\n", r.failed, r.n, r.file);
	json_decref(r.clean);
	free(all);
	return r.failed == 0 && r.n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
