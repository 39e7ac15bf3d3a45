/* Walks through the screens as a script says, a command a line:
 *
 *	size COLUMNS ROWS	before `run`; later: the window is made so big
 *	env NAME=VALUE		before `run`
 *	run WORD...		the program with these arguments
 *	key NAME...		keys, as people press them
 *	type TEXT
 *	mouse COLUMN ROW	a click
 *	twice COLUMN ROW	a double click
 *	wheel up|down TIMES	the wheel of the mouse
 *	wait TEXT		until the screen shows TEXT
 *	gone TEXT		until it does not
 *	picture			until the screen is FILE-N.txt, the N-th of the script
 *	sizes			a picture at 80×24, at 200×50 and at 20×5, and back to 80×24
 *	looks			until it is FILE-N.txt with its colours too (screen.h)
 *	shot PATH		until it is that SVG
 *	signal NUMBER
 *	process NAME LEAST	until NAME in /proc/PID/status of the program is so much
 *	exit STATUS		until the program ended so, and the terminal is as it was
 *	holds PATH TEXT		the file has TEXT in it
 *	file PATH		is there and not empty; it is removed
 *	remove PATH		what an earlier walk may have left
 *	# a comment
 *
 * Nothing waits for a time: each waits for what must be seen, and fails after a long while.
 * ACCEPT=1 writes the pictures; PATIENCE=SECONDS is how long that is; TIMES=1 prints how long each
 *`wait` took since what was done before.
 *
 * usage: walk PROGRAM SCRIPT [WORD...]	the words stand behind those of each `run` */
#include "screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 90, WORDS = 64, LINE = 4096, QUIET_MS = 400 };

struct walk {
	const char *program, *script;
	char **more; /* words of each `run`; NULL at the end */
	struct terminal terminal;
	int rows, columns, line, pictures;
	bool is_running;
	double acted; /* when something was done last */
};

