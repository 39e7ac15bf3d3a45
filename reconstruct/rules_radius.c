#include <stdio.h>

#include "radius_join.h"
#include "rules.h"

/* RADIUS beside the calls: answers, their lack, their delay. */

enum { ACCESS_REQUEST = 1, ACCESS_REJECT = 3, COPIES = 2 };

static void print_user(struct text *t, const struct radius_exchange *x)
{
	text_printf(t, "%s%.*s", x->user.len ? "for " : "", STR_ARG(x->user));
}

static void rejected(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	for (const struct radius_exchange *x = r->r->radius; x; x = x->next) {
		struct text user = text_make(64);

		print_user(&user, x);
		if (x->code == ACCESS_REQUEST && x->answer == ACCESS_REJECT)
			raise_finding(r, &x->answered, "Access-Reject %.*s%s%.*s%s",
				      STR_ARG(text_str(&user)), x->message.len ? ": \"" : "",
				      STR_ARG(x->message), x->message.len ? "\"" : "");
		text_free(&user);
	}
}

/* Another answer of that server would show that the capture sees its answers. */
static void unanswered(struct raise *r, struct tunnel *t, struct call *c)
{
	static const double WAIT_S = 5;

	(void)t;
	(void)c;
	for (const struct radius_exchange *x = r->r->radius; x; x = x->next) {
		struct text user = text_make(64);

		print_user(&user, x);
		if (!x->answer && x->copies > COPIES && mark_watched(r->r, &x->last) >= WAIT_S)
			raise_finding(r, &x->asked, "%s %.*s was sent %u times and not answered",
				      code_name(CODE_RADIUS, x->code), STR_ARG(text_str(&user)),
				      x->copies);
		text_free(&user);
	}
}

static void late(struct raise *r, struct tunnel *t, struct call *c)
{
	double limit = threshold(r->r->thresholds, THRESHOLD_RADIUS_SLOW), gap;

	(void)t;
	(void)c;
	for (const struct radius_exchange *x = r->r->radius; x; x = x->next) {
		struct finding *f;

		if (!mark_gap(r->r, &x->asked, &x->answered, &gap) || gap <= limit)
			continue;
		f = raise_finding(r, &x->answered, "%s came after %.1f s",
				  code_name(CODE_RADIUS, x->answer), gap);
		finding_evidence(r, f, &x->asked);
	}
}

static const struct rule_row rows[] = {
	{"radius-reject", SEVERITY_ERROR, ON_RUN, rejected, "RADIUS rejected a user",
	 "The password is wrong, the user is unknown, or a policy forbids the call.",
	 "Read the RADIUS server's log for this user at this time; the Reply-Message may say why.",
	 "RFC 2865 4.3", NULL, false},
	{"radius-no-response", SEVERITY_ERROR, ON_RUN, unanswered,
	 "The RADIUS server does not answer",
	 "It is down, the port is wrong, the secret does not fit (it then drops the request), or "
	 "this NAS is not one of its clients.",
	 "Look at the server's log for an unknown client or a wrong authenticator; check address, "
	 "port and secret at the NAS.",
	 "RFC 2865 2.4", NULL, false},
	{"radius-latency", SEVERITY_WARNING, ON_RUN, late, "The RADIUS server answered late",
	 "The server or what stands behind it (directory, database) is busy.",
	 "Look at the server's load and its back end; raise the NAS's timeout above this time.",
	 "RFC 2865 2.4", NULL, true},
};

const struct rule_table rules_radius = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
};
