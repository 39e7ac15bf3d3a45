/* Findings, why calls failed first; below them what the one at the cursor says in full. */
#include <inttypes.h>
#include <stdlib.h>

#include "cause_group.h"
#include "findings.h"
#include "pick.h"
#include "tui.h"

struct row {
	const struct cause_group *group; /* a heading, or */
	const struct finding *finding;   /* NULL with no group: the heading of all others */
};

struct found {
	struct screen screen;
	const struct call *call; /* NULL: of all */
	struct cause_groups groups;
	struct row *rows;
	size_t n, room;
	size_t by_severity[SEVERITY_ERROR + 1];
	char *details; /* of `detailed` */
	size_t details_length;
	const struct finding *detailed;
	size_t detailed_width;
};

/* ---- rows ---- */

static void add(struct found *l, struct row row)
{
	if (l->n == l->room) {
		l->room = l->room == 0 ? 256 : l->room * 2;
		l->rows = must_grow(l->rows, l->room, sizeof(*l->rows));
	}
	l->rows[l->n++] = row;
}

static bool is_shown(struct found *l, const struct finding *f)
{
	struct run *r = l->screen.tui->run;

	if (l->call != NULL)
		return f->call == l->call ||
		       (f->call == NULL && f->tunnel != NULL && f->tunnel == l->call->tunnel);
	return run_shows_finding(r, f) && !pick_drops(r->pick, f);
}

static bool is_bad(uint8_t outcome)
{
	return outcome == OUTCOME_FAILED || outcome == OUTCOME_DROPPED;
}

/* The group whose calls, or tunnels without a call, the finding is about; the first that fits. */
static const struct cause_group *group_of(const struct found *l, const struct finding *f)
{
	for (size_t i = 0; i < l->groups.n; i++) {
		const struct cause_group *g = &l->groups.at[i];
		const char *cause = NULL;

		if (!g->of_tunnels && f->call != NULL && is_bad((uint8_t)f->call->outcome))
			cause = f->call->cause;
		else if (g->of_tunnels && f->call == NULL && f->tunnel != NULL &&
			 is_bad(f->tunnel->outcome))
			cause = f->tunnel->cause;
		if (cause != NULL && g->cause != NULL && strcmp(cause, g->cause) == 0)
			return g;
	}
	return NULL;
}

static void add_group(struct found *l, const struct cause_group *g)
{
	bool has_heading = g == NULL && l->groups.n == 0;

	for (const struct finding *f = l->screen.tui->run->report->findings; f != NULL;
	     f = f->next) {
		if (!is_shown(l, f) || group_of(l, f) != g)
			continue;
		if (!has_heading)
			add(l, (struct row){.group = g});
		has_heading = true;
		add(l, (struct row){.finding = f});
		l->by_severity[f->severity]++;
	}
}

static void refresh(struct screen *s)
{
	struct found *l = (struct found *)s;

	free(l->groups.at);
	l->groups = (struct cause_groups){0};
	if (l->call == NULL)
		l->groups = cause_groups_of(s->tui->run);
	l->n = 0;
	memset(l->by_severity, 0, sizeof(l->by_severity));
	for (size_t i = 0; i < l->groups.n; i++)
		add_group(l, &l->groups.at[i]);
	add_group(l, NULL);
	l->detailed = NULL;
	l->detailed_width = 0;
}

static size_t rows(struct screen *s)
{
	return ((struct found *)s)->n;
}

static const struct finding *finding_at(struct screen *s, size_t row)
{
	const struct found *l = (const struct found *)s;

	return row < l->n ? l->rows[row].finding : NULL;
}

static int severity(struct screen *s, size_t row)
{
	const struct finding *f = finding_at(s, row);

	return f == NULL ? -1 : (int)f->severity;
}

/* ---- drawing ---- */

