/* What `Parse AVP` lines, the packet line and the bytes say of one L2TP control message. */
#include "ios_message.h"

struct span encode_number(struct arena *a, uint64_t number, size_t n)
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

/* `Result code(1): 1: Loss of carrier`, then `Error code(0): No error` and `Optional msg: …`. What
 * is printed may be shorter than the length that the AVP had, or masked. */
static void read_result(struct reading *r, size_t i)
{
	const struct log_record *record = &r->w->records[i];
	struct avp *avp = parsed_find(r, 0, AVP_N_RESULT_CODE);
	struct str text = record_text(record, FIELD_TEXT);
	uint8_t *value;
	size_t len;
	uint64_t n;

	if (!avp || value_length(avp) < 2 || value_length(avp) > 1017)
		return;
	len = avp->value.len;
	value = arena_alloc(r->w->arena, value_length(avp));
	if (!value)
		return;
	if (len)
		memcpy(value, avp->value.at, len);
	if (record_text(record, FIELD_RESULT).len &&
	    str_u64(record_text(record, FIELD_RESULT), &n)) {
		value[0] = (uint8_t)(n >> 8);
		value[1] = (uint8_t)n;
		len = 2;
		r->g->parsed_at[avp - r->g->parsed] = (uint32_t)i;
	} else if (len == 2 && value_length(avp) >= 4 && record_number(record, FIELD_ERROR, &n)) {
		value[2] = (uint8_t)(n >> 8);
		value[3] = (uint8_t)n;
		len = 4;
	} else if (len == 4 && !record_text(record, FIELD_ERROR).len) {
		if (text.len > value_length(avp) - len)
			text.len = value_length(avp) - len;
		memcpy(value + len, text.at, text.len);
		len += text.len;
	}
	avp->value = span_of(value, len);
	avp->is_whole = len == value_length(avp);
}

/* RFC 2661 3.1: the Session ID is 0 in what is about the tunnel, and newer IOS leaves it out there.
 */
static bool is_of_tunnel(struct str name)
{
	static const char *const names[] = {"SCCRQ", "SCCRP", "SCCCN", "StopCCN", "Hello"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_equal_nocase(name, str_of(names[i])))
			return true;
	return false;
}

static void read_packet(struct reading *r, size_t i)
{
	const struct log_record *record = &r->w->records[i];
	struct l2tp_head *head = &r->g->head;
	struct str flags = record_text(record, FIELD_FLAGS);
	uint64_t n, nr, session = 0;

	if (record_number(record, FIELD_VERSION, &n) && n <= 15) /* of four bits */
		head->version = (uint8_t)n;
	if (str_is(flags, "TLS"))
		head->flags = (uint16_t)(0xc800 | (head->version & 15));
	if (record_number(record, FIELD_LENGTH, &n) && n <= UINT16_MAX) {
		head->has_length = true;
		head->length = (uint16_t)n;
	}
	if (record_number(record, FIELD_HEAD_TUNNEL, &n) &&
	    (record_number(record, FIELD_HEAD_SESSION, &session) ||
	     is_of_tunnel(record_text(record, FIELD_MESSAGE)))) {
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

void message_take(struct reading *r, size_t i)
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

void message_compare(struct window *w, struct group *g)
{
	struct bytes rest = dump_avps(&g->dump);
	struct dump_avp a;

	for (size_t k = 0; k < g->n_parsed && dump_avp_next(&g->dump, &rest, &a); k++) {
		if (g->parsed[k].vendor != a.vendor || g->parsed[k].number != a.number)
			return;
		if (a.is_known &&
		    (!g->parsed[k].is_whole || !span_equal(g->parsed[k].value, a.value)))
			repair_printed_value(w, g, k, a.value);
	}
}
