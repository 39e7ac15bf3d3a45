/* What collectors put before each line of a device that prints its own time: PRI, time, host,
 * facility, program, sequence numbers, in every line, also before the rows of a dump. One form is
 * left of it, `<189>1: host: `, and that only where the device's own time follows. */
#include "character.h"
#include "prefix.h"
#include "shape_stage.h"
#include "stamp.h"

enum { LOOK_LINES = 400, PREFIX_MOST = 200, LEAST = 3, WORD_MOST = 64 };

static const char *const no_programs[] = {NULL};

/* A prefix: [0, length) of its line; the host in it. */
struct relay {
	size_t length;
	struct str host;
	bool has_own_time; /* behind it */
};

static size_t blanks(struct str s, size_t i)
{
	while (i < s.len && (s.at[i] == ' ' || s.at[i] == '\t'))
		i++;
	return i;
}

static size_t word_end(struct str s, size_t i)
{
	while (i < s.len && s.at[i] != ' ' && s.at[i] != '\t' && i < PREFIX_MOST)
		i++;
	return i;
}

/* The device's own time: a date, and a colon behind it. */
static bool begins_with_time(struct str s, int year)
{
	char room[SHAPE_COLUMNS];
	struct str head = shape_flow(s, room);
	struct stamp stamp;

	if (s.len == 0 || s.at[0] == ' ' || s.at[0] == '\t')
		return false;

	for (size_t i = 0; i < head.len; i++)
		if (head.at[i] == ':' && stamp_at(head, 0, i, year, &stamp))
			return stamp.start == 0 && !stamp.host.len &&
			       stamp.when.kind != CLOCK_UPTIME;
	return false;
}

/* `123: ` */
static size_t sequence(struct str s, size_t i)
{
	size_t first = i;

	while (i < s.len && char_is_digit(s.at[i]))
		i++;
	return i > first && i + 1 < s.len && s.at[i] == ':' && s.at[i + 1] == ' ' ? i + 2 : first;
}

static bool is_facility(struct str word)
{
	static const char *const starts[] = {"local", "daemon.", "user.", "kern.", "syslog."};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (str_starts(word, starts[i]) && memchr(word.at, '.', word.len))
			return true;
	return false;
}

/* RFC 5424 6.2.5 to 6.3 behind the host: program, process, message, data. */
static size_t skip_5424(struct str line, size_t i)
{
	for (int fields = 0; fields < 3; fields++)
		i = blanks(line, word_end(line, i));
	if (i < line.len && line.at[i] == '[') {
		while (i < line.len && i < PREFIX_MOST && line.at[i] != ']')
			i++;
		return i < line.len ? i + 1 : i;
	}
	return i < line.len && line.at[i] == '-' ? i + 1 : i;
}

/* The prefix of a line, told by its form alone. `has_host`: a host follows the time. */
static bool relay_read(struct str line, int year, bool has_host, struct relay *ret)
{
	struct str head = {line.at, line.len < PREFIX_MOST ? line.len : PREFIX_MOST};
	struct prefix stamp;
	bool is_5424, has_priority = false;
	size_t i = 0, k;

	*ret = (struct relay){0};
	if (head.len > 3 && head.at[0] == '<' && char_is_digit(head.at[1])) {
		while (i < 5 && i < head.len && head.at[i] != '>')
			i++;
		if (i >= head.len || head.at[i] != '>')
			return false;
		i++;
		has_priority = true;
	}
	is_5424 = has_priority && str_starts(str_from(head, i), "1 ");
	k = sequence(head, is_5424 ? i + 2 : i);
	prefix_read(str_from(head, k), year, no_programs, &stamp);
	if (stamp.stamp.len && stamp.stamp.at == head.at + k && k + stamp.stamp.len < head.len &&
	    head.at[k + stamp.stamp.len] == ' ') {
		i = blanks(head, k + stamp.stamp.len);
		k = word_end(head, i);
		if ((has_host || is_5424) && k - i < WORD_MOST) {
			ret->host = str_range(head.at + i, head.at + k);
			if (str_ends(ret->host, ":"))
				ret->host.len--;
			i = blanks(head, k);
		}
		if (is_5424)
			i = skip_5424(head, i) + 1;
	} else if (!has_priority) {
		return false;
	}
	k = word_end(head, i);
	if (k > i && is_facility(str_range(head.at + i, head.at + k)))
		i = blanks(head, k);
	i = sequence(head, i);
	k = word_end(head, i);
	if (k > i + 1 && k < head.len && head.at[k - 1] == ':' && ret->host.len && !is_5424 &&
	    !begins_with_time(str_from(head, i), year))
		i = k + 1; /* the collector's program */
	i = sequence(head, i);
	k = word_end(head, i);
	if (k > i + 1 && k < head.len && head.at[k - 1] == ':' && !ret->host.len && has_priority &&
	    !begins_with_time(str_from(head, i), year) && !is_5424) {
		ret->host = str_range(head.at + i, head.at + k - 1);
		i = k + 1;
	}
	i = sequence(head, i);
	ret->length = i < line.len ? i : line.len;
	ret->has_own_time = begins_with_time(str_from(line, ret->length), year);
	return true;
}

struct census {
	size_t lines, with_host, without;
};

static struct census take_census(struct str head, int year)
{
	struct census c = {0};
	size_t at = 0;
	struct str line;
	struct relay r;

	while (c.lines < LOOK_LINES && shape_line(head, &at, &line)) {
		if (blanks(line, 0) >= line.len || line.at[blanks(line, 0)] == '\r')
			continue;
		c.lines++;
		if (relay_read(line, year, true, &r) && r.has_own_time)
			c.with_host++;
		else if (relay_read(line, year, false, &r) && r.has_own_time)
			c.without++;
	}
	return c;
}

static bool is_relayed(struct str head, int year)
{
	struct census c = take_census(head, year);
	size_t n = c.with_host > c.without ? c.with_host : c.without;

	return n >= LEAST && n * 2 >= c.lines;
}

static void copy_relayed(struct shape_sink *s)
{
	struct str head = {s->in.at, s->in.len < SHAPE_LOOK ? s->in.len : SHAPE_LOOK};
	struct census c = take_census(head, s->year);
	bool has_host = c.with_host > c.without;
	size_t at = 0, start = 0;
	struct str line;
	struct relay r;

	while (shape_line(s->in, &at, &line)) {
		if (relay_read(line, s->year, has_host, &r) && r.has_own_time && r.host.len) {
			sink_put(s, STR("<189>1: "), start);
			sink_put(s, r.host, start);
			sink_put(s, STR(": "), start);
		}
		sink_copy(s, start + r.length, at < s->in.len ? at : s->in.len);
		start = at;
	}
}

const struct shape_stage shape_relayed = {"collector", is_relayed, copy_relayed};
