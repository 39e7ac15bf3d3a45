#include "log_dump.h"
#include "arena_room.h"
#include "character.h"
#include "flow.h"

enum { DUMP_ROWS = LIMIT_HEX_DUMP / 8, LEAST_DIGITS = 4 };

static bool is_upper_hex(char c)
{
	return char_is_digit(c) || (c >= 'A' && c <= 'F');
}

/* Upper case, as the device prints it, or what looks like a digit; never an English word. */
static bool is_hex(char c)
{
	return is_upper_hex(c) || c == 'O' || c == 'o' || c == 'l' || c == 'I' || c == '|';
}

static size_t word_length(struct str s)
{
	size_t n = 0;

	while (n < s.len && !flow_is_blank(s.at[n]))
		n++;
	return n;
}

/* One octet, or what is left of it. */
static bool is_octet(struct str word)
{
	bool has_digit = false;

	if (word.len < 1 || word.len > 2)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (!is_hex(word.at[i]))
			return false;
		has_digit = has_digit || (word.at[i] >= '0' && word.at[i] <= 'F');
	}
	return has_digit || word.len == 2;
}

struct scan {
	struct str text;
	size_t at;
	size_t digits, most; /* digits read; digits there can be */
	bool goes_on;
};

static struct str next_word(const struct scan *s)
{
	struct str rest = str_from(s->text, s->at);

	rest.len = word_length(rest);
	return rest;
}

static bool is_dots(struct str word)
{
	size_t dots = 0;

	while (dots < word.len && word.at[dots] == '.')
		dots++;
	return dots > 2 || (dots > 0 && dots == word.len) || str_starts(word, "\xe2\x80\xa6");
}

/* A line end may stand between dots. */
static void skip_dots(struct scan *s)
{
	while (s->at < s->text.len) {
		struct scan next = *s;

		if (flow_is_wrap(next.text.at[next.at]))
			next.at++;

		struct str word = next_word(&next);

		if (word.len == 0 || word.at[0] != '.' || !is_dots(word))
			return;
		s->at = next.at + word.len;
	}
}

/* An octet as nearly all of them stand there, and a blank. */
static bool is_plain(const char *at)
{
	return is_upper_hex(at[0]) && is_upper_hex(at[1]) && at[2] == ' ';
}

static bool is_octet_end(const char *at)
{
	return is_upper_hex(at[0]) && is_upper_hex(at[1]) && at[2] == '\n';
}

/* The words of one line that are octets; where they end. */
static size_t scan_row(struct scan *s)
{
	size_t end = s->at;

	while (s->text.len - s->at > 2 && s->digits < s->most && is_plain(s->text.at + s->at)) {
		s->digits += 2;
		s->at += 3;
		end = s->at - 1;
	}
	while (s->at < s->text.len) {
		struct str word = next_word(s);

		if (is_dots(word)) {
			s->goes_on = true;
			s->at += word.len;
			skip_dots(s);
			return end;
		}
		if (!is_octet(word) || s->digits >= s->most)
			return end;
		s->digits += word.len;
		s->at += word.len;
		end = s->at;
		if (s->at == s->text.len || s->text.at[s->at] != ' ')
			return end;
		s->at++;
	}
	return end;
}

/* A single digit at the end of a line and one at the beginning of the next are one octet. */
static bool is_cut(const struct scan *s, size_t row_end)
{
	struct scan next = *s;

	if (s->at >= s->text.len || !flow_is_wrap(s->text.at[s->at]) || row_end != s->at)
		return false;
	if (row_end > 1 && !flow_is_blank(s->text.at[row_end - 2]))
		return false;
	next.at++;

	struct str word = next_word(&next);

	return word.len == 1 && is_octet(word);
}

static struct str join(struct arena *arena, struct str a, struct str b)
{
	char *both = arena_alloc(arena, a.len + b.len + 1);

	if (!both)
		return a;
	memcpy(both, a.at, a.len);
	memcpy(both + a.len, b.at, b.len);
	return (struct str){both, a.len + b.len};
}

