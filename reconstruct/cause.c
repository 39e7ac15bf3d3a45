#include "cause.h"

#include "cause_table.h"
#include "character.h"
#include "kin.h"
#include "l2f_replay.h"
#include "limits.h"
#include "stages.h"

/* clang-format off */
static const struct cause_fact facts[] = {
#define CAUSE(slug, stage, meaning, concluded, advice) {slug, stage, meaning, concluded, advice},
#include "cause.def"
#undef CAUSE
};
/* clang-format on */

enum { N_FACTS = sizeof(facts) / sizeof(facts[0]) };

size_t cause_rows(const struct cause_fact **ret)
{
	*ret = facts;
	return N_FACTS;
}

const struct cause_fact *cause_named(const char *slug)
{
	for (size_t i = 0; slug && i < N_FACTS; i++)
		if (name_is(slug, facts[i].slug))
			return &facts[i];
	return NULL;
}

const char *cause_stage_name(enum cause_stage stage)
{
	static const char *const names[] = {
		[IN_ORDER] = "in order",           [TUNNEL_SETUP] = "tunnel setup",
		[SESSION_SETUP] = "session setup", [PPP_SETUP] = "PPP setup",
		[WHILE_UP] = "while up",           [LITTLE_SEEN] = "not enough input",
	};

	return names[stage];
}

bool cause_is_orderly(const char *slug)
{
	const struct cause_fact *fact = cause_named(slug);

	return fact && fact->stage == IN_ORDER;
}

/* Words that implementations put in Terminate-Requests, CDN messages and logs, in lower case.
 * The first that is found decides, so the more specific ones stand first. */
