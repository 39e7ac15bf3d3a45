#include "cause_table.h"
#include "reject_reason.h"
#include "rules.h"

/* What failed or fell without a rule that says why: nobody is left with "no findings". */

static bool is_explained(const struct finding *first, const struct tunnel *t, const struct call *c)
{
	for (const struct finding *f = first; f; f = f->next)
		if (f->severity == SEVERITY_ERROR &&
		    (c ? f->call && (f->call == c || f->call->whole == c)
		       : !f->call && f->tunnel == t))
			return true;
	return false;
}

/* What was missed may have been the reason; of a call that came up, not before it did. */
static bool is_half_seen(const struct tunnel *t, const struct call *c)
{
	if (t && (t->was_there || (!c && t->is_holey)))
		return true;
	if (!c || c->session->was_there)
		return c != NULL;
	return c->outcome == OUTCOME_DROPPED && c->connected.is_set
		       ? session_has_holes_behind(c->session, &c->connected)
		       : session_has_holes(c->session);
}

static enum severity severity_of(const struct cause_fact *fact, unsigned confidence,
				 const struct tunnel *t, const struct call *c)
{
	if (strcmp(fact->slug, "superseded") == 0)
		return SEVERITY_NOTE; /* the other one goes on */
	if (fact->stage == IN_ORDER || confidence != CONFIDENCE_CERTAIN || is_half_seen(t, c))
		return SEVERITY_WARNING;
	return SEVERITY_ERROR;
}

/* It rejected what it had challenged: the server, not itself. */
static bool asked_server(const struct call *c)
{
	return c->cause && strcmp(c->cause, "auth-rejected") == 0 && c->ended_by == ROLE_CLIENT &&
	       link_auth(&c->session->ppp, LNS)->challenges &&
	       link_auth(&c->session->ppp, CLIENT)->result != RESULT_FAILURE;
}

void raise_outcome(struct raise *r, const struct finding *first, struct tunnel *t, struct call *c)
{
	unsigned outcome = c ? (unsigned)c->outcome : t->outcome;
	unsigned confidence =
		c && !(t && c->fell_with_tunnel) ? (unsigned)c->confidence : t->confidence;
	struct str text = c ? c->cause_text : t->cause_text;
	const struct cause_fact *fact;
	const struct mark *mark;
	const char *id;
	struct finding *f;

	if (outcome != OUTCOME_FAILED && outcome != OUTCOME_DROPPED)
		return;
	fact = cause_named(c ? c->cause : t->cause);
	if (!fact || is_explained(first, t, c))
		return;
	id = c ? (outcome == OUTCOME_FAILED ? "call-failed" : "call-dropped")
	       : (outcome == OUTCOME_FAILED ? "tunnel-failed" : "tunnel-dropped");
	if (c)
		mark = c->end.is_set ? &c->end : c->start.is_set ? &c->start : &c->session->first;
	else
		mark = t->ended.is_set ? &t->ended : &t->start;
	r->row = rule_named(id);
	r->t = t;
	r->c = c;
	r->last = NULL;
	r->n = 0;
	f = raise_finding(r, mark, "%.*s", STR_ARG(text));
	f->severity = severity_of(fact, confidence, t, c);
	finding_of_cause(r, f, fact->slug);
	if (c && asked_server(c))
		reject_reason_tell(f, link_auth(&c->session->ppp, LNS), c);
}

static const char EXPLAIN[] =
	"No rule of its own stands for this cause; `explain CAUSE` says how it is "
	"concluded.";
static const char ADVICE[] = "What the cause asks for: `explain CAUSE`.";

static const struct rule_row rows[] = {
	{"call-failed", SEVERITY_ERROR, ON_END, NULL, "The call never came up", EXPLAIN, ADVICE,
	 "RFC 2661 7.4", NULL, false},
	{"call-dropped", SEVERITY_ERROR, ON_END, NULL, "The call was up and fell by a fault",
	 EXPLAIN, ADVICE, "RFC 2661 7.4", NULL, false},
	{"tunnel-failed", SEVERITY_ERROR, ON_END, NULL, "The tunnel never came up", EXPLAIN, ADVICE,
	 "RFC 2661 7.2", NULL, false},
	{"tunnel-dropped", SEVERITY_ERROR, ON_END, NULL, "The tunnel was up and fell by a fault",
	 EXPLAIN, ADVICE, "RFC 2661 7.2", NULL, false},
};

const struct rule_table rules_outcome = {.rows = rows, .n = sizeof(rows) / sizeof(rows[0])};
