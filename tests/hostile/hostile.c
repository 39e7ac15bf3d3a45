/* Names that would take effect somewhere (names.h) go through every output of the program: each is
 * read by a strict reader of its format (readers.h), which finds them as text and as nothing else.
 *
 * usage: hostile L2TPSCOPE WEAVER FOLDER [inputs]
 * With `inputs` they are made, and that is all.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "names.h"
#include "readers.h"
#include "sources.h"

enum reader {
	TERMINAL,
	COLORED,
	AT_TERMINAL, /* of which the program knows */
	JSON_LINES,
	JSON_ONE,
	CSV,
	COPY,
	SQLITE,
	HTML,
	SVG,
	MERMAID,
	PLANTUML,
	MSCGEN,
	PCAPNG,
	VERBATIM, /* as the log is: only what is said on standard error counts */
};

enum { ARGUMENTS = 10, PATH_MOST = 512, NAMES_MOST = 64, SOURCES = sizeof(SOURCES_LETTERS) - 1 };

enum shows {
	IS_NOT_FOR, /* this kind of input */
	SHOWS_SOME,
	SHOWS_ALL,   /* the word of every name */
	SHOWS_WHOLE, /* and every name whole */
};

/* In `arguments` INPUT stands for the capture or the log, PART for what `map` makes of it, DATABASE
 * for a file. */
