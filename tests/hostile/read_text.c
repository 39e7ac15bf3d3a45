/* Terminals, JSON, CSV. */
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "readers.h"

/* The character at `s`, how many octets it takes; 0: no UTF-8. */
static size_t character(const char *s, size_t room, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *u = (const unsigned char *)s;
	size_t n = u[0] < 0x80 ? 1 : u[0] < 0xc2 ? 0 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	uint32_t code = n == 1 ? u[0] : u[0] & (0x7fu >> n);

	if (n == 0 || n > room)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (u[i] & 0x3fu);
	}
	*ret = code;
	return code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : n;
}

/* Controls, what ends lines for some, and Default_Ignorable_Code_Point of Unicode: what turns the
 * direction, takes no room or is not seen. */
static bool acts(uint32_t code)
{
	static const uint32_t unseen[][2] = {
		{0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},   {0x61c, 0x61c},
		{0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f}, {0x200b, 0x200f},
		{0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164}, {0xfe00, 0xfe0f},
		{0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3},
		{0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (code >= unseen[i][0] && code <= unseen[i][1])
			return true;
	return code < 0x20 && code != '\n';
}

static size_t sgr(const char *s, size_t room)
{
	size_t n = 2;

	if (room < 3 || s[0] != '\x1b' || s[1] != '[')
		return 0;
	while (n < room && (s[n] == ';' || (s[n] >= '0' && s[n] <= '9')))
		n++;
	return n < room && s[n] == 'm' ? n + 1 : 0;
}

void read_terminal(const struct output *o, bool has_color, bool has_tabs)
{
	for (size_t i = 0; i < o->len;) {
		uint32_t code = 0;
		size_t n = character(o->at + i, o->len - i, &code);
		size_t color = has_color ? sgr(o->at + i, o->len - i) : 0;
		bool is_fine = (code == '\r' && i + 1 < o->len && o->at[i + 1] == '\n') ||
			       (code == '\t' && has_tabs);

		if (color == 0 && (n == 0 || (acts(code) && !is_fine)))
			o->complain(n == 0 ? "no UTF-8" : "a control reaches the terminal",
				    o->at + i, o->len - i);
		i += color > 0 ? color : n > 0 ? n : 1;
	}
	o->found(o->at, o->len);
}

/* ---- JSON ---- */

static void walk(const struct output *o, json_t *value)
{
	const char *key;
	json_t *member;
	size_t i;

	if (json_is_string(value))
		o->found(json_string_value(value), json_string_length(value));
	json_array_foreach(value, i, member) walk(o, member);
	json_object_foreach(value, key, member)
	{
		o->found(key, strlen(key));
		walk(o, member);
	}
}

static void read_document(const struct output *o, const char *at, size_t len)
{
	json_error_t error;
	json_t *root = json_loadb(at, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

	if (root == NULL)
		o->complain(error.text, at, len);
	walk(o, root);
	json_decref(root);
}

void read_json(const struct output *o, bool is_one)
{
	const char *at = o->at, *end = o->at + o->len;

	if (is_one) {
		read_document(o, at, o->len);
		return;
	}
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (newline == NULL) {
			o->complain("a line without its end", at, (size_t)(end - at));
			return;
		}
		read_document(o, at, (size_t)(newline - at));
		at = newline + 1;
	}
}

/* ---- CSV ---- */

/* `-957.0` is a time before the first one of the reference clock. */
static bool is_number(const char *s, size_t len)
{
	size_t digits = strspn(s + 1, "0123456789.");

	return s[0] == '-' && digits > 0 && digits + 1 == len;
}

static bool is_formula(const char *s, size_t len)
{
	static const char *const signs[] = {"=",
					    "+",
					    "-",
					    "@",
					    "\t",
					    "\r",
					    "\n",
					    "\xef\xbc\x9d",
					    "\xef\xbc\x8b",
					    "\xef\xbc\x8d",
					    "\xef\xbc\xa0"};

	while (len > 0 && *s == ' ') {
		s++;
		len--;
	}
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (len >= strlen(signs[i]) && memcmp(s, signs[i], strlen(signs[i])) == 0)
			return true;
	}
	return false;
}

/* A field from `at` on; where it ends. What it says is in `cell`. */
static size_t field(const struct output *o, size_t at, char *cell, size_t room, size_t *ret_len)
{
	bool is_quoted = at < o->len && o->at[at] == '"';
	size_t i = at + is_quoted, n = 0;

	for (; i < o->len; i++) {
		char c = o->at[i];

		if (is_quoted && c == '"' && (i + 1 == o->len || o->at[i + 1] != '"')) {
			i++;
			break;
		}
		if (!is_quoted && (c == ',' || c == '\r'))
			break;
		if (!is_quoted && (c == '"' || c == '\n'))
			o->complain("a quote or an end of line in a field", o->at + at, i - at);
		i += is_quoted && c == '"';
		if (n + 1 < room)
			cell[n++] = c;
	}
	cell[n] = '\0';
	*ret_len = n;
	return i;
}

void read_csv(const struct output *o)
{
	static char cell[1 << 20];
	size_t fields = 0, expected = 0, at = 0, len;

	while (at < o->len) {
		at = field(o, at, cell, sizeof(cell), &len);
		fields++;
		if (is_formula(cell, len) && !is_number(cell, len))
			o->complain("a formula", cell, len);
		o->found(cell, len);
		if (at < o->len && o->at[at] == ',') {
			at++;
			continue;
		}
		if (at + 1 >= o->len || o->at[at] != '\r' || o->at[at + 1] != '\n') {
			o->complain("a record does not end", o->at + at, o->len - at);
			return;
		}
		if (expected != 0 && fields != expected)
			o->complain("a record of another width", cell, len);
		expected = fields;
		fields = 0;
		at += 2;
	}
}
