#include "redact_record.h"

#include <ctype.h>
#include <stdlib.h>

#include "character.h"
#include "code.h"
#include "daemon.h"
#include "grammar.h"
#include "radius.h"
#include "redact_dump.h"

enum { PORT_DIGITS = 5, DIALECTS_MOST = 64, OUT_MOST = 1 << 24, DUMP_ROWS = 4096 };

void record_writer_open(struct record_writer *w, struct redact_map *map, struct secrets *secrets,
			struct str content)
{
	const struct grammar_table *tables[DIALECTS_MOST];
	struct dialect all = {"daemons", tables, 0};

	*w = (struct record_writer){.content = content};
	w->r = (struct redactor){.map = map,
				 .proofs = redact_proofs_new(map, secrets),
				 .scratch = arena_new(LIMIT_SCRATCH)};
	for (size_t d = 0; d < n_daemon_dialects && d < DIALECTS_MOST; d++)
		tables[all.n_tables++] = daemon_dialects[d]->tables;
	w->ios = grammar_new(&dialect_ios);
	w->daemons = grammar_new(&all);
	flow_open(&w->flow, (struct str){content.at, 0});
	w->out = text_make(OUT_MOST);
}

void record_writer_close(struct record_writer *w)
{
	redact_proofs_free(w->r.proofs);
	arena_free(w->r.scratch);
	grammar_free(w->ios);
	grammar_free(w->daemons);
	flow_close(&w->flow);
	text_free(&w->out);
	free(w->rows);
}

/* ---- what is met ---- */

static bool is_name_field(unsigned field)
{
	return field == FIELD_NAME || field == FIELD_USER || field == FIELD_HOST ||
	       field == FIELD_DOMAIN || field == FIELD_NUMBER;
}

/* `dnis:614629`: the kind of number stays. */
static size_t kind_before(const struct redact_map *m, struct str value)
{
	size_t colon = str_find(value, STR(":"));

	if (colon == SIZE_MAX || colon == 0 ||
	    !word_is_plain(redact_plain(m), (struct str){value.at, colon}))
		return 0;
	return colon + 1;
}

/* `Se0:0`, `Virtual-Access4`: no identity, also where a name could stand. */
static bool is_interface(const struct redact_map *m, struct str value)
{
	size_t letters = 0;

	while (letters < value.len &&
	       (isalpha((unsigned char)value.at[letters]) || value.at[letters] == '-'))
		letters++;
	if (letters < 2 || letters == value.len || letters > 20)
		return false;
	for (size_t i = letters; i < value.len; i++)
		if (!isdigit((unsigned char)value.at[i]) && strchr("/:.", value.at[i]) == NULL)
			return false;
	return isupper((unsigned char)value.at[0]) &&
	       word_is_plain(redact_plain(m), (struct str){value.at, letters});
}

/* `10.66.1.2.1701`, as tcpdump has it: how much of it is the address; 0: it is no such thing. */
static size_t address_before_port(struct str value)
{
	size_t n = value.len;
	struct address a;

	while (n > 0 && char_is_digit(value.at[n - 1]))
		n--;
	if (n < 2 || n == value.len || value.len - n > PORT_DIGITS || value.at[n - 1] != '.')
		return 0;
	return address_parse((struct str){value.at, n - 1}, &a) ? n - 1 : 0;
}

static void name_met(struct redact_map *m, struct str value)
{
	struct text ignored = text_make(LIMIT_RECORD);
	size_t address = address_before_port(value);

	if (address > 0)
		value.len = address;
	value = str_from(value, kind_before(m, value));
	if (value.len > 1 && value.at[0] == '"' && value.at[value.len - 1] == '"')
		value = (struct str){value.at + 1, value.len - 2};
	if (value.len > 0)
		redact_name_text(m, value, &ignored);
	text_free(&ignored);
}

