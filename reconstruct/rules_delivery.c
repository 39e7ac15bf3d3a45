#include <stdio.h>

#include "cause.h"
#include "rules.h"

static struct str place_words(struct raise *r, const struct address *a, uint16_t port)
{
	struct text t = text_make(64);
	struct str s;

	address_print(&t, a);
	text_printf(&t, " port %u", port);
	s = arena_str(r->r->arena, text_str(&t));
	text_free(&t);
	return s;
}

static struct str move_words(struct raise *r, const struct tunnel *t, int end, const struct move *m)
{
	return arena_printf(r->r->arena, "%s, then %s%s; its Ns, Nr and calls go on",
			    str_c(place_words(r, &m->from, m->from_port)),
			    str_c(place_words(r, &m->to, m->to_port)),
			    t->address_move[end].count + t->port_move[end].count > 2
				    ? ", and again later"
				    : "");
}

static void port_changed(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	for (int i = 0; i < 2; i++) {
		if (!t->port_move[i].count)
			continue;
		raise_finding(r, &t->port_move[i].mark, "The %s sent from %s",
			      end_word((unsigned)i), str_c(move_words(r, t, i, &t->port_move[i])));
	}
}

static void address_changed(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	for (int i = 0; i < 2; i++) {
		const struct move *m = &t->address_move[i];

		if (!m->count)
			continue;
		if (m->is_answer)
			raise_finding(r, &m->mark,
				      "The responder was asked at %s and answers from %s",
				      str_c(place_words(r, &m->from, m->from_port)),
				      str_c(place_words(r, &m->to, m->to_port)));
		else
			raise_finding(r, &m->mark, "The %s sent from %s", end_word((unsigned)i),
				      str_c(move_words(r, t, i, m)));
	}
}

/* A host that dials for itself, and whose route to the LNS is the tunnel: what carries the tunnel
 * goes into it. */
static void in_itself(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct move *m = t ? &t->address_move[c->session->lac_end] : NULL;

	if (!m || !m->count || m->is_answer || !c->ipv4.family || !address_equal(&m->to, &c->ipv4))
		return;
	raise_finding(
		r, &m->mark,
		"The LAC sends packets of the tunnel from %s, the address that PPP gave it: they "
		"go into the tunnel itself",
		str_c(place_words(r, &m->to, m->to_port)));
}

static void crossed(struct raise *r, struct tunnel *t, struct call *c)
{
	struct finding *f;

	(void)c;
	if (t->tie != TIE_WON || !seen_of(t->seen, SCCRP)->count)
		return;
	f = raise_finding(
		r, &seen_of(t->seen, SCCRQ)->first,
		"Both ends asked for a tunnel at once; the tie breaker of the initiator won");
	finding_evidence(r, f, &t->crossed);
}

static void tie_equal(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (t->tie == TIE_EQUAL && mark_before(r->r, &t->crossed, &seen_of(t->seen, SCCRQ)->first))
		finding_evidence(r,
				 raise_finding(r, &t->crossed,
					       "Both ends asked at once with the same tie breaker"),
				 &seen_of(t->seen, SCCRQ)->first);
}

static void tie_wrong(struct raise *r, struct tunnel *t, struct call *c)
{
	struct finding *f;

	(void)c;
	if (t->tie != TIE_LOST || !t->connected.is_set)
		return;
	f = raise_finding(r, &seen_of(t->seen, SCCRQ)->first,
			  "The tunnel came up although the tie breaker of the other request wins");
	finding_evidence(r, f, &t->crossed);
}

static const struct rule_row rows[] = {
	{"sccrq-collision", SEVERITY_NOTE, ON_TUNNEL, crossed,
	 "Both ends asked for a tunnel at once",
	 "Each end may open the tunnel; the tie breaker decided as it should.", "Nothing to do.",
	 "RFC 2661 4.4.3", NULL, false},
	{"tie-breaker-equal", SEVERITY_WARNING, ON_TUNNEL, tie_equal,
	 "Both ends asked at once with the same tie breaker",
	 "The packet was reflected to its sender, or a random source is poor; both requests are "
	 "dropped.",
	 "Verify where the second request came from; protect the path with IPsec.",
	 "RFC 2661 4.4.3", NULL, false},
	{"tie-breaker-wrong-winner", SEVERITY_WARNING, ON_TUNNEL, tie_wrong,
	 "The request with the higher tie breaker won",
	 "An implementation compares tie breakers in the wrong octet order, or as signed numbers.",
	 "Identify the end that answered it by its Vendor Name and ask its vendor.",
	 "RFC 2661 4.4.3", NULL, false},
	{"udp-port-changed", SEVERITY_NOTE, ON_TUNNEL, port_changed,
	 "The UDP port of one end changed while the tunnel was up",
	 "A NAT or firewall between the ends forgot the flow and gave it a new port.",
	 "Shorten the HELLO interval below the time-out of the NAT, or pin the flow there.",
	 "RFC 2661 8.1", NULL, false},
	{"udp-peer-ip-changed", SEVERITY_NOTE, ON_TUNNEL, address_changed,
	 "One end of the tunnel sends from another address than before",
	 "The LNS answers from its loopback or from the interface of the way back, or a NAT gave "
	 "the "
	 "other end a new address.",
	 "Where the peer refuses it: set the source address of the tunnel on that end.",
	 "RFC 2661 8.1", NULL, false},
	{"tunnel-in-itself", SEVERITY_ERROR, ON_CALL, in_itself,
	 "The packets that carry a tunnel go into the tunnel",
	 "The default route goes through the PPP interface, and the LNS has no route of its own.",
	 "Give the LNS a host route through the line below (`ip route add LNS via GATEWAY`), "
	 "before PPP "
	 "takes the default route.",
	 "", NULL, false},
};

const struct rule_table rules_delivery = {.rows = rows, .n = sizeof(rows) / sizeof(rows[0])};
