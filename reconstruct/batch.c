#include "batch.h"

#include <stdlib.h>

#include "company.h"
#include "in_time.h"
#include "meter.h"
#include "over.h"
#include "over_leave.h"
#include "radius_join.h"
#include "remembered.h"
#include "replay_state.h"
#include "rule.h"
#include "stages.h"
#include "watch.h"

/* ---- the end ---- */

/* Nobody asked for them, and who walks through them needs time. */
static bool are_steps_in_vain(const struct report *r)
{
	return !r->asks_steps && report_is_hurried(r);
}

static void forget_steps(struct replay *r)
{
	if (!are_steps_in_vain(&r->report))
		return;
	for (size_t i = 0; i < r->n_observers; i++)
		r->observers[i]->steps = r->observers[i]->steps_last = NULL;
	r->options.keep_steps = false;
}

static const char *clock_word(enum clock_kind kind)
{
	static const char *const words[] = {
		[CLOCK_NONE] = "none",        [CLOCK_UPTIME] = "uptime",
		[CLOCK_DAYTIME] = "daytime",  [CLOCK_YEARLESS] = "no year",
		[CLOCK_LOCAL] = "local time", [CLOCK_ABSOLUTE] = "wall",
	};

	return words[kind];
}

static void name_view(struct replay *r, struct view *view, const struct vantage *vantages, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		if (vantages[k].number != view->vantage)
			continue;
		view->name = arena_str(r->report.arena, vantages[k].name);
		view->dialect = vantages[k].dialect;
		view->ipsec =
			arena_array(r->report.arena, vantages[k].n_ipsec, sizeof(*view->ipsec));
		if (!view->ipsec || !vantages[k].n_ipsec)
			continue;
		memcpy(view->ipsec, vantages[k].ipsec, vantages[k].n_ipsec * sizeof(*view->ipsec));
		view->n_ipsec = vantages[k].n_ipsec;
	}
}

/* One observer of captures that are apart. */
static void report_spans(struct replay *r, const struct vantage *vantages, size_t n)
{
	const struct observer *o = r->observers[0];
	struct report *report = &r->report;

	report->views = arena_array(report->arena, LIMIT_VANTAGES, sizeof(*report->views));
	for (uint16_t i = 0; report->views && i < LIMIT_VANTAGES; i++) {
		const struct span_of_view *span = &o->spans[i];

		if (!span->is_there)
			continue;
		report->views[report->n_views] =
			(struct view){.vantage = i,
				      .input = span->input,
				      .first = span->first,
				      .last = span->last,
				      .spoken = o->spoken,
				      .clock = clock_word(span->first.kind)};
		name_view(r, &report->views[report->n_views++], vantages, n);
	}
}

/* Files that follow each other are one vantage point, whose clock may have been set. */
static bool has_spans(const struct observer *o)
{
	size_t n = 0;

	for (size_t i = 0; o->spans && i < LIMIT_VANTAGES; i++)
		n += o->spans[i].is_there;
	return n > 1;
}

static void report_views(struct replay *r, const struct vantage *vantages, size_t n)
{
	struct report *report = &r->report;

	if (r->n_observers == 1 && has_spans(r->observers[0])) {
		report_spans(r, vantages, n);
		return;
	}
	report->views = arena_array(report->arena, r->n_observers, sizeof(*report->views));
	if (!report->views)
		return;
	for (size_t i = 0; i < r->n_observers; i++) {
		const struct observer *o = r->observers[i];
		struct view *view = &report->views[report->n_views++];

		*view = (struct view){.vantage = o->vantage,
				      .input = o->input,
				      .role = observer_role(o),
				      .is_text = o->is_text,
				      .first = o->first,
				      .last = o->last,
				      .spoken = o->spoken,
				      .jumps = o->jumps,
				      .n_jumps = o->n_jumps,
				      .clock = clock_word(o->first.kind)};
		if (r->options.offset_ns && o->input < r->options.n_offsets &&
		    r->options.offset_ns[o->input]) {
			view->offset_s = (double)r->options.offset_ns[o->input] / 1e9;
			view->has_offset = true;
		}
		name_view(r, view, vantages, n);
	}
}

static void report_steps(struct replay *r)
{
	struct report *report = &r->report;

	if (!r->options.keep_steps)
		return;
	report->steps = arena_array(r->arena, r->n_steps, sizeof(*report->steps));
	if (!report->steps)
		return;
	for (size_t i = 0; i < r->n_observers; i++) {
		for (struct step *step = r->observers[i]->steps; step; step = step->next) {
			steps_rest(report, report->n_steps);
			report->steps[report->n_steps++] = step;
		}
	}
}

static void limit_note(struct replay *r, struct str what)
{
	struct defect_note **list = &r->report.loose_defects;
	struct defect_note *note = arena_alloc(r->arena, sizeof(*note));

	while (*list)
		list = &(*list)->next;
	if (!note)
		return;
	note->defect = (struct defect){.id = DEFECT_LIMIT_REACHED, .text = what};
	note->count = 1;
	*list = note;
}

