/* What two captures of one call tell of the path between them, against a bridge that says of each
 * packet what it did with it.
 *
 *   bridge PROGRAM FOLDER
 *
 * FOLDER holds lac.pcap, lns.pcap and bridge-truth.jsonl. Of each control message the joined
 * `timeline --json` must have as many copies "never seen at" the other side as the bridge dropped,
 * no state of a session may be entered twice, and the clocks of both captures, which are one, must
 * be found equal within the delay of the bridge. Exit status 77 when FOLDER is absent.
 */
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_OCTETS = 1 << 20, SKIPPED = 77, MESSAGES_MAX = 256, TEXT_MAX = 96 };

static const double DELAY_S = 0.025;

/* How often something was counted by one and by the other. */
struct tally {
	char what[TEXT_MAX];
	int of_bridge, of_program;
};

struct run {
	struct tally lost[MESSAGES_MAX], entered[MESSAGES_MAX];
	unsigned n_lost, n_entered, failures;
	bool has_offset;
};

static struct tally *tally_of(struct tally *all, unsigned *n, const char *what)
{
	for (unsigned i = 0; i < *n; i++)
		if (strcmp(all[i].what, what) == 0)
			return &all[i];
	if (*n == MESSAGES_MAX)
		return &all[0];
	snprintf(all[*n].what, TEXT_MAX, "%s", what);
	return &all[(*n)++];
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void take_bridge(struct run *r, const json_t *packet)
{
	char what[TEXT_MAX];

	if (!json_is_true(json_object_get(packet, "ctl")) ||
	    strcmp(text_of(packet, "act"), "drop") != 0)
		return;
	snprintf(what, sizeof(what), "%s from %s", text_of(packet, "msg"),
		 strcmp(text_of(packet, "dir"), "A>B") == 0 ? "lac" : "lns");
	tally_of(r->lost, &r->n_lost, what)->of_bridge++;
}

static void take_states(struct run *r, const json_t *event)
{
	size_t i;
	json_t *state;

	json_array_foreach(json_object_get(event, "states"), i, state)
	{
		char what[TEXT_MAX];

		if (strncmp(text_of(state, "machine"), "session", 7) != 0)
			continue;
		snprintf(what, sizeof(what), "%s %s", text_of(state, "end"),
			 text_of(state, "after"));
		if (++tally_of(r->entered, &r->n_entered, what)->of_program > 1) {
			printf("%s is entered again at %s\n", what, text_of(event, "stamp"));
			r->failures++;
		}
	}
}

static void take_offsets(struct run *r, const json_t *end)
{
	size_t i;
	json_t *input;

	json_array_foreach(json_object_get(end, "inputs"), i, input)
	{
		json_t *offset = json_object_get(input, "clock_offset_s");

		r->has_offset |= json_is_number(offset);
		if (fabs(json_number_value(offset)) <= DELAY_S)
			continue;
		printf("%s: clock offset %f s, of one clock\n", text_of(input, "name"),
		       json_number_value(offset));
		r->failures++;
	}
}

static void take_program(struct run *r, const json_t *object)
{
	char what[TEXT_MAX];

	if (strcmp(text_of(object, "type"), "end") == 0)
		take_offsets(r, object);
	if (strcmp(text_of(object, "type"), "event") != 0)
		return;
	take_states(r, object);
	if (!*text_of(object, "unseen_at") || strcmp(text_of(object, "protocol"), "L2TP") != 0)
		return;
	snprintf(what, sizeof(what), "%s from %s", text_of(object, "message"),
		 text_of(object, "from"));
	tally_of(r->lost, &r->n_lost, what)->of_program++;
}

static void each_line(FILE *file, struct run *r, void (*take)(struct run *, const json_t *))
{
	char *line = malloc(LINE_MAX_OCTETS);

	while (file && line && fgets(line, LINE_MAX_OCTETS, file)) {
		json_t *object = json_loads(line, 0, NULL);

		take(r, object);
		json_decref(object);
	}
	free(line);
}

int main(int argc, char **argv)
{
	static struct run r;
	char path[2048], shell[8192];
	FILE *bridge, *pipe;

	if (argc != 3) {
		fputs("usage: bridge PROGRAM FOLDER\n", stderr);
		return 2;
	}
	snprintf(path, sizeof(path), "%s/bridge-truth.jsonl", argv[2]);
	bridge = fopen(path, "r");
	if (!bridge) {
		printf("skipped: %s is not here\n", path);
		return SKIPPED;
	}
	each_line(bridge, &r, take_bridge);
	fclose(bridge);
	snprintf(shell, sizeof(shell), "%s timeline --json lac=%s/lac.pcap lns=%s/lns.pcap",
		 argv[1], argv[2], argv[2]);
	pipe = popen(shell, "r");
	each_line(pipe, &r, take_program);
	if (pipe)
		pclose(pipe);
	for (unsigned i = 0; i < r.n_lost; i++) {
		printf("%s: %d dropped, %d never seen\n", r.lost[i].what, r.lost[i].of_bridge,
		       r.lost[i].of_program);
		r.failures += r.lost[i].of_bridge != r.lost[i].of_program;
	}
	r.failures += !r.has_offset || !r.n_lost || !r.n_entered;
	return r.failures != 0;
}
