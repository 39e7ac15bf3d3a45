/* `timeline --format chrome`: the Trace Event Format, which Perfetto, chrome://tracing and
 * speedscope open. A process is a tunnel, a thread one of its calls; phases are slices, messages
 * instants. */
#include <inttypes.h>

#include "limits.h"
#include "message.h"
#include "phase.h"
#include "timeline.h"

enum { CONTROL_THREAD = 1 };

/* ---- where and when ---- */

/* Tunnels have their own numbers; what belongs to none stands behind them. */
static uint64_t process_of(const struct run *r, const struct tunnel *t)
{
	return t == NULL || t->number == 0 ? r->report->last_tunnel + 1 : t->number;
}

static uint64_t thread_of(const struct call *c)
{
	return c == NULL ? CONTROL_THREAD : c->number + CONTROL_THREAD;
}

/* Microseconds since the earliest record of the run, as the format wants them. */
static void write_time(struct writer *j, const char *key, const struct run *r, int64_t ns)
{
	const struct moment earliest = r->report->earliest;

	writer_key(j, key);
	writer_real(j, (double)(ns - (moment_known(earliest) ? earliest.ns : 0)) / 1e3);
}

/* ---- objects ---- */

static void write_place(struct writer *j, uint64_t process, uint64_t thread)
{
	writer_pair_unsigned(j, "pid", process);
	writer_pair_unsigned(j, "tid", thread);
}

/* One event of the array; the first stands behind `[`. */
static void print_object(struct run *r, bool *is_first)
{
	term_puts(&r->term, *is_first ? "" : ",");
	*is_first = false;
	run_print_json(r);
}

static void print_name(struct run *r, bool *is_first, const char *what, uint64_t process,
		       uint64_t thread, struct str name)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "name", str_of(what));
	writer_pair_known(&j, "ph", STR("M"));
	write_place(&j, process, thread);
	writer_key(&j, "args");
	writer_open(&j, '{');
	writer_pair_known(&j, "name", name);
	writer_close(&j, '}');
	writer_close(&j, '}');
	print_object(r, is_first);
}

/* A slice up to its `args`, which stay open. */
static struct writer begin_slice(struct run *r, const char *kind, struct str name, int64_t from,
				 int64_t to)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "name", name);
	writer_pair_known(&j, "cat", str_of(kind));
	writer_pair_known(&j, "ph", STR("X"));
	write_time(&j, "ts", r, from);
	writer_key(&j, "dur");
	writer_real(&j, (double)(to - from) / 1e3);
	return j;
}

static void print_phases(struct run *r, bool *is_first, const struct phases *p, uint64_t process,
			 uint64_t thread)
{
	for (size_t i = 0; i < p->n; i++) {
		int64_t to = i + 1 < p->n ? p->at[i + 1].ns : p->end_ns;
		struct writer j = begin_slice(r, "phase", str_of(p->at[i].name), p->at[i].ns, to);

		write_place(&j, process, thread);
		writer_close(&j, '}');
		print_object(r, is_first);
	}
}

/* ---- tunnels and calls ---- */

static void put_end(struct text *t, struct str name, const struct address *address)
{
	size_t start = t->len;

	text_escape(t, name);
	if (t->len == start)
		address_print(t, address);
	if (t->len == start)
		text_putc(t, '?');
}

static void print_tunnel(struct run *r, bool *is_first, const struct tunnel *t)
{
	struct text name = text_make(LIMIT_RECORD);
	struct phases p = phases_of_tunnel(r, t);
	struct writer j;

	text_printf(&name, "tunnel %" PRIu64 " ", t->number);
	put_end(&name, t->peer[INITIATOR].name, &t->peer[INITIATOR].address);
	text_puts(&name, " → ");
	put_end(&name, t->peer[RESPONDER].name, &t->peer[RESPONDER].address);
	print_name(r, is_first, "process_name", t->number, CONTROL_THREAD, text_str(&name));
	print_name(r, is_first, "thread_name", t->number, CONTROL_THREAD,
		   STR("control connection"));
	if (p.n > 0) {
		text_printf(&name, ": %s", outcome_name((enum outcome)t->outcome));
		if (t->cause != NULL)
			text_printf(&name, ", %s", t->cause);
		j = begin_slice(r, "tunnel", text_str(&name), p.at[0].ns, p.end_ns);
		write_place(&j, t->number, CONTROL_THREAD);
		writer_close(&j, '}');
		print_object(r, is_first);
		print_phases(r, is_first, &p, t->number, CONTROL_THREAD);
	}
	text_free(&name);
}

