/* Log records become events: one message is one event. */
#include "log_builder.h"

#include <stdio.h>
#include <unistd.h>

#include "code.h"
#include "source.h"

static const struct grammar_row tunnel_id_row = {.kind = RECORD_AVP_VALUE, .avp = 9};
static const struct grammar_row host_row = {.kind = RECORD_AVP_VALUE, .avp = 7};
static const struct grammar_row serial_row = {.kind = RECORD_AVP_VALUE, .avp = 15};
static const struct grammar_row port_row = {.kind = RECORD_AVP_VALUE, .avp = (9u << 16) + 100};
static const struct grammar_row endpoint_row = {.kind = RECORD_PPP_OPTION, .ppp = 19};
static const struct grammar_row forced_row = {.kind = RECORD_PPP_PACKET, .flags = ROW_VIRTUAL};

static void add_parse(struct log_builder *b, const char *avp, const char *length)
{
	log_add(b, RECORD_PARSE_AVP, NULL, FIELD_AVP, avp, FIELD_LENGTH, length, FIELD_AVP_FLAG,
		"0x0x8000", FIELD_MARK, "M", FIELD_NONE);
}

/* At an LNS: values before the packet line, the head line after an unrelated acknowledgement. */
static void received_message_is_one_event(void **state)
{
	struct log_builder b = builder_new();
	const struct avp *avp;
	struct event e;
	uint64_t n;

	(void)state;
	add_parse(&b, "0", "8");
	log_add(&b, RECORD_PARSE_MESSAGE, NULL, FIELD_MESSAGE, "SCCRQ", FIELD_NONE);
	add_parse(&b, "7", "9");
	log_add(&b, RECORD_AVP_VALUE, &host_row, FIELD_NAME, "hgw", FIELD_NONE);
	add_parse(&b, "9", "8");
	log_add(&b, RECORD_AVP_VALUE, &tunnel_id_row, FIELD_VALUE_DECIMAL, "17688", FIELD_NONE);
	log_add(&b, RECORD_PARSE_DONE, NULL, FIELD_MESSAGE, "SCCRQ", FIELD_NONE);
	log_add(&b, RECORD_PACKET, NULL, FIELD_DIRECTION, "I", FIELD_MESSAGE, "SCCRQ", FIELD_FLAGS,
		"TLS", FIELD_VERSION, "2", FIELD_LENGTH, "37", FIELD_HEAD_TUNNEL, "0",
		FIELD_HEAD_SESSION, "0", FIELD_NS, "0", FIELD_NR, "0", FIELD_NONE);
	log_add(&b, RECORD_PACKET, NULL, FIELD_DIRECTION, "O", FIELD_MESSAGE, "ZLB", FIELD_TUNNEL,
		"55270", FIELD_LENGTH, "12", FIELD_HEAD_TUNNEL, "17688", FIELD_HEAD_SESSION, "0",
		FIELD_NS, "0", FIELD_NR, "1", FIELD_NONE);
	log_add(&b, RECORD_BUFFER, NULL, FIELD_LENGTH, "12", FIELD_NONE);
	log_dump(&b, "C8 02 00 0C 45 18 00 00 00 00 00 01");
	log_add(&b, RECORD_MESSAGE, NULL, FIELD_DIRECTION, "I", FIELD_MESSAGE, "SCCRQ", FIELD_NAME,
		"hgw", FIELD_PEER_TUNNEL, "17688", FIELD_NONE);
	builder_read(&b);

	assert_true(builder_event(&b, 0, &e));
	assert_int_equal(e.kind, EVENT_CONTROL);
	assert_int_equal(e.control.message, SCCRQ);
	assert_int_equal(e.sense, RECEIVED);
	assert_int_equal(e.origin.line, 1);
	assert_int_equal(e.origin.line_end, b.line);
	assert_true(e.control.is_complete);
	assert_int_equal(e.control.n_avps, 3);
	assert_int_equal(e.from.tunnel_id, 17688);
	assert_true(str_is(e.from.name, "hgw"));
	assert_true(e.l2tp.has_sequence);
	assert_int_equal(e.l2tp.flags, 0xc802);
	avp = event_avp(&e, AVP_N_ASSIGNED_TUNNEL_ID);
	assert_true(avp && avp_number(avp, &n) && n == 17688);
	assert_true(avp->is_mandatory);

	assert_true(builder_event(&b, 1, &e));
	assert_int_equal(e.control.message, ZLB);
	assert_int_equal(e.sense, SENT);
	assert_int_equal(e.packet.len, 12);
	assert_int_equal(e.from.tunnel_id, 55270);
	assert_int_equal(e.to.tunnel_id, 17688);
	assert_false(builder_event(&b, 2, &e));
	assert_int_equal(builder_damaged(&b), 0);
	builder_free(&b);
}

