#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run_json.h"
#include "secrecy.h"

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

	was_interrupted = 0;
	sigemptyset(&on_int.sa_mask);
	on_int.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGINT, &on_int, NULL);
	sigaction(SIGTERM, &on_int, NULL);
	sigemptyset(&ignored.sa_mask);
	sigaction(SIGPIPE, &ignored, NULL);
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
	fprintf(stderr, "l2tpscope: %s\n", why->at == NULL ? "" : why->at);
}

void run_warn(const struct run *r, const char *format, ...)
{
	struct text t = text_make(4096);
	va_list list;

	if (r->options->quiet)
		return;
	va_start(list, format);
	text_vprintf(&t, format, list);
	va_end(list);
	complain(&t);
	text_free(&t);
}

void run_warn_secrets(struct run *r)
{
	if (r->has_warned_secrets)
		return;
	r->has_warned_secrets = true;
	run_warn(r, "the output repeats the input verbatim and contains secrets");
}

/* ---- inputs ---- */

/* The last part of a path names an input, unless another input ends alike. */
static struct str short_name(const struct options *o, size_t index)
{
	const char *path = o->inputs[index].path;
	const char *slash = strrchr(path, '/');
	struct str last = str_of(slash == NULL || slash[1] == '\0' ? path : slash + 1);

	for (size_t i = 0; i < o->n_inputs; i++) {
		if (i != index && o->inputs[i].name.len == 0 &&
		    str_ends(str_of(o->inputs[i].path), last.at))
			return str_of(path);
	}
	return last;
}

/* `annotate` reads its input a second time: standard input is copied to a file without a name. */
static const char *spool(struct input *in, struct text *why_not)
{
	char buffer[65536];
	size_t n;

	in->spool = tmpfile();
	if (in->spool == NULL) {
		text_printf(why_not, "cannot keep standard input: ");
		text_puts(why_not, strerror(errno));
		return NULL;
	}
	while ((n = fread(buffer, 1, sizeof(buffer), stdin)) > 0) {
		if (fwrite(buffer, 1, n, in->spool) != n)
			break;
	}
	if (ferror(stdin) || fflush(in->spool) != 0 || ferror(in->spool)) {
		text_puts(why_not, "cannot read standard input");
		return NULL;
	}
	snprintf(in->spool_path, sizeof(in->spool_path), "/dev/fd/%d", fileno(in->spool));
	return in->spool_path;
}

static const char *readable_path(struct input *in, bool reads_twice, struct text *why_not)
{
	struct stat st;

	if (strcmp(in->path, "-") == 0)
		return reads_twice ? spool(in, why_not) : in->path;
	if (stat(in->path, &st) != 0) {
		text_escape(why_not, str_of(in->path));
		text_puts(why_not, ": ");
		text_puts(why_not, strerror(errno));
		return NULL;
	}
	if (S_ISDIR(st.st_mode)) {
		text_escape(why_not, str_of(in->path));
		text_puts(why_not, " is a directory: name the files in it");
		return NULL;
	}
	return in->path;
}

static bool open_input(struct run *r, size_t index, struct text *why_not)
{
	const struct options *o = r->options;
	struct input *in = &r->inputs[index];
	const char *year = named_value(&o->years, in->name);
	uint64_t number = 0;
	struct source_options so = {
		.input = (uint16_t)index,
		.name = in->name.at,
		.as = o->as,
		.bpf = o->bpf,
		.secrets = r->secrets,
		.vantages = &r->vantages,
		.with_noise = (o->command->needs & NEEDS_NOISE) != 0,
	};
	const char *path = readable_path(in, o->command == &command_annotate, why_not);

	if (path == NULL)
		return false;
	if (year != NULL && str_u64(str_of(year), &number))
		so.year = (int)number;
	in->source = source_open(path, &so, why_not);
	return in->source != NULL;
}

static void open_inputs(struct run *r)
{
	const struct options *o = r->options;

	r->n_inputs = o->n_inputs;
	r->inputs = must_alloc(o->n_inputs + 1, sizeof(*r->inputs));
	r->names = must_alloc(o->n_inputs + 1, sizeof(*r->names));
	memset(r->inputs, 0, (o->n_inputs + 1) * sizeof(*r->inputs));
	for (size_t i = 0; i < o->n_inputs; i++) {
		struct input *in = &r->inputs[i];
		struct text why = text_make(4096);
		const char *zone;

		in->path = o->inputs[i].path;
		in->name = o->inputs[i].name.len > 0 ? arena_str(r->kept, o->inputs[i].name)
						     : short_name(o, i);
		r->names[i] = in->name;
		zone = named_value(&o->zones, in->name);
		in->has_zone = zone != NULL && zone_parse(zone, &in->zone_s);
		if (!open_input(r, i, &why)) {
			complain(&why);
			run_raise(r, str_starts(text_str(&why), "--bpf") ? STATUS_USAGE
									 : STATUS_INPUT);
		}
		text_free(&why);
	}
}

