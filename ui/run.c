#include "run.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "calls_sum.h"
#include "check_sum.h"
#include "held.h"
#include "inputs.h"
#include "jobs.h"
#include "limits.h"
#include "nearest.h"
#include "pager.h"
#include "pair.h"
#include "pick.h"
#include "progress.h"
#include "reread.h"
#include "run_json.h"
#include "run_lock.h"
#include "shelf.h"
#include "stats.h"
#include "store.h"
#include "unread.h"

/* What a signal handler may touch. */
static volatile sig_atomic_t was_interrupted;

static void on_interrupt(int signal_number)
{
	(void)signal_number;
	was_interrupted = 1;
}

/* A second Ctrl-C ends the program at once; a reader that went away is seen when writing. */
static void catch_signals(void)
{
	struct sigaction on_int = {.sa_handler = on_interrupt};
	struct sigaction ignored = {.sa_handler = SIG_IGN};
	struct sigaction before;

	was_interrupted = 0;
	sigemptyset(&on_int.sa_mask);
	on_int.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGINT, &on_int, NULL);
	sigaction(SIGTERM, &on_int, NULL);
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* nohup */
		sigaction(SIGHUP, &on_int, NULL);
	sigemptyset(&ignored.sa_mask);
	sigaction(SIGPIPE, &ignored, NULL);
	sigaction(SIGXFSZ, &ignored, NULL); /* a file grows too large: the write says so */
}

void run_raise(struct run *r, enum exit_status s)
{
	static const enum exit_status grave[] = {STATUS_DONE,       STATUS_FOUND, STATUS_CUT,
						 STATUS_INPUT,      STATUS_LIMIT, STATUS_USAGE,
						 STATUS_INTERRUPTED};
	size_t now = 0;
	size_t then = 0;

	for (size_t i = 0; i < sizeof(grave) / sizeof(grave[0]); i++) {
		now = grave[i] == r->status ? i : now;
		then = grave[i] == s ? i : then;
	}
	if (then > now)
		r->status = s;
}

static void complain(const struct text *why)
{
	term_complain(text_str(why));
}

static void complain_of(const char *format, va_list list)
{
	struct text t = text_make(4096);

	text_vprintf(&t, format, list);
	complain(&t);
	text_free(&t);
}

void run_warn(const struct run *r, const char *format, ...)
{
	va_list list;

	if (r->options->quiet)
		return;
	va_start(list, format);
	complain_of(format, list);
	va_end(list);
}

void run_refuse(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	complain_of(format, list);
	va_end(list);
}

void run_warn_secrets(struct run *r)
{
	if (r->has_warned_secrets)
		return;
	r->has_warned_secrets = true;
	run_warn(r, "the output repeats the input verbatim and contains secrets");
}

bool run_is_interrupted(struct run *r)
{
	r->is_interrupted = r->is_interrupted || was_interrupted;
	return r->is_interrupted;
}

bool run_is_cut_off(struct run *r)
{
	return !r->was_interrupted && run_is_interrupted(r);
}

bool run_is_for_nothing(const struct run *r)
{
	const struct options *o = r->options;

	return r->is_interrupted && o->output != NULL && strcmp(o->output, "-") != 0 &&
	       !o->follow && (o->command->needs & LOADS_ITSELF) == 0;
}

enum { EVENTS_UNSEEN = 1024 }; /* between two looks at the clock */

bool run_next(struct run *r, struct event *ret)
{
	bool is_event = !was_interrupted && inputs_next(r, ret);

	if (was_interrupted) /* perhaps while it waited for a pipe */
		r->is_interrupted = true;
	if (!is_event)
		return false;
	ret->number = ++r->events;
	if (r->events % EVENTS_UNSEEN == 0)
		progress_tick(r);
	return true;
}

bool run_wants_glance(const void *self)
{
	const struct run *r = self;

	return r->is_feeding && replay_wants_glance(r->replay);
}

/* Payload that the replay only counts; it has a number all the same. */
bool run_glance(void *self, struct glance *g)
{
	struct run *r = self;

	if (!r->is_feeding || r->options->every_event || was_interrupted || !inputs_is_next(r, g) ||
	    !inputs_are_apart(r, g))
		return false;
	inputs_place(r, g);
	g->number = r->events + 1;
	if (!replay_glance(r->replay, g))
		return false;
	if (++r->events % EVENTS_UNSEEN == 0)
		progress_tick(r);
	return true;
}

bool run_is_turn(const void *self, const struct glance *g)
{
	const struct run *r = self;

	return inputs_is_next(r, g);
}

