/* `redact`: what replaces what. A replacement follows from the key, the kind and the original, so
 * it is the same over all inputs of a run, and over all runs with the same key. It has the same
 * length in octets. */
#ifndef L2TPSCOPE_REDACT_MAP_H
#define L2TPSCOPE_REDACT_MAP_H

#include "address.h"
#include "redact_words.h"

/* What a value is: the same octets of two kinds have two replacements, where it matters. */
enum redact_kind {
	REDACT_NAME,   /* host names, users, realms, telephone numbers: letters stay letters */
	REDACT_SECRET, /* passwords and shared secrets: what can be printed stays so */
	REDACT_PROOF,  /* challenges, responses, vectors, ids that are only compared */
	REDACT_MAC,
	REDACT_ADDRESS,
	REDACT_KIND_COUNT,
};

enum { REDACT_KEY = 32 };

struct redact_map;

/* With a key of its own, of random octets. NULL when there are none. */
struct redact_map *redact_map_new(void);
void redact_map_free(struct redact_map *m);
/* The key and all replacements so far, as JSON; and the same read again. What a file that was read
 * holds is never lost: new replacements are added to it. */
bool redact_map_read(struct redact_map *m, const char *path, struct text *why_not);
bool redact_map_write(const struct redact_map *m, const char *path, struct text *why_not);

/* Replaces `n` octets in place. */
void redact_octets(struct redact_map *m, enum redact_kind kind, uint8_t *at, size_t n);
/* A name: split at `@`, `\`, `/` and `.`, so that a realm is the same one in all names; upper case
 * stays upper, a digit a digit. */
void redact_name(struct redact_map *m, uint8_t *at, size_t n);
/* The same as text; an address becomes as long as its replacement is, or, `fixed`, stays as long as
 * it was. */
void redact_name_text(struct redact_map *m, struct str s, struct text *ret);
void redact_name_fixed(struct redact_map *m, struct str s, struct text *ret);
/* Words for people: what is no plain word (redact_words.h), and names that were met. */
void redact_words(struct redact_map *m, uint8_t *at, size_t n);
/* 4 or 16 octets. Those with a prefix in common have one of the same length afterwards. What names
 * no host (unspecified, loopback, groups) stays; private, shared, link-local stay in their range,
 * and nobody else comes into one. */
void redact_address(struct redact_map *m, uint8_t *at, size_t n);
/* Of an address as people write it. False when it is none. */
bool redact_address_text(struct redact_map *m, struct str s, struct text *ret);
/* Likewise where it must keep its length: by zeros before its numbers; where the room is too small
 * it becomes another address. */
bool redact_printed_address(struct redact_map *m, uint8_t *at, size_t n);
/* Stations only; groups stay. The vendor's part is replaced, too: one that nobody has. */
void redact_mac(struct redact_map *m, uint8_t *at);
/* False when it is not one as people write it. */
bool redact_printed_mac(struct redact_map *m, uint8_t *at, size_t n);

/* One replacement; `is_word`: the original is a plain word as well. */
struct redact_row {
	enum redact_kind kind;
	size_t n;
	const uint8_t *from, *to;
	bool is_word;
};
/* Start with *at = 0; false at the end. */
bool redact_map_next(const struct redact_map *m, size_t *at, struct redact_row *ret);

const struct plain_words *redact_plain(const struct redact_map *m);

/* For the kinds above: `size` octets that follow from the key, the kind and `n` octets. */
void redact_prf(const struct redact_map *m, enum redact_kind kind, const uint8_t *at, size_t n,
		uint8_t *ret, size_t size);
/* True when it was replaced before, and is now again. */
bool redact_is_known(const struct redact_map *m, enum redact_kind kind, uint8_t *at, size_t n);
void redact_note(struct redact_map *m, enum redact_kind kind, const uint8_t *from,
		 const uint8_t *to, size_t n);

#endif
