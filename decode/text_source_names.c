#include "character.h"
#include "daemon.h"
#include "prefix.h"
#include "shape_stage.h"
#include "text_source.h"

/* The beginning of a text in which they are looked for, and how many are named. */
enum { DIALECT_OCTETS = 1 << 18, DIALECT_NAMES = 3, STRANGER_OCTETS = 1 << 16, STRANGER_NAMES = 3 };

void text_name_speakers(struct str text, uint16_t input, int year, bool is_ios, struct text *ret)
{
	const char *names[DIALECT_NAMES] = {NULL};
	uint64_t lines[DIALECT_NAMES];
	struct daemon_reader *r;
	struct event event;
	struct stretch stretch;
	size_t n;

	text.len = text.len < DIALECT_OCTETS ? text.len : DIALECT_OCTETS;
	r = daemon_open(text, input, year, NULL);
	while (daemon_next(r, &event, &stretch) != DAEMON_END)
		;
	n = daemon_heard(r, names, lines, DIALECT_NAMES);
	daemon_close(r);
	if (n == 0 || is_ios)
		text_puts(ret, "cisco-ios");
	for (size_t i = 0; i < n; i++)
		text_printf(ret, "%s%s", ret->len ? ", " : "", names[i]);
}

static bool is_name(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!char_is_letter(word.at[i]) && !char_is_digit(word.at[i]) &&
		    !memchr("-_.", word.at[i], 3))
			return false;
	return word.len > 0;
}

void text_name_strangers(struct str text, int year, struct text *ret)
{
	static const char *const none[] = {NULL};
	struct str names[STRANGER_NAMES];
	size_t n = 0, at = 0;
	struct str line;

	text.len = text.len < STRANGER_OCTETS ? text.len : STRANGER_OCTETS;
	while (n < STRANGER_NAMES && shape_line(text, &at, &line)) {
		struct prefix p;
		size_t i = 0;

		prefix_read(line, year, none, &p);
		while (i < n && !str_equal(names[i], p.program))
			i++;
		if (i == n && is_name(p.program))
			names[n++] = p.program;
	}
	for (size_t i = 0; i < n; i++)
		text_printf(ret, "%s%.*s", i ? ", " : "; its lines are of ", STR_ARG(names[i]));
	if (n)
		text_puts(ret, ", not of L2TP or PPP (`l2tpscope explain dialects`)");
}
