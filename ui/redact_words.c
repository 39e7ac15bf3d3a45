#include "redact_words.h"

#include <ctype.h>
#include <stdlib.h>

#include "avp.h"
#include "cause_table.h"
#include "code.h"
#include "daemon.h"
#include "defect.h"
#include "l2f.h"
#include "must.h"
#include "ppp_option.h"
#include "pppoe.h"
#include "radius.h"
#include "ras_error.h"
#include "rule.h"

enum { SLOTS = 1 << 15, MOST_WORDS = SLOTS / 2, VALUES = 128, DIGITS = 6 };

/* Hashes of words; two words with one hash of 64 bits are not expected to be met. */
struct plain_words {
	uint64_t slots[SLOTS];
	size_t n;
};

/* Of logs and of people; of pppd's own plugins. */
static const char common[] =
	"dhcpc minconn openl2tp passprompt passwordfd pppoatm radattr radrealms rp winbind "
	"cluster heartbeat heartbeats master masters bundles highsess highbund initialise "
	"initialising "
	"initialised thread threads random beginning main loop actions ping slave slaves election "
	"cli bgp throttle conntrack "
	"a accel accept accepted access accm accomp account accounting addr administrator adtran "
	"again alert all allow allowed already am an and any apple apr are as async asyncmap at "
	"aug auth authentication authorization authpriv available b bad be because been begin bri "
	"bsd busy but by bye byte bytes call callback called caller calling calls can cannot "
	"carrier ccp cest cet chap charon cisco client close closed code com comp connect "
	"connected connection contact copyright correct could credentials crit cron daemon day "
	"days debug dec deflate denied deny dialer did disabled disconnect disconnected dns1 dns2 "
	"dnsmasq do does done down due eap ecp edt emerg enabled end endpoint err error est eth "
	"ethernet exceeded expired fail failed failure false fastethernet fatal feb for forked "
	"frames freeradius fri from ftp get gigabitethernet gmbh gmt good goodbye got granted had "
	"has have he hello her here him his host hour hours how id if in inc incorrect inet inet6 "
	"info inherited interface internet into invalid ip6cp ipcp ipsec ipv6cp is it its jan jul "
	"jun juniper just kern kernel kl2tpd know l l2tp l2tpd l2tpns lan later lcp least len "
	"length less let like limit line link linux local local0 local1 local2 local3 local4 "
	"local5 local6 local7 locked login logoff logon logout loopback lpr ltd lzs made magic "
	"mail make mar maximum may md5 me microsoft might mikrotik min minimum mins minute "
	"minutes modem mon more most mpd mpd5 mppc mppe mrru mru ms mschap mschapv2 msec msk "
	"msras msrasv5 must my name nbns need net network network-manager networkmanager new news "
	"next ng nil no none not notice nov now npppd nr ns null number oct octet octets of off "
	"ok old on one only open opened openwrt or org other our out over own packet packets pap "
	"password pcomp pdt peer per permit please pluto pm ppp pppd pppoe pptp pri pst pts "
	"racoon radiusd rcvd reached received recv reject rejected remote retries retry same "
	"saref sat sec second seconds secs see send sent sep serial server service session "
	"sessions set sha1 shall she should show sid since so some ssnhf start started starting "
	"stop stopped stopping strongswan success successful such sun support syslog system "
	"systemd take tap tengigabitethernet than that the their them then there these they this "
	"those thu tid timed timeout to too trace transmitted true try tty ttyp tue tun tunnel "
	"two type unavailable under unknown until up use used user username users using utc uucp "
	"valid value vendor verbose very via virtual vj vlan wan want warn warning was we wed "
	"welcome were what when where which while who why will windows wins with within without "
	"would written wrong www xelerance xl2tpd yes you your ";

