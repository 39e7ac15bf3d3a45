#include "diff.h"

#include <stdlib.h>

#include "diff_align.h"
#include "limits.h"
#include "phase.h"

/* The facts that are compared; those of DIFF_WHO say who it was. */
static const struct {
	const char *key;
	enum diff_class class;
} compared[] = {
	{"user", DIFF_WHO},
	{"calling_number", DIFF_WHO},
	{"called_number", DIFF_WHO},
	{"lac.name", DIFF_WHO},
	{"lac.address", DIFF_WHO},
	{"lns.name", DIFF_WHO},
	{"lns.address", DIFF_WHO},
	{"ipv4", DIFF_WHO},
	{"ipv4_peer", DIFF_WHO},
	{"ipv6_id", DIFF_WHO},
	{"tunnel", DIFF_WHO},
	{"carrier", DIFF_PLAIN},
	{"direction", DIFF_PLAIN},
	{"reached", DIFF_PLAIN},
	{"outcome", DIFF_PLAIN},
	{"ended_by", DIFF_PLAIN},
	{"cause", DIFF_PLAIN},
	{"cdn.from", DIFF_PLAIN},
	{"cdn.result", DIFF_PLAIN},
	{"cdn.error", DIFF_PLAIN},
	{"cdn.message", DIFF_PLAIN},
	{"cdn.disconnect_cause", DIFF_PLAIN},
	{"auth.protocol", DIFF_PLAIN},
	{"auth.result", DIFF_PLAIN},
	{"auth.by", DIFF_PLAIN},
	{"auth.proxy", DIFF_PLAIN},
	{"auth.verified", DIFF_PLAIN},
	{"mru", DIFF_PLAIN},
	{"dns", DIFF_PLAIN},
};

enum { COMPARED = sizeof(compared) / sizeof(compared[0]) };

/* ---- rows ---- */

bool diff_counts(const struct diff_row *row)
{
	return row->kind != DIFF_SAME && row->kind != DIFF_UNSEEN;
}

/* How far a call has come when messages of this phase have been exchanged to the end. */
static enum reached milestone(enum diff_phase phase)
{
	static const enum reached of[DIFF_PHASES] = {
		REACHED_TUNNEL, REACHED_SESSION, REACHED_LCP,
		REACHED_AUTH,   REACHED_NCP,     REACHED_NONE,
	};

	return of[phase];
}

/* PPP between client and LNS: a LAC's log tells nothing of it. */
static bool shows_ppp(const struct diff_side *s)
{
	return s->has_phase[PHASE_LCP] || s->has_phase[PHASE_AUTH] || s->has_phase[PHASE_NCP];
}

/* Can the other input not show the message? It came past that phase and shows nothing of it, its
 * recording has gaps, or it is a log, which prints what it likes. */
static bool is_unseen(const struct diff_side *other, const struct diff_line *line)
{
	enum diff_phase phase = diff_phase_of(line);

	if (phase >= PHASE_LCP && other->is_text && !shows_ppp(other))
		return true;
	if (phase <= PHASE_SESSION && other->is_text && !other->has_phase[PHASE_SESSION])
		return true; /* a pppd's log */
	if (other->call->reached < milestone(phase))
		return false;
	return other->is_late || other->is_text || !other->has_phase[phase];
}

static enum diff_class worst_class(const struct diff_value *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (values[i].class == DIFF_PLAIN)
			return DIFF_PLAIN;
	}
	return DIFF_WHO;
}

static struct str times_word(struct diff *d, uint32_t copies)
{
	return copies == 1 ? STR("once") : arena_printf(d->arena, "%u times", copies);
}