static const struct phrase {
	const char *words, *cause;
} phrases[] = {
	{"refused to authenticate", "auth-method-refused"},
	{"authentication protocol rejected", "auth-method-refused"},
	{"invalid challenge authentication", "tunnel-secret-wrong"}, /* xl2tpd: of its tunnel */
	{"no secret key on our end", "tunnel-secret-missing"},       /* xl2tpd, too */
	{"tunnel authentication fail", "tunnel-secret-wrong"},
	{"shared secret", "tunnel-secret-wrong"},
	{"respond to chap challenge", "auth-no-answer"}, /* RouterOS */
	{"authentication failed", "auth-rejected"},
	{"authentication failure", "auth-rejected"},
	{"failed to authenticate", "auth-rejected"},
	{"authentication rejected", "auth-rejected"}, /* l2tpns */
	{"authentication denied", "auth-rejected"},
	{"user denied", "auth-rejected"},
	{"auth failed", "auth-rejected"},
	{"failed chap", "auth-rejected"},
	{"failed ms chap", "auth-rejected"}, /* IOS; likewise with -V2 */
	{"chap fail", "auth-rejected"}, /* Ascend-Disconnect-Cause in words, as IOS prints it */
	{"pap fail", "auth-rejected"},
	{"auth fail", "auth-rejected"},
	{"failed pap", "auth-rejected"},
	{"bad password", "auth-rejected"},
	{"invalid password", "auth-rejected"},
	{"wrong password", "auth-rejected"},
	{"incorrect password", "auth-rejected"},
	{"login incorrect", "auth-rejected"},
	{"unknown user", "auth-rejected"},
	{"access denied", "auth-rejected"},
	{"unknown domain", "auth-rejected"},
	{"no such domain", "auth-rejected"},
	{"password expired", "auth-rejected"},
	{"account expired", "auth-rejected"},
	{"account disabled", "auth-rejected"},
	{"account locked", "auth-rejected"},
	{"authentication did not complete", "auth-no-answer"}, /* Windows: 20252 */
	{"aaa authentication error", "aaa-unreachable"},       /* IOS: not a failure */
	{"aaa authorization failure", "auth-rejected"},
	{"unable to authenticate for peer", "auth-method-refused"}, /* IOS */
	{"aaa server", "aaa-unreachable"}, /* IOS: did not respond, cannot locate a … */
	{"radius server", "aaa-unreachable"},
	{"no response from radius", "aaa-unreachable"},
	{"no response from aaa", "aaa-unreachable"},
	{"radius timeout", "aaa-unreachable"},
	{"radius timed out", "aaa-unreachable"},
	{"radius unreachable", "aaa-unreachable"},
	{"aaa timeout", "aaa-unreachable"},
	{"aaa unreachable", "aaa-unreachable"},
	{"no valid radius responses", "aaa-unreachable"}, /* libradius: mpd */
	{"login response error", "aaa-unreachable"},      /* IOS: Received LOGIN Response ERROR */
	{"mppe required", "encryption-required"},
	{"encryption fail", "encryption-required"},
	{"encryption required", "encryption-required"},
	{"loopback", "lcp-loopback"},
	{"looped", "lcp-loopback"},
	{"link inactive", "idle-timeout"},
	{"idle time", "idle-timeout"}, /* and timer */
	{"inactivity", "idle-timeout"},
	{"connect time expired", "session-timeout"},
	{"session timeout", "session-timeout"},
	{"session time-out", "session-timeout"},
	{"maximum connect time", "session-timeout"},
	{"max session time", "session-timeout"},
	{"maximum session time", "session-timeout"},
	{"session time limit", "session-timeout"},
	{"server does not respond (8", "peer-silent"}, /* Windows: 800, 809 */
	{"ppp timed out", "lcp-no-answer"},
	{"lcp came to no agreement", "lcp-no-agreement"},
	{"closed while connecting", "peer-silent"}, /* RouterOS */
	{"peer not responding", "echo-lost"},
	{"peer is not responding", "echo-lost"},
	{"missed keepalive", "echo-lost"},
	{"keepalive fail", "echo-lost"},
	{"missed too many keepalives", "echo-lost"},
	{"keepalives, taking lcp down", "echo-lost"}, /* IOS */
	{"echo timeout", "echo-lost"},
	{"no echo reply", "echo-lost"}, /* accel-ppp */
	{"echo-requests", "echo-lost"}, /* pppd: No response to 5 echo-requests */
	{"no network protocols", "ncp-no-agreement"},
	{"could not determine remote address", "ipcp-address-refused"}, /* RouterOS: no pool */
	{"could not determine local address", "ipcp-address-refused"},
	{"could not determine local ip", "ipcp-address-refused"},
	{"could not determine remote ip", "ipcp-address-refused"},
	{"not authorized to use remote address", "ipcp-address-refused"},
	{"unauthorized remote ip", "ipcp-address-refused"},
	{"conflicting remote ip", "ipcp-address-refused"},      /* FortiGate */
	{"refused to agree to our ip", "ipcp-address-refused"}, /* pppd */
	{"refused to agree to his ip", "ipcp-address-refused"},
	{"refused our ip", "ipcp-address-refused"},
	{"administrative", "admin-clear"},
	{"administrator", "admin-clear"},
	{"admin reset", "admin-clear"},
	{"admin logout", "admin-clear"},
	{"cleared by operator", "admin-clear"},
	{"old tunnel is not closed", "control-exists"}, /* RouterOS */
	{"encryption negotiation", "encryption-required"},
	{"no cc config", "not-authorized"},     /* MikroTik: no entry for this host name */
	{"no authorization", "not-authorized"}, /* xl2tpd: access control */
	{"no application/session timer", "request-clear"}, /* Cisco: no session is left */
	{"session timer expired", "session-timeout"},
	{"user requested", "client-hangup"}, /* ASA */
	{"max time exceeded", "session-timeout"},
	{"mandatory avp", "protocol-error"}, /* IOS: not understood (RFC 2661 4.1) */
	{"no more sessions exist", "request-clear"},
	{"goodbye!", "request-clear"}, /* xl2tpd, when it closes a tunnel in order */
	{"admin disconnect", "admin-clear"},
	{"server closing", "admin-clear"}, /* xl2tpd: its daemon was stopped */
	{"no resource", "no-resources"},
	{"out of resource", "no-resources"},
	{"licen", "no-resources"},  /* used up, expired, none */
	{"no idb", "no-resources"}, /* IOS has no interface left */
	{"insufficient resource", "no-resources"},
	{"insufficient memory", "no-resources"},
	{"out of memory", "no-resources"},
	{"call admission", "no-resources"},
	{"overload", "no-resources"},
	{"capacity exceeded", "no-resources"},
	{"system busy", "no-resources"},
	{"max sessions", "no-resources"},
	{"maximum sessions", "no-resources"},
	{"maximum number of sessions", "no-resources"},
	{"no more sessions available", "no-resources"},
	{"ip addresses in pool", "no-resources"},
	{"no more ip", "no-resources"},
	{"allocate ip", "no-resources"},
	{"allocate an ip", "no-resources"},
	{"no free address", "no-resources"},
	{"no address available", "no-resources"},
	{"no ip address available", "no-resources"},
	{"pool is empty", "no-resources"},
	{"pool exhausted", "no-resources"},
	{"from the dhcp server failed", "no-resources"}, /* SoftEther: no address for its client */
	{"pppol2tp socket", "no-resources"},             /* xl2tpd: the kernel gives it none */
	{"ppp discipline", "no-resources"},              /* pppd: its kernel */
	{"new ppp unit", "no-resources"},
	{"/dev/ppp", "no-resources"},
	{"couldn't rename", "no-resources"}, /* pppd: its interface's name is taken */
	{"system lacks", "no-resources"},
	{"required to authenticate itself", "auth-method-refused"}, /* and cannot */
	{"get channel number", "no-resources"},
	{"unrecognized option", "no-resources"},
	{"no available ip address", "no-resources"}, /* xl2tpd: its range is used up */
	{"out of ip addresses", "no-resources"},
	{"maximum links", "no-resources"}, /* of a bundle */
	{"maximum number of links", "no-resources"},
	{"max links", "no-resources"},
	{"too many links", "no-resources"},
	{"session limit", "no-resources"},
	{"too many sessions", "no-resources"},
	{"not authorized", "not-authorized"},
	{"not authorised", "not-authorized"},
	{"softshut", "admin-clear"}, /* IOS: takes no new calls, its operator says */
	{"system shutdown", "admin-clear"},
	{"nas reboot", "admin-clear"},
	{"shutting down", "admin-clear"},
	{"preempted", "superseded"},
	{"padt received", "client-hangup"},
	{"blacklist", "not-authorized"},
	{"loss of carrier", "carrier-lost"},
	{"lost carrier", "carrier-lost"},
};

