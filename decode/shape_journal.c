/* Logs as objects: `journalctl -o json`, `-o json-pretty`, `-o verbose`, `-o export`, Docker's and
 * other collectors' JSON lines. Each becomes a line of syslog: when, host, program[pid]: text. */
#include <stdio.h>
#include <string.h>

#include "character.h"
#include "clock.h"
#include "shape_stage.h"

enum { VALUE_MOST = 256, LEAST = 2, OBJECT_MOST = 1 << 16 };

enum field { MESSAGE, TIME_US, TIME_TEXT, HOST, PROGRAM, PID, FIELDS };

static const struct {
	const char *name;
	enum field field;
} names[] = {
	{"MESSAGE", MESSAGE},
	{"message", MESSAGE},
	{"msg", MESSAGE},
	{"log", MESSAGE},
	{"textPayload", MESSAGE}, /* Google Cloud */
	{"__REALTIME_TIMESTAMP", TIME_US},
	{"_SOURCE_REALTIME_TIMESTAMP", TIME_US},
	{"time", TIME_TEXT},
	{"timestamp", TIME_TEXT},
	{"@timestamp", TIME_TEXT},
	{"_HOSTNAME", HOST},
	{"host", HOST},
	{"hostname", HOST},
	{"host.name", HOST}, /* Elastic Common Schema */
	{"host.hostname", HOST},
	{"SYSLOG_IDENTIFIER", PROGRAM},
	{"ident", PROGRAM},
	{"program", PROGRAM},
	{"process.name", PROGRAM},
	{"_PID", PID},
	{"SYSLOG_PID", PID},
	{"pid", PID},
	{"process.pid", PID},
};

/* Where a value stands; a message may be octets: `[115,101]`. */
struct value {
	size_t start, end;
	bool is_list;
};

struct object {
	struct value values[FIELDS];
	bool has[FIELDS];
};

/* `outer`: of the object that it stands in, or empty; together they are `outer.name`. */
static bool is_called(const char *called, struct str outer, struct str name)
{
	size_t n = outer.len ? outer.len + 1 : 0;

	if (!outer.len)
		return str_is(name, called);
	return strlen(called) > n && memcmp(called, outer.at, outer.len) == 0 &&
	       called[outer.len] == '.' && str_is(name, called + n);
}

static bool field_named(struct str outer, struct str name, enum field *ret)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!is_called(names[i].name, outer, name))
			continue;
		*ret = names[i].field;
		return true;
	}
	return false;
}

static void note(struct object *o, struct str outer, struct str name, struct value value)
{
	enum field f;

	if (!field_named(outer, name, &f) || o->has[f])
		return;
	o->has[f] = true;
	o->values[f] = value;
}

static void put_value(struct shape_sink *s, const struct object *o, enum field f,
		      const char *before)
{
	if (!o->has[f] || o->values[f].start == o->values[f].end)
		return;
	sink_put(s, str_of(before), o->values[f].start);
	sink_copy(s, o->values[f].start, o->values[f].end);
}

static void put_time(struct shape_sink *s, const struct object *o)
{
	struct value v = o->values[TIME_US];
	struct str digits = {s->in.at + v.start, v.end - v.start};
	struct text line;
	uint64_t us;

	if (!o->has[TIME_US] || !str_u64(digits, &us) || us > INT64_MAX / 1000) {
		put_value(s, o, TIME_TEXT, "");
		return;
	}
	line = text_make(VALUE_MOST);
	moment_print(&line, (struct moment){.ns = (int64_t)us * 1000,
					    .grain_ns = 1000,
					    .kind = CLOCK_ABSOLUTE});
	sink_put(s, text_str(&line), v.start);
	text_free(&line);
}

/* ---- JSON ---- */

static size_t blanks(struct str s, size_t i)
{
	while (i < s.len &&
	       (s.at[i] == ' ' || s.at[i] == '\t' || s.at[i] == '\r' || s.at[i] == '\n'))
		i++;
	return i;
}

/* Behind the string whose quote stands at `i`. */
static size_t string_end(struct str s, size_t i)
{
	for (i++; i < s.len && s.at[i] != '"'; i++)
		i += s.at[i] == '\\';
	return i < s.len ? i + 1 : s.len;
}

static size_t value_end(struct str s, size_t i)
{
	int depth = 0;

	while (i < s.len) {
		char c = s.at[i];

		if (c == '"') {
			i = string_end(s, i);
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ' ' || c == '\r' || c == '\n'))
			return i;
		depth += (c == '[' || c == '{') - (c == ']' || c == '}');
		i++;
	}
	return i;
}

/* One object, which begins at `base` of the whole. Of an object within one, called `outer`, its own
 * values. */
