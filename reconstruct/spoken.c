#include "spoken.h"

#include <stdlib.h>

#include "arena_room.h"
#include "cp_link.h"
#include "ip.h"
#include "l2tp.h"
#include "ppp.h"

/* What is kept of a message. */
enum form {
	WORDS,   /* its words */
	MESSAGE, /* octets that give them: of a control message */
	FRAME,   /* of a PPP frame, without what carried it */
};

struct kept {
	struct str octets;
	enum form form;
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

static uint64_t line_event(const struct line *line)
{
	return (uint64_t)line->event_high << 32 | line->event_low;
}

static char *line_at(const struct line *line)
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

/* With room for what it says behind it. */
static struct line *line_new(struct arena *a, size_t room)
{
	struct line *line;

	if (room < sizeof(char *))
		room = sizeof(char *);
	line = arena_room(a, offsetof(struct line, octets) + room);
	if (line)
		*line = (struct line){.room = (uint16_t)room};
	return line;
}

static struct line *line_add(struct arena *a, struct spoken *s, size_t room)
{
	struct line *line = line_new(a, room);

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

/* The old room, twice, or what is needed. */
static void line_grow(struct arena *a, struct line *line, size_t len)
{
	size_t twice = 2 * (size_t)line->room;
	size_t room = len > twice ? len : twice < LINE_MOST ? twice : LINE_MOST;
	char *at = arena_alloc(a, room);

	if (at)
		line->is_elsewhere = 1;
	line->room = at ? (uint16_t)room : 0;
	if (at)
		memcpy(line->octets, &at, sizeof(at));
}

static struct line *line_reuse(struct spoken *s)
{
	struct line *line = s->turn;

	s->turn = line->next ? line->next : s->latest;
	return line;
}

static struct str as_much_as_fits(struct str octets)
{
	return (struct str){octets.at, octets.len < LINE_MOST ? octets.len : LINE_MOST};
}

static void line_say(const struct context *c, struct arena *a, struct line *line,
		     const struct kept *kept)
{
	struct str octets = as_much_as_fits(kept->octets);

	if (octets.len > line->room)
		line_grow(a, line, octets.len);
	line->event_low = (uint32_t)c->event->number;
	line->event_high = (uint8_t)(c->event->number >> 32);
	line->form = kept->form & 3u;
	line->len = octets.len <= line->room ? (uint16_t)octets.len : 0;
	if (line->len)
		memcpy(line_at(line), octets.at, line->len);
}

static struct spoken *spoken_in(const struct context *c, struct arena *a, struct spoken **list)
{
	if (!*list)
		*list = arena_alloc(a, sizeof(**list));
	if (*list)
		(*list)->options = c->observer->options;
	return *list;
}

static void add(const struct context *c, struct arena *a, struct spoken **list, unsigned most,
		const struct kept *kept)
{
	struct spoken *s = spoken_in(c, a, list);
	struct line *line;

	if (!s)
		return;
	line = s->n < most ? line_add(a, s, as_much_as_fits(kept->octets).len) : line_reuse(s);
	if (line)
		line_say(c, a, line, kept);
}

/* Instead of the one before it. */
static void pass(const struct context *c, struct arena *a, struct spoken **list,
		 const struct kept *kept)
{
	enum { USUAL = 54 }; /* octets of a frame: a line of 72 */
	struct spoken *s = spoken_in(c, a, list);
	struct line **line = s ? &s->passing[c->from] : NULL;

	if (!line)
		return;
	if (!*line)
		*line = line_new(a, USUAL);
	if (*line)
		line_say(c, a, *line, kept);
}

static struct page *page_new(struct arena *a, struct pages *p)
{
	struct page *page = arena_alloc(a, sizeof(*page));