static void fail(struct walk *w, const char *what, const char *words)
{
	char *text;

	fprintf(stderr, "%s:%d: %s: %s\n", w->script, w->line, what, words);
	if (w->is_running) {
		text = terminal_text(&w->terminal);
		fprintf(stderr, "---- the screen is%s\n%s----\n",
			w->terminal.has_ended ? ", and the program has ended" : "", text);
		free(text);
		terminal_stop(&w->terminal);
	}
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of the author of a walk it is less. */
static double patience(void)
{
	const char *seconds = getenv("PATIENCE");

	return seconds == NULL ? PATIENCE_S : atof(seconds);
}

static void start(struct walk *w, char *rest)
{
	char *words[WORDS] = {(char *)(size_t)w->program};
	size_t n = 1;

	for (char *word = strtok(rest, " "); word != NULL && n + 1 < WORDS;
	     word = strtok(NULL, " "))
		words[n++] = word;
	for (size_t i = 0; w->more[i] != NULL && n + 1 < WORDS; i++)
		words[n++] = w->more[i];
	words[n] = NULL;
	if (w->is_running)
		terminal_stop(&w->terminal);
	if (!terminal_start(&w->terminal, w->rows, w->columns, words))
		fail(w, "run", "no pty");
	w->is_running = true;
}

static bool shows(struct walk *w, const char *words)
{
	char *text = terminal_text(&w->terminal);
	bool is_there = strstr(text, words) != NULL;

	free(text);
	return is_there;
}

static void wait_for(struct walk *w, const char *words, bool is_wanted)
{
	double until = now() + patience();

	while (shows(w, words) != is_wanted) {
		if (!terminal_read(&w->terminal, 50) && (w->terminal.has_ended || now() > until))
			fail(w, is_wanted ? "never seen" : "still there", words);
	}
	if (getenv("TIMES") != NULL)
		printf("%s:%d: %s after %.1f ms\n", w->script, w->line, words,
		       (now() - w->acted) * 1e3);
}

static void accept_picture(struct walk *w, const char *path, char *(*draw)(struct terminal *t))
{
	char *text;
	FILE *file;

	while (terminal_read(&w->terminal, QUIET_MS))
		continue;
	text = draw(&w->terminal);
	file = fopen(path, "w");
	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
		fail(w, "cannot write", path);
	free(text);
}

static char *read_whole(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text;
	size_t n;

	if (file == NULL)
		return NULL;
	text = calloc(1, 1 << 20);
	n = fread(text, 1, (1 << 20) - 1, file);
	text[n] = '\0';
	fclose(file);
	return text;
}

static void compare(struct walk *w, const char *path, char *(*draw)(struct terminal *t))
{
	const char *accept = getenv("ACCEPT");
	double until = now() + patience();
	char *wanted;
	char *text;

	if (accept != NULL && strcmp(accept, "1") == 0) {
		accept_picture(w, path, draw);
		return;
	}
	wanted = read_whole(path);
	if (wanted == NULL)
		fail(w, "no picture", path);
	for (text = draw(&w->terminal); strcmp(text, wanted) != 0; text = draw(&w->terminal)) {
		if (!terminal_read(&w->terminal, 50) && (w->terminal.has_ended || now() > until))
			fail(w, "the screen is another than", path);
		free(text);
	}
	free(text);
	free(wanted);
}

static void picture(struct walk *w, char *(*draw)(struct terminal *t))
{
	char path[LINE];

	snprintf(path, sizeof(path), "%.*s-%d.txt", (int)(strlen(w->script) - strlen(".walk")),
		 w->script, ++w->pictures);
	compare(w, path, draw);
}

static bool is_as_before(const struct terminal *t)
{
	struct termios after;

	return tcgetattr(t->slave, &after) == 0 && after.c_iflag == t->before.c_iflag &&
	       after.c_oflag == t->before.c_oflag && after.c_lflag == t->before.c_lflag &&
	       after.c_cflag == t->before.c_cflag &&
	       memcmp(after.c_cc, t->before.c_cc, sizeof(after.c_cc)) == 0 && !t->is_alternate &&
	       !t->has_mouse && !t->is_cursor_hidden;
}

static void wait_for_end(struct walk *w, int status)
{
	double until = now() + patience();
	char words[64];

	while (terminal_read(&w->terminal, 50) || !w->terminal.has_ended) {
		if (now() > until)
			fail(w, "exit", "it goes on");
	}
	snprintf(words, sizeof(words), "%d, not %d", w->terminal.status, status);
	if (w->terminal.status != status)
		fail(w, "exit", words);
	if (!is_as_before(&w->terminal))
		fail(w, "exit", "the terminal is not as it was");
}

/* A number of /proc/PID/status; 0: none. */
static long process_number(pid_t process, const char *name)
{
	char line[LINE];
	long number = 0;
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%ld/status", (long)process);
	file = fopen(line, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		size_t n = strlen(name);

		if (strncmp(line, name, n) == 0 && line[n] == ':')
			number = atol(line + n + 1);
	}
	if (file != NULL)
		fclose(file);
	return number;
}

static void wait_for_process(struct walk *w, char *rest)
{
	char *least = strchr(rest, ' ');
	double until = now() + patience();

	if (least == NULL)
		fail(w, "process NAME LEAST", rest);
	*least++ = '\0';
	while (process_number(w->terminal.child, rest) < atol(least)) {
		if (!terminal_read(&w->terminal, 50) && (w->terminal.has_ended || now() > until))
			fail(w, "the process never has so much", rest);
	}
}

static void check_file(struct walk *w, const char *path)
{
	struct stat s;

	if (stat(path, &s) != 0 || s.st_size == 0)
		fail(w, "no file, or an empty one", path);
	unlink(path);
}

static void check_words(struct walk *w, char *rest)
{
	char *words = strchr(rest, ' ');
	char *text;

	if (words == NULL)
		fail(w, "holds PATH TEXT", rest);
	*words++ = '\0';
	text = read_whole(rest);
	if (text == NULL || strstr(text, words) == NULL)
		fail(w, "not in the file", words);
	free(text);
}

static void press(struct walk *w, char *rest)
{
	for (char *word = strtok(rest, " "); word != NULL; word = strtok(NULL, " ")) {
		if (!terminal_key(&w->terminal, word))
			fail(w, "no such key", word);
	}
}

static void click(struct walk *w, const char *rest, int times)
{
	char octets[128] = "";
	int column, row, n = 0;

	if (sscanf(rest, "%d %d", &column, &row) != 2)
		fail(w, "COLUMN ROW", rest);
	for (int i = 0; i < times; i++)
		n += snprintf(octets + n, sizeof(octets) - (size_t)n,
			      "\033[<0;%d;%dM\033[<0;%d;%dm", column, row, column, row);
	terminal_write(&w->terminal, octets, strlen(octets));
}

static void turn_wheel(struct walk *w, const char *rest)
{
	char octets[64], way[8];
	int times;

	if (sscanf(rest, "%7s %d", way, &times) != 2)
		fail(w, "wheel up|down TIMES", rest);
	snprintf(octets, sizeof(octets), "\033[<%d;2;3M", strcmp(way, "up") == 0 ? 64 : 65);
	for (int i = 0; i < times; i++)
		terminal_write(&w->terminal, octets, strlen(octets));
}

static void resize(struct walk *w, const char *rest)
{
	if (sscanf(rest, "%d %d", &w->columns, &w->rows) != 2)
		fail(w, "size COLUMNS ROWS", rest);
	if (w->is_running)
		terminal_resize(&w->terminal, w->rows, w->columns);
}

/* The window is made bigger and smaller in the middle of a screen. */
static void every_size(struct walk *w)
{
	static const char *const sizes[] = {"80 24", "200 50", "20 5"};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		resize(w, sizes[i]);
		picture(w, terminal_text);
	}
	resize(w, sizes[0]);
}

