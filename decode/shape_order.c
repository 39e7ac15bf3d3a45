/* Newest first: told by the stamps of the lines, and turned over record by record. */
#include "character.h"
#include "prefix.h"
#include "shape_stage.h"
#include "stamp.h"

enum { LOOK_LINES = 2000, LEAST_BACK = 3, BACK_SHARE = 8 };

static const char *const no_programs[] = {NULL};

struct str shape_flow(struct str line, char room[SHAPE_COLUMNS])
{
	size_t n = 0;

	for (size_t i = 0; i < line.len && n < SHAPE_COLUMNS; i++) {
		bool is_blank = line.at[i] == ' ' || line.at[i] == '\t' || line.at[i] == '\r';

		if (!is_blank || (n > 0 && room[n - 1] != ' '))
			room[n++] = is_blank ? ' ' : line.at[i];
	}
	return (struct str){room, n};
}

/* Each time has a colon; or it is many digits, or stands in brackets, or before a tag with a
 * slash. */
static bool may_have_time(struct str line)
{
	enum { DIGITS = 10 };
	size_t digits = 0;

	for (size_t i = 0; i < line.len; i++) {
		char c = line.at[i];

		digits = char_is_digit(c) ? digits + 1 : 0;
		if (digits == DIGITS || c == ':' || c == '[' || c == '@' || c == '/')
			return true;
	}
	return false;
}

bool shape_moment(struct str line, int year, struct moment *ret)
{
	char room[SHAPE_COLUMNS];
	struct prefix prefix;
	struct stamp stamp;
	struct str head;

	*ret = (struct moment){0};
	if (!may_have_time(line))
		return false;
	head = shape_flow(line, room);
	for (size_t i = 0; i < head.len; i++) {
		if (head.at[i] == ':' && stamp_at(head, 0, i, year, &stamp)) {
			*ret = stamp.when;
			return true;
		}
	}
	prefix_read(head, year, no_programs, &prefix);
	*ret = prefix.when;
	return moment_known(prefix.when);
}

/* Of a table: a field in quotes, or (OPNsense's page of its log) the level between tabs. */
static bool is_row(struct str line)
{
	static const char *const levels[] = {"Error\t", "Warning\t", "Notice\t", "Informational\t",
					     "Debug\t"};
	size_t tab = str_find(line, STR("\t"));

	if (str_starts(line, "\""))
		return true;
	for (size_t i = 0; tab != SIZE_MAX && i < sizeof(levels) / sizeof(levels[0]); i++)
		if (str_starts(str_from(line, tab + 1), levels[i]))
			return true;
	return false;
}

struct steps {
	size_t back, forward;
	size_t lines, rows; /* with a stamp; of a table */
};

static struct steps steps_of(struct str head, int year)
{
	struct moment before = {0}, now;
	struct clock_turn turn = {0};
	struct steps n = {0};
	struct str line;
	size_t at = 0;

	while (n.lines < LOOK_LINES && shape_line(head, &at, &line)) {
		if (!shape_moment(line, year, &now))
			continue;
		n.lines++;
		n.rows += is_row(line);
		clock_turn(&turn, &now); /* midnight, New Year: no step back */
		if (before.kind == now.kind) {
			int64_t step = moment_minus(now, before);

			n.back += step < 0;
			n.forward += step > 0;
		}
		before = now;
	}
	return n;
}

/* What xl2tpd says of a call in the order of its life, where its stamps tell no order. */
static bool is_told_backwards(struct str head)
{
	static const char *const life[] = {"Connecting to host", "Connection established to",
					   "Calling on tunnel", "Call established with",
					   "start_pppd: "};
	size_t before = SIZE_MAX, n = 0;

	for (size_t i = 0; i < sizeof(life) / sizeof(life[0]); i++) {
		size_t at = str_find(head, str_of(life[i]));

		if (at == SIZE_MAX)
			continue;
		if (at >= before)
			return false;
		before = at;
		n++;
	}
	return n >= LEAST_BACK;
}

/* Many steps back and hardly one forward. Two consoles after each other step back once. */
static bool is_reversed(struct str head, int year)
{
	struct steps n = steps_of(head, year);

	if (!n.forward && n.lines > LEAST_BACK && n.back < LEAST_BACK)
		return n.back == LEAST_BACK - 1 || is_told_backwards(head);
	return n.back >= LEAST_BACK && n.forward * BACK_SHARE <= n.back;
}

/* The rows of a table come from one program: it steps back only where it is turned over. */
static bool is_reversed_table(struct str head, int year)
{
	struct steps n = steps_of(head, year);

	return n.back > 0 && n.forward * BACK_SHARE <= n.back && n.rows == n.lines;
}

static size_t line_start(struct str s, size_t end)
{
	while (end > 0 && s.at[end - 1] != '\n')
		end--;
	return end;
}

/* A line without a stamp belongs to the record above it. */
static void copy_reversed(struct shape_sink *s)
{
	size_t end = s->in.len, start = end;
	struct moment when;

	while (start > 0) {
		size_t line_end = s->in.at[start - 1] == '\n' ? start - 1 : start;

		start = line_start(s->in, line_end);
		if (start > 0 &&
		    !shape_moment((struct str){s->in.at + start, line_end - start}, s->year, &when))
			continue;
		sink_copy(s, start, end);
		sink_newline(s, end - 1);
		end = start;
	}
}

const struct shape_stage shape_reversed = {"newest first", is_reversed, copy_reversed};
const struct shape_stage shape_reversed_table = {"newest first", is_reversed_table, copy_reversed};
