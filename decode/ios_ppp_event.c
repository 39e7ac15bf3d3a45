/* PPP packets as a router prints them: a packet line, its options, CHAP and PAP lines. */
#include "arena_room.h"
#include "character.h"
#include "code.h"
#include "ios_events.h"
#include "ppp.h"
#include "ppp_words.h"
#include "rebuild.h"

/* How many records back a forced CONFREQ of the interface is looked for. */
enum { FORCED_REACH = 4096 };

static struct str tlv_digits(const struct log_record *r)
{
	struct str s = record_text(r, FIELD_TLV);

	if (!s.len)
		s = record_text(r, FIELD_VALUE_OCTETS);
	if (str_starts(s, "0x") || str_starts(s, "0X"))
		s = str_from(s, 2);
	return s;
}

/* Whether `s` is those four octets with dots between them. */
static bool is_dotted(const uint8_t *octets, struct str s)
{
	for (int i = 0; i < 4; i++) {
		unsigned n = 0;
		size_t digits = 0;

		while (digits < s.len && digits < 3 && char_is_digit(s.at[digits]))
			n = n * 10 + (unsigned)(s.at[digits++] - '0');
		if (digits == 0 || n != octets[i] ||
		    (i < 3 && (digits == s.len || s.at[digits] != '.')))
			return false;
		s = str_from(s, digits + (i < 3));
	}
	return s.len == 0;
}

/* A poster who replaces addresses forgets the raw octets beside them: then the printed one is that
 * of all other lines. One octet that differs is a slip of copying, and the raw octets are right. */
static void address_printed(const struct log_record *r, uint8_t *octets, size_t n)
{
	struct str text = n == 6 && octets[1] == 6 ? record_text(r, FIELD_ADDRESS) : STR("");
	struct address printed;
	unsigned differing = 0;

	if (!text.len || is_dotted(octets + 2, text) || !address_parse(text, &printed) ||
	    printed.family != 4)
		return;
	for (int i = 0; i < 4; i++)
		differing += octets[2 + i] != printed.octets[i];
	if (differing >= 2)
		memcpy(octets + 2, printed.octets, 4);
}

static void tlv_more(struct window *w, struct ppp_tlv *tlv, const struct log_record *r)
{
	struct str digits = tlv_digits(r);
	size_t before = tlv->octets.len, all = before + digits.len / 2;
	bool is_odd = digits.len % 2;
	uint8_t *octets;

	digits.len -= is_odd;
	if (!digits.len)
		return;
	octets = arena_room(w->arena, all);
	if (!octets || !hex_octets_into(digits, octets + before))
		return;
	if (before)
		memcpy(octets, tlv->octets.at, before);
	tlv->octets = span_of(octets, all);
	if (r->kind == RECORD_PPP_OPTION)
		address_printed(r, octets, all);
	tlv->number = octets[0];
	tlv->length = all > 1 ? octets[1] : 0;
	tlv->is_whole = all >= 2 && all == tlv->length && !is_odd;
}

void ppp_group_read(struct window *w, uint32_t group)
{
	struct group *g = &w->groups[group];
	size_t n = 0;

	for (size_t i = g->first; i <= g->last; i++)
		n += w->group[i] == group && w->records[i].kind != RECORD_PPP_PACKET;
	g->n_tlvs = 0;
	g->tlvs = arena_room(w->arena, n * sizeof(*g->tlvs));
	if (!g->tlvs)
		return;
	for (size_t i = g->first; i <= g->last; i++) {
		const struct log_record *r = &w->records[i];

		if (w->group[i] != group)
			continue;
		if (r->kind == RECORD_PPP_OPTION)
			g->tlvs[g->n_tlvs++] = (struct ppp_tlv){
				.at = (uint32_t)i, .number = r->row ? (uint8_t)r->row->ppp : 0};
		if (r->kind != RECORD_PPP_PACKET && g->n_tlvs)
			tlv_more(w, &g->tlvs[g->n_tlvs - 1], r);
	}
}