void record_meet(struct redact_map *m, const struct log_record *r)
{
	if (r->host.len > 0)
		name_met(m, r->host);
	if (r->prompt.len > 0)
		name_met(m, r->prompt);
	if (r->row != NULL && strstr(r->row->name, "vendor") != NULL)
		return;
	for (size_t i = 0; i < r->n_values; i++) {
		struct str value = r->values[i].text;

		if (!is_name_field(r->values[i].field) || value.len < 2 || is_interface(m, value) ||
		    word_is_plain(redact_plain(m), value))
			continue;
		name_met(m, value);
	}
}

/* ---- values ---- */

static const struct {
	const char *name;
	uint16_t protocol;
} protocols[] = {
	{"IPV6CP", PPP_IPV6CP}, {"IPv6CP", PPP_IPV6CP}, {"IPCP", PPP_IPCP},
	{"LCP", PPP_LCP},       {"BACP", PPP_BACP},     {"CCP", PPP_CCP},
	{"ECP", PPP_ECP},       {"CHAP", PPP_CHAP},     {"PAP", PPP_PAP},
};

static uint16_t protocol_named(struct str name)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (str_is(name, protocols[i].name))
			return protocols[i].protocol;
	return 0;
}

/* `PPP LCP Packet (30 bytes):` */
static uint16_t protocol_told(struct str line)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (str_find(line, str_of(protocols[i].name)) != SIZE_MAX)
			return protocols[i].protocol;
	return 0;
}

static const struct radius_row *attribute_of(struct str number)
{
	uint32_t n;

	return str_u32(number, &n) && n < 256 ? radius_lookup(0, (uint8_t)n) : NULL;
}

/* One value of a record, where it stands in the content. */
struct shown_value {
	struct str is;
	struct str before; /* of its line */
	enum log_field field;
	enum place_kind kind;
	const struct grammar_row *row;
	uint16_t protocol;
	const struct radius_row *attribute;
};

/* The raw octets of options: `0x0305C22305`. */
static void tlv_put(struct record_writer *w, const struct shown_value *v, struct text *out)
{
	struct str s = v->is;
	uint8_t *octets;
	size_t n;

	while (str_starts(s, "0x")) {
		text_puts(out, "0x");
		s = str_from(s, 2);
	}
	octets = must_alloc(s.len / 2 + 1, 1);
	n = redact_digits_read(s, octets, s.len / 2 + 1);
	redact_ppp_options(&w->r, v->protocol, (struct place){.at = octets, .n = n});
	redact_digits_put(s, octets, n, out);
	free(octets);
}

/* The octets of a RADIUS attribute, or the first of them. */
static void attribute_put(struct record_writer *w, const struct shown_value *v, struct text *out)
{
	uint8_t octets[256] = {0};
	size_t n = redact_digits_read(v->is, octets, sizeof(octets));
	enum radius_kind kind = v->attribute->kind;

	if (kind == RADIUS_IPV4)
		redact_address(w->r.map, octets, n);
	else if (kind != RADIUS_U32 && kind != RADIUS_TIME && kind != RADIUS_TAG_U24)
		redact_octets(w->r.map, REDACT_PROOF, octets, n);
	redact_digits_put(v->is, octets, n, out);
}

static bool is_text_attribute(const struct grammar_row *row)
{
	const struct avp_row *avp;

	if (row->kind != RECORD_AVP_VALUE)
		return false;
	avp = avp_lookup((uint16_t)(row->avp >> 16), (uint16_t)row->avp);
	return avp != NULL && avp->kind == AVP_TEXT && avp->number != AVP_N_VENDOR_NAME;
}

static void name_put(struct record_writer *w, struct str value, struct text *out)
{
	size_t kind, address;

	/* a device file is as good as an interface; everybody's root is root */
	if (is_interface(w->r.map, value) || str_starts(value, "/dev/") || str_is(value, "root")) {
		text_add(out, value);
		return;
	}
	if (value.len > 1 && (value.at[0] == '"' || value.at[0] == '\'') &&
	    value.at[value.len - 1] == value.at[0]) {
		text_putc(out, value.at[0]);
		redact_name_text(w->r.map, (struct str){value.at + 1, value.len - 2}, out);
		text_putc(out, value.at[0]);
		return;
	}
	address = address_before_port(value);
	if (address > 0) {
		redact_name_text(w->r.map, (struct str){value.at, address}, out);
		text_add(out, str_from(value, address));
		return;
	}
	kind = kind_before(w->r.map, value);
	text_add(out, (struct str){value.at, kind});
	redact_name_text(w->r.map, str_from(value, kind), out);
}

