#include "registry.h"
#include "rules.h"
#include "watch.h"

/* What ends report of a call that is up: errors of the line (WEN), the character map (SLI), its
 * speed (CSUN, CSURQ). */

enum { CALL_ERRORS = 6 };

struct error_report {
	uint32_t errors[CALL_ERRORS];
	struct moment when;
};

struct line_reports {
	struct error_report *last; /* NULL: none */
	bool has_accm;
	uint8_t accm[10];
	bool may_update; /* its ICRQ enables Connect Speed Update */
	bool is_request_known;
};

static const char *const error_names[CALL_ERRORS] = {
	"CRC errors",      "framing errors", "hardware overruns",
	"buffer overruns", "time-outs",      "alignment errors",
};

static void see_wen(struct watch *w, struct line_reports *m)
{
	const struct avp *a = watch_is_message(w, WEN) ? event_avp(w->e, AVP_N_CALL_ERRORS) : NULL;
	bool is_again = m->last != NULL;
	int64_t since;
	struct bytes b;

	if (!a || !a->is_whole || a->value.len < 2 + 4 * CALL_ERRORS)
		return;
	b = bytes_of(a->value);
	bytes_u16(&b);
	if (!is_again)
		m->last = watch_room(w, sizeof(*m->last));
	since = moment_minus(w->e->when, m->last->when);
	if (is_again && moment_known(w->e->when) && since < INT64_C(60) * 1000000000)
		watch_raise(w, "wen-too-frequent", "WEN came again after %.1f s",
			    (double)since / 1e9);
	for (size_t i = 0; i < CALL_ERRORS; i++) {
		uint32_t n = bytes_u32(&b);

		if (is_again && n > m->last->errors[i])
			watch_raise(w, "wen-errors-growing", "The LAC counts %u %s, %u before", n,
				    error_names[i], m->last->errors[i]);
		m->last->errors[i] = n;
	}
	m->last->when = w->e->when;
}

static void see_sli(struct watch *w, struct line_reports *m)
{
	const struct avp *a;

	if (!watch_is_message(w, SLI) || w->e->l2tp.version != 2)
		return;
	a = event_avp(w->e, AVP_N_ACCM);
	if (w->s->roles_known && w->s->lac_end == w->from)
		watch_raise(w, "sli-from-lac", "The LAC sent SLI, which only the LNS may send");
	if (!a || !a->is_whole || a->value.len != sizeof(m->accm))
		return;
	if (m->has_accm && memcmp(m->accm, a->value.at, sizeof(m->accm)) != 0)
		watch_raise(w, "sli-accm-after-up", "The LNS changes the ACCM again");
	memcpy(m->accm, a->value.at, sizeof(m->accm));
	m->has_accm = true;
}

static void see_reports(struct watch *w)
{
	struct line_reports *m;

	if (!w->s)
		return;
	m = watch_session(w);
	if (watch_is_message(w, ICRQ)) {
		m->is_request_known = w->e->control.is_complete;
		m->may_update = event_avp(w->e, AVP_N_CONNECT_SPEED_UPDATE_ENABLE) != NULL;
	}
	see_wen(w, m);
	see_sli(w, m);
}

static watch_see reports_watch;

/* RFC 5515 4: an update names sessions whose ICRQ enabled it. */
static void see_speed_update(struct watch *w)
{
	for (size_t i = 0; i < w->e->control.n_avps; i++) {
		const struct avp *a = &w->e->control.avps[i];
		const struct line_reports *m;
		struct session *s;
		struct bytes b;
		uint32_t id;

		if (a->vendor || a->number != AVP_N_CONNECT_SPEED_UPDATE || !a->is_whole ||
		    a->value.len < 4)
			continue;
		b = bytes_of(a->value);
		id = bytes_u32(&b);
		s = registry_session(w->c->observer->registry, w->t, 1 - w->from, id);
		m = s ? watch_recall(s, reports_watch) : NULL;
		if (m && m->is_request_known && !m->may_update)
			watch_raise_tunnel(w, "csun-without-enable",
					   "%s of the %s names session %u, whose ICRQ did not "
					   "enable it",
					   message_word(w->e->control.message), end_word(w->from),
					   id);
	}
}

static void reports_watch(struct watch *w)
{
	if (!watch_is_new(w) || w->e->l2tp.version == 1)
		return;
	if (watch_is_message(w, CSUN) || watch_is_message(w, CSURQ))
		see_speed_update(w);
	else
		see_reports(w);
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_CONTROL),
	 .memory = sizeof(struct line_reports),
	 .messages = WATCH_MESSAGE(ICRQ) | WATCH_MESSAGE(WEN) | WATCH_MESSAGE(SLI) |
		     WATCH_MESSAGE(CSUN) | WATCH_MESSAGE(CSURQ),
	 .see = reports_watch},
};

static const char VENDOR[] =
	"Nothing to tune: identify the sender by Host Name, Vendor Name and Firmware Revision, "
	"upgrade it or give its vendor this message.";
static const char NOTHING[] = "Nothing to do.";

static const struct rule_row rows[] = {
	{"csun-without-enable", SEVERITY_ERROR, ON_EVENT, judge_by_outcome,
	 "A speed update names a session that did not enable it",
	 "The sender ignores what the ICRQ allowed; the peer drops the update, or the tunnel.",
	 "Enable connect speed update at the LAC, or turn it off at both ends.", "RFC 5515 4", NULL,
	 false},
	{"sli-from-lac", SEVERITY_WARNING, ON_EVENT, NULL, "The LAC sent SLI",
	 "The sender takes the LAC for the LNS.", VENDOR, "RFC 2661 6.14", NULL, false},
	{"sli-accm-after-up", SEVERITY_NOTE, ON_EVENT, NULL,
	 "The character map changes while the call is up",
	 "The LNS has negotiated LCP again with the client.", NOTHING, "RFC 2661 6.14", NULL,
	 false},
	{"wen-too-frequent", SEVERITY_NOTE, ON_EVENT, NULL,
	 "The LAC reports line errors more often than once a minute", "The access line has errors.",
	 "Look at the access line of the caller.", "RFC 2661 6.13", NULL, false},
	{"wen-errors-growing", SEVERITY_WARNING, ON_EVENT, NULL,
	 "The error counters of the access line grow", "The access line is bad.",
	 "Repair the access line of the caller: modem, cable, clock.", "RFC 2661 6.13", NULL, true},
};

const struct rule_table rules_reports = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
