/* What stands at the beginning of each line: quote marks of a mail, numbers of a pastebin, the name
 * of a file or container; a comma at its end; and the fields of a table (CSV). */
#include "character.h"
#include "shape_stage.h"

enum { LOOK_LINES = 400, LEAST = 3, NUMBER_DIGITS = 7, NAME_MOST = 200 };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static size_t spaces(struct str s, size_t i)
{
	while (i < s.len && is_space(s.at[i]))
		i++;
	return i;
}

/* The beginning of a text, in which what all of its lines have is looked for. */
struct look {
	struct str head;
	size_t at, lines; /* lines that are not blank, so far */
};

static bool look_line(struct look *l, struct str *ret)
{
	while (l->lines < LOOK_LINES && shape_line(l->head, &l->at, ret)) {
		if (spaces(*ret, 0) == ret->len)
			continue;
		l->lines++;
		return true;
	}
	return false;
}

/* ---- quoted ---- */

/* `> `, `>> `, `> > `; but `>` before a word is the rest of a wrapped arrow. */
static size_t quote_length(struct str line)
{
	size_t i = 0, end = 0;

	while (i < line.len && (line.at[i] == '>' || (line.at[i] == ' ' && end))) {
		if (line.at[i++] == '>')
			end = i;
	}
	if (end && end < line.len && line.at[end] == ' ')
		end++;
	return end;
}

static bool is_quoted(struct str head, int year)
{
	struct look look = {.head = head};
	size_t quoted = 0;
	struct str line;

	(void)year;
	while (look_line(&look, &line))
		quoted += quote_length(line) > 0;
	return (quoted >= LEAST && quoted * 2 > look.lines) ||
	       (look.lines > 0 && quoted == look.lines &&
		str_starts(head, "> ")); /* one flattened line */
}

static void copy_quoted(struct shape_sink *s)
{
	size_t at = 0, start = 0;
	struct str line;

	while (shape_line(s->in, &at, &line)) {
		sink_copy(s, start + quote_length(line), at < s->in.len ? at : s->in.len);
		start = at;
	}
}

const struct shape_stage shape_quoted = {"quoted", is_quoted, copy_quoted};

/* ---- listed ---- */

/* Where the comma behind a line is that a list of lines has; SIZE_MAX: none is. */
static size_t comma_of(struct str line)
{
	size_t end = line.len;

	while (end > 0 && is_space(line.at[end - 1]))
		end--;
	return end > 1 && line.at[end - 1] == ',' ? end - 1 : SIZE_MAX;
}

/* Every line of an array that a container's page shows; a wrapped line may end so by chance. */
static bool is_listed(struct str head, int year)
{
	struct look look = {.head = head};
	size_t listed = 0;
	struct str line;

	(void)year;
	while (look_line(&look, &line))
		listed += comma_of(line) != SIZE_MAX;
	return listed >= LEAST && listed * 8 >= look.lines * 7;
}

static void copy_listed(struct shape_sink *s)
{
	size_t at = 0, start = 0;
	struct str line;

	while (shape_line(s->in, &at, &line)) {
		size_t end = at < s->in.len ? at : s->in.len, comma = comma_of(line);

		if (comma == SIZE_MAX) {
			sink_copy(s, start, end);
		} else {
			sink_copy(s, start, start + comma);
			sink_newline(s, end - 1);
		}
		start = at;
	}
}

const struct shape_stage shape_listed = {"listed", is_listed, copy_listed};

/* ---- barred ---- */

/* A row of a Markdown table: `| Jan  1 00:04:10 | text |`. */
static bool is_row(struct str line)
{
	line = str_trim(line);
	return line.len > 1 && line.at[0] == '|' && line.at[line.len - 1] == '|';
}

static bool is_barred(struct str head, int year)
{
	struct look look = {.head = head};
	size_t rows = 0;
	struct str line;

	(void)year;
	while (look_line(&look, &line))
		rows += is_row(line);
	return rows >= LEAST && rows * 4 >= look.lines * 3;
}

static bool is_rule(struct str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (!strchr("|-: \t\r", line.at[i]) || !line.at[i])
			return false;
	return true;
}

static void copy_barred(struct shape_sink *s)
{
	size_t at = 0, start = 0;
	struct str line;

	while (shape_line(s->in, &at, &line)) {
		size_t from = spaces(line, 0) + 1, to = line.len,
		       end = at < s->in.len ? at : s->in.len;

		if (!is_row(line)) {
			sink_copy(s, start, end);
		} else if (!is_rule(line)) {
			while (line.at[to - 1] != '|')
				to--;
			to--;
			while (from < to && is_space(line.at[from]))
				from++;
			while (to > from && is_space(line.at[to - 1]))
				to--;
			for (size_t i = from; i < to; i++) {
				if (line.at[i] != '|')
					continue;
				sink_copy(s, start + from, start + i);
				from = i + 1;
			}
			sink_copy(s, start + from, start + to);
			sink_newline(s, end - 1);
		}
		start = at;
	}
}

