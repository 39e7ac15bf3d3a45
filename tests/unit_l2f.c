/* L2F packets, octet by octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "code.h"
#include "l2f.h"
#include "message_kit.h"
#include "octets.h"
#include "ppp.h"

#define CONF        "1001010000000000 0027 01 02036e6173 0310000102030405060708090a0b0c0d0e0f 0400000016"
#define OPEN_TUNNEL "5009010100000016 0021 3fa463f2 02 0310409fc1c562745c4307180bdc1a57f5a8 509e"
#define OPEN_CLIENT                                                                                \
	"5001010200070016 0065 3fa463f2 02 0105616c696365 020401020304"                            \
	"0310000102030405060708090a0b0c0d0e0f 04000e0201000e010405dc0506deadbeef"                  \
	"05000e0201000e010405dc0506deadbeef 0602 0709 08000e0101000e010405dc0506deadbeef"
#define CLOSE "5001010300070016 001b 3fa463f2 03 0100000041 020004676f6e65"
#define ECHO  "5001010400000016 0013 3fa463f2 04 70696e67"
#define DATA  "e001020000070016 001a 0002 3fa463f2 0000 ff03c02101010004"

static const char *const packets[] = {CONF, OPEN_TUNNEL, OPEN_CLIENT, CLOSE, ECHO, DATA};

static void decode(struct span s, size_t missing)
{
	memset(&event, 0, sizeof(event));
	event.from.port = 1701;
	event.to.port = 1701;
	event.path.ip_protocol = 17;
	event.path.captured = (uint32_t)s.len;
	event.path.original = event.path.captured + (uint32_t)missing;
	defects = (struct defect_list){.arena = arena};
	l2tp_decode(decoder, s, &event, &defects, &payload);
	if (payload.len > 0)
		ppp_decode(arena, payload, &event, &defects);
}

static void gives(const char *hex, const char *expected)
{
	struct text t = text_make(1000);

	decode(octets(arena, hex), 0);
	for (size_t i = 0; i < defects.n; i++)
		text_printf(&t, "%s%s@%u", i ? " " : "", defect_row(defects.at[i].id)->id,
			    defects.at[i].offset);
	assert_string_equal(t.at ? t.at : "", expected);
	text_free(&t);
}

/* "name value, name value" */
static void options_are(const char *expected)
{
	struct avp_context in = control_context(&event.control);
	struct text t = text_make(2000);

	for (size_t i = 0; i < event.control.n_avps; i++) {
		assert_int_equal(event.control.avps[i].vendor, L2F_VENDOR);
		text_puts(&t, i ? ", " : "");
		avp_print_name(&t, &event.control.avps[i]);
		text_putc(&t, ' ');
		avp_print_value(&t, &event.control.avps[i], &in, false);
	}
	assert_string_equal(t.at ? t.at : "", expected);
	text_free(&t);
}

static void messages_are_read(void **state)
{
	(void)state;
	gives(CONF, "");
	assert_int_equal(event.kind, EVENT_CONTROL);
	assert_int_equal(event.control.message, L2F_CONF);
	assert_string_equal(code_message_name(event.control.message), "L2F_CONF");
	assert_true(event.control.is_complete);
	assert_int_equal(event.from.tunnel_id, 22);
	options_are("L2F_CONF_NAME nas, L2F_CONF_CHAL 000102030405060708090a0b0c0d0e0f, "
		    "L2F_CONF_CLID 22");
	gives(OPEN_TUNNEL, "");
	assert_int_equal(event.control.message, L2F_OPEN);
	assert_int_equal(event.to.tunnel_id, 22);
	assert_int_equal(event.l2tp.ns, 1);
	assert_true(event.l2tp.has_key);
	assert_int_equal(event.l2tp.key, 0x3fa463f2);
	assert_int_equal(value_find(event.values, event.n_values, "Key")->number, 0x3fa463f2);
	options_are("L2F_OPEN_RESP 409fc1c562745c4307180bdc1a57f5a8");
	gives(OPEN_CLIENT, "");
	assert_int_equal(event.to.session_id, 7);
	options_are("L2F_OPEN_NAME alice, L2F_OPEN_CHAL 01020304, "
		    "L2F_OPEN_RESP 000102030405060708090a0b0c0d0e0f, "
		    "L2F_ACK_LCP1 CONFACK id 1: MRU 1500, Magic-Number 0xDEADBEEF, "
		    "L2F_ACK_LCP2 CONFACK id 1: MRU 1500, Magic-Number 0xDEADBEEF, "
		    "L2F_OPEN_TYPE 2 (CHAP), L2F_OPEN_ID 9, "
		    "L2F_REQ_LCP0 CONFREQ id 1: MRU 1500, Magic-Number 0xDEADBEEF");
	gives(CLOSE, "");
	assert_int_equal(event.control.message, L2F_CLOSE);
	options_are("L2F_CLOSE_WHY 0x41 (authentication failed, incorrect password), "
		    "L2F_CLOSE_STR gone");
	gives(ECHO, "");
	assert_int_equal(event.control.message, L2F_ECHO);
	options_are("L2F_ECHO data 70696e67");
	gives("5001010400000016 000f 3fa463f2 05", "");
	assert_int_equal(event.control.message, L2F_ECHO_RESP);
	/* A password of PAP is not shown. */
	gives("1001010200070016 0011 02 0304 70617373", "");
	options_are("L2F_OPEN_RESP (hidden)");
}

