#include "cause_end.h"

#include "cause_cdn.h"
#include "cause_ppp.h"
#include "l2f_replay.h"
#include "link.h"

/* RFC 1661 5.5: Terminate-Ack answers a Terminate-Request, recorded or not; an end that had the
 * link up has closed it when it sends one. An end that negotiates later has begun anew. */
static const struct mark *unasked_ack(const struct trial *f, int side)
{
	const struct cp *lcp = link_cp(trial_link(f), CP_LCP);
	const struct mark *ack = &side_ending(&lcp->side[1 - side])->ack;

	if (!f->came_up || !ack->is_set || side_ending(&lcp->side[side])->request.is_set)
		return NULL;
	for (int i = 0; i < 2; i++)
		if (mark_before(f->r, ack, &lcp->side[i].last_request))
			return NULL;
	return ack;
}

static const struct mark *terminate_of(const struct trial *f, int side)
{
	const struct mark *ack = unasked_ack(f, side);

	return ack ? ack : &side_ending(&link_cp(trial_link(f), CP_LCP)->side[side])->request;
}

bool trial_is_before_call(const struct trial *f, const struct mark *of_tunnel)
{
	const struct session *s = f->s;

	return s->first.is_set && mark_before(f->r, of_tunnel, &s->first) &&
	       !(s->was_there && mark_line(&s->first));
}

const struct mark *trial_stopccn(const struct trial *f)
{
	const struct ending *e = &f->t->stopccn;

	if (!e->is_set || trial_is_before_call(f, &e->mark))
		return NULL;
	return &e->mark;
}

bool trial_terminate_is_unseen(const struct trial *f, int side)
{
	return unasked_ack(f, side) != NULL;
}

/* RFC 2661 7.2, 7.4, 7.5: before a call is up its LAC has sent SCCRQ or SCCRP, and ICRQ and ICCN
 * or OCRP and OCCN. An end that has sent fewer messages when the CDN comes is the LNS, though
 * nothing of this was seen. */
static int counted_lns(const struct trial *f)
{
	enum { OF_LAC = 3 };
	const struct ending *e = &f->c->cdn;
	int sender = e->from == LAC ? f->s->lac_end : 1 - f->s->lac_end;

	if (!e->is_set || f->t->version != 2 || tunnel_is_link(f->t))
		return -1;
	if (e->ns && e->ns < OF_LAC && e->nr >= OF_LAC)
		return sender;
	return e->nr && e->nr < OF_LAC && e->ns >= OF_LAC ? 1 - sender : -1;
}

bool trial_roles_known(const struct trial *f)
{
	return f->s->roles_known || f->s->roles_inferred;
}

enum role trial_side_role(const struct trial *f, int side)
{
	int lns = 1 - f->s->lac_end;

	if (!trial_roles_known(f))
		lns = counted_lns(f);
	if (lns < 0)
		return ROLE_UNKNOWN;
	return (side == CLIENT) == (lns != f->s->lac_end) ? ROLE_CLIENT : ROLE_LNS;
}

struct str trial_side_words(struct trial *f, int side)
{
	if (trial_roles_known(f))
		return side_words(f, side == CLIENT ? ROLE_CLIENT : ROLE_LNS);
	return side_words(f, side == CLIENT ? ROLE_LAC : ROLE_LNS); /* by its address */
}

enum role trial_first_mover(const struct trial *f)
{
	int side = f->terminator;

	if (side >= 0)
		return trial_side_role(f, side);
	if (f->end && f->end == &f->c->cdn.mark)
		return trial_cdn_role(f);
	if (f->end && f->end == &session_told(f->s)->cleared.mark)
		return trial_side_role(f, session_told(f->s)->cleared.from == f->s->lac_end ? CLIENT
											    : LNS);
	if (f->end && f->end == trial_stopccn(f)) {
		enum role role = role_of_end(f->s, f->t->stopccn.from);

		return role == ROLE_LAC || role == ROLE_LNS ? role : ROLE_UNKNOWN;
	}
	return ROLE_NETWORK;
}

struct str trial_terminate_words(struct trial *f, int side)
{
	const struct cp_side *lcp = &link_cp(trial_link(f), CP_LCP)->side[side];
	const struct mark *ack = unasked_ack(f, side);

	if (ack)
		return arena_printf(f->r->arena,
				    "%s sent an LCP Terminate-Request that was not recorded: %s "
				    "acknowledged it%s",
				    str_c(trial_side_words(f, side)),
				    str_c(trial_side_words(f, 1 - side)),
				    str_c(time_words(f->r, ack)));
	return arena_printf(f->r->arena, "%s sent LCP Terminate-Request%s%s",
			    str_c(trial_side_words(f, side)),
			    str_c(quote_words(f->r, side_ending(lcp)->text)),
			    str_c(time_words(f->r, &side_ending(lcp)->request)));
}

