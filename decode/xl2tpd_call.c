#include "character.h"
#include "xl2tpd_parts.h"

struct known_tunnel *xl2tpd_tunnel(struct speech *s, struct xl2tpd *x, struct device *d,
				   uint32_t local)
{
	struct known_tunnel *t = device_tunnel(d, local);

	if (t || !local)
		return t;
	if (x->opening && !x->opening->local) {
		t = x->opening;
		x->opening = NULL;
	} else if (x->tunnel && !x->tunnel->local) {
		t = x->tunnel; /* up before the log began */
	} else {
		t = device_tunnel_new(s, d);
	}
	tunnel_set_local(t, local);
	return t;
}

struct known_call *xl2tpd_call(struct speech *s, struct device *d, struct known_tunnel *t,
			       uint32_t local)
{
	struct known_call *c = device_call(d, t, local);

	if (c || !local)
		return c;
	c = t ? device_call_unnamed(d, t) : NULL;
	if (!c)
		c = device_call_new(s, d, t);
	call_set_local(c, local);
	return c;
}

/* `AA.BB.CC.DD`: four groups, each of one letter. */
static bool is_letter_mask(struct str name)
{
	size_t n = name.len > 3 ? (name.len - 3) / 4 : 0;

	if (!n || n > 3 || name.len != 4 * n + 3)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char group = name.at[i - i % (n + 1)];

		if (i % (n + 1) == n ? name.at[i] != '.'
				     : !char_is_letter(group) || name.at[i] != group)
			return false;
	}
	return true;
}

/* `x.x.x.x`: a poster hid it. */
static bool is_mask(struct str name)
{
	if (is_letter_mask(name))
		return true;
	for (size_t i = 0; i < name.len; i++)
		if (!strchr("xX*.:#?-_", name.at[i]))
			return false;
	return true;
}

void xl2tpd_set_address(struct speech *s, struct known_tunnel *t, const struct spoken *line)
{
	struct str name = spoken_text(line, FIELD_ADDRESS);

	if (!name.len)
		name = spoken_text(line, FIELD_NAME);
	if (address_parse(name, &t->address))
		t->asked = t->address;
	else if (!is_mask(name))
		t->dialed = speech_keep(s, name);
	t->port = (uint16_t)spoken_number(line, FIELD_PORT);
}

void xl2tpd_take_start_pppd(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	d->waiting = x->call && !x->call->pid ? x->call : NULL;
}

/* The daemon starts no pppd: the call ends here, and by this end. */
void xl2tpd_take_no_socket(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	bool is_starting = x->call && !x->call->pid && !x->call->is_closed;
	struct event *e = speech_say(s, line, is_starting ? SAID_PPP_DISCONNECT : SAID_NOTHING);

	if (!is_starting)
		return;
	e->said.n_values = 0;
	speech_value(s, e, FIELD_BY, STR("this-end"));
	speech_value(s, e, FIELD_REASON, line->record.text);
	event_bind(e, x->call->tunnel, x->call);
}

void xl2tpd_take_argument(struct speech *s, struct xl2tpd *x, struct str quoted)
{
	struct str word = str_range(quoted.at + 1, quoted.at + quoted.len - 1);

	if (x->call && str_starts(word, "/dev/"))
		x->call->line = speech_keep(s, word);
}

/* pid and line tell which of the pppd in another log serves the call. */
static void say_pppd(struct speech *s, const struct xl2tpd *x, const struct spoken *line,
		     const struct known_call *c)
{
	struct event *e;

	if (!c->pid || !c->line.len || (x->has_dumps && !x->is_dumping))
		return;
	e = speech_say(s, line, SAID_PPPD);
	speech_value(s, e, FIELD_VALUE, c->line);
	event_bind(e, c->tunnel, c);
}

/* The last call left of a tunnel that is closed as a whole. */
static struct known_call *only_open_call(const struct known_tunnel *t)
{
	struct known_call *found = NULL;

