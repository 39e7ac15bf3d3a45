/* Laws and dialogues of the state machines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "machine.h"

static void every_name_is_there(void **unused)
{
	(void)unused;
	for (size_t k = 0; machines[k]; k++) {
		const struct machine *m = machines[k];

		assert_ptr_equal(machine_named(m->name), m);
		for (size_t i = 0; i < m->n_rows; i++) {
			const struct transition *row = &m->rows[i];

			assert_true(row->on < m->n_events);
			assert_non_null(m->events[row->on]);
			if (row->from != ANY_STATE)
				assert_non_null(m->states[row->from]);
			if (row->to != SAME_STATE)
				assert_non_null(m->states[row->to]);
			assert_true(strncmp(row->ref, "RFC ", 4) == 0 && strlen(row->why) > 4);
		}
	}
}

static void no_row_is_shadowed(void **unused)
{
	(void)unused;
	for (size_t k = 0; machines[k]; k++) {
		const struct machine *m = machines[k];

		for (size_t i = 0; i < m->n_rows; i++) {
			bool decides = false;

			for (uint8_t s = 0; s < m->n_states && !decides; s++) {
				uint8_t state = s;

				if (m->states[s])
					decides = machine_step(m, &state, m->rows[i].on) ==
						  &m->rows[i];
			}
			if (!decides)
				fail_msg("%s: row %zu (%s) never decides", m->name, i,
					 m->rows[i].why);
		}
	}
}

static void reach(const struct machine *m, uint8_t from, bool *seen)
{
	seen[from] = true;
	for (uint8_t on = 0; on < m->n_events; on++) {
		uint8_t state = from;

		if (machine_step(m, &state, on) && !seen[state])
			reach(m, state, seen);
	}
}

static void every_state_is_reached_and_left(void **unused)
{
	(void)unused;
	for (size_t k = 0; machines[k]; k++) {
		const struct machine *m = machines[k];
		bool seen[32] = {false};

		reach(m, m->first, seen);
		for (uint8_t s = 1; s < m->n_states; s++) {
			bool onward[32] = {false};

			if (!m->states[s])
				continue;
			if (!seen[s])
				fail_msg("%s: %s is never reached", m->name, m->states[s]);
			reach(m, s, onward);
			if (!onward[m->last])
				fail_msg("%s: no way from %s to the end", m->name, m->states[s]);
		}
	}
}

/* Every event in every state has a row: nothing that an end can do is without a judgement. */
static void every_cell_is_decided(void **unused)
{
	(void)unused;
	for (size_t k = 0; machines[k]; k++) {
		const struct machine *m = machines[k];

		for (uint8_t s = 0; s < m->n_states; s++) {
			for (uint8_t on = 0; m->states[s] && on < m->n_events; on++) {
				uint8_t state = s;

				if (m->events[on] && !machine_step(m, &state, on))
					fail_msg("%s: %s has no row for %s", m->name, m->states[s],
						 m->events[on]);
			}
		}
	}
}

/* What an end asks for each packet is what the rows say. */
static void table_decides_as_the_rows(void **unused)
{
	(void)unused;
	for (uint8_t k = MACHINE_NONE + 1; k <= MACHINE_LAST; k++) {
		const struct machine *m = machine_numbers[k];

		for (uint8_t s = 0; s < STATES_MOST; s++) {
			for (uint8_t on = 0; on < EVENTS_MOST; on++) {
				struct decision d = machine_decision(k, s, on);
				uint8_t state = s;
				const struct transition *row = machine_step(m, &state, on);

				assert_int_equal(d.number, row ? row - m->rows + 1 : 0);
				assert_int_equal(d.to, row ? row->to : 0);
				assert_int_equal(d.verdict, row ? row->verdict : 0);
			}
		}
	}
}

struct line {
	const char *machine, *event, *state;
	enum verdict verdict;
};

