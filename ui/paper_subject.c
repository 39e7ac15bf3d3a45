#include <inttypes.h>

#include "cause_table.h"
#include "cmd_common.h"
#include "paper.h"
#include "phase.h"

const char *paper_kind_name(enum paper_kind kind)
{
	return kind == PAPER_CALL ? "call" : "tunnel";
}

void paper_pair(struct paper *p, const char *key, struct str s)
{
	if (s.len > 0)
		writer_pair_known(&p->page.json, key, s);
}

/* ---- facts ---- */

/* What the verdict does not say already. */
static bool is_listed(const struct field *f)
{
	static const char *const said[] = {"id",         "outcome",    "ended_by", "cause",  "also",
					   "confidence", "cause_text", "findings", "reached"};

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		if (strcmp(f->key, said[i]) == 0)
			return false;
	}
	return f->kind != FACT_OBJECT && f->kind != FACT_RAW;
}

static const struct field_set *set_of(enum paper_kind kind)
{
	return kind == PAPER_CALL ? &field_calls : &field_tunnels;
}

void paper_fact_names(struct paper *p)
{
	struct writer *j = &p->page.json;

	writer_key(j, "facts");
	writer_open(j, '{');
	for (int kind = 0; kind < PAPER_KINDS; kind++) {
		const struct field_set *set = set_of((enum paper_kind)kind);

		writer_key(j, paper_kind_name((enum paper_kind)kind));
		writer_open(j, '[');
		for (size_t i = 0; i < set->n; i++) {
			if (!is_listed(&set->rows[i]))
				continue;
			writer_open(j, '[');
			writer_string(j, str_of(set->rows[i].key));
			writer_string(j, str_of(set->rows[i].about));
			writer_close(j, ']');
		}
		writer_close(j, ']');
	}
	writer_close(j, '}');
}

static struct str fact_of(struct paper *p, const struct field_set *set, const struct field *f,
			  const struct subject *s)
{
	struct fact fact = {0};

	if (f->kind != FACT_TIME)
		return common_field(p->run, set, s, f->key);
	if (!field_get(set, f, s, &fact))
		return (struct str){0};
	return common_time(p->run, &fact.mark);
}

/* In the order of their names; "" is unknown. */
static void write_facts(struct paper *p, const struct paper_subject *subject)
{
	struct writer *j = &p->page.json;
	const struct field_set *set = set_of(subject->call != NULL ? PAPER_CALL : PAPER_TUNNEL);
	struct subject s = run_subject(p->run);

	s.call = subject->call;
	s.tunnel = subject->tunnel;
	writer_key(j, "facts");
	writer_open(j, '[');
	for (size_t i = 0; i < set->n; i++) {
		if (is_listed(&set->rows[i]))
			writer_string(j, fact_of(p, set, &set->rows[i], &s));
	}
	writer_close(j, ']');
}

/* ---- verdict ---- */

static void write_why(struct paper *p, const char *cause, struct str cause_text, bool is_bad)
{
	const struct cause_fact *fact = cause == NULL ? NULL : cause_named(cause);

	paper_pair(p, "why", common_untrusted(p->run, cause_text));
	if (is_bad && fact != NULL)
		paper_pair(p, "advice", str_of(fact->advice));
}

static bool is_bad(enum outcome o)
{
	return o == OUTCOME_FAILED || o == OUTCOME_DROPPED;
}

static void write_call_verdict(struct paper *p, const struct call *c)
{
	struct text t = text_make(LIMIT_RECORD);

	text_printf(&t, "%s, reached %s", outcome_name(c->outcome), reached_name(c->reached));
	if (role_name(c->ended_by) != NULL)
		text_printf(&t, ", ended by %s", common_role(c, c->ended_by));
	if (c->cause != NULL) {
		text_printf(&t, ": %s", c->cause);
		if (confidence_name(c->confidence) != NULL)
			text_printf(&t, " (%s)", confidence_name(c->confidence));
	}
	common_also(&t, c);
	paper_pair(p, "verdict", text_str(&t));
	text_free(&t);
	write_why(p, c->cause, c->cause_text, is_bad(c->outcome));
}

