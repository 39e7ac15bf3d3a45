#include "cause_group.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cause_table.h"
#include "cmd_common.h"

enum { GROUPS = 128 }; /* causes of calls and of tunnels are fewer */

/* An end as people name it: `lns1 (192.0.2.7)`. */
static struct str end_name(struct run *r, struct str name, const struct address *address)
{
	struct text t = text_make(LIMIT_RECORD);
	struct str words;

	text_add(&t, name);
	if (address->family != 0) {
		text_puts(&t, name.len > 0 ? " (" : "");
		address_print(&t, address);
		text_puts(&t, name.len > 0 ? ")" : "");
	}
	words = arena_str(r->kept, text_str(&t));
	text_free(&t);
	return words;
}

static bool same_end(const struct call_side *a, const struct call_side *b)
{
	if (a->name.len > 0 && b->name.len > 0 && !str_equal(a->name, b->name))
		return false;
	return address_equal(&a->address, &b->address);
}

static bool same_word(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static struct cause_group *group_of(struct cause_groups *all, struct cause_group like)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct cause_group *g = &all->at[i];

		if (g->of_tunnels == like.of_tunnels && same_word(g->cause, like.cause) &&
		    same_word(g->tunnel_cause, like.tunnel_cause))
			return &all->at[i];
	}
	if (all->n == GROUPS)
		return &all->at[GROUPS - 1];
	all->at[all->n] = like;
	return &all->at[all->n++];
}

static const char *word_of(const char *cause)
{
	return cause == NULL ? "unknown" : cause;
}

const char *cause_group_of_tunnel(const struct call *c)
{
	bool fell = c->cause != NULL && strcmp(c->cause, "tunnel-lost") == 0;

	return fell && c->n_also > 0 ? c->also[0] : NULL;
}

struct str cause_group_advice(const struct cause_group *g)
{
	const struct cause_fact *fact =
		cause_named(g->tunnel_cause == NULL ? g->cause : g->tunnel_cause);

	return str_of(fact == NULL ? "" : fact->advice);
}

/* The least ones, in order. */
static void count_number(struct cause_group *g, uint64_t number)
{
	size_t i = g->n < GROUP_NUMBERS ? g->n : GROUP_NUMBERS;

	g->n++;
	if (i == GROUP_NUMBERS && number > g->numbers[--i])
		return;
	for (; i > 0 && g->numbers[i - 1] > number; i--)
		g->numbers[i] = g->numbers[i - 1];
	g->numbers[i] = number;
}

static bool is_first(const struct cause_group *g, uint64_t number)
{
	return g->n == 0 || number < g->numbers[0];
}

static void take_ends(struct run *r, struct cause_group *g, const struct call *c)
{
	for (int i = 0; i < 2; i++) {
		g->side[i] = c->side[i];
		g->side[i].name = arena_str(r->kept, c->side[i].name);
	}
	g->user = arena_str(r->kept, c->user);
	if (!c->roles_known)
		return;
	g->lac = end_name(r, c->side[LAC].name, &c->side[LAC].address);
	g->lns = end_name(r, c->side[LNS].name, &c->side[LNS].address);
}

static void add_call(struct run *r, struct cause_groups *all, const struct call *c)
{
	struct cause_group *g =
		group_of(all, (struct cause_group){.cause = word_of(c->cause),
						   .tunnel_cause = cause_group_of_tunnel(c)});

	if (g->n == 0)
		take_ends(r, g, c);
	if (is_first(g, c->number))
		g->text = arena_str(r->kept, c->cause_text);
	count_number(g, c->number);
	if (!c->roles_known || !same_end(&c->side[LAC], &g->side[LAC]))
		g->lac = (struct str){0};
	if (!c->roles_known || !same_end(&c->side[LNS], &g->side[LNS]))
		g->lns = (struct str){0};
	if (!str_equal(c->user, g->user))
		g->user = (struct str){0};
}

static void add_tunnel(struct run *r, struct cause_groups *all, const struct tunnel *t)
{
	struct cause_group *g =
		group_of(all, (struct cause_group){.cause = word_of(t->cause), .of_tunnels = true});

	if (is_first(g, t->number))
		g->text = arena_str(r->kept, t->cause_text);
	count_number(g, t->number);
}

static int by_cost(const void *left, const void *right)
{
	const struct cause_group *a = left;
	const struct cause_group *b = right;

	if (a->of_tunnels != b->of_tunnels)
		return a->of_tunnels ? 1 : -1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->numbers[0] < b->numbers[0] ? -1 : a->numbers[0] > b->numbers[0];
}

bool cause_group_is_attempt(struct run *r, const struct tunnel *t)
{
	bool is_bad = t->outcome == OUTCOME_FAILED || t->outcome == OUTCOME_DROPPED;

	return is_bad && t->first_call == NULL && t->told_first == 0 && run_shows_bare_tunnel(r, t);
}

void cause_groups_take_tunnels(struct run *r, struct cause_groups *all)
{
	for (const struct tunnel *t = r->report->tunnels; t != NULL;
	     t = tunnel_after(r->report, t)) {
		if (cause_group_is_attempt(r, t))
			add_tunnel(r, all, t);
	}
}

