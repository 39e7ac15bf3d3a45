#include "xl2tpd_parts.h"

/* The result that xl2tpd sends with each of its texts; with a CDN it is always 1. */
static const struct {
	const char *text;
	unsigned result;
	int error;
} results[] = {
	{"Goodbye!", 1, 0},
	{"Timeout", 1, 0},
	{"Invalid challenge authentication", 2, 6},
	{"No secret key on our end", 2, 6},
	{"No Authorization", 2, 6},
};

static bool add_result(struct speech *s, struct event *e, uint16_t message, struct str text)
{
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (message != STOPCCN || !str_is(text, results[i].text))
			continue;
		speech_avp_result(s, e, results[i].result, results[i].error, text);
		return true;
	}
	if (message == CDN)
		speech_avp_result(s, e, 1, 0, STR(""));
	return message == CDN;
}

void xl2tpd_say_text(struct speech *s, const struct spoken *line, const struct known_tunnel *t,
		     const struct known_call *c)
{
	struct event *e;

	if (line->record.row->topic != SAID_DESTROYED || !spoken_text(line, FIELD_TEXT).len)
		return;
	e = speech_say(s, line, SAID_RESULT);
	event_bind(e, t, c);
}

void xl2tpd_message_sent(struct speech *s, struct xl2tpd *x, const struct spoken *line,
			 uint16_t message, struct known_tunnel *t, struct known_call *c)
{
	struct event *e;

	x->tunnel = t ? t : x->tunnel;
	x->call = c ? c : x->call;
	if (x->has_dumps)
		return;
	if (t && message == SCCRQ)
		t->is_begun = true;
	if (c && message == ICRQ)
		c->is_begun = true;
	e = speech_message(s, line, SENT, message);
	event_bind(e, t, xl2tpd_is_about_call(message) ? c : NULL);
	if (!add_result(s, e, message, spoken_text(line, FIELD_TEXT)))
		xl2tpd_say_text(s, line, t, xl2tpd_is_about_call(message) ? c : NULL);
}

void xl2tpd_take_sending(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct str word = spoken_text(line, FIELD_MESSAGE);
	const struct code_row *found;
	const struct code_row *all;
	size_t n = code_rows(&all);
	struct known_tunnel *t = x->tunnel;
	struct known_call *c = x->call;

	found = NULL;
	for (size_t i = 0; i < n && !found; i++)
		if (all[i].domain == CODE_MESSAGE && str_is(word, all[i].name))
			found = &all[i];
	if (!found)
		return;
	if (found->number == SCCRQ) {
		if (x->said_sccrq) {
			x->said_sccrq = false;
			return;
		}
		t = x->opening = device_tunnel_new(s, d);
	}
	if (found->number == ICRQ) {
		if (x->said_icrq) {
			x->said_icrq = false;
			return;
		}
		c = device_call_new(s, d, t);
	}
	xl2tpd_message_sent(s, x, line, (uint16_t)found->number, t, c);
}

/* `Connecting to host`: an SCCRQ goes out. Only with `debug tunnel` it is also said so. */
void xl2tpd_take_connecting(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);

	x->opening = device_tunnel_new(s, d);
	xl2tpd_set_address(s, x->opening, line);
	x->said_sccrq = true;
	if (!x->has_dumps && x->opening->address.family) {
		struct event *e = speech_say(s, line, SAID_TUNNEL_INFO);

		speech_value(s, e, FIELD_ADDRESS, spoken_text(line, FIELD_NAME));
	}
	xl2tpd_message_sent(s, x, line, SCCRQ, x->opening, NULL);
}

/* `Calling on tunnel`: an ICRQ goes out. */
void xl2tpd_take_calling(struct speech *s, struct xl2tpd *x, const struct spoken *line)
{
	struct device *d = speech_device(s, line);
	struct known_tunnel *t = xl2tpd_tunnel(s, x, d, spoken_number(line, FIELD_TUNNEL));

	x->said_icrq = true;
	xl2tpd_message_sent(s, x, line, ICRQ, t, device_call_new(s, d, t));
}
