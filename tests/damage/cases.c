/* The sample logs, their identities and what each must give. */
#include <nettle/md5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "damage.h"

static struct swap *add(struct swap *s, size_t *n, const char *before, const char *what,
			enum how how, const char *with)
{
	if (*n == DAMAGE_SWAPS)
		abort();
	s[*n].before = before;
	s[*n].what = what;
	s[*n].how = how;
	snprintf(s[*n].with, sizeof(s[*n].with), "%s", with);
	return &s[(*n)++];
}

/* The same kind of text of the same length: lengths that the router printed stay true. */
static void other_text(struct dice *d, const char *what, char *ret)
{
	/* Without l, I, O, 1, 0: a name has no proof of its letters. */
	static const char letters[] = "abcdefghjkmnrstuvwxyz";
	static const char digits[] = "23456789";

	for (; *what != '\0'; what++) {
		if (*what >= '0' && *what <= '9')
			*ret++ = digits[dice_below(d, sizeof(digits) - 1)];
		else if (*what == '-' || *what == '@' || *what == '.')
			*ret++ = *what;
		else
			*ret++ = letters[dice_below(d, sizeof(letters) - 1)];
	}
	*ret = '\0';
}

static void hex_of(const char *text, size_t len, char *ret)
{
	for (size_t i = 0; i < len; i++)
		snprintf(ret + 2 * i, 3, "%02X", (unsigned char)text[i]);
}

/* A name, and the hex of its first octets, as options and RADIUS attributes show it. */
static void add_name(struct dice *d, struct swap *s, size_t *n, const char *what,
		     const char *hex_what, size_t hex_len)
{
	char with[DAMAGE_VALUE], hex[DAMAGE_VALUE];

	other_text(d, what, with);
	add(s, n, "", what, WORD, with);
	if (hex_what == NULL)
		return;
	hex_of(with, hex_len, hex);
	add(s, n, "", hex_what, ANYWHERE, hex);
}

static void add_address(struct dice *d, struct swap *s, size_t *n, const char *what,
			const char *hex_what)
{
	unsigned o[4] = {10 + dice_below(d, 100), dice_below(d, 256), dice_below(d, 256),
			 1 + dice_below(d, 254)};
	char with[DAMAGE_VALUE];

	snprintf(with, sizeof(with), "%u.%u.%u.%u", o[0], o[1], o[2], o[3]);
	add(s, n, "", what, WORD, with);
	if (hex_what == NULL)
		return;
	snprintf(with, sizeof(with), "%02X%02X%02X%02X", o[0], o[1], o[2], o[3]);
	add(s, n, "", hex_what, ANYWHERE, with);
}

static uint16_t other_id(struct dice *d)
{
	/* Five digits never end in a smaller id's digits by chance of context. */
	return (uint16_t)(256 + dice_below(d, 65000));
}

static void add_hex(struct dice *d, struct swap *s, size_t *n, const char *what)
{
	char with[DAMAGE_VALUE];

	for (size_t i = 0; i <= strlen(what); i++)
		with[i] = i == strlen(what) ? '\0' : "0123456789ABCDEF"[dice_below(d, 16)];
	add(s, n, "", what, ANYWHERE, with);
}

static void octets_of(const char *hex, uint8_t ret[16])
{
	for (size_t i = 0; i < 16; i++) {
		const char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		ret[i] = (uint8_t)strtoul(two, NULL, 16);
	}
}

/* RFC 2661 4.4.3 and RFC 1994 4.1: MD5(octet | secret | challenge). */
static void add_response(struct swap *s, size_t *n, const char *what, uint8_t octet,
			 const char *secret, const char *challenge)
{
	const char *with = disguise_value(s, *n, challenge);
	uint8_t octets[16], digest[MD5_DIGEST_SIZE];
	char hex[DAMAGE_VALUE];
	struct md5_ctx md5;

	octets_of(with, octets);
	md5_init(&md5);
	md5_update(&md5, 1, &octet);
	md5_update(&md5, strlen(secret), (const uint8_t *)secret);
	md5_update(&md5, sizeof(octets), octets);
	md5_digest(&md5, sizeof(digest), digest);
	hex_of((const char *)digest, sizeof(digest), hex);
	add(s, n, "", what, ANYWHERE, hex);
}