static const struct output_case {
	enum reader reader;
	enum shows capture, log;
	const char *arguments[ARGUMENTS];
} cases[] = {
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"calls", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"calls", "--width", "40", "INPUT"}},
	{COLORED, SHOWS_SOME, SHOWS_SOME, {"calls", "--color", "always", "INPUT"}},
	{JSON_LINES, SHOWS_WHOLE, SHOWS_ALL, {"calls", "--json", "INPUT"}},
	{CSV, SHOWS_ALL, SHOWS_ALL, {"calls", "--format", "csv", "INPUT"}},
	{COPY, SHOWS_ALL, SHOWS_ALL, {"calls", "--format", "copy", "INPUT"}},
	{SQLITE, SHOWS_SOME, SHOWS_SOME, {"calls", "--force", "-o", "DATABASE", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"calls", "--by", "user", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"calls", "--by", "lac", "INPUT"}},
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"calls", "--by", "user", "--json", "INPUT"}},
	{CSV, SHOWS_SOME, SHOWS_SOME, {"calls", "--by", "user", "--format", "csv", "INPUT"}},
	{CSV, SHOWS_SOME, SHOWS_SOME, {"calls", "--by", "cause", "--format", "csv", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"tunnels", "INPUT"}},
	{JSON_LINES, SHOWS_WHOLE, SHOWS_SOME, {"tunnels", "--json", "INPUT"}},
	{CSV, SHOWS_ALL, SHOWS_SOME, {"tunnels", "--format", "csv", "INPUT"}},
	{COPY, SHOWS_ALL, SHOWS_SOME, {"tunnels", "--format", "copy", "INPUT"}},
	{COLORED, SHOWS_SOME, SHOWS_SOME, {"tunnels", "--color", "always", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"check", "INPUT"}},
	{COLORED, SHOWS_SOME, SHOWS_SOME, {"check", "-v", "--color", "always", "INPUT"}},
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"check", "--json", "INPUT"}},
	{JSON_ONE, SHOWS_SOME, SHOWS_SOME, {"check", "--format", "sarif", "INPUT"}},
	{CSV, SHOWS_SOME, SHOWS_SOME, {"check", "--format", "csv", "INPUT"}},
	{COPY, SHOWS_SOME, SHOWS_SOME, {"check", "--format", "copy", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"check", "-v", "--filter-for", "wireshark", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"show", "INPUT"}},
	{COLORED, SHOWS_SOME, SHOWS_SOME, {"show", "--color", "always", "INPUT"}},
	{JSON_LINES, SHOWS_WHOLE, SHOWS_ALL, {"show", "--json", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"show", "--tunnel", "3", "INPUT"}},
	{TERMINAL, SHOWS_ALL, SHOWS_ALL, {"timeline", "INPUT"}},
	{COLORED, SHOWS_ALL, SHOWS_ALL, {"timeline", "--color", "always", "INPUT"}},
	{JSON_LINES, SHOWS_ALL, SHOWS_ALL, {"timeline", "--json", "INPUT"}},
	{CSV, SHOWS_ALL, SHOWS_ALL, {"timeline", "--format", "csv", "INPUT"}},
	{JSON_ONE, SHOWS_SOME, SHOWS_SOME, {"timeline", "--format", "chrome", "INPUT"}},
	{TERMINAL, SHOWS_ALL, SHOWS_ALL, {"decode", "INPUT"}},
	{TERMINAL, SHOWS_ALL, SHOWS_ALL, {"decode", "-v", "INPUT"}},
	{TERMINAL, SHOWS_ALL, SHOWS_ALL, {"decode", "-v", "-x", "INPUT"}},
	{COLORED, SHOWS_ALL, SHOWS_ALL, {"decode", "-v", "--color", "always", "INPUT"}},
	{JSON_LINES, SHOWS_WHOLE, SHOWS_ALL, {"decode", "--json", "INPUT"}},
	{TERMINAL, IS_NOT_FOR, SHOWS_SOME, {"decode", "--unread", "INPUT"}},
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"decode", "--unread", "--json", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"diagram", "INPUT"}},
	{TERMINAL,
	 SHOWS_SOME,
	 SHOWS_SOME,
	 {"diagram", "--format", "ascii", "--call", "7", "INPUT"}},
	{TERMINAL,
	 SHOWS_SOME,
	 SHOWS_SOME,
	 {"diagram", "--format", "utf8", "--width", "40", "INPUT"}},
	{MERMAID, SHOWS_SOME, SHOWS_SOME, {"diagram", "--format", "mermaid", "INPUT"}},
	{MERMAID,
	 SHOWS_SOME,
	 SHOWS_SOME,
	 {"diagram", "--format", "mermaid", "--until", "120", "INPUT"}},
	{MERMAID,
	 SHOWS_SOME,
	 SHOWS_SOME,
	 {"diagram", "--format", "mermaid", "--since", "150", "INPUT"}},
	{PLANTUML, SHOWS_SOME, SHOWS_SOME, {"diagram", "--format", "plantuml", "INPUT"}},
	{PLANTUML,
	 SHOWS_SOME,
	 SHOWS_SOME,
	 {"diagram", "--format", "plantuml", "--until", "120", "INPUT"}},
	{PLANTUML,
	 SHOWS_SOME,
	 SHOWS_SOME,
	 {"diagram", "--format", "plantuml", "--since", "150", "INPUT"}},
	{MSCGEN, SHOWS_SOME, SHOWS_SOME, {"diagram", "--format", "mscgen", "INPUT"}},
	{MSCGEN,
	 SHOWS_SOME,
	 SHOWS_SOME,
	 {"diagram", "--format", "mscgen", "--until", "120", "INPUT"}},
	{MSCGEN,
	 SHOWS_SOME,
	 SHOWS_SOME,
	 {"diagram", "--format", "mscgen", "--since", "150", "INPUT"}},
	{SVG, SHOWS_SOME, SHOWS_SOME, {"diagram", "--format", "svg", "INPUT"}},
	{SVG, SHOWS_SOME, SHOWS_SOME, {"diagram", "--format", "svg", "--until", "120", "INPUT"}},
	{SVG, SHOWS_SOME, SHOWS_SOME, {"diagram", "--format", "svg", "--since", "150", "INPUT"}},
	{HTML, SHOWS_ALL, SHOWS_ALL, {"report", "INPUT"}},
	{AT_TERMINAL, SHOWS_SOME, SHOWS_SOME, {"calls", "INPUT"}},
	{AT_TERMINAL, SHOWS_ALL, SHOWS_ALL, {"timeline", "INPUT"}},
	{AT_TERMINAL, IS_NOT_FOR, SHOWS_ALL, {"annotate", "INPUT"}},
	{AT_TERMINAL, IS_NOT_FOR, SHOWS_SOME, {"annotate", "--only-findings", "INPUT"}},
	{VERBATIM, IS_NOT_FOR, SHOWS_SOME, {"annotate", "INPUT"}},
	{TERMINAL, IS_NOT_FOR, SHOWS_SOME, {"annotate", "--reflow", "INPUT"}},
	{HTML, IS_NOT_FOR, SHOWS_ALL, {"annotate", "--format", "html", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"stats", "INPUT"}},
	{COLORED, SHOWS_SOME, SHOWS_SOME, {"stats", "--color", "always", "INPUT"}},
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"stats", "--json", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"diff", "-v", "1", "2", "INPUT"}},
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"diff", "-v", "--json", "1", "2", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"diff", "-v", "7", "8", "INPUT"}},
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"diff", "-v", "--json", "9", "10", "INPUT"}},
	{COLORED, SHOWS_SOME, SHOWS_SOME, {"diff", "-v", "--color", "always", "3", "4", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"reduce", "--calls", "PART"}},
	{JSON_LINES, SHOWS_WHOLE, SHOWS_ALL, {"reduce", "--calls", "--json", "PART"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"reduce", "--check", "PART"}},
	{VERBATIM, SHOWS_SOME, SHOWS_SOME, {"redact", "-q", "-o", "-", "INPUT"}},
	{PCAPNG, SHOWS_SOME, SHOWS_SOME, {"export", "-o", "-", "INPUT"}},
	{PCAPNG, SHOWS_SOME, SHOWS_SOME, {"export", "--inner", "-o", "-", "INPUT"}},
};

