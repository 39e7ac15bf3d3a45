#include "rule.h"

#include <stdio.h>

#include "arena.h"
#include "cause_table.h"
#include "finding_root.h"
#include "limits.h"
#include "observer.h"
#include "once.h"
#include "rules.h"
#include "severity.h"

const struct rule_table *const rule_tables[N_RULE_TABLES] = {
#define RULES(name, about) &rules_##name,
#include "rule_tables.def"
#undef RULES
};

enum { MAX_RULES = 512 };

size_t rule_rows(const struct rule_row *const **ret)
{
	static const struct rule_row *rows[MAX_RULES];
	size_t n = 0;

	for (size_t i = 0; i < N_RULE_TABLES; i++)
		for (size_t k = 0; k < rule_tables[i]->n && n < MAX_RULES; k++)
			rows[n++] = &rule_tables[i]->rows[k];
	*ret = rows;
	return n;
}

const struct rule_row *rule_named(const char *id)
{
	for (size_t i = 0; i < N_RULE_TABLES; i++)
		for (size_t k = 0; k < rule_tables[i]->n; k++)
			if (name_is(rule_tables[i]->rows[k].id, id))
				return &rule_tables[i]->rows[k];
	return NULL;
}

/* A finding that could not be kept is still handed to the check, which may fill it in. */
static struct finding *finding_spare(void)
{
	static struct finding spare;

	spare = (struct finding){0};
	return &spare;
}

/* All of them are walked through more than once: side by side they lie in few pages. */
static struct finding *finding_new(struct raise *r)
{
	enum { TOGETHER = 16 };

	if (!r->n_fresh) {
		r->fresh = arena_array(r->r->arena, TOGETHER, sizeof(*r->fresh));
		if (!r->fresh)
			return NULL;
		r->n_fresh = TOGETHER;
	}
	r->n_fresh--;
	return r->fresh++;
}

struct finding *raise_finding(struct raise *r, const struct mark *mark, const char *format, ...)
{
	struct finding *f;
	va_list list;

	if (r->last && r->n >= LIMIT_FINDINGS_PER_RULE) {
		r->last->count++;
		return r->last;
	}
	f = finding_new(r);
	if (!f)
		return finding_spare();
	va_start(list, format);
	f->text = arena_vprintf(r->r->arena, format, list);
	va_end(list);
	f->rule = r->row;
	f->severity = r->row->severity;
	f->call = r->c;
	f->tunnel = r->t;
	f->count = 1;
	f->cause = str_of(r->row->explain);
	if (mark)
		f->mark = *mark;
	finding_evidence(r, f, mark);
	*r->tail = f;
	r->tail = &f->next;
	r->last = f;
	r->n++;
	return f;
}

void finding_evidence(struct raise *r, struct finding *f, const struct mark *mark)
{
	finding_more(r->r->arena, f, mark);
}

void finding_of_cause(struct raise *r, struct finding *f, const char *slug)
{
	const struct cause_fact *fact = slug ? cause_named(slug) : NULL;

	if (!fact)
		return;
	f->cause = arena_printf(r->r->arena, "%s: %s", fact->slug, fact->meaning);
	f->advice = str_of(fact->advice);
}

void finding_text(struct raise *r, struct finding *f, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	f->text = arena_vprintf(r->r->arena, format, list);
	va_end(list);
}

void finding_withdraw(struct finding *f)
{
	f->count = 0;
}

/* It has room for as many as the next power of two: what it grows out of stays in the arena. */
static bool evidence_grow(struct arena *a, struct finding *f)
{
	size_t n = f->n_evidence;
	struct mark *grown;

	if ((n & (n - 1)) != 0)
		return true;
	grown = arena_array(a, n ? 2 * n : 1, sizeof(*grown));
	if (!grown)
		return false;
	for (size_t i = 0; i < n; i++)
		grown[i] = f->evidence[i];
	f->evidence = grown;
	return true;
}

void finding_more(struct arena *a, struct finding *f, const struct mark *mark)
{
	if (!mark || !mark->is_set || f->n_evidence >= LIMIT_FINDINGS_PER_RULE)
		return;
	for (size_t i = 0; i < f->n_evidence; i++)
		if (f->evidence[i].vantage == mark->vantage &&
		    mark_number(&f->evidence[i]) == mark_number(mark) &&
		    mark_damage(&f->evidence[i]) == mark_damage(mark))
			return;
	if (evidence_grow(a, f))
		f->evidence[f->n_evidence++] = *mark;
}