static bool is_number(struct str s)
{
	bool has_mark = false;

	for (size_t i = 0; i < s.len; i++) {
		if (!isdigit((unsigned char)s.at[i]) && s.at[i] != ':' && s.at[i] != '/')
			return false;
		has_mark = has_mark || s.at[i] == ':' || s.at[i] == '/';
	}
	return s.len > 0 && (has_mark || s.len <= 5);
}

static void value_put(struct record_writer *w, const struct shown_value *v, struct text *out)
{
	bool is_name = is_name_field(v->field) || is_text_attribute(v->row);

	switch (v->kind) {
	case PLACE_WORD:
		text_add(out, v->is);
		return;
	case PLACE_NUMBER:
		if (v->field == FIELD_NUMBER)
			name_put(w, v->is, out);
		else if (v->is.len > 2 + 16)
			redact_hex_text(&w->r, v->is, out);
		else
			text_add(out, v->is);
		return;
	case PLACE_OCTETS:
		if (v->field == FIELD_TLV && v->protocol != 0)
			tlv_put(w, v, out);
		else if (v->attribute != NULL)
			attribute_put(w, v, out);
		else
			redact_hex_text(&w->r, v->is, out);
		return;
	case PLACE_VALUE:
	case PLACE_TEXT:
		break;
	}
	/* who made a device names nobody who owns one */
	if ((v->field == FIELD_INTERFACE && is_interface(w->r.map, v->is)) ||
	    strstr(v->row->name, "vendor") != NULL) {
		text_add(out, v->is);
		return;
	}
	if (v->field == FIELD_ADDRESS || v->field == FIELD_ADDRESS2)
		is_name = true;
	/* a place for a name may hold a number, or a time */
	if (is_name && is_number(v->is) &&
	    (v->field == FIELD_NAME || memchr(v->is.at, ':', v->is.len) != NULL ||
	     memchr(v->is.at, '/', v->is.len) != NULL)) {
		text_add(out, v->is);
		return;
	}
	if (is_name && memchr(v->is.at, ' ', v->is.len) == NULL)
		name_put(w, v->is, out);
	else
		redact_text(&w->r, v->before, v->is, REDACT_TEXT_FREE, out);
}

/* A value that a line end cuts in two is redacted as one, and cut at the same place. */
static void wrapped_put(struct record_writer *w, struct shown_value v)
{
	struct str is = v.is;
	const char *end = memchr(is.at, '\n', is.len);
	size_t first, next;
	struct text joined, made;

	if (end == NULL || v.kind == PLACE_TEXT) {
		value_put(w, &v, &w->out);
		return;
	}
	joined = text_make(LIMIT_RECORD);
	made = text_make(OUT_MOST);
	first = (size_t)(end - is.at);
	next = first;
	while (next < is.len && isspace((unsigned char)is.at[next]))
		next++;
	while (first > 0 && isspace((unsigned char)is.at[first - 1]))
		first--;
	text_add(&joined, (struct str){is.at, first});
	text_add(&joined, str_from(is, next));
	v.is = text_str(&joined);
	value_put(w, &v, &made);
	if (first > made.len)
		first = made.len;
	text_add(&w->out, (struct str){made.at, first});
	for (size_t i = 0; i < is.len; i++)
		if (isspace((unsigned char)is.at[i]))
			text_putc(&w->out, is.at[i]);
	text_add(&w->out, str_from(text_str(&made), first));
	text_free(&joined);
	text_free(&made);
}

/* ---- records ---- */

