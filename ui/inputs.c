#include "inputs_rotated.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

enum { SKIPPED_SHOWN = 8, MESSAGE_ROOM = 16384 };

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

void inputs_close(struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		source_close(r->inputs[i].source);
		digest_writer_free(r->inputs[i].digest);
		rotation_free(r->inputs[i].rotation);
		input_ahead_end(&r->inputs[i]);
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