static const char *program, *folder;
static const char *now; /* what is being read, for complaints */
static int failures;
static int complaints; /* of one output */
static bool has_word[NAMES_MOST], is_whole[NAMES_MOST];
static bool has_source[SOURCES][NAMES_MOST];

/* What is read: kinds of input whose outputs are alike. */
static struct input {
	const char *kind;
	bool is_log;
	bool is_other; /* not every name is where the cases look for it */
	bool is_sourced;
	char path[PATH_MOST];
} inputs[] = {
	{"capture", false, false, false, ""}, {"log", true, false, false, ""},
	{"sources", false, true, true, ""},   {"daemons", true, true, false, ""},
	{"options", false, true, false, ""},  {"bundle", false, true, false, ""},
};

enum { CAPTURE, LOG, SOURCED, DAEMONS, OPTIONS, BUNDLE, INPUTS };

/* ---- what readers call ---- */

static void complain(const char *what, const char *where, size_t len)
{
	failures++;
	if (complaints++ >= 4)
		return;
	printf("%s: %s: ", now, what);
	for (size_t i = 0; i < len && i < 80; i++)
		printf(where[i] >= ' ' && where[i] < 0x7f ? "%c" : "\\x%02x",
		       (unsigned char)where[i]);
	printf("\n");
}

static void found(const char *text, size_t len)
{
	static char whole[4 * NAME_OCTETS];

	for (size_t i = 0; i + 4 <= len; i++) {
		size_t number, n;
		const char *letter;
		struct name name;

		if (text[i] != 'm' || text[i + 3] != 'm' || text[i + 1] < '0' ||
		    text[i + 1] > '9' || text[i + 2] < '0' || text[i + 2] > '9')
			continue;
		number = (size_t)(text[i + 1] - '0') * 10 + (size_t)(text[i + 2] - '0');
		if (number >= names_count())
			continue;
		has_word[number] = true;
		letter = i + 4 < len && text[i + 4] != '\0' ? strchr(SOURCES_LETTERS, text[i + 4])
							    : NULL;
		if (letter != NULL)
			has_source[letter - SOURCES_LETTERS][number] = true;
		if (is_whole[number])
			continue;
		name = name_end(number);
		n = name_as_text(&name, whole, sizeof(whole));
		is_whole[number] = n <= i + 4 && memcmp(text + i + 4 - n, whole, n) == 0;
	}
}

