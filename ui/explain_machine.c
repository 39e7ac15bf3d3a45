#include "explain.h"
#include "machine.h"

static void json_words(struct writer *j, const char *key, const char *const *words, size_t n)
{
	writer_key(j, key);
	writer_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		if (words[i] != NULL) /* numbers that only another machine uses */
			writer_known(j, str_of(words[i]));
	}
	writer_close(j, ']');
}

static const char *state_word(const struct machine *m, uint8_t state)
{
	if (state == ANY_STATE)
		return "any";
	if (state == SAME_STATE)
		return "same";
	return machine_state_name(m, state);
}

static void json_machine(struct run *r, const struct machine *m)
{
	static const char *const verdicts[] = {"normal", "inferred", "odd", "wrong"};
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("machine"));
	writer_pair_known(&j, "name", str_of(m->name));
	writer_pair_known(&j, "title", str_of(m->title));
	writer_pair_known(&j, "ref", str_of(m->ref));
	json_words(&j, "states", m->states, m->n_states);
	json_words(&j, "events", m->events, m->n_events);
	writer_key(&j, "rows");
	writer_open(&j, '[');
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct transition *row = &m->rows[i];

		writer_open(&j, '{');
		writer_pair_known(&j, "from", str_of(state_word(m, row->from)));
		writer_pair_known(&j, "on", str_of(machine_event_name(m, row->on)));
		writer_pair_known(&j, "to", str_of(state_word(m, row->to)));
		writer_pair_known(&j, "verdict", str_of(verdicts[row->verdict]));
		writer_pair_known(&j, "why", str_of(row->why));
		writer_pair_known(&j, "ref", str_of(row->ref));
		writer_close(&j, '}');
	}
	writer_close(&j, ']');
	writer_close(&j, '}');
	run_print_json(r);
}

static void print_machine(struct run *r, const struct machine *m)
{
	const char *format = r->options->format;
	struct text t = text_make(LIMIT_OUTPUT_LINE);

	if (r->options->json) {
		json_machine(r, m);
	} else {
		if (format != NULL && strcmp(format, "dot") == 0)
			machine_print_dot(&t, m);
		else
			machine_print(&t, m);
		term_write(&r->term, text_str(&t));
	}
	text_free(&t);
}

/* `l2f`, `session`: every machine whose name goes on after it. */
static size_t print_family(struct run *r, struct str family)
{
	size_t n = 0;

	for (size_t i = 0; machines[i] != NULL; i++) {
		struct str name = str_of(machines[i]->name);

		if (name.len <= family.len || name.at[family.len] != '-' ||
		    memcmp(name.at, family.at, family.len) != 0)
			continue;
		print_machine(r, machines[i]);
		n++;
	}
	return n;
}

size_t explain_machine(struct run *r, const struct question *q)
{
	const struct machine *m;
	size_t n = 0;

	if (q->n > 0) {
		m = machine_named(q->words[0]);
		if (m != NULL)
			print_machine(r, m);
		return m != NULL ? 1 : print_family(r, str_of(q->words[0]));
	}
	for (; machines[n] != NULL; n++) {
		m = machines[n];
		if (r->options->json) {
			json_machine(r, m);
			continue;
		}
		text_printf(&r->line, "  %s", m->name);
		term_pad(&r->line, 30, true);
		text_printf(&r->line, "%s (%s)", m->title, m->ref);
		term_line(&r->term, &r->line);
	}
	return n;
}
