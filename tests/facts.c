/* Facts that must come out of captures, one a row of a table.
 *
 *   facts PROGRAM WEAVE TABLE.tsv FOLDER
 *
 * Columns: input, fact, expected, why. INPUT names files in FOLDER, by blanks; none: that of the
 * row before. A `.weave` script is woven first; `NAME=` before a file names its vantage point.
 * FACT is
 *   call#                     how many calls, tunnels, findings, events or messages there are
 *   call[2].lac.session_id    a value of the second one
 *   finding[rule=chap-failure].severity   of the first that has this value
 *   way client/ncp/IPCP       the states that this machine of this end goes through, in order
 * EXPECTED is JSON, or a text as it stands; `~text` must be contained; a `|` between words of a
 * text separates alternatives. WHY says who is right where the bytes and another decoder differ.
 * A row whose fourth column begins with `later:` is counted and not checked.
 * Exit status 0 when all of it holds, 77 when FOLDER is absent. */
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COMMAND_MAX = 8192, LINE_MAX_OCTETS = 1 << 20, TEXT_MAX = 4096, SKIPPED = 77 };

/* Which command prints the records of a type. */
static const struct command {
	const char *type, *name;
} commands[] = {
	{"call", "calls"},     {"tunnel", "tunnels"}, {"finding", "check"},
	{"event", "timeline"}, {"message", "decode"},
};

enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

struct table {
	const char *program, *weave, *path, *folder;
	char scratch[64];            /* a folder for woven captures */
	char inputs[COMMAND_MAX];    /* as words of a shell command */
	json_t *records[N_COMMANDS]; /* of these inputs, when asked for */
	char line[TEXT_MAX];
	unsigned number, checked, later, failures;
};

static void complain(struct table *t, const char *format, ...)
{
	va_list list;

	printf("%s:%u: ", t->path, t->number);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
	t->failures++;
}

static void forget(struct table *t)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		json_decref(t->records[i]);
		t->records[i] = NULL;
	}
}

static void add_input(struct table *t, const char *name)
{
	const char *equals = strchr(name, '='), *file = equals ? equals + 1 : name;
	int label = equals ? (int)(equals + 1 - name) : 0;
	size_t used = strlen(t->inputs), len = strlen(file);
	char command[COMMAND_MAX];

	if (len < 6 || strcmp(file + len - 6, ".weave") != 0) {
		snprintf(t->inputs + used, COMMAND_MAX - used, " %.*s%s/%s", label, name, t->folder,
			 file);
		return;
	}
	snprintf(command, sizeof(command), "%s %s/%s %s/%s.pcap", t->weave, t->folder, file,
		 t->scratch, file);
	if (system(command) != 0)
		complain(t, "%s cannot be woven", file);
	snprintf(t->inputs + used, COMMAND_MAX - used, " %.*s%s/%s.pcap", label, name, t->scratch,
		 file);
}

static void take_inputs(struct table *t, char *names)
{
	char *rest = NULL;

	forget(t);
	t->inputs[0] = '\0';
	for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
		add_input(t, name);
}

/* The records of one type, asked for once. */
static json_t *records_of(struct table *t, size_t command)
{
	char *line = malloc(LINE_MAX_OCTETS);
	char shell[2 * COMMAND_MAX];
	FILE *pipe;

	if (t->records[command]) {
		free(line);
		return t->records[command];
	}
	t->records[command] = json_array();
	snprintf(shell, sizeof(shell), "%s %s --json%s", t->program, commands[command].name,
		 t->inputs);
	pipe = popen(shell, "r");
	while (pipe && line && fgets(line, LINE_MAX_OCTETS, pipe)) {
		json_t *object = json_loads(line, 0, NULL);
		const char *type = json_string_value(json_object_get(object, "type"));

		if (!object)
			complain(t, "%s printed a line that is no JSON", commands[command].name);
		else if (type && strcmp(type, commands[command].type) == 0)
			json_array_append(t->records[command], object);
		json_decref(object);
	}
	if (pipe)
		pclose(pipe);
	free(line);
	return t->records[command];
}

/* `.key.key` or `.key[3]` from an object on. */
static json_t *value_at(json_t *object, const char *path)
{
	while (object && *path) {
		char key[128];
		size_t n = strcspn(path + 1, ".[");

		if (*path == '[') {
			object = json_array_get(object, strtoul(path + 1, NULL, 10) - 1);
			path += strcspn(path, "]") + 1;
			continue;
		}
		snprintf(key, sizeof(key), "%.*s", (int)n, path + 1);
		object = json_object_get(object, key);
		path += n + 1;
	}
	return object;
}

/* A value in words: a text as it stands, anything else as JSON. */
static char *words_of(const json_t *value)
{
	if (json_is_string(value))
		return strdup(json_string_value(value));
	return value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS)
		     : strdup("null");
}

/* The record between [ and ]: by number, or by the value of a key. */
static json_t *record_of(json_t *records, const char *choice, size_t len)
{
	const char *equals = memchr(choice, '=', len);
	char key[128], value[512];
	size_t i;
	json_t *record;

	if (!equals)
		return json_array_get(records, strtoul(choice, NULL, 10) - 1);
	snprintf(key, sizeof(key), ".%.*s", (int)(equals - choice), choice);
	snprintf(value, sizeof(value), "%.*s", (int)(choice + len - equals - 1), equals + 1);
	json_array_foreach(records, i, record)
	{
		char *words = words_of(value_at(record, key));
		bool is_it = words && strcmp(words, value) == 0;

		free(words);
		if (is_it)
			return record;
	}
	return NULL;
}