static void compare_lines(struct diff *d, struct diff_row *row)
{
	const struct diff_line *a = row->line[DIFF_A];
	const struct diff_line *b = row->line[DIFF_B];
	struct diff_value values[DIFF_VALUES + 1];
	bool shows = d->side[DIFF_A].run->options->show_secrets;
	size_t n =
		diff_values(d->arena, step_fullest(a->step), step_fullest(b->step), shows, values);
	struct diff_value *kept;

	/* a log need not print every copy */
	if (a->copies != b->copies && d->side[DIFF_A].is_text == d->side[DIFF_B].is_text)
		values[n++] = (struct diff_value){
			.name = STR("sent"),
			.value = {times_word(d, a->copies), times_word(d, b->copies)},
		};
	kept = n == 0 ? NULL : arena_array(d->arena, n, sizeof(*kept));
	if (kept == NULL)
		return;
	memcpy(kept, values, n * sizeof(*kept));
	row->values = kept;
	row->n_values = n;
	if (worst_class(kept, n) == DIFF_PLAIN)
		row->kind = DIFF_CHANGED;
}

static struct diff_row row_of(struct diff *d, const struct align_row *at)
{
	struct diff_row row = {.is_moved = at->is_moved};

	for (unsigned i = 0; i < 2; i++)
		row.line[i] = at->at[i] == ALIGN_NONE ? NULL : &d->side[i].lines[at->at[i]];
	if (row.line[DIFF_A] != NULL && row.line[DIFF_B] != NULL) {
		if (row.line[DIFF_A]->kind == row.line[DIFF_B]->kind)
			compare_lines(d, &row);
		else
			row.kind = DIFF_INSTEAD;
		return row;
	}
	for (unsigned i = 0; i < 2; i++) {
		if (row.line[i] == NULL)
			continue;
		row.kind = i == DIFF_A ? DIFF_ONLY_A : DIFF_ONLY_B;
		if (is_unseen(&d->side[1 - i], row.line[i]))
			row.kind = DIFF_UNSEEN;
	}
	return row;
}

/* Alike but for how often it was sent: what made one end send it again stands further down, when it
 * came before the copy did. */
static bool is_resent_only(const struct diff_row *row)
{
	const struct diff_line *a = row->line[DIFF_A];
	const struct diff_line *b = row->line[DIFF_B];
	size_t plain = 0;

	for (size_t i = 0; i < row->n_values; i++)
		plain += row->values[i].class == DIFF_PLAIN;
	return row->kind == DIFF_CHANGED && a->copies != b->copies && plain == 1;
}

static bool came_before_copy(const struct diff_row *row, const struct diff_row *resent)
{
	unsigned side =
		resent->line[DIFF_A]->copies > resent->line[DIFF_B]->copies ? DIFF_A : DIFF_B;
	const struct diff_line *line = row->line[side];

	return line != NULL && line->has_time && resent->line[side]->has_time &&
	       line->at_s < resent->line[side]->again_s;
}

static size_t first_of(const struct diff *d)
{
	size_t first = 0;

	while (first < d->n_rows && !diff_counts(&d->rows[first]))
		first++;
	if (first == d->n_rows || !is_resent_only(&d->rows[first]))
		return first;
	for (size_t i = first + 1; i < d->n_rows; i++) {
		const struct diff_row *row = &d->rows[i];

		if (diff_counts(row) && !is_resent_only(row) &&
		    came_before_copy(row, &d->rows[first]))
			return i;
	}
	return first;
}

static uint64_t *kinds_of(struct diff *d, const struct diff_side *s)
{
	uint64_t *kinds = arena_array(d->arena, s->n_lines + 1, sizeof(*kinds));

	for (size_t i = 0; kinds != NULL && i < s->n_lines; i++)
		kinds[i] = s->lines[i].kind;
	return kinds;
}

static void make_rows(struct diff *d)
{
	const struct diff_side *a = &d->side[DIFF_A];
	const struct diff_side *b = &d->side[DIFF_B];
	uint64_t *one = kinds_of(d, a);
	uint64_t *other = kinds_of(d, b);
	struct align_row *aligned = must_alloc(a->n_lines + b->n_lines + 1, sizeof(*aligned));

	d->rows = arena_array(d->arena, a->n_lines + b->n_lines + 1, sizeof(*d->rows));
	if (one != NULL && other != NULL && d->rows != NULL)
		d->n_rows = align(one, a->n_lines, other, b->n_lines, aligned);
	for (size_t i = 0; i < d->n_rows; i++)
		d->rows[i] = row_of(d, &aligned[i]);
	d->first = first_of(d);
	free(aligned);
}

