/* `diff --json`: the words of `diff --help` say which keys there are. */
#include "diff_print.h"
#include "limits.h"
#include "message.h"

static const char *const side_keys[] = {"a", "b"};

static void write_seconds(struct writer *j, const char *key, bool is_known, double seconds)
{
	writer_key(j, key);
	if (is_known)
		writer_real(j, seconds);
	else
		writer_null(j);
}

static void write_call(struct writer *j, const struct diff_side *s)
{
	const struct call *c = s->call;

	writer_open(j, '{');
	writer_pair_id(j, "call", c->number);
	writer_key(j, "inputs");
	writer_open(j, '[');
	for (size_t i = 0; i < s->run->n_inputs; i++)
		writer_string(j, s->run->names[i]);
	writer_close(j, ']');
	writer_pair_known(j, "user", c->user);
	writer_pair_known(j, "outcome", str_of(outcome_name(c->outcome)));
	writer_pair_known(j, "reached", str_of(reached_name(c->reached)));
	writer_pair_known(j, "cause", str_of(c->cause));
	writer_pair_unsigned(j, "messages", s->n_lines);
	writer_key(j, "complete");
	writer_bool(j, !s->is_cut);
	writer_close(j, '}');
}

static void write_facts(struct writer *j, const struct diff *d)
{
	writer_key(j, "facts");
	writer_open(j, '[');
	for (size_t i = 0; i < d->n_facts; i++) {
		const struct diff_fact *f = &d->facts[i];

		writer_open(j, '{');
		writer_pair_known(j, "fact", str_of(f->field->key));
		writer_key(j, "counts");
		writer_bool(j, f->class == DIFF_PLAIN);
		writer_pair_known(j, "a", f->value[DIFF_A]);
		writer_pair_known(j, "b", f->value[DIFF_B]);
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

static void write_times(struct writer *j, const struct diff *d)
{
	writer_key(j, "times");
	writer_open(j, '[');
	for (size_t i = 0; i < d->n_times; i++) {
		const struct diff_time *t = &d->times[i];

		writer_open(j, '{');
		writer_pair_known(j, "what", str_of(t->what));
		write_seconds(j, "a_s", t->s[DIFF_A] >= 0, t->s[DIFF_A]);
		write_seconds(j, "b_s", t->s[DIFF_B] >= 0, t->s[DIFF_B]);
		writer_key(j, "counts");
		writer_bool(j, t->is_slower);
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

static void json_head(struct run *r, const struct diff *d)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("diff"));
	for (unsigned k = 0; k < 2; k++) {
		writer_key(&j, side_keys[k]);
		write_call(&j, &d->side[k]);
	}
	writer_key(&j, "different");
	writer_bool(&j, d->is_different);
	writer_pair_unsigned(&j, "rows", d->n_rows);
	writer_pair_id(&j, "first", d->first < d->n_rows ? d->first + 1 : 0);
	write_facts(&j, d);
	write_times(&j, d);
	writer_close(&j, '}');
	run_print_json(r);
}

static void write_line(struct run *r, struct writer *j, const struct diff_side *side,
		       const struct diff_line *line)
{
	const struct event *e;
	struct text t;

	if (line == NULL) {
		writer_null(j);
		return;
	}
	e = line->step->event;
	t = text_make(LIMIT_OUTPUT_LINE);
	writer_open(j, '{');
	writer_pair_known(j, "input", side->run->names[e->origin.input]);
	if (e->origin.frame != 0)
		writer_pair_unsigned(j, "frame", e->origin.frame);
	else
		writer_pair_id(j, "line", e->origin.line);
	writer_pair_known(j, "from", str_of(role_name(line->from)));
	writer_pair_known(j, "to", str_of(role_name(line->to)));
	writer_pair_known(j, "protocol", str_of(message_protocol(e)));
	message_word(&t, e);
	writer_pair_known(j, "message", text_str(&t));
	text_clear(&t);
	message_detail(&t, step_fullest(line->step), false, r->options->show_secrets);
	writer_pair_known(j, "text", text_str(&t));
	writer_pair_unsigned(j, "sent", line->copies);
	write_seconds(j, "at_s", line->has_time, line->at_s);
	writer_close(j, '}');
	text_free(&t);
}

static void json_row(struct run *r, const struct diff *d, size_t index)
{
	const struct diff_row *row = &d->rows[index];
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("row"));
	writer_pair_unsigned(&j, "row", index + 1);
	writer_pair_known(&j, "kind", str_of(diff_kind_word(row->kind)));
	writer_key(&j, "moved");
	writer_bool(&j, row->is_moved);
	for (unsigned k = 0; k < 2; k++) {
		writer_key(&j, side_keys[k]);
		write_line(r, &j, &d->side[k], row->line[k]);
	}
	writer_key(&j, "values");
	writer_open(&j, '[');
	for (size_t i = 0; i < row->n_values; i++) {
		writer_open(&j, '{');
		writer_pair_known(&j, "name", row->values[i].name);
		writer_key(&j, "counts");
		writer_bool(&j, row->values[i].class == DIFF_PLAIN);
		writer_pair_known(&j, "a", row->values[i].value[DIFF_A]);
		writer_pair_known(&j, "b", row->values[i].value[DIFF_B]);
		writer_close(&j, '}');
	}
	writer_close(&j, ']');
	writer_close(&j, '}');
	run_print_json(r);
}

static void json_finding(struct run *r, const struct diff *d, unsigned side, size_t index)
{
	const struct finding *f = d->findings[side][index];
	struct writer j = writer_into(&r->line);
	struct text masked = text_make(LIMIT_OUTPUT_LINE);

	term_untrusted(&masked, f->text, r->options->show_secrets);
	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("finding"));
	writer_pair_known(&j, "of", str_of(side_keys[side]));
	writer_pair_known(&j, "rule", str_of(f->rule->id));
	writer_pair_known(&j, "severity", str_of(severity_word(f->severity)));
	writer_pair_known(&j, "text", text_str(&masked));
	writer_close(&j, '}');
	run_print_json(r);
	text_free(&masked);
}

void diff_json(struct run *r, struct diff *d)
{
	json_head(r, d);
	for (size_t i = 0; i < d->n_rows; i++) {
		if (r->options->verbose || d->rows[i].kind != DIFF_SAME)
			json_row(r, d, i);
	}
	for (unsigned k = 0; k < 2; k++)
		for (size_t i = 0; i < d->n_findings[k]; i++)
			json_finding(r, d, k, i);
}
