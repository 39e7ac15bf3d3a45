/* PPPoE discovery: which packets are of one try, and the session that comes of it. */
#include "link.h"
#include "ppp_link.h"
#include "session.h"
#include "speaker_link.h"

enum { PADO = 0x07, PADI = 0x09, PADR = 0x19, PADS = 0x65, PADT = 0xa7 };
enum { HOST = INITIATOR, CONCENTRATOR = RESPONDER };

static const int64_t try_ns = INT64_C(120) * 1000000000; /* a host asks on for a while */

/* PPP begins as soon as the session is granted. */
static const int64_t grant_ns = INT64_C(10) * 1000000000;

static const struct value *tag(const struct event *e, const char *field)
{
	return value_find(e->values, e->n_values, field);
}

static struct span octets_of(const struct event *e, const char *field)
{
	const struct value *v = tag(e, field);

	return v ? v->octets : (struct span){0};
}

static void text_of(struct context *c, const char *field, struct str *ret)
{
	const struct value *v = tag(c->event, field);

	if (v && v->text.len && !ret->len)
		*ret = keep(c, v->text);
}

/* The error tags (RFC 2516 App A) and what each means for the caller. */
struct refusal {
	const char *field, *name, *cause;
};
static const struct refusal refusals[] = {
	{"pppoed.tags.service_name_error", "PPPoE Service-Name-Error", "invalid-destination"},
	{"pppoed.tags.ac_system_error", "PPPoE AC-System-Error", "no-resources"},
	{"pppoed.tags.generic_error", "PPPoE Generic-Error", "protocol-error"},
};

static const struct refusal *refusal_of(const struct event *e)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (tag(e, refusals[i].field))
			return &refusals[i];
	return NULL;
}

static bool from_host(uint8_t code)
{
	return code == PADI || code == PADR;
}

/* The latest try of this host that has no session yet. */
static struct tunnel *open_try(struct context *c, const struct address *host)
{
	const struct event *e = c->event;
	struct span uniq = octets_of(e, "pppoed.tags.host_uniq");
	struct link_entry key = link_key(e, CARRIER_PPPOE, 0);
	struct link_entry *entry;
	struct tunnel *t;

	key.from = *host;
	key.to = (struct address){0};
	entry = link_find(c, &key, false);
	t = entry ? entry->tunnel : NULL;
	if (!t || t->discovery->session_id || t->discovery->refused.is_set ||
	    moment_minus(e->when, mark_when(&t->last)) > try_ns)
		return NULL;
	if (uniq.len && t->discovery->host_uniq.len && !span_equal(uniq, t->discovery->host_uniq))
		return NULL;
	return t;
}

static struct tunnel *try_new(struct context *c, const struct address *host)
{
	struct link_entry key = link_key(c->event, CARRIER_PPPOE, 0), *entry;
	struct tunnel *t = link_new(c, CARRIER_PPPOE);
	struct discovery *d = t ? arena_alloc(c->arena, sizeof(*d)) : NULL;

	if (!d)
		return NULL;
	t->discovery = d;
	t->peer[HOST].address = *host;
	t->sessions->roles_known = true;
	t->sessions->lac_end = HOST;
	d->host = (struct end){.machine = MACHINE_PPPOE, .state = PPPOE_UNKNOWN};
	d->concentrator = d->host;
	key.from = *host;
	key.to = (struct address){0};
	entry = link_find(c, &key, true);
	if (entry)
		entry->tunnel = t;
	return t;
}

/* A PADT names only the session; of one that nobody saw begin it is all there is. */
static struct tunnel *session_named(struct context *c, unsigned *ret_from)
{
	struct link_entry key = link_key(c->event, CARRIER_PPPOE, c->event->neighbour.id);
	struct link_entry *entry = link_find(c, &key, false);
	int from;

	if (!entry || !entry->tunnel)
		return NULL;
	from = link_sender(c->event, entry->tunnel);
	*ret_from = from < 0 ? HOST : (unsigned)from;
	return entry->tunnel;
}

static void facts_take(struct context *c, struct tunnel *t, unsigned from)
{
	struct discovery *d = t->discovery;
	const struct value *payload = tag(c->event, "pppoed.tags.max_payload");
	struct span uniq = octets_of(c->event, "pppoed.tags.host_uniq");

	if (!d->host_uniq.len)
		d->host_uniq = keep_span(c, uniq);
	if (payload && payload->kind == VALUE_NUMBER)
		d->max_payload = (uint16_t)payload->number;
	text_of(c, "pppoed.tags.service_name", &d->service);
	text_of(c, "pppoed.tags.circuit_id", &d->circuit);
	text_of(c, "pppoed.tags.remote_id", &d->remote);
	if (from != CONCENTRATOR)
		return;
	text_of(c, "pppoed.tags.ac_name", &t->peer[CONCENTRATOR].name);
	if (c->event->path.has_mac && c->event->neighbour.code != PADO)
		t->peer[CONCENTRATOR].address = address_mac(c->event->path.from_mac);
}

static void machines_step(struct context *c, struct tunnel *t, unsigned from, uint8_t sent)
{
	struct discovery *d = t->discovery;
	struct end *sender = from == HOST ? &d->host : &d->concentrator;
	struct end *receiver = from == HOST ? &d->concentrator : &d->host;

	end_step(c, sender, sent, (struct end_of){.who = ppp_roles[from]}, false);
	end_step(c, receiver, (uint8_t)(sent + 1), (struct end_of){.who = ppp_roles[1 - from]},
		 true);
}

