/* The phases of a call and of its tunnel as bars over the time. */
#include <inttypes.h>
#include <stdlib.h>

#include "tui_brief.h"

enum { PHASES = 64, TICK = 16 };

struct phase {
	const char *name;
	double from, to; /* seconds since the earliest record */
	bool is_open;    /* its end was not seen: it goes on as far as the call is known */
	const struct mark *mark;
	const struct finding *finding; /* a sign at its place, no bar; NULL: a phase */
};

/* Columns: of the names, of the numbers behind them, and of the bars. */
struct bar_columns {
	size_t name, numbers, bars;
};

struct bars {
	struct screen screen;
	const struct call *call;
	struct phase phases[PHASES];
	size_t n;
	double first, last;  /* of all */
	double left, length; /* what is in sight */
	struct tui_brief brief;
};

static bool seconds(const struct bars *l, const struct mark *m, double *ret)
{
	return m != NULL && m->is_set && report_seconds(l->screen.tui->run->report, m, ret);
}

/* The earlier one of two, as far as they are known. */
static const struct mark *earlier(const struct bars *l, const struct mark *a, const struct mark *b)
{
	double x, y;

	if (!seconds(l, a, &x))
		return b;
	return seconds(l, b, &y) && y < x ? b : a;
}

static void add(struct bars *l, const char *name, const struct mark *from, const struct mark *to)
{
	struct phase p = {.name = name, .mark = from};

	if (l->n == PHASES || !seconds(l, from, &p.from))
		return;
	p.is_open = !seconds(l, to, &p.to);
	if (p.is_open || p.to < p.from)
		p.to = p.from;
	l->phases[l->n++] = p;
}

static void add_protocol(struct bars *l, const char *name, const struct cp *cp)
{
	add(l, name, earlier(l, side_first_request(&cp->side[0]), side_first_request(&cp->side[1])),
	    &cp->opened);
}

static void add_link(struct bars *l, const struct session *s)
{
	const struct ppp_link *p = &s->ppp;
	const struct auth *auth =
		link_auth(p, CLIENT)->first.is_set ? link_auth(p, CLIENT) : link_auth(p, LNS);

	add_protocol(l, "LCP at the LAC", link_cp(p, CP_LCP_AT_LAC));
	add_protocol(l, "LCP", link_cp(p, CP_LCP));
	add(l, "authentication", &auth->first, &auth->decided);
	add_protocol(l, "CCP", link_cp(p, CP_CCP));
	add_protocol(l, "IPCP", link_cp(p, CP_IPCP));
	add_protocol(l, "IPV6CP", link_cp(p, CP_IPV6CP));
}

/* Below the phases what is wrong, where it was seen first. */
static void add_findings(struct bars *l, const struct finding_link *first)
{
	for (; first != NULL && l->n < PHASES; first = first->next) {
		const struct finding *f = first->finding;
		const struct mark *at = f->n_evidence > 0 ? &f->evidence[0] : &f->mark;
		struct phase p = {.name = f->rule->id, .mark = at, .finding = f};

		if (!seconds(l, at, &p.from))
			continue;
		p.to = p.from;
		l->phases[l->n++] = p;
	}
}

static void find_span(struct bars *l)
{
	double last_seen;

	l->first = l->last = l->n > 0 ? l->phases[0].from : 0;
	for (size_t i = 0; i < l->n; i++) {
		l->first = l->phases[i].from < l->first ? l->phases[i].from : l->first;
		l->last = l->phases[i].to > l->last ? l->phases[i].to : l->last;
	}
	if (l->call->session != NULL && seconds(l, &l->call->session->last, &last_seen) &&
	    last_seen > l->last)
		l->last = last_seen;
	for (size_t i = 0; i < l->n; i++) {
		if (l->phases[i].is_open)
			l->phases[i].to = l->last;
	}
	if (l->last <= l->first)
		l->last = l->first + 0.001;
}

static void refresh(struct screen *s)
{
	struct bars *l = (struct bars *)s;
	const struct call *c = l->call;
	const struct session *one;

	tui_read(s->tui, c, NULL, 0);
	one = c->session;
	tui_brief_free(&l->brief);
	l->n = 0;
	if (c->tunnel != NULL) {
		add(l, "tunnel setup", &c->tunnel->start, &c->tunnel->connected);
		add(l, "tunnel up", &c->tunnel->connected, &c->tunnel->ended);
	}
	if (one != NULL)
		add(l, "session setup", &c->requested,
		    earlier(l, &one->established[LAC], &one->established[LNS]));
	for (; one != NULL; one = one->joined) {
		if (one->ppp.first.is_set || one->joined == NULL) {
			add_link(l, one);
			break;
		}
	}
	add(l, "up", &c->connected, &c->end);
	if (c->session != NULL)
		add(l, "clearing", &c->end, &c->session->last);
	add_findings(l, c->findings);
	if (c->tunnel != NULL)
		add_findings(l, c->tunnel->findings);
	find_span(l);
	if (l->length <= 0) {
		l->left = l->first;
		l->length = l->last - l->first;
	}
}

static size_t rows(struct screen *s)
{
	return ((struct bars *)s)->n;
}

/* ---- drawing ---- */

static struct bar_columns columns_of(const struct tui *t)
{
	enum { NARROW = 60, WIDE = 100, NAME = 16, LONG_NAME = 26, NUMBERS = 21, LEAST = 10 };
	size_t all = t->canvas->columns;
	struct bar_columns c = {.name = all < NARROW ? NAME
					: all < WIDE ? NAME + 2
						     : LONG_NAME,
				.numbers = all < NARROW ? 0 : NUMBERS};

	c.bars = all > c.name + c.numbers + 3 + LEAST ? all - c.name - c.numbers - 3 : LEAST;
	return c;
}

