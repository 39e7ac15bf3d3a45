/* Lines that only IOS prints, told by their first characters, so that nobody else is asked for
 * them. */
#ifndef L2TPSCOPE_IOS_LINE_H
#define L2TPSCOPE_IOS_LINE_H

#include "text.h"

/* A date and a time with a colon behind them, `*Mar  1 00:04:10.235 UTC: …`, or nothing but octets
 * of a dump. Many lines of IOS are neither. */
bool line_is_ios(struct str line);

/* How the stamp of a line was printed: that of a line like it needs no reading. */
struct ios_stamp {
	char at[64]; /* with a 0 for each digit */
	size_t length;
};

/* Of a line that often has a stamp like the last one, which `last` tells: has it one; and
 * line_is_ios(). */
bool line_has_stamp_like(struct str line, struct ios_stamp *last);
bool line_is_ios_like(struct str line, struct ios_stamp *last);

#endif
