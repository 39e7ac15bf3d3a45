#include "routeros_info.h"

static const char *const services[] = {"l2tp-", "pppoe-", "pptp-", "sstp-", "ovpn-"};

/* `<l2tp-bob>`, `l2tp-bob` and `bob logged in` are one call. */
static struct str link_user(struct str interface)
{
	if (str_starts(interface, "<") && str_ends(interface, ">"))
		interface = (struct str){interface.at + 1, interface.len - 2};
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (str_starts(interface, services[i]))
			return str_from(interface, strlen(services[i]));
	return (struct str){0};
}

/* `pppoe,ppp,info,account bob logged in …`: its topics name what carries it. */
static const char *service_of(const struct speech *s, const struct spoken *line)
{
	struct str text = str_from(s->content, line->record.origin.offset);
	size_t end = str_find(text, STR("\n"));

	text.len = end < text.len ? end : text.len;
	for (size_t i = 1; i < sizeof(services) / sizeof(services[0]); i++) {
		struct str topic = {services[i], strlen(services[i]) - 1};
		size_t at = str_find(text, topic);

		if (at != SIZE_MAX && at + topic.len < text.len && text.at[at + topic.len] == ',')
			return services[i];
	}
	return services[0];
}

static struct info_link *link_find(struct routeros_info *x, struct str interface, struct str user)
{
	for (size_t i = 0; i < ROUTEROS_LINKS; i++) {
		struct info_link *l = &x->links[i];

		if (interface.len && str_equal(str_of(l->interface), interface))
			return l;
		if (user.len && str_equal(str_of(l->user), user))
			return l;
	}
	return NULL;
}

static struct info_link *link_of(struct speech *s, struct routeros_info *x,
				 const struct spoken *line)
{
	struct str interface = spoken_text(line, FIELD_INTERFACE);
	struct str user = interface.len ? link_user(interface) : spoken_text(line, FIELD_USER);
	struct info_link *l = link_find(x, interface, user);

	if (l)
		return l;
	l = &x->links[x->next_link++ % ROUTEROS_LINKS];
	*l = (struct info_link){0};
	if (!interface.len)
		interface = arena_printf(s->arena, "<%s%.*s>", service_of(s, line), STR_ARG(user));
	str_keep(l->interface, sizeof(l->interface), interface);
	str_keep(l->user, sizeof(l->user), user);
	return l;
}

static struct event *say_link(struct speech *s, const struct spoken *line,
			      const struct info_link *l, enum topic topic)
{
	struct event *e = speech_say(s, line, topic);

	e->said.n_values = 0;
	e->interface = arena_str(s->arena, str_of(l->interface));
	e->l2tp.is_present = true;
	e->l2tp.version = 2;
	return e;
}

static void say_state(struct speech *s, const struct spoken *line, const struct info_link *l,
		      const char *protocol, enum log_field field)
{
	struct event *e = say_link(s, line, l, SAID_CP_STATE);

	speech_value(s, e, FIELD_PROTOCOL, str_of(protocol));
	speech_value(s, e, field, STR("Open"));
}

/* `user bob authentication failed`, `failed to authenticate ourselves to peer`: it never came up.
 */
static bool says_refused(struct str reason)
{
	return str_ends(reason, "authentication failed") ||
	       str_starts(reason, "failed to authenticate");
}

/* What ends a call before it is up. */
static bool says_not_up(struct str reason)
{
	static const char *const reasons[] = {"could not determine", "old tunnel is not closed",
					      "encryption negotiation", "no network protocols"};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (str_find(reason, str_of(reasons[i])) != SIZE_MAX)
			return true;
	return says_refused(reason);
}

/* `<203.0.113.5>`, `<34>`: a server's interface gets its name from the user who is let in. */
static bool has_no_name(const struct info_link *l)
{
	struct str inside = str_of(l->interface);
	struct address address;
	uint32_t number;

	if (inside.len < 3 || inside.at[0] != '<')
		return false;
	inside = (struct str){inside.at + 1, inside.len - 2};
	return str_u32(inside, &number) || address_parse(inside, &address);
}

/* It has its user's name: he was let in. */
static void link_let_in(struct speech *s, const struct spoken *line, const struct info_link *l)
{
	struct event *e;

	say_state(s, line, l, "LCP", FIELD_STATE);
	e = say_link(s, line, l, SAID_AAA);
	speech_value(s, e, FIELD_RESULT, STR("succeeded"));
	speech_value(s, e, FIELD_BY, STR("this-end"));
}