static bool object_read(struct str text, size_t base, struct str outer, struct object *ret)
{
	size_t i = blanks(text, 0);

	if (i >= text.len || text.at[i] != '{')
		return false;
	i = blanks(text, i + 1);
	while (i < text.len && text.at[i] == '"') {
		size_t end = string_end(text, i), value;
		struct str name = {text.at + i + 1, end - i < 2 ? 0 : end - i - 2};

		value = blanks(text, end);
		if (value >= text.len || text.at[value] != ':')
			return false;
		value = blanks(text, value + 1);
		end = value_end(text, value);
		if (value < text.len && text.at[value] == '{') {
			if (!outer.len)
				object_read((struct str){text.at + value, end - value},
					    base + value, name, ret);
		} else if (value < text.len && end > value + 1) {
			bool is_text = text.at[value] == '"';

			note(ret, outer, name,
			     (struct value){base + value + is_text, base + end - is_text,
					    text.at[value] == '['});
		}
		i = blanks(text, end);
		if (i >= text.len || text.at[i] != ',')
			break;
		i = blanks(text, i + 1);
	}
	return ret->has[MESSAGE];
}

/* The object that begins in the line at `start` of `s`: all of that line, or with `-o json-pretty`
 * up to the brace that stands first in a line of its own. */
static struct str object_text(struct str s, size_t start, struct str line)
{
	size_t at = start + line.len + 1;
	struct str next;

	/* one that is indented has its brace indented as well: none stands first in a line */
	if (!str_starts(line, "{") || !str_is(str_trim(line), "{"))
		return line;
	/* each line is looked at once: the next object ends one that is not closed */
	while (at < start + OBJECT_MOST && shape_line(s, &at, &next)) {
		if (str_starts(next, "}"))
			return (struct str){s.at + start, (size_t)(next.at + 1 - s.at) - start};
		if (str_starts(next, "{"))
			break;
	}
	return line;
}

/* The next object, and what stands between; *at is behind it. */
static bool object_next(struct str s, size_t *at, struct object *ret)
{
	size_t start = *at;
	struct str line, text;

	*ret = (struct object){0};
	if (!shape_line(s, at, &line))
		return false;
	text = object_text(s, start, line);
	if (text.len > line.len) {
		*at = start + text.len;
		shape_line(s, at, &line); /* what is left of the brace's */
	}
	object_read(text, start, (struct str){0}, ret);
	return true;
}

static bool is_json(struct str head, int year)
{
	size_t at = 0, start = 0, n = 0, all = 0;
	struct object o;

	(void)year;
	while (n < LEAST && object_next(head, &at, &o)) {
		size_t end = at < head.len ? at : head.len;

		all += str_trim((struct str){head.at + start, end - start}).len > 0;
		n += o.has[MESSAGE];
		start = at;
	}
	return n > 0 && n * 2 >= all;
}

static uint32_t hex4(struct str s)
{
	uint32_t code = 0;

	for (size_t i = 0; i < 4 && i < s.len; i++) {
		char c = (char)(s.at[i] | 32);

		code = code << 4 | (uint32_t)(c >= 'a' && c <= 'f' ? c - 'a' + 10 : s.at[i] & 15);
	}
	return code;
}

/* A message in JSON's spelling; its line ends are line ends. */
static void put_string(struct shape_sink *s, struct value v)
{
	static const char escapes[][2] = {
		{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'b', ' '}, {'f', ' '}};
	size_t plain = v.start;

	for (size_t i = v.start; i + 1 < v.end; i++) {
		char c = s->in.at[i + 1], octets[4];
		size_t n = 1;

		if (s->in.at[i] != '\\')
			continue;
		sink_copy(s, plain, i);
		octets[0] = c;
		for (size_t k = 0; k < sizeof(escapes) / sizeof(escapes[0]); k++)
			octets[0] = c == escapes[k][0] ? escapes[k][1] : octets[0];
		if (c == 'u' && i + 5 < v.end)
			n = shape_utf8(hex4(str_from(s->in, i + 2)), octets);
		sink_put(s, (struct str){octets, n}, i);
		i += c == 'u' && i + 5 < v.end ? 5 : 1;
		plain = i + 1;
	}
	sink_copy(s, plain, v.end);
}

static void put_octets(struct shape_sink *s, struct value v)
{
	unsigned number = 0;

	for (size_t i = v.start + 1; i < v.end; i++) {
		char c = s->in.at[i], octet = (char)number;

		if (char_is_digit(c)) {
			number = (number * 10 + (unsigned)(c - '0')) & 0xff;
			continue;
		}
		if (c == ',' || c == ']')
			sink_put(s, (struct str){&octet, 1}, i - 1);
		number = 0;
	}
}

static void put_object(struct shape_sink *s, const struct object *o)
{
	put_time(s, o);
	put_value(s, o, HOST, s->last == '\n' ? "" : " ");
	put_value(s, o, PROGRAM, s->last == '\n' ? "" : " ");
	if (o->has[PROGRAM]) {
		put_value(s, o, PID, "[");
		sink_put(s, o->has[PID] ? STR("]: ") : STR(": "), o->values[PROGRAM].start);
	} else if (s->last != '\n') {
		sink_put(s, STR(" "), o->values[MESSAGE].start);
	}
}

