#include "tui_term.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termcap.h>
#include <termios.h>
#include <unistd.h>

#include "tui_key.h"

#define LIBRARY_TABLE "curses_library.def"
#define LIBRARY_FILE  "libncursesw.so.6"
#include "lazy_table.h"

static const int ending_signals[] = {SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGSEGV,
				     SIGABRT, SIGBUS,  SIGFPE, SIGILL};
enum { N_ENDING = sizeof(ending_signals) / sizeof(ending_signals[0]), RESTORE_ROOM = 256 };

/* What a signal handler needs to give the terminal back. */
static struct {
	volatile sig_atomic_t is_taken;
	struct termios before;
	char restore[RESTORE_ROOM];
	size_t n_restore;
	int out, in;
	int errors; /* standard error as it was */
	int kept;   /* what was written to it meanwhile */
	struct sigaction was[N_ENDING];
} saved = {.errors = -1, .kept = -1};

static struct {
	SCREEN *screen;
	FILE *keyboard;
	unsigned colors;
	bool is_utf8;
} term;

static void write_all(int fd, const char *at, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, at, n);

		if (done <= 0)
			return;
		at += done;
		n -= (size_t)done;
	}
}

/* Standard error is put aside while curses draws: a warning would tear the picture. */
static void errors_aside(void)
{
	FILE *file = tmpfile();

	if (file == NULL)
		return;
	fflush(stderr);
	saved.errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	saved.kept = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
	fclose(file);
	if (saved.errors >= 0 && saved.kept >= 0)
		dup2(saved.kept, STDERR_FILENO);
}

/* Only what a signal handler may call. */
static void errors_back(void)
{
	char part[512];
	ssize_t n;

	if (saved.errors < 0 || saved.kept < 0)
		return;
	dup2(saved.errors, STDERR_FILENO);
	lseek(saved.kept, 0, SEEK_SET);
	while ((n = read(saved.kept, part, sizeof(part))) > 0)
		write_all(STDERR_FILENO, part, (size_t)n);
	close(saved.errors);
	close(saved.kept);
	saved.errors = saved.kept = -1;
}

static void restore(void)
{
	if (!saved.is_taken)
		return;
	saved.is_taken = 0;
	write_all(saved.out, saved.restore, saved.n_restore);
	tcsetattr(saved.in, TCSANOW, &saved.before);
	errors_back();
}

/* Those for which a run stops in order: nothing is left to be told when the screen is gone. */
static bool is_orderly(int number)
{
	return number == SIGINT || number == SIGTERM || number == SIGHUP;
}

/* The terminal first, then whatever the signal does. */
static void on_end(int number)
{
	struct sigaction as_ever = {.sa_handler = SIG_DFL};

	restore();
	for (size_t i = 0; i < N_ENDING; i++) {
		if (ending_signals[i] == number && !is_orderly(number))
			as_ever = saved.was[i];
	}
	sigaction(number, &as_ever, NULL);
	raise(number);
}

static int keep_char(int c)
{
	if (saved.n_restore < RESTORE_ROOM)
		saved.restore[saved.n_restore++] = (char)c;
	return c;
}

static void keep_string(const char *capability)
{
	char *s = lib.tigetstr(capability);

	if (s != NULL && s != (char *)-1)
		lib.tputs(s, 1, keep_char);
}

static void catch_ends(void)
{
	struct sigaction sa = {.sa_handler = on_end};

	sigemptyset(&sa.sa_mask);
	sa.sa_flags = (int)SA_NODEFER;
	for (size_t i = 0; i < N_ENDING; i++)
		sigaction(ending_signals[i], &sa, &saved.was[i]);
}

static void release_ends(void)
{
	for (size_t i = 0; i < N_ENDING; i++)
		sigaction(ending_signals[i], &saved.was[i], NULL);
}

const char *tui_library_version(struct text *why_not)
{
	return lazy_load(&library, why_not) ? lib.curses_version() : NULL;
}

