/* `timeline --format chrome` of every sample is a document that viewers of the Trace Event Format
 * take: JSON, times from 0 on, slices of one thread that lie inside each other, every message.
 *
 *   trace PROGRAM FILE... */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_MAX = 4096, DEPTH = 8 };

static int failures;

static void complain(const char *file, const char *what, json_t *event)
{
	char *text = event == NULL ? NULL : json_dumps(event, JSON_COMPACT);

	printf("%s: %s: %.300s\n", file, what, text == NULL ? "" : text);
	free(text);
	failures++;
}

static json_t *load(const char *program, const char *options, const char *file)
{
	char command[COMMAND_MAX];
	FILE *pipe;
	json_error_t error;
	json_t *root;

	snprintf(command, sizeof(command), "'%s' timeline %s '%s' 2>/dev/null", program, options,
		 file);
	pipe = popen(command, "r");
	root = pipe == NULL ? NULL : json_loadf(pipe, JSON_DISABLE_EOF_CHECK, &error);
	if (root == NULL)
		printf("%s: no JSON: %s\n", file, pipe == NULL ? "no pipe" : error.text);
	if (pipe != NULL)
		pclose(pipe);
	return root;
}

static double number(json_t *event, const char *key)
{
	json_t *value = json_object_get(event, key);

	return json_is_number(value) ? json_number_value(value) : -1;
}

static bool is_kind(json_t *event, const char *kind)
{
	const char *ph = json_string_value(json_object_get(event, "ph"));

	return ph != NULL && strcmp(ph, kind) == 0;
}

/* Slices come a thread at a time, the outer one first. */
static void check_slices(const char *file, json_t *events)
{
	double ends[DEPTH];
	double thread = -1, process = -1;
	size_t depth = 0, i;
	json_t *e;

	json_array_foreach(events, i, e)
	{
		double from = number(e, "ts");
		double to = from + number(e, "dur");

		if (!is_kind(e, "X"))
			continue;
		if (number(e, "tid") != thread || number(e, "pid") != process)
			depth = 0;
		thread = number(e, "tid");
		process = number(e, "pid");
		while (depth > 1 && ends[depth - 1] <= from + 0.001)
			depth--;
		if (from < 0 || number(e, "dur") < 0)
			complain(file, "a slice without a time", e);
		if (depth == DEPTH || (depth > 0 && to > ends[depth - 1] + 0.01))
			complain(file, "a slice that reaches out of the one around it", e);
		else
			ends[depth++] = to;
	}
}

static void check_messages(const char *file, json_t *events)
{
	size_t i;
	json_t *e;

	json_array_foreach(events, i, e)
	{
		bool is_named = json_is_string(json_object_get(e, "name"));

		if (!is_named || number(e, "pid") < 1 || number(e, "tid") < 1)
			complain(file, "an event without its place", e);
		if (is_kind(e, "i") && number(e, "ts") < 0)
			complain(file, "a message without a time", e);
	}
}

int main(int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		json_t *root = load(argv[1], "--format chrome", argv[i]);
		json_t *events = json_object_get(root, "traceEvents");

		if (!json_is_array(events)) {
			complain(argv[i], "no traceEvents", NULL);
		} else {
			check_slices(argv[i], events);
			check_messages(argv[i], events);
		}
		json_decref(root);
	}
	return failures > 0;
}
