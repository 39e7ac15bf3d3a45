#include "calls_group.h"

#include <stdlib.h>

#include "cmd_common.h"
#include "csv.h"
#include "hash.h"
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

struct calls_groups {
	struct arena *arena; /* of keys and causes */
	struct group *at;
	size_t n, room;
	/* By hash, open addressing, twice `room` and a power of two: place in `at`, from 1; 0 free.
	 */
	uint32_t *index;
};

enum { FIRST_ROOM = 64 };

struct calls_groups *calls_groups_new(void)
{
	struct calls_groups *all = must_alloc(1, sizeof(*all));

	*all = (struct calls_groups){
		.arena = arena_new(LIMIT_REPLAY_ARENA),
		.at = must_alloc(FIRST_ROOM, sizeof(*all->at)),
		.room = FIRST_ROOM,
		.index = must_alloc((size_t)2 * FIRST_ROOM, sizeof(*all->index))};
	return all;
}

void calls_groups_free(struct calls_groups *all)
{
	if (all == NULL)
		return;
	arena_free(all->arena);
	free(all->at);
	free(all->index);
	free(all);
}

/* The entry of that key, or the free one where it belongs. */
static uint32_t *entry_of(const struct calls_groups *all, struct str key)
{
	const size_t mask = 2 * all->room - 1;
	uint64_t h = HASH_START;
	size_t i;

	for (i = 0; i < key.len; i++)
		h = hash_word(h, (uint8_t)key.at[i]);
	i = hash_end(h) & mask;
	while (all->index[i] != 0 && !str_equal(all->at[all->index[i] - 1].key, key))
		i = (i + 1) & mask;
	return &all->index[i];
}

static void room_make(struct calls_groups *all)
{
	all->room *= 2;
	all->at = must_grow(all->at, all->room, sizeof(*all->at));
	free(all->index);
	all->index = must_alloc(2 * all->room, sizeof(*all->index));
	for (size_t i = 0; i < all->n; i++)
		*entry_of(all, all->at[i].key) = (uint32_t)(i + 1);
}

static struct group *group_of(struct calls_groups *all, struct str key)
{
	uint32_t i = *entry_of(all, key);

	if (i != 0)
		return &all->at[i - 1];
	if (all->n == all->room)
		room_make(all);
	all->at[all->n] = (struct group){.key = arena_str(all->arena, key)};
	*entry_of(all, key) = (uint32_t)++all->n;
	return &all->at[all->n - 1];
}

static void count_cause(struct arena *arena, struct group *g, const char *cause)
{
	struct group_cause **at = &g->causes;

	while (*at != NULL && strcmp((*at)->cause, cause) != 0)
		at = &(*at)->next;
	if (*at == NULL)
		*at = arena_alloc(arena, sizeof(**at));
	if (*at == NULL)
		return;
	(*at)->cause = cause;
	(*at)->n++;
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
	key = arena_str(r->scratch, text_str(&t));
	text_free(&t);
	return key;
}

void calls_groups_take(struct calls_groups *all, struct run *r)
{
	for (const struct call *c = r->report->calls; c != NULL; c = call_after(r->report, c)) {
		struct group *g;

		if (!run_shows_call(r, c))
			continue;
		arena_reset(r->scratch);
		g = group_of(all, group_key(r, c));
		g->n++;
		g->by_outcome[c->outcome]++;
		if (c->cause != NULL)
			count_cause(all->arena, g, c->cause);
	}
}

static int by_size(const void *a, const void *b)
{
	const struct group *one = a;
	const struct group *other = b;

	if (one->n != other->n)
		return one->n < other->n ? 1 : -1;
	return str_compare(one->key, other->key);
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

void calls_groups_print(struct calls_groups *all, struct run *r)
{
	bool is_csv = common_format(r, "csv");

	/* what is found by its place is not asked for any more */
	qsort(all->at, all->n, sizeof(*all->at), by_size);
	if (is_csv)
		csv_head(r);
	for (size_t i = 0; i < all->n && (is_csv || r->options->json); i++) {
		arena_reset(r->scratch);
		if (is_csv)
			csv_group(r, &all->at[i]);
		else
			json_group(r, &all->at[i]);
	}
	if (!is_csv && !r->options->json)
		print_table(r, all->at, all->n);
}
