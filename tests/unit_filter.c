/* The filter language over a hand-made call, tunnel and message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "code.h"
#include "filter.h"

static struct rule_row rule = {.id = "avp-bad-length", .severity = SEVERITY_ERROR};
static struct finding finding = {.rule = &rule, .severity = SEVERITY_ERROR};
static struct finding_link link = {.finding = &finding};
static struct tunnel tunnel = {
	.number = 3,
	.version = 2,
	.peer = {[RESPONDER] = {.address = {.family = 6,
					    .octets = {0x20, 1, 0x0d, 0xb8, [15] = 1}}}},
};
static struct call call = {
	.number = 7,
	.tunnel = &tunnel,
	.roles_known = true,
	.user = {.at = "bob@example.com", .len = 15},
	.reached = REACHED_LCP,
	.outcome = OUTCOME_FAILED,
	.cause = "auth-rejected",
	.setup_s = 2.5,
	.duration_s = -1,
	.side = {{.tunnel_id = 17688, .address = {.family = 4, .octets = {10, 51, 6, 68}}}},
	.findings = &link,
};
static struct event event = {
	.kind = EVENT_PPP,
	.l2tp = {.is_present = true, .has_ids = true, .tunnel_id = 17688, .version = 2},
	.from = {.address = {.family = 4, .octets = {10, 51, 6, 68}}, .port = 1701},
	.to = {.address = {.family = 4, .octets = {10, 51, 6, 82}}, .port = 1701},
	.ppp = {.protocol = PPP_LCP, .code = CP_TERMREQ, .id = 4, .has_id = true},
};

static bool fits(const char *expression)
{
	struct text why = text_make(4096);
	struct filter *f = filter_parse(expression, &why);
	struct arena *arena = arena_new((size_t)1 << 20);
	struct subject s = {.call = &call, .tunnel = &tunnel, .event = &event, .arena = arena};
	bool is_fit;

	if (f == NULL)
		fail_msg("%s", why.at);
	is_fit = filter_fits(f, &s);
	filter_free(f);
	arena_free(arena);
	text_free(&why);
	return is_fit;
}

static void refused(const char *expression, const char *reason, size_t caret)
{
	struct text why = text_make(4096);
	struct str last;

	assert_null(filter_parse(expression, &why));
	assert_true(str_find(text_str(&why), str_of(reason)) != SIZE_MAX);
	last = str_from(text_str(&why), why.len - caret - 1);
	assert_int_equal(last.at[caret], '^');
	for (size_t i = 0; i < caret; i++)
		assert_int_equal(last.at[i], ' ');
	text_free(&why);
}

static void test_compares(void **state)
{
	(void)state;
	assert_true(fits("call.id == 7"));
	assert_true(fits("call.id == 0x7"));
	assert_false(fits("call.id == 8"));
	assert_true(fits("call.id != 8"));
	assert_true(fits("call.setup_s > 2 && call.setup_s <= 2.5"));
	assert_true(fits("call.setup_s gt 2 and call.setup_s le 2.5"));
	assert_true(fits("call.user == \"bob@example.com\""));
	assert_true(fits("call.user == bob@example.com"));
	assert_true(fits("call.cause == auth-rejected"));
	assert_true(fits("call.lac.tunnel_id == 17688"));
	assert_true(fits("call.lac.address == 10.51.6.68"));
}

static void test_words_have_an_order(void **state)
{
	(void)state;
	assert_true(fits("call.reached < auth"));
	assert_true(fits("call.reached >= session"));
	assert_true(fits("finding.severity >= warning"));
}

static void test_text(void **state)
{
	(void)state;
	assert_true(fits("call.user contains \"@example\""));
	assert_true(fits("call.user matches \"^BOB@.*com$\""));
	assert_false(fits("call.user matches \"^alice\""));
	assert_true(fits("call.cause in {busy, no-carrier, auth-rejected}"));
	assert_true(fits("call.id in {1..3, 5..9}"));
	assert_false(fits("call.id in {1..3}"));
	assert_true(fits("call.id in {1 .. 3, 5.. 9}"));
	assert_true(fits("call.id not in {1..3, 8}"));
	assert_false(fits("call.id not in {5 ..9}"));
	assert_false(fits("call.called_number not in {5}"));
}

/* An address is compared by its octets, however it is written, and lies in a block of them. */
static void test_addresses(void **state)
{
	(void)state;
	assert_true(fits("call.lac.address == 10.51.6.0/24"));
	assert_true(fits("call.lac.address == 0.0.0.0/0"));
	assert_true(fits("call.lac.address == 10.51.6.64/29"));
	assert_false(fits("call.lac.address == 10.51.6.72/29"));
	assert_true(fits("call.lac.address != 10.51.7.0/24"));
	assert_false(fits("call.lac.address == ::/0"));
	assert_true(fits("call.lac.address in {192.0.2.0/24, 10.0.0.0/8}"));
	assert_true(fits("call.lac.address > 10.51.6.9"));
	assert_true(fits("call.lac.address < 10.51.6.100"));
	assert_true(fits("ip.addr == 10.51.6.80/30"));
	assert_true(fits("tunnel.responder.address == 2001:DB8:0:0::1"));
	assert_true(fits("tunnel.responder.address == 2001:db8::/33"));
	assert_false(fits("tunnel.responder.address == 2001:db8:8000::/33"));
}