/* A line with a machine starts a new dialogue in the state it names. */
static const struct line dialogues[] = {
	{"tunnel", NULL, "idle", NORMAL},
	{NULL, "send SCCRQ", "wait-ctl-reply", NORMAL},
	{NULL, "recv SCCRP", "reply-received", NORMAL},
	{NULL, "send SCCCN", "established", NORMAL},
	{NULL, "send HELLO or call", "established", NORMAL},
	{NULL, "recv StopCCN", "idle", NORMAL},
	{NULL, "recv StopCCN", "idle", NORMAL},
	{"tunnel", NULL, "idle", NORMAL},
	{NULL, "recv SCCRQ", "request-received", NORMAL},
	{NULL, "send SCCRP", "wait-ctl-conn", NORMAL},
	{NULL, "recv SCCCN", "established", NORMAL},
	{NULL, "recv SCCRP", "established", ODD},
	{NULL, "send StopCCN", "idle", NORMAL},
	{"tunnel", NULL, "wait-ctl-reply", NORMAL},
	{NULL, "recv SCCRQ", "wait-ctl-reply", NORMAL},
	{NULL, "lose tie breaker", "idle", NORMAL},
	{"tunnel", NULL, "unknown", NORMAL},
	{NULL, "recv HELLO or call", "established", INFERRED},
	{NULL, "send SCCRQ", "established", WRONG},
	{"l2f-nas-tunnel", NULL, "Start0", NORMAL},
	{NULL, "send CONF", "Start1", NORMAL},
	{NULL, "recv CONF", "conf-received", NORMAL},
	{NULL, "send OPEN", "Start2", NORMAL},
	{NULL, "recv OPEN", "Open1", NORMAL},
	{NULL, "send CLOSE", "Close2", NORMAL},
	{NULL, "recv CLOSE", "done", NORMAL},
	{"l2f-hgw-tunnel", NULL, "Start0", NORMAL},
	{NULL, "recv CONF", "conf-received", NORMAL},
	{NULL, "send CONF", "Start1", NORMAL},
	{NULL, "recv OPEN", "open-received", NORMAL},
	{NULL, "send OPEN", "Open1", NORMAL},
	{NULL, "recv of a client", "Open2", NORMAL},
	{NULL, "recv CLOSE", "Close1", NORMAL},
	{NULL, "send CLOSE", "Close1", NORMAL},
	{"l2f-nas-client", NULL, "Start0", NORMAL},
	{NULL, "send OPEN", "Start1", NORMAL},
	{NULL, "recv OPEN", "Open1", NORMAL},
	{NULL, "recv CLOSE", "Close1", NORMAL},
	{"l2f-hgw-client", NULL, "Start0", NORMAL},
	{NULL, "recv OPEN", "open-received", NORMAL},
	{NULL, "send CLOSE", "Close3", NORMAL},
	{NULL, "recv OPEN", "Close3", NORMAL},
	{"tunnel-v3", NULL, "idle", NORMAL},
	{NULL, "send SCCRQ", "wait-ctl-reply", NORMAL},
	{NULL, "recv SCCRQ", "wait-ctl-reply", NORMAL},
	{NULL, "lose tie breaker", "idle", NORMAL},
	{NULL, "recv SCCRQ", "request-received", NORMAL},
	{NULL, "send SCCRP", "wait-ctl-conn", NORMAL},
	{NULL, "recv SCCCN", "established", NORMAL},
	{NULL, "send StopCCN", "idle", NORMAL},
	{"session-v3-icrq-sender", NULL, "idle", NORMAL},
	{NULL, "open request", "wait-control-conn", NORMAL},
	{NULL, "send ICRQ", "wait-reply", NORMAL},
	{NULL, "recv crossing request", "wait-reply", NORMAL},
	{NULL, "recv ICRP", "reply-received", NORMAL},
	{NULL, "send ICCN", "established", NORMAL},
	{NULL, "recv ICRQ", "established", ODD},
	{NULL, "recv CDN", "idle", NORMAL},
	{"session-v3-icrq-sender", NULL, "wait-reply", NORMAL},
	{NULL, "recv ICCN", "idle", ODD},
	{"session-v3-icrq-sender", NULL, "wait-reply", NORMAL},
	{NULL, "lose tie breaker", "idle", NORMAL},
	{NULL, "recv CDN", "idle", NORMAL},
	{"session-v3-icrq-recipient", NULL, "idle", NORMAL},
	{NULL, "recv ICRQ", "request-received", NORMAL},
	{NULL, "send ICRP", "wait-connect", NORMAL},
	{NULL, "recv ICCN", "established", NORMAL},
	{NULL, "control-conn closes", "idle", NORMAL},
	{"session-v3-ocrq-sender", NULL, "idle", NORMAL},
	{NULL, "send OCRQ", "wait-reply", NORMAL},
	{NULL, "recv OCRP", "wait-connect", NORMAL},
	{NULL, "recv OCCN", "established", NORMAL},
	{"session-v3-ocrq-recipient", NULL, "idle", NORMAL},
	{NULL, "recv OCRQ", "request-received", NORMAL},
	{NULL, "send OCRP", "wait-cs-answer", NORMAL},
	{NULL, "circuit comes up", "answered", NORMAL},
	{NULL, "send OCCN", "established", NORMAL},
	{"session-lac-in", NULL, "idle", NORMAL},
	{NULL, "line rings", "wait-tunnel", NORMAL},
	{NULL, "send ICRQ", "wait-reply", NORMAL},
	{NULL, "recv ICRP", "reply-received", NORMAL},
	{NULL, "send ICCN", "established", NORMAL},
	{NULL, "line drops", "established", NORMAL},
	{NULL, "send CDN", "idle", NORMAL},
	{NULL, "recv CDN", "idle", NORMAL},
	{"session-lac-in", NULL, "wait-reply", NORMAL},
	{NULL, "send ICCN", "established", INFERRED},
	{NULL, "send ICRP", "established", WRONG},
	{"session-lns-in", NULL, "idle", NORMAL},
	{NULL, "recv ICRQ", "request-received", NORMAL},
	{NULL, "send CDN", "idle", NORMAL},
	{NULL, "recv ICCN", "idle", NORMAL},
	{"session-lac-out", NULL, "idle", NORMAL},
	{NULL, "recv OCRQ", "request-received", NORMAL},
	{NULL, "send OCRP", "wait-cs-answer", NORMAL},
	{NULL, "line answers", "answered", NORMAL},
	{NULL, "send OCCN", "established", NORMAL},
	{NULL, "recv CDN", "idle", NORMAL},
	{"session-lns-out", NULL, "idle", NORMAL},
	{NULL, "open request", "wait-tunnel", NORMAL},
	{NULL, "send OCRQ", "wait-reply", NORMAL},
	{NULL, "recv OCRP", "wait-connect", NORMAL},
	{NULL, "recv OCCN", "established", NORMAL},
	/* seed: the LNS's IPCP, [Closed] … [ACKrcvd] */
	{"ncp", NULL, "Initial", NORMAL},
	{NULL, "send Configure-Request", "Req-Sent", NORMAL},
	{NULL, "recv Configure-Request", "Req-Sent", NORMAL},
	{NULL, "send Configure-Nak/Rej", "Req-Sent", NORMAL},
	{NULL, "recv Configure-Ack", "Ack-Rcvd", NORMAL},
	{NULL, "recv Configure-Request", "Ack-Rcvd", NORMAL},
	{NULL, "send Configure-Ack", "Opened", NORMAL},
	{NULL, "recv Terminate-Request", "Stopping", NORMAL},
	{NULL, "send Terminate-Ack", "Stopping", NORMAL},
	{NULL, "lower layer down", "Starting", NORMAL},
	{"link", NULL, "dead", NORMAL},
	{NULL, "link up", "establish", NORMAL},
	{NULL, "authentication begins", "authenticate", NORMAL},
	{NULL, "network begins", "network", NORMAL},
	{NULL, "LCP closes", "terminate", NORMAL},
	{NULL, "link down", "dead", NORMAL},
	{"authenticator", NULL, "idle", NORMAL},
	{NULL, "send Challenge", "challenged", NORMAL},
	{NULL, "recv Response", "response-received", NORMAL},
	{NULL, "send Failure", "rejected", NORMAL},
};

