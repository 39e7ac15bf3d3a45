/* The phases of a call and of its tunnel as bars over the time. */
#include <inttypes.h>
#include <stdlib.h>

#include "tui.h"

enum { PHASES = 16, NAME = 16, NUMBERS = 38 }; /* columns before the bars */

struct phase {
	const char *name;
	double from, to; /* seconds since the earliest record */
	bool is_open;    /* its end was not seen: it goes on as far as the call is known */
	const struct mark *mark;
};

struct bars {
	struct screen screen;
	const struct call *call;
	struct phase phases[PHASES];
	size_t n;
	double first, last;  /* of all */
	double left, length; /* what is in sight */
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
	add(l, name, earlier(l, &cp->side[0].first_request, &cp->side[1].first_request),
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

static size_t bar_room(const struct tui *t)
{
	return t->canvas->columns > NUMBERS + 10 ? t->canvas->columns - NUMBERS - 2 : 10;
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

static void line(struct screen *s, size_t row, struct text *t)
{
	const struct bars *l = (const struct bars *)s;
	const struct phase *p = &l->phases[row];
	size_t room = bar_room(s->tui);
	long from = column_of(l, p->from, room);
	long to = column_of(l, p->to, room);

	text_printf(t, " %s\033[%dG%+10.3f %9.3f%s\033[%dG%s", p->name, NAME + 2,
		    p->from - l->first, p->to - p->from, p->is_open ? "+" : "", NUMBERS + 1,
		    p->is_open ? "\033[33m" : "\033[32m");
	for (long x = 0; x < (long)room; x++) {
		if (x == from || (x > from && x < to))
			text_puts(t, p->is_open && x == to - 1 ? "▶" : "█");
		else
			text_putc(t, ' ');
	}
}

static void head(struct screen *s, struct text *t)
{
	const struct bars *l = (const struct bars *)s;
	size_t room = bar_room(s->tui);

	text_printf(t, " phase\033[%dG     start      took\033[%dG%+.3f s", NAME + 2, NUMBERS + 1,
		    l->left - l->first);
	text_printf(t, "\033[%zuG%+.3f s", NUMBERS + room / 2, l->left + l->length / 2 - l->first);
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

static void close_bars(struct screen *s)
{
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
	.act = act,
	.refresh = refresh,
	.call = call,
	.tunnel = tunnel,
	.event = event,
	.close = close_bars,
};

void tui_open_bars(struct tui *t, const struct call *c)
{
	struct bars *l = must_alloc(1, sizeof(*l));

	*l = (struct bars){.screen = {.class = &class}, .call = c};
	tui_push(t, &l->screen);
}
