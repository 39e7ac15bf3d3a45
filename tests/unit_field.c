/* The field table: laws over its rows, and the JSON of a call of which little is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "field.h"

static struct arena *arena;

static json_t *json_of(const struct field_set *set, const struct subject *s)
{
	struct text t = text_make((size_t)1 << 20);
	struct writer j = writer_into(&t);
	json_error_t error;
	json_t *object;

	field_json(&j, set, s);
	object = json_loadb(t.at, t.len, JSON_REJECT_DUPLICATES, &error);
	if (object == NULL)
		fail_msg("%s in %s", error.text, t.at);
	text_free(&t);
	return object;
}

/* Keys are unique, a member stands behind its object, and every row says what it is. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; field_sets[i] != NULL; i++) {
		const struct field_set *set = field_sets[i];
		const char *object = "";

		for (size_t k = 0; k < set->n; k++) {
			const struct field *row = &set->rows[k];
			const char *dot = strrchr(row->key, '.');

			assert_ptr_equal(field_of(set, row->key), row);
			assert_true(row->about[0] != '\0' && row->title[0] != '\0');
			if (row->kind == FACT_OBJECT)
				object = row->key;
			if (dot != NULL)
				assert_true(str_is(str_range(row->key, dot), object));
		}
	}
}

static bool is_null(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	assert_non_null(value);
	return json_is_null(value);
}

/* The call has no session, as one that was told (field.h): a getter that needs it crashes here. */
static void test_unknown_is_null(void **state)
{
	static const char *const keys[] = {"direction", "user",     "calling_number", "lac",
					   "lns",       "start",    "connected",      "end",
					   "setup_s",   "ended_by", "cause",          "confidence",
					   "cdn",       "ipv4",     "ipv6_id",        "stamp"};
	struct call call = {.number = 1, .setup_s = -1, .duration_s = -1};
	struct subject s = {.call = &call, .arena = arena};
	json_t *object = json_of(&field_calls, &s);

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_true(is_null(object, keys[i]));
	assert_int_equal(json_array_size(json_object_get(object, "ends")), 2);
	assert_string_equal(json_string_value(json_object_get(object, "type")), "call");
	assert_true(is_null(json_object_get(object, "auth"), "protocol"));
	json_decref(object);
}

static void test_known(void **state)
{
	struct call call = {
		.number = 9,
		.roles_known = true,
		.direction = OUTGOING,
		.user = STR("a\"\xff\n"),
		.side = {{.name = STR("hgw"), .tunnel_id = 5}, {.session_id = 6}},
		.cdn = {.is_set = true, .from = LNS, .result = 1, .error = -1},
		.setup_s = 0.25,
		.duration_s = -1,
		.mru = {1492, 0},
		.auth_protocol = "pap",
		.auth_verified = TRUTH_FALSE,
	};
	struct subject s = {.call = &call, .arena = arena};
	json_t *object = json_of(&field_calls, &s);
	json_t *lac = json_object_get(object, "lac");
	json_t *cdn = json_object_get(object, "cdn");
	json_t *mru = json_object_get(object, "mru");

	(void)state;
	assert_string_equal(json_string_value(json_object_get(object, "direction")), "outgoing");
	assert_string_equal(json_string_value(json_object_get(object, "user")),
			    "a\"\xef\xbf\xbd\n");
	assert_string_equal(json_string_value(json_object_get(lac, "name")), "hgw");
	assert_int_equal(json_integer_value(json_object_get(lac, "tunnel_id")), 5);
	assert_true(is_null(lac, "session_id"));
	assert_string_equal(json_string_value(json_object_get(cdn, "from")), "lns");
	assert_true(is_null(cdn, "error"));
	assert_null(json_object_get(object, "ends"));
	assert_int_equal(json_integer_value(json_array_get(mru, 0)), 1492);
	assert_true(json_is_null(json_array_get(mru, 1)));
	assert_true(json_is_false(json_object_get(json_object_get(object, "auth"), "verified")));
	assert_true(json_real_value(json_object_get(object, "setup_s")) == 0.25);
	json_decref(object);
}

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new((size_t)1 << 20);
	return 0;
}

static int drop_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_unknown_is_null),
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