	if (page && p->n == p->room) {
		size_t room = p->room ? 2 * p->room : 16;
		struct page **grown = arena_array(a, room, sizeof(*grown));

		if (!grown)
			return NULL;
		if (p->n)
			memcpy(grown, p->at, p->n * sizeof(*grown));
		p->at = grown;
		p->room = room;
	}
	if (page)
		p->at[p->n++] = page;
	return page;
}

/* An event that is two (a packet, and what is said of it) was first what is said. */
static void page_add(struct arena *a, struct spoken **list, uint64_t event, struct str words)
{
	struct spoken *s = *list ? *list : arena_alloc(a, sizeof(*s));
	struct pages *all = s && s->pages ? s->pages : s ? arena_alloc(a, sizeof(*all)) : NULL;
	struct page *page = all && all->n ? all->at[all->n - 1] : NULL;

	if (!all || (page && page->lines[page->n - 1].event >= event))
		return;
	*list = s;
	s->pages = all;
	if (!page || page->n == PAGE_LINES)
		page = page_new(a, all);
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

/* Its octets alone give the same event again, and take no more room than its words. Nearly no
 * message is evidence of anything, so those that are need words then, and the others never. */
static bool is_said_again(const struct event *e)
{
	enum { SHORT = 256 };

	if (!e->packet.len || e->packet.len > SHORT || e->l2tp.version != 2 || e->is_assembled ||
	    e->path.ip_protocol != IP_UDP || e->path.captured != e->path.original)
		return false;
	for (size_t i = 0; e->kind == EVENT_CONTROL && i < e->control.n_avps; i++)
		if (e->control.avps[i].is_hidden)
			return false;
	return e->kind == EVENT_CONTROL || e->kind == EVENT_PPP;
}

/* What is behind the header of L2TP (RFC 2661 3.1). */
static struct span frame_of(struct span packet)
{
	enum { LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200, IDS = 4 };
	struct bytes b = bytes_of(packet);
	uint16_t flags = bytes_u16(&b);

	bytes_take(&b, (flags & LENGTH ? 2u : 0u) + IDS + (flags & SEQUENCE ? 4u : 0u));
	if (flags & OFFSET)
		bytes_take(&b, bytes_u16(&b));
	return bytes_ok(&b) ? span_of(b.at, b.left) : (struct span){0};
}

static struct kept keep_of(struct context *c)
{
	const struct event *e = c->event;
	struct span octets = e->packet;

	if (!is_said_again(e))
		return (struct kept){.octets = words_now(c)};
	if (e->kind == EVENT_PPP)
		octets = frame_of(e->packet);
	return (struct kept){.octets = {(const char *)octets.at, octets.len},
			     .form = e->kind == EVENT_PPP ? FRAME : MESSAGE};
}

/* Its words; those that were not formed when it came by, in `a`. */
static struct str line_words(const struct spoken *s, const struct line *line, struct arena *a)
{
	struct arena *scratch;
	struct l2tp_decoder *decoder = NULL;
	struct defect_list ignored = {0};
	struct event e = {.path.ip_protocol = IP_UDP};
	struct text words = text_make(LIMIT_RECORD);
	struct span octets, payload;
	struct str made;

	if (line->form == WORDS || !line->len)
		return (struct str){line_at(line), line->len};
	scratch = ignored.arena = arena_new(LIMIT_REPLAY_ARENA);
	octets = span_of((const uint8_t *)line_at(line), line->len);
	if (line->form == FRAME) {
		ppp_decode(scratch, octets, &e, &ignored);
	} else {
		decoder = l2tp_decoder_new(scratch, NULL);
		l2tp_decode(decoder, octets, &e, &ignored, &payload);
	}
	s->options->say(s->options->say_context, &words, &e);
	made = arena_str(a, text_str(&words));
	text_free(&words);
	l2tp_decoder_free(decoder);
	arena_free(scratch);
	return made;
}

static bool is_acknowledgement(const struct event *e)
{
	return e->kind == EVENT_CONTROL && e->control.message == ZLB;
}

/* Acknowledgements would drive the others out. They are evidence of how a tunnel was set up, or
 * what a recording that begins late shows of it first; of nothing else. */
static bool is_opening(struct tunnel *t)
{
	enum { OPENING = 8 };

	return t && (!live_tunnel(t)->spoken || live_tunnel(t)->spoken->n < OPENING);
}

static inline bool is_at(const struct mark *mark, const struct event *e)
{
	return mark_number(mark) == e->number && mark->is_set;
}

/* Who keeps its mark has its words with it (cp_link.c, auth_link.c: gists). */
static bool forms_words(const struct event *e)
{
	const struct ppp *p = &e->ppp;

	if (e->kind != EVENT_PPP || !p->code)
		return false;
	return p->protocol == PPP_PAP    ? p->code <= PAP_NAK
	       : p->protocol == PPP_CHAP ? p->code <= CHAP_FAILURE
					 : cp_is_control(p->protocol) && p->code <= CP_TERMACK;
}

/* A mark of it stays beside those: something begins with it, or is wrong. */
static bool is_landmark(const struct context *c)
{
	const struct session *s = c->session;
	const struct tunnel *t = c->tunnel;
	const struct event *e = c->event;

	if (t &&
	    (is_at(&t->port_move[c->from].mark, e) || is_at(&t->address_move[c->from].mark, e)))
		return true;
	return e->n_defects || is_at(&s->first, e) || is_at(&s->ppp.first, e) ||
	       is_at(&s->established[LAC], e) || is_at(&s->established[LNS], e) ||
	       (s->verdicts && is_at(&s->verdicts->last->mark, e));
}

/* Most of what a call says sets up its PPP: of that only the last message of each end may be
 * evidence of something more. */
static bool is_passing(const struct context *c)
{
	return c->session && forms_words(c->event) && !is_landmark(c);
}

void spoken_note(struct context *c)
{
	struct observer *o = c->observer;
	struct kept kept;

	if (!o->options->say)
		return;
	if (o->is_text) {
		page_add(o->arena, &o->spoken, c->event->number, words_now(c));
		return;
	}
	if (is_acknowledgement(c->event)) {
		if (!is_opening(c->tunnel))
			return;
		kept = keep_of(c);
		add(c, live_tunnel(c->tunnel)->arena, &live_tunnel(c->tunnel)->spoken,
		    LIMIT_SPOKEN_OF_TUNNEL, &kept);
		return;
	}
	kept = keep_of(c);
	add(c, o->arena, &o->spoken, LIMIT_SPOKEN_OF_TUNNEL, &kept);
	if (is_passing(c))
		pass(c, live_session(c->session)->arena, &live_session(c->session)->spoken, &kept);
	else if (c->session)
		add(c, live_session(c->session)->arena, &live_session(c->session)->spoken,
		    LIMIT_SPOKEN_OF_CALL, &kept);
	if (c->tunnel && (!c->session || !live_tunnel(c->tunnel)->spoken ||
			  live_tunnel(c->tunnel)->spoken->n < LIMIT_SPOKEN_FIRST))
		add(c, live_tunnel(c->tunnel)->arena, &live_tunnel(c->tunnel)->spoken,
		    LIMIT_SPOKEN_OF_TUNNEL, &kept);
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

/* A message that is looked for, and the words that were found, in `arena` if need be. */
struct search {
	uint64_t event;
	struct arena *arena;
	bool is_settled; /* no session comes or goes any more */
	struct str words;
};

/* Through all that is kept. */
struct walk {
	const struct spoken *of;
	const struct line *next;
	unsigned n_passing;
};

static struct walk walk_through(const struct spoken *s)
{
	return (struct walk){.of = s, .next = s ? s->lines : NULL};
}

/* NULL: there are no more. */
static const struct line *walk_line(struct walk *w)
{
	const struct line *line = w->next;

	if (line)
		w->next = line->next;
	while (!line && w->of && w->n_passing < 2)
		line = w->of->passing[w->n_passing++];
	return line;
}

static bool find(const struct spoken *s, struct search *x)
{
	struct walk walk = walk_through(s);

	for (const struct line *line; (line = walk_line(&walk));) {
		if (line_event(line) != x->event)
			continue;
		x->words = line_words(s, line, x->arena);
		return true;
	}
	return false;
}

static bool find_in_session(const struct session *s, struct search *x)
{
	const struct live_session *half = (const struct live_session *)s;

	for (; half; half = half->absorbed)
		if (find(half->spoken, x))
			return true;
	return false;
}

void spoken_keep(struct arena *a, const struct session *s, struct mark *mark)
{
	struct search x = {.event = mark_number(mark), .arena = a};

	if (mark->is_set && is_mute(mark) && find_in_session(s, &x))
		mark_set_text(a, mark, x.words);
}

/* A line of a session, by event: of one event the first that a walk through them would find. */
struct indexed {
	uint64_t event;
	size_t order;
	const struct spoken *spoken;
	const struct line *line;
};

struct spoken_index {
	struct indexed *at;
	size_t n;
};

static int by_event(const void *left, const void *right)
{
	const struct indexed *a = left, *b = right;

	if (a->event != b->event)
		return a->event < b->event ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

/* Its lines into `at`, or only how many they are. */
static size_t index_session(const struct session *s, struct indexed *at, size_t n)
{
	const struct live_session *half = (const struct live_session *)s;

	for (; half; half = half->absorbed) {
		struct walk walk = walk_through(half->spoken);

		for (const struct line *line; (line = walk_line(&walk)); n++)
			if (at)
				at[n] = (struct indexed){line_event(line), n, half->spoken, line};
	}
	return n;
}

/* NULL where there is no room for it. */
static const struct spoken_index *index_of(struct arena *a, struct live_tunnel *t)
{
	size_t n = 0;

	if (t->index)
		return t->index;
	for (const struct session *s = t->tunnel.sessions; s; s = s->next)
		n = index_session(s, NULL, n);
	t->index = arena_alloc(a, sizeof(*t->index));
	if (t->index)
		t->index->at = arena_array(a, n, sizeof(*t->index->at));
	if (!t->index || !t->index->at)
		return t->index = NULL;
	for (const struct session *s = t->tunnel.sessions; s; s = s->next)
		t->index->n = index_session(s, t->index->at, t->index->n);
	qsort(t->index->at, t->index->n, sizeof(*t->index->at), by_event);
	return t->index;
}

static bool find_in_index(const struct spoken_index *index, struct search *x)
{
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->at[middle].event < x->event)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->n || index->at[low].event != x->event)
		return false;
	x->words = line_words(index->at[low].spoken, index->at[low].line, x->arena);
	return true;
}

/* Evidence is looked for again and again: once nothing more is told, by an index. */
static bool find_in_tunnel(const struct tunnel *t, struct search *x)
{
	struct live_tunnel *whole = (struct live_tunnel *)(uintptr_t)t;
	const struct spoken_index *index = NULL;

	for (const struct live_tunnel *half = whole; half; half = half->absorbed)
		if (find(half->spoken, x))
			return true;
	if (whole && x->is_settled)
		index = index_of(x->arena, whole);
	if (index)
		return find_in_index(index, x);
	for (const struct session *s = t ? t->sessions : NULL; s; s = s->next)
		if (find_in_session(s, x))
			return true;
	return false;
}

static bool find_in_call(const struct call *c, struct search *x)
{
	return c && (find_in_session(c->session, x) || find_in_tunnel(c->tunnel, x));
}

static struct str find_in_pages(const struct pages *p, uint64_t event)
{
	size_t low = 0, high = p->n;

	while (high - low > 1) { /* the last one that does not begin behind it */
		size_t middle = low + (high - low) / 2;

		if (p->at[middle]->lines[0].event <= event)
			low = middle;
		else
			high = middle;
	}
	for (size_t i = 0; i < p->at[low]->n; i++)
		if (p->at[low]->lines[i].event == event)
			return p->at[low]->lines[i].words;
	return (struct str){0};
}

struct str spoken_of(const struct report *r, const struct finding *f, uint64_t event)
{
	struct search x = {.event = event, .arena = r->arena, .is_settled = !r->is_part};

	if (r->spoken && r->spoken->pages && r->spoken->pages->n)
		return find_in_pages(r->spoken->pages, event);
	if (find_in_call(f->call, &x))
		return x.words;
	for (const struct call *leg = f->call ? f->call->legs : NULL; leg; leg = leg->next_leg)
		if (find_in_call(leg, &x))
			return x.words;
	if (!find_in_tunnel(f->tunnel, &x))
		find(r->spoken, &x);
	return x.words;
}