/* A session id, in the places where a bare number is one. */
static void add_session(struct swap *s, size_t *n, const char *what, const char *with)
{
	static const char *const places[] = {"/", "cl ", "session ", "Call ID "};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		add(s, n, places[i], what, WORD, with);
}

/* Texts that prove nothing about their letters: they stay, and are not hurt. */
static void add_fixed(struct swap *s, size_t *n, const char *const *all)
{
	for (; *all != NULL; all++)
		add(s, n, "", *all, WORD, *all);
}

static size_t dialin_swaps(struct dice *d, struct swap *s)
{
	static const char *const fixed[] = {
		"Se0:0",   "Serial0:0", "Vi4", "Virtual-Access4", "Cisco Systems, Inc.",
		"NSA_LAB", NULL};
	const char *challenge[2] = {"545A2343FBE20EA08BCA7B56E4A7D29E",
				    "98B296C28429E7ADC767237A45F31040"};
	const char *secret;
	char with[DAMAGE_VALUE];
	size_t n = 0;
	uint16_t id = other_id(d);

	snprintf(with, sizeof(with), "%u", id);
	add(s, &n, "", "17688", WORD, with);
	snprintf(with, sizeof(with), "%u", (unsigned)(uint16_t)(id ^ 0x5555u));
	add(s, &n, "", "55270", WORD, with);
	snprintf(with, sizeof(with), "%u", 2 + dice_below(d, 8));
	add_session(s, &n, "7", with);
	snprintf(with, sizeof(with), "%u", 20 + dice_below(d, 80));
	add_session(s, &n, "45", with);
	add_name(d, s, &n, "hgw", NULL, 0);
	add_name(d, s, &n, "l2tp-gw", NULL, 0);
	add_name(d, s, &n, "2500-1", "32353030", 4);
	add_name(d, s, &n, "5300-1", "353330302D31", 6);
	add_name(d, s, &n, "1600-3", NULL, 0);
	add_name(d, s, &n, "2085730592", "32303835", 4);
	add_name(d, s, &n, "614629", "36313436", 4);
	add_name(d, s, &n, "hello", NULL, 0);
	add_address(d, s, &n, "10.51.6.68", "0A330644");
	add_address(d, s, &n, "10.51.6.82", "0A330652");
	add_address(d, s, &n, "10.51.6.3", NULL);
	add_address(d, s, &n, "10.10.53.2", "0A0A3502");
	add_hex(d, s, &n, "109D08F2");
	add_hex(d, s, &n, "6EE4E865");
	add_hex(d, s, &n, challenge[0]);
	add_hex(d, s, &n, challenge[1]);
	add_hex(d, s, &n, "5D0D008CB1677CF8BC354556321A7A74");
	add_hex(d, s, &n, "D114C7C5");
	secret = disguise_value(s, n, "hello");
	add_response(s, &n, "7C358F7A7BA21957C07801195DCADFA6", 2, secret, challenge[0]);
	add_response(s, &n, "9639531841AC22E3103E208EF7D90989", 3, secret, challenge[1]);
	add_response(s, &n, "CA1CC2E4FA6899E8DF1B695C0A80883E", 6, "cisco",
		     "5D0D008CB1677CF8BC354556321A7A74");
	/* RADIUS shows the first octets of the same response, after the CHAP id. */
	snprintf(with, sizeof(with), "06%.6s",
		 disguise_value(s, n, "CA1CC2E4FA6899E8DF1B695C0A80883E"));
	add(s, &n, "", "06CA1CC2", WORD, with);
	add_fixed(s, &n, fixed);
	return n;
}

static const struct fact dialin_facts[] = {
	{0, "direction", "incoming"},
	{0, "user", "2500-1"},
	{0, "calling_number", "2085730592"},
	{0, "called_number", "614629"},
	{0, "lac.name", "hgw"},
	{0, "lac.address", "10.51.6.68"},
	{0, "lac.tunnel_id", "17688"},
	{0, "lac.session_id", "7"},
	{0, "lns.name", "l2tp-gw"},
	{0, "lns.address", "10.51.6.82"},
	{0, "lns.tunnel_id", "55270"},
	{0, "lns.session_id", "45"},
	{0, "reached", "ncp"},
	{0, "outcome", "closed"},
	{0, "ended_by", "lac"},
	{0, "cause", "carrier-lost"},
	{0, "cdn.result", "1"},
	{0, "auth.protocol", "chap-md5"},
	{0, "auth.result", "success"},
	{0, "auth.proxy", "true"},
	{0, "ipv4", "10.10.53.2"},
	{0, "ipv4_peer", "10.51.6.82"},
};

