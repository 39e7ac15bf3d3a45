#include <stdio.h>

#include "grammar.h"
#include "log_record.h"
#include "radius_join.h"
#include "rules.h"
#include "watch.h"

/* RADIUS beside the calls: answers, their lack, their delay. */

enum { ACCESS_REQUEST = 1, ACCESS_REJECT = 3, COPIES = 2 };

static void print_user(struct text *t, const struct radius_exchange *x)
{
	text_printf(t, "%s%.*s", x->user.len ? "for " : "", STR_ARG(x->user));
}

/* RFC 5176: the NAS is asked, no server. */
static bool is_to_nas(const struct radius_exchange *x)
{
	return x->code == RADIUS_DISCONNECT_REQUEST;
}

static void rejected(struct raise *r, struct tunnel *t, struct call *c)
{
	(void)t;
	(void)c;
	for (const struct radius_exchange *x = r->r->radius; x; x = x->next) {
		struct text user = text_make(64);

		print_user(&user, x);
		if (x->code == ACCESS_REQUEST && x->answer == ACCESS_REJECT)
			raise_finding(r, &x->answered, "Access-Reject %.*s%s%.*s%s",
				      STR_ARG(text_str(&user)), x->message.len ? ": \"" : "",
				      STR_ARG(x->message), x->message.len ? "\"" : "");
		text_free(&user);
	}
}

/* Exchanges stand newest first: those that were asked right after the one that is looked at. */
struct recent {
	const struct radius_exchange *answered[256];
	size_t n;
};

enum { RECENT = sizeof(((struct recent *)NULL)->answered) / sizeof(void *) };

/* The same was asked of another server meanwhile, and that one answered. */
static const struct radius_exchange *answered_elsewhere(const struct raise *r,
							const struct recent *recent,
							const struct radius_exchange *x)
{
	static const double SOON_S = 60;

	for (size_t i = 0; i < recent->n && i < RECENT; i++) {
		const struct radius_exchange *o = recent->answered[i];
		double gap;

		if (o->code == x->code && x->user.len && str_equal(o->user, x->user) &&
		    address_equal(&o->client, &x->client) &&
		    !address_equal(&o->server, &x->server) &&
		    mark_gap(r->r, &x->asked, &o->answered, &gap) && gap >= 0 && gap < SOON_S)
			return o;
	}
	return NULL;
}

/* "; 10.0.0.3 answered 15.0 s after the first" */
static void print_elsewhere(struct text *t, const struct raise *r, const struct radius_exchange *x,
			    const struct radius_exchange *other)
{
	double gap = 0;

	mark_gap(r->r, &x->asked, &other->answered, &gap);
	text_puts(t, "; ");
	address_print(t, &other->server);
	text_printf(t, " gave %s, %.1f s after the first", code_name(CODE_RADIUS, other->answer),
		    gap);
}

/* Another answer of that server would show that the capture sees its answers. */
static void unanswered(struct raise *r, struct tunnel *t, struct call *c)
{
	static const double WAIT_S = 5;
	struct recent recent = {.n = 0};

	(void)t;
	(void)c;
	for (const struct radius_exchange *x = r->r->radius; x; x = x->next) {
		const struct radius_exchange *other;
		struct text user, rest;

		if (x->answer)
			recent.answered[recent.n++ % RECENT] = x;
		if (is_to_nas(x) || x->answer || x->copies <= COPIES ||
		    mark_watched(r->r, &x->last) < WAIT_S)
			continue;
		other = answered_elsewhere(r, &recent, x);
		user = text_make(64);
		rest = text_make(192);
		print_user(&user, x);
		address_print(&rest, &x->server);
		text_puts(&rest, " did not answer");
		if (other)
			print_elsewhere(&rest, r, x, other);
		raise_finding(r, &x->asked, "%s %.*s was sent %u times: the server %.*s",
			      code_name(CODE_RADIUS, x->code), STR_ARG(text_str(&user)), x->copies,
			      STR_ARG(text_str(&rest)));
		if (other)
			r->last->severity = SEVERITY_WARNING; /* it cost time */
		text_free(&user);
		text_free(&rest);
	}
}

