#include "finding_root.h"

#include "rules.h"

static const struct late {
	const char *rule;
	unsigned rank;
} late[] = {
#define LATE(rule, rank) {rule, rank},
#include "domino.def"
#undef LATE
};

enum { ASIDE = 9 }; /* of the table: neither root nor consequence */

/* 0: nothing that comes late. */
static unsigned rank_of(const struct finding *f)
{
	const char *id = f->rule->id;

	for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++)
		if (name_is(late[i].rule, id))
			return late[i].rank;
	return 0;
}

static bool states_cause(const struct finding *f, const char *cause)
{
	/* this one is asked of tunnels that came up, too, so its row has no root */
	if (strcmp(f->rule->id, "challenge-response-wrong") == 0)
		return is_root(cause, "tunnel-secret-wrong");
	return f->rule->root && is_root(cause, f->rule->root);
}

/* What may stand for the whole: an error, or what is left where nothing is worse; a breach that
 * is not the stated cause counts only where a receiver must act on it. */
static bool may_be_root(const struct finding *f, const char *cause)
{
	if (rank_of(f) == ASIDE)
		return false;
	if (f->severity == SEVERITY_ERROR)
		return true;
	return f->severity == SEVERITY_WARNING && (rank_of(f) || states_cause(f, cause));
}

/* Is `a` nearer to the cause than `b`? */
static bool is_nearer(const struct report *r, const struct finding *a, const struct finding *b,
		      const char *cause)
{
	unsigned x = rank_of(a), y = rank_of(b);

	if (a->severity != b->severity)
		return a->severity > b->severity;
	/* a breach that did not come before the stated cause is not what caused it */
	if (states_cause(a, cause) && !y && !mark_before(r, &b->mark, &a->mark))
		return true;
	if (states_cause(b, cause) && !x && !mark_before(r, &a->mark, &b->mark))
		return false;
	if (x != y)
		return x < y;
	if (states_cause(a, cause) != states_cause(b, cause))
		return states_cause(a, cause);
	return mark_before(r, &a->mark, &b->mark);
}

static struct finding *root_of(const struct report *r, const struct finding_link *links,
			       const char *cause)
{
	struct finding *best = NULL;

	for (; links; links = links->next)
		if (may_be_root(links->finding, cause) &&
		    (!best || is_nearer(r, links->finding, best, cause)))
			best = links->finding;
	return best;
}

/* What stands at its place already keeps it; a cause does not come after its consequence. */
static void fold(const struct report *r, struct finding *f, struct finding *root, const char *cause)
{
	if (f == root || f->root || rank_of(f) == ASIDE || f->severity > root->severity ||
	    rank_of(f) <= rank_of(root))
		return;
	if (!states_cause(root, cause) && !rank_of(root) && !mark_before(r, &root->mark, &f->mark))
		return;
	f->root = root;
	root->consequences++;
}

static bool has_fallen(unsigned outcome)
{
	return outcome == OUTCOME_FAILED || outcome == OUTCOME_DROPPED;
}

/* Of a call that its tunnel took along: all that only tells its end. */
static void fold_under_tunnel(struct call *c, struct finding *root)
{
	for (struct finding_link *l = c->findings; l; l = l->next) {
		struct finding *f = l->finding;

		if (!rank_of(f) || rank_of(f) == ASIDE || f->severity > root->severity)
			continue;
		if (f->root)
			f->root->consequences--;
		f->root = root;
		root->consequences++;
	}
}

void roots_find(struct report *r)
{
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t)) {
		if (!has_fallen(t->outcome))
			continue;
		t->root = root_of(r, t->findings, t->cause);
		for (struct finding_link *l = t->findings; t->root && l; l = l->next)
			fold(r, l->finding, t->root, t->cause);
	}
	for (struct call *c = r->calls; c; c = call_after(r, c)) {
		struct finding *root;

		if (!has_fallen(c->outcome))
			continue;
		root = root_of(r, c->findings, c->cause);
		for (struct finding_link *l = c->findings; root && l; l = l->next)
			fold(r, l->finding, root, c->cause);
		if (c->fell_with_tunnel && c->tunnel && c->tunnel->root)
			fold_under_tunnel(c, c->tunnel->root);
	}
}
