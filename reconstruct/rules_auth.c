#include <stdio.h>

#include "reject_reason.h"
#include "rules.h"
#include "watch_ppp.h"

/* Authentication as it goes by: identifiers, repeated challenges, refusals. */

enum { CHALLENGES_KEPT = 8, EAP_NAK = 3, PAP_STORM = 6 };

struct challenge {
	uint64_t value;
	uint8_t octets; /* of the value */
	uint8_t id;
};

/* Of who asked more than once. */
struct challenges {
	struct challenge kept[CHALLENGES_KEPT];
	uint32_t ids[8]; /* a bit for every id it ever used */
};

/* What one end asked as authenticator; `asked` grows, the last ones are kept. */
struct auth_way {
	struct challenge first;
	struct challenges *all; /* NULL: the first one is the only one */
	uint32_t asked;
	bool is_stray; /* a response with an id that was never seen asked */
	uint8_t stray_id;
	uint32_t pap_unanswered;
};

struct auth_memory {
	struct auth_way *way[2]; /* by the tunnel end of the authenticator; NULL: it is none */
};

static uint64_t value_hash(struct span s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ s.at[i]) * UINT64_C(1099511628211);
	return h;
}

static struct auth_way *way_of(struct watch *w, struct auth_memory *m, unsigned from)
{
	if (!m->way[from])
		m->way[from] = watch_room(w, sizeof(*m->way[from]));
	return m->way[from];
}

/* Its identifier; false: nothing was asked. */
static bool last_of(const struct auth_way *way, uint8_t *ret_id)
{
	if (!way || !way->asked)
		return false;
	*ret_id = way->all ? way->all->kept[(way->asked - 1) % CHALLENGES_KEPT].id : way->first.id;
	return true;
}

static bool was_asked(const struct auth_way *way, uint8_t id)
{
	return way->all ? way->all->ids[id / 32] & UINT32_C(1) << id % 32
			: way->asked && way->first.id == id;
}

/* The identifier of a challenge that had that value; NULL: none had. */
static const uint8_t *same_value(const struct auth_way *way, uint64_t value, size_t octets)
{
	size_t asked = way ? way->asked : 0;
	size_t n = asked < CHALLENGES_KEPT ? asked : CHALLENGES_KEPT;
	const struct challenge *kept;

	if (!n)
		return NULL;
	kept = way->all ? way->all->kept : &way->first;
	for (size_t i = 0; i < n; i++)
		if (kept[i].value == value && kept[i].octets == octets)
			return &kept[i].id;
	return NULL;
}

static void challenge_keep(struct watch *w, struct auth_way *way)
{
	const struct ppp *p = &w->e->ppp;
	struct challenge now = {value_hash(p->value), (uint8_t)p->value.len, p->id};

	if (!way->asked++) {
		way->first = now;
		return;
	}
	if (!way->all) {
		way->all = watch_room(w, sizeof(*way->all));
		way->all->kept[0] = way->first;
		way->all->ids[way->first.id / 32] |= UINT32_C(1) << way->first.id % 32;
	}
	way->all->kept[(way->asked - 1) % CHALLENGES_KEPT] = now;
	way->all->ids[p->id / 32] |= UINT32_C(1) << p->id % 32;
}

/* ---- CHAP ---- */

static void see_challenge(struct watch *w, struct auth_memory *m)
{
	const struct ppp *p = &w->e->ppp;
	struct auth_way *way = way_of(w, m, w->from);
	uint64_t value = value_hash(p->value);
	const uint8_t *before = p->value.len ? same_value(way, value, p->value.len) : NULL;

	/* the same identifier: the challenge was sent again, which is as it should be */
	if (before && *before != p->id)
		watch_raise(w, "chap-challenge-repeated",
			    "%s used the challenge of id %u again for id %u", ppp_sender(w),
			    *before, p->id);
	if (p->value.len && same_value(m->way[1 - w->from], value, p->value.len))
		watch_raise(w, "chap-bidirectional-same-secret",
			    "%s sends back the challenge that it got from %s", ppp_sender(w),
			    ppp_receiver(w));
	if (link_cp(&w->s->ppp, CP_IPCP)->opened.is_set ||
	    link_cp(&w->s->ppp, CP_IPV6CP)->opened.is_set)
		watch_raise(w, "auth-reauth-midsession",
			    "%s asked for authentication again while the call was up",
			    ppp_sender(w));
	challenge_keep(w, way);
}

