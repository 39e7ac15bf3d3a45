/* Other identities and times for a clean log, with every dump and digest still true. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "damage.h"

uint32_t dice_below(struct dice *d, uint32_t n)
{
	/* xorshift64* */
	d->state ^= d->state >> 12;
	d->state ^= d->state << 25;
	d->state ^= d->state >> 27;
	return (uint32_t)((d->state * 0x2545F4914F6CDD1DULL) >> 32) % n;
}

void buffer_put(struct buffer *b, const char *at, size_t len)
{
	if (b->at == NULL || b->room - b->len <= len) {
		b->room = 2 * (b->room + len) + 64;
		b->at = realloc(b->at, b->room);
		if (b->at == NULL)
			abort();
	}
	memcpy(b->at + b->len, at, len);
	b->len += len;
	b->at[b->len] = '\0';
}

void buffer_puts(struct buffer *b, const char *text)
{
	buffer_put(b, text, strlen(text));
}

void buffer_free(struct buffer *b)
{
	free(b->at);
	*b = (struct buffer){0};
}

static void line_put(struct line *l, const char *at, size_t len, char mask)
{
	buffer_put(&l->text, at, len);
	for (size_t i = 0; i < len; i++)
		buffer_put(&l->mask, &mask, 1);
}

static bool is_word_end(char before, char after)
{
	/* An address goes on behind a dot; a sentence does not. */
	return !isalnum((unsigned char)after) && !(after == '.' && isdigit((unsigned char)before));
}

static bool swap_fits(const struct swap *s, const char *text, size_t at)
{
	size_t len = strlen(s->what);
	size_t before = strlen(s->before);

	if (strncmp(text + at, s->what, len) != 0)
		return false;
	if (s->before[0] == '\n')
		return at == 0;
	if (at < before || strncmp(text + at - before, s->before, before) != 0)
		return false;
	if (s->how == ANYWHERE)
		return true;
	if (at > 0 && before == 0 && (isalnum((unsigned char)text[at - 1]) || text[at - 1] == '.'))
		return false;
	return is_word_end(text[at + len - 1], text[at + len]);
}

const char *disguise_value(const struct swap *swaps, size_t n, const char *value)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(swaps[i].what, value) == 0)
			return swaps[i].with;
	}
	return value;
}

/* In "remote1@cisco.com" the part before the @ has a disguise; the domain stays. */
static void disguise_text(struct line *l, const char *text, const struct swap *swaps, size_t n)
{
	size_t at = 0;

	while (text[at] != '\0') {
		size_t i = 0;

		while (i < n && !swap_fits(&swaps[i], text, at))
			i++;
		if (i < n) {
			line_put(l, swaps[i].with, strlen(swaps[i].with), IDENTITY);
			at += strlen(swaps[i].what);
		} else {
			line_put(l, text + at, 1, FREE);
			at++;
		}
	}
}

