#include <stdlib.h>

#include "filter_tree.h"
#include "message_field.h"

void filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	for (struct node *n = f->made; n != NULL; n = n->next_made) {
		pcre2_match_data_free(n->match);
		pcre2_code_free(n->regex);
	}
	pcre2_match_context_free(f->limits);
	arena_free(f->arena);
	free(f);
}

bool filter_gave_up(const struct filter *f)
{
	return f != NULL && f->has_given_up;
}

static bool matches(const struct node *n, struct str text)
{
	int found = pcre2_match(n->regex, (PCRE2_SPTR)text.at, text.len, 0, 0, n->match,
				n->filter->limits);

	if (found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_DEPTHLIMIT ||
	    found == PCRE2_ERROR_HEAPLIMIT)
		n->filter->has_given_up = true;
	return found >= 0;
}

static int rank(const char *const *order, struct str word)
{
	for (int i = 0; order[i] != NULL; i++) {
		if (str_is(word, order[i]))
			return i;
	}
	return -1;
}

static bool order_holds(enum operator op, int difference)
{
	switch (op) {
	case OP_EQ:
	case OP_NE: /* the caller turns the answer of these two round */
	case OP_NOT_IN:
	case OP_IN:
		return difference == 0;
	case OP_LT:
		return difference < 0;
	case OP_LE:
		return difference <= 0;
	case OP_GT:
		return difference > 0;
	case OP_GE:
		return difference >= 0;
	default:
		return false;
	}
}

/* One value of the field against one literal. */
static bool compare(const struct node *n, const struct literal *l, struct str text, double number,
		    bool is_number)
{
	int difference;

	if (l->is_range)
		return is_number && number >= l->number && number <= l->high;
	if (n->op == OP_CONTAINS)
		return str_find(text, l->text) != SIZE_MAX;
	if (n->op == OP_MATCHES)
		return matches(n, text);
	if (is_number && l->is_number)
		return order_holds(n->op, (number > l->number) - (number < l->number));
	if (n->field != NULL && n->field->order != NULL)
		return order_holds(n->op,
				   rank(n->field->order, text) - rank(n->field->order, l->text));
	if (literal_address(l, text, &difference))
		return order_holds(n->op, difference);
	return order_holds(n->op, str_compare(text, l->text));
}

static bool any_literal(const struct node *n, struct str text, double number, bool is_number)
{
	if (n->op == OP_EXISTS)
		return true;
	for (const struct literal *l = n->literals; l != NULL; l = l->next) {
		if (compare(n, l, text.at == NULL ? STR("") : text, number, is_number))
			return true;
	}
	return false;
}

static bool number_fits(const struct node *n, double number)
{
	struct text t = text_make(64);
	bool fits;

	text_printf(&t, "%.15g", number);
	fits = any_literal(n, text_str(&t), number, true);
	text_free(&t);
	return fits;
}

/* Seconds since the start of the run, or as --since has it: a date, or a time of day. */
static bool time_fits(const struct node *n, const struct subject *s, const struct mark *m)
{
	struct text t = text_make(64);
	struct moment when = when_aligned(s->report, m->vantage, mark_when(m));
	struct moment earliest = s->report == NULL ? (struct moment){0} : s->report->earliest;
	double seconds = 0;
	bool is_known = s->report != NULL && report_seconds(s->report, m, &seconds);
	bool fits = n->op == OP_EXISTS;
	int difference;

	moment_print(&t, when);
	for (const struct literal *l = n->literals; l != NULL && !fits; l = l->next) {
		if (l->time.kind == BOUND_NONE)
			fits = compare(n, l, text_str(&t), seconds, is_known);
		else if (bound_difference(&l->time, when, earliest, &difference))
			fits = order_holds(n->op, difference);
	}
	text_free(&t);
	return fits;
}

static bool fact_fits(const struct node *n, const struct subject *s, const struct fact *f)
{
	switch (f->kind) {
	case FACT_NULL:
		return false;
	case FACT_OBJECT:
	case FACT_RAW:
		return n->op == OP_EXISTS;
	case FACT_TEXT:
		return any_literal(n, f->text, 0, false);
	case FACT_NUMBER:
		return number_fits(n, (double)f->number);
	case FACT_REAL:
		return number_fits(n, f->real);
	case FACT_TRUTH:
		return any_literal(n, f->truth ? STR("true") : STR("false"), f->truth ? 1 : 0,
				   true);
	case FACT_TIME:
		return time_fits(n, s, &f->mark);
	case FACT_TEXTS:
		for (size_t i = 0; i < f->n; i++) {
			if (any_literal(n, f->texts[i], 0, false))
				return true;
		}
		return false;
	case FACT_NUMBERS:
		for (size_t i = 0; i < f->n; i++) {
			if (f->known[i] && number_fits(n, (double)f->numbers[i]))
				return true;
		}
		return false;
	}
	return false;
}

static bool message_fits(const struct node *n, const struct subject *s, bool *ret_known)
{
	struct message_values values = {0};
	bool fits = false;

	message_field_get(s->event, n->message_field, s->arena, &values);
	*ret_known = values.n > 0;
	for (size_t i = 0; i < values.n && !fits; i++)
		fits = any_literal(n, values.at[i].text, values.at[i].number,
				   values.at[i].is_number);
	return fits;
}

/* finding.* of a call or tunnel: one of its findings. */
static bool findings_fit(const struct node *n, const struct subject *s, bool *ret_known)
{
	const struct finding_link *l = s->call != NULL     ? s->call->findings
				       : s->tunnel != NULL ? s->tunnel->findings
							   : NULL;
	struct subject one = *s;
	struct fact f;

	if (s->finding != NULL) {
		*ret_known = field_get(n->set, n->field, s, &f);
		return *ret_known && fact_fits(n, s, &f);
	}
	for (; l != NULL; l = l->next) {
		one.finding = l->finding;
		if (!field_get(n->set, n->field, &one, &f))
			continue;
		*ret_known = true;
		if (fact_fits(n, &one, &f))
			return true;
	}
	return false;
}

static bool test_fits(const struct node *n, const struct subject *s)
{
	bool is_known = false;
	bool fits = false;
	struct fact f;

	if (n->set == &field_findings) {
		fits = findings_fit(n, s, &is_known);
	} else if (n->set != NULL) {
		is_known = field_get(n->set, n->field, s, &f);
		fits = is_known && fact_fits(n, s, &f);
	} else if (s->event != NULL) {
		fits = message_fits(n, s, &is_known);
	}
	return n->op == OP_NE || n->op == OP_NOT_IN ? is_known && !fits : fits;
}

static bool node_fits(const struct node *n, const struct subject *s)
{
	switch (n->kind) {
	case NODE_AND:
		return node_fits(n->left, s) && node_fits(n->right, s);
	case NODE_OR:
		return node_fits(n->left, s) || node_fits(n->right, s);
	case NODE_XOR:
		return node_fits(n->left, s) != node_fits(n->right, s);
	case NODE_NOT:
		return !node_fits(n->left, s);
	case NODE_TEST:
		return test_fits(n, s);
	}
	return false;
}

bool filter_fits(const struct filter *f, const struct subject *s)
{
	return f == NULL || node_fits(f->root, s);
}

bool filter_asks_message(const struct filter *f)
{
	return f != NULL && f->asks_message;
}

bool filter_asks_model(const struct filter *f)
{
	return f != NULL && f->asks_model;
}

bool filter_asks_tunnel(const struct filter *f)
{
	return f != NULL && f->asks_tunnel;
}

bool filter_asks_finding(const struct filter *f)
{
	return f != NULL && f->asks_finding;
}
