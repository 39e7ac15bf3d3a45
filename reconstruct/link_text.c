/* Text: interfaces that no tunnel took. */
#include "join.h"
#include "link.h"
#include "ppp_link.h"
#include "roll.h"
#include "session.h"
#include "tunnel.h"

/* "pppoe-out1", "<pptp-user>": what an interface's name says of its carrier. */
static bool link_named(struct str interface, enum carrier *ret)
{
	static const struct {
		const char *word;
		enum carrier carrier;
	} words[] = {
		{"l2tp", CARRIER_L2TP},
		{"pppoe", CARRIER_PPPOE},
		{"pptp", CARRIER_PPTP},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_find(interface, str_of(words[i].word)) != SIZE_MAX) {
			*ret = words[i].carrier;
			return true;
		}
	return false;
}

/* The carriers that words of a text name which begin with `first`. */
static uint8_t carriers_named(struct str text, char first)
{
	static const struct {
		const char *word;
		enum carrier carrier;
	} words[] = {
		{"L2TP", CARRIER_L2TP},  {"l2tp", CARRIER_L2TP},   {"PPTP", CARRIER_PPTP},
		{"pptp", CARRIER_PPTP},  {"PPPoE", CARRIER_PPPOE}, {"pppoe", CARRIER_PPPOE},
		{"PADI", CARRIER_PPPOE}, {"PADO", CARRIER_PPPOE},  {"PADR", CARRIER_PPPOE},
		{"PADS", CARRIER_PPPOE},
	};
	uint8_t named = 0;

	while (text.len > 1) {
		const char *at = memchr(text.at, first, text.len - 1);
		char next = at ? (char)(at[1] | ' ') : 0;

		if (!at)
			break;
		text = str_range(at, text.at + text.len);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if ((words[i].word[1] | ' ') == next && str_starts(text, words[i].word))
				named |= (uint8_t)(1u << words[i].carrier);
		text = str_from(text, 1);
	}
	return named;
}

typedef uint8_t octets __attribute__((vector_size(16)));

static inline octets two_of(const char *at)
{
	octets first, second;

	memcpy(&first, at, sizeof(first));
	memcpy(&second, at + 1, sizeof(second));
	first |= 0x20;
	second |= 0x20;
	return (octets)(first == 'p') & ((octets)(second == 'p') | (octets)(second == 'a'));
}

/* Whether two letters stand in the text with which a word of PPTP or PPPoE begins: they do in few
 * lines, and all are asked. */
static bool may_name_others(struct str text)
{
	enum { OCTETS = sizeof(octets) };
	octets any = {0};
	uint64_t half[2];

	if (text.len <= OCTETS)
		return true;
	for (size_t i = 0; i + OCTETS < text.len; i += OCTETS)
		any |= two_of(text.at + i);
	any |= two_of(text.at + text.len - OCTETS - 1);
	memcpy(half, &any, sizeof(half));
	return half[0] | half[1];
}

void link_hear(struct context *c)
{
	static const uint8_t l2tp = 1u << CARRIER_L2TP;
	static const uint8_t others = 1u << CARRIER_PPTP | 1u << CARRIER_PPPOE;
	struct str text = c->event->text;
	uint8_t *said = &c->observer->said_carriers;

	if (!(*said & l2tp))
		*said |= carriers_named(text, 'L') | carriers_named(text, 'l');
	if ((*said & others) != others && may_name_others(text))
		*said |= carriers_named(text, 'P') | carriers_named(text, 'p');
}

/* What carries a link that is known only by its PPP. */
static enum carrier link_said(const struct observer *o, struct str interface)
{
	enum carrier named;

	if (link_named(interface, &named))
		return named;
	if (o->said_carriers & 1u << CARRIER_L2TP)
		return CARRIER_L2TP;
	if (o->said_carriers == 1u << CARRIER_PPTP)
		return CARRIER_PPTP;
	return o->said_carriers == 1u << CARRIER_PPPOE ? CARRIER_PPPOE : CARRIER_PPP;
}

/* The log of a pppd alone: its PPP was taken for that of a tunnel. */
static void tunnel_settle(const struct observer *o, struct tunnel *t)
{
	const struct str *at;
	struct str interface;
	enum carrier named;
	bool is_other;

	if (t->carrier != CARRIER_L2TP || t->counters.control_messages || t->stopccn.is_set ||
	    !t->sessions || t->peer[0].tunnel_id || t->peer[1].tunnel_id)
		return;
	at = session_console(t->sessions)->interface;
	interface = at[at[LAC].len ? LAC : LNS];
	is_other = link_named(interface, &named) && named != CARRIER_L2TP;
	if (!is_other &&
	    (!tunnel_is_faceless(t) || t->peer[0].address.family || t->peer[1].address.family))
		return;
	t->carrier = (uint8_t)link_said(o, interface);
	t->number = 0;
	for (unsigned i = 0; i < 2; i++)
		t->link_id[i] = t->sessions->id[session_side(t->sessions, i)];
}

/* A stray was taken for the LAC's own link to the caller: it is the whole link. */
static void whole_link(struct ppp_link *l)
{
	if (!link_cp(l, CP_LCP)->side[0].requests && !link_cp(l, CP_LCP)->side[1].requests)
		l->cp[CP_LCP] = l->cp[CP_LCP_AT_LAC];
	for (int i = 0; i < 2; i++) {
		struct auth *auth = l->auth[i];

		if (!auth)
			continue;
		auth->by_lns |= auth->by_lac;
		auth->by_lac = false;
	}
	l->cp[CP_LCP_AT_LAC] = NULL;
}

static bool was_spoken_on(const struct session *s)
{
	return s->ppp.first.is_set || session_told(s)->cleared.mark.is_set;
}

static void stray_settle(struct context *c, struct live_session *ls)
{
	struct session *s = &ls->session;
	enum carrier carrier = link_said(c->observer, session_console(s)->interface[LAC]);
	struct tunnel *t;

	if (s->tunnel || !was_spoken_on(s))
		return;
	t = tunnel_new(c, false);
	if (!t)
		return;
	t->carrier = (uint8_t)(carrier == CARRIER_L2TP ? CARRIER_PPP : carrier);
	t->number = 0;
	t->was_there = false;
	t->first = s->first;
	t->last = s->last;
	roll_add(c->observer, t, s);
	t->n_sessions = 1;
	live_tunnel(t)->local = RESPONDER;
	t->peer[RESPONDER].is_text_source = true;
	s->tunnel = t;
	session_told_make(c->arena, s)->before_first = s->first;
	ls->is_stray = false;
	whole_link(&s->ppp);
}

void link_settle_text(struct context *c)
{
	for (struct tunnel *t = c->observer->tunnels; c->observer->is_text && t; t = t->next)
		tunnel_settle(c->observer, t);
	for (struct live_session *ls = c->observer->strays; ls; ls = ls->console->next_stray)
		stray_settle(c, ls);
}
