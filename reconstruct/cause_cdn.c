#include "cause_cdn.h"

#include "cause_l2f.h"
#include "cause_ppp.h"
#include "session_v3.h"

enum { GENERAL_ERROR = 2 }; /* RFC 2661 4.4.2: the error code says which */
enum { PSEUDOWIRE = 12 };   /* RFC 3931 5.4.2 and later: from here on */

enum role trial_cdn_role(const struct trial *f)
{
	if (!f->c->roles_known)
		return ROLE_UNKNOWN;
	return f->c->cdn.from == LAC ? ROLE_LAC : ROLE_LNS;
}

/* ", Q.931 cause 41 (Temporary failure)": of a cause that decides nothing by itself
 * (judge_cdn_q931).
 */
static struct str q931_words(struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	const char *name;

	if (!e->has_q931 || !e->q931_cause || cause_of_q931(e->q931_cause))
		return (struct str){0};
	name = code_name(CODE_Q931, e->q931_cause);
	return arena_printf(f->r->arena, ", Q.931 cause %u%s%s%s", e->q931_cause, name ? " (" : "",
			    name ? name : "", name ? ")" : "");
}

/* "CDN result 4 (No facilities (temporary))", and what it says besides. */
static struct str code_words(struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	/* "see error code" says less than the error code */
	bool is_general = e->result == GENERAL_ERROR && e->error > 0;
	const char *name =
		e->result >= 0 && !is_general ? code_name(CODE_CDN, (uint32_t)e->result) : NULL;
	const char *error = error_name(e);
	struct str more = {0};

	if (e->has_why)
		return close_words(f->r, e);
	if (e->error > 0)
		more = arena_printf(f->r->arena, ", error %d%s%s%s", e->error, error ? " (" : "",
				    error ? error : "", error ? ")" : "");
	if (e->result < 0)
		return arena_printf(f->r->arena, "a CDN without a readable result%.*s%s",
				    STR_ARG(more), str_c(quote_words(f->r, e->text)));
	return arena_printf(f->r->arena, "CDN result %d%s%s%s%.*s%s%s", e->result, name ? " (" : "",
			    name ? name : "", name ? ")" : "", STR_ARG(more),
			    str_c(quote_words(f->r, e->text)), str_c(q931_words(f)));
}

struct str trial_cdn_words(struct trial *f)
{
	return arena_printf(f->r->arena, "%s from %s%s", str_c(code_words(f)),
			    str_c(side_words(f, trial_cdn_role(f))),
			    str_c(time_words(f->r, &f->c->cdn.mark)));
}

/* What its sender says with a CDN, where the codes tell more than the slug does. */
static const char *sender_says(const struct trial *f)
{
	enum { ANY = -1, NEXT_HOP_UNREACHABLE = 10, FSM_ERROR = 16, LOOP = 26, LAST = 31 };
	static const struct {
		const char *cause;
		int from, to, error; /* results, and the error of a general one */
		const char *says;
	} rows[] = {
		{"protocol-error", GENERAL_ERROR, GENERAL_ERROR, 0,
		 "ended the call with a general error"},
		{"protocol-error", GENERAL_ERROR, GENERAL_ERROR, ERROR_VENDOR_SPECIFIC,
		 "ended the call with a general error"},
		{"protocol-error", GENERAL_ERROR, GENERAL_ERROR, NEXT_HOP_UNREACHABLE,
		 "cannot hand the call on"},
		{"protocol-error", FSM_ERROR, FSM_ERROR, ANY,
		 "met a message that its state machine does not allow, or waited in vain"},
		{"protocol-error", LOOP, LOOP, ANY, "finds that the call would come back to it"},
		{"protocol-error", PSEUDOWIRE, LAST, ANY,
		 "does not take a pseudowire with these parameters"},
		{"carrier-lost", PSEUDOWIRE, LAST, ANY, "lost its circuit"},
	};
	const struct ending *e = &f->c->cdn;
	int error = e->error > 0 ? e->error : 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(f->cause, rows[i].cause) == 0 && e->result >= rows[i].from &&
		    e->result <= rows[i].to && (rows[i].error == ANY || rows[i].error == error))
			return rows[i].says;
	return NULL;
}