struct cause_groups cause_groups_new(void)
{
	return (struct cause_groups){.at = must_alloc(GROUPS, sizeof(struct cause_group))};
}

void cause_groups_take(struct run *r, struct cause_groups *all, const struct call *c)
{
	if (!run_shows_call(r, c))
		return;
	all->calls++;
	if (c->outcome != OUTCOME_FAILED && c->outcome != OUTCOME_DROPPED)
		return;
	all->failed++;
	add_call(r, all, c);
}

void cause_groups_end(struct cause_groups *all)
{
	for (size_t i = 0; i < all->n; i++)
		all->bad += all->at[i].n;
	qsort(all->at, all->n, sizeof(*all->at), by_cost);
}

struct cause_groups cause_groups_of(struct run *r)
{
	struct cause_groups all = cause_groups_new();

	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c))
		cause_groups_take(r, &all, c);
	cause_groups_take_tunnels(r, &all);
	cause_groups_end(&all);
	return all;
}

static void put_shared(struct text *t, const char *before, struct str words, bool show_secrets)
{
	if (words.len == 0)
		return;
	text_puts(t, before);
	term_untrusted(t, words, show_secrets);
}

void cause_group_words(struct text *t, const struct cause_groups *all, const struct cause_group *g,
		       bool show_secrets)
{
	if (g->of_tunnels)
		text_printf(t, "%zu tunnel attempt%s without a call: %s", g->n,
			    g->n == 1 ? "" : "s", g->cause);
	else
		text_printf(t, "%zu of %zu failed call%s: %s", g->n, all->failed,
			    all->failed == 1 ? "" : "s", g->cause);
	if (g->tunnel_cause != NULL)
		text_printf(t, " (%s)", g->tunnel_cause);
	if (g->n < 2)
		return;
	put_shared(t, "; all to LNS ", g->lns, show_secrets);
	put_shared(t, g->lns.len > 0 ? ", all from LAC " : "; all from LAC ", g->lac, show_secrets);
	put_shared(t, g->lns.len + g->lac.len > 0 ? ", all of user " : "; all of user ", g->user,
		   show_secrets);
}

static void print_numbers(struct run *r, const struct cause_group *g)
{
	struct text words = text_make(LIMIT_RECORD);

	text_printf(&words, "%s%s", g->of_tunnels ? "tunnel" : "call", g->n == 1 ? "" : "s");
	for (size_t i = 0; i < g->n && i < GROUP_NUMBERS; i++)
		text_printf(&words, "%s %" PRIu64, i == 0 ? "" : ",", g->numbers[i]);
	if (g->n > GROUP_NUMBERS)
		text_printf(&words, " and %zu more", g->n - GROUP_NUMBERS);
	text_puts(&r->line, "    ");
	term_wrap(&r->term, &r->line, 8, text_str(&words));
	text_free(&words);
}

/* A word of our own tables, after its label. */
static void print_words(struct run *r, const char *label, struct str words)
{
	if (words.len == 0)
		return;
	text_puts(&r->line, "    ");
	term_styled(&r->term, &r->line, STYLE_DIM, label);
	text_putc(&r->line, ' ');
	term_wrap(&r->term, &r->line, 8, words);
}

void cause_groups_print(struct run *r, const struct cause_groups *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct cause_group *g = &all->at[i];
		struct text words = text_make(LIMIT_RECORD);

		arena_reset(r->scratch);
		term_style_on(&r->term, &r->line, STYLE_BOLD);
		cause_group_words(&words, all, g, r->options->show_secrets);
		term_wrap(&r->term, &r->line, 4, text_str(&words));
		text_free(&words);
		term_style_off(&r->term, &r->line, STYLE_BOLD);
		print_numbers(r, g);
		print_words(r, g->n > 1 ? "as the first:" : "why:", common_untrusted(r, g->text));
		if (g->n > 1)
			print_words(r, "do:", cause_group_advice(g));
	}
	if (all->n > 0)
		term_line(&r->term, &r->line);
}

void cause_groups_json(struct run *r, const struct cause_groups *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct cause_group *g = &all->at[i];
		struct writer j = writer_into(&r->line);
		struct text words = text_make(LIMIT_RECORD);

		writer_open(&j, '{');
		writer_pair_known(&j, "type", STR("group"));
		writer_pair_known(&j, "by", STR("cause"));
		writer_pair_known(&j, "key", str_of(g->cause));
		writer_pair_known(&j, "tunnel_cause",
				  str_of(g->tunnel_cause == NULL ? "" : g->tunnel_cause));
		writer_pair_unsigned(&j, g->of_tunnels ? "tunnels" : "calls", g->n);
		writer_pair_unsigned(&j, "failed", all->failed);
		writer_pair_known(&j, "lac", g->lac);
		writer_pair_known(&j, "lns", g->lns);
		writer_pair_known(&j, "user", g->user);
		cause_group_words(&words, all, g, r->options->show_secrets);
		writer_pair_known(&j, "text", text_str(&words));
		writer_pair_known(&j, "advice", cause_group_advice(g));
		writer_close(&j, '}');
		run_print_json(r);
		text_free(&words);
	}
}