/* A cut dump and the printed values behind it; an empty Serial Number that the bytes have. */
static void bytes_first_then_print(void **state)
{
	struct log_builder b = builder_new();
	const struct avp *serial;
	struct event e;
	uint64_t n = 0;

	(void)state;
	add_parse(&b, "0", "8");
	log_add(&b, RECORD_PARSE_MESSAGE, NULL, FIELD_MESSAGE, "ICRQ", FIELD_NONE);
	add_parse(&b, "14", "8");
	add_parse(&b, "15", "10");
	log_add(&b, RECORD_AVP_VALUE, &serial_row, FIELD_NONE);
	log_add(&b, RECORD_PARSE_AVP, NULL, FIELD_VENDOR, "Cisco", FIELD_AVP, "100", FIELD_LENGTH,
		"15", FIELD_AVP_FLAG, "0x0x0", FIELD_NONE);
	log_add(&b, RECORD_AVP_VALUE, &port_row, FIELD_VALUE, "Serial0:0", FIELD_NONE);
	log_add(&b, RECORD_PARSE_DONE, NULL, FIELD_MESSAGE, "ICRQ", FIELD_NONE);
	log_add(&b, RECORD_PACKET, NULL, FIELD_TUNNEL, "55270", FIELD_DIRECTION, "I", FIELD_MESSAGE,
		"ICRQ", FIELD_LENGTH, "53", FIELD_HEAD_TUNNEL, "55270", FIELD_HEAD_SESSION, "0",
		FIELD_NS, "2", FIELD_NR, "1", FIELD_NONE);
	log_dump(&b, "C8 02 00 35 D7 E6 00 00 00 02 00 01 80 08 00 00\n"
		     "00 00 00 0A 80 08 00 00 00 0E 00 07 80 0A 00 00\n"
		     "00 0F D1 14 C7 C5 00 0F 00 09 00 64 53 65 72 ...");
	builder_read(&b);
	assert_true(builder_event(&b, 0, &e));
	assert_int_equal(e.control.n_avps, 4);
	serial = event_avp(&e, 15);
	assert_true(serial && avp_number(serial, &n));
	assert_int_equal(n, 0xd114c7c5);
	assert_int_equal(e.control.avps[3].vendor, 9);
	assert_true(str_is(avp_text(&e.control.avps[3]), "Serial0:0"));
	assert_true(e.control.is_complete);
	assert_int_equal(e.from.session_id, 7);
	assert_int_equal(builder_damaged(&b), 0);
	builder_free(&b);
}

