#include <stdio.h>

#include "cause_l2f.h"
#include "l2f.h"
#include "rules.h"
#include "verify.h"
#include "watch.h"

/* L2F (RFC 2341): keys, header, echoes, timeouts. */

enum { OPEN_RESPONSE = 0x0203, ECHOES = 5, SENDINGS = 5 };

struct l2f_way {
	bool has_key;
	uint32_t key; /* that its response gives */
	uint32_t echoes;
	uint64_t print; /* of the request that waits */
	uint16_t message;
	uint32_t sent;
};

struct l2f_memory {
	struct l2f_way way[2]; /* by the tunnel end that sends */
};

static const char *l2f_end_word(unsigned end)
{
	return end == INITIATOR ? "NAS" : "home gateway";
}

static const struct avp *option(const struct event *e, uint16_t number)
{
	for (size_t i = 0; i < e->control.n_avps; i++)
		if (e->control.avps[i].vendor == L2F_VENDOR && e->control.avps[i].number == number)
			return &e->control.avps[i];
	return NULL;
}

static uint64_t body_hash(const struct event *e)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ e->control.message ^
		     (uint64_t)e->l2tp.session_id << 32;

	for (size_t i = 0; i < e->control.n_avps; i++)
		for (size_t k = 0; k < e->control.avps[i].value.len; k++)
			h = (h ^ e->control.avps[i].value.at[k]) * UINT64_C(1099511628211);
	return h;
}

/* 4.2.11: every packet carries the key that its sender's own response gives, but for L2F_CONF. */
static void see_key(struct watch *w, struct l2f_way *way)
{
	const struct event *e = w->e;
	const struct avp *response = e->l2tp.session_id ? NULL : option(e, OPEN_RESPONSE);

	if (e->kind == EVENT_CONTROL && response && response->is_whole &&
	    response->value.len == 16) {
		way->has_key = true;
		way->key = verify_l2f_key(response->value.at);
	}
	if (!way->has_key || !e->l2tp.has_key || e->l2tp.key == way->key ||
	    (e->kind == EVENT_CONTROL && e->control.message == L2F_CONF))
		return;
	watch_raise_tunnel(w, "l2f-key-mismatch",
			   "A packet of the %s has the key 0x%08x; its response gives 0x%08x",
			   l2f_end_word(w->from), e->l2tp.key, way->key);
}

static void see_echo(struct watch *w, struct l2f_memory *m)
{
	struct l2f_way *way = &m->way[w->from];

	if (w->e->control.message == L2F_ECHO_RESP) {
		m->way[1 - w->from].echoes = 0;
		return;
	}
	way->echoes++;
	if (way->echoes == ECHOES)
		watch_raise_tunnel(w, "l2f-echo-lost", "%u L2F_ECHOs of the %s were not answered",
				   way->echoes, l2f_end_word(w->from));
}

/* 4.5.3: sent again after each timeout, given up after the fourth. */
static void see_request(struct watch *w, struct l2f_memory *m)
{
	struct l2f_way *way = &m->way[w->from];
	uint64_t print = body_hash(w->e);

	m->way[1 - w->from].sent = 0;
	way->sent = way->print == print ? way->sent + 1 : 1;
	way->print = print;
	way->message = w->e->control.message;
	if (way->sent == SENDINGS)
		watch_raise_tunnel(w, "l2f-timeout4", "The %s sent its %s %u times in vain",
				   l2f_end_word(w->from), code_message_name(way->message),
				   way->sent);
}

static void see_l2f(struct watch *w)
{
	const struct event *e = w->e;
	struct l2f_memory *m;

	if (!w->t || w->t->version != 1 || e->l2tp.version != 1 || e->origin.line)
		return;
	m = watch_tunnel(w);
	see_key(w, &m->way[w->from]);
	if (e->kind != EVENT_CONTROL || w->delivery == DELIVERY_DUPLICATE)
		return;
	if (e->control.message == L2F_ECHO || e->control.message == L2F_ECHO_RESP)
		see_echo(w, m);
	else if (e->control.message == L2F_CONF || e->control.message == L2F_OPEN)
		see_request(w, m);
}

/* A tunnel that is closed ends its calls; those that were closed by themselves say why. */
static void call_closed(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	if (c->carrier == CARRIER_L2F && c->cdn.is_set && c->cdn.why)
		raise_finding(r, &c->cdn.mark, "The %s closed the call: %s",
			      c->cdn.from == LAC ? "NAS" : "home gateway",
			      str_c(close_words(r->r, &c->cdn)));
}

/* A peer that takes the packets does not check the key. */
static void judge_key(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (t && (t->outcome == OUTCOME_UP || t->outcome == OUTCOME_CLOSED))
		r->last->severity = SEVERITY_NOTE;
}

static void seen(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)c;
	if (t->version == 1)
		raise_finding(r, &t->first, "This tunnel is L2F, not L2TP");
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_CONTROL) | WATCH(EVENT_PPP) | WATCH(EVENT_DATA),
	 .memory = sizeof(struct l2f_memory),
	 .lines = WATCH_VERSION(1),
	 .see = see_l2f,
	 .wish = watch_no_l2tpv2},
};

static const char REACH[] =
	"Check reachability in both directions with the very addresses and port 1701 (filters, "
	"VRF, NAT).";

static const struct rule_row rows[] = {
	{"l2f-key-mismatch", SEVERITY_WARNING, ON_EVENT, judge_key,
	 "A packet has not the key that authentication gives",
	 "The secrets differ, the packet is of an older tunnel, or it is forged; it is discarded.",
	 "Compare the secrets of NAS and home gateway; clear the old tunnel on both.",
	 "RFC 2341 4.2.11", NULL, false},
	{"l2f-echo-lost", SEVERITY_ERROR, ON_EVENT, NULL, "L2F_ECHOs are not answered",
	 "The other end or the path is down.", REACH, "RFC 2341 4.4.6", NULL, false},
	{"l2f-timeout4", SEVERITY_ERROR, ON_EVENT, NULL, "A request timed out four times",
	 "The other end cannot be reached, or does not know this one.", REACH, "RFC 2341 4.5.3",
	 NULL, false},
	{"l2f-close-why", SEVERITY_WARNING, ON_CALL, call_closed, "A call was closed with a reason",
	 "The bits of the reason are decoded in the text.", "Act on the reason.", "RFC 2341 4.4.5",
	 NULL, false},
	{"l2f-seen", SEVERITY_NOTE, ON_TUNNEL, seen, "L2F, the ancestor of L2TP, is in use",
	 "Old equipment, or an old configuration.",
	 "Move to L2TP (IOS: `protocol l2tp` in the vpdn-group).", "RFC 2341 1", NULL, false},
};

const struct rule_table rules_l2f = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
