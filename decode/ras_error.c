#include "ras_error.h"

#include <string.h>

#include "code.h"

/* As far as one code means one thing. `by`: who judged or ended it, of an event. */
static const struct ras_error errors[] = {
	{629, false, "disconnected by the remote computer (629)", "peer"},
	{631, false, "disconnected by the user (631)", "this-end"},
	{646, true, "authentication failed: not at this time of day (646)", "peer"},
	{647, true, "authentication failed: the account is disabled (647)", "peer"},
	{648, true, "authentication failed: the password has expired (648)", "peer"},
	{649, true, "authentication failed: no dial-in permission (649)", "peer"},
	{691, true, "authentication failed: name or password (691)", "peer"},
	{718, false, "PPP timed out: the server did not answer (718)", ""},
	{720, false, "no network protocols in common (720)", ""},
	{721, false, "PPP timed out: the server did not answer (721)", ""},
	{732, false, "no network protocols agreed: PPP did not converge (732)", ""},
	{733, false, "no network protocols in common (733)", ""},
	{734, false, "LCP came to no agreement (734)", ""},
	{735, false, "not authorized to use remote address: the requested one was rejected (735)",
	 "peer"},
	{741, false, "encryption required, and this computer has none such (741)", "this-end"},
	{742, false, "encryption required, and the server has none such (742)", "this-end"},
	{800, false, "the server does not respond (800): it, IKE, or a filter on the way", ""},
	{809, false, "the server does not respond (809): it, IKE, or a filter on the way", ""},
	{812, false, "authentication protocol rejected by a policy of the server (812)", "peer"},
	{828, false, "idle timeout (828)", "this-end"},
	{919, false, "authentication protocol rejected by the server (919)", "peer"},
};

const struct ras_error *ras_error_find(uint32_t code)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].code == code)
			return &errors[i];
	return NULL;
}

bool ras_error_of_terminate(const struct ppp *p, uint32_t *ret)
{
	static const uint8_t mark[4] = {0x00, 0x3c, 0xcd, 0x74};

	if (p->code != CP_TERMREQ || p->body.len != 12 || memcmp(p->body.at + 4, mark, 4) != 0)
		return false;
	*ret = (uint32_t)value_of_octets(span_of(p->body.at + 8, 4));
	return true;
}
