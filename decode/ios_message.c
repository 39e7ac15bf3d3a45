/* What a group of records says of one L2TP control message. */
#include "code.h"
#include "repair.h"

/* How far records may stand from a message whose line has no ids. */
enum { BEFORE_MESSAGE = 10, AFTER_MESSAGE = 5 };

/* How far, in groups, a request stands from its reply. */
enum { DIALOGUE = 4 };

/* Big-endian, in exactly `n` octets. */
static struct span encode_number(struct arena *a, uint64_t number, size_t n)
{
	uint8_t *octets = arena_alloc(a, n);

	if (!octets || n > 8 || (n < 8 && number >> (8 * n)))
		return span_of(NULL, 0);
	for (size_t i = 0; i < n; i++)
		octets[i] = (uint8_t)(number >> (8 * (n - 1 - i)));
	return span_of(octets, n);
}

static size_t value_length(const struct avp *avp)
{
	return avp->length > 6 ? avp->length - 6u : 0;
}

static bool is_text_kind(enum avp_kind kind)
{
	return kind == AVP_TEXT;
}

static bool is_octets_kind(enum avp_kind kind)
{
	return kind == AVP_BYTES || kind == AVP_PPP_OPTIONS;
}

/* `0x0x3` is how old IOS prints 3. */
static bool printed_number(struct str s, uint64_t *ret)
{
	while (str_starts(s, "0x0x"))
		s = str_from(s, 2);
	return str_u64(s, ret);
}

/* The octets of a printed value. Empty when the print does not fit the stated length: the
 * value is then not known. */
static struct span encode(struct arena *a, const struct avp *avp, struct str printed)
{
	size_t n = value_length(avp);
	uint64_t number;
	struct span octets;

	printed = str_trim(printed);
	if (!printed.len)
		return span_of(NULL, 0);
	if (avp->row && is_octets_kind(avp->row->kind)) {
		struct str digits = str_starts(printed, "0x") ? str_from(printed, 2) : printed;

		if (hex_octets(a, digits, &octets) && (!n || octets.len == n))
			return octets;
	}
	/* vendors print text where the dictionary only knows octets */
	if (!avp->row || is_text_kind(avp->row->kind) || avp->vendor) {
		/* the line may go on with what is no part of the log: the length tells */
		if (n && printed.len > n && printed.at[n] == ' ')
			printed.len = n;
		if (n && printed.len != n)
			return span_of(NULL, 0);
		return span_of(printed.at, printed.len);
	}
	if (n == 0 && avp->row->length_min == avp->row->length_max)
		n = avp->row->length_min - 6u;
	if (n && n <= 8 && printed_number(printed, &number))
		return encode_number(a, number, n);
	return span_of(NULL, 0);
}

static uint16_t vendor_of(struct str word)
{
	uint32_t number;

	if (str_is(word, "Cisco"))
		return 9;
	if (str_is(word, "Microsoft"))
		return 311;
	return str_u32(word, &number) && number <= UINT16_MAX ? (uint16_t)number : 0;
}

/* The list while it is being read. */
struct reading {
	struct window *w;
	struct group *g;
	size_t room;
	bool has_first, is_done;
};

static struct avp *parsed_add(struct reading *r, size_t i)
{
	struct group *g = r->g;

	if (g->n_parsed == LIMIT_AVPS)
		return NULL;
	if (g->n_parsed == r->room) {
		size_t room = r->room ? r->room * 2 : 16;
		struct avp *avps = arena_array(r->w->arena, room, sizeof(*avps));
		uint32_t *at = arena_array(r->w->arena, room, sizeof(*at));

		if (!avps || !at)
			return NULL;
		if (g->n_parsed) {
			memcpy(avps, g->parsed, g->n_parsed * sizeof(*avps));
			memcpy(at, g->parsed_at, g->n_parsed * sizeof(*at));
		}
		g->parsed = avps;
		g->parsed_at = at;
		r->room = room;
	}
	g->parsed_at[g->n_parsed] = (uint32_t)i;
	return &g->parsed[g->n_parsed++];
}

