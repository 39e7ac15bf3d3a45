/* PPPoE discovery from literal octets: every tag, and every way to break one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "octets.h"
#include "packet_kit.h"
#include "pppoe.h"

/* A PADR with the tags of RFC 2516, 4638, 5578 and TR-101. */
static const char all_tags[] =
	"1119 0000 0000"
	"0101 0000"
	"0102 0004 42524153"
	"0103 0004 64138518"
	"0104 0002 3d0f"
	"0105 0022 00000de9 0104 70302f31 0203 637065 8104 00000400 8b04 00000010 9003 010203 fe00"
	"0105 0006 00000009 abcd"
	"0106 0004 0007 0009"
	"0107 000a 0001 63 64 0005 0400 0800"
	"0108 0002 0003"
	"0109 0002 0040"
	"0110 0002 beef"
	"0111 0004 68747470"
	"0112 0002 6869"
	"0120 0002 05dc"
	"0121 0010 0a000000 ff000000 0a000001 00000002"
	"0201 0002 6e6f"
	"0202 0002 6163"
	"0203 0003 657272"
	"7777 0001 55"
	"0000 0000";

static void decode(struct fixture *f, struct span packet)
{
	f->e = (struct event){.kind = EVENT_OTHER};
	f->defects = (struct defect_list){.arena = f->arena};
	free(f->exact);
	f->exact = exact_copy(packet);
	pppoe_decode(f->arena, span_of(f->exact, packet.len), 0, &f->e, &f->defects);
}

/* The sample with its Length filled in; a copy to write into. */
static uint8_t *sample(struct fixture *f, size_t *ret_n)
{
	struct span s = octets(f->arena, all_tags);
	uint8_t *at = arena_alloc(f->arena, s.len);

	memcpy(at, s.at, s.len);
	at[4] = (uint8_t)((s.len - 6) >> 8);
	at[5] = (uint8_t)(s.len - 6);
	*ret_n = s.len;
	return at;
}

static void value_is(struct fixture *f, const char *field, const char *printed)
{
	const struct value *v = value_find(f->e.values, f->e.n_values, field);
	struct text t = text_make(200);

	assert_non_null(v);
	value_print(&t, v, false);
	assert_string_equal(t.at ? t.at : "", printed);
	text_free(&t);
}

static void every_tag_is_a_value(void **state)
{
	struct fixture *f = *state;
	size_t n;
	uint8_t *packet = sample(f, &n);

	packet[3] = 17;
	decode(f, span_of(packet, n));
	assert_int_equal(f->defects.n, 0);
	assert_int_equal(f->e.kind, EVENT_PPPOE);
	assert_int_equal(f->e.neighbour.code, 0x19);
	assert_int_equal(f->e.path.pppoe, 17);
	value_is(f, "pppoe.code", "25 (PADR)");
	value_is(f, "pppoed.tags.service_name", "");
	value_is(f, "pppoed.tags.ac_name", "BRAS");
	value_is(f, "pppoed.tags.host_uniq", "0x64138518");
	value_is(f, "pppoed.tags.ac_cookie", "0x3d0f");
	value_is(f, "pppoed.tags.vendor_id", "3561 (Broadband Forum)");
	value_is(f, "pppoed.tags.circuit_id", "p0/1");
	value_is(f, "pppoed.tags.remote_id", "cpe");
	value_is(f, "pppoed.tags.act_data_rate_up", "1024 (kbit/s)");
	value_is(f, "pppoed.tags.max_int_delay_up", "16 (ms)");
	value_is(f, "pppoed.tags.access_loop_encap.data_link", "1 (Ethernet)");
	value_is(f, "pppoed.tags.access_loop_encap.encap_1", "2 (single-tagged Ethernet)");
	value_is(f, "pppoed.tags.access_loop_encap.encap_2", "3 (IPoA LLC)");
	value_is(f, "IWF session flag", "");
	value_is(f, "pppoed.tags.vendor_unspecified", "0xabcd");
	value_is(f, "pppoed.tags.credits.fcn", "7");
	value_is(f, "pppoed.tags.credits.bcn", "9");
	value_is(f, "pppoed.tags.metrics.rlq", "99");
	value_is(f, "pppoed.tags.metrics.latency", "5");
	value_is(f, "pppoed.tags.metrics.max_drate", "2048");
	value_is(f, "pppoed.tags.seq_num", "3");
	value_is(f, "pppoed.tags.credit_scale", "64");
	value_is(f, "pppoed.tags.relay_session_id", "0xbeef");
	value_is(f, "pppoed.tags.hurl", "http");
	value_is(f, "pppoed.tags.motm", "hi");
	value_is(f, "pppoed.tags.max_payload", "1500");
	value_is(f, "Route gateway", "10.0.0.1");
	value_is(f, "Route metric", "2");
	value_is(f, "pppoed.tags.service_name_error", "no");
	value_is(f, "pppoed.tags.ac_system_error", "ac");
	value_is(f, "pppoed.tags.generic_error", "err");
	value_is(f, "pppoed.tag.unknown_data", "0x55 (type 0x7777)");
}