/* Digits that a dump of so many octets can have; 0: nobody said how many. */
static size_t most_digits(uint64_t octets)
{
	return 2 * (octets && octets < LIMIT_HEX_DUMP ? (size_t)octets : (size_t)LIMIT_HEX_DUMP);
}

bool dump_read(struct str text, uint64_t octets, struct arena *arena, struct dump_text *ret)
{
	struct scan s = {.text = text, .most = most_digits(octets)};
	size_t room = 8;

	*ret = (struct dump_text){.rows = arena_array(arena, room, sizeof(*ret->rows)),
				  .start = arena_array(arena, room, sizeof(*ret->start))};
	if (!ret->rows || !ret->start)
		return false;
	while (s.at < text.len && !s.goes_on && ret->n < DUMP_ROWS) {
		if (flow_is_blank(text.at[s.at])) {
			s.at++;
			continue;
		}

		size_t start = s.at;
		size_t before = s.digits;
		size_t end = scan_row(&s);
		struct str digits = {text.at + start, end - start};

		if (s.digits == before && !(s.goes_on && ret->n))
			break;
		digits = arena_str(arena, digits);
		while (!s.goes_on && is_cut(&s, end)) {
			size_t more = ++s.at;

			end = scan_row(&s);
			digits = join(arena, digits, (struct str){text.at + more, end - more});
		}
		if (s.digits == before) {
			ret->rows[ret->n - 1].goes_on = true;
			ret->length = s.at;
			break;
		}
		if (ret->n == room) {
			struct hex_row *rows = arena_array(arena, 2 * room, sizeof(*rows));
			size_t *starts = arena_array(arena, 2 * room, sizeof(*starts));

			if (!rows || !starts)
				break;
			memcpy(rows, ret->rows, room * sizeof(*rows));
			memcpy(starts, ret->start, room * sizeof(*starts));
			ret->rows = rows;
			ret->start = starts;
			room *= 2;
		}
		ret->start[ret->n] = start;
		ret->rows[ret->n++] = (struct hex_row){.digits = digits, .goes_on = s.goes_on};
		ret->length = s.goes_on ? s.at : end;
	}
	/* One octet alone is a number of the prose, unless the message is as short. */
	return ret->n > 0 && s.digits >= LEAST_DIGITS;
}

static size_t count_lines(struct str lines)
{
	size_t n = 0;

	for (const char *end; lines.len > 0 && (end = memchr(lines.at, '\n', lines.len)); n++)
		lines = str_from(lines, (size_t)(end - lines.at) + 1);
	return n;
}

/* The octets of the line at *at, which goes on behind it. */
static bool read_line(struct str lines, size_t *at, struct hex_row *ret, size_t *digits)
{
	size_t start = *at, i;

	while (start < lines.len && lines.at[start] == ' ')
		start++;
	for (i = start; lines.len - i > 2 && is_plain(lines.at + i); i += 3)
		*digits += 2;
	if (lines.len - i > 2 && is_octet_end(lines.at + i)) {
		*digits += 2;
		ret->digits = str_range(lines.at + start, lines.at + i + 2);
		*at = i + 3;
		return true;
	}
	if (i == start || !str_is(str_from(lines, i), "...\n"))
		return false;
	ret->digits = str_range(lines.at + start, lines.at + i - 1);
	ret->goes_on = true;
	*at = lines.len;
	return true;
}

bool dump_lines(struct str lines, uint64_t octets, uint64_t line, struct arena *arena,
		struct hex_row **ret, size_t *ret_n)
{
	size_t n = count_lines(lines), digits = 0, at = 0;
	struct hex_row *rows = arena_room(arena, n * sizeof(*rows) + lines.len);

	if (!rows || !n)
		return false;
	lines.at = memcpy(rows + n, lines.at, lines.len);
	for (size_t i = 0; i < n; i++) {
		size_t start = at;

		rows[i] = (struct hex_row){.line = line + i};
		if (at == lines.len || !read_line(lines, &at, &rows[i], &digits))
			return false;
		rows[i].column = (uint32_t)(rows[i].digits.at - (lines.at + start)) + 1;
	}
	*ret = rows;
	*ret_n = n;
	return at == lines.len && digits >= LEAST_DIGITS && digits <= most_digits(octets);
}
