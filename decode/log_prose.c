#include "log_prose.h"
#include "character.h"
#include "flow.h"

enum { PROMPT_NAME = 63, PROMPT_MODE = 32, COMMAND_PREFIX = 2 };

static bool is_name(char c)
{
	return char_is_letter(c) || char_is_digit(c) || c == '-' || c == '_' || c == '.';
}

struct str prompt_name(struct str text)
{
	size_t n = 0;

	while (n < text.len && n <= PROMPT_NAME && is_name(text.at[n]))
		n++;
	if (n < 2 || n > PROMPT_NAME || !char_is_letter(text.at[0]))
		n = 0;
	return (struct str){text.at, n};
}

/* People type the first letters. */
static bool is_command(struct str text)
{
	static const char *const commands[] = {
		"show",       "debug",      "undebug",   "clear",  "configure",  "no",
		"terminal",   "ping",       "write",     "copy",   "reload",     "shutdown",
		"exit",       "end",        "interface", "do",     "vpdn-group", "enable",
		"disable",    "more",       "telnet",    "logout", "logging",    "default",
		"traceroute", "disconnect", "test",      "quit"};
	size_t n = 0;

	while (n < text.len && (char_is_letter(text.at[n]) || text.at[n] == '-'))
		n++;
	if (n < COMMAND_PREFIX)
		return false;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (n <= strlen(commands[i]) && memcmp(commands[i], text.at, n) == 0)
			return true;
	}
	return false;
}

size_t prompt_length(struct str text, bool is_line_start)
{
	size_t n = prompt_name(text).len;

	if (n == 0 || n == text.len || !strchr("(#>", text.at[n]))
		return 0;
	if (n < text.len && text.at[n] == '(') {
		const char *end = memchr(text.at + n, ')',
					 text.len - n < PROMPT_MODE ? text.len - n : PROMPT_MODE);

		if (!end)
			return 0;
		n = (size_t)(end - text.at) + 1;
	}
	if (n >= text.len || (text.at[n] != '#' && !(text.at[n] == '>' && is_line_start)))
		return 0;
	n++;

	struct str rest = str_from(text, n);

	if (rest.len == 0 || flow_is_blank(rest.at[0]) || is_command(rest))
		return n;
	return 0;
}

bool prose_is_config(struct str text)
{
	static const char *const words[] = {"hostname ",       "l2tp ",        "local ",
					    "terminate-from ", "initiate-to ", "source-ip ",
					    "dialer "};

	if (text.len == 0)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (text.at[0] == words[i][0] && str_starts(text, words[i]))
			return true;
	}
	return false;
}

bool prose_is_head(struct str text)
{
	size_t n = 0;

	for (int word = 0; word < 3; word++) {
		size_t start = n;

		while (n < text.len && !flow_is_blank(text.at[n]))
			n++;
		if (n == start || n >= text.len || text.at[n] != ' ')
			return false;
		if (word > 0 && text.at[n - 1] == ':')
			return true;
		n++;
	}
	return false;
}

enum table_kind table_after(const struct grammar_row *row, enum table_kind before)
{
	if (strncmp(row->name, "ios.table.", 10) == 0)
		return TABLE_ROWS;
	return row->topic == SAID_TABLE ? before : TABLE_NONE;
}