static void raise_start(struct raise *r, const struct rule_row *row, struct tunnel *t,
			struct call *c)
{
	r->row = row;
	r->t = t;
	r->c = c;
	r->last = NULL;
	r->n = 0;
}

static const struct mark *mark_of_cause(const struct raise *r)
{
	if (r->c)
		return r->c->end.is_set ? &r->c->end : &r->c->start;
	if (!r->t)
		return NULL;
	return r->t->ended.is_set ? &r->t->ended : &r->t->start;
}

static struct str text_of_cause(const struct raise *r)
{
	return r->c ? r->c->cause_text : r->t ? r->t->cause_text : (struct str){0};
}

/* The rows of each moment, in the order of the tables. */
enum { MOMENTS = ON_EVENT + 1 };
static const struct rule_row *rows_of[MOMENTS][MAX_RULES + 1];

static void rows_sort(void)
{
	size_t n[MOMENTS] = {0};

	for (size_t i = 0; i < N_RULE_TABLES; i++) {
		for (size_t k = 0; k < rule_tables[i]->n; k++) {
			enum moment_of_rule when = rule_tables[i]->rows[k].when;

			if (n[when] < MAX_RULES)
				rows_of[when][n[when]++] = &rule_tables[i]->rows[k];
		}
	}
}

static void ask_all(struct raise *r, enum moment_of_rule when, struct tunnel *t, struct call *c)
{
	static struct once is_sorted = ONCE_INIT;
	const char *cause = c ? c->cause : t ? t->cause : NULL;

	once(&is_sorted, rows_sort);
	for (const struct rule_row *const *at = rows_of[when]; *at; at++) {
		const struct rule_row *row = *at;

		if (row->root && !is_root(cause, row->root))
			continue;
		raise_start(r, row, t, c);
		if (row->check)
			row->check(r, t, c);
		else if (row->root)
			raise_finding(r, mark_of_cause(r), "%.*s", STR_ARG(text_of_cause(r)));
	}
}

static struct mark mark_of_damage(const struct raise *r, const struct defect_note *d)
{
	struct mark mark = d->mark;

	mark_set_damage(r->r->arena, &mark, &d->defect);
	if (d->defect.line)
		mark_set_place(r->r->arena, &mark, mark_frame(&mark), d->defect.line);
	return mark;
}

static bool is_same_record(const struct defect_note *a, const struct defect_note *b)
{
	return b && b->defect.id == DEFECT_INPUT_DAMAGED && b->defect.record &&
	       a->defect.record == b->defect.record && mark_input(&a->mark) == mark_input(&b->mark);
}

/* "was" must be "should be": proof. One finding per record, each place an evidence of its own;
 * returns the record's last note. */
static const struct defect_note *raise_damage(struct raise *r, const struct defect_note *d)
{
	const struct defect *x = &d->defect;
	struct mark mark = mark_of_damage(r, d);
	const struct defect_note *last = d;
	struct text more = text_make(64);
	size_t places = 1;
	struct finding *f;

	while (is_same_record(last, last->next)) {
		last = last->next;
		places++;
	}
	if (places > 1)
		text_printf(&more, "; and %zu more place%s of the same record", places - 1,
			    places > 2 ? "s" : "");
	if (x->should_be.len)
		f = raise_finding(r, &mark, "\"%.*s\" must have been \"%.*s\"%s%.*s%.*s",
				  STR_ARG(x->was), STR_ARG(x->should_be), x->proof.len ? ": " : "",
				  STR_ARG(x->proof), STR_ARG(text_str(&more)));
	else
		f = raise_finding(r, &mark, "%.*s%s\"%.*s\"%s%.*s%.*s", STR_ARG(x->text),
				  x->text.len ? ": " : "", STR_ARG(x->was),
				  x->proof.len ? ": " : "", STR_ARG(x->proof),
				  STR_ARG(text_str(&more)));
	text_free(&more);
	while (d != last) {
		d = d->next;
		mark = mark_of_damage(r, d);
		finding_evidence(r, f, &mark);
	}
	return last;
}

