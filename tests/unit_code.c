/* Laws over the named numbers, and every row of the reference tables in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "code.h"
#include "tsv.h"

static void rows_are_sorted_unique_and_named(void **state)
{
	const struct code_row *rows;
	size_t n = code_rows(&rows);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_in_range(rows[i].domain, 0, CODE_DOMAINS - 1);
		assert_true(rows[i].name[0] && rows[i].name[0] != ' ');
		assert_non_null(rows[i].about);
		assert_non_null(rows[i].ref);
		assert_ptr_equal(code_lookup(rows[i].domain, rows[i].number), &rows[i]);
		if (i == 0)
			continue;
		assert_true(rows[i - 1].domain < rows[i].domain ||
			    (rows[i - 1].domain == rows[i].domain &&
			     rows[i - 1].number < rows[i].number));
	}
}

static void domains_are_named_and_have_rows(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CODE_DOMAINS; i++) {
		const struct code_row *rows;
		size_t n = code_rows(&rows);
		size_t of_this = 0;

		assert_non_null(code_domain_name((enum code_domain)i));
		for (size_t j = 0; j < n; j++)
			of_this += rows[j].domain == i;
		assert_true(of_this > 0);
	}
	assert_null(code_domain_name(CODE_DOMAINS));
	assert_null(code_lookup(CODE_DOMAINS, 1));
}

static void messages_are_spelled_as_in_the_rfc(void **state)
{
	(void)state;
	assert_string_equal(code_name(CODE_MESSAGE, ZLB), "ZLB");
	assert_string_equal(code_name(CODE_MESSAGE, SCCRQ), "SCCRQ");
	assert_string_equal(code_name(CODE_MESSAGE, STOPCCN), "StopCCN");
	assert_string_equal(code_name(CODE_MESSAGE, HELLO), "HELLO");
	assert_string_equal(code_name(CODE_MESSAGE, CDN), "CDN");
	assert_string_equal(code_name(CODE_MESSAGE, CSURQ), "CSURQ");
	assert_null(code_name(CODE_MESSAGE, 5));
	assert_null(code_name(CODE_MESSAGE, 13));
	assert_string_equal(code_name(CODE_CDN, 1), "Loss of carrier");
}

static void control_codes_belong_to_their_protocol(void **state)
{
	(void)state;
	assert_string_equal(ppp_code_name(PPP_IPCP, CP_CONFREQ), "Configure-Request");
	assert_string_equal(ppp_code_short(PPP_LCP, CP_TERMACK), "TERMACK");
	assert_string_equal(ppp_code_name(PPP_LCP, CP_ECHOREQ), "Echo-Request");
	assert_null(ppp_code_name(PPP_IPCP, CP_ECHOREQ));
	assert_null(ppp_code_short(PPP_IPCP, CP_ECHOREQ));
	assert_string_equal(ppp_code_name(PPP_CCP, 14), "Reset-Request");
	assert_null(ppp_code_name(PPP_LCP, 14));
	assert_string_equal(ppp_code_name(PPP_PAP, PAP_NAK), "Authenticate-Nak");
	assert_string_equal(ppp_code_short(PPP_CHAP, CHAP_CHALLENGE), "CHALLENGE");
	assert_string_equal(ppp_code_name(PPP_EAP, EAP_FAILURE), "Failure");
	assert_string_equal(ppp_code_name(PPP_BAP, 1), "Call-Request");
	assert_null(ppp_code_name(PPP_IPV4, 1));
	assert_null(ppp_code_name(PPP_LCP, 200));
}

/* Where the rows of one table stand in code.def: `kind` picks rows by their first column. */
static const struct {
	const char *file;
	const char *kind; /* value of `kind_column`; NULL for all rows */
	unsigned kind_column, number_column;
	enum code_domain domain;
} tables[] = {
	{"messages.tsv", NULL, 0, 0, CODE_MESSAGE},
	{"codes.tsv", "stopccn", 0, 1, CODE_STOPCCN},
	{"codes.tsv", "cdn", 0, 1, CODE_CDN},
	{"codes.tsv", "error", 0, 1, CODE_ERROR},
	{"codes.tsv", "proxyauth", 0, 1, CODE_PROXY_AUTH},
	{"codes.tsv", "pppdisc", 0, 1, CODE_DISCONNECT},
	{"q931.tsv", NULL, 0, 0, CODE_Q931},
	{"ppp-protocols.tsv", NULL, 0, 0, CODE_PPP_PROTOCOL},
	{"ppp-codes.tsv", "any-cp", 0, 1, CODE_LCP},
	{"ppp-codes.tsv", "0xc021", 0, 1, CODE_LCP},
	{"ppp-codes.tsv", "0x80fd", 0, 1, CODE_LCP},
	{"ppp-codes.tsv", "0xc023", 0, 1, CODE_PAP},
	{"ppp-codes.tsv", "0xc223", 0, 1, CODE_CHAP},
	{"ppp-codes.tsv", "0xc227", 0, 1, CODE_EAP},
	{"ppp-codes.tsv", "0xc029", 0, 1, CODE_CBCP},
	{"ppp-codes.tsv", "0xc02d", 0, 1, CODE_BAP},
	{"chap-algs.tsv", NULL, 0, 0, CODE_CHAP_ALGORITHM},
	{"eap.tsv", NULL, 0, 0, CODE_EAP_TYPE},
	{"pwtypes.tsv", NULL, 0, 0, CODE_PW_TYPE},
	{"l2f.tsv", "message", 0, 1, CODE_L2F},
	{"pppoe.tsv", "code", 0, 1, CODE_PPPOE},
};

static void every_reference_row_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		struct tsv t;
		size_t n = 0;

		if (!tsv_open(&t, tables[i].file)) {
			print_message("skipped: ../shared is not there\n");
			skip();
		}
		while (tsv_next(&t)) {
			uint64_t number;

			if (tables[i].kind &&
			    !str_is(t.column[tables[i].kind_column], tables[i].kind))
				continue;
			/* Reserved message types are no messages. */
			if (tables[i].domain == CODE_MESSAGE && str_is(t.column[2], "reserved"))
				continue;
			assert_true(str_u64(t.column[tables[i].number_column], &number));
			assert_non_null(code_lookup(tables[i].domain, (uint32_t)number));
			n++;
		}
		fclose(t.file);
		assert_true(n > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sorted_unique_and_named),
		cmocka_unit_test(domains_are_named_and_have_rows),
		cmocka_unit_test(messages_are_spelled_as_in_the_rfc),
		cmocka_unit_test(control_codes_belong_to_their_protocol),
		cmocka_unit_test(every_reference_row_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