/* What a daemon's line is without what a collector put for characters (daemon.c), and where each
 * character stands. */
struct flat {
	char *at;
	size_t *offset;
	size_t len;
};

static struct flat flatten(struct str s)
{
	static const struct {
		const char *from;
		char to;
	} escapes[] = {{"#011", ' '},     {"#012", ' '},   {"&lt;", '<'},   {"&gt;", '>'},
		       {"&amp;", '&'},    {"&quot;", '"'}, {"&#39;", '\''}, {"\t", ' '},
		       {"\xc2\xa0", ' '}, {"\r", ' '},     {"\n", ' '}};
	struct flat f = {.at = must_alloc(s.len + 1, 1),
			 .offset = must_alloc(s.len + 1, sizeof(size_t))};

	for (size_t i = 0; i < s.len;) {
		size_t step = 1;

		f.at[f.len] = s.at[i];
		f.offset[f.len] = i;
		for (size_t k = 0; k < sizeof(escapes) / sizeof(escapes[0]); k++) {
			if (!str_starts(str_from(s, i), escapes[k].from))
				continue;
			f.at[f.len] = escapes[k].to;
			step = strlen(escapes[k].from);
			break;
		}
		i += step;
		f.len++;
	}
	f.offset[f.len] = s.len;
	return f;
}

/* Lines behind what a row read: rows of a dump, or text. */
static void rest_put(struct record_writer *w, size_t from, size_t end)
{
	struct dump_row *rows;

	if (from >= end)
		return;
	if (w->rows == NULL)
		w->rows = must_alloc(DUMP_ROWS, sizeof(*w->rows));
	rows = w->rows;
	while (from < end) {
		size_t at = from, n = 0, octet = 0;
		uint8_t *octets;

		while (at < end && n < DUMP_ROWS) {
			const char *stop = memchr(w->content.at + at, '\n', end - at);
			struct str line = str_range(w->content.at + at,
						    stop != NULL ? stop : w->content.at + end);

			if (!dump_row_read(line, &rows[n]) ||
			    (n > 0 && rows[n].has_offset && rows[n].is_first))
				break;
			n++;
			at += line.len + (stop != NULL);
		}
		if (n == 0) {
			const char *stop = memchr(w->content.at + from, '\n', end - from);
			size_t next = stop != NULL ? (size_t)(stop - w->content.at) + 1 : end;
			struct str line = {w->content.at + from, next - from};

			redact_text(&w->r, (struct str){0}, line, REDACT_TEXT_FREE, &w->out);
			from = next;
			continue;
		}
		octets = dump_octets(&w->r, rows, n);
		for (size_t i = 0; i < n; i++) {
			dump_row_put(&rows[i], octets + octet, &w->out);
			octet += rows[i].n;
			from += rows[i].line.len;
			if (from < end) {
				text_putc(&w->out, '\n');
				from++;
			}
		}
		free(octets);
	}
}

struct placed {
	struct grammar_place places[LIMIT_RECORD_VALUES];
	size_t n, length;
};

/* The values in the order of the text; the words between them are the row's. */
static void places_put(struct record_writer *w, const struct read_span *s, size_t body,
		       const struct placed *p, const uint64_t *offset)
{
	size_t at = body;
	struct shown_value v = {.row = s->row};

	for (size_t i = 0; i < p->n; i++) {
		const struct grammar_place *place = &p->places[i];
		size_t from = (size_t)offset[place->start], to;

		if (place->end <= place->start || from < at)
			continue;
		to = (size_t)offset[place->end - 1] + 1;
		/* all octets of its last character */
		while (to < s->end && ((unsigned char)w->content.at[to] & 0xc0) == 0x80)
			to++;
		text_add(&w->out, str_range(w->content.at + at, w->content.at + from));
		v.is = str_range(w->content.at + from, w->content.at + to);
		v.before = str_range(w->content.at + body, w->content.at + from);
		v.field = place->field;
		v.kind = place->kind;
		if (v.field == FIELD_PROTOCOL)
			v.protocol = protocol_named(v.is);
		if (v.field == FIELD_AVP && s->row->topic == SAID_RADIUS_VALUE)
			v.attribute = attribute_of(v.is);
		wrapped_put(w, v);
		at = to;
	}
	if (p->length > 0) {
		size_t to = (size_t)offset[p->length - 1] + 1;

		if (to > at)
			text_add(&w->out, str_range(w->content.at + at, w->content.at + to));
		at = to > at ? to : at;
	}
	rest_put(w, at, (size_t)s->end);
}

