/* What left one recording and is not in the one nearer to its receiver (unseen.h). */
#include "rules.h"

/* One finding for each call (or tunnel) and recording that misses something of it. */
struct missed {
	struct finding *finding;
	const struct view *at;
	struct str words;
	size_t n;
};

static struct missed *missed_of(struct raise *r, struct missed *all, size_t *n,
				const struct view *at)
{
	for (size_t i = *n; i > 0; i--) {
		struct missed *m = &all[i - 1];

		if (m->at == at && m->finding->call == r->c && m->finding->tunnel == r->t)
			return m;
	}
	if (*n == LIMIT_FINDINGS_PER_RULE)
		return NULL;
	all[*n] = (struct missed){.at = at};
	return &all[(*n)++];
}

static struct str name_of_message(const struct step *s)
{
	const char *name;

	if (s->key.kind == EVENT_CONTROL)
		name = s->key.type == ZLB ? "ZLB" : code_name(CODE_MESSAGE, s->key.type);
	else
		name = code_name(CODE_PPP_PROTOCOL, s->key.type);
	return str_of(name ? name : "a message");
}

static void tell(struct raise *r, struct missed *m, const struct step *s)
{
	enum { NAMED = 6 };
	struct str name = name_of_message(s);
	struct mark mark = s->key.mark;

	mark_set_stamp(r->r->arena, &mark, s->key.stamp);
	mark_set_text(r->r->arena, &mark, name);
	m->n++;
	if (m->n <= NAMED)
		m->words = m->words.len ? arena_printf(r->r->arena, "%.*s, %.*s", STR_ARG(m->words),
						       STR_ARG(name))
					: name;
	if (m->n == 1)
		m->finding = raise_finding(r, &mark, "%.*s", STR_ARG(name));
	else
		finding_evidence(r, m->finding, &mark);
}

static void not_arrived(struct raise *r, struct tunnel *t, struct call *c)
{
	struct missed all[LIMIT_FINDINGS_PER_RULE];
	size_t n = 0;

	for (size_t i = 0; i < r->r->n_steps; i++) {
		const struct step *s = r->r->steps[i];
		struct missed *m;

		steps_rest(r->r, i);
		if (!s->unseen_at)
			continue;
		r->t = s->tunnel;
		r->c = s->session ? s->session->call : NULL;
		m = missed_of(r, all, &n, s->unseen_at);
		if (m)
			tell(r, m, s);
	}
	for (size_t i = 0; i < n; i++)
		finding_text(
			r, all[i].finding,
			"%zu message%s left, and %s not in %.*s, which is nearer to the "
			"receiver: %.*s%s",
			all[i].n, all[i].n > 1 ? "s" : "", all[i].n > 1 ? "are" : "is",
			STR_ARG(all[i].at->name.len ? all[i].at->name : STR("the other recording")),
			STR_ARG(all[i].words), all[i].n > 6 ? " …" : "");
	r->t = t;
	r->c = c;
}

static const struct rule_row arrival_rows[] = {
	{"sent-not-arrived", SEVERITY_NOTE, ON_RUN, not_arrived,
	 "What one recording saw leave never arrived at the other",
	 "It was lost between both, or the second recording dropped it.",
	 "Look for loss, filters and MTU on the way between both; see whether it was sent again.",
	 "", NULL, false},
};

const struct rule_table rules_arrival = {
	.rows = arrival_rows,
	.n = sizeof(arrival_rows) / sizeof(arrival_rows[0]),
};
