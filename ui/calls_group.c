#include "calls_group.h"

#include <stdlib.h>

#include "cmd_common.h"
#include "csv.h"
#include "table.h"

struct group_cause {
	const char *cause;
	size_t n;
	struct group_cause *next;
};

struct group {
	struct str key;
	size_t n, by_outcome[OUTCOME_FAILED + 1];
	struct group_cause *causes;
};

static void count_cause(struct run *r, struct group *g, const char *cause, size_t n)
{
	struct group_cause **at = &g->causes;

	while (*at != NULL && strcmp((*at)->cause, cause) != 0)
		at = &(*at)->next;
	if (*at == NULL)
		*at = arena_alloc(r->report->arena, sizeof(**at));
	if (*at == NULL)
		return;
	(*at)->cause = cause;
	(*at)->n += n;
}

/* `auth-rejected 2, busy`: a cause without a number came once. */
static struct str causes_cell(struct run *r, const struct group *g, size_t least)
{
	struct text t = text_make(8192);
	struct str cell;

	for (const struct group_cause *c = g->causes; c != NULL; c = c->next) {
		text_printf(&t, "%s%s", c == g->causes ? "" : ", ", c->cause);
		if (c->n >= least)
			text_printf(&t, " %zu", c->n);
	}
	cell = arena_str(r->scratch, text_str(&t));
	text_free(&t);
	return cell;
}

static struct str group_key(struct run *r, const struct call *c)
{
	const char *by = r->options->by;
	struct text t = text_make(64);
	struct str key;

	if (strcmp(by, "user") == 0)
		return c->user;
	if (strcmp(by, "cause") == 0)
		return str_of(c->cause);
	key = c->side[strcmp(by, "lac") == 0 ? LAC : LNS].name;
	if (key.len > 0)
		return key;
	address_print(&t, &c->side[strcmp(by, "lac") == 0 ? LAC : LNS].address);
	key = arena_str(r->report->arena, text_str(&t));
	text_free(&t);
	return key;
}

static int by_size(const void *a, const void *b)
{
	const struct group *one = a;
	const struct group *other = b;

	if (one->n != other->n)
		return one->n < other->n ? 1 : -1;
	return str_compare(one->key, other->key);
}

static int by_key(const void *a, const void *b)
{
	return str_compare(((const struct group *)a)->key, ((const struct group *)b)->key);
}

/* One group a call, sorted by key, then equal neighbours become one. */
static size_t collect_groups(struct run *r, struct group *groups)
{
	size_t n = 0;
	size_t kept = 0;

	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c)) {
		if (!run_shows_call(r, c))
			continue;
		groups[n] = (struct group){.key = group_key(r, c), .n = 1};
		if (c->cause != NULL)
			count_cause(r, &groups[n], c->cause, 1);
		groups[n++].by_outcome[c->outcome] = 1;
	}
	qsort(groups, n, sizeof(*groups), by_key);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !str_equal(groups[kept - 1].key, groups[i].key)) {
			groups[kept++] = groups[i];
			continue;
		}
		groups[kept - 1].n++;
		for (size_t k = 0; k <= OUTCOME_FAILED; k++)
			groups[kept - 1].by_outcome[k] += groups[i].by_outcome[k];
		if (groups[i].causes != NULL)
			count_cause(r, &groups[kept - 1], groups[i].causes->cause, 1);
	}
	qsort(groups, kept, sizeof(*groups), by_size);
	return kept;
}

static void json_group(struct run *r, const struct group *g)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_key(&j, "type");
	writer_string(&j, STR("group"));
	writer_pair_known(&j, "by", str_of(r->options->by));
	writer_pair_known(&j, "key", g->key);
	writer_pair_unsigned(&j, "calls", g->n);
	for (size_t i = 0; i <= OUTCOME_FAILED; i++)
		writer_pair_unsigned(&j, outcome_name((enum outcome)i), g->by_outcome[i]);
	writer_key(&j, "causes");
	writer_open(&j, '{');
	for (const struct group_cause *c = g->causes; c != NULL; c = c->next)
		writer_pair_unsigned(&j, c->cause, c->n);
	writer_close(&j, '}');
	writer_close(&j, '}');
	run_print_json(r);
}

static void csv_head(struct run *r)
{
	struct csv c = csv_into(&r->line);

	csv_word(&c, r->options->by);
	csv_word(&c, "calls");
	for (size_t i = 0; i <= OUTCOME_FAILED; i++)
		csv_word(&c, outcome_name((enum outcome)i));
	csv_word(&c, "causes");
	csv_end(&c, &r->term);
}

static void csv_group(struct run *r, const struct group *g)
{
	struct csv c = csv_into(&r->line);

	csv_text(&c, g->key);
	csv_number(&c, g->n);
	for (size_t i = 0; i <= OUTCOME_FAILED; i++)
		csv_number(&c, g->by_outcome[i]);
	csv_text(&c, causes_cell(r, g, 1));
	csv_end(&c, &r->term);
}

static void print_table(struct run *r, const struct group *groups, size_t n)
{
	static const enum outcome shown[] = {OUTCOME_UP, OUTCOME_CLOSED, OUTCOME_DROPPED,
					     OUTCOME_FAILED, OUTCOME_UNKNOWN};
	const struct table_column heads[] = {
		{.title = r->options->by, .shrinks = 10, .is_kept = true},
		{.title = "calls", .is_right = true, .is_kept = true},
		{.title = "up", .is_right = true, .is_kept = true, .gives = 2},
		{.title = "closed", .is_right = true, .is_kept = true, .gives = 3},
		{.title = "dropped", .is_right = true, .is_kept = true, .gives = 4},
		{.title = "failed", .is_right = true, .is_kept = true, .gives = 5},
		{.title = "unknown", .is_right = true, .is_kept = true, .gives = 1},
		{.title = "causes", .shrinks = 16, .is_kept = true},
	};
	bool is_by_cause = strcmp(r->options->by, "cause") == 0;
	struct arena *cells_of = arena_new(LIMIT_REPLAY_ARENA);
	struct table t = table_make(cells_of, heads, sizeof(heads) / sizeof(heads[0]));

	for (size_t i = 0; i < n; i++) {
		struct str cells[8];

		arena_reset(r->scratch);
		cells[0] = common_untrusted(r, groups[i].key);
		cells[1] = arena_printf(r->scratch, "%zu", groups[i].n);
		for (size_t k = 0; k < 5; k++)
			cells[k + 2] =
				arena_printf(r->scratch, "%zu", groups[i].by_outcome[shown[k]]);
		cells[7] = is_by_cause ? STR("") : causes_cell(r, &groups[i], 2);
		table_add(&t, cells, NULL);
	}
	table_print(&t, &r->term);
	arena_free(cells_of);
}

void calls_print_groups(struct run *r)
{
	struct group *groups = must_alloc(r->report->n_calls + 1, sizeof(*groups));
	size_t n = collect_groups(r, groups);
	bool is_csv = common_format(r, "csv");

	if (is_csv)
		csv_head(r);
	for (size_t i = 0; i < n && (is_csv || r->options->json); i++) {
		arena_reset(r->scratch);
		if (is_csv)
			csv_group(r, &groups[i]);
		else
			json_group(r, &groups[i]);
	}
	if (!is_csv && !r->options->json)
		print_table(r, groups, n);
	free(groups);
}
