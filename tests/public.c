/* What tshark read in the public captures, frame by frame, against what the program decodes.
 *
 *   public PROGRAM FOLDER
 *
 * FOLDER holds captures and beside each a NAME.facts.txt (tshark's reading of it). Every L2TP
 * control message of it must be decoded with the same name, ids, Ns and Nr; every PPP and PPPoE
 * control packet with the same protocol and code. Where they differ and the bytes are with us,
 * `excuses` says why. Exit status 77 when FOLDER is absent. */
#include <glob.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_OCTETS = 1 << 20, PATH_OCTETS = 4096, SKIPPED = 77 };

static const struct excuse {
	const char *file;
	long frame; /* 0: every frame */
	const char *why;
} excuses[] = {
	{"tcpdump__mlppp-oobr.pcap", 0, "a Multilink header that is cut in its second octet"},
};

/* tshark's words for codes, as the RFCs spell them. */
static const struct word {
	const char *tshark, *ours;
} words[] = {
	{"Configuration Request", "Configure-Request"},
	{"Configuration Ack", "Configure-Ack"},
	{"Configuration Nak", "Configure-Nak"},
	{"Configuration Reject", "Configure-Reject"},
	{"Termination Request", "Terminate-Request"},
	{"Termination Ack", "Terminate-Ack"},
	{"Protocol Reject", "Protocol-Reject"},
	{"Code Reject", "Code-Reject"},
	{"Echo Request", "Echo-Request"},
	{"Echo Reply", "Echo-Reply"},
	{"Discard Request", "Discard-Request"},
	{"Identification", "Identification"},
	{"Authenticate-Request", "Authenticate-Request"},
	{"Authenticate-Ack", "Authenticate-Ack"},
	{"Authenticate-Nak", "Authenticate-Nak"},
	{"Challenge", "Challenge"},
	{"Response", "Response"},
	{"Success", "Success"},
	{"Failure", "Failure"},
	{"Active Discovery Initiation", "PADI"},
	{"Active Discovery Offer", "PADO"},
	{"Active Discovery Request", "PADR"},
	{"Active Discovery Session-confirmation", "PADS"},
	{"Active Discovery Terminate", "PADT"},
	{"Start-Control-Connection-Request", "SCCRQ"},
	{"Start-Control-Connection-Reply", "SCCRP"},
	{"Outgoing-Call-Request", "OCRQ"},
	{"Outgoing-Call-Reply", "OCRP"},
	{"Set-Link-Info", "SLI"},
	{"Call-Clear-Request", "CCRQ"},
	{"Call-Disconnect-Notify", "CDN"},
};

struct walk {
	const char *program;
	char *line; /* LINE_OCTETS */
	const char *file;
	json_t *messages; /* of the capture */
	unsigned files, control, packets, excused, failures;
};

static json_t *messages_of(struct walk *w, const char *path)
{
	json_t *all = json_array();
	char shell[2 * PATH_OCTETS];
	FILE *pipe;

	snprintf(shell, sizeof(shell), "%s decode --json %s", w->program, path);
	pipe = popen(shell, "r");
	while (pipe && fgets(w->line, LINE_OCTETS, pipe)) {
		json_t *object = json_loads(w->line, 0, NULL);
		const char *type = json_string_value(json_object_get(object, "type"));

		if (type && strcmp(type, "message") == 0)
			json_array_append(all, object);
		json_decref(object);
	}
	if (pipe)
		pclose(pipe);
	return all;
}

static json_t *message_of(const struct walk *w, long frame)
{
	size_t i;
	json_t *m;

	json_array_foreach(w->messages, i, m)
	{
		if (json_integer_value(json_object_get(m, "frame")) == frame)
			return m;
	}
	return NULL;
}

static const char *word_at(const json_t *object, const char *part, const char *key)
{
	const char *word = json_string_value(json_object_get(json_object_get(object, part), key));

	return word ? word : "";
}

static bool is_excused(struct walk *w, long frame)
{
	for (size_t i = 0; i < sizeof(excuses) / sizeof(excuses[0]); i++) {
		if (strcmp(excuses[i].file, w->file) != 0 ||
		    (excuses[i].frame && excuses[i].frame != frame))
			continue;
		w->excused++;
		return true;
	}
	return false;
}

static void complain(struct walk *w, long frame, const char *what)
{
	if (is_excused(w, frame))
		return;
	printf("%s frame %ld: %s\n", w->file, frame, what);
	w->failures++;
}

