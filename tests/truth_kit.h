/* What the tests that compare with a truth (truth.c, score.c) share: asking the program for JSON,
 * finding the record that a truth means, and the files that a truth names. */
#ifndef L2TPSCOPE_TRUTH_KIT_H
#define L2TPSCOPE_TRUTH_KIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMMAND_MAX = 8192, LINE_MAX_OCTETS = 1 << 20, SKIPPED = 77 };

struct run {
	const char *program, *folder;
	const char *secrets; /* path of a --secrets file, or NULL */
	char label[256];
	int goes_on; /* the inputs show more time than the truth's captures */
	unsigned failures;
};

static inline void complain(struct run *r, const char *what, const json_t *expected,
			    const json_t *actual)
{
	char *want = json_dumps(expected, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
	char *have = json_dumps(actual, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);

	printf("%s: %s: expected %s, got %s\n", r->label, what, want ? want : "nothing",
	       have ? have : "nothing");
	free(want);
	free(have);
	r->failures++;
}

/* The objects of one type that a command prints, as an array. */
static inline json_t *ask(struct run *r, const char *command, const char *inputs, const char *type)
{
	json_t *all = json_array();
	char *line = malloc(LINE_MAX_OCTETS);
	char shell[COMMAND_MAX];
	FILE *pipe;

	snprintf(shell, sizeof(shell), "%s %s --json %s%s %s", r->program, command,
		 r->secrets ? "--secrets " : "", r->secrets ? r->secrets : "", inputs);
	pipe = popen(shell, "r");
	while (pipe && line && fgets(line, LINE_MAX_OCTETS, pipe)) {
		json_t *object = json_loads(line, 0, NULL);

		if (!object) {
			printf("%s: %s printed a line that is no JSON: %.200s\n", r->label, command,
			       line);
			r->failures++;
		} else if (strcmp(type, json_string_value(json_object_get(object, "type"))
						? json_string_value(json_object_get(object, "type"))
						: "") == 0) {
			json_array_append(all, object);
		}
		json_decref(object);
	}
	if (pipe)
		pclose(pipe);
	free(line);
	return all;
}

static inline int same(const json_t *expected, const json_t *actual);

static inline int same_object(const json_t *expected, const json_t *actual)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)expected, key,
			    value) if (!same(value, json_object_get(actual, key))) return 0;
	return 1;
}

static inline int same(const json_t *expected, const json_t *actual)
{
	size_t i;
	json_t *one;

	if (json_is_array(expected) && !json_is_array(actual)) {
		json_array_foreach(expected, i, one) if (same(one, actual)) return 1;
		return 0;
	}
	if (json_is_object(expected))
		return json_is_object(actual) && same_object(expected, actual);
	if (json_is_number(expected) && json_is_number(actual))
		return json_number_value(expected) == json_number_value(actual);
	if (json_is_null(expected))
		return !actual || json_is_null(actual);
	return json_equal(expected, actual);
}

static inline long number_at(const json_t *object, const char *side, const char *key)
{
	return (long)json_integer_value(json_object_get(json_object_get(object, side), key));
}

/* Equal ids mean nothing without their addresses. */
static inline int same_place(const json_t *expected, const json_t *actual)
{
	static const char *const keys[] = {"address", "port"};

	for (int i = 0; i < 2; i++) {
		const json_t *wanted = json_object_get(expected, keys[i]);

		if (wanted && !same(wanted, json_object_get(actual, keys[i])))
			return 0;
	}
	return 1;
}

/* The record that the ids and places of a truth single out. */
static inline json_t *record_of(const json_t *records, const json_t *expected,
				const char *const sides[2], const char *id)
{
	size_t i;
	json_t *record;

	json_array_foreach(records, i, record)
	{
		int fits = 1;

		for (int side = 0; side < 2; side++) {
			long wanted = number_at(expected, sides[side], id);

			if (wanted && wanted != number_at(record, sides[side], id))
				fits = 0;
			fits &= same_place(json_object_get(expected, sides[side]),
					   json_object_get(record, sides[side]));
		}
		if (fits)
			return record;
	}
	return NULL;
}

/* Where ids and places are the same again: as they come. */
static inline json_t *record_at(const json_t *records, const json_t *one, size_t i)
{
	return json_is_true(json_object_get(one, "in_order")) ? json_array_get(records, i) : NULL;
}

static inline int severity(const char *name)
{
	return !name ? 3 : strcmp(name, "note") == 0 ? 0 : strcmp(name, "warning") == 0 ? 1 : 2;
}

/* The secrets of a truth as a --secrets file. */
static inline const char *write_secrets(const json_t *truth, char path[64])
{
	const json_t *secrets = json_object_get(truth, "secrets");
	const json_t *tunnel = json_object_get(secrets, "tunnel");
	const char *user;
	json_t *password;
	FILE *file;
	int fd;

	if (!secrets)
		return NULL;
	strcpy(path, "/tmp/l2tpscope-truth-XXXXXX");
	fd = mkstemp(path);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return NULL;
	if (tunnel)
		fprintf(file, "tunnel * %s\n", json_string_value(tunnel));
	json_object_foreach(json_object_get(secrets, "users"), user, password)
		fprintf(file, "user %s %s\n", user, json_string_value(password));
	fclose(file);
	return path;
}

/* ` NAME=FOLDER/FILE` behind the inputs that are named already. */
static inline void add_input(const struct run *r, const json_t *truth, const char *name,
			     char *inputs)
{
	const json_t *file = json_object_get(json_object_get(truth, "captures"), name);
	size_t used = strlen(inputs);

	snprintf(inputs + used, COMMAND_MAX - used, " %s=%s/%s", name, r->folder,
		 json_string_value(file));
}

/* ` FOLDER/FILE` for each log of the truth whose name begins with that of `side` (NULL: all). */
static inline unsigned add_logs(const struct run *r, const json_t *truth, const char *side,
				char *inputs)
{
	size_t i;
	json_t *log;
	unsigned n = 0;

	json_array_foreach(json_object_get(truth, "logs"), i, log)
	{
		const char *name = json_string_value(log);
		size_t used = strlen(inputs);

		if (side && strncmp(name, side, strlen(side)) != 0)
			continue;
		snprintf(inputs + used, COMMAND_MAX - used, " %s/%s", r->folder, name);
		n++;
	}
	return n;
}

#endif
