/* Which console a log record belongs to.
 *
 * One text may hold the consoles of several devices after each other, or in turns. Each is a
 * vantage point of its own. Evidence, strongest first: the local tunnel id; the syslog host or
 * the prompt; what was learned from those (interface, AAA request); time running back by more
 * than a second. A record without any evidence follows the record before it, except behind a
 * boundary (prose, a fence, a prompt, time running back): there the records that follow are
 * asked first.
 *
 * Two local tunnel ids are of different consoles when one is the peer's id of the other. */
#ifndef L2TPSCOPE_CONSOLE_H
#define L2TPSCOPE_CONSOLE_H

#include "log_record.h"

struct consoles;

struct consoles *consoles_new(void);
void consoles_free(struct consoles *c);

/* The console (0, 1, 2 …) of each of the `n` records, in their order in the text. A long text
 * is given in pieces: only the first `sure` records are told apart for good, the others are
 * what is looked ahead at and only continue. Facts stay known for the next call. */
void consoles_assign(struct consoles *c, const struct log_record *records, size_t n, size_t sure,
		     uint16_t *ret);
/* Goes back to behind the first `n` of the records: the next call begins there. */
void consoles_rewind(struct consoles *c, const struct log_record *records, const uint16_t *console,
		     size_t n);

size_t consoles_count(const struct consoles *c);
/* What its peers call it, else its prompt or syslog host, else empty. */
struct str consoles_name(const struct consoles *c, uint16_t console);
/* True when LIMIT_VANTAGES was reached: later consoles were counted into the last one. */
bool consoles_is_limited(const struct consoles *c);

/* `Serial0:0` and `Se0:0` are one interface: the short form, in `room` (which may be `s`). */
struct str interface_short(struct str s, char room[32]);

#endif