static bool ios_put(struct record_writer *w, const struct read_span *s, size_t body)
{
	struct placed p;
	uint64_t *offset;

	flow_section(&w->flow, w->content, body, (size_t)s->end);
	while (flow_more(&w->flow))
		continue;
	p.n = grammar_places(w->ios, s->row, (struct str){w->flow.at, w->flow.len}, p.places,
			     &p.length);
	if (p.length == 0)
		return false;
	offset = must_alloc(p.length, sizeof(*offset));
	for (size_t i = 0; i < p.length; i++)
		offset[i] = flow_offset(&w->flow, i);
	places_put(w, s, body, &p, offset);
	free(offset);
	return true;
}

static bool daemon_put(struct record_writer *w, const struct read_span *s, size_t body)
{
	struct str text = str_range(w->content.at + body, w->content.at + s->end);
	struct flat f = flatten(text);
	struct str flat = {f.at, f.len};
	struct placed p;
	uint64_t *offset = must_alloc(f.len + 1, sizeof(*offset));
	size_t skip = 0;

	while (skip < flat.len && flat.at[skip] == ' ')
		skip++;
	flat = str_trim(flat);
	if (str_ends(flat, "`")) /* of a line in Markdown */
		flat.len--;
	p.n = grammar_places(w->daemons, s->row, flat, p.places, &p.length);
	for (size_t i = 0; i + skip <= f.len; i++)
		offset[i] = body + f.offset[i + skip];
	if (p.length > 0)
		places_put(w, s, body, &p, offset);
	free(offset);
	free(f.at);
	free(f.offset);
	return p.length > 0;
}

/* xl2tpd: the characters of the octets that stand before it in hex. */
static bool ascii_put(struct record_writer *w, struct str body)
{
	const char *brace = str_starts(body, "ASCII: {") ? body.at + 8 : NULL;

	if (brace == NULL)
		return false;
	text_add(&w->out, str_range(body.at, brace));
	for (; brace < body.at + body.len; brace++)
		text_putc(&w->out, isgraph((unsigned char)*brace) && *brace != '}' ? '.' : *brace);
	return true;
}

void record_body_put(struct record_writer *w, const struct read_span *s)
{
	size_t body = (size_t)(s->start + s->body);

	arena_reset(w->r.scratch);
	w->r.is_config =
		s->row != NULL && (s->row->topic == SAID_CONFIG || s->row->topic == SAID_COMMAND);
	w->r.told = protocol_told(str_range(w->content.at + body, w->content.at + s->end));
	if (ascii_put(w, str_range(w->content.at + body, w->content.at + s->end)))
		return;
	if (s->row != NULL && (ios_put(w, s, body) || daemon_put(w, s, body)))
		return;
	rest_put(w, body, (size_t)s->end);
}

void record_head_put(struct record_writer *w, const struct read_span *s)
{
	const char *at = w->content.at + s->start;
	struct str head = {at, s->body}, host = {at + s->host, s->host_length};

	if (host.len == 0) {
		redact_text(&w->r, (struct str){0}, head, REDACT_TEXT_HEAD, &w->out);
		return;
	}
	redact_text(&w->r, (struct str){0}, str_range(at, host.at), REDACT_TEXT_HEAD, &w->out);
	redact_name_text(w->r.map, host, &w->out);
	redact_text(&w->r, (struct str){0}, str_from(head, s->host + s->host_length),
		    REDACT_TEXT_HEAD, &w->out);
}
