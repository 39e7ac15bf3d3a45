#include "check_text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cmd_common.h"
#include "findings.h"
#include "mark.h"
#include "spill.h"

enum { TOLD_IN_FULL = 3, NO_WORDS = 0 };

/* One finding as it is told at the end. */
struct row {
	int64_t ns;           /* INT64_MAX: unknown */
	uint64_t number;      /* of its call or tunnel; 0: of the run */
	uint64_t at;          /* of its words, from 1; NO_WORDS: it is folded for sure */
	uint32_t len, order;  /* order: in which it came */
	uint16_t class_index; /* is_told: none any more */
	bool is_told, is_of_call;
};

/* Findings of one rule and severity. */
struct class
{
	const struct rule_row *rule;
	enum severity severity;
	size_t n;
	/* The earliest ones, which may be told in full; the others are folded. Of calls, and of
	 * tunnels and the run. */
	struct earliest {
		int64_t ns[TOLD_IN_FULL + 1];
		uint64_t number[TOLD_IN_FULL + 1];
		size_t n;
	} earliest[2];
};

struct check_text {
	struct run *run;
	struct row *rows;
	size_t n, room;
	struct class *classes;
	size_t n_classes, classes_room;
	struct spill *spill;
	struct consequences *consequences; /* of those that are taken */
	uint64_t spilled;
	struct check_counts counts;
};

struct check_text *check_text_new(struct run *r)
{
	struct check_text *x = must_alloc(1, sizeof(*x));

	*x = (struct check_text){.run = r, .spill = spill_open()};
	return x;
}

void check_text_free(struct check_text *x)
{
	if (x == NULL)
		return;
	spill_close(x->spill);
	free(x->classes);
	free(x->rows);
	free(x);
}

static struct class *class_of(struct check_text *x, const struct finding *f)
{
	for (size_t i = 0; i < x->n_classes; i++)
		if (x->classes[i].rule == f->rule && x->classes[i].severity == f->severity)
			return &x->classes[i];
	if (x->n_classes == x->classes_room) {
		x->classes_room = x->classes_room == 0 ? 64 : 2 * x->classes_room;
		x->classes = must_grow(x->classes, x->classes_room, sizeof(*x->classes));
	}
	x->classes[x->n_classes] = (struct class){.rule = f->rule, .severity = f->severity};
	return &x->classes[x->n_classes++];
}

/* Is it among the first of its class so far, or of the same call as one of them? */
static bool is_early(struct earliest *e, int64_t ns, uint64_t number)
{
	size_t i = e->n;
	bool is_known = number == 0;

	for (size_t k = 0; k < e->n; k++)
		is_known = is_known || e->number[k] == number;
	if (i == TOLD_IN_FULL + 1 && ns >= e->ns[--i])
		return is_known;
	e->n = i + 1;
	for (; i > 0 && e->ns[i - 1] > ns; i--) {
		e->ns[i] = e->ns[i - 1];
		e->number[i] = e->number[i - 1];
	}
	e->ns[i] = ns;
	e->number[i] = number;
	return true;
}

/* ---- words ---- */

static bool is_brief(const struct run *r, enum severity severity)
{
	return severity == SEVERITY_NOTE && !r->options->verbose && r->options->filter_for == NULL;
}

/* A note in a line: where, and what it says, with a NUL between. */
static void add_brief(struct run *r, struct text *t, const struct finding *f)
{
	struct subject subject = run_subject(r);

	subject.finding = f;
	if (f->n_evidence > 0 || f->mark.is_set) {
		text_puts(t, " (");
		mark_print(t, &subject, f->n_evidence > 0 ? f->evidence : &f->mark);
		text_puts(t, f->n_evidence > 1 ? " …)" : ")");
	}
	text_add(t, (struct str){"", 1});
	text_add(t, common_field(r, &field_findings, &subject, "text"));
}

