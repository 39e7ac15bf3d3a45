/* Findings as a table of rules.
 *
 * A rule is a row: id, severity, moment, check, title, explanation, advice, reference. A check
 * is a function just above its table that looks at the finished model and raises findings.
 * Decoder defects (defect.def) and machine verdicts (`fsm-…`) are findings too, without a
 * check: rule.c makes them from the notes on the model. */
#ifndef L2TPSCOPE_RULE_H
#define L2TPSCOPE_RULE_H

#include "model.h"

struct report;

enum moment_of_rule {
	ON_CALL,   /* once per sealed call */
	ON_TUNNEL, /* once per sealed tunnel */
	ON_RUN,    /* once per run */
	ON_END,    /* of what no other rule explains (rules_outcome.c) */
	ON_EVENT,  /* raised while events come by (defects, verdicts, watchers); `check` judges */
};

struct raise; /* what a check raises with */

struct rule_row {
	const char *id;
	enum severity severity;
	enum moment_of_rule when;
	void (*check)(struct raise *r, struct tunnel *t, struct call *c);
	const char *title;   /* one sentence: what is wrong */
	const char *explain; /* why it matters; what usually causes it */
	const char *advice;  /* what to do */
	const char *ref;
	/* The cause (contract.md §4) that this rule states: it is asked only where that is the
	 * root, so that a consequence is never a second alarm. NULL: asked always. Without a check
	 * the cause alone raises it, with the cause's own sentence. */
	const char *root;
	bool measures; /* loss or delay: keeps its severity on a call that came up and stayed up */
};

/* Raises the finding of the row whose check is running. `text` with values, `mark` the first
 * evidence. Returns it to be given more (count, cause, evidence, a lowered severity). */
struct finding *raise_finding(struct raise *r, const struct mark *mark, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void finding_evidence(struct raise *r, struct finding *f, const struct mark *mark);
/* The same while there is no report yet. */
void finding_more(struct arena *a, struct finding *f, const struct mark *mark);
/* What the cause of the call or tunnel means and asks for, instead of the rule's own words. */
void finding_of_cause(struct raise *r, struct finding *f, const char *slug);
/* For a judge (watch.h): other words, now that all is known. */
void finding_text(struct raise *r, struct finding *f, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* For a judge: what came later shows that it was nothing. */
void finding_withdraw(struct finding *f);

/* All rules, defects and verdict rules included; for `explain`, laws and `check`. */
size_t rule_rows(const struct rule_row *const **ret);
const struct rule_row *rule_named(const char *id);

/* Runs every rule over the sealed report. */
void rules_run(struct report *r);

#endif