/* `END/MACHINE` or `END/MACHINE/PROTOCOL`: the states it enters, in order. */
static char *way_of(struct table *t, const char *who)
{
	json_t *events = records_of(t, 3), *event, *state;
	char end[64] = "", machine[64] = "", protocol[64] = "";
	char *way = calloc(1, TEXT_MAX);
	size_t i, k;

	sscanf(who, "%63[^/]/%63[^/]/%63[^\n]", end, machine, protocol);
	json_array_foreach(events, i, event)
	{
		json_array_foreach(json_object_get(event, "states"), k, state)
		{
			const char *e = json_string_value(json_object_get(state, "end"));
			const char *m = json_string_value(json_object_get(state, "machine"));
			const char *p = json_string_value(json_object_get(state, "protocol"));
			size_t used = strlen(way);

			if (!e || !m || strcmp(e, end) != 0 || strcmp(m, machine) != 0 ||
			    (protocol[0] && (!p || strcmp(p, protocol) != 0)))
				continue;
			snprintf(way + used, TEXT_MAX - used, "%s%s", used ? " " : "",
				 json_string_value(json_object_get(state, "after")));
		}
	}
	return way;
}

/* What the program says, in words; NULL when the row asks for what nothing prints. */
static char *ask(struct table *t, const char *fact)
{
	if (strncmp(fact, "way ", 4) == 0)
		return way_of(t, fact + 4);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		size_t n = strlen(commands[i].type);
		const char *rest = fact + n;
		json_t *record;

		if (strncmp(fact, commands[i].type, n) != 0 || !strchr("#[", *rest))
			continue;
		if (*rest == '#') {
			char *count = malloc(32);

			snprintf(count, 32, "%zu", json_array_size(records_of(t, i)));
			return count;
		}
		n = strcspn(rest, "]");
		record = record_of(records_of(t, i), rest + 1, n - 1);
		return words_of(value_at(record, rest + n + (rest[n] == ']')));
	}
	return NULL;
}

static bool fits(const char *expected, const char *actual)
{
	json_t *value;
	char *words;
	bool same;

	if (expected[0] == '~')
		return strstr(actual, expected + 1) != NULL;
	if (strcmp(expected, actual) == 0)
		return true;
	value = json_loads(expected, JSON_DECODE_ANY, NULL);
	if (value) {
		words = words_of(value);
		same = strcmp(words, actual) == 0;
		free(words);
		json_decref(value);
		return same;
	}
	while (expected) {
		const char *bar = strchr(expected, '|');
		size_t n = bar ? (size_t)(bar - expected) : strlen(expected);

		if (strlen(actual) == n && strncmp(expected, actual, n) == 0)
			return true;
		expected = bar ? bar + 1 : NULL;
	}
	return false;
}

static void check_row(struct table *t, char *column[4])
{
	char *actual;

	if (column[0][0])
		take_inputs(t, column[0]);
	if (strncmp(column[3], "later:", 6) == 0) {
		t->later++;
		return;
	}
	actual = ask(t, column[1]);
	t->checked++;
	if (!actual)
		complain(t, "'%s' is no fact", column[1]);
	else if (!fits(column[2], actual))
		complain(t, "%s%s%s: expected %s, got %s", t->inputs, t->inputs[0] ? " " : "",
			 column[1], column[2], actual);
	free(actual);
}

static void check_table(struct table *t, FILE *file)
{
	while (fgets(t->line, sizeof(t->line), file)) {
		char empty[1] = "", *column[4] = {empty, empty, empty, empty}, *at = t->line;

		t->number++;
		at[strcspn(at, "\r\n")] = '\0';
		if (at[0] == '#' || at[0] == '\0')
			continue;
		for (size_t i = 0; i < 4 && at; i++) {
			column[i] = at;
			at = strchr(at, '\t');
			if (at)
				*at++ = '\0';
		}
		check_row(t, column);
	}
}

static void remove_scratch(const struct table *t)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", t->scratch);
	if (system(command) != 0)
		printf("%s stays\n", t->scratch);
}

int main(int argc, char **argv)
{
	static struct table t;
	struct stat there;
	FILE *file;

	if (argc != 5) {
		fputs("usage: facts PROGRAM WEAVE TABLE.tsv FOLDER\n", stderr);
		return 2;
	}
	t.program = argv[1];
	t.weave = argv[2];
	t.path = argv[3];
	t.folder = argv[4];
	strcpy(t.scratch, "/tmp/l2tpscope-facts-XXXXXX");
	file = fopen(t.path, "r");
	if (!file || stat(t.folder, &there) != 0) {
		printf("skipped: %s is not here\n", file ? t.folder : t.path);
		if (file)
			fclose(file);
		return SKIPPED;
	}
	if (!mkdtemp(t.scratch)) {
		perror(t.scratch);
		return EXIT_FAILURE;
	}
	check_table(&t, file);
	fclose(file);
	forget(&t);
	remove_scratch(&t);
	printf("%u facts, %u of them wrong; %u for later\n", t.checked, t.failures, t.later);
	return t.failures || !t.checked;
}
