/* Values that lost a digit. */
#include "code.h"
#include "repair.h"
#include "verify.h"

/* How far, in groups, the other messages of a handshake are looked for. */
enum { HANDSHAKE = 64 };

static struct str hex_of(struct arena *a, struct span s)
{
	char *digits = arena_alloc(a, 2 * s.len);
	static const char hex[] = "0123456789ABCDEF";

	if (!digits)
		return STR("");
	for (size_t i = 0; i < s.len; i++) {
		digits[2 * i] = hex[s.at[i] >> 4];
		digits[2 * i + 1] = hex[s.at[i] & 15];
	}
	return (struct str){.at = digits, .len = 2 * s.len};
}

/* ---- options of PPP packets ---- */

static struct str bare(struct str s)
{
	return str_starts(s, "0x") || str_starts(s, "0X") ? str_from(s, 2) : s;
}

static bool is_option(const struct log_record *r)
{
	return r->kind == RECORD_PPP_OPTION || r->kind == RECORD_PPP_TLV;
}

/* The text of an option in front of its raw octets. */
static struct str option_words(const struct log_record *r)
{
	size_t at = str_find(r->text, STR("("));

	return at == SIZE_MAX ? r->text : (struct str){.at = r->text.at, .len = at};
}

/* Another print of the same option: equal words, and octets that are one digit more. */
static bool other_option(const struct window *w, size_t i, struct str digits, size_t *ret)
{
	struct str words = option_words(&w->records[i]);
	size_t found = SIZE_MAX;

	for (size_t k = 0; k < w->n; k++) {
		const struct log_record *r = &w->records[k];
		struct str whole;

		if (k == i || r->kind != w->records[i].kind || !str_equal(option_words(r), words))
			continue;
		whole = bare(record_text(r, FIELD_TLV));
		if (!is_one_less(digits, whole))
			continue;
		if (found != SIZE_MAX &&
		    !str_equal(whole, bare(record_text(&w->records[found], FIELD_TLV))))
			return false;
		found = k;
	}
	*ret = found;
	return found != SIZE_MAX;
}

/* Does the printed value of an option agree with raw octets? */
static bool agrees(const struct log_record *r, struct span tlv)
{
	struct bytes b = bytes_of(tlv);
	struct address printed;
	uint64_t number;
	uint8_t type = bytes_u8(&b);
	uint8_t length = bytes_u8(&b);

	if (length != tlv.len || (r->row && r->row->ppp && type != r->row->ppp))
		return false;
	if (address_parse(record_text(r, FIELD_ADDRESS), &printed) && printed.family == 4)
		return b.left == 4 && memcmp(b.at, printed.octets, 4) == 0;
	if (record_text(r, FIELD_VALUE_HEX).len && record_number(r, FIELD_VALUE_HEX, &number))
		return b.left == 4 && bytes_u32(&b) == number;
	if (record_text(r, FIELD_VALUE_DECIMAL).len &&
	    record_number(r, FIELD_VALUE_DECIMAL, &number))
		return b.left == 2 && bytes_u16(&b) == number;
	return false;
}

/* The only completion by one digit that agrees with the printed value. */
static bool complete_option(struct window *w, size_t i, struct str digits, struct span *ret)
{
	char room[2 * 255];
	size_t n = 0;

	if (digits.len + 1 > sizeof(room))
		return false;
	for (size_t at = 0; at <= digits.len; at++) {
		memcpy(room, digits.at, at);
		memcpy(room + at + 1, digits.at + at, digits.len - at);
		for (unsigned v = 0; v < 16; v++) {
			struct span tlv;

			room[at] = "0123456789ABCDEF"[v];
			if (!hex_octets(w->arena, (struct str){.at = room, .len = digits.len + 1},
					&tlv) ||
			    !agrees(&w->records[i], tlv) || (n && span_equal(tlv, *ret)))
				continue;
			*ret = tlv;
			n++;
		}
	}
	return n == 1;
}