static void dialogues_end_where_the_rfc_says(void **unused)
{
	const struct machine *m = NULL;
	uint8_t state = 0;

	(void)unused;
	for (size_t i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++) {
		const struct line *l = &dialogues[i];
		const struct transition *row;
		int event;

		if (l->machine) {
			m = machine_named(l->machine);
			assert_non_null(m);
			state = (uint8_t)machine_state(m, str_of(l->state));
			continue;
		}
		event = machine_event(m, str_of(l->event));
		if (event < 0)
			fail_msg("%s has no event %s", m->name, l->event);
		row = machine_step(m, &state, (uint8_t)event);
		assert_non_null(row);
		if (strcmp(m->states[state], l->state) != 0 || row->verdict != l->verdict)
			fail_msg("%s, line %zu: %s gives %s", m->name, i, l->event,
				 m->states[state]);
	}
}

/* A cell of the RFC's table as what an observer sees: at most three events. */
static const struct {
	const char *cell;
	uint8_t seen[3];
	size_t n;
} cells[] = {
	{"Up", {CP_EVENT_UP}, 1},
	{"Down", {CP_EVENT_DOWN}, 1},
	{"Open", {CP_EVENT_OPEN}, 1},
	{"Close", {CP_EVENT_CLOSE}, 1},
	{"TO-", {CP_EVENT_GIVE_UP}, 1},
	{"RCR+", {CP_EVENT_RECV_CONFREQ, CP_EVENT_SEND_CONFACK}, 2},
	{"RCR-", {CP_EVENT_RECV_CONFREQ, CP_EVENT_SEND_CONFNAK}, 2},
	{"RCA", {CP_EVENT_RECV_CONFACK}, 1},
	{"RCN", {CP_EVENT_RECV_CONFNAK}, 1},
	{"RTR", {CP_EVENT_RECV_TERMREQ}, 1},
	{"RTA", {CP_EVENT_RECV_TERMACK}, 1},
	{"RUC", {CP_EVENT_RECV_UNKNOWN, CP_EVENT_SEND_REJECT}, 2},
	{"RXJ+", {CP_EVENT_RECV_CODEREJ}, 1},
	{"RXJ-", {CP_EVENT_RECV_PROTREJ}, 1},
	{"RXR", {CP_EVENT_RECV_ECHO}, 1},
};