static void dropped_note(struct replay *r, int most, const char *what, uint64_t n)
{
	if (n)
		limit_note(r,
			   arena_printf(r->arena, "more than %d %s: %llu of them were not followed",
					most, what, (unsigned long long)n));
}

static void report_tunnels(struct replay *r)
{
	struct report *report = &r->report;
	struct radius_exchange **radius = &report->radius;
	struct tunnel **tunnels = &report->tunnels;
	struct defect_note **defects = &report->loose_defects;

	for (size_t i = 0; i < r->n_observers; i++) {
		struct observer *o = r->observers[i];

		*radius = o->radius;
		while (*radius)
			radius = &(*radius)->next;
		*tunnels = o->tunnels;
		while (*tunnels)
			tunnels = &(*tunnels)->next;
		*defects = o->loose_defects;
		while (*defects)
			defects = &(*defects)->next;
		observed_join(&report->loose_observed, &o->observed, false);
		report->n_tunnels += o->n_tunnels;
		if (o->is_limited)
			limit_note(r, STR("more tunnels or sessions than are followed at once"));
		dropped_note(r, LIMIT_HALF_OPEN, "tunnels of which only one end was heard",
			     o->n_half_tunnels_dropped);
		dropped_note(r, LIMIT_HALF_CALLS, "calls of which only one end was heard",
			     o->n_half_calls_dropped);
		dropped_note(r, LIMIT_REORDER,
			     "messages wait far ahead of their control connection", o->n_strays);
		while (*defects)
			defects = &(*defects)->next;
	}
}

/* What was read up to the ceiling is still joined, judged and told. */
static void report_limits(struct replay *r)
{
	const struct observer *last = r->observers[LIMIT_VANTAGES - 1];

	r->report.steps_full = r->steps_full;
	/* a text takes more consoles than these for the last one */
	r->report.vantages_full = r->vantages_full || (last && last->is_text);
	r->report.memory_full = arena_is_full(r->arena) || (r->steps && arena_is_full(r->steps));
	if (r->report.memory_full)
		arena_extend(r->arena, LIMIT_REPORT_ARENA);
}

/* ---- order ---- */

static void order_calls(struct report *r)
{
	struct in_time *rows = must_room(r->n_calls + 1, sizeof(*rows));
	struct call **tail = &r->calls;
	size_t n = 0;

	for (struct call *c = r->calls; c && n < r->n_calls; c = call_after(r, c))
		rows[n++] = (struct in_time){c->settles_ns, c->number, c};
	in_time_sort(rows, n);
	for (size_t i = 0; i < n; i++) {
		*tail = rows[i].what;
		tail = &(*tail)->next;
		report_looked(r);
	}
	*tail = NULL;
	free(rows);
}

static void order_tunnels(struct report *r)
{
	struct in_time *rows = must_alloc(r->n_tunnels + 1, sizeof(*rows));
	struct tunnel **tail = &r->tunnels;
	size_t n = 0;

	for (struct tunnel *t = r->tunnels; t && n < r->n_tunnels; t = tunnel_after(r, t))
		rows[n++] = (struct in_time){live_tunnel(t)->settles_ns, t->number, t};
	in_time_sort(rows, n);
	for (size_t i = 0; i < n; i++) {
		*tail = rows[i].what;
		tail = &(*tail)->next;
		report_looked(r);
	}
	*tail = NULL;
	free(rows);
}

/* Rows come when they are settled, those of the same time by number. */
static void report_order(struct report *r)
{
	order_calls(r);
	order_tunnels(r);
}

/* ---- settling ---- */

static bool stays(const struct call *c)
{
	for (const struct call *leg = c->whole; leg; leg = leg->next_leg)
		if (leg->goes_on)
			return true;
	return c->goes_on;
}

static bool bundle_goes_on(const struct report *r, uint64_t bundle)
{
	for (const struct call *c = r->calls; c && bundle; c = c->next)
		if (c->bundle == bundle && c->goes_on && !c->is_told)
			return true;
	return false;
}

/* Legs and links of a bundle are settled together. */
static void hold_together(struct report *r)
{
	bool is_again = true;

	while (is_again) {
		is_again = false;
		for (struct call *c = r->calls; c; c = call_after(r, c)) {
			if (c->goes_on || (!stays(c) && !bundle_goes_on(r, c->bundle)))
				continue;
			over_stay(c->session);
			c->goes_on = true;
			is_again = true;
		}
	}
}

static void call_unseal(struct call *c)
{
	for (struct session *s = c->session; s && !c->is_told; s = s->joined)
		s->call = NULL;
}

