/* What came is explained piece by piece. A piece ends where its writer paused, or else where the
 * stamps of its lines are furthest apart: records that belong together are printed at once. Of each
 * piece the source makes events; those of the pieces before are kept as far as a call may reach
 * back, and replayed with them. */
#include "annotate_follow.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "annotate.h"
#include "growing.h"
#include "inputs.h"
#include "run_lock.h"
#include "secrecy.h"
#include "shape_stage.h"

enum {
	QUIET_MS = 250,            /* a writer that pauses so long has said it all */
	PIECE_MS = 1000,           /* one that does not: a piece all the same, */
	ONE_STAMP_MS = 3000,       /* later where all its lines have one time */
	PIECE_OCTETS = 512 * 1024, /* or when there is so much of it */
	BOUNDARY_LINES = 256,      /* of which the last are looked at for its end */
	LINE_MOST = 8 << 20,       /* a line of which so much came without an end */
	PIPE_MS = 1000,            /* a pipe that ends sooner is read as a file */
	EVENTS = 8192,             /* kept; half of them when there are more */
	TOLD = 4096,               /* findings remembered as told */
	SETTLED_MS = 30000,        /* of what is still missing then it is told that it is missing */
};

struct heard {
	const struct event *event;
	int64_t came; /* milliseconds */
};

struct told {
	const struct rule_row *rule;
	uint64_t event;
};

struct follower {
	struct annotation a; /* first: tells() gets it */
	struct growing *text;
	size_t done; /* octets explained */
	bool has_begun, is_last, is_refused;
	int64_t now, came, pending; /* when: it is; something came last; what waits came first */
	struct arena *arena, *spare;
	struct heard events[EVENTS];
	size_t n_events;
	struct told told[TOLD];
	size_t n_told;
};

static int64_t milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- findings ---- */

static bool is_told(const struct follower *f, const struct finding *x, uint64_t event)
{
	size_t n = f->n_told < TOLD ? f->n_told : TOLD;

	for (size_t i = 0; i < n; i++)
		if (f->told[i].rule == x->rule && f->told[i].event == event)
			return true;
	return false;
}

/* Whether what comes can still make it untrue: an answer may be on its way. */
static bool is_settled(const struct follower *f, const struct finding *x)
{
	uint64_t newest = mark_number(&x->mark);

	if (f->is_last || (x->call && x->call->end.is_set) ||
	    (!x->call && x->tunnel && x->tunnel->stopccn.is_set))
		return true;
	for (size_t i = 0; i < x->n_evidence; i++)
		newest = mark_number(&x->evidence[i]) > newest ? mark_number(&x->evidence[i])
							       : newest;
	for (size_t i = f->n_events; i-- > 0;)
		if (f->events[i].event->number <= newest)
			return f->now - f->events[i].came >= SETTLED_MS;
	return true;
}

static bool tells(struct annotation *a, const struct finding *x, uint64_t event)
{
	struct follower *f = (struct follower *)a;

	if (!is_settled(f, x) || is_told(f, x, event))
		return false;
	f->told[f->n_told++ % TOLD] = (struct told){x->rule, event};
	return true;
}

/* What has become sure of lines that were printed. */
static void tell_late(struct follower *f)
{
	const struct report *report = f->a.run->report;

	for (const struct finding *x = report ? report->findings : NULL; x; x = x->next)
		if (x->mark.is_set && mark_number(&x->mark) &&
		    mark_number(&x->mark) <= f->a.last_event &&
		    !is_told(f, x, mark_number(&x->mark)) && tells(&f->a, x, mark_number(&x->mark)))
			annotate_late(&f->a, x);
}

/* ---- events ---- */

static bool is_open(const struct run *r, const struct event *e)
{
	const struct step *s = run_step_of(r, e->number);

	return s && s->tunnel && !s->tunnel->stopccn.is_set && e->kind == EVENT_CONTROL;
}

/* The older half goes, but for the messages of tunnels that are still up. */
static void events_forget(struct follower *f)
{
	struct arena *full = f->arena;
	size_t n = 0;

	for (size_t i = 0; i < f->n_events; i++) {
		struct heard h = f->events[i];

		if (i < EVENTS / 2 && (n >= EVENTS / 4 || !is_open(f->a.run, h.event)))
			continue;
		h.event = event_copy(f->spare, h.event);
		f->events[n++] = h;
	}
	f->n_events = n;
	f->arena = f->spare;
	f->spare = full;
	arena_reset(full);
}

/* The report of all that is kept. */
static void look(struct follower *f)
{
	const struct event **all = must_alloc(f->n_events + 1, sizeof(struct event *));

	for (size_t i = 0; i < f->n_events; i++)
		all[i] = f->events[i].event;
	run_replay(f->a.run, all, f->n_events);
	free(all);
}