static bool check_cell(const char *event, uint8_t from, const char *actions, uint8_t next)
{
	uint8_t seen[4] = {0}, state = from;
	size_t n = 0;

	if (strcmp(event, "TO+") == 0)
		seen[n++] = strstr(actions, "scr") ? CP_EVENT_SEND_CONFREQ : CP_EVENT_SEND_TERMREQ;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		if (strcmp(cells[i].cell, event) != 0)
			continue;
		/* closing ends answer a request with nothing, a closed one with Terminate-Ack */
		n = strncmp(event, "RCR", 3) == 0 && !strstr(actions, "sc") ? 1 : cells[i].n;
		memcpy(seen, cells[i].seen, n);
		if (strstr(actions, "scr") && strncmp(event, "RCR", 3) == 0) {
			seen[2] = seen[1];
			seen[1] = CP_EVENT_SEND_CONFREQ;
			n = 3;
		}
	}
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++)
		assert_non_null(machine_step(&machine_cp, &state, seen[i]));
	return state == next;
}

/* RFC 1661 4.1, the next state of each cell as its digit; "-": illegal. */
static const struct {
	const char *event, *next;
} rfc_1661[] = {
	{"Up", "26--------"},    {"Down", "--01011111"}, {"Open", "1163556789"},
	{"Close", "0022444444"}, {"TO+", "----45668-"},  {"TO-", "----23333-"},
	{"RCR+", "--28458988"},  {"RCR-", "--26456766"}, {"RCA", "--23457696"},
	{"RCN", "--23456686"},   {"RTR", "--23456665"},  {"RTA", "--23236686"},
	{"RUC", "--23456789"},   {"RXJ+", "--23456689"}, {"RXJ-", "--23233335"},
	{"RXR", "--23456789"},
};