static void write_call(struct run *r, struct writer *j, const struct call *c)
{
	static const char *const keys[] = {"user",  "lac.name",   "lns.name", "reached",
					   "cause", "cause_text", "setup_s",  "findings"};
	struct subject s = run_subject(r);

	s.call = c;
	s.tunnel = c->tunnel;
	writer_key(j, "args");
	writer_open(j, '{');
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct text t = text_make(LIMIT_OUTPUT_LINE);
		struct fact f = {0};

		if (field_get(&field_calls, field_of(&field_calls, keys[i]), &s, &f)) {
			field_print(&t, &f);
			writer_pair_known(j, keys[i], text_str(&t));
		}
		text_free(&t);
	}
	writer_close(j, '}');
}

static void print_call(struct run *r, bool *is_first, const struct call *c)
{
	uint64_t process = process_of(r, c->tunnel);
	struct text name = text_make(LIMIT_RECORD);
	struct phases p = phases_of_call(r, c);
	struct writer j;

	text_printf(&name, "call %" PRIu64, c->number);
	if (c->user.len > 0) {
		text_putc(&name, ' ');
		text_escape(&name, c->user);
	}
	print_name(r, is_first, "thread_name", process, thread_of(c), text_str(&name));
	if (p.n > 0) {
		text_printf(&name, ": %s", outcome_name(c->outcome));
		if (c->cause != NULL)
			text_printf(&name, ", %s", c->cause);
		j = begin_slice(r, "call", text_str(&name), p.at[0].ns, p.end_ns);
		write_place(&j, process, thread_of(c));
		write_call(r, &j, c);
		writer_close(&j, '}');
		print_object(r, is_first);
		print_phases(r, is_first, &p, process, thread_of(c));
	}
	text_free(&name);
}

/* ---- messages ---- */

static void write_message(struct run *r, struct writer *j, const struct step *s)
{
	const struct event *e = s->event;
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	const struct evidence_at *at;
	size_t n = run_findings_at(r, e->number, &at);

	writer_key(j, "args");
	writer_open(j, '{');
	writer_pair_known(j, "from", str_of(role_name(s->from)));
	writer_pair_known(j, "to", str_of(role_name(s->to)));
	message_detail(&t, step_fullest(s), false, r->options->show_secrets);
	writer_pair_known(j, "text", text_str(&t));
	writer_pair_known(j, "input", r->names[e->origin.input]);
	if (e->origin.frame != 0)
		writer_pair_unsigned(j, "frame", e->origin.frame);
	if (e->origin.line != 0)
		writer_pair_unsigned(j, "line", e->origin.line);
	if (timeline_delivery(s) != NULL)
		writer_pair_known(j, "delivery", str_of(timeline_delivery(s)));
	for (size_t i = 0; i < s->n_changes; i++) {
		char key[32];

		snprintf(key, sizeof(key), "state %zu", i + 1);
		text_clear(&t);
		message_change(&t, &s->changes[i]);
		writer_pair_known(j, key, text_str(&t));
	}
	if (n > 0)
		writer_pair_known(j, "finding", str_of(at[0].finding->rule->id));
	writer_close(j, '}');
	text_free(&t);
}

static void print_message(struct run *r, bool *is_first, const struct step *s)
{
	struct writer j = writer_into(&r->line);
	struct text name = text_make(LIMIT_RECORD);

	message_name(&name, s->event);
	while (name.len > 0 && name.at[name.len - 1] == ' ')
		name.at[--name.len] = '\0';
	writer_open(&j, '{');
	writer_pair_known(&j, "name", text_str(&name));
	writer_pair_known(&j, "cat", str_of(message_protocol(s->event)));
	writer_pair_known(&j, "ph", STR("i"));
	writer_pair_known(&j, "s", STR("t"));
	write_time(&j, "ts", r, run_step_time(r, s).ns);
	write_place(&j, process_of(r, step_tunnel(s)), thread_of(step_call(s)));
	write_message(r, &j, s);
	writer_close(&j, '}');
	print_object(r, is_first);
	text_free(&name);
}

/* Without a time there is no place on a track. */
static void print_messages(struct run *r, bool *is_first)
{
	uint64_t untimed = 0;

	for (size_t i = 0; i < r->report->n_steps && !run_is_cut_off(r); i++) {
		const struct step *s = r->report->steps[i];

		steps_rest(r->report, i);
		if (!timeline_has(r, s))
			continue;
		if (moment_known(run_step_time(r, s)))
			print_message(r, is_first, s);
		else
			untimed++;
	}
	if (untimed > 0)
		run_warn(r, "%" PRIu64 " events without a time are left out", untimed);
}

void timeline_chrome(struct run *r)
{
	bool is_first = true;

	term_puts(&r->term, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
	for (const struct tunnel *t = r->report->tunnels; t != NULL; t = t->next) {
		if (run_shows_tunnel(r, t))
			print_tunnel(r, &is_first, t);
	}
	print_name(r, &is_first, "process_name", r->report->last_tunnel + 1, CONTROL_THREAD,
		   STR("no tunnel"));
	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		if (run_shows_call(r, c))
			print_call(r, &is_first, c);
	}
	print_messages(r, &is_first);
	term_puts(&r->term, "]}\n");
}
