#include "cause_l2f.h"

/* The first of them that is set is the most specific one. */
static const struct {
	uint32_t bit;
	const char *name, *tunnel, *call;
} reasons[] = {
	{0x040, "Incorrect password", "tunnel-secret-wrong", "auth-rejected"},
	{0x020, "Unknown user", "not-authorized", "auth-rejected"},
	{0x001, "Authentication failed", "tunnel-secret-wrong", "auth-rejected"},
	{0x080, "PPP configuration incompatible", "protocol-error", "lcp-no-agreement"},
	{0x100, "Wrong multilink PPP destination", "protocol-error", "invalid-destination"},
	{0x008, "User quota exceeded", "no-resources", "no-resources"},
	{0x002, "Out of resources", "no-resources", "no-resources"},
	{0x010, "Protocol error", "protocol-error", "protocol-error"},
	{0x004, "Administrative intervention", "admin-clear", "admin-clear"},
};
enum { REASONS = sizeof(reasons) / sizeof(reasons[0]) };

static size_t reason_of(const struct ending *e)
{
	size_t i = 0;

	while (i < REASONS && !(e->why & reasons[i].bit))
		i++;
	return i;
}

struct str close_words(struct report *r, const struct ending *e)
{
	size_t i = reason_of(e);

	return arena_printf(r->arena, "L2F_CLOSE%s%s%s%s", i < REASONS ? " (" : "",
			    i < REASONS ? reasons[i].name : "", i < REASONS ? ")" : "",
			    str_c(quote_words(r, e->text)));
}

/* A CONF is sent four times (4.5.3). */
static bool conf_unanswered(struct trial *f)
{
	static const double WAIT_S = 7;
	enum { COPIES = 4 };
	const struct seen *conf = seen_of(f->t->seen, SCCRQ);

	if (f->came_up || !conf->count || seen_of(f->t->seen, SCCRP)->count || f->t->stopccn.is_set)
		return false;
	if (conf->count + conf->repeats < COPIES && mark_watched(f->r, seen_last(conf)) < WAIT_S)
		return false;
	f->by = ROLE_NETWORK;
	return trial_say(f,
			 "%s never answered: L2F_CONF was sent %u time%s, first%s, and nothing "
			 "came back.",
			 str_c(end_words(f->r, f->t, RESPONDER)), conf->count + conf->repeats,
			 conf->count + conf->repeats == 1 ? "" : "s",
			 str_c(time_words(f->r, &conf->first)));
}

static bool open_unanswered(struct trial *f)
{
	static const double WAIT_S = 7;
	const struct seen *open = seen_of(f->t->seen, SCCCN);

	if (f->came_up || !open->count || f->t->stopccn.is_set ||
	    mark_watched(f->r, seen_last(open)) < WAIT_S)
		return false;
	f->by = ROLE_NETWORK;
	return trial_say(f,
			 "%s never answered the L2F_OPEN%s: it does not accept the response, or "
			 "its own answer is lost.",
			 str_c(end_words(f->r, f->t, RESPONDER)),
			 str_c(time_words(f->r, &open->first)));
}

static bool tunnel_closed(struct trial *f)
{
	const struct ending *e = &f->t->stopccn;
	size_t i = reason_of(e);

	if (!e->is_set)
		return false;
	f->by = e->from == INITIATOR ? ROLE_INITIATOR : ROLE_RESPONDER;
	f->cause = i < REASONS ? reasons[i].tunnel : "request-clear";
	if (i == REASONS && !f->came_up && seen_of(f->t->seen, SCCRQ)->count) {
		f->cause = "tunnel-secret-wrong";
		f->confidence = CONFIDENCE_POSSIBLE;
	}
	return trial_say(f, "%s %s the tunnel: %s%s.", str_c(end_words(f->r, f->t, e->from)),
			 f->came_up ? "closed" : "refused", str_c(close_words(f->r, e)),
			 str_c(time_words(f->r, &e->mark)));
}

const struct cause_row cause_rows_l2f[] = {
	{conf_unanswered, "peer-silent", CONFIDENCE_LIKELY, true},
	{tunnel_closed, NULL, CONFIDENCE_CERTAIN, false},
	{open_unanswered, "reply-not-received", CONFIDENCE_POSSIBLE, true},
};
const size_t n_cause_rows_l2f = sizeof(cause_rows_l2f) / sizeof(cause_rows_l2f[0]);

bool judge_l2f_close(struct trial *f)
{
	const struct ending *e = &f->c->cdn;
	size_t i = reason_of(e);

	if (!e->is_set || !e->has_why || f->end != &f->c->cdn.mark)
		return false;
	f->cause = i < REASONS ? reasons[i].call : e->from == LAC ? "carrier-lost" : "lns-hangup";
	if (i == REASONS)
		f->confidence = CONFIDENCE_LIKELY;
	return trial_say(f, "%s %s the client: %s%s.",
			 str_c(side_words(f, e->from == LAC ? ROLE_LAC : ROLE_LNS)),
			 f->came_up ? "closed" : "refused", str_c(close_words(f->r, e)),
			 str_c(time_words(f->r, &e->mark)));
}
