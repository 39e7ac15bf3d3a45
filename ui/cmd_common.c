#include "cmd_common.h"

#include <inttypes.h>

#include "csv.h"
#include "message.h"
#include "silence.h"
#include "store_cell.h"

struct str common_field(struct run *r, const struct field_set *set, const struct subject *s,
			const char *key)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	struct fact f = {0};
	struct str cell;

	if (field_get(set, field_of(set, key), s, &f))
		field_print(&t, &f);
	cell = arena_str(r->scratch, text_str(&t));
	text_free(&t);
	return cell;
}

/* `05-01 12:00:30.123` of an ISO time: the year matters to nobody at the console. */
static struct str without_year(struct str with_date)
{
	return with_date.len > 5 && with_date.at[4] == '-' ? str_from(with_date, 5) : with_date;
}

struct str common_time(struct run *r, const struct mark *m)
{
	struct text t = text_make(64);
	const char *format = r->options->time;
	struct str cell;

	if (!m->is_set || !moment_known(mark_when(m)))
		return (struct str){0};
	when_print(&t, format == NULL ? "ad" : format,
		   when_aligned(r->report, m->vantage, mark_when(m)), r->report->earliest,
		   r->report->earliest);
	cell = text_str(&t);
	cell = arena_str(r->scratch, format == NULL ? without_year(cell) : cell);
	text_free(&t);
	return cell;
}

static void count_day(struct run *r, const struct mark *m)
{
	struct moment when = when_aligned(r->report, m->vantage, mark_when(m));
	int64_t of = when.ns / 1000000000 / 86400;

	if (!m->is_set || !moment_known(when))
		return;
	if (r->has_day && of != r->day)
		r->has_many_days = true;
	r->has_day = true;
	r->day = of;
}

void common_count_days(struct run *r)
{
	r->has_counted_days = true;
	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c))
		count_day(r, &c->start);
	for (const struct tunnel *t = r->report->tunnels; t != NULL; t = tunnel_after(r->report, t))
		count_day(r, &t->start);
}

bool common_hides_dates(const struct run *r)
{
	return r->options->time == NULL && !r->has_many_days;
}

struct str common_dated_start(struct run *r, const struct mark *m)
{
	struct str s = common_time(r, m);
	size_t point = str_find(s, STR("."));

	if (r->options->time == NULL && mark_when(m).kind != CLOCK_UPTIME && point != SIZE_MAX)
		s.len = point;
	return s;
}

struct str common_start(struct run *r, const struct mark *m)
{
	struct str s = common_dated_start(r, m);
	size_t blank = str_find(s, STR(" "));

	if (!r->has_counted_days)
		common_count_days(r);
	return common_hides_dates(r) && blank != SIZE_MAX ? str_from(s, blank + 1) : s;
}

bool common_has_lns(const struct call *c)
{
	return c->tunnel != NULL || c->roles_known;
}

const char *common_role(const struct call *c, enum role r)
{
	if (r == ROLE_LNS && !common_has_lns(c))
		return "server";
	return r == ROLE_LAC && !common_has_lns(c) ? "client" : role_label(r);
}

void common_also(struct text *t, const struct call *c)
{
	bool of_tunnel = c->cause != NULL && strcmp(c->cause, "tunnel-lost") == 0;

	for (size_t i = 0; i < c->n_also; i++)
		text_printf(t, "%s%s",
			    i > 0       ? ", "
			    : of_tunnel ? "; the tunnel's own: "
					: "; or ",
			    c->also[i]);
}

struct str common_side(struct run *r, const struct call *c, int which)
{
	const struct call_side *side = &c->side[which];
	struct text t = text_make(1024);
	struct str cell;

