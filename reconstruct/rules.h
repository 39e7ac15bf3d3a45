/* What the rules_*.c files share: their tables, the state of a raise, small questions. */
#ifndef L2TPSCOPE_RULES_H
#define L2TPSCOPE_RULES_H

#include "avp.h"
#include "code.h"
#include "mark.h"
#include "rule.h"

struct raise {
	struct report *r;
	const struct rule_row *row;
	struct tunnel *t;
	struct call *c;
	struct finding **tail; /* where the next finding goes */
	struct finding *fresh; /* for the next ones */
	size_t n_fresh;
	struct finding *last;         /* of this row on this call or tunnel */
	const struct rule_row *claim; /* of what a router says of a state; NULL: not yet */
	struct in_order *tunnels;     /* rules_pairs.c; NULL: not yet */
	size_t n_tunnels;
	struct odd_ending *endings, **endings_tail; /* rules_result.c; tail NULL: not yet */
	size_t n;                                   /* how many it raised there */
};

struct watcher; /* watch.h */

struct rule_table {
	const struct rule_row *rows;
	size_t n;
	const struct watcher *watchers; /* what raises its rows of ON_EVENT, or NULL */
	size_t n_watchers;
};

/* rules_NAME of each file in rule_tables.def, in the order in which `explain rules` lists them. */
extern const struct rule_table *const rule_tables[];
enum {
#define RULES(name, about) RULE_TABLE_##name,
#include "rule_tables.def"
#undef RULES
	N_RULE_TABLES
};

#define RULES(name, about) extern const struct rule_table rules_##name;
#include "rule_tables.def"
#undef RULES

/* Defects and verdicts (ON_EVENT): rule.c asks for their rows by what they are. */
const struct rule_row *rule_of_defect(enum defect_id id);
const struct rule_row *rule_of_verdict(const struct verdict_note *v);

/* A judge (watch.h): a breach that did no harm, as the tunnel came up, is a note. */
void judge_by_outcome(struct raise *r, struct tunnel *t, struct call *c);

/* rules_data.c: a judge of gaps in numbered data, of which so many never came; `packets` came. */
void judge_missing(struct raise *r, uint64_t missing, uint64_t packets);

/* rules_outcome.c: of what failed or fell, when no error since `first` explains it. */
void raise_outcome(struct raise *r, const struct finding *first, struct tunnel *t, struct call *c);

/* An end of a tunnel. */
static inline const char *end_word(unsigned end)
{
	return end == INITIATOR ? "initiator" : "responder";
}

static inline const char *message_word(uint16_t message)
{
	const char *name = code_name(CODE_MESSAGE, message);

	return name ? name : "message";
}

/* The number in an attribute that was read whole. */
static inline bool has_number(const struct event *e, uint16_t number, uint64_t *ret)
{
	const struct avp *a = event_avp(e, number);

	return a && a->is_whole && avp_number(a, ret);
}

static inline bool is_root(const char *cause, const char *slug)
{
	return cause && name_is(cause, slug);
}

#endif