static long column_of(const struct bars *l, double at, size_t room)
{
	double part = (at - l->left) / l->length;

	if (part < -1)
		part = -1;
	if (part > 2)
		part = 2;
	return (long)(part * (double)room);
}

static void write_bar(const struct bars *l, const struct phase *p, size_t room, struct text *t)
{
	long from = column_of(l, p->from, room);
	long to = column_of(l, p->to, room);

	text_puts(t, p->is_open ? "\033[33m" : "\033[32m");
	for (long x = 0; x < (long)room; x++) {
		if (x == from || (x > from && x < to))
			text_puts(t, p->is_open && x == to - 1 ? "▶" : "█");
		else
			text_putc(t, ' ');
	}
}

static void write_sign(const struct bars *l, const struct phase *p, size_t room, struct text *t)
{
	static const char letters[] = {'n', 'w', 'E'};
	long at = column_of(l, p->from, room);

	at = at == (long)room ? at - 1 : at;
	for (long x = 0; x < at && x < (long)room; x++)
		text_putc(t, ' ');
	if (at >= 0 && at < (long)room)
		text_putc(t, letters[p->finding->severity]);
}

static void line(struct screen *s, size_t row, struct text *t)
{
	static const char *const colors[] = {"\033[36m", "\033[33m", "\033[31m"};
	const struct bars *l = (const struct bars *)s;
	const struct phase *p = &l->phases[row];
	struct bar_columns c = columns_of(s->tui);

	if (p->finding != NULL)
		text_puts(t, colors[p->finding->severity]);
	text_putc(t, ' ');
	screen_cell(t, str_of(p->name), c.name);
	if (c.numbers > 0)
		text_printf(t, "\033[%zuG%+10.3f", c.name + 3, p->from - l->first);
	if (c.numbers > 0 && p->finding == NULL)
		text_printf(t, " %9.3f%s", p->to - p->from, p->is_open ? "+" : "");
	text_printf(t, "\033[%zuG", c.name + c.numbers + 3);
	if (p->finding == NULL)
		write_bar(l, p, c.bars, t);
	else
		write_sign(l, p, c.bars, t);
}

/* The scale: seconds since the beginning, as many as there is room for. */
static void head(struct screen *s, struct text *t)
{
	const struct bars *l = (const struct bars *)s;
	struct bar_columns c = columns_of(s->tui);
	size_t n = c.bars / TICK > 0 ? c.bars / TICK : 1;

	text_puts(t, " phase");
	if (c.numbers > 0)
		text_printf(t, "\033[%zuG     start      took", c.name + 3);
	for (size_t i = 0; i < n; i++)
		text_printf(t, "\033[%zuG|%+.3f s", c.name + c.numbers + 3 + c.bars * i / n,
			    l->left - l->first + l->length * (double)i / (double)n);
}

/* The worst, for the keys that go to errors and warnings. */
static int severity(struct screen *s, size_t row)
{
	const struct finding *f = ((const struct bars *)s)->phases[row].finding;

	return f == NULL ? -1 : (int)f->severity;
}

static void title(struct screen *s, struct text *t)
{
	const struct bars *l = (const struct bars *)s;

	text_printf(t, "of call %" PRIu64 ", %.3f s", l->call->number, l->length);
}

/* ---- keys ---- */

static void zoom(struct bars *l, bool is_in)
{
	enum { DEEPEST = 1000000 };
	double all = l->last - l->first;
	double at = l->screen.at < l->n ? l->phases[l->screen.at].from : l->left;

	if (is_in && l->length > all / DEEPEST)
		l->length /= 2;
	else if (!is_in && l->length < all)
		l->length *= 2;
	l->left = at - l->length / 8;
	if (l->left < l->first || l->length >= all)
		l->left = l->first;
}

static bool act(struct screen *s, enum action a)
{
	struct bars *l = (struct bars *)s;

	switch (a) {
	case ACTION_ZOOM_IN:
	case ACTION_ZOOM_OUT:
		zoom(l, a == ACTION_ZOOM_IN);
		return true;
	case ACTION_LEFT:
		l->left -= l->length / 4;
		if (l->left < l->first)
			l->left = l->first;
		return true;
	case ACTION_RIGHT:
		if (l->left + l->length < l->last)
			l->left += l->length / 4;
		return true;
	default:
		return false;
	}
}

static const struct call *call(struct screen *s, size_t row)
{
	(void)row;
	return ((const struct bars *)s)->call;
}

static const struct tunnel *tunnel(struct screen *s, size_t row)
{
	(void)row;
	return ((const struct bars *)s)->call->tunnel;
}

static uint64_t event(struct screen *s, size_t row)
{
	return mark_number(((const struct bars *)s)->phases[row].mark);
}

static struct area frame(struct screen *s, struct canvas *c, struct area a)
{
	struct bars *l = (struct bars *)s;

	return tui_brief_frame(&l->brief, s->tui, c, a,
			       (struct brief_of){.call = l->call, .n_rows = l->n + 2});
}

static void close_bars(struct screen *s)
{
	tui_brief_free(&((struct bars *)s)->brief);
	free(s);
}

static const struct screen_class class = {
	.name = "timeline",
	.on = ON_BARS,
	.printed_by = "show",
	.title = title,
	.head = head,
	.rows = rows,
	.line = line,
	.frame = frame,
	.act = act,
	.refresh = refresh,
	.call = call,
	.tunnel = tunnel,
	.event = event,
	.severity = severity,
	.close = close_bars,
};

void tui_open_bars(struct tui *t, const struct call *c)
{
	struct bars *l = must_alloc(1, sizeof(*l));

	*l = (struct bars){.screen = {.class = &class}, .call = c};
	tui_push(t, &l->screen);
}
