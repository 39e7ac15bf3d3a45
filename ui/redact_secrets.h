/* `redact`: the secrets that were given, as they are afterwards. */
#ifndef L2TPSCOPE_REDACT_SECRETS_H
#define L2TPSCOPE_REDACT_SECRETS_H

#include "redact_map.h"
#include "run.h"

/* Beside the output, as OUTPUT.secrets, for its owner alone; nothing where none were given. */
bool redact_secrets_write(struct run *run, struct redact_map *map, struct text *why_not);

#endif