/* ---- pieces ---- */

static void begin(struct follower *f)
{
	f->has_begun = true;
	annotate_mark_choose(&f->a);
	annotate_begin(&f->a);
}

/* Explains what stands before `end`. */
static void explain(struct follower *f, size_t end)
{
	struct run *r = f->a.run;
	struct str text = growing_text(f->text);
	struct str piece = {text.at + f->done, end - f->done};
	bool is_whole = false;

	if (piece.len == 0)
		return;
	f->a.content = f->a.shape.given = f->a.shape.text = (struct str){text.at, end};
	if (!f->has_begun) {
		f->a.content = piece;
		begin(f);
		f->a.content = f->a.shape.text;
	}
	if (secrecy_finds(piece))
		run_warn_secrets(r);
	inputs_grow(r, end);
	while (!is_whole) {
		struct event e;

		while (f->n_events < EVENTS && !(is_whole = !run_next(r, &e)))
			f->events[f->n_events++] =
				(struct heard){event_copy(f->arena, &e), f->pending};
		look(f);
		if (!is_whole)
			events_forget(f);
	}
	annotate_piece(&f->a, f->done, end);
	f->done = end;
	f->pending = f->now;
	growing_forget(f->text, f->done);
	fflush(r->term.out);
}

/* Behind the last line that has its end. */
static size_t lines_end(struct str text, size_t from)
{
	size_t end = text.len;

	while (end > from && text.at[end - 1] != '\n')
		end--;
	return end;
}

/* Among the last lines before `end` the beginning of that whose time is furthest from the one
 * before it; `end` when all have one time. */
static size_t boundary(const struct follower *f, struct str text, size_t end)
{
	size_t best = end, line = end;
	struct moment after = {0};
	size_t after_at = end;
	int64_t most = 0;

	for (int i = 0; i < BOUNDARY_LINES && line > f->done; i++) {
		size_t line_end = line - 1;
		struct moment when;

		line = line_end;
		while (line > f->done && text.at[line - 1] != '\n')
			line--;
		if (line_end - line > LIMIT_RECORD ||
		    !shape_moment((struct str){text.at + line, line_end - line}, 0, &when))
			continue;
		if (after_at < end && after.kind == when.kind && moment_minus(after, when) > most) {
			most = moment_minus(after, when);
			best = after_at;
		}
		after = when;
		after_at = line;
	}
	return best;
}

/* How far it is to be explained now; f->done: not yet. */
static size_t piece_end(const struct follower *f)
{
	struct str text = growing_text(f->text);
	size_t end = lines_end(text, f->done), best;
	int64_t waits = f->now - f->pending;

	if (text.len - end >= LINE_MOST)
		return text.len;
	if (end == f->done || f->now - f->came >= QUIET_MS)
		return end;
	if (end - f->done < PIECE_OCTETS && waits < PIECE_MS)
		return f->done;
	best = boundary(f, text, end);
	return best < end || end - f->done >= PIECE_OCTETS || waits >= ONE_STAMP_MS ? best
										    : f->done;
}

static int patience(const struct follower *f)
{
	return growing_text(f->text).len > f->done ? QUIET_MS / 2 : PIECE_MS;
}

/* What has begun and is no text is not followed. */
static bool refuse(struct follower *f)
{
	struct run *r = f->a.run;
	struct str text = growing_text(f->text);
	size_t n = text.len < SHAPE_LOOK ? text.len : SHAPE_LOOK;
	const char *what = f->has_begun ? NULL : source_no_text(span_of(text.at, n));

	if (!what)
		return false;
	run_refuse("%s: is %s: --follow takes a log that is text", r->options->inputs[0].path,
		   what);
	run_raise(r, STATUS_USAGE);
	f->is_refused = true;
	return true;
}

/* Until the writer or the reader goes, or Ctrl-C. */
static enum growth follow(struct follower *f)
{
	struct run *r = f->a.run;

	for (;;) {
		size_t end;
		enum growth g = growing_wait(f->text, patience(f));

		f->now = milliseconds();
		if (refuse(f) || run_is_interrupted(r) || r->term.is_broken || g == GROWTH_END ||
		    g == GROWTH_FULL)
			return g;
		if (g == GROWTH_MORE)
			f->came = f->now;
		end = piece_end(f);
		if (end > f->done)
			explain(f, end);
		else if (growing_text(f->text).len == f->done)
			f->pending = f->now;
		if (g == GROWTH_NONE && f->has_begun) {
			tell_late(f);
			fflush(r->term.out);
		}
	}
}