static void late(struct raise *r, struct tunnel *t, struct call *c)
{
	double limit = threshold(r->r->thresholds, THRESHOLD_RADIUS_SLOW), gap;

	(void)t;
	(void)c;
	for (const struct radius_exchange *x = r->r->radius; x; x = x->next) {
		struct finding *f;

		if (is_to_nas(x) || !mark_gap(r->r, &x->asked, &x->answered, &gap) || gap <= limit)
			continue;
		f = raise_finding(r, &x->answered, "%s came after %.1f s",
				  code_name(CODE_RADIUS, x->answer), gap);
		finding_evidence(r, f, &x->asked);
	}
}

/* ---- tunnels that an Access-Accept describes (RFC 2868) ---- */

enum { ACCESS_ACCEPT = 2, TAGS = 0x20, SALTS = 16 };

/* What one tag says. */
struct tunnel_tag {
	bool has_type, is_l2tp, has_endpoint;
};

static bool is_field(const struct value *v, const char *field)
{
	return strcmp(v->field, field) == 0;
}

static void tag_take(struct tunnel_tag *tag, const struct value *v)
{
	enum { PPTP = 1, L2F, L2TP };

	if (is_field(v, "radius.Tunnel_Type")) {
		tag->has_type = true;
		tag->is_l2tp = v->number >= PPTP && v->number <= L2TP;
	} else if (is_field(v, "radius.Tunnel_Server_Endpoint")) {
		tag->has_endpoint = true;
	}
}

/* Tag 0 goes with any. Cisco gives the rest in AV pairs of its own. */
static void see_tags(struct watch *w)
{
	struct tunnel_tag tags[TAGS] = {0};

	for (size_t i = 0; i < w->e->n_values; i++) {
		const struct value *v = &w->e->values[i];

		if (is_field(v, "radius.Cisco_AVPair"))
			return;
		if (v->tag < TAGS)
			tag_take(&tags[v->tag], v);
	}
	for (unsigned i = 0; i < TAGS; i++) {
		bool has_type = tags[i].has_type || tags[0].has_type;
		bool has_endpoint = tags[i].has_endpoint || tags[0].has_endpoint;

		if (tags[i].is_l2tp && !has_endpoint)
			watch_raise(w, "radius-tunnel-attr-incomplete",
				    "Tag %u has a Tunnel-Type and no Tunnel-Server-Endpoint", i);
		else if (tags[i].has_endpoint && !has_type)
			watch_raise(w, "radius-tunnel-attr-incomplete",
				    "Tag %u has a Tunnel-Server-Endpoint and no Tunnel-Type", i);
	}
}

/* The salt stands before the value; in Tunnel-Password behind the tag (RFC 2868 3.5). */
static bool salt_of(const struct value *v, uint16_t *ret)
{
	bool is_password = is_field(v, "radius.Tunnel_Password");
	struct bytes b = bytes_of(v->octets);

	if (!is_password && !is_field(v, "radius.MS_MPPE_Send_Key") &&
	    !is_field(v, "radius.MS_MPPE_Recv_Key"))
		return false;
	if (is_password)
		bytes_u8(&b);
	*ret = bytes_u16(&b);
	return bytes_ok(&b);
}

static void see_salts(struct watch *w)
{
	uint16_t salts[SALTS], salt;
	size_t n = 0;

	for (size_t i = 0; i < w->e->n_values && n < SALTS; i++) {
		if (!salt_of(&w->e->values[i], &salt))
			continue;
		for (size_t k = 0; k < n; k++)
			if (salts[k] == salt)
				watch_raise(w, "radius-duplicate-salt",
					    "Two hidden attributes of one packet have the salt "
					    "0x%04x",
					    salt);
		salts[n++] = salt;
	}
}

static void see_accept(struct watch *w)
{
	if (w->e->neighbour.code != ACCESS_ACCEPT || w->e->path.captured < w->e->path.original)
		return;
	see_tags(w);
	see_salts(w);
}

/* What the server's own log says of a client that it does not know, or shares no secret with. */
static void see_server(struct watch *w)
{
	struct finding *f = NULL;

	if (w->e->said.topic != SAID_AAA || !w->e->row ||
	    !str_starts(str_of(w->e->row->name), "freeradius."))
		return;
	if (str_is(str_of(w->e->row->name), "freeradius.stranger"))
		f = watch_raise(
			w, "radius-client-mismatch",
			"The RADIUS server ignores what comes from %.*s, which is none of its "
			"clients",
			STR_ARG(said_text(w->e, FIELD_ADDRESS)));
	else if (str_is(str_of(w->e->row->name), "freeradius.garbled"))
		watch_raise(w, "radius-client-mismatch",
			    "The RADIUS server gets a password of unprintable characters: most "
			    "likely the shared secrets differ");
	if (f) /* it may be anybody who asks */
		f->severity = SEVERITY_WARNING;
}

