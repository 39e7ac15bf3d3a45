/* Which message it is that a group of records speaks of. */
#include "code.h"
#include "ios_message.h"

/* How far a line that speaks of a message stands behind it, in records. */
enum { BEFORE_MESSAGE = 10 };

/* How far, in groups, a request stands from its reply. */
enum { DIALOGUE = 4 };

/* Requests and replies whose names differ in one letter. */
static const struct {
	uint16_t request, reply;
} pairs[] = {{SCCRQ, SCCRP}, {ICRQ, ICRP}, {OCRQ, OCRP}};

/* What a line of another layer tells: a reply goes to an id that its sender knows. */
static bool is_reply_line(const struct log_record *r, uint16_t request, bool *ret)
{
	bool is_tunnel = request == SCCRQ;
	enum log_field own = is_tunnel ? FIELD_TUNNEL : FIELD_SESSION;
	enum log_field peer = is_tunnel ? FIELD_PEER_TUNNEL : FIELD_PEER_SESSION;
	enum sense sense;
	uint64_t id;

	if (r->kind != RECORD_MESSAGE || !record_text(r, FIELD_NAME).len ||
	    !record_sense(r, &sense))
		return false;
	if (sense == SENT && !record_number(r, peer, &id))
		return false;
	/* the receiver of a request has no id of its own yet: `L2TP: I SCCRQ from …`; what later
	 * releases and IOS XR put before it may be the one that they give the tunnel for it */
	if (sense == RECEIVED && record_text(r, FIELD_REQUEST).len)
		return false;
	*ret = sense == SENT ? id != 0 : record_text(r, own).len > 0;
	return true;
}

/* What the rules of the protocol allow: nobody can know the receiver's id before it was
 * assigned (RFC 2661 3.1). */
static uint16_t message_by_ids(uint16_t message, const struct log_record *r,
			       const struct l2tp_head *head)
{
	bool is_reply;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (message != pairs[i].request && message != pairs[i].reply)
			continue;
		if (head->has_ids)
			is_reply = (i == 0 ? head->tunnel_id : head->session_id) != 0;
		else if (!is_reply_line(r, pairs[i].request, &is_reply))
			return message;
		return is_reply ? pairs[i].reply : pairs[i].request;
	}
	return message;
}

uint16_t message_by_dump(const struct dump *d)
{
	struct bytes b = bytes_of(d->bytes);

	if (d->bytes.len == 12)
		return ZLB;
	if (d->bytes.len < 20 || (d->unknown < 20 && d->unknown_end > 12))
		return MESSAGE_UNKNOWN;
	bytes_take(&b, 12 + 2);
	if (bytes_u32(&b) != 0) /* vendor 0, attribute 0 */
		return MESSAGE_UNKNOWN;
	return bytes_u16(&b);
}

/* The name that most records of the group give; a known one. */
uint16_t message_by_name(const struct window *w, uint32_t group)
{
	const struct group *g = &w->groups[group];
	uint16_t found[8];
	size_t votes[8], n = 0, best = 0;

	for (size_t i = g->first; i <= g->last; i++) {
		uint16_t message;
		size_t k = 0;

		if (w->group[i] != group)
			continue;
		message = record_words(&w->records[i]).message;
		if (message == MESSAGE_UNKNOWN)
			continue;
		message = message_by_ids(message, &w->records[i], &g->head);
		while (k < n && found[k] != message)
			k++;
		if (k == 8)
			continue;
		if (k == n) {
			found[n] = message;
			votes[n++] = 0;
		}
		votes[k]++;
	}
	for (size_t k = 1; k < n; k++)
		if (votes[k] > votes[best])
			best = k;
	return n ? found[best] : MESSAGE_UNKNOWN;
}

/* The nearest message of the same console that was received as `message`, `reach` groups away at
 * most: behind group `from` or, with step -1, before it. Of the same tunnel, where both say. */