/* `Idle-Timeout` and `idle_timeout` are `idle timeout`. */
static char plain(char c)
{
	if (c == '-' || c == '_')
		return ' ';
	return char_lower(c);
}

bool cause_has_words(struct str s, const char *words)
{
	size_t n = strlen(words);

	for (size_t i = 0; i + n <= s.len; i++) {
		size_t k = 0;

		while (k < n && plain(s.at[i + k]) == plain(words[k]))
			k++;
		if (k == n)
			return true;
	}
	return false;
}

const char *cause_of_phrase(struct str text)
{
	for (size_t i = 0; text.len && i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (cause_has_words(text, phrases[i].words))
			return phrases[i].cause;
	return NULL;
}

bool cause_is_decision(const char *cause)
{
	static const char *const timers[] = {"echo-lost", "idle-timeout", "session-timeout"};

	for (size_t i = 0; cause && i < sizeof(timers) / sizeof(timers[0]); i++)
		if (strcmp(cause, timers[i]) == 0)
			return true;
	return false;
}

bool cause_is_guess(struct str text)
{
	/* who says so saw no more than that nothing came */
	return cause_has_words(text, "server does not respond (8") ||
	       cause_has_words(text, "ppp timed out");
}

bool cause_is_silence(struct str text)
{
	static const char *const words[] = {
		"timeout",     "timed out", "retransmi",   "retries",
		"no response", "keepalive", "not respond", "peer dead",
	};
	const char *cause = cause_of_phrase(text);

	if (cause)
		return strcmp(cause, "echo-lost") == 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (cause_has_words(text, words[i]))
			return true;
	return false;
}

struct number_cause {
	uint16_t number;
	const char *cause;
};

static const char *cause_of_number(const struct number_cause *rows, size_t n, uint16_t number)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].number == number)
			return rows[i].cause;
	return NULL;
}

