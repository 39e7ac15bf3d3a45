#include "redact_search.h"

#include <ctype.h>
#include <stdlib.h>

#include "arena.h"
#include "hexdump.h"

enum { TEXT_LEAST = 4, HEX_LEAST = 6, PROOF_LEAST = 8, HEAD = 4, SLOTS_LEAST = 1024 };

/* One original and its replacement. */
struct sought {
	struct str from, to; /* of a hex pattern: octets */
	size_t next;         /* with the same head, plus 1 */
};

/* Originals by a hash of their first four characters or octets. */
struct heads {
	struct sought *rows;
	size_t n, room;
	size_t *slots;
	size_t n_slots;
};

struct redact_search {
	struct arena *arena;
	struct heads text, hex;
};

static size_t head_hash(const struct heads *h, const uint8_t *at)
{
	uint32_t x = (uint32_t)tolower(at[0]) << 24 | (uint32_t)tolower(at[1]) << 16 |
		     (uint32_t)tolower(at[2]) << 8 | (uint32_t)tolower(at[3]);

	return (x * 2654435761u >> 7) & (h->n_slots - 1);
}

static void heads_add(struct redact_search *s, struct heads *h, struct str from, struct str to)
{
	if (h->n == h->room) {
		h->room = h->room == 0 ? 256 : h->room * 2;
		h->rows = must_grow(h->rows, h->room, sizeof(*h->rows));
	}
	h->rows[h->n++] =
		(struct sought){.from = arena_str(s->arena, from), .to = arena_str(s->arena, to)};
}

static void heads_build(struct heads *h)
{
	h->n_slots = SLOTS_LEAST;
	while (h->n_slots < 2 * h->n)
		h->n_slots *= 2;
	h->slots = must_alloc(h->n_slots, sizeof(*h->slots));
	memset(h->slots, 0, h->n_slots * sizeof(*h->slots));
	for (size_t i = 0; i < h->n; i++) {
		size_t *slot = &h->slots[head_hash(h, (const uint8_t *)h->rows[i].from.at)];

		h->rows[i].next = *slot;
		*slot = i + 1;
	}
}

static bool has_letter(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (isalpha((unsigned char)s.at[i]))
			return true;
	return false;
}

static void address_add(struct redact_search *s, const struct redact_row *row)
{
	struct text from = text_make(64), to = text_make(64);
	struct address a = {.family = row->n == 4 ? 4 : 6}, b = a;

	memcpy(a.octets, row->from, row->n);
	memcpy(b.octets, row->to, row->n);
	address_print(&from, &a);
	address_print(&to, &b);
	heads_add(s, &s->text, text_str(&from), text_str(&to));
	text_free(&from);
	text_free(&to);
}

static void row_add(struct redact_search *s, const struct redact_row *row)
{
	struct str from = {(const char *)row->from, row->n}, to = {(const char *)row->to, row->n};

	if (row->is_word || str_equal(from, to))
		return;
	if (row->kind == REDACT_ADDRESS && (row->n == 4 || row->n == 16)) {
		address_add(s, row);
		return;
	}
	if ((row->kind == REDACT_NAME || row->kind == REDACT_SECRET) && row->n >= TEXT_LEAST &&
	    (has_letter(from) || row->n > HEX_LEAST))
		heads_add(s, &s->text, from, to);
	if (row->n >= (row->kind == REDACT_PROOF ? PROOF_LEAST : HEX_LEAST))
		heads_add(s, &s->hex, from, to);
}

struct redact_search *redact_search_new(const struct redact_map *m)
{
	struct redact_search *s = must_alloc(1, sizeof(*s));
	struct redact_row row;

	*s = (struct redact_search){.arena = arena_new((size_t)1 << 30)};
	for (size_t at = 0; redact_map_next(m, &at, &row);)
		row_add(s, &row);
	heads_build(&s->text);
	heads_build(&s->hex);
	return s;
}

void redact_search_free(struct redact_search *s)
{
	if (s == NULL)
		return;
	free(s->text.rows);
	free(s->text.slots);
	free(s->hex.rows);
	free(s->hex.slots);
	arena_free(s->arena);
	free(s);
}

/* ---- as text ---- */