static void copy_json(struct shape_sink *s)
{
	size_t at = 0, start = 0;
	struct object o;

	while (object_next(s->in, &at, &o)) {
		if (o.has[MESSAGE]) {
			put_object(s, &o);
			if (o.values[MESSAGE].is_list)
				put_octets(s, o.values[MESSAGE]);
			else
				put_string(s, o.values[MESSAGE]);
			sink_newline(s, start);
		} else {
			sink_copy(s, start, at < s->in.len ? at : s->in.len);
		}
		start = at;
	}
}

const struct shape_stage shape_json = {"JSON lines", is_json, copy_json};

/* ---- journalctl -o export ---- */

static bool is_journal(struct str head, int year)
{
	(void)year;
	return (str_starts(head, "__CURSOR=") || str_starts(head, "__REALTIME_TIMESTAMP=")) &&
	       str_find(head, STR("\nMESSAGE")) != SIZE_MAX;
}

/* `NAME=value`, or `NAME`, eight octets of length, and so many octets. Where the next begins. */
static size_t take_field(struct str s, size_t start, struct str line, struct object *o)
{
	const char *equals = memchr(line.at, '=', line.len);
	size_t next = start + line.len + 1, value;
	uint64_t length = 0;

	if (equals) {
		value = start + (size_t)(equals - line.at) + 1;
		note(o, (struct str){0}, str_range(line.at, equals),
		     (struct value){value, start + line.len, false});
		return next;
	}
	if (s.len < 8 || next > s.len - 8)
		return s.len;
	for (unsigned i = 8; i-- > 0;)
		length = length << 8 | (uint8_t)s.at[next + i];
	value = next + 8;
	if (length > s.len - value)
		return s.len;
	note(o, (struct str){0}, line, (struct value){value, value + (size_t)length, false});
	return value + (size_t)length + 1;
}

static void copy_journal(struct shape_sink *s)
{
	struct object o = {0};
	size_t start = 0;

	while (start <= s->in.len) {
		size_t at = start;
		struct str line = {0};

		if (shape_line(s->in, &at, &line) && line.len) {
			start = take_field(s->in, start, line, &o);
			if (start < s->in.len)
				continue;
		}
		if (o.has[MESSAGE]) {
			put_object(s, &o);
			sink_copy(s, o.values[MESSAGE].start, o.values[MESSAGE].end);
			sink_newline(s, o.values[MESSAGE].start);
		}
		o = (struct object){0};
		start = at > start ? at : start + 1;
	}
}

const struct shape_stage shape_journal = {"journal export", is_journal, copy_journal};

/* ---- journalctl -o verbose ---- */

/* `Fri 2024-10-04 11:20:11.000000 UTC [s=5e0f…;i=1f;b=…]`: where its date and time stand. */
static bool takes_verbose(struct str line, size_t base, struct value *ret)
{
	size_t from = str_find(line, STR(" ")), at = str_find(line, STR(" [s=")), to;

	if (from == SIZE_MAX || from > 4 || at == SIZE_MAX || at < from + 11)
		return false;
	from++;
	to = str_find(str_from(line, from + 11), STR(" "));
	if (to == SIZE_MAX || !char_is_digit(line.at[from]))
		return false;
	*ret = (struct value){base + from, base + from + 11 + to, false};
	return true;
}

static bool is_verbose(struct str head, int year)
{
	size_t at = 0;
	struct value when;
	struct str line;

	(void)year;
	return shape_line(head, &at, &line) && takes_verbose(line, 0, &when) &&
	       str_find(head, STR(" MESSAGE=")) != SIZE_MAX;
}

static void put_verbose(struct shape_sink *s, struct object *o)
{
	if (o->has[MESSAGE]) {
		put_object(s, o);
		sink_copy(s, o->values[MESSAGE].start, o->values[MESSAGE].end);
		sink_newline(s, o->values[MESSAGE].start);
	}
	*o = (struct object){0};
}

static void copy_verbose(struct shape_sink *s)
{
	struct object o = {0};
	struct value when;
	struct str line;

	for (size_t at = 0, start = 0; shape_line(s->in, &at, &line); start = at) {
		size_t indent = blanks(line, 0);
		const char *equals;

		if (takes_verbose(line, start, &when)) {
			put_verbose(s, &o);
			o.has[TIME_TEXT] = true;
			o.has[TIME_US] = true; /* the clock of one line, and not of another */
			o.values[TIME_TEXT] = when;
			continue;
		}
		equals = memchr(line.at + indent, '=', line.len - indent);
		if (equals)
			note(&o, (struct str){0}, str_range(line.at + indent, equals),
			     (struct value){start + (size_t)(equals - line.at) + 1,
					    start + line.len, false});
	}
	put_verbose(s, &o);
}

const struct shape_stage shape_verbose = {"journal, verbose", is_verbose, copy_verbose};
