#include "shelf.h"

#include <errno.h>
#include <stdlib.h>

#include "arena.h"
#include "limits.h"
#include "stream.h"
#include "term.h"

struct shelf {
	char *at; /* what came last: all, as long as there is no file */
	size_t n;
	struct stream spill; /* what came before; spill.file is NULL: nothing */
	uint64_t spilled;
	bool is_full;
};

struct shelf *shelf_new(void)
{
	struct shelf *a = must_alloc(1, sizeof(*a));

	*a = (struct shelf){.at = must_alloc(LIMIT_ASIDE_MEMORY, 1)};
	return a;
}

void shelf_free(struct shelf *a)
{
	if (a == NULL)
		return;
	stream_close(&a->spill);
	free(a->at);
	free(a);
}

static bool write_out(struct shelf *a, struct str octets)
{
	a->spilled += octets.len;
	return a->spilled <= LIMIT_SPOOL &&
	       fwrite(octets.at, 1, octets.len, a->spill.file) == octets.len &&
	       fflush(a->spill.file) == 0;
}

static bool spill(struct shelf *a)
{
	struct text why_not = text_make(4096);
	bool is_there = a->spill.file != NULL || stream_temporary(&a->spill, &why_not);
	struct str all = {a->at, a->n};

	text_free(&why_not); /* then it is kept otherwise */
	a->n = 0;
	return is_there && write_out(a, all);
}

void shelf_add(struct shelf *a, struct str octets)
{
	if (a->n + octets.len > LIMIT_ASIDE_MEMORY)
		a->is_full = a->is_full || !spill(a);
	if (a->is_full)
		return;
	if (octets.len > LIMIT_ASIDE_MEMORY) {
		a->is_full = !write_out(a, octets);
		return;
	}
	memcpy(a->at + a->n, octets.at, octets.len);
	a->n += octets.len;
}

bool shelf_is_full(const struct shelf *a)
{
	return a != NULL && a->is_full;
}

void shelf_give(struct shelf *a, struct term *to)
{
	char octets[1 << 16];
	size_t n;

	if (a == NULL || a->is_full)
		return;
	errno = 0;
	if (a->spill.file != NULL && stream_rewind(&a->spill))
		while ((n = fread(octets, 1, sizeof(octets), a->spill.file)) > 0)
			term_write(to, (struct str){octets, n});
	if (a->spill.file != NULL && (ferror(a->spill.file) || !feof(a->spill.file)))
		term_fail(to, errno != 0 ? errno : EIO);
	term_write(to, (struct str){a->at, a->n});
}
