#include "grammar.h"
#include "log_record.h"
#include "mark.h"
#include "rules.h"
#include "watch.h"

/* What carries L2TP, as far as a log tells of it. */

static void see_below(struct watch *w)
{
	struct str reason = said_text(w->e, FIELD_REASON);
	struct finding *f;

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
};

const struct rule_table rules_below = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
