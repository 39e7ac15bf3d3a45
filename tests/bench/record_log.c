/* What one LNS prints of its calls: IOS `debug vpdn l2x-events`, `l2x-packets`, `debug ppp
 * negotiation` and `debug ppp authentication`, with `contiguous` dumps of control messages. */
#include "carrier.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

enum { DUMPED = 47 }; /* octets IOS prints of a message before "..." */

void record_log_open(struct carrier *c)
{
	c->log = carrier_create(c->log_path);
}

/* The first words of a line: stamp and what IOS names the tunnel, the call, the interface. */
static void line(const struct carrier *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void line(const struct carrier *c, const char *format, ...)
{
	time_t seconds = (time_t)(c->now_us / 1000000);
	struct tm t;
	char stamp[32];
	va_list list;

	gmtime_r(&seconds, &t);
	strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &t);
	fprintf(c->log, "%s.%03d: ", stamp, (int)(c->now_us / 1000 % 1000));
	va_start(list, format);
	vfprintf(c->log, format, list);
	va_end(list);
	fputc('\n', c->log);
}

static const char *message_name(unsigned type)
{
	switch (type) {
	case SCCRQ:
		return "SCCRQ";
	case SCCRP:
		return "SCCRP";
	case SCCCN:
		return "SCCCN";
	case STOPCCN:
		return "StopCCN";
	case HELLO:
		return "Hello";
	case ICRQ:
		return "ICRQ";
	case ICRP:
		return "ICRP";
	case ICCN:
		return "ICCN";
	case CDN:
		return "CDN";
	default:
		return "ZLB ctrl ack";
	}
}

/* `Tnl 20001` or `Tnl/Cl 20001/45`: the LNS's own ids. */
static const char *owner(const struct message *m, char to[40])
{
	if (m->call == NULL || m->type == ICRQ)
		snprintf(to, 40, "Tnl %u", m->tunnel->id[LNS]);
	else
		snprintf(to, 40, "Tnl/Cl %u/%u", m->tunnel->id[LNS], m->call->id[LNS]);
	return to;
}

static void dump(const struct carrier *c, const uint8_t *at, size_t len)
{
	size_t n = len > DUMPED ? DUMPED : len;

	for (size_t i = 0; i < n; i++)
		fprintf(c->log, "%s%02X", i % 16 == 0 ? "      " : " ", at[i]),
			fputs(i % 16 == 15 && i + 1 < n ? "\n" : "", c->log);
	fputs(n < len ? " ...\n" : "\n", c->log);
}

static void packet_lines(const struct carrier *c, const struct message *m)
{
	uint8_t octets[1600];
	size_t len = message_octets(c, m, octets);
	const char *name = message_name(m->type);
	char who[40];

	owner(m, who);
	if (m->from == LAC) {
		line(c,
		     "%s L2TP: I %s, flg TLS, ver 2, len %zu, tnl %u, cl %u, ns %u, nr %u "
		     "contiguous "
		     "pak, size %zu",
		     who, name, len, m->type == SCCRQ ? 0 : m->tunnel->id[LNS],
		     octets[6] << 8 | octets[7], m->ns, m->nr, len);
	} else {
		line(c, "%s L2TP: O %s, flg TLS, ver 2, len %zu, tnl %u, cl %u, ns %u, nr %u", who,
		     name, len, m->tunnel->id[LAC], octets[6] << 8 | octets[7], m->ns, m->nr);
		line(c, "contiguous buffer, size %zu", len);
	}
	dump(c, octets, len);
}

static void event_lines(const struct carrier *c, const struct message *m)
{
	const struct tunnel *t = m->tunnel;
	const struct call *call = m->call;
	char who[40];

	owner(m, who);
	switch (m->type) {
	case SCCRQ:
		line(c, "L2TP: I SCCRQ from %s tnl %u", t->name[LAC], t->id[LAC]);
		line(c, "%s L2TP: New tunnel created for remote %s, address %u.%u.%u.%u", who,
		     t->name[LAC], t->address[LAC] >> 24, t->address[LAC] >> 16 & 255,
		     t->address[LAC] >> 8 & 255, t->address[LAC] & 255);
		break;
	case SCCRP:
		line(c, "%s L2TP: O SCCRP to %s tnlid %u", who, t->name[LAC], t->id[LAC]);
		line(c, "%s L2TP: Tunnel state change from idle to wait-ctl-reply", who);
		break;
	case SCCCN:
		line(c, "%s L2TP: I SCCCN from %s tnl %u", who, t->name[LAC], t->id[LAC]);
		line(c, "%s L2TP: Tunnel state change from wait-ctl-reply to established", who);
		break;
	case ICRQ:
		line(c, "%s L2TP: I ICRQ from %s tnl %u", who, t->name[LAC], t->id[LAC]);
		line(c, "Tnl/Cl %u/%u L2TP: Session state change from idle to wait-connect",
		     t->id[LNS], call->id[LNS]);
		line(c, "Tnl/Cl %u/%u L2TP: New session created", t->id[LNS], call->id[LNS]);
		break;
	case ICRP:
		line(c, "%s L2TP: O ICRP to %s %u/%u", who, t->name[LAC], t->id[LAC],
		     call->id[LAC]);
		break;
	case ICCN:
		line(c, "%s L2TP: I ICCN from %s tnl %u, cl %u", who, t->name[LAC], t->id[LAC],
		     call->id[LAC]);
		line(c, "%s L2TP: Session state change from wait-connect to established", who);
		line(c, "Vi%u VPDN: Virtual interface created for %s", call->number, call->user);
		break;
	case CDN:
		if (m->from == LAC)
			line(c, "Vi%u %s L2TP: I CDN from %s tnl %u, cl %u", call->number, who,
			     t->name[LAC], t->id[LAC], call->id[LAC]);
		else
			line(c, "Vi%u %s L2TP: O CDN to %s %u/%u", call->number, who, t->name[LAC],
			     t->id[LAC], call->id[LAC]);
		line(c, "Vi%u %s L2TP: Destroying session", call->number, who);
		break;
	default:
		break;
	}
}

