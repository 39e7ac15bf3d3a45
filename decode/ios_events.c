#include "ios_events.h"

#include <stdlib.h>

#include "code.h"

/* How many records of one console may stand between the parts of one message. */
enum { HEAD_TO_PACKET = 8, PACKET_TO_HEAD = 64, PACKET_TO_OPTION = 64, RESULT_TO_MESSAGE = 8 };

struct log_record *window_room(struct window *w)
{
	if (w->n == w->room) {
		w->room = w->room ? w->room * 2 : 256;
		w->records = must_grow(w->records, w->room, sizeof(*w->records));
		w->console = must_grow(w->console, w->room, sizeof(*w->console));
		w->group = must_grow(w->group, w->room, sizeof(*w->group));
	}
	return &w->records[w->n];
}

void window_add(struct window *w)
{
	w->group[w->n] = 0;
	w->console[w->n] = 0;
	w->n++;
}

void window_drop(struct window *w, size_t n)
{
	if (n >= w->n)
		w->n = 0;
	else if (n) {
		w->n -= n;
		memmove(w->records, w->records + n, w->n * sizeof(*w->records));
	}
	for (size_t i = 0; i < w->n; i++)
		w->group[i] = 0;
	w->n_groups = 0;
}

void window_free(struct window *w)
{
	free(w->records);
	free(w->console);
	free(w->group);
	free(w->groups);
}

static uint32_t group_new(struct window *w, enum group_kind kind, size_t i)
{
	if (w->n_groups + 1 >= w->groups_room) {
		w->groups_room = w->groups_room ? w->groups_room * 2 : 64;
		w->groups = must_grow(w->groups, w->groups_room, sizeof(*w->groups));
	}
	if (w->n_groups == 0)
		w->n_groups = 1;
	w->groups[w->n_groups] = (struct group){
		.kind = kind,
		.first = (uint32_t)i,
		.last = (uint32_t)i,
		.anchor = (uint32_t)i,
		.message = MESSAGE_UNKNOWN,
	};
	w->group[i] = (uint32_t)w->n_groups;
	return (uint32_t)w->n_groups++;
}

static void group_join(struct window *w, uint32_t group, size_t i)
{
	w->group[i] = group;
	if (i > w->groups[group].last)
		w->groups[group].last = (uint32_t)i;
}

struct str record_value(const struct log_record *r)
{
	static const enum log_field fields[] = {
		FIELD_VALUE, FIELD_VALUE_DECIMAL, FIELD_VALUE_HEX, FIELD_VALUE_OCTETS,
		FIELD_NAME,  FIELD_USER,          FIELD_NUMBER,
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct str s = record_text(r, fields[i]);

		if (s.len)
			return s;
	}
	return STR("");
}

/* What each console is in the middle of. */
struct track {
	uint32_t parse;  /* group whose Parse lines are being printed */
	uint32_t head;   /* `O X` that waits for its packet line */
	uint32_t in;     /* received packet that waits for `I X from …` */
	uint32_t packet; /* last packet line: a dump may follow */
};

/* `SCCR` and `SCCRP`, `SCCRQ` and `SCCRP`: one word that lost or changed its end. */
static bool is_like(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;

	if (str_equal_nocase(a, b))
		return true;
	if (n < 3 || a.len > b.len + 1 || b.len > a.len + 1)
		return false;
	return memcmp(a.at, b.at, n - 1) == 0;
}

static struct str group_word(const struct window *w, uint32_t group)
{
	return record_text(&w->records[w->groups[group].anchor], FIELD_MESSAGE);
}

static bool is_near(const struct window *w, uint32_t group, size_t i, size_t reach)
{
	return group && i - w->groups[group].last <= reach;
}

static void gather_packet(struct window *w, struct track *t, size_t i)
{
	struct str word = record_text(&w->records[i], FIELD_MESSAGE);
	bool is_zlb = str_starts(word, "ZLB");
	enum sense sense = RECEIVED;
	uint32_t group = 0;

	record_sense(&w->records[i], &sense);
	if (sense == RECEIVED && t->parse && !is_zlb) {
		group = t->parse;
		t->parse = 0;
	} else if (sense == SENT && is_near(w, t->head, i, HEAD_TO_PACKET) &&
		   is_like(word, group_word(w, t->head))) {
		group = t->head;
	}
	if (sense == SENT && !is_zlb)
		t->head = 0;
	if (group)
		group_join(w, group, i);
	else
		group = group_new(w, GROUP_MESSAGE, i);
	w->groups[group].anchor = (uint32_t)i;
	t->packet = group;
	if (sense == RECEIVED && !is_zlb)
		t->in = group;
}