/* ` KEY=12` in a line of tshark's, against a number of ours. */
static void compare_number(struct walk *w, long frame, const char *line, const char *theirs,
			   const json_t *head, const char *ours)
{
	const char *at = strstr(line, theirs);
	char what[256];
	long value;

	if (!at)
		return;
	value = strtol(at + strlen(theirs), NULL, 10);
	if (value == (long)json_integer_value(json_object_get(head, ours)))
		return;
	snprintf(what, sizeof(what), "%s is %ld, not %lld", ours, value,
		 (long long)json_integer_value(json_object_get(head, ours)));
	complain(w, frame, what);
}

/* 41 t=… a:1701>b:1701 | Control Message - CDN (…) | tunnel=1 session=24 Ns=4 Nr=2 … */
static void check_control(struct walk *w, const char *line)
{
	long frame = strtol(line, NULL, 10);
	const json_t *message = message_of(w, frame), *head = json_object_get(message, "l2tp");
	const char *name = strstr(line, "Message - "), *values = strrchr(line, '|');

	w->control++;
	if (!head) {
		complain(w, frame, "no L2TP message");
		return;
	}
	if (name) {
		size_t n = strcspn(name + 10, " ");
		const char *ours = word_at(message, "l2tp", "message");

		if (strlen(ours) != n || strncmp(name + 10, ours, n) != 0)
			complain(w, frame, "another message");
	}
	compare_number(w, frame, values, " tunnel=", head, "tunnel_id");
	compare_number(w, frame, values, " session=", head, "session_id");
	compare_number(w, frame, values, " Ns=", head, "ns");
	compare_number(w, frame, values, " Nr=", head, "nr");
}

/* 39 … PPP LCP 70 Termination Request */
static void check_packet(struct walk *w, const char *line)
{
	static const char *const kinds[] = {"PPP ", "PPPoED ", "PPTP "};
	long frame = strtol(line, NULL, 10);
	const json_t *message = message_of(w, frame);
	const char *at = NULL, *code;
	char protocol[32] = "";

	for (size_t i = 0; i < 3 && !at; i++)
		at = strstr(line, kinds[i]);
	if (!at)
		return;
	w->packets++;
	if (!message) {
		complain(w, frame, "no message");
		return;
	}
	if (strncmp(at, "PPP ", 4) == 0) {
		sscanf(at + 4, "%31s", protocol);
		if (strcmp(protocol, word_at(message, "ppp", "protocol_name")) != 0)
			complain(w, frame, "another protocol");
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		code = word_at(message, "ppp", "code_name");
		if (!code[0])
			code = word_at(message, "pppoe", "code_name");
		if (!code[0])
			code = word_at(message, "pptp", "code_name");
		if (strstr(at, words[i].tshark) && strcmp(code, words[i].ours) != 0)
			complain(w, frame, code[0] ? code : "no code");
	}
}

static void check_facts(struct walk *w, const char *path)
{
	char capture[PATH_OCTETS], line[PATH_OCTETS];
	FILE *facts = fopen(path, "r");
	void (*check)(struct walk *, const char *) = NULL;

	if (!facts)
		return;
	snprintf(capture, sizeof(capture), "%.*s", (int)(strlen(path) - strlen(".facts.txt")),
		 path);
	w->file = strrchr(capture, '/') + 1;
	w->messages = messages_of(w, capture);
	w->files++;
	while (fgets(line, sizeof(line), facts)) {
		if (strncmp(line, "## ", 3) == 0)
			check = strncmp(line, "## L2TP control", 15) == 0 ? check_control
				: strstr(line, "control frames")          ? check_packet
									  : NULL;
		else if (check && strtol(line, NULL, 10) > 0)
			check(w, line);
	}
	fclose(facts);
	json_decref(w->messages);
}

int main(int argc, char **argv)
{
	struct walk w = {.line = malloc(LINE_OCTETS)};
	char pattern[PATH_OCTETS];
	glob_t found;

	if (argc != 3 || !w.line) {
		fputs("usage: public PROGRAM FOLDER\n", stderr);
		return 2;
	}
	w.program = argv[1];
	snprintf(pattern, sizeof(pattern), "%s/*.facts.txt", argv[2]);
	if (glob(pattern, 0, NULL, &found) != 0) {
		printf("skipped: %s is not here\n", argv[2]);
		free(w.line);
		return SKIPPED;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_facts(&w, found.gl_pathv[i]);
	globfree(&found);
	free(w.line);
	printf("%u captures: %u control messages, %u PPP, PPPoE and PPTP packets, %u excused, %u "
	       "differ\n",
	       w.files, w.control, w.packets, w.excused, w.failures);
	return w.failures || !w.files;
}
