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

/* StopCCN 5 carries the highest version there (RFC 2661 4.4.2). */
static bool is_error_alone(const struct ending *e)
{
	return e->error > 0 && e->result >= 0 && e->result != 2 && e->result != 5;
}

/* Every StopCCN and CDN of which `holds` is true. */
static void each_ending(struct raise *r, bool (*holds)(const struct ending *))
{
	for (struct tunnel *t = r->r->tunnels; t; t = tunnel_after(r->r, t)) {
		r->t = t;
		r->c = NULL;
		if (t->stopccn.is_set && holds(&t->stopccn))
			raise_error(r, &t->stopccn, "StopCCN");
	}
	for (struct call *c = r->r->calls; c; c = call_after(r->r, c)) {
		r->t = c->tunnel;
		r->c = c;
		if (c->cdn.is_set && !c->cdn.has_why && holds(&c->cdn))
			raise_error(r, &c->cdn, "CDN");
	}
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

static void raise_reserved(struct raise *r, const struct ending *e, enum code_domain table,
			   const char *message)
{
	if (!e->is_set || e->has_why || e->result < 0 ||
	    (e->result && code_name(table, (uint32_t)e->result)))
		return;
	raise_finding(r, &e->mark, "%s has result %d, which means nothing", message, e->result);
}

static void reserved_result(struct raise *r, struct tunnel *t, struct call *c)
{
	for (t = r->r->tunnels; t; t = tunnel_after(r->r, t)) {
		r->t = t;
		r->c = NULL;
		raise_reserved(r, &t->stopccn, CODE_STOPCCN, "StopCCN");
	}
	for (c = r->r->calls; c; c = call_after(r->r, c)) {
		r->t = c->tunnel;
		r->c = c;
		raise_reserved(r, &c->cdn, CODE_CDN, "CDN");
	}
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