static void gather_head(struct window *w, struct track *t, size_t i)
{
	struct str word = record_text(&w->records[i], FIELD_MESSAGE);
	enum sense sense = SENT;
	uint32_t group = 0;

	record_sense(&w->records[i], &sense);
	if (sense == SENT) {
		t->head = group_new(w, GROUP_MESSAGE, i);
		w->groups[t->head].has_head = true;
		return;
	}
	if (is_near(w, t->in, i, PACKET_TO_HEAD) && is_like(word, group_word(w, t->in))) {
		group = t->in;
		t->in = 0;
		group_join(w, group, i);
	} else if (t->parse) {
		group = t->parse;
		t->parse = 0;
		group_join(w, group, i);
		w->groups[group].anchor = (uint32_t)i;
	} else {
		group = group_new(w, GROUP_MESSAGE, i);
	}
	w->groups[group].has_head = true;
}

static void gather_parse(struct window *w, struct track *t, size_t i)
{
	const struct log_record *r = &w->records[i];
	uint64_t avp;

	if (r->kind == RECORD_PARSE_AVP && record_number(r, FIELD_AVP, &avp) && avp == 0 &&
	    !record_text(r, FIELD_VENDOR).len)
		t->parse = 0;
	if (!t->parse) {
		t->parse = group_new(w, GROUP_MESSAGE, i);
		return;
	}
	group_join(w, t->parse, i);
	w->groups[t->parse].anchor = (uint32_t)i;
}

/* A frame of another protocol: nothing of the message before it. */
static bool gather_frame(struct window *w, size_t i)
{
	struct group frame;
	uint32_t group;

	if (!w->records[i].n_hex || !frame_read(w, i, &frame))
		return false;
	frame.first = frame.last = frame.anchor = frame.dump_at = (uint32_t)i;
	frame.message = MESSAGE_UNKNOWN;
	group = group_new(w, GROUP_FRAME, i);
	w->groups[group] = frame;
	return true;
}

static void gather_buffer(struct window *w, struct track *t, size_t i)
{
	if (gather_frame(w, i))
		return;
	if (is_near(w, t->packet, i, HEAD_TO_PACKET))
		group_join(w, t->packet, i);
	else
		group_new(w, GROUP_MESSAGE, i);
	t->packet = 0;
}

static bool is_same_ppp(const struct log_record *a, const struct log_record *b)
{
	return str_equal(record_text(a, FIELD_INTERFACE), record_text(b, FIELD_INTERFACE)) &&
	       str_equal(record_text(a, FIELD_PROTOCOL), record_text(b, FIELD_PROTOCOL));
}

/* Options follow their packet, but lines of other interfaces may stand between. */
static void gather_option(struct window *w, size_t i)
{
	for (size_t k = i; k-- > 0 && i - k <= PACKET_TO_OPTION;) {
		if (w->console[k] != w->console[i] || w->records[k].kind != RECORD_PPP_PACKET ||
		    !is_same_ppp(&w->records[k], &w->records[i]))
			continue;
		if (!w->group[k])
			group_new(w, GROUP_PPP, k);
		group_join(w, w->group[k], i);
		return;
	}
}

static void gather(struct window *w, struct track *t, size_t i)
{
	switch (w->records[i].kind) {
	case RECORD_PACKET:
		gather_packet(w, t, i);
		return;
	case RECORD_MESSAGE:
		gather_head(w, t, i);
		return;
	case RECORD_RESULT:
		if (t->parse)
			gather_parse(w, t, i);
		return;
	case RECORD_AVP_VALUE:
		if (w->records[i].row && (w->records[i].row->flags & ROW_AFTER)) {
			if (is_near(w, t->packet, i, HEAD_TO_PACKET))
				group_join(w, t->packet, i);
			return;
		}
		gather_parse(w, t, i);
		return;
	case RECORD_PARSE_AVP:
	case RECORD_PARSE_MESSAGE:
	case RECORD_PARSE_DONE:
		gather_parse(w, t, i);
		return;
	case RECORD_BUFFER:
		gather_buffer(w, t, i);
		return;
	case RECORD_PPP_OPTION:
	case RECORD_PPP_TLV:
		gather_option(w, i);
		return;
	default:
		gather_frame(w, i);
		return;
	}
}

void window_group(struct window *w)
{
	struct track *tracks = must_alloc(LIMIT_VANTAGES, sizeof(*tracks));

	memset(tracks, 0, LIMIT_VANTAGES * sizeof(*tracks));
	for (size_t i = 0; i < w->n; i++) {
		record_soon(w->records, i, w->n);
		gather(w, &tracks[w->console[i] % LIMIT_VANTAGES], i);
	}
	free(tracks);
}

size_t window_cut(const struct window *w, size_t at)
{
	size_t cut = at;

	/* groups are in the order of their first records; only the late ones can reach `at` */
	for (size_t g = w->n_groups; g-- > 1;)
		if (w->groups[g].first < cut && w->groups[g].last >= cut)
			cut = w->groups[g].first;
	return cut ? cut : at;
}

static void event_common(const struct window *w, size_t i, struct event *e)
{
	const struct log_record *r = &w->records[i];

	*e = (struct event){
		.when = r->when,
		.stamp = r->stamp,
		.origin = r->origin,
		.interface = record_text(r, FIELD_INTERFACE),
		.text = r->text,
	};
	e->origin.vantage = w->console[i];
}

