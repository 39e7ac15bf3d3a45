#include "cause_unseen.h"

#include <string.h>

#include "cause_ppp.h"
#include "cause_table.h"
#include "link.h"

/* The daemon of a tunnel leaves PPP to another program: no word of it may mean anything. */
static bool is_silent_about_ppp(const struct session *s)
{
	return !s->ppp.first.is_set && !s->proxy_name.len && s->ppp.phase[LNS].state <= LINK_DEAD;
}

/* A LAC's log follows a call only until it is forwarded: whether PPP came up is not told. */
bool trial_ppp_out_of_sight(const struct trial *f)
{
	const struct session *s = f->s;
	const struct ppp_link *p = &s->ppp;
	const struct session *j = s;

	do {
		const struct view *v = report_view(f->r, j->vantage);

		if (!v || !v->is_text || (v->role != ROLE_LAC && !is_silent_about_ppp(j)))
			return false;
		/* pppd, even without its debug, says when IPCP opens */
		if ((link_rare(&j->ppp)->told.is_set && session_told(j)->link_down.is_set) ||
		    exit_is_of_a_start(session_told(j)) ||
		    (v->role != ROLE_LAC && link_rare(&j->ppp)->disconnect_reason.len))
			return false;
		j = j->joined;
	} while (j);
	return (s->established[LAC].is_set || s->established[LNS].is_set) &&
	       !link_cp(p, CP_LCP)->side[LNS].last_request.is_set && !link_auth(p, CLIENT)->by_lns;
}

/* PPTP came up, or was cleared, and the recording has nothing of its GRE: whether PPP came up is
 * not known. */
static bool gre_out_of_sight(const struct trial *f)
{
	const struct pptp_call *p = &f->t->pptp_call;

	return f->t->carrier == CARRIER_PPTP &&
	       (p->answered.is_set || p->clear.is_set || p->disconnected.is_set) &&
	       !f->s->ppp.first.is_set && cause_is_orderly(f->cause);
}

/* A capture of control messages alone does not show that PPP came up. */
static bool ppp_is_not_recorded(const struct session *s)
{
	return !mark_line(&s->first) && !s->ppp.first.is_set &&
	       (s->established[LAC].is_set || s->established[LNS].is_set);
}

/* Both ends begin with LCP at once, and go on for longer than they wait before they ask again. */
bool trial_goes_on_without_ppp(const struct trial *f)
{
	static const double PPP_BEGINS_S = 10;
	const struct session *s = f->s;
	const struct mark *up = mark_later(f->r, &s->established[LAC], &s->established[LNS]);

	return ppp_is_not_recorded(s) && mark_watched(f->r, up) >= PPP_BEGINS_S;
}

/* When PPP was negotiated last, or the call was set up. */
static const struct mark *last_step(const struct trial *f)
{
	const struct session *s = f->s;
	const struct mark *last = seen_last(seen_of(s->seen, ICRQ));

	last = mark_later(f->r, last, seen_last(seen_of(s->seen, OCRQ)));
	last = mark_later(f->r, last, &s->established[LAC]);
	last = mark_later(f->r, last, &s->established[LNS]);
	for (unsigned i = 0; i < ALL_CP; i++)
		for (unsigned side = 0; side < 2; side++)
			last = mark_later(f->r, last,
					  &link_cp(trial_link(f), i)->side[side].last_request);
	return last;
}

/* Nobody negotiates for minutes: a log that leaves out how the call came up, as people cut them. */
bool trial_log_leaves_out(const struct trial *f)
{
	static const double LONG_S = 120;
	const struct mark *last = last_step(f);
	double gap;

	for (const struct session *j = f->s; j; j = j->joined) {
		const struct view *v = report_view(f->r, j->vantage);

		if (!v || !v->is_text)
			return false;
	}
	return f->end && last && last->is_set && mark_gap(f->r, last, f->end, &gap) && gap > LONG_S;
}

/* How long a call lasts, or is idle, is counted once it is up. */
static bool is_end_of_time(const char *cause)
{
	return strcmp(cause, "session-timeout") == 0 || strcmp(cause, "idle-timeout") == 0;
}

static bool network_is_agreed(const struct ppp_link *l)
{
	for (size_t k = CP_IPCP; k < N_CP; k++)
		if (link_cp(l, k)->side[0].acked.is_set || link_cp(l, k)->side[1].acked.is_set)
			return true;
	return false;
}

/* pppd says so of a call that was up, too, when its network protocols end. */
static bool is_of_network(const char *cause)
{
	return str_starts(str_of(cause), "ncp-") || str_starts(str_of(cause), "ipcp-");
}

/* It began while the recording went on, what refused it is known, and it shows nothing of a call
 * that is up: no hole hides all of that. */