/* IOS prints the octets of what comes before it says what it is, of what goes after it. */
static void control_lines(const struct carrier *c, const struct message *m)
{
	if (m->from == LAC)
		packet_lines(c, m);
	if (!m->is_copy && !(m->is_repeat && m->from == LAC))
		event_lines(c, m);
	if (m->from == LNS)
		packet_lines(c, m);
}

static void lcp_lines(const struct carrier *c, const struct message *m, const char *way)
{
	static const char *const names[] = {
		[CONFREQ] = "CONFREQ", [CONFACK] = "CONFACK", [TERMREQ] = "TERMREQ",
		[TERMACK] = "TERMACK", [ECHOREQ] = "ECHOREQ", [ECHOREP] = "ECHOREP"};
	enum side asker = m->code == CONFREQ ? m->from : (enum side) !m->from;
	unsigned n = m->call->number;
	uint32_t magic = m->call->magic[asker];

	if (m->code > CONFACK) {
		line(c, "Vi%u LCP: %s %s [Open] id %u len %u", n, way, names[m->code], m->id,
		     m->code >= ECHOREQ ? 8u : 4u);
		return;
	}
	line(c, "Vi%u LCP: %s %s [REQsent] id %u len %u", n, way, names[m->code], m->id,
	     asker == LNS ? 19u : 14u);
	line(c, "Vi%u LCP:    MRU 1492 (0x010405D4)", n);
	if (asker == LNS)
		line(c, "Vi%u LCP:    AuthProto CHAP (0x0305C22305)", n);
	line(c, "Vi%u LCP:    MagicNumber 0x%08" PRIX32 " (0x0506%08" PRIX32 ")", n, magic, magic);
}

static void chap_lines(const struct carrier *c, const struct message *m, const char *way)
{
	unsigned n = m->call->number;
	const char *name = m->code == RESPONSE ? m->call->user : m->tunnel->name[LNS];

	if (m->code == FAILURE)
		line(c, "Vi%u CHAP: %s FAILURE id %u len %zu msg is \"%s\"", n, way, m->id,
		     4 + strlen(m->words), m->words);
	else if (m->code == SUCCESS)
		line(c, "Vi%u CHAP: %s SUCCESS id %u len 4", n, way, m->id);
	else
		line(c, "Vi%u CHAP: %s %s id %u len %zu from \"%s\"", n, way,
		     m->code == CHALLENGE ? "CHALLENGE" : "RESPONSE", m->id, 21 + strlen(name),
		     name);
}

static void ipcp_lines(const struct carrier *c, const struct message *m, const char *way)
{
	static const char *const names[] = {
		[CONFREQ] = "CONFREQ", [CONFACK] = "CONFACK", [CONFNAK] = "CONFNAK"};
	unsigned n = m->call->number;
	uint32_t a = m->address;

	line(c, "Vi%u IPCP: %s %s [REQsent] id %u len 10", n, way, names[m->code], m->id);
	line(c, "Vi%u IPCP:    Address %u.%u.%u.%u (0x0306%08" PRIX32 ")", n, a >> 24,
	     a >> 16 & 255, a >> 8 & 255, a & 255, a);
	if (m->code == CONFACK && m->from == LNS) {
		line(c, "Vi%u IPCP: State is Open", n);
		line(c, "Vi%u IPCP: Install route to %u.%u.%u.%u", n, a >> 24, a >> 16 & 255,
		     a >> 8 & 255, a & 255);
	}
}

/* The log of the first LNS: its tunnels are each fourth one. */
void record_log(struct carrier *c, const struct message *m)
{
	const char *way = m->from == LAC ? "I" : "O";

	if (m->tunnel->number % 4 != 0 || m->kind == MESSAGE_DATA)
		return;
	if (m->kind == MESSAGE_CONTROL)
		control_lines(c, m);
	else if (m->protocol == LCP)
		lcp_lines(c, m, way);
	else if (m->protocol == CHAP)
		chap_lines(c, m, way);
	else
		ipcp_lines(c, m, way);
}