static bool is_member(const struct window *w, size_t i, size_t anchor)
{
	return i == anchor || (w->group[anchor] && w->group[i] == w->group[anchor]);
}

/* The lines of all records of the event, and what is damaged in them. */
static void event_span(const struct window *w, size_t i, struct arena *a, struct event *e)
{
	struct defect_list defects = {.arena = a};
	size_t first = i, last = i;

	if (w->group[i]) {
		first = w->groups[w->group[i]].first;
		last = w->groups[w->group[i]].last;
	}
	for (size_t k = first; k <= last; k++) {
		const struct log_record *r = &w->records[k];

		if (!is_member(w, k, i))
			continue;
		if (r->origin.line < e->origin.line) {
			e->origin.line = r->origin.line;
			e->origin.column = r->origin.column;
		}
		if (r->origin.offset < e->origin.offset)
			e->origin.offset = r->origin.offset;
		if (r->origin.line_end > e->origin.line_end)
			e->origin.line_end = r->origin.line_end;
		if (r->origin.offset_end > e->origin.offset_end)
			e->origin.offset_end = r->origin.offset_end;
		if (!e->interface.len)
			e->interface = record_text(r, FIELD_INTERFACE);
		for (size_t d = 0; d < r->n_defects; d++) {
			struct defect *copy = defect_add(&defects, r->defects[d].id, 0);

			if (copy)
				*copy = r->defects[d];
		}
	}
	for (size_t d = 0; d < e->n_defects; d++) {
		struct defect *copy = defect_add(&defects, e->defects[d].id, 0);

		if (!copy)
			continue;
		*copy = e->defects[d];
		if (!copy->line)
			copy->line = w->records[i].origin.line;
	}
	e->defects = defects.at;
	e->n_defects = defects.n;
}

static enum topic topic_of(const struct log_record *r)
{
	switch (r->kind) {
	case RECORD_UNREAD:
		return SAID_UNREAD;
	case RECORD_SAID:
		return r->row ? r->row->topic : SAID_OTHER;
	case RECORD_RESULT:
		return SAID_RESULT;
	default:
		return SAID_NOTHING;
	}
}

/* Some releases print the codes of a CDN or StopCCN below it, without the ids before them. */
static const struct log_record *result_owner(const struct window *w, size_t i)
{
	const struct log_record *r = &w->records[i];

	if (r->kind != RECORD_RESULT || record_text(r, FIELD_TUNNEL).len)
		return r;
	for (size_t k = i; k-- > 0 && i - k <= RESULT_TO_MESSAGE;) {
		enum record_kind kind = w->records[k].kind;

		if (w->console[k] != w->console[i] || kind == RECORD_RESULT)
			continue;
		return kind == RECORD_MESSAGE || kind == RECORD_PACKET ? &w->records[k] : r;
	}
	return r;
}

static void said_event(const struct window *w, size_t i, struct event *e)
{
	const struct log_record *r = result_owner(w, i);
	uint64_t n;

	e->kind = EVENT_SAID;
	e->sense = SENT;
	if (record_number(r, FIELD_TUNNEL, &n))
		e->from.tunnel_id = (uint32_t)n;
	if (record_number(r, FIELD_SESSION, &n))
		e->from.session_id = (uint32_t)n;
	r = &w->records[i];
	e->said.topic = topic_of(r);
	e->said.values = r->values;
	e->said.n_values = r->n_values;
	e->is_virtual = r->row && (r->row->flags & ROW_VIRTUAL);
	e->from.name = r->host;
	if (record_number(r, FIELD_PEER_TUNNEL, &n))
		e->to.tunnel_id = (uint32_t)n;
	if (record_number(r, FIELD_PEER_SESSION, &n))
		e->to.session_id = (uint32_t)n;
	if (e->said.topic != SAID_TUNNEL_NEW && e->said.topic != SAID_TABLE)
		return;
	e->to.name = record_text(r, FIELD_NAME);
	address_parse(record_text(r, FIELD_ADDRESS), &e->to.address);
}

bool event_from_record(const struct window *w, size_t i, struct arena *a, struct event *ret)
{
	const struct log_record *r = &w->records[i];
	uint32_t group = w->group[i];

	if (group && w->groups[group].anchor != i)
		return false;
	if (r->kind == RECORD_CONTINUES && !r->n_defects)
		return false;
	record_soon(w->records, i, w->n);
	event_common(w, i, ret);
	if (group && w->groups[group].kind == GROUP_MESSAGE)
		message_event(w, group, a, ret);
	else if (r->kind == RECORD_PPP_PACKET || r->kind == RECORD_AUTH_PACKET)
		ppp_event(w, i, a, ret);
	else if (!(group && frame_event(w, i, ret)) && !radius_event(w, i, a, ret))
		said_event(w, i, ret);
	event_span(w, i, a, ret);
	return true;
}
