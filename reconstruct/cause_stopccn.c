#include "cause_stopccn.h"

#include "cause_unseen.h"
#include "session.h"

struct str trial_stopccn_words(struct report *r, const struct ending *e)
{
	const char *name = e->result >= 0 ? code_name(CODE_STOPCCN, (uint32_t)e->result) : NULL;
	const char *error = error_name(e);
	struct str quote = quote_words(r, e->text);

	if (e->result < 0)
		return arena_printf(r->arena, "without a readable result%.*s", STR_ARG(quote));
	if (e->result == 5 && e->error > 0) /* RFC 2661 4.4.2: the highest version supported */
		return arena_printf(r->arena, "result 5 (%s), highest version 0x%04x%.*s",
				    name ? name : "", (unsigned)e->error, STR_ARG(quote));
	if (e->error > 0) /* "general error" says less than the error code */
		return arena_printf(r->arena, "result %d, error %d%s%s%s%.*s", e->result, e->error,
				    error ? " (" : "", error ? error : "", error ? ")" : "",
				    STR_ARG(quote));
	return arena_printf(r->arena, "result %d%s%s%s%.*s", e->result, name ? " (" : "",
			    name ? name : "", name ? ")" : "", STR_ARG(quote));
}

/* Sessions that were up when the tunnel was closed. */
static uint32_t live_sessions(const struct trial *f)
{
	const struct tunnel *t = f->t;
	uint32_t n = 0;

	for (const struct session *s = t->sessions; s; s = session_after(s))
		n += (s->established[LAC].is_set || s->established[LNS].is_set) &&
		     (!session_cdn(s)->is_set ||
		      mark_before(f->r, &t->stopccn.mark, &session_cdn(s)->mark));
	return n;
}

/* Calls that were being set up then. */
static uint32_t asked_sessions(const struct trial *f)
{
	const struct tunnel *t = f->t;
	uint32_t n = 0;

	for (const struct session *s = t->sessions; s; s = session_after(s))
		n += (seen_of(s->seen, ICRQ)->count || seen_of(s->seen, OCRQ)->count) &&
		     !session_cdn(s)->is_set && mark_before(f->r, &s->first, &t->stopccn.mark);
	return n;
}

/* ", with 2 sessions still up"; what the closing of an open tunnel met. */
static struct str live_words(struct trial *f)
{
	const struct tunnel *t = f->t;
	uint32_t n;

	if (!f->came_up)
		return (struct str){0};
	n = live_sessions(f);
	if (n)
		return arena_printf(f->r->arena, ", with %u session%s still up", n,
				    n == 1 ? "" : "s");
	n = asked_sessions(f);
	if (n)
		return arena_printf(f->r->arena, ", while %u session%s being set up", n,
				    n == 1 ? " was" : "s were");
	return t->n_sessions ? STR(", after its last session had ended") : (struct str){0};
}

bool judge_commanded_stop(struct trial *f)
{
	const struct tunnel *t = f->t;
	const struct ending *e = &t->stopccn;

	if (!t->commanded.is_set || !e->is_set || e->result > 1)
		return false;
	f->by = e->from == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
	return trial_say(f, "An operator of %s typed \"%s\"%s%s.",
			 str_c(end_words(f->r, t, e->from)),
			 str_c(mark_said(f->r->arena, &t->commanded)),
			 str_c(time_words(f->r, &t->commanded)), str_c(live_words(f)));
}

bool judge_forgotten(struct trial *f)
{
	const struct ending *e = &f->t->stopccn;
	uint32_t n = live_sessions(f);

	if (!e->is_forgotten || !f->came_up)
		return false;
	f->by = e->from == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
	return trial_say(f,
			 "%s no longer knows this tunnel, as after a restart: it answered with a "
			 "StopCCN to Tunnel ID 0, Ns %u (%s)%s%s.",
			 str_c(end_words(f->r, f->t, e->from)), e->ns,
			 str_c(trial_stopccn_words(f->r, e)), str_c(time_words(f->r, &e->mark)),
			 n ? str_c(arena_printf(f->r->arena, "; %u session%s of it %s lost with it",
						n, n == 1 ? "" : "s", n == 1 ? "is" : "are"))
			   : "");
}

/* "; what its peer sent came from 192.0.2.9 instead of …": an end that is strict about addresses
 * drops what comes from another one, acknowledgements too. */
static struct str strayed_words(struct trial *f)
{
	const struct ending *e = &f->t->stopccn;
	const struct move *m = &f->t->address_move[1 - e->from];
	struct text from, to;
	struct str ret;

	if (!m->count || m->is_answer || !mark_before(f->r, &m->mark, &e->mark))
		return (struct str){0};
	from = text_make(64);
	to = text_make(64);
	address_print(&from, &m->from);
	address_print(&to, &m->to);
	ret = arena_printf(
		f->r->arena,
		"; what its peer sent came from %.*s instead of %.*s%s, which it may drop",
		STR_ARG(text_str(&to)), STR_ARG(text_str(&from)),
		str_c(moment_words(f->r, ", first", &m->mark)));
	text_free(&from);
	text_free(&to);
	return ret;
}

