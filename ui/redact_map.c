#include "redact_map.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <jansson.h>
#include <nettle/hmac.h>

#include "hexdump.h"
#include "must.h"
#include "whole_file.h"

/* One replacement that was made. */
struct replaced {
	enum redact_kind kind;
	size_t n;
	uint8_t *from, *to;
};

struct redact_map {
	uint8_t key[REDACT_KEY];
	struct plain_words *plain;
	struct replaced *rows;
	size_t n_rows, room;
	size_t n_read; /* rows that the file had already */
	size_t *slots; /* rows by hash, plus 1 */
	size_t n_slots;
};

static const char *const kind_names[REDACT_KIND_COUNT] = {
	[REDACT_NAME] = "name", [REDACT_SECRET] = "secret",   [REDACT_PROOF] = "proof",
	[REDACT_MAC] = "mac",   [REDACT_ADDRESS] = "address",
};

struct redact_map *redact_map_new(void)
{
	struct redact_map *m = must_alloc(1, sizeof(*m));
	bool ok;

	memset(m, 0, sizeof(*m));
	m->plain = plain_words_new();
	ok = getrandom(m->key, sizeof(m->key), 0) == (ssize_t)sizeof(m->key);
	if (ok)
		return m;
	redact_map_free(m);
	return NULL;
}

void redact_map_free(struct redact_map *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n_rows; i++) {
		free(m->rows[i].from);
		free(m->rows[i].to);
	}
	plain_words_free(m->plain);
	free(m->rows);
	free(m->slots);
	free(m);
}

const struct plain_words *redact_plain(const struct redact_map *m)
{
	return m->plain;
}

/* ---- what was replaced ---- */

static size_t hash_of(enum redact_kind kind, const uint8_t *at, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)kind;

	for (size_t i = 0; i < n; i++)
		h = (h ^ at[i]) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

/* The slot where it is, or where it may be put. */
static size_t *slot_of(const struct redact_map *m, enum redact_kind kind, const uint8_t *at,
		       size_t n)
{
	size_t i = hash_of(kind, at, n) & (m->n_slots - 1);

	while (m->slots[i] != 0) {
		const struct replaced *r = &m->rows[m->slots[i] - 1];

		if (r->kind == kind && r->n == n && memcmp(r->from, at, n) == 0)
			break;
		i = (i + 1) & (m->n_slots - 1);
	}
	return &m->slots[i];
}

static void slots_grow(struct redact_map *m)
{
	m->n_slots = m->n_slots == 0 ? 1024 : m->n_slots * 2;
	free(m->slots);
	m->slots = must_alloc(m->n_slots, sizeof(*m->slots));
	memset(m->slots, 0, m->n_slots * sizeof(*m->slots));
	for (size_t i = 0; i < m->n_rows; i++)
		*slot_of(m, m->rows[i].kind, m->rows[i].from, m->rows[i].n) = i + 1;
}

static const struct replaced *row_find(const struct redact_map *m, enum redact_kind kind,
				       const uint8_t *at, size_t n)
{
	size_t slot = m->n_slots == 0 ? 0 : *slot_of(m, kind, at, n);

	return slot == 0 ? NULL : &m->rows[slot - 1];
}

bool redact_is_known(const struct redact_map *m, enum redact_kind kind, uint8_t *at, size_t n)
{
	const struct replaced *known = row_find(m, kind, at, n);

	if (known != NULL)
		memcpy(at, known->to, n);
	return known != NULL;
}

void redact_note(struct redact_map *m, enum redact_kind kind, const uint8_t *from,
		 const uint8_t *to, size_t n)
{
	struct replaced *r;

	if (row_find(m, kind, from, n) != NULL)
		return;
	if (m->n_rows * 2 >= m->n_slots)
		slots_grow(m);
	if (m->n_rows == m->room) {
		m->room = m->room == 0 ? 256 : m->room * 2;
		m->rows = must_grow(m->rows, m->room, sizeof(*m->rows));
	}
	r = &m->rows[m->n_rows];
	*r = (struct replaced){.kind = kind, .n = n};
	r->from = must_alloc(n + 1, 1);
	r->to = must_alloc(n + 1, 1);
	memcpy(r->from, from, n);
	memcpy(r->to, to, n);
	*slot_of(m, kind, from, n) = ++m->n_rows;
}

/* ---- the function of key, kind and value ---- */

/* Each block of the replacement reads all of the value: a longer one stands as its digest. */
enum { PRF_MOST = 1024 };

void redact_prf(const struct redact_map *m, enum redact_kind kind, const uint8_t *at, size_t n,
		uint8_t *ret, size_t size)
{
	struct hmac_sha256_ctx c;
	uint8_t digest[SHA256_DIGEST_SIZE];
	uint8_t whole[SHA256_DIGEST_SIZE];
	uint8_t head[3] = {(uint8_t)kind};

	hmac_sha256_set_key(&c, sizeof(m->key), m->key);
	if (n > PRF_MOST) {
		hmac_sha256_update(&c, n, at);
		hmac_sha256_digest(&c, sizeof(whole), whole);
		at = whole;
		n = sizeof(whole);
	}
	for (size_t done = 0; done < size; done += sizeof(digest)) {
		size_t now = size - done < sizeof(digest) ? size - done : sizeof(digest);

		hmac_sha256_update(&c, sizeof(head), head);
		hmac_sha256_update(&c, n, at);
		hmac_sha256_digest(&c, sizeof(digest), digest);
		memcpy(ret + done, digest, now);
		if (++head[1] == 0)
			head[2]++;
	}
}

