/* What spoken.c (which keeps words) and spoken_find.c (which finds them again) know of each other.
 */
#ifndef L2TPSCOPE_SPOKEN_PARTS_H
#define L2TPSCOPE_SPOKEN_PARTS_H

#include "spoken.h"

/* What is kept of a message. */
enum form {
	WORDS,   /* its words */
	MESSAGE, /* octets that give them: of a control message */
	FRAME,   /* of a PPP frame, without what carried it */
};

/* There are many: what it says stands behind it, or, where that was too short when it was used
 * again, elsewhere. */
struct line {
	struct line *next;
	uint32_t event_low; /* its number: 40 bits, as in a mark */
	uint16_t len, room;
	uint8_t event_high;
	uint8_t form : 2;         /* enum form */
	uint8_t is_elsewhere : 1; /* its octets begin with where */
	char octets[];
};

static inline uint64_t line_event(const struct line *line)
{
	return (uint64_t)line->event_high << 32 | line->event_low;
}

static inline char *line_at(const struct line *line)
{
	char *at = (char *)(uintptr_t)line->octets;

	if (line->is_elsewhere)
		memcpy(&at, line->octets, sizeof(at));
	return at;
}

enum { PAGE_LINES = 256, LINE_MOST = UINT16_MAX };

/* Of a text: all its messages, in the order of their events. */
struct page {
	struct {
		uint64_t event;
		struct str words;
	} lines[PAGE_LINES];
	size_t n;
};

struct pages {
	struct page **at;
	size_t n, room;
};

/* The first ones stay; then the oldest gives way to the latest, in its own memory. */
struct spoken {
	const struct replay_options *options; /* whose `say` forms words */
	struct line *lines, *last;
	struct line *latest, *turn; /* the first that gives way, and the next */
	struct line *passing[2];    /* [from] the last message that is_passing(), or NULL */
	struct pages *pages;        /* of a text, or NULL */
	unsigned n;
};

/* It forms no words and has none. */
static inline bool mark_is_mute(const struct mark *mark)
{
	return mark->gist == GIST_NONE && !mark->has_words;
}

#endif
