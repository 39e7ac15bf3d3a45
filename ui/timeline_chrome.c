/* `timeline --format chrome`: the Trace Event Format, which Perfetto, chrome://tracing and
 * speedscope open. A process is a tunnel, a thread one of its calls; phases are slices, messages
 * instants. */
#include <inttypes.h>

#include "limits.h"
#include "message.h"
#include "timeline.h"

enum { PHASES = 8, CONTROL_THREAD = 1 };

/* From one moment to the next; `ns` on the reference clock. */
struct phase {
	const char *name;
	int64_t ns;
};

struct phases {
	struct phase at[PHASES];
	size_t n;
	int64_t end_ns;
};

/* ---- where and when ---- */

/* Tunnels have their own numbers; what belongs to none stands behind them. */
static uint64_t process_of(const struct run *r, const struct tunnel *t)
{
	return t == NULL || t->number == 0 ? r->report->n_tunnels + 1 : t->number;
}

static uint64_t thread_of(const struct call *c)
{
	return c == NULL ? CONTROL_THREAD : c->number + CONTROL_THREAD;
}

static bool time_of(const struct run *r, const struct mark *m, int64_t *ret)
{
	struct moment when = when_aligned(r->report, m->vantage, m->when);

	if (!m->is_set || !moment_known(when))
		return false;
	*ret = when.ns;
	return true;
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

/* A phase that begins before the last one did, or whose beginning nobody saw, is none. */
static void add_phase(struct phases *p, const struct run *r, const char *name,
		      const struct mark *begins)
{
	int64_t ns;

	if (!time_of(r, begins, &ns) || p->n == PHASES || (p->n > 0 && ns < p->at[p->n - 1].ns))
		return;
	p->at[p->n++] = (struct phase){name, ns};
	if (ns > p->end_ns)
		p->end_ns = ns;
}

static void end_phases(struct phases *p, const struct run *r, const struct mark *end)
{
	int64_t ns;

	if (time_of(r, end, &ns) && ns > p->end_ns)
		p->end_ns = ns;
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
	struct phases p = {.end_ns = INT64_MIN};
	struct writer j;

	text_printf(&name, "tunnel %" PRIu64 " ", t->number);
	put_end(&name, t->peer[INITIATOR].name, &t->peer[INITIATOR].address);
	text_puts(&name, " → ");
	put_end(&name, t->peer[RESPONDER].name, &t->peer[RESPONDER].address);
	print_name(r, is_first, "process_name", t->number, CONTROL_THREAD, text_str(&name));
	print_name(r, is_first, "thread_name", t->number, CONTROL_THREAD,
		   STR("control connection"));
	add_phase(&p, r, "tunnel setup", &t->start);
	add_phase(&p, r, "established", &t->connected);
	end_phases(&p, r, t->ended.is_set ? &t->ended : &t->last);
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

/* The earliest sight of a moment in any of the joined sessions. */
enum moment_of { MOMENT_ESTABLISHED, MOMENT_LCP, MOMENT_AUTH };

static const struct mark *mark_of(const struct session *s, enum moment_of which)
{
	switch (which) {
	case MOMENT_ESTABLISHED:
		return s->established[LNS].is_set ? &s->established[LNS] : &s->established[LAC];
	case MOMENT_LCP:
		return &s->ppp.cp[CP_LCP].opened;
	case MOMENT_AUTH:
		break;
	}
	return &s->ppp.auth[CLIENT].decided;
}

static const struct mark *earliest_of(const struct run *r, const struct session *s,
				      enum moment_of which)
{
	static const struct mark never;
	const struct mark *best = &never;
	int64_t best_ns = 0;

	for (; s != NULL; s = s->joined) {
		const struct mark *m = mark_of(s, which);
		int64_t ns;

		if (!time_of(r, m, &ns) || (best->is_set && ns >= best_ns))
			continue;
		best = m;
		best_ns = ns;
	}
	return best;
}

static struct phases phases_of(const struct run *r, const struct call *c)
{
	struct phases p = {.end_ns = INT64_MIN};
	const struct session *s = c->session;
	int64_t up;
	const struct mark *lcp = earliest_of(r, s, MOMENT_LCP);
	const struct mark *decided = earliest_of(r, s, MOMENT_AUTH);
	bool has_auth = decided->is_set || (c->auth_protocol != NULL && c->reached < REACHED_AUTH &&
					    strcmp(c->auth_protocol, "none") != 0);

	add_phase(&p, r, "session setup", &c->start);
	add_phase(&p, r, "LCP", earliest_of(r, s, MOMENT_ESTABLISHED));
	add_phase(&p, r, has_auth ? "authentication" : "network protocols", lcp);
	if (c->auth_result != RESULT_FAILURE)
		add_phase(&p, r, "network protocols", decided);
	add_phase(&p, r, "up", &c->connected);
	end_phases(&p, r, c->end.is_set || s == NULL ? &c->end : &s->last);
	if (!c->end.is_set && c->duration_s > 0 && time_of(r, &c->connected, &up) &&
	    up + (int64_t)(c->duration_s * 1e9) > p.end_ns)
		p.end_ns = up + (int64_t)(c->duration_s * 1e9);
	return p;
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
	struct phases p = phases_of(r, c);
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

	for (size_t i = 0; i < r->report->n_steps; i++) {
		const struct step *s = r->report->steps[i];

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
	print_name(r, &is_first, "process_name", r->report->n_tunnels + 1, CONTROL_THREAD,
		   STR("no tunnel"));
	for (const struct call *c = r->report->calls; c != NULL; c = c->next) {
		if (run_shows_call(r, c))
			print_call(r, &is_first, c);
	}
	print_messages(r, &is_first);
	term_puts(&r->term, "]}\n");
}
