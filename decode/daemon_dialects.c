#include "daemon_dialects.h"

const struct daemon_dialect *const daemon_dialects[] = {
	&daemon_xl2tpd,
	&daemon_pppd,
	&daemon_l2tpns,
};

const size_t n_daemon_dialects = sizeof(daemon_dialects) / sizeof(daemon_dialects[0]);
