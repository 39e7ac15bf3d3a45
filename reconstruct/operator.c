#include "operator.h"

#include "log_record.h"

/* Typed lines carry no time: the first stamp behind one tells when it was. */
static const int64_t soon_ns = INT64_C(5) * 1000000000;

/* Abbreviated as people type: any first letters of these, from two on. */
static const char *const objects[] = {"subscriber", "pppoe", "vpdn",    "caller", "ppp",
				      "interface",  "l2tp",  "sss",     "line",   "dialer",
				      "isdn",       "pptp",  "xconnect"};

static struct str word_of(struct str *rest)
{
	struct str word;
	size_t n = 0;

	while (rest->len && rest->at[0] == ' ')
		*rest = str_from(*rest, 1);
	while (n < rest->len && rest->at[n] != ' ')
		n++;
	word = (struct str){.at = rest->at, .len = n};
	*rest = str_from(*rest, n);
	return word;
}

static bool is_short_for(struct str word, const char *whole, size_t least)
{
	return word.len >= least && word.len <= strlen(whole) &&
	       str_equal_nocase(word, (struct str){.at = whole, .len = word.len});
}

static bool clears_calls(struct str rest)
{
	struct str object;

	if (!is_short_for(word_of(&rest), "clear", 2))
		return false;
	object = word_of(&rest);
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (is_short_for(object, objects[i], 2))
			return true;
	return false;
}

/* `… username eva` */
static struct str user_of(struct str rest)
{
	while (rest.len) {
		struct str word = word_of(&rest);

		if (is_short_for(word, "username", 4))
			return word_of(&rest);
	}
	return (struct str){0};
}

void operator_hear(struct context *c)
{
	struct observer *o = c->observer;
	struct str text = said_text(c->event, FIELD_TEXT);

	if (c->event->kind == EVENT_SAID && c->event->said.topic == SAID_COMMAND &&
	    clears_calls(text)) {
		o->typed = c->mark;
		mark_set_text(c->arena, &o->typed, text);
	} else if (o->typed.is_set && !moment_known(mark_when(&o->typed))) {
		mark_set_when(&o->typed, c->event->when);
	}
}

/* Its user is another one, as far as both are known. */
static bool is_another(struct context *c, const struct session *s)
{
	struct str user = user_of(mark_said(c->arena, &c->observer->typed));
	struct str own = link_auth(&s->ppp, CLIENT)->peer_name.len
				 ? link_auth(&s->ppp, CLIENT)->peer_name
				 : session_told(s)->said_user;

	return user.len && own.len && !str_equal_nocase(user, own);
}

/* It was typed right before what happens now. */
static bool is_fresh(const struct context *c)
{
	const struct mark *typed = &c->observer->typed;
	int64_t since = moment_minus(c->event->when, mark_when(typed));

	return typed->is_set && since >= 0 && since <= soon_ns;
}

void operator_ends(struct context *c, struct session *s)
{
	const struct mark *typed = &c->observer->typed;

	if (session_told(s)->is_ending)
		return;
	session_told_make(c->arena, s)->is_ending = true;
	if (!is_fresh(c) || is_another(c, s))
		return;
	session_told_make(c->arena, s)->commanded = *typed;
	if (!session_told(s)->said_user.len)
		session_told_make(c->arena, s)->said_user = user_of(mark_said(c->arena, typed));
}

/* `clear vpdn tunnel l2tp …`, `clear l2tp all`: not what clears callers only. */
static bool clears_tunnels(struct str rest)
{
	struct str object;

	word_of(&rest);
	object = word_of(&rest);
	if (is_short_for(object, "vpdn", 2))
		return is_short_for(word_of(&rest), "tunnel", 1);
	return is_short_for(object, "l2tp", 2);
}

/* `… remote-name lac-2`, `… hostname lac-2`, `… id 17`: of another tunnel, as far as is known. */
static bool is_of_another(struct str rest, struct tunnel *t)
{
	unsigned local = live_tunnel(t)->local;
	struct str peer = t->peer[1 - local].name;
	uint32_t id;

	while (rest.len) {
		struct str word = word_of(&rest);

		if (is_short_for(word, "remote-name", 3) || is_short_for(word, "hostname", 3))
			return peer.len && !str_equal_nocase(word_of(&rest), peer);
		if (str_is(word, "id"))
			return t->peer[local].tunnel_id && str_u32(word_of(&rest), &id) &&
			       id != t->peer[local].tunnel_id;
	}
	return false;
}

void operator_closes(struct context *c, struct tunnel *t)
{
	const struct mark *typed = &c->observer->typed;
	struct str text = mark_said(c->arena, typed);

	if (!t->commanded.is_set && is_fresh(c) && clears_tunnels(text) && !is_of_another(text, t))
		t->commanded = *typed;
}
