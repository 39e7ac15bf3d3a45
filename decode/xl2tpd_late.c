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

struct known_call *xl2tpd_call_that_ends(struct speech *s, struct xl2tpd *x,
					 const struct spoken *line, struct known_tunnel *t)
{
	struct device *d = speech_device(s, line);
	uint32_t pid = x->has_dumps ? 0 : pid_behind(s, line);
	struct known_call *c = device_call_of_pid(d, pid);

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