static bool is_wordy(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static const struct sought *text_at(const struct heads *h, struct str s, size_t at)
{
	struct str rest = str_from(s, at);

	if (rest.len < HEAD || (at > 0 && is_wordy(s.at[at - 1])))
		return NULL;
	for (size_t i = h->slots[head_hash(h, (const uint8_t *)rest.at)]; i != 0;
	     i = h->rows[i - 1].next) {
		const struct sought *row = &h->rows[i - 1];
		size_t n = row->from.len;

		if (n <= rest.len && str_equal_nocase(row->from, (struct str){rest.at, n}) &&
		    (n == rest.len || !is_wordy(rest.at[n])))
			return row;
	}
	return NULL;
}

static size_t texts_replace(const struct heads *h, struct text *t)
{
	struct str s = text_str(t);
	struct text made = {0};
	size_t found = 0, copied = 0;

	for (size_t i = 0; i < s.len; i++) {
		const struct sought *row = text_at(h, s, i);

		if (row == NULL)
			continue;
		if (found++ == 0)
			made = text_make(t->max);
		text_add(&made, (struct str){s.at + copied, i - copied});
		text_add(&made, row->to);
		i += row->from.len - 1;
		copied = i + 1;
	}
	if (found == 0)
		return 0;
	text_add(&made, str_from(s, copied));
	text_free(t);
	*t = made;
	return found;
}

/* ---- as hex ---- */

/* Octets of a run of digits, and where each digit stands. */
struct digits {
	size_t *at;
	uint8_t *value;
	size_t n;
};

/* Behind a digit: another one, at most two marks or blanks further on. */
static size_t next_digit(struct str s, size_t at)
{
	for (size_t i = at + 1; i < s.len && i <= at + 3; i++) {
		if (hex_digit(s.at[i]) >= 0)
			return i;
		if (strchr(" :-.\n\t", s.at[i]) == NULL)
			break;
	}
	return SIZE_MAX;
}

static void digits_put(char *at, uint8_t value, bool is_upper)
{
	*at = (is_upper ? "0123456789ABCDEF" : "0123456789abcdef")[value];
}

static size_t run_replace(const struct heads *h, char *text, const struct digits *d)
{
	size_t found = 0;

	for (size_t i = 0; i + 2 * HEAD <= d->n; i++) {
		uint8_t head[HEAD];

		for (size_t k = 0; k < HEAD; k++)
			head[k] = (uint8_t)(d->value[i + 2 * k] << 4 | d->value[i + 2 * k + 1]);
		for (size_t r = h->slots[head_hash(h, head)]; r != 0; r = h->rows[r - 1].next) {
			const struct sought *row = &h->rows[r - 1];
			size_t n = row->from.len, k = 0;

			while (k < n && i + 2 * k + 1 < d->n &&
			       (uint8_t)(d->value[i + 2 * k] << 4 | d->value[i + 2 * k + 1]) ==
				       (uint8_t)row->from.at[k])
				k++;
			if (k < n)
				continue;
			for (k = 0; k < n; k++) {
				char *high = text + d->at[i + 2 * k],
				     *low = text + d->at[i + 2 * k + 1];
				bool is_upper = isupper((unsigned char)*high) ||
						isupper((unsigned char)*low);

				digits_put(high, (uint8_t)((uint8_t)row->to.at[k] >> 4), is_upper);
				digits_put(low, (uint8_t)row->to.at[k] & 0xf, is_upper);
			}
			found++;
			i += 2 * n - 1;
			break;
		}
	}
	return found;
}

static size_t hex_replace(const struct heads *h, struct text *t)
{
	struct str s = text_str(t);
	struct digits d = {.at = must_alloc(s.len + 1, sizeof(size_t)),
			   .value = must_alloc(s.len + 1, 1)};
	size_t found = 0;

	for (size_t i = 0; i < s.len; i++) {
		size_t at = i;

		if (hex_digit(s.at[i]) < 0)
			continue;
		for (d.n = 0; at != SIZE_MAX; at = next_digit(s, at)) {
			d.at[d.n] = at;
			d.value[d.n++] = (uint8_t)hex_digit(s.at[at]);
			i = at;
		}
		found += run_replace(h, t->at, &d);
	}
	free(d.at);
	free(d.value);
	return found;
}

size_t redact_search_apply(const struct redact_search *s, struct text *t)
{
	if (t->len == 0)
		return 0;
	return texts_replace(&s->text, t) + hex_replace(&s->hex, t);
}
