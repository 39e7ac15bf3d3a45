#include <stdio.h>

#include "rules.h"
#include "watch.h"

/* What both ends of a pseudowire tell each other of it (RFC 3931 5.4.4, 5.4.5). */

enum { TYPES_KEPT = 32, STATUS_ACTIVE = 0x0001 };

struct type_list {
	bool is_known;
	uint16_t type[TYPES_KEPT];
	size_t n;
};

struct circuit_way {
	struct type_list takes; /* of a connection: pseudowire types of this end */
	bool has_mtu, has_sublayer, is_inactive;
	uint64_t mtu, sublayer;
	struct moment since; /* inactive */
};

struct circuit_memory {
	struct circuit_way way[2]; /* by the tunnel end that sends */
};

static void types_learn(struct watch *w)
{
	const struct avp *list = event_avp(w->e, AVP_N_PSEUDOWIRE_CAPABILITIES);
	struct circuit_memory *m;
	struct type_list *takes;
	struct bytes b;

	if (!list || !list->is_whole)
		return;
	m = watch_tunnel(w);
	takes = &m->way[w->from].takes;
	b = bytes_of(list->value);
	*takes = (struct type_list){.is_known = true};
	while (b.left >= 2 && takes->n < TYPES_KEPT)
		takes->type[takes->n++] = bytes_u16(&b);
	takes->is_known = b.left == 0;
}

static void see_type(struct watch *w)
{
	const struct circuit_memory *m = watch_tunnel(w);
	const struct type_list *takes = &m->way[1 - w->from].takes;
	const char *name;
	uint64_t type;
	size_t i = 0;

	if (!takes->is_known || !has_number(w->e, AVP_N_PSEUDOWIRE_TYPE, &type))
		return;
	while (i < takes->n && takes->type[i] != type)
		i++;
	if (i < takes->n)
		return;
	name = code_name(CODE_PW_TYPE, (uint32_t)type);
	watch_raise(w, "l2tpv3-pwtype-not-advertised",
		    "The %s asks for a pseudowire of type 0x%04x%s%s%s, which the %s did not offer",
		    end_word(w->from), (unsigned)type, name ? " (" : "", name ? name : "",
		    name ? ")" : "", end_word(1 - w->from));
}

static void see_mtu(struct watch *w, struct circuit_memory *m)
{
	struct circuit_way *way = &m->way[w->from];
	const struct circuit_way *other = &m->way[1 - w->from];

	if (!has_number(w->e, AVP_N_INTERFACE_MTU, &way->mtu))
		return;
	way->has_mtu = true;
	if (other->has_mtu && other->mtu != way->mtu)
		watch_raise(w, "l2tpv3-mtu-mismatch",
			    "The interface of the %s has an MTU of %u, that of the %s %u",
			    end_word(w->from), (unsigned)way->mtu, end_word(1 - w->from),
			    (unsigned)other->mtu);
}

static void see_sequencing(struct watch *w, struct circuit_memory *m)
{
	struct circuit_way *way = &m->way[w->from];
	uint64_t level;

	way->has_sublayer |= has_number(w->e, AVP_N_L2_SPECIFIC_SUBLAYER, &way->sublayer);
	if (w->e->control.is_complete && has_number(w->e, AVP_N_DATA_SEQUENCING, &level) && level &&
	    (!way->has_sublayer || !way->sublayer))
		watch_raise(w, "l2tpv3-sequencing-no-sublayer",
			    "The %s asks for numbered packets (level %u) without the sublayer that "
			    "holds the number",
			    end_word(w->from), (unsigned)level);
}

static void see_status(struct watch *w, struct circuit_memory *m)
{
	struct circuit_way *way = &m->way[w->from];
	uint64_t status;

	if (!has_number(w->e, AVP_N_CIRCUIT_STATUS, &status))
		return;
	way->is_inactive = !(status & STATUS_ACTIVE);
	way->since = w->e->when;
	if (way->is_inactive)
		watch_raise(w, "l2tpv3-circuit-inactive", "The circuit of the %s is down",
			    end_word(w->from));
}

