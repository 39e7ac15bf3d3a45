/* Messages of a window, rebuilt; one console's truncated dump is completed from the other's text.
 */
#include <stdlib.h>

#include "code.h"
#include "ios_message.h"
#include "rebuild.h"

static uint64_t record_line(const struct window *w, size_t i)
{
	return w->records[i].origin.line;
}

static const struct rebuilt *rebuild_group(struct window *w, uint32_t group)
{
	const struct group *g = &w->groups[group];
	struct event e = {.origin = w->records[g->anchor].origin};
	struct rebuild_lines lines = {.n_parts = g->n_parsed};
	uint64_t *parts = arena_array(w->arena, g->n_parsed, sizeof(*parts));

	message_event(w, group, w->arena, &e);
	for (size_t i = g->first; i <= g->last; i++)
		if (w->group[i] == group && w->records[i].kind == RECORD_PACKET)
			lines.head = record_line(w, i);
	if (g->dump.bytes.len) {
		lines.dump = record_line(w, g->dump_at);
		if (w->records[g->dump_at].n_hex)
			lines.dump = w->records[g->dump_at].hex[0].line;
	}
	for (size_t i = 0; parts && i < g->n_parsed; i++)
		parts[i] = record_line(w, g->parsed_at[i]);
	lines.parts = parts;
	lines.n_parts = parts ? g->n_parsed : 0;
	return rebuild_control(w->arena, &e, &lines);
}

/* Its dump tells all of it, and nobody asks where each octet is from. */
static bool is_told(const struct window *w, const struct group *g)
{
	const struct dump *d = &g->dump;

	return w->without_octets && d->bytes.len && !d->is_cut && !d->unknown_end &&
	       g->message != MESSAGE_UNKNOWN &&
	       (!g->head.has_length || g->head.length == d->bytes.len);
}

static const struct rebuilt *rebuilt_of(struct window *w, uint32_t group)
{
	struct group *g = &w->groups[group];

	if (!g->rebuilt && is_told(w, g))
		g->rebuilt = rebuild_group(w, group);
	return g->rebuilt;
}

/* What makes two reports reports of one message. */
struct report {
	uint32_t group;
	uint16_t message, ns, nr, console;
	uint32_t tunnel_id, session_id;
	enum sense sense;
};

static int by_key(const void *a, const void *b)
{
	const struct report *x = a, *y = b;

	if (x->tunnel_id != y->tunnel_id)
		return x->tunnel_id < y->tunnel_id ? -1 : 1;
	if (x->session_id != y->session_id)
		return x->session_id < y->session_id ? -1 : 1;
	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	if (x->message != y->message)
		return x->message < y->message ? -1 : 1;
	return x->group < y->group ? -1 : x->group > y->group;
}

static bool is_same_key(const struct report *x, const struct report *y)
{
	return x->tunnel_id == y->tunnel_id && x->session_id == y->session_id && x->ns == y->ns &&
	       x->nr == y->nr && x->message == y->message;
}

/* The id that the sender of an SCCRQ chose, from its console's lines. */
static uint32_t own_tunnel(const struct window *w, const struct group *g, uint32_t group)
{
	uint64_t n;

	for (size_t i = g->first; i <= g->last; i++)
		if (w->group[i] == group && record_number(&w->records[i], FIELD_TUNNEL, &n))
			return (uint32_t)n;
	return 0;
}

/* The Assigned Tunnel ID that a received SCCRQ printed. */
static uint32_t printed_tunnel(const struct group *g)
{
	uint64_t n;

	for (size_t i = 0; i < g->n_parsed; i++)
		if (!g->parsed[i].vendor && g->parsed[i].number == AVP_N_ASSIGNED_TUNNEL_ID &&
		    avp_number(&g->parsed[i], &n))
			return (uint32_t)n;
	return 0;
}

/* The header of every first SCCRQ is the same: only its sender's id ties two reports together. */
static bool is_tied(const struct window *w, const struct report *sent,
		    const struct report *received)
{
	if (sent->tunnel_id)
		return true;
	return own_tunnel(w, &w->groups[sent->group], sent->group) != 0 &&
	       own_tunnel(w, &w->groups[sent->group], sent->group) ==
		       printed_tunnel(&w->groups[received->group]);
}

/* `n` reports of one key: each is completed when all of the other end agree with it. */
static void complete(struct window *w, const struct report *run, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct group *g = &w->groups[run[i].group];
		const struct rebuilt *all = g->rebuilt;

		/* `all` is NULL: told by its dump */
		for (size_t k = 0; k < n && all && !g->rebuilt->is_whole; k++) {
			const struct report *sent = run[i].sense == SENT ? &run[i] : &run[k];
			const struct report *received = run[i].sense == SENT ? &run[k] : &run[i];

			if (run[k].sense == run[i].sense || run[k].console == run[i].console ||
			    !is_tied(w, sent, received) || !rebuilt_of(w, run[k].group))
				continue;
			all = rebuilt_join(w->arena, all, w->groups[run[k].group].rebuilt);
		}
		if (all)
			g->rebuilt = all;
	}
}

void rebuild_messages(struct window *w)
{
	struct report *reports = must_alloc(w->n_groups + 1, sizeof(*reports));
	bool are_several = false; /* consoles */
	size_t n = 0;

	for (uint32_t group = 1; group < w->n_groups; group++) {
		struct group *g = &w->groups[group];
		enum sense sense = g->has_sense ? g->sense : g->n_parsed ? RECEIVED : SENT;

		if (g->kind != GROUP_MESSAGE)
			continue;
		if (!is_told(w, g)) {
			g->rebuilt = rebuild_group(w, group);
			if (!g->rebuilt)
				continue;
		}
		if (!g->head.has_ids || !g->head.has_sequence)
			continue;
		reports[n++] = (struct report){.group = group,
					       .message = g->message,
					       .ns = g->head.ns,
					       .nr = g->head.nr,
					       .console = w->console[g->anchor],
					       .tunnel_id = g->head.tunnel_id,
					       .session_id = g->head.session_id,
					       .sense = sense};
		are_several |= reports[n - 1].console != reports[0].console;
	}
	if (!are_several)
		n = 0;
	qsort(reports, n, sizeof(*reports), by_key);
	for (size_t i = 0; i < n;) {
		size_t end = i + 1;

		while (end < n && is_same_key(&reports[i], &reports[end]))
			end++;
		complete(w, reports + i, end - i);
		i = end;
	}
	free(reports);
}