/* Of what the readers in decode/ look for, and what authentication, operators and devices say. */
static const char said[][4096] = {
	"abnormal absolute acfcomp acked ackrcvd acksent acscp address6 advertised advertisement "
	"ago agrees ahead ais algorithm alignment alive alone article ascii assign assnd attach "
	"attached attr auth2 authack authenfail authenticates authnak authorizing authreq "
	"avpmsgtype avpmsgtypeack avpmsgtypecdn avpmsgtypehello avpmsgtypeiccn avpmsgtypeicrp "
	"avpmsgtypeicrq avpmsgtypeoccn avpmsgtypeocrp avpmsgtypeocrq avpmsgtypescccn "
	"avpmsgtypesccrp avpmsgtypesccrq avpmsgtypesli avpmsgtypestopccn avpmsgtypewen "
	"avpmsgtypezlb avr backward balance banner bears becomes beside beyond bidirectional bin "
	"bold box broadband button cablelabs cares causes certain changepw1 changepw2 changepw3 "
	"checked child chooses chosen classes cleaning cleans cleartext close1 close2 close3 cmd "
	"coderej coherency collector collision color comma compared complains completes "
	"completion compressslotid confack confidence config configured confirmed confirms "
	"confnak confrej confreq consumes content contradicts creating critical cs curr current "
	"daemonised daemonized dashed daytime debugging decides decoders decrease decreases "
	"decrypt decrypted deep default defect delayed deleting demanded desired destroy detach "
	"detached detail dev dhcpv6 dialect dialin digit digraph disable disallowed discards "
	"discovering discreq distinguished dns3 dotted downgrade download drate dst dstport dt "
	"dump dumped dup echoed echorep echoreq eighth encap encoded encrypt encrypts ending ene "
	"etc eventtype everybody everywhere example excessive exhausted exit expire explains "
	"export extra facts fall fauth ffff fields fifth figure file files firm flap flaw flood "
	"flushed footer forbidden foresee forget forms fourth frag fraghdr fragment fragmentation "
	"frequent front fsmup gains gateway grants growing grp hangup hears hexdump high histories "
	"hmac hosts hr hung hungup icmpv6 ident ignore ike illegal implausible implied "
	"inappropriate indeed inferred inform informational interrupted intervention inverted "
	"ipaddr ipoa ipv4addr ipv6addr iteration journalctl json jumps killed l2tp2 label lacking "
	"lastoutlqrs lastoutoctets lastoutpackets latency latin layout lcb learn learns lease lib "
	"license licenses life listener live lived llc loaded lof logging loses magicnum "
	"maintenance manually mask matched maximun mbit meets members mesg meta metric mib "
	"mibenum microseconds midsession midstream minds minus missed mix modem modified module "
	"moment moved mrt mschap1 mschap2 msoft msoftv2 multiple naked nakked nanoseconds ncoded "
	"nearer nearly negotiating neighbour netsh newer newest newsession newtunnel ninth "
	"nonzero num obsolete odd opcode open1 open2 operation opt option options ospf outs "
	"overload "
	"overrun overruns oversize pad padis pairs payment pcap peerindiscards peerinerrors "
	"peerinlqrs peerinoctets peerinpackets peeroutlqrs peeroutoctets peeroutpackets "
	"performance performed phases phy phys pid piped plugin ppm pppdisc pppoed pppoes "
	"predictable predictor1 predictor2 pridns prinbns print problem process profiles "
	"protocomp protorej protrej proven pu pwtype q931 qp queued quiet quit quota quote quoted "
	"rankdir rasclient rasportreceive rdi ",
	"readable reads real realtime reauth recalled receives recipient recognize recognized "
	"recover recvicrq recvref red register registered relative reloaded remoteaccess remotely "
	"reorder replies reqack reqframe reqsent resetack resetreq resets respond responded "
	"responses reused ring rings rlq root route rows rtt sample satisfies sbin schedule "
	"script sctp secdns secnbns section seems segment ser services settle seventh shape "
	"shortseq sided sides sight sights sighup signal signing sigterm simultaneous six sixth "
	"sizes skew solid sorry spaced span spec specify spelled src srcport sseq ssrc stack "
	"standby start0 start1 start2 starts startup stat stated static step steps stood stopccns "
	"stops storm style subtype succ superseded switched sys systemctl systeminfo telnet "
	"templates temporarily tenth termack terminal terminating termreq termsent tested testing "
	"thank thanks third thrown timeout4 timeouts timeremain timeslot timestamps title tmp "
	"topics tracer traceroute tracing tries trips tunneled typed undebug undelivered unique "
	"unisphere unpack unpacked unpacks unreachable unread unreassembled unsolicited untagged "
	"upload usage usr validation vantages var vdsl1 vdsl2 verification verified vi vm wall "
	"weak whoever win winner wins1 wins2 wrapped write year years "
	/* H3C, Huawei and FortiGate */
	"authenticate challenge configure debug2 discri illegal ipaddr l2tdbg magicnumber pwd "
	"request respond response sysname termiate terminate val "};
