/* The score of the diagnosis over everything whose truth is known.
 *
 *   score PROGRAM WEAVE TESTS SAMPLES SHARED
 *
 * Counts the rules that fire in inputs which our weaver did not make, too; the list is printed.
 * Prints `causes right / cases, false alarms / healthy cases` and each case that is wrong; exit
 * status 0 when every cause is right and no healthy case shows anything above a note.
 *
 * A case is what one set of inputs shows of a call or tunnel whose truth names a cause: each
 * capture alone, all captures, the logs of one end, all logs; of a log the log. A cause that is not
 * certain must end with what would settle it. A healthy case is a
 * set of inputs in which everything is up or was closed in order; a truth's `worst` overrules,
 * where a healthy call lost packets or took longer than it should. */
#include <dirent.h>
#include <sys/stat.h>

#include "truth_kit.h"

struct score {
	unsigned cases, right, healthy, false_alarms, unsettled;
	json_t *rules; /* that fired in inputs which our weaver did not make: {id: the first} */
};

static const char *const ends[2] = {"initiator", "responder"};
static const char *const roles[2] = {"lac", "lns"};

static bool names(const json_t *expected, const char *word)
{
	json_t *one = json_string(word);
	bool is_named = same(expected, one);

	json_decref(one);
	return is_named;
}

/* By the ids alone: a log of one end does not print its own address. */
static json_t *by_ids(const json_t *records, const json_t *one, const char *const sides[2],
		      const char *id)
{
	size_t i;
	json_t *record;

	json_array_foreach(records, i, record)
	{
		if (number_at(one, sides[0], id) == number_at(record, sides[0], id) &&
		    number_at(one, sides[1], id) == number_at(record, sides[1], id))
			return record;
	}
	return NULL;
}

/* The record that a truth means; the only one there is, where a log does not print every id. */
static json_t *meant(const json_t *records, const json_t *truths, size_t i,
		     const char *const sides[2], const char *id, bool is_log)
{
	const json_t *one = json_array_get(truths, i);
	json_t *at = record_at(records, one, i);

	if (!at)
		at = record_of(records, one, sides, id);
	if (!at && is_log)
		at = by_ids(records, one, sides, id);
	if (!at && is_log && json_array_size(truths) == 1 && json_array_size(records) == 1)
		at = json_array_get(records, 0);
	return at;
}

static void score_causes(struct run *r, struct score *s, const json_t *truths,
			 const json_t *records, const char *const sides[2], const char *id,
			 bool is_log)
{
	for (size_t i = 0; i < json_array_size(truths); i++) {
		const json_t *one = json_array_get(truths, i);
		const json_t *cause = json_object_get(one, "cause");
		const json_t *record;

		if (!cause || json_is_null(cause))
			continue;
		record = meant(records, truths, i, sides, id, is_log);
		s->cases++;
		if (record && same(cause, json_object_get(record, "cause")))
			s->right++;
		else
			complain(r, "cause", cause, json_object_get(record, "cause"));
	}
}

/* A cause below certain ends with what would settle it. */
static void score_settling(struct run *r, struct score *s, const json_t *records)
{
	size_t i;
	json_t *one;

	json_array_foreach(records, i, one)
	{
		const json_t *confidence = json_object_get(one, "confidence");
		const char *text = json_string_value(json_object_get(one, "cause_text"));

		if (!json_is_string(confidence) || names(confidence, "certain") ||
		    (text && strstr(text, "; to settle it, ")))
			continue;
		printf("%s: nothing settles it: %s\n", r->label, text ? text : "");
		s->unsettled++;
	}
}

/* Nothing in it failed or fell. */
static bool all_well(const json_t *truths)
{
	size_t i;
	json_t *one;

	json_array_foreach(truths, i, one)
	{
		const json_t *outcome = json_object_get(one, "outcome");

		if (outcome && !names(outcome, "up") && !names(outcome, "closed"))
			return false;
	}
	return true;
}

static bool is_healthy(const json_t *truth, const json_t *records)
{
	const json_t *worst = json_object_get(truth, "worst");

	if (json_is_string(worst))
		return severity(json_string_value(worst)) == 0 ||
		       (severity(json_string_value(worst)) == 1 &&
			all_well(json_object_get(records, "calls")));
	return all_well(json_object_get(records, "tunnels")) &&
	       all_well(json_object_get(records, "calls")) &&
	       json_array_size(json_object_get(records, "calls")) +
			       json_array_size(json_object_get(records, "tunnels")) >
		       0;
}