static bool is_refused_in_sight(const struct trial *f)
{
	const struct cause_fact *fact = cause_named(f->cause);
	const struct counters *n = &f->s->counters;
	bool is_of_setup = fact && (fact->stage == SESSION_SETUP || fact->stage == PPP_SETUP);

	return is_of_setup && !is_of_network(f->cause) && f->confidence == CONFIDENCE_CERTAIN &&
	       (!f->s->was_there || !f->t->was_there) && !network_is_agreed(trial_link(f)) &&
	       !n->data_packets[0] && !n->data_packets[1];
}

/* That it came up was not seen; but would it have been? */
bool trial_may_have_come_up(const struct trial *f)
{
	bool is_missed = f->s->was_there || (trial_may_have_missed(f) && !f->is_insisted);

	if (trial_lcp_timed_out(f) || f->is_refused)
		return false;
	return (is_missed && !trial_is_first_auth(f) && !is_refused_in_sight(f)) ||
	       is_end_of_time(f->cause) ||
	       (ppp_is_not_recorded(f->s) && cause_is_orderly(f->cause)) ||
	       trial_ppp_out_of_sight(f) || gre_out_of_sight(f) || trial_fell_silent(f) ||
	       f->c->is_left_out;
}

bool trial_has_ipsec(const struct trial *f)
{
	const struct view *v = report_view(f->r, f->t->vantage);
	const struct address *x = &f->t->peer[INITIATOR].address,
			     *y = &f->t->peer[RESPONDER].address;

	for (size_t i = 0; v && i < v->n_ipsec; i++) {
		const struct host_pair *p = &v->ipsec[i];

		if ((address_equal(&p->a, x) && address_equal(&p->b, y)) ||
		    (address_equal(&p->a, y) && address_equal(&p->b, x)))
			return true;
	}
	return false;
}

/* A host that speaks IPsec shows what it gets in clear, and what it sends as ESP. */
const char *trial_ipsec_words(struct trial *f)
{
	if (!trial_has_ipsec(f))
		return "";
	f->confidence = CONFIDENCE_POSSIBLE;
	return " in clear; the capture has IPsec between the two as well, which may hide it";
}

uint32_t copies_in_vain(const struct tunnel *t, unsigned from, const struct seen *request)
{
	static const uint32_t LEAST = 3;
	const struct pending *p = NULL;

	if (request->count)
		p = channel_pending_of(&t->way[from], mark_number(&request->first));
	return p && !p->is_acked && p->copies >= LEAST ? p->copies : 0;
}

bool tunnel_is_end_alone(const struct tunnel *t)
{
	return t->was_there && mark_line(&t->first) && !t->n_sessions && !t->hellos &&
	       !t->established[INITIATOR].is_set && !t->established[RESPONDER].is_set;
}

bool trial_say_end_alone(struct trial *f, unsigned from, const struct mark *mark)
{
	/* of one that was never answered no id is known; who asked is unknown, too */
	bool was_heard = f->t->peer[1 - from].tunnel_id;
	struct str name = f->t->peer[from].name;

	f->confidence = CONFIDENCE_POSSIBLE;
	trial_also(f, was_heard ? "reply-not-received" : "peer-silent");
	return trial_say(
		f,
		"%s%.*s repeated a message until it gave the tunnel up%s; the log does "
		"not show which one, nor that the tunnel was ever up: it may be %s.",
		name.len ? "the host " : "one end", STR_ARG(name), str_c(time_words(f->r, mark)),
		was_heard ? "its answer to the request for it (SCCRP), which did not arrive"
			  : "the request for it");
}

/* From the first of the copies to the last: whoever sends them waited at least so long. A few may
 * be on their way still. */
static bool waited_between(const struct trial *f, const struct mark *first, const struct mark *last)
{
	double gap;

	return mark_gap(f->r, first, last, &gap) &&
	       gap >= 2 * threshold(f->r->thresholds, THRESHOLD_WAIT_PPP);
}

bool trial_asked_in_vain_for_long(const struct trial *f)
{
	const struct auth *a = link_auth(trial_link(f), CLIENT);

	for (size_t k = 0; k < N_CP; k++)
		for (int i = 0; i < 2; i++) {
			const struct cp *cp = link_cp(trial_link(f), k);
			const struct cp_side *asker = &cp->side[i], *silent = &cp->side[1 - i];

			if (k != CP_CCP && asker->requests + asker->request_repeats >= INSISTS &&
			    !(silent->acks + silent->naks + silent->rejects) &&
			    waited_between(f, side_first_request(asker), &asker->last_request))
				return true;
		}
	return a->result == RESULT_UNKNOWN && a->challenges >= INSISTS && !a->responses &&
	       waited_between(f, &a->first, &a->challenged);
}

bool trial_given_up(const struct trial *f)
{
	const struct mark *down = &session_told(f->s)->terminating;

	if (down->is_set && !mark_before(f->r, down, &f->s->ppp.last))
		return true; /* `Phase is TERMINATING`, and no packet says so */
	return f->end || session_told(f->s)->link_down.is_set || trial_lcp_timed_out(f) ||
	       mark_watched(f->r, &f->s->last) >= threshold(f->r->thresholds, THRESHOLD_WAIT_PPP) ||
	       trial_asked_in_vain_for_long(f);
}