static void read_parse(struct reading *r, size_t i)
{
	const struct log_record *record = &r->w->records[i];
	struct str flags = record_text(record, FIELD_AVP_FLAG);
	struct str mark = record_text(record, FIELD_MARK);
	struct avp *avp = parsed_add(r, i);
	uint64_t n;

	if (!avp)
		return;
	*avp = (struct avp){.vendor = vendor_of(record_text(record, FIELD_VENDOR))};
	if (record_number(record, FIELD_AVP, &n))
		avp->number = (uint16_t)n;
	if (record_number(record, FIELD_LENGTH, &n))
		avp->length = (uint16_t)n;
	avp->row = avp_lookup(avp->vendor, avp->number);
	avp->has_flags = printed_number(flags, &n) || mark.len;
	if (printed_number(flags, &n)) {
		avp->is_mandatory = (n & 0x8000) != 0;
		avp->is_hidden = (n & 0x4000) != 0;
	}
	if (str_find(mark, STR("M")) != SIZE_MAX)
		avp->is_mandatory = true;
	if (avp->number == AVP_N_MESSAGE_TYPE && !avp->vendor && r->g->n_parsed == 1)
		r->has_first = true;
}

static struct avp *parsed_find(struct reading *r, uint16_t vendor, uint16_t number)
{
	for (size_t i = r->g->n_parsed; i-- > 0;)
		if (r->g->parsed[i].vendor == vendor && r->g->parsed[i].number == number)
			return &r->g->parsed[i];
	return NULL;
}

static void read_value(struct reading *r, size_t i)
{
	const struct log_record *record = &r->w->records[i];
	uint32_t named = record->row ? record->row->avp : 0;
	uint16_t vendor = (uint16_t)(named >> 16), number = (uint16_t)named;
	struct avp *avp = parsed_find(r, vendor, number);

	if (!avp) {
		avp = parsed_add(r, i);
		if (!avp)
			return;
		*avp = (struct avp){
			.vendor = vendor, .number = number, .row = avp_lookup(vendor, number)};
	}
	r->g->parsed_at[avp - r->g->parsed] = (uint32_t)i;
	avp->value = encode(r->w->arena, avp, record_value(record));
	avp->is_whole = avp->value.len > 0;
}

/* `Result code(1): 1: Loss of carrier`, then `Error code(0): No error`. */
static void read_result(struct reading *r, size_t i)
{
	const struct log_record *record = &r->w->records[i];
	struct avp *avp = parsed_find(r, 0, AVP_N_RESULT_CODE);
	uint8_t *value;
	uint64_t n;

	if (!avp || value_length(avp) < 2 || value_length(avp) > 1017)
		return;
	value = arena_alloc(r->w->arena, value_length(avp));
	if (!value)
		return;
	if (avp->value.len)
		memcpy(value, avp->value.at, avp->value.len);
	if (record_text(record, FIELD_RESULT).len &&
	    str_u64(record_text(record, FIELD_RESULT), &n)) {
		value[0] = (uint8_t)(n >> 8);
		value[1] = (uint8_t)n;
		avp->value = span_of(value, 2);
		r->g->parsed_at[avp - r->g->parsed] = (uint32_t)i;
	} else if (avp->value.len == 2 && value_length(avp) >= 4 &&
		   record_number(record, FIELD_ERROR, &n)) {
		value[2] = (uint8_t)(n >> 8);
		value[3] = (uint8_t)n;
		avp->value = span_of(value, 4);
	}
	avp->is_whole = avp->value.len == value_length(avp);
}