static void raise_defects(struct raise *r, const struct defect_note *d, struct tunnel *t,
			  struct call *c)
{
	for (; d; d = d->next) {
		const struct rule_row *row = rule_of_defect(d->defect.id);
		struct finding *f;

		if (!row)
			continue;
		if (r->row != row || r->c != c || r->t != t)
			raise_start(r, row, t, c);
		if (d->defect.id == DEFECT_INPUT_DAMAGED) {
			d = raise_damage(r, d);
			continue;
		}
		f = raise_finding(r, &d->mark, "%s%s%.*s", row->title,
				  d->defect.text.len ? ": " : "", STR_ARG(d->defect.text));
		f->count = d->count ? d->count : 1;
		if (row->measures && finding_is_healthy(f))
			f->severity = f->count > 1 ? SEVERITY_WARNING : SEVERITY_NOTE;
	}
}

/* The router's own word against the replay. */
static void raise_claim(struct raise *r, const struct verdict_note *v, const char *who,
			const char *state)
{
	const char *claimed = machine_state_name(v->machine, v->claimed);

	raise_finding(r, &v->mark, "The %s says its %s is in %s%s; its messages give %s", who,
		      v->machine->name, claimed ? "state " : "a state that it does not have",
		      claimed ? claimed : "", state)
		->severity = SEVERITY_NOTE;
}

static void raise_verdicts(struct raise *r, const struct verdict_note *v, struct tunnel *t,
			   struct call *c)
{
	if (v && !r->claim)
		r->claim = rule_named("cisco-log-state-mismatch");
	for (; v; v = v->next) {
		const struct view *view = report_view(r->r, v->mark.vantage);
		bool is_said = v->claimed || (!v->row && view && view->is_text);
		const struct rule_row *row = is_said ? r->claim : rule_of_verdict(v);
		const char *who = v->who == ROLE_LAC   ? "LAC"
				  : v->who == ROLE_LNS ? "LNS"
						       : role_name(v->who);
		const char *state, *event;
		struct finding *f;

		if (!row || !v->machine)
			continue;
		if (r->row != row || r->c != c || r->t != t)
			raise_start(r, row, t, c);
		state = machine_state_name(v->machine, v->state);
		state = state ? state : "?";
		if (v->claimed) {
			raise_claim(r, v, who ? who : "end", state);
			continue;
		}
		event = machine_event_name(v->machine, v->event);
		f = raise_finding(r, &v->mark, "The %s, in state %s, at `%s`%s%s",
				  who ? who : "end", state, event ? event : "?",
				  v->row ? ": " : ", which the RFC does not foresee",
				  v->row ? v->row->why : "");
		/* a log may begin behind what led here */
		if (v->row && v->row->verdict == WRONG &&
		    !(view && view->is_text && strcmp(state, "idle") == 0))
			continue;
		f->severity = SEVERITY_NOTE;
	}
}

/* What watchers raised while the events came by; the row's check judges it now. */
static void raise_observed(struct raise *r, struct finding *f, struct tunnel *t, struct call *c)
{
	while (f) {
		struct finding *next = f->next;

		f->next = NULL;
		f->tunnel = t;
		f->call = c;
		raise_start(r, f->rule, t, c);
		r->last = f;
		if (f->rule->check)
			f->rule->check(r, t, c);
		if (f->count) {
			*r->tail = f;
			r->tail = &f->next;
		}
		f = next;
	}
}

void judge_by_outcome(struct raise *r, struct tunnel *t, struct call *c)
{
	unsigned outcome = c ? c->outcome : t ? t->outcome : OUTCOME_UNKNOWN;

	if (outcome == OUTCOME_UP || outcome == OUTCOME_CLOSED)
		r->last->severity = SEVERITY_NOTE;
}

static bool is_same(const struct finding *a, const struct finding *b)
{
	return a->rule == b->rule && mark_number(&a->mark) == mark_number(&b->mark) &&
	       str_equal(a->text, b->text);
}

/* A copy that lives as long as what it was raised on, once. */
static void late_add(struct finding **list, struct arena *a, const struct finding *f)
{
	struct finding *copy;

	for (; *list; list = &(*list)->next)
		if (is_same(*list, f))
			return;
	copy = arena_alloc(a, sizeof(*copy));
	if (!copy)
		return;
	*copy = *f;
	copy->next = NULL;
	copy->text = arena_str(a, f->text);
	copy->cause = arena_str(a, f->cause);
	copy->advice = arena_str(a, f->advice);
	copy->evidence = NULL;
	copy->n_evidence = 0;
	for (size_t i = 0; i < f->n_evidence; i++)
		finding_more(a, copy, &f->evidence[i]);
	*list = copy;
}

