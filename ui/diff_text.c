/* `diff` for people: a head for each call, the first difference in a sentence, messages side by
 * side, then what else differs. */
#include <inttypes.h>

#include "cmd_common.h"
#include "diff_print.h"
#include "limits.h"
#include "message.h"

enum {
	CONTEXT = 3,    /* messages alike that are shown before the first difference */
	FOLLOWING = 12, /* rows after it, without -v */
	MARK = 3,       /* ` | ` */
	TIME = 9,
};

static const char *const side_names[] = {"A", "B"};

/* ---- heads ---- */

static void put_side(struct text *t, const struct call_side *side)
{
	size_t start = t->len;

	text_escape(t, side->name);
	if (t->len == start)
		address_print(t, &side->address);
	if (t->len == start)
		text_putc(t, '?');
}

/* Where the call was seen, when the two are of different recordings. */
static void put_inputs(struct text *t, const struct diff *d, unsigned side)
{
	const struct run *r = d->side[side].run;
	bool is_same_name = d->side[0].run->n_inputs > 0 && d->side[1].run->n_inputs > 0 &&
			    str_equal(d->side[0].run->names[0], d->side[1].run->names[0]);

	if (d->side[0].run == d->side[1].run)
		return;
	text_puts(t, " of ");
	for (size_t i = 0; i < r->n_inputs && i < 3; i++) {
		text_puts(t, i == 0 ? "" : ", ");
		text_escape(t, is_same_name ? str_of(r->inputs[i].path) : r->names[i]);
	}
	if (r->n_inputs > 3)
		text_printf(t, " and %zu more", r->n_inputs - 3);
}

static void print_head(struct run *r, const struct diff *d, unsigned side)
{
	const struct call *c = d->side[side].call;
	bool is_bad = c->outcome == OUTCOME_FAILED || c->outcome == OUTCOME_DROPPED;
	struct text *t = &r->line;

	term_styled(&r->term, t, STYLE_BOLD, side_names[side]);
	text_printf(t, "  call %" PRIu64, c->number);
	put_inputs(t, d, side);
	text_puts(t, ": ");
	if (c->user.len > 0) {
		text_escape(t, c->user);
		text_puts(t, ", ");
	}
	put_side(t, &c->side[LAC]);
	text_puts(t, " → ");
	put_side(t, &c->side[LNS]);
	text_puts(t, ", ");
	term_styled(&r->term, t, is_bad ? STYLE_BAD : STYLE_GOOD, outcome_name(c->outcome));
	text_printf(t, ", reached %s", reached_name(c->reached));
	if (c->cause != NULL)
		text_printf(t, ", %s", c->cause);
	term_line(&r->term, t);
	if (c->cause_text.len == 0)
		return;
	arena_reset(r->scratch);
	text_puts(t, "   ");
	term_wrap(&r->term, t, 3, common_untrusted(r, c->cause_text));
}

/* ---- side by side ---- */

static size_t cell_width(const struct run *r)
{
	return (r->term.width - MARK) / 2;
}

/* As much of `s` as fits `width` columns, broken at a blank where there is one. */
static struct str take_columns(struct str *s, size_t width)
{
	struct str part = *s;
	size_t blank = 0;

	while (part.len > 0 && term_columns(part) > width) {
		part.len--;
		while (part.len > 0 && ((unsigned char)s->at[part.len] & 0xc0) == 0x80)
			part.len--;
	}
	if (part.len < s->len) {
		for (size_t i = 1; i < part.len; i++)
			blank = part.at[i] == ' ' ? i : blank;
		if (blank > width / 2 && s->at[part.len] != ' ')
			part.len = blank;
	}
	*s = str_from(*s, part.len == 0 ? s->len : part.len);
	while (s->len > 0 && s->at[0] == ' ')
		*s = str_from(*s, 1);
	return part;
}

/* Two cells in as many lines as the longer one needs; `mark` stands in the first between them. */
static void print_cells(struct run *r, struct str a, const char *mark, struct str b,
			enum style style, size_t indent)
{
	size_t width = cell_width(r);
	bool is_first = true;

	while (is_first || a.len > 0 || b.len > 0) {
		struct text *t = &r->line;
		size_t room = is_first ? width : width - indent;

		term_style_on(&r->term, t, style);
		for (size_t i = 0; !is_first && i < indent; i++)
			text_putc(t, ' ');
		text_add(t, take_columns(&a, room));
		term_pad(t, width, false);
		text_printf(t, " %s", is_first ? mark : " ");
		if (b.len > 0) {
			text_putc(t, ' ');
			for (size_t i = 0; !is_first && i < indent; i++)
				text_putc(t, ' ');
			text_add(t, take_columns(&b, room));
		}
		while (t->len > 0 && t->at[t->len - 1] == ' ')
			t->at[--t->len] = '\0';
		term_style_off(&r->term, t, style);
		term_line(&r->term, t);
		is_first = false;
	}
}

