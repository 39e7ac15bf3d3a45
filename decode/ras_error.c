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
	{718, false, "PPP timed out: the other end did not answer (718)", ""},
	{720, false, "no network protocols in common (720)", ""},
	{721, false, "PPP timed out: the other end did not answer (721)", ""},
	{732, false, "no network protocols agreed: PPP did not converge (732)", ""},
	{733, false, "no network protocols in common (733)", ""},
	{734, false, "LCP came to no agreement (734)", ""},
	{735, false, "not authorized to use remote address: the requested one was rejected (735)",
	 "peer"},
	{741, false, "encryption required, and this computer has none such (741)", "this-end"},
	{742, false, "encryption required, and the other end has none such (742)", "this-end"},
	{800, false, "the server does not respond (800): it, IKE, or a filter on the way", ""},
	{809, false, "the server does not respond (809): it, IKE, or a filter on the way", ""},
	{812, false, "authentication protocol rejected by a policy of the server (812)", "peer"},
	{828, false, "idle timeout (828)", "this-end"},
	{919, false, "authentication protocol rejected by the server (919)", "peer"},
};

/* How the event log puts it (learn.microsoft.com, "error codes for dial-up and VPN connections"),
 * as far as a number has one beginning. */
static const struct {
	const char *begins;
	uint32_t code;
} texts[] = {
	{"The connection was closed by the remote computer", 629},
	{"The port was disconnected by the remote machine", 629},
	{"The connection was terminated by the remote computer", 629},
	{"The account is not permitted to log on at this time of day", 646},
	{"The account is disabled", 647},
	{"The password for this account has expired", 648},
	{"The password has expired", 648},
	{"The account does not have permission to dial in", 649},
	{"The account does not have Remote Access permission", 649},
	{"The remote connection was denied because the user name and password", 691},
	{"Access was denied because the user", 691},
	{"Access denied because username and/or password", 691},
	{"The connection was terminated because the remote computer did not respond", 718},
	{"Negotiation timed out", 718},
	{"No PPP control protocols configured", 720},
	{"The remote computer did not respond", 721},
	{"The remote PPP peer is not responding", 721},
	{"The PPP negotiation is not converging", 732},
	{"PPP negotiation is not converging", 732},
	{"The PPP control protocol for this network protocol is not available", 733},
	{"The PPP link control protocol was terminated", 734},
	{"The PPP link control protocol terminated", 734},
	{"The requested address was rejected by the server", 735},
	{"The local computer does not support the required", 741},
	{"The remote computer does not support the required", 742},
	{"The connection was prevented because of a policy configured on your RAS", 812},
};

const struct ras_error *ras_error_of_text(struct str text)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (str_starts(text, texts[i].begins))
			return ras_error_find(texts[i].code);
	return NULL;
}

static const struct {
	uint32_t code;
	const char *words;
} below[] = {
	{781, "no valid certificate (781)"},
	{786, "no valid machine certificate (786)"},
	{787, "the security layer could not authenticate the server (787)"},
	{788, "the security layer found no parameters in common (788)"},
	{789, "the security layer met an error in the first negotiation (789)"},
	{790, "the certificate of the server did not fit (790)"},
	{791, "no security policy was found (791)"},
	{792, "the security negotiation timed out (792)"},
	{793, "the security negotiation failed (793)"},
};

const char *ras_error_below(uint32_t code)
{
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++)
		if (below[i].code == code)
			return below[i].words;
	return NULL;
}

const char *ras_error_sentence(size_t i)
{
	return i < sizeof(texts) / sizeof(texts[0]) ? texts[i].begins : NULL;
}

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

/* Control octets behind `^`, those above 127 behind `M-`. */
static unsigned printed_octet(struct str *s)
{
	unsigned high = 0, low = 0;

	if (str_starts(*s, "M-")) {
		high = 0x80;
		*s = str_from(*s, 2);
	}
	if (s->len > 1 && s->at[0] == '^') {
		low = 0x40;
		*s = str_from(*s, 1);
	}
	if (!s->len)
		return 0;
	low ^= (unsigned char)s->at[0];
	*s = str_from(*s, 1);
	return high | low;
}

static const char printed_mark[] = "^@<M-Mt";

static bool read_printed(struct str *s, uint32_t *ret)
{
	*ret = 0;
	if (!str_starts(*s, printed_mark))
		return false;
	*s = str_from(*s, sizeof(printed_mark) - 1);
	for (int i = 0; i < 4; i++) {
		if (!s->len)
			return false;
		*ret = *ret << 8 | (printed_octet(s) & 0xff);
	}
	return true;
}

bool ras_error_of_printed(struct str text, uint32_t *ret)
{
	size_t at = str_find(text, str_of(printed_mark));

	if (at == SIZE_MAX)
		return false;
	text = str_from(text, at);
	return read_printed(&text, ret);
}

size_t ras_error_printed_length(struct str s)
{
	struct str rest = s;
	uint32_t code;

	return read_printed(&rest, &code) ? s.len - rest.len : 0;
}

struct str ras_error_text(struct arena *a, uint32_t code)
{
	const struct ras_error *error = ras_error_find(code);

	if (!error)
		return arena_printf(a, "Windows error %u%s", code, code ? "" : ": none");
	return arena_printf(a, "Windows: %s", error->words);
}
