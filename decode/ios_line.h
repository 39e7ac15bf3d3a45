/* Lines that only IOS prints, told by their first characters, so that nobody else is asked for
 * them. */
#ifndef L2TPSCOPE_IOS_LINE_H
#define L2TPSCOPE_IOS_LINE_H

#include "text.h"

/* A date and a time with a colon behind them: `*Mar  1 00:04:10.235 UTC: …`. */
bool line_has_stamp(struct str line);
/* That, or nothing but octets of a dump. Many lines of IOS are neither. */
bool line_is_ios(struct str line);

#endif
