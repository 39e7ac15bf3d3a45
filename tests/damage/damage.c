/* Runs the damage test over every second seed: damage PROGRAM SAMPLES WORK FIRST LAST; see
 * damage.h. Odd seeds are the dial-out logs, even ones the dial-in logs. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "damage.h"

extern char **environ;

enum { PATH_ROOM = 4096, OBJECTS = 4096 };

struct run {
	const char *program, *samples, *work;
	uint32_t seed;
	const struct damage_case *which;
	struct swap swaps[DAMAGE_SWAPS];
	size_t n_swaps;
	bool in_one_file; /* both consoles after each other, with headings */
	bool is_lns_first;
	struct wound wounds[WOUNDS];
	unsigned n_wounds;
	struct buffer why; /* of the failure */
};

/* The objects of one type that a command printed. */
struct objects {
	json_t *at[OBJECTS];
	size_t n;
};

static void complain(struct run *r, const char *what, const char *detail)
{
	buffer_puts(&r->why, "\n\t");
	buffer_puts(&r->why, what);
	if (detail != NULL) {
		buffer_puts(&r->why, ": ");
		buffer_puts(&r->why, detail);
	}
}

static void complain_change(struct run *r, unsigned call, const char *key, const char *was,
			    const char *is)
{
	char detail[8 * DAMAGE_VALUE];

	snprintf(detail, sizeof(detail), "call %u %s was %.300s, is %.300s", call, key, was,
		 is == NULL ? "gone" : is);
	complain(r, "changed", detail);
}

static void path_of(const struct run *r, const char *what, char ret[PATH_ROOM])
{
	snprintf(ret, PATH_ROOM, "%s/%u-%s", r->work, r->seed, what);
}

static void write_file(const char *path, const struct buffer *text)
{
	FILE *out = fopen(path, "wb");

	if (out == NULL || fwrite(text->at, 1, text->len, out) != text->len || fclose(out) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
}

/* Exit status of `PROGRAM command --json FILES…`, its output in `path`. The inputs get names, so
 * that clean and damaged ones are called the same. */
static int run_program(const struct run *r, const char *command, char files[2][PATH_ROOM],
		       const char *path)
{
	char program[PATH_ROOM], name[DAMAGE_VALUE], json[] = "--json";
	char first[PATH_ROOM + 8], second[PATH_ROOM + 8];
	char *arguments[] = {program, name, json, first, r->in_one_file ? NULL : second, NULL};
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t pid;

	/* posix_spawn wants arguments it could write to. */
	snprintf(program, sizeof(program), "%s", r->program);
	snprintf(name, sizeof(name), "%s", command);
	snprintf(first, sizeof(first), "first=%s", files[0]);
	snprintf(second, sizeof(second), "second=%s", files[1]);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, path,
					 O_WRONLY | O_CREAT | O_TRUNC, 0644);
	posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
	if (posix_spawn(&pid, r->program, &actions, NULL, arguments, environ) == 0)
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&actions);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void objects_free(struct objects *o)
{
	for (size_t i = 0; i < o->n; i++)
		json_decref(o->at[i]);
	o->n = 0;
}

static bool objects_read(struct run *r, const char *path, const char *type, struct objects *ret)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	bool is_good = true;

	ret->n = 0;
	if (in == NULL)
		return false;
	while (getline(&line, &room, in) >= 0) {
		json_t *o = json_loads(line, 0, NULL);
		const char *is = json_string_value(json_object_get(o, "type"));

		if (is == NULL) {
			complain(r, "not JSON", line);
			is_good = false;
		}
		if (is != NULL && strcmp(is, type) == 0 && ret->n < OBJECTS)
			ret->at[ret->n++] = json_incref(o);
		json_decref(o);
	}
	free(line);
	fclose(in);
	return is_good;
}