/* What the slug chosen means, of the end that sent the CDN where the meaning is of "an end". */
static bool say_meaning(struct trial *f)
{
	struct str meaning = trial_meaning(f), an_end = STR("An end ");
	const char *says = sender_says(f);
	const struct ending *e = &f->c->cdn;

	if (says)
		meaning = str_of(says);
	else if (str_starts(meaning, "An end "))
		meaning = str_from(meaning, an_end.len);
	else
		return trial_say(f, "%s: %s.", str_c(meaning), str_c(trial_cdn_words(f)));
	return trial_say(f, "%s %.*s: %s%s.", str_c(side_words(f, trial_cdn_role(f))),
			 STR_ARG(meaning), str_c(code_words(f)), str_c(time_words(f->r, &e->mark)));
}

static bool cdn_ended(const struct trial *f)
{
	return f->c->cdn.is_set && f->end &&
	       (f->end == &f->c->cdn.mark || mark_before(f->r, f->end, &f->c->cdn.mark));
}

/* What a CDN says counts when it ended the call, and when the LNS explains with it why it sent
 * a Terminate-Request before; the LAC's CDN after the client's only says that the line is gone. */
static bool cdn_explains(const struct trial *f)
{
	int side = f->terminator;

	return cdn_ended(f) &&
	       (side < 0 || !f->came_up || (side == LNS && trial_cdn_role(f) == ROLE_LNS));
}

bool judge_cdn_disconnect(struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	const char *name;

	if (!e->has_disconnect || !cdn_explains(f))
		return false;
	f->cause = cause_of_disconnect(e->disconnect_code);
	if (e->disconnect_code == 3 && e->disconnect_direction)
		f->cause = (e->disconnect_direction == 1) == (e->from == LNS) ? "client-hangup"
									      : "lns-hangup";
	if (f->cause && strcmp(f->cause, "ncp-no-agreement") == 0 && trial_is_told_better(f))
		f->cause = NULL;
	if (!f->cause)
		return false;
	name = code_name(CODE_DISCONNECT, e->disconnect_code);
	return trial_say(f, "%s: PPP disconnect cause %u%s%s%s in %s.", str_c(trial_meaning(f)),
			 e->disconnect_code, name ? " (" : "", name ? name : "", name ? ")" : "",
			 str_c(trial_cdn_words(f)));
}

bool judge_cdn_phrase(struct trial *f)
{
	if (!f->c->cdn.text.len || !cdn_explains(f))
		return false;
	f->cause = cause_of_phrase(f->c->cdn.text);
	return f->cause && say_meaning(f);
}

bool judge_cdn_error(struct trial *f)
{
	if (f->c->cdn.result != GENERAL_ERROR || !cdn_explains(f))
		return false;
	f->cause = cause_of_error(f->c->cdn.error);
	return f->cause && say_meaning(f);
}

bool judge_cdn_q931(struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	const char *name;

	if (!e->has_q931 || !e->q931_cause || !cdn_explains(f))
		return false;
	if (e->q931_cause == 16 && e->result == 1)
		return false; /* normal clearing adds nothing to loss of carrier */
	f->cause = cause_of_q931(e->q931_cause);
	if (!f->cause)
		return false;
	name = code_name(CODE_Q931, e->q931_cause);
	return trial_say(f, "%s: Q.931 cause %u%s%s%s in %s.", str_c(trial_meaning(f)),
			 e->q931_cause, name ? " (" : "", name ? name : "", name ? ")" : "",
			 str_c(trial_cdn_words(f)));
}