static void head_lines_alone(void **state)
{
	struct log_builder b = builder_new();
	struct event e;

	(void)state;
	log_add(&b, RECORD_MESSAGE, NULL, FIELD_TUNNEL, "45029", FIELD_DIRECTION, "O",
		FIELD_MESSAGE, "SCCRQ", FIELD_NONE);
	log_add(&b, RECORD_MESSAGE, NULL, FIELD_TUNNEL, "45029", FIELD_SESSION, "291",
		FIELD_DIRECTION, "O", FIELD_MESSAGE, "ICCN", FIELD_NAME, "LNS", FIELD_PEER_TUNNEL,
		"11407", FIELD_PEER_SESSION, "303", FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "45029", FIELD_SESSION, "292", FIELD_NONE);
	log_add(&b, RECORD_MESSAGE, NULL, FIELD_DIRECTION, "Send", FIELD_MESSAGE, "OCRP",
		FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "45029", FIELD_SESSION, "292", FIELD_NONE);
	builder_read(&b);
	assert_true(builder_event(&b, 0, &e));
	assert_int_equal(e.from.tunnel_id, 45029);
	assert_false(e.l2tp.has_sequence);
	assert_false(e.control.is_complete);
	assert_true(builder_event(&b, 1, &e));
	assert_int_equal(e.to.tunnel_id, 11407);
	assert_int_equal(e.to.session_id, 303);
	assert_true(str_is(e.to.name, "LNS"));
	assert_true(builder_event(&b, 2, &e));
	assert_int_equal(e.control.message, OCRP);
	assert_int_equal(e.sense, SENT);
	assert_int_equal(e.from.session_id, 292); /* the lines around it are of no other call */
	builder_free(&b);
}

/* The head line announces what the packet line then shows. */
static void sent_message_is_one_event(void **state)
{
	struct log_builder b = builder_new();
	struct event e;

	(void)state;
	log_add(&b, RECORD_MESSAGE, NULL, FIELD_TUNNEL, "55270", FIELD_SESSION, "45",
		FIELD_DIRECTION, "O", FIELD_MESSAGE, "ICRP", FIELD_NAME, "hgw", FIELD_PEER_TUNNEL,
		"17688", FIELD_PEER_SESSION, "7", FIELD_NONE);
	log_add(&b, RECORD_PACKET, NULL, FIELD_TUNNEL, "55270", FIELD_SESSION, "45",
		FIELD_DIRECTION, "O", FIELD_MESSAGE, "ICRP", FIELD_LENGTH, "28", FIELD_HEAD_TUNNEL,
		"17688", FIELD_HEAD_SESSION, "7", FIELD_NS, "1", FIELD_NR, "3", FIELD_NONE);
	log_add(&b, RECORD_BUFFER, NULL, FIELD_LENGTH, "28", FIELD_NONE);
	log_dump(&b, "C8 02 00 1C 45 18 00 07 00 01 00 03 80 08 00 00\n"
		     "00 00 00 0B 80 08 00 00 00 0E 00 2D");
	builder_read(&b);
	assert_true(builder_event(&b, 0, &e));
	assert_int_equal(e.control.message, ICRP);
	assert_true(e.control.is_complete);
	assert_int_equal(e.packet.len, 28);
	assert_int_equal(e.origin.line, 1);
	assert_true(str_is(e.to.name, "hgw"));
	assert_false(builder_event(&b, 1, &e));
	builder_free(&b);
}

static void long_option_over_several_records(void **state)
{
	struct log_builder b = builder_new();
	struct event e;

	(void)state;
	log_add(&b, RECORD_PPP_PACKET, NULL, FIELD_INTERFACE, "Vi1", FIELD_PROTOCOL, "LCP",
		FIELD_DIRECTION, "I", FIELD_MESSAGE, "CONFREQ", FIELD_STATE, "Listen", FIELD_ID,
		"79", FIELD_LENGTH, "24", FIELD_NONE);
	log_add(&b, RECORD_PPP_OPTION, &endpoint_row, FIELD_INTERFACE, "Vi1", FIELD_PROTOCOL, "LCP",
		FIELD_CODE, "1", FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_INTERFACE, "Vi2", FIELD_NONE);
	log_add(&b, RECORD_PPP_TLV, NULL, FIELD_INTERFACE, "Vi1", FIELD_PROTOCOL, "LCP", FIELD_TLV,
		"13140172656D6F74653240636973636F", FIELD_NONE);
	log_add(&b, RECORD_PPP_TLV, NULL, FIELD_INTERFACE, "Vi1", FIELD_PROTOCOL, "LCP", FIELD_TLV,
		"2E636F6D", FIELD_NONE);
	builder_read(&b);
	assert_true(builder_event(&b, 0, &e));
	assert_int_equal(e.kind, EVENT_PPP);
	assert_int_equal(e.ppp.protocol, PPP_LCP);
	assert_int_equal(e.ppp.claimed_state, 3); /* Listen is Stopped */
	assert_int_equal(e.ppp.n_options, 1);
	assert_int_equal(e.ppp.options[0].length, 20);
	assert_true(e.ppp.is_complete);
	assert_int_equal(e.origin.line_end, 5);
	builder_free(&b);
}

