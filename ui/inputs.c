#include "inputs_rotated.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apart.h"
#include "bundle.h"
#include "digest.h"
#include "held.h"
#include "jobs.h"
#include "limits.h"
#include "map.h"
#include "nearest.h"
#include "option_hint.h"
#include "parts.h"
#include "rotate.h"
#include "whole_file.h"

enum { SKIPPED_SHOWN = 8, MESSAGE_ROOM = 16384, PAYLOAD_AHEAD_S = 2 };

/* ---- opening ---- */

/* The last part of a path names an input, unless another input ends alike. */
static struct str short_name(const struct input_words *words, size_t index)
{
	struct str path = str_of(words->at[index].path);
	struct str last;
	size_t at;

	while (path.len > 1 && path.at[path.len - 1] == '/')
		path.len--;
	at = path.len;
	while (at > 0 && path.at[at - 1] != '/')
		at--;
	last = str_from(path, at);
	for (size_t i = 0; i < words->n; i++) {
		struct str other = str_of(words->at[i].path);

		if (i != index && words->at[i].name.len == 0 && other.len >= last.len &&
		    str_equal(str_from(other, other.len - last.len), last))
			return path;
	}
	return last;
}

static bool is_called(const struct input *in, struct str name)
{
	return str_equal(in->name, name) || (in->given.len > 0 && str_equal(in->given, name));
}

const char *inputs_value(const struct named_values *values, const struct input *in)
{
	const char *any = NULL;

	for (size_t i = 0; i < values->n; i++) {
		if (values->at[i].name.len > 0 && is_called(in, values->at[i].name))
			return values->at[i].value;
		if (values->at[i].name.len == 0)
			any = values->at[i].value;
	}
	return any;
}

/* Whether an input of the run is called so, and what else they are called. */
static bool has_called(const struct run *r, struct str name, struct nearest *near)
{
	for (size_t i = 0; r != NULL && i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];

		if (is_called(in, name))
			return true;
		nearest_try(near, in->given.len > 0 ? in->given : in->name);
	}
	return false;
}

static bool are_named(const struct run *r, const char *option, const struct named_values *values,
		      struct text *why_not)
{
	for (size_t i = 0; i < values->n; i++) {
		struct str name = values->at[i].name;
		struct nearest near = nearest_start(name, 3);

		if (name.len == 0 || has_called(r, name, &near) ||
		    has_called(r->beside, name, &near))
			continue;
		text_printf(why_not, "--%s: no input is called `%.*s`", option, STR_ARG(name));
		if (near.best[0] != '\0')
			text_printf(why_not, "; is `%s` meant?", near.best);
		else if (r->n_inputs > 0)
			text_printf(why_not, "; the first is `%.*s`", STR_ARG(r->names[0]));
		return false;
	}
	return true;
}

bool inputs_named(const struct run *r, struct text *why_not)
{
	const struct options *o = r->options;

	return are_named(r, "year", &o->years, why_not) && are_named(r, "tz", &o->zones, why_not) &&
	       are_named(r, "offset", &o->offsets, why_not);
}

struct input *inputs_add(struct run *r, const struct input_words *words, size_t index,
			 const char *part)
{
	const struct options *o = r->options;
	struct str given = words->at[index].name;
	struct str base = given.len > 0 ? given : short_name(words, index);
	struct str path = str_of(words->at[index].path);
	const char *zone;
	struct input *in;

	if (r->n_inputs == r->inputs_room) {
		r->inputs_room = r->inputs_room * 2;
		r->inputs = must_grow(r->inputs, r->inputs_room, sizeof(*r->inputs));
		r->names = must_grow(r->names, r->inputs_room, sizeof(*r->names));
	}
	while (*part == '/' && path.len > 1 && path.at[path.len - 1] == '/')
		path.len--;
	in = &r->inputs[r->n_inputs];
	*in = (struct input){
		.given = given,
		.name = arena_printf(r->kept, "%.*s%s", STR_ARG(base), part),
		.path = arena_printf(r->kept, "%.*s%s", STR_ARG(path), part).at,
		.word = str_of(words->at[index].path),
		.member = arena_str(r->kept, str_of(part)),
	};
	r->names[r->n_inputs++] = in->name;
	zone = inputs_value(&o->zones, in);
	in->has_zone = zone != NULL && zone_parse(zone, &in->zone_s);
	return in;
}

static struct input *input_add(struct run *r, size_t index, const char *part)
{
	struct input_words words = {r->options->inputs, r->options->n_inputs};