/* A host name that is also a word of the log: only where it is a name. */
static void add_role_name(struct dice *d, struct swap *s, size_t *n, const char *what)
{
	static const char *const places[] = {"from ",   "to ",     "hostname ", "peer, ",
					     "SCCRQ, ", "remote ", "LAC ",      "\"",
					     "11407 ",  "45029 ",  "\n"};
	char with[DAMAGE_VALUE];

	other_text(d, what, with);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		add(s, n, places[i], what, WORD, with);
}

static size_t dialout_swaps(struct dice *d, struct swap *s)
{
	static const char *const sessions[] = {"291", "303", "292", "304"};
	static const char *const fixed[] = {
		"Se0:15", "Se0:17", "Se0:30", "Serial0:17",      "Serial0:30",      "Vi1", "Vi2",
		"Vt1",    "Di1",    "Di2",    "Virtual-Access1", "Virtual-Access2", NULL};
	char with[DAMAGE_VALUE];
	size_t n = 0;
	uint16_t id = other_id(d);
	unsigned session = 200 + dice_below(d, 500);

	snprintf(with, sizeof(with), "%u", id);
	add(s, &n, "", "45029", WORD, with);
	snprintf(with, sizeof(with), "%u", (unsigned)(uint16_t)(id ^ 0x5555u));
	add(s, &n, "", "11407", WORD, with);
	for (size_t i = 0; i < 4; i++) {
		snprintf(with, sizeof(with), "%u", session);
		session += 1 + dice_below(d, 60);
		add(s, &n, "", sessions[i], WORD, with);
	}
	add_role_name(d, s, &n, "LAC");
	add_role_name(d, s, &n, "LNS");
	add_name(d, s, &n, "remote1", NULL, 0);
	add_name(d, s, &n, "remote2", "72656D6F746532", 7);
	add_name(d, s, &n, "6121", NULL, 0);
	add_name(d, s, &n, "6122", NULL, 0);
	add_name(d, s, &n, "211", NULL, 0);
	add_address(d, s, &n, "18.18.18.1", NULL);
	add_address(d, s, &n, "18.18.18.2", "12121202");
	add_address(d, s, &n, "17.17.17.1", "11111101");
	add_address(d, s, &n, "17.17.17.2", "11111102");
	add_address(d, s, &n, "10.200.20.32", NULL);
	add_hex(d, s, &n, "EB818699");
	add_hex(d, s, &n, "6BDE50CC");
	add_hex(d, s, &n, "6F87121F");
	add_hex(d, s, &n, "059935DB");
	add_fixed(s, &n, fixed);
	return n;
}

static const struct fact dialout_facts[] = {
	{0, "direction", "incoming"},
	{0, "user", "remote1@cisco.com"},
	{0, "lac.tunnel_id", "45029"},
	{0, "lac.session_id", "291"},
	{0, "lns.tunnel_id", "11407"},
	{0, "lns.session_id", "303"},
	{0, "lac.address", "18.18.18.1"},
	{0, "lns.address", "18.18.18.2"},
	{0, "reached", "ncp"},
	{0, "outcome", "up"},
	{0, "ipv4", "17.17.17.1"},
	{1, "direction", "outgoing"},
	{1, "user", "remote2@cisco.com"},
	{1, "called_number", "6121"},
	{1, "lac.session_id", "292"},
	{1, "lns.session_id", "304"},
	{1, "reached", "ncp"},
	{1, "outcome", "up"},
	{1, "ipv4", "17.17.17.2"},
};

const struct damage_case damage_cases[2] = {
	{"dialin",
	 {"dialin-lac.log", "dialin-lns.log"},
	 {"hgw", "l2tp-gw"},
	 dialin_facts,
	 sizeof(dialin_facts) / sizeof(dialin_facts[0]),
	 1,
	 dialin_swaps},
	{"dialout",
	 {"dialout-lac.log", "dialout-lns.log"},
	 {"LAC", "LNS"},
	 dialout_facts,
	 sizeof(dialout_facts) / sizeof(dialout_facts[0]),
	 2,
	 dialout_swaps},
};