static void add_chap(struct log_builder *b, const char *direction, const char *word, const char *id)
{
	log_add(b, RECORD_AUTH_PACKET, NULL, FIELD_INTERFACE, "Vi4", FIELD_PROTOCOL, "CHAP",
		FIELD_DIRECTION, direction, FIELD_MESSAGE, word, FIELD_ID, id, FIELD_LENGTH, "27",
		FIELD_NAME, "x", FIELD_NONE);
}

static void add_forced(struct log_builder *b)
{
	log_add(b, RECORD_PPP_PACKET, &forced_row, FIELD_INTERFACE, "Vi4", FIELD_PROTOCOL, "LCP",
		FIELD_DIRECTION, "I", FIELD_MESSAGE, "CONFREQ", FIELD_LENGTH, "11", FIELD_NONE);
}

static bool is_virtual(struct log_builder *b, size_t n)
{
	struct event e;

	assert_true(builder_event(b, n, &e));
	return e.is_virtual;
}

/* The proxy's response bears another id than the challenge printed before it. */
static void proxy_replay_is_virtual(void **state)
{
	struct log_builder b = builder_new();

	(void)state;
	add_forced(&b);
	add_chap(&b, "O", "CHALLENGE", "3");
	add_chap(&b, "I", "RESPONSE", "6");
	add_chap(&b, "O", "SUCCESS", "6");
	builder_read(&b);
	assert_true(is_virtual(&b, 0));
	assert_true(is_virtual(&b, 1));
	assert_true(is_virtual(&b, 2));
	assert_false(is_virtual(&b, 3));
	builder_free(&b);
}

/* The LNS asks the client again: real packets, also behind a forced CONFREQ. */
static void second_challenge_is_real(void **state)
{
	struct log_builder b = builder_new();

	(void)state;
	add_forced(&b);
	add_chap(&b, "O", "CHALLENGE", "4");
	add_chap(&b, "I", "RESPONSE", "4");
	builder_read(&b);
	assert_false(is_virtual(&b, 1));
	assert_false(is_virtual(&b, 2));
	builder_free(&b);
}

/* ---- whole texts ---- */

static void *text_of(const char *content, size_t len, struct source_options *o, uint16_t *vantages)
{
	struct text why_not = text_make(1000);
	FILE *f = tmpfile();
	void *s;

	*vantages = 1;
	*o = (struct source_options){
		.name = "t", .as = "text", .vantages = vantages, .with_noise = true};
	assert_non_null(f);
	assert_int_equal(fwrite(content, 1, len, f), len);
	rewind(f);
	s = source_text.open(f, (struct span){0}, "t", o, &why_not);
	text_free(&why_not);
	return s;
}

static size_t drain(void *s)
{
	struct event e;
	size_t n = 0;

	while (source_text.next(s, &e) == PULLED)
		n++;
	return n;
}

