/* Decoded is what literal/ proves: for each row of the tables that counts as decoded, octets that
 * were put together from its RFC, and what `decode` and `decode --json` must make of them.
 *
 * A JSON column that is no object is the value itself. Of an object each key is one of `parts`, a
 * member beside the value, or the name or field of one of the message's values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>

#include "code.h"
#include "coverage.h"
#include "decode_json.h"
#include "message.h"
#include "octets.h"
#include "ppp.h"
#include "tsv.h"

enum { MOST = 600, PACKET = 2048, HEAD_OF_PPPOE = 3, VENDOR_TAG = 1 };

struct literal {
	char domain[16], row[24], hex[512];
	char printed[1024], json[1024];
};

static struct literal literals[MOST];
static size_t n_literals;

struct fixture {
	struct arena *arena;
	struct arena *scratch;
	struct event e;
	struct text printed;
	size_t own; /* values of the event before those of the row */
};

static void column_take(char *to, size_t room, struct str from)
{
	assert_true(from.len < room);
	memcpy(to, from.at, from.len);
	to[from.len] = 0;
	if (str_is(from, "-"))
		to[0] = 0;
}

static void literals_read(const char *name)
{
	char path[1000];
	struct tsv t;

	snprintf(path, sizeof(path), "%s/tests/literal/%s", SOURCE_DIR, name);
	t.file = fopen(path, "r");
	assert_non_null(t.file);
	while (tsv_next(&t)) {
		struct literal *l = &literals[n_literals];

		if (t.line[0] == '#')
			continue;
		assert_int_equal(t.n, 5);
		assert_true(++n_literals < MOST);
		column_take(l->domain, sizeof(l->domain), t.column[0]);
		column_take(l->row, sizeof(l->row), t.column[1]);
		column_take(l->hex, sizeof(l->hex), t.column[2]);
		column_take(l->printed, sizeof(l->printed), t.column[3]);
		column_take(l->json, sizeof(l->json), t.column[4]);
	}
	fclose(t.file);
}

static int read_all(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	literals_read("avp.tsv");
	literals_read("option.tsv");
	literals_read("radius.tsv");
	literals_read("pppoe.tsv");
	literals_read("ppp.tsv");
	f->arena = arena_new((size_t)16 << 20);
	f->scratch = arena_new((size_t)16 << 20);
	*state = f;
	return 0;
}

static int free_all(void **state)
{
	struct fixture *f = *state;

	arena_free(f->arena);
	arena_free(f->scratch);
	free(f);
	return 0;
}

static bool is_of(const struct literal *l, const char *domain)
{
	return strcmp(l->domain, domain) == 0;
}

/* "9/100", "0xc021/3", "tr101/0x81": what stands before and behind the slash. */
static uint32_t row_first(const struct literal *l)
{
	return (uint32_t)strtoul(l->row, NULL, 0);
}

static uint32_t row_second(const struct literal *l)
{
	const char *slash = strchr(l->row, '/');

	assert_non_null(slash);
	return (uint32_t)strtoul(slash + 1, NULL, 0);
}

static struct span joined(struct fixture *f, const uint8_t *head, size_t n, struct span value)
{
	uint8_t *out = arena_alloc(f->arena, n + value.len);

	memcpy(out, head, n);
	if (value.len)
		memcpy(out + n, value.at, value.len);
	return span_of(out, n + value.len);
}

/* Behind a Message Type, which is the first AVP of every message. */
static void avp_decode(struct fixture *f, const struct literal *l, struct span value,
		       struct defect_list *defects)
{
	const struct avp_row *row = avp_lookup((uint16_t)row_first(l), (uint16_t)row_second(l));
	size_t length = value.len + 6;
	uint8_t head[6] = {(uint8_t)(length >> 8),        (uint8_t)length,
			   (uint8_t)(row_first(l) >> 8),  (uint8_t)row_first(l),
			   (uint8_t)(row_second(l) >> 8), (uint8_t)row_second(l)};
	static const uint8_t hello[8] = {0x80, 8, 0, 0, 0, 0, 0, 6};
	struct avp_context in;
	struct avp *avps;
	size_t n;

