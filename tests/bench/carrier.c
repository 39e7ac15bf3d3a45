/* Lets the carrier live: calls begin one after the other, each follows the script of its fate
 * (script.h). */
#include "carrier.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"
#include "send.h"

enum {
	GAP_US = 10000, /* between two calls */
	HELLO_US = 60 * SECOND_US,
};
static const int64_t START_US = 1772366400LL * SECOND_US; /* 2026-03-01 12:00 UTC */

const char *const fate_name[N_FATES] = {
	[FATE_HANGUP] = "hangup",         [FATE_CARRIER] = "carrier",
	[FATE_CLEARED] = "cleared",       [FATE_AUTH] = "auth",
	[FATE_LOOP] = "ipcp-loop",        [FATE_NO_RESOURCES] = "no-resources",
	[FATE_BAD_NUMBER] = "bad-number", [FATE_NO_ANSWER] = "no-answer",
	[FATE_LCP_SILENT] = "lcp-silent",
};
const char *const trouble_name[N_TROUBLES] = {"none",    "repeat",   "duplicate",
					      "reorder", "lost-ack", "late-data"};

/* How often each fate, in thousandths; what is left of `faults` hangs up. */
static const unsigned fate_share[N_FATES] = {
	[FATE_CARRIER] = 200,    [FATE_CLEARED] = 50,   [FATE_AUTH] = 25,     [FATE_LOOP] = 5,
	[FATE_NO_RESOURCES] = 5, [FATE_BAD_NUMBER] = 5, [FATE_NO_ANSWER] = 3, [FATE_LCP_SILENT] = 7,
};
static const unsigned trouble_share[N_TROUBLES] = {
	[TROUBLE_REPEAT] = 10,   [TROUBLE_DUPLICATE] = 5,  [TROUBLE_REORDER] = 5,
	[TROUBLE_LOST_ACK] = 10, [TROUBLE_LATE_DATA] = 10,
};

/* splitmix64: small, and the same everywhere. */
uint32_t carrier_random(struct carrier *c, uint32_t below)
{
	uint64_t z = c->random += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	z ^= z >> 31;
	return below == 0 ? (uint32_t)z : (uint32_t)((z >> 32) * below >> 32);
}

/* ---- what waits for its time ---- */

struct waiting {
	int64_t at_us;
	uint64_t order; /* first come, first served */
	struct call *call;
	struct tunnel *tunnel; /* of a HELLO; NULL: the call's next step */
};

static struct waiting *heap;
static size_t n_heap, heap_room;
static uint64_t heap_order;

static bool is_before(const struct waiting *a, const struct waiting *b)
{
	return a->at_us < b->at_us || (a->at_us == b->at_us && a->order < b->order);
}

static void *grown(void *at, size_t n, size_t size)
{
	void *more = realloc(at, n * size);

	if (more == NULL) {
		perror("carrier");
		exit(EXIT_FAILURE);
	}
	return more;
}

