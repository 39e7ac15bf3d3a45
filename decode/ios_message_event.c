/* A gathered message as an event. */
#include "code.h"
#include "ios_message.h"
#include "l2tp.h"
#include "rebuild.h"

/* How far records may stand from a message whose line has no ids. */
enum { BEFORE_MESSAGE = 10, AFTER_MESSAGE = 5 };

/* The octets of the dump that are AVPs known to their end. */
static size_t whole_end(const struct dump *d)
{
	struct bytes rest = dump_avps(d);
	size_t end = bytes_offset(&rest);
	struct dump_avp a;

	while (dump_avp_next(d, &rest, &a) && a.is_known)
		end = bytes_offset(&rest);
	return end;
}

/* The dump of a whole message is read as a packet is. */
static bool decode_whole(const struct window *w, const struct group *g, struct event *e,
			 struct defect_list *defects)
{
	struct defect_list found = {.arena = defects->arena};
	struct event packet = *e;
	struct span payload;

	if (!w->packets || !g->dump.bytes.len || g->dump.is_cut || g->dump.unknown_end)
		return false;
	packet.path.captured = packet.path.original = (uint32_t)g->dump.bytes.len;
	l2tp_decode(w->packets, g->dump.bytes, &packet, &found, &payload);
	if (packet.kind != EVENT_CONTROL || packet.control.message == MESSAGE_UNKNOWN)
		return false;
	e->l2tp = packet.l2tp;
	e->control = packet.control;
	*defects = found;
	return true;
}

/* A message of which every octet is known, wherever it was told. */
static bool decode_rebuilt(const struct group *g, struct arena *a, struct event *e,
			   struct defect_list *defects)
{
	struct span bytes;
	struct avp *avps = NULL;

	if (!g->rebuilt || !g->rebuilt->is_whole || g->message == ZLB)
		return false;
	bytes = rebuilt_known(a, g->rebuilt);
	if (bytes.len <= 12)
		return false;
	avp_parse(a, span_of(bytes.at + 12, bytes.len - 12), 12, &avps, &e->control.n_avps,
		  defects);
	e->control.avps = avps;
	e->control.is_complete = true;
	return true;
}

/* Bytes first; behind them what was printed. */
static void message_avps(const struct window *w, const struct group *g, struct arena *a,
			 struct event *e, struct defect_list *defects)
{
	const struct dump *d = &g->dump;
	bool is_partial = d->is_cut || d->unknown_end;
	size_t end = is_partial ? whole_end(d) : d->bytes.len;
	struct avp *avps = NULL, *all;
	size_t n = 0;

	if (decode_whole(w, g, e, defects) || decode_rebuilt(g, a, e, defects))
		return;
	if (end > 12)
		avp_parse(a, span_of(d->bytes.at + 12, end - 12), 12, &avps, &n, defects);
	e->control.is_complete = g->message == ZLB || (d->bytes.len && !is_partial);
	e->control.avps = avps;
	e->control.n_avps = n;
	if (e->control.is_complete || g->n_parsed <= n)
		return;
	all = arena_array(a, g->n_parsed, sizeof(*all));
	if (!all)
		return;
	if (n)
		memcpy(all, avps, n * sizeof(*all));
	for (size_t i = n; i < g->n_parsed; i++) {
		all[i] = g->parsed[i];
		all[i].offset = i ? all[i - 1].offset + all[i - 1].length : 12;
		if (all[i].length)
			avp_check(&all[i], defects);
	}
	e->control.avps = all;
	e->control.n_avps = g->n_parsed;
	e->control.is_complete = g->has_all_parsed;
}

static void take_number(const struct log_record *r, enum log_field field, uint32_t *ret)
{
	uint64_t n;

	if (!*ret && record_number(r, field, &n))
		*ret = (uint32_t)n;
}

/* Ids: `Tnl 55270` is the speaker's; `tnlid N`, `from hgw tnl N`, `to hgw T/S` its peer's; the
 * header's are the receiver's. */