	return inputs_add(r, &words, index, part);
}

struct source_options inputs_source_options(struct run *r, const struct input *in)
{
	const struct options *o = r->options;
	const char *year = inputs_value(&o->years, in);
	uint64_t number = 0;
	struct source_options so = {
		.input = (uint16_t)(in - r->inputs),
		.name = in->name.at,
		.as = o->as,
		.bpf = o->bpf,
		.secrets = r->secrets,
		.vantages = &r->vantages,
		.with_noise = (o->command->needs & (NEEDS_NOISE | LISTS_UNREAD)) != 0,
		.without_octets = o->command->needs == NEEDS_REPLAY,
		.glance = {run_wants_glance, run_glance, r, run_leave, run_counted, run_is_turn},
	};

	if (year != NULL && str_u64(str_of(year), &number))
		so.year = (int)number;
	return so;
}

static bool source_start(struct run *r, struct input *in, struct stream *s, struct text *why_not)
{
	struct source_options so = inputs_source_options(r, in);

	if (r->options->command->bit == COMMAND_MAP)
		in->digest = map_digest(r, &so);
	jobs_note(r, in, s);
	in->source = source_open_stream(s, in->path, &so, why_not);
	if (in->source != NULL)
		held_spare(in->path);
	return in->source != NULL;
}

struct source *inputs_open_again(const struct run *r, size_t index, enum source_kind kind,
				 const struct log_witness *witness)
{
	struct source_options so = {.input = (uint16_t)index,
				    .as = r->options->as,
				    .bpf = r->options->bpf,
				    .secrets = r->secrets,
				    .witness = witness};
	struct text why_not = text_make(4096);
	struct source *source = NULL;

	if (inputs_is_file(r->inputs[index].path)) /* whoever opens a FIFO again waits for ever */
		source = source_open(r->inputs[index].path, &so, &why_not);

	text_free(&why_not);
	if (source != NULL && source_stats(source)->kind == kind)
		return source;
	source_close(source);
	return NULL;
}

/* An input that was not read because the run was stopped has no trouble of its own. */
static void tell(struct run *r, enum exit_status status, struct str message)
{
	if (r->is_second_look)
		return;
	if (run_is_interrupted(r)) {
		run_raise(r, STATUS_INTERRUPTED);
		return;
	}
	term_complain(message);
	run_raise(r, status);
}

/* Members of a directory or bundle that are neither capture nor log. */
struct skipped {
	struct text names;
	size_t n;
};

static void skip(struct run *r, struct skipped *s, const struct text *damage)
{
	struct input *in = &r->inputs[--r->n_inputs];

	if (damage->len > 0) {
		struct text t = text_make(MESSAGE_ROOM);

		text_printf(&t, "%s: %s", in->path, damage->at);
		tell(r, STATUS_CUT, text_str(&t));
		text_free(&t);
	}
	if (s->n++ < SKIPPED_SHOWN) {
		text_puts(&s->names, s->n > 1 ? ", " : "");
		text_escape(&s->names, in->name);
	}
}

static void member_open(struct run *r, size_t index, struct member *m, bool is_many,
			struct skipped *skipped)
{
	struct input *in = input_add(r, index, m->part);
	struct text why = text_make(MESSAGE_ROOM);
	struct text damage = text_make(MESSAGE_ROOM);

	text_add(&damage, text_str(&m->stream.damage));
	if (*m->part == '/' && whole_is_unfinished(in->path)) { /* of -o in that folder */
		r->n_inputs--;
	} else if (!source_start(r, in, &m->stream, &why)) {
		bool is_usage = str_starts(text_str(&why), "--bpf");

		if (is_many && !is_usage)
			skip(r, skipped, &damage);
		else if (!is_usage || r->status != STATUS_USAGE)
			tell(r, is_usage ? STATUS_USAGE : STATUS_INPUT, text_str(&why));
	}
	text_free(&damage);
	text_free(&why);
}

/* A line each. */
static void troubles_tell(struct run *r, const char *path, struct str troubles, bool is_limited)
{
	while (troubles.len > 0) {
		size_t end = str_find(troubles, STR("\n"));
		struct text t = text_make(MESSAGE_ROOM);

		end = end == SIZE_MAX ? troubles.len : end;
		text_escape(&t, str_of(path));
		text_printf(&t, ": %.*s", (int)end, troubles.at);
		option_suggest_call(r->options->command, str_of(path), &t);
		tell(r, is_limited ? STATUS_LIMIT : STATUS_INPUT, text_str(&t));
		text_free(&t);
		troubles = str_from(troubles, end < troubles.len ? end + 1 : end);
	}
}

