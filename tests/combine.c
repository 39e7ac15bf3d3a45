/* Whatever was recorded of a call, by either side and in whichever order it is given: one call.
 *
 *   combine PROGRAM TRUTH.json FOLDER
 *
 * Sets of the captures and logs that TRUTH.json names are given, forwards and backwards, and
 * `calls --json` must hold as many calls as the truth, with its ids where they are known: pairs
 * and all but one and all of them, every set with COMBINE_ALL in the environment. Of a
 * truth of several calls only the sets that show all of them are given: everything, without the
 * captures, without pppd's logs, without both. Sets that no evidence holds together are counted,
 * not tried (`is_connected`). Exit status 77 when FOLDER is absent, or a call goes through several
 * tunnels: which of its ids a set shows depends on the set.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { INPUTS_MAX = 8, COMMAND_MAX = 8192, LINE_MAX_OCTETS = 1 << 20, SKIPPED = 77 };

enum kind { CAPTURE, DAEMON, PPPD };

struct input {
	const char *name;
	enum kind kind;
	bool names_pppd; /* a daemon's log that prints the pid of its pppd */
};

struct run {
	const char *program, *folder;
	const json_t *calls;
	struct input inputs[INPUTS_MAX];
	size_t n;
	unsigned tried, apart, failures;
};

static bool holds(const char *folder, const char *name, const char *text)
{
	char path[1024], line[4096];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, text) != NULL;
	if (file)
		fclose(file);
	return found;
}

static void input_add(struct run *r, const json_t *name, enum kind kind)
{
	struct input *in = &r->inputs[r->n];

	if (r->n == INPUTS_MAX)
		return;
	*in = (struct input){.name = json_string_value(name), .kind = kind};
	if (kind != CAPTURE && strstr(in->name, "syslog"))
		in->kind = PPPD;
	in->names_pppd = in->kind == DAEMON && (holds(r->folder, in->name, "TERM signal to pid") ||
						holds(r->folder, in->name, ", PID: "));
	r->n++;
}

/* "lac" of "lac-syslog.log" */
static bool same_side(const struct input *a, const struct input *b)
{
	size_t n = strcspn(a->name, "-.");

	return n == strcspn(b->name, "-.") && strncmp(a->name, b->name, n) == 0;
}

/* A capture shows ids and PPP; daemons know ids, pppd's logs know PPP; what ties these two is the
 * pid that a daemon prints of the pppd it started. */
static bool are_tied(const struct input *a, const struct input *b)
{
	if (a->kind == CAPTURE || b->kind == CAPTURE || a->kind == b->kind)
		return true;
	return same_side(a, b) && (a->names_pppd || b->names_pppd);
}

static bool is_connected(const struct run *r, unsigned set)
{
	unsigned reached = set & (~set + 1), before = 0;

	while (reached != before) {
		before = reached;
		for (size_t i = 0; i < r->n; i++)
			for (size_t k = 0; k < r->n; k++)
				if ((reached & 1u << i) && (set & 1u << k) &&
				    are_tied(&r->inputs[i], &r->inputs[k]))
					reached |= 1u << k;
	}
	return reached == set;
}

/* Does it show all calls of the truth? */
static bool is_full(const struct run *r, unsigned set)
{
	bool has[3] = {false, false, false}, lacks[3] = {false, false, false};

	for (size_t i = 0; i < r->n; i++)
		*((set & 1u << i) ? &has[r->inputs[i].kind] : &lacks[r->inputs[i].kind]) = true;
	for (int k = 0; k < 3; k++)
		if (has[k] && lacks[k])
			return false;
	return has[DAEMON];
}

static bool id_differs(const json_t *call, const json_t *truth)
{
	static const char *const sides[] = {"lac", "lns"}, *const ids[] = {"tunnel_id",
									   "session_id"};

	for (int side = 0; side < 2; side++)
		for (int id = 0; id < 2; id++) {
			json_t *want =
				json_object_get(json_object_get(truth, sides[side]), ids[id]);
			json_t *have = json_object_get(json_object_get(call, sides[side]), ids[id]);

			if (json_is_integer(want) && json_is_integer(have) &&
			    !json_equal(want, have))
				return true;
		}
	return false;
}