/* ---- facts, times, findings ---- */

static struct str fact_of(struct diff *d, const struct diff_side *side, const struct field *f)
{
	struct subject s = run_subject(side->run);
	struct text t = text_make(LIMIT_RECORD);
	struct fact fact = {0};
	struct str value;

	s.call = side->call;
	s.tunnel = side->call->tunnel;
	if (field_get(&field_calls, f, &s, &fact))
		field_print(&t, &fact);
	value = arena_str(d->arena, text_str(&t));
	text_free(&t);
	return value;
}

/* Can this input tell the fact at all? */
static bool has_fact(const struct diff_side *side, const char *key)
{
	const struct call *c = side->call;

	if (strncmp(key, "cdn.", 4) == 0)
		return c->cdn.is_set;
	if (strncmp(key, "auth.", 5) == 0)
		return shows_ppp(side);
	if (strcmp(key, "mru") == 0)
		return c->mru[0] != 0 && c->mru[1] != 0;
	/* of a bare line nobody knows what carries it */
	if (c->carrier == CARRIER_PPP &&
	    (strcmp(key, "carrier") == 0 || strcmp(key, "reached") == 0))
		return false;
	if (strcmp(key, "cause") == 0 || strcmp(key, "ended_by") == 0)
		return c->confidence == CONFIDENCE_CERTAIN;
	if (strcmp(key, "reached") == 0 || strcmp(key, "outcome") == 0)
		return c->outcome != OUTCOME_UNKNOWN;
	return true;
}

static void compare_facts(struct diff *d)
{
	d->facts = arena_array(d->arena, COMPARED, sizeof(*d->facts));
	for (size_t i = 0; i < COMPARED && d->facts != NULL; i++) {
		struct diff_fact fact = {.field = field_of(&field_calls, compared[i].key),
					 .class = compared[i].class};

		if (!has_fact(&d->side[0], compared[i].key) ||
		    !has_fact(&d->side[1], compared[i].key))
			continue;
		for (unsigned k = 0; k < 2; k++)
			fact.value[k] = fact_of(d, &d->side[k], fact.field);
		if (fact.value[0].len == 0 || fact.value[1].len == 0 ||
		    str_equal(fact.value[0], fact.value[1]))
			continue;
		d->facts[d->n_facts++] = fact;
	}
}

static bool is_slower(double a, double b)
{
	double less = a < b ? a : b;
	double more = a < b ? b : a;

	return a >= 0 && b >= 0 && more - less >= DIFF_SLOWER_S &&
	       more >= less * DIFF_SLOWER_FACTOR;
}

static void add_time(struct diff *d, const char *what, double a, double b, bool is_judged)
{
	if ((a < 0 && b < 0) || d->n_times == DIFF_TIMES)
		return;
	d->times[d->n_times++] = (struct diff_time){what, {a, b}, is_judged && is_slower(a, b)};
}

