#include "kept_options.h"

#include "arena_room.h"
#include "limits.h"

/* Entries one behind the other, each with its value behind it. */
struct kept_options {
	uint32_t n : 8;
	uint32_t size : 24; /* of the entries, in octets */
	uint8_t entries[];
};
_Static_assert(LIMIT_OPTIONS < 1 << 8, "their number has eight bits");

struct entry {
	uint8_t number, length, value_len;
	bool is_whole;
	uint8_t row; /* 1 + its place among option_rows(); 0: of none */
	uint8_t value[];
};
_Static_assert(sizeof(struct entry) == 5, "they stand at any octet");

static const struct entry *first_of(const struct kept_options *k)
{
	return (const void *)k->entries;
}

static const struct entry *behind(const struct entry *e)
{
	return (const void *)(e->value + e->value_len);
}

static struct ppp_option option_of(const struct entry *e)
{
	const struct option_row *rows;

	option_rows(&rows);
	return (struct ppp_option){.number = e->number,
				   .length = e->length,
				   .is_whole = e->is_whole,
				   .value = {e->value_len ? e->value : NULL, e->value_len},
				   .row = e->row ? &rows[e->row - 1] : NULL};
}

/* That of an option has no more octets than its length, itself an octet, can tell. */
static uint8_t value_len(const struct ppp_option *o)
{
	return o->value.len < UINT8_MAX ? (uint8_t)o->value.len : UINT8_MAX;
}

static size_t size_of(const struct ppp_option *options, size_t n)
{
	size_t size = n * sizeof(struct entry);

	for (size_t i = 0; i < n; i++)
		size += value_len(&options[i]);
	return size;
}

static void fill(struct kept_options *k, const struct ppp_option *options, size_t n, size_t size)
{
	struct entry *e = (void *)k->entries;
	const struct option_row *rows;

	option_rows(&rows);
	k->n = n & 0xff;
	k->size = size & 0xffffff;
	for (size_t i = 0; i < n; i++) {
		const struct ppp_option *o = &options[i];

		e->number = o->number;
		e->length = o->length;
		e->value_len = value_len(o);
		e->is_whole = o->is_whole;
		e->row = o->row ? (uint8_t)(o->row - rows + 1) : 0;
		if (e->value_len)
			memcpy(e->value, o->value.at, e->value_len);
		e = (void *)(e->value + e->value_len);
	}
}

struct kept_options *options_keep_over(struct arena *a, struct kept_options *old,
				       const struct ppp_option *options, size_t n)
{
	size_t size = size_of(options, n);

	if (!n)
		return NULL;
	if (!old || size > old->size)
		old = arena_room(a, sizeof(*old) + size);
	if (old)
		fill(old, options, n, size);
	return old;
}

struct kept_options *options_keep(struct arena *a, const struct ppp_option *options, size_t n)
{
	return options_keep_over(a, NULL, options, n);
}

struct kept_options *options_copy(struct arena *a, const struct kept_options *k)
{
	struct kept_options *copy = k ? arena_room(a, sizeof(*k) + k->size) : NULL;

	return copy ? memcpy(copy, k, sizeof(*k) + k->size) : NULL;
}

static size_t kept_count(const struct kept_options *k)
{
	return k ? k->n : 0;
}

bool kept_next(struct kept_walk *walk, struct ppp_option *ret)
{
	const struct kept_options *k = walk->of;
	const struct entry *e;

	if (!k || walk->at >= k->size)
		return false;
	e = (const void *)(k->entries + walk->at);
	*ret = option_of(e);
	walk->at += sizeof(*e) + e->value_len;
	return true;
}

static inline const struct entry *entry_find(const struct kept_options *k, uint8_t number)
{
	const struct entry *e = k ? first_of(k) : NULL;

	for (size_t i = kept_count(k); i > 0; i--, e = behind(e))
		if (e->number == number)
			return e;
	return NULL;
}

bool kept_find(const struct kept_options *k, uint8_t number, struct ppp_option *ret)
{
	const struct entry *e = entry_find(k, number);

	*ret = e ? option_of(e) : (struct ppp_option){0};
	return e != NULL;
}

bool kept_has(const struct kept_options *k, uint8_t number)
{
	return entry_find(k, number) != NULL;
}

struct span kept_value(const struct kept_options *k, uint8_t number)
{
	const struct entry *e = entry_find(k, number);

	return e ? span_of(e->value, e->value_len) : (struct span){0};
}

static bool same_value(const struct entry *e, struct span value)
{
	return value.len == e->value_len && (!value.len || !memcmp(value.at, e->value, value.len));
}

bool kept_same(const struct kept_options *k, const struct ppp_option *options, size_t n)
{
	const struct entry *e = k ? first_of(k) : NULL;

	if (kept_count(k) != n)
		return false;
	for (size_t i = 0; i < n; i++, e = behind(e))
		if (e->number != options[i].number || !same_value(e, options[i].value))
			return false;
	return true;
}

bool kept_same_whole(const struct kept_options *k, const struct ppp_option *options, size_t n)
{
	const struct entry *e = k ? first_of(k) : NULL;

	if (kept_count(k) != n)
		return false;
	for (size_t i = 0; i < n; i++, e = behind(e))
		if (e->number != options[i].number || !e->is_whole || !options[i].is_whole ||
		    !same_value(e, options[i].value))
			return false;
	return true;
}

bool kept_differ(const struct kept_options *k, const struct ppp_option *options, size_t n)
{
	const struct entry *e = k ? first_of(k) : NULL;

	for (size_t i = 0; i < n && kept_count(k) == n; i++, e = behind(e))
		if (e->number == options[i].number && !same_value(e, options[i].value))
			return true;
	return false;
}

bool kept_equal(const struct kept_options *x, const struct kept_options *y)
{
	const struct entry *a = x ? first_of(x) : NULL, *b = y ? first_of(y) : NULL;

	if (kept_count(x) != kept_count(y))
		return false;
	for (size_t i = 0; i < kept_count(x); i++, a = behind(a), b = behind(b))
		if (a->number != b->number || !same_value(a, span_of(b->value, b->value_len)))
			return false;
	return true;
}