static void broken_texts_are_read_to_their_end(void **state)
{
	static const char *const heads[] = {
		"Jan 1 00:04:10.455: Se0:0 LCP: I CONFREQ [Listen] id 118 len 10\n",
		("Jan 1 00:04:10.567: Tnl 17688 L2TP: O SCCRQ, flg TLS, ver 2, len 128, tnl 0, cl "
		 "0, ns 0, nr 0\n C8 02 00 80 0"),
		"Jan 1 00:04:10.567: Tnl 1 L2TP: Parse AVP 1, len 5, flag 0x8000 (M)\n",
	};
	struct source_options o;
	uint16_t vantages;
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		size_t len = strlen(heads[i]);

		for (size_t cut = 1; cut <= len; cut++) {
			void *s;

			memcpy(text, heads[i], cut);
			memcpy(text + cut, "\0\xff\xfe\n", 4);
			s = text_of(text, cut + 4, &o, &vantages);
			assert_non_null(s);
			drain(s);
			source_text.close(s);
		}
	}
}

static void empty_text_is_none(void **state)
{
	struct source_options o;
	uint16_t vantages;

	(void)state;
	assert_int_equal(source_text.probe(span_of(NULL, 0)), 0);
	assert_null(text_of("", 0, &o, &vantages));
}

/* What a seed document must give, however its lines are broken. */
struct document {
	const char *path;
	size_t control[2], ppp[2], damaged;
	const char *names[2];
};

static const struct document documents[] = {
	{"/../shared/seeds/000_d227651302522798.txt", {12, 11}, {8, 10}, 0, {"hgw", "l2tp-gw"}},
	{"/../shared/seeds/003_fca5552c799e955e.txt", {12, 11}, {8, 10}, 9, {"hgw", "l2tp-gw"}},
	{"/../shared/seeds/004_1217713422589cbe.txt", {8, 9}, {6, 21}, 0, {"LAC", "LNS"}},
};

static void read_document(const struct document *d)
{
	struct text why_not = text_make(1000);
	uint16_t vantages = 1;
	struct source_options o = {.name = "t", .vantages = &vantages};
	FILE *file = fopen(d->path, "rb");
	size_t control[2] = {0}, ppp[2] = {0}, damaged = 0;
	const struct vantage *v;
	struct event e;
	void *s;

	if (!file)
		return;
	s = source_text.open(file, (struct span){0}, d->path, &o, &why_not);
	assert_non_null(s);
	while (source_text.next(s, &e) == PULLED) {
		assert_in_range(e.origin.vantage, 1, 2);
		control[e.origin.vantage - 1] += e.kind == EVENT_CONTROL;
		ppp[e.origin.vantage - 1] += e.kind == EVENT_PPP;
		for (size_t i = 0; i < e.n_defects; i++)
			damaged += e.defects[i].id == DEFECT_INPUT_DAMAGED &&
				   (i == 0 || e.defects[i].record != e.defects[i - 1].record);
	}
	assert_int_equal(source_text.vantages(s, &v), 2);
	assert_int_equal(damaged, d->damaged);
	assert_int_equal(source_text.stats(s)->damaged, d->damaged);
	for (size_t i = 0; i < 2; i++) {
		assert_true(str_is(v[i].name, d->names[i]));
		assert_int_equal(control[i], d->control[i]);
		assert_int_equal(ppp[i], d->ppp[i]);
	}
	source_text.close(s);
	text_free(&why_not);
}

static void seed_documents(void **state)
{
	struct document d;
	char path[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		d = documents[i];
		snprintf(path, sizeof(path), "%s%s", SOURCE_DIR, d.path);
		d.path = path;
		if (access(path, R_OK) != 0)
			skip();
		read_document(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(received_message_is_one_event),
		cmocka_unit_test(bytes_first_then_print),
		cmocka_unit_test(head_lines_alone),
		cmocka_unit_test(sent_message_is_one_event),
		cmocka_unit_test(long_option_over_several_records),
		cmocka_unit_test(proxy_replay_is_virtual),
		cmocka_unit_test(second_challenge_is_real),
		cmocka_unit_test(broken_texts_are_read_to_their_end),
		cmocka_unit_test(empty_text_is_none),
		cmocka_unit_test(seed_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
