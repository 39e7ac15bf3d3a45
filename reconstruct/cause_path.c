#include "cause_path.h"

bool icmp_says_too_big(uint8_t type, uint8_t code)
{
	/* RFC 1191 (type 3 code 4), RFC 4443 3.2 (type 2, which IPv4 does not have) */
	return (type == 3 && code == 4) || type == 2;
}

bool icmp_is_too_big(const struct tunnel *t)
{
	return t->icmp.is_set && icmp_says_too_big(t->icmp_type, t->icmp_code);
}

bool icmp_is_past(const struct report *r, const struct tunnel *t)
{
	return mark_before(r, &t->icmp, &t->heard[t->icmp_about]);
}

/* What it says of the end that the packet was sent to (RFC 792, RFC 1812 5.2.7.1; RFC 4443 3). Who
 * says it is mostly a router on the path, and the service of that end has nothing to do with it.
 * NULL: its port is closed. */
static const char *icmp_unreachable_words(const struct tunnel *t)
{
	enum { V4 = 4, V6 = 6, ANY = 255 };
	static const struct {
		uint8_t family, type, code;
		const char *words;
	} rows[] = {
		{V4, 3, 0, "no route leads to its network"},
		{V4, 3, 1,
		 "nothing answers at its address on the last link, or no route leads to it"},
		{V4, 3, 2, "it does not take this protocol: no L2TP without UDP runs there"},
		{V4, 3, 3, NULL},
		{V4, 3, 9, "a filter on the path forbids packets to its network"},
		{V4, 3, 10, "a filter on the path forbids packets to it"},
		{V4, 3, 13, "a filter on the path forbids this traffic"},
		{V4, 11, 0,
		 "packets to it go round in a circle, or too far (time to live exceeded)"},
		{V4, 11, 1, "not all fragments of a packet arrived there"},
		{V6, 1, 0, "no route leads to it"},
		{V6, 1, 1, "a filter on the path forbids this traffic"},
		{V6, 1, 3, "nothing answers at its address on the last link"},
		{V6, 1, 4, NULL},
		{V6, 1, 5, "a filter on the path forbids the source address"},
		{V6, 1, 6, "a route on the path rejects packets to it"},
		{V6, 3, 0, "packets to it go round in a circle, or too far (hop limit exceeded)"},
		{V6, 3, 1, "not all fragments of a packet arrived there"},
		{V6, 4, 1, "it does not take this protocol: no L2TP without UDP runs there"},
		{ANY, ANY, ANY, "a packet was not delivered"},
	};
	uint8_t family = t->peer[t->icmp_about].address.family == V6 ? V6 : V4;
	size_t i = 0;

	while (rows[i].family != ANY && (rows[i].family != family || rows[i].type != t->icmp_type ||
					 rows[i].code != t->icmp_code))
		i++;
	return rows[i].words;
}

bool icmp_is_of_host(const struct tunnel *t)
{
	enum { PROTOCOL = 2, NEXT_HEADER = 4 };
	bool is_v6 = t->peer[t->icmp_about].address.family == 6;

	if (!icmp_unreachable_words(t))
		return true;
	return is_v6 ? t->icmp_type == NEXT_HEADER && t->icmp_code == 1
		     : t->icmp_type == 3 && t->icmp_code == PROTOCOL;
}

/* "An ICMP error (type 3 code 13) at 1.2 s says of X: …" */
static struct str icmp_words(const struct trial *f)
{
	const struct tunnel *t = f->t;
	const char *why = icmp_unreachable_words(t);
	struct str when = time_words(f->r, &t->icmp), who = end_words(f->r, t, t->icmp_about);

	if (why)
		return arena_printf(f->r->arena, "n ICMP error (type %u code %u)%s says of %s: %s",
				    t->icmp_type, t->icmp_code, str_c(when), str_c(who), why);
	return arena_printf(f->r->arena,
			    "n ICMP error (type %u code %u)%s says that the L2TP port of %s cannot "
			    "be reached",
			    t->icmp_type, t->icmp_code, str_c(when), str_c(who));
}

bool judge_unreachable(struct trial *f)
{
	const struct tunnel *t = f->t;

	if (!t->icmp.is_set || icmp_is_too_big(t) || (f->came_up && !t->unanswered.is_set))
		return false;
	if (icmp_is_past(f->r, t)) /* it was reached at last: what ended the tunnel came later */
		return false;
	if (t->stopccn.is_set && f->came_up && mark_before(f->r, &t->stopccn.mark, &t->icmp))
		return false; /* a freed port after the end is no fault */
	f->by = ROLE_NETWORK;
	return trial_say(f, "A%s.", str_c(icmp_words(f)));
}

/* "the host of X could not send to Y ("No such device", 5 times, first at 1.2 s)" */
static struct str unsent_words(const struct trial *f)
{
	const struct unsent *u = f->t->unsent;

	return arena_printf(
		f->r->arena, "he host of %s could not send to %s (\"%.*s\", %u time%s%s)",
		str_c(end_words(f->r, f->t, u->from)), str_c(end_words(f->r, f->t, 1 - u->from)),
		STR_ARG(u->reason), u->count, u->count == 1 ? "" : "s",
		str_c(moment_words(f->r, ", first", &u->first)));
}

/* Of a tunnel that came up, what stopped it is `unanswered`. */
bool judge_not_sent(struct trial *f)
{
	const struct tunnel *t = f->t;

	if (!t->unsent ||
	    (f->came_up ? !t->unanswered.is_set || t->unanswered.from != t->unsent->from
			: seen_of(t->seen, SCCRP)->count > 0))
		return false;
	/* a peer that refuses the tunnel has got the request at last */
	if (!f->came_up && t->stopccn.is_set && t->stopccn.from != t->unsent->from)
		return false;
	if (t->stopccn.is_set && mark_before(f->r, &t->stopccn.mark, &t->unsent->first))
		return false; /* what it sent after the end is missed by nobody */
	f->by = ROLE_NETWORK;
	if (t->unsent->count == 1) { /* of later copies nothing says that they stayed */
		f->confidence = CONFIDENCE_LIKELY;
		trial_also(f, f->came_up ? "keepalive-lost" : "peer-silent");
	}
	return trial_say(f, "T%s.", str_c(unsent_words(f)));
}

/* So long may packets stay unanswered until the end that sends them says that its peer is gone. */
static const double MEANWHILE_S = 60;

static bool is_meanwhile(const struct trial *f, const struct mark *told, const struct mark *asked)
{
	double gap;

	return mark_gap(f->r, told, asked, &gap) && gap > -MEANWHILE_S && gap < MEANWHILE_S;
}

struct str path_words(const struct trial *f, const struct mark *asked)
{
	const struct tunnel *t = f->t;

	if (t->icmp.is_set && !icmp_is_too_big(t) && is_meanwhile(f, &t->icmp, asked))
		return arena_printf(f->r->arena, "; a%s", str_c(icmp_words(f)));
	if (t->unsent && is_meanwhile(f, &t->unsent->first, asked))
		return arena_printf(f->r->arena, "; t%s", str_c(unsent_words(f)));
	return (struct str){0};
}
