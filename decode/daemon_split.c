#include "daemon_split.h"

#include "character.h"
#include "limits.h"
#include "prefix.h"

enum {
	BACK_WORDS = 8,    /* of a stamp and a host before `program[pid]:` */
	PREFIX_MOST = 512, /* of stamp, host and tag */
};

/* Where a line is left that goes on: at a blank, and not within the stamp or the tag of the next
 * record. */
static size_t leave_line(const struct splitter *s, size_t end)
{
	size_t at = end - PREFIX_MOST;

	if (end == s->content.len)
		return end;
	while (at > end - 2 * PREFIX_MOST && s->content.at[at] != ' ')
		at--;
	return at;
}

size_t split_line_end(struct splitter *s, size_t at)
{
	bool is_known = at >= s->clear && at <= s->clear_end;
	const char *newline;
	size_t from, end;

	if (is_known &&
	    (s->is_line_end || s->clear_end - at >= LIMIT_RECORD || s->clear_end == s->content.len))
		return s->clear_end;
	from = is_known ? s->clear_end : at;
	end = s->content.len - from > LIMIT_LINE_LOOK ? from + LIMIT_LINE_LOOK : s->content.len;
	newline = memchr(s->content.at + from, '\n', end - from);
	s->clear = is_known ? s->clear : at;
	s->clear_end = newline ? (size_t)(newline - s->content.at) : leave_line(s, end);
	s->is_line_end = newline != NULL;
	return s->clear_end;
}

static bool is_name(char c)
{
	return char_is_letter(c) || char_is_digit(c) || c == '-' || c == '_';
}

/* `program[pid]:`, of a known program also right behind another text; of any other one only
 * `is_strange`, which stands behind a stamp or is no tag. */
static bool is_tag_at(const struct splitter *s, struct str line, size_t bracket, size_t *ret_start,
		      bool *is_strange)
{
	size_t end = bracket + 1, start = bracket;

	while (end < line.len && char_is_digit(line.at[end]))
		end++;
	if (end == bracket + 1 || end + 1 >= line.len || line.at[end] != ']' ||
	    line.at[end + 1] != ':')
		return false;
	*is_strange = false;
	for (size_t i = 0; i < s->n_programs; i++) {
		size_t n = strlen(s->programs[i]);

		if (n > bracket || memcmp(line.at + bracket - n, s->programs[i], n) != 0)
			continue;
		*ret_start = bracket - n;
		return true;
	}
	while (start > 0 && is_name(line.at[start - 1]))
		start--;
	*ret_start = start;
	*is_strange = true;
	return start < bracket && start > 0 && line.at[start - 1] == ' ';
}

enum { DATE_MOST = 12 /* `jun/01/2026 ` */ };

/* A stamp in the middle of a word: `… <accomp>]Nov 20 13:03:36 host pppd[2764]: `,
 * `… failedjun/01 10:02:11 l2tp,ppp,info …`. */
static size_t glued_prefix(const struct splitter *s, struct str line, size_t word, size_t tag)
{
	struct prefix p;

	for (size_t i = word + 1; i < tag && line.at[i] != ' '; i++) {
		char c = line.at[i];

		if (!(char_is_upper(c) || char_is_digit(c) || c == '<' ||
		      (i + 3 < tag && line.at[i + 3] == '/')))
			continue;
		prefix_read(str_from(line, i), s->year, s->programs, &p);
		if (p.stamp.len && p.stamp.at == line.at + i && i + p.body > tag)
			return i;
	}
	return tag;
}

/* The date of RouterOS before the time at `time`, itself glued to the text before it. */
static size_t glued_date(const struct splitter *s, struct str line, size_t word, size_t time,
			 size_t tag)
{
	size_t at = glued_prefix(s, line, word, tag);

	return at < time && time - at <= DATE_MOST && line.at[at + 3] == '/' ? at : time;
}

/* Seconds since 1970, or the last number of the record before. */
static bool is_number(struct str stamp)
{
	for (size_t i = 0; i < stamp.len; i++)
		if (!char_is_digit(stamp.at[i]))
			return false;
	return true;
}

/* Goes back from a tag over the stamp and the host before it, and over a number where all records
 * (`first`: that of the line) have one: `… call is 0. Jul  9 22:14:07 …` ends in one of its own. */
static size_t tag_prefix(const struct splitter *s, struct str line, const struct prefix *first,
			 size_t tag)
{
	size_t best = tag, at = tag;

	for (int word = 0; word < BACK_WORDS && at > 0; word++) {
		struct prefix p;

		while (at > 0 && line.at[at - 1] == ' ')
			at--;
		while (at > 0 && line.at[at - 1] != ' ')
			at--;
		prefix_read(str_from(line, at), s->year, s->programs, &p);
		if (!first->stamp.len && p.stamp.len && is_number(p.stamp))
			continue;
		if ((p.stamp.len || p.has_level) && at + p.body > tag &&
		    (first->is_numbered || !p.is_numbered))
			best = at;
		else if (best == tag)
			best = glued_prefix(s, line, at, tag);
		else if (word == 1)
			best = glued_date(s, line, at, best, tag);
	}
	return best;
}