static void granted(struct context *c, struct tunnel *t)
{
	struct discovery *d = t->discovery;
	struct link_entry key = link_key(c->event, CARRIER_PPPOE, c->event->neighbour.id);
	struct link_entry *entry = link_find(c, &key, true);

	mark_first(&d->pads, mark_text(c, "PADS session 0x%04x", c->event->neighbour.id));
	d->session_id = c->event->neighbour.id;
	t->link_id[0] = d->session_id;
	t->link_id[1] = d->session_id;
	if (entry)
		entry->tunnel = t;
}

/* A log goes on with PPP under that name. */
static void named(struct context *c, struct tunnel *t, unsigned from)
{
	if (!c->event->origin.line || !c->event->interface.len || !t->discovery)
		return;
	live_tunnel(t)->local = (uint8_t)(c->event->sense == SENT ? from : 1 - from);
	speaker_bind(c, t->sessions);
}

static void refused(struct context *c, struct tunnel *t, unsigned from, const struct refusal *why)
{
	const struct value *v = tag(c->event, why->field);

	t->discovery->refused = mark_text(c, "%s", why->name);
	link_clear(c, t->sessions, from, why->name, why->cause, v ? v->text : (struct str){0});
}

/* The same within 2 ms is a copy of the capture (contract.md); a log has none. */
static bool is_try(const struct context *c, struct discovery *d)
{
	static const int64_t copy_ns = 2000000;
	struct mark before = d->asked;
	uint8_t code_before = d->asked_with;

	d->asked = c->mark;
	d->asked_with = c->event->neighbour.code;
	return !before.is_set || code_before != d->asked_with || c->event->origin.line ||
	       moment_minus(c->event->when, mark_when(&before)) >= copy_ns;
}

static void discovery_step(struct context *c, struct tunnel *t, unsigned from)
{
	struct discovery *d = t->discovery;
	const struct refusal *why = refusal_of(c->event);

	if (why) {
		machines_step(c, t, from, PPPOE_SEND_ERROR);
		refused(c, t, from, why);
		return;
	}
	switch (c->event->neighbour.code) {
	case PADI:
		d->n_padi += is_try(c, d);
		mark_first(&d->padi, mark_text(c, "PADI"));
		machines_step(c, t, from, PPPOE_SEND_PADI);
		break;
	case PADO:
		mark_first(&d->pado, mark_text(c, "PADO"));
		machines_step(c, t, from, PPPOE_SEND_PADO);
		break;
	case PADR:
		d->n_padr += is_try(c, d);
		mark_first(&d->padr, mark_text(c, "PADR"));
		if (c->event->path.has_mac)
			t->peer[CONCENTRATOR].address = address_mac(c->event->path.to_mac);
		machines_step(c, t, from, PPPOE_SEND_PADR);
		break;
	case PADS:
		if (!c->event->neighbour.id)
			break;
		machines_step(c, t, from, PPPOE_SEND_PADS);
		granted(c, t);
		break;
	default:
		break;
	}
}

static void terminated(struct context *c, struct tunnel *t, unsigned from)
{
	struct str text = {0};

	text_of(c, "pppoed.tags.generic_error", &text);
	if (t->discovery) {
		mark_first(&t->discovery->padt, mark_text(c, "PADT"));
		machines_step(c, t, from, PPPOE_SEND_PADT);
	}
	link_clear(c, t->sessions, from, "PADT", NULL, text);
}

static struct tunnel *tried(struct context *c, unsigned *ret_from)
{
	const struct event *e = c->event;
	uint8_t code = e->neighbour.code;
	struct address host;
	struct tunnel *t;

	if (code == PADT || (code != PADO && code != PADS && !from_host(code)))
		return session_named(c, ret_from);
	if (!e->path.has_mac)
		return NULL;
	*ret_from = from_host(code) ? HOST : CONCENTRATOR;
	host = address_mac(from_host(code) ? e->path.from_mac : e->path.to_mac);
	if (code == PADS && e->neighbour.id) {
		unsigned ignored;

		t = session_named(c, &ignored);
		if (t && t->discovery && !session_told(t->sessions)->cleared.mark.is_set &&
		    !t->sessions->ppp.first.is_set)
			return t; /* the same PADS again */
	}
	t = open_try(c, &host);
	return t ? t : try_new(c, &host);
}

struct tunnel *pppoe_granted_unseen(struct context *c)
{
	const struct path *path = &c->event->path;
	struct address ends[2];

	if (!path->has_mac || !path->pppoe)
		return NULL;
	ends[0] = address_mac(path->from_mac);
	ends[1] = address_mac(path->to_mac);
	for (int i = 0; i < 2; i++) {
		struct tunnel *t = open_try(c, &ends[i]);
		const struct address *other = t ? &t->peer[CONCENTRATOR].address : NULL;

		if (!t || moment_minus(c->event->when, mark_when(&t->last)) > grant_ns ||
		    (other->family && !address_equal(other, &ends[1 - i])))
			continue;
		t->peer[CONCENTRATOR].address = ends[1 - i];
		t->discovery->session_id = path->pppoe;
		t->link_id[0] = t->link_id[1] = path->pppoe;
		session_note_hole_anywhere(t->sessions);
		return t;
	}
	return NULL;
}

void pppoe_take(struct context *c)
{
	unsigned from = HOST;
	struct tunnel *t = tried(c, &from);

	if (!t)
		return;
	t->last = c->mark;
	t->sessions->last = c->mark;
	live_tunnel(t)->is_heard[from] = true;
	c->tunnel = t;
	c->session = t->sessions;
	c->from = from;
	if (c->step) {
		c->step->tunnel = t;
		c->step->session = t->sessions;
		c->step->from = ppp_roles[from];
		c->step->to = ppp_roles[1 - from];
	}
	named(c, t, from);
	if (c->event->neighbour.code == PADT) {
		terminated(c, t, from);
		return;
	}
	if (!t->discovery)
		return;
	facts_take(c, t, from);
	discovery_step(c, t, from);
}