/* ---- running ---- */

static struct output read_file(const char *path)
{
	struct output o = {.found = found, .complain = complain};
	struct stat st;
	FILE *in = fopen(path, "rb");
	char *text;

	if (in == NULL || fstat(fileno(in), &st) != 0) {
		complain("is not there", path, strlen(path));
		return o;
	}
	text = malloc((size_t)st.st_size + 1);
	if (text != NULL)
		o.len = fread(text, 1, (size_t)st.st_size, in);
	o.at = text;
	fclose(in);
	return o;
}

static void redirect(const char *path, int to)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (file < 0 || dup2(file, to) < 0)
		_exit(126);
}

/* What the program writes to its terminal goes into a file; it ends when the program does. */
static void copy_terminal(int master, const char *path)
{
	char some[4096];
	FILE *to = fopen(path, "wb");
	ssize_t n;

	while (to != NULL && (n = read(master, some, sizeof(some))) > 0)
		fwrite(some, 1, (size_t)n, to);
	if (to != NULL)
		fclose(to);
}

static int run_at_terminal(char *const *argv, const char *out, const char *err)
{
	int status = 0, master = posix_openpt(O_RDWR | O_NOCTTY);
	struct termios raw;
	pid_t child;
	int slave;

	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		return -1;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	tcgetattr(slave, &raw);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(slave, TCSANOW, &raw);
	child = fork();
	if (child == 0) {
		redirect(err, STDERR_FILENO);
		dup2(slave, STDOUT_FILENO);
		close(slave);
		close(master);
		setenv("PAGER", "cat", 1); /* its own words at the terminal are not ours */
		execv(argv[0], argv);
		_exit(127);
	}
	close(slave);
	copy_terminal(master, out);
	close(master);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Exit status; what it wrote is in `out` and `err`. */
static int run(char *const *argv, const char *out, const char *err)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		redirect(out, STDOUT_FILENO);
		redirect(err, STDERR_FILENO);
		execv(argv[0], argv);
		_exit(127);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void read_output(const struct output *o, enum reader reader)
{
	bool is_text = reader != VERBATIM && reader != PCAPNG && reader != COLORED &&
		       reader != AT_TERMINAL && reader != SQLITE;

	if (is_text)
		read_terminal(o, false, reader == HTML || reader == COPY);
	memset(is_whole, 0, sizeof(is_whole));
	switch (reader) {
	case TERMINAL:
	case VERBATIM:
	case SQLITE:
		return;
	case COLORED:
	case AT_TERMINAL:
		read_terminal(o, true, reader == AT_TERMINAL);
		return;
	case JSON_LINES:
	case JSON_ONE:
		read_json(o, reader == JSON_ONE);
		return;
	case CSV:
		read_csv(o);
		return;
	case COPY:
		read_copy(o);
		return;
	case HTML:
		read_html(o);
		return;
	case SVG:
		read_svg(o);
		return;
	case MERMAID:
		read_mermaid(o);
		return;
	case PLANTUML:
		read_plantuml(o);
		return;
	case MSCGEN:
		read_mscgen(o);
		return;
	case PCAPNG:
		read_pcapng(o);
		return;
	}
}

/* A capture says where a name ends. A log does not: where a line could say something else as well,
 * its name is not taken for one. */
static void check_shown(enum shows shows, bool is_log)
{
	size_t missing = 0;

	for (size_t i = 0; i < names_count() && shows > SHOWS_SOME; i++) {
		struct name name = name_get(i);

		missing += !has_word[i];
		if (!has_word[i] && (!is_log || missing > names_count() / 4))
			complain("a name is missing", name.octets, name.len);
		else if (shows == SHOWS_WHOLE && !is_whole[i])
			complain("a name is not what it was", name.octets, name.len);
	}
}

/* Each name from each source. */
static void check_sources(void)
{
	for (size_t k = 0; k < SOURCES; k++) {
		for (size_t i = 0; i < names_count(); i++) {
			struct name name = name_end(i);

			if (!has_source[k][i] && sources_can_hold(SOURCES_LETTERS[k], &name))
				complain("a name of this source is missing", &SOURCES_LETTERS[k],
					 1);
		}
	}
}

static bool tells_all(const struct output_case *c)
{
	return strcmp(c->arguments[0], "decode") == 0 &&
	       (strcmp(c->arguments[1], "-v") == 0 || strcmp(c->arguments[1], "--json") == 0);
}

/* Of a bundle what counts is what its members are called. `redact` takes none. */
static bool names_inputs(const char *command)
{
	return strcmp(command, "calls") == 0 || strcmp(command, "check") == 0 ||
	       strcmp(command, "decode") == 0 || strcmp(command, "report") == 0 ||
	       strcmp(command, "timeline") == 0;
}

/* A number means a call or a time of the first two inputs. */
static bool is_for(const struct output_case *c, const struct input *input)
{
	if ((input->is_log ? c->log : c->capture) == IS_NOT_FOR)
		return false;
	if (input == &inputs[BUNDLE] && !names_inputs(c->arguments[0]))
		return false;
	for (size_t i = 0; input->is_other && i < ARGUMENTS && c->arguments[i] != NULL; i++)
		if (c->arguments[i][0] >= '0' && c->arguments[i][0] <= '9')
			return false;
	return true;
}

static char *argument(const char *word, struct input *input, char *part, char *database)
{
	return strcmp(word, "INPUT") == 0      ? input->path
	       : strcmp(word, "PART") == 0     ? part
	       : strcmp(word, "DATABASE") == 0 ? database
					       : (char *)word;
}

static void run_case(const struct output_case *c, struct input *input)
{
	bool is_log = input->is_log;
	char out[PATH_MOST], err[PATH_MOST], line[PATH_MOST] = "";
	char part[PATH_MOST], database[PATH_MOST];
	char *argv[ARGUMENTS + 2] = {(char *)program};
	struct output o;
	int status;

	snprintf(part, sizeof(part), "%s/%s.part", folder, input->kind);
	snprintf(database, sizeof(database), "%s/database.sqlite", folder);
	for (size_t i = 0; i < ARGUMENTS && c->arguments[i] != NULL; i++) {
		argv[i + 1] = argument(c->arguments[i], input, part, database);
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s ",
			 strcmp(c->arguments[i], "INPUT") == 0 ? input->kind : c->arguments[i]);
	}
	now = line;
	complaints = 0;
	snprintf(out, sizeof(out), "%s/out", folder);
	snprintf(err, sizeof(err), "%s/err", folder);
	memset(has_word, 0, sizeof(has_word));
	status = c->reader == AT_TERMINAL ? run_at_terminal(argv, out, err) : run(argv, out, err);
	if (status != 0 && status != 1)
		complain("exit status", (const char[]){(char)('0' + status % 10)}, 1);
	o = read_file(err);
	read_terminal(&o, false, false);
	free((void *)o.at);
	o = read_file(c->reader == SQLITE ? database : out);
	if (o.len == 0 && !(c->reader == COPY && input->is_other)) /* a table has no head */
		complain("no output", "", 0);
	memset(has_word, 0, sizeof(has_word));
	memset(has_source, 0, sizeof(has_source));
	read_output(&o, c->reader);
	if (c->reader == SQLITE)
		read_sqlite(&o, database);
	if (!input->is_other)
		check_shown(is_log ? c->log : c->capture, is_log);
	if (input->is_sourced && tells_all(c))
		check_sources();
	free((void *)o.at);
}