static void leave_out(struct report *r)
{
	struct call **at = &r->calls;

	r->n_calls = 0;
	while (*at) {
		report_looked(r);
		if ((*at)->goes_on) {
			call_unseal(*at);
			*at = (*at)->next;
			continue;
		}
		r->n_calls++;
		at = &(*at)->next;
	}
}

static void find_last(struct report *r)
{
	for (const struct call *c = r->calls; c; c = call_after(r, c))
		r->last_call = c->number > r->last_call ? c->number : r->last_call;
	for (const struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t))
		r->last_tunnel = t->number > r->last_tunnel ? t->number : r->last_tunnel;
}

static void settle(struct report *r, struct secrets *secrets)
{
	correlate(r);
	if (are_steps_in_vain(r)) {
		r->steps = NULL;
		r->n_steps = 0;
	}
	verify_report(r, secrets);
	seal_calls(r);
	legs_find(r);
	radius_tie(r);
	bundles_find(r);
	hold_together(r);
	find_causes(r);
	legs_join(r);
	find_last(r);
	rules_run(r);
	attempts_find(r);
	leave_out(r);
}

static void report_clear(struct report *r)
{
	struct arena *arena = r->arena;

	arena_reset(arena);
	*r = (struct report){.arena = arena,
			     .has_file = r->has_file,
			     .thresholds = r->thresholds,
			     .calls_told = r->calls_told + r->n_calls,
			     .tunnels_told = r->tunnels_told + r->n_tunnels,
			     .has_numbers = r->has_numbers,
			     .last_call = r->last_call,
			     .last_tunnel = r->last_tunnel,
			     .findings_told = r->findings_told + r->n_findings,
			     .in_order = r->in_order,
			     .steps_at = r->steps_at,
			     .steps_full = r->steps_full,
			     .is_hurried = r->is_hurried,
			     .hurry_context = r->hurry_context,
			     .asks_steps = r->asks_steps};
}

static void views_so_far(struct replay *r)
{
	struct vantage *vantages = NULL;
	size_t n = 0;

	if (r->options.vantages)
		n = r->options.vantages(r->options.tell_context, &vantages);
	report_views(r, vantages, n);
	free(vantages);
}

/* Captures that were said to be apart had a tunnel in common after all, the legs of one call, or
 * PPP that tells how their clocks differ. */
static void note_joined(struct observer *o, const struct report *report)
{
	if (!o->spans)
		return;
	for (const struct tunnel *t = report->tunnels; t; t = tunnel_after(report, t))
		o->is_apart_in_vain |= t->joined != NULL;
	for (const struct call *c = report->calls; c; c = call_after(report, c))
		for (const struct call *leg = c->legs; leg; leg = leg->next_leg)
			o->is_apart_in_vain |= leg->session->vantage != c->legs->session->vantage;
	for (size_t i = 0; i < report->n_views; i++)
		o->is_apart_in_vain |= report->views[i].joined_messages > 0;
}

void batch_tell(struct replay *r)
{
	struct report *report = &r->report;
	struct observer *o = r->observers[0];

	if (!r->options.tell || r->n_observers != 1)
		return;
	meters_settle(o);
	if (!over_part(o, false)) {
		over_leave(o, &(struct report){0});
		return;
	}
	observer_settle(o);
	report->has_numbers = true;
	report->is_part = true;
	remembered_recall(o, report);
	report->tunnels = o->tunnels;
	views_so_far(r);
	company_choose(o);
	settle(report, r->options.secrets);
	note_joined(o, report);
	over_take(o, report);
	report_order(report);
	r->options.tell(r->options.tell_context, report);
	over_leave(o, report);
	report_clear(report);
}

static void finish(struct replay *r, const struct vantage *vantages, size_t n)
{
	replay_all_fed(r);
	report_limits(r);
	forget_steps(r);
	for (size_t i = 0; i < r->n_observers; i++)
		meters_recall(r->observers[i]);
	for (size_t i = 0; i < r->n_observers; i++) {
		observer_finish(r->observers[i]);
		forget_steps(r);
	}
	if (r->n_observers == 1) {
		/* what is told all at once has the numbers and the order of what is compared */
		if (r->options.tell || !has_spans(r->observers[0]))
			r->report.has_numbers |= over_part(r->observers[0], true);
		remembered_recall(r->observers[0], &r->report);
	}
	report_tunnels(r);
	report_views(r, vantages, n);
	report_steps(r);
}

void replay_end(struct replay *r, const struct vantage *vantages, size_t n)
{
	finish(r, vantages, n);
	settle(&r->report, r->options.secrets);
	if (r->n_observers == 1)
		note_joined(r->observers[0], &r->report);
	if (r->report.has_numbers)
		over_take(r->observers[0], &r->report);
	if (r->options.in_order)
		report_order(&r->report);
}

void replay_end_steps(struct replay *r, const struct vantage *vantages, size_t n)
{
	finish(r, vantages, n);
	correlate(&r->report);
}
