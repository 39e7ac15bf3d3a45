/* Values: attributes, options and codes. */
#include "code.h"
#include "explain.h"

static const char *kind_word(enum avp_kind kind)
{
	static const char *const words[AVP_KIND_COUNT] = {
		[AVP_BYTES] = "octets",
		[AVP_EMPTY] = "no value",
		[AVP_U8] = "8-bit number",
		[AVP_U16] = "16-bit number",
		[AVP_U32] = "32-bit number",
		[AVP_U64] = "64-bit number",
		[AVP_TEXT] = "text",
		[AVP_MESSAGE_TYPE] = "message type",
		[AVP_RESULT] = "result, error, text",
		[AVP_VERSION] = "version, revision",
		[AVP_BITS] = "32 bits",
		[AVP_BITS16] = "16 bits",
		[AVP_Q931] = "Q.931 cause, message, text",
		[AVP_CALL_ERRORS] = "six error counters",
		[AVP_ACCM] = "send and receive ACCM",
		[AVP_PPP_OPTIONS] = "LCP options",
		[AVP_PROXY_ID] = "identifier",
		[AVP_DISCONNECT] = "code, protocol, direction, text",
		[AVP_U16_LIST] = "16-bit numbers",
		[AVP_U32_LIST] = "32-bit numbers",
		[AVP_SPECIAL] = "own layout",
	};

	return kind < AVP_KIND_COUNT && words[kind] != NULL ? words[kind] : "octets";
}

/* A number is compared as a number, a name without regard to case. */
static bool is_meant(const char *word, uint32_t number, const char *name, const char *other)
{
	uint64_t n;

	if (str_u64(str_of(word), &n))
		return n == number;
	return (name != NULL && str_equal_nocase(str_of(word), str_of(name))) ||
	       (other != NULL && str_equal_nocase(str_of(word), str_of(other)));
}

static const char *bit_word(enum avp_bit bit)
{
	return bit == BIT_MUST_1 ? "must be set" : bit == BIT_MUST_0 ? "must not be set" : "either";
}

static void json_avp(struct run *r, const struct avp_row *row)
{
	struct writer j = writer_into(&r->line);

	writer_open(&j, '{');
	writer_pair_known(&j, "type", STR("avp"));
	writer_pair_unsigned(&j, "vendor", row->vendor);
	writer_pair_unsigned(&j, "avp", row->number);
	writer_pair_known(&j, "name", str_of(row->name));
	writer_pair_known(&j, "value", str_of(kind_word(row->kind)));
	writer_pair_unsigned(&j, "length_min", row->length_min);
	writer_pair_unsigned(&j, "length_max", row->length_max);
	writer_pair_known(&j, "mandatory_bit", str_of(bit_word(row->mandatory)));
	writer_pair_known(&j, "hidden_bit", str_of(bit_word(row->hidden)));
	writer_pair_known(&j, "field", str_of(row->field));
	writer_pair_known(&j, "ref", str_of(row->ref));
	writer_close(&j, '}');
	run_print_json(r);
}

static void print_avp(struct run *r, const struct avp_row *row, bool is_short)
{
	if (r->options->json) {
		json_avp(r, row);
		return;
	}
	if (row->vendor != 0)
		text_printf(&r->line, "%u/", row->vendor);
	text_printf(&r->line, "%u", row->number);
	term_pad(&r->line, 8, true);
	text_puts(&r->line, row->name);
	if (is_short) {
		term_pad(&r->line, 48, true);
		text_printf(&r->line, "%s", row->ref);
		term_line(&r->term, &r->line);
		return;
	}
	term_line(&r->term, &r->line);
	text_printf(&r->line, "    value: %s; length %u", kind_word(row->kind), row->length_min);
	if (row->length_max != row->length_min)
		text_printf(&r->line, " to %u", row->length_max);
	term_line(&r->term, &r->line);
	text_printf(&r->line, "    M bit: %s; H bit: %s; L2TPv2: %s, L2TPv3: %s",
		    bit_word(row->mandatory), bit_word(row->hidden),
		    (row->versions & 1u << 2) != 0 ? "yes" : "no",
		    (row->versions & 1u << 3) != 0 ? "yes" : "no");
	term_line(&r->term, &r->line);
	if (row->field[0] != '\0') {
		text_printf(&r->line, "    field: %s", row->field);
		term_line(&r->term, &r->line);
	}
	text_printf(&r->line, "    see: %s", row->ref);
	term_line(&r->term, &r->line);
}

size_t explain_avp(struct run *r, const struct question *q)
{
	const struct avp_row *rows;
	size_t n = avp_rows(&rows);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (q->n > 0 &&
		    !is_meant(q->words[0], rows[i].number, rows[i].name, rows[i].symbol) &&
		    strcmp(q->words[0], rows[i].field) != 0)
			continue;
		print_avp(r, &rows[i], q->n == 0);
		found++;
	}
	return found;
}