static void score_alarms(struct run *r, struct score *s, const json_t *worst, const char *inputs)
{
	json_t *findings = ask(r, "check", inputs, "finding");
	int allowed = json_is_string(worst) ? severity(json_string_value(worst)) : 0;
	bool is_false = false;
	size_t i;
	json_t *one;

	json_array_foreach(findings, i, one)
	{
		if (severity(json_string_value(json_object_get(one, "severity"))) <= allowed)
			continue;
		printf("%s: false alarm: %s %s: %s\n", r->label,
		       json_string_value(json_object_get(one, "severity")),
		       json_string_value(json_object_get(one, "rule")),
		       json_string_value(json_object_get(one, "text")));
		is_false = true;
	}
	s->healthy++;
	s->false_alarms += is_false;
	json_decref(findings);
}

static void score_inputs(struct run *r, struct score *s, const json_t *truth, const json_t *records,
			 const char *inputs, bool is_log)
{
	json_t *tunnels = ask(r, "tunnels", inputs, "tunnel");
	json_t *calls = ask(r, "calls", inputs, "call");

	snprintf(r->label, sizeof(r->label), "%.250s", inputs + 1);
	score_causes(r, s, json_object_get(records, "tunnels"), tunnels, ends, "tunnel_id", is_log);
	score_causes(r, s, json_object_get(records, "calls"), calls, roles, "session_id", is_log);
	score_settling(r, s, tunnels);
	score_settling(r, s, calls);
	if (is_healthy(truth, records))
		score_alarms(r, s, json_object_get(truth, "worst"), inputs);
	json_decref(tunnels);
	json_decref(calls);
}

static void score_captures(struct run *r, struct score *s, const json_t *truth)
{
	char all[COMMAND_MAX] = "";
	const char *name;
	json_t *file;

	json_object_foreach(json_object_get(truth, "captures"), name, file)
	{
		const json_t *own = json_object_get(json_object_get(truth, "per_input"), name);
		char one[COMMAND_MAX] = "", logs[COMMAND_MAX] = "";

		add_input(r, truth, name, one);
		add_input(r, truth, name, all);
		if (!json_object_get(truth, "together"))
			score_inputs(r, s, truth, own ? own : truth, one,
				     strstr(json_string_value(file), ".log") != NULL);
		if (!own && add_logs(r, truth, name, logs))
			score_inputs(r, s, truth, truth, logs, true);
	}
	if (json_object_size(json_object_get(truth, "captures")) > 1)
		score_inputs(r, s, truth, truth, all, false);
}

static void score_logs(struct run *r, struct score *s, const json_t *truth)
{
	char all[COMMAND_MAX] = "";

	if (!json_object_get(truth, "per_input") && add_logs(r, truth, NULL, all))
		score_inputs(r, s, truth, truth, all, true);
}

static void score_truth(struct run *r, struct score *s, const char *path, const char *folder)
{
	json_t *truth = json_load_file(path, 0, NULL);
	char secrets[64];

	if (!truth)
		return;
	r->folder = folder;
	r->secrets = write_secrets(truth, secrets);
	score_captures(r, s, truth);
	score_logs(r, s, truth);
	if (r->secrets)
		remove(r->secrets);
	r->secrets = NULL;
	json_decref(truth);
}