/* All options as bytes; empty when one of them is not known. */
static struct span options_body(const struct group *g, struct arena *a)
{
	size_t n = 0, at = 0;
	uint8_t *body;

	for (size_t i = 0; i < g->n_tlvs; i++) {
		if (!g->tlvs[i].is_whole)
			return span_of(NULL, 0);
		n += g->tlvs[i].octets.len;
	}
	body = arena_alloc(a, n);
	if (!body)
		return span_of(NULL, 0);
	for (size_t i = 0; i < g->n_tlvs; i++) {
		memcpy(body + at, g->tlvs[i].octets.at, g->tlvs[i].octets.len);
		at += g->tlvs[i].octets.len;
	}
	return span_of(body, n);
}

/* Options of which some value is not known. */
static void options_partial(const struct group *g, struct arena *a, struct ppp *ppp)
{
	struct ppp_option *options = arena_array(a, g->n_tlvs, sizeof(*options));
	uint32_t offset = 4;

	if (!options)
		return;
	for (size_t i = 0; i < g->n_tlvs; i++) {
		const struct ppp_tlv *t = &g->tlvs[i];

		options[i] = (struct ppp_option){
			.number = t->number,
			.length = t->length,
			.is_whole = t->is_whole,
			.offset = offset,
			.row = option_lookup(ppp->protocol, t->number),
		};
		if (t->octets.len > 2)
			options[i].value = span_of(t->octets.at + 2, t->octets.len - 2);
		offset += t->length;
	}
	ppp->options = options;
	ppp->n_options = g->n_tlvs;
}

static void ppp_options(const struct group *g, struct arena *a, struct event *e,
			struct defect_list *defects)
{
	struct span body = options_body(g, a);
	struct ppp_option *options = NULL;

	if (!g->n_tlvs)
		return;
	if (!body.len) {
		options_partial(g, a, &e->ppp);
		return;
	}
	option_parse(a, e->ppp.protocol, body, 4, &options, &e->ppp.n_options, defects);
	e->ppp.options = options;
	e->ppp.body = body;
	/* a line lost: what the length says is more than what was printed */
	e->ppp.is_complete = !e->ppp.length || body.len + 4 == e->ppp.length;
}

static bool is_on(const struct window *w, size_t i, size_t other)
{
	return w->console[i] == w->console[other] &&
	       str_equal(record_text(&w->records[i], FIELD_INTERFACE),
			 record_text(&w->records[other], FIELD_INTERFACE));
}

static bool is_chap(const struct log_record *r, const char *word, enum sense sense, uint64_t *id)
{
	enum sense have;

	return r->kind == RECORD_AUTH_PACKET && str_is(record_text(r, FIELD_MESSAGE), word) &&
	       record_sense(r, &have) && have == sense && record_number(r, FIELD_ID, id);
}

/* Was the LCP of this interface replayed from the LAC's proxy AVPs (RFC 2661 4.4.5)? */
static bool is_forced(const struct window *w, size_t i)
{
	for (size_t k = i; k-- > 0 && i - k <= FORCED_REACH;)
		if (w->records[k].row && (w->records[k].row->flags & ROW_VIRTUAL) && is_on(w, k, i))
			return true;
	return false;
}

/* The LNS prints a challenge of its own and then the response of the proxy AVPs, which bears
 * the LAC's id: neither was ever sent. */
static bool is_replayed(const struct window *w, size_t i)
{
	const struct log_record *r = &w->records[i];
	uint64_t id, other;

	if (is_chap(r, "RESPONSE", RECEIVED, &id)) {
		for (size_t k = i; k-- > 0 && i - k <= FORCED_REACH;)
			if (is_chap(&w->records[k], "CHALLENGE", SENT, &other) && is_on(w, k, i))
				return other != id && is_forced(w, i);
		return is_forced(w, i);
	}
	if (!is_chap(r, "CHALLENGE", SENT, &id))
		return false;
	for (size_t k = i + 1; k < w->n && k - i <= FORCED_REACH; k++) {
		if (w->records[k].kind != RECORD_AUTH_PACKET || !is_on(w, k, i))
			continue;
		if (is_chap(&w->records[k], "CHALLENGE", SENT, &other))
			return false;
		if (is_chap(&w->records[k], "RESPONSE", RECEIVED, &other))
			return other != id && is_forced(w, i);
	}
	return false;
}

