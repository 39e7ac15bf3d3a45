#include "store_schema.h"

#include "explain.h"
#include "limits.h"
#include "store_cell.h"

struct dialect {
	const char *name;
	const char *types[STORE_TIME + 1]; /* enum store_type */
	const char *number;                /* of what cannot be unknown: an id */
	const char *head;                  /* of the statements */
	const char *end;                   /* of a table, behind the bracket */
	bool has_comments;
};

static const struct dialect dialects[] = {
	[STORE_SQLITE] = {"sqlite",
			  {[STORE_TEXT] = "TEXT",
			   [STORE_NUMBER] = "INTEGER",
			   [STORE_REAL] = "REAL",
			   [STORE_TRUTH] = "INTEGER",
			   [STORE_TIME] = "TEXT"},
			  "INTEGER",
			  "",
			  "",
			  false},
	[STORE_POSTGRESQL] =
		{"postgresql",
		 {[STORE_TEXT] = "text",
		  [STORE_NUMBER] = "bigint",
		  [STORE_REAL] = "double precision",
		  [STORE_TRUTH] = "boolean",
		  [STORE_TIME] = "timestamptz"},
		 "bigint",
		 "-- l2tpscope calls --format copy FILE | psql -c '\\copy calls from stdin'\n",
		 "",
		 true},
	[STORE_CLICKHOUSE] = {"clickhouse",
			      {[STORE_TEXT] = "Nullable(String)",
			       [STORE_NUMBER] = "Nullable(UInt64)",
			       [STORE_REAL] = "Nullable(Float64)",
			       [STORE_TRUTH] = "Nullable(Bool)",
			       [STORE_TIME] = "Nullable(DateTime64(6, 'UTC'))"},
			      "UInt64",
			      "-- l2tpscope calls --format copy FILE | clickhouse-client "
			      "--date_time_input_format best_effort \\\n"
			      "--     -q 'INSERT INTO calls FORMAT TabSeparated'\n",
			      " ENGINE = MergeTree ORDER BY id",
			      false},
};

enum { DIALECTS = sizeof(dialects) / sizeof(dialects[0]) };

static const struct {
	const char *table, *columns;
} indexes[] = {
	{"calls", "start"},   {"calls", "user"},    {"calls", "cause"},   {"calls", "tunnel"},
	{"tunnels", "start"}, {"findings", "rule"}, {"findings", "call"}, {"findings", "tunnel"},
};

static void print_column(struct text *t, const struct dialect *d, const struct store_column *c,
			 bool is_last)
{
	bool is_id = strcmp(c->name, "id") == 0;

	text_printf(t, "\t\"%s\" %s%s", c->name, is_id ? d->number : d->types[c->type],
		    is_last ? "" : ",");
	if (d->has_comments)
		text_printf(t, " -- %s", c->field->about);
	text_putc(t, '\n');
}

void store_print_tables(struct text *t, enum store_dialect dialect)
{
	const struct dialect *d = &dialects[dialect];

	text_puts(t, d->head);
	for (size_t i = 0; i < STORE_TABLES; i++) {
		struct store_column columns[STORE_COLUMNS];
		size_t n = store_columns(store_tables[i].set, columns);

		text_printf(t, "CREATE TABLE %s (\n", store_tables[i].name);
		for (size_t k = 0; k < n; k++)
			print_column(t, d, &columns[k], k + 1 == n);
		text_printf(t, ")%s;\n", d->end);
	}
}

void store_print_indexes(struct text *t, enum store_dialect dialect)
{
	if (dialect == STORE_CLICKHOUSE)
		return;
	for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++)
		text_printf(t, "CREATE INDEX %s_%s ON %s (\"%s\");\n", indexes[i].table,
			    indexes[i].columns, indexes[i].table, indexes[i].columns);
}

static void print_lines(struct run *r, struct str all)
{
	while (all.len > 0) {
		size_t end = str_find(all, STR("\n"));

		end = end == SIZE_MAX ? all.len : end;
		text_add(&r->line, (struct str){all.at, end});
		term_line(&r->term, &r->line);
		all = str_from(all, end + 1);
	}
}

static void list(struct run *r)
{
	for (size_t i = 0; i < DIALECTS; i++) {
		text_printf(&r->line, "  explain schema %s", dialects[i].name);
		term_line(&r->term, &r->line);
	}
}

size_t explain_schema(struct run *r, const struct question *q)
{
	size_t found = 0;

	if (q->n == 0)
		list(r);
	for (size_t i = 0; q->n == 1 && i < DIALECTS; i++) {
		struct text t;

		if (strcmp(q->words[0], dialects[i].name) != 0)
			continue;
		t = text_make(LIMIT_OUTPUT_LINE);
		store_print_tables(&t, (enum store_dialect)i);
		store_print_indexes(&t, (enum store_dialect)i);
		print_lines(r, text_str(&t));
		text_free(&t);
		found++;
	}
	return q->n == 0 ? DIALECTS : found;
}
