/* What stands between records and can be told by its shape: prompts, configuration, tables. */
#ifndef L2TPSCOPE_LOG_PROSE_H
#define L2TPSCOPE_LOG_PROSE_H

#include "log_record.h"

enum table_kind { TABLE_NONE, TABLE_ROWS };

/* `LAC#`, `Router(config-if)#`, at the beginning of a line also `CSR1>`: octets up to and with
 * the mark; 0 when `text` does not begin with a prompt. */
size_t prompt_length(struct str text, bool is_line_start);
/* Its host name. */
struct str prompt_name(struct str text);

/* Whether a line of configuration may begin here that the rows know. */
bool prose_is_config(struct str text);

/* Whether an id and a facility stand here (`Se0:0 XYZ: …`), so that it is a record. */
bool prose_is_head(struct str text);

/* Whether rows of a table may follow `row`. */
enum table_kind table_after(const struct grammar_row *row, enum table_kind before);

#endif
