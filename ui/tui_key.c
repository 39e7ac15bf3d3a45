#include "tui_key.h"

#include "character.h"

#define ACTION(id, name, keys, screens, about) [ACTION_##id] = {name, keys, about, screens},
static const struct action_row actions[ACTION_COUNT] = {
#include "tui_key.def"
};
#undef ACTION

static const struct {
	const char *name;
	uint32_t key;
} names[] = {
	{"Tab", KEY_OF_TAB},          {"Enter", KEY_OF_ENTER},         {"Esc", KEY_OF_ESC},
	{"Space", KEY_OF_SPACE},      {"Backspace", KEY_OF_BACKSPACE}, {"Up", KEY_OF_UP},
	{"Down", KEY_OF_DOWN},        {"Left", KEY_OF_LEFT},           {"Right", KEY_OF_RIGHT},
	{"PageUp", KEY_OF_PAGE_UP},   {"PageDown", KEY_OF_PAGE_DOWN},  {"Home", KEY_OF_HOME},
	{"End", KEY_OF_END},          {"Insert", KEY_OF_INSERT},       {"Delete", KEY_OF_DELETE},
	{"BackTab", KEY_OF_BACK_TAB}, {"PgUp", KEY_OF_PAGE_UP},        {"PgDn", KEY_OF_PAGE_DOWN},
};

enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

const char *key_named(size_t i)
{
	return i < N_NAMES ? names[i].name : NULL;
}

const struct action_row *action_row(enum action a)
{
	return &actions[a];
}

enum action action_named(struct str name)
{
	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
		if (str_is(name, actions[a].name))
			return (enum action)a;
	}
	return ACTION_NONE;
}

/* One character beyond ASCII is a key, too: keyboards have such. */
static uint32_t letter_key(struct str name)
{
	unsigned char first = (unsigned char)name.at[0];
	size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t code = first < 0x80 ? first : first & (0x7fu >> n);

	if (n != name.len || first <= 0x20 || (first >= 0x7f && first < 0xc0))
		return KEY_NOTHING;
	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((unsigned char)name.at[i] & 0x3fu);
	return code;
}

uint32_t key_parse(struct str name)
{
	uint64_t number;

	if (name.len == 0)
		return KEY_NOTHING;
	for (size_t i = 0; i < N_NAMES; i++) {
		if (str_equal_nocase(name, str_of(names[i].name)))
			return names[i].key;
	}
	if (name.len > 1 && name.at[0] == 'F' && str_u64(str_from(name, 1), &number))
		return number >= 1 && number <= 12 ? KEY_OF_F1 + (uint32_t)number - 1 : KEY_NOTHING;
	if (name.len == 3 && str_starts(name, "C-") && char_is_lower(name.at[2]))
		return KEY_CTRL_A + (uint32_t)(name.at[2] - 'a');
	return letter_key(name);
}

void key_print(struct text *t, uint32_t key)
{
	char utf8[4];
	size_t n = 0;

	for (size_t i = 0; i < N_NAMES; i++) {
		if (names[i].key != key)
			continue;
		text_puts(t, names[i].name);
		return;
	}
	if (key >= KEY_OF_F1 && key < KEY_OF_F1 + 12)
		text_printf(t, "F%u", key - KEY_OF_F1 + 1);
	else if (key < KEY_OF_SPACE)
		text_printf(t, "C-%c", (char)('a' + (int)key - 1));
	else if (key < 0x80)
		text_putc(t, (char)key);
	if (key < 0x80 || key >= KEY_SPECIAL)
		return;
	if (key >= 0x10000)
		utf8[n++] = (char)(0xf0 | key >> 18);
	if (key >= 0x800)
		utf8[n] = (char)(n > 0 ? 0x80 | (key >> 12 & 0x3f) : 0xe0 | key >> 12), n++;
	utf8[n] = (char)(n > 0 ? 0x80 | (key >> 6 & 0x3f) : 0xc0 | key >> 6), n++;
	utf8[n++] = (char)(0x80 | (key & 0x3f));
	text_add(t, (struct str){utf8, n});
}

void keymap_unbind(struct keymap *m, uint32_t key)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->at[i].key != key)
			m->at[kept++] = m->at[i];
	}
	m->n = kept;
}

bool keymap_bind(struct keymap *m, uint32_t key, enum action a)
{
	keymap_unbind(m, key);
	if (m->n == KEYMAP_ROOM)
		return false;
	m->at[m->n++] = (struct key_binding){key, a};
	return true;
}

void keymap_default(struct keymap *m)
{
	m->n = 0;
	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
		struct str keys = str_of(actions[a].keys);

		while (keys.len > 0) {
			size_t end = str_find(keys, STR(" "));
			struct str one = {keys.at, end == SIZE_MAX ? keys.len : end};

			keymap_bind(m, key_parse(one), (enum action)a);
			keys = str_from(keys, end == SIZE_MAX ? keys.len : end + 1);
		}
	}
}

enum action keymap_find(const struct keymap *m, uint32_t key)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->at[i].key == key)
			return m->at[i].action;
	}
	return ACTION_NONE;
}

void keymap_print(const struct keymap *m, struct text *t, enum action a)
{
	size_t start = t->len;

	for (size_t i = 0; i < m->n; i++) {
		if (m->at[i].action != a)
			continue;
		text_puts(t, t->len > start ? " " : "");
		key_print(t, m->at[i].key);
	}
}
