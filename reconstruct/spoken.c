#include "spoken_parts.h"

#include <stdlib.h>

#include "arena_room.h"
#include "cp_link.h"
#include "ip.h"

struct kept {
	struct str octets;
	enum form form;
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

struct mark spoken_mark(struct context *c)
{
	struct mark mark = c->mark;

	if (c->event->kind != EVENT_DATA && c->event->kind != EVENT_OTHER &&
	    c->observer->options->say && mark_is_mute(&mark))
		mark_set_text(c->arena, &mark, words_now(c));
	return mark;
}