/* `Sat May 11 12:50:23 2024 : sent […`: macOS's own file. */
static bool is_prefix(const struct splitter *s, struct str line, size_t at)
{
	struct prefix p;

	prefix_read(line, s->year, s->programs, &p);
	return p.body == at;
}

/* What stands before `at` is no text: a tag, a quote, or a prefix whose end only its form tells
 * (RFC 5424 ends with its data). */
static bool is_text_start(const struct splitter *s, struct str line, size_t before, size_t at)
{
	return before == 0 || line.at[before - 1] == ':' || line.at[before - 1] == '>' ||
	       is_prefix(s, line, at);
}

/* pppd prints a packet in brackets: `sent [LCP ConfReq id=0x1 <mru 1400>]`. What stands before it
 * in its line, but for a prefix, and what stands behind it are records of their own. Where the
 * first of them ends; 0 when `bracket` is none of a packet. */
static size_t packet_end(const struct splitter *s, struct str line, size_t bracket)
{
	size_t word = bracket - 5, before = word, end;

	if (bracket < 5 || bracket + 1 >= line.len || line.at[bracket + 1] < 'A' ||
	    line.at[bracket + 1] > 'Z' ||
	    (memcmp(line.at + word, "sent ", 5) != 0 && memcmp(line.at + word, "rcvd ", 5) != 0))
		return 0;
	while (before > 0 && line.at[before - 1] == ' ')
		before--;
	if (before == word && before > 0)
		return 0;
	if (before > 1 && line.at[before - 1] == ':' && line.at[before - 2] == ' ' &&
	    !is_prefix(s, line, word))
		return before - 1;
	if (!is_text_start(s, line, before, word))
		return word;
	end = str_find(str_from(line, bracket), STR("] "));
	if (end == SIZE_MAX || !str_trim(str_from(line, bracket + end + 1)).len)
		return 0;
	return bracket + end + 1;
}

/* Records that each begin with a colon: `:  Using interface ppp0 :  Connect: ppp0 …`. */
static size_t marked_end(struct str line)
{
	size_t next = str_starts(line, ": ") ? str_find(str_from(line, 1), STR(" : ")) : SIZE_MAX;

	return next == SIZE_MAX ? line.len : next + 2;
}

/* Two records of RouterOS in a line, which is a long one then. */
static bool may_have_topics(struct str line)
{
	enum { TWO_RECORDS = 90, BEFORE = 3 };
	const char *end = line.at + line.len, *p = line.at + BEFORE;

	if (line.len <= TWO_RECORDS)
		return false;
	while ((p = memchr(p, 'p', (size_t)(end - p)))) { /* of `l2tp,`: the letter that is rare */
		if (end - p > 1 && memcmp(p - BEFORE, "l2tp,", BEFORE + 2) == 0)
			return true;
		if (end - p > 5 && memcmp(p, "pppoe,", 6) == 0)
			return true;
		p++;
	}
	return false;
}

/* RouterOS: its topics at the start of a word. */
static size_t topics_after(struct str line, size_t at)
{
	for (; at < line.len; at++) {
		size_t n = 0;

		if (line.at[at - 1] != ' ')
			continue;
		while (at + n < line.len && is_name(line.at[at + n]))
			n++;
		if (n > 2 && at + n + 1 < line.len && line.at[at + n] == ',' &&
		    is_name(line.at[at + n + 1]))
			return at;
		at += n;
	}
	return line.len;
}

/* `… connecting... 08:10:25 l2tp,ppp,info l2tp-out1: …`: where the next record of RouterOS begins.
 */
static size_t topics_end(const struct splitter *s, struct str line)
{
	struct prefix first, next;
	size_t at;

	prefix_read(line, s->year, s->programs, &first);
	if (!str_is(first.program, "routeros"))
		return line.len;
	for (at = topics_after(line, first.body + 1); at < line.len;
	     at = topics_after(line, at + 1)) {
		size_t start = tag_prefix(s, line, &first, at);

		prefix_read(str_from(line, start), s->year, s->programs, &next);
		if (start > first.body && str_is(next.program, "routeros") &&
		    (next.stamp.len > 0) == (first.stamp.len > 0))
			return start;
	}
	return line.len;
}

enum {
	ALIKE = 10,        /* characters in which the stamps of two records are of one form */
	TWO_STAMPED = 100, /* characters that two records with stamps have at least */
};

