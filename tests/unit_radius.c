/* RADIUS from literal octets: attributes, pairing, and what the secret proves and reveals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "octets.h"
#include "radius.h"

/* Request Authenticator 20..2f, as in the vectors. */
#define VECTOR "202122232425262728292a2b2c2d2e2f"

/* Access-Request: user, User-Password "userpw" with the secret "radsec", Service-Type. */
static const char request_hex[] = "0105 0000" VECTOR "0107 626f624061" /* User-Name bob@a */
				  "0212 4c4d7136898440bc26c8696cba034441"
				  "0606 00000002"
				  "0406 0a000001"
				  "4f09 0207 0007 01 626f";

/* Attributes of a reply: one tunnel, tag 1, with the vector's Tunnel-Password; vendors. */
static const char reply_attributes[] = "4006 01000003"
				       "4106 01000001"
				       "430b 01 31302e302e302e32"
				       "4515 01 8001 18504151e50ca121f9960d5ec626f0f4"
				       "5a06 01 6c6163"
				       "5306 01000005"
				       "1a19 00000009 0113 7670646e3a74756e6e656c2d69643d4c41"
				       "1a0c 00000de9 8106 00000400"
				       "1a14 00000137 020e 05453d36393120523d302056"
				       "610c 0040 20010db800000000"
				       "6005 020000"
				       "3706 65920000"
				       "ff04 beef";

struct fixture {
	struct arena *arena;
	struct secrets *secrets;
	struct radius_decoder *decoder;
	struct event e;
	struct defect_list defects;
	uint8_t *exact;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new((size_t)64 << 20);
	f->secrets = secrets_new();
	f->decoder = radius_decoder_new(f->arena, f->secrets);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	radius_decoder_free(f->decoder);
	secrets_free(f->secrets);
	arena_free(f->arena);
	free(f->exact);
	free(f);
	return 0;
}

static void secret_give(struct fixture *f, const char *value)
{
	secrets_add(f->secrets, SECRET_RADIUS, STR("10.0.0.2"), span_of(value, strlen(value)),
		    false);
}

/* `second`: when it came, and its frame. */
static void decode(struct fixture *f, struct span packet, bool is_reply, int second)
{
	struct party client = {.address = address_v4(0x0a000001), .port = 40000};
	struct party server = {.address = address_v4(0x0a000002), .port = 1812};

	f->e = (struct event){.kind = EVENT_OTHER};
	f->e.from = is_reply ? server : client;
	f->e.to = is_reply ? client : server;
	f->e.origin.frame = (uint64_t)second + 1;
	f->e.when = (struct moment){
		.ns = second * INT64_C(1000000000), .grain_ns = 1, .kind = CLOCK_ABSOLUTE};
	f->defects = (struct defect_list){.arena = f->arena};
	free(f->exact);
	f->exact = exact_copy(packet);
	radius_decode(f->decoder, span_of(f->exact, packet.len), 0, &f->e, &f->defects);
}

static void length_set(uint8_t *packet, size_t n)
{
	packet[2] = (uint8_t)(n >> 8);
	packet[3] = (uint8_t)n;
}

static struct span request(struct fixture *f)
{
	struct span s = octets(f->arena, request_hex);
	uint8_t *packet = arena_alloc(f->arena, s.len);

	memcpy(packet, s.at, s.len);
	length_set(packet, s.len);
	return span_of(packet, s.len);
}

/* An Access-Accept with an authenticator made with the secret. */
static struct span reply(struct fixture *f, const char *secret)
{
	struct span attributes = octets(f->arena, reply_attributes);
	struct span vector = octets(f->arena, VECTOR);
	uint8_t *packet = arena_alloc(f->arena, 20 + attributes.len);

	packet[0] = 2;
	packet[1] = 5;
	length_set(packet, 20 + attributes.len);
	memcpy(packet + 20, attributes.at, attributes.len);
	radius_authenticator(span_of(packet, 20 + attributes.len), vector,
			     span_of(secret, strlen(secret)), packet + 4);
	return span_of(packet, 20 + attributes.len);
}

static void value_is(struct fixture *f, const char *field, const char *printed)
{
	const struct value *v = value_find(f->e.values, f->e.n_values, field);
	struct text t = text_make(400);

	assert_non_null(v);
	value_print(&t, v, true);
	assert_string_equal(t.at ? t.at : "", printed);
	text_free(&t);
}

static void a_user_password_needs_the_secret(void **state)
{
	struct fixture *f = *state;
	struct text t = text_make(200);

	decode(f, request(f), false, 0);
	assert_int_equal(f->defects.n, 0);
	value_is(f, "radius.User_Password",
		 "0x4c4d7136898440bc26c8696cba034441 "
		 "(hidden; give the RADIUS secret with --secrets to see it)");
	secret_give(f, "radsec");
	decode(f, request(f), false, 0);
	value_is(f, "radius.User_Password", "userpw");
	value_print(&t, value_find(f->e.values, f->e.n_values, "radius.User_Password"), false);
	assert_string_equal(t.at, "(hidden)");
	value_is(f, "radius.User_Name", "bob@a");
	value_is(f, "radius.Service_Type", "2 (Framed)");
	value_is(f, "radius.NAS_IP_Address", "10.0.0.1");
	value_is(f, "eap.identity", "bo");
	text_free(&t);
}