const char *cause_of_error(int error)
{
	/* RFC 2661 4.4.2; 6 is vendor specific and says nothing by itself, 7 and 9 ask to go
	 * elsewhere because this place is full; of a tunnel switch 11 and 12: the next hop is, or
	 * itself (draft-ietf-l2tpext-tunnel-switching-06). */
	static const struct number_cause rows[] = {
		{1, "protocol-error"}, {2, "protocol-error"}, {3, "protocol-error"},
		{4, "no-resources"},   {5, "protocol-error"}, {7, "no-resources"},
		{8, "protocol-error"}, {9, "no-resources"},   {11, "no-resources"},
		{12, "no-resources"},
	};

	if (error <= 0)
		return NULL;
	return cause_of_number(rows, sizeof(rows) / sizeof(rows[0]), (uint16_t)error);
}

const char *cause_of_q931(uint16_t cause)
{
	static const struct number_cause rows[] = {
		{1, "invalid-destination"},
		{2, "invalid-destination"},
		{3, "invalid-destination"},
		{16, "client-hangup"},
		{17, "busy"},
		{18, "call-timeout"},
		{19, "call-timeout"},
		{20, "call-timeout"},
		{22, "invalid-destination"},
		{27, "no-carrier"},
		{28, "invalid-destination"},
		{34, "no-resources"},
		{42, "no-resources"},
		{44, "no-resources"},
		{47, "no-resources"},
	};

	return cause_of_number(rows, sizeof(rows) / sizeof(rows[0]), cause);
}

const char *cause_of_disconnect(uint16_t code)
{
	/* RFC 3145 3.1–3.4; 3 (normal) depends on its direction and is read elsewhere */
	static const struct number_cause rows[] = {
		{1, "admin-clear"},
		{2, "lcp-no-agreement"},
		{4, "encryption-required"},
		{5, "lcp-no-agreement"},
		{6, "lcp-no-answer"},
		{7, "lcp-loopback"},
		{8, "echo-lost"},
		{13, "auth-no-answer"},
		{14, "auth-rejected"},
		{15, "auth-method-refused"},
		{16, "auth-rejected"},
		{17, "ncp-no-agreement"},
		{18, "ncp-no-agreement"},
		{19, "ipcp-address-refused"},
		{20, "ipcp-address-refused"},
	};

	return cause_of_number(rows, sizeof(rows) / sizeof(rows[0]), code);
}

bool trial_lost_between(const struct trial *f, enum ppp_part part)
{
	for (const struct session *s = f->s; s; s = s->joined)
		if (ppp_part_is_lost(s, part))
			return true;
	return false;
}

bool trial_may_have_missed(const struct trial *f)
{
	if (!f->s)
		return f->t->is_holey;
	return f->since ? session_has_holes_behind(f->s, f->since) : session_has_holes(f->s);
}

bool trial_judge(struct trial *f, const struct cause_row *rows, size_t n)
{
	enum role by = f->by;

	for (size_t i = 0; i < n; i++) {
		f->cause = rows[i].cause;
		f->confidence = rows[i].confidence;
		f->n_also = 0;
		f->is_insisted = false;
		f->since = NULL;
		f->by = by;
		if (rows[i].test(f) &&
		    (!rows[i].is_absence || f->is_insisted || !trial_may_have_missed(f)))
			return true;
	}
	f->is_insisted = false;
	f->text = (struct str){0};
	f->by = by;
	f->cause = NULL;
	f->confidence = CONFIDENCE_NONE;
	f->n_also = 0;
	return false;
}

bool trial_say(struct trial *f, const char *format, ...)
{
	char *first;
	va_list list;

	va_start(list, format);
	f->text = arena_vprintf(f->r->arena, format, list);
	va_end(list);
	first = (char *)f->text.at; /* it was made here */
	if (f->text.len > LIMIT_RECORD) {
		first[LIMIT_RECORD] = '\0';
		f->text.len = LIMIT_RECORD;
	}
	if (f->text.len && char_is_lower(*first))
		*first = (char)(*first - 'a' + 'A');
	return true;
}

void trial_also(struct trial *f, const char *slug)
{
	if (f->n_also < sizeof(f->also) / sizeof(f->also[0]))
		f->also[f->n_also++] = slug;
}