struct str trial_ending_words(struct trial *f)
{
	int side = f->terminator;

	if (side >= 0)
		return arena_printf(f->r->arena, "; then %s",
				    str_c(trial_terminate_words(f, side)));
	if (f->end && f->end == &f->c->cdn.mark)
		return arena_printf(f->r->arena, "; then %s", str_c(trial_cdn_words(f)));
	if (f->end && f->end == trial_stopccn(f) && f->t->unanswered.is_given_up &&
	    f->t->unanswered.from == f->t->stopccn.from)
		return arena_printf(f->r->arena, "; then %s gave the tunnel up%s%s",
				    str_c(end_words(f->r, f->t, f->t->stopccn.from)),
				    str_c(time_words(f->r, f->end)), str_c(deaf_words(f->r, f->t)));
	if (f->end && f->end == trial_stopccn(f))
		return arena_printf(f->r->arena, "; then %s closed the tunnel%s",
				    tunnel_message_name(f->t, STOPCCN),
				    str_c(time_words(f->r, f->end)));
	return (struct str){0};
}

/* Only a log of one end tells it, and only if nothing of the call comes after it: an interface
 * goes down before it is used, too. */
const struct mark *trial_line_gone(const struct trial *f)
{
	const struct session *s = f->s;
	const struct mark *gone =
		mark_earlier(f->r, &session_told(s)->isdn_disconnect, &session_told(s)->link_down);

	if (!gone || mark_before(f->r, gone, &s->ppp.last) ||
	    mark_before(f->r, gone, &f->c->connected))
		return NULL;
	return gone;
}

static bool order_is_known(const struct trial *f, const struct mark *a, const struct mark *b)
{
	int64_t at, bt;

	if (a->vantage == b->vantage)
		return true;
	if (!mark_ns(f->r, a, &at) || !mark_ns(f->r, b, &bt))
		return false;
	return (double)(at > bt ? at - bt : bt - at) > mark_blur(a, b) * 1e9;
}

/* A daemon that closes its tunnel stops the pppd of each call, and both logs say so: what ended the
 * call is the StopCCN, unless it came long after, or the times tell that pppd was first. */
static bool is_stop_of_daemon(const struct trial *f, const struct mark *end)
{
	static const double AT_ONCE_S = 3;
	const struct mark *stop = trial_stopccn(f);
	double gap;

	if (!stop || !end || f->c->cdn.is_set || tunnel_is_link(f->t))
		return false;
	if (end == &session_told(f->s)->cleared.mark)
		return !mark_gap(f->r, end, stop, &gap) || gap < AT_ONCE_S;
	for (int i = 0; i < 2; i++)
		if (end == terminate_of(f, i) && mark_line(end) &&
		    str_is(side_ending(&link_cp(trial_link(f), CP_LCP)->side[i])->text,
			   "User request"))
			return !order_is_known(f, end, stop);
	return false;
}

/* A daemon and its pppd write their lines each for itself: that the other end's PPP has ended may
 * stand behind the end of the session that came of it, in the same second. */
static bool is_of_that_moment(const struct trial *f, const struct mark *told)
{
	static const double AT_ONCE_S = 1;
	const struct mark *cdn = &f->c->cdn.mark;
	double gap;

	return told->is_set && mark_line(told) && mark_line(cdn) && told->vantage == cdn->vantage &&
	       (!mark_gap(f->r, cdn, told, &gap) || (gap >= 0 && gap <= AT_ONCE_S));
}

static const struct mark *end_behind_cdn(const struct trial *f)
{
	const struct cleared *x = &session_told(f->s)->cleared;
	int sender = f->c->cdn.from == LAC ? CLIENT : LNS;

	if (!x->cause && is_of_that_moment(f, &x->mark))
		return &x->mark;
	if (is_of_that_moment(f, terminate_of(f, sender)))
		return terminate_of(f, sender);
	return &f->c->cdn.mark;
}

static const struct mark *end_of(const struct trial *f)
{
	const struct mark *end = mark_earlier(f->r, terminate_of(f, CLIENT), terminate_of(f, LNS));

	end = mark_earlier(f->r, end, f->c->cdn.is_set ? &f->c->cdn.mark : NULL);
	end = mark_earlier(f->r, end, &session_told(f->s)->cleared.mark);
	if (end && end == &f->c->cdn.mark)
		end = end_behind_cdn(f);
	if (is_stop_of_daemon(f, end))
		return trial_stopccn(f);
	return mark_earlier(f->r, end, trial_stopccn(f));
}

static int terminator_of(const struct trial *f)
{
	for (int i = 0; i < 2; i++)
		if (f->end && f->end == terminate_of(f, i))
			return i;
	return -1;
}

void trial_find_end(struct trial *f)
{
	f->end = end_of(f);
	f->terminator = terminator_of(f);
}
