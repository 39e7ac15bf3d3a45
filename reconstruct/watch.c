#include "watch.h"

#include "limits.h"
#include "once.h"
#include "rules.h"
#include "spoken.h"

/* The watchers in the order of the tables, and where each remembers. */
struct placed {
	const struct watcher *watcher;
	size_t memory; /* rows of one function share it */
};
static struct placed *watchers;
static size_t n_watchers, n_memories;

static const void *recall(const struct watch_memory *m, watch_see *see)
{
	for (size_t i = 0; m && i < n_watchers; i++)
		if (watchers[i].watcher->see == see)
			return m[watchers[i].memory].at;
	return NULL;
}

/* When the arena is full every subject shares one memory: findings may then be wrong, but the
 * full arena is itself a finding. */
static void *spare_memory(size_t size)
{
	static uint64_t spare[WATCH_MEMORY / sizeof(uint64_t)];

	return memset(spare, 0, size);
}

void *watch_first(struct watch *w, struct watch_memory **all, struct arena *arena)
{
	size_t size = w->watcher->memory;
	void *made;

	if (!*all)
		*all = arena_array(arena, n_memories, sizeof(**all));
	made = *all ? arena_alloc(arena, size) : NULL;
	if (!made)
		return spare_memory(size);
	(*all)[w->memory].at = made;
	return made;
}

void *watch_vantage(struct watch *w)
{
	return watch_memory(w, &w->c->observer->memory, w->c->observer->arena);
}

void *watch_room(struct watch *w, size_t size)
{
	struct arena *arena = w->s   ? live_session(w->s)->arena
			      : w->t ? live_tunnel(w->t)->arena
				     : w->c->observer->arena;
	void *made = arena_alloc(arena, size);

	return made ? made : spare_memory(size);
}

const void *watch_recall(const struct session *s, watch_see *see)
{
	const struct live_session *ls = (const struct live_session *)s;

	return s ? recall(ls->memory, see) : NULL;
}

const void *watch_recall_tunnel(const struct tunnel *t, watch_see *see)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)t;

	return t ? recall(lt->memory, see) : NULL;
}

static struct finding **place(struct finding **list, const char *rule)
{
	while (*list && strcmp((*list)->rule->id, rule) != 0)
		list = &(*list)->next;
	return list;
}

static struct finding *raise_in(struct watch *w, struct finding **list, const char *rule,
				const char *format, va_list values)
	__attribute__((format(printf, 4, 0)));

static struct finding *raise_in(struct watch *w, struct finding **list, const char *rule,
				const char *format, va_list values)
{
	static struct finding spare;
	struct finding **at = place(list, rule);
	struct finding *f = *at;
	struct text text;

	if (f) {
		f->count++;
		if (f->n_evidence < LIMIT_FINDINGS_PER_RULE) {
			struct mark mark = spoken_mark(w->c);

			finding_more(w->c->arena, f, &mark);
		}
		return f;
	}
	f = arena_alloc(w->c->arena, sizeof(*f));
	if (!f) {
		spare = (struct finding){0};
		return &spare;
	}
	*f = (struct finding){.rule = rule_named(rule), .mark = spoken_mark(w->c), .count = 1};
	f->severity = f->rule->severity;
	f->cause = str_of(f->rule->explain);
	text = text_make(LIMIT_RECORD);
	text_vprintf(&text, format, values);
	f->text = arena_str(w->c->arena, text_str(&text));
	text_free(&text);
	mark_set_stamp(w->c->arena, &f->mark, w->e->stamp);
	finding_more(w->c->arena, f, &f->mark);
	*at = f;
	return f;
}

struct finding *watch_raise(struct watch *w, const char *rule, const char *format, ...)
{
	struct finding **list = w->s   ? &w->s->observed
				: w->t ? &w->t->observed
				       : &w->c->observer->observed;
	struct arena *outside = w->c->arena;
	struct finding *f;
	va_list values;

