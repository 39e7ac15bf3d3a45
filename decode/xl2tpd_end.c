#include "xl2tpd_parts.h"

static bool is_told(struct xl2tpd *x, uint16_t message)
{
	bool is_told = x->last_received == message;

	x->last_received = MESSAGE_UNKNOWN;
	return is_told || x->has_dumps;
}

static void end_received(struct speech *s, struct xl2tpd *x, const struct spoken *line,
			 uint16_t message, struct known_tunnel *t, struct known_call *c)
{
	struct event *e = speech_message(s, line, RECEIVED, message);

	/* `debug avp` prints it, and nothing of the message but this end */
	if (x->in.has_result)
		speech_avp_result(s, e, x->in.result, x->in.error, str_of(x->in.text));
	x->in.has_result = false;
	event_bind(e, t, c);
	xl2tpd_say_text(s, line, t, c);
}

/* The one call with that peer and serial number that is open, or NULL. */
static struct known_call *call_of_serial(struct speech *s, const struct spoken *line)
{
	uint32_t serial = spoken_number(line, FIELD_CODE);
	struct known_call *found = NULL;

	for (struct known_call *c = speech_device(s, line)->calls; c && serial; c = c->next) {
		if (c->is_closed || c->serial != serial || !c->tunnel ||
		    !xl2tpd_is_with(s, c->tunnel, line))
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

void xl2tpd_take_closed_call(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct known_call *c = x->in.is_open ? NULL : call_of_serial(s, line);

	if (c) {
		x->call = c;
		x->tunnel = c->tunnel;
	} else {
		xl2tpd_call_that_ends(s, x, line, NULL);
	}
	if (x->call)
		x->call->is_closed = true;
	if (!is_told(x, CDN))
		end_received(s, x, line, CDN, x->tunnel, x->call);
}

/* The log begins late: the tunnel of the call that ended last has shown no id of its own yet. */
static struct known_tunnel *nameless_tunnel(struct speech *s, struct xl2tpd *x,
					    const struct spoken *line, uint32_t local)
{
	struct known_tunnel *t = x->tunnel;

	if (!local || device_tunnel(speech_device(s, line), local) || !t || t->local ||
	    t == x->opening || !t->calls || !xl2tpd_is_with(s, t, line))
		return NULL;
	tunnel_set_local(t, local);
	return t;
}

void xl2tpd_take_closed_by_peer(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	uint32_t local = spoken_number(line, FIELD_TUNNEL);
	struct known_tunnel *t = nameless_tunnel(s, x, line, local);

	if (!t)
		t = xl2tpd_tunnel(s, x, speech_device(s, line), local);
	if (!t) { /* id 0 */
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	tunnel_set_remote(t, spoken_number(line, FIELD_PEER_TUNNEL));
	xl2tpd_set_address(s, t, line);
	t->is_closed = true;
	x->tunnel = t;
	xl2tpd_call_that_ends(s, x, line, t);
	if (!is_told(x, STOPCCN))
		end_received(s, x, line, STOPCCN, t, NULL);
	xl2tpd_name_tunnel(s, t);
}

/* An id of the peer that was never learned: it never answered. */
static void say_unanswered(struct speech *s, const struct spoken *line,
			   const struct known_tunnel *t)
{
	struct event *e = speech_say(s, line, SAID_TUNNEL_STATE);

	speech_value(s, e, FIELD_STATE, STR("wait-ctl-reply"));
	event_bind(e, t, NULL);
}

/* `Connection 5658 closed to …`: our own StopCCN. */
void xl2tpd_take_closed(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	uint32_t remote = spoken_number(line, FIELD_PEER_TUNNEL);
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = device_tunnel_remote(d, remote);
	struct known_tunnel *ending = device_tunnel(d, x->ending_tunnel);

	/* a peer that asks again may do so with the id that it gave before */
	if (ending && !ending->is_closed && !ending->remote)
		t = ending;
	if (!t)
		t = x->ending_tunnel ? device_tunnel(d, x->ending_tunnel) : x->opening;
	if (!t)
		t = x->tunnel;
	if (!t && remote) /* the log begins late */
		t = device_tunnel_new(s, d);
	if (t && !t->address.family)
		xl2tpd_set_address(s, t, line);
	if (t && !t->remote)
		tunnel_set_remote(t, remote);
	if (t && t->local && !remote && !t->remote && !t->is_begun && !x->has_dumps)
		say_unanswered(s, line, t);
	if (t)
		xl2tpd_call_that_ends(s, x, line, t);
	xl2tpd_message_sent(s, x, line, STOPCCN, t, NULL);
	xl2tpd_name_tunnel(s, t);
	if (t)
		t->is_closed = true;
}

/* A call that is refused before it is answered: the id that this end gave it is first told here,
 * and the line behind it says why. */
static bool take_refused(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct known_call *c = x->call;

	if (!c || c->local || c->is_closed || !c->is_lns)
		return false;
	call_set_local(c, spoken_number(line, FIELD_SESSION));
	c->is_closed = true;
	if (!x->has_dumps)
		event_bind(speech_message(s, line, SENT, CDN), c->tunnel, c);
	return true;
}

/* The log begins late: the only pppd that no daemon has spoken of is that of the call. */
static struct known_call *late_call(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_call *c = device_call_lone(d, true);
	struct known_tunnel *t = x->tunnel;

	if (!t || t->is_closed || !xl2tpd_is_with(s, t, line))
		t = device_tunnel_new(s, d);
	if (!c)
		c = device_call_lone_ended(d, true);
	if (!c)
		return xl2tpd_call(s, d, t, spoken_number(line, FIELD_SESSION));
	if (!c->tunnel)
		call_set_tunnel(c, t);
	return c;
}

void xl2tpd_take_call_closed(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_call *c = device_call(d, NULL, spoken_number(line, FIELD_SESSION));

	if (!c && take_refused(s, x, line))
		return;
	if (!c)
		c = xl2tpd_call_that_ends(s, x, line, NULL);
	if (!c)
		c = late_call(s, x, line);
	if (c && !c->local)
		call_set_local(c, spoken_number(line, FIELD_SESSION));
	if (c && c->tunnel && !c->tunnel->address.family && !c->tunnel->dialed.len)
		xl2tpd_set_address(s, c->tunnel, line);
	xl2tpd_message_sent(s, x, line, CDN, c ? c->tunnel : x->tunnel, c);
	if (c)
		c->is_closed = true;
}

/* `Fatal signal 15`: somebody stops the daemon, and every call falls. */
void xl2tpd_take_death(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	(void)x;
	d->is_stopped = true;
	d->stopped = line->record.when;
	for (struct known_tunnel *t = d->tunnels; t; t = t->next) {
		struct event *e;

		if (t->is_closed || !t->local)
			continue;
		e = speech_say(s, line, SAID_COMMAND);
		speech_value(s, e, FIELD_ACTION, STR("stop"));
		event_bind(e, t, NULL);
	}
	for (struct known_call *c = d->calls; c; c = c->next) {
		struct event *e;

		if (c->is_closed || !c->tunnel || c->tunnel->is_closed)
			continue;
		e = speech_say(s, line, SAID_COMMAND);
		speech_value(s, e, FIELD_ACTION, STR("stop"));
		event_bind(e, c->tunnel, c);
	}
}

/* `Out of IP addresses`: the CDN before it was result 2, error 4. */
void xl2tpd_take_out_of_addresses(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct event *e = speech_say(s, line, SAID_RESULT);

	speech_value(s, e, FIELD_RESULT, STR("2"));
	speech_value(s, e, FIELD_ERROR, STR("4"));
	event_bind(e, x->tunnel, x->call);
}