static void see_response(struct watch *w, struct auth_memory *m)
{
	const struct ppp *p = &w->e->ppp;
	struct auth_way *way = m->way[1 - w->from];
	struct finding *f;
	uint8_t last;

	/* the identifier may be that of the LAC's challenge */
	if (!last_of(way, &last) || last == p->id || link_auth(&w->s->ppp, CLIENT)->is_proxy)
		return;
	if (was_asked(way, p->id)) {
		f = watch_raise(w, "chap-response-id-mismatch",
				"%s answered challenge id %u after id %u was asked: a late answer",
				ppp_sender(w), p->id, last);
		if (f->count == 1)
			f->severity = SEVERITY_NOTE;
		return;
	}
	way->is_stray = true;
	way->stray_id = p->id;
	watch_raise(w, "chap-response-id-mismatch", "%s answered challenge id %u with id %u",
		    ppp_sender(w), last, p->id);
}

/* Who decides on a response knows its challenge: the recording missed it. */
static void see_decision(struct watch *w, struct auth_memory *m)
{
	struct auth_way *way = m->way[w->from];

	if (way && way->is_stray && w->e->ppp.id == way->stray_id)
		way->is_stray = false;
}

static void see_chap(struct watch *w, struct auth_memory *m)
{
	switch (w->e->ppp.code) {
	case CHAP_CHALLENGE:
		see_challenge(w, m);
		break;
	case CHAP_RESPONSE:
		see_response(w, m);
		break;
	default:
		see_decision(w, m);
	}
}

/* ---- EAP and PAP ---- */

static void print_types(struct text *t, const struct ppp *p)
{
	for (size_t i = 1; i < p->body.len; i++) {
		const char *name = code_name(CODE_EAP_TYPE, p->body.at[i]);

		if (name)
			text_printf(t, "%s%s", t->len ? ", " : "", name);
		else
			text_printf(t, "%stype %u", t->len ? ", " : "", p->body.at[i]);
	}
}

static void see_eap(struct watch *w, struct auth_memory *m)
{
	const struct ppp *p = &w->e->ppp;
	const struct auth_way *way = m->way[1 - w->from];
	struct text types;
	uint8_t last;

	if (p->code == EAP_REQUEST)
		challenge_keep(w, way_of(w, m, w->from));
	if (p->code != EAP_RESPONSE)
		return;
	if (last_of(way, &last) && last != p->id && was_asked(way, p->id))
		watch_raise(w, "eap-id-mismatch",
			    "%s answered EAP request id %u after id %u was "
			    "asked",
			    ppp_sender(w), p->id, last);
	if (!p->body.len || p->body.at[0] != EAP_NAK)
		return;
	types = text_make(64);
	print_types(&types, p);
	watch_raise(w, "eap-nak", "%s refuses the EAP method; it wants %.*s", ppp_sender(w),
		    types.len ? (int)types.len : 12,
		    types.len ? text_str(&types).at : "no other one");
	text_free(&types);
}

static void see_pap(struct watch *w, struct auth_memory *m)
{
	struct auth_way *way = way_of(w, m, w->e->ppp.code == PAP_REQUEST ? 1 - w->from : w->from);

	if (w->e->ppp.code != PAP_REQUEST) {
		way->pap_unanswered = 0;
		return;
	}
	way->pap_unanswered++;
	if (way->pap_unanswered == PAP_STORM)
		watch_raise(w, "pap-retry-storm",
			    "%s sent %u Authenticate-Requests and was not answered", ppp_sender(w),
			    way->pap_unanswered);
}

static void see_auth(struct watch *w)
{
	const struct ppp *p = &w->e->ppp;

	if (!ppp_is_real(w) || !p->has_id)
		return;
	if (p->protocol == PPP_CHAP && !w->e->origin.line)
		see_chap(w, watch_session(w));
	else if (p->protocol == PPP_EAP && !w->e->origin.line)
		see_eap(w, watch_session(w));
	else if (p->protocol == PPP_PAP)
		see_pap(w, watch_session(w));
}

static bool is_stray(const struct auth_way *way)
{
	return way && way->is_stray;
}

static void judge_id(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct auth_memory *m = c ? watch_recall(c->session, see_auth) : NULL;

	(void)t;
	if (r->last->severity == SEVERITY_ERROR &&
	    !(m && (is_stray(m->way[0]) || is_stray(m->way[1]))))
		finding_withdraw(r->last);
}

