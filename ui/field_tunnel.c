#include "fact.h"

static const char *const order_confidence[] = {"possible", "likely", "certain", NULL};

static void get_id(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_id(f, s->tunnel->number);
}

static void get_version(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_id(f, s->tunnel->version);
}

static void get_peer(const struct subject *s, int which, struct fact *f)
{
	(void)s;
	(void)which;
	fact_object(f, true);
}

static void get_name(const struct subject *s, int which, struct fact *f)
{
	fact_text(f, s->tunnel->peer[which].name);
}

static void get_address(const struct subject *s, int which, struct fact *f)
{
	fact_address(f, s, &s->tunnel->peer[which].address);
}

static void get_port(const struct subject *s, int which, struct fact *f)
{
	fact_id(f, s->tunnel->peer[which].port);
}

static void get_tunnel_id(const struct subject *s, int which, struct fact *f)
{
	fact_id(f, s->tunnel->peer[which].tunnel_id);
}

static void get_vendor(const struct subject *s, int which, struct fact *f)
{
	fact_text(f, s->tunnel->peer[which].vendor);
}

static void get_firmware(const struct subject *s, int which, struct fact *f)
{
	fact_code(f, s->tunnel->peer[which].firmware);
}

static void get_window(const struct subject *s, int which, struct fact *f)
{
	fact_id(f, s->tunnel->peer[which].window);
}

static void get_start(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_time(f, &s->tunnel->start);
}

static void get_established(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_time(f, &s->tunnel->connected);
}

static void get_end(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_time(f, &s->tunnel->ended);
}

static void get_outcome(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, outcome_name((enum outcome)s->tunnel->outcome));
}

static void get_ended_by(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, role_name(s->tunnel->ended_by));
}

static void get_cause(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, s->tunnel->cause);
}

static void get_confidence(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, confidence_name((enum confidence)s->tunnel->confidence));
}

static void get_cause_text(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_text(f, fact_masked(s, s->tunnel->cause_text));
}

static void get_stopccn(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_object(f, s->tunnel->stopccn.is_set);
}

static void get_stopccn_from(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_word(f, s->tunnel->stopccn.from == INITIATOR ? "initiator" : "responder");
}

static void get_stopccn_result(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_code(f, s->tunnel->stopccn.result);
}

static void get_stopccn_error(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_code(f, s->tunnel->stopccn.error);
}

static void get_stopccn_message(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_text(f, s->tunnel->stopccn.text);
}

/* A recording that began after the setup, or cut it, cannot know that no challenge was sent. */
static void get_auth_used(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	if (s->tunnel->auth_used || tunnel_opening_seen(s->tunnel))
		fact_truth(f, s->tunnel->auth_used);
}

static void get_auth_result(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_result(f, s->tunnel->auth_result);
}

static void get_auth_verified(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_verified(f, s->tunnel->auth_verified);
}

static void get_sessions(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_number(f, s->tunnel->n_sessions);
}

static void get_control(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_number(f, s->tunnel->counters.control_messages);
}

static void get_retransmissions(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_number(f, s->tunnel->counters.retransmissions);
}

static void get_hellos(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_number(f, s->tunnel->hellos);
}

static void get_round_trip(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_real(f, s->tunnel->round_trip_s);
}

static void get_findings(const struct subject *s, int which, struct fact *f)
{
	(void)which;
	fact_findings(f, s->tunnel->findings);
}