	if (side->name.len > 0)
		text_escape(&t, side->name);
	else
		address_print(&t, &side->address);
	if (c->tunnel == NULL && side->session_id != 0) {
		text_puts(&t, t.len > 0 ? " " : "");
		text_printf(&t, c->carrier == CARRIER_PPPOE ? "0x%04x" : "%u", side->session_id);
	} else if (side->tunnel_id != 0 || side->session_id != 0) {
		text_puts(&t, t.len > 0 ? " " : "");
		text_printf(&t, side->tunnel_id == 0 ? "?" : "%u", side->tunnel_id);
		text_printf(&t, side->session_id == 0 ? "/?" : "/%u", side->session_id);
	}
	cell = arena_str(r->scratch, text_str(&t));
	text_free(&t);
	return cell;
}

struct str common_peer(struct run *r, const struct peer *p)
{
	struct text t = text_make(1024);
	struct str cell;

	text_escape(&t, p->name);
	if (p->address.family != 0) {
		text_puts(&t, t.len > 0 ? " " : "");
		address_print(&t, &p->address);
	}
	if (p->tunnel_id != 0) {
		text_puts(&t, t.len > 0 ? " " : "");
		text_printf(&t, "%u", p->tunnel_id);
	}
	cell = arena_str(r->scratch, text_str(&t));
	text_free(&t);
	return cell;
}

struct str common_untrusted(struct run *r, struct str s)
{
	struct text t = text_make(LIMIT_OUTPUT_LINE);
	struct str escaped;

	term_untrusted(&t, s, r->options->show_secrets);
	escaped = arena_str(r->scratch, text_str(&t));
	text_free(&t);
	return escaped;
}

void common_print_defect(struct run *r, const struct defect *d)
{
	struct text *line = &r->line;
	struct str title = str_of(defect_row(d->id)->title);

	if (d->text.len > 0 || d->was.len == 0)
		text_add(line, common_untrusted(r, d->text.len > 0 ? d->text : title));
	if (d->was.len > 0) {
		text_puts(line, d->text.len > 0 ? "; `" : "`");
		text_add(line, common_untrusted(r, d->was));
		text_puts(line, "` stands there");
	}
	if (d->should_be.len > 0) {
		text_puts(line, ", it must have been `");
		text_add(line, common_untrusted(r, d->should_be));
		text_puts(line, "`");
	}
	if (d->proof.len > 0) {
		text_puts(line, ", proof: ");
		text_add(line, common_untrusted(r, d->proof));
	}
}

void common_count(struct text *t, uint64_t n, const char *noun)
{
	text_printf(t, "%" PRIu64 " %s%s", n, noun, n == 1 ? "" : "s");
}

static void print_content(struct run *r, size_t index)
{
	const struct input_stats *s = source_stats(r->inputs[index].source);

	text_escape(&r->line, r->names[index]);
	text_puts(&r->line, ": ");
	if (s->kind == SOURCE_CAPTURE) {
		if (s->l2tp > 0) {
			common_count(&r->line, s->l2tp, "packet");
			text_puts(&r->line, " of L2TP, no call; ");
		} else {
			text_puts(&r->line, "no L2TP here; ");
		}
		text_printf(&r->line, "%s, ", s->kind_name);
		common_count(&r->line, s->packets, "packet");
	} else {
		bool is_understood = s->records > 0 && s->dialect != NULL && *s->dialect != '\0';

		/* lines of a known daemon may be of L2TP and tell of no call all the same */
		text_puts(&r->line, is_understood ? "no call; " : "no L2TP here; ");
		common_count(&r->line, s->lines, "line");
		text_puts(&r->line, ", ");
		common_count(&r->line, s->records, "log record");
		if (is_understood)
			text_printf(&r->line, " (%s)", s->dialect);
		if (s->records_unread > 0)
			text_printf(&r->line, ", %" PRIu64 " that nothing read", s->records_unread);
	}
	for (size_t i = 0; i < s->n_other; i++) {
		text_printf(&r->line, ", %" PRIu64 " ", s->other[i].n);
		text_escape(&r->line, str_of(s->other[i].what));
		if (s->other[i].n > 1 && str_ends(str_of(s->other[i].what), "ion"))
			text_putc(&r->line, 's'); /* sessions, connections */
	}
	term_line(&r->term, &r->line);
}

