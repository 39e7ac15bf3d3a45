#include "cause.h"
#include "rules.h"

/* Result and error codes of StopCCN and CDN, once the run is over. */

static void raise_error(struct raise *r, const struct ending *e, const char *message)
{
	const char *name = e->error > 0 ? code_name(CODE_ERROR, (uint32_t)e->error) : NULL;

	raise_finding(r, &e->mark, "%s has error %d%s%s%s%s%.*s%s", message, e->error,
		      name ? " (" : "", name ? name : "", name ? ")" : "",
		      e->text.len ? " and says \"" : "", STR_ARG(e->text), e->text.len ? "\"" : "");
}

static bool is_try_another(const struct ending *e)
{
	return e->result == 2 && (e->error == 7 || e->error == 9);
}

static bool is_avp_refused(const struct ending *e)
{
	return e->result == 2 && e->error == 8;
}

static bool is_silent_vendor_error(const struct ending *e)
{
	return e->result == 2 && e->error == 6 && !e->text.len;
}

/* StopCCN 5 carries the highest version there (RFC 2661 4.4.2), CDN 30 what does not fit. */
static bool is_error_alone(const struct ending *e)
{
	return e->error > 0 && e->result >= 0 && e->result != 2 && e->result != 5 &&
	       e->result != RESULT_TDM;
}

/* The result is one that nobody defined. */
static bool is_reserved(const struct ending *e, enum code_domain table)
{
	return e->is_set && !e->has_why && e->result >= 0 &&
	       !(e->result && code_name(table, (uint32_t)e->result));
}

/* A StopCCN or a CDN that a rule may have something to say of. */
struct odd_ending {
	struct odd_ending *next;
	struct tunnel *t;
	struct call *c; /* NULL: a StopCCN */
	const struct ending *e;
	bool is_reserved;
};

static void odd_add(struct raise *r, struct tunnel *t, struct call *c, const struct ending *e)
{
	bool is_odd = is_reserved(e, c ? CODE_CDN : CODE_STOPCCN);
	struct odd_ending *odd;

	if (!is_odd && !(e->is_set && e->error > 0))
		return;
	odd = arena_alloc(r->r->arena, sizeof(*odd));
	if (!odd)
		return;
	*odd = (struct odd_ending){.t = t, .c = c, .e = e, .is_reserved = is_odd};
	*r->endings_tail = odd;
	r->endings_tail = &odd->next;
}

/* Most say nothing odd: all are looked at once, for whichever rule asks first, but for those that
 * were told before (hand_on). The next one of those that do, and of which the rule asks now; `odd`
 * NULL: the first. */
static const struct odd_ending *odd_next(struct raise *r, const struct odd_ending *odd)
{
	if (!r->endings_tail) {
		r->endings_tail = &r->endings;
		for (struct tunnel *t = r->r->tunnels; t; t = tunnel_after(r->r, t))
			if (!t->is_told)
				odd_add(r, t, NULL, &t->stopccn);
		for (struct call *c = r->r->calls; c; c = call_after(r->r, c))
			if (!c->is_told)
				odd_add(r, c->tunnel, c, &c->cdn);
	}
	odd = odd ? odd->next : r->endings;
	if (odd) {
		r->t = odd->t;
		r->c = odd->c;
	}
	return odd;
}

static const char *message_of(const struct odd_ending *odd)
{
	return odd->c ? "CDN" : "StopCCN";
}

/* Every StopCCN and CDN of which `holds` is true. */
static void each_ending(struct raise *r, bool (*holds)(const struct ending *))
{
	for (const struct odd_ending *odd = odd_next(r, NULL); odd; odd = odd_next(r, odd))
		if (!(odd->c && odd->e->has_why) && holds(odd->e))
			raise_error(r, odd->e, message_of(odd));
}

static void try_another(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	each_ending(r, is_try_another);
}

static void avp_refused(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	each_ending(r, is_avp_refused);
}

static void silent_vendor_error(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	each_ending(r, is_silent_vendor_error);
}

static void error_alone(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	each_ending(r, is_error_alone);
}

static void reserved_result(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	for (const struct odd_ending *odd = odd_next(r, NULL); odd; odd = odd_next(r, odd))
		if (odd->is_reserved)
			raise_finding(r, &odd->e->mark, "%s has result %d, which means nothing",
				      message_of(odd), odd->e->result);
}

static const char BUILDER[] = "The sender builds its messages wrongly.";
static const char NOTHING[] = "Nothing to do.";

static const struct rule_row rows[] = {
	{"error-code-7-try-another", SEVERITY_WARNING, ON_RUN, try_another,
	 "The other end asks to try elsewhere",
	 "It is about to restart, overloaded, or sends its callers to another LNS.",
	 "Configure another LNS (`initiate-to` with priorities), and look at the load of this "
	 "one.",
	 "RFC 2661 4.4.2", NULL, false},
	{"error-code-8-names-avp", SEVERITY_ERROR, ON_RUN, avp_refused,
	 "The other end refuses an attribute that it does not know",
	 "An attribute that the peer does not know was marked mandatory.",
	 "Turn the feature of that attribute off at its sender, or upgrade the end that refuses "
	 "it.",
	 "RFC 2661 4.4.2", NULL, false},
	{"error-code-6-no-text", SEVERITY_NOTE, ON_RUN, silent_vendor_error,
	 "A vendor's error comes without a word", "The sender should have added a text.",
	 "Look at the log of the sender.", "RFC 2661 4.4.2", NULL, false},
	{"error-code-without-general", SEVERITY_NOTE, ON_RUN, error_alone,
	 "An error code comes with a result that has none",
	 "A habit of the sender; the code may mean something all the same.", NOTHING,
	 "RFC 2661 4.4.2", NULL, false},
	{"result-code-reserved", SEVERITY_NOTE, ON_RUN, reserved_result,
	 "The result code means nothing", BUILDER, "Look at the log of the sender.",
	 "RFC 2661 4.4.2", NULL, false},
};

const struct rule_table rules_result = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
};