static void skipped_tell(const struct run *r, const char *path, const struct skipped *s)
{
	if (r->is_second_look || r->is_interrupted)
		return;
	if (s->n > SKIPPED_SHOWN)
		run_warn(r, "%s: skipped, neither capture nor log: %s and %zu more", path,
			 s->names.at, s->n - SKIPPED_SHOWN);
	else if (s->n > 0)
		run_warn(r, "%s: skipped, neither capture nor log: %s", path, s->names.at);
}

static void input_open(struct run *r, size_t index)
{
	const char *path = r->options->inputs[index].path;
	struct skipped skipped = {.names = text_make(MESSAGE_ROOM)};
	struct text why = text_make(MESSAGE_ROOM);
	size_t before = r->n_inputs;
	struct bundle b;

	if (bundle_open(&b, path, LIMIT_SPOOL, &why)) {
		for (size_t i = 0; i < b.n; i++)
			member_open(r, index, &b.at[i], b.is_many, &skipped);
		troubles_tell(r, path, text_str(&b.troubles), b.is_limited);
		skipped_tell(r, path, &skipped);
	} else {
		input_add(r, index, "");
		troubles_tell(r, path, text_str(&why), b.is_limited);
	}
	if (r->n_inputs == before)
		troubles_tell(r, path, STR("holds neither a capture nor a log"), false);
	bundle_close(&b);
	text_free(&skipped.names);
	text_free(&why);
}

static void room_make(struct run *r)
{
	r->inputs_room = r->options->n_inputs + 1;
	r->inputs = must_alloc(r->inputs_room, sizeof(*r->inputs));
	r->names = must_alloc(r->inputs_room, sizeof(*r->names));
}

void inputs_open_growing(struct run *r, const char *text)
{
	struct source_options so;
	struct input *in;

	room_make(r);
	in = input_add(r, 0, "");
	so = inputs_source_options(r, in);
	in->source = source_open_growing(text, in->path, &so);
}

void inputs_grow(struct run *r, size_t len)
{
	source_grow(r->inputs[0].source, len);
	r->inputs[0].has_ended = false;
}

void inputs_open(struct run *r)
{
	const struct options *o = r->options;

	room_make(r);
	if (o->reduces)
		parts_inputs(r);
	for (size_t i = 0; !o->reduces && i < o->n_inputs && !run_is_interrupted(r); i++)
		input_open(r, i);
	for (size_t i = 0; r->n_inputs > 1 && i < r->n_inputs; i++)
		r->inputs[i].rotation = rotation_new();
}

/* All that was looked at has been given. */
static void ahead_end(struct input *in)
{
	arena_free(in->ahead_arena);
	free(in->ahead);
	in->ahead_arena = NULL;
	in->ahead = NULL;
	in->n_ahead = in->at_ahead = 0;
}

void inputs_close(struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		source_close(r->inputs[i].source);
		digest_writer_free(r->inputs[i].digest);
		rotation_free(r->inputs[i].rotation);
		ahead_end(&r->inputs[i]);
	}
	jobs_free(r->jobs);
	r->jobs = NULL;
	r->turn = (struct input_turn){0};
	free(r->inputs);
	free(r->names);
	parts_free(r->parts);
	r->parts = NULL;
}

bool inputs_is_file(const char *path)
{
	struct stat s;

	return strcmp(path, "-") != 0 &&
	       (stat(path, &s) != 0 || S_ISREG(s.st_mode) || S_ISDIR(s.st_mode));
}

bool inputs_are_files(const struct run *r)
{
	for (size_t i = 0; i < r->options->n_inputs; i++)
		if (!inputs_is_file(r->options->inputs[i].path))
			return false;
	return true;
}

void inputs_reopen(struct run *r)
{
	struct jobs *jobs = r->jobs;

	r->jobs = NULL;
	inputs_close(r);
	r->n_inputs = 0;
	r->vantages = 0;
	r->events = 0;
	r->is_second_look = true;
	inputs_open(r);
	r->jobs = jobs;
	jobs_start(r);
}

/* ---- reading ---- */

