/* Logs as objects: `journalctl -o json`, `-o export`, Docker's and other collectors' JSON lines.
 * Each becomes a line of syslog: when, host, program[pid]: text. */
#include <stdio.h>

#include "character.h"
#include "clock.h"
#include "shape_stage.h"

enum { VALUE_MOST = 256, LEAST = 2 };

enum field { MESSAGE, TIME_US, TIME_TEXT, HOST, PROGRAM, PID, FIELDS };

static const struct {
	const char *name;
	enum field field;
} names[] = {
	{"MESSAGE", MESSAGE},
	{"message", MESSAGE},
	{"msg", MESSAGE},
	{"log", MESSAGE},
	{"__REALTIME_TIMESTAMP", TIME_US},
	{"_SOURCE_REALTIME_TIMESTAMP", TIME_US},
	{"time", TIME_TEXT},
	{"timestamp", TIME_TEXT},
	{"@timestamp", TIME_TEXT},
	{"_HOSTNAME", HOST},
	{"host", HOST},
	{"hostname", HOST},
	{"SYSLOG_IDENTIFIER", PROGRAM},
	{"ident", PROGRAM},
	{"program", PROGRAM},
	{"_PID", PID},
	{"SYSLOG_PID", PID},
	{"pid", PID},
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

static bool field_named(struct str name, enum field *ret)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!str_is(name, names[i].name))
			continue;
		*ret = names[i].field;
		return true;
	}
	return false;
}

static void note(struct object *o, struct str name, struct value value)
{
	enum field f;

	if (!field_named(name, &f) || o->has[f])
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
	while (i < s.len && (s.at[i] == ' ' || s.at[i] == '\t'))
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
		if (depth == 0 && (c == ',' || c == '}' || c == ' '))
			return i;
		depth += (c == '[' || c == '{') - (c == ']' || c == '}');
		i++;
	}
	return i;
}

/* One object on one line, which begins at `base` of the whole. */
static bool object_read(struct str line, size_t base, struct object *ret)
{
	size_t i = blanks(line, 0);

	*ret = (struct object){0};
	if (i >= line.len || line.at[i] != '{')
		return false;
	i = blanks(line, i + 1);
	while (i < line.len && line.at[i] == '"') {
		size_t end = string_end(line, i), value;
		struct str name = {line.at + i + 1, end - i < 2 ? 0 : end - i - 2};

		value = blanks(line, end);
		if (value >= line.len || line.at[value] != ':')
			return false;
		value = blanks(line, value + 1);
		end = value_end(line, value);
		if (value < line.len && end > value + 1) {
			bool is_text = line.at[value] == '"';

			note(ret, name,
			     (struct value){base + value + is_text, base + end - is_text,
					    line.at[value] == '['});
		}
		i = blanks(line, end);
		if (i >= line.len || line.at[i] != ',')
			break;
		i = blanks(line, i + 1);
	}
	return ret->has[MESSAGE];
}

static bool is_json(struct str head, int year)
{
	size_t at = 0, start = 0, n = 0, all = 0;
	struct str line;
	struct object o;

	(void)year;
	while (n < LEAST && shape_line(head, &at, &line)) {
		all += blanks(line, 0) < line.len;
		n += object_read(line, start, &o);
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
	struct str line;
	struct object o;

	while (shape_line(s->in, &at, &line)) {
		if (object_read(line, start, &o)) {
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
		note(o, str_range(line.at, equals), (struct value){value, start + line.len, false});
		return next;
	}
	if (s.len < 8 || next > s.len - 8)
		return s.len;
	for (unsigned i = 8; i-- > 0;)
		length = length << 8 | (uint8_t)s.at[next + i];
	value = next + 8;
	if (length > s.len - value)
		return s.len;
	note(o, line, (struct value){value, value + (size_t)length, false});
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