static void read_packet(struct reading *r, size_t i)
{
	const struct log_record *record = &r->w->records[i];
	struct l2tp_head *head = &r->g->head;
	struct str flags = record_text(record, FIELD_FLAGS);
	uint64_t n, nr, session;

	if (record_number(record, FIELD_VERSION, &n))
		head->version = (uint8_t)n;
	if (str_is(flags, "TLS"))
		head->flags = (uint16_t)(0xc800 | (head->version & 15));
	if (record_number(record, FIELD_LENGTH, &n) && n <= UINT16_MAX) {
		head->has_length = true;
		head->length = (uint16_t)n;
	}
	if (record_number(record, FIELD_HEAD_TUNNEL, &n) &&
	    record_number(record, FIELD_HEAD_SESSION, &session)) {
		head->has_ids = true;
		head->tunnel_id = (uint32_t)n;
		head->session_id = (uint32_t)session;
	}
	if (record_number(record, FIELD_NS, &n) && record_number(record, FIELD_NR, &nr)) {
		head->has_sequence = true;
		head->ns = (uint16_t)n;
		head->nr = (uint16_t)nr;
	}
}

static void read_record(struct reading *r, size_t i)
{
	const struct log_record *record = &r->w->records[i];
	uint64_t n;

	switch (record->kind) {
	case RECORD_PACKET:
		read_packet(r, i);
		break;
	case RECORD_BUFFER:
		if (!r->g->head.has_length && record_number(record, FIELD_LENGTH, &n) &&
		    n <= UINT16_MAX) {
			r->g->head.has_length = true;
			r->g->head.length = (uint16_t)n;
		}
		break;
	case RECORD_PARSE_AVP:
		read_parse(r, i);
		break;
	case RECORD_AVP_VALUE:
		read_value(r, i);
		break;
	case RECORD_RESULT:
		read_result(r, i);
		break;
	case RECORD_PARSE_DONE:
		r->is_done = true;
		break;
	default:
		break;
	}
	if (!r->g->has_sense)
		r->g->has_sense = record_sense(record, &r->g->sense);
}

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
	/* the receiver of a request has no id of its own yet: `L2TP: I SCCRQ from …` */
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

