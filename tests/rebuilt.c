/* What a log tells of its packets, octet by octet, and the same call out of them.
 *
 *   rebuilt PROGRAM WORK samples|seeds FOLDER
 *
 * Of each document of FOLDER the messages that its consoles print are exported; through
 * `calls --json` the packets must give the same calls as the text, every key of them but those
 * below. A document that prints lengths and dumps must also give SCCRQ, SCCRP, ICRQ and ICCN in
 * full, every octet with its source. Exit status 77 when FOLDER is absent.
 */
#include <dirent.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_ROOM = 4096, COMMAND_ROOM = 4 * PATH_ROOM, SKIPPED = 77, LISTED = 256 };

struct run {
	const char *program, *work;
	char inputs[2 * PATH_ROOM]; /* quoted, of this document */
	char packets[PATH_ROOM];
	unsigned failures;
};

/* A key that packets cannot tell as a log does, and why. */
struct excuse {
	const char *key, *why;
};

static const struct excuse always[] = {
	{"start", "the log sees the caller's line first; its clock has no year"},
	{"stamp", "of the start"},
	{"connected", "a time of the log's clock"},
	{"end", "likewise"},
	{"cause_text", "quotes times and what only the log tells of the line (ISDN)"},
	{"seen_from", "consoles are at the ends, packets are seen on the wire"},
	{"seen_in", "the name of the input"},
	{"id", "the order of calls: a line of its own may be one (below)"},
};

/* Of a log of events, which prints neither lengths nor attributes. */
static const struct excuse of_events[] = {
	{"user", "a CHAP packet is cut before the name: no line has its value"},
	{"calling_number", "printed of the line, not of an ICRQ"},
	{"called_number", "likewise"},
	{"duration_s", "the log's last line is no packet"},
	{"auth", "whether the LAC's CHAP was handed on stands in no printed ICCN"},
	{"ppp_messages", "the LAC's line is not proven to be the same link"},
	{"findings", "packets that are cut are named"},
};

static bool is_excused(const struct excuse *all, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].key, key) == 0)
			return true;
	return false;
}

static void fail(struct run *r, const char *what, const char *detail)
{
	printf("\t%s: %s\n", what, detail);
	r->failures++;
}

/* The objects of one type that `PROGRAM command` prints of the inputs. */
static json_t *objects_of(const struct run *r, const char *command, const char *inputs,
			  const char *type)
{
	char line[COMMAND_ROOM];
	json_t *all = json_array();
	char *text = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(line, sizeof(line), "'%s' %s --json %s 2>/dev/null", r->program, command, inputs);
	f = popen(line, "r");
	while (f && getline(&text, &room, f) >= 0) {
		json_t *o = json_loads(text, 0, NULL);
		const char *is = json_string_value(json_object_get(o, "type"));

		if (is && strcmp(is, type) == 0)
			json_array_append(all, o);
		json_decref(o);
	}
	free(text);
	if (f)
		pclose(f);
	return all;
}

static json_int_t id_of(json_t *call, const char *end)
{
	return json_integer_value(json_object_get(json_object_get(call, end), "session_id"));
}

/* The call of the same session ids. */
static json_t *counterpart(json_t *calls, json_t *call)
{
	json_t *other;
	size_t i;

	json_array_foreach(calls, i,
			   other) if (id_of(other, "lac") == id_of(call, "lac") &&
				      id_of(other, "lns") == id_of(call, "lns")) return other;
	return NULL;
}

/* A log does not print ports, packets have one; damage of the text is none of the packets. */
static void forget(json_t *was, json_t *is)
{
	static const char *const ends[] = {"lac", "lns"};
	json_t *findings = json_object_get(was, "findings");
	size_t i;

	for (i = 0; i < 2; i++) {
		json_t *a = json_object_get(was, ends[i]), *b = json_object_get(is, ends[i]);

		if (json_is_null(json_object_get(a, "port")))
			json_object_set_new(b, "port", json_null());
	}
	for (i = json_array_size(findings); i > 0; i--)
		if (strcmp(json_string_value(json_array_get(findings, i - 1)), "input-damaged") ==
		    0)
			json_array_remove(findings, i - 1);
}

