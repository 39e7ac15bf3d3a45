#include "run.h"

#include <stdlib.h>
#include <time.h>

#include "apart.h"
#include "calls_sum.h"
#include "check_sum.h"
#include "in_time.h"
#include "inputs.h"
#include "message.h"
#include "pick.h"
#include "reread.h"
#include "run_early.h"
#include "run_json.h"
#include "session.h"
#include "shelf.h"
#include "stats.h"
#include "store.h"
#include "told.h"
#include "unread.h"

static int by_event(const void *a, const void *b)
{
	const struct evidence_at *one = a;
	const struct evidence_at *other = b;

	return (one->event > other->event) - (one->event < other->event);
}

void run_rest(const struct run *r, size_t i)
{
	if (r->reread == NULL)
		arena_looked(r->report->arena);
	else if (i % TOLD_AT_ONCE == 0)
		told_rest(reread_told(r->reread));
}

/* Each finding once per event, whether the mark is its first or one of its evidence. */
static void index_findings(struct run *r)
{
	size_t room = 0, n = 0;

	for (const struct finding *f = r->report->findings; f != NULL; f = f->next) {
		room += f->n_evidence + 1;
		run_rest(r, ++n);
	}
	r->evidence = must_alloc(room + 1, sizeof(*r->evidence));
	for (const struct finding *f = r->report->findings; f != NULL; f = f->next) {
		bool has_mark = f->mark.is_set && mark_number(&f->mark) != 0;

		run_rest(r, ++n);
		if (has_mark)
			r->evidence[r->n_evidence++] =
				(struct evidence_at){mark_number(&f->mark), f};
		for (size_t i = 0; i < f->n_evidence; i++) {
			uint64_t number = mark_number(&f->evidence[i]);

			if (number != 0 && !(has_mark && number == mark_number(&f->mark)))
				r->evidence[r->n_evidence++] = (struct evidence_at){number, f};
		}
	}
	qsort(r->evidence, r->n_evidence, sizeof(*r->evidence), by_event);
}

/* Most steps are in a file: each is looked at once. */
static void index_steps(struct run *r)
{
	size_t n = r->report->n_steps;
	struct in_time *rows;

	free(r->steps_by_event);
	r->steps_by_event = NULL;
	if (n == 0 || !r->report->asks_steps)
		return;
	r->steps_by_event = must_alloc(n, sizeof(struct step *));
	rows = must_alloc(n, sizeof(*rows));
	for (size_t i = 0; i < n; i++) {
		struct step *s = r->report->steps[i];

		steps_rest(r->report, i);
		rows[i] = (struct in_time){.number = s->event->number, .what = s};
	}
	in_time_sort(rows, n);
	for (size_t i = 0; i < n; i++)
		r->steps_by_event[i] = rows[i].what;
	free(rows);
}

void run_steps_are(struct run *r, struct step **steps, size_t n)
{
	if (r->reread != NULL)
		reread_set_steps(r->reread, steps, n);
	else
		replay_set_steps(r->replay, steps, n);
	index_steps(r);
}

size_t run_findings_at(const struct run *r, uint64_t event, const struct evidence_at **ret)
{
	size_t low = 0;
	size_t high = r->n_evidence;
	size_t n = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->evidence[middle].event < event)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < r->n_evidence && r->evidence[low + n].event == event)
		n++;
	*ret = r->evidence == NULL ? NULL : r->evidence + low;
	return n;
}

void run_begin_rows(struct run *r)
{
	struct shelf *shelf = r->term.shelf;

	if (r->has_begun_rows)
		return;
	r->has_begun_rows = true;
	r->term.shelf = NULL;
	if (r->options->json)
		run_print_json_head(r);
	shelf_give(shelf, &r->term);
	shelf_free(shelf);
}

static void tell(void *context, const struct report *report)
{
	struct run *r = context;

	(void)report;
	if (r->together != TOGETHER_MAYBE && !run_tells_log(r))
		run_begin_rows(r);
	else if (r->term.shelf == NULL)
		r->term.shelf = shelf_new();
	r->options->command->rows(r);
	r->has_told_chosen = r->has_told_chosen || run_find_chosen(r) != NULL;
	if (shelf_is_full(r->term.shelf) && r->together == TOGETHER_MAYBE)
		r->together = TOGETHER_NO;
}