/* What finding_print() prints. */
static void spill_full(struct check_text *x, const struct finding *f, struct row *row)
{
	struct term term = x->run->term;
	char *at = NULL;
	size_t len = 0;

	x->run->term.is_aside = true;
	x->run->term.out = open_memstream(&at, &len);
	if (x->run->term.out != NULL) {
		finding_print(x->run, f, x->consequences, 0);
		fclose(x->run->term.out);
		spill_write(x->spill, at, len);
		row->len = (uint32_t)len;
	}
	free(at);
	x->run->term = term;
}

static void spill_words(struct check_text *x, const struct finding *f, struct row *row)
{
	row->at = x->spilled + 1;
	if (is_brief(x->run, f->severity)) {
		struct text t = text_make(LIMIT_OUTPUT_LINE);

		add_brief(x->run, &t, f);
		spill_write(x->spill, t.at, t.len);
		row->len = (uint32_t)t.len;
		text_free(&t);
	} else {
		spill_full(x, f, row);
	}
	x->spilled += row->len;
}

/* ---- what comes ---- */

static void add(struct check_text *x, const struct finding *f)
{
	struct class *class = class_of(x, f);
	struct row row = {.ns = INT64_MAX,
			  .number = finding_subject(f),
			  .order = (uint32_t)x->n,
			  .class_index = (uint16_t)(class - x->classes),
			  .is_of_call = f->call != NULL};

	mark_ns(x->run->report, &f->mark, &row.ns);
	class->n++;
	x->counts.by_severity[f->severity]++;
	if (is_early(&class->earliest[row.is_of_call], row.ns, row.number) ||
	    x->run->options->verbose)
		spill_words(x, f, &row);
	if (x->n == x->room) {
		x->room = x->room == 0 ? 256 : 2 * x->room;
		x->rows = must_grow(x->rows, x->room, sizeof(*x->rows));
	}
	x->rows[x->n++] = row;
}

/* A consequence is told with its root, if that is shown, too; they come together. */
void check_text_take(struct check_text *x, const struct finding *const *shown, size_t n)
{
	uint64_t first = x->run->report->findings_told + 1;
	size_t room = x->run->report->n_findings;
	bool *is_shown = must_alloc(room + 1, sizeof(*is_shown));

	x->consequences = consequences_new(x->run);
	for (size_t i = 0; i < n; i++)
		if (shown[i]->number - first < room)
			is_shown[shown[i]->number - first] = true;
	for (size_t i = 0; i < n; i++) {
		const struct finding *root = shown[i]->root;

		if (!x->run->options->verbose && root != NULL && root->number - first < room &&
		    is_shown[root->number - first])
			x->counts.folded++;
		else
			add(x, shown[i]);
		run_rest(x->run, i);
	}
	consequences_free(x->consequences);
	free(is_shown);
}

/* ---- what is told ---- */

struct telling {
	struct check_text *x;
	struct run *run;
	struct span words;
};

static const struct class *class_at(const struct telling *g, const struct row *row)
{
	return &g->x->classes[row->class_index];
}

/* Whenever they came: those of one call or tunnel came together. */
static int row_compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	if (a->is_of_call != b->is_of_call)
		return a->is_of_call ? 1 : -1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* By severity: a stable distribution, the most severe first. */
static void sort_rows(struct check_text *x)
{
	struct row *sorted = must_alloc(x->n + 1, sizeof(*sorted));
	size_t n = 0;

	if (x->n > 0)
		qsort(x->rows, x->n, sizeof(*x->rows), row_compare);
	for (int severity = SEVERITY_ERROR; severity >= 0; severity--)
		for (size_t i = 0; i < x->n; i++)
			if ((int)x->classes[x->rows[i].class_index].severity == severity)
				sorted[n++] = x->rows[i];
	free(x->rows);
	x->rows = sorted;
	x->room = x->n + 1;
}

static struct str words_of(const struct telling *g, const struct row *row)
{
	if (row->at == NO_WORDS || row->at - 1 + row->len > g->words.len)
		return (struct str){0};
	return (struct str){(const char *)g->words.at + row->at - 1, row->len};
}