/* Times are those that --since takes, and not text. */
static void test_times(void **state)
{
	(void)state;
	call.start = mark_at(
		(struct sight){.frame = 1,
			       .when = {.ns = clock_from_civil(2024, 5, 1, 12, 0, 30, 500000000),
					.grain_ns = 1000000,
					.kind = CLOCK_ABSOLUTE}});
	assert_true(fits("call.start > 12:00:30"));
	assert_false(fits("call.start > 12:00:31"));
	assert_true(fits("call.start < 12:01"));
	assert_true(fits("call.start >= 2024-05-01T12:00"));
	assert_false(fits("call.start >= \"2024-05-01 12:00:31\""));
	assert_true(fits("call.start == 2024-05-01T12:00:30.500Z"));
	assert_true(fits("call.start != 2024-05-02"));
	assert_true(fits("call.start contains 2024-05"));
	assert_true(fits("call.start"));
	call.start = (struct mark){0};
	assert_false(fits("call.start != 12:00"));
}

static void test_protocols(void **state)
{
	(void)state;
	assert_true(fits("lcp"));
	assert_true(fits("ppp and l2tp"));
	assert_false(fits("ipcp"));
	assert_false(fits("radius or pppoed or pptp"));
}

static void test_logic(void **state)
{
	(void)state;
	assert_true(fits("call.id == 7 xor call.id == 8"));
	assert_false(fits("call.id == 7 ^^ tunnel.id == 3"));
	assert_true(fits("call.id == 7 or call.id == 7 xor call.id == 7"));
	assert_true(fits("!(call.id == 8) and (call.id == 9 or tunnel.id == 3)"));
	assert_true(fits("call.id == 7 || call.id == 8 && call.id == 9"));
	assert_false(fits("not call.id == 7"));
}

/* What is unknown fits nothing, not even `!=`. */
static void test_unknown(void **state)
{
	(void)state;
	assert_false(fits("call.duration_s"));
	assert_false(fits("call.duration_s < 5"));
	assert_false(fits("call.called_number != 5"));
	assert_true(fits("!call.called_number"));
	assert_true(fits("call.user"));
}

static void test_messages(void **state)
{
	(void)state;
	assert_true(fits("ppp.code == TERMREQ"));
	assert_true(fits("ppp.code == 5 and ppp.protocol == 0xc021"));
	assert_true(fits("ip.addr == 10.51.6.82"));
	assert_true(fits("ip.addr != 10.51.6.83"));
	assert_false(fits("ip.addr != 10.51.6.82"));
	assert_true(fits("udp.port == 1701"));
	assert_false(fits("l2tp.Ns"));
}

static void test_findings_of_a_call(void **state)
{
	(void)state;
	assert_true(fits("finding.rule == avp-bad-length"));
	assert_false(fits("finding.rule == fsm-tunnel"));
}

static void test_refuses_with_a_caret(void **state)
{
	(void)state;
	refused("call.usr == 1", "no field `call.usr`", 2);
	refused("call.user ==", "value is missing", 14);
	refused("call.id == 1 call.id", "or the end belongs", 15);
	refused("(call.id == 1", "`)` is missing", 15);
	refused("call.reached == ncpp", "is `ncp` meant?", 18);
	refused("call.reached == far", "one of none tunnel", 18);
	refused("call.outcome == faild", "is `failed` meant?", 18);
	refused("call.cause in {busy, auth-rejectd}", "is `auth-rejected` meant?", 16);
	refused("call.severity == error", "is `finding.severity` meant?", 2);
	refused("call.user matches \"(\"", "no regular expression", 20);
	refused("call.user == \"bob", "no end", 15);
	refused("call.id in 5", "needs a set", 13);
	refused("call.id in {1 ..}", "a range is", 15);
	refused("call.id == seven", "it is a number", 13);
	refused("call.id == nan", "it is a number", 13);
	refused("call.setup_s in {1, x}", "it is a number", 18);
	refused("call.auth.proxy == yes", "true or false", 21);
	refused("call.start > noon", "it is a time", 15);
	refused("call.lac == hgw", "call.lac.name, call.lac.address", 14);
	refused("call.attempts == 1", "it is not compared", 17);
	refused("call.user == 'bob'", "double quotes", 15);
	refused("", "field is missing", 2);
}

/* Any depth and length is refused, never a stack that overflows. */
static void test_bounds(void **state)
{
	struct text deep = text_make(1 << 20);
	struct text why = text_make(1 << 21);

	(void)state;
	for (size_t i = 0; i < 10000; i++)
		text_putc(&deep, i % 2 == 0 ? '(' : '!');
	assert_null(filter_parse(deep.at, &why));
	text_clear(&deep);
	text_clear(&why);
	text_puts(&deep, "call.id == 1");
	for (size_t i = 0; i < 10000; i++)
		text_puts(&deep, " or call.id == 1");
	assert_null(filter_parse(deep.at, &why));
	text_free(&deep);
	text_free(&why);
}

/* An expression whose steps double with each letter comes to its end, and that is told. */
static void test_gives_up(void **state)
{
	static const char *const cases[] = {"call.user matches \"^(b|[a-z])*$\"",
					    "call.user matches \"^(([a-z])+)+$\""};
	struct arena *arena = arena_new((size_t)1 << 20);
	struct subject s = {.call = &call, .arena = arena};
	struct str was = call.user;

	(void)state;
	call.user = STR("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb@");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text why = text_make(4096);
		struct filter *f = filter_parse(cases[i], &why);

		assert_non_null(f);
		assert_false(filter_gave_up(f));
		assert_false(filter_fits(f, &s));
		assert_true(filter_gave_up(f));
		filter_free(f);
		text_free(&why);
	}
	call.user = was;
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compares),
		cmocka_unit_test(test_words_have_an_order),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_logic),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_findings_of_a_call),
		cmocka_unit_test(test_refuses_with_a_caret),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_gives_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