static uint64_t hash_of(struct str word)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < word.len; i++)
		h = (h ^ (uint8_t)tolower((unsigned char)word.at[i])) * UINT64_C(1099511628211);
	return h == 0 ? 1 : h;
}

static uint64_t *slot_of(struct plain_words *w, uint64_t hash)
{
	size_t i = hash & (SLOTS - 1);

	while (w->slots[i] != 0 && w->slots[i] != hash)
		i = (i + 1) & (SLOTS - 1);
	return &w->slots[i];
}

static void word_add(struct plain_words *w, struct str word)
{
	uint64_t hash = hash_of(word), *slot = slot_of(w, hash);

	if (*slot == hash || w->n == MOST_WORDS)
		return;
	*slot = hash;
	w->n++;
}

/* All words of a text; NULL: none. */
static void text_learn(struct plain_words *w, const char *text)
{
	struct str s = str_of(text);
	size_t start = 0;

	for (size_t i = 0; i <= s.len; i++) {
		if (i < s.len && isalnum((unsigned char)s.at[i]))
			continue;
		if (i > start)
			word_add(w, (struct str){s.at + start, i - start});
		start = i + 1;
	}
}

static void dialect_learn(struct plain_words *w, const struct dialect *d)
{
	size_t n = grammar_rows(d, NULL, 0);
	const struct grammar_row **rows = must_alloc(n + 1, sizeof(struct grammar_row *));

	grammar_rows(d, rows, n);
	for (size_t i = 0; i < n; i++) {
		text_learn(w, rows[i]->pattern);
		text_learn(w, rows[i]->means);
	}
	free(rows);
}

static void logs_learn(struct plain_words *w)
{
	dialect_learn(w, &dialect_ios);
	for (size_t i = 0; i < n_daemon_dialects; i++) {
		const struct grammar_table *const tables[] = {daemon_dialects[i]->tables};
		struct dialect d = {daemon_dialects[i]->name, tables, 1};

		dialect_learn(w, &d);
		text_learn(w, daemon_dialects[i]->name);
		for (const char *const *p = daemon_dialects[i]->programs; *p != NULL; p++)
			text_learn(w, *p);
	}
}

static void attributes_learn(struct plain_words *w)
{
	const struct avp_row *avps;
	const struct option_row *options;
	const struct radius_row *attributes;
	const struct pppoe_tag_row *tags;
	size_t n = avp_rows(&avps);

	for (size_t i = 0; i < n; i++)
		text_learn(w, avps[i].name);
	n = l2f_rows(&avps);
	for (size_t i = 0; i < n; i++)
		text_learn(w, avps[i].name);
	n = option_rows(&options);
	for (size_t i = 0; i < n; i++)
		text_learn(w, options[i].name);
	n = radius_rows(&attributes);
	for (size_t i = 0; i < n; i++) {
		text_learn(w, attributes[i].name);
		for (uint32_t k = 0; k < VALUES && attributes[i].vendor == 0; k++)
			text_learn(w, radius_value_name(attributes[i].number, k));
	}
	n = pppoe_tag_rows(&tags);
	for (size_t i = 0; i < n; i++)
		text_learn(w, tags[i].name);
}

