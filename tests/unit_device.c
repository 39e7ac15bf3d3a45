#include "device.h"
#include "speech.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct speech speech;
static struct device device;

static int begin(void **state)
{
	(void)state;
	device = (struct device){0};
	speech = (struct speech){.names = arena_new((size_t)256 << 20)};
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(speech.names);
	return 0;
}

static struct known_tunnel *tunnel(uint32_t local, uint32_t remote)
{
	struct known_tunnel *t = device_tunnel_new(&speech, &device);

	tunnel_set_local(t, local);
	tunnel_set_remote(t, remote);
	return t;
}

static struct known_call *call(struct known_tunnel *t, uint32_t local, uint32_t remote)
{
	struct known_call *c = device_call_new(&speech, &device, t);

	call_set_local(c, local);
	call_set_remote(c, remote);
	return c;
}

/* An id that is given anew means the tunnel that is open; when none is, the one that had it last.
 */
static void open_before_closed(void **state)
{
	struct known_tunnel *first = tunnel(7, 1), *second = tunnel(7, 1);

	(void)state;
	assert_ptr_equal(device_tunnel(&device, 7), second);
	second->is_closed = true;
	assert_ptr_equal(device_tunnel(&device, 7), first);
	assert_ptr_equal(device_tunnel_remote(&device, 1), first);
	first->is_closed = true;
	assert_ptr_equal(device_tunnel(&device, 7), second);
	assert_ptr_equal(device_tunnel_latest(&device, true, 1), second);
	assert_null(device_tunnel(&device, 0));
}

/* The latest is meant, also when an earlier one was given its id later. */
static void latest_of_one_id(void **state)
{
	struct known_tunnel *t = tunnel(1, 1), *u = tunnel(2, 1);
	struct known_call *a = call(t, 5, 0), *b = call(u, 5, 0);

	(void)state;
	assert_ptr_equal(device_call(&device, NULL, 5), b);
	assert_ptr_equal(device_call(&device, t, 5), a);
	call_set_remote(b, 9);
	call_set_remote(a, 9);
	assert_ptr_equal(device_call_by_remote(&device, NULL, 9), b);
	assert_ptr_equal(device_call_by_remote(&device, t, 9), a);
	call_set_local(b, 6);
	assert_ptr_equal(device_call(&device, NULL, 5), a);
	assert_null(device_call(&device, u, 5));
}

/* A pppd that was heard before its daemon gets its tunnel later. */
static void tunnel_comes_later(void **state)
{
	struct known_tunnel *t = tunnel(1, 1);
	struct known_call *c = device_call_new(&speech, &device, NULL);

	(void)state;
	call_set_pid(c, 700);
	assert_null(device_call_unnamed(&device, t));
	call_set_tunnel(c, t);
	assert_ptr_equal(device_call_unnamed(&device, t), c);
	call_set_local(c, 3);
	assert_null(device_call_unnamed(&device, t));
	assert_ptr_equal(device_call(&device, t, 3), c);
	assert_ptr_equal(device_call_of_pid(&device, 700), c);
	call_set_alias(c, STR("ppp0"));
	c->is_closed = true;
	assert_null(device_call_alias(&device, STR("ppp0"), true));
	assert_ptr_equal(device_call_alias(&device, STR("ppp0"), false), c);
}

/* What ended long ago is named no more, and its tunnel has no such call. */
static void closed_leave(void **state)
{
	struct known_tunnel *t = tunnel(1, 1);
	struct known_call *c = call(t, 70000, 1);

	(void)state;
	c->is_closed = true;
	for (uint32_t i = 0; i < 3 * LIMIT_KNOWN_CLOSED; i++)
		call(t, i + 1, 1);
	assert_null(device_call(&device, t, 70000));
	call_set_local(c, 70001);
	assert_null(device_call(&device, t, 70001));
	for (const struct known_call *k = t->calls; k; k = k->sibling)
		assert_ptr_not_equal(k, c);
}

/* Looked through one by one these take minutes (TIMEOUT in tests/CMakeLists.txt). */
static void many_that_never_end(void **state)
{
	enum { MANY = 60000 };
	struct known_tunnel *one = tunnel(MANY + 1, MANY + 1);

	(void)state;
	for (uint32_t i = 1; i <= MANY; i++) {
		struct known_tunnel *t = tunnel(i, i);

		call_set_pid(call(t, i, 1), i);
		call(one, i, i);
	}
	for (uint32_t i = 1; i <= MANY; i++) {
		struct known_tunnel *t = device_tunnel(&device, i);

		assert_int_equal(t->local, i);
		assert_ptr_equal(device_tunnel_remote(&device, i), t);
		assert_ptr_equal(device_call_by_remote(&device, t, 1),
				 device_call_of_pid(&device, i));
		assert_ptr_equal(device_call(&device, one, i),
				 device_call_by_remote(&device, one, i));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(open_before_closed, begin, end),
		cmocka_unit_test_setup_teardown(latest_of_one_id, begin, end),
		cmocka_unit_test_setup_teardown(tunnel_comes_later, begin, end),
		cmocka_unit_test_setup_teardown(closed_leave, begin, end),
		cmocka_unit_test_setup_teardown(many_that_never_end, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