static char form_of(char c)
{
	return char_is_digit(c) ? '0' : char_is_letter(c) ? 'a' : c;
}

/* `2026-03-12 …`, `[2026-03-12 …`: it is known in the middle of a word, too. */
static bool has_iso_date(struct str line)
{
	size_t i = line.at[0] == '[';

	return line.at[i + 4] == '-' && line.at[i + 7] == '-';
}

static bool is_alike(struct str line, size_t at)
{
	if (line.at[at - 1] != ' ' && !has_iso_date(line))
		return false;
	for (size_t i = 0; i < ALIKE; i++)
		if (form_of(line.at[at + i]) != form_of(line.at[i]))
			return false;
	return true;
}

/* A character in the beginning of the line that only the same is alike, a colon of a time; ALIKE:
 * none is. */
static size_t odd_one(struct str line)
{
	size_t i = 0;

	while (i < ALIKE &&
	       (char_is_digit(line.at[i]) || char_is_letter(line.at[i]) || line.at[i] == ' '))
		i++;
	return i;
}

/* The next word that looks like the beginning of the line, which has that many characters; its
 * length: none does. */
static size_t alike_after(struct str line, size_t at)
{
	size_t odd = odd_one(line);

	for (; at + ALIKE < line.len; at++) {
		if (odd < ALIKE) {
			const char *next =
				memchr(line.at + at + odd, line.at[odd], line.len - ALIKE - at);

			if (!next)
				break;
			at = (size_t)(next - line.at) - odd;
		}
		if (is_alike(line, at))
			return at;
	}
	return line.len;
}

/* A time and no word begins the line, and another one stands further on. */
static bool may_have_stamps(struct str line)
{
	bool has_digit = false;

	if (line.len < TWO_STAMPED)
		return false;
	for (size_t i = 0; i < ALIKE; i++)
		has_digit |= char_is_digit(line.at[i]);
	return has_digit && alike_after(line, ALIKE) < line.len;
}

/* `Mar 12 15:49:05 2025 : … Mar 12 15:49:06 2025 : …`: where the next stamp of the same form is,
 * before a program when the first one has one. */
static size_t stamps_end(const struct splitter *s, struct str line)
{
	struct prefix first, next;

	prefix_read(line, s->year, s->programs, &first);
	if (!first.stamp.len || first.body >= line.len)
		return line.len;
	for (size_t at = alike_after(line, first.body + 1); at < line.len;
	     at = alike_after(line, at + 1)) {
		prefix_read(str_from(line, at), s->year, s->programs, &next);
		if (next.stamp.len == first.stamp.len && at + next.body < line.len &&
		    (next.program.len > 0 || !first.program.len))
			return at;
	}
	return line.len;
}

size_t split_record_end(struct splitter *s, size_t start)
{
	size_t end = split_line_end(s, start);
	struct str line = str_range(s->content.at + start, s->content.at + end);
	struct prefix first = {0};
	bool is_first = true;

	line.len = marked_end(line);
	if (may_have_stamps(line))
		line.len = stamps_end(s, line);
	if (may_have_topics(line))
		line.len = topics_end(s, line);
	for (size_t i = 1; i < line.len; i++) {
		const char *bracket = memchr(line.at + i, '[', line.len - i);
		bool is_strange;
		size_t tag, next;

		if (!bracket)
			break;
		i = (size_t)(bracket - line.at);
		next = packet_end(s, line, i);
		if (next > 0)
			return start + next;
		if (!is_tag_at(s, line, i, &tag, &is_strange))
			continue;
		if (is_first) {
			is_first = false;
			prefix_read(line, s->year, s->programs, &first);
		}
		if (tag < first.body || tag == 0)
			continue;
		next = tag_prefix(s, line, &first, tag);
		if (next > 0 && (next < tag || !is_strange))
			return start + next;
	}
	return start + line.len;
}

bool split_may_end(struct str line)
{
	const char *at = line.at, *end = line.at + line.len;

	if (line.len == 0 || line.at[0] == ':' || may_have_topics(line) || may_have_stamps(line))
		return true;
	/* `tag[12]:`, `sent [LCP …`: neither stands before a word of IOS in brackets */
	while ((at = memchr(at, '[', (size_t)(end - at)))) {
		if (at == line.at || at + 1 == end || char_is_digit(at[1]) ||
		    (at - line.at > 1 && at[-1] == ' ' && (at[-2] == 't' || at[-2] == 'd')))
			return true;
		at++;
	}
	return false;
}

void split_grow(struct splitter *s, size_t len)
{
	s->content.len = len;
	s->clear = s->clear_end = 0;
	s->is_line_end = false;
}