	assert_non_null(row);
	head[0] |= row->mandatory == BIT_MUST_1 ? 0x80 : 0;
	value = joined(f, head, sizeof(head), value);
	if (row->vendor != 0 || row->number != 0)
		value = joined(f, hello, sizeof(hello), value);
	avp_parse(f->arena, value, 0, &avps, &n, defects);
	assert_true(n > 0);
	f->e.kind = EVENT_CONTROL;
	f->e.control.avps = &avps[n - 1];
	f->e.control.n_avps = 1;
	in = control_context(&f->e.control);
	avp_print_value(&f->printed, &avps[n - 1], &in, true);
}

/* A request with the one option. */
static void option_decode(struct fixture *f, const struct literal *l, struct span value,
			  struct defect_list *defects)
{
	uint8_t head[6] = {1,
			   1,
			   0,
			   (uint8_t)(6 + value.len),
			   (uint8_t)row_second(l),
			   (uint8_t)(2 + value.len)};

	ppp_packet_decode(f->arena, (uint16_t)row_first(l), joined(f, head, sizeof(head), value),
			  &f->e, defects);
	assert_int_equal(f->e.ppp.n_options, 1);
	option_print_value(&f->printed, f->e.ppp.options);
}

static void values_print(struct fixture *f)
{
	for (size_t i = f->own; i < f->e.n_values; i++) {
		text_puts(&f->printed, i > f->own ? "; " : "");
		value_print(&f->printed, &f->e.values[i], true);
	}
}

static void radius_read(struct fixture *f, const struct literal *l, struct span value,
			struct defect_list *defects)
{
	struct radius_reading r = {.values = {.arena = f->arena},
				   .defects = defects,
				   .vector = octets(f->arena, "202122232425262728292a2b2c2d2e2f"),
				   .secret = span_of("radsec", 6),
				   .has_secret = true,
				   .is_proved = true};
	uint32_t vendor = row_first(l);
	uint8_t own[2] = {(uint8_t)row_second(l), (uint8_t)(2 + value.len)};
	uint8_t head[6] = {26, (uint8_t)(8 + value.len), 0,
			   0,  (uint8_t)(vendor >> 8),   (uint8_t)vendor};
	struct span attribute = joined(f, own, sizeof(own), value);

	if (vendor != 0)
		attribute = joined(f, head, sizeof(head), attribute);
	r.start = attribute.at;
	radius_attributes_read(&r, attribute);
	f->e.kind = EVENT_RADIUS;
	f->e.values = r.values.at;
	f->e.n_values = r.values.n;
	values_print(f);
}

/* A PADI with the one tag; that of TR-101 in a vendor tag. */
static void tag_decode(struct fixture *f, const struct literal *l, struct span value,
		       struct defect_list *defects)
{
	bool is_line = strncmp(l->row, "tr101", 5) == 0;
	uint16_t number = (uint16_t)row_second(l);
	uint8_t sub[6] = {0, 0, 0x0d, 0xe9, (uint8_t)number, (uint8_t)value.len};
	uint8_t tag[4], head[6] = {0x11, 0x09};

	if (is_line) {
		value = joined(f, sub, sizeof(sub), value);
		number = 0x0105;
	}
	tag[0] = (uint8_t)(number >> 8);
	tag[1] = (uint8_t)number;
	tag[2] = 0;
	tag[3] = (uint8_t)value.len;
	head[5] = (uint8_t)(value.len + sizeof(tag));
	value = joined(f, tag, sizeof(tag), value);
	pppoe_decode(f->arena, joined(f, head, sizeof(head), value), 0, &f->e, defects);
	f->own = HEAD_OF_PPPOE + (is_line ? VENDOR_TAG : 0);
	values_print(f);
}

static void frame_decode(struct fixture *f, const struct literal *l, struct span value,
			 struct defect_list *defects)
{
	uint8_t protocol[2] = {(uint8_t)(row_first(l) >> 8), (uint8_t)row_first(l)};

	ppp_decode(f->arena, joined(f, protocol, sizeof(protocol), value), &f->e, defects);
	message_name(&f->printed, &f->e);
	text_putc(&f->printed, ' ');
	message_detail(&f->printed, &f->e, true, true);
}

static const struct {
	const char *domain;
	void (*decode)(struct fixture *f, const struct literal *l, struct span value,
		       struct defect_list *defects);
} domains[] = {
	{"avp", avp_decode},   {"option", option_decode}, {"radius", radius_read},
	{"pppoe", tag_decode}, {"ppp", frame_decode},
};