bool run_leave(const void *self, const struct vantage *v, struct glance_leave *ret)
{
	const struct run *r = self;
	struct glance g = {.input = v->input, .vantage = v->number};

	if (!r->is_feeding || r->options->every_event || was_interrupted ||
	    !inputs_until(r, v->input, &ret->until_ns))
		return false;
	inputs_place(r, &g);
	ret->number = r->events;
	return replay_leave(r->replay, g.vantage, ret);
}

void run_counted(void *self, const struct glance_lease *newest)
{
	struct run *r = self;
	uint64_t before = r->events;

	r->events = newest->number;
	replay_counted(r->replay, newest);
	if (before / EVENTS_UNSEEN != r->events / EVENTS_UNSEEN)
		progress_tick(r);
}

static bool parse_zones(const struct options *o, struct text *why_not)
{
	int64_t seconds;
	char *end;

	for (size_t i = 0; i < o->zones.n; i++) {
		if (zone_parse(o->zones.at[i].value, &seconds))
			continue;
		text_printf(why_not, "--tz: `%s` is no zone; it takes one as UTC or +02:00",
			    o->zones.at[i].value);
		return false;
	}
	for (size_t i = 0; i < o->offsets.n; i++) {
		double offset = strtod(o->offsets.at[i].value, &end);

		if (*end == '\0' && end != o->offsets.at[i].value && offset > -1e9 && offset < 1e9)
			continue;
		text_printf(why_not, "--offset: `%s` is no number of seconds",
			    o->offsets.at[i].value);
		return false;
	}
	for (size_t i = 0; i < o->years.n; i++) {
		uint64_t year;

		if (str_u64(str_of(o->years.at[i].value), &year) && year >= 1970 && year < 2200)
			continue;
		text_printf(why_not, "--year: `%s` is no year; it takes one as 2024, or NAME=2024",
			    o->years.at[i].value);
		return false;
	}
	return true;
}

static void refuse_threshold(struct str name, struct text *why_not)
{
	const struct threshold_row *rows;
	size_t n = threshold_rows(&rows);
	struct nearest near = nearest_start(name, 3);

	for (size_t i = 0; i < n; i++)
		nearest_try(&near, str_of(rows[i].name));
	text_puts(why_not, "--set takes NAME=VALUE with a name that "
			   "`l2tpscope explain thresholds` lists, not `");
	text_escape(why_not, name);
	text_puts(why_not, "`");
	if (near.best[0] != '\0')
		text_printf(why_not, "; is `%s` meant?", near.best);
}

static bool set_thresholds(struct run *r, struct text *why_not)
{
	const struct named_values *set = &r->options->thresholds;

	r->thresholds = thresholds_default();
	for (size_t i = 0; i < set->n; i++) {
		struct str name = arena_str(r->kept, set->at[i].name);
		enum threshold_id id = threshold_named(name.len > 0 ? name.at : "");
		char *end;
		double value = strtod(set->at[i].value, &end);

		if (name.len == 0 && threshold_named(set->at[i].value) != THRESHOLD_COUNT) {
			text_printf(why_not, "--set %s has no value: %s=NUMBER", set->at[i].value,
				    set->at[i].value);
			return false;
		}
		if (id == THRESHOLD_COUNT) {
			refuse_threshold(name.len > 0 ? name : str_of(set->at[i].value), why_not);
			return false;
		}
		if (end == set->at[i].value || *end != '\0' || !(value >= 0) || value > 1e9) {
			text_printf(why_not, "--set %s takes a number from 0, not `%s`", name.at,
				    set->at[i].value);
			return false;
		}
		r->thresholds.value[id] = value;
	}
	return true;
}

/* Where `redact` writes depends on how many inputs there are: it looks itself. */
static bool output_fits(const struct options *o, bool is_forced, struct text *why_not)
{
	return o->output == NULL || o->command->bit == COMMAND_REDACT ||
	       whole_may_open(o->output, is_forced, why_not);
}

static void spare_inputs(const struct options *o)
{
	for (size_t i = 0; i < o->n_inputs; i++)
		held_spare(o->inputs[i].path);
	for (size_t i = 0; i < o->secrets.n; i++)
		held_spare(o->secrets.at[i].value);
}

