#include "spoken.h"

struct line {
	struct line *next;
	uint64_t event;
	char *at;
	size_t len, room;
};

enum { PAGE_LINES = 256 };

/* Of a text: all its messages, in the order of their events. */
struct page {
	struct {
		uint64_t event;
		struct str words;
	} lines[PAGE_LINES];
	size_t n;
};

/* The first ones stay; then the oldest gives way to the latest, in its own memory. */
struct spoken {
	struct line *lines, *last;
	struct line *latest, *turn; /* the first that gives way, and the next */
	unsigned n;
	struct page **pages;
	size_t n_pages, pages_room;
};

static struct line *line_new(struct arena *a, struct spoken *s)
{
	struct line *line = arena_alloc(a, sizeof(*line));

	if (!line)
		return NULL;
	if (s->last)
		s->last->next = line;
	else
		s->lines = line;
	s->last = line;
	if (++s->n == LIMIT_SPOKEN_FIRST + 1)
		s->latest = s->turn = line;
	return line;
}

static struct line *line_reuse(struct spoken *s)
{
	struct line *line = s->turn;

	s->turn = line->next ? line->next : s->latest;
	return line;
}

static void add(struct arena *a, struct spoken **list, unsigned most, uint64_t event,
		struct str words)
{
	struct spoken *s = *list ? *list : arena_alloc(a, sizeof(*s));
	struct line *line;

	if (!s)
		return;
	*list = s;
	line = s->n < most ? line_new(a, s) : line_reuse(s);
	if (!line)
		return;
	if (words.len > line->room) {
		size_t room = words.len > 2 * line->room ? words.len : 2 * line->room;

		line->at = arena_alloc(a, room);
		line->room = line->at ? room : 0;
	}
	line->event = event;
	line->len = words.len <= line->room ? words.len : 0;
	if (line->len)
		memcpy(line->at, words.at, line->len);
}

static struct page *page_new(struct arena *a, struct spoken *s)
{
	struct page *page = arena_alloc(a, sizeof(*page));

	if (page && s->n_pages == s->pages_room) {
		size_t room = s->pages_room ? 2 * s->pages_room : 16;
		struct page **grown = arena_array(a, room, sizeof(*grown));

		if (!grown)
			return NULL;
		if (s->n_pages)
			memcpy(grown, s->pages, s->n_pages * sizeof(*grown));
		s->pages = grown;
		s->pages_room = room;
	}
	if (page)
		s->pages[s->n_pages++] = page;
	return page;
}

/* An event that is two (a packet, and what is said of it) was first what is said. */
static void page_add(struct arena *a, struct spoken **list, uint64_t event, struct str words)
{
	struct spoken *s = *list ? *list : arena_alloc(a, sizeof(*s));
	struct page *page = s && s->n_pages ? s->pages[s->n_pages - 1] : NULL;

	if (!s || (page && page->lines[page->n - 1].event >= event))
		return;
	*list = s;
	if (!page || page->n == PAGE_LINES)
		page = page_new(a, s);
	if (!page)
		return;
	page->lines[page->n].event = event;
	page->lines[page->n++].words = arena_str(a, words);
}

/* Formed once for each event that anybody asks for. */
static struct str words_now(struct context *c)
{
	struct observer *o = c->observer;

	if (!o->options->say)
		return (struct str){0};
	if (o->words_of != c->event->number) {
		text_clear(&o->words);
		o->options->say(o->options->say_context, &o->words, c->event);
		o->words_of = c->event->number;
	}
	return text_str(&o->words);
}

void spoken_note(struct context *c)
{
	struct observer *o = c->observer;
	uint64_t event = c->event->number;
	struct str words;

	if (!o->options->say)
		return;
	if (o->is_text) {
		page_add(o->arena, &o->spoken, event, words_now(c));
		return;
	}
	/* acknowledgements would drive the others out, and are evidence of nothing else */
	if (c->event->kind == EVENT_CONTROL && c->event->control.message == ZLB)
		return;
	words = words_now(c);
	add(o->arena, &o->spoken, LIMIT_SPOKEN_OF_TUNNEL, event, words);
	if (c->session)
		add(live_session(c->session)->arena, &live_session(c->session)->spoken,
		    LIMIT_SPOKEN_OF_CALL, event, words);
	if (c->tunnel && (!c->session || !live_tunnel(c->tunnel)->spoken ||
			  live_tunnel(c->tunnel)->spoken->n < LIMIT_SPOKEN_FIRST))
		add(live_tunnel(c->tunnel)->arena, &live_tunnel(c->tunnel)->spoken,
		    LIMIT_SPOKEN_OF_TUNNEL, event, words);
}

/* It forms no words and has none. */
static bool is_mute(const struct mark *mark)
{
	return mark->gist == GIST_NONE && !mark->has_words;
}

struct mark spoken_mark(struct context *c)
{
	struct mark mark = c->mark;

	if (c->event->kind != EVENT_DATA && c->event->kind != EVENT_OTHER &&
	    c->observer->options->say && is_mute(&mark))
		mark_set_text(c->arena, &mark, words_now(c));
	return mark;
}

static bool find(const struct spoken *s, uint64_t event, struct str *ret)
{
	for (const struct line *line = s ? s->lines : NULL; line; line = line->next) {
		if (line->event != event)
			continue;
		*ret = (struct str){line->at, line->len};
		return true;
	}
	return false;
}

static bool find_in_session(const struct session *s, uint64_t event, struct str *ret)
{
	const struct live_session *half = (const struct live_session *)s;

	for (; half; half = half->absorbed)
		if (find(half->spoken, event, ret))
			return true;
	return false;
}

void spoken_keep(struct arena *a, const struct session *s, struct mark *mark)
{
	struct str words = {0};

	if (mark->is_set && is_mute(mark) && find_in_session(s, mark_number(mark), &words))
		mark_set_text(a, mark, words);
}

static bool find_in_tunnel(const struct tunnel *t, uint64_t event, struct str *ret)
{
	const struct live_tunnel *half = (const struct live_tunnel *)t;

	for (; half; half = half->absorbed)
		if (find(half->spoken, event, ret))
			return true;
	for (const struct session *s = t ? t->sessions : NULL; s; s = s->next)
		if (find_in_session(s, event, ret))
			return true;
	return false;
}

static bool find_in_call(const struct call *c, uint64_t event, struct str *ret)
{
	return c &&
	       (find_in_session(c->session, event, ret) || find_in_tunnel(c->tunnel, event, ret));
}

static struct str find_in_pages(const struct spoken *s, uint64_t event)
{
	size_t low = 0, high = s->n_pages;

	while (high - low > 1) { /* the last one that does not begin behind it */
		size_t middle = low + (high - low) / 2;

		if (s->pages[middle]->lines[0].event <= event)
			low = middle;
		else
			high = middle;
	}
	for (size_t i = 0; i < s->pages[low]->n; i++)
		if (s->pages[low]->lines[i].event == event)
			return s->pages[low]->lines[i].words;
	return (struct str){0};
}

struct str spoken_of(const struct report *r, const struct finding *f, uint64_t event)
{
	struct str words = {0};

	if (r->spoken && r->spoken->n_pages)
		return find_in_pages(r->spoken, event);
	if (find_in_call(f->call, event, &words))
		return words;
	for (const struct call *leg = f->call ? f->call->legs : NULL; leg; leg = leg->next_leg)
		if (find_in_call(leg, event, &words))
			return words;
	if (!find_in_tunnel(f->tunnel, event, &words))
		find(r->spoken, event, &words);
	return words;
}