bool tui_term_is_there(void)
{
	const char *name = getenv("TERM");
	int fd;

	if (!isatty(STDOUT_FILENO) || name == NULL || *name == '\0' || strcmp(name, "dumb") == 0)
		return false;
	if (isatty(STDIN_FILENO))
		return true;
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* By background: of 256 colours, and of eight, where yellow cannot be read on white and blue not on
 * black. COLOR_NONE is the letters' own. */
static const struct palette {
	short tones[8], plain[8];
} palettes[] = {
	[TUI_UNKNOWN] = {{0, 167, 71, 172, 68, 133, 37, 244},
			 {0, COLOR_RED, COLOR_GREEN, COLOR_YELLOW, COLOR_BLUE, COLOR_MAGENTA,
			  COLOR_CYAN, COLOR_WHITE}},
	[TUI_DARK] = {{0, 203, 114, 214, 111, 176, 80, 246},
		      {0, COLOR_RED, COLOR_GREEN, COLOR_YELLOW, COLOR_CYAN, COLOR_MAGENTA,
		       COLOR_CYAN, COLOR_WHITE}},
	[TUI_LIGHT] = {{0, 160, 28, 130, 25, 90, 30, 242},
		       {0, COLOR_RED, COLOR_GREEN, COLOR_MAGENTA, COLOR_BLUE, COLOR_MAGENTA,
			COLOR_BLUE, COLOR_BLACK}},
};

/* `15;0`, `0;default;15`: letters and what is behind them, as rxvt and others say. */
static enum tui_background background_told(void)
{
	const char *told = getenv("COLORFGBG");
	const char *last = told == NULL ? NULL : strrchr(told, ';');
	uint64_t number;

	if (last == NULL || !str_u64(str_of(last + 1), &number))
		return TUI_UNKNOWN;
	return number == 7 || (number > 8 && number < 16) ? TUI_LIGHT : TUI_DARK;
}

void tui_term_background(enum tui_background b)
{
	const struct palette *p = &palettes[b == TUI_UNKNOWN ? background_told() : b];

	for (short i = 1; term.colors > 0 && i < 8; i++)
		lib.init_pair(i, *lib.COLORS >= 256 ? p->tones[i] : p->plain[i], -1);
}

static void set_colors(bool has_color)
{
	term.colors = 0;
	if (!has_color || !lib.has_colors() || lib.start_color() == ERR)
		return;
	lib.use_default_colors();
	term.colors = (unsigned)*lib.COLORS;
	tui_term_background(TUI_UNKNOWN);
}

void tui_term_mouse(bool is_wanted)
{
	mmask_t mask = BUTTON1_PRESSED | BUTTON1_DOUBLE_CLICKED | BUTTON1_CLICKED |
		       BUTTON4_PRESSED | BUTTON5_PRESSED;

	lib.mousemask(is_wanted ? mask : 0, NULL);
}

static FILE *open_keyboard(void)
{
	return isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "r+");
}

bool tui_term_start(bool has_color, struct text *why_not)
{
	if (!lazy_load(&library, why_not))
		return false;
	setlocale(LC_CTYPE, "");
	term.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	term.keyboard = open_keyboard();
	if (term.keyboard == NULL || tcgetattr(fileno(term.keyboard), &saved.before) != 0) {
		text_puts(why_not, "no terminal to read keys from");
		return false;
	}
	saved.out = STDOUT_FILENO;
	saved.in = fileno(term.keyboard);
	term.screen = lib.newterm(NULL, stdout, term.keyboard);
	if (term.screen == NULL) {
		text_puts(why_not, "nothing is known of the terminal that TERM names");
		return false;
	}
	saved.n_restore = 0;
	write_all(saved.out, "", 0);
	keep_string("sgr0");
	keep_string("cnorm");
	keep_string("rmkx");
	for (const char *s = "\033[?1000l\033[?1002l\033[?1006l"; lib.tigetstr("XM") != NULL && *s;
	     s++)
		keep_char(*s);
	keep_string("rmcup");
	saved.is_taken = 1;
	atexit(restore);
	catch_ends();
	errors_aside();
	lib.set_escdelay(25);
	lib.cbreak();
	lib.noecho();
	lib.nonl();
	lib.keypad(*lib.stdscr, TRUE);
	set_colors(has_color);
	tui_term_mouse(true);
	lib.mouseinterval(200);
	lib.curs_set(0);
	return true;
}

void tui_term_stop(void)
{
	if (!saved.is_taken)
		return;
	lib.endwin();
	restore();
	release_ends();
	lib.delscreen(term.screen);
	if (term.keyboard != stdin)
		fclose(term.keyboard);
	term.screen = NULL;
}

void tui_term_abandon(void)
{
	saved.is_taken = 0;
	saved.errors = saved.kept = -1;
}

bool tui_term_is_utf8(void)
{
	return term.is_utf8;
}

void tui_term_size(size_t *ret_rows, size_t *ret_columns)
{
	*ret_rows = *lib.LINES > 0 ? (size_t)*lib.LINES : 1;
	*ret_columns = *lib.COLS > 0 ? (size_t)*lib.COLS : 1;
}

/* ---- drawing ---- */

static attr_t attribute_of(const struct cell *c)
{
	attr_t a = A_NORMAL;

	a |= (c->flags & CELL_BOLD) != 0 ? A_BOLD : 0;
	a |= (c->flags & CELL_UNDERLINE) != 0 ? A_UNDERLINE : 0;
	a |= (c->flags & CELL_REVERSE) != 0 ? A_REVERSE : 0;
	if ((c->flags & CELL_DIM) != 0 && term.colors < 256)
		a |= A_DIM;
	return a;
}

