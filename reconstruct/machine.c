#include "machine.h"

#include "arena.h"
#include "once.h"

const struct machine *const machines[] = {
	&machine_tunnel,
	&machine_session_lac_in,
	&machine_session_lns_in,
	&machine_session_lac_out,
	&machine_session_lns_out,
	&machine_tunnel_v3,
	&machine_icrq_sender,
	&machine_icrq_recipient,
	&machine_ocrq_sender,
	&machine_ocrq_recipient,
	&machine_l2f_nas_tunnel,
	&machine_l2f_hgw_tunnel,
	&machine_l2f_nas_client,
	&machine_l2f_hgw_client,
	&machine_lcp,
	&machine_cp,
	&machine_authenticator,
	&machine_authenticated,
	&machine_link,
	&machine_pppoe,
	&machine_pptp,
	&machine_pptp_call,
	NULL,
};

const struct machine *machine_named(const char *name)
{
	for (size_t i = 0; machines[i]; i++) {
		if (strcmp(machines[i]->name, name) == 0)
			return machines[i];
	}
	return NULL;
}

/* The deciding row of every state and event, looked for once. */
struct decided {
	const struct machine *machine;
	uint16_t *rows; /* [state * n_events + event]: 1 + its number; 0 none */
};

enum { SLOTS = 256 }; /* a power of two, many times the number of machines */

static struct decided decided[SLOTS];
_Static_assert(8 * sizeof(machines) / sizeof(machines[0]) <= SLOTS, "decided[] is mostly empty");

static struct decided *decided_of(const struct machine *m)
{
	size_t i = (uintptr_t)m * UINT64_C(0x9fb21c651e98df25) >> 56;

	while (decided[i].machine && decided[i].machine != m)
		i = (i + 1) & (SLOTS - 1);
	return &decided[i];
}

/* 1 + its number. */
static size_t row_find(const struct machine *m, uint8_t state, uint8_t event)
{
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct transition *row = &m->rows[i];

		if (row->on == event && (row->from == state || row->from == ANY_STATE))
			return i + 1;
	}
	return 0;
}

static void decide_all(void)
{
	for (size_t i = 0; machines[i]; i++) {
		const struct machine *m = machines[i];
		struct decided *d = decided_of(m);

		d->machine = m;
		d->rows = must_alloc(m->n_states * m->n_events, sizeof(*d->rows));
		for (size_t k = 0; k < m->n_states * m->n_events; k++)
			d->rows[k] = (uint16_t)row_find(m, (uint8_t)(k / m->n_events),
							(uint8_t)(k % m->n_events));
	}
}

const struct transition *machine_step(const struct machine *m, uint8_t *state, uint8_t event)
{
	static struct once is_decided = ONCE_INIT;
	const struct transition *row;
	uint16_t number;

	once(&is_decided, decide_all);
	if (*state >= m->n_states || event >= m->n_events)
		return NULL;
	number = decided_of(m)->rows[*state * m->n_events + event];
	row = number ? &m->rows[number - 1] : NULL;
	if (row && row->to != SAME_STATE)
		*state = row->to;
	return row;
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
