#include "spoken_parts.h"

#include <stdlib.h>

#include "ip.h"
#include "l2tp.h"
#include "mark.h"
#include "ppp.h"

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

static bool find_in_parts(const struct live_session *part, struct search *x)
{
	for (; part; part = part->absorbed)
		if (find(part->spoken, x))
			return true;
	return false;
}

static bool find_in_session(const struct session *s, struct search *x)
{
	for (; s; s = s->joined)
		if (find_in_parts((const struct live_session *)s, x))
			return true;
	return false;
}

void spoken_keep(struct arena *a, const struct session *s, struct mark *mark)
{
	struct search x = {.event = mark_number(mark), .arena = a};

	if (mark->is_set && mark_is_mute(mark) && find_in_session(s, &x))
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
static size_t index_lines(const struct spoken *spoken, struct indexed *at, size_t n)
{
	struct walk walk = walk_through(spoken);

	for (const struct line *line; (line = walk_line(&walk)); n++)
		if (at)
			at[n] = (struct indexed){line_event(line), n, spoken, line};
	return n;
}

static size_t index_session(const struct session *s, struct indexed *at, size_t n)
{
	for (; s; s = s->joined)
		for (const struct live_session *part = (const struct live_session *)s; part;
		     part = part->absorbed)
			n = index_lines(part->spoken, at, n);
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

static bool find_in_halves(const struct live_tunnel *half, struct search *x)
{
	for (; half; half = half->absorbed)
		if (find(half->spoken, x))
			return true;
	return false;
}

/* Evidence is looked for again and again: once nothing more is told, by an index. */
static bool find_in_tunnel(const struct tunnel *t, struct search *x)
{
	struct live_tunnel *whole = (struct live_tunnel *)(uintptr_t)t;
	const struct spoken_index *index = NULL;

	for (const struct tunnel *joined = t; joined; joined = joined->joined)
		if (find_in_halves((const struct live_tunnel *)joined, x))
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

/* Two tunnels were compared, and it is a message of the other one. */
static void find_in_others(const struct report *r, const struct mark *m, struct search *x)
{
	for (const struct tunnel *t = r->tunnels; t && !x->words.len; t = tunnel_after(r, t))
		for (const struct tunnel *joined = t; joined; joined = joined->joined)
			if (joined->vantage == m->vantage &&
			    mark_number(&joined->first) <= x->event &&
			    x->event <= mark_number(&joined->last) &&
			    find_in_halves((const struct live_tunnel *)joined, x))
				break;
}

struct str spoken_of(const struct report *r, const struct finding *f, const struct mark *m)
{
	struct search x = {.event = mark_number(m), .arena = r->arena, .is_settled = !r->is_part};
	const struct view *view = report_view(r, m->vantage);
	const struct spoken *latest = view ? view->spoken : NULL;

	if (latest && latest->pages && latest->pages->n)
		return find_in_pages(latest->pages, x.event);
	if (find_in_call(f->call, &x))
		return x.words;
	for (const struct call *leg = f->call ? f->call->legs : NULL; leg; leg = leg->next_leg)
		if (find_in_call(leg, &x))
			return x.words;
	if (!find_in_tunnel(f->tunnel, &x) && !find(latest, &x))
		find_in_others(r, m, &x);
	return x.words;
}
