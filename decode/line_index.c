#include "line_index.h"

#include <stdlib.h>

#include "arena.h"
#include "spill.h"

enum { MARK_OCTETS = 4096 };

void line_index_open(struct line_index *x, struct str content, struct spill *spill)
{
	struct line_mark now = {1, 0};

	*x = (struct line_index){.content = content, .n = content.len / MARK_OCTETS + 1};
	x->marks = must_alloc(x->n, sizeof(*x->marks));
	for (size_t i = 0; i < x->n; i++) {
		size_t at = i * MARK_OCTETS;
		size_t end = content.len - at < MARK_OCTETS ? content.len : at + MARK_OCTETS;
		const char *newline;

		x->marks[i] = now;
		while (at < end && (newline = memchr(content.at + at, '\n', end - at))) {
			at = (size_t)(newline - content.at) + 1;
			now = (struct line_mark){now.line + 1, at};
		}
		spill_forget(spill, end);
	}
	spill_rest(spill);
}

void line_index_close(struct line_index *x)
{
	free(x->marks);
	*x = (struct line_index){0};
}

struct line_place line_index_near(const struct line_index *x, uint64_t offset,
				  struct line_near *near)
{
	size_t mark, at;
	struct line_mark now;
	const char *newline;

	if (offset > x->content.len)
		offset = x->content.len;
	mark = (size_t)offset / MARK_OCTETS;
	if (mark >= x->n)
		mark = x->n - 1;
	now = x->marks[mark];
	at = mark * MARK_OCTETS;
	if (near->at > at && near->at <= offset) {
		now = near->mark;
		at = (size_t)near->at;
	}
	while (at < offset && (newline = memchr(x->content.at + at, '\n', (size_t)offset - at))) {
		at = (size_t)(newline - x->content.at) + 1;
		now = (struct line_mark){now.line + 1, at};
	}
	*near = (struct line_near){now, at};
	return (struct line_place){now.line, offset - now.start + 1};
}

struct line_place line_index_at(const struct line_index *x, uint64_t offset)
{
	struct line_near near = {0};

	return line_index_near(x, offset, &near);
}

uint64_t line_index_start(const struct line_index *x, uint64_t line)
{
	size_t low = 0, high = x->n, at;
	struct line_mark now;
	const char *newline;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (x->marks[middle].line < line)
			low = middle;
		else
			high = middle;
	}
	now = x->marks[low];
	if (now.line >= line)
		return now.start;
	at = low * MARK_OCTETS;
	while (now.line < line) {
		newline = memchr(x->content.at + at, '\n', x->content.len - at);
		if (!newline)
			return x->content.len;
		at = (size_t)(newline - x->content.at) + 1;
		now.line++;
	}
	return at;
}