/* Everything that can be wrong with the question, before any input is read. */
static bool prepare(struct run *r, struct text *why_not)
{
	const struct options *o = r->options;
	struct term_wish wish = {.color = o->color, .is_forced = o->force, .is_growing = o->follow};

	r->scratch = arena_new(LIMIT_OUTPUT_LINE * 4);
	r->kept = arena_new(LIMIT_OUTPUT_LINE);
	r->line = text_make(LIMIT_OUTPUT_LINE);
	r->secrets = secrets_new();
	if (!parse_zones(o, why_not) || !bound_parse(&r->window.since, o->since, why_not) ||
	    !bound_parse(&r->window.until, o->until, why_not))
		return false;
	if (!window_is_open(&r->window)) {
		text_printf(why_not, "--since %s is later than --until %s", o->since, o->until);
		return false;
	}
	if (!set_thresholds(r, why_not) || !output_fits(o, o->force || o->if_missing, why_not))
		return false;
	r->pick = pick_new(o, why_not);
	if (r->pick == NULL)
		return false;
	if (o->as != NULL && !source_knows_kind(o->as, why_not))
		return false;
	if (o->where != NULL) {
		r->filter = filter_parse(o->where, why_not);
		if (r->filter == NULL)
			return false;
	}
	for (size_t i = 0; i < o->secrets.n; i++) {
		if (secrets_read(r->secrets, o->secrets.at[i].value, why_not))
			continue;
		return false;
	}
	wish.path = (o->command->needs & WRITES_FILE) != 0 ? NULL : o->output;
	wish.is_bulk = !o->follow && inputs_are_files(r);
	if (!term_open(&r->term, &wish, why_not))
		return false;
	if (o->width != 0)
		term_set_width(&r->term, o->width);
	return true;
}

static bool has_input(const struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		if (r->inputs[i].source != NULL)
			return true;
	}
	return false;
}

static void release(struct run *r)
{
	reread_free(r->reread);
	shelf_free(r->term.shelf);
	run_forget_report(r);
	inputs_close(r);
	unread_free(r->unread);
	filter_free(r->filter);
	check_sum_free(r->check);
	calls_sum_free(r->calls);
	tunnels_sum_free(r->tunnels);
	stats_free(r->stats);
	store_free(r->store);
	pick_free(r->pick);
	secrets_free(r->secrets);
	arena_free(r->scratch);
	arena_free(r->kept);
	text_free(&r->line);
}

/* False when there is nothing to compare with. */
static bool open_beside(struct run *r)
{
	struct run *b = r->beside;

	inputs_open(b);
	run_raise(r, b->status);
	return has_input(b) || r->options->json;
}

/* Texts that are asked for octets complete each other (JOINS_TEXTS). */
static bool joins_texts(const struct run *r)
{
	const struct options *o = r->options;
	size_t n = 0;

	for (size_t i = 0; i < r->n_inputs; i++)
		n += r->inputs[i].source && source_stats(r->inputs[i].source)->kind == SOURCE_TEXT;
	return (o->command->needs & JOINS_TEXTS) != 0 && (o->verbose || o->hex) && !o->unread &&
	       n > 1 && inputs_are_files(r);
}

/* What is known when the inputs are open: in a folder there may be the file that is to be written;
 * an option may name none of them. */
static bool fits_inputs(struct run *r)
{
	struct text why = text_make(8192);
	bool fits =
		r->is_interrupted || (output_fits(r->options, true, &why) && inputs_named(r, &why));

	if (!fits) {
		complain(&why);
		run_raise(r, STATUS_USAGE);
	}
	text_free(&why);
	return fits;
}

static void replay_and_return(struct run *r)
{
	run_load_all(r);
	if (r->is_interrupted)
		return;
	inputs_reopen(r);
	r->is_again = true;
}

/* The calls and tunnels that are asked for are there, as far as it is known by now. */
static bool is_answerable(struct run *r)
{
	return r->is_interrupted || r->report == NULL || !has_input(r) ||
	       (r->options->command->needs & LOADS_ITSELF) != 0 || run_has_numbered(r);
}

/* Stopped while it waited for the end of a piped text: what has come is all there is, and is told.
 * Whoever stops it again means it. */
static void take_as_ended(struct run *r)
{
	const struct options *o = r->options;
	bool has_text = false;

	if (!run_is_interrupted(r) || run_is_for_nothing(r) ||
	    (o->command->needs & LOADS_ITSELF) != 0)
		return;
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];

		has_text |= in->source != NULL && !inputs_is_file(in->path) &&
			    source_stats(in->source)->kind == SOURCE_TEXT;
	}
	if (!has_text)
		return;
	r->is_interrupted = false;
	r->is_stopped_early = true;
	catch_signals();
}

/* Ceilings of the run that left something out: whoever does not `check` is told too. */
static void limits_tell(struct run *r)
{
	if (r->report == NULL || r->is_interrupted)
		return;
	if (r->report->vantages_full)
		run_refuse("limit-vantages: more than %d consoles and captures: the rest is not "
			   "shown",
			   LIMIT_VANTAGES);
	if (r->report->memory_full)
		run_refuse("limit-memory: the memory for one run is used up: later facts are "
			   "missing");
	if (r->report->vantages_full || r->report->memory_full)
		run_raise(r, STATUS_LIMIT);
}

/* One of the two that were to be compared is not there: that was told. */
static bool lacks_half(const struct run *r)
{
	return (r->options->command->needs & TAKES_PAIR) != 0 &&
	       (!has_input(r) || (r->beside != NULL && !has_input(r->beside)));
}