static void wait_until(int64_t at_us, struct call *call, struct tunnel *tunnel)
{
	struct waiting new = {at_us, heap_order++, call, tunnel};
	size_t i = n_heap++;

	if (n_heap > heap_room) {
		heap_room = heap_room == 0 ? 1024 : heap_room * 2;
		heap = grown(heap, heap_room, sizeof(*heap));
	}
	for (; i > 0 && is_before(&new, &heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = new;
}

static bool next_waiting(struct waiting *ret)
{
	struct waiting last;
	size_t i = 0;

	if (n_heap == 0)
		return false;
	*ret = heap[0];
	last = heap[--n_heap];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < n_heap && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (child >= n_heap || !is_before(&heap[child], &last))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = last;
	return true;
}

/* ---- tunnels and calls ---- */

/* Site 0 has 10.1.0.0/16 for LACs and 10.2.0.0/16 for LNSes, site 1 10.3.0.0/16 and 10.4.0.0/16 …
 */
static uint32_t site_address(const struct carrier *c, uint32_t first)
{
	return first + c->site * 0x00020000u;
}

/* Site 0 has none. */
static void name_at_site(const struct carrier *c, char *name, size_t room)
{
	size_t n = strlen(name);

	if (c->site > 0)
		snprintf(name + n, room - n, ".site%u", c->site);
}

static void open_tunnel(struct carrier *c, unsigned i)
{
	static const struct {
		enum side from;
		unsigned type;
	} turns[] = {{LAC, SCCRQ}, {LNS, SCCRP}, {LAC, SCCCN}, {LNS, ZLB}};
	struct tunnel *t = &c->all[i];

	*t = (struct tunnel){.number = i};
	t->address[LAC] = site_address(c, 0x0A010000u) + i + 1; /* 10.1.0.1 … */
	t->address[LNS] = site_address(c, 0x0A020001u) + i % 4; /* four LNSes */
	t->id[LAC] = (uint16_t)(i * 7 + 101);
	t->id[LNS] = (uint16_t)(i * 11 + 20001);
	t->next_session[LAC] = (uint16_t)carrier_random(c, 60000);
	t->next_session[LNS] = (uint16_t)carrier_random(c, 60000);
	snprintf(t->name[LAC], sizeof(t->name[LAC]), "lac-%u", i + 1);
	snprintf(t->name[LNS], sizeof(t->name[LNS]), "lns-%u", i % 4 + 1);
	name_at_site(c, t->name[LAC], sizeof(t->name[LAC]));
	name_at_site(c, t->name[LNS], sizeof(t->name[LNS]));
	for (size_t turn = 0; turn < sizeof(turns) / sizeof(turns[0]); turn++) {
		send_control(c, t, NULL, turns[turn].from, turns[turn].type);
		c->now_us += 2000;
	}
	wait_until(c->now_us + HELLO_US, NULL, t);
}

static void close_tunnel(struct carrier *c, struct tunnel *t)
{
	struct message m = send_numbered(t, NULL, LAC, STOPCCN);

	m.result = 6;
	send_message(c, &m);
	c->now_us += 2000;
	send_control(c, t, NULL, LNS, ZLB);
	t->is_over = true;
}

static size_t drawn(struct carrier *c, const unsigned *share, size_t n, unsigned out_of)
{
	unsigned x = carrier_random(c, out_of);

	for (size_t i = 1; i < n; i++) {
		if (x < share[i])
			return i;
		x -= share[i];
	}
	return 0;
}

/* Session ids go round; 0 is none. Those in use are far behind. */
static uint16_t next_session(struct tunnel *t, enum side s)
{
	if (++t->next_session[s] == 0)
		t->next_session[s] = 1;
	return t->next_session[s];
}

static struct call *begin_call(struct carrier *c, unsigned number)
{
	struct call *call = calloc(1, sizeof(*call));
	unsigned out_of = c->faults == 0 ? 0 : 100000 / c->faults;
	int64_t lasts_us = (int64_t)c->live * GAP_US;

	if (call == NULL)
		exit(EXIT_FAILURE);
	call->number = number;
	call->site = c->site;
	call->tunnel = &c->all[carrier_random(c, c->tunnels)];
	call->fate = out_of == 0 ? FATE_HANGUP : (enum fate)drawn(c, fate_share, N_FATES, out_of);
	call->trouble = out_of == 0 ? TROUBLE_NONE
				    : (enum trouble)drawn(c, trouble_share, N_TROUBLES, out_of);
	if (call->trouble == TROUBLE_LATE_DATA && call->fate > FATE_CLEARED)
		call->trouble = TROUBLE_NONE; /* it has no data */
	if (call->trouble == TROUBLE_REORDER && !script_has_iccn(call->fate))
		call->trouble = TROUBLE_NONE; /* it has no ICCN */
	call->id[LAC] = next_session(call->tunnel, LAC);
	call->id[LNS] = next_session(call->tunnel, LNS);
	call->magic[LAC] = carrier_random(c, 0) | 1;
	call->magic[LNS] = carrier_random(c, 0) & ~1u;
	call->address = 0x64400000u + number % 0x3FFFFFu; /* 100.64.0.0/10 */
	call->data_left = c->data;
	call->pause_us = lasts_us / (c->data + 1) + 1;
	snprintf(call->user, sizeof(call->user), "user%u@isp%u.example", number, number % 5);
	name_at_site(c, call->user, sizeof(call->user));
	snprintf(call->calling, sizeof(call->calling), "%02u%09u", 49 + c->site, number);
	c->injected_fates[call->fate]++;
	c->injected_troubles[call->trouble]++;
	call->tunnel->live++;
	return call;
}

/* The next step of a call; false when it was the last one. */
static bool live_on(struct carrier *c, struct call *call)
{
	int64_t pause = script_step(c, call);

	if (script_is_over(call))
		return false;
	wait_until(c->now_us + pause + carrier_random(c, 200), call, NULL);
	return true;
}

static void end_call(struct carrier *c, struct call *call)
{
	call->tunnel->live--;
	if (c->truth != NULL)
		record_truth(c, call);
	free(call);
}

static void flood_one(struct carrier *c, struct carrier *dice, unsigned number)
{
	struct tunnel spoofed = c->all[carrier_random(dice, c->tunnels)];
	struct call call = {.number = number, .tunnel = &spoofed};
	struct message m = {
		.kind = MESSAGE_CONTROL, .tunnel = &spoofed, .type = SCCRQ, .from = LAC};

	if (c->floods != FLOOD_SESSION && c->floods != FLOOD_ICRQ)
		spoofed.address[LAC] = 0xC0000000u + carrier_random(dice, 1u << 24);
	if (c->floods == FLOOD_TUNNEL)
		spoofed.id[LNS] = (uint16_t)(1 + carrier_random(dice, 65535));
	if (c->floods == FLOOD_SCCRQ || c->floods == FLOOD_FRAGMENT) {
		spoofed.id[LAC] = (uint16_t)(1 + carrier_random(dice, 65535));
		snprintf(spoofed.name[LAC], sizeof(spoofed.name[LAC]), "spoofed-%u", number);
		m.is_fragment = c->floods == FLOOD_FRAGMENT;
		m.id = carrier_random(dice, 65536);
	} else {
		/* ids that a thousand honest calls of a tunnel do not reach: they count up from
		 * below 60,000 */
		call.id[LAC] = (uint16_t)(61000 + carrier_random(dice, 4536));
		call.id[LNS] = (uint16_t)(61000 + carrier_random(dice, 4536));
		snprintf(call.calling, sizeof(call.calling), "66%09u", number);
		m.call = &call;
		m.type = ICRQ;
		m.ns = (uint16_t)carrier_random(dice, 65536);
	}
	if (c->floods == FLOOD_TUNNEL || c->floods == FLOOD_SESSION) {
		m.kind = MESSAGE_PPP;
		m.protocol = LCP;
		m.code = CONFREQ;
	}
	record_pcap(c, &m);
}

/* What nobody asked for, evenly over the life of the calls. It has a random sequence of its own:
 * the calls are the same with and without it. */
static void flood(struct carrier *c, unsigned ended)
{
	static struct carrier dice = {.random = 2661};
	static unsigned sent;
	uint64_t due = (uint64_t)c->flood * ended / c->calls;

	while (sent < due)
		flood_one(c, &dice, sent++);
}

static void live(struct carrier *c)
{
	int64_t next_call;
	unsigned begun = 0;
	unsigned ended = 0;
	struct waiting w;

	c->now_us = START_US;
	for (unsigned i = 0; i < c->tunnels; i++)
		open_tunnel(c, i);
	next_call = c->now_us + SECOND_US;
	while (ended < c->calls && next_waiting(&w)) {
		while (begun < c->calls && next_call <= w.at_us) {
			wait_until(next_call, begin_call(c, ++begun), NULL);
			next_call += GAP_US;
			wait_until(w.at_us, w.call, w.tunnel);
			next_waiting(&w);
		}
		c->now_us = w.at_us > c->now_us ? w.at_us : c->now_us + 1;
		if (w.tunnel != NULL) {
			send_control(c, w.tunnel, NULL, LNS, HELLO);
			c->now_us += 1000;
			send_control(c, w.tunnel, NULL, LAC, ZLB);
			wait_until(c->now_us + HELLO_US, NULL, w.tunnel);
		} else if (!live_on(c, w.call)) {
			end_call(c, w.call);
			flood(c, ++ended);
		}
	}
	c->now_us += SECOND_US;
	for (unsigned i = 0; i < c->tunnels; i++) {
		close_tunnel(c, &c->all[i]);
		c->now_us += 1000;
	}
}

/* ---- options ---- */

static void usage(FILE *to)
{
	fputs("usage: carrier [OPTIONS]\n"
	      "  --pcap FILE    the capture, nanosecond-free pcap, Ethernet\n"
	      "  --log FILE     what the LNS prints: IOS debug vpdn and debug ppp negotiation\n"
	      "  --truth FILE   a JSON object for each call, and one for what was injected\n"
	      "  --calls N      how many (1000)\n"
	      "  --tunnels N    over how many tunnels (10)\n"
	      "  --live N       calls at the same time (500)\n"
	      "  --data N       data packets of each call (0)\n"
	      "  --flood N      packets among it that nobody asked for (0)\n"
	      "  --spoof KIND   sccrq, tunnel, session, icrq or fragment: what they are (sccrq)\n"
	      "  --form F       plain, length, sequenced, offset, or mixed (length)\n"
	      "  --snap N       octets kept of each packet (262144)\n"
	      "  --faults N     share of fates and troubles in percent of the usual (100)\n"
	      "  --site N       other addresses and names than those of the other sites (0)\n"
	      "  --seed N       (1)\n",
	      to);
}

static const char *const forms[N_FORMS] = {"plain", "length", "sequenced", "offset"};
static const char *const floods[N_FLOODS] = {"sccrq", "tunnel", "session", "icrq", "fragment"};

static int named(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(name, names[i]) == 0)
			return i;
	}
	return -1;
}

