/* What the program must say of an input whose truth is known.
 *
 *   truth PROGRAM TRUTH.json FOLDER
 *
 * TRUTH.json names captures (or logs) in FOLDER and the tunnels and calls they hold. Every fact
 * that stands in it must be in `calls --json` and `tunnels --json` of each input alone and of
 * all of them together; nothing else is compared. A list under a key names alternatives;
 * `together` lists groups of inputs to give instead of each alone and all;
 * `worst` is the highest severity that `check` may show; `per_input` holds what one input
 * alone shows where the inputs differ; `damaged` lists the lines that must be named
 * `input-damaged`, and no others; `rules` lists findings that must be there, `no_rules` those that
 * must not; a record with `in_order` is the one at its place in the list; `says` lists `{"command",
 * "text"}`: what a command must print. Exit status 0 when all of it holds, 77 when FOLDER is
 * absent.
 */
#include <sys/stat.h>

#include "truth_kit.h"

/* "up", also among others */
static int names_up(const json_t *outcome)
{
	json_t *up = json_string("up");
	int is_up = same(outcome, up);

	json_decref(up);
	return is_up;
}

static void compare(struct run *r, const char *noun, const json_t *expected, const json_t *records,
		    const char *const sides[2], const char *id)
{
	size_t i;
	json_t *one;

	if (!json_is_array(expected))
		return;
	if (json_array_size(expected) != json_array_size(records)) {
		printf("%s: %zu %ss expected, %zu found\n", r->label, json_array_size(expected),
		       noun, json_array_size(records));
		r->failures++;
	}
	json_array_foreach(expected, i, one)
	{
		json_t *at = record_at(records, one, i);
		json_t *record = at ? at : record_of(records, one, sides, id);
		const char *key;
		json_t *value;

		if (!record) {
			complain(r, noun, one, NULL);
			continue;
		}
		json_object_foreach(one, key, value)
		{
			char what[128];

			if (strcmp(key, "in_order") == 0)
				continue;
			if (r->goes_on && strcmp(key, "outcome") == 0 && names_up(value))
				continue;
			snprintf(what, sizeof(what), "%s %ld: %s", noun,
				 number_at(one, sides[0], id), key);
			if (!same(value, json_object_get(record, key)))
				complain(r, what, value, json_object_get(record, key));
		}
	}
}

static int by_number(const void *a, const void *b)
{
	const json_int_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The same numbers in order, without doubles. */
static json_t *sorted(const json_t *lines)
{
	size_t n = json_array_size(lines);
	json_int_t *numbers = calloc(n + 1, sizeof(*numbers));
	json_t *in_order = json_array();

	for (size_t i = 0; i < n; i++)
		numbers[i] = json_integer_value(json_array_get(lines, i));
	qsort(numbers, n, sizeof(*numbers), by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || numbers[i] != numbers[i - 1])
			json_array_append_new(in_order, json_integer(numbers[i]));
	free(numbers);
	return in_order;
}

/* Whether a finding of each listed rule is there is as it should be. */
static void compare_rules(struct run *r, const json_t *rules, const json_t *findings, bool wanted)
{
	size_t i, k;
	json_t *rule, *finding;

	json_array_foreach(rules, i, rule)
	{
		bool is_there = false;

		json_array_foreach(findings, k, finding)
		{
			is_there |= json_equal(rule, json_object_get(finding, "rule"));
		}
		if (is_there != wanted)
			complain(r, wanted ? "a finding is missing" : "a finding is false", rule,
				 findings);
	}
}

static void compare_words(struct run *r, const json_t *truth, const char *inputs)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(truth, "says"), i, one)
	{
		const char *command = json_string_value(json_object_get(one, "command"));
		const char *text = json_string_value(json_object_get(one, "text"));
		char shell[COMMAND_MAX], *printed = calloc(1, LINE_MAX_OCTETS);
		FILE *pipe;

		snprintf(shell, sizeof(shell), "%s %s %s", r->program, command, inputs);
		pipe = popen(shell, "r");
		if (pipe && printed)
			fread(printed, 1, LINE_MAX_OCTETS - 1, pipe);
		if (pipe)
			pclose(pipe);
		if (!printed || !strstr(printed, text)) {
			printf("%s: `%s` does not say \"%s\":\n%.4000s\n", r->label, command, text,
			       printed ? printed : "");
			r->failures++;
		}
		free(printed);
	}
}