/* As `diff -y` marks: `|` differs, `<` and `>` on one side only. */
static const char *mark_of(enum diff_kind kind)
{
	switch (kind) {
	case DIFF_SAME:
		return " ";
	case DIFF_CHANGED:
	case DIFF_INSTEAD:
		return "|";
	case DIFF_ONLY_A:
		return "<";
	case DIFF_ONLY_B:
		return ">";
	case DIFF_UNSEEN:
		return ".";
	}
	return " ";
}

static enum style style_of(enum diff_kind kind)
{
	switch (kind) {
	case DIFF_SAME:
		return STYLE_NONE;
	case DIFF_CHANGED:
	case DIFF_INSTEAD:
		return STYLE_WARN;
	case DIFF_ONLY_A:
	case DIFF_ONLY_B:
		return STYLE_BAD;
	case DIFF_UNSEEN:
		return STYLE_DIM;
	}
	return STYLE_NONE;
}

static void put_line(struct text *t, const struct diff_line *line, bool is_told_in_full,
		     bool show_secrets)
{
	struct text seconds = text_make(32);

	if (line == NULL)
		return;
	if (line->has_time) /* never -0.000 */
		text_printf(&seconds, "%.3f",
			    line->at_s < 0 && line->at_s > -0.0005 ? 0 : line->at_s);
	term_pad(t, TIME - 1 > seconds.len ? TIME - 1 - seconds.len : 0, false);
	text_add(t, text_str(&seconds));
	text_putc(t, ' ');
	diff_line_words(t, line);
	if (is_told_in_full) {
		text_putc(t, ' ');
		message_detail(t, step_fullest(line->step), false, show_secrets);
	}
	text_free(&seconds);
}

static void print_values(struct run *r, const struct diff_row *row)
{
	for (size_t i = 0; i < row->n_values; i++) {
		const struct diff_value *v = &row->values[i];
		struct text cells[2] = {text_make(LIMIT_RECORD), text_make(LIMIT_RECORD)};

		if (v->class == DIFF_PLAIN) {
			for (unsigned k = 0; k < 2; k++) {
				term_pad(&cells[k], TIME + 2, false);
				text_add(&cells[k], v->name);
				text_putc(&cells[k], ' ');
				text_add(&cells[k],
					 v->value[k].len == 0 ? STR("missing") : v->value[k]);
			}
			print_cells(r, text_str(&cells[0]), "|", text_str(&cells[1]), STYLE_WARN,
				    TIME + 4);
		}
		text_free(&cells[0]);
		text_free(&cells[1]);
	}
}

/* What ends something, or refuses it, says why. */
static bool tells_why(const struct diff_line *line)
{
	const struct event *e = line == NULL ? NULL : line->step->event;

	if (e == NULL || e->kind == EVENT_CONTROL)
		return e != NULL && (e->control.message == CDN || e->control.message == STOPCCN);
	if (e->kind != EVENT_PPP)
		return false;
	if (e->ppp.protocol == PPP_CHAP || e->ppp.protocol == PPP_PAP)
		return e->ppp.code == (e->ppp.protocol == PPP_CHAP ? CHAP_FAILURE : PAP_NAK);
	return e->ppp.code == CP_CONFNAK || e->ppp.code == CP_CONFREJ ||
	       e->ppp.code == CP_TERMREQ || e->ppp.code == CP_PROTREJ;
}

/* Of the first difference, and of what refuses or ends, all that matters is told. */
static void print_row(struct run *r, const struct diff *d, const struct diff_row *row)
{
	bool is_first = row == &d->rows[d->first < d->n_rows ? d->first : 0] && diff_counts(row);
	bool is_told = is_first || tells_why(row->line[DIFF_A]) || tells_why(row->line[DIFF_B]);

	struct text cells[2] = {text_make(LIMIT_RECORD), text_make(LIMIT_RECORD)};

	is_told = is_told && diff_counts(row) && row->kind != DIFF_CHANGED;
	for (unsigned k = 0; k < 2; k++)
		put_line(&cells[k], row->line[k], is_told, r->options->show_secrets);
	print_cells(r, text_str(&cells[0]), mark_of(row->kind), text_str(&cells[1]),
		    style_of(row->kind), TIME + 2);
	print_values(r, row);
	text_free(&cells[0]);
	text_free(&cells[1]);
}

static size_t count_different(const struct diff *d, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += diff_counts(&d->rows[i]);
	return n;
}

/* Rows that are not shown. */
static void print_fold(struct run *r, const struct diff *d, size_t from, size_t to,
		       const char *what)
{
	size_t n = count_different(d, from, to);

	if (from == to)
		return;
	text_printf(&r->line, "          … %zu %s, ", to - from, what);
	if (n == 0)
		text_puts(&r->line, "alike");
	else
		text_printf(&r->line, "%zu of them differ (-v shows them)", n);
	term_line(&r->term, &r->line);
}