/* "lac.tunnel_id" of a call as text. */
static void value_of(json_t *call, const char *path, char ret[DAMAGE_VALUE])
{
	char key[DAMAGE_VALUE];
	const char *dot;

	while ((dot = strchr(path, '.')) != NULL) {
		snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
		call = json_object_get(call, key);
		path = dot + 1;
	}
	call = json_object_get(call, path);
	if (json_is_string(call))
		snprintf(ret, DAMAGE_VALUE, "%s", json_string_value(call));
	else if (json_is_integer(call))
		snprintf(ret, DAMAGE_VALUE, "%lld", (long long)json_integer_value(call));
	else
		snprintf(ret, DAMAGE_VALUE, "%s", json_is_true(call) ? "true" : "null");
}

static void check_facts(struct run *r, const struct objects *calls)
{
	if (calls->n != r->which->n_calls) {
		char n[64];

		snprintf(n, sizeof(n), "%zu instead of %zu", calls->n, r->which->n_calls);
		complain(r, "calls", n);
		return;
	}
	for (size_t i = 0; i < r->which->n_facts; i++) {
		const struct fact *f = &r->which->facts[i];
		struct buffer want = {0};
		char is[DAMAGE_VALUE], detail[4 * DAMAGE_VALUE];

		disguise_fact(r->swaps, r->n_swaps, f->value, &want);
		value_of(calls->at[f->call], f->path, is);
		snprintf(detail, sizeof(detail), "call %u %s is %s, not %s", f->call + 1, f->path,
			 is, want.at);
		if (strcmp(is, want.at) != 0)
			complain(r, "fact", detail);
		buffer_free(&want);
	}
}

static const char *text_at(json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text == NULL ? "" : text;
}

static bool is_damage(json_t *finding)
{
	return strcmp(text_at(finding, "rule"), "input-damaged") == 0;
}

/* Healthy calls: nothing above note, no damage. */
static void check_healthy(struct run *r, const struct objects *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		if (is_damage(findings->at[i]) ||
		    strcmp(text_at(findings->at[i], "severity"), "note") != 0)
			complain(r, text_at(findings->at[i], "rule"),
				 text_at(findings->at[i], "text"));
	}
}

static void compare_call(struct run *r, unsigned number, json_t *clean, json_t *now)
{
	const char *key;
	json_t *was;

	json_object_foreach(clean, key, was)
	{
		json_t *is = json_object_get(now, key);
		char *a, *b;

		/* compare_findings does those. */
		if (strcmp(key, "findings") == 0 || json_equal(was, is))
			continue;
		a = json_dumps(was, JSON_COMPACT | JSON_ENCODE_ANY);
		b = json_dumps(is, JSON_COMPACT | JSON_ENCODE_ANY);
		complain_change(r, number, key, a, b);
		free(a);
		free(b);
	}
}

static void compare_calls(struct run *r, const struct objects *clean, const struct objects *now)
{
	if (clean->n != now->n) {
		char n[64];

		snprintf(n, sizeof(n), "%zu instead of %zu", now->n, clean->n);
		complain(r, "calls", n);
		return;
	}
	for (size_t i = 0; i < clean->n; i++)
		compare_call(r, (unsigned)i + 1, clean->at[i], now->at[i]);
}

static size_t count_rule(const struct objects *o, const char *rule)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++)
		n += strcmp(text_at(o->at[i], "rule"), rule) == 0;
	return n;
}

/* Whether the evidence stands in a record that was hurt; that one is named then. */
static bool is_on_wound(const struct run *r, json_t *finding, bool is_named[WOUNDS])
{
	json_t *all = json_object_get(finding, "evidence");
	bool is_on = false;

	for (size_t i = 0; i < json_array_size(all); i++) {
		json_int_t line =
			json_integer_value(json_object_get(json_array_get(all, i), "line"));

		for (size_t k = 0; k < WOUNDS; k++) {
			const struct wound *w = &r->wounds[k];

			if (!w->is_there || line < w->line_first || line > w->line_last)
				continue;
			is_named[k] = is_on = true;
		}
	}
	return is_on;
}