static void compare_times(struct diff *d)
{
	static const char *const names[] = {"session setup", "LCP", "authentication",
					    "network protocols"};
	const struct call *a = d->side[DIFF_A].call;
	const struct call *b = d->side[DIFF_B].call;
	struct phases one = phases_of_call(d->side[DIFF_A].run, a);
	struct phases other = phases_of_call(d->side[DIFF_B].run, b);

	if (a->tunnel != NULL && b->tunnel != NULL && a->tunnel != b->tunnel) {
		struct phases ta = phases_of_tunnel(d->side[DIFF_A].run, a->tunnel);
		struct phases tb = phases_of_tunnel(d->side[DIFF_B].run, b->tunnel);

		add_time(d, "tunnel setup", phase_seconds(&ta, "tunnel setup"),
			 phase_seconds(&tb, "tunnel setup"), true);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_time(d, names[i], phase_seconds(&one, names[i]),
			 phase_seconds(&other, names[i]), true);
	add_time(d, "setup", a->setup_s, b->setup_s, true);
	add_time(d, "duration", a->duration_s, b->duration_s, false); /* of any length */
}

static bool has_rule(const struct finding_link *l, const struct rule_row *rule)
{
	for (; l != NULL; l = l->next) {
		if (l->finding->rule == rule)
			return true;
	}
	return false;
}

/* Of a message that the other input cannot show: nor can it show what was wrong with it. */
static bool is_of_unseen(const struct diff *d, unsigned side, const struct finding *f)
{
	for (size_t i = 0; i < d->n_rows; i++) {
		const struct diff_row *row = &d->rows[i];

		if (row->kind == DIFF_UNSEEN && row->line[side] != NULL && f->mark.is_set &&
		    row->line[side]->step->event->number == mark_number(&f->mark))
			return true;
	}
	return false;
}

static void compare_findings(struct diff *d, unsigned side)
{
	const struct finding_link *own = d->side[side].call->findings;
	const struct finding_link *others = d->side[1 - side].call->findings;
	size_t n = 0;

	for (const struct finding_link *l = own; l != NULL; l = l->next)
		n++;
	d->findings[side] = arena_array(d->arena, n + 1, sizeof(struct finding *));
	for (const struct finding_link *l = own; l != NULL && d->findings[side] != NULL;
	     l = l->next) {
		if (l->finding->severity >= SEVERITY_WARNING &&
		    !has_rule(others, l->finding->rule) && !is_of_unseen(d, side, l->finding))
			d->findings[side][d->n_findings[side]++] = l->finding;
	}
}

static bool is_different(const struct diff *d)
{
	bool differs = d->first < d->n_rows || d->n_findings[0] + d->n_findings[1] > 0;

	for (size_t i = 0; i < d->n_facts; i++)
		differs = differs || d->facts[i].class == DIFF_PLAIN;
	for (size_t i = 0; i < d->n_times; i++)
		differs = differs || d->times[i].is_slower;
	return differs;
}

/* ---- the whole ---- */

/* A tunnel of which only the end was recorded, or both calls of one: its setup tells nothing. */
static bool tunnels_compare(const struct call *a, const struct call *b)
{
	return a->tunnel != NULL && b->tunnel != NULL && a->tunnel != b->tunnel &&
	       seen_of(a->tunnel->seen, SCCRQ)->count > 0 &&
	       seen_of(b->tunnel->seen, SCCRQ)->count > 0;
}

/* No capture shows it. */
static bool is_of_text(const struct report *r, const struct session *s)
{
	for (; s != NULL; s = s->joined) {
		for (size_t i = 0; i < r->n_views; i++) {
			if (r->views[i].vantage == s->vantage && !r->views[i].is_text)
				return false;
		}
	}
	return true;
}

static void open_side(struct diff_side *side, struct run *r, const struct call *c)
{
	side->run = r;
	side->call = c;
	side->is_text = is_of_text(r->report, c->session);
	side->is_late = c->session != NULL && (c->session->was_there || c->session->is_holey);
}

struct diff diff_of(struct run *ra, const struct call *a, struct run *rb, const struct call *b)
{
	struct diff d = {.arena = arena_new(LIMIT_REPLAY_ARENA)};
	bool has_tunnel = tunnels_compare(a, b);

	open_side(&d.side[DIFF_A], ra, a);
	open_side(&d.side[DIFF_B], rb, b);
	for (unsigned i = 0; i < 2; i++)
		diff_collect(&d.side[i], d.arena, has_tunnel);
	make_rows(&d);
	compare_facts(&d);
	compare_times(&d);
	for (unsigned i = 0; i < 2; i++)
		compare_findings(&d, i);
	d.is_different = is_different(&d);
	return d;
}

void diff_free(struct diff *d)
{
	arena_free(d->arena);
	*d = (struct diff){0};
}