static size_t vantages_so_far(void *context, struct vantage **ret)
{
	struct run *r = context;
	size_t n = inputs_vantages(r, ret);

	if (!r->has_console && n)
		r->console = arena_str(r->kept, (*ret)[0].name);
	r->has_console = true;
	return n;
}

/* As if nothing had been told. */
static void rows_forget(struct run *r)
{
	shelf_free(r->term.shelf);
	check_sum_free(r->check);
	calls_sum_free(r->calls);
	tunnels_sum_free(r->tunnels);
	stats_free(r->stats);
	pick_forget(r->pick);
	r->term.shelf = NULL;
	r->check = NULL;
	r->stats = NULL;
	r->calls = NULL;
	r->tunnels = NULL;
	r->has_counted_days = r->has_many_days = r->has_day = false;
	r->has_told_chosen = false;
	r->has_csv_head = false;
	if (r->store == NULL)
		return;
	store_free(r->store);
	r->options->command->prepare(r);
}

static void say(void *context, struct text *t, const struct event *e)
{
	const struct run *r = context;

	message_words(t, e, r->options->show_secrets);
}

/* Rows of calls and findings ask nothing of single events, unless a filter does. */
static bool asks_events(const struct run *r)
{
	return r->options->command->rows == NULL || r->filter != NULL;
}

/* Ctrl-C: the rows are told, but not what several vantage points tell of single messages. */
static bool is_hurried(void *self)
{
	struct run *r = self;

	return run_is_interrupted(r) && !asks_events(r);
}

/* One call is asked for, or those that a filter fits: the messages of all others are not kept. */
static bool asks_few(const struct run *r)
{
	const struct options *o = r->options;
	/* messages may lie behind the end of what they are of */
	bool has_window = r->window.since.kind != BOUND_NONE || r->window.until.kind != BOUND_NONE;
	bool is_filtered = r->filter != NULL && o->tunnel == 0 && !has_window &&
			   !filter_asks_finding(r->filter);

	return (o->command->needs & READS_AGAIN) != 0 && (o->call != 0 || is_filtered) &&
	       !r->keeps_all && !filter_asks_message(r->filter);
}

struct replay_options run_replay_options(struct run *r)
{
	const struct options *o = r->options;
	int64_t *offsets = r->offsets;
	/* what prints event by event, of calls or tunnels alone */
	bool is_of_model = (o->command->needs & NEEDS_REPLAY) == 0 && run_wants_model(r);
	bool needs_words = (o->command->needs & (NEEDS_STEPS | JOINS_TEXTS)) != 0 || is_of_model;
	/* of rows only words are asked: those of evidence */
	bool needs_steps = (needs_words && asks_events(r)) || filter_asks_message(r->filter);
	struct replay_options ro = {
		.keep_steps = needs_words || needs_steps ||
			      r->n_inputs > 1, /* what one saw leave and another never saw arrive */
		.secrets = r->secrets,
		.thresholds = &r->thresholds,
		.asks_steps = needs_steps,
		.say = needs_words && !needs_steps ? say : NULL,
		.say_context = r,
		.is_hurried = is_hurried,
		.hurry_context = r,
	};

	if (offsets == NULL)
		offsets = r->offsets = arena_array(r->kept, r->n_inputs + 1, sizeof(*offsets));
	for (size_t i = 0; offsets != NULL && i < r->n_inputs; i++) {
		const char *offset = inputs_value(&o->offsets, &r->inputs[i]);

		offsets[i] = offset == NULL ? 0 : (int64_t)(strtod(offset, NULL) * 1e9);
	}
	if (offsets != NULL && o->offsets.n > 0) {
		ro.offset_ns = offsets;
		ro.n_offsets = r->n_inputs;
	}
	ro.in_order = o->command->rows != NULL;
	ro.parts_text = run_is_long_log(r);
	ro.are_apart = r->together == TOGETHER_MAYBE || r->together == TOGETHER_APART;
	if (run_may_tell(r) || run_tells_log(r)) {
		ro.tell = tell;
		ro.vantages = run_tells_log(r) ? vantages_so_far : NULL;
		ro.tell_context = r;
	}
	if (run_may_tell(r) || run_is_one_log(r) || r->together == TOGETHER_APART) {
		ro.keep_steps = false;
		ro.say = needs_words ? say : NULL;
	}
	if (r->reread != NULL && asks_few(r))
		ro.say = say;
	return ro;
}