/* What to do where all there is hides what is looked for; once, for several kinds hide alike. */
static void print_advice(struct run *r)
{
	const char *told = NULL;

	for (size_t i = 0; i < r->n_inputs; i++) {
		const struct input_stats *s =
			r->inputs[i].source != NULL ? source_stats(r->inputs[i].source) : NULL;

		for (size_t k = 0; s != NULL && s->l2tp == 0 && k < s->n_other; k++) {
			const char *advice = silence_advice(str_of(s->other[k].what));

			if (advice == NULL || advice == told)
				continue;
			told = advice;
			text_puts(&r->line, advice);
			term_line(&r->term, &r->line);
		}
	}
}

/* With tunnels there is L2TP, but no call was made. Of what was not read nothing is known. */
void common_print_contents(struct run *r)
{
	if (r->is_interrupted) {
		run_warn(r, "interrupted before a call was seen");
		return;
	}
	if (r->report->n_tunnels > 0) {
		term_puts(&r->term, "no call\n");
		return;
	}
	for (size_t i = 0; i < r->n_inputs; i++) {
		if (r->inputs[i].source != NULL)
			print_content(r, i);
	}
	print_advice(r);
}

bool common_format(const struct run *r, const char *word)
{
	return r->options->format != NULL && strcmp(r->options->format, word) == 0;
}

bool common_is_terminal(const struct run *r, struct text *why_not)
{
	const char *path = r->options->output;

	if (!r->term.is_tty || (path != NULL && strcmp(path, "-") != 0))
		return false;
	text_puts(why_not, "this is no text for a terminal: -o FILE writes it, or a pipe takes it");
	return true;
}

enum exit_status common_refuse(struct text *why_not, enum exit_status status)
{
	run_refuse("%s", why_not->at);
	text_free(why_not);
	return status;
}

enum exit_status common_finish(const struct run *r, struct whole_file *file, struct text *why_not)
{
	if (!r->is_interrupted && !whole_close(file, why_not))
		return common_refuse(why_not, STATUS_LIMIT);
	if (r->is_interrupted)
		whole_drop(file);
	text_free(why_not);
	return r->is_interrupted ? STATUS_INTERRUPTED : STATUS_DONE;
}

bool common_has_rows(const struct run *r)
{
	return r->filter == NULL && r->options->call == 0;
}

bool common_is_rows(const struct run *r)
{
	return common_format(r, "csv") || common_format(r, "copy");
}

void common_csv_head(struct run *r, const struct field_set *set)
{
	struct csv c = csv_into(&r->line);

	if (r->has_csv_head || common_format(r, "copy"))
		return;
	r->has_csv_head = true;
	csv_field_head(&c, set);
	csv_end(&c, &r->term);
}

void common_csv_row(struct run *r, const struct field_set *set, const struct subject *s)
{
	struct csv c = csv_into(&r->line);

	if (common_format(r, "copy")) {
		store_copy_row(&r->line, set, s);
		term_line(&r->term, &r->line);
		return;
	}
	csv_field_row(&c, set, s);
	csv_end(&c, &r->term);
}

void common_heading(struct run *r, const char *words)
{
	term_styled(&r->term, &r->line, STYLE_BOLD, words);
	term_line(&r->term, &r->line);
}

enum style common_severity_style(enum severity s)
{
	switch (s) {
	case SEVERITY_ERROR:
		return STYLE_BAD;
	case SEVERITY_WARNING:
		return STYLE_WARN;
	case SEVERITY_NOTE:
		break;
	}
	return STYLE_NOTE;
}

bool common_has_secret(const struct event *e)
{
	const struct avp *type = event_avp(e, 29);
	uint64_t number;

	if (e->kind == EVENT_PPP)
		return e->ppp.protocol == PPP_PAP && e->ppp.code == PAP_REQUEST;
	return e->kind == EVENT_CONTROL && event_avp(e, 33) != NULL && type != NULL &&
	       avp_number(type, &number) && number == 3;
}