const struct shape_stage shape_barred = {"table", is_barred, copy_barred};

/* ---- numbered ---- */

/* `10:00:01 `: the time of day; of `12:10:00:01` the first is the number of a line. */
static bool is_time(struct str s)
{
	static const char form[] = "00:00:00";

	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (i >= s.len || (form[i] == ':' ? s.at[i] != ':' : !char_is_digit(s.at[i])))
			return false;
	return s.len == sizeof(form) - 1 || s.at[sizeof(form) - 1] != ':';
}

/* `  12. `, `12: `, `12:` of grep -n, `12 | `, `12)`, `12<TAB>`, `12 `: the length, 0 when none;
 * the number. */
static size_t number_length(struct str line, uint64_t *ret)
{
	size_t i = spaces(line, 0), first = i;

	*ret = 0;
	while (i < line.len && i - first < NUMBER_DIGITS && char_is_digit(line.at[i]))
		*ret = *ret * 10 + (uint64_t)(line.at[i++] - '0');
	if (i == first)
		return 0;
	if (i == line.len || line.at[i] == '\r')
		return i;
	if (line.at[i] == ':' && i + 1 < line.len && !is_space(line.at[i + 1]))
		return is_time(str_from(line, first)) ? 0 : i + 1;
	if (strchr(".:)|", line.at[i]) && line.at[i])
		return i + 1 == line.len ? i + 1 : is_space(line.at[i + 1]) ? i + 2 : 0;
	if (!is_space(line.at[i]))
		return 0;
	if (i + 1 < line.len && line.at[i] == ' ' &&
	    (line.at[i + 1] == '|' || line.at[i + 1] == ':'))
		i += 2;
	return i < line.len && is_space(line.at[i]) ? i + 1 : i;
}

/* Each line has the number behind that of the line before. */
static bool is_numbered(struct str head, int year)
{
	struct look look = {.head = head};
	size_t counted = 0;
	uint64_t before = 0, number;
	struct str line;

	(void)year;
	while (look_line(&look, &line)) {
		if (!number_length(line, &number))
			continue;
		counted += look.lines > 1 && number == before + 1;
		before = number;
	}
	return counted >= LEAST && (counted + 1) * 4 >= look.lines * 3;
}

static void copy_numbered(struct shape_sink *s)
{
	size_t at = 0, start = 0;
	uint64_t before = 0, number;
	struct str line;

	while (shape_line(s->in, &at, &line)) {
		size_t n = number_length(line, &number);

		/* a number that is none of the page's stays, the first one counts */
		if (n && before && number != before + 1)
			n = 0;
		if (n)
			before = number;
		sink_copy(s, start + n, at < s->in.len ? at : s->in.len);
		start = at;
	}
}

const struct shape_stage shape_numbered = {"numbered", is_numbered, copy_numbered};

/* ---- named ---- */

static bool is_file(struct str name)
{
	return str_starts(name, "/") || str_starts(name, "./") || str_ends(name, ".log") ||
	       str_ends(name, ".txt");
}

/* `/var/log/ppp.log:` and `/var/log/ppp.log:12:` of grep, `lns-1  | ` of
 * containers: the name's length, 0 when none; what stands before the text. */
static size_t name_length(struct str line, size_t *ret_before)
{
	size_t name = 0, i;

	while (name < line.len && name < NAME_MOST && !is_space(line.at[name]) &&
	       line.at[name] != ':' && line.at[name] != '|')
		name++;
	i = spaces(line, name);
	if (i > name && i + 1 < line.len && line.at[i] == '|' && line.at[i + 1] == ' ') {
		*ret_before = i + 2;
		return name;
	}
	if (name == line.len || line.at[name] != ':' || !is_file((struct str){line.at, name}))
		return 0;
	i = name + 1;
	while (i < line.len && char_is_digit(line.at[i]))
		i++;
	*ret_before = name + 1;
	if (i > name + 1 && i < line.len && line.at[i] == ':' && !is_time(str_from(line, name + 1)))
		*ret_before = i + 1;
	return name;
}

/* The name that the first line has; behind a program's, or in prose, stands a blank. */
static struct str first_name(struct str s)
{
	size_t at = 0, before = 0, n;
	struct str line;

	while (shape_line(s, &at, &line)) {
		if (spaces(line, 0) == line.len)
			continue;
		n = name_length(line, &before);
		if (n && before < line.len && !is_space(line.at[before]))
			return str_range(line.at, line.at + n);
		break;
	}
	return (struct str){0};
}

static bool is_so_named(struct str line, struct str name, size_t *ret_before)
{
	size_t n = name_length(line, ret_before);

	return n > 0 && str_equal(name, str_range(line.at, line.at + n));
}

