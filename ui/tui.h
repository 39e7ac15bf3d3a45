/* The screens: a stack of them, the list they all are, the loop of keys and of reading.
 *
 * A screen is one file with one `const struct screen_class`: how many rows it has, how each is
 * written, and what keys do that not every list knows. Rows are lines as renderers build them
 * (canvas.h), so that drawing, search and copy read the same text. */
#ifndef L2TPSCOPE_TUI_H
#define L2TPSCOPE_TUI_H

#include "canvas.h"
#include "run.h"
#include "tui_key.h"
#include "tui_term.h"

struct tui;
struct screen;

enum { TUI_LINE = 8192, TUI_HISTORY = 32, TUI_COLUMNS = 64, TUI_ALIASES = 256 };

struct screen_class {
	const char *name;
	unsigned on;            /* enum screen_bit: one */
	const char *printed_by; /* commands that print the same; NULL: none does */
	/* What stands in the title after the name; NULL: nothing. */
	void (*title)(struct screen *s, struct text *t);
	/* The heading above the rows; NULL: none. */
	void (*head)(struct screen *s, struct text *t);
	size_t (*rows)(struct screen *s);
	void (*line)(struct screen *s, size_t row, struct text *t);
	/* Draws beside or below the rows, and gives the area that is left for them; NULL: all. */
	struct area (*frame)(struct screen *s, struct canvas *c, struct area a);
	/* False: it does nothing here. Movements come here only if the list shall not move. */
	bool (*act)(struct screen *s, enum action a);
	/* A click anywhere; NULL: there is nothing but rows. */
	void (*click)(struct screen *s, size_t row, size_t column);
	/* The filter, the width, the settings, or what was read changed; NULL: nothing kept. */
	void (*refresh)(struct screen *s);
	/* Goes on with what takes long, up to about `until` (tui_now()); false: nothing is left to
	 * do. NULL: nothing ever is. */
	bool (*work)(struct screen *s, int64_t until);
	/* What the row is about, as far as it is known; NULL: nothing. */
	const struct call *(*call)(struct screen *s, size_t row);
	const struct tunnel *(*tunnel)(struct screen *s, size_t row);
	/* The row of what people call by that number: a call, a tunnel, a line, a frame; SIZE_MAX:
	 * it is not here. NULL: rows are counted from 1. */
	size_t (*numbered)(struct screen *s, uint64_t number);
	/* The number of the event that the row is, or begins with; 0: none. */
	uint64_t (*event)(struct screen *s, size_t row);
	/* The worst finding at the row, or −1; NULL: none. */
	int (*severity)(struct screen *s, size_t row);
	void (*close)(struct screen *s);
};

/* The head of each screen's own struct. */
struct screen {
	const struct screen_class *class;
	const char *printed_by; /* of this one; NULL: as its class has it */
	struct tui *tui;
	struct screen *below;
	size_t at, top, left;  /* the cursor, the first row and the first column in sight */
	size_t height;         /* rows in sight */
	struct area rows_area; /* where they are, for the mouse */
	bool *marks;           /* by row */
	size_t n_marks;
};

/* A line of input at the bottom of the screen. */
struct prompt {
	const char *label; /* NULL: none is open */
	struct text text;
	size_t at; /* the cursor, in octets */
	/* What is wrong with it so far goes to `why_not`; NULL: anything goes. */
	bool (*check)(struct tui *t, const char *text, struct text *why_not);
	void (*done)(struct tui *t, const char *text);
	struct history *history;
	size_t back; /* how far back in it */
	struct text why_not;
};

struct history {
	struct text at[TUI_HISTORY]; /* newest first */
	size_t n;
};

enum tui_color { COLOR_BY_SEVERITY, COLOR_BY_CALL, COLOR_BY_STATE, COLOR_BY_SIDE, COLOR_WAYS };

struct tui_alias {
	struct address address;
	struct str name;
};

struct tui {
	struct run *run;
	struct options options;      /* a copy: settings change it */
	const struct options *asked; /* the run's own */
	struct screen *screen;       /* the top of the stack */
	struct canvas *canvas;
	size_t cursor; /* its column in the last row; SIZE_MAX: none */
	struct keymap keys;
	struct prompt prompt;
	struct history filters, searches, files;
	struct text needle;
	bool searches_back;
	struct text message; /* shown until the next key */
	enum style message_style;
	bool is_loading, is_done;
	bool is_new; /* something that is worth a picture at once */
	/* Another thread works out what became of what is over, or of it all (tui_load.c): until
	 * then nobody looks at the model. */
	bool is_concluding;
	enum action asked_for; /* it opens when all is read; ACTION_NONE: nothing */
	double loaded;         /* part of the input that is read, 0 to 1 */
	struct tui_load *load;
	struct tui_reader *reader; /* tui_read.h */
	/* What is searched for row by row; NULL: nothing. */
	struct {
		struct screen *screen;
		size_t from, looked;
		bool is_back;
	} search;
	enum tui_color color;
	enum tui_background background;
	bool has_ascii_lines, leaves_mouse;
	struct text filter;                       /* as it was typed; empty: none */
	const struct field *columns[TUI_COLUMNS]; /* of calls */
	size_t n_columns;
	struct text columns_text; /* their names */
	const char *sort;
	const struct field *sort_field;
	bool sorts_down;
	struct tui_alias aliases[TUI_ALIASES];
	size_t n_aliases;
	bool *selected;       /* calls by number */
	size_t n_selected;    /* room of it */
	struct screen *calls; /* the bottom of the stack */
};

