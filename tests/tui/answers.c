/* How soon the screens answer: the time of the first row, and from a key to what it does on the
 * screen, while the inputs are read and after.
 *
 *	answers [-most MILLISECONDS] PROGRAM INPUT...
 *
 * Keys go through a pty as those of people do, and what is on the screen is libvterm's. A letter
 * is answered when it stands in the line of input, a movement when the bar is on another row, a
 * screen when its name is in the title, or that it is being read. Exit status 1: an answer took
 * longer than `-most`. */
#include "walk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
	ROWS = 24,
	COLUMNS = 80,
	FIRST_ROW = 2,
	PATIENCE_S = 60,
	ANSWERS = 1 << 20,
	AFTER = 200,
	SORTS = 20
};

static struct terminal term;
static double most_ms;

struct answers {
	const char *when;
	double *ms;
	size_t n;
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *why)
{
	char *text = terminal_text(&term);

	fprintf(stderr, "answers: %s\n%s", why, text);
	free(text);
	terminal_stop(&term);
	exit(2);
}

static VTermScreenCell cell_at(int row, int column)
{
	VTermScreenCell cell = {0};

	vterm_screen_get_cell(term.screen, (VTermPos){.row = row, .col = column}, &cell);
	return cell;
}

static bool row_holds(int row, const char *words)
{
	char *text = terminal_text(&term);
	char *at = text, *end;
	bool is_there;

	for (int i = 0; i < row && at != NULL; i++) {
		at = strchr(at, '\n');
		at = at == NULL ? NULL : at + 1;
	}
	end = at == NULL ? NULL : strchr(at, '\n');
	if (end != NULL)
		*end = '\0';
	is_there = at != NULL && strstr(at, words) != NULL;
	free(text);
	return is_there;
}

/* The row of the bar; 0: none (the title is in reverse, too). */
static int bar_row(void)
{
	for (int row = 1; row < ROWS - 1; row++) {
		if (cell_at(row, 0).attrs.reverse)
			return row;
	}
	return 0;
}

static bool is_blank(int row)
{
	for (int column = 0; column < COLUMNS; column++) {
		if (cell_at(row, column).chars[0] > ' ')
			return false;
	}
	return true;
}

/* ---- what is waited for ---- */

static int bar_before;
static const char *wanted_words;

static bool bar_moved(void)
{
	return bar_row() != bar_before;
}

static bool letter_is_there(void)
{
	return row_holds(ROWS - 1, wanted_words);
}

static bool title_is_there(void)
{
	return row_holds(0, wanted_words);
}

static bool title_answers(void)
{
	return row_holds(0, wanted_words) || row_holds(0, " reading ");
}

static bool is_loaded(void)
{
	return !row_holds(0, "reading") && !row_holds(0, "concluding");
}

static double wait_until(bool (*is_so)(void))
{
	double start = now_ms();

	while (!is_so()) {
		if (!terminal_read(&term, 20) && now_ms() > start + PATIENCE_S * 1e3)
			die("no answer");
		if (term.has_ended)
			die("the program ended");
	}
	return now_ms() - start;
}

static void note(struct answers *a, double ms)
{
	if (a->n < ANSWERS)
		a->ms[a->n++] = ms;
}

/* ---- keys ---- */

static void press(struct answers *a, const char *key, bool (*is_so)(void))
{
	terminal_key(&term, key);
	note(a, wait_until(is_so));
}

/* A few letters in the line of input, and back. */
static void type_letters(struct answers *a)
{
	static const char *const steps[][2] = {
		{"/", "search:"}, {"x", "search: x"}, {"y", "search: xy"}, {"z", "search: xyz"}};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		wanted_words = steps[i][1];
		press(a, steps[i][0], letter_is_there);
	}
	terminal_key(&term, "Esc");
	wanted_words = "help";
	wait_until(letter_is_there);
}