static void repair_option(struct window *w, size_t i)
{
	struct str printed = record_text(&w->records[i], FIELD_TLV);
	struct str digits = bare(printed);
	struct span tlv;
	size_t other;

	if (digits.len % 2 == 0)
		return;
	if (complete_option(w, i, digits, &tlv)) {
		record_repair(w, i, FIELD_TLV,
			      arena_printf(w->arena, "%s%.*s",
					   digits.len == printed.len ? "" : "0x",
					   STR_ARG(hex_of(w->arena, tlv))),
			      STR("the value printed before it, and the length of the option"));
	} else if (other_option(w, i, digits, &other)) {
		record_repair(w, i, FIELD_TLV, record_text(&w->records[other], FIELD_TLV),
			      arena_printf(w->arena, "the same option in line %llu",
					   (unsigned long long)w->records[other].origin.line));
	} else {
		record_damaged(w, i, printed, STR(""),
			       STR("a digit is missing; nothing shows which"));
	}
	if (w->group[i])
		ppp_group_read(w, w->group[i]);
}

/* A number before its raw octets: the octets decide, as they carry their length. */
static void repair_option_number(struct window *w, size_t i)
{
	const struct log_record *r = &w->records[i];
	struct str printed = record_text(r, FIELD_VALUE_HEX), digits;
	struct span tlv;
	struct str right;

	if (!printed.len)
		return;
	digits = bare(record_text(r, FIELD_TLV));
	if (digits.len == 12 && str_equal(str_from(digits, 4), bare(printed)))
		return;
	if (!hex_octets(w->arena, digits, &tlv) || tlv.len != 6 || tlv.at[1] != 6 || agrees(r, tlv))
		return;
	right = arena_printf(w->arena, "0x%.*s", STR_ARG(hex_of(w->arena, span_of(tlv.at + 2, 4))));
	if (is_one_less(bare(printed), bare(right)) || is_confused(bare(printed), bare(right)))
		record_repair(w, i, FIELD_VALUE_HEX, right,
			      STR("the raw octets of the option beside it"));
}

void repair_options(struct window *w)
{
	for (size_t i = 0; i < w->n; i++) {
		if (!is_option(&w->records[i]))
			continue;
		repair_option(w, i);
		repair_option_number(w, i);
	}
}

/* ---- dumps ---- */

/* Two prints of one message, most often at its two ends. */
static bool is_same_message(const struct group *a, const struct group *b)
{
	return b->kind == GROUP_MESSAGE && a->message == b->message && a->head.has_sequence &&
	       b->head.has_sequence && a->head.ns == b->head.ns && a->head.nr == b->head.nr &&
	       a->head.has_ids && b->head.has_ids && a->head.tunnel_id == b->head.tunnel_id &&
	       a->head.session_id == b->head.session_id && a->head.length == b->head.length;
}

/* The same octets in the other dump. */
static bool dump_by_dump(struct window *w, struct group *g, const struct group *other)
{
	const struct log_record *r = &w->records[g->dump_at];
	size_t octets, at;

	if (other->dump.is_damaged || other->dump.unknown_end ||
	    !hexdump_is_one_less(w->arena, r->hex, r->n_hex, other->dump.bytes, &octets, &at))
		return false;
	g->dump.bytes = span_of(other->dump.bytes.at, octets);
	g->dump.unknown = g->dump.unknown_end = 0;
	g->dump.should_be = hexdump_around(w->arena, &g->dump, at);
	return true;
}

/* What the other console printed of the attributes. */
static bool dump_by_print(struct window *w, struct group *g, const struct group *other)
{
	const struct log_record *r = &w->records[g->dump_at];
	struct dump_facts facts = message_facts(g);
	struct dump again;

	if (other->n_parsed <= g->n_parsed)
		return false;
	facts.avps = other->parsed;
	facts.n_avps = other->n_parsed;
	if (!hexdump_read(w->arena, r->hex, r->n_hex, &facts, &again) || again.unknown_end ||
	    !again.should_be.len)
		return false;
	g->dump = again;
	return true;
}

static void repair_dump(struct window *w, uint32_t group)
{
	struct group *g = &w->groups[group];

	for (uint32_t k = 1; k < w->n_groups && !g->dump.should_be.len; k++) {
		const struct group *other = &w->groups[k];

		if (k == group || !is_same_message(g, other) ||
		    (!dump_by_dump(w, g, other) && !dump_by_print(w, g, other)))
			continue;
		g->dump.proof =
			arena_printf(w->arena, "the print of the same message in line %llu",
				     (unsigned long long)w->records[other->anchor].origin.line);
	}
	record_damaged_at(w, g->dump_at,
			  &(struct defect){.line = g->dump.line,
					   .column = g->dump.column,
					   .was = g->dump.was,
					   .should_be = g->dump.should_be,
					   .proof = g->dump.proof});
}