static bool is_named(struct str head, int year)
{
	struct str name = first_name(head), line;
	struct look look = {.head = head};
	size_t named = 0, before;

	(void)year;
	while (name.len && look_line(&look, &line))
		named += is_so_named(line, name, &before);
	return named >= LEAST && named * 4 >= look.lines * 3;
}

static void copy_named(struct shape_sink *s)
{
	struct str name = first_name(s->in), line;
	size_t at = 0, start = 0, before;

	while (shape_line(s->in, &at, &line)) {
		if (!is_so_named(line, name, &before))
			before = 0;
		sink_copy(s, start + before, at < s->in.len ? at : s->in.len);
		start = at;
	}
}

const struct shape_stage shape_named = {"named", is_named, copy_named};

/* ---- table ---- */

/* RFC 4180, with any of `,`, `;` and a tab between fields. The fields of the record at `*at`, 0
 * when it has none that is quoted; *at becomes its end. */
static size_t fields_of(struct str s, size_t *at)
{
	size_t fields = 1, i = *at;
	bool has_quoted = false;

	while (i < s.len && s.at[i] != '\n') {
		i = spaces(s, i);
		if (i < s.len && s.at[i] == '"') {
			has_quoted = true;
			for (i++; i < s.len &&
				  (s.at[i] != '"' || (i + 1 < s.len && s.at[i + 1] == '"'));)
				i += s.at[i] == '"' ? 2 : 1;
			i = i < s.len ? i + 1 : s.len;
			if (spaces(s, i) < s.len && !strchr(",;\t\n", s.at[spaces(s, i)]))
				has_quoted = false;
		}
		while (i < s.len && !strchr(",;\t\n", s.at[i]))
			i++;
		if (i < s.len && s.at[i] != '\n') {
			fields++;
			i++;
		}
	}
	*at = i < s.len ? i + 1 : i;
	return has_quoted ? fields : 0;
}

static bool is_table(struct str head, int year)
{
	size_t at = 0, quoted = 0, all = 0;

	(void)year;
	while (all < LOOK_LINES && at < head.len) {
		size_t start = spaces(head, at);

		if (start < head.len && head.at[start] == '\n') {
			at = start + 1;
			continue;
		}
		all++;
		quoted += fields_of(head, &at) > 0;
	}
	return quoted >= 2 && quoted * 4 >= all * 3;
}

/* A field that only says how grave the record is, with what ends it. */
static size_t level_length(struct str s)
{
	static const char *const levels[] = {"debug", "info",     "informational", "notice",
					     "warn",  "warning",  "err",           "error",
					     "crit",  "critical", "alert",         "emerg"};
	size_t quote = s.len && s.at[0] == '"', end = quote;
	struct str word;

	while (end < s.len && end < 16 && s.at[end] != '"' && !strchr(",;\t\n", s.at[end]))
		end++;
	word = (struct str){s.at + quote, end - quote};
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (!str_equal_nocase(word, str_of(levels[i])))
			continue;
		end = spaces(s, end + quote);
		return end < s.len && strchr(",;\t", s.at[end]) ? end + 1 : 0;
	}
	return 0;
}

/* What is in the quotes, from `i` on behind the first; where it goes on. */
static size_t copy_field(struct shape_sink *s, size_t i)
{
	size_t plain = i;

	while (i < s->in.len) {
		if (s->in.at[i] != '"') {
			i++;
		} else if (i + 1 < s->in.len && s->in.at[i + 1] == '"') {
			sink_copy(s, plain, i + 1);
			i += 2;
			plain = i;
		} else {
			break;
		}
	}
	sink_copy(s, plain, i);
	return i < s->in.len ? i + 1 : i;
}

static void copy_table(struct shape_sink *s)
{
	size_t i = 0;

	while (i < s->in.len) {
		size_t start = i, end = i;
		bool is_first = true;

		if (!fields_of(s->in, &end)) {
			sink_copy(s, start, end);
			i = end;
			continue;
		}
		while (i < end) {
			size_t field = spaces(s->in, i),
			       level = level_length(str_from(s->in, field));

			if (level) {
				i = field + level;
				continue;
			}
			if (!is_first)
				sink_put(s, STR(" "), i);
			is_first = false;
			if (field < end && s->in.at[field] == '"') {
				i = copy_field(s, field + 1);
			} else {
				while (i < end && !strchr(",;\t\n", s->in.at[i]))
					i++;
				sink_copy(s, field < i ? field : i, i);
			}
			while (i < end && !strchr(",;\t\n", s->in.at[i]))
				i++;
			if (i >= end || s->in.at[i++] == '\n')
				break;
		}
		sink_newline(s, end - 1);
		i = end;
	}
}

const struct shape_stage shape_table = {"table", is_table, copy_table};