/* clang-format off */
static const struct field rows[] = {
	{"id", "tunnel", FACT_NUMBER, 0, NULL, get_id, "number of the tunnel in this run"},
	{"version", "version", FACT_NUMBER, 0, NULL, get_version, "2, 3, or 1 for L2F"},
	{"initiator", "initiator", FACT_OBJECT, INITIATOR, NULL, get_peer, "who sent the SCCRQ"},
	{"initiator.name", "initiator", FACT_TEXT, INITIATOR, NULL, get_name, "its Host Name AVP"},
	{"initiator.address", "initiator address", FACT_TEXT, INITIATOR, NULL, get_address, "its IP address"},
	{"initiator.port", "port", FACT_NUMBER, INITIATOR, NULL, get_port, "its UDP port"},
	{"initiator.tunnel_id", "initiator tid", FACT_NUMBER, INITIATOR, NULL, get_tunnel_id, "tunnel id that it assigned"},
	{"initiator.vendor", "vendor", FACT_TEXT, INITIATOR, NULL, get_vendor, "its Vendor Name AVP"},
	{"initiator.firmware", "firmware", FACT_NUMBER, INITIATOR, NULL, get_firmware, "its Firmware Revision AVP"},
	{"initiator.window", "window", FACT_NUMBER, INITIATOR, NULL, get_window, "its Receive Window Size AVP"},
	{"responder", "responder", FACT_OBJECT, RESPONDER, NULL, get_peer, "who answered"},
	{"responder.name", "responder", FACT_TEXT, RESPONDER, NULL, get_name, "its Host Name AVP"},
	{"responder.address", "responder address", FACT_TEXT, RESPONDER, NULL, get_address, "its IP address"},
	{"responder.port", "port", FACT_NUMBER, RESPONDER, NULL, get_port, "its UDP port"},
	{"responder.tunnel_id", "responder tid", FACT_NUMBER, RESPONDER, NULL, get_tunnel_id, "tunnel id that it assigned"},
	{"responder.vendor", "vendor", FACT_TEXT, RESPONDER, NULL, get_vendor, "its Vendor Name AVP"},
	{"responder.firmware", "firmware", FACT_NUMBER, RESPONDER, NULL, get_firmware, "its Firmware Revision AVP"},
	{"responder.window", "window", FACT_NUMBER, RESPONDER, NULL, get_window, "its Receive Window Size AVP"},
	{"start", "start", FACT_TIME, 0, NULL, get_start, "first message"},
	{"established", "established", FACT_TIME, 0, NULL, get_established, "the moment it was established"},
	{"end", "end", FACT_TIME, 0, NULL, get_end, "first message that ended it"},
	{"outcome", "outcome", FACT_TEXT, 0, NULL, get_outcome, "up, closed, dropped, failed or unknown"},
	{"ended_by", "by", FACT_TEXT, 0, NULL, get_ended_by, "initiator, responder or network"},
	{"cause", "cause", FACT_TEXT, 0, NULL, get_cause, "the root cause"},
	{"confidence", "confidence", FACT_TEXT, 0, order_confidence, get_confidence, "possible < likely < certain"},
	{"cause_text", "why", FACT_TEXT, 0, NULL, get_cause_text, "the cause as a sentence, with evidence"},
	{"stopccn", "stopccn", FACT_OBJECT, 0, NULL, get_stopccn, "the first Stop-Control-Connection-Notification"},
	{"stopccn.from", "stopccn from", FACT_TEXT, 0, NULL, get_stopccn_from, "its sender"},
	{"stopccn.result", "stopccn result", FACT_NUMBER, 0, NULL, get_stopccn_result, "result code"},
	{"stopccn.error", "stopccn error", FACT_NUMBER, 0, NULL, get_stopccn_error, "error code, when the AVP has one"},
	{"stopccn.message", "stopccn message", FACT_TEXT, 0, NULL, get_stopccn_message, "error message"},
	{"auth", "auth", FACT_OBJECT, 0, NULL, get_peer, "tunnel authentication"},
	{"auth.used", "auth", FACT_TRUTH, 0, NULL, get_auth_used, "a challenge was sent"},
	{"auth.result", "auth result", FACT_TEXT, 0, NULL, get_auth_result, "success or failure"},
	{"auth.verified", "auth verified", FACT_TRUTH, 0, NULL, get_auth_verified, "the responses fit a known secret"},
	{"sessions", "sessions", FACT_NUMBER, 0, NULL, get_sessions, "sessions ever seen"},
	{"control_messages", "control", FACT_NUMBER, 0, NULL, get_control, "distinct control messages"},
	{"retransmissions", "again", FACT_NUMBER, 0, NULL, get_retransmissions, "same Ns sent again by its sender"},
	{"hellos", "hellos", FACT_NUMBER, 0, NULL, get_hellos, "HELLO messages"},
	{"round_trip_s", "round trip", FACT_REAL, 0, NULL, get_round_trip, "median time from a message to its acknowledgement"},
	{"findings", "findings", FACT_TEXTS, 0, NULL, get_findings, "rule ids, most severe first"},
};
/* clang-format on */

const struct field_set field_tunnels = {"tunnel", rows, sizeof(rows) / sizeof(rows[0])};
