/* The milestones of a call: what came when, of all its tunnels, legs and PPP links, in order of
 * time. */
#include <stdlib.h>

#include "cmd_common.h"
#include "l2f_replay.h"
#include "show.h"

enum { MILESTONES = 64 };
/* A clock that only counts these tells nothing of what lies between two milestones. */
static const int64_t HOUR_NS = INT64_C(3600000000000);

struct milestone {
	const char *what;
	const struct mark *mark;
	int64_t ns;
	size_t order;
};

struct milestones {
	struct run *run;
	struct milestone at[MILESTONES];
	size_t n;
};

/* The earliest sight of each: joined sessions saw the same. */
static void add_milestone(struct milestones *m, const char *what, const struct mark *mark)
{
	const struct report *report = m->run->report;
	int64_t ns = when_aligned(report, mark->vantage, mark_when(mark)).ns;

	if (!mark->is_set)
		return;
	for (size_t i = 0; i < m->n; i++) {
		if (strcmp(m->at[i].what, what) != 0)
			continue;
		if (ns < m->at[i].ns) {
			m->at[i].mark = mark;
			m->at[i].ns = ns;
		}
		return;
	}
	if (m->n == MILESTONES)
		return;
	m->at[m->n] = (struct milestone){
		.what = what,
		.mark = mark,
		.ns = ns,
		.order = m->n,
	};
	m->n++;
}

static int by_time(const void *a, const void *b)
{
	const struct milestone *one = a;
	const struct milestone *other = b;

	if (one->ns != other->ns && moment_known(mark_when(one->mark)) &&
	    moment_known(mark_when(other->mark)))
		return one->ns < other->ns ? -1 : 1;
	return one->order < other->order ? -1 : 1;
}

/* The earliest sight of a message in any of the joined sessions. */
static const struct mark *first_sight(struct run *r, const struct session *s, unsigned message)
{
	static const struct mark never;
	const struct mark *best = &never;
	int64_t best_ns = 0;

	for (; s != NULL; s = s->joined) {
		const struct mark *m = &seen_of(s->seen, message)->first;
		int64_t ns = when_aligned(r->report, m->vantage, mark_when(m)).ns;

		if (!m->is_set || (best->is_set && ns >= best_ns))
			continue;
		best = m;
		best_ns = ns;
	}
	return best;
}

static void add_messages(struct milestones *m, const struct session *s)
{
	static const unsigned messages[] = {ICRQ, ICRP, ICCN, OCRQ, OCRP, OCCN, CDN};

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		add_milestone(m, tunnel_message_name(s->tunnel, messages[i]),
			      first_sight(m->run, s, messages[i]));
}

/* What carries a call that no tunnel carries. */
static void add_carrier(struct milestones *m, const struct tunnel *t)
{
	const struct discovery *d = t->discovery;
	const struct pptp *p = t->pptp;
	const struct pptp_call *call = &t->pptp_call;

	if (d != NULL) {
		add_milestone(m, "PADI", &d->padi);
		add_milestone(m, "PADO", &d->pado);
		add_milestone(m, "PADR", &d->padr);
		add_milestone(m, "PADS", &d->pads);
		add_milestone(m, "PADT", &d->padt);
	}
	if (p == NULL)
		return;
	add_milestone(m, "TCP SYN to port 1723", &p->syn);
	add_milestone(m, "PPTP control connection asked for", &p->request);
	add_milestone(m, "PPTP control connection refused", &p->refused);
	add_milestone(m, "PPTP control connection established", &p->reply);
	add_milestone(m, call->is_incoming ? "ICRQ" : "OCRQ", &call->asked);
	add_milestone(m, call->is_incoming ? "ICRP" : "OCRP", &call->answered);
	add_milestone(m, "ICCN", &call->connected);
	add_milestone(m, "Call-Clear-Request", &call->clear);
	add_milestone(m, "Call-Disconnect-Notify", &call->disconnected);
	add_milestone(m, "PPTP control connection stopped", &p->stop);
	add_milestone(m, "TCP connection closed", &p->closed);
}