static void perform(struct run *r)
{
	const struct command *command = r->options->command;
	unsigned needs = command->needs;

	if (!run_lock_opening(r))
		return;
	progress_begin(r);
	if (command->run_stream != NULL && command->run_stream(r))
		return;
	if ((needs & NO_INPUTS) == 0)
		inputs_open(r);
	take_as_ended(r);
	if (r->status == STATUS_USAGE) /* a filter that is none */
		return;
	if ((needs & NO_INPUTS) == 0 && !has_input(r) && !r->options->json)
		return;
	if (r->beside != NULL && !open_beside(r))
		return;
	if ((needs & NO_INPUTS) == 0 && !fits_inputs(r))
		return;
	if (command->prepare != NULL)
		command->prepare(r);
	jobs_fork(r);
	if ((needs & LOCKS_ITSELF) == 0)
		run_lock(r);
	jobs_start(r);
	if (r->beside != NULL)
		run_load_all(r->beside);
	if ((needs & LOADS_ITSELF) != 0)
		run_load_begin(r);
	else if (run_wants_model(r))
		run_load_all(r);
	else if (joins_texts(r))
		replay_and_return(r);
	else if ((needs & NO_INPUTS) == 0)
		run_learn_first(r);
	run_begin_rows(r);
	r->was_interrupted = run_is_interrupted(r);
	if (!run_is_for_nothing(r) && !lacks_half(r))
		run_raise(r, is_answerable(r) ? command->run(r) : STATUS_USAGE);
	if (filter_gave_up(r->filter)) {
		run_refuse("--where: limit-pattern: an expression takes too long on some values; "
			   "they count as not fitting");
		run_raise(r, STATUS_LIMIT);
	}
	inputs_check(r);
	limits_tell(r);
	if (r->beside != NULL) {
		inputs_check(r->beside);
		run_raise(r, r->beside->status);
	}
	if (r->options->json)
		run_print_json_end(r);
}

/* Somebody reads it on a terminal, and it has an end. */
static bool wants_pager(const struct run *r)
{
	const struct options *o = r->options;
	const struct option_def *def = option_named(o->command, STR("no-pager"), 0);

	if (!r->term.is_tty || r->term.file.path != NULL || o->no_pager || o->follow ||
	    o->output != NULL || (def->commands & o->command->bit) == 0)
		return false;
	for (size_t i = 0; i < o->n_inputs; i++) {
		struct stat status;

		if (stat(o->inputs[i].path, &status) != 0 ||
		    !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)))
			return false;
	}
	return true;
}

/* Of a run that was stopped, or found nothing to read, there is no file, but one that is read while
 * it grows. */
static bool close_output(struct run *r, struct text *why)
{
	bool is_stopped = r->is_interrupted || r->status == STATUS_USAGE ||
			  (r->status == STATUS_INPUT && !has_input(r));

	return term_close(&r->term, r->options->follow || !is_stopped, why);
}

static enum exit_status run_one(struct run *r)
{
	struct text why = text_make(8192);
	enum exit_status status;

	held_spare_nothing();
	spare_inputs(r->options);
	if (r->beside != NULL)
		spare_inputs(r->beside->options);
	if (prepare(r, &why) && (r->beside == NULL || prepare(r->beside, &why))) {
		if (wants_pager(r))
			pager_start();
		perform(r);
		if (r->is_interrupted || r->is_stopped_early)
			run_raise(r, STATUS_INTERRUPTED);
		progress_end();
		if (!close_output(r, &why)) {
			complain(&why);
			run_raise(r, STATUS_LIMIT);
		}
	} else {
		r->status = run_is_interrupted(r) ? STATUS_INTERRUPTED : STATUS_USAGE;
		if (r->status == STATUS_USAGE)
			complain(&why);
		term_close(&r->term, false, &why);
	}
	if (!pager_finish())
		run_raise(r, STATUS_LIMIT);
	status = r->status;
	if (r->beside != NULL)
		release(r->beside);
	release(r);
	text_free(&why);
	return status;
}

enum exit_status run_command(const struct options *o)
{
	struct options *halves;
	struct run r = {.options = o};
	struct run beside = {0};
	enum exit_status status;

	catch_signals();
	tzset(); /* the file of the zone is read before least power */
	if (o->pair.n_left == 0)
		return run_one(&r);
	halves = must_alloc(2, sizeof(*halves));
	for (unsigned i = 0; i < 2; i++)
		pair_half(o, i, &halves[i]);
	halves[1].output = NULL; /* one file for both */
	r.options = &halves[0];
	r.beside = &beside;
	beside.options = &halves[1];
	status = run_one(&r);
	free(halves);
	return status;
}
