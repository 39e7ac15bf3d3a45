/* The one filter language: `--where EXPR` everywhere.
 *
 * Wireshark's operators: == != < <= > >= contains matches in, && || ^^ ! and or xor not,
 * parentheses; `in {a, b, 1..5}`, `not in`. A field alone asks whether it is there. Fields are
 * `call.*`, `tunnel.*`, `finding.*` of the field table, and Wireshark's names for what a message
 * carries. A field with several values fits when one of them does; `!=` and `not in` when none is
 * equal. What is unknown fits nothing. Addresses are compared as such, also with a block of them
 * (10.0.0.0/8), times as
 * --since has them. What a field of the table never is (a word for a number) is refused.
 */
#ifndef L2TPSCOPE_FILTER_H
#define L2TPSCOPE_FILTER_H

#include "field.h"

struct filter;

/* What a message about a field that nobody knows ends with; the screens have another way. */
#define FILTER_LISTS_FIELDS "`l2tpscope explain field` lists them"

/* NULL and a message with a caret under the place when the expression is wrong. */
struct filter *filter_parse(const char *text, struct text *why_not);
void filter_free(struct filter *f);

/* A NULL filter fits everything. */
bool filter_fits(const struct filter *f, const struct subject *s);

/* An expression took more than LIMIT_PATTERN steps on some value, which then does not fit. */
bool filter_gave_up(const struct filter *f);

/* What the expression asks about. */
bool filter_asks_message(const struct filter *f);
bool filter_asks_model(const struct filter *f);   /* call.* or tunnel.* or finding.* */
bool filter_asks_tunnel(const struct filter *f);  /* tunnel.* */
bool filter_asks_finding(const struct filter *f); /* finding.* */

#endif
