/* What several commands print alike. Strings live in the scratch arena of the run. */
#ifndef L2TPSCOPE_CMD_COMMON_H
#define L2TPSCOPE_CMD_COMMON_H

#include "run.h"
#include "whole_file.h"

/* A fact as a cell; empty when unknown. */
struct str common_field(struct run *r, const struct field_set *set, const struct subject *s,
			const char *key);
/* A mark's time as -t wants it (default: with the date, without the year). */
struct str common_time(struct run *r, const struct mark *m);
/* For a column of a table: whole seconds, unless -t asks for more. */
struct str common_start(struct run *r, const struct mark *m);
/* The same with its date, which goes only if all that were counted, whenever some are told, began
 * on one day (table_column.is_time). */
struct str common_dated_start(struct run *r, const struct mark *m);
void common_count_days(struct run *r);
bool common_hides_dates(const struct run *r);
/* An end of a call, `hgw 17688/7`: name or address, tunnel id, session id; without a tunnel
 * `vpn-gw 200`, the Call ID, or `bras-1 0x0011`, the PPPoE session. */
struct str common_side(struct run *r, const struct call *c, int which);
/* An end of a tunnel: `hgw 10.51.6.68 17688`. */
struct str common_peer(struct run *r, const struct peer *p);
/* PPP without a tunnel has a client and a server, and what an end of a call is called. */
bool common_has_lns(const struct call *c);
const char *common_role(const struct call *c, enum role r);
/* "; or idle-timeout": the causes that are not ruled out; of a call that fell with its tunnel,
 * "; the tunnel's own: keepalive-lost". */
void common_also(struct text *t, const struct call *c);
/* Text from an input, escaped and masked. */
struct str common_untrusted(struct run *r, struct str s);
/* What is wrong: for damage also what stood there, what it must have been, and the proof. */
void common_print_defect(struct run *r, const struct defect *d);
/* `1 line`, `2 lines`. */
void common_count(struct text *t, uint64_t n, const char *noun);
/* `no L2TP here: …` with what each input holds. */
void common_print_contents(struct run *r);
/* A password on the wire: PAP, or handed on by the LAC (AVP 33 with type 3, RFC 2661 4.4.5). */
bool common_has_secret(const struct event *e);
/* Of a command that WRITES_FILE: true, and why not, when octets that are no text would go to a
 * terminal. */
bool common_is_terminal(const struct run *r, struct text *why_not);
/* Says why not, and frees that; what the command ends with. */
enum exit_status common_refuse(struct text *why_not, enum exit_status status);
/* The end of a command that wrote `file`: nothing is left of it when somebody stopped the run.
 * Frees `why_not`. */
enum exit_status common_finish(const struct run *r, struct whole_file *file, struct text *why_not);
/* command.has_rows of what tells tunnels: with a filter one is shown by its calls, too. */
bool common_has_rows(const struct run *r);
/* --format is `word`. */
bool common_format(const struct run *r, const char *word);
/* --format csv or copy: a record each. */
bool common_is_rows(const struct run *r);
/* Then: the head of a field table, once, and one subject of it. */
void common_csv_head(struct run *r, const struct field_set *set);
void common_csv_row(struct run *r, const struct field_set *set, const struct subject *s);
/* A heading on a line of its own. */
void common_heading(struct run *r, const char *words);
enum style common_severity_style(enum severity s);

#endif