static void line(struct screen *s, size_t at, struct text *t)
{
	static const char *const colors[] = {"\033[36m", "\033[33m", "\033[31m"};
	const struct found *l = (const struct found *)s;
	const struct row *row = &l->rows[at];
	const struct finding *f = row->finding;
	bool show_secrets = s->tui->options.show_secrets;

	if (f == NULL) {
		text_puts(t, "\033[1m");
		if (row->group != NULL)
			cause_group_words(t, &l->groups, row->group, show_secrets);
		else
			text_puts(t, "other findings");
		return;
	}
	text_printf(t, " %s%s\033[0m\033[11G", colors[f->severity], severity_word(f->severity));
	if (f->call != NULL)
		text_printf(t, "call %" PRIu64, f->call->number);
	else if (f->tunnel != NULL)
		text_printf(t, "tunnel %" PRIu64, f->tunnel->number);
	text_printf(t, "\033[22G%s", f->rule->id);
	if (f->count > 1)
		text_printf(t, " ×%" PRIu64, f->count);
	text_puts(t, ": ");
	term_untrusted(t, f->text.len > 0 ? f->text : str_of(f->rule->title), show_secrets);
}

static void print_details(struct run *r, const void *what)
{
	finding_print(r, what, 0);
}

static void find_details(struct found *l, const struct finding *f, size_t width)
{
	if (l->detailed == f && l->detailed_width == width)
		return;
	free(l->details);
	l->details = NULL;
	l->details_length = 0;
	l->detailed = f;
	l->detailed_width = width;
	if (f != NULL)
		l->details = tui_print(l->screen.tui, width, print_details, f, &l->details_length);
}

static struct area frame(struct screen *s, struct canvas *c, struct area a)
{
	enum { LOW = 12 };
	struct found *l = (struct found *)s;
	struct area below = a;
	struct str rest;

	if (a.bottom - a.top < LOW)
		return a;
	below.top = a.bottom - (a.bottom - a.top) * 2 / 5;
	a.bottom = below.top;
	find_details(l, finding_at(s, s->at), a.right - a.left);
	rest = (struct str){l->details, l->details_length};
	for (size_t i = 0; rest.len > 0; i++)
		canvas_line(c, below, i, 0, tui_next_line(&rest));
	below.top--;
	canvas_flag(c, a, a.bottom - a.top - 1, 0);
	return a;
}

static void title(struct screen *s, struct text *t)
{
	const struct found *l = (const struct found *)s;

	if (l->call != NULL)
		text_printf(t, "of call %" PRIu64 ": ", l->call->number);
	text_printf(t, "%zu errors, %zu warnings, %zu notes", l->by_severity[SEVERITY_ERROR],
		    l->by_severity[SEVERITY_WARNING], l->by_severity[SEVERITY_NOTE]);
}

/* ---- what a row is about ---- */

static const struct call *call(struct screen *s, size_t row)
{
	const struct found *l = (const struct found *)s;
	const struct finding *f = finding_at(s, row);

	if (f == NULL)
		return l->rows[row].group == NULL ? NULL : l->rows[row].group->call;
	return f->call;
}

static const struct tunnel *tunnel(struct screen *s, size_t row)
{
	const struct found *l = (const struct found *)s;
	const struct finding *f = finding_at(s, row);

	if (f == NULL)
		return l->rows[row].group == NULL ? NULL : l->rows[row].group->tunnel;
	return f->tunnel != NULL ? f->tunnel : f->call == NULL ? NULL : f->call->tunnel;
}

/* Its first evidence. */
static uint64_t event(struct screen *s, size_t row)
{
	const struct finding *f = finding_at(s, row);

	if (f == NULL)
		return 0;
	for (size_t i = 0; i < f->n_evidence; i++) {
		if (mark_number(&f->evidence[i]) != 0)
			return mark_number(&f->evidence[i]);
	}
	return mark_number(&f->mark);
}

static void close_found(struct screen *s)
{
	struct found *l = (struct found *)s;

	free(l->groups.at);
	free(l->rows);
	free(l->details);
	free(l);
}

static const struct screen_class class = {
	.name = "findings",
	.on = ON_FINDINGS,
	.title = title,
	.rows = rows,
	.line = line,
	.frame = frame,
	.refresh = refresh,
	.call = call,
	.tunnel = tunnel,
	.event = event,
	.severity = severity,
	.close = close_found,
};

void tui_open_findings(struct tui *t, const struct call *c)
{
	struct found *l = must_alloc(1, sizeof(*l));

	*l = (struct found){.screen = {.class = &class}, .call = c};
	tui_push(t, &l->screen);
}