/* A stamp without a zone in a zone that was given is a moment on the wall clock. */
static void apply_zone(const struct input *in, struct event *e)
{
	if (!in->has_zone || e->when.kind != CLOCK_LOCAL)
		return;
	e->when.ns -= in->zone_s * 1000000000;
	e->when.kind = CLOCK_ABSOLUTE;
}

static enum pull next_of(struct input *in, struct event *ret)
{
	enum pull pulled = in->has_ended ? SOURCE_END : source_next(in->source, ret);

	in->has_ended = pulled == SOURCE_END;
	if (!in->has_ended)
		apply_zone(in, ret);
	return pulled;
}

bool input_read_on(struct input *in, struct event *ret)
{
	enum pull pulled = next_of(in, ret);

	return (pulled == SOURCE_WAITS ? next_of(in, ret) : pulled) == PULLED;
}

void input_pull(struct input *in)
{
	enum pull pulled;

	if (in->source == NULL || in->has_head)
		return;
	if (in->at_ahead < in->n_ahead) {
		in->head = *in->ahead[in->at_ahead++];
		in->has_head = true;
		return;
	}
	if (in->ahead != NULL)
		ahead_end(in);
	pulled = next_of(in, &in->head);
	in->has_head = pulled != SOURCE_END;
	in->is_preview = pulled == SOURCE_WAITS;
}

bool inputs_preview(struct input *in)
{
	struct event e;

	if (!input_read_on(in, &e))
		return false;
	in->head = (struct event){.when = e.when};
	in->has_head = in->is_preview = true;
	return true;
}

/* Only stamps of one kind can be compared; otherwise the order of the command line holds. */
static bool is_before(const struct event *a, const struct event *b)
{
	return a->when.kind == b->when.kind && moment_known(a->when) && a->when.ns < b->when.ns;
}

/* One that there is nothing to compare with gives its events as they come. */
static bool is_alone(const struct run *r)
{
	const struct input *in = &r->inputs[0];

	return r->n_inputs == 1 && in->source != NULL && in->has_begun && !in->has_head &&
	       in->at_ahead == in->n_ahead && !in->vantage.is_shared && in->rotation == NULL;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What is only counted at one vantage point changes nothing at the others: it need not wait for
 * their turns, which would be those of single packets. As long as nobody takes it for a set clock.
 */
static int64_t payload_until(const struct run *r, const struct input *in, const struct input *other)
{
	bool is_elsewhere =
		in->has_begun && other->has_begun && input_root(r, in) != input_root(r, other);
	int64_t ahead = is_elsewhere ? PAYLOAD_AHEAD_S * INT64_C(1000000000) : 0;

	return other->head.when.ns > INT64_MAX - ahead ? INT64_MAX : other->head.when.ns + ahead;
}

/* All that inputs but this one have next is on one clock: what is earlier than that is before it.
 */
static bool others_until(const struct run *r, size_t input, enum clock_kind kind,
			 struct input_turn *ret)
{
	ret->until_ns = ret->payload_ns = INT64_MAX;
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];

		if (i == input || in->source == NULL || (in->has_ended && !in->has_head))
			continue;
		if (!in->has_head || in->head.when.kind != kind)
			return false;
		ret->until_ns = least(ret->until_ns, in->head.when.ns);
		ret->payload_ns = least(ret->payload_ns, payload_until(r, &r->inputs[input], in));
	}
	return true;
}

static void turn_take(struct run *r, const struct input *in)
{
	struct input_turn t = {.input = (uint16_t)(in - r->inputs), .kind = in->head.when.kind};

	t.is_known = moment_known(in->head.when) && others_until(r, t.input, t.kind, &t);
	r->turn = t;
}

/* Of many files that follow each other one goes on and on: only its events are looked at. */
static struct input *still_earliest(struct run *r)
{
	struct input *in = &r->inputs[r->turn.input];

	if (!r->turn.is_known)
		return NULL;
	input_pull(in);
	return in->has_head && in->head.when.kind == r->turn.kind &&
			       in->head.when.ns < r->turn.until_ns
		       ? in
		       : NULL;
}

static struct input *earliest(struct run *r)
{
	struct input *next = still_earliest(r);

	if (next != NULL)
		return next;
	for (size_t i = 0; i < r->n_inputs; i++) {
		struct input *in = &r->inputs[i];

		input_pull(in);
		if (in->has_head && (next == NULL || is_before(&in->head, &next->head)))
			next = in;
	}
	if (next != NULL)
		turn_take(r, next);
	return next;
}

