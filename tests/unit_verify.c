/* Digests against published and independently computed vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "octets.h"
#include "verify.h"

#define ZERO_TO_F "000102030405060708090a0b0c0d0e0f"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct span text(const char *s)
{
	return span_of(s, strlen(s));
}

static void is_hex(const uint8_t *got, size_t len, const char *expected)
{
	assert_true(span_equal(span_of(got, len), octets(arena, expected)));
}

static void tunnel_responses(void **state)
{
	uint8_t got[16];

	(void)state;
	verify_tunnel_response(2, text("secret1"), octets(arena, ZERO_TO_F), got);
	is_hex(got, 16, "0d25afab7fb17c2e3c6ea6e6c14d487a");
	verify_tunnel_response(3, text("secret1"), octets(arena, ZERO_TO_F), got);
	is_hex(got, 16, "57bb79583b3dcacfbab93666d485e7c4");
}

static void l2tpv3_digests(void **state)
{
	struct span low = octets(arena, ZERO_TO_F);
	struct span high = octets(arena, "101112131415161718191a1b1c1d1e1f");
	uint8_t key[16];
	uint8_t got[20];

	(void)state;
	verify_v3_key(V3_KEY_HIDING, text("secret1"), key);
	is_hex(key, 16, "d9a4cd6cff1febb1cdb60a8106adad90");
	verify_v3_key(V3_KEY_DIGEST, text("secret1"), key);
	is_hex(key, 16, "eb9264771eda325ad6883a318e09b38f");
	verify_v3_digest(false, span_of(key, 16), span_of(NULL, 0), span_of(NULL, 0),
			 octets(arena, "c80300690000000000000000800800000000000180170000003b00"
				       "00000000000000000000000000000000800c000000076c6363652d61"
				       "800a0000003c0a000001800a0000003d1122334480080000003e0005"
				       "801600000049" ZERO_TO_F),
			 got);
	is_hex(got, 16, "2bab8c9b2fac7f330faccd9a9f88d7c5");
	verify_v3_digest(false, span_of(key, 16), low, high,
			 octets(arena, "c803002b5566778800020001800800000000000680170000003b00"
				       "00000000000000000000000000000000"),
			 got);
	is_hex(got, 16, "1333690db51fc2960bf32403d58805f8");
	verify_v3_digest(true, span_of(key, 16), low, high,
			 octets(arena, "c803002f55667788000200018008000000000006801b0000003b01"
				       "0000000000000000000000000000000000000000"),
			 got);
	is_hex(got, 20, "0ee175fc2811a1092cc005e410fd82ec635fd2e4");
}

static void l2f_responses(void **state)
{
	uint8_t got[16];

	(void)state;
	verify_l2f_response(22, text("secret1"), octets(arena, ZERO_TO_F), got);
	is_hex(got, 16, "409fc1c562745c4307180bdc1a57f5a8");
	assert_int_equal(verify_l2f_key(got), 0x3fa463f2);
	/* Only the low octet of the Client ID counts. */
	verify_l2f_response(0x116, text("secret1"), octets(arena, ZERO_TO_F), got);
	assert_int_equal(verify_l2f_key(got), 0x3fa463f2);
}

static void chap_md5(void **state)
{
	struct span challenge = octets(arena, ZERO_TO_F);
	struct span response = octets(arena, "182f80145163b43d88dbddbe52d042bf");
	uint8_t got[16];

	(void)state;
	verify_chap_md5(5, text("clientpw"), challenge, got);
	is_hex(got, 16, "182f80145163b43d88dbddbe52d042bf");
	assert_true(verify_chap(5, 5, STR("any"), text("clientpw"), challenge, response));
	assert_false(verify_chap(5, 6, STR("any"), text("clientpw"), challenge, response));
	assert_false(verify_chap(5, 5, STR("any"), text("clientpW"), challenge, response));
	response.len--;
	assert_false(verify_chap(5, 5, STR("any"), text("clientpw"), challenge, response));
	assert_false(verify_chap(99, 5, STR("any"), text("clientpw"), challenge, response));
	assert_false(
		verify_chap(5, 5, STR(""), (struct span){0}, (struct span){0}, (struct span){0}));
}

/* RFC 2433 B.2, B.3: the LM and the NT response of one password, flag 0 and 1. */
static void mschap_v1(void **state)
{
	struct span challenge = octets(arena, "102db5df085d3041");
	const char *both = "91881d0152ab0c33c524135ec24a95ee64e23cdc2d33347d"
			   "4e9d3c8f9cfd385d5bf4d3246791956ca4c351ab409a3d61";
	struct span nt = octets(arena, arena_printf(arena, "%s01", both).at);
	struct span lm = octets(arena, arena_printf(arena, "%s00", both).at);

	(void)state;
	assert_true(verify_chap(128, 0, STR(""), text("MyPw"), challenge, nt));
	assert_false(verify_chap(128, 0, STR(""), text("mypw"), challenge, nt));
	/* LM knows no case. */
	assert_true(verify_chap(128, 0, STR(""), text("mypw"), challenge, lm));
	assert_false(verify_chap(128, 0, STR(""), text("myp"), challenge, lm));
	challenge.len--;
	assert_false(verify_chap(128, 0, STR(""), text("MyPw"), challenge, nt));
}

/* RFC 2759 9.2 */
static void mschap_v2(void **state)
{
	struct span challenge = octets(arena, "5b5d7c7d7b3f2f3e3c2c602132262628");
	struct span response = octets(arena, "21402324255e262a28295f2b3a337c7e"
					     "0000000000000000"
					     "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df"
					     "00");
	char success[43];

	(void)state;
	assert_true(verify_chap(129, 0, STR("User"), text("clientPass"), challenge, response));
	assert_true(verify_chap(129, 0, STR("DOM\\User"), text("clientPass"), challenge, response));
	assert_false(verify_chap(129, 0, STR("user"), text("clientPass"), challenge, response));
	assert_false(verify_chap(129, 0, STR("User"), text("clientpass"), challenge, response));
	verify_mschapv2_success(STR("User"), text("clientPass"), challenge, response, success);
	assert_string_equal(success, "S=407A5589115FD0D6209F510FE9C04566932CDA56");
	response.len--;
	assert_false(verify_chap(129, 0, STR("User"), text("clientPass"), challenge, response));
	verify_mschapv2_success(STR("User"), text("clientPass"), challenge, response, success);
	assert_string_equal(success, "");
}

/* Passwords come as UTF-8 and are hashed as UTF-16; broken UTF-8 must not be read past. */
static void passwords_of_any_bytes(void **state)
{
	static const char *const broken[] = {"c3", "e282", "f09f98",  "ff",
					     "80", "c328", "f8888080"};
	struct span challenge = octets(arena, "102db5df085d3041");
	uint8_t response[49] = {[48] = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct span s = octets(arena, broken[i]);
		uint8_t *copy = exact_copy(s);

		assert_false(verify_chap(128, 0, STR(""), span_of(copy, s.len), challenge,
					 span_of(response, sizeof(response))));
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tunnel_responses, setup, teardown),
		cmocka_unit_test_setup_teardown(l2tpv3_digests, setup, teardown),
		cmocka_unit_test_setup_teardown(l2f_responses, setup, teardown),
		cmocka_unit_test_setup_teardown(chap_md5, setup, teardown),
		cmocka_unit_test_setup_teardown(mschap_v1, setup, teardown),
		cmocka_unit_test_setup_teardown(mschap_v2, setup, teardown),
		cmocka_unit_test_setup_teardown(passwords_of_any_bytes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