void repair_dumps(struct window *w)
{
	for (uint32_t g = 1; g < w->n_groups; g++)
		if (w->groups[g].kind == GROUP_MESSAGE && w->groups[g].dump.is_damaged)
			repair_dump(w, g);
}

/* ---- octet values of AVPs ---- */

static const struct avp *parsed_avp(const struct group *g, uint16_t number)
{
	for (size_t i = 0; i < g->n_parsed; i++)
		if (g->parsed[i].number == number && !g->parsed[i].vendor)
			return &g->parsed[i];
	return NULL;
}

/* The value in the dump of a message, if all of it is there. */
static struct span dumped_value(const struct group *g, uint16_t wanted)
{
	struct bytes rest = dump_avps(&g->dump);
	struct dump_avp a;

	while (dump_avp_next(&g->dump, &rest, &a))
		if (a.vendor == 0 && a.number == wanted && a.is_known)
			return a.value;
	return span_of(NULL, 0);
}

static struct span group_value(const struct group *g, uint16_t number)
{
	const struct avp *avp = parsed_avp(g, number);

	if (avp && avp->is_whole)
		return avp->value;
	return dumped_value(g, number);
}

/* The same value of the same message, printed by the other console. */
static bool other_value(const struct window *w, uint32_t group, uint16_t number, struct str digits,
			struct span *ret)
{
	const struct group *g = &w->groups[group];

	for (uint32_t k = 1; k < w->n_groups; k++) {
		const struct group *other = &w->groups[k];
		struct span value;

		if (k == group || other->kind != GROUP_MESSAGE || other->message != g->message ||
		    (g->head.has_sequence && other->head.has_sequence &&
		     g->head.ns != other->head.ns))
			continue;
		value = group_value(other, number);
		if (!value.len || !is_one_less(digits, hex_of(w->arena, value)))
			continue;
		*ret = value;
		return true;
	}
	return false;
}

/* The nearest message of that type in the same console's handshake. */
static struct span neighbour_value(const struct window *w, uint32_t group, uint16_t message,
				   uint16_t number)
{
	uint16_t console = w->console[w->groups[group].anchor];

	for (uint32_t step = 1; step <= HANDSHAKE; step++) {
		uint32_t both[2] = {group - step, group + step};

		for (size_t k = 0; k < 2; k++) {
			const struct group *g;
			struct span value;

			if (both[k] < 1 || both[k] >= w->n_groups)
				continue;
			g = &w->groups[both[k]];
			if (g->kind != GROUP_MESSAGE || g->message != message ||
			    w->console[g->anchor] != console)
				continue;
			value = group_value(g, number);
			if (value.len == 16)
				return value;
		}
	}
	return span_of(NULL, 0);
}

/* What a completed value must satisfy (RFC 2661 4.4.3, RFC 1994 4.1). */
struct digest {
	struct span challenge, response; /* the damaged one is empty */
	uint8_t id;                      /* message type, or CHAP id */
	bool is_chap;
	enum secret_kind kind;
	struct str who;
};

static bool digest_of(const struct window *w, uint32_t group, uint16_t number, struct digest *ret)
{
	const struct group *g = &w->groups[group];
	const struct avp *id = parsed_avp(g, AVP_N_PROXY_AUTHEN_ID);
	const struct avp *name = parsed_avp(g, AVP_N_PROXY_AUTHEN_NAME);
	uint16_t reply = g->message == SCCRQ ? SCCRP : SCCCN;
	uint16_t asked = g->message == SCCRP ? SCCRQ : SCCRP;
	uint64_t n = 0;

	*ret = (struct digest){.kind = SECRET_TUNNEL, .who = STR("*")};
	switch (number) {
	case AVP_N_CHALLENGE:
		ret->id = (uint8_t)reply;
		ret->response = neighbour_value(w, group, reply, AVP_N_CHALLENGE_RESPONSE);
		return ret->response.len == 16;
	case AVP_N_CHALLENGE_RESPONSE:
		ret->id = (uint8_t)g->message;
		ret->challenge = neighbour_value(w, group, asked, AVP_N_CHALLENGE);
		return ret->challenge.len == 16;
	case AVP_N_PROXY_AUTHEN_CHALLENGE:
	case AVP_N_PROXY_AUTHEN_RESPONSE:
		if (!id || !avp_number(id, &n) || !name || !name->is_whole)
			return false;
		ret->is_chap = true;
		ret->kind = SECRET_USER;
		ret->id = (uint8_t)n;
		ret->who = avp_text(name);
		ret->challenge = group_value(g, AVP_N_PROXY_AUTHEN_CHALLENGE);
		ret->response = group_value(g, AVP_N_PROXY_AUTHEN_RESPONSE);
		return (ret->challenge.len == 16) != (ret->response.len == 16);
	default:
		return false;
	}
}

