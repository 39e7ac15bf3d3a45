#include "watch.h"

#include "limits.h"
#include "once.h"
#include "rules.h"
#include "spoken.h"

struct watch_memory {
	struct watch_memory *next;
	watch_see *see;
	uint64_t octets[]; /* aligned for any of the watchers' structs */
};

static const struct watch_memory *recall(const struct watch_memory *m, watch_see *see)
{
	while (m && m->see != see)
		m = m->next;
	return m;
}

/* When the arena is full every subject shares one memory: findings may then be wrong, but the
 * full arena is itself a finding. */
static void *spare_memory(size_t size)
{
	static uint64_t spare[WATCH_MEMORY / sizeof(uint64_t)];

	return memset(spare, 0, size);
}

static void *memory_of(struct watch *w, struct watch_memory **list, struct arena *arena)
{
	size_t size = w->watcher->memory;
	struct watch_memory *m = *list;

	while (m && m->see != w->watcher->see)
		m = m->next;
	if (m)
		return m->octets;
	m = arena_alloc(arena, sizeof(*m) + size);
	if (!m)
		return spare_memory(size);
	memset(m->octets, 0, size);
	m->see = w->watcher->see;
	m->next = *list;
	*list = m;
	return m->octets;
}

void *watch_session(struct watch *w)
{
	return w->s ? memory_of(w, &live_session(w->s)->memory, live_session(w->s)->arena)
		    : watch_tunnel(w);
}

void *watch_tunnel(struct watch *w)
{
	return w->t ? memory_of(w, &live_tunnel(w->t)->memory, live_tunnel(w->t)->arena)
		    : watch_vantage(w);
}

void *watch_vantage(struct watch *w)
{
	return memory_of(w, &w->c->observer->memory, w->c->observer->arena);
}

const void *watch_recall(const struct session *s, watch_see *see)
{
	const struct live_session *ls = (const struct live_session *)s;
	const struct watch_memory *m = s ? recall(ls->memory, see) : NULL;

	return m ? m->octets : NULL;
}

const void *watch_recall_tunnel(const struct tunnel *t, watch_see *see)
{
	const struct live_tunnel *lt = (const struct live_tunnel *)t;
	const struct watch_memory *m = t ? recall(lt->memory, see) : NULL;

	return m ? m->octets : NULL;
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

static struct watch watch_of(struct context *c, const struct watcher *watcher)
{
	return (struct watch){.c = c,
			      .e = c->event,
			      .t = c->tunnel,
			      .s = c->session,
			      .from = c->from,
			      .delivery = c->delivery,
			      .watcher = watcher};
}

/* The watchers of each kind of event, version of tunnel (0: of none) and kind of PPP packet, in the
 * order of the tables. */
enum { KINDS = EVENT_OTHER + 1, VERSIONS = 4, PPP_KINDS = 4 };
static const struct watcher **watchers_of[KINDS][VERSIONS][PPP_KINDS];
static struct once is_sorted = ONCE_INIT;

static bool is_asked(const struct watcher *w, unsigned kind, unsigned version, unsigned ppp)
{
	return w->kinds & WATCH(kind) && (!w->versions || w->versions & WATCH_VERSION(version)) &&
	       (kind != EVENT_PPP || !w->ppp || w->ppp & 1u << ppp);
}

static const struct watcher **watchers_list(unsigned kind, unsigned version, unsigned ppp)
{
	const struct watcher **all = must_alloc(1, sizeof(const struct watcher *));
	size_t n = 0;

	for (size_t i = 0; i < N_RULE_TABLES; i++) {
		for (size_t k = 0; k < rule_tables[i]->n_watchers; k++) {
			const struct watcher *watcher = &rule_tables[i]->watchers[k];

			if (!is_asked(watcher, kind, version, ppp))
				continue;
			all = must_grow(all, n + 2, sizeof(const struct watcher *));
			all[n++] = watcher;
			all[n] = NULL;
		}
	}
	return all;
}

static void watchers_sort(void)
{
	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned version = 0; version < VERSIONS; version++)
			for (unsigned ppp = 0; ppp < PPP_KINDS; ppp++)
				watchers_of[kind][version][ppp] = watchers_list(kind, version, ppp);
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

static const struct watcher **watchers_for(const struct context *c)
{
	unsigned version = c->tunnel ? c->tunnel->version & (VERSIONS - 1u) : 0;
	unsigned ppp = c->event->kind == EVENT_PPP ? ppp_kind(c->event->ppp.protocol) : 0;

	once(&is_sorted, watchers_sort);
	return watchers_of[c->event->kind][version][ppp];
}

void watch_event(struct context *c)
{
	struct watch w = watch_of(c, NULL);
	struct arena *outside = c->arena;

	if (c->tunnel)
		context_in_tunnel(c, c->tunnel);
	for (const struct watcher **at = watchers_for(c); *at; at++) {
		w.watcher = *at;
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
	switch (w->watcher->wish ? w->watcher->wish(w) : WISH_EVENTS) {
	case WISH_NOTHING:
		return true;
	case WISH_GLANCES:
		if (*ret_n == WATCH_GLANCES)
			return false;
		ret[(*ret_n)++] = (struct watch_glance){w->watcher, w->watcher->remember(w)};
		return true;
	case WISH_EVENTS:
		break;
	}
	return false;
}

bool watch_glances(struct context *c, struct watch_glance ret[WATCH_GLANCES], size_t *ret_n)
{
	*ret_n = 0;
	for (const struct watcher **at = watchers_for(c); *at; at++) {
		struct watch w = watch_of(c, *at);

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
