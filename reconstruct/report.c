#include "mark.h"

const char *role_name(enum role r)
{
	static const char *const names[] = {
		[ROLE_LAC] = "lac",
		[ROLE_LNS] = "lns",
		[ROLE_CLIENT] = "client",
		[ROLE_RADIUS] = "radius",
		[ROLE_NETWORK] = "network",
		[ROLE_INITIATOR] = "initiator",
		[ROLE_RESPONDER] = "responder",
	};

	return (size_t)r < sizeof(names) / sizeof(names[0]) ? names[r] : NULL;
}

const char *reached_name(enum reached r)
{
	static const char *const names[] = {
		[REACHED_NONE] = "none", [REACHED_TUNNEL] = "tunnel", [REACHED_SESSION] = "session",
		[REACHED_LCP] = "lcp",   [REACHED_AUTH] = "auth",     [REACHED_NCP] = "ncp",
	};

	return (size_t)r < sizeof(names) / sizeof(names[0]) ? names[r] : "none";
}

const char *carrier_name(enum carrier c)
{
	static const char *const names[] = {
		[CARRIER_L2TP] = "l2tp", [CARRIER_L2TPV3] = "l2tpv3", [CARRIER_L2F] = "l2f",
		[CARRIER_PPTP] = "pptp", [CARRIER_PPPOE] = "pppoe",   [CARRIER_PPP] = "ppp",
	};

	return names[c];
}

const char *outcome_name(enum outcome o)
{
	static const char *const names[] = {
		[OUTCOME_UNKNOWN] = "unknown", [OUTCOME_UP] = "up",
		[OUTCOME_CLOSED] = "closed",   [OUTCOME_DROPPED] = "dropped",
		[OUTCOME_FAILED] = "failed",
	};

	return (size_t)o < sizeof(names) / sizeof(names[0]) ? names[o] : "unknown";
}

const char *confidence_name(enum confidence c)
{
	static const char *const names[] = {
		[CONFIDENCE_POSSIBLE] = "possible",
		[CONFIDENCE_LIKELY] = "likely",
		[CONFIDENCE_CERTAIN] = "certain",
	};

	return (size_t)c < sizeof(names) / sizeof(names[0]) ? names[c] : NULL;
}

const char *direction_name(enum direction d)
{
	static const char *const names[] = {
		[INCOMING] = "incoming",
		[OUTGOING] = "outgoing",
	};

	return (size_t)d < sizeof(names) / sizeof(names[0]) ? names[d] : NULL;
}

bool report_seconds(const struct report *r, const struct mark *m, double *ret)
{
	int64_t ns;

	if (!mark_ns(r, m, &ns))
		return false;
	*ret = (double)(ns - r->earliest.ns) / 1e9;
	return true;
}
