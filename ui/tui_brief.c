#include "tui_brief.h"

#include <inttypes.h>
#include <stdlib.h>

#include "calls_why.h"
#include "cause_group.h"
#include "cause_table.h"
#include "cmd_common.h"
#include "show.h"

/* Rows from which on there is room for it, and columns from which on two parts stand side by side.
 */
enum { HIGH = 16, WIDE = 170, MILESTONES = 100, FINDINGS = 12 };

void tui_brief_free(struct tui_brief *b)
{
	for (int i = 0; i < BRIEF_PARTS; i++)
		free(b->part[i].text);
	*b = (struct tui_brief){0};
}

/* ---- words ---- */

/* But for what the sentence above says already. */
static void print_findings(struct run *r, const struct finding_link *l, struct str said)
{
	for (size_t i = 0; l != NULL && i < FINDINGS; l = l->next, i++) {
		const struct finding *f = l->finding;
		enum style style = common_severity_style(f->severity);

		if (f->text.len > 0 && str_equal(f->text, said))
			continue;
		arena_reset(r->scratch);
		text_puts(&r->line, "  ");
		term_styled(&r->term, &r->line, style, severity_word(f->severity));
		term_pad(&r->line, 11, true);
		text_printf(&r->line, "%s: ", f->rule->id);
		term_wrap(&r->term, &r->line, 11,
			  common_untrusted(r, f->text.len > 0 ? f->text : str_of(f->rule->title)));
	}
}

/* What to do about a call that ended badly, or a tunnel. */
static void print_advice(struct run *r, uint8_t outcome, const char *cause)
{
	const struct cause_fact *fact = cause == NULL ? NULL : cause_named(cause);

	if (fact == NULL || (outcome != OUTCOME_FAILED && outcome != OUTCOME_DROPPED))
		return;
	text_puts(&r->line, "  do: ");
	term_wrap(&r->term, &r->line, 6, str_of(fact->advice));
}

static void print_call(struct run *r, const void *what)
{
	const struct call *c = what;
	const char *of_tunnel = cause_group_of_tunnel(c);

	show_outcome(r, c);
	print_advice(r, (uint8_t)c->outcome, of_tunnel == NULL ? c->cause : of_tunnel);
	print_findings(r, c->findings, c->cause_text);
}

static void print_milestones(struct run *r, const void *what)
{
	show_milestones(r, what, r->term.width >= MILESTONES);
}

/* Why there is none, and where more of it is said. */
static void print_contents(struct run *r, const void *what)
{
	const struct tui *t = what;
	struct calls_why *why;

	common_print_contents(r);
	if (r->report->n_tunnels == 0)
		return;
	why = calls_why_new();
	calls_why_take(why, r);
	calls_why_print_attempts(why, r);
	calls_why_free(why);
	keymap_print(&t->keys, &r->line, ACTION_TUNNELS);
	text_puts(&r->line, " has the tunnels, ");
	keymap_print(&t->keys, &r->line, ACTION_FINDINGS);
	text_puts(&r->line, " what is wrong and what to do");
	term_line(&r->term, &r->line);
}

static void print_tunnel(struct run *r, const void *what)
{
	const struct tunnel *n = what;

	show_tunnel_outcome(r, n);
	print_advice(r, n->outcome, n->cause);
	print_findings(r, n->findings, n->cause_text);
}

/* Two parts side by side, or one below the other. */
static void find_words(struct tui_brief *b, struct tui *t, size_t width)
{
	size_t left = width >= WIDE ? width - MILESTONES - 2 : width;
	size_t right = width >= WIDE ? MILESTONES : width;

	if (b->call != NULL) {
		b->part[0].text = tui_print(t, left, print_call, b->call, &b->part[0].length);
		if (!b->call->is_told || b->call->session != NULL) /* until it is read again */
			b->part[1].text =
				tui_print(t, right, print_milestones, b->call, &b->part[1].length);
	} else if (b->tunnel != NULL) {
		b->part[0].text = tui_print(t, width, print_tunnel, b->tunnel, &b->part[0].length);
	} else if (t->run->report->n_calls == 0) {
		b->part[0].text = tui_print(t, width, print_contents, t, &b->part[0].length);
	}
}

/* ---- drawing ---- */

/* The line above it: whose it is. */
static void draw_title(const struct tui_brief *b, struct canvas *c, struct area a)
{
	struct text line = text_make(TUI_LINE);

	text_puts(&line, "\033[1m");
	if (b->call != NULL && b->call->number != 0)
		text_printf(&line, "call %" PRIu64 "  ", b->call->number);
	else if (b->tunnel != NULL)
		text_printf(&line, "tunnel %" PRIu64, b->tunnel->number);
	if (b->call != NULL)
		text_escape(&line, b->call->user);
	canvas_line(c, a, 0, 0, text_str(&line));
	canvas_flag(c, a, 0, CELL_UNDERLINE);
	text_free(&line);
}

static size_t draw_part(const struct brief_part *p, struct canvas *c, struct area a)
{
	struct str rest = {p->text, p->length};
	size_t n = 0;

	while (rest.len > 0 && a.top + n < a.bottom)
		canvas_line(c, a, n++, 0, tui_next_line(&rest));
	return n;
}

static void draw(struct tui_brief *b, struct canvas *c, struct area a)
{
	size_t width = a.right - a.left;
	struct area second = a;

	draw_title(b, c, a);
	a.top++;
	if (width >= WIDE && b->part[1].length > 0) {
		second.left = a.right - MILESTONES;
		second.top = a.top;
		a.right = second.left - 2;
		canvas_rule(c, second, second.left - 1);
		draw_part(&b->part[0], c, a);
	} else {
		second.top = a.top + draw_part(&b->part[0], c, a);
	}
	draw_part(&b->part[1], c, second);
}

bool tui_brief_waits(const struct tui_brief *b)
{
	return b->width > 0 && b->call != NULL && b->call->is_told && b->part[1].text == NULL;
}

void tui_brief_again(struct tui_brief *b)
{
	b->width = 0;
}

struct area tui_brief_frame(struct tui_brief *b, struct tui *t, struct canvas *c, struct area a,
			    struct brief_of of)
{
	enum { LEAST_ROWS = 8 };
	size_t n_rows = of.n_rows < LEAST_ROWS ? LEAST_ROWS : of.n_rows;
	struct area below = a;
	size_t width = a.right - a.left;
	size_t most = (a.bottom - a.top) * 3 / 5; /* of the list */

	if (a.bottom - a.top < HIGH)
		return a;
	below.top = a.top + (n_rows < most ? n_rows : most);
	a.bottom = below.top;
	if (b->call != of.call || b->tunnel != of.tunnel || b->width != width) {
		tui_brief_free(b);
		*b = (struct tui_brief){.call = of.call, .tunnel = of.tunnel, .width = width};
		find_words(b, t, width);
	}
	draw(b, c, below);
	return a;
}