static json_t *message_json(struct fixture *f)
{
	struct options o = {.show_secrets = true};
	struct str name = STR("literal");
	struct run r = {.options = &o, .names = &name, .n_inputs = 1, .scratch = f->scratch};
	struct text t = text_make((size_t)1 << 16);
	struct writer j = writer_into(&t);
	json_t *all;

	decode_json_write(&j, &r, &f->e);
	all = json_loadb(t.at, t.len, 0, NULL);
	text_free(&t);
	assert_non_null(all);
	return all;
}

/* What is expected is there; there may be more. */
static bool has_json(const json_t *all, const json_t *expected)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_array(expected)) {
		if (json_array_size(all) != json_array_size(expected))
			return false;
		json_array_foreach(expected, i, value) if (!has_json(json_array_get(all, i),
								     value)) return false;
		return true;
	}
	if (!json_is_object(expected))
		return json_equal(all, expected);
	json_object_foreach((json_t *)(uintptr_t)expected, key,
			    value) if (!has_json(json_object_get(all, key), value)) return false;
	return true;
}

static const json_t *value_named(const json_t *values, const char *name)
{
	json_t *v;
	size_t i;

	json_array_foreach(values, i, v)
	{
		const char *field = json_string_value(json_object_get(v, "field"));

		if ((field && strcmp(field, name) == 0) ||
		    strcmp(json_string_value(json_object_get(v, "name")), name) == 0)
			return json_object_get(v, "value");
	}
	return NULL;
}

/* The object of the row: an AVP, an option, a PPP packet; NULL where values are all. */
static const json_t *object_of(const struct literal *l, const json_t *all)
{
	const json_t *ppp = json_object_get(all, "ppp");

	if (is_of(l, "avp"))
		return json_array_get(json_object_get(json_object_get(all, "l2tp"), "avps"), 0);
	if (is_of(l, "option"))
		return json_array_get(json_object_get(ppp, "options"), 0);
	return ppp;
}

static const json_t *find(const json_t *object, const json_t *values, const char *key)
{
	const json_t *part = json_object_get(json_object_get(object, "parts"), key);

	if (!part)
		part = json_object_get(object, key);
	return part ? part : value_named(values, key);
}

static bool is_as_expected(struct fixture *f, const struct literal *l, const json_t *all)
{
	const json_t *object = object_of(l, all);
	const json_t *values = json_object_get(all, "values");
	json_t *expected = json_loads(l->json, JSON_DECODE_ANY, NULL);
	bool is_good = expected != NULL;
	const char *key;
	json_t *value;

	if (!object)
		object = json_array_get(values, f->own);
	if (!json_is_object(expected))
		is_good = is_good && has_json(json_object_get(object, "value"), expected);
	json_object_foreach(expected, key, value) is_good =
		is_good && has_json(find(object, values, key), value);
	json_decref(expected);
	return is_good;
}

/* Octets as text are no typed value. */
static bool is_only_hex(const struct literal *l, struct span value)
{
	struct text t = text_make(1024);
	bool is_hex;

	text_hex(&t, value, 0);
	is_hex = value.len > 0 && strstr(l->json, t.at) && l->json[0] == '"';
	text_free(&t);
	return is_hex;
}

static void literal_decode(struct fixture *f, const struct literal *l, struct span value,
			   struct defect_list *defects)
{
	size_t k = 0;

	f->e = (struct event){.kind = EVENT_OTHER};
	f->own = 0;
	f->printed = text_make(4096);
	while (!is_of(l, domains[k].domain))
		assert_true(++k < sizeof(domains) / sizeof(domains[0]));
	domains[k].decode(f, l, value, defects);
}

/* Says what is wrong; false then. */
static bool is_decoded(struct fixture *f, const struct literal *l)
{
	struct defect_list defects = {.arena = f->arena};
	struct span value = octets(f->arena, l->hex);
	json_t *all;
	bool is_good;
	char *dump;

	literal_decode(f, l, value, &defects);
	all = message_json(f);
	is_good = defects.n == 0 && str_is(text_str(&f->printed), l->printed) &&
		  is_as_expected(f, l, all) && !is_only_hex(l, value);
	if (!is_good) {
		dump = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
		print_error("%s %s %s\n  must be %s\n  and     %s\n  is      %s\n  %s\n", l->domain,
			    l->row, l->hex, l->printed, l->json,
			    f->printed.len ? f->printed.at : "", dump);
		free(dump);
	}
	json_decref(all);
	text_free(&f->printed);
	return is_good;
}

