#include "coverage.h"

#include "code.h"
#include "payload.h"

bool coverage_of_avp(const struct avp_row *row)
{
	return row->kind != AVP_BYTES;
}

bool coverage_of_option(const struct option_row *row)
{
	return row->kind != OPTION_BYTES;
}

bool coverage_of_tag(const struct pppoe_tag_row *row)
{
	return row->kind != TAG_OCTETS;
}

/* Keys are octets also when the secret reveals them. */
bool coverage_of_attribute(const struct radius_row *row)
{
	return row->kind != RADIUS_OCTETS && row->kind != RADIUS_SALTED &&
	       row->kind != RADIUS_USER_KEYS;
}

/* Not every control protocol: the options of one that has no table stay octets. */
bool coverage_of_protocol(uint16_t protocol)
{
	enum { MPLSCP = 0x8281 }; /* has no options, RFC 3032 4 */
	const struct option_row *rows;
	size_t n = option_rows(&rows);

	for (size_t i = 0; i < n; i++)
		if (rows[i].protocol == protocol)
			return true;
	return protocol == MPLSCP || protocol == PPP_LQR || protocol == PPP_PAP ||
	       protocol == PPP_CHAP || protocol == PPP_EAP || payload_is_decoded(protocol);
}