static void replay_begin(struct run *r)
{
	struct replay_options ro = run_replay_options(r);

	if (r->reread != NULL)
		reread_prepare(r->reread, &ro);
	r->replay = replay_new(&ro);
	r->report = replay_report(r->replay);
}

static void replay_finish(struct run *r)
{
	struct vantage *vantages;
	size_t n = inputs_vantages(r, &vantages);

	replay_end(r->replay, vantages, n);
	free(vantages);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* True when nobody replays it: it came for this list alone (source.h, with_noise). */
static bool keep_unread(struct run *r, const struct event *e)
{
	if (e->kind == EVENT_SAID && e->said.topic == SAID_UNREAD) {
		arena_reset(r->scratch);
		unread_add(r->unread, r, e);
	}
	return e->n_defects == 0 && (e->kind == EVENT_OTHER ||
				     (e->kind == EVENT_SAID && (e->said.topic == SAID_UNREAD ||
								e->said.topic == SAID_NOTHING ||
								e->said.topic == SAID_OTHER)));
}

bool run_load(struct run *r, unsigned milliseconds)
{
	enum { UNLOOKED = 64 }; /* events between two looks at the clock */
	int64_t until = milliseconds == RUN_ALL ? INT64_MAX : now_ms() + milliseconds;
	struct event e;
	bool has_more = false;

	r->is_feeding = true;
	for (unsigned i = 1; !has_more && run_next(r, &e); i++) {
		if (r->unread == NULL || !keep_unread(r, &e))
			replay_feed(r->replay, &e);
		has_more = until != INT64_MAX && i % UNLOOKED == 0 && now_ms() >= until;
		has_more = has_more || run_settles(r);
	}
	r->is_feeding = false;
	return has_more;
}

bool run_settles(const struct run *r)
{
	return replay_is_due(r->replay);
}

void run_settle(struct run *r)
{
	replay_tell(r->replay);
}

void run_load_begin(struct run *r)
{
	if ((r->options->command->needs & LOADS_ITSELF) != 0 || asks_few(r))
		r->reread = reread_new(r);
	if ((r->options->command->needs & LISTS_UNREAD) != 0)
		r->unread = unread_new();
	replay_begin(r);
}

/* It was seen from its beginning, and so was its tunnel: its messages alone say all that they said
 * among those of others. */
static bool is_seen_whole(const struct call *c)
{
	const struct tunnel *t = c->tunnel;

	return t != NULL && t->version == 2 && !t->was_there && c->legs == NULL &&
	       c->requested.is_set && c->roles_known && !c->roles_inferred;
}

/* Each message of a call found its call again. */
static bool are_at_home(const struct report *r)
{
	for (size_t i = 0; i < r->n_steps; i++) {
		const struct step *s = r->steps[i];

		if (s->session == NULL && s->event->kind == EVENT_CONTROL &&
		    session_message(s->event->control.message))
			return false;
	}
	return true;
}

/* The filter fits something that is of no call: whose messages would be missed. */
static bool fits_others(struct run *r)
{
	struct subject nothing = run_subject(r);

	if (filter_fits(r->filter, &nothing))
		return true;
	for (const struct tunnel *t = r->report->tunnels; t != NULL; t = tunnel_after(r->report, t))
		if (run_shows_bare_tunnel(r, t))
			return true;
	return false;
}

/* Those that are asked for, `ret` to be given back with free(). False: one of them says more, or
 * something else, among all messages than by itself; or they are too many. */
static bool find_asked(struct run *r, struct reread_what *ret, const struct call ***ret_calls)
{
	const struct call **calls = must_alloc(LIMIT_READ_CALLS, sizeof(*calls));
	bool is_fit = true;

	*ret_calls = calls;
	*ret = (struct reread_what){.calls = calls, .is_whole = r->options->call == 0};
	if (r->options->call == 0 && fits_others(r))
		return false;
	for (const struct call *c = r->report->calls; c != NULL && is_fit;
	     c = call_after(r->report, c)) {
		if (r->options->call != 0 ? c->number != r->options->call : !run_shows_call(r, c))
			continue;
		is_fit = is_seen_whole(c) && ret->n_calls < LIMIT_READ_CALLS;
		if (is_fit)
			calls[ret->n_calls++] = c;
	}
	return is_fit;
}

/* The messages of what is asked for. False: all are to be kept. */
static bool read_again(struct run *r)
{
	const struct call **calls;
	struct reread_what what;
	bool is_read = find_asked(r, &what, &calls);

	if (is_read && what.n_calls > 0) {
		bool is_whole = reread(r->reread, &what);

		if (!is_whole && !what.is_whole)
			run_warn(r, "not all messages are shown: those beyond %d are left out",
				 LIMIT_REREAD);
		is_read = run_is_interrupted(r) ||
			  (are_at_home(r->report) && (is_whole || !what.is_whole));
	}
	free(calls);
	return is_read;
}

/* A secret that was learned too late for some hidden attributes shows them when all is read
 * again: it is known from the beginning then. */
bool run_load_end(struct run *r)
{
	if (run_finds_consoles(r) || run_is_told_in_vain(r)) {
		rows_forget(r);
		r->has_consoles |= run_finds_consoles(r);
		r->keeps_log = true;
		return false;
	}
	if (run_is_for_nothing(r))
		return true;
	replay_finish(r);
	if (run_are_not_apart(r)) {
		rows_forget(r);
		run_together_try(r, TOGETHER_UNASKED);
		return false;
	}
	if (!r->has_read_again && secrets_came_late(r->secrets) && inputs_are_files(r) &&
	    !r->is_interrupted) {
		r->has_read_again = true;
		if (run_tells_log(r) || r->together == TOGETHER_MAYBE)
			rows_forget(r);
		return false;
	}
	if (r->reread != NULL)
		r->report = reread_report(r->reread, r->report);
	if (r->reread != NULL && asks_few(r) && !read_again(r)) {
		reread_free(r->reread);
		r->reread = NULL;
		r->keeps_all = true;
		return false;
	}
	if (asks_events(r))
		index_findings(r);
	index_steps(r);
	return true;
}

/* What was made of the report when it was asked. */
static void forget_lists(struct run *r)
{
	free(r->calls_fit);
	free(r->tunnels_fit);
	free(r->tunnel_calls);
	free(r->tunnel_at);
	r->calls_fit = r->tunnels_fit = NULL;
	r->tunnel_calls = NULL;
	r->tunnel_at = NULL;
	r->chosen = NULL;
}

void run_load_again(struct run *r)
{
	forget_lists(r);
	replay_free(r->replay);
	inputs_reopen(r);
	if (r->reread != NULL)
		reread_begin(r->reread);
	if (r->unread != NULL)
		unread_clear(r->unread);
	replay_begin(r);
}

void run_load_all(struct run *r)
{
	enum together tried = run_together_next(r, TOGETHER_UNASKED);

	run_together_try(r, tried);
	run_load_begin(r);
	run_load(r, RUN_ALL);
	while (r->together == TOGETHER_NO && !r->is_interrupted) {
		rows_forget(r);
		tried = run_together_next(r, tried);
		run_together_try(r, tried);
		run_load_again(r);
		run_load(r, RUN_ALL);
	}
	for (; !run_load_end(r); run_load(r, RUN_ALL))
		run_load_again(r);
	apart_free(r->apart);
	r->apart = NULL;
}

void run_forget_report(struct run *r)
{
	forget_lists(r);
	replay_free(r->replay);
	free(r->evidence);
	free(r->steps_by_event);
	r->replay = NULL;
	r->report = NULL;
	r->evidence = NULL;
	r->steps_by_event = NULL;
	r->n_evidence = 0;
}

void run_replay(struct run *r, const struct event *const *events, size_t n)
{
	run_forget_report(r);
	replay_begin(r);
	for (size_t i = 0; i < n; i++)
		replay_feed(r->replay, events[i]);
	replay_finish(r);
	index_findings(r);
	index_steps(r);
}

/* Is something to be learned of what is not said openly? */
static bool may_learn(const struct run *r)
{
	bool has_text = false, has_capture = false;

	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct source *s = r->inputs[i].source;

		has_text = has_text || (s && source_stats(s)->kind == SOURCE_TEXT);
		has_capture = has_capture || (s && source_stats(s)->kind == SOURCE_CAPTURE);
	}
	return secrets_has(r->secrets, SECRET_RADIUS) || (has_text && has_capture);
}

void run_learn_first(struct run *r)
{
	struct event e;

	if (!may_learn(r) || !inputs_are_files(r))
		return;
	while (run_next(r, &e))
		continue;
	if (!r->is_interrupted)
		inputs_reopen(r);
}