/* `NAME=@/PATH`: the path is one of this directory, as an absolute one. */
static void set_variable(struct walk *w, char *rest)
{
	char value[LINE + 1024];
	char here[1024];
	char *equals = strchr(rest, '=');

	if (equals == NULL || getcwd(here, sizeof(here)) == NULL)
		fail(w, "env NAME=VALUE", rest);
	*equals++ = '\0';
	if (*equals == '@')
		snprintf(value, sizeof(value), "%s%s", here, equals + 1);
	else
		snprintf(value, sizeof(value), "%s", equals);
	setenv(rest, value, 1);
}

static void perform(struct walk *w, char *line)
{
	char *rest = strchr(line, ' ');

	if (rest != NULL)
		*rest++ = '\0';
	else
		rest = line + strlen(line);
	if (strcmp(line, "wait") != 0 && strcmp(line, "gone") != 0)
		w->acted = now();
	if (strcmp(line, "size") == 0)
		resize(w, rest);
	else if (strcmp(line, "env") == 0)
		set_variable(w, rest);
	else if (strcmp(line, "run") == 0)
		start(w, rest);
	else if (strcmp(line, "key") == 0)
		press(w, rest);
	else if (strcmp(line, "type") == 0)
		terminal_write(&w->terminal, rest, strlen(rest));
	else if (strcmp(line, "mouse") == 0)
		click(w, rest, 1);
	else if (strcmp(line, "twice") == 0)
		click(w, rest, 2);
	else if (strcmp(line, "wheel") == 0)
		turn_wheel(w, rest);
	else if (strcmp(line, "wait") == 0)
		wait_for(w, rest, true);
	else if (strcmp(line, "gone") == 0)
		wait_for(w, rest, false);
	else if (strcmp(line, "picture") == 0)
		picture(w, terminal_text);
	else if (strcmp(line, "sizes") == 0)
		every_size(w);
	else if (strcmp(line, "looks") == 0)
		picture(w, screen_looks);
	else if (strcmp(line, "shot") == 0)
		compare(w, rest, screen_svg);
	else if (strcmp(line, "signal") == 0)
		kill(w->terminal.child, atoi(rest));
	else if (strcmp(line, "process") == 0)
		wait_for_process(w, rest);
	else if (strcmp(line, "exit") == 0)
		wait_for_end(w, atoi(rest));
	else if (strcmp(line, "holds") == 0)
		check_words(w, rest);
	else if (strcmp(line, "remove") == 0)
		unlink(rest);
	else if (strcmp(line, "file") == 0)
		check_file(w, rest);
	else
		fail(w, "no such command", line);
}

int main(int argc, char **argv)
{
	struct walk w = {.rows = 24, .columns = 80};
	char line[LINE];
	FILE *file;

	if (argc < 3 || (file = fopen(argv[2], "r")) == NULL) {
		fprintf(stderr, "usage: walk PROGRAM SCRIPT [WORD...]\n");
		return 2;
	}
	w.program = argv[1];
	w.script = argv[2];
	w.more = argv + 3;
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	unsetenv("NO_COLOR");
	while (fgets(line, sizeof(line), file) != NULL) {
		w.line++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			perform(&w, line);
	}
	fclose(file);
	if (w.is_running)
		terminal_stop(&w.terminal);
	return 0;
}
