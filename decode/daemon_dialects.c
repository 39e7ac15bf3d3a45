#include "daemon_dialects.h"

const struct daemon_dialect *const daemon_dialects[] = {
	&daemon_xl2tpd,     &daemon_pppd,      &daemon_l2tpns,     &daemon_routeros,
	&daemon_accel,      &daemon_mpd,       &daemon_freeradius, &daemon_l2tpv3d,
	&daemon_bngblaster, &daemon_kl2tpd,    &daemon_draytek,    &daemon_keenetic,
	&daemon_npppd,      &daemon_softether, &daemon_ppplog,     &daemon_solstice,
	&daemon_tcpdump,    &daemon_tshark,    &daemon_client,     &daemon_rasclient,
	&daemon_openl2tp,   &daemon_vrp,       &daemon_fortigate,  &daemon_ipsec,
};

const size_t n_daemon_dialects = sizeof(daemon_dialects) / sizeof(daemon_dialects[0]);