/* What was on its way when the status changed is no fault. */
static void see_data(struct watch *w)
{
	static const int64_t on_its_way_ns = INT64_C(1000000000);
	const struct circuit_memory *m = w->s ? watch_session(w) : NULL;
	const struct circuit_way *to = m ? &m->way[1 - w->from] : NULL;

	if (!to || !to->is_inactive || !moment_known(w->e->when) || !moment_known(to->since) ||
	    moment_minus(w->e->when, to->since) < on_its_way_ns)
		return;
	watch_raise(w, "l2tpv3-data-while-inactive",
		    "The %s sends data although the circuit of the %s is down", end_word(w->from),
		    end_word(1 - w->from));
}

static void see_circuit(struct watch *w)
{
	uint16_t message = w->e->control.message;

	if (!w->t || w->t->version != 3)
		return;
	if (w->e->kind != EVENT_CONTROL) {
		see_data(w);
		return;
	}
	if (message == SCCRQ || message == SCCRP) {
		types_learn(w);
		return;
	}
	if (!w->s || message == CDN)
		return;
	if (message == ICRQ || message == OCRQ)
		see_type(w);
	see_mtu(w, watch_session(w));
	see_sequencing(w, watch_session(w));
	see_status(w, watch_session(w));
}

static const struct watcher watchers[] = {
	{.kinds = WATCH(EVENT_CONTROL) | WATCH(EVENT_DATA) | WATCH(EVENT_PPP),
	 .memory = sizeof(struct circuit_memory),
	 .lines = WATCH_VERSION(3),
	 .see = see_circuit,
	 .wish = watch_no_l2tpv2},
};

static const struct rule_row rows[] = {
	{"l2tpv3-pwtype-not-advertised", SEVERITY_ERROR, ON_EVENT, NULL,
	 "A pseudowire is asked for that the other end does not offer",
	 "The attachment circuits are of different kinds (Ethernet port and VLAN, HDLC, PPP), or "
	 "the other platform lacks this one; it answers with CDN 14.",
	 "Make the circuits of both ends the same kind, or set interworking.", "RFC 3931 5.4.4",
	 NULL, false},
	{"l2tpv3-mtu-mismatch", SEVERITY_ERROR, ON_EVENT, NULL,
	 "The interfaces at both ends of a pseudowire differ in MTU",
	 "The MTU of one attachment circuit was changed; a peer may clear the call with CDN 23.",
	 "Set the same MTU on both attachment circuits.", "RFC 4667 4.3", NULL, false},
	{"l2tpv3-sequencing-no-sublayer", SEVERITY_ERROR, ON_EVENT, NULL,
	 "Numbered packets are asked for without room for the number",
	 "Sequencing is configured, the L2-specific sublayer is not; the peer clears it with CDN "
	 "15.",
	 "Configure the sublayer together with sequencing on both ends.", "RFC 3931 5.4.4", NULL,
	 false},
	{"l2tpv3-circuit-inactive", SEVERITY_WARNING, ON_EVENT, NULL,
	 "An attachment circuit is down", "The interface is down or shut, or its keepalives fail.",
	 "Look at the interface of that end.", "RFC 3931 5.4.5", NULL, false},
	{"l2tpv3-data-while-inactive", SEVERITY_WARNING, ON_EVENT, NULL,
	 "Data is sent towards a circuit that is down",
	 "The forwarding of that end does not heed the Circuit Status; the data is lost.",
	 "Nothing to tune: note vendor and version of that end and upgrade it.", "RFC 3931 5.4.5",
	 NULL, false},
};

const struct rule_table rules_circuit = {
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.watchers = watchers,
	.n_watchers = sizeof(watchers) / sizeof(watchers[0]),
};