/* Where one exchange names one server, and the tunnel went elsewhere. */
static void other_server(struct raise *r, struct tunnel *t, struct call *c)
{
	const struct radius_exchange *x = c->radius;
	const struct address *lns = &c->side[LNS].address;
	struct text named, used;

	if (!x || x->endpoints != 1 || !x->endpoint.family || !lns->family || !t ||
	    !c->roles_known || address_equal(&x->endpoint, lns) ||
	    x->endpoint.family != lns->family)
		return;
	named = text_make(64);
	used = text_make(64);
	address_print(&named, &x->endpoint);
	address_print(&used, lns);
	raise_finding(r, &x->answered, "RADIUS names the server %.*s, the tunnel goes to %.*s",
		      STR_ARG(text_str(&named)), STR_ARG(text_str(&used)));
	text_free(&named);
	text_free(&used);
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_RADIUS), .see = see_accept},
	{.kinds = WATCH(EVENT_SAID), .see = see_server},
};

static const struct rule_row rows[] = {
	{"radius-reject", SEVERITY_ERROR, ON_RUN, rejected, "RADIUS rejected a user",
	 "The password is wrong, the user is unknown, or a policy forbids the call.",
	 "Read the RADIUS server's log for this user at this time; the Reply-Message may say why.",
	 "RFC 2865 4.3", NULL, false},
	{"radius-client-mismatch", SEVERITY_ERROR, ON_EVENT, NULL,
	 "The RADIUS server does not take this NAS for its client, or their secrets differ",
	 "The address from which the NAS asks, or the shared secret, is not the one that the "
	 "server "
	 "has for it.",
	 "Compare the clients of the RADIUS server (clients.conf) with source address and secret "
	 "of "
	 "the NAS.",
	 "RFC 2865 3", NULL, false},
	{"radius-no-response", SEVERITY_ERROR, ON_RUN, unanswered,
	 "The RADIUS server does not answer",
	 "It is down, the port is wrong, the secret does not fit (it then drops the request), or "
	 "this NAS is not one of its clients.",
	 "Look at the server's log for an unknown client or a wrong authenticator; check address, "
	 "port and secret at the NAS.",
	 "RFC 2865 2.4", NULL, false},
	{"radius-latency", SEVERITY_WARNING, ON_RUN, late, "The RADIUS server answered late",
	 "The server or what stands behind it (directory, database) is busy.",
	 "Look at the server's load and its back end; raise the NAS's timeout above this time.",
	 "RFC 2865 2.4", NULL, true},
	{"radius-tunnel-attr-incomplete", SEVERITY_WARNING, ON_EVENT, NULL,
	 "The tunnel attributes of a tag are not complete",
	 "The profile is incomplete, or attributes of one tunnel have different tags; the NAS may "
	 "then not forward the call.",
	 "Give each tunnel of the profile Tunnel-Type, Tunnel-Medium-Type and "
	 "Tunnel-Server-Endpoint with one tag.",
	 "RFC 2868 3", NULL, false},
	{"radius-duplicate-salt", SEVERITY_WARNING, ON_EVENT, NULL,
	 "Two hidden attributes of one packet have the same salt",
	 "The RADIUS server is built so: who knows one of the values can compute the other.",
	 "Upgrade the RADIUS server, or report it to its vendor with this packet.", "RFC 2868 3.5",
	 NULL, false},
	{"radius-tunnel-mismatch-l2tp", SEVERITY_WARNING, ON_CALL, other_server,
	 "The tunnel goes to another server than RADIUS names",
	 "The NAS has a tunnel of its own configuration that wins, or a name or NAT stands "
	 "between.",
	 "Compare the user's or the domain's profile with the configuration of the LAC (IOS: "
	 "`vpdn-group`, `vpdn search-order`).",
	 "RFC 2868 3.4", NULL, false},
};

const struct rule_table rules_radius = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
