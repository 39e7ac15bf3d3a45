/* The states that daemons print, beside those that their messages lead to: over every log of
 * ../shared, how many were reached before they were said, and none that contradicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glob.h>

#include "replay.h"

/* Of the states that a log prints: reached by messages before they were said; entered because of
 * a command, a timer or the line below, which no message tells; learned from the words alone. */
struct printed {
	size_t logs, reached, silent, learned, contradicted;
};

static bool prints_state(const struct event *e)
{
	if (e->kind == EVENT_PPP)
		return e->ppp.claimed_state >= 0 && !e->is_virtual;
	return e->kind == EVENT_SAID &&
	       (e->said.topic == SAID_TUNNEL_STATE || e->said.topic == SAID_SESSION_STATE ||
		e->said.topic == SAID_CP_STATE || e->said.topic == SAID_PPP_PHASE);
}

static bool is_silent(const struct state_change *x)
{
	static const char *const states[] = {"establish", "terminate", "dead",   "wait-tunnel",
					     "Initial",   "Starting",  "Closed", "Stopped",
					     "Closing",   "Stopping"};
	const char *name = x->machine->states[x->after];

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(name, states[i]) == 0)
			return true;
	return false;
}

static void state_count(struct printed *one, const struct step *s)
{
	bool is_learned = false, is_told = false;

	for (size_t i = 0; i < s->n_changes; i++) {
		/* no row of a machine led there: it was taken from the words */
		if (s->changes[i].row || s->changes[i].is_inferred)
			continue;
		is_told = true;
		is_learned |= !is_silent(&s->changes[i]);
	}
	if (is_learned)
		one->learned++;
	else if (is_told)
		one->silent++;
	else
		one->reached++;
}

static size_t contradictions(const struct verdict_note *notes)
{
	size_t n = 0;

	for (; notes; notes = notes->next)
		n += notes->claimed != 0;
	return n;
}

static size_t contradicted_in(const struct report *r)
{
	size_t n = 0;

	for (const struct tunnel *t = r->tunnels; t; t = t->next) {
		n += contradictions(t->verdicts);
		for (const struct session *s = t->sessions; s; s = s->next)
			n += contradictions(s->verdicts);
	}
	return n;
}

static void log_compare(struct printed *all, const char *path)
{
	struct text why = text_make(256);
	uint16_t vantages = 0;
	struct source_options options = {.name = "log", .vantages = &vantages};
	struct replay_options replay_options = {.keep_steps = true, .asks_steps = true};
	struct source *source = source_open(path, &options, &why);
	struct replay *replay = replay_new(&replay_options);
	struct printed one = {0};
	const struct report *report;
	struct event e;

	text_free(&why);
	if (!source) {
		replay_free(replay);
		return;
	}
	while (source_next(source, &e) == PULLED)
		replay_feed(replay, &e);
	source_close(source);
	replay_end(replay, NULL, 0);
	report = replay_report(replay);
	for (size_t i = 0; i < report->n_steps; i++) {
		const struct step *s = report->steps[i];

		if (!prints_state(s->event) || (!s->tunnel && !s->session))
			continue;
		state_count(&one, s);
	}
	one.contradicted = contradicted_in(report);
	if (one.learned || one.contradicted)
		print_message("%zu learned, %zu contradicted: %s\n", one.learned, one.contradicted,
			      path);
	/* where the words are against the messages, the log is damaged or the replay is wrong */
	assert_int_equal(one.contradicted, 0);
	all->logs += one.reached + one.silent + one.learned > 0;
	all->reached += one.reached;
	all->silent += one.silent;
	all->learned += one.learned;
	replay_free(replay);
}

static void words_follow_messages(void **state)
{
	static const char *const places[] = {
		"seeds/*.txt",
		"logs/*/*.log",
		"captures/lab/*/*.log",
	};
	struct printed all = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char pattern[400];
		glob_t found;

		snprintf(pattern, sizeof(pattern), "%s/../shared/%s", SOURCE_DIR, places[i]);
		if (glob(pattern, 0, NULL, &found) != 0)
			continue;
		for (size_t k = 0; k < found.gl_pathc; k++)
			log_compare(&all, found.gl_pathv[k]);
		globfree(&found);
	}
	if (!all.logs) {
		print_message("skipped: ../shared is not here\n");
		skip();
	}
	print_message("%zu logs print states: %zu reached by messages before, %zu that no message "
		      "tells, %zu learned\n",
		      all.logs, all.reached, all.silent, all.learned);
	/* the replay leads: little is adopted that a message should have told */
	assert_true(all.reached > 10 * all.learned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_follow_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
