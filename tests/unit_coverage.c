/* Every row of the reference tables of PPPoE, RADIUS and PPP options has a row here. The others
 * are proved in unit_avp.c and unit_code.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "code.h"
#include "ppp_option.h"
#include "pppoe.h"
#include "radius.h"
#include "tsv.h"

static uint32_t number_of(struct str s)
{
	uint32_t number = UINT32_MAX;

	assert_true(str_u32(s, &number));
	return number;
}

static void every_pppoe_row_is_known(void **state)
{
	struct tsv t;
	unsigned n = 0;

	(void)state;
	if (!tsv_open(&t, "pppoe.tsv"))
		skip();
	for (; tsv_next(&t); n++) {
		uint16_t number = (uint16_t)number_of(t.column[1]);

		if (str_is(t.column[0], "code"))
			assert_non_null(code_name(CODE_PPPOE, number));
		else if (str_is(t.column[0], "tag"))
			assert_non_null(pppoe_tag_lookup(TAG_OF_PPPOE, number));
		else
			assert_non_null(pppoe_tag_lookup(TAG_OF_TR101, number));
	}
	fclose(t.file);
	assert_true(n > 40);
}

/* `"vpdn:nas-password / vpdn:gw-password=X"`: the first name of the row. */
static struct str pair_of(struct str cell)
{
	size_t quote = str_find(cell, STR("\""));
	struct str name = str_from(cell, quote == SIZE_MAX ? 0 : quote + 1);
	size_t end = 0;

	while (end < name.len && name.at[end] != '=' && name.at[end] != ' ' && name.at[end] != '"')
		end++;
	return (struct str){.at = name.at, .len = end};
}

static uint32_t vendor_of(struct str kind)
{
	if (str_is(kind, "ms"))
		return 311;
	if (str_is(kind, "bbf"))
		return 3561;
	return str_is(kind, "cisco") ? 9 : 0;
}

static void every_radius_row_is_known(void **state)
{
	struct tsv t;
	unsigned n = 0;

	(void)state;
	if (!tsv_open(&t, "radius.tsv"))
		skip();
	for (; tsv_next(&t); n++) {
		size_t dash = str_find(t.column[1], STR("-"));
		struct str cell = t.column[1];
		uint32_t first, last;

		if (dash != SIZE_MAX)
			cell.len = dash;
		first = last = number_of(cell);
		if (dash != SIZE_MAX)
			last = number_of(str_from(t.column[1], dash + 1));
		if (str_is(t.column[0], "code")) {
			assert_non_null(code_name(CODE_RADIUS, first));
			continue;
		}
		for (uint32_t i = first; i <= last; i++)
			assert_non_null(radius_lookup(vendor_of(t.column[0]), (uint8_t)i));
		if (str_is(t.column[0], "cisco") && first == 1)
			assert_non_null(radius_pair_about(pair_of(t.column[2])));
	}
	fclose(t.file);
	assert_true(n > 100);
}

static void every_option_row_is_known(void **state)
{
	static const struct {
		const char *name;
		uint16_t number;
	} protocols[] = {
		{"LCP", 0xc021}, {"IPCP", 0x8021}, {"IPV6CP", 0x8057},
		{"CCP", 0x80fd}, {"ECP", 0x8053},  {"BACP", 0xc02b},
		{"BAP", 0xc02d}, {"CBCP", 0xc029}, {"BCP", 0x8031},
	};
	struct tsv t;
	unsigned n = 0;

	(void)state;
	if (!tsv_open(&t, "ppp-options.tsv"))
		skip();
	while (tsv_next(&t)) {
		uint32_t number;

		for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
			if (!str_is(t.column[0], protocols[i].name) ||
			    !str_u32(t.column[1], &number))
				continue;
			assert_non_null(option_lookup(protocols[i].number, (uint8_t)number));
			n++;
		}
	}
	fclose(t.file);
	assert_int_equal(n, 82); /* all but MPLSCP, which has none */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pppoe_row_is_known),
		cmocka_unit_test(every_radius_row_is_known),
		cmocka_unit_test(every_option_row_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