static void close_file(FILE *f)
{
	if (f != NULL && (ferror(f) != 0 || fclose(f) != 0)) {
		perror("carrier");
		exit(EXIT_FAILURE);
	}
}

int main(int argc, char **argv)
{
	enum {
		PCAP,
		LOG,
		TRUTH,
		CALLS,
		TUNNELS,
		LIVE,
		DATA,
		FLOOD,
		SPOOF,
		FORM,
		SNAP,
		FAULTS,
		SITE,
		SEED,
		HELP
	};
	static const struct option options[] = {
		{"pcap", 1, NULL, PCAP},       {"log", 1, NULL, LOG},
		{"truth", 1, NULL, TRUTH},     {"calls", 1, NULL, CALLS},
		{"tunnels", 1, NULL, TUNNELS}, {"live", 1, NULL, LIVE},
		{"data", 1, NULL, DATA},       {"flood", 1, NULL, FLOOD},
		{"spoof", 1, NULL, SPOOF},     {"form", 1, NULL, FORM},
		{"snap", 1, NULL, SNAP},       {"faults", 1, NULL, FAULTS},
		{"site", 1, NULL, SITE},       {"seed", 1, NULL, SEED},
		{"help", 0, NULL, HELP},       {NULL, 0, NULL, 0},
	};
	struct carrier c = {.calls = 1000,
			    .tunnels = 10,
			    .live = 500,
			    .snap = 262144,
			    .faults = 100,
			    .form = FORM_LENGTH,
			    .random = 1};
	unsigned *numbers[] = {[CALLS] = &c.calls,   [TUNNELS] = &c.tunnels, [LIVE] = &c.live,
			       [DATA] = &c.data,     [FLOOD] = &c.flood,     [SNAP] = &c.snap,
			       [FAULTS] = &c.faults, [SITE] = &c.site,       [SEED] = NULL};
	const char **paths[] = {
		[PCAP] = &c.pcap_path, [LOG] = &c.log_path, [TRUTH] = &c.truth_path};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o <= TRUTH) {
			*paths[o] = optarg;
		} else if (o == FORM) {
			c.form = named(forms, N_FORMS, optarg);
		} else if (o == SPOOF) {
			c.floods = named(floods, N_FLOODS, optarg);
		} else if (o == SEED) {
			c.random = strtoull(optarg, NULL, 10);
		} else if (o < SEED) {
			*numbers[o] = (unsigned)strtoul(optarg, NULL, 10);
		} else {
			usage(o == HELP ? stdout : stderr);
			return o == HELP ? EXIT_SUCCESS : 2;
		}
	}
	if (optind < argc || c.tunnels == 0 || c.floods < 0 || c.tunnels > 4000 ||
	    (c.pcap_path == NULL && c.log_path == NULL && c.truth_path == NULL)) {
		usage(stderr);
		return 2;
	}
	c.all = grown(NULL, c.tunnels, sizeof(*c.all));
	record_pcap_open(&c);
	record_log_open(&c);
	record_truth_open(&c);
	live(&c);
	record_truth_end(&c);
	close_file(c.pcap);
	close_file(c.log);
	close_file(c.truth);
	while (n_heap > 0)
		free(heap[--n_heap].call);
	free(heap);
	free(c.all);
	return EXIT_SUCCESS;
}