static void compare_findings(struct run *r, const struct objects *clean, const struct objects *now)
{
	bool is_named[WOUNDS] = {false};

	for (size_t i = 0; i < now->n; i++) {
		json_t *f = now->at[i];
		const char *rule = text_at(f, "rule");

		if (is_damage(f) && !is_on_wound(r, f, is_named))
			complain(r, "damage where none is", text_at(f, "text"));
		else if (!is_damage(f) && count_rule(clean, rule) == 0)
			complain(r, rule, text_at(f, "text"));
	}
	for (size_t i = 0; i < clean->n; i++) {
		if (count_rule(now, text_at(clean->at[i], "rule")) == 0)
			complain(r, "no longer found", text_at(clean->at[i], "rule"));
	}
	for (size_t k = 0; k < WOUNDS; k++) {
		if (r->wounds[k].is_there && !is_named[k])
			complain(r, "the damage is not named", r->wounds[k].what);
	}
}

/* Writes the consoles as one file or two, each line as it is or in a random shape. */
static void write_inputs(struct run *r, struct dice *d, const struct console consoles[2],
			 bool is_shaped, const char *kind, char files[2][PATH_ROOM])
{
	static const char *const heads[2] = {"\nDebug taken from the LAC\n\n",
					     "\nDebug taken from the LNS\n\n"};
	struct buffer text[2] = {{0}, {0}};

	for (size_t k = 0; k < 2; k++) {
		size_t c = r->is_lns_first ? 1 - k : k;
		size_t file = r->in_one_file ? 0 : c;
		char name[64];

		if (r->in_one_file)
			buffer_puts(&text[file], heads[c]);
		if (is_shaped) {
			shape(d, &consoles[c], &text[file]);
		} else {
			for (size_t i = 0; i < consoles[c].n; i++) {
				if (consoles[c].lines[i].text.at != NULL)
					buffer_puts(&text[file], consoles[c].lines[i].text.at);
				buffer_puts(&text[file], "\n");
			}
		}
		if (r->in_one_file && k == 0)
			continue;
		if (is_shaped)
			wound_locate(&text[file], r->wounds);
		snprintf(name, sizeof(name), "%s-%zu.log", kind, file);
		path_of(r, name, files[file]);
		write_file(files[file], &text[file]);
	}
	buffer_free(&text[0]);
	buffer_free(&text[1]);
}

static void analyse(struct run *r, const char *kind, char files[2][PATH_ROOM],
		    struct objects *ret_calls, struct objects *ret_findings)
{
	char path[PATH_ROOM], name[64];
	int status;

	snprintf(name, sizeof(name), "%s-calls.json", kind);
	path_of(r, name, path);
	status = run_program(r, "calls", files, path);
	if (status != 0 || !objects_read(r, path, "call", ret_calls))
		complain(r, "calls failed", path);
	snprintf(name, sizeof(name), "%s-check.json", kind);
	path_of(r, name, path);
	status = run_program(r, "check", files, path);
	if ((status != 0 && status != 1) || !objects_read(r, path, "finding", ret_findings))
		complain(r, "check failed", path);
}

/* What was written for a seed that passed is of no use to anyone. */
static void remove_files(const struct run *r)
{
	static const char *const names[] = {
		"clean-0.log",      "clean-1.log",      "hurt-0.log",      "hurt-1.log",
		"clean-calls.json", "clean-check.json", "hurt-calls.json", "hurt-check.json",
	};
	char path[PATH_ROOM];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(r, names[i], path);
		unlink(path);
	}
}

static void print_failure(const struct run *r)
{
	printf("seed %u, %s%s", r->seed, r->which->name,
	       r->wounds[0].is_there ? "" : ", only reshaped");
	for (size_t i = 0; i < WOUNDS && r->wounds[i].is_there; i++)
		printf(", lines %u to %u, %s", r->wounds[i].line_first, r->wounds[i].line_last,
		       r->wounds[i].what);
	printf("%s\n", r->why.at);
}

