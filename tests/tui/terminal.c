#include "walk.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int on_property(VTermProp property, VTermValue *value, void *user)
{
	struct terminal *t = user;

	if (property == VTERM_PROP_ALTSCREEN)
		t->is_alternate = value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		t->has_mouse = value->number != VTERM_PROP_MOUSE_NONE;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		t->is_cursor_hidden = !value->boolean;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static void set_size(struct terminal *t, int rows, int columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

	t->rows = rows;
	t->columns = columns;
	ioctl(t->master, TIOCSWINSZ, &size);
}

static void run_child(const struct terminal *t, char *const *words)
{
	setsid();
	ioctl(t->slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(t->slave, fd);
	close(t->master);
	if (t->slave > 2)
		close(t->slave);
	execv(words[0], words);
	_exit(127);
}

bool terminal_start(struct terminal *t, int rows, int columns, char *const *words)
{
	const char *name;

	*t = (struct terminal){.master = posix_openpt(O_RDWR | O_NOCTTY)};
	if (t->master < 0 || grantpt(t->master) != 0 || unlockpt(t->master) != 0)
		return false;
	name = ptsname(t->master);
	t->slave = name == NULL ? -1 : open(name, O_RDWR | O_NOCTTY);
	if (t->slave < 0)
		return false;
	set_size(t, rows, columns);
	tcgetattr(t->slave, &t->before);
	t->vterm = vterm_new(rows, columns);
	vterm_set_utf8(t->vterm, 1);
	t->screen = vterm_obtain_screen(t->vterm);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
	t->child = fork();
	if (t->child == 0)
		run_child(t, words);
	return t->child > 0;
}

void terminal_stop(struct terminal *t)
{
	if (!t->has_ended && t->child > 0) {
		kill(t->child, SIGKILL);
		waitpid(t->child, NULL, 0);
	}
	close(t->master);
	close(t->slave);
	vterm_free(t->vterm);
}

void terminal_resize(struct terminal *t, int rows, int columns)
{
	vterm_set_size(t->vterm, rows, columns);
	set_size(t, rows, columns);
}

void terminal_write(struct terminal *t, const char *octets, size_t n)
{
	while (n > 0) {
		ssize_t done = write(t->master, octets, n);

		if (done <= 0)
			return;
		octets += done;
		n -= (size_t)done;
	}
}

static const struct {
	const char *name, *octets;
} keys[] = {
	{"Up", "\033OA"},   {"Down", "\033OB"},  {"Right", "\033OC"},   {"Left", "\033OD"},
	{"Home", "\033OH"}, {"End", "\033OF"},   {"PageUp", "\033[5~"}, {"PageDown", "\033[6~"},
	{"F1", "\033OP"},   {"F2", "\033OQ"},    {"F3", "\033OR"},      {"F4", "\033OS"},
	{"F5", "\033[15~"}, {"F6", "\033[17~"},  {"F7", "\033[18~"},    {"F8", "\033[19~"},
	{"F9", "\033[20~"}, {"F10", "\033[21~"}, {"Enter", "\r"},       {"Esc", "\033"},
	{"Space", " "},     {"Tab", "\t"},       {"BackTab", "\033[Z"}, {"Backspace", "\177"},
};

bool terminal_key(struct terminal *t, const char *name)
{
	char octet;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		terminal_write(t, keys[i].octets, strlen(keys[i].octets));
		return true;
	}
	if (strlen(name) == 3 && strncmp(name, "C-", 2) == 0) {
		octet = (char)(name[2] & 0x1f);
		terminal_write(t, &octet, 1);
		return true;
	}
	if (strlen(name) != 1)
		return false;
	terminal_write(t, name, 1);
	return true;
}

/* Has the child ended? Its last words may still be on their way. */
static void look_after(struct terminal *t)
{
	int status;

	if (t->has_ended || waitpid(t->child, &status, WNOHANG) != t->child)
		return;
	t->has_ended = true;
	t->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool terminal_read(struct terminal *t, int milliseconds)
{
	struct pollfd p = {.fd = t->master, .events = POLLIN};
	char octets[65536];
	ssize_t n;

	look_after(t);
	if (poll(&p, 1, milliseconds) <= 0 || (p.revents & POLLIN) == 0)
		return false;
	n = read(t->master, octets, sizeof(octets));
	if (n <= 0)
		return false;
	vterm_input_write(t->vterm, octets, (size_t)n);
	return true;
}

size_t terminal_utf8(char *at, uint32_t code)
{
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned first[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n; i-- > 1; code >>= 6)
		at[i] = (char)(0x80 | (code & 0x3f));
	at[0] = (char)(first[n] | code);
	return n;
}

char *terminal_text(struct terminal *t)
{
	size_t room = (size_t)t->rows * ((size_t)t->columns * 24 + 1) + 1;
	char *text = malloc(room);
	size_t n = 0;

	for (int row = 0; row < t->rows; row++) {
		size_t start = n;

		for (int column = 0; column < t->columns; column++) {
			VTermPos at = {.row = row, .col = column};
			VTermScreenCell cell = {0};

			vterm_screen_get_cell(t->screen, at, &cell);
			if (cell.chars[0] == 0)
				text[n++] = ' ';
			for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0 &&
					cell.chars[i] != (uint32_t)-1;
			     i++)
				n += terminal_utf8(text + n, cell.chars[i]);
		}
		while (n > start && text[n - 1] == ' ')
			n--;
		text[n++] = '\n';
	}
	text[n] = '\0';
	return text;
}
