#include "run_json.h"

#include "parts.h"

void run_print_json(struct run *r)
{
	term_line(&r->term, &r->line);
	arena_reset(r->scratch);
}

static void write_sources(struct writer *j, const struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];
		const struct input_stats *s = in->source == NULL ? NULL : source_stats(in->source);

		writer_open(j, '{');
		writer_pair_known(j, "name", in->name);
		writer_pair_known(j, "path", str_of(in->path));
		writer_pair_known(j, "kind", str_of(s == NULL ? NULL : s->kind_name));
		writer_pair_known(j, "dialect", str_of(s == NULL ? NULL : s->dialect));
		writer_close(j, '}');
	}
}

void run_print_json_head(struct run *r)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_key(&j, "type");
	writer_string(&j, STR("run"));
	writer_key(&j, "schema");
	writer_string(&j, STR("l2tpscope/1"));
	writer_key(&j, "inputs");
	writer_open(&j, '[');
	write_sources(&j, r);
	if (r->beside != NULL)
		write_sources(&j, r->beside);
	writer_close(&j, ']');
	writer_close(&j, '}');
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

static void write_clock(struct writer *j, const char *clock, const struct view *v)
{
	writer_pair_known(j, "clock", str_of(clock));
	writer_key(j, "clock_offset_s");
	if (v != NULL && v->has_offset)
		writer_real(j, v->offset_s);
	else
		writer_null(j);
	writer_key(j, "clock_residual_s");
	if (v != NULL && v->has_offset && v->joined_messages > 0)
		writer_real(j, v->residual_s);
	else
		writer_null(j);
	if (v == NULL || v->drift == 0)
		return;
	writer_key(j, "clock_drift_ppm");
	writer_real(j, v->drift * 1e6);
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
static void write_consoles(struct writer *j, const struct run *r, size_t input)
{
	const struct view *v;

	if (view_of(r, input, 1) == NULL)
		return;
	writer_key(j, "consoles");
	writer_open(j, '[');
	for (size_t i = 0; (v = view_of(r, input, i)) != NULL; i++) {
		writer_open(j, '{');
		writer_pair_known(j, "name", v->name);
		writer_pair_known(j, "role", str_of(role_name(v->role)));
		write_clock(j, v->clock, v);
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

static void write_counts(struct writer *j, const struct input_stats *s, bool is_read)
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
		writer_key(j, counts[i].key);
		if (counts[i].is_known && is_read)
			writer_unsigned(j, counts[i].number);
		else
			writer_null(j);
	}
}

static void write_time(struct writer *j, const char *key, const struct run *r, const struct view *v,
		       struct moment m)
{
	when_json(j, key, r->report, v == NULL ? UINT16_MAX : v->vantage, m);
}

static const char *clock_of(const struct input_stats *s, const struct view *v)
{
	return v == NULL || v->clock == NULL ? clock_word(s->first) : v->clock;
}

/* Of one that could not be read nothing is known: null. */
static void write_input(struct writer *j, const struct run *r, size_t index)
{
	static const struct input_stats none;
	const struct input *in = &r->inputs[index];
	bool is_read = in->source != NULL;
	const struct input_stats *s = is_read ? source_stats(in->source) : &none;
	const struct view *v = view_of(r, in->vantage.is_shared ? in->vantage.root : index, 0);

	writer_open(j, '{');
	writer_pair_known(j, "name", in->name);
	write_counts(j, s, is_read);
	write_time(j, "first", r, v, s->first);
	write_time(j, "last", r, v, s->last);
	write_clock(j, is_read ? clock_of(s, v) : NULL, v);
	writer_key(j, "damaged");
	if (is_read)
		writer_unsigned(j, s->damaged);
	else
		writer_null(j);
	writer_pair_known(j, "cut", s->is_cut ? s->cut_text : (struct str){0});
	if (is_read)
		write_consoles(j, r, index);
	writer_close(j, '}');
}

static bool is_complete(const struct run *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input *in = &r->inputs[i];

		if (in->source == NULL || source_stats(in->source)->is_cut)
			return false;
	}
	return !r->is_interrupted && !r->is_stopped_early && r->status != STATUS_LIMIT &&
	       parts_are_whole(r->parts) && (r->beside == NULL || is_complete(r->beside));
}

void run_print_json_end(struct run *r)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_key(&j, "type");
	writer_string(&j, STR("end"));
	writer_key(&j, "complete");
	writer_bool(&j, is_complete(r));
	writer_key(&j, "inputs");
	writer_open(&j, '[');
	for (size_t i = 0; i < r->n_inputs; i++)
		write_input(&j, r, i);
	for (size_t i = 0; r->beside != NULL && i < r->beside->n_inputs; i++)
		write_input(&j, r->beside, i);
	writer_close(&j, ']');
	writer_close(&j, '}');
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