static void each_literal_is_decoded(void **state)
{
	struct fixture *f = *state;
	size_t wrong = 0;

	for (size_t i = 0; i < n_literals; i++) {
		arena_reset(f->arena);
		wrong += !is_decoded(f, &literals[i]);
	}
	assert_int_equal(wrong, 0);
}

/* The sanitizers watch; what comes out is JSON. */
static void a_cut_value_is_no_harm(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < n_literals; i++) {
		size_t whole = octets(f->arena, literals[i].hex).len;

		for (size_t n = 0; n < whole; n++) {
			struct defect_list defects = {.arena = f->arena};
			struct span value;

			arena_reset(f->arena);
			value = octets(f->arena, literals[i].hex);
			literal_decode(f, &literals[i], span_of(value.at, n), &defects);
			json_decref(message_json(f));
			text_free(&f->printed);
		}
	}
}

static size_t lacks(const char *domain, const char *row)
{
	for (size_t i = 0; i < n_literals; i++)
		if (is_of(&literals[i], domain) && strcmp(literals[i].row, row) == 0)
			return 0;
	print_error("decoded, and no octets of it in tests/literal/%s.tsv: %s\n", domain, row);
	return 1;
}

static size_t avps_lacking(void)
{
	const struct avp_row *rows;
	size_t n = avp_rows(&rows), lacking = 0;
	char row[24];

	for (size_t i = 0; i < n; i++) {
		snprintf(row, sizeof(row), "%u/%u", rows[i].vendor, rows[i].number);
		lacking += coverage_of_avp(&rows[i]) ? lacks("avp", row) : 0;
	}
	return lacking;
}

static size_t options_lacking(void)
{
	const struct option_row *rows;
	size_t n = option_rows(&rows), lacking = 0;
	char row[24];

	for (size_t i = 0; i < n; i++) {
		snprintf(row, sizeof(row), "0x%04x/%u", rows[i].protocol, rows[i].number);
		lacking += coverage_of_option(&rows[i]) ? lacks("option", row) : 0;
	}
	return lacking;
}

static size_t attributes_lacking(void)
{
	const struct radius_row *rows;
	size_t n = radius_rows(&rows), lacking = 0;
	char row[24];

	for (size_t i = 0; i < n; i++) {
		snprintf(row, sizeof(row), "%u/%u", rows[i].vendor, rows[i].number);
		lacking += coverage_of_attribute(&rows[i]) ? lacks("radius", row) : 0;
	}
	return lacking;
}

static size_t tags_lacking(void)
{
	const struct pppoe_tag_row *rows;
	size_t n = pppoe_tag_rows(&rows), lacking = 0;
	char row[24];

	for (size_t i = 0; i < n; i++) {
		bool is_line = rows[i].space == TAG_OF_TR101;

		snprintf(row, sizeof(row), is_line ? "tr101/0x%02x" : "pppoe/0x%04x",
			 rows[i].number);
		lacking += coverage_of_tag(&rows[i]) ? lacks("pppoe", row) : 0;
	}
	return lacking;
}

static size_t protocols_lacking(void)
{
	const struct code_row *rows;
	size_t n = code_rows(&rows), lacking = 0;
	char row[24];

	for (size_t i = 0; i < n; i++) {
		snprintf(row, sizeof(row), "0x%04x", (unsigned)rows[i].number);
		if (rows[i].domain == CODE_PPP_PROTOCOL &&
		    coverage_of_protocol((uint16_t)rows[i].number))
			lacking += lacks("ppp", row);
	}
	return lacking;
}

static void no_decoded_row_is_without_a_literal(void **state)
{
	(void)state;
	assert_int_equal(avps_lacking() + options_lacking() + attributes_lacking() +
				 tags_lacking() + protocols_lacking(),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_literal_is_decoded),
		cmocka_unit_test(a_cut_value_is_no_harm),
		cmocka_unit_test(no_decoded_row_is_without_a_literal),
	};

	return cmocka_run_group_tests(tests, read_all, free_all);
}