static const char *decided_word(const struct auth *a)
{
	return a->result == RESULT_FAILURE ? "authentication of the client failed"
					   : "client authenticated";
}

static void add_link(struct milestones *m, const struct call *c, const struct session *s)
{
	const struct ppp_link *p = &s->ppp;

	add_milestone(m, "LCP opened between client and LAC", &link_cp(p, CP_LCP_AT_LAC)->opened);
	add_milestone(m, "LCP opened", &link_cp(p, CP_LCP)->opened);
	add_milestone(m, "client challenged", &link_auth(p, CLIENT)->challenged);
	add_milestone(m, decided_word(link_auth(p, CLIENT)), &link_auth(p, CLIENT)->decided);
	add_milestone(m, "IPCP opened", &link_cp(p, CP_IPCP)->opened);
	add_milestone(m, "IPV6CP opened", &link_cp(p, CP_IPV6CP)->opened);
	add_milestone(m, "CCP opened", &link_cp(p, CP_CCP)->opened);
	add_milestone(m, "route installed", &session_told(s)->route_installed);
	add_milestone(m, "LCP Terminate from the client",
		      &side_ending(&link_cp(p, CP_LCP)->side[CLIENT])->request);
	add_milestone(m,
		      common_has_lns(c) ? "LCP Terminate from the LNS"
					: "LCP Terminate from the server",
		      &side_ending(&link_cp(p, CP_LCP)->side[LNS])->request);
	add_milestone(m, "ISDN connected", &session_told(s)->isdn_connect);
	add_milestone(m, "ISDN disconnected", &session_told(s)->isdn_disconnect);
	add_milestone(m, "link down", &session_told(s)->link_down);
	add_milestone(m, "route removed", &session_told(s)->route_removed);
}

enum { WIDE = 100, PLACES = 74, PLACES_NARROW = 64 };

void show_milestones(struct run *r, const struct call *c, bool has_places)
{
	struct milestones m = {.run = r};
	struct subject s = run_subject(r);
	size_t places = r->term.width < WIDE ? PLACES_NARROW : PLACES;
	int64_t before = 0;

	if (c->tunnel != NULL) {
		add_milestone(&m, "tunnel: first message", &c->tunnel->start);
		add_milestone(&m, "tunnel established", &c->tunnel->connected);
	}
	if (!c->requested.is_set || mark_number(&c->requested) != mark_number(&c->start))
		add_milestone(&m, "start", &c->start);
	if (c->session != NULL)
		add_messages(&m, c->session);
	for (const struct session *one = c->session; one != NULL; one = one->joined) {
		add_link(&m, c, one);
		if (one->tunnel != NULL)
			add_carrier(&m, one->tunnel);
	}
	add_milestone(&m, "up", &c->connected);
	add_milestone(&m, "end", &c->end);
	if (m.n == 0)
		return;
	qsort(m.at, m.n, sizeof(m.at[0]), by_time);
	common_heading(r, "milestones");
	for (size_t i = 0; i < m.n; i++) {
		const struct milestone *one = &m.at[i];
		struct moment when = mark_when(one->mark);

		text_puts(&r->line, "  ");
		text_add(&r->line, common_time(r, one->mark));
		if (i > 0 && moment_known(when) && when.grain_ns < HOUR_NS) {
			struct text delta = text_make(32);

			text_printf(&delta, "+%.3f", (double)(one->ns - before) / 1e9);
			term_pad(&r->line, 32 - delta.len, true);
			text_add(&r->line, text_str(&delta));
			text_free(&delta);
		}
		before = one->ns;
		term_pad(&r->line, 34, true);
		text_puts(&r->line, one->what);
		if (one->mark->is_inferred)
			text_puts(&r->line, " (inferred)");
		if (has_places) {
			term_pad(&r->line, places, true);
			mark_print(&r->line, &s, one->mark);
		}
		term_line(&r->term, &r->line);
	}
}