/* To the first row, one down, to the last. */
static void move_bar(struct answers *a)
{
	static const char *const keys[] = {"g", "j", "G"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		bar_before = bar_row();
		if ((i == 0 && bar_before == FIRST_ROW) ||
		    (i > 0 && (bar_before == ROWS - 2 || is_blank(bar_before + 1))))
			continue;
		press(a, keys[i], bar_moved);
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool tell(struct answers *a)
{
	if (a->n == 0)
		return true;
	qsort(a->ms, a->n, sizeof(*a->ms), by_size);
	printf("%-15s %6zu keys: median %.1f ms, 99 %% within %.1f ms, worst %.1f ms\n", a->when,
	       a->n, a->ms[a->n / 2], a->ms[(a->n - 1) * 99 / 100], a->ms[a->n - 1]);
	return most_ms == 0 || a->ms[a->n - 1] <= most_ms;
}

/* ---- screens, once all is read ---- */

/* How soon it is answered, and how soon it is there. */
static bool open_screens(void)
{
	static const struct {
		const char *key, *title;
	} screens[] = {{"Enter", " ladder "},
		       {"4", " log "},
		       {"1", " calls "},
		       {"d", " details "},
		       {"1", " calls "},
		       {"b", " timeline "},
		       {"1", " calls "},
		       {"3", " findings "},
		       {"1", " calls "},
		       {"2", " tunnels "},
		       {"Enter", " ladder of tunnel "},
		       {"1", " calls "},
		       {"2", " tunnels "},
		       {"d", " details of tunnel "},
		       {"1", " calls "},
		       {"5", " statistics"},
		       {"1", " calls "}};
	bool is_fine = true;

	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		double start = now_ms(), ms;

		wanted_words = screens[i].title;
		terminal_key(&term, screens[i].key);
		wait_until(title_answers);
		ms = now_ms() - start;
		wait_until(title_is_there);
		printf("%-19s answered in %.1f ms, there after %.1f ms\n", screens[i].title + 1, ms,
		       now_ms() - start);
		is_fine = is_fine && (most_ms == 0 || ms <= most_ms);
	}
	return is_fine;
}

/* Another order of the rows is begun, and keys are pressed while it is made. */
static void sort_meanwhile(struct answers *a)
{
	static const char *const keys[] = {">", "<"};

	for (size_t i = 0; i < SORTS; i++) {
		wanted_words = "sorted by";
		press(a, keys[i % 2], letter_is_there);
		type_letters(a);
	}
}

static bool first_row(void)
{
	return bar_row() > 1 && !is_blank(bar_row());
}

int main(int argc, char **argv)
{
	struct answers reading = {.when = "while reading"}, after = {.when = "after"},
		       sorting = {.when = "while sorting"};
	int first = 1;
	struct rusage usage;
	double start;
	bool is_fine;

	if (argc > 2 && strcmp(argv[1], "-most") == 0) {
		most_ms = atof(argv[2]);
		first = 3;
	}
	if (argc < first + 2) {
		fprintf(stderr, "usage: answers [-most MILLISECONDS] PROGRAM INPUT...\n");
		return 2;
	}
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	reading.ms = malloc(ANSWERS * sizeof(*reading.ms));
	after.ms = malloc(ANSWERS * sizeof(*after.ms));
	sorting.ms = malloc(ANSWERS * sizeof(*sorting.ms));
	start = now_ms();
	if (!terminal_start(&term, ROWS, COLUMNS, argv + first))
		die("no pty");
	wait_until(first_row);
	printf("first row       %.1f ms\n", now_ms() - start);
	while (!is_loaded()) {
		type_letters(&reading);
		move_bar(&reading);
	}
	printf("all read        %.1f s\n", (now_ms() - start) / 1e3);
	while (after.n < AFTER) {
		type_letters(&after);
		move_bar(&after);
	}
	sort_meanwhile(&sorting);
	is_fine = tell(&reading);
	is_fine = tell(&after) && is_fine;
	is_fine = tell(&sorting) && is_fine;
	is_fine = open_screens() && is_fine;
	terminal_stop(&term);
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("memory          %ld MiB\n", usage.ru_maxrss / 1024);
	free(reading.ms);
	free(after.ms);
	free(sorting.ms);
	return is_fine ? 0 : 1;
}