static int in_order(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Every PATTERN-ending file of a folder, by `each`. */
static void for_files(const char *folder, const char *ending,
		      void (*each)(void *arg, const char *folder, const char *name), void *arg)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, NULL, in_order);

	for (int i = 0; i < n; i++) {
		size_t length = strlen(names[i]->d_name), tail = strlen(ending);

		if (length > tail && strcmp(names[i]->d_name + length - tail, ending) == 0)
			each(arg, folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

struct walk {
	struct run *r;
	struct score *s;
	const char *inputs, *weave, *scratch;
};

static void each_lab(void *arg, const char *folder, const char *name)
{
	struct walk *w = arg;
	char path[1024], lab[1024];

	snprintf(lab, sizeof(lab), "%s/%s", folder, name);
	snprintf(path, sizeof(path), "%.1000s/truth.json", lab);
	if (name[0] != '.')
		score_truth(w->r, w->s, path, lab);
}

static void each_truth(void *arg, const char *folder, const char *name)
{
	struct walk *w = arg;
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	score_truth(w->r, w->s, path, w->inputs);
}

static void each_woven(void *arg, const char *folder, const char *name)
{
	struct walk *w = arg;
	char command[COMMAND_MAX];
	int stem = (int)strlen(name) - 5; /* without .json */

	snprintf(command, sizeof(command), "%s %s/%.*s.weave %s/%.*s.pcap", w->weave, folder, stem,
		 name, w->scratch, stem, name);
	if (system(command) == 0)
		each_truth(arg, folder, name);
	snprintf(command, sizeof(command), "%s/%.*s.pcap", w->scratch, stem, name);
	remove(command);
}

/* Public captures that are healthy as far as they go: all but those made to break decoders. */
static void each_public(void *arg, const char *folder, const char *name)
{
	static const char *const broken[] = {
		"overflow",       "asan",    "oobr",         "invalid", "error",
		"truncated-aack", ".facts.", "tcpdump__pptp" /* the server closes it in mid-LCP */};
	struct walk *w = arg;
	char inputs[1024];

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		if (strstr(name, broken[i]))
			return;
	snprintf(inputs, sizeof(inputs), " %s/%s", folder, name);
	snprintf(w->r->label, sizeof(w->r->label), "%s", name);
	score_alarms(w->r, w->s, NULL, inputs);
}

/* What fires in an input of others, whatever its truth. */
static void each_foreign(void *arg, const char *folder, const char *name)
{
	struct walk *w = arg;
	char inputs[1024];
	json_t *findings;
	size_t i;
	json_t *one;

	if (name[0] == '.' || strstr(name, ".facts.") || strstr(name, ".json") ||
	    strstr(name, ".md"))
		return;
	snprintf(inputs, sizeof(inputs), " %s/%s", folder, name);
	findings = ask(w->r, "check", inputs, "finding");
	json_array_foreach(findings, i, one)
	{
		const char *rule = json_string_value(json_object_get(one, "rule"));

		if (rule && !json_object_get(w->s->rules, rule))
			json_object_set_new(w->s->rules, rule, json_string(name));
	}
	json_decref(findings);
}

static void each_foreign_folder(void *arg, const char *folder, const char *name)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (name[0] == '.')
		return;
	for_files(path, ".pcap", each_foreign, arg);
	for_files(path, ".log", each_foreign, arg);
}

/* At least so many rules must have fired in inputs that our weaver did not make. */
static bool score_foreign(struct walk *w, const char *shared)
{
	enum { WANTED = 60 };
	char path[1024];
	size_t n;
	const char *rule;
	json_t *first;

	w->s->rules = json_object();
	snprintf(path, sizeof(path), "%s/captures/lab", shared);
	for_files(path, "", each_foreign_folder, w);
	snprintf(path, sizeof(path), "%s/captures/public", shared);
	for_files(path, "cap", each_foreign, w);
	snprintf(path, sizeof(path), "%s/logs", shared);
	for_files(path, "", each_foreign_folder, w);
	snprintf(path, sizeof(path), "%s/seeds", shared);
	for_files(path, ".txt", each_foreign, w);
	json_object_foreach(w->s->rules, rule, first)
	{
		printf("fires outside our weaver: %s (%s)\n", rule, json_string_value(first));
	}
	n = json_object_size(w->s->rules);
	printf("%zu rules fire outside our weaver\n", n);
	json_decref(w->s->rules);
	return n >= WANTED;
}

int main(int argc, char **argv)
{
	struct run r = {0};
	bool is_foreign_enough = true;
	struct score s = {0};
	struct walk w = {.r = &r, .s = &s};
	char scratch[] = "/tmp/l2tpscope-score-XXXXXX", path[1024], logs[1024];
	struct stat there;

	if (argc != 6) {
		fputs("usage: score PROGRAM WEAVE TESTS SAMPLES SHARED\n", stderr);
		return 2;
	}
	r.program = argv[1];
	w.weave = argv[2];
	w.scratch = mkdtemp(scratch);
	if (!w.scratch)
		return 2;
	w.inputs = argv[4];
	snprintf(path, sizeof(path), "%s/truth/samples", argv[3]);
	for_files(path, ".json", each_truth, &w);
	w.inputs = w.scratch;
	snprintf(path, sizeof(path), "%s/woven", argv[3]);
	for_files(path, ".json", each_woven, &w);
	rmdir(scratch);
	if (stat(argv[5], &there) == 0) {
		snprintf(logs, sizeof(logs), "%s/logs", argv[5]);
		w.inputs = logs;
		snprintf(path, sizeof(path), "%s/truth/logs", argv[3]);
		for_files(path, ".json", each_truth, &w);
		snprintf(path, sizeof(path), "%s/captures/lab", argv[5]);
		for_files(path, "", each_lab, &w);
		snprintf(path, sizeof(path), "%s/captures/public", argv[5]);
		for_files(path, "cap", each_public, &w);
		is_foreign_enough = score_foreign(&w, argv[5]);
	} else {
		printf("%s is not here: only our own samples are scored\n", argv[5]);
	}
	printf("%u causes right / %u cases, %u false alarms / %u healthy cases\n", s.right, s.cases,
	       s.false_alarms, s.healthy);
	return s.right != s.cases || s.false_alarms || s.unsettled || r.failures || !s.cases ||
	       !is_foreign_enough;
}