struct tui *tui_new(struct run *r);
void tui_free(struct tui *t);

/* The life of the screens, on a terminal that was started (tui_term.h). */
void tui_run(struct tui *t);

/* Puts a screen on the stack; it is closed when left. */
void tui_push(struct tui *t, struct screen *s);
void tui_pop(struct tui *t);
/* All screens look at the model anew. */
void tui_refresh(struct tui *t);

/* One line at the bottom until the next key. */
void tui_say(struct tui *t, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The terminal as the settings have it. */
void tui_show_settings(struct tui *t);

bool tui_is_selected(const struct tui *t, const struct call *c);
/* Selected calls: how many, and the first of them. */
size_t tui_selected(const struct tui *t, const struct call *ret[2]);

/* Milliseconds of a clock that only goes forward. */
int64_t tui_now(void);
/* A look at the clock after so many rows of work is enough. */
enum { TUI_UNLOOKED = 1024 };
/* The same where each row is asked whether it is shown: messages may be read again for it. */
size_t tui_unlooked(const struct tui *t);

/* tui_load.c: the inputs are read bit by bit between keys. False: all is done. */
void tui_load_begin(struct tui *t);
bool tui_load(struct tui *t);
void tui_load_end(struct tui *t);

/* tui_list.c: what all lists do. False: nothing to do with lists. */
bool screen_move(struct screen *s, enum action a);
void screen_go(struct screen *s, size_t row);
/* To the next row that holds what was searched for, from the cursor. */
void screen_search(struct screen *s, bool is_back);
/* Goes on with it, up to about `until`; false: it is over. */
bool screen_search_on(struct tui *t, int64_t until);
void screen_draw(struct screen *s, struct canvas *c, struct area a);
size_t screen_rows(struct screen *s);
/* A cell of a table no wider than its column: `~` stands for the rest. */
void screen_cell(struct text *t, struct str cell, size_t width);
/* The next row of at least that severity. */
void screen_next_severity(struct screen *s, enum severity severity, bool is_back);

/* tui_prompt.c */
void prompt_open(struct tui *t, const char *label, struct history *history, const char *text,
		 bool (*check)(struct tui *t, const char *text, struct text *why_not),
		 void (*done)(struct tui *t, const char *text));
void prompt_key(struct tui *t, uint32_t key);
void prompt_draw(struct tui *t, struct canvas *c, size_t row, size_t *ret_cursor);
void prompt_close(struct tui *t);

/* Screens. Each is made for what is named, and pushed. */
struct screen *tui_calls_new(struct tui *t);
/* The rows in sight and some around them stay as they are, also when the model is not there to be
 * asked, until the next list is made. */
void tui_calls_hold(struct screen *s, size_t around);
/* Some were told: their sessions are no more, and no rows are held. */
void tui_calls_told(struct screen *s);
void tui_open_help(struct tui *t);
void tui_open_findings(struct tui *t, const struct call *c); /* NULL: of all */
void tui_open_tunnels(struct tui *t);
void tui_open_bars(struct tui *t, const struct call *c);
/* At that event; 0: from the beginning. Of messages that are read again those of the call or
 * tunnel.
 */
void tui_open_log(struct tui *t, const struct call *c, const struct tunnel *n, uint64_t wanted);
/* What is looked at is there, also where messages are read again (reread.h); each screen says what
 * it is before it looks at steps. Without effect where they are kept. False: not all of it. */
bool tui_read(struct tui *t, const struct call *c, const struct tunnel *n, uint64_t event);
bool tui_read_calls(struct tui *t, const struct call *const *calls, size_t n);
/* tui_open.c: the screen that a key asks for, about what the cursor is on. */
void tui_open(struct tui *t, enum action a);
/* The ladder of a call, from its beginning. */
void tui_enter_call(struct tui *t, const struct call *c);
/* What was asked for before all was read. */
void tui_open_asked(struct tui *t);
/* What `print` prints on a terminal of that width; to be freed. */
char *tui_print(struct tui *t, size_t width, void (*print)(struct run *r, const void *what),
		const void *what, size_t *ret_length);
/* A line that begins at `rest`; `rest` goes on behind it. */
struct str tui_next_line(struct str *rest);
void tui_open_ladder(struct tui *t, const struct call *c, const struct tunnel *n);
/* Shows the row of that event; false when the ladder has none. */
bool tui_ladder_go(struct screen *s, uint64_t event);
/* Two messages side by side; `where` is what each is called, and outlives the screen. */
void tui_open_pair(struct tui *t, const struct step *const step[2], const struct str where[2]);
void tui_open_call(struct tui *t, const struct call *c);     /* details */
void tui_open_tunnel(struct tui *t, const struct tunnel *n); /* details */
/* What a command prints, with these options; `title` lives as long as the screen. `about`: whose
 * messages it looks at. */
struct tui_about {
	const struct call *calls[2];
	size_t n_calls;
	const struct tunnel *tunnel;
};
void tui_open_command(struct tui *t, const struct command *command, const struct options *o,
		      struct tui_about about, struct str title);
/* Runs a command with other options and another filter than the screens have. */
enum exit_status tui_ask(struct run *r, const struct command *command, const struct options *o,
			 struct filter *filter);
/* tui_filter.c: all screens show what fits. */
void tui_filter_open(struct tui *t);
bool tui_filter_set(struct tui *t, const char *text, struct text *why_not);

#endif
