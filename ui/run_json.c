#include "run_json.h"

void run_print_json(struct run *r)
{
	term_line(&r->term, &r->line);
	arena_reset(r->scratch);
}

void run_print_json_head(struct run *r)
{
	struct json j = json_into(&r->line);

	json_open(&j, '{');
	json_key(&j, "type");
	json_string(&j, STR("run"));
	json_key(&j, "schema");
	json_string(&j, STR("l2tpscope/1"));
	json_key(&j, "inputs");
	json_open(&j, '[');
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];
		const struct input_stats *s = in->source == NULL ? NULL : source_stats(in->source);

		json_open(&j, '{');
		json_pair_known(&j, "name", in->name);
		json_pair_known(&j, "path", str_of(in->path));
		json_pair_known(&j, "kind", str_of(s == NULL ? NULL : s->kind_name));
		json_pair_known(&j, "dialect", str_of(s == NULL ? NULL : s->dialect));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	run_print_json(r);
}

/* Without a replay the kind of the stamps is all that is known of a clock. */
static const char *clock_word(struct moment m)
{
	switch (m.kind) {
	case CLOCK_NONE:
		return "none";
	case CLOCK_UPTIME:
		return "uptime";
	case CLOCK_DAYTIME:
		return "no date";
	case CLOCK_YEARLESS:
		return "no year";
	case CLOCK_LOCAL:
		return "local";
	case CLOCK_ABSOLUTE:
		return "wall";
	}
	return "none";
}

static void write_clock(struct json *j, const char *clock, const struct view *v)
{
	json_pair_known(j, "clock", str_of(clock));
	json_key(j, "clock_offset_s");
	if (v != NULL && v->has_offset)
		json_real(j, v->offset_s);
	else
		json_null(j);
	json_key(j, "clock_residual_s");
	if (v != NULL && v->has_offset && v->joined_messages > 0)
		json_real(j, v->residual_s);
	else
		json_null(j);
}

static const struct view *view_of(const struct run *r, size_t input, size_t nth)
{
	for (size_t i = 0; r->report != NULL && i < r->report->n_views; i++) {
		if (r->report->views[i].input == input && nth-- == 0)
			return &r->report->views[i];
	}
	return NULL;
}

/* A text of several consoles has several clocks. */
static void write_consoles(struct json *j, const struct run *r, size_t input)
{
	if (view_of(r, input, 1) == NULL)
		return;
	json_key(j, "consoles");
	json_open(j, '[');
	for (size_t i = 0; view_of(r, input, i) != NULL; i++) {
		const struct view *v = view_of(r, input, i);

		json_open(j, '{');
		json_pair_known(j, "name", v->name);
		json_pair_known(j, "role", str_of(role_name(v->role)));
		write_clock(j, v->clock, v);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void write_counts(struct json *j, const struct input_stats *s)
{
	bool is_text = s->kind == SOURCE_TEXT;
	const struct {
		const char *key;
		uint64_t number;
		bool is_known;
	} counts[] = {
		{"packets", s->packets, !is_text},
		{"bytes", s->bytes, true},
		{"lines", s->lines, is_text},
		{"records", s->records, is_text},
		{"records_unread", s->records_unread, is_text},
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		json_key(j, counts[i].key);
		if (counts[i].is_known)
			json_unsigned(j, counts[i].number);
		else
			json_null(j);
	}
}

static void write_time(struct json *j, const char *key, const struct run *r, const struct view *v,
		       struct moment m)
{
	when_json(j, key, r->report, v == NULL ? UINT16_MAX : v->vantage, m);
}

static void write_input(struct json *j, const struct run *r, size_t index)
{
	const struct input *in = &r->inputs[index];
	const struct input_stats *s = in->source == NULL ? NULL : source_stats(in->source);
	const struct view *v = view_of(r, index, 0);

	json_open(j, '{');
	json_pair_known(j, "name", in->name);
	if (s != NULL) {
		write_counts(j, s);
		write_time(j, "first", r, v, s->first);
		write_time(j, "last", r, v, s->last);
		write_clock(j, v == NULL || v->clock == NULL ? clock_word(s->first) : v->clock, v);
		json_pair_unsigned(j, "damaged", s->damaged);
		json_pair_known(j, "cut", s->is_cut ? s->cut_text : (struct str){0});
		write_consoles(j, r, index);
	}
	json_close(j, '}');
}

static bool is_complete(const struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];

		if (in->source == NULL || source_stats(in->source)->is_cut)
			return false;
	}
	return !r->is_interrupted;
}

void run_print_json_end(struct run *r)
{
	struct json j = json_into(&r->line);

	json_open(&j, '{');
	json_key(&j, "type");
	json_string(&j, STR("end"));
	json_key(&j, "complete");
	json_bool(&j, is_complete(r));
	json_key(&j, "inputs");
	json_open(&j, '[');
	for (size_t i = 0; i < r->n_inputs; i++)
		write_input(&j, r, i);
	json_close(&j, ']');
	json_close(&j, '}');
	run_print_json(r);
}

bool run_wants_model(const struct run *r)
{
	const struct options *o = r->options;

	if ((o->command->needs & NO_INPUTS) != 0)
		return false;
	return (o->command->needs & NEEDS_REPLAY) != 0 || o->call != 0 || o->tunnel != 0 ||
	       filter_asks_model(r->filter);
}
