#include "machine.h"

#include <assert.h>

#include "arena.h"

const struct machine *const machine_numbers[] = {
	[MACHINE_NONE] = NULL,
	[MACHINE_TUNNEL] = &machine_tunnel,
	[MACHINE_SESSION_LAC_IN] = &machine_session_lac_in,
	[MACHINE_SESSION_LNS_IN] = &machine_session_lns_in,
	[MACHINE_SESSION_LAC_OUT] = &machine_session_lac_out,
	[MACHINE_SESSION_LNS_OUT] = &machine_session_lns_out,
	[MACHINE_TUNNEL_V3] = &machine_tunnel_v3,
	[MACHINE_ICRQ_SENDER] = &machine_icrq_sender,
	[MACHINE_ICRQ_RECIPIENT] = &machine_icrq_recipient,
	[MACHINE_OCRQ_SENDER] = &machine_ocrq_sender,
	[MACHINE_OCRQ_RECIPIENT] = &machine_ocrq_recipient,
	[MACHINE_L2F_NAS_TUNNEL] = &machine_l2f_nas_tunnel,
	[MACHINE_L2F_HGW_TUNNEL] = &machine_l2f_hgw_tunnel,
	[MACHINE_L2F_NAS_CLIENT] = &machine_l2f_nas_client,
	[MACHINE_L2F_HGW_CLIENT] = &machine_l2f_hgw_client,
	[MACHINE_LCP] = &machine_lcp,
	[MACHINE_CP] = &machine_cp,
	[MACHINE_AUTHENTICATOR] = &machine_authenticator,
	[MACHINE_AUTHENTICATED] = &machine_authenticated,
	[MACHINE_LINK] = &machine_link,
	[MACHINE_PPPOE] = &machine_pppoe,
	[MACHINE_PPTP] = &machine_pptp,
	[MACHINE_PPTP_CALL] = &machine_pptp_call,
	[MACHINE_LAST + 1] = NULL,
};
const struct machine *const *const machines = machine_numbers + 1;

const struct machine *machine_named(const char *name)
{
	for (size_t i = 0; machines[i]; i++) {
		if (strcmp(machines[i]->name, name) == 0)
			return machines[i];
	}
	return NULL;
}

static bool fits(const struct transition *row, uint8_t state, uint8_t event)
{
	return row->on == event && (row->from == state || row->from == ANY_STATE);
}

const struct transition *machine_step(const struct machine *m, uint8_t *state, uint8_t event)
{
	for (size_t i = 0; *state < m->n_states && i < m->n_rows; i++) {
		const struct transition *row = &m->rows[i];

		if (!fits(row, *state, event))
			continue;
		*state = row->to == SAME_STATE ? *state : row->to;
		return row;
	}
	return NULL;
}

#define HAS_ROOM(states, events)                                                                   \
	static_assert((int)(states) <= STATES_MOST && (int)(events) <= EVENTS_MOST,                \
		      "machine_decisions has no room for as many")
HAS_ROOM(TUNNEL_STATES, TUNNEL_EVENTS);
HAS_ROOM(SESSION_STATES, SESSION_EVENTS);
HAS_ROOM(CP_STATES, CP_EVENTS);
HAS_ROOM(AUTH_STATES, AUTH_EVENTS);
HAS_ROOM(LINK_STATES, LINK_EVENTS);
HAS_ROOM(PPPOE_STATES, PPPOE_EVENTS);
HAS_ROOM(PPTP_STATES, PPTP_EVENTS);
HAS_ROOM(PPTP_CALL_STATES, PPTP_CALL_EVENTS);

struct decision machine_decisions[MACHINE_LAST + 1][STATES_MOST][EVENTS_MOST];

/* The first row that fits decides. */
static void decide(const struct machine *m, struct decision ret[STATES_MOST][EVENTS_MOST])
{
	for (size_t i = m->n_rows; i-- > 0;) {
		const struct transition *row = &m->rows[i];

		for (uint8_t state = 0; state < m->n_states; state++)
			if (fits(row, state, row->on))
				ret[state][row->on] =
					(struct decision){.number = (uint16_t)(i + 1),
							  .to = row->to,
							  .verdict = (uint8_t)row->verdict};
	}
}

struct once machines_decided = ONCE_INIT;

void machines_decide(void)
{
	for (size_t i = MACHINE_NONE + 1; i <= MACHINE_LAST; i++)
		decide(machine_numbers[i], machine_decisions[i]);
}

static int name_find(const char *const *names, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (names[i] && str_equal_nocase(str_of(names[i]), name))
			return (int)i;
	}
	return -1;
}

int machine_state(const struct machine *m, struct str name)
{
	return name_find(m->states, m->n_states, name);
}

int machine_event(const struct machine *m, struct str name)
{
	return name_find(m->events, m->n_events, name);
}

static const char *verdict_word(enum verdict v)
{
	static const char *const words[] = {"", "inferred", "odd", "wrong"};

	return words[v];
}

static const char *state_word(const struct machine *m, uint8_t state)
{
	if (state == ANY_STATE)
		return "(any)";
	if (state == SAME_STATE)
		return "(same)";
	return m->states[state];
}

void machine_print(struct text *t, const struct machine *m)
{
	text_printf(t, "%s: %s (%s)\n\n", m->name, m->title, m->ref);
	text_printf(t, "%-18s %-22s %-18s %-9s %-16s %s\n", "state", "event", "next", "verdict",
		    "reference", "what it means");
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct transition *row = &m->rows[i];

		text_printf(t, "%-18s %-22s %-18s %-9s %-16s %s\n", state_word(m, row->from),
			    m->events[row->on], state_word(m, row->to), verdict_word(row->verdict),
			    row->ref, row->why);
	}
}

static void print_edge(struct text *t, const struct machine *m, uint8_t from,
		       const struct transition *row)
{
	uint8_t to = row->to == SAME_STATE ? from : row->to;
	static const char *const styles[] = {"solid", "dashed", "dotted", "dotted"};

	text_printf(t, "\t\"%s\" -> \"%s\" [label=\"%s\", style=%s%s];\n", m->states[from],
		    m->states[to], m->events[row->on], styles[row->verdict],
		    row->verdict == WRONG ? ", color=red" : "");
}

/* Only moves are drawn: a state that stays is in the table. */
void machine_print_dot(struct text *t, const struct machine *m)
{
	text_printf(t,
		    "digraph \"%s\" {\n\tlabel=\"%s (%s)\";\n\trankdir=LR;\n\tnode [shape=box];\n",
		    m->name, m->title, m->ref);
	for (size_t s = 0; s < m->n_states; s++) {
		if (m->states[s])
			text_printf(t, "\t\"%s\"%s;\n", m->states[s],
				    s == m->first ? " [style=bold]" : "");
	}
	for (uint8_t s = 0; s < m->n_states; s++) {
		for (uint8_t on = 0; m->states[s] && on < m->n_events; on++) {
			uint8_t after = s;
			const struct transition *row = machine_step(m, &after, on);

			if (row && after != s)
				print_edge(t, m, s, row);
		}
	}
	text_puts(t, "}\n");
}
