/* Where the messages of a large capture stand, in a few octets each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "places.h"

enum { OWNERS = 3000, PLACES = 40 };

static char owners[OWNERS];

/* The n-th place of an owner: far apart, close together, several in one record, beyond 4 GiB. */
static struct spot spot_of(uint64_t owner, uint64_t n)
{
	uint64_t i = n * OWNERS + owner;

	return (struct spot){.offset = 24 + i * (owner % 7 == 0 ? 5000000 : 90),
			     .frame = 1 + i / 2,
			     .number = 1 + i + (owner % 5 == 0 ? i : 0),
			     .is_control = i % 3 == 0};
}

struct seen {
	uint64_t owner, n, most;
};

static bool compare(void *context, const struct spot *p)
{
	struct seen *s = context;
	struct spot wanted = spot_of(s->owner, s->n++);

	assert_int_equal(p->offset, wanted.offset);
	assert_int_equal(p->frame, wanted.frame);
	assert_int_equal(p->number, wanted.number);
	assert_int_equal(p->is_control, wanted.is_control);
	return s->n < s->most;
}

static struct places *filled(void)
{
	struct places *p = places_new();

	for (uint64_t n = 0; n < PLACES; n++) {
		for (uint64_t i = 0; i < OWNERS; i++) {
			struct spot s = spot_of(i, n);

			places_add(p, i == 0 ? NULL : &owners[i], &s);
		}
	}
	return p;
}

static size_t known_owners(const struct places *p)
{
	const void *owner;
	size_t n = 0;

	while (places_owner(p, n, &owner))
		n++;
	return n;
}

static void test_each_owner_has_its_places_in_order(void **state)
{
	struct places *p = filled();

	(void)state;
	assert_int_equal(known_owners(p), OWNERS);
	for (uint64_t i = 0; i < OWNERS; i++) {
		struct seen s = {.owner = i, .most = UINT64_MAX};

		places_each(p, i == 0 ? NULL : &owners[i], compare, &s);
		assert_int_equal(s.n, PLACES);
	}
	places_free(p);
}

static void test_who_has_seen_enough_is_not_told_more(void **state)
{
	struct places *p = filled();
	struct seen s = {.owner = 8, .most = 3};

	(void)state;
	places_each(p, &owners[8], compare, &s);
	assert_int_equal(s.n, 3);
	places_free(p);
}

static void test_an_unknown_owner_has_none(void **state)
{
	struct places *p = places_new();
	struct seen s = {.most = UINT64_MAX};

	(void)state;
	places_each(p, &owners[1], compare, &s);
	assert_int_equal(s.n, 0);
	places_free(p);
}

/* Half of them leave, others come at the same place in memory: none has what is not its own. */
static void test_who_leaves_takes_its_places_along(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct places *p = filled();
	size_t size = places_size(p);

	(void)state;
	for (uint64_t i = 1; i < OWNERS; i += 2) {
		struct seen s = {.owner = i, .most = UINT64_MAX};

		places_in(places_pack(p, &owners[i], a), compare, &s);
		assert_int_equal(s.n, PLACES);
		arena_reset(a);
	}
	for (uint64_t i = 1; i < OWNERS; i += 2) {
		struct spot spot = spot_of(i, 0);
		struct seen s = {.owner = i, .most = UINT64_MAX};

		places_add(p, &owners[i], &spot);
		places_each(p, &owners[i], compare, &s);
		assert_int_equal(s.n, 1);
		places_drop(p, &owners[i]);
	}
	for (uint64_t i = 2; i < OWNERS; i += 2) {
		struct seen s = {.owner = i, .most = UINT64_MAX};

		places_each(p, &owners[i], compare, &s);
		assert_int_equal(s.n, PLACES);
	}
	assert_int_equal(places_size(p), size);
	places_free(p);
	arena_free(a);
}

/* A call of 30 messages of a capture with many calls at once. */
static void test_a_message_takes_a_few_octets(void **state)
{
	struct places *p = places_new();
	uint64_t number = 0;

	(void)state;
	for (int n = 0; n < 30; n++) {
		for (size_t i = 1; i < OWNERS; i++) {
			number++;
			places_add(p, &owners[i],
				   &(struct spot){number * 100, number, number, n < 4});
		}
	}
	assert_true(places_size(p) / number < 16);
	places_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_owner_has_its_places_in_order),
		cmocka_unit_test(test_who_has_seen_enough_is_not_told_more),
		cmocka_unit_test(test_an_unknown_owner_has_none),
		cmocka_unit_test(test_who_leaves_takes_its_places_along),
		cmocka_unit_test(test_a_message_takes_a_few_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
