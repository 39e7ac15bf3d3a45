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

enum reader {
	TERMINAL,
	COLORED,
	AT_TERMINAL, /* of which the program knows */
	JSON_LINES,
	JSON_ONE,
	CSV,
	HTML,
	SVG,
	MERMAID,
	PLANTUML,
	MSCGEN,
	PCAPNG,
	VERBATIM, /* as the log is: only what is said on standard error counts */
};

enum { ARGUMENTS = 10, PATH_MOST = 512, NAMES_MOST = 64 };

enum shows {
	IS_NOT_FOR, /* this kind of input */
	SHOWS_SOME,
	SHOWS_ALL,   /* the word of every name */
	SHOWS_WHOLE, /* and every name whole */
};

/* In `arguments` INPUT stands for the capture or the log. */
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
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"calls", "--by", "user", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"calls", "--by", "lac", "INPUT"}},
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"calls", "--by", "user", "--json", "INPUT"}},
	{CSV, SHOWS_SOME, SHOWS_SOME, {"calls", "--by", "user", "--format", "csv", "INPUT"}},
	{CSV, SHOWS_SOME, SHOWS_SOME, {"calls", "--by", "cause", "--format", "csv", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"tunnels", "INPUT"}},
	{JSON_LINES, SHOWS_WHOLE, SHOWS_SOME, {"tunnels", "--json", "INPUT"}},
	{CSV, SHOWS_ALL, SHOWS_SOME, {"tunnels", "--format", "csv", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"check", "INPUT"}},
	{COLORED, SHOWS_SOME, SHOWS_SOME, {"check", "-v", "--color", "always", "INPUT"}},
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"check", "--json", "INPUT"}},
	{JSON_ONE, SHOWS_SOME, SHOWS_SOME, {"check", "--format", "sarif", "INPUT"}},
	{CSV, SHOWS_SOME, SHOWS_SOME, {"check", "--format", "csv", "INPUT"}},
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
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"stats", "--json", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"diff", "-v", "1", "2", "INPUT"}},
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"diff", "-v", "--json", "1", "2", "INPUT"}},
	{TERMINAL, SHOWS_SOME, SHOWS_SOME, {"diff", "-v", "7", "8", "INPUT"}},
	{JSON_LINES, SHOWS_SOME, SHOWS_SOME, {"diff", "-v", "--json", "9", "10", "INPUT"}},
	{PCAPNG, SHOWS_SOME, SHOWS_SOME, {"export", "-o", "-", "INPUT"}},
	{PCAPNG, SHOWS_SOME, SHOWS_SOME, {"export", "--inner", "-o", "-", "INPUT"}},
};

static const char *program, *folder;
static const char *now; /* what is being read, for complaints */
static int failures;
static int complaints; /* of one output */
static bool has_word[NAMES_MOST], is_whole[NAMES_MOST];

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

static bool holds(const char *text, size_t len, const char *what, size_t what_len)
{
	for (size_t i = 0; i + what_len <= len; i++) {
		if (text[i] == what[0] && memcmp(text + i, what, what_len) == 0)
			return true;
	}
	return false;
}

static void found(const char *text, size_t len)
{
	static char whole[4 * NAME_OCTETS];

	for (size_t i = 0; i + 4 <= len; i++) {
		size_t number;
		struct name name;

		if (text[i] != 'm' || text[i + 3] != 'm' || text[i + 1] < '0' ||
		    text[i + 1] > '9' || text[i + 2] < '0' || text[i + 2] > '9')
			continue;
		number = (size_t)(text[i + 1] - '0') * 10 + (size_t)(text[i + 2] - '0');
		if (number >= names_count())
			continue;
		has_word[number] = true;
		name = name_end(number);
		if (!is_whole[number])
			is_whole[number] =
				holds(text, len, whole, name_as_text(&name, whole, sizeof(whole)));
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
		       reader != AT_TERMINAL;

	if (is_text && reader != HTML)
		read_terminal(o, false, false);
	memset(is_whole, 0, sizeof(is_whole));
	switch (reader) {
	case TERMINAL:
	case VERBATIM:
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

static void run_case(const struct output_case *c, char *input, bool is_log)
{
	char out[PATH_MOST], err[PATH_MOST], line[PATH_MOST] = "";
	char *argv[ARGUMENTS + 2] = {(char *)program};
	struct output o;
	int status;

	for (size_t i = 0; i < ARGUMENTS && c->arguments[i] != NULL; i++) {
		bool is_input = strcmp(c->arguments[i], "INPUT") == 0;

		argv[i + 1] = is_input ? input : (char *)c->arguments[i];
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s ",
			 is_input ? is_log ? "log" : "capture" : c->arguments[i]);
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
	o = read_file(out);
	if (o.len == 0)
		complain("no output", "", 0);
	memset(has_word, 0, sizeof(has_word));
	read_output(&o, c->reader);
	check_shown(is_log ? c->log : c->capture, is_log);
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

/* The name of a file is text that somebody else chose as well. */
static void make_inputs(char *weaver, char *capture, char *log)
{
	static const char name[] = "=h\x1b[31m<b>\"';\xe2\x80\xae-->%n&;#$(x) `x`";
	char script[PATH_MOST];
	char *argv[] = {weaver, script, capture, NULL};

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		complain("cannot be made", folder, strlen(folder));
	snprintf(script, sizeof(script), "%s/script.weave", folder);
	snprintf(capture, PATH_MOST, "%s/%s.pcap", folder, name);
	snprintf(log, PATH_MOST, "%s/%s.log", folder, name);
	if (!names_write_script(script) || !names_write_log(log) ||
	    run(argv, "/dev/null", "/dev/stderr") != 0)
		complain("inputs cannot be made", folder, strlen(folder));
}

int main(int argc, char **argv)
{
	char capture[PATH_MOST], log[PATH_MOST];

	if (argc < 4)
		return 2;
	program = argv[1];
	folder = argv[3];
	now = "inputs";
	make_inputs(argv[2], capture, log);
	if (argc > 4)
		return failures > 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cases[i].capture != IS_NOT_FOR)
			run_case(&cases[i], capture, false);
		if (cases[i].log != IS_NOT_FOR)
			run_case(&cases[i], log, true);
	}
	for (size_t i = 0; i < names_count(); i++)
		run_typed(i);
	printf("%zu outputs of %zu names, %d failures\n", sizeof(cases) / sizeof(cases[0]),
	       names_count(), failures);
	return failures > 0;
}