static bool is_among(const struct finding *list, struct finding *const *end,
		     const struct finding *f)
{
	for (; list && list != *end; list = list->next)
		if (is_same(list, f))
			return true;
	return false;
}

/* Raised on the run while others are settled: who goes on keeps it until it is settled, too; the
 * run's own come at the end, and what was told stays told. */
static void hand_on(struct raise *r, struct finding **at)
{
	while (*at) {
		struct finding *f = *at;
		struct session *s = f->call ? f->call->session : NULL;
		bool waits = f->call ? f->call->goes_on : f->tunnel && f->tunnel->goes_on;
		bool is_lost = f->call     ? f->call->is_told
			       : f->tunnel ? f->tunnel->is_told
					   : r->r->is_part;

		if (!waits && !is_lost) {
			at = &f->next;
			continue;
		}
		*at = f->next;
		if (is_lost)
			continue;
		if (s)
			late_add(&s->late, ((struct live_session *)s)->arena, f);
		else
			late_add(&f->tunnel->late, live_tunnel(f->tunnel)->arena, f);
	}
	r->tail = at;
}

/* What was raised on it before, unless it was found again now. */
static void raise_late(struct raise *r, const struct finding *first, struct finding *late,
		       struct tunnel *t, struct call *c)
{
	struct finding *next;

	for (; late; late = next) {
		next = late->next;
		if (is_among(first, r->tail, late))
			continue;
		late->next = NULL;
		late->tunnel = t;
		late->call = c;
		*r->tail = late;
		r->tail = &late->next;
	}
}

static void ask_call(struct raise *r, struct call *c)
{
	ask_all(r, ON_CALL, c->tunnel, c);
	raise_verdicts(r, c->session->verdicts, c->tunnel, c);
	raise_defects(r, c->session->defects, c->tunnel, c);
	raise_observed(r, c->session->observed, c->tunnel, c);
	raise_late(r, r->r->findings, c->session->late, c->tunnel, c);
}

/* What one leg of the same call has told already: PPP is the same in all of them. */
static bool is_told(const struct finding *first, const struct finding *f)
{
	for (const struct finding *x = first; x != f; x = x->next)
		if (x->call == f->call && x->rule == f->rule)
			return true;
	return false;
}

/* The findings of the legs are the call's. */
static void join_leg_findings(struct report *r)
{
	struct finding **at = &r->findings;
	const struct finding *first = NULL; /* of this call */

	while (*at) {
		struct finding *f = *at;
		bool is_leg = f->call && f->call->whole;

		report_looked(r);
		if (is_leg)
			f->call = f->call->whole;
		if (!first || first->call != f->call)
			first = f;
		if (is_leg && is_told(first, f))
			*at = f->next;
		else
			at = &f->next;
	}
}

/* First the leg whose verdict is the call's: it names the ends that did it, and what the other legs
 * tell of the same is left out. */
static void ask_legs(struct raise *raise, struct call *c)
{
	for (int round = 0; round < 2; round++)
		for (struct call *leg = c->legs; leg; leg = leg->next_leg)
			if ((leg->cause_text.at == c->cause_text.at) == (round == 0))
				ask_call(raise, leg);
}

void rules_run(struct report *r)
{
	struct raise raise = {.r = r, .tail = &r->findings};

	while (*raise.tail)
		raise.tail = &(*raise.tail)->next;
	ask_all(&raise, ON_RUN, NULL, NULL);
	hand_on(&raise, &r->findings);
	raise_defects(&raise, r->loose_defects, NULL, NULL);
	raise_observed(&raise, r->loose_observed, NULL, NULL);
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t)) {
		struct finding **first = raise.tail;

		if (t->goes_on)
			continue;
		ask_all(&raise, ON_TUNNEL, t, NULL);
		raise_verdicts(&raise, t->verdicts, t, NULL);
		raise_defects(&raise, t->defects, t, NULL);
		raise_observed(&raise, t->observed, t, NULL);
		raise_late(&raise, r->findings, t->late, t, NULL);
		raise_outcome(&raise, *first, t, NULL);
	}
	for (struct call *c = r->calls; c; c = call_after(r, c)) {
		struct finding **first = raise.tail;

		if (c->goes_on)
			continue;
		if (!c->legs)
			ask_call(&raise, c);
		ask_legs(&raise, c);
		raise_outcome(&raise, *first, c->tunnel, c);
	}
	join_leg_findings(r);
	findings_sort(r);
	roots_find(r);
}