void disguise_fact(const struct swap *swaps, size_t n, const char *value, struct buffer *ret)
{
	const char *with = disguise_value(swaps, n, value);
	struct line l = {0};

	if (with != value) {
		buffer_puts(ret, with);
		return;
	}
	disguise_text(&l, value, swaps, n);
	buffer_puts(ret, l.text.at);
	buffer_free(&l.text);
	buffer_free(&l.mask);
}

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* "Jan  1 00:04:10.235: ": its length, 0 when there is none, and the time in it. */
static size_t read_stamp(const char *text, int64_t *ret_ms)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	char month[4];
	int day, hour, minute, second, ms;
	int len = 0;
	const char *m;

	if (sscanf(text, "%3s %2d %2d:%2d:%2d.%3d: %n", month, &day, &hour, &minute, &second, &ms,
		   &len) != 6 ||
	    len == 0)
		return 0;
	m = strstr(months, month);
	if (m == NULL)
		return 0;
	*ret_ms = before[(m - months) / 3] + day - 1;
	*ret_ms = (((*ret_ms * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms;
	return (size_t)(strstr(text, ": ") + 2 - text);
}

static void put_stamp(struct line *l, int64_t ms)
{
	static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t day = ms / 86400000;
	int month = 0;
	char stamp[64];
	int len;

	while (day >= length[month])
		day -= length[month++];
	len = snprintf(stamp, sizeof(stamp),
		       "%.3s %2" PRId64 " %02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64
		       ": ",
		       months + (ptrdiff_t)3 * month, day + 1, ms / 3600000 % 24, ms / 60000 % 60,
		       ms / 1000 % 60, ms % 1000);
	line_put(l, stamp, (size_t)len, IDENTITY);
}

static bool is_hex_row(const char *text)
{
	return strncmp(text, "      ", 6) == 0 && isxdigit((unsigned char)text[6]) &&
	       isxdigit((unsigned char)text[7]) && (text[8] == ' ' || text[8] == '\0');
}

/* Octets of a dump that hold an identity: its digits, replaced by those of the disguise. */
static void put_number(uint8_t *octets, size_t known, size_t at, size_t len, const char *value)
{
	unsigned long v = strtoul(value, NULL, 10);

	for (size_t i = 0; i < len && at + i < known; i++)
		octets[at + i] = (uint8_t)(v >> (8 * (len - 1 - i)));
}

static void disguise_u16(uint8_t *octets, size_t known, size_t at, const struct swap *swaps,
			 size_t n)
{
	char value[8];

	if (at + 2 > known)
		return;
	snprintf(value, sizeof(value), "%u", (unsigned)(octets[at] << 8 | octets[at + 1]));
	put_number(octets, known, at, 2, disguise_value(swaps, n, value));
}

static void disguise_hex(uint8_t *octets, size_t known, size_t at, size_t len,
			 const struct swap *swaps, size_t n)
{
	char value[DAMAGE_VALUE] = "";
	const char *with;

	if (at + len > known)
		return;
	for (size_t i = 0; i < len; i++)
		snprintf(value + 2 * i, 3, "%02X", octets[at + i]);
	with = disguise_value(swaps, n, value);
	for (size_t i = 0; i < len; i++) {
		const char two[3] = {with[2 * i], with[2 * i + 1], '\0'};

		octets[at + i] = (uint8_t)strtoul(two, NULL, 16);
	}
}

/* The ids of the header and the AVPs that hold an identity. */
static void disguise_message(uint8_t *octets, size_t known, const struct swap *swaps, size_t n)
{
	size_t at = 12;

	disguise_u16(octets, known, 4, swaps, n);
	if (octets[6] != 0 || octets[7] != 0)
		disguise_u16(octets, known, 6, swaps, n);
	while (at + 6 <= known) {
		size_t len = (size_t)(octets[at] << 8 | octets[at + 1]) & 0x3FF;

		switch (octets[at + 4] << 8 | octets[at + 5]) {
		case 9:
		case 14:
			disguise_u16(octets, known, at + 6, swaps, n);
			break;
		case 13:
			disguise_hex(octets, known, at + 6, 16, swaps, n);
			break;
		case 15:
			disguise_hex(octets, known, at + 6, 4, swaps, n);
			break;
		default:
			break;
		}
		if (len < 6)
			return;
		at += len;
	}
}

/* The dump whose rows begin at line `first`; returns the line after it. */
static size_t disguise_dump(char **rows, size_t first, size_t n_rows, const struct swap *swaps,
			    size_t n, struct console *ret)
{
	uint8_t octets[512] = {0};
	size_t known = 0, last = first, put = 0;

	for (; last < n_rows && is_hex_row(rows[last]); last++) {
		for (const char *at = rows[last] + 6;
		     isxdigit((unsigned char)at[0]) && known < sizeof(octets); at += 3) {
			octets[known++] = (uint8_t)strtoul(at, NULL, 16);
			if (at[2] == '\0')
				break;
		}
	}
	disguise_message(octets, known, swaps, n);
	for (; first < last; first++) {
		struct line *l = &ret->lines[ret->n++];

		line_put(l, "     ", 5, IDENTITY);
		for (size_t i = 0; i < 16 && put < known; i++) {
			char two[4];

			snprintf(two, sizeof(two), " %02X", octets[put++]);
			line_put(l, two, 1, IDENTITY);
			line_put(l, two + 1, 2, FREE);
		}
		if (strstr(rows[first], "...") != NULL)
			line_put(l, " ...", 4, IDENTITY);
	}
	return last;
}

static char **read_lines(const char *path, struct buffer *content, size_t *ret_n)
{
	FILE *in = fopen(path, "r");
	char block[4096];
	char **lines;
	size_t n = 0, got;

	if (in == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	while ((got = fread(block, 1, sizeof(block), in)) > 0)
		buffer_put(content, block, got);
	fclose(in);
	lines = calloc(content->len + 1, sizeof(*lines));
	if (lines == NULL)
		abort();
	for (char *at = content->at; at != NULL && *at != '\0';) {
		char *end = strchr(at, '\n');

		lines[n++] = at;
		if (end != NULL)
			*end++ = '\0';
		at = end;
	}
	*ret_n = n;
	return lines;
}

void disguise(const char *path, const struct swap *swaps, size_t n, int64_t shift_ms,
	      struct console *ret)
{
	struct buffer content = {0};
	size_t n_rows;
	char **rows = read_lines(path, &content, &n_rows);

	ret->lines = calloc(n_rows + 1, sizeof(*ret->lines));
	if (ret->lines == NULL)
		abort();
	ret->n = 0;
	for (size_t i = 0; i < n_rows;) {
		struct line *l = &ret->lines[ret->n];
		int64_t ms;
		size_t stamp;

		if (is_hex_row(rows[i])) {
			i = disguise_dump(rows, i, n_rows, swaps, n, ret);
			continue;
		}
		stamp = read_stamp(rows[i], &ms);
		l->is_head = stamp > 0;
		if (l->is_head)
			put_stamp(l, ms + shift_ms);
		disguise_text(l, rows[i] + stamp, swaps, n);
		ret->n++;
		i++;
	}
	free(rows);
	buffer_free(&content);
}

void console_free(struct console *c)
{
	for (size_t i = 0; i < c->n; i++) {
		buffer_free(&c->lines[i].text);
		buffer_free(&c->lines[i].mask);
	}
	free(c->lines);
	c->lines = NULL;
	c->n = 0;
}
