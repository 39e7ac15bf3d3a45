#include "character.h"
#include "xl2tpd_parts.h"

enum {
	LOOK_BEHIND = 1 << 11 /* octets: that soon its pppd is stopped, or the log tells of none */
};

static uint32_t pid_behind(const struct speech *s, const struct spoken *line)
{
	const struct str words = STR("sending TERM signal to pid ");
	struct str text = str_from(s->content, line->record.origin.offset);
	uint32_t pid = 0;
	size_t at, n = 0;

	text.len = text.len < LOOK_BEHIND ? text.len : LOOK_BEHIND;
	at = str_find(text, words);
	if (at == SIZE_MAX)
		return 0;
	text = str_from(text, at + words.len);
	while (n < text.len && char_is_digit(text.at[n]))
		n++;
	return n && str_u32((struct str){text.at, n}, &pid) ? pid : 0;
}

/* Any call of which the log told, and which may be the one that is stopped. */
static bool may_be_known(const struct device *d)
{
	for (const struct known_call *c = d->calls; c; c = c->next)
		if (!c->is_closed && !c->pid)
			return true;
	return false;
}

/* The log begins so late that it is the first word of the call: a pppd runs for it, so it was
 * established. */
static struct known_call *call_of_stranger(struct speech *s, struct xl2tpd *x,
					   const struct spoken *line, struct known_tunnel *t,
					   uint32_t pid)
{
	static const enum topic told[] = {SAID_SESSION_NEW, SAID_SESSION_STATE};
	struct device *d = speech_device(s, line);
	struct known_call *c;
	struct event *e;

	if (!pid || !line->pid || x->call || (t && t->calls) || may_be_known(d))
		return NULL;
	c = device_call_new(s, d, t ? t : device_tunnel_new(s, d));
	call_set_pid(c, pid);
	c->interface = arena_printf(s->names, "pppd%u", pid);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		e = speech_say(s, line, told[i]);
		e->said.n_values = 0;
		if (told[i] == SAID_SESSION_STATE)
			speech_value(s, e, FIELD_STATE, STR("established"));
		event_bind(e, c->tunnel, c);
	}
	return c;
}

struct known_call *xl2tpd_call_that_ends(struct speech *s, struct xl2tpd *x,
					 const struct spoken *line, struct known_tunnel *t)
{
	struct device *d = speech_device(s, line);
	uint32_t pid = x->has_dumps ? 0 : pid_behind(s, line);
	struct known_call *c = device_call_of_pid(d, pid);

	if (!c)
		c = call_of_stranger(s, x, line, t, pid);
	if (!c || (t && c->tunnel && c->tunnel != t))
		return NULL;
	if (!c->tunnel) {
		if (c->local || (t && t->calls))
			return NULL;
		call_set_tunnel(c, t ? t : device_tunnel_new(s, d));
	}
	x->tunnel = c->tunnel;
	x->call = c;
	return c;
}

void xl2tpd_name_tunnel(struct speech *s, const struct known_tunnel *t)
{
	const struct known_call *c = t ? t->calls : NULL;

	if (!c || c->sibling)
		return;
	for (size_t i = 0; i < s->n; i++)
		if (!s->queue[i].interface.len)
			s->queue[i].interface = c->interface;
}