/* What waited is explained; after Ctrl-C it is only given back. */
static void finish(struct follower *f)
{
	struct str text = growing_text(f->text);
	struct run *r = f->a.run;

	f->is_last = true;
	if (!r->is_interrupted)
		explain(f, text.len);
	else if (text.len > f->done)
		term_verbatim(&r->term, str_from(text, f->done));
	if (f->done < text.len)
		f->a.is_line_start = text.at[text.len - 1] == '\n';
	if (!f->has_begun)
		return;
	tell_late(f);
	annotate_end(&f->a);
}

static void followed(struct run *r, struct growing *text)
{
	struct follower *f = must_alloc(1, sizeof(*f));

	memset(f, 0, sizeof(*f));
	f->a.run = r;
	f->a.is_growing = true;
	f->a.tells = tells;
	f->text = text;
	f->arena = arena_new(LIMIT_REPLAY_ARENA);
	f->spare = arena_new(LIMIT_REPLAY_ARENA);
	f->now = f->came = f->pending = milliseconds();
	inputs_open_growing(r, growing_text(text).at);
	run_lock(r);
	if (follow(f) == GROWTH_FULL) {
		run_refuse("limit-reached: no more of a growing text is followed");
		run_raise(r, STATUS_LIMIT);
	}
	if (!f->is_refused)
		finish(f);
	arena_free(f->arena);
	arena_free(f->spare);
	free(f);
}

/* ---- whether ---- */

/* A pipe that has ended is read as a file: standard input becomes one. */
static bool stdin_becomes(struct str text, struct text *why_not)
{
	struct stream s;
	bool is_good;

	if (!stream_temporary(&s, why_not))
		return false;
	is_good = fwrite(text.at, 1, text.len, s.file) == text.len && stream_rewind(&s) &&
		  dup2(fileno(s.file), STDIN_FILENO) >= 0;
	if (!is_good)
		text_puts(why_not, "cannot be copied to a temporary file");
	stream_close(&s);
	return is_good;
}

/* Only a log in the shape that it was written in can be read while it grows. */
static bool can_be_followed(struct str text)
{
	struct shape shape;
	struct text why = text_make(256);
	struct str head = {text.at, text.len < SHAPE_LOOK ? text.len : SHAPE_LOOK};
	bool is_plain = source_text.probe(span_of(head.at, head.len)) > 0 &&
			memchr(head.at, '\0', head.len) == NULL &&
			shape_open(&shape, head, NULL, 0, &why) && shape_is_plain(&shape);

	shape_close(&shape);
	text_free(&why);
	return is_plain;
}

/* All of it, if it ends soon or cannot be read before its end. */
static bool pipe_ends(struct run *r, struct growing *text)
{
	int64_t start = 0;
	enum growth g = GROWTH_NONE;
	bool must_end = false;

	while (g != GROWTH_END && g != GROWTH_FULL && !run_is_interrupted(r)) {
		g = growing_wait(text, PIPE_MS / 4);
		if (start == 0 && g == GROWTH_MORE)
			start = milliseconds();
		if (start == 0 || must_end || milliseconds() - start < PIPE_MS)
			continue;
		if (can_be_followed(growing_text(text)))
			return false;
		must_end = true;
	}
	return g == GROWTH_END;
}

static bool is_pipe(const struct run *r)
{
	return strcmp(r->options->inputs[0].path, "-") == 0 && lseek(STDIN_FILENO, 0, SEEK_CUR) < 0;
}

static bool is_asked_wrongly(struct run *r)
{
	const struct options *o = r->options;

	if (o->format != NULL && strcmp(o->format, "html") == 0)
		run_refuse("--follow: a page has an end; not with --format html");
	else if (o->n_inputs > 1)
		run_refuse("--follow takes one LOG");
	else
		return false;
	run_raise(r, STATUS_USAGE);
	return true;
}

bool annotate_follow(struct run *r)
{
	const struct options *o = r->options;
	struct text why = text_make(1024);
	struct growing *text;

	if (!o->follow && (!is_pipe(r) || o->n_inputs > 1 || o->format != NULL || o->reflow))
		return false;
	if (o->follow && is_asked_wrongly(r))
		return true;
	text = growing_open(o->inputs[0].path, &why);
	if (text == NULL) {
		run_refuse("%s: %s", o->inputs[0].path, why.at);
		run_raise(r, STATUS_INPUT);
	} else if (o->follow || !pipe_ends(r, text)) {
		followed(r, text);
	} else if (stdin_becomes(growing_text(text), &why)) {
		growing_close(text);
		text_free(&why);
		return false;
	} else {
		run_refuse("-: %s", why.at);
		run_raise(r, STATUS_LIMIT);
	}
	growing_close(text);
	text_free(&why);
	return true;
}