/* A stamp without a zone in a zone that was given is a moment on the wall clock. */
static void apply_zone(const struct input *in, struct event *e)
{
	if (!in->has_zone || e->when.kind != CLOCK_LOCAL)
		return;
	e->when.ns -= in->zone_s * 1000000000;
	e->when.kind = CLOCK_ABSOLUTE;
}

static void pull(struct input *in)
{
	if (in->source == NULL || in->has_head)
		return;
	in->has_head = source_next(in->source, &in->head) == PULLED;
	if (!in->has_head)
		return;
	apply_zone(in, &in->head);
}

/* Only stamps of one kind can be compared; otherwise the order of the command line holds. */
static bool is_before(const struct event *a, const struct event *b)
{
	return a->when.kind == b->when.kind && moment_known(a->when) && a->when.ns < b->when.ns;
}

bool run_next(struct run *r, struct event *ret)
{
	struct input *next = NULL;

	if (was_interrupted) {
		r->is_interrupted = true;
		return false;
	}
	for (size_t i = 0; i < r->n_inputs; i++) {
		struct input *in = &r->inputs[i];

		pull(in);
		if (in->has_head && (next == NULL || is_before(&in->head, &next->head)))
			next = in;
	}
	if (next == NULL)
		return false;
	*ret = next->head;
	next->has_head = false;
	ret->number = ++r->events;
	return true;
}

/* ---- replay ---- */

static size_t collect_vantages(const struct run *r, struct vantage **ret)
{
	size_t n = 0;
	struct vantage *all = must_alloc(LIMIT_VANTAGES + 1, sizeof(*all));

	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct vantage *some = NULL;
		size_t count = r->inputs[i].source == NULL
				       ? 0
				       : source_vantages(r->inputs[i].source, &some);

		for (size_t k = 0; k < count && n < LIMIT_VANTAGES; k++)
			all[n++] = some[k];
	}
	*ret = all;
	return n;
}

static int by_event(const void *a, const void *b)
{
	const struct evidence_at *one = a;
	const struct evidence_at *other = b;

	return (one->event > other->event) - (one->event < other->event);
}

/* Each finding once per event, whether the mark is its first or one of its evidence. */
static void index_findings(struct run *r)
{
	size_t room = 0;

	for (const struct finding *f = r->report->findings; f != NULL; f = f->next)
		room += f->n_evidence + 1;
	r->evidence = must_alloc(room + 1, sizeof(*r->evidence));
	for (const struct finding *f = r->report->findings; f != NULL; f = f->next) {
		bool has_mark = f->mark.is_set && f->mark.number != 0;

		if (has_mark)
			r->evidence[r->n_evidence++] = (struct evidence_at){f->mark.number, f};
		for (size_t i = 0; i < f->n_evidence; i++) {
			uint64_t number = f->evidence[i].number;

			if (number != 0 && !(has_mark && number == f->mark.number))
				r->evidence[r->n_evidence++] = (struct evidence_at){number, f};
		}
	}
	qsort(r->evidence, r->n_evidence, sizeof(*r->evidence), by_event);
}

static int by_number(const void *a, const void *b)
{
	const struct step *one = *(const struct step *const *)a;
	const struct step *other = *(const struct step *const *)b;

	return (one->event->number > other->event->number) -
	       (one->event->number < other->event->number);
}