static void payload_goes_on_to_ppp(void **state)
{
	(void)state;
	gives(DATA, "");
	assert_int_equal(event.kind, EVENT_PPP);
	assert_int_equal(event.ppp.protocol, PPP_LCP);
	assert_int_equal(event.l2tp.l2f_protocol, 2);
	assert_false(event.l2tp.has_sequence);
	assert_int_equal(event.to.session_id, 7);
	gives("0001030000070016 000e 45000000", "");
	assert_int_equal(event.kind, EVENT_DATA);
	assert_int_equal(event.data.length, 4);
	/* What follows the Length is ignored (4.2.8). */
	gives("0001020000070016 0012 ff03c02101010004 0000", "");
	assert_true(event.ppp.is_complete);
}

static void faults_are_told(void **state)
{
	(void)state;
	gives("5009010100000016 0021 3fa463f2 02 0310409fc1c562745c4307180bdc1a57f5a8 509f",
	      "l2f-checksum-bad@33");
	gives("5009010100000016 0021 3fa463f2 02 0310409fc1c562745c4307180bdc1a57f5a8",
	      "l2f-checksum-bad@33");
	gives("1001010000000000 000c 01 02", "l2f-option-overruns@11");
	gives("1001010000000000 000d 01 0200", "l2f-option-bad-length@11");
	gives("1001010000000000 000f 01 0203 6e61", "l2f-option-overruns@11");
	gives("1001010000000000 000d 01 0901", "l2f-option-unknown@11");
	gives("1001010000000000 000b 00", "l2f-message-invalid@10");
	gives("1001010000000000 000a", "l2f-option-overruns@10");
	gives("1001010000000000 0009", "l2tp-length-below-header@8");
	gives("1001010000000000 000c 04", "l2tp-length-exceeds-udp@8");
	gives("9001010000000000 000d 0002 04", "l2tp-offset-past-end@10");
	gives("1001", "l2tp-short-header@2");
}

static void cuts_and_lengths(void **state)
{
	static const uint16_t values[] = {0, 1, 0xffff};

	(void)state;
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		struct span whole = octets(arena, packets[i]);

		for (size_t n = 2; n < whole.len; n++) {
			uint8_t *copy = exact_copy(span_of(whole.at, n));

			decode(span_of(copy, n), whole.len - n);
			for (size_t d = 0; d < defects.n; d++)
				assert_int_equal(defects.at[d].id, DEFECT_FRAME_CUT);
			decode(span_of(copy, n), 0);
			assert_true(defects.n > 0);
			assert_false(event.control.is_complete && n + 2 < whole.len);
			free(copy);
		}
		for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
			uint8_t *copy = exact_copy(whole);

			copy[8] = (uint8_t)(values[v] >> 8);
			copy[9] = (uint8_t)values[v];
			decode(span_of(copy, whole.len), 0);
			assert_true(defects.n > 0);
			assert_false(event.control.is_complete);
			free(copy);
		}
	}
}

static void rows_are_in_order(void **state)
{
	const struct avp_row *rows;
	size_t n = l2f_rows(&rows);

	(void)state;
	for (size_t i = 1; i < n; i++)
		assert_true(rows[i - 1].number < rows[i].number);
	/* every option of l2f.tsv, and the data of the two echoes */
	assert_int_equal(n, 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(messages_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(payload_goes_on_to_ppp, set_up, tear_down),
		cmocka_unit_test_setup_teardown(faults_are_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cuts_and_lengths, set_up, tear_down),
		cmocka_unit_test(rows_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
