/* The dialects of daemons: one line each, here and in daemon_dialects.c. */
#ifndef L2TPSCOPE_DAEMON_DIALECTS_H
#define L2TPSCOPE_DAEMON_DIALECTS_H

#include "daemon.h"

extern const struct daemon_dialect daemon_xl2tpd;
extern const struct daemon_dialect daemon_pppd;
extern const struct daemon_dialect daemon_l2tpns;

#endif