static void print_rows(struct run *r, const struct diff *d)
{
	bool is_all = r->options->verbose;
	size_t from = is_all || d->first <= CONTEXT ? 0 : d->first - CONTEXT;
	size_t to = is_all || d->first + FOLLOWING >= d->n_rows ? d->n_rows : d->first + FOLLOWING;

	if (d->first == d->n_rows && !is_all)
		return;
	term_puts(&r->term, "\n");
	common_heading(r, "messages (seconds since the call began)");
	print_cells(r, STR("        A"), " ", STR("        B"), STYLE_DIM, 0);
	print_fold(r, d, 0, from, "messages before");
	for (size_t i = from; i < to; i++)
		print_row(r, d, &d->rows[i]);
	print_fold(r, d, to, d->n_rows, "more rows");
	for (unsigned k = 0; k < 2; k++) {
		if (!d->side[k].is_cut)
			continue;
		text_printf(&r->line, "%s has more than %d messages: the rest is not compared",
			    side_names[k], (int)LIMIT_DIFF_MESSAGES);
		term_line(&r->term, &r->line);
	}
}

/* ---- the rest ---- */

static void print_first(struct run *r, const struct diff *d)
{
	struct text t = text_make(LIMIT_RECORD);

	term_puts(&r->term, "\n");
	if (d->first == d->n_rows) {
		term_styled(&r->term, &r->line, STYLE_BOLD,
			    d->is_different ? "no message differs; what differs stands below"
					    : "no difference");
		term_line(&r->term, &r->line);
		text_free(&t);
		return;
	}
	text_printf(&t, "message %zu, ", d->first + 1);
	diff_row_words(&t, &d->rows[d->first]);
	term_styled(&r->term, &r->line, STYLE_BOLD, "first difference:");
	text_putc(&r->line, ' ');
	term_wrap(&r->term, &r->line, 4, text_str(&t));
	text_free(&t);
}

static void print_facts(struct run *r, const struct diff *d, enum diff_class class,
			const char *heading)
{
	bool has_heading = false;

	for (size_t i = 0; i < d->n_facts; i++) {
		const struct diff_fact *f = &d->facts[i];
		struct text cells[2] = {text_make(LIMIT_RECORD), text_make(LIMIT_RECORD)};

		if (f->class == class) {
			if (!has_heading) {
				term_puts(&r->term, "\n");
				common_heading(r, heading);
			}
			has_heading = true;
			for (unsigned k = 0; k < 2; k++) {
				text_printf(&cells[k], "  %s ", f->field->key);
				text_add(&cells[k], f->value[k]);
			}
			print_cells(r, text_str(&cells[0]), "|", text_str(&cells[1]), STYLE_NONE,
				    4);
		}
		text_free(&cells[0]);
		text_free(&cells[1]);
	}
}

static void print_times(struct run *r, const struct diff *d)
{
	if (d->n_times == 0)
		return;
	term_puts(&r->term, "\n");
	common_heading(r, "seconds");
	for (size_t i = 0; i < d->n_times; i++) {
		const struct diff_time *time = &d->times[i];
		struct text cells[2] = {text_make(256), text_make(256)};

		for (unsigned k = 0; k < 2; k++) {
			text_printf(&cells[k], "  %s", time->what);
			term_pad(&cells[k], 22, true);
			when_print_seconds(&cells[k], time->s[k]);
		}
		print_cells(r, text_str(&cells[0]), time->is_slower ? "|" : " ",
			    text_str(&cells[1]), time->is_slower ? STYLE_WARN : STYLE_NONE, 4);
		text_free(&cells[0]);
		text_free(&cells[1]);
	}
}

static void print_findings(struct run *r, const struct diff *d, unsigned side)
{
	if (d->n_findings[side] == 0)
		return;
	term_puts(&r->term, "\n");
	text_printf(&r->line, "findings of %s alone", side_names[side]);
	term_line(&r->term, &r->line);
	for (size_t i = 0; i < d->n_findings[side]; i++) {
		const struct finding *f = d->findings[side][i];

		arena_reset(r->scratch);
		text_puts(&r->line, "  ");
		term_styled(&r->term, &r->line, common_severity_style(f->severity),
			    severity_word(f->severity));
		text_printf(&r->line, " %s: ", f->rule->id);
		term_wrap(&r->term, &r->line, 4,
			  common_untrusted(r, f->text.len > 0 ? f->text : str_of(f->rule->title)));
	}
}

void diff_print(struct run *r, struct diff *d)
{
	print_head(r, d, DIFF_A);
	print_head(r, d, DIFF_B);
	print_first(r, d);
	print_rows(r, d);
	print_facts(r, d, DIFF_PLAIN, "differs");
	print_facts(r, d, DIFF_WHO, "who");
	print_times(r, d);
	print_findings(r, d, DIFF_A);
	print_findings(r, d, DIFF_B);
}
