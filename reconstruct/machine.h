/* State machines as tables: rows that hold no code.
 *
 * Each end of a tunnel, session, control protocol or link is one instance (`struct end`,
 * model.h) of a machine. A machine observes: its events are what was seen to be *sent* or
 * *received* by that end, never what it should do. The RFC's "recv X, acceptable → send Y"
 * is two rows with a state between, because acceptance is known only from the answer.
 * Rows are tried top to bottom; ANY_STATE matches every state.
 *
 * Tests hold the laws for every machine (every state and event named, no row shadowed,
 * every state reachable, a way to the last state from everywhere) and dialogues.
 */
#ifndef L2TPSCOPE_MACHINE_H
#define L2TPSCOPE_MACHINE_H

#include "text.h"

enum verdict {
	NORMAL,   /* as the RFC says */
	INFERRED, /* legal; part of it was not seen (a late start, a lost packet) */
	ODD,      /* legal or harmless, worth a note */
	WRONG,    /* a breach of the RFC: a `fsm-…` finding */
};

enum { SAME_STATE = 254, ANY_STATE = 255 };

struct transition {
	uint8_t from, on, to; /* state (or ANY_STATE), event, state (or SAME_STATE) */
	enum verdict verdict;
	const char *why; /* completes "LNS …": "accepts the call", for timelines and findings */
	const char *ref; /* "RFC 2661 7.4.2" */
};

struct machine {
	const char *name;  /* "session-lac-in": what `explain machine` takes */
	const char *title; /* "Incoming call at the LAC" */
	const char *ref;
	const char *const
		*states; /* names as the RFC spells them; state 0 is UNKNOWN ("not seen yet") */
	size_t n_states;
	const char *const *events;
	size_t n_events;
	const struct transition *rows;
	size_t n_rows;
	uint8_t first; /* where a fully seen life begins (idle, initial, dead) */
	uint8_t last;  /* where it ends */
};

/* The deciding row, or NULL when none fits (the state stays; the caller reports). */
const struct transition *machine_step(const struct machine *m, uint8_t *state, uint8_t event);

/* A state or event by name; −1 when unknown. */
int machine_state(const struct machine *m, struct str name);
int machine_event(const struct machine *m, struct str name);

/* All machines, NULL-terminated, and one by name. */
extern const struct machine *const machines[];
const struct machine *machine_named(const char *name);

extern const struct machine machine_tunnel;          /* machine_tunnel.c: RFC 2661 7.2.1 */
extern const struct machine machine_session_lac_in;  /* machine_session.c: 7.4.1 */
extern const struct machine machine_session_lns_in;  /* 7.4.2 */
extern const struct machine machine_session_lac_out; /* 7.5.1 */
extern const struct machine machine_session_lns_out; /* 7.5.2 */
extern const struct machine machine_cp;  /* machine_cp.c: RFC 1661 4.1, for LCP and every NCP */
extern const struct machine machine_lcp; /* the same table under the name `lcp` */
extern const struct machine machine_authenticator; /* machine_auth.c */
extern const struct machine machine_authenticated; /* the peer of an authenticator */
extern const struct machine machine_link;          /* machine_link.c: PPP phases, RFC 1661 3.2 */

/* As a table for people, and as graphviz DOT. */
void machine_print(struct text *t, const struct machine *m);
void machine_print_dot(struct text *t, const struct machine *m);

#endif