/* A client dials; a server is told of who comes. */
static void link_begin(struct speech *s, struct routeros_info *x, const struct spoken *line,
		       struct info_link *l)
{
	struct str status = spoken_text(line, FIELD_STATUS);
	bool dials = l->dials || str_starts(str_of(l->interface), "l2tp-out");
	bool is_late = (str_starts(status, "terminating") || str_is(status, "disconnected") ||
			str_is(status, "out")) &&
		       !l->dials && !says_not_up(spoken_text(line, FIELD_REASON)) &&
		       !has_no_name(l);
	struct text peer = text_make(64);
	struct event *e;

	if (l->is_begun)
		return;
	l->is_begun = true;
	e = say_link(s, line, l, SAID_SESSION_NEW);
	speech_value(s, e, FIELD_SERVICE, dials ? STR("LAC") : STR("LNS"));
	speech_value(s, e, FIELD_PROTOCOL, STR("PPP"));
	if (!is_late)
		speech_value(s, e, FIELD_DIRECTION, STR("dialin"));
	if (!dials && x->peer->family) {
		address_print(&peer, x->peer);
		speech_value(s, e, FIELD_ADDRESS, text_str(&peer));
	}
	*x->peer = (struct address){0};
	text_free(&peer);
	if (!dials && l->user[0]) {
		e = say_link(s, line, l, SAID_FORWARDED);
		speech_value(s, e, FIELD_USER, arena_str(s->arena, str_of(l->user)));
	}
	/* a client says so, too, when nobody answers it */
	if (is_late && !(dials && str_is(spoken_text(line, FIELD_REASON), "session closed")))
		say_state(s, line, l, "IPCP", FIELD_BEFORE);
	else if (!dials && l->user[0] && says_not_up(spoken_text(line, FIELD_REASON)))
		link_let_in(s, line, l);
}

static void link_says_user(struct speech *s, const struct spoken *line, const struct info_link *l,
			   struct str user)
{
	struct event *e = say_link(s, line, l, SAID_FORWARDED);

	speech_value(s, e, FIELD_USER, user);
}

static struct str word_next(struct str *rest)
{
	size_t n = str_find(*rest, STR(" "));
	struct str word = {rest->at, n < rest->len ? n : rest->len};

	*rest = str_from(*rest, word.len < rest->len ? word.len + 1 : rest->len);
	return word;
}

/* `3600 1000 2000 10 20 from 203.0.113.5`: seconds, octets received and sent, packets. */
static void link_logged_out(struct speech *s, const struct spoken *line, const struct info_link *l)
{
	struct str rest = spoken_text(line, FIELD_TEXT), seconds, received, sent;
	uint64_t number;
	struct event *e;

	seconds = word_next(&rest);
	received = word_next(&rest);
	sent = word_next(&rest);
	if (!str_u64(seconds, &number))
		return;
	e = say_link(s, line, l, SAID_USAGE);
	speech_value(s, e, FIELD_SECONDS, seconds);
	speech_value(s, e, FIELD_COUNT, sent);
	speech_value(s, e, FIELD_VALUE_DECIMAL, received);
}

static void link_logged(struct speech *s, struct routeros_info *x, const struct spoken *line)
{
	struct str user = spoken_text(line, FIELD_USER), rest = spoken_text(line, FIELD_TEXT);
	bool is_in = str_is(spoken_text(line, FIELD_STATUS), "in");
	size_t from = str_find(rest, STR(" from "));
	struct info_link *l = link_of(s, x, line);
	struct event *e;

	if (from != SIZE_MAX)
		address_parse(str_from(rest, from + 6), x->peer);
	link_begin(s, x, line, l);
	link_says_user(s, line, l, user);
	if (!is_in) {
		link_logged_out(s, line, l);
		*x->peer = (struct address){0};
		return;
	}
	e = say_link(s, line, l, SAID_ROUTE);
	speech_value(s, e, FIELD_ACTION, STR("install"));
	speech_value(s, e, FIELD_ADDRESS, word_next(&rest));
}

/* Who hangs up, as far as the words tell: `peer`, `this-end`, or nothing. */
static void link_ends(struct speech *s, const struct spoken *line, const struct info_link *l,
		      struct str reason, const char *by)
{
	struct event *e = say_link(s, line, l, SAID_PPP_DISCONNECT);

	speech_value(s, e, FIELD_REASON, reason);
	speech_value(s, e, FIELD_BY, str_of(by));
}

