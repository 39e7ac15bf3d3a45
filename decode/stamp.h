/* The time that a device or a collector prints before a record, in a flow (flow.h), where a
 * line may end at any place in it.
 *
 * Read: `Jan  1 00:04:10.235:`, `*Sep  6 2002 08:23:42.955 UTC:`, `.Mar  1 …`, `00:12:33:`,
 * `2w3d:`, before them `<190>123: host: `, and the collector's own `Sep 24 18:42:10 host `,
 * `2025-03-02T10:45:07+00:00 host `, `<30>1 2025-03-02T10:45:07Z host app - - - ` (RFC 5424). */
#ifndef L2TPSCOPE_STAMP_H
#define L2TPSCOPE_STAMP_H

#include "clock.h"

enum { STAMP_TEXT = 96 };

struct stamp {
	size_t start, end; /* in the flow; `end` is the first character of what follows */
	struct moment when;
	char text[STAMP_TEXT]; /* as printed: `Jan 1 00:04:10.235` */
	struct str host;       /* a collector's name for the device; borrowed from the flow */
	bool is_damaged;       /* letters stood for digits; `text` has the digits */
	bool is_weak;          /* no date: only a stamp when a record follows */
	uint8_t clock;         /* where `12:00:00` stands in `text`, if it may be a model */
	int64_t clock_ns;      /* which is so far in the day */
};

/* The stamp whose first colon stands at `colon`. `from`: characters before it belong to
 * something else. `year`: for stamps that have none, 0 unknown. */
bool stamp_at(struct str flow, size_t from, size_t colon, int year, struct stamp *ret);

/* The same of a stamp that begins at `start` and is printed like `last`, of the same day; false
 * when it is not, or `last` has more than its own text before its end. Cheap: in a log in good
 * order, each stamp is like the one before it. */
bool stamp_like(struct str flow, size_t start, const struct stamp *last, struct stamp *ret);

/* Of that, the clock alone, with which `text` begins, and the end; what time of the day it
 * tells. */
bool stamp_goes_on(struct str text, const struct stamp *last, int64_t *ret);

/* Whether something like a time stands in the line: with other digits it may be a stamp's. */
bool stamp_may_be_in(struct str line);

#endif
