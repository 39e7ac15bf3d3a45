#include "code.h"

#include "once.h"

static const struct code_row rows[] = {
#define CODE(domain, number, name, about, ref) {CODE_##domain, number, name, about, ref},
#include "code.def"
#undef CODE
};

static const char *const domain_names[CODE_DOMAINS] = {
	[CODE_MESSAGE] = "message",
	[CODE_STOPCCN] = "stopccn",
	[CODE_CDN] = "cdn",
	[CODE_ERROR] = "error",
	[CODE_PROXY_AUTH] = "proxy-auth",
	[CODE_DISCONNECT] = "disconnect",
	[CODE_Q931] = "q931",
	[CODE_PPP_PROTOCOL] = "ppp-protocol",
	[CODE_LCP] = "lcp",
	[CODE_PAP] = "pap",
	[CODE_CHAP] = "chap",
	[CODE_CHAP_ALGORITHM] = "chap-algorithm",
	[CODE_EAP] = "eap",
	[CODE_EAP_TYPE] = "eap-type",
	[CODE_L2F] = "l2f",
	[CODE_RADIUS] = "radius",
	[CODE_PPPOE] = "pppoe",
	[CODE_PW_TYPE] = "pw-type",
	[CODE_MSEN] = "msen",
	[CODE_TDM_ERROR] = "tdm-error",
	[CODE_PROXY_DIRECTION] = "proxy-direction",
	[CODE_CBCP] = "cbcp",
	[CODE_BAP] = "bap",
	[CODE_ETHERTYPE] = "ethertype",
	[CODE_L2F_AUTH] = "l2f-auth",
	[CODE_PPTP] = "pptp",
	[CODE_PPTP_START] = "pptp-start",
	[CODE_PPTP_STOP] = "pptp-stop",
	[CODE_PPTP_DONE] = "pptp-done",
	[CODE_PPTP_OUT] = "pptp-out",
	[CODE_PPTP_IN] = "pptp-in",
	[CODE_PPTP_CDN] = "pptp-cdn",
	[CODE_PPTP_ERROR] = "pptp-error",
	[CODE_Q931_MESSAGE] = "q931-message",
};

/* The words of IOS debug output, which engineers use for other routers as well. */
static const struct {
	enum code_domain domain;
	uint8_t code;
	const char *word;
} shorts[] = {
	{CODE_LCP, 1, "CONFREQ"},     {CODE_LCP, 2, "CONFACK"},    {CODE_LCP, 3, "CONFNAK"},
	{CODE_LCP, 4, "CONFREJ"},     {CODE_LCP, 5, "TERMREQ"},    {CODE_LCP, 6, "TERMACK"},
	{CODE_LCP, 7, "CODEREJ"},     {CODE_LCP, 8, "PROTREJ"},    {CODE_LCP, 9, "ECHOREQ"},
	{CODE_LCP, 10, "ECHOREP"},    {CODE_LCP, 11, "DISCREQ"},   {CODE_LCP, 12, "IDENTIFY"},
	{CODE_LCP, 13, "TIMEREMAIN"}, {CODE_LCP, 14, "RESETREQ"},  {CODE_LCP, 15, "RESETACK"},
	{CODE_PAP, 1, "AUTH-REQ"},    {CODE_PAP, 2, "AUTH-ACK"},   {CODE_PAP, 3, "AUTH-NAK"},
	{CODE_CHAP, 1, "CHALLENGE"},  {CODE_CHAP, 2, "RESPONSE"},  {CODE_CHAP, 3, "SUCCESS"},
	{CODE_CHAP, 4, "FAILURE"},    {CODE_CHAP, 5, "CHANGEPW1"}, {CODE_CHAP, 6, "CHANGEPW2"},
	{CODE_CHAP, 7, "CHANGEPW3"},  {CODE_EAP, 1, "REQUEST"},    {CODE_EAP, 2, "RESPONSE"},
	{CODE_EAP, 3, "SUCCESS"},     {CODE_EAP, 4, "FAILURE"},    {CODE_EAP, 5, "INITIATE"},
	{CODE_EAP, 6, "FINISH"},
};

/* Where the rows of each domain begin: they stand together, in the order of their numbers. */
static uint16_t starts[CODE_DOMAINS + 1];