/* A note in a line: what it says and where. `-v` tells its cause and what to do. */
static void print_brief(struct telling *g, size_t i)
{
	struct run *r = g->run;
	const struct row *f = &g->x->rows[i];
	const struct class *class = class_at(g, f);
	struct str words = words_of(g, f);
	size_t place = str_find(words, (struct str){"", 1});
	uint64_t last = f->number;
	size_t n = 1;

	term_styled(&r->term, &r->line, common_severity_style(class->severity),
		    severity_word(class->severity));
	text_puts(&r->line, "  ");
	term_styled(&r->term, &r->line, STYLE_BOLD, class->rule->id);
	if (f->number != 0)
		text_printf(&r->line, "  %s %" PRIu64, f->is_of_call ? "call" : "tunnel", last);
	for (size_t k = i + 1; k < g->x->n; k++) {
		struct row *other = &g->x->rows[k];

		/* another one of the same call says something else */
		if (other->is_told || other->class_index != f->class_index ||
		    other->is_of_call != f->is_of_call || other->number == f->number)
			continue;
		other->is_told = true;
		if (other->number == last)
			continue;
		last = other->number;
		if (n++ < FINDING_NUMBERS)
			text_printf(&r->line, ", %" PRIu64, last);
	}
	if (n > FINDING_NUMBERS)
		text_printf(&r->line, " … (%zu in all)", n);
	if (place == SIZE_MAX)
		place = words.len;
	text_add(&r->line, (struct str){words.at, place});
	text_puts(&r->line, ": ");
	term_wrap(&r->term, &r->line, 6, str_from(words, place + 1));
}

/* The same rule on many calls: the first was told in full, the others are numbers. */
static void print_others(struct telling *g, size_t from)
{
	const struct row *f = &g->x->rows[from - 1];
	struct text *line = &g->run->line;
	uint64_t last = 0;
	size_t numbers = 0;
	size_t n = 0;

	text_printf(line, "    and on %s", f->is_of_call ? "call" : "tunnel");
	for (size_t i = from; i < g->x->n; i++) {
		struct row *other = &g->x->rows[i];

		if (other->is_told || other->class_index != f->class_index ||
		    other->is_of_call != f->is_of_call)
			continue;
		other->is_told = true;
		n++;
		if (other->number == last || numbers == FINDING_NUMBERS)
			continue;
		text_printf(line, "%s %" PRIu64, numbers == 0 ? "" : ",", other->number);
		last = other->number;
		numbers++;
	}
	if (n > numbers)
		text_printf(line, " … (%zu in all; -v tells each)", n);
	term_line(&g->run->term, line);
}

/* How many of the rule come from there on. */
static size_t count_alike(const struct telling *g, size_t from)
{
	const struct row *f = &g->x->rows[from];
	size_t n = 0;

	if (class_at(g, f)->n <= TOLD_IN_FULL)
		return 0;
	for (size_t i = from; i < g->x->n && n <= TOLD_IN_FULL; i++)
		n += !g->x->rows[i].is_told && g->x->rows[i].class_index == f->class_index &&
		     g->x->rows[i].number != 0;
	return n;
}

static void print_rows(struct telling *g)
{
	for (size_t i = 0; i < g->x->n; i++) {
		struct row *f = &g->x->rows[i];
		bool is_folded;

		if (f->is_told)
			continue;
		if (is_brief(g->run, class_at(g, f)->severity)) {
			print_brief(g, i);
			continue;
		}
		is_folded = !g->run->options->verbose && count_alike(g, i) > TOLD_IN_FULL;
		f->is_told = true;
		term_write(&g->run->term, words_of(g, f));
		if (is_folded)
			print_others(g, i + 1);
		term_line(&g->run->term, &g->run->line);
	}
}

struct check_counts check_text_print(struct check_text *x)
{
	struct telling g = {.x = x, .run = x->run};
	struct text why_not = text_make(1024);

	if (!spill_map(x->spill, &g.words, &why_not)) {
		run_refuse("%s", why_not.at);
		run_raise(x->run, STATUS_LIMIT);
	}
	sort_rows(x);
	print_rows(&g);
	text_free(&why_not);
	return x->counts;
}