static void link_phase(struct speech *s, const struct spoken *line, const struct info_link *l,
		       const char *phase)
{
	speech_value(s, say_link(s, line, l, SAID_PPP_PHASE), FIELD_PHASE, str_of(phase));
}

static void link_judged(struct speech *s, const struct spoken *line, const struct info_link *l,
			const char *by)
{
	struct event *e = say_link(s, line, l, SAID_AAA);

	speech_value(s, e, FIELD_USER, spoken_text(line, FIELD_USER));
	speech_value(s, e, FIELD_RESULT, STR("failed"));
	speech_value(s, e, FIELD_BY, str_of(by));
}

/* What the log says of a call whose packets it does not print. */
static void link_take(struct speech *s, struct routeros_info *x, const struct spoken *line)
{
	struct str status = spoken_text(line, FIELD_STATUS);
	struct str reason = spoken_text(line, FIELD_REASON);
	const char *by = str_is(reason, "hungup") || str_is(reason, "session closed") ||
					 str_starts(reason, "failed to authenticate ourselves")
				 ? "peer"
				 : "this-end";
	struct info_link *l = link_of(s, x, line);

	if (l->dials && str_starts(reason, "authentication failed"))
		by = "peer";
	speech_say(s, line, SAID_NOTHING);
	if (!l->is_begun && str_is(status, "disconnected"))
		return; /* the echo of one that was told to the end */
	l->dials |= str_is(status, "initializing...") || str_is(status, "dialing...") ||
		    str_is(status, "connecting...");
	if (l->dials && !l->is_begun && !str_is(status, "authenticated") &&
	    !str_is(status, "connected") && !says_refused(reason)) {
		if (!str_starts(status, "terminating"))
			return; /* whether it reaches anybody is not known yet */
		if (str_is(reason, "session closed")) {
			reason = STR("session closed while connecting: the server does not "
				     "respond, or it refuses");
			by = "";
		}
	}
	link_begin(s, x, line, l);
	if (str_is(status, "authenticated"))
		say_state(s, line, l, "LCP", FIELD_STATE);
	if (str_is(status, "connected"))
		say_state(s, line, l, "IPCP", FIELD_STATE);
	if (says_refused(reason)) {
		say_state(s, line, l, "LCP", FIELD_STATE);
		link_judged(s, line, l, by);
	}
	if (reason.len)
		link_ends(s, line, l, reason, by);
	if (str_starts(status, "terminating"))
		link_phase(s, line, l, "terminating");
	if (str_is(status, "disconnected")) {
		link_phase(s, line, l, "down");
		*l = (struct info_link){0};
	}
}

/* `<203.0.113.5>: user bob authentication failed`: of an interface that has no name yet. */
static void link_refused(struct speech *s, struct routeros_info *x, const struct spoken *line)
{
	struct str at = spoken_text(line, FIELD_INTERFACE);
	struct str reason = spoken_text(line, FIELD_REASON);
	struct info_link *l = link_of(s, x, line);

	speech_say(s, line, SAID_NOTHING);
	if (at.len > 2)
		address_parse((struct str){at.at + 1, at.len - 2}, x->peer);
	link_begin(s, x, line, l);
	link_says_user(s, line, l, spoken_text(line, FIELD_USER));
	say_state(s, line, l, "LCP", FIELD_STATE);
	if (spoken_is(line, "routeros.refused"))
		link_judged(s, line, l, "this-end");
	link_ends(s, line, l,
		  spoken_is(line, "routeros.radius-silent") ? STR("no response from RADIUS")
		  : spoken_is(line, "routeros.unproved")    ? reason
		  : spoken_text(line, FIELD_VALUE).len
			  ? STR("authentication failed: the user is already active")
			  : arena_printf(s->arena, "authentication failed%s%.*s",
					 reason.len ? " - " : "", STR_ARG(reason)),
		  "this-end");
	link_phase(s, line, l, "down");
	*l = (struct info_link){0};
}

bool routeros_info_take(struct speech *s, struct routeros_info *x, const struct spoken *line,
			struct address *peer)
{
	x->peer = peer;
	if (spoken_is(line, "routeros.link"))
		link_take(s, x, line);
	else if (spoken_is(line, "routeros.refused") || spoken_is(line, "routeros.unproved") ||
		 spoken_is(line, "routeros.radius-silent"))
		link_refused(s, x, line);
	else if (spoken_is(line, "routeros.login"))
		link_logged(s, x, line);
	else
		return false;
	return true;
}
