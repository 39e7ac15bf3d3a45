/* A field table as columns of a database: which there are, of what type, and what one call, tunnel
 * or finding has in them. Objects have no column, their members do: `lac.name` is lac_name. */
#ifndef L2TPSCOPE_STORE_CELL_H
#define L2TPSCOPE_STORE_CELL_H

#include "field.h"

enum { STORE_COLUMNS = 96 };

enum store_type { STORE_NULL, STORE_TEXT, STORE_NUMBER, STORE_REAL, STORE_TRUTH, STORE_TIME };

struct store_column {
	const struct field *field;
	enum store_type type;
	char name[48];
};

struct store_cell {
	enum store_type type; /* STORE_NULL: unknown */
	uint64_t number;      /* and truth */
	double real;
	struct str text; /* escaped; and time, as in JSON */
};

/* The tables, in order: calls, tunnels, findings. */
struct store_table {
	const char *name;
	const struct field_set *set;
};
enum { STORE_TABLES = 3 };
extern const struct store_table store_tables[STORE_TABLES];

size_t store_columns(const struct field_set *set, struct store_column ret[STORE_COLUMNS]);
/* One for each column, and how many; texts are in the subject's arena. */
size_t store_cells(const struct field_set *set, const struct subject *s,
		   struct store_cell ret[STORE_COLUMNS]);

/* --format copy: PostgreSQL's COPY and ClickHouse's TabSeparated, without a head: tabs between,
 * `\N` what is unknown, a backslash before what would be read as another thing. */
void store_copy_row(struct text *line, const struct field_set *set, const struct subject *s);

#endif