/* What a person types by mistake comes back as text, too. */
static void run_typed(size_t i)
{
	static char typed[NAME_OCTETS + 1];
	const char *const commands[][3] = {
		{"calls", "--where", "samples/dialin.pcap"},
		{"calls", "--set", "samples/dialin.pcap"},
		{"calls", "--format", "samples/dialin.pcap"},
		{"explain", "cause", NULL},
		{"calls", "-q", NULL},
	};
	char out[PATH_MOST], err[PATH_MOST];
	struct name name = name_get(i);

	memcpy(typed, name.octets, name.len);
	typed[name.len] = '\0';
	now = "typed";
	snprintf(out, sizeof(out), "%s/out", folder);
	snprintf(err, sizeof(err), "%s/err", folder);
	for (size_t k = 0; k < sizeof(commands) / sizeof(commands[0]); k++) {
		char *argv[] = {(char *)program, (char *)commands[k][0], (char *)commands[k][1],
				typed,           (char *)commands[k][2], NULL};
		struct output o;

		run(argv, out, err);
		o = read_file(err);
		read_terminal(&o, false, false);
		free((void *)o.at);
		o = read_file(out);
		read_terminal(&o, false, false);
		free((void *)o.at);
	}
}

/* ---- inputs ---- */

static void weave(char *weaver, bool (*write)(const char *), char *capture)
{
	char script[PATH_MOST];
	char *argv[] = {weaver, script, capture, NULL};

	snprintf(script, sizeof(script), "%s/script.weave", folder);
	if (!write(script) || run(argv, "/dev/null", "/dev/stderr") != 0)
		complain("a capture cannot be made", folder, strlen(folder));
}