	if (w->s)
		context_in_session(w->c, w->s);
	va_start(values, format);
	f = raise_in(w, list, rule, format, values);
	va_end(values);
	w->c->arena = outside;
	return f;
}

struct finding *watch_raise_tunnel(struct watch *w, const char *rule, const char *format, ...)
{
	struct finding *f;
	va_list values;

	va_start(values, format);
	f = raise_in(w, w->t ? &w->t->observed : &w->c->observer->observed, rule, format, values);
	va_end(values);
	return f;
}

static struct watch watch_of(struct context *c)
{
	return (struct watch){.c = c,
			      .e = c->event,
			      .t = c->tunnel,
			      .s = c->session,
			      .from = c->from,
			      .delivery = c->delivery};
}

/* ---- who is asked ---- */

/* An event as far as a row of a watcher tells it: its kind; of a control message its type, of a PPP
 * packet its kind and code. */
struct subject {
	unsigned kind, line, ppp, code, is_numbered;
};

enum {
	KINDS = EVENT_OTHER + 1,
	LINES = 5, /* version of the tunnel, 0: of none; then what is no tunnel */
	LINE_BARE = LINES - 1,
	CODES = 16, /* the last one: all others */
	PPP_KINDS = 4,
	MESSAGES = 32,
	SUBJECTS = KINDS + MESSAGES + PPP_KINDS * CODES
};

/* Of each subject the watchers that are asked, by place, in rows of n_watchers and NOBODY, which
 * ends it. */
enum { NOBODY = 255 };
static uint8_t *asked;
static struct once is_sorted = ONCE_INIT;

static uint8_t *asked_row(const struct subject *s)
{
	size_t i = s->kind;

	if (s->kind == EVENT_CONTROL)
		i = KINDS + s->code;
	else if (s->kind == EVENT_PPP)
		i = KINDS + MESSAGES + s->ppp * CODES + s->code;
	return asked + ((s->line * 2 + s->is_numbered) * SUBJECTS + i) * (n_watchers + 1);
}

/* The place of its bit among enum watch_ppp. */
static unsigned ppp_kind(uint16_t protocol)
{
	if (protocol == PPP_LCP)
		return 0;
	if ((protocol & 0xc000) == 0x8000)
		return 1;
	return protocol == PPP_PAP || protocol == PPP_CHAP || protocol == PPP_EAP ? 2 : 3;
}

static struct subject subject_of(const struct context *c)
{
	const struct event *e = c->event;
	struct subject s = {.kind = e->kind, .is_numbered = e->l2tp.has_sequence};

	if (c->tunnel)
		s.line = c->tunnel->carrier > CARRIER_L2F ? LINE_BARE
							  : c->tunnel->version % LINE_BARE;
	if (e->kind == EVENT_CONTROL) {
		s.code = e->control.message < MESSAGES ? e->control.message : MESSAGES - 1;
	} else if (e->kind == EVENT_PPP) {
		s.ppp = ppp_kind(e->ppp.protocol);
		s.code = e->ppp.code < CODES ? e->ppp.code : CODES - 1;
	}
	return s;
}

/* Which of its codes tell a kind of event. */
static const unsigned codes_of[KINDS] = {
	[EVENT_CONTROL] = MESSAGES,
	[EVENT_PPP] = CODES,
};

static bool is_asked(const struct watcher *w, const struct subject *s)
{
	if (!(w->kinds & WATCH(s->kind)) || (w->lines && !(w->lines & 1u << s->line)))
		return false;
	if (w->is_numbered && !s->is_numbered)
		return false;
	if (s->kind == EVENT_CONTROL)
		return !w->messages || w->messages & WATCH_MESSAGE(s->code);
	if (s->kind != EVENT_PPP)
		return true;
	return (!w->ppp || w->ppp & 1u << s->ppp) && (!w->codes || w->codes & WATCH_CODE(s->code));
}

