/* PAP, CHAP and EAP, at the authenticator and at the one it authenticates.
 *
 * One table serves both ends: what one sends the other receives, and neither may decide
 * before the response (RFC 1994 4, RFC 1334 2.2, RFC 3748 4). */
#include "machine.h"

static const char *const states_authenticator[] = {
	[AUTH_UNKNOWN] = "unknown",       [AUTH_IDLE] = "idle",
	[AUTH_CHALLENGED] = "challenged", [AUTH_RESPONDED] = "response-received",
	[AUTH_ACCEPTED] = "accepted",     [AUTH_REJECTED] = "rejected",
};
static const char *const events_authenticator[] = {
	[AUTH_CHALLENGE] = "send Challenge",
	[AUTH_RESPONSE] = "recv Response",
	[AUTH_SUCCESS] = "send Success",
	[AUTH_FAILURE] = "send Failure",
};
static const char *const states_authenticated[] = {
	[AUTH_UNKNOWN] = "unknown",       [AUTH_IDLE] = "idle",
	[AUTH_CHALLENGED] = "challenged", [AUTH_RESPONDED] = "response-sent",
	[AUTH_ACCEPTED] = "accepted",     [AUTH_REJECTED] = "rejected",
};
static const char *const events_authenticated[] = {
	[AUTH_CHALLENGE] = "recv Challenge",
	[AUTH_RESPONSE] = "send Response",
	[AUTH_SUCCESS] = "recv Success",
	[AUTH_FAILURE] = "recv Failure",
};

#define R "RFC 1994 4"

/* clang-format off */
static const struct transition rows_authenticator[] = {
	{ANY_STATE, AUTH_CHALLENGE, AUTH_CHALLENGED, NORMAL, "asks the peer to prove who it is", R},
	{ANY_STATE, AUTH_RESPONSE, AUTH_RESPONDED, NORMAL, "has the answer to check", R},
	{AUTH_RESPONDED, AUTH_SUCCESS, AUTH_ACCEPTED, NORMAL, "accepts the peer", R},
	{AUTH_ACCEPTED, AUTH_SUCCESS, SAME_STATE, NORMAL, "accepts the peer (again)", R},
	{ANY_STATE, AUTH_SUCCESS, AUTH_ACCEPTED, INFERRED, "accepts a response that was not seen", R},
	{AUTH_RESPONDED, AUTH_FAILURE, AUTH_REJECTED, NORMAL, "rejects the peer", R},
	{AUTH_REJECTED, AUTH_FAILURE, SAME_STATE, NORMAL, "rejects the peer (again)", R},
	{ANY_STATE, AUTH_FAILURE, AUTH_REJECTED, INFERRED, "rejects a response that was not seen", R},
};
static const struct transition rows_authenticated[] = {
	{ANY_STATE, AUTH_CHALLENGE, AUTH_CHALLENGED, NORMAL, "is asked to prove who it is", R},
	{ANY_STATE, AUTH_RESPONSE, AUTH_RESPONDED, NORMAL, "answers and waits to be accepted", R},
	{AUTH_RESPONDED, AUTH_SUCCESS, AUTH_ACCEPTED, NORMAL, "is accepted", R},
	{AUTH_ACCEPTED, AUTH_SUCCESS, SAME_STATE, NORMAL, "is accepted (again)", R},
	{ANY_STATE, AUTH_SUCCESS, AUTH_ACCEPTED, INFERRED, "is accepted; its response was not seen", R},
	{AUTH_RESPONDED, AUTH_FAILURE, AUTH_REJECTED, NORMAL, "is rejected", R},
	{AUTH_REJECTED, AUTH_FAILURE, SAME_STATE, NORMAL, "is rejected (again)", R},
	{ANY_STATE, AUTH_FAILURE, AUTH_REJECTED, INFERRED, "is rejected; its response was not seen", R},
};
/* clang-format on */

const struct machine machine_authenticator = {
	.name = "authenticator",
	.title = "PAP, CHAP or EAP at the end that asks",
	.ref = R,
	.states = states_authenticator,
	.n_states = AUTH_STATES,
	.events = events_authenticator,
	.n_events = AUTH_EVENTS,
	.rows = rows_authenticator,
	.n_rows = sizeof(rows_authenticator) / sizeof(rows_authenticator[0]),
	.first = AUTH_IDLE,
	.last = AUTH_ACCEPTED,
};

const struct machine machine_authenticated = {
	.name = "authenticated",
	.title = "PAP, CHAP or EAP at the end that proves who it is",
	.ref = R,
	.states = states_authenticated,
	.n_states = AUTH_STATES,
	.events = events_authenticated,
	.n_events = AUTH_EVENTS,
	.rows = rows_authenticated,
	.n_rows = sizeof(rows_authenticated) / sizeof(rows_authenticated[0]),
	.first = AUTH_IDLE,
	.last = AUTH_ACCEPTED,
};