static void make_part(const struct input *input)
{
	char part[PATH_MOST];
	const char *const words[] = {program, "map", "--force",   "-q",
				     "-o",    part,  input->path, NULL};
	char *argv[sizeof(words) / sizeof(words[0])];

	memcpy(argv, words, sizeof(words));
	snprintf(part, sizeof(part), "%s/%s.part", folder, input->kind);
	if (run(argv, "/dev/null", "/dev/stderr") != 0)
		complain("a part cannot be made", input->kind, strlen(input->kind));
}

/* The name of a file is text that somebody else chose as well. */
static void make_inputs(char *weaver)
{
	static const char name[] = "=h\x1b[31m<b>\"';\xe2\x80\xae-->%n&;#$(x) `x`";
	static const char *const endings[INPUTS] = {"pcap",        "log",    "sources.cap",
						    "daemons.txt", "pcapng", "tar"};

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		complain("cannot be made", folder, strlen(folder));
	for (size_t i = 0; i < INPUTS; i++)
		snprintf(inputs[i].path, PATH_MOST, "%s/%s.%s", folder, name, endings[i]);
	weave(weaver, names_write_script, inputs[CAPTURE].path);
	weave(weaver, sources_write_script, inputs[SOURCED].path);
	if (!names_write_log(inputs[LOG].path) || !sources_write_log(inputs[DAEMONS].path) ||
	    !sources_write_pcapng(inputs[OPTIONS].path, inputs[CAPTURE].path) ||
	    !sources_write_bundle(inputs[BUNDLE].path))
		complain("inputs cannot be made", folder, strlen(folder));
}

int main(int argc, char **argv)
{
	size_t runs = 0;

	if (argc < 4)
		return 2;
	program = argv[1];
	folder = argv[3];
	now = "inputs";
	make_inputs(argv[2]);
	if (argc > 4)
		return failures > 0;
	for (size_t k = 0; k < INPUTS; k++) {
		make_part(&inputs[k]);
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			if (!is_for(&cases[i], &inputs[k]))
				continue;
			run_case(&cases[i], &inputs[k]);
			runs++;
		}
	}
	for (size_t i = 0; i < names_count(); i++)
		run_typed(i);
	printf("%zu outputs of %zu names, %d failures\n", runs, names_count(), failures);
	return failures > 0;
}