static bool is_of_truth(const struct run *r, const json_t *call)
{
	size_t i;
	json_t *truth;

	json_array_foreach(r->calls, i, truth)
	{
		if (!id_differs(call, truth))
			return true;
	}
	return false;
}

static void try(struct run *r, unsigned set, bool backwards)
{
	char shell[COMMAND_MAX];
	char *line = malloc(LINE_MAX_OCTETS);
	int used = snprintf(shell, sizeof(shell), "%s calls --json", r->program);
	size_t n = 0, n_inputs = 0;
	bool is_false = false;
	FILE *pipe;

	for (size_t k = 0; k < r->n; k++) {
		size_t i = backwards ? r->n - 1 - k : k;

		if (!(set & 1u << i))
			continue;
		used += snprintf(shell + used, sizeof(shell) - (size_t)used, " %s/%s", r->folder,
				 r->inputs[i].name);
		n_inputs++;
	}
	pipe = popen(shell, "r");
	while (pipe && line && fgets(line, LINE_MAX_OCTETS, pipe)) {
		json_t *object = json_loads(line, 0, NULL);
		const char *type = json_string_value(json_object_get(object, "type"));

		if (type && strcmp(type, "call") == 0) {
			n++;
			is_false |= !is_of_truth(r, object);
		}
		json_decref(object);
	}
	if (pipe)
		pclose(pipe);
	free(line);
	r->tried++;
	/* a log alone may tell of no call: that of a RADIUS server */
	if (!is_false && (n == json_array_size(r->calls) || (n_inputs == 1 && n == 0)))
		return;
	printf("%zu calls%s: %s\n", n, is_false ? ", one with other ids" : "", shell);
	r->failures++;
}

static bool is_sample(const struct run *r, unsigned set)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += (set >> i) & 1u;
	return n <= 2 || n + 1 >= r->n;
}

static void try_all(struct run *r)
{
	bool takes_all = getenv("COMBINE_ALL") || json_array_size(r->calls) > 1;

	for (unsigned set = 1; set < 1u << r->n; set++) {
		if (json_array_size(r->calls) > 1 && !is_full(r, set))
			continue;
		if (!takes_all && !is_sample(r, set))
			continue;
		if (!is_connected(r, set)) {
			r->apart++;
			continue;
		}
		try(r, set, false);
		try(r, set, true);
	}
}

int main(int argc, char **argv)
{
	struct run r = {0};
	struct stat there;
	json_t *truth, *name;
	const char *side;
	size_t i;

	if (argc != 4) {
		fputs("usage: combine PROGRAM TRUTH.json FOLDER\n", stderr);
		return 2;
	}
	truth = json_load_file(argv[2], 0, NULL);
	if (stat(argv[3], &there) != 0 || !truth) {
		printf("skipped: %s is not here\n", truth ? argv[3] : argv[2]);
		json_decref(truth);
		return SKIPPED;
	}
	r = (struct run){
		.program = argv[1], .folder = argv[3], .calls = json_object_get(truth, "calls")};
	if (!json_is_array(r.calls)) {
		printf("skipped: the call goes through several tunnels\n");
		json_decref(truth);
		return SKIPPED;
	}
	json_object_foreach(json_object_get(truth, "captures"), side, name)
	{
		input_add(&r, name, CAPTURE);
	}
	json_array_foreach(json_object_get(truth, "logs"), i, name)
	{
		input_add(&r, name, DAEMON);
	}
	try_all(&r);
	json_decref(truth);
	printf("%u sets tried, %u without anything in common, %u failures\n", r.tried, r.apart,
	       r.failures);
	return r.failures != 0;
}