static const struct rebuilt *rebuild_packet(const struct window *w, size_t i, struct arena *a,
					    const struct event *e)
{
	const struct group *g = w->group[i] ? &w->groups[w->group[i]] : NULL;
	uint64_t *parts = g ? arena_array(a, g->n_tlvs, sizeof(*parts)) : NULL;
	struct rebuild_lines lines = {.parts = parts, .n_parts = parts ? g->n_tlvs : 0};

	for (size_t k = 0; k < lines.n_parts; k++)
		parts[k] = w->records[g->tlvs[k].at].origin.line;
	return rebuild_ppp(a, e, &lines);
}

/* What a packet without options carries, as it is printed behind its line: the reason of a
 * Terminate-Request (RFC 1661 5.5), the packet that is rejected (5.7). */
static void data_body(const struct log_record *r, struct arena *a, struct event *e,
		      struct defect_list *defects)
{
	uint8_t code = e->ppp.code;
	struct str digits = record_text(r, FIELD_TLV);
	struct span octets;

	if (e->ppp.protocol == PPP_LCP && code == CP_PROTREJ)
		e->ppp.rejected_protocol = ppp_words_protocol(record_text(r, FIELD_SERVICE));
	if ((code != CP_TERMREQ && code != CP_TERMACK && code != CP_PROTREJ) || !digits.len ||
	    !hex_octets(a, digits, &octets) || octets.len + 4 != e->ppp.length)
		return;
	e->ppp.body = octets;
	e->ppp.is_complete = true;
	ppp_cp_decode(a, octets.len, e, defects);
}

void ppp_event(const struct window *w, size_t i, struct arena *a, struct event *e)
{
	const struct log_record *r = &w->records[i];
	struct log_words words = record_words(r);
	struct defect_list defects = {.arena = a};
	uint64_t n;

	e->kind = EVENT_PPP;
	e->sense = words.has_sense ? (enum sense)words.sense : SENT;
	e->ppp.protocol = words.protocol;
	e->ppp.code = words.code;
	e->ppp.has_id = record_number(r, FIELD_ID, &n);
	if (e->ppp.has_id)
		e->ppp.id = (uint8_t)n;
	if (record_number(r, FIELD_LENGTH, &n) && n <= UINT16_MAX)
		e->ppp.length = (uint16_t)n;
	e->ppp.claimed_state = words.state;
	e->ppp.name = record_text(r, FIELD_NAME);
	if (!e->ppp.name.len)
		e->ppp.name = record_text(r, FIELD_USER);
	e->ppp.message = record_text(r, FIELD_TEXT);
	if (record_number(r, FIELD_TUNNEL, &n))
		(e->sense == SENT ? &e->from : &e->to)->tunnel_id = (uint32_t)n;
	if (record_number(r, FIELD_SESSION, &n))
		(e->sense == SENT ? &e->from : &e->to)->session_id = (uint32_t)n;
	(e->sense == SENT ? &e->from : &e->to)->name = r->host;
	e->is_virtual = (r->row && (r->row->flags & ROW_VIRTUAL)) || is_replayed(w, i);
	if (w->group[i])
		ppp_options(&w->groups[w->group[i]], a, e, &defects);
	else
		e->ppp.is_complete = e->ppp.length == 4;
	if (words.protocol == PPP_LCP)
		data_body(r, a, e, &defects);
	/* `FORCED CONFREQ len 11` counts the options only */
	if (e->is_virtual && e->ppp.body.len && e->ppp.body.len == e->ppp.length) {
		e->ppp.length = (uint16_t)(e->ppp.length + 4);
		e->ppp.is_complete = true;
	}
	e->rebuilt = w->without_octets ? NULL : rebuild_packet(w, i, a, e);
	e->defects = defects.at;
	e->n_defects = defects.n;
}