static bool run_seed(struct run *r)
{
	static struct objects clean_calls, clean_findings, calls, findings;
	struct dice d = {0x9E3779B97F4A7C15ULL * (r->seed + 1ULL)};
	struct console consoles[2];
	char files[2][PATH_ROOM], path[PATH_ROOM];
	int64_t shift = dice_below(&d, 60 * 86400);
	int64_t skew = (int64_t)dice_below(&d, 6000) - 3000;
	bool is_good;

	r->which = &damage_cases[r->seed % 2];
	r->n_swaps = r->which->swaps(&d, r->swaps);
	r->in_one_file = dice_below(&d, 2) == 0;
	r->is_lns_first = dice_below(&d, 4) == 0;
	memset(r->wounds, 0, sizeof(r->wounds));
	shift = shift * 1000 + dice_below(&d, 1000);
	for (size_t c = 0; c < 2; c++) {
		snprintf(path, sizeof(path), "%s/%s", r->samples, r->which->files[c]);
		disguise(path, r->swaps, r->n_swaps, shift + (c == 0 ? 0 : skew), &consoles[c]);
		consoles[c].prompt = disguise_value(r->swaps, r->n_swaps, r->which->prompts[c]);
	}

	clean_calls.n = clean_findings.n = calls.n = findings.n = 0;
	write_inputs(r, &d, consoles, false, "clean", files);
	analyse(r, "clean", files, &clean_calls, &clean_findings);
	check_facts(r, &clean_calls);
	check_healthy(r, &clean_findings);

	/* One in eight is only reshaped: then nothing at all may be said. */
	if (r->seed % 8 != 0)
		for (unsigned i = 0; i < r->n_wounds; i++)
			wound_make(&d, consoles, i, &r->wounds[i]);
	write_inputs(r, &d, consoles, true, "hurt", files);
	analyse(r, "hurt", files, &calls, &findings);
	compare_calls(r, &clean_calls, &calls);
	compare_findings(r, &clean_findings, &findings);

	is_good = r->why.len == 0;
	if (is_good)
		remove_files(r);
	else
		print_failure(r);
	buffer_free(&r->why);
	objects_free(&clean_calls);
	objects_free(&clean_findings);
	objects_free(&calls);
	objects_free(&findings);
	console_free(&consoles[0]);
	console_free(&consoles[1]);
	return is_good;
}

int main(int argc, char **argv)
{
	const char *wanted = getenv("DAMAGE_SEEDS");
	struct run r = {.n_wounds = getenv("DAMAGE_TWICE") != NULL ? 2 : 1};
	unsigned long first, last, seeds = 0, failed = 0;

	if (argc != 6) {
		fputs("usage: damage PROGRAM SAMPLES WORK FIRST LAST (every second seed)\n"
		      "DAMAGE_SEEDS=N in the environment replaces LAST; DAMAGE_TWICE hurts two "
		      "places\n",
		      stderr);
		return 2;
	}
	r.program = argv[1];
	r.samples = argv[2];
	r.work = argv[3];
	first = strtoul(argv[4], NULL, 10);
	last = strtoul(wanted != NULL ? wanted : argv[5], NULL, 10);
	if (mkdir(r.work, 0755) != 0 && errno != EEXIST) {
		perror(r.work);
		return EXIT_FAILURE;
	}
	setenv("TZ", "UTC", 1);
	for (unsigned long seed = first; seed <= last; seed += 2) {
		seeds++;
		r.seed = (uint32_t)seed;
		failed += !run_seed(&r);
	}
	printf("%lu of %lu seeds failed%s%s\n", failed, seeds,
	       failed > 0 ? "; their files are in " : "", failed > 0 ? r.work : "");
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