/* What an end sends in a cell, as far as it decides what is seen. */
static const char *sent_in(const char *event, size_t state)
{
	static const char *const answers[] = {"", "",    "sta", "scr,sca", "",
					      "", "sca", "sca", "sca",     "scr,sca"};

	if (strcmp(event, "TO+") == 0)
		return state <= 5 ? "str" : "scr";
	return answers[state];
}

static void every_cell_is_the_rfcs(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(rfc_1661) / sizeof(rfc_1661[0]); i++) {
		for (size_t from = 0; from < 10; from++) {
			char next = rfc_1661[i].next[from];

			if (next != '-' && !check_cell(rfc_1661[i].event, (uint8_t)(from + 1),
						       sent_in(rfc_1661[i].event, from),
						       (uint8_t)(next - '0' + 1)))
				fail_msg("%s in state %zu", rfc_1661[i].event, from);
		}
	}
}

static void rows_agree_with_rfc_1661(void **unused)
{
	FILE *f = fopen(SOURCE_DIR "/../shared/reference/ppp-fsm.tsv", "r");
	char line[256];
	int checked = 0;

	(void)unused;
	if (!f) {
		print_message("skipped: ../shared is not there\n");
		skip();
	}
	while (fgets(line, sizeof(line), f)) {
		char *at = line, *field[7] = {NULL};
		unsigned long from, next;

		for (size_t i = 0; i < 7 && at; i++) {
			field[i] = at;
			at = strchr(at, '\t');
			if (at)
				*at++ = 0;
		}
		if (!field[5] || strcmp(field[0], "event") == 0 ||
		    strcmp(field[3], "(illegal)") == 0)
			continue;
		from = strtoul(field[1], NULL, 10) + 1;
		next = strtoul(field[4], NULL, 10) + 1;
		if (!check_cell(field[0], (uint8_t)from, field[3], (uint8_t)next))
			fail_msg("%s in %s", field[0], field[2]);
		checked++;
	}
	fclose(f);
	assert_true(checked > 100);
}

static void drawings_name_every_state(void **unused)
{
	(void)unused;
	for (size_t k = 0; machines[k]; k++) {
		struct text table = text_make(1 << 16), dot = text_make(1 << 16);

		machine_print(&table, machines[k]);
		machine_print_dot(&dot, machines[k]);
		assert_true(str_starts(text_str(&dot), "digraph"));
		assert_true(str_ends(text_str(&dot), "}\n"));
		for (size_t s = 0; s < machines[k]->n_states; s++) {
			if (machines[k]->states[s])
				assert_true(str_find(text_str(&dot),
						     str_of(machines[k]->states[s])) != SIZE_MAX);
		}
		assert_true(str_find(text_str(&table), STR("RFC ")) != SIZE_MAX);
		assert_false(table.is_cut || dot.is_cut);
		text_free(&table);
		text_free(&dot);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_there),
		cmocka_unit_test(no_row_is_shadowed),
		cmocka_unit_test(every_state_is_reached_and_left),
		cmocka_unit_test(every_cell_is_decided),
		cmocka_unit_test(table_decides_as_the_rows),
		cmocka_unit_test(dialogues_end_where_the_rfc_says),
		cmocka_unit_test(every_cell_is_the_rfcs),
		cmocka_unit_test(rows_agree_with_rfc_1661),
		cmocka_unit_test(drawings_name_every_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