static void asked_note(const struct subject *s)
{
	uint8_t *to = asked_row(s);

	for (size_t i = 0; i < n_watchers; i++)
		if (is_asked(watchers[i].watcher, s))
			*to++ = (uint8_t)i;
	*to = NOBODY;
}

static void asked_of_kind(struct subject s)
{
	const unsigned ppp = s.kind == EVENT_PPP ? PPP_KINDS : 1;
	const unsigned codes = codes_of[s.kind] ? codes_of[s.kind] : 1;

	for (s.ppp = 0; s.ppp < ppp; s.ppp++)
		for (s.code = 0; s.code < codes; s.code++)
			asked_note(&s);
}

static void watcher_place(const struct watcher *w)
{
	size_t first = 0;

	watchers = must_grow(watchers, n_watchers + 1, sizeof(*watchers));
	watchers[n_watchers] = (struct placed){.watcher = w, .memory = n_memories};
	while (watchers[first].watcher->see != w->see)
		first++;
	if (first < n_watchers)
		watchers[n_watchers].memory = watchers[first].memory;
	else
		n_memories += w->memory > 0;
	n_watchers++;
}

static void watchers_sort(void)
{
	struct subject s = {0};

	for (size_t i = 0; i < N_RULE_TABLES; i++)
		for (size_t k = 0; k < rule_tables[i]->n_watchers; k++)
			watcher_place(&rule_tables[i]->watchers[k]);
	asked = must_alloc(2 * LINES * SUBJECTS, n_watchers + 1);
	for (s.line = 0; s.line < LINES; s.line++)
		for (s.is_numbered = 0; s.is_numbered < 2; s.is_numbered++)
			for (s.kind = 0; s.kind < KINDS; s.kind++)
				asked_of_kind(s);
}

/* The one at that place sees it now. */
static inline void watch_is(struct watch *w, uint8_t place)
{
	w->watcher = watchers[place].watcher;
	w->memory = watchers[place].memory;
}

static const uint8_t *asked_of(const struct context *c)
{
	const struct subject s = subject_of(c);

	once(&is_sorted, watchers_sort);
	return asked_row(&s);
}

void watch_event(struct context *c)
{
	struct watch w = watch_of(c);
	struct arena *outside = c->arena;

	if (c->tunnel)
		context_in_tunnel(c, c->tunnel);
	for (const uint8_t *at = asked_of(c); *at != NOBODY; at++) {
		watch_is(&w, *at);
		w.watcher->see(&w);
	}
	c->arena = outside;
}

enum watch_wish watch_no_l2tpv2(struct watch *w)
{
	return w->e->l2tp.version == 2 ? WISH_NOTHING : WISH_EVENTS;
}

/* False: it wants events. */
static bool glances_add(struct watch *w, struct watch_glance ret[WATCH_GLANCES], size_t *ret_n)
{
	const struct watcher *watcher = w->watcher;

	switch (watcher->wish ? watcher->wish(w) : WISH_EVENTS) {
	case WISH_NOTHING:
		return true;
	case WISH_GLANCES:
		if (*ret_n == WATCH_GLANCES)
			return false;
		ret[(*ret_n)++] = (struct watch_glance){watcher, watcher->remember(w)};
		return true;
	case WISH_EVENTS:
		break;
	}
	return false;
}

bool watch_glances(struct context *c, struct watch_glance ret[WATCH_GLANCES], size_t *ret_n)
{
	struct watch w = watch_of(c);

	*ret_n = 0;
	for (const uint8_t *at = asked_of(c); *at != NOBODY; at++) {
		watch_is(&w, *at);
		if (!glances_add(&w, ret, ret_n))
			return false;
	}
	return true;
}

void observed_join(struct finding **a, struct finding **b, bool is_same_time)
{
	while (*b) {
		struct finding *f = *b, **at = place(a, f->rule->id);

		*b = f->next;
		f->next = NULL;
		if (!*at)
			*at = f;
		else if (!is_same_time)
			(*at)->count += f->count;
		else if (f->count > (*at)->count)
			(*at)->count = f->count;
	}
}