static short pair_of(const struct cell *c)
{
	if (term.colors == 0)
		return 0;
	if (c->color == COLOR_NONE && (c->flags & CELL_DIM) != 0 && term.colors >= 256)
		return 7;
	return c->color;
}

static void draw_cell(const struct cell *c, int y, int x)
{
	wchar_t letters[CELL_CODES + 1] = {0};
	cchar_t wide;

	for (size_t i = 0; i < CELL_CODES; i++)
		letters[i] = (wchar_t)c->codes[i];
	if (lib.setcchar(&wide, letters, attribute_of(c), pair_of(c), NULL) == OK)
		(lib.mvwadd_wch)(*lib.stdscr, y, x, &wide); /* not the macro */
}

void tui_term_draw(const struct canvas *c, size_t cursor_row, size_t cursor_column)
{
	lib.werase(*lib.stdscr);
	for (size_t y = 0; y < c->rows; y++) {
		for (size_t x = 0; x < c->columns; x++) {
			const struct cell *cell = &c->cells[y * c->columns + x];

			if (cell->codes[0] != 0 && (cell->codes[0] != ' ' || cell->flags != 0))
				draw_cell(cell, (int)y, (int)x);
		}
	}
	lib.curs_set(cursor_row == SIZE_MAX ? 0 : 1);
	if (cursor_row != SIZE_MAX)
		lib.wmove(*lib.stdscr, (int)cursor_row, (int)cursor_column);
	lib.wrefresh(*lib.stdscr);
}

void tui_term_redraw(void)
{
	lib.clearok(*lib.curscr, TRUE);
}

/* ---- keys ---- */

static const struct {
	int code;
	uint32_t key;
} special[] = {
	{KEY_UP, KEY_OF_UP},       {KEY_DOWN, KEY_OF_DOWN},     {KEY_LEFT, KEY_OF_LEFT},
	{KEY_RIGHT, KEY_OF_RIGHT}, {KEY_PPAGE, KEY_OF_PAGE_UP}, {KEY_NPAGE, KEY_OF_PAGE_DOWN},
	{KEY_HOME, KEY_OF_HOME},   {KEY_END, KEY_OF_END},       {KEY_IC, KEY_OF_INSERT},
	{KEY_DC, KEY_OF_DELETE},   {KEY_BTAB, KEY_OF_BACK_TAB}, {KEY_BACKSPACE, KEY_OF_BACKSPACE},
	{KEY_ENTER, KEY_OF_ENTER}, {KEY_RESIZE, KEY_OF_RESIZE},
};

static uint32_t mouse_key(struct tui_mouse *ret)
{
	MEVENT e;

	if (lib.getmouse(&e) != OK || e.y < 0 || e.x < 0)
		return KEY_NOTHING;
	ret->row = (size_t)e.y;
	ret->column = (size_t)e.x;
	if ((e.bstate & BUTTON4_PRESSED) != 0)
		ret->what = MOUSE_UP;
	else if ((e.bstate & BUTTON5_PRESSED) != 0)
		ret->what = MOUSE_DOWN;
	else
		ret->what = (e.bstate & BUTTON1_DOUBLE_CLICKED) != 0 ? MOUSE_TWICE : MOUSE_PRESS;
	return KEY_OF_MOUSE;
}

uint32_t tui_term_key(int milliseconds, struct tui_mouse *ret_mouse)
{
	wint_t code;
	int how;

	lib.wtimeout(*lib.stdscr, milliseconds);
	how = lib.wget_wch(*lib.stdscr, &code);
	if (how == ERR)
		return KEY_NOTHING;
	if (how != KEY_CODE_YES)
		return code == '\n' ? KEY_OF_ENTER : code == 8 ? KEY_OF_BACKSPACE : (uint32_t)code;
	if (code == KEY_MOUSE)
		return mouse_key(ret_mouse);
	if (code >= KEY_F(1) && code <= KEY_F(12))
		return KEY_OF_F1 + (uint32_t)(code - KEY_F(1));
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if ((wint_t)special[i].code == code)
			return special[i].key;
	}
	return KEY_NOTHING;
}

void tui_term_copy(struct str text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	enum { MOST = 65536 }; /* what terminals take */
	size_t n = text.len < MOST ? text.len : MOST;

	fputs("\033]52;c;", stdout);
	for (size_t i = 0; i < n; i += 3) {
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (i + k < n ? (unsigned char)text.at[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			putchar(i + k > n ? '=' : digits[bits >> (18 - 6 * k) & 0x3f]);
	}
	fputs("\033\\", stdout);
	fflush(stdout);
}
