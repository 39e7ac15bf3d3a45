#include "flow.h"
#include "arena.h"
#include "character.h"
#include <stdlib.h>

enum {
	FLOW_ROOM = 1 << 19,
	FLOW_STEP = 1 << 14, /* what is filled at once */
	RUNS_ROOM = 1024,
	FENCE_MARKS = 3,
	NUMBER_DIGITS = 6,
	BLOCK = sizeof(uint64_t), /* characters that are looked at together */
};

/* Whether `c` is an ordinary character wherever it stands within a line. */
static bool is_plain(char c)
{
	unsigned char u = (unsigned char)c;

	return u > ' ' && u < 0xc2 && c != '`' && c != '~' && c != '#';
}

void flow_open(struct flow *f, struct str content)
{
	*f = (struct flow){.content = content};
	f->at = must_alloc(FLOW_ROOM, sizeof(*f->at));
	for (int c = 0; c < 256; c++)
		f->is_plain[c] = is_plain((char)c);
}

void flow_section(struct flow *f, struct str whole, size_t start, size_t end)
{
	f->content = (struct str){whole.at, end};
	f->raw = start;
	f->len = f->n_runs = f->hint = 0;
}

void flow_extend(struct flow *f, size_t end)
{
	f->content.len = end;
}

void flow_close(struct flow *f)
{
	free(f->at);
	free(f->runs);
}

bool flow_is_last(const struct flow *f)
{
	return f->raw == f->content.len;
}

static struct str ahead(const struct flow *f)
{
	return str_from(f->content, f->raw);
}

static const struct typographic typographics[] = {
	{"\xc2\xa0", ' '},      {"\xe2\x80\x90", '-'},  {"\xe2\x80\x91", '-'},
	{"\xe2\x80\x92", '-'},  {"\xe2\x80\x93", '-'},  {"\xe2\x80\x94", '-'},
	{"\xe2\x80\x98", '\''}, {"\xe2\x80\x99", '\''}, {"\xe2\x80\x9c", '"'},
	{"\xe2\x80\x9d", '"'},  {"\xe2\x80\x9e", '"'},  {"\xe2\x88\x92", '-'},
	{"\xef\xbb\xbf", 0},    {"\xe2\x80\x8b", 0},
};

const struct typographic *typographic_at(struct str s)
{
	if (s.len < 2 || (unsigned char)s.at[0] < 0xc2)
		return NULL;
	for (size_t i = 0; i < sizeof(typographics) / sizeof(typographics[0]); i++) {
		if (str_starts(s, typographics[i].bytes))
			return &typographics[i];
	}
	return NULL;
}

static bool is_fence(struct str s)
{
	return str_starts(s, "```") || str_starts(s, "~~~");
}

/* A line of nothing but marks (`---|---`, `=====`): its length, or 0. */
static size_t marks_line(struct str s)
{
	size_t marks = 0, i = 0;

	while (i < s.len && s.at[i] && strchr("-=_|:+ \t\r", s.at[i])) {
		marks += s.at[i] != ' ' && s.at[i] != '\t' && s.at[i] != '\r';
		i++;
	}
	return marks >= FENCE_MARKS && (i == s.len || s.at[i] == '\n') ? i : 0;
}

