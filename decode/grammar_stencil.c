#include "grammar_stencil.h"

#include <stdlib.h>

#include "arena.h"
#include "digits.h"

enum {
	STENCILS = 2048, /* the place of one is taken by the next with its hash */
	WRAPS_MOST = 3,
	ALL_DIGITS = (1 << 10) - 1,
};

struct stencil {
	uint64_t hash;
	struct stencil_line line;
	size_t n_looked;
	struct digit_looked looked[DIGITS_LOOKED];
	char dump[DUMP_BEGIN];
	char at[LINE_MOST];
};

struct stencils {
	struct stencil *at[STENCILS];
	/* of the text asked for last */
	uint64_t hash;
	size_t length, n_wraps;
	char masked[LINE_MOST];
};

struct stencils *stencils_new(void)
{
	return must_alloc(1, sizeof(struct stencils));
}

void stencils_free(struct stencils *s)
{
	for (size_t i = 0; s && i < STENCILS; i++)
		free(s->at[i]);
	free(s);
}

bool stencil_is_dump(struct str s, size_t words)
{
	for (size_t i = 0; i < s.len && words > 0; i += 3, words--) {
		if (s.len - i < 2 || !is_hex(s.at[i]) || !is_hex(s.at[i + 1]))
			return str_is(str_from(s, i), "...");
		if (i + 2 < s.len && s.at[i + 2] != ' ' && s.at[i + 2] != '\n')
			return false;
	}
	return true;
}

/* With the line ends in it. */
static size_t length_of(struct str text, size_t *n_wraps)
{
	size_t room = text.len < LINE_MOST ? text.len : LINE_MOST;

	*n_wraps = 0;
	for (size_t at = 0; at < room;) {
		const char *end = memchr(text.at + at, '\n', room - at);
		size_t i = end ? (size_t)(end - text.at) : room;

		if (!end)
			break;
		if (text.len - i >= DUMP_BEGIN &&
		    stencil_is_dump((struct str){end + 1, DUMP_BEGIN - 1}, 2))
			return i;
		if (++*n_wraps > WRAPS_MOST)
			return 0;
		at = i + 1;
	}
	return room < LINE_MOST ? room : 0;
}

static uint64_t mix(uint64_t hash, uint64_t block)
{
	hash = (hash ^ block) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* Sixteen characters into `masked`; the hash with them. */
static inline uint64_t mask_octets(char *masked, const char *at, uint64_t hash)
{
	digits_octets octets;
	uint64_t half[2];

	memcpy(&octets, at, sizeof(octets));
	octets = digits_masked_octets(octets);
	memcpy(masked, &octets, sizeof(octets));
	memcpy(half, &octets, sizeof(half));
	return mix(hash + (half[1] ^ half[1] >> 29) * UINT64_C(0xc2b2ae3d27d4eb4f), half[0]);
}

uint64_t line_mask(char *masked, const char *at, size_t length)
{
	enum { OCTETS = sizeof(digits_octets) };
	uint64_t hash = length, block = 0;
	size_t i = 0;

	for (; i + OCTETS <= length; i += OCTETS)
		hash = mask_octets(masked + i, at + i, hash);
	if (i > 0 && i < length) /* the last of them again, and what is left */
		return mask_octets(masked + length - OCTETS, at + length - OCTETS, hash);
	for (; i + DIGITS_BLOCK <= length; i += DIGITS_BLOCK) {
		memcpy(&block, at + i, DIGITS_BLOCK);
		block = digits_masked(block);
		memcpy(masked + i, &block, DIGITS_BLOCK);
		hash = mix(hash, block);
	}
	if (i < length && i > 0) {
		i = length - DIGITS_BLOCK;
		memcpy(&block, at + i, DIGITS_BLOCK);
		block = digits_masked(block);
		memcpy(masked + i, &block, DIGITS_BLOCK);
		return mix(hash, block);
	}
	if (i < length) {
		memcpy(&block, at, length);
		block = digits_masked(block);
		memcpy(masked, &block, length);
		return mix(hash, block);
	}
	return mix(hash, 0);
}

static bool is_like(const struct stencil *x, struct str text)
{
	for (size_t i = 0; i < x->n_looked; i++)
		if (x->looked[i].never >> (text.at[x->looked[i].at] - '0') & 1)
			return false;
	return !x->line.has_dump || memcmp(text.at + x->line.line, x->dump, sizeof(x->dump)) == 0;
}

const struct stencil_line *stencil_find(struct stencils *s, struct str text)
{
	const struct stencil *x;

	s->length = length_of(text, &s->n_wraps);
	if (!s->length)
		return NULL;
	s->hash = line_mask(s->masked, text.at, s->length);
	x = s->at[s->hash % STENCILS];
	if (!x || x->hash != s->hash || x->line.line != s->length ||
	    x->line.has_dump != (s->length < text.len) ||
	    memcmp(x->at, s->masked, s->length) != 0 || !is_like(x, text))
		return NULL;
	return &x->line;
}

/* Also behind a line end. */
static bool is_before_x(struct str line, size_t i)
{
	while (i < line.len && char_is_digit(line.at[i]))
		i++;
	if (i < line.len && line.at[i] == '\n')
		i++;
	return i < line.len && (line.at[i] | ' ') == 'x';
}

bool digits_to_look_at(struct str line, const struct own_digits *own,
		       struct digit_looked ret[DIGITS_LOOKED], size_t *ret_n)
{
	bool is_fixed = false;

	*ret_n = 0;
	for (size_t i = 0; i < line.len; i++) {
		uint16_t never, here;

		if (!char_is_digit(line.at[i]))
			continue;
		here = (uint16_t)(1u << (line.at[i] - '0'));
		if (i == 0 || !char_is_digit(line.at[i - 1])) {
			never = own->behind[i ? (uint8_t)line.at[i - 1] : '\n'];
			if (i > 1 && line.at[i - 1] == '\n')
				never |= own->behind[(uint8_t)line.at[i - 2]];
			is_fixed = (never & here) || is_before_x(line, i);
		} else {
			never = 0;
		}
		if (is_fixed)
			never = ALL_DIGITS & (uint16_t)~here;
		if (!never)
			continue;
		if (*ret_n == DIGITS_LOOKED)
			return false;
		ret[*ret_n].at = (uint16_t)i;
		ret[(*ret_n)++].never = never;
	}
	return true;
}

/* ` C8 ` may begin a dump where line ends were lost. */
static bool has_doubt(struct str masked)
{
	for (size_t i = 0; i + 2 < masked.len; i++)
		if (masked.at[i] == ' ' && masked.at[i + 1] == 'C' && masked.at[i + 2] == '0')
			return true;
	return false;
}

const struct stencil_line *stencil_learn(struct stencils *s, struct str text,
					 const struct own_digits *own,
					 const struct stencil_line *line)
{
	struct stencil **place = &s->at[s->hash % STENCILS], *x = *place;

	if (!s->length || line->line != s->length || line->n_wraps != s->n_wraps ||
	    line->has_dump != (s->length < text.len) ||
	    has_doubt((struct str){s->masked, s->length}))
		return NULL;
	x = *place = x ? x : must_alloc(1, sizeof(*x));
	x->hash = s->hash;
	x->line = *line;
	memcpy(x->at, s->masked, s->length);
	if (line->has_dump)
		memcpy(x->dump, text.at + s->length, sizeof(x->dump));
	if (!digits_to_look_at((struct str){text.at, line->line}, own, x->looked, &x->n_looked)) {
		x->line.line = 0;
		return NULL;
	}
	return &x->line;
}
