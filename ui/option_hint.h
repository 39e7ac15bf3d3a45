/* What is said of an option that is wrong: what may have been meant instead. */
#ifndef L2TPSCOPE_OPTION_HINT_H
#define L2TPSCOPE_OPTION_HINT_H

#include "options.h"

/* One of `a|b|c`, which the option takes. */
bool option_is_choice(const struct option_def *def, const char *value);
/* "--format is one of text|csv, not `x`". */
void option_refuse_choice(const struct command *c, const struct option_def *def, const char *value,
			  struct text *ret);
/* "`show` has no option --ignore; it is one of `check`". */
void option_refuse(const struct command *c, const struct option_def *def, struct text *ret);
/* Behind "unknown option --NAME": the option of the command that is meant, if there is one. */
void option_suggest(const struct command *c, struct str name, struct text *ret);
/* Behind "3: No such file": a number before the input is the call of `show` only. */
void option_suggest_call(const struct command *c, struct str path, struct text *ret);

#endif