/* Result 10 is of the telephone where a LAC dials; of an incoming call it says that the LAC waited
 * for the LNS in vain. */
static bool say_icrq_in_vain(struct trial *f)
{
	const struct session *s = f->s;
	const struct seen *request = seen_of(s->seen, ICRQ), *answer = seen_of(s->seen, ICRP);

	if (strcmp(f->cause, "call-timeout") != 0 || !request->count ||
	    (answer->count && !mark_before(f->r, &f->c->cdn.mark, &answer->first)) ||
	    trial_cdn_role(f) != ROLE_LAC)
		return false;
	trial_also(f, "session-not-answered");
	return trial_say(f, "%s waited in vain for an answer to its ICRQ%s: %s%s%s.",
			 str_c(side_words(f, ROLE_LAC)), str_c(time_words(f->r, &request->first)),
			 str_c(code_words(f)), str_c(time_words(f->r, &f->c->cdn.mark)),
			 answer->count ? "; the ICRP came too late" : "");
}

/* By its Vendor Name, or its own log. */
static bool is_daemon(const struct trial *f, int end, struct str vendor, const char *dialect)
{
	const struct peer *p = &f->t->peer[end];
	const struct view *v = report_view(f->r, f->s->vantage);

	if (str_find(p->vendor, vendor) != SIZE_MAX)
		return true;
	return p->is_text_source && !p->vendor.len && v && v->dialect &&
	       strstr(v->dialect, dialect);
}

/* accel-ppp closes each session so when its PPP is over, for whatever reason. */
static bool is_empty_error(const struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	int end = e->from == LAC ? f->s->lac_end : 1 - f->s->lac_end;

	return e->result == 2 && e->error <= 0 && is_daemon(f, end, STR("accel-ppp"), "accel");
}

bool judge_cdn_result(struct trial *f)
{
	/* RFC 2661 4.4.2, RFC 3931 5.4.2, and the RFCs of the pseudowires (IANA) */
	static const struct {
		int result;
		const char *cause;
	} rows[] = {
		{2, "protocol-error"},
		{3, "admin-clear"},
		{4, "no-resources"},
		{5, "no-resources"},
		{6, "invalid-destination"},
		{7, "no-carrier"},
		{8, "busy"},
		{9, "no-dial-tone"},
		{10, "call-timeout"},
		{11, "no-framing"},
		/* a pseudowire: parameters that do not fit, the other end's circuit */
		{12, "protocol-error"},
		{13, "superseded"},
		{14, "protocol-error"},
		{15, "protocol-error"},
		{16, "protocol-error"},
		{17, "admin-clear"},
		{18, "carrier-lost"},
		{19, "protocol-error"},
		{20, "admin-clear"},
		{21, "carrier-lost"},
		{22, "protocol-error"},
		{23, "protocol-error"},
		{24, "invalid-destination"},
		{25, "not-authorized"},
		{26, "protocol-error"},
		{27, "invalid-destination"},
		{28, "invalid-destination"},
		{30, "protocol-error"},
		{31, "protocol-error"},
	};
	const struct ending *e = &f->c->cdn;

	if (!cdn_ended(f) || is_empty_error(f))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].result != e->result)
			continue;
		f->cause = rows[i].cause;
		if (e->result == GENERAL_ERROR && e->error < 0) /* the log ends before its error */
			f->confidence = CONFIDENCE_POSSIBLE;
		return say_icrq_in_vain(f) || say_meaning(f);
	}
	return false;
}

/* " (ISDN disconnect at 17.140 s)" */
static struct str line_words(struct trial *f)
{
	if (!session_told(f->s)->isdn_disconnect.is_set)
		return (struct str){0};
	return arena_printf(f->r->arena, " (ISDN disconnect%s)",
			    str_c(time_words(f->r, &session_told(f->s)->isdn_disconnect)));
}

