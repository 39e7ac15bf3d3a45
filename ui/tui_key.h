/* Keys and what they do: one table, which dispatch, help, `bind` and `explain keys` read. */
#ifndef L2TPSCOPE_TUI_KEY_H
#define L2TPSCOPE_TUI_KEY_H

#include "text.h"

enum screen_bit {
	ON_CALLS = 1 << 0,
	ON_LADDER = 1 << 1,
	ON_FINDINGS = 1 << 2,
	ON_TUNNELS = 1 << 3,
	ON_LOG = 1 << 4,
	ON_BARS = 1 << 5,
	ON_TEXT = 1 << 6,   /* details, statistics, differences, help */
	ON_CHOICE = 1 << 7, /* columns, settings, save */
	ON_ALL = 0xff,
	ON_PLACES = ON_CALLS | ON_LADDER | ON_FINDINGS | ON_LOG | ON_TUNNELS | ON_BARS,
	ON_MODEL = ON_CALLS | ON_LADDER | ON_FINDINGS | ON_TUNNELS | ON_LOG | ON_BARS,
};

#define ACTION(id, name, keys, screens, about) ACTION_##id,
enum action {
	ACTION_NONE,
#include "tui_key.def"
	ACTION_COUNT
};
#undef ACTION

/* A key: a character, or one of these. */
enum key_code {
	KEY_NOTHING = 0,
	KEY_CTRL_A = 1, /* to KEY_CTRL_A + 25 */
	KEY_OF_TAB = 9,
	KEY_OF_ENTER = 13,
	KEY_OF_ESC = 27,
	KEY_OF_SPACE = 32,
	KEY_OF_BACKSPACE = 127,
	KEY_SPECIAL = 0x110000, /* beyond Unicode */
	KEY_OF_UP = KEY_SPECIAL,
	KEY_OF_DOWN,
	KEY_OF_LEFT,
	KEY_OF_RIGHT,
	KEY_OF_PAGE_UP,
	KEY_OF_PAGE_DOWN,
	KEY_OF_HOME,
	KEY_OF_END,
	KEY_OF_INSERT,
	KEY_OF_DELETE,
	KEY_OF_BACK_TAB,
	KEY_OF_RESIZE,
	KEY_OF_MOUSE,
	KEY_OF_F1, /* to KEY_OF_F1 + 11 */
};

struct action_row {
	const char *name, *keys, *about;
	unsigned screens; /* enum screen_bit */
};
const struct action_row *action_row(enum action a);
/* ACTION_NONE when there is none of that name. */
enum action action_named(struct str name);

/* `k`, `C-f`, `F7`, `Space`, `PageUp`; KEY_NOTHING when it is no key. */
uint32_t key_parse(struct str name);
void key_print(struct text *t, uint32_t key);
/* The i-th name of a key that is no character; NULL behind the last one. */
const char *key_named(size_t i);

enum { KEYMAP_ROOM = 256 };

struct keymap {
	struct key_binding {
		uint32_t key;
		enum action action;
	} at[KEYMAP_ROOM];
	size_t n;
};

void keymap_default(struct keymap *m);
enum action keymap_find(const struct keymap *m, uint32_t key);
/* A key has one meaning: what it did before, it does no longer. False when there is no room. */
bool keymap_bind(struct keymap *m, uint32_t key, enum action a);
void keymap_unbind(struct keymap *m, uint32_t key);
/* `k Up`: the keys of an action. */
void keymap_print(const struct keymap *m, struct text *t, enum action a);

#endif