static void cut_anywhere_is_a_defect(void **state)
{
	struct fixture *f = *state;
	size_t n;
	uint8_t *packet = sample(f, &n);

	for (size_t cut = 0; cut < n; cut++) {
		decode(f, span_of(packet, cut));
		assert_true(f->defects.n > 0);
		assert_int_equal(f->defects.at[0].id, DEFECT_PPPOE_LENGTH);
	}
}

/* What the capture did not keep is nobody's fault. */
static void cut_by_the_capture_is_no_defect(void **state)
{
	struct fixture *f = *state;
	size_t n;
	uint8_t *packet = sample(f, &n);

	for (size_t cut = 0; cut < n; cut++) {
		struct defect_list none = {.arena = f->arena};

		f->e = (struct event){.kind = EVENT_OTHER};
		pppoe_decode(f->arena, span_of(packet, cut), n - cut, &f->e, &none);
		assert_int_equal(none.n, 0);
	}
}

/* No octet of the packet, the lengths among them, leads a read astray. */
static void no_octet_leads_astray(void **state)
{
	static const uint8_t wrong[] = {0, 1, 0x7f, 0xff};
	struct fixture *f = *state;
	size_t n;
	uint8_t *packet = sample(f, &n);

	for (size_t i = 0; i < n * sizeof(wrong); i++) {
		uint8_t was = packet[i / sizeof(wrong)];

		packet[i / sizeof(wrong)] = wrong[i % sizeof(wrong)];
		decode(f, span_of(packet, n));
		packet[i / sizeof(wrong)] = was;
		assert_true(f->e.n_values >= 3);
		arena_reset(f->arena);
		packet = sample(f, &n);
	}
}

/* The payload length, and that of each tag set to its maximum. A short one makes other tags of the
 * rest, which may read well. */
static void every_wrong_length_is_told(void **state)
{
	static const unsigned wrong[] = {0, 1, 0xffff};
	struct fixture *f = *state;
	size_t n;
	uint8_t *packet = sample(f, &n);

	for (size_t i = 0; i < 3; i++) {
		packet[4] = (uint8_t)(wrong[i] >> 8);
		packet[5] = (uint8_t)wrong[i];
		decode(f, span_of(packet, n));
		assert_true(f->defects.n > 0 || wrong[i] == 0);
		packet = sample(f, &n);
	}
	for (size_t at = 6; at < n; at += 4 + (size_t)(packet[at + 2] << 8 | packet[at + 3])) {
		uint8_t *hurt = exact_copy(span_of(packet, n));

		assert_non_null(hurt);
		hurt[at + 2] = 0xff;
		hurt[at + 3] = 0xff;
		decode(f, span_of(hurt, n));
		assert_true(f->defects.n > 0);
		free(hurt);
	}
}

static void lengths_and_versions_are_checked(void **state)
{
	struct fixture *f = *state;

	decode(f, octets(f->arena, "1109 0000 0007 0120 0003 0005dc"));
	assert_int_equal(f->defects.n, 1);
	assert_int_equal(f->defects.at[0].offset, 10);
	value_is(f, "pppoed.tags.max_payload", "0x0005dc");
	decode(f, octets(f->arena, "2109 0000 0000"));
	assert_int_equal(f->defects.n, 1);
	assert_int_equal(f->defects.at[0].id, DEFECT_PPPOE_VERSION);
	decode(f, octets(f->arena, "1109 0000 000a 0105 0006 00000de9 0109"));
	assert_int_equal(f->defects.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_tag_is_a_value, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cut_anywhere_is_a_defect, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cut_by_the_capture_is_no_defect, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_octet_leads_astray, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_wrong_length_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lengths_and_versions_are_checked, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
