/* Findings, why calls failed first; below them what the one at the cursor says in full. */
#include <inttypes.h>
#include <stdlib.h>

#include "cause_group.h"
#include "findings.h"
#include "pick.h"
#include "tui.h"
#include "tui_alias.h"

struct row {
	const struct cause_group *group; /* a heading, or */
	const struct finding *finding;   /* NULL with no group: the heading of all others, or */
	size_t folded;                   /* so many more of the group before it */
};

/* A long group is shown by its first ones, so that the next cause is in sight, too. */
enum { LONG_GROUP = 12, SHOWN_OF_LONG = 10 };

/* A finding that is shown, and its group; the last one is of those that have none. */
struct grouped {
	const struct finding *finding;
	size_t group;
};

struct found {
	struct screen screen;
	const struct call *call; /* NULL: of all */
	struct cause_groups groups;
	struct row *rows;
	size_t n;
	bool *is_open; /* by group: all of it is shown */
	bool is_all_open;
	/* while they are collected, bit by bit */
	enum { LOOKS_AT_NOTHING, LOOKS_AT_CALLS, LOOKS_AT_FINDINGS } looks_at;
	const struct call *next_call;
	const struct finding *next_finding;
	struct grouped *grouped;
	size_t n_grouped, grouped_room;
	size_t by_severity[SEVERITY_ERROR + 1];
	char *details; /* of `detailed` */
	size_t details_length;
	const struct finding *detailed;
	size_t detailed_width;
};

/* ---- rows ---- */

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
static size_t group_of(const struct found *l, const struct finding *f)
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
			return i;
	}
	return l->groups.n;
}

static void take_finding(struct found *l, const struct finding *f)
{
	if (!is_shown(l, f))
		return;
	if (l->n_grouped == l->grouped_room) {
		l->grouped_room = l->grouped_room == 0 ? 256 : l->grouped_room * 2;
		l->grouped = must_grow(l->grouped, l->grouped_room, sizeof(*l->grouped));
	}
	l->grouped[l->n_grouped++] = (struct grouped){f, group_of(l, f)};
	l->by_severity[f->severity]++;
}

/* Of the `count` findings of a group those that stand in a row. The last group hides none. */
static size_t shown_of(const struct found *l, size_t group, size_t count)
{
	bool is_whole = l->is_all_open || l->is_open[group] || group == l->groups.n;

	return is_whole || count <= LONG_GROUP ? count : SHOWN_OF_LONG;
}

/* The rows of a group, as yet without findings; `next` is where its first one comes, `end` is
 * behind the last one. */
static size_t lay_group(struct found *l, size_t g, size_t at, size_t *next, size_t *end)
{
	size_t count = *next, shown = shown_of(l, g, count);

	if (count > 0 && l->groups.n > 0)
		l->rows[at++] = (struct row){.group = g < l->groups.n ? &l->groups.at[g] : NULL};
	*next = at;
	*end = at += shown;
	if (shown < count)
		l->rows[at++] = (struct row){.group = &l->groups.at[g], .folded = count - shown};
	return at;
}

/* Group by group, each below its heading; in a group as severe as they come. */
static void make_rows(struct found *l)
{
	size_t n = l->groups.n + 1, at = 0;
	size_t *next = must_alloc(2 * n, sizeof(*next)), *end = next + n;

	memset(next, 0, 2 * n * sizeof(*next));
	for (size_t i = 0; i < l->n_grouped; i++)
		next[l->grouped[i].group]++;
	free(l->rows);
	l->rows = must_alloc(l->n_grouped + 2 * n, sizeof(*l->rows));
	for (size_t g = 0; g < n; g++)
		at = lay_group(l, g, at, &next[g], &end[g]);
	for (size_t i = 0; i < l->n_grouped; i++) {
		size_t g = l->grouped[i].group;

		if (next[g] < end[g])
			l->rows[next[g]++] = (struct row){.finding = l->grouped[i].finding};
	}
	l->n = at;
	free(next);
}

/* The cursor stays on its finding. */
static void make_rows_again(struct found *l)
{
	struct screen *s = &l->screen;
	struct row under = s->at < l->n ? l->rows[s->at] : (struct row){0};

	make_rows(l);
	for (size_t i = 0; i < l->n; i++) {
		if (l->rows[i].finding == under.finding && l->rows[i].group == under.group &&
		    l->rows[i].folded == under.folded)
			screen_go(s, i);
	}
}

/* Whoever searches wants to find also what was folded away. */
static void unfold(struct screen *s)
{
	struct found *l = (struct found *)s;

	if (l->is_all_open || l->looks_at != LOOKS_AT_NOTHING)
		return;
	l->is_all_open = true;
	make_rows_again(l);
}

static bool act(struct screen *s, enum action a)
{
	struct found *l = (struct found *)s;
	const struct row *row = s->at < l->n ? &l->rows[s->at] : NULL;

	if (a != ACTION_ENTER || row == NULL || row->folded == 0)
		return false;
	l->is_open[row->group - l->groups.at] = true;
	make_rows(l);
	return true;
}

static bool look_at_calls(struct found *l, int64_t until)
{
	struct run *r = l->screen.tui->run;
	size_t unlooked = tui_unlooked(l->screen.tui);

	for (size_t i = 1; l->next_call != NULL; i++, l->next_call = l->next_call->next) {
		if (i % unlooked == 0 && tui_now() >= until)
			return false;
		cause_groups_take(r, &l->groups, l->next_call);
		run_rest(r, l->next_call->number);
	}
	cause_groups_take_tunnels(r, &l->groups);
	cause_groups_end(&l->groups);
	return true;
}