static void eap_failed(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	for (size_t i = 0; i < 2; i++) {
		const struct auth *a = link_auth(&c->session->ppp, i);

		if (a->protocol == PPP_EAP && a->result == RESULT_FAILURE)
			reject_reason_tell(raise_finding(r,
							 a->decided.is_set ? &a->decided : &c->end,
							 "%.*s", STR_ARG(c->cause_text)),
					   a, c);
	}
}

static void success_is_wrong(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	for (size_t i = 0; i < 2; i++) {
		const struct auth *a = link_auth(&c->session->ppp, i);

		if (a->answer_verified == TRUTH_FALSE)
			raise_finding(r, &a->decided,
				      "The S= of the Success to %.*s does not fit the password of "
				      "%.*s, which the response fits",
				      STR_ARG(a->peer_name), STR_ARG(a->verified_with));
	}
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_PPP),
	 .memory = sizeof(struct auth_memory),
	 .ppp = WATCH_AUTH,
	 .see = see_auth},
};

static const char SPOOF[] =
	"Find out what that end is (address, vendor); protect the tunnel with IPsec.";

static const struct rule_row rows[] = {
	{"chap-response-id-mismatch", SEVERITY_ERROR, ON_EVENT, judge_id,
	 "A CHAP Response does not answer the Challenge that was sent",
	 "A late answer to an earlier challenge (harmless), or the response of another session.",
	 "Measure delay and loss of the link; if it happens each time, upgrade the client.",
	 "RFC 1994 4.1", NULL, false},
	{"eap-failure", SEVERITY_ERROR, ON_CALL, eap_failed, "EAP authentication failed",
	 "Password or certificate are wrong, expired, or not trusted.",
	 "Read the AAA server's log for this user at this time; with EAP-TLS compare the "
	 "certificates' dates and issuers.",
	 "RFC 3748 4.2", "auth-rejected", false},
	{"mschapv2-success-mismatch", SEVERITY_ERROR, ON_CALL, success_is_wrong,
	 "The authenticator's own proof is wrong",
	 "The LNS or its RADIUS server does not know the password that it accepted, computes the "
	 "S= value with another user name (realm stripped), or stands in the middle.",
	 "Compare user name and password at the RADIUS server; a client that checks S= will drop "
	 "the call.",
	 "RFC 2759 5", NULL, false},
	{"chap-challenge-repeated", SEVERITY_WARNING, ON_EVENT, NULL,
	 "A CHAP challenge was used twice",
	 "A bad source of random numbers, or somebody replays what was recorded.", SPOOF,
	 "RFC 1994 4.1", NULL, false},
	{"eap-id-mismatch", SEVERITY_WARNING, ON_EVENT, NULL,
	 "An EAP Response answers an earlier Request",
	 "The request was sent again while its answer was on the way.",
	 "Raise the retransmission time of the authenticator above the delay of the link.",
	 "RFC 3748 4.1", NULL, false},
	{"eap-nak", SEVERITY_WARNING, ON_EVENT, NULL, "The client refuses the EAP method",
	 "The client is not configured for the method that the server begins with.",
	 "Enable a method that both know; put it first at the server.", "RFC 3748 5.3.1", NULL,
	 false},
	{"pap-retry-storm", SEVERITY_WARNING, ON_EVENT, NULL,
	 "PAP requests are repeated without an answer",
	 "The AAA server is slow or cannot be reached, or the way back is broken.",
	 "Check reachability and answer times of the AAA server (IOS: `debug aaa authentication`).",
	 "RFC 1334 2.2.1", NULL, false},
	{"auth-reauth-midsession", SEVERITY_NOTE, ON_EVENT, NULL,
	 "Authentication was asked for again while the call was up",
	 "The LNS is set to challenge from time to time.", "Nothing, if it is wanted.",
	 "RFC 1994 2", NULL, false},
	{"chap-bidirectional-same-secret", SEVERITY_NOTE, ON_EVENT, NULL,
	 "An end sends back the challenge that it got",
	 "Reflection: with one secret for both directions, the answer to it can be sent back as "
	 "one's own.",
	 "Use different secrets for the two directions, or authenticate in one only.",
	 "RFC 1994 2.3", NULL, false},
};

const struct rule_table rules_auth = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
