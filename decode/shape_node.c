/* IOS XR: the node of the chassis before a line's time, the process behind it, and, in later
 * releases, the year before the month. What is left is the line as IOS prints it:
 *
 *   RP/0/RSP0/CPU0:2019 Mar  5 10:11:12.345 UTC: l2tp_mgr[1053]: L2TP tnl 08001:0000A0B1: …
 *   Mar  5 2019 10:11:12.345 UTC: L2TP tnl 08001:0000A0B1: …
 *
 * A prompt loses its node, too. */
#include "character.h"
#include "shape_stage.h"

enum {
	LOOK_LINES = 400,
	NODE_MOST = 32,
	BEFORE_MOST = 96,
	YEAR = 4,
	ZONE_MOST = 6,
	NAME_MOST = 48
};

/* The parts of a line: octets [start, end). */
struct part {
	size_t start, end;
};

/* What is kept, in its order; `process` is left out. */
struct node_line {
	struct part node, year, date, clock, text;
};

static char at(struct str s, size_t i)
{
	return i < s.len ? s.at[i] : 0;
}

static size_t blanks(struct str s, size_t i)
{
	while (at(s, i) == ' ')
		i++;
	return i;
}

static size_t digits(struct str s, size_t i)
{
	while (char_is_digit(at(s, i)))
		i++;
	return i;
}

/* `RP/0/RSP0/CPU0:`, wherever it begins in the line: a collector may have been there before. */
static bool find_node(struct str line, struct part *ret)
{
	struct str head = {line.at, line.len < BEFORE_MOST ? line.len : BEFORE_MOST};
	size_t cpu = str_find(head, STR("/CPU")), start, slashes = 0;

	if (cpu == SIZE_MAX)
		return false;
	for (start = cpu; start > 0 && line.at[start - 1] != ' ' && cpu - start < NODE_MOST;)
		slashes += line.at[--start] == '/';
	ret->start = start;
	ret->end = digits(line, cpu + strlen("/CPU"));
	return slashes == 2 && char_is_upper(at(line, start)) && ret->end > cpu + strlen("/CPU") &&
	       at(line, ret->end++) == ':';
}

/* `l2tp_mgr[1053]: ` */
static size_t skip_process(struct str s, size_t i)
{
	size_t k = i;

	while (k - i < NAME_MOST && at(s, k) && at(s, k) != ' ' && at(s, k) != '[')
		k++;
	if (at(s, k) != '[' || digits(s, k + 1) == k + 1)
		return i;
	k = digits(s, k + 1);
	return at(s, k) == ']' && at(s, k + 1) == ':' ? blanks(s, k + 2) : i;
}

/* ` UTC`; behind it ` :` in some releases. */
static size_t skip_zone(struct str s, size_t i)
{
	size_t k = i + 1;

	while (at(s, i) == ' ' && char_is_upper(at(s, k)) && k - i <= ZONE_MOST)
		k++;
	return k > i + 1 ? k : i;
}

static bool read_node(struct str line, struct node_line *ret)
{
	size_t i, k;

	*ret = (struct node_line){0};
	if (!find_node(line, &ret->node))
		return false;
	i = ret->node.end;
	k = digits(line, i);
	if (k - i == YEAR && at(line, k) == ' ') {
		ret->year = (struct part){i, k};
		i = blanks(line, k);
	}
	ret->date.start = i;
	while (char_is_letter(at(line, i)))
		i++;
	i = digits(line, blanks(line, i));
	ret->date.end = i;
	i = blanks(line, i);
	ret->clock.start = i;
	while (char_is_digit(at(line, i)) || at(line, i) == ':' || at(line, i) == '.')
		i++;
	while (i > ret->clock.start && line.at[i - 1] == ':') /* that behind it */
		i--;
	i = skip_zone(line, i);
	ret->clock.end = i;
	i = blanks(line, i);
	if (ret->clock.end - ret->clock.start < strlen("0:00:00") || at(line, i) != ':')
		return false;
	i = blanks(line, i + 1);
	ret->text = (struct part){skip_process(line, i), line.len};
	return true;
}

/* `RP/0/RSP0/CPU0:xr1#show l2tp session` */
static bool is_prompt(struct str line, struct part node)
{
	size_t i = node.end;

	while (at(line, i) && at(line, i) != ' ' && at(line, i) != '#')
		i++;
	return i > node.end && at(line, i) == '#';
}

static bool has_nodes(struct str head, int year)
{
	size_t from = 0, lines = 0;
	struct node_line n;
	struct str line;

	(void)year;
	while (lines++ < LOOK_LINES && shape_line(head, &from, &line))
		if (read_node(line, &n))
			return true;
	return false;
}

static void copy_part(struct shape_sink *s, size_t line, struct part p, const char *behind)
{
	if (p.end <= p.start)
		return;
	sink_copy(s, line + p.start, line + p.end);
	sink_put(s, str_of(behind), line + p.end - 1);
}

static void copy_nodes(struct shape_sink *s)
{
	size_t from = 0, start = 0;
	struct node_line n;
	struct str line;

	while (shape_line(s->in, &from, &line)) {
		size_t end = from < s->in.len ? from : s->in.len;

		if (read_node(line, &n)) {
			sink_copy(s, start, start + n.node.start);
			copy_part(s, start, n.date, " ");
			copy_part(s, start, n.year, " ");
			copy_part(s, start, n.clock, ": ");
			sink_copy(s, start + n.text.start, end);
		} else if (n.node.end && is_prompt(line, n.node)) {
			sink_copy(s, start + n.node.end, end);
		} else {
			sink_copy(s, start, end);
		}
		start = from;
	}
}

const struct shape_stage shape_noded = {"IOS XR", has_nodes, copy_nodes};