static void compare_call(struct run *r, json_t *was, json_t *is, bool has_lengths)
{
	const char *key;
	json_t *value;

	forget(was, is);
	json_object_foreach(was, key, value)
	{
		json_t *now = json_object_get(is, key);
		char detail[1024];
		char *a, *b;

		if (json_equal(value, now) ||
		    is_excused(always, sizeof(always) / sizeof(always[0]), key) ||
		    (!has_lengths &&
		     is_excused(of_events, sizeof(of_events) / sizeof(of_events[0]), key)))
			continue;
		a = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		b = json_dumps(now, JSON_COMPACT | JSON_ENCODE_ANY);
		snprintf(detail, sizeof(detail), "%.400s, of the packets %.400s", a,
			 b ? b : "gone");
		fail(r, key, detail);
		free(a);
		free(b);
	}
}

/* Of a log that prints dumps a capture holds no other calls than the log does. */
static void compare_calls(struct run *r, bool has_lengths)
{
	char packets[PATH_ROOM + 2];
	json_t *was = objects_of(r, "calls", r->inputs, "call"), *is, *call;
	char detail[64];
	size_t i;

	snprintf(packets, sizeof(packets), "'%s'", r->packets);
	is = objects_of(r, "calls", packets, "call");
	snprintf(detail, sizeof(detail), "%zu, of the packets %zu", json_array_size(was),
		 json_array_size(is));
	if (json_array_size(was) == 0 ||
	    (has_lengths && json_array_size(was) != json_array_size(is)))
		fail(r, "calls", detail);
	json_array_foreach(was, i, call)
	{
		json_t *other = counterpart(is, call);

		if (other)
			compare_call(r, call, other, has_lengths);
		else
			fail(r, "no such call of the packets", detail);
	}
	json_decref(was);
	json_decref(is);
}

/* Whole in the packets, and every octet of it has a source where `decode -v` shows it. */
struct whole {
	const char *message;
	json_int_t octets;
};
static const struct whole whole[] = {{"SCCRQ", 128}, {"SCCRP", 154}, {"ICRQ", 91}, {"ICCN", 151}};

static bool has_cut(json_t *defects)
{
	json_t *defect;
	size_t i;

	json_array_foreach(defects, i, defect)
	{
		char *text = json_dumps(defect, JSON_COMPACT | JSON_ENCODE_ANY);
		bool is_cut = strstr(text, "cut") != NULL;

		free(text);
		if (is_cut)
			return true;
	}
	return false;
}

static void check_packet(struct run *r, json_t *messages, const struct whole *w)
{
	unsigned found = 0;
	json_t *message;
	char detail[64];
	size_t i;

	json_array_foreach(messages, i, message)
	{
		json_t *l2tp = json_object_get(message, "l2tp");
		const char *name = json_string_value(json_object_get(l2tp, "message"));

		if (name && strcmp(name, w->message) == 0 &&
		    json_integer_value(json_object_get(l2tp, "length")) == w->octets &&
		    !has_cut(json_object_get(message, "defects")))
			found++;
	}
	snprintf(detail, sizeof(detail), "%s of %d octets, %u times", w->message, (int)w->octets,
		 found);
	if (found != 1)
		fail(r, "not once whole in the packets", detail);
}

