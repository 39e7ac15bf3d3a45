/* The dialects of daemons: one line each, here and in daemon_dialects.c. */
#ifndef L2TPSCOPE_DAEMON_DIALECTS_H
#define L2TPSCOPE_DAEMON_DIALECTS_H

#include "daemon.h"

extern const struct daemon_dialect daemon_xl2tpd;
extern const struct daemon_dialect daemon_pppd;
extern const struct daemon_dialect daemon_l2tpns;
extern const struct daemon_dialect daemon_routeros;
extern const struct daemon_dialect daemon_accel;
extern const struct daemon_dialect daemon_mpd;
extern const struct daemon_dialect daemon_freeradius;
extern const struct daemon_dialect daemon_l2tpv3d;
extern const struct daemon_dialect daemon_bngblaster;
extern const struct daemon_dialect daemon_kl2tpd;
extern const struct daemon_dialect daemon_draytek;
extern const struct daemon_dialect daemon_keenetic;
extern const struct daemon_dialect daemon_npppd;
extern const struct daemon_dialect daemon_openl2tp;
extern const struct daemon_dialect daemon_vrp;
extern const struct daemon_dialect daemon_fortigate;
extern const struct daemon_dialect daemon_softether;
extern const struct daemon_dialect daemon_ppplog;
extern const struct daemon_dialect daemon_solstice;
extern const struct daemon_dialect daemon_tcpdump;
extern const struct daemon_dialect daemon_tshark;
extern const struct daemon_dialect daemon_client;
extern const struct daemon_dialect daemon_ipsec;
extern const struct daemon_dialect daemon_rasclient;

#endif