static uint16_t message_by_dump(const struct dump *d)
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
static uint16_t message_by_name(const struct window *w, uint32_t group)
{
	const struct group *g = &w->groups[group];
	uint16_t found[8];
	size_t votes[8], n = 0, best = 0;

	for (size_t i = g->first; i <= g->last; i++) {
		uint16_t message = message_of(record_text(&w->records[i], FIELD_MESSAGE));
		size_t k = 0;

		if (w->group[i] != group || message == MESSAGE_UNKNOWN)
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

struct dump_facts message_facts(const struct group *g)
{
	return (struct dump_facts){
		.message = g->message,
		.has_ids = g->head.has_ids,
		.has_sequence = g->head.has_sequence,
		.length = g->head.has_length ? g->head.length : 0,
		.tunnel_id = g->head.tunnel_id,
		.session_id = g->head.session_id,
		.ns = g->head.ns,
		.nr = g->head.nr,
		.avps = g->parsed,
		.n_avps = g->n_parsed,
		.has_all_avps = g->has_all_parsed,
	};
}

/* The dump stands behind the packet line or a `contiguous buffer` line. */
static void read_dump(struct window *w, uint32_t group)
{
	struct group *g = &w->groups[group];
	struct dump_facts facts = message_facts(g);
	struct dump again;

	for (size_t i = g->first; i <= g->last; i++) {
		const struct log_record *r = &w->records[i];

		if (w->group[i] != group || !r->n_hex)
			continue;
		if (!hexdump_read(w->arena, r->hex, r->n_hex, &facts, &g->dump))
			continue;
		g->dump_at = (uint32_t)i;
		/* the type is taken from the bytes; only where they leave it open the name decides
		 */
		facts.message = message_by_name(w, group);
		if (g->dump.is_damaged && !g->dump.should_be.len &&
		    hexdump_read(w->arena, r->hex, r->n_hex, &facts, &again) && again.should_be.len)
			g->dump = again;
		return;
	}
}

/* Header fields that no packet line told. */
static void read_header(struct group *g)
{
	struct bytes b = bytes_of(g->dump.bytes);
	uint16_t flags = bytes_u16(&b);
	uint16_t length = bytes_u16(&b);
	uint16_t tunnel = bytes_u16(&b);
	uint16_t session = bytes_u16(&b);
	uint16_t ns = bytes_u16(&b);
	uint16_t nr = bytes_u16(&b);

	if (!bytes_ok(&b) || (g->dump.unknown < 12 && g->dump.unknown_end) ||
	    (flags & 0xc802) != 0xc802)
		return;
	g->head.flags = flags;
	g->head.version = flags & 15;
	if (!g->head.has_length) {
		g->head.length = length;
		g->head.has_length = true;
	}
	if (!g->head.has_ids) {
		g->head.tunnel_id = tunnel;
		g->head.session_id = session;
		g->head.has_ids = true;
	}
	if (g->head.has_sequence)
		return;
	g->head.ns = ns;
	g->head.nr = nr;
	g->head.has_sequence = true;
}

void message_said(struct window *w, size_t i)
{
	uint16_t said = message_of(record_text(&w->records[i], FIELD_MESSAGE));

	for (size_t k = i; said != MESSAGE_UNKNOWN && k-- > 0 && i - k <= BEFORE_MESSAGE;) {
		const struct group *g = &w->groups[w->group[k]];

		if (w->console[k] != w->console[i] || !w->group[k] || g->kind != GROUP_MESSAGE ||
		    g->sense != RECEIVED || g->message == ZLB)
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

/* Every line of the group must name the message it belongs to. */
static void repair_message_names(struct window *w, uint32_t group, bool is_by_dump)
{
	struct group *g = &w->groups[group];
	const char *name = code_name(CODE_MESSAGE, g->message);

	if (g->message == MESSAGE_UNKNOWN || !name)
		return;
	for (size_t i = g->first; i <= g->last; i++) {
		struct str word = record_text(&w->records[i], FIELD_MESSAGE);

		if (w->group[i] != group || !word.len || message_of(word) == g->message ||
		    !is_message_word(word, str_of(name)))
			continue;
		record_repair(w, i, FIELD_MESSAGE, str_of(name), message_proof(w, g, is_by_dump));
	}
}

static bool is_whole_parse(const struct group *g, const struct reading *r)
{
	size_t total = 12;

	if (!r->has_first || !r->is_done)
		return false;
	for (size_t i = 0; i < g->n_parsed; i++)
		total += g->parsed[i].length;
	return !g->head.has_length || total == g->head.length;
}

/* A printed value that the bytes contradict. One that merely ends early was cut where its line
 * was wrapped: no damage of the text. */
static void repair_printed_value(struct window *w, struct group *g, size_t k, struct span bytes)
{
	struct avp *avp = &g->parsed[k];
	struct str printed = str_trim(record_value(&w->records[g->parsed_at[k]]));
	struct text right = text_make(LIMIT_RECORD);
	bool is_octets = avp->row && is_octets_kind(avp->row->kind);

	if (is_octets) {
		for (size_t i = 0; i < bytes.len; i++)
			text_printf(&right, "%02X", (unsigned)bytes.at[i]);
	} else {
		text_add(&right, (struct str){.at = (const char *)bytes.at, .len = bytes.len});
	}
	if (printed.len && w->records[g->parsed_at[k]].kind == RECORD_AVP_VALUE &&
	    (is_octets || !avp->row || is_text_kind(avp->row->kind)) &&
	    (is_one_less(printed, text_str(&right)) || is_confused(printed, text_str(&right)) ||
	     (printed.len == right.len && !str_equal_nocase(printed, text_str(&right)))))
		record_damaged(w, g->parsed_at[k], printed, arena_str(w->arena, text_str(&right)),
			       STR("the bytes of this attribute in the dump"));
	text_free(&right);
	avp->value = bytes;
	avp->is_whole = true;
}

/* Where print and bytes of one attribute are both there, the bytes decide. */
static void compare_values(struct window *w, struct group *g)
{
	struct bytes b = bytes_of(g->dump.bytes);

	bytes_take(&b, 12);
	for (size_t k = 0; b.left >= 6; k++) {
		size_t at = bytes_offset(&b);
		uint16_t word = bytes_u16(&b);
		uint16_t vendor = bytes_u16(&b);
		uint16_t number = bytes_u16(&b);
		size_t length = word & 0x3ff;
		struct span value;

		if (length < 6 || b.left < length - 6 || k >= g->n_parsed)
			return;
		value = bytes_take(&b, length - 6);
		if (g->parsed[k].vendor != vendor || g->parsed[k].number != number)
			return;
		if (g->dump.unknown_end > at && g->dump.unknown < at + length)
			continue;
		if (!g->parsed[k].is_whole || !span_equal(g->parsed[k].value, value))
			repair_printed_value(w, g, k, value);
	}
}

static void set_type_value(struct window *w, struct group *g)
{
	struct avp *first = g->n_parsed ? &g->parsed[0] : NULL;

	if (!first || first->number != AVP_N_MESSAGE_TYPE || first->vendor ||
	    g->message == MESSAGE_UNKNOWN)
		return;
	first->value = encode_number(w->arena, g->message, 2);
	first->is_whole = first->value.len == 2;
}

void message_read(struct window *w, uint32_t group)
{
	struct group *g = &w->groups[group];
	struct reading r = {.w = w, .g = g};
	uint16_t by_dump;

	for (size_t i = g->first; i <= g->last; i++)
		if (w->group[i] == group)
			read_record(&r, i);
	g->has_all_parsed = is_whole_parse(g, &r);
	read_dump(w, group);
	by_dump = message_by_dump(&g->dump);
	g->message = by_dump != MESSAGE_UNKNOWN ? by_dump : message_by_name(w, group);
	set_type_value(w, g);
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
static uint16_t message_by_dialogue(const struct window *w, uint32_t group)
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

void message_check(struct window *w, uint32_t group)
{
	struct group *g = &w->groups[group];
	uint16_t by_dump = message_by_dump(&g->dump);

	g->message = by_dump != MESSAGE_UNKNOWN ? by_dump : message_by_dialogue(w, group);
	repair_message_names(w, group, by_dump != MESSAGE_UNKNOWN);
	set_type_value(w, g);
	if (!g->dump.bytes.len)
		return;
	read_header(g);
	compare_values(w, g);
}

/* The octets of the dump that are AVPs known to their end. */
static size_t whole_end(const struct dump *d)
{
	struct bytes b = bytes_of(d->bytes);
	size_t end = 12;

	bytes_take(&b, 12);
	if (!bytes_ok(&b))
		return 0;
	while (b.left >= 6) {
		uint16_t word = bytes_u16(&b);
		size_t length = word & 0x3ff;

		if (length < 6 || b.left + 2 < length)
			break;
		bytes_take(&b, length - 2);
		if (d->unknown_end > end && d->unknown < end + length)
			break;
		end += length;
	}
	return end;
}

/* Bytes first; behind them what was printed. */
static void message_avps(const struct group *g, struct arena *a, struct event *e,
			 struct defect_list *defects)
{
	const struct dump *d = &g->dump;
	bool is_partial = d->is_cut || d->unknown_end;
	size_t end = is_partial ? whole_end(d) : d->bytes.len;
	struct avp *avps = NULL, *all;
	size_t n = 0;

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
	message_avps(g, a, e, &defects);
	e->packet = g->dump.bytes;
	if (g->dump.unknown_end && g->dump.unknown < e->packet.len)
		e->packet.len = g->dump.unknown;
	e->defects = defects.at;
	e->n_defects = defects.n;
	message_parties(w, group, e);
	if (e->sense == SENT && !e->from.tunnel_id && g->message >= OCRQ && g->message <= ICCN)
		neighbour_ids(w, group, &e->from);
}