static bool is_received(const struct window *w, uint32_t from, int step, uint32_t reach,
			uint16_t message)
{
	const struct group *g = &w->groups[from];
	uint64_t own = 0, other = 0;

	record_number(&w->records[g->anchor], FIELD_TUNNEL, &own);
	for (uint32_t k = 1; k <= reach; k++) {
		uint32_t at = step < 0 ? from - k : from + k;

		if (at < 1 || at >= w->n_groups || at > UINT32_MAX - reach)
			return false;
		if (w->groups[at].message != message || w->groups[at].sense != RECEIVED ||
		    w->console[w->groups[at].anchor] != w->console[g->anchor])
			continue;
		record_number(&w->records[w->groups[at].anchor], FIELD_TUNNEL, &other);
		if (!own || !other || own == other)
			return true;
	}
	return false;
}

/* A line without ids (`Send OCRP`, `O SCCRQ` where no packets are printed): what it answers, or
 * what answers it, tells. */
uint16_t message_by_dialogue(const struct window *w, uint32_t group)
{
	const struct group *g = &w->groups[group];

	if (!g->has_sense || g->sense != SENT || g->head.has_ids ||
	    record_text(&w->records[g->anchor], FIELD_NAME).len)
		return g->message;
	for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++) {
		if (g->message != pairs[p].request && g->message != pairs[p].reply)
			continue;
		if (is_received(w, group, -1, DIALOGUE, pairs[p].request))
			return pairs[p].reply;
		if (is_received(w, group, 1, DIALOGUE, pairs[p].reply))
			return pairs[p].request;
	}
	return g->message;
}

void message_said(struct window *w, size_t i)
{
	uint16_t said = record_words(&w->records[i]).message;

	if (w->records[i].row && w->records[i].row->topic == SAID_RETRANSMIT)
		return; /* of what was sent before that */
	for (size_t k = i; said != MESSAGE_UNKNOWN && k-- > 0 && i - k <= BEFORE_MESSAGE;) {
		const struct group *g;

		if (w->console[k] != w->console[i] || !w->group[k])
			continue;
		g = &w->groups[w->group[k]];
		if (g->kind != GROUP_MESSAGE || g->sense != RECEIVED || g->message == ZLB)
			continue;
		for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++)
			if ((said == pairs[p].request && g->message == pairs[p].reply) ||
			    (said == pairs[p].reply && g->message == pairs[p].request))
				record_repair(w, i, FIELD_MESSAGE,
					      str_of(code_name(CODE_MESSAGE, g->message)),
					      STR("it speaks of the message just received"));
		return;
	}
}

static struct str message_proof(struct window *w, const struct group *g, bool is_by_dump)
{
	if (is_by_dump)
		return arena_printf(w->arena, "the dump of this message has type %u, %s",
				    g->message, code_name(CODE_MESSAGE, g->message));
	return STR("the other lines of this message, and its ids");
}

/* Another message, or the same one misspelt; anything else is no message at all. */
static bool is_message_word(struct str word, struct str name)
{
	return message_of(word) != MESSAGE_UNKNOWN ||
	       (word.len >= 3 && word.len + 2 >= name.len && word.len <= name.len + 1 &&
		(word.at[0] | 32) == (name.at[0] | 32));
}

void repair_message_names(struct window *w, uint32_t group, bool is_by_dump)
{
	struct group *g = &w->groups[group];
	const char *name = code_name(CODE_MESSAGE, g->message);

	if (g->message == MESSAGE_UNKNOWN || !name)
		return;
	for (size_t i = g->first; i <= g->last; i++) {
		struct str word;

		if (w->group[i] != group || record_words(&w->records[i]).message == g->message)
			continue;
		word = record_text(&w->records[i], FIELD_MESSAGE);
		if (!word.len || !is_message_word(word, str_of(name)))
			continue;
		record_repair(w, i, FIELD_MESSAGE, str_of(name), message_proof(w, g, is_by_dump));
	}
}
