#include "event.h"
#include "rebuild.h"

static const char *const topic_names[TOPIC_COUNT] = {
	[SAID_NOTHING] = "nothing",
	[SAID_TUNNEL_STATE] = "tunnel-state",
	[SAID_SESSION_STATE] = "session-state",
	[SAID_TUNNEL_NEW] = "tunnel-new",
	[SAID_TUNNEL_AUTH] = "tunnel-auth",
	[SAID_TUNNEL_CLOSING] = "tunnel-closing",
	[SAID_SESSION_NEW] = "session-new",
	[SAID_PPP_PHASE] = "ppp-phase",
	[SAID_CP_STATE] = "cp-state",
	[SAID_PPP_DISCONNECT] = "ppp-disconnect",
	[SAID_LOOKUP] = "lookup",
	[SAID_TUNNEL_INFO] = "tunnel-info",
	[SAID_FORWARDED] = "forwarded",
	[SAID_CLONED] = "cloned",
	[SAID_LINK] = "link",
	[SAID_ISDN_CALL] = "isdn-call",
	[SAID_ISDN_CONNECT] = "isdn-connect",
	[SAID_ISDN_DISCONNECT] = "isdn-disconnect",
	[SAID_DIAL] = "dial",
	[SAID_AAA] = "aaa",
	[SAID_AAA_VALUE] = "aaa-value",
	[SAID_RADIUS] = "radius",
	[SAID_RADIUS_VALUE] = "radius-value",
	[SAID_ROUTE] = "route",
	[SAID_ADDRESS] = "address",
	[SAID_LCP_FORCED] = "lcp-forced",
	[SAID_DESTROYED] = "destroyed",
	[SAID_PPPD] = "pppd",
	[SAID_RESULT] = "result",
	[SAID_RETRANSMIT] = "retransmit",
	[SAID_COMMAND] = "command",
	[SAID_USAGE] = "usage",
	[SAID_CONFIG] = "config",
	[SAID_BELOW] = "below",
	[SAID_UNSENT] = "unsent",
	[SAID_TABLE] = "table",
	[SAID_OTHER] = "other",
	[SAID_UNREAD] = "unread",
};

const char *topic_name(enum topic t)
{
	return topic_names[t];
}

struct str said_text(const struct event *e, uint16_t field)
{
	for (size_t i = 0; i < e->said.n_values; i++)
		if (e->said.values[i].field == field)
			return e->said.values[i].text;
	return (struct str){0};
}

const struct avp *event_avp_find(const struct event *e, uint16_t number)
{
	for (size_t i = 0; i < e->control.n_avps; i++)
		if (e->control.avps[i].vendor == 0 && e->control.avps[i].number == number)
			return &e->control.avps[i];
	return NULL;
}

/* Where a copy of the octets stands in the copy of its packet; empty when they are no part of it.
 */
static struct span in_copy(struct span octets, struct span was, struct span is)
{
	uintptr_t start = (uintptr_t)octets.at - (uintptr_t)was.at;

	if (octets.len == 0 || start > is.len || octets.len > is.len - start)
		return (struct span){0};
	return span_of(is.at + start, octets.len);
}

/* Octets of the packet, which was copied, stay octets of it: once is enough, and it tells where
 * in the packet they are. */
static struct span part_copy(struct arena *a, struct span octets, struct span was, struct span is)
{
	struct span part = in_copy(octets, was, is);

	return part.len > 0 ? part : arena_span(a, octets);
}

static void copy_avps(struct arena *a, struct event *e, struct span was)
{
	struct avp *avps = arena_array(a, e->control.n_avps, sizeof(*avps));

	if (!avps) {
		e->control.n_avps = 0;
		e->control.has_numbers = false;
		e->control.avps = NULL;
		return;
	}
	for (size_t i = 0; i < e->control.n_avps; i++) {
		avps[i] = e->control.avps[i];
		avps[i].value = part_copy(a, avps[i].value, was, e->packet);
	}
	e->control.avps = avps;
}

static void copy_ppp(struct arena *a, struct event *e, struct span was)
{
	struct ppp_option *options = arena_array(a, e->ppp.n_options, sizeof(*options));

	for (size_t i = 0; options && i < e->ppp.n_options; i++) {
		options[i] = e->ppp.options[i];
		options[i].value = part_copy(a, options[i].value, was, e->packet);
	}
	e->ppp.options = options;
	e->ppp.n_options = options ? e->ppp.n_options : 0;
	e->ppp.body = part_copy(a, e->ppp.body, was, e->packet);
	e->ppp.name = arena_str(a, e->ppp.name);
	e->ppp.value = part_copy(a, e->ppp.value, was, e->packet);
	e->ppp.message = arena_str(a, e->ppp.message);
}

static void copy_said(struct arena *a, struct event *e)
{
	struct said_value *values = arena_array(a, e->said.n_values, sizeof(*values));

	for (size_t i = 0; values && i < e->said.n_values; i++) {
		values[i] = e->said.values[i];
		values[i].text = arena_str(a, values[i].text);
	}
	e->said.values = values;
	e->said.n_values = values ? e->said.n_values : 0;
}

static void copy_values(struct arena *a, struct event *e, struct span was)
{
	struct value *values = arena_array(a, e->n_values, sizeof(*values));

	for (size_t i = 0; values && i < e->n_values; i++) {
		values[i] = e->values[i];
		values[i].text = arena_str(a, values[i].text);
		values[i].octets = part_copy(a, values[i].octets, was, e->packet);
	}
	e->values = values;
	e->n_values = values ? e->n_values : 0;
}

static void copy_defects(struct arena *a, struct event *e)
{
	struct defect *defects = arena_array(a, e->n_defects, sizeof(*defects));

	for (size_t i = 0; defects && i < e->n_defects; i++) {
		defects[i] = e->defects[i];
		defects[i].text = arena_str(a, defects[i].text);
		defects[i].was = arena_str(a, defects[i].was);
		defects[i].should_be = arena_str(a, defects[i].should_be);
		defects[i].proof = arena_str(a, defects[i].proof);
	}
	e->defects = defects;
	e->n_defects = defects ? e->n_defects : 0;
}

const struct event *event_copy(struct arena *a, const struct event *e)
{
	static const struct event nothing = {0};
	struct event *copy = arena_alloc(a, sizeof(*copy));

	if (!copy)
		return &nothing;
	*copy = *e;
	copy->stamp = arena_str(a, e->stamp);
	copy->from.name = arena_str(a, e->from.name);
	copy->to.name = arena_str(a, e->to.name);
	copy->from.dialed = arena_str(a, e->from.dialed);
	copy->to.dialed = arena_str(a, e->to.dialed);
	copy->interface = arena_str(a, e->interface);
	copy->packet = arena_span(a, e->packet);
	copy->text = arena_str(a, e->text);
	copy_avps(a, copy, e->packet);
	copy_ppp(a, copy, e->packet);
	copy_said(a, copy);
	copy_values(a, copy, e->packet);
	/* alone it is not kept */
	copy->data.payload = in_copy(e->data.payload, e->packet, copy->packet);
	copy->rebuilt = e->rebuilt ? rebuilt_copy(a, e->rebuilt) : NULL;
	copy_defects(a, copy);
	return copy;
}

struct avp_context control_context(const struct control *c)
{
	return (struct avp_context){.message = c->message, .avps = c->avps, .n_avps = c->n_avps};
}