static void findings_learn(struct plain_words *w)
{
	const struct rule_row *const *rules;
	const struct cause_fact *causes;
	const struct code_row *codes;
	size_t n = rule_rows(&rules);

	for (size_t i = 0; i < n; i++) {
		text_learn(w, rules[i]->title);
		text_learn(w, rules[i]->explain);
		text_learn(w, rules[i]->advice);
	}
	n = cause_rows(&causes);
	for (size_t i = 0; i < n; i++) {
		text_learn(w, causes[i].meaning);
		text_learn(w, causes[i].concluded);
		text_learn(w, causes[i].advice);
	}
	n = code_rows(&codes);
	for (size_t i = 0; i < n; i++) {
		text_learn(w, codes[i].name);
		text_learn(w, codes[i].about);
	}
}

/* What Windows says of an error. */
static void errors_learn(struct plain_words *w)
{
	const char *sentence;

	for (size_t i = 0; (sentence = ras_error_sentence(i)) != NULL; i++)
		text_learn(w, sentence);
}

struct plain_words *plain_words_new(void)
{
	struct plain_words *w = must_alloc(1, sizeof(*w));

	memset(w, 0, sizeof(*w));
	text_learn(w, common);
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		text_learn(w, said[i]);
	logs_learn(w);
	attributes_learn(w);
	findings_learn(w);
	errors_learn(w);
	return w;
}

void plain_words_free(struct plain_words *w)
{
	free(w);
}

bool word_is_plain(const struct plain_words *w, struct str word)
{
	uint64_t hash = hash_of(word);
	size_t i = hash & (SLOTS - 1);

	while (w->slots[i] != 0 && w->slots[i] != hash)
		i = (i + 1) & (SLOTS - 1);
	return w->slots[i] == hash;
}

/* `ppp12`, `Vi4`, `eth0`: kinds of interfaces, and their numbers. */
static bool is_interface(struct str word)
{
	static const char *const kinds[] = {"ppp",    "vi",       "se",           "gi",
					    "fa",     "te",       "et",           "bri",
					    "br",     "di",       "as",           "atm",
					    "lo",     "eth",      "l2tp",         "ipoe",
					    "tty",    "pts",      "ttyp",         "tun",
					    "tap",    "ng",       "wan",          "lan",
					    "vl",     "po",       "bvi",          "tu",
					    "serial", "ethernet", "fastethernet", "gigabitethernet",
					    "tunnel", "dialer",   "async",        "loopback",
					    "ttyusb", "ttyacm",   "ttys"};
	size_t letters = 0;

	while (letters < word.len && isalpha((unsigned char)word.at[letters]))
		letters++;
	for (size_t i = letters; i < word.len; i++)
		if (!isdigit((unsigned char)word.at[i]))
			return false;
	if (letters == word.len || word.len - letters > DIGITS)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_is_nocase((struct str){word.at, letters}, kinds[i]))
			return true;
	return false;
}

/* `0x1f`, and what is as short and has a digit in it: `1f`, `c021`. */
static bool is_short_hex(struct str word)
{
	bool has_digit = false;

	if (str_starts(word, "0x") || str_starts(word, "0X")) {
		word = str_from(word, 2);
		has_digit = true;
		if (word.len > 8)
			return false;
	} else if (word.len > 4) {
		return false;
	}
	for (size_t i = 0; i < word.len; i++) {
		if (!isxdigit((unsigned char)word.at[i]))
			return false;
		has_digit = has_digit || isdigit((unsigned char)word.at[i]);
	}
	return word.len > 0 && has_digit;
}

bool word_is_number(struct str word)
{
	size_t digits = 0;

	while (digits < word.len && isdigit((unsigned char)word.at[digits]))
		digits++;
	if (digits == word.len)
		return digits <= DIGITS;
	/* `30s`, `12ms` */
	if (digits > 0 && word.len - digits <= 2 && digits <= DIGITS)
		return true;
	return is_short_hex(word) || is_interface(word);
}
