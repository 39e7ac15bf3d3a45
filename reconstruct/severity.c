#include "severity.h"

#include <stdlib.h>

#include "arena.h"
#include "mark.h"
#include "observer.h"
#include "rules.h"

bool finding_is_healthy(const struct finding *f)
{
	if (f->call)
		return f->call->outcome == OUTCOME_UP || f->call->outcome == OUTCOME_CLOSED;
	return f->tunnel && f->rule->when != ON_EVENT &&
	       (f->tunnel->outcome == OUTCOME_UP || f->tunnel->outcome == OUTCOME_CLOSED);
}

/* A peer that demands digests drops a message without the right one (RFC 3931 4.3). Where nothing
 * failed or fell, it does not demand it, or takes another digest than the RFC's. */
static bool is_of_digest(const struct rule_row *rule)
{
	static const enum defect_id ids[] = {
		DEFECT_V3_DIGEST_BAD,       DEFECT_V3_DIGEST_MISSING, DEFECT_V3_DIGEST_POSITION,
		DEFECT_V3_DIGEST_ONE_SIDED, DEFECT_V3_DIGEST_VARIANT, DEFECT_V3_ZLB_WITH_DIGEST,
	};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (rule == rule_of_defect(ids[i]))
			return true;
	return false;
}

static bool has_failed(const struct finding *f)
{
	unsigned outcome = f->call     ? f->call->outcome
			   : f->tunnel ? f->tunnel->outcome
				       : OUTCOME_UNKNOWN;

	return outcome == OUTCOME_FAILED || outcome == OUTCOME_DROPPED;
}

/* A message that was sent again and again, all of it behind the hole. */
static bool is_behind_hole(const struct tunnel *t)
{
	return t->unanswered.is_set && t->hole.is_set &&
	       t->hole.vantage == t->unanswered.first.vantage &&
	       mark_number(&t->hole) < mark_number(&t->unanswered.first);
}

/* A call whose beginning, or more, was not seen neither failed nor fell as far as is known: what
 * looks like the reason may have been answered. */
static bool is_half_seen(const struct finding *f)
{
	const struct session *s = f->call ? f->call->session : NULL;

	if (!s)
		return f->tunnel && f->tunnel->is_holey && f->rule->when == ON_TUNNEL &&
		       !is_behind_hole(f->tunnel);
	return f->call->outcome == OUTCOME_UNKNOWN &&
	       (s->was_there || session_has_holes(s) || f->call->is_left_out);
}

/* It states the cause of its call or tunnel, and that cause is only possible: the input ends, or
 * shows too little, to be sure. */
static bool is_guess(const struct finding *f)
{
	if (!f->rule->root)
		return false;
	return f->call ? f->call->confidence == CONFIDENCE_POSSIBLE
		       : f->tunnel && f->tunnel->confidence == CONFIDENCE_POSSIBLE;
}

struct order {
	struct finding *finding;
	enum severity severity;
	int64_t settles_ns; /* 0 unless findings are told in that order (over.h) */
	int64_t ns;
	size_t index;
};

static int order_compare(const void *left, const void *right)
{
	const struct order *a = left, *b = right;

	if (a->settles_ns != b->settles_ns)
		return a->settles_ns < b->settles_ns ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static void link_finding(struct report *r, struct finding_link **at, struct finding *f)
{
	struct finding_link *link = arena_alloc(r->arena, sizeof(*link));

	if (!link)
		return;
	link->finding = f;
	link->last = link;
	if (*at)
		(*at)->last->next = link;
	else
		*at = link;
	(*at)->last = link;
}

/* When its call or tunnel is told; what is told together comes with the most severe first. */
static void order_as_told(struct order *row)
{
	const struct finding *f = row->finding;

	row->settles_ns = f->call     ? f->call->settles_ns
			  : f->tunnel ? live_tunnel(f->tunnel)->settles_ns
				      : INT64_MAX;
}

/* Most severe first, in the report and in each call and tunnel, and numbered so. */
void findings_sort(struct report *r)
{
	struct finding **tail = &r->findings;
	struct order *rows;
	size_t n = 0;

	for (struct finding *f = r->findings; f; f = finding_after(r, f))
		n++;
	rows = must_room(n + 1, sizeof(*rows));
	n = 0;
	for (struct finding *f = r->findings; f; f = finding_after(r, f), n++) {
		if (finding_is_healthy(f) && !f->rule->measures)
			f->severity = SEVERITY_NOTE;
		else if (is_of_digest(f->rule) && !has_failed(f))
			f->severity = SEVERITY_NOTE;
		else if ((is_half_seen(f) || is_guess(f)) && f->severity > SEVERITY_WARNING)
			f->severity = SEVERITY_WARNING;
		rows[n] = (struct order){
			.finding = f, .severity = f->severity, .ns = INT64_MAX, .index = n};
		if (r->in_order)
			order_as_told(&rows[n]);
		mark_ns(r, &f->mark, &rows[n].ns);
	}
	qsort(rows, n, sizeof(*rows), order_compare);
	for (size_t i = 0; i < n; i++) {
		struct finding *f = rows[i].finding;

		f->number = r->findings_told + i + 1;
		*tail = f;
		tail = &f->next;
		if (f->call)
			link_finding(r, &f->call->findings, f);
		else if (f->tunnel)
			link_finding(r, &f->tunnel->findings, f);
		report_looked(r);
	}
	*tail = NULL;
	r->n_findings = n;
	free(rows);
}