/* `    rebuilt: 128 of 128 octets: 47 dumped, 81 printed; the lengths of all parts sum up …` */
static void check_sources(struct run *r)
{
	char line[COMMAND_ROOM], *text = NULL;
	unsigned found[sizeof(whole) / sizeof(whole[0])] = {0};
	const struct whole *now = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(line, sizeof(line), "'%s' decode -v %s 2>/dev/null", r->program, r->inputs);
	f = popen(line, "r");
	while (f && getline(&text, &room, f) >= 0) {
		char want[64];

		for (size_t i = 0; text[0] != ' ' && i < sizeof(whole) / sizeof(whole[0]); i++) {
			snprintf(want, sizeof(want), " %s to ", whole[i].message);
			now = i == 0 ? NULL : now;
			now = strstr(text, want) ? &whole[i] : now;
		}
		if (!now || !strstr(text, "    rebuilt: "))
			continue;
		snprintf(want, sizeof(want), "rebuilt: %d of %d octets", (int)now->octets,
			 (int)now->octets);
		found[now - whole] +=
			strstr(text, want) && strstr(text, "sum up to the stated one");
	}
	free(text);
	if (f)
		pclose(f);
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (found[i] != 2) /* told by both consoles */
			fail(r, "not every octet has a source at both consoles", whole[i].message);
}

static bool prints_lengths(const struct run *r)
{
	json_t *messages = objects_of(r, "decode", r->inputs, "message"), *message;
	bool has = false;
	size_t i;

	json_array_foreach(messages, i, message) has |=
		json_is_integer(json_object_get(json_object_get(message, "l2tp"), "length"));
	json_decref(messages);
	return has;
}

static void run_document(struct run *r, const char *name)
{
	char command[COMMAND_ROOM], packets[PATH_ROOM + 2];
	unsigned before = r->failures;
	bool has_lengths = prints_lengths(r);
	json_t *messages;

	snprintf(command, sizeof(command), "'%s' export --force -o '%s' %s 2>/dev/null", r->program,
		 r->packets, r->inputs);
	if (system(command) != 0)
		fail(r, "not exported", command);
	compare_calls(r, has_lengths);
	if (has_lengths) {
		snprintf(packets, sizeof(packets), "'%s'", r->packets);
		messages = objects_of(r, "decode", packets, "message");
		for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
			check_packet(r, messages, &whole[i]);
		json_decref(messages);
		check_sources(r);
	}
	printf("%s: %s%s\n", name, r->failures == before ? "holds" : "does not hold",
	       has_lengths ? ""
			   : "; it prints no lengths, so the calls as far as events tell them");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Each document of the folder, and both consoles of the samples. */
static unsigned run_folder(struct run *r, const char *folder, bool is_seeds)
{
	static const char *const pairs[] = {"dialin", "dialout"};
	static char names[LISTED][256];
	DIR *list = opendir(folder);
	struct dirent *entry;
	size_t n = 0;

	for (size_t i = 0; !is_seeds && i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		snprintf(r->inputs, sizeof(r->inputs), "'%s/%s-lac.log' '%s/%s-lns.log'", folder,
			 pairs[i], folder, pairs[i]);
		run_document(r, pairs[i]);
		n++;
	}
	while (list && is_seeds && n < LISTED && (entry = readdir(list)))
		if (entry->d_name[0] != '.')
			snprintf(names[n++], sizeof(names[0]), "%s", entry->d_name);
	if (list)
		closedir(list);
	if (is_seeds)
		qsort(names, n, sizeof(names[0]), by_name);
	for (size_t i = 0; is_seeds && i < n; i++) {
		snprintf(r->inputs, sizeof(r->inputs), "'%s/%s'", folder, names[i]);
		run_document(r, names[i]);
	}
	return (unsigned)n;
}

int main(int argc, char **argv)
{
	static struct run r;
	struct stat is;
	unsigned n;

	if (argc != 5) {
		fputs("usage: rebuilt PROGRAM WORK samples|seeds FOLDER\n", stderr);
		return 2;
	}
	if (stat(argv[4], &is) != 0) {
		printf("skipped: %s is not here\n", argv[4]);
		return SKIPPED;
	}
	r.program = argv[1];
	r.work = argv[2];
	mkdir(r.work, 0755);
	snprintf(r.packets, sizeof(r.packets), "%s/%s.pcapng", r.work, argv[3]);
	n = run_folder(&r, argv[4], strcmp(argv[3], "seeds") == 0);
	printf("%u documents, %u failures\n", n, r.failures);
	return r.failures == 0 && n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