	for (struct known_call *c = t->calls; c; c = c->sibling) {
		if (c->is_closed)
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

void xl2tpd_take_disconnecting(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	x->tunnel = xl2tpd_tunnel(s, x, d, spoken_number(line, FIELD_TUNNEL));
	x->ending_tunnel = x->tunnel ? x->tunnel->local : 0;
	x->call = x->tunnel ? only_open_call(x->tunnel) : x->call;
	if (x->tunnel && !x->call)
		xl2tpd_call_that_ends(s, x, line, x->tunnel);
	speech_say(s, line, SAID_NOTHING);
}

/* The tunnel was up before the log began: the pppd that is stopped with it is its call. */
static void take_unknown_pid(struct speech *s, struct xl2tpd *x, const struct spoken *line,
			     uint32_t pid)
{
	struct device *d = speech_device(s, line);

	if (!x->tunnel || (!x->tunnel->is_closed && x->ending_tunnel != x->tunnel->local) ||
	    x->has_dumps || device_call_of_pid(d, pid))
		return;
	x->call = device_call_new(s, d, x->tunnel);
	call_set_pid(x->call, pid);
	x->call->interface = arena_printf(s->names, "pppd%u", pid);
}

void xl2tpd_take_pid(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	uint32_t pid;

	if (!str_u32(spoken_text(line, FIELD_REQUEST), &pid) || !pid)
		return;
	if (!x->call) {
		take_unknown_pid(s, x, line, pid);
		return;
	}
	if (x->call->pid)
		return;
	call_set_pid(x->call, pid);
	say_pppd(s, x, line, x->call);
}

/* `pppd exited for call 30199 with code 11`: its daemon knows no more of PPP. */
void xl2tpd_take_exited(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct known_call *c = device_call_by_remote(speech_device(s, line), NULL,
						     spoken_number(line, FIELD_PEER_SESSION));
	struct event *e;

	if (!c)
		c = xl2tpd_call_that_ends(s, x, line, NULL);
	e = speech_say(s, line, c ? SAID_PPPD : SAID_NOTHING);
	if (!c)
		return;
	if (!c->remote)
		call_set_remote(c, spoken_number(line, FIELD_PEER_SESSION));
	e->said.n_values = 0;
	speech_value(s, e, FIELD_CODE, spoken_text(line, FIELD_CODE));
	event_bind(e, c->tunnel, c);
}

static void say_state(struct speech *s, const struct spoken *line, enum topic topic,
		      struct known_tunnel *t, struct known_call *c)
{
	struct event *e = speech_say(s, line, topic);

	speech_value(s, e, FIELD_STATE, STR("established"));
	if (c)
		speech_value(s, e, FIELD_VALUE, c->line);
	event_bind(e, t, c);
}

void xl2tpd_take_established(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = xl2tpd_tunnel(s, x, d, spoken_number(line, FIELD_TUNNEL));

	if (!t) { /* id 0 */
		speech_say(s, line, SAID_NOTHING);
		return;
	}
	t->is_asked |= spoken_text(line, FIELD_SERVICE).len > 0;
	tunnel_set_remote(t, spoken_number(line, FIELD_PEER_TUNNEL));
	xl2tpd_set_address(s, t, line);
	x->tunnel = t;
	if (x->has_dumps)
		return;
	if (t->is_asked && !t->is_begun) {
		struct event *e = speech_say(s, line, SAID_TUNNEL_NEW);

		event_bind(e, t, NULL);
	}
	say_state(s, line, SAID_TUNNEL_STATE, t, NULL);
}

bool xl2tpd_is_with(struct speech *s, const struct known_tunnel *t, const struct spoken *line)
{
	struct known_tunnel named = {0};

	xl2tpd_set_address(s, &named, line);
	if (t->address.family && named.address.family)
		return address_equal(&t->address, &named.address) ||
		       address_equal(&t->asked, &named.address);
	return !t->dialed.len || !named.dialed.len || str_equal(t->dialed, named.dialed);
}

/* `Call established with` names the peer, not the tunnel. One that was up before the log began has
 * no ids yet. */
static struct known_tunnel *tunnel_of_call(struct speech *s, struct xl2tpd *x,
					   const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = x->tunnel;

	if (t && xl2tpd_is_with(s, t, line))
		return t;
	for (t = d->tunnels; t; t = t->next)
		if (!t->is_closed && xl2tpd_is_with(s, t, line))
			return t;
	t = device_tunnel_new(s, d);
	xl2tpd_set_address(s, t, line);
	return t;
}

/* xl2tpd ends the line with `(ref=…)` where it dialled; its forerunner l2tpd, which begins it with
 * its function, never does. One that a wrap or the end of the text cut tells nothing. */
static bool is_of_lns(const struct speech *s, const struct spoken *line)
{
	struct str behind = str_from(s->content, line->record.origin.offset_end);

	return !spoken_text(line, FIELD_COUNT).len &&
	       str_starts(line->record.text, "Call established") && behind.len &&
	       !str_starts(str_trim(behind), "(ref=");
}

void xl2tpd_take_call(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	uint64_t pid;
	struct known_call *c;
	struct event *e;

	x->tunnel = tunnel_of_call(s, x, line);
	c = xl2tpd_call(s, d, x->tunnel, spoken_number(line, FIELD_SESSION));
	if (!c)
		return;
	if (!x->tunnel->local && !c->interface.len)
		c->interface = arena_printf(s->names, "call %u", c->local);
	/* of a tunnel that was up before the log began no other line tells who dialled */
	c->is_lns |= x->tunnel->is_asked ||
		     (!x->tunnel->is_begun && !x->tunnel->remote && is_of_lns(s, line));
	call_set_remote(c, spoken_number(line, FIELD_PEER_SESSION));
	c->serial = spoken_number(line, FIELD_CODE);
	if (str_u64(spoken_text(line, FIELD_REQUEST), &pid) && pid <= UINT32_MAX) {
		call_set_pid(c, (uint32_t)pid);
		c->is_lns = true;
		if (d->waiting == c)
			d->waiting = NULL;
	} else if (!c->pid) {
		d->waiting = c; /* a build that does not print `start_pppd` */
	}
	x->call = c;
	if (x->has_dumps) {
		if (c->is_lns)
			say_pppd(s, x, line, c);
		return;
	}
	if (!c->is_begun) {
		e = speech_say(s, line, SAID_SESSION_NEW);
		speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
		speech_value(s, e, FIELD_SERVICE, c->is_lns ? STR("LNS") : STR("LAC"));
		event_bind(e, x->tunnel, c);
	}
	say_state(s, line, SAID_SESSION_STATE, x->tunnel, c);
}