static bool is_printable(const uint8_t *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at[i] <= ' ' || at[i] >= 0x7f)
			return false;
	return true;
}

/* A secret that people typed is one that can be typed. */
static void type_it(uint8_t *at, size_t n)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";

	for (size_t i = 0; i < n; i++)
		at[i] = (uint8_t)letters[at[i] % (sizeof(letters) - 1)];
}

void redact_octets(struct redact_map *m, enum redact_kind kind, uint8_t *at, size_t n)
{
	uint8_t *to;

	if (n == 0 || redact_is_known(m, kind, at, n))
		return;
	to = must_alloc(n, 1);
	redact_prf(m, kind, at, n, to, n);
	if (kind == REDACT_SECRET && is_printable(at, n))
		type_it(to, n);
	redact_note(m, kind, at, to, n);
	memcpy(at, to, n);
	free(to);
}

/* ---- the file ---- */

static void hex_put(json_t *row, const char *name, const uint8_t *at, size_t n)
{
	struct text t = text_make(n * 2 + 1);

	text_hex(&t, span_of(at, n), 0);
	json_object_set_new(row, name, json_stringn(text_str(&t).at, text_str(&t).len));
	text_free(&t);
}

/* Of plain words only: `Router`, `my-server`. */
static bool is_word(const struct redact_map *m, const uint8_t *at, size_t n)
{
	size_t start = 0;

	for (size_t i = 0; i <= n; i++) {
		struct str piece = {(const char *)at + start, i - start};

		if (i < n && at[i] != '-' && at[i] != '_' && at[i] != ' ' && at[i] != ':')
			continue;
		if (piece.len > 0 && !word_is_plain(m->plain, piece) && !word_is_number(piece))
			return false;
		start = i + 1;
	}
	return true;
}

bool redact_map_next(const struct redact_map *m, size_t *at, struct redact_row *ret)
{
	const struct replaced *r;

	if (*at >= m->n_rows)
		return false;
	r = &m->rows[(*at)++];
	*ret = (struct redact_row){.kind = r->kind, .n = r->n, .from = r->from, .to = r->to};
	ret->is_word =
		(r->kind == REDACT_NAME || r->kind == REDACT_SECRET) && is_word(m, r->from, r->n);
	return true;
}

static void row_put(const struct redact_map *m, json_t *rows, const struct replaced *r)
{
	json_t *row = json_object();

	json_object_set_new(row, "kind", json_string(kind_names[r->kind]));
	hex_put(row, "from_hex", r->from, r->n);
	hex_put(row, "to_hex", r->to, r->n);
	if (r->kind == REDACT_NAME) {
		json_object_set_new(row, "from", json_stringn((const char *)r->from, r->n));
		json_object_set_new(row, "to", json_stringn((const char *)r->to, r->n));
	}
	/* as a word it stays in free text */
	if ((r->kind == REDACT_NAME || r->kind == REDACT_SECRET) && is_word(m, r->from, r->n))
		json_object_set_new(row, "word", json_true());
	json_array_append_new(rows, row);
}

bool redact_map_write(const struct redact_map *m, const char *path, struct text *why_not)
{
	json_t *root, *rows;
	struct whole_file file;
	mode_t mask;
	bool ok;

	if (m->n_read > 0 && m->n_read == m->n_rows)
		return true;
	root = json_object();
	rows = json_array();
	hex_put(root, "key", m->key, sizeof(m->key));
	for (size_t i = 0; i < m->n_rows; i++)
		row_put(m, rows, &m->rows[i]);
	json_object_set_new(root, "replaced", rows);
	mask = umask(077); /* the key is for its owner alone */
	ok = whole_open(&file, path, true, why_not);
	if (ok) {
		(void)json_dumpf(root, file.out, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
		ok = whole_close(&file, why_not);
	}
	(void)umask(mask);
	json_decref(root);
	return ok;
}

/* False when these are no octets in hex. */
static bool hex_take(const json_t *hex, uint8_t *ret, size_t n)
{
	const char *digits = json_string_value(hex);

	if (digits == NULL || strlen(digits) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(digits[2 * i]), low = hex_digit(digits[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool row_take(struct redact_map *m, const json_t *row)
{
	const char *kind = json_string_value(json_object_get(row, "kind"));
	const json_t *from = json_object_get(row, "from_hex"), *to = json_object_get(row, "to_hex");
	size_t n = json_string_length(from) / 2, k = 0;
	uint8_t *octets = must_alloc(2 * n + 1, 1);
	bool ok;

	while (kind != NULL && k < REDACT_KIND_COUNT && strcmp(kind, kind_names[k]) != 0)
		k++;
	ok = kind != NULL && k < REDACT_KIND_COUNT && hex_take(from, octets, n) &&
	     hex_take(to, octets + n, n);
	if (ok)
		redact_note(m, (enum redact_kind)k, octets, octets + n, n);
	free(octets);
	return ok;
}

bool redact_map_read(struct redact_map *m, const char *path, struct text *why_not)
{
	json_error_t error;
	json_t *root = json_load_file(path, 0, &error);
	json_t *rows = json_object_get(root, "replaced");
	bool ok = hex_take(json_object_get(root, "key"), m->key, sizeof(m->key));

	for (size_t i = 0; ok && i < json_array_size(rows); i++)
		ok = row_take(m, json_array_get(rows, i));
	m->n_read = m->n_rows;
	json_decref(root);
	if (!ok)
		text_printf(why_not, "%s is no map that `redact` wrote", path);
	return ok;
}