static void compare_findings(struct run *r, const json_t *truth, const char *inputs)
{
	json_t *findings = ask(r, "check", inputs, "finding");
	int worst = severity(json_string_value(json_object_get(truth, "worst")));
	const json_t *damaged = json_object_get(truth, "damaged");
	json_t *lines = json_array(), *found;
	size_t i, k;
	json_t *finding, *evidence;

	json_array_foreach(findings, i, finding)
	{
		const char *rule = json_string_value(json_object_get(finding, "rule"));

		if (severity(json_string_value(json_object_get(finding, "severity"))) > worst)
			complain(r, "a finding above the worst allowed",
				 json_object_get(truth, "worst"), finding);
		if (!rule || strcmp(rule, "input-damaged") != 0)
			continue;
		json_array_foreach(json_object_get(finding, "evidence"), k, evidence)
			json_array_append(lines, json_object_get(evidence, "line"));
	}
	compare_rules(r, json_object_get(truth, "rules"), findings, true);
	compare_rules(r, json_object_get(truth, "no_rules"), findings, false);
	found = sorted(lines);
	if (damaged && !json_equal(damaged, found))
		complain(r, "damaged lines", damaged, found);
	json_decref(found);
	json_decref(lines);
	json_decref(findings);
}

static void check_inputs(struct run *r, const json_t *truth, const json_t *records,
			 const char *inputs)
{
	static const char *const ends[2] = {"initiator", "responder"};
	static const char *const roles[2] = {"lac", "lns"};
	json_t *tunnels = ask(r, "tunnels", inputs, "tunnel");
	json_t *calls = ask(r, "calls", inputs, "call");

	compare(r, "tunnel", json_object_get(records, "tunnels"), tunnels, ends, "tunnel_id");
	compare(r, "call", json_object_get(records, "calls"), calls, roles, "session_id");
	compare_findings(r, truth, inputs);
	compare_words(r, truth, inputs);
	json_decref(tunnels);
	json_decref(calls);
}

/* The daemons' own logs beside the captures change no fact, but go on when the captures end. */
static void check_with_logs(struct run *r, const json_t *truth)
{
	char all[COMMAND_MAX] = "";
	const char *name;
	json_t *file;

	r->goes_on = 1;
	json_object_foreach(json_object_get(truth, "captures"), name, file)
	{
		char one[COMMAND_MAX] = "";

		add_input(r, truth, name, one);
		add_input(r, truth, name, all);
		snprintf(r->label, sizeof(r->label), "%s with its logs", json_string_value(file));
		/* what one capture alone shows, its logs may complete */
		if (!json_object_get(truth, "per_input") && add_logs(r, truth, name, one))
			check_inputs(r, truth, truth, one);
	}
	snprintf(r->label, sizeof(r->label), "all captures and logs together");
	if (add_logs(r, truth, NULL, all))
		check_inputs(r, truth, truth, all);
}

static void check_each_and_all(struct run *r, const json_t *truth)
{
	char all[COMMAND_MAX] = "";
	const char *name;
	json_t *file;

	json_object_foreach(json_object_get(truth, "captures"), name, file)
	{
		const json_t *own = json_object_get(json_object_get(truth, "per_input"), name);
		char one[COMMAND_MAX] = "";

		snprintf(r->label, sizeof(r->label), "%s", json_string_value(file));
		add_input(r, truth, name, one);
		check_inputs(r, truth, own ? own : truth, one);
		add_input(r, truth, name, all);
	}
	if (json_object_size(json_object_get(truth, "captures")) < 2)
		return;
	snprintf(r->label, sizeof(r->label), "all inputs together");
	check_inputs(r, truth, truth, all);
}

static void check_groups(struct run *r, const json_t *truth, const json_t *groups)
{
	size_t i, k;
	json_t *group, *name;

	json_array_foreach(groups, i, group)
	{
		char inputs[COMMAND_MAX] = "";

		json_array_foreach(group, k, name)
		{
			add_input(r, truth, json_string_value(name), inputs);
		}
		snprintf(r->label, sizeof(r->label), "%.200s", inputs + 1);
		check_inputs(r, truth, truth, inputs);
	}
}

int main(int argc, char **argv)
{
	struct run r = {0};
	struct stat there;
	char secrets[64];
	json_t *truth;

	if (argc != 4) {
		fputs("usage: truth PROGRAM TRUTH.json FOLDER\n", stderr);
		return 2;
	}
	truth = json_load_file(argv[2], 0, NULL);
	if (stat(argv[3], &there) != 0 || !truth) {
		printf("skipped: %s is not here\n", truth ? argv[3] : argv[2]);
		json_decref(truth);
		return SKIPPED;
	}
	r = (struct run){.program = argv[1], .folder = argv[3]};
	r.secrets = write_secrets(truth, secrets);
	if (json_object_get(truth, "together"))
		check_groups(&r, truth, json_object_get(truth, "together"));
	else
		check_each_and_all(&r, truth);
	check_with_logs(&r, truth);
	if (r.secrets)
		remove(r.secrets);
	json_decref(truth);
	printf("%u differences\n", r.failures);
	return r.failures != 0;
}