static bool look_at_findings(struct found *l, int64_t until)
{
	size_t unlooked = tui_unlooked(l->screen.tui);

	for (size_t i = 1; l->next_finding != NULL; i++, l->next_finding = l->next_finding->next) {
		if (i % unlooked == 0 && tui_now() >= until)
			return false;
		take_finding(l, l->next_finding);
		run_rest(l->screen.tui->run, l->n_grouped);
	}
	return true;
}

static bool work(struct screen *s, int64_t until)
{
	struct found *l = (struct found *)s;

	if (l->looks_at == LOOKS_AT_NOTHING)
		return false;
	if (l->looks_at == LOOKS_AT_CALLS) {
		if (!look_at_calls(l, until))
			return true;
		l->looks_at = LOOKS_AT_FINDINGS;
	}
	if (look_at_findings(l, until)) {
		l->looks_at = LOOKS_AT_NOTHING;
		l->is_open = must_alloc(l->groups.n + 1, sizeof(*l->is_open));
		memset(l->is_open, 0, (l->groups.n + 1) * sizeof(*l->is_open));
		make_rows(l);
		s->tui->is_new = true;
	}
	return true;
}

static void refresh(struct screen *s)
{
	struct found *l = (struct found *)s;
	const struct report *r = s->tui->run->report;

	free(l->groups.at);
	free(l->is_open);
	l->is_open = NULL;
	l->groups = cause_groups_new();
	l->n = l->n_grouped = 0;
	memset(l->by_severity, 0, sizeof(l->by_severity));
	l->detailed = NULL;
	l->detailed_width = 0;
	l->next_call = r->calls;
	l->next_finding = r->findings;
	l->looks_at = l->call == NULL ? LOOKS_AT_CALLS : LOOKS_AT_FINDINGS;
	work(s, tui_now());
}

static size_t rows(struct screen *s)
{
	return ((struct found *)s)->n;
}

/* Of a heading the first one below it. */
static const struct finding *finding_at(struct screen *s, size_t row)
{
	const struct found *l = (const struct found *)s;

	if (row + 1 < l->n && l->rows[row].finding == NULL && l->rows[row].folded == 0)
		row++;
	return row < l->n ? l->rows[row].finding : NULL;
}

static int severity(struct screen *s, size_t row)
{
	const struct finding *f = ((const struct found *)s)->rows[row].finding;

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

	if (row->folded > 0) {
		text_printf(t, " \033[2m… and %zu more: Enter shows them", row->folded);
		return;
	}
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
	tui_alias_put(s->tui, t, 0);
}

static void print_details(struct run *r, const void *what)
{
	struct consequences *all = consequences_new(r);

	finding_print(r, what, all, 0);
	consequences_free(all);
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

static void draw_details(const struct found *l, struct canvas *c, struct area a)
{
	struct str rest = {l->details, l->details_length};

	for (size_t i = 0; rest.len > 0; i++)
		canvas_line(c, a, i, 0, tui_next_line(&rest));
}

/* What the finding at the cursor says in full: beside the list where there is room, else below. */
static struct area frame(struct screen *s, struct canvas *c, struct area a)
{
	enum { LOW = 12, WIDE = 160, BESIDE = 80, LEAST = 6 };
	struct found *l = (struct found *)s;
	struct area details = a;
	size_t height = a.bottom - a.top;

	if (height < LOW)
		return a;
	if (a.right - a.left >= WIDE) {
		a.right = details.right - BESIDE - 2;
		details.left = a.right + 2;
		canvas_rule(c, details, details.left - 2);
	} else {
		size_t least = height * 2 / 5, all = l->n + 1 + least;

		details.top = all < height ? a.top + l->n + 1 : a.bottom - least;
		details.top = details.top < a.top + LEAST ? a.top + LEAST : details.top;
		a.bottom = details.top;
	}
	find_details(l, finding_at(s, s->at), details.right - details.left);
	draw_details(l, c, details);
	canvas_flag(c, details, 0, CELL_UNDERLINE);
	return a;
}

static void title(struct screen *s, struct text *t)
{
	const struct found *l = (const struct found *)s;

	if (l->call != NULL)
		text_printf(t, "of call %" PRIu64 ": ", l->call->number);
	if (l->looks_at != LOOKS_AT_NOTHING)
		text_puts(t, "so far ");
	for (int i = SEVERITY_ERROR; i >= SEVERITY_NOTE; i--)
		text_printf(t, "%s%zu %s%s", i == SEVERITY_ERROR ? "" : ", ", l->by_severity[i],
			    severity_word((enum severity)i), l->by_severity[i] == 1 ? "" : "s");
}

/* ---- what a row is about ---- */

static const struct call *call(struct screen *s, size_t row)
{
	const struct finding *f = finding_at(s, row);

	return f == NULL ? NULL : f->call;
}

static const struct tunnel *tunnel(struct screen *s, size_t row)
{
	const struct finding *f = finding_at(s, row);

	if (f == NULL)
		return NULL;
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
	free(l->is_open);
	free(l->rows);
	free(l->grouped);
	free(l->details);
	free(l);
}

static const struct screen_class class = {
	.name = "findings",
	.on = ON_FINDINGS,
	.printed_by = "check",
	.title = title,
	.rows = rows,
	.line = line,
	.frame = frame,
	.act = act,
	.unfold = unfold,
	.refresh = refresh,
	.work = work,
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