static void a_wrong_secret_reveals_nothing(void **state)
{
	struct fixture *f = *state;

	secret_give(f, "wrong");
	decode(f, request(f), false, 0);
	value_is(f, "radius.User_Password",
		 "0x4c4d7136898440bc26c8696cba034441 (makes no sense with the given secret)");
	decode(f, reply(f, "radsec"), true, 1);
	assert_true(f->defects.n > 0);
	assert_int_equal(f->defects.at[0].id, DEFECT_RADIUS_AUTHENTICATOR);
	value_is(f, "radius.authenticator.valid", "no");
}

static void a_reply_is_proved_and_its_tunnel_secret_learned(void **state)
{
	struct fixture *f = *state;
	const struct secret *learned;
	size_t at = 0;

	secret_give(f, "radsec");
	decode(f, request(f), false, 0);
	for (int i = 0; i < 3; i++)
		decode(f, reply(f, "radsec"), true, 2);
	assert_int_equal(f->e.neighbour.request, 1);
	value_is(f, "radius.authenticator.valid", "yes");
	value_is(f, "radius.time", "2.000000");
	value_is(f, "radius.Tunnel_Type", "3 (L2TP)");
	value_is(f, "radius.Tunnel_Server_Endpoint", "10.0.0.2");
	assert_int_equal(value_find(f->e.values, f->e.n_values, "radius.Tunnel_Type")->tag, 1);
	value_is(f, "radius.Tunnel_Password", "secret1");
	value_is(f, "radius.Tunnel_Preference", "5");
	value_is(f, "radius.Cisco_AVPair", "vpdn:tunnel-id=LA (LAC host name to use)");
	value_is(f, "radius.Actual_Data_Rate_Upstream", "1024");
	value_is(f, "MS-CHAP error", "691 (authentication failure)");
	value_is(f, "MS-CHAP retry allowed", "0 (no)");
	value_is(f, "radius.Framed_IPv6_Prefix", "2001:db8::/64");
	value_is(f, "radius.Unknown_Attribute", "0xbeef (type 255)");
	learned = secrets_find(f->secrets, SECRET_TUNNEL, STR("*"), &at);
	assert_non_null(learned);
	assert_true(learned->is_learned);
	assert_memory_equal(learned->value.at, "secret1", 7);
	assert_null(secrets_find(f->secrets, SECRET_TUNNEL, STR("*"), &at));
}

static void a_late_reply_has_no_request(void **state)
{
	struct fixture *f = *state;

	secret_give(f, "radsec");
	decode(f, request(f), false, 0);
	decode(f, reply(f, "radsec"), true, 61);
	assert_int_equal(f->e.neighbour.request, 0);
	assert_null(value_find(f->e.values, f->e.n_values, "radius.authenticator.valid"));
}

static void damage_is_a_defect_and_never_more(void **state)
{
	static const uint8_t wrong[] = {0, 1, 0x7f, 0xff};
	struct fixture *f = *state;
	struct span whole = reply(f, "radsec");
	uint8_t *packet = malloc(whole.len);

	assert_non_null(packet);
	secret_give(f, "radsec");
	decode(f, request(f), false, 0);
	for (size_t cut = 0; cut < whole.len; cut++) {
		decode(f, span_of(whole.at, cut), true, 1);
		assert_true(f->defects.n > 0);
	}
	memcpy(packet, whole.at, whole.len);
	for (size_t i = 0; i < whole.len * sizeof(wrong); i++) {
		uint8_t was = packet[i / sizeof(wrong)];

		packet[i / sizeof(wrong)] = wrong[i % sizeof(wrong)];
		decode(f, span_of(packet, whole.len), true, 1);
		packet[i / sizeof(wrong)] = was;
	}
	free(packet);
}

/* The length of the packet, and of each attribute. */
static void every_wrong_length_is_told(void **state)
{
	static const uint8_t wrong[] = {0, 1, 0xff};
	struct fixture *f = *state;
	struct span whole = reply(f, "radsec");
	size_t at = 20;

	for (size_t w = 0; w < sizeof(wrong); w++) {
		uint8_t *packet = exact_copy(whole);

		assert_non_null(packet);
		length_set(packet, wrong[w] == 0xff ? 0xffff : wrong[w]);
		decode(f, span_of(packet, whole.len), true, 1);
		assert_true(f->defects.n > 0);
		free(packet);
	}
	while (at < whole.len) {
		for (size_t w = 0; w < sizeof(wrong); w++) {
			uint8_t *packet = exact_copy(whole);

			assert_non_null(packet);
			packet[at + 1] = wrong[w];
			decode(f, span_of(packet, whole.len), true, 1);
			assert_true(f->defects.n > 0);
			free(packet);
		}
		at += whole.at[at + 1];
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_user_password_needs_the_secret, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_secret_reveals_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_reply_is_proved_and_its_tunnel_secret_learned,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_late_reply_has_no_request, set_up, tear_down),
		cmocka_unit_test_setup_teardown(damage_is_a_defect_and_never_more, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(every_wrong_length_is_told, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