struct str trial_meaning(const struct trial *f)
{
	const struct cause_fact *fact = cause_named(f->cause);
	struct str words = str_of(fact ? fact->meaning : "The call was ended");

	if (words.len && words.at[words.len - 1] == '.')
		words.len--;
	return arena_str(f->r->arena, words);
}

const char *error_name(const struct ending *e)
{
	if (e->error <= 0 || (e->error == ERROR_VENDOR_SPECIFIC && e->text.len))
		return NULL;
	return code_name(e->result == RESULT_TDM ? CODE_TDM_ERROR : CODE_ERROR, (uint32_t)e->error);
}

struct str end_words(struct report *r, const struct tunnel *t, int end)
{
	const struct peer *p = &t->peer[end];
	struct text out = text_make(LIMIT_RECORD);
	struct str words;

	text_puts(&out, end == INITIATOR ? "the initiator" : "the responder");
	if (p->name.len)
		text_printf(&out, " %.*s", STR_ARG(p->name));
	if (p->address.family) {
		text_puts(&out, " (");
		address_print(&out, &p->address);
		text_puts(&out, ")");
	}
	words = arena_str(r->arena, text_str(&out));
	text_free(&out);
	return words;
}

struct str deaf_words(struct report *r, const struct tunnel *t)
{
	int asker = t->unanswered.from;
	uint16_t message = asker == INITIATOR ? SCCRP : SCCRQ;
	const struct seen *seen = seen_of(t->seen, message);

	if (seen->repeats < 2 || seen->from == asker)
		return (struct str){0};
	return arena_printf(r->arena,
			    "; %s had repeated its %s, which was answered: what is sent to it "
			    "does not arrive, or it throws it away",
			    str_c(end_words(r, t, 1 - asker)), tunnel_message_name(t, message));
}

struct str side_words(struct trial *f, enum role role)
{
	unsigned which = role == ROLE_LAC ? LAC : LNS;
	const struct call_side *side;
	struct text out;

	if (role == ROLE_CLIENT)
		return STR("the client");
	if (role != ROLE_LAC && role != ROLE_LNS)
		return STR("one end");
	if (f->side_words[which].len)
		return f->side_words[which];
	side = &f->c->side[which];
	out = text_make(LIMIT_RECORD);
	if (f->c->roles_known)
		text_puts(&out, role == ROLE_LAC ? "the LAC" : "the LNS");
	else if (!f->c->tunnel && (f->s->roles_known || f->s->roles_inferred))
		text_puts(&out, role == ROLE_LAC ? "the client" : "the server");
	else
		text_puts(&out, side->name.len || side->address.family ? "the end" : "one end");
	if (side->name.len)
		text_printf(&out, " %.*s", STR_ARG(side->name));
	if (side->address.family) {
		text_puts(&out, " (");
		address_print(&out, &side->address);
		text_puts(&out, ")");
	}
	f->side_words[which] = arena_str(f->r->arena, text_str(&out));
	text_free(&out);
	return f->side_words[which];
}

struct str time_words(struct report *r, const struct mark *m)
{
	double at;

	if (!m || !report_seconds(r, m, &at))
		return (struct str){0};
	return arena_printf(r->arena, " at %.3f s", at);
}

struct str moment_words(struct report *r, const char *word, const struct mark *m)
{
	struct str at = time_words(r, m);

	return at.len ? arena_printf(r->arena, "%s%.*s", word, STR_ARG(at)) : at;
}

struct str quote_words(struct report *r, struct str text)
{
	if (!text.len)
		return (struct str){0};
	return arena_printf(r->arena, " (\"%.*s\")", STR_ARG(text));
}

enum role role_of_end(const struct session *s, int end)
{
	if (!s || (!s->roles_known && !s->roles_inferred))
		return end == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
	return end == s->lac_end ? ROLE_LAC : ROLE_LNS;
}

void find_causes(struct report *r)
{
	kin_find(r);
	for (struct tunnel *t = r->tunnels; t; t = tunnel_after(r, t))
		if (!t->goes_on || t->sessions)
			judge_tunnel(r, t);
	for (struct call *c = r->calls; c; c = call_after(r, c))
		if (!c->goes_on)
			judge_call(r, c);
}
