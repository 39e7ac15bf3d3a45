#include <string.h>

#include "cause.h"
#include "grammar.h"
#include "log_record.h"
#include "mark.h"
#include "rules.h"
#include "watch.h"

/* What carries L2TP, as far as a log tells of it. */

/* No tunnel was asked for: the name of the peer has no address. */
static void see_no_host(struct watch *w)
{
	struct str name = said_text(w->e, FIELD_NAME), reason = said_text(w->e, FIELD_REASON);

	if (!w->t && !said_text(w->e, FIELD_VALUE).len)
		watch_raise(w, "name-unresolved", "Nothing was sent to %.*s: %.*s", STR_ARG(name),
			    STR_ARG(reason));
}

static void see_below(struct watch *w)
{
	struct str reason = said_text(w->e, FIELD_REASON);
	struct finding *f;

	if (w->e->said.topic == SAID_UNSENT)
		see_no_host(w);
	if (w->e->said.topic != SAID_BELOW)
		return;
	if (str_starts(reason, "Processing of"))
		reason = w->e->text;
	f = watch_raise(w, "ipsec-failed", "IPsec failed before L2TP began: %.*s", STR_ARG(reason));
	/* an IKE daemon, or a router, does not say for whom it asks */
	if (!w->e->row || str_starts(str_of(w->e->row->name), "ipsec.") ||
	    str_starts(str_of(w->e->row->name), "routeros."))
		f->severity = SEVERITY_WARNING;
}

/* Of another peer, or it came up at the next try. */
static void below_overcome(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	for (struct tunnel *o = r->r->tunnels; o; o = tunnel_after(r->r, o))
		if (r->last->severity == SEVERITY_WARNING ||
		    mark_before(r->r, &r->last->mark, &o->last)) {
			finding_withdraw(r->last);
			return;
		}
}

/* At the next try it was found. */
static void name_found(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	for (const struct tunnel *o = r->r->tunnels; o; o = tunnel_after(r->r, o)) {
		if (mark_before(r->r, &r->last->mark, &o->last)) {
			r->last->severity = SEVERITY_NOTE;
			return;
		}
	}
}

/* The line itself is the evidence, not what it led to. */
static void not_sent(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	raise_finding(r, &t->unsent->first, "%.*s", STR_ARG(t->cause_text));
}

/* Of a tunnel that fell, or ended, for other reasons: or none did. */
static void some_not_sent(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct unsent *u = t->unsent;

	(void)c;
	if (!u || (t->cause && strcmp(t->cause, "not-sent") == 0) ||
	    (t->ended.is_set && !mark_before(r->r, &u->first, &t->ended)))
		return;
	raise_finding(r, &u->first, "The host of %s could not send to %s (\"%.*s\", %u time%s)",
		      str_c(end_words(r->r, t, u->from)), str_c(end_words(r->r, t, 1 - u->from)),
		      STR_ARG(u->reason), u->count, u->count == 1 ? "" : "s");
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_SAID), .see = see_below},
};

static const struct rule_row rows[] = {
	{"ipsec-failed", SEVERITY_ERROR, ON_EVENT, below_overcome,
	 "IPsec, which was to carry L2TP, did not come up",
	 "Pre-shared key, certificate or proposals differ, or UDP 500 and 4500 or ESP are "
	 "filtered; no "
	 "SCCRQ was sent.",
	 "Read the IKE log of both ends: key, identities, proposals, NAT traversal; behind NAT "
	 "Windows "
	 "needs AssumeUDPEncapsulationContextOnSendRule.",
	 "RFC 3193 3", NULL, false},
	{"name-unresolved", SEVERITY_ERROR, ON_EVENT, name_found,
	 "The name of the peer has no address here, so nothing was sent",
	 "The name is wrong, or the name server does not know it or cannot be reached.",
	 "Look the name up on that host; see its resolver, and whether the network was up yet.", "",
	 NULL, false},
	{"not-sent", SEVERITY_ERROR, ON_TUNNEL, not_sent, "The system of an end let nothing out",
	 "That host has no route to the peer, its interface is down, or a filter or an IPsec "
	 "policy of its own forbids it.",
	 "See routes, interfaces, filters and IPsec policies of that host; the path and the peer "
	 "have no say in that.",
	 "", "not-sent", false},
	{"send-failed", SEVERITY_WARNING, ON_TUNNEL, some_not_sent,
	 "The system of an end let packets of a tunnel not out",
	 "That host lost its route to the peer, its interface went down, or a filter or an IPsec "
	 "policy of its own forbids it.",
	 "See routes, interfaces, filters and IPsec policies of that host at that time.", "", NULL,
	 false},
};

const struct rule_table rules_below = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