static void message_parties(const struct window *w, uint32_t group, struct event *e)
{
	const struct group *g = &w->groups[group];
	struct party *own = e->sense == SENT ? &e->from : &e->to;
	struct party *peer = e->sense == SENT ? &e->to : &e->from;
	const struct avp *tunnel = event_avp(e, AVP_N_ASSIGNED_TUNNEL_ID);
	const struct avp *session = event_avp(e, AVP_N_ASSIGNED_SESSION_ID);
	uint64_t n;

	for (size_t i = g->first; i <= g->last; i++) {
		const struct log_record *r = &w->records[i];

		if (w->group[i] != group)
			continue;
		if (!own->name.len)
			own->name = r->host;
		take_number(r, FIELD_TUNNEL, &own->tunnel_id);
		take_number(r, FIELD_SESSION, &own->session_id);
		if (r->kind != RECORD_MESSAGE)
			continue;
		if (!peer->name.len)
			peer->name = record_text(r, FIELD_NAME);
		if (!peer->address.family)
			address_parse(record_text(r, FIELD_ADDRESS), &peer->address);
		take_number(r, FIELD_PEER_TUNNEL, &peer->tunnel_id);
		take_number(r, FIELD_PEER_SESSION, &peer->session_id);
	}
	if (e->l2tp.has_ids && !e->to.tunnel_id)
		e->to.tunnel_id = e->l2tp.tunnel_id;
	if (e->l2tp.has_ids && !e->to.session_id)
		e->to.session_id = e->l2tp.session_id;
	if (!e->from.tunnel_id && tunnel && avp_number(tunnel, &n))
		e->from.tunnel_id = (uint32_t)n;
	if (!e->from.session_id && session && avp_number(session, &n))
		e->from.session_id = (uint32_t)n;
}

/* `L2TP: Send OCRP` names no ids. The records around it on its console do, when they agree. */
static void neighbour_ids(const struct window *w, uint32_t group, struct party *own)
{
	size_t at = w->groups[group].anchor;
	const struct log_record *near[2] = {NULL, NULL};
	uint64_t tunnel[2], session[2];

	for (size_t i = at; i-- > 0 && at - i <= BEFORE_MESSAGE && !near[0];)
		if (w->console[i] == w->console[at] &&
		    record_text(&w->records[i], FIELD_SESSION).len)
			near[0] = &w->records[i];
	for (size_t i = at + 1; i < w->n && i - at <= AFTER_MESSAGE && !near[1]; i++)
		if (w->console[i] == w->console[at] &&
		    record_text(&w->records[i], FIELD_SESSION).len)
			near[1] = &w->records[i];
	if (!near[0])
		near[0] = near[1];
	if (!near[1])
		near[1] = near[0];
	for (size_t k = 0; k < 2; k++)
		if (!near[k] || !record_number(near[k], FIELD_TUNNEL, &tunnel[k]) ||
		    !record_number(near[k], FIELD_SESSION, &session[k]))
			return;
	if (tunnel[0] != tunnel[1] || session[0] != session[1])
		return;
	own->tunnel_id = (uint32_t)tunnel[0];
	own->session_id = (uint32_t)session[0];
}

void message_event(const struct window *w, uint32_t group, struct arena *a, struct event *e)
{
	const struct group *g = &w->groups[group];
	struct defect_list defects = {.arena = a};

	e->kind = EVENT_CONTROL;
	/* printed AVPs are those of received messages; a dump alone is of a sent one */
	e->sense = g->has_sense ? g->sense : g->n_parsed ? RECEIVED : SENT;
	e->l2tp = g->head;
	e->l2tp.is_present = true;
	e->l2tp.is_control = true;
	if (!e->l2tp.version)
		e->l2tp.version = 2;
	e->control.message = g->message;
	message_avps(w, g, a, e, &defects);
	e->packet = g->dump.bytes;
	if (g->dump.unknown_end && g->dump.unknown < e->packet.len)
		e->packet.len = g->dump.unknown;
	e->rebuilt = g->rebuilt;
	e->defects = defects.at;
	e->n_defects = defects.n;
	message_parties(w, group, e);
	if (e->sense == SENT && !e->from.tunnel_id && g->message >= OCRQ && g->message <= ICCN)
		neighbour_ids(w, group, &e->from);
}