/* A CDN whose result was not printed, right behind the end of the caller's line. */
static bool follows_line(struct trial *f)
{
	static const double AT_ONCE_S = 1;
	const struct session_told *told = session_told(f->s);
	const struct mark *gone = mark_earlier(f->r, &told->isdn_disconnect, &told->link_down);
	double gap;

	if (!gone || f->c->cdn.result >= 0 || trial_cdn_role(f) != ROLE_LAC ||
	    !mark_before(f->r, gone, &f->c->cdn.mark) ||
	    !mark_gap(f->r, gone, &f->c->cdn.mark, &gap) || gap < 0 || gap > AT_ONCE_S)
		return false;
	f->confidence = CONFIDENCE_LIKELY;
	trial_also(f, "client-hangup");
	return trial_say(f, "The line of the caller went down%s; then came %s.",
			 str_c(time_words(f->r, gone)), str_c(trial_cdn_words(f)));
}

/* CDN 1 is loss of carrier only from the LAC; xl2tpd sends it for everything. */
bool judge_carrier_lost(struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	int end = e->from == LAC ? f->s->lac_end : 1 - f->s->lac_end;

	if (cdn_ended(f) && follows_line(f))
		return true;
	if (!cdn_ended(f) || e->result != 1)
		return false;
	/* both ends of a pseudowire have a circuit (RFC 3931 5.4.2) */
	if (session_is_bare(f->s) && f->t->version == 3)
		return trial_say(f, "%s lost its circuit: %s%s.",
				 str_c(side_words(f, trial_cdn_role(f))), str_c(code_words(f)),
				 str_c(time_words(f->r, &e->mark)));
	if (trial_cdn_role(f) != ROLE_LAC)
		return false;
	if (is_daemon(f, end, STR("xelerance"), "xl2tpd")) {
		f->confidence = CONFIDENCE_POSSIBLE;
		trial_also(f, "client-hangup");
		return trial_say(f,
				 "The LAC ended the call: %s; xl2tpd uses this result for every "
				 "end.",
				 str_c(trial_cdn_words(f)));
	}
	return trial_say(f, "%s lost the %s line%s: %s.", str_c(side_words(f, ROLE_LAC)),
			 f->s->direction == OUTGOING ? "called" : "caller's", str_c(line_words(f)),
			 str_c(trial_cdn_words(f)));
}

/* Who does not take it over negotiates anew (RFC 2661 4.4.5); one that may not ends the call. */
static bool lcp_not_taken(struct trial *f)
{
	const struct mark *m = &session_told(f->s)->not_taken;
	const struct cp_side *lns = &link_cp(trial_link(f), CP_LCP)->side[LNS];

	if (!m->is_set || f->came_up || trial_cdn_role(f) != ROLE_LNS || f->c->cdn.result >= 0 ||
	    lns->last_request.is_set)
		return false;
	f->cause = "lcp-no-agreement";
	f->confidence = CONFIDENCE_LIKELY;
	return trial_say(
		f,
		"The LNS did not take over the LCP that the LAC had negotiated%s, did not "
		"negotiate anew (IOS: `lcp renegotiation always`), and ended the call: %s.",
		str_c(time_words(f->r, m)), str_c(trial_cdn_words(f)));
}

bool judge_cdn_without_reason(struct trial *f)
{
	if (!cdn_ended(f) || f->end == trial_stopccn(f))
		return false;
	if (lcp_not_taken(f))
		return true;
	f->cause = trial_cdn_role(f) == ROLE_LNS ? "lns-hangup" : "unknown";
	if (trial_cdn_role(f) != ROLE_LNS && (f->c->cdn.result == 1 || f->c->cdn.is_cut)) {
		trial_also(f, "carrier-lost");
		if (trial_cdn_role(f) == ROLE_UNKNOWN)
			trial_also(f, "lns-hangup");
	}
	return trial_say(f, "The call was ended by %s, with nothing before it that says why.",
			 str_c(trial_cdn_words(f)));
}