static bool is_protocol(const char *word, uint16_t protocol)
{
	return is_meant(word, protocol, code_name(CODE_PPP_PROTOCOL, protocol), NULL);
}

static void print_option(struct run *r, const struct option_row *row)
{
	const char *protocol = code_name(CODE_PPP_PROTOCOL, row->protocol);
	struct writer j = writer_into(&r->line);

	if (r->options->json) {
		writer_open(&j, '{');
		writer_pair_known(&j, "type", STR("option"));
		writer_pair_unsigned(&j, "protocol", row->protocol);
		writer_pair_known(&j, "protocol_name", str_of(protocol));
		writer_pair_unsigned(&j, "option", row->number);
		writer_pair_known(&j, "name", str_of(row->name));
		writer_pair_unsigned(&j, "length_min", row->length_min);
		writer_pair_unsigned(&j, "length_max", row->length_max);
		writer_pair_known(&j, "field", str_of(row->field));
		writer_pair_known(&j, "ref", str_of(row->ref));
		writer_close(&j, '}');
		run_print_json(r);
		return;
	}
	text_printf(&r->line, "%s %u", protocol == NULL ? "?" : protocol, row->number);
	term_pad(&r->line, 12, true);
	text_puts(&r->line, row->name);
	term_pad(&r->line, 44, true);
	text_printf(&r->line, "length %u", row->length_min);
	if (row->length_max != row->length_min)
		text_printf(&r->line, "–%u", row->length_max);
	term_pad(&r->line, 62, true);
	text_printf(&r->line, "%s", row->ref);
	if (row->field[0] != '\0')
		text_printf(&r->line, "  %s", row->field);
	term_line(&r->term, &r->line);
}

size_t explain_option(struct run *r, const struct question *q)
{
	const struct option_row *rows;
	size_t n = option_rows(&rows);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		const char *last = q->n > 0 ? q->words[q->n - 1] : NULL;
		bool is_all = q->n == 1 && is_protocol(last, rows[i].protocol);

		if (q->n > 1 && !is_protocol(q->words[0], rows[i].protocol))
			continue;
		if (last != NULL && !is_all &&
		    !is_meant(last, rows[i].number, rows[i].name, NULL) &&
		    strcmp(last, rows[i].field) != 0)
			continue;
		print_option(r, &rows[i]);
		found++;
	}
	return found;
}

static void print_code(struct run *r, const struct code_row *row)
{
	struct writer j = writer_into(&r->line);

	if (r->options->json) {
		writer_open(&j, '{');
		writer_pair_known(&j, "type", STR("code"));
		writer_pair_known(&j, "domain", str_of(code_domain_name(row->domain)));
		writer_pair_unsigned(&j, "code", row->number);
		writer_pair_known(&j, "name", str_of(row->name));
		writer_pair_known(&j, "about", str_of(row->about));
		writer_pair_known(&j, "ref", str_of(row->ref));
		writer_close(&j, '}');
		run_print_json(r);
		return;
	}
	text_printf(&r->line, row->domain == CODE_PPP_PROTOCOL ? "%s 0x%04x" : "%s %u",
		    code_domain_name(row->domain), row->number);
	term_pad(&r->line, 22, true);
	text_puts(&r->line, row->name);
	if (row->about[0] != '\0') {
		text_puts(&r->line, ". ");
		text_puts(&r->line, row->about);
	}
	if (row->ref[0] != '\0')
		text_printf(&r->line, " (%s)", row->ref);
	term_line(&r->term, &r->line);
}

static bool is_word(const char *word, const char *known)
{
	return str_equal_nocase(str_of(word), str_of(known));
}

static size_t explain_codes(struct run *r, const struct question *q, bool only_results)
{
	const struct code_row *rows;
	size_t n = code_rows(&rows);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		const char *domain = code_domain_name(rows[i].domain);
		const char *last = q->n > 0 ? q->words[q->n - 1] : NULL;
		bool is_all = q->n == 1 && is_word(last, domain);

		if (only_results && rows[i].domain != CODE_STOPCCN && rows[i].domain != CODE_CDN &&
		    rows[i].domain != CODE_ERROR)
			continue;
		if (q->n > 1 && !is_word(q->words[0], domain))
			continue;
		if (last != NULL && !is_all && !is_meant(last, rows[i].number, rows[i].name, NULL))
			continue;
		print_code(r, &rows[i]);
		found++;
	}
	return found;
}

size_t explain_code(struct run *r, const struct question *q)
{
	return explain_codes(r, q, false);
}

/* A bare number is for `code`; here it would print everything twice. */
size_t explain_result(struct run *r, const struct question *q)
{
	bool is_asked = strcmp(r->options->words[0], "result") == 0;

	return is_asked ? explain_codes(r, q, true) : 0;
}