static bool digest_fits(const struct digest *d, struct span secret, struct span challenge,
			struct span response)
{
	uint8_t expected[16];

	if (d->is_chap)
		verify_chap_md5(d->id, secret, challenge, expected);
	else
		verify_tunnel_response(d->id, secret, challenge, expected);
	return memcmp(expected, response.at, 16) == 0;
}

/* The one completion of 31 digits that the digest allows with this secret. */
static bool complete_by(struct arena *a, const struct digest *d, struct span secret,
			struct str digits, struct span *ret)
{
	char room[32];

	for (size_t at = 0; at <= digits.len; at++) {
		memcpy(room, digits.at, at);
		memcpy(room + at + 1, digits.at + at, digits.len - at);
		for (unsigned v = 0; v < 16; v++) {
			struct span whole;

			room[at] = "0123456789ABCDEF"[v];
			if (!hex_octets(a, (struct str){.at = room, .len = 32}, &whole))
				return false;
			if (digest_fits(d, secret, d->challenge.len ? d->challenge : whole,
					d->response.len ? d->response : whole)) {
				*ret = whole;
				return true;
			}
		}
	}
	return false;
}

static bool complete_value(struct window *w, uint32_t group, uint16_t number, struct str digits,
			   struct span *ret)
{
	const struct secret *secret;
	struct digest d;
	size_t at = 0;

	if (!w->secrets || digits.len != 31 || !digest_of(w, group, number, &d))
		return false;
	while ((secret = secrets_find(w->secrets, d.kind, d.who, &at)))
		if (complete_by(w->arena, &d, secret->value, digits, ret))
			return true;
	return false;
}

/* The captured field that holds the printed value. */
static enum log_field value_field(const struct log_record *r)
{
	return record_text(r, FIELD_VALUE_OCTETS).len ? FIELD_VALUE_OCTETS : FIELD_VALUE;
}

static void repair_value(struct window *w, uint32_t group, size_t k)
{
	struct group *g = &w->groups[group];
	struct avp *avp = &g->parsed[k];
	size_t i = g->parsed_at[k];
	struct str digits = bare(str_trim(record_value(&w->records[i])));
	struct span whole;

	if (w->records[i].kind != RECORD_AVP_VALUE || digits.len % 2 == 0)
		return;
	if (other_value(w, group, avp->number, digits, &whole)) {
		record_repair(w, i, value_field(&w->records[i]), hex_of(w->arena, whole),
			      STR("the other print of the same value"));
	} else if (complete_value(w, group, avp->number, digits, &whole)) {
		record_repair(w, i, value_field(&w->records[i]), hex_of(w->arena, whole),
			      STR("only this completion satisfies the digest with the known "
				  "secret"));
	} else {
		/* a value that ends early was cut where its line was wrapped */
		if (avp->length > 6 && digits.len + 1 != 2 * (avp->length - (size_t)6))
			return;
		record_damaged(w, i, digits, STR(""),
			       arena_printf(w->arena,
					    "%zu digits are expected (length %u), %zu stand "
					    "there; nothing shows which is missing",
					    avp->length > 6 ? 2 * (avp->length - (size_t)6)
							    : digits.len + 1,
					    avp->length, digits.len));
		return;
	}
	avp->value = whole;
	avp->is_whole = true;
}

void repair_values(struct window *w)
{
	for (uint32_t group = 1; group < w->n_groups; group++) {
		const struct group *g = &w->groups[group];

		for (size_t k = 0; g->kind == GROUP_MESSAGE && k < g->n_parsed; k++) {
			const struct avp_row *row = g->parsed[k].row;

			if (!g->parsed[k].is_whole && row &&
			    (row->kind == AVP_BYTES || row->kind == AVP_PPP_OPTIONS))
				repair_value(w, group, k);
		}
	}
}