static bool stopccn_of_timeout(struct trial *f)
{
	const struct ending *e = &f->t->stopccn;

	if (!f->came_up || e->result > 2 || !cause_is_silence(e->text))
		return false;
	f->cause = "keepalive-lost";
	f->confidence = CONFIDENCE_LIKELY;
	f->by = ROLE_NETWORK;
	if (tunnel_is_end_alone(f->t))
		return trial_say_end_alone(f, e->from, &e->mark);
	return trial_say(f,
			 "%s gave the tunnel up%s: its messages were no longer acknowledged "
			 "(\"%.*s\" in its StopCCN)%s.",
			 str_c(end_words(f->r, f->t, e->from)), str_c(time_words(f->r, &e->mark)),
			 STR_ARG(e->text), str_c(strayed_words(f)));
}

/* What the closing end did, where the error code or its words tell more than the result. */
static const char *says_better(const struct trial *f)
{
	int result = f->t->stopccn.result;

	if (strcmp(f->cause, "no-resources") == 0 && !f->came_up)
		return "has no room for another tunnel";
	return result == 1 && !cause_is_orderly(f->cause) ? "closed the tunnel" : NULL;
}

static bool stopccn_of_result(struct trial *f)
{
	static const struct {
		int result;
		const char *cause, *says;
		bool is_up; /* only of a tunnel that was up */
	} rows[] = {
		{1, "request-clear", "closed the tunnel in order", false},
		{2, "protocol-error", "closed the tunnel with a general error", false},
		{3, "control-exists", "closed the tunnel because another control connection exists",
		 true},
		{3, "control-exists",
		 "refused the tunnel because a control connection exists already", false},
		{4, "not-authorized", "no longer lets the peer in", true},
		{4, "not-authorized", "does not let the peer in", false},
		{5, "version-unsupported", "does not speak this protocol version", false},
		{6, "admin-clear", "is being shut down by its operator", false},
		{7, "protocol-error", "met a message that its state machine does not allow", false},
	};
	const struct ending *e = &f->t->stopccn;
	const char *better = NULL;

	if (e->result == 2)
		better = cause_of_error(e->error);
	if (!better && e->result <= 2)
		better = cause_of_phrase(e->text);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].result != e->result || (rows[i].is_up && !f->came_up))
			continue;
		f->cause = better ? better : rows[i].cause;
		if (e->result == 2 && e->error < 0 && !better) /* the log ends before its error */
			f->confidence = CONFIDENCE_POSSIBLE;
		return trial_say(f, "%s %s: StopCCN %s%s%s.", str_c(end_words(f->r, f->t, e->from)),
				 says_better(f) ? says_better(f) : rows[i].says,
				 str_c(trial_stopccn_words(f->r, e)),
				 str_c(time_words(f->r, &e->mark)), str_c(live_words(f)));
	}
	return false;
}

/* None was printed, or it means nothing. */
static bool stopccn_without_result(struct trial *f)
{
	const struct ending *e = &f->t->stopccn;
	bool is_bare = e->result < 0 && !e->text.len;
	bool is_log = f->t->peer[INITIATOR].is_text_source || f->t->peer[RESPONDER].is_text_source;

	f->cause = cause_of_phrase(e->text);
	/* a tunnel without sessions is closed after a while (Cisco: 10 or 15 s); a log that prints
	 * no result of a StopCCN, or a capture that cuts it off, tells of no fault either */
	if (!f->cause && f->came_up &&
	    ((is_bare && e->is_cut) ||
	     (f->t->n_sessions && (!live_sessions(f) || (is_bare && is_log))))) {
		f->cause = "request-clear";
		f->confidence = live_sessions(f) || !f->t->n_sessions ? CONFIDENCE_POSSIBLE
								      : CONFIDENCE_LIKELY;
	}
	if (f->cause)
		return trial_say(f, "%s closed the tunnel with StopCCN%s%s%s.",
				 str_c(end_words(f->r, f->t, e->from)),
				 str_c(time_words(f->r, &e->mark)),
				 str_c(quote_words(f->r, e->text)), str_c(live_words(f)));
	f->cause = "unknown";
	f->confidence = CONFIDENCE_POSSIBLE;
	return trial_say(f, "%s closed the tunnel with StopCCN%s, %s.",
			 str_c(end_words(f->r, f->t, e->from)), str_c(time_words(f->r, &e->mark)),
			 str_c(trial_stopccn_words(f->r, e)));
}

bool judge_stopccn(struct trial *f)
{
	const struct ending *e = &f->t->stopccn;

	if (!e->is_set)
		return false;
	f->by = e->from == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
	return stopccn_of_timeout(f) || stopccn_of_result(f) || stopccn_without_result(f);
}