static void index_steps(struct run *r)
{
	size_t n = r->report->n_steps;

	if (n == 0)
		return;
	r->steps_by_event = must_alloc(n, sizeof(struct step *));
	memcpy(r->steps_by_event, r->report->steps, n * sizeof(struct step *));
	qsort(r->steps_by_event, n, sizeof(struct step *), by_number);
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

static void replay_all(struct run *r)
{
	const struct options *o = r->options;
	int64_t *offsets = must_alloc(r->n_inputs + 1, sizeof(*offsets));
	struct vantage *vantages;
	struct replay_options ro = {
		.keep_steps =
			(o->command->needs & NEEDS_STEPS) != 0 || filter_asks_message(r->filter),
		.secrets = r->secrets,
	};
	struct event e;
	size_t n;

	for (size_t i = 0; i < r->n_inputs; i++) {
		const char *offset = named_value(&o->offsets, r->inputs[i].name);

		offsets[i] = offset == NULL ? 0 : (int64_t)(strtod(offset, NULL) * 1e9);
	}
	if (o->offsets.n > 0) {
		ro.offset_ns = offsets;
		ro.n_offsets = r->n_inputs;
	}
	r->replay = replay_new(&ro);
	while (run_next(r, &e))
		replay_feed(r->replay, &e);
	n = collect_vantages(r, &vantages);
	replay_end(r->replay, vantages, n);
	r->report = replay_report(r->replay);
	index_findings(r);
	index_steps(r);
	free(vantages);
	free(offsets);
}

/* ---- the life of a command ---- */

static bool parse_zones(const struct options *o, struct text *why_not)
{
	int64_t seconds;
	char *end;

	for (size_t i = 0; i < o->zones.n; i++) {
		if (zone_parse(o->zones.at[i].value, &seconds))
			continue;
		text_printf(why_not, "--tz: `%s` is no zone: UTC, +02:00", o->zones.at[i].value);
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
		text_printf(why_not, "--year: `%s` is no year", o->years.at[i].value);
		return false;
	}
	return true;
}

/* Everything that can be wrong with the question, before any input is read. */
static bool prepare(struct run *r, struct text *why_not)
{
	const struct options *o = r->options;

	r->scratch = arena_new(LIMIT_OUTPUT_LINE * 4);
	r->kept = arena_new(LIMIT_OUTPUT_LINE);
	r->line = text_make(LIMIT_OUTPUT_LINE);
	r->secrets = secrets_new();
	if (!parse_zones(o, why_not) || !bound_parse(&r->window.since, o->since, why_not) ||
	    !bound_parse(&r->window.until, o->until, why_not))
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
	return term_open(&r->term, o->output, o->color, why_not);
}

static bool has_input(const struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		if (r->inputs[i].source != NULL)
			return true;
	}
	return false;
}

static void check_inputs(struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input_stats *s =
			r->inputs[i].source == NULL ? NULL : source_stats(r->inputs[i].source);

		if (s == NULL || !s->is_cut)
			continue;
		run_warn(r, "%.*s: %.*s", STR_ARG(r->names[i]), STR_ARG(s->cut_text));
		run_raise(r, STATUS_CUT);
	}
}

static void release(struct run *r)
{
	replay_free(r->replay);
	for (size_t i = 0; i < r->n_inputs; i++) {
		if (r->inputs[i].source != NULL)
			source_close(r->inputs[i].source);
		if (r->inputs[i].spool != NULL)
			fclose(r->inputs[i].spool);
	}
	free(r->inputs);
	free(r->names);
	free(r->evidence);
	free(r->steps_by_event);
	free(r->calls_fit);
	free(r->tunnels_fit);
	filter_free(r->filter);
	secrets_free(r->secrets);
	arena_free(r->scratch);
	arena_free(r->kept);
	text_free(&r->line);
}

static void perform(struct run *r)
{
	unsigned needs = r->options->command->needs;

	if ((needs & NO_INPUTS) == 0)
		open_inputs(r);
	if ((needs & NO_INPUTS) == 0 && !has_input(r) && !r->options->json)
		return;
	if (run_wants_model(r))
		replay_all(r);
	if (r->options->json)
		run_print_json_head(r);
	run_raise(r, r->options->command->run(r));
	if (r->is_interrupted)
		run_raise(r, STATUS_INTERRUPTED);
	check_inputs(r);
	if (r->options->json)
		run_print_json_end(r);
}

enum exit_status run_command(const struct options *o)
{
	struct run r = {.options = o};
	struct text why = text_make(8192);
	enum exit_status status;

	catch_signals();
	if (prepare(&r, &why)) {
		perform(&r);
		if (!term_close(&r.term)) {
			text_puts(&why, "not all of the output could be written");
			complain(&why);
			run_raise(&r, STATUS_LIMIT);
		}
	} else {
		complain(&why);
		r.status = STATUS_USAGE;
	}
	status = r.status;
	release(&r);
	text_free(&why);
	return status;
}