static void starts_find(void)
{
	size_t i = 0;

	for (size_t domain = 0; domain <= CODE_DOMAINS; domain++) {
		while (i < sizeof(rows) / sizeof(rows[0]) && rows[i].domain < domain)
			i++;
		starts[domain] = (uint16_t)i;
	}
}

static size_t domain_start(enum code_domain domain)
{
	static struct once is_found = ONCE_INIT;

	once(&is_found, starts_find);
	return starts[domain];
}

const struct code_row *code_lookup(enum code_domain domain, uint32_t number)
{
	enum { LEFT_OUT = 2 };
	size_t low, high, guess;

	if (domain >= CODE_DOMAINS)
		return NULL;
	low = domain_start(domain);
	high = starts[domain + 1];
	/* most domains count from their first number on, and leave out few */
	guess = low + (low < high ? number - rows[low].number : 0);
	for (size_t i = 0; i <= LEFT_OUT && guess - i >= low; i++)
		if (guess - i < high && rows[guess - i].number == number)
			return &rows[guess - i];
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (rows[middle].number == number)
			return &rows[middle];
		if (rows[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *code_name(enum code_domain domain, uint32_t number)
{
	const struct code_row *row = code_lookup(domain, number);

	return row ? row->name : NULL;
}

const struct code_row *code_by_name(enum code_domain domain, struct str name)
{
	for (size_t i = domain_start(domain);
	     name.len && i < sizeof(rows) / sizeof(rows[0]) && rows[i].domain == domain; i++)
		if ((rows[i].name[0] | 32) == (name.at[0] | 32) &&
		    str_is_nocase(name, rows[i].name))
			return &rows[i];
	return NULL;
}

const char *code_message_name(uint16_t message)
{
	if ((message & 0xff00) == L2F_MESSAGES)
		return code_name(CODE_L2F, message & 0xffu);
	return code_name(CODE_MESSAGE, message);
}

const char *code_domain_name(enum code_domain domain)
{
	return (size_t)domain < CODE_DOMAINS ? domain_names[domain] : NULL;
}

uint16_t code_q931_cause(uint16_t cause)
{
	enum { EXTENSION = 0x80 };

	return cause > EXTENSION && cause < 2 * EXTENSION ? cause & (EXTENSION - 1) : cause;
}

size_t code_rows(const struct code_row **ret)
{
	*ret = rows;
	return sizeof(rows) / sizeof(rows[0]);
}

/* The domain of a protocol's control codes; CODE_DOMAINS when it has none. */
static enum code_domain code_domain_of(uint16_t protocol)
{
	switch (protocol) {
	case PPP_PAP:
		return CODE_PAP;
	case PPP_CHAP:
		return CODE_CHAP;
	case PPP_EAP:
		return CODE_EAP;
	case PPP_CBCP:
		return CODE_CBCP;
	case PPP_BAP:
		return CODE_BAP;
	case PPP_LCP:
	case PPP_BACP:
		return CODE_LCP;
	}
	/* RFC 1661 2: 8*** to b*** are the network control protocols. */
	return protocol >= 0x8000 && protocol < 0xc000 ? CODE_LCP : CODE_DOMAINS;
}

/* Codes 8 to 13 belong to LCP alone, 14 and 15 to CCP and ECP (RFC 1661 5, RFC 1962 3). */
static bool code_is_of(uint16_t protocol, uint8_t code)
{
	if (code_domain_of(protocol) != CODE_LCP)
		return true;
	if (code >= CP_PROTREJ && code <= CP_TIME_REMAINING)
		return protocol == PPP_LCP;
	if (code > CP_TIME_REMAINING)
		return protocol == PPP_CCP || protocol == PPP_ECP;
	return true;
}

const char *ppp_code_name(uint16_t protocol, uint8_t code)
{
	return code_is_of(protocol, code) ? code_name(code_domain_of(protocol), code) : NULL;
}

const char *ppp_code_short(uint16_t protocol, uint8_t code)
{
	enum code_domain domain = code_domain_of(protocol);

	if (!code_is_of(protocol, code))
		return NULL;
	for (size_t i = 0; i < sizeof(shorts) / sizeof(shorts[0]); i++)
		if (shorts[i].domain == domain && shorts[i].code == code)
			return shorts[i].word;
	return NULL;
}
