#include "redact_search.h"

#include <ctype.h>
#include <stdlib.h>

#include "arena.h"
#include "hexdump.h"

enum { TEXT_LEAST = 4, HEX_LEAST = 6, PROOF_LEAST = 8, HEAD = 4, SLOTS_LEAST = 1024 };

/* One original and its replacement. */
struct sought {
	struct str from, to; /* of a hex pattern: octets */
	size_t next;         /* with the same hash, plus 1; the latest first */
};

/* A length that originals with one head have. */
struct length {
	size_t n, next; /* of the same head, plus 1 */
};

/* Originals by a hash of the whole. Names of users mostly begin alike, so the
 * first four characters or octets only tell how long what begins there may be.
 * Hashes take no notice of case. */
struct heads {
	struct sought *rows;
	size_t n, room;
	size_t *slots;
	struct length *lengths;
	size_t n_lengths, lengths_room;
	size_t *heads; /* the first length, plus 1 */
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

static size_t whole_hash(const struct heads *h, const char *at, size_t n)
{
	uint32_t x = 2166136261u;

	for (size_t i = 0; i < n; i++)
		x = (x ^ (uint32_t)tolower((unsigned char)at[i])) * 16777619u;
	return (x ^ x >> 15) & (h->n_slots - 1);
}

static void length_add(struct heads *h, size_t *head, size_t n)
{
	for (size_t i = *head; i != 0; i = h->lengths[i - 1].next)
		if (h->lengths[i - 1].n == n)
			return;
	if (h->n_lengths == h->lengths_room) {
		h->lengths_room = h->lengths_room == 0 ? 256 : h->lengths_room * 2;
		h->lengths = must_grow(h->lengths, h->lengths_room, sizeof(*h->lengths));
	}
	h->lengths[h->n_lengths++] = (struct length){n, *head};
	*head = h->n_lengths;
}

static void heads_build(struct heads *h)
{
	h->n_slots = SLOTS_LEAST;
	while (h->n_slots < 2 * h->n)
		h->n_slots *= 2;
	h->slots = must_alloc(h->n_slots, sizeof(*h->slots));
	h->heads = must_alloc(h->n_slots, sizeof(*h->heads));
	for (size_t i = 0; i < h->n; i++) {
		struct str from = h->rows[i].from;
		size_t *slot = &h->slots[whole_hash(h, from.at, from.len)];

		length_add(h, &h->heads[head_hash(h, (const uint8_t *)from.at)], from.len);
		h->rows[i].next = *slot;
		*slot = i + 1;
	}
}

/* The row of these octets, plus 1; 0: none. */
static size_t whole_find(const struct heads *h, struct str s,
			 bool (*is_same)(struct str, struct str))
{
	size_t i = h->slots[whole_hash(h, s.at, s.len)];

	while (i != 0 && !is_same(h->rows[i - 1].from, s))
		i = h->rows[i - 1].next;
	return i;
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

static void heads_free(struct heads *h)
{
	free(h->rows);
	free(h->slots);
	free(h->lengths);
	free(h->heads);
}

void redact_search_free(struct redact_search *s)
{
	if (s == NULL)
		return;
	heads_free(&s->text);
	heads_free(&s->hex);
	arena_free(s->arena);
	free(s);
}

/* ---- as text ---- */

static bool is_wordy(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* The latest of those that fit. */
static const struct sought *text_at(const struct heads *h, struct str s, size_t at)
{
	struct str rest = str_from(s, at);
	size_t best = 0;

	if (rest.len < HEAD || (at > 0 && is_wordy(s.at[at - 1])))
		return NULL;
	for (size_t i = h->heads[head_hash(h, (const uint8_t *)rest.at)]; i != 0;
	     i = h->lengths[i - 1].next) {
		size_t n = h->lengths[i - 1].n, found = 0;

		if (n <= rest.len && (n == rest.len || !is_wordy(rest.at[n])))
			found = whole_find(h, (struct str){rest.at, n}, str_equal_nocase);
		best = found > best ? found : best;
	}
	return best == 0 ? NULL : &h->rows[best - 1];
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
	char *octets; /* room for them */
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

/* The latest of those whose octets stand from digit `at` on. */
static const struct sought *octets_at(const struct heads *h, const struct digits *d, size_t at)
{
	uint8_t head[HEAD];
	size_t best = 0, n_octets = 0, first;

	for (size_t k = 0; k < HEAD; k++)
		head[k] = (uint8_t)(d->value[at + 2 * k] << 4 | d->value[at + 2 * k + 1]);
	first = h->heads[head_hash(h, head)];
	for (size_t i = first; i != 0; i = h->lengths[i - 1].next) {
		size_t n = h->lengths[i - 1].n, found;

		if (n > (d->n - at) / 2)
			continue;
		for (; n_octets < n; n_octets++)
			d->octets[n_octets] = (char)(d->value[at + 2 * n_octets] << 4 |
						     d->value[at + 2 * n_octets + 1]);
		found = whole_find(h, (struct str){d->octets, n}, str_equal);
		best = found > best ? found : best;
	}
	return best == 0 ? NULL : &h->rows[best - 1];
}

static size_t run_replace(const struct heads *h, char *text, const struct digits *d)
{
	size_t found = 0;

	for (size_t i = 0; i + 2 * HEAD <= d->n; i++) {
		const struct sought *row = octets_at(h, d, i);

		if (row == NULL)
			continue;
		for (size_t k = 0; k < row->from.len; k++) {
			char *high = text + d->at[i + 2 * k], *low = text + d->at[i + 2 * k + 1];
			bool is_upper =
				isupper((unsigned char)*high) || isupper((unsigned char)*low);

			digits_put(high, (uint8_t)((uint8_t)row->to.at[k] >> 4), is_upper);
			digits_put(low, (uint8_t)row->to.at[k] & 0xf, is_upper);
		}
		found++;
		i += 2 * row->from.len - 1;
	}
	return found;
}

static size_t hex_replace(const struct heads *h, struct text *t)
{
	struct str s = text_str(t);
	struct digits d = {.at = must_alloc(s.len + 1, sizeof(size_t)),
			   .value = must_alloc(s.len + 1, 1),
			   .octets = must_alloc(s.len + 1, 1)};
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
	free(d.octets);
	return found;
}

size_t redact_search_apply(const struct redact_search *s, struct text *t)
{
	if (t->len == 0)
		return 0;
	return texts_replace(&s->text, t) + hex_replace(&s->hex, t);
}
