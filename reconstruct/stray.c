#include "stray.h"

#include "over.h"
#include "session.h"

static void text_adopt(struct str *into, struct str from)
{
	if (!into->len)
		*into = from;
}

static void mark_adopt(struct mark *into, const struct mark *from)
{
	if (from->is_set)
		mark_first(into, *from);
}

/* What the ICCN told of LCP and authentication holds beside what the interface says. */
static void keep_proxy(struct arena *arena, struct ppp_link *l, const struct ppp_link *proxy)
{
	const struct cp *proxied = link_cp(proxy, CP_LCP);
	struct auth *a;
	const struct auth *told = link_auth(proxy, CLIENT);

	for (int i = 0; i < 2; i++) {
		l->proxy_mru[i] = proxy->proxy_mru[i];
		if (!link_cp(l, CP_LCP)->side[i].agreed && proxied->side[i].agreed)
			link_cp_make(arena, l, CP_LCP)->side[i].agreed = proxied->side[i].agreed;
	}
	l->proxy_lcp |= proxy->proxy_lcp;
	if (!told->is_proxy)
		return;
	a = link_auth_make(arena, l, CLIENT);
	a->is_proxy = true;
	if (!a->protocol) {
		a->protocol = told->protocol;
		a->algorithm = told->algorithm;
	}
	if (!a->peer_name.len)
		a->peer_name = told->peer_name;
	if (!a->challenge.len || !a->response.len) {
		a->challenge = told->challenge;
		a->response = told->response;
		a->challenge_id = told->challenge_id;
		a->response_id = told->response_id;
	}
}

static void told_adopt(struct session_told *into, const struct session_told *told)
{
	text_adopt(&into->said_user, told->said_user);
	text_adopt(&into->said_lac_name, told->said_lac_name);
	if (told->said_lns.family)
		into->said_lns = told->said_lns;
	text_adopt(&into->said_address, told->said_address);
	text_adopt(&into->isdn_user, told->isdn_user);
	text_adopt(&into->isdn_number, told->isdn_number);
	text_adopt(&into->dialed, told->dialed);
	mark_adopt(&into->isdn_connect, &told->isdn_connect);
	mark_adopt(&into->isdn_disconnect, &told->isdn_disconnect);
}

/* It has the number of what began first. */
static void number_adopt(struct observer *o, struct session *s, struct session *stray)
{
	bool is_later = s->number > stray->number;

	over_is_half(o, is_later ? s : stray, NULL);
	if (is_later)
		s->number = stray->number;
}

/* A LAC leaves the network protocols of a caller to the LNS (RFC 2661 3.0): where a log begins
 * late, who negotiates them is none. */
static void never_lac(struct session *s, const struct session *stray)
{
	bool speaks_network = session_told(stray)->route_installed.is_set;

	for (unsigned i = CP_IPCP; i < N_CP; i++)
		speaks_network |= link_cp(&stray->ppp, i)->opened.is_set ||
				  (link_cp(&stray->ppp, i)->side[CLIENT].requests > 0 &&
				   link_cp(&stray->ppp, i)->side[LNS].requests > 0);
	if (s->roles_known || !speaks_network ||
	    session_side(s, live_tunnel(s->tunnel)->local) != LAC)
		return;
	session_flip(s);
	s->first = stray->first;
}

/* The LAC's PPP with the caller ends where the session begins, and stands beside the session's. */
static void link_of_lac(struct context *c, struct session *s, const struct session *stray)
{
	struct session_told *told = session_told_make(c->arena, s);
	struct ppp_link *l = &s->ppp;

	l->cp[CP_LCP_AT_LAC] = stray->ppp.cp[CP_LCP_AT_LAC];
	for (size_t i = 0; i < 2; i++)
		if (!link_auth(l, i)->first.is_set)
			l->auth[i] = stray->ppp.auth[i];
	mark_adopt(&told->before_first, &session_told(stray)->before_first);
	mark_adopt(&told->before_first, &stray->first);
}

/* That of an LNS is the session's. */
static void link_of_lns(struct context *c, struct session *s, const struct session *stray)
{
	struct ppp_link *l = &s->ppp, proxy = *l;
	struct auth *auth;

	*l = stray->ppp;
	l->cp[CP_LCP] = stray->ppp.cp[CP_LCP_AT_LAC];
	keep_proxy(c->arena, l, &proxy);
	l->cp[CP_LCP_AT_LAC] = NULL;
	auth = link_auth_make(c->arena, l, CLIENT);
	auth->by_lns = auth->by_lac;
	auth->by_lac = false;
}

static void steps_adopt(struct session *s, const struct session *stray)
{
	struct step *first = session_console(stray)->first_step;

	for (struct step *step = first; step; step = step->next) {
		if (step->session == stray) {
			step->session = s;
			step->tunnel = s->tunnel;
		}
	}
}

static void stray_leave(struct observer *o, struct live_session *stray)
{
	struct live_session **at = &o->strays;

	while (*at && *at != stray)
		at = &(*at)->console->next_stray;
	if (*at)
		*at = (*at)->console->next_stray;
}

void stray_adopt(struct context *c, struct session *s, struct session *stray)
{
	struct live_session *ls = live_session(s), *gone = live_session(stray);

	never_lac(s, stray);
	number_adopt(c->observer, s, stray);
	steps_adopt(s, stray);
	if (session_side(s, live_tunnel(s->tunnel)->local) == LAC)
		link_of_lac(c, s, stray);
	else if (stray->ppp.first.is_set && !s->ppp.first.is_set)
		link_of_lns(c, s, stray);
	mark_adopt(&s->ppp.first, &stray->ppp.first);
	mark_adopt(&s->ppp.last, &stray->ppp.last);
	if (stray->told)
		told_adopt(session_told_make(c->arena, s), stray->told);
	text_adopt(&s->called, stray->called);
	s->counters.ppp_messages += stray->counters.ppp_messages;
	stray_leave(c->observer, gone);
	/* the call goes on with parts of it */
	gone->became = s;
	c->observer->has_absorbed = true;
	gone->absorbed = ls->absorbed;
	ls->absorbed = gone;
}
