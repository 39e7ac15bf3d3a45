/* What a database is told before it takes calls, tunnels and findings: `explain schema`. */
#ifndef L2TPSCOPE_STORE_SCHEMA_H
#define L2TPSCOPE_STORE_SCHEMA_H

#include "text.h"

enum store_dialect { STORE_SQLITE, STORE_POSTGRESQL, STORE_CLICKHOUSE };

/* Its tables; and how they are looked up, which is made when they are filled. */
void store_print_tables(struct text *t, enum store_dialect d);
void store_print_indexes(struct text *t, enum store_dialect d);

#endif
