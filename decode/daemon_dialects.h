/* The dialects of daemons: one line each in daemon_dialects.def. */
#ifndef L2TPSCOPE_DAEMON_DIALECTS_H
#define L2TPSCOPE_DAEMON_DIALECTS_H

#include "daemon.h"

#define DIALECT(name) extern const struct daemon_dialect daemon_##name;
#include "daemon_dialects.def"
#undef DIALECT

#endif