static void write_tunnel_verdict(struct paper *p, const struct tunnel *t)
{
	enum outcome outcome = (enum outcome)t->outcome;
	struct subject s = run_subject(p->run);
	struct text words = text_make(LIMIT_RECORD);
	struct str by, confidence;

	s.tunnel = t;
	by = common_field(p->run, &field_tunnels, &s, "ended_by");
	confidence = common_field(p->run, &field_tunnels, &s, "confidence");
	text_puts(&words, outcome_name(outcome));
	if (by.len > 0)
		text_printf(&words, ", ended by %.*s", STR_ARG(by));
	if (t->cause != NULL)
		text_printf(&words, ": %s", t->cause);
	if (t->cause != NULL && confidence.len > 0)
		text_printf(&words, " (%.*s)", STR_ARG(confidence));
	paper_pair(p, "verdict", text_str(&words));
	text_free(&words);
	write_why(p, t->cause, t->cause_text, is_bad(outcome));
}

/* ---- phases ---- */

/* `[[name, begins, lasts], …]`, in seconds from `zero` on. */
static void write_phases(struct paper *p, const char *key, const struct phases *ph, int64_t zero)
{
	struct writer *j = &p->page.json;

	if (ph->n == 0)
		return;
	writer_key(j, key);
	writer_open(j, '[');
	for (size_t i = 0; i < ph->n; i++) {
		int64_t end = i + 1 < ph->n ? ph->at[i + 1].ns : ph->end_ns;

		writer_open(j, '[');
		writer_string(j, str_of(ph->at[i].name));
		writer_real(j, (double)(ph->at[i].ns - zero) / 1e9);
		writer_real(j, (double)(end - ph->at[i].ns) / 1e9);
		writer_close(j, ']');
	}
	writer_close(j, ']');
}

static void write_all_phases(struct paper *p, const struct paper_subject *s)
{
	struct phases call = {0}, tunnel = {0};
	int64_t zero = INT64_MAX;

	if (s->call != NULL)
		call = phases_of_call(p->run, s->call);
	if (s->tunnel != NULL)
		tunnel = phases_of_tunnel(p->run, s->tunnel);
	if (call.n > 0)
		zero = call.at[0].ns;
	if (tunnel.n > 0 && tunnel.at[0].ns < zero)
		zero = tunnel.at[0].ns;
	writer_key(&p->page.json, "phases");
	writer_open(&p->page.json, '{');
	write_phases(p, "tunnel", &tunnel, zero);
	write_phases(p, "call", &call, zero);
	writer_close(&p->page.json, '}');
}

/* ---- the whole ---- */

static void add_findings(struct paper *p, struct paper_findings *f,
			 const struct finding_link *links, bool only_tunnels)
{
	for (; links != NULL; links = links->next) {
		const struct finding *one = links->finding;

		if ((only_tunnels && one->call != NULL) || !run_shows_finding(p->run, one))
			continue;
		if (f->n == LIMIT_PAPER_FINDINGS)
			f->left_out++;
		else
			f->at[f->n++] = one;
	}
}

static struct paper_findings findings_of(struct paper *p, const struct paper_subject *s)
{
	struct paper_findings f = {.n = 0};

	if (s->call != NULL)
		add_findings(p, &f, s->call->findings, false);
	if (s->tunnel != NULL)
		add_findings(p, &f, s->tunnel->findings, true);
	return f;
}

static struct ladder *ladder_of(struct paper *p, const struct paper_subject *s)
{
	struct ladder_choice choice = {.call = s->call, .base = p->base};

	if (s->call != NULL) {
		step_index_of_call(&p->steps, s->call);
	} else {
		choice.tunnel = s->tunnel;
		step_index_of_tunnel(&p->steps, s->tunnel);
	}
	choice.steps = p->steps.steps;
	choice.n_steps = p->steps.n;
	return ladder_make(p->run, &choice);
}

void paper_subject(struct paper *p, const struct paper_subject *s, bool is_full)
{
	struct writer *j = &p->page.json;
	struct paper_findings findings = findings_of(p, s);
	struct ladder *l = is_full ? ladder_of(p, s) : NULL;
	char id[64];

	snprintf(id, sizeof(id), "%s-%" PRIu64, s->call != NULL ? "call" : "tunnel",
		 s->call != NULL ? s->call->number : s->tunnel->number);
	webpage_data(&p->page, id);
	writer_open(j, '{');
	arena_reset(p->run->scratch);
	if (s->call != NULL)
		write_call_verdict(p, s->call);
	else
		write_tunnel_verdict(p, s->tunnel);
	write_facts(p, s);
	write_all_phases(p, s);
	paper_findings(p, &findings, l);
	if (l != NULL)
		paper_ladder(p, l, &findings);
	writer_close(j, '}');
	webpage_data_end(&p->page);
	ladder_free(l);
}