static bool is_word(char c)
{
	return char_is_letter(c) || char_is_digit(c);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* `12. `: its length, or 0. Not `12) `: that is how a wrapped option ends. */
static size_t list_number(struct str s)
{
	size_t i = 0;

	while (i < s.len && i < NUMBER_DIGITS && char_is_digit(s.at[i]))
		i++;
	if (i == 0 || i + 1 >= s.len || s.at[i] != '.' || !is_space(s.at[i + 1]))
		return 0;
	return i + 1;
}

/* What stands at the beginning of a line and belongs to the page, not to the log. */
static size_t decoration(struct str s)
{
	if (s.len == 0)
		return 0;
	/* A quote; but `CCB->int_id` may be wrapped before its `>`. */
	if (s.at[0] == '>' && (s.len == 1 || s.at[1] < 'a' || s.at[1] > 'z'))
		return 1;
	if (s.len > 1 && strchr("-*|", s.at[0]) && s.at[0] && is_space(s.at[1]))
		return 1;
	if (str_starts(s, "\xe2\x80\xa2") || str_starts(s, "\xe2\x97\x86"))
		return 3;
	return list_number(s);
}

static void skip_line(struct flow *f)
{
	struct str s = ahead(f);
	const char *end = s.len ? memchr(s.at, '\n', s.len) : NULL;

	f->raw += end ? (size_t)(end - s.at) : s.len;
}

/* Reads a run of blanks, line ends and decoration; the character that stands for it, or 0. */
static char read_blanks(struct flow *f)
{
	bool is_line_start = f->raw == 0 || f->content.at[f->raw - 1] == '\n';
	char run = 0;

	while (f->raw < f->content.len) {
		char c = f->content.at[f->raw];
		struct str s = ahead(f);
		size_t n;

		if (char_is_letter(c) || (char_is_digit(c) && !(is_line_start && list_number(s))))
			break;
		if (c == '\n') {
			run = run == '\v' ? '\v' : '\n';
			is_line_start = true;
			f->raw++;
		} else if (c == '\f') {
			run = '\v';
			f->raw++;
		} else if (c == ' ' || c == '\t' || c == '\r' || c == '\v') {
			run = run ? run : ' ';
			f->raw++;
		} else if (str_starts(s, "#011")) { /* rsyslog's way of a tab */
			run = run ? run : ' ';
			f->raw += 4;
		} else if (is_fence(s)) {
			run = '\v';
			if (is_line_start)
				skip_line(f);
			else
				f->raw += FENCE_MARKS;
		} else if (is_line_start && (n = marks_line(s)) > 0) {
			run = '\v';
			f->raw += n;
		} else if (is_line_start && (n = decoration(s)) > 0) {
			run = run ? run : ' ';
			f->raw += n;
		} else {
			const struct typographic *t = typographic_at(s);

			if (!t || (t->plain && t->plain != ' '))
				break;
			if (t->plain)
				run = run ? run : ' ';
			f->raw += strlen(t->bytes);
		}
	}
	return run;
}

/* The next `n` characters stand in the input from `offset` on. */
static void put_run(struct flow *f, uint64_t offset, size_t n)
{
	if (f->n_runs == 0 || f->next != offset) {
		if (f->n_runs == f->runs_room) {
			f->runs_room = f->runs_room ? 2 * f->runs_room : RUNS_ROOM;
			f->runs = must_grow(f->runs, f->runs_room, sizeof(*f->runs));
		}
		f->runs[f->n_runs++] = (struct flow_run){f->len, offset};
	}
	f->len += n;
	f->next = offset + n;
}

static void put(struct flow *f, char c, uint64_t offset)
{
	f->at[f->len] = c;
	put_run(f, offset, 1);
}

void flow_forget(struct flow *f, size_t done)
{
	size_t gone = 0;

	f->len -= done;
	memmove(f->at, f->at + done, f->len);
	while (gone + 1 < f->n_runs && f->runs[gone + 1].at <= done)
		gone++;
	f->n_runs -= gone;
	memmove(f->runs, f->runs + gone, f->n_runs * sizeof(*f->runs));
	for (size_t i = 0; i < f->n_runs; i++) {
		if (f->runs[i].at < done) {
			f->runs[i].offset += done - f->runs[i].at;
			f->runs[i].at = done;
		}
		f->runs[i].at -= done;
	}
	f->hint = 0;
}

/* Whether one of BLOCK characters is not plain, nor a blank that stands alone; one more can be
 * read. */
static bool is_odd_block(const char *at)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7, low = ~high;
	uint64_t x, next, plain;

	memcpy(&x, at, sizeof(x));
	memcpy(&next, at + 1, sizeof(next));
	plain = (x + ones * (0x80 - ' ')) & ((x ^ ones * '`') + low) & ((x ^ ones * '#') + low) &
		(((x ^ ones * ' ') + low) | ((next ^ ones * ' ') + low));
	return (x | (x + ones * (0x80 - '~')) | ~plain) & high;
}

/* Characters that stand as they are, as far as whole blocks show it. */
static size_t plain_blocks(struct str s)
{
	size_t i = 0;

	while (s.len - i > BLOCK && !is_odd_block(s.at + i))
		i += BLOCK;
	return i && s.at[i - 1] == ' ' ? i - 1 : i; /* what follows it may be more blanks */
}

/* Characters that stand as they are: words with one blank between them, within a line. */
static size_t plain_part(const struct flow *f, struct str s)
{
	size_t i = 0;

	for (;;) {
		while (i < s.len && f->is_plain[(unsigned char)s.at[i]])
			i++;
		if (i + 1 >= s.len || s.at[i] != ' ' || !f->is_plain[(unsigned char)s.at[i + 1]])
			return i;
		i += 2;
	}
}

/* Likewise, also over the ends of lines behind which a letter stands. */
static size_t plain_length(const struct flow *f, size_t room)
{
	struct str s = ahead(f);
	size_t i = 0;

	if ((f->raw == 0 || f->content.at[f->raw - 1] == '\n') &&
	    !(s.len && char_is_letter(s.at[0])))
		return 0;
	if (s.len > room)
		s.len = room;
	for (;;) {
		i += plain_blocks(str_from(s, i));
		i += plain_part(f, str_from(s, i));
		if (i + 1 >= s.len || s.at[i] != '\n' || !char_is_letter(s.at[i + 1]))
			return i;
		i++;
	}
}

bool flow_more(struct flow *f)
{
	size_t before = f->len,
	       room = FLOW_ROOM - before < FLOW_STEP ? FLOW_ROOM : before + FLOW_STEP;

	while (f->len + 1 < room && f->raw < f->content.len) {
		size_t start = f->raw, n = plain_length(f, room - 1 - f->len);

		if (n) {
			memcpy(f->at + f->len, f->content.at + start, n);
			put_run(f, start, n);
			f->raw += n;
			continue;
		}

		char blank = read_blanks(f);

		if (blank)
			put(f, blank, start);
		if (f->raw == f->content.len)
			break;
		if (blank && is_word(f->content.at[f->raw]))
			continue;

		const struct typographic *t = typographic_at(ahead(f));

		put(f, t ? t->plain : f->content.at[f->raw], f->raw);
		f->raw += t ? strlen(t->bytes) : 1;
	}
	return f->len > before;
}

uint64_t flow_offset(struct flow *f, size_t i)
{
	while (f->hint + 1 < f->n_runs && f->runs[f->hint + 1].at <= i)
		f->hint++;
	while (f->hint > 0 && f->runs[f->hint].at > i)
		f->hint--;
	return f->runs[f->hint].offset + (i - f->runs[f->hint].at);
}