/* What comes next of all of them. */
static __attribute__((noinline)) bool merged_next(struct run *r, struct event *ret)
{
	struct input *next;

	while ((next = earliest(r)) != NULL && next->is_preview)
		next->is_preview = next->has_head = false;
	if (next == NULL)
		return false;
	if (!next->has_begun)
		rotated_begin(r, next);
	if (r->apart != NULL && !apart_event(r->apart, &next->head, input_root(r, next)))
		r->together = TOGETHER_NO;
	if (r->together == TOGETHER_NO)
		return false;
	*ret = next->head;
	next->has_head = false;
	if (next->vantage.is_shared && ret->origin.vantage == next->vantage.own)
		ret->origin.vantage = next->vantage.other;
	if (next->rotation != NULL)
		rotation_note(next->rotation, ret);
	return true;
}

bool inputs_next(struct run *r, struct event *ret)
{
	return is_alone(r) ? input_read_on(&r->inputs[0], ret) : merged_next(r, ret);
}

/* Whose payload is counted up to a time on a clock. False: not this input's, which only looks
 * ahead, or another one has nothing on that clock to compare with. */
static bool turn_until(const struct run *r, uint16_t input, enum clock_kind kind, int64_t *ret)
{
	const struct input_turn *t = &r->turn;
	struct input_turn now;

	*ret = INT64_MAX;
	if (r->n_inputs == 1)
		return true;
	if (r->inputs[input].has_head)
		return false;
	if (!t->is_known || t->input != input || t->kind != kind) {
		if (!others_until(r, input, kind, &now))
			return false;
		t = &now;
	}
	*ret = t->payload_ns;
	return true;
}

bool inputs_is_next(const struct run *r, const struct glance *g)
{
	int64_t until;

	return r->n_inputs == 1 ||
	       (turn_until(r, g->input, g->when.kind, &until) && g->when.ns < until);
}

bool inputs_until(const struct run *r, uint16_t input, int64_t *ret)
{
	return turn_until(r, input, CLOCK_ABSOLUTE, ret);
}

void inputs_place(const struct run *r, struct glance *g)
{
	const struct input_vantage *v = &r->inputs[g->input].vantage;

	if (v->is_shared && g->vantage == v->own)
		g->vantage = v->other;
}

bool inputs_are_apart(struct run *r, const struct glance *g)
{
	if (r->apart != NULL && !apart_glance(r->apart, g, input_root(r, &r->inputs[g->input])))
		r->together = TOGETHER_NO;
	return r->together != TOGETHER_NO;
}

size_t inputs_vantages(const struct run *r, struct vantage **ret)
{
	struct vantage *all = must_alloc(LIMIT_VANTAGES + 1, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];
		const struct vantage *some = NULL;
		size_t count = in->source == NULL ? 0 : source_vantages(in->source, &some);

		for (size_t k = 0; k < count && n < LIMIT_VANTAGES; k++)
			if (!in->vantage.is_shared || some[k].number != in->vantage.own) {
				const struct input_stats *s = source_stats(in->source);

				all[n] = some[k];
				all[n].dialect = s->dialect;
				all[n].ipsec = s->ipsec;
				all[n++].n_ipsec = s->n_ipsec;
			}
	}
	*ret = all;
	return n;
}

/* ---- the end ---- */

static void cut_tell(struct run *r, size_t index, const struct input_stats *s)
{
	if (!s->is_cut)
		return;
	run_refuse("%.*s: %.*s", STR_ARG(r->names[index]), STR_ARG(s->cut_text));
	run_raise(r, s->is_limited ? STATUS_LIMIT : STATUS_CUT);
}

void inputs_check_again(struct run *r, size_t index, const struct source *again)
{
	if (!r->is_interrupted && !source_stats(r->inputs[index].source)->is_cut)
		cut_tell(r, index, source_stats(again));
}

void inputs_check(struct run *r)
{
	uint64_t filtered = 0;

	for (size_t i = 0; i < r->n_inputs && !r->is_interrupted; i++) {
		const struct input_stats *s =
			r->inputs[i].source == NULL ? NULL : source_stats(r->inputs[i].source);

		if (s == NULL)
			continue;
		filtered += s->filter_cut;
		cut_tell(r, i, s);
	}
	if (filtered > 0)
		run_warn(r,
			 "--bpf lets only a part of %llu fragmented datagrams pass: add "
			 "`or (ip[6:2] & 0x3fff != 0)` to have them whole",
			 (unsigned long long)filtered);
}
