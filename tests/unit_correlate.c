#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "by_ids.h"
#include "model_kit.h"

/* A call at two consoles whose clocks differ by AHEAD; a message takes DELAY. */
static const double AHEAD = 1.1, DELAY = 0.03;

static void cross(struct kit *k, bool of_session, unsigned message, uint8_t from, double at)
{
	double at_lac = from == 0 ? at : at + DELAY;
	double at_lns = (from == 0 ? at + DELAY : at) + AHEAD;

	kit_seen(k, of_session ? &k->s[0]->seen : &k->t[0]->seen, 0, message, from, at_lac);
	kit_seen(k, of_session ? &k->s[1]->seen : &k->t[1]->seen, 1, message, from, at_lns);
}

static void set_up(struct kit *k)
{
	kit_open(k, 2);
	cross(k, false, SCCRQ, INITIATOR, 1.0);
	cross(k, false, SCCRP, RESPONDER, 1.1);
	cross(k, false, SCCCN, INITIATOR, 1.2);
	cross(k, true, ICRQ, LAC, 1.3);
	cross(k, true, ICRP, LNS, 1.4);
	cross(k, true, ICCN, LAC, 1.5);
}

static void names_fit(struct kit *k)
{
	for (int i = 0; i < 2; i++) {
		k->t[i]->peer[INITIATOR].name = STR("hgw");
		k->t[i]->peer[RESPONDER].name = STR("l2tp-gw");
	}
}

static void two_views_become_one(void **state)
{
	struct kit k;

	(void)state;
	set_up(&k);
	names_fit(&k);
	k.t[1]->peer[RESPONDER].vendor = STR("Cisco");
	k.s[1]->proxy_name = STR("alice");
	correlate(&k.r);
	assert_ptr_equal(k.r.tunnels, k.t[0]);
	assert_null(k.t[0]->next);
	assert_ptr_equal(k.t[0]->joined, k.t[1]);
	assert_ptr_equal(k.s[0]->joined, k.s[1]);
	assert_null(k.s[0]->next);
	assert_true(str_is(k.t[0]->peer[RESPONDER].vendor, "Cisco"));
	assert_true(str_is(k.s[0]->proxy_name, "alice"));
	seal_calls(&k.r);
	assert_int_equal(k.r.n_calls, 1);
	assert_int_equal(k.r.n_tunnels, 1);
	assert_int_equal(k.r.calls->seen_in, 3);
	kit_close(&k);
}

static void the_offset_is_free_of_the_delay(void **state)
{
	struct kit k;
	struct mark m;
	double at;

	(void)state;
	set_up(&k);
	names_fit(&k);
	correlate(&k.r);
	assert_int_equal(k.r.reference, 0);
	assert_true(k.views[1].has_offset);
	assert_true(k.views[1].offset_s < -1.099 && k.views[1].offset_s > -1.101);
	assert_int_equal(k.views[1].joined_messages, 6);
	m = seen_of(k.t[1]->seen, SCCRP)->first;
	assert_true(report_seconds(&k.r, &m, &at));
	assert_true(at > 1.09 && at < 2.21);
	kit_close(&k);
}

static void ids_alone_never_suffice(void **state)
{
	struct kit k;

	(void)state;
	set_up(&k);
	correlate(&k.r);
	assert_null(k.t[0]->joined);
	assert_ptr_equal(k.t[0]->next, k.t[1]);
	kit_close(&k);
}

static void other_names_are_another_tunnel(void **state)
{
	struct kit k;

	(void)state;
	set_up(&k);
	names_fit(&k);
	k.t[1]->peer[INITIATOR].name = STR("other");
	correlate(&k.r);
	assert_null(k.t[0]->joined);
	kit_close(&k);
}

static void consoles_of_one_document_face_each_other(void **state)
{
	struct kit k;

	(void)state;
	set_up(&k);
	k.views[0].is_text = k.views[1].is_text = true;
	k.views[1].input = 0;
	k.t[0]->peer[INITIATOR].is_text_source = true;
	k.t[0]->peer[RESPONDER].name = STR("LNS");
	k.t[1]->peer[RESPONDER].is_text_source = true;
	k.t[1]->peer[INITIATOR].name = STR("LAC");
	correlate(&k.r);
	assert_ptr_equal(k.t[0]->joined, k.t[1]);
	assert_int_equal(k.views[0].role, ROLE_LAC);
	assert_int_equal(k.views[1].role, ROLE_LNS);
	seal_calls(&k.r);
	assert_int_equal(k.r.calls->seen_from, 1u << ROLE_LAC | 1u << ROLE_LNS);
	kit_close(&k);
}

static void counters_are_never_doubled(void **state)
{
	struct kit k;

	(void)state;
	set_up(&k);
	names_fit(&k);
	for (int i = 0; i < 2; i++) {
		k.s[i]->counters.control_messages = 3;
		k.s[i]->counters.data_packets[0] = 10 + (uint64_t)i;
	}
	k.s[0]->counters.retransmissions = 3;
	correlate(&k.r);
	assert_int_equal(k.s[0]->counters.control_messages, 3);
	assert_int_equal(k.s[0]->counters.retransmissions, 3);
	assert_int_equal(k.s[0]->counters.data_packets[0], 11);
	kit_close(&k);
}

static void a_reused_id_is_another_call(void **state)
{
	struct kit k;

	(void)state;
	set_up(&k);
	names_fit(&k);
	k.s[0]->has_serial = k.s[1]->has_serial = true;
	k.s[0]->serial = 1;
	k.s[1]->serial = 2;
	correlate(&k.r);
	assert_ptr_equal(k.t[0]->joined, k.t[1]);
	assert_null(k.s[0]->joined);
	assert_ptr_equal(k.s[0]->next, k.s[1]);
	kit_close(&k);
}

static uint32_t next_of(struct by_ids *x, uint32_t first, uint32_t second, uint32_t from)
{
	const uint32_t id[2] = {first, second};

	return by_ids_next(x, id, from);
}

static void add_to(struct by_ids *x, uint32_t first, uint32_t second, uint32_t place)
{
	const uint32_t id[2] = {first, second};

	by_ids_add(x, id, place);
}

static void ids_find_what_does_not_contradict(void **state)
{
	struct by_ids *x = by_ids_new();

	(void)state;
	add_to(x, 7, 45, 0);
	add_to(x, 7, 0, 1);
	add_to(x, 0, 45, 2);
	add_to(x, 7, 46, 3);
	add_to(x, 0, 0, 4);
	assert_int_equal(next_of(x, 7, 45, 0), 0);
	assert_int_equal(next_of(x, 7, 45, 1), 1);
	assert_int_equal(next_of(x, 7, 45, 2), 2);
	assert_int_equal(next_of(x, 7, 45, 3), NO_PLACE);
	assert_int_equal(next_of(x, 7, 0, 2), 3);
	assert_int_equal(next_of(x, 0, 45, 1), 2);
	assert_int_equal(next_of(x, 8, 45, 0), 2);
	assert_int_equal(next_of(x, 0, 0, 0), NO_PLACE);
	/* what more is known of it stands at its place */
	add_to(x, 7, 45, 2);
	assert_int_equal(next_of(x, 7, 0, 2), 2);
	by_ids_drop(x, 0);
	assert_int_equal(next_of(x, 7, 45, 0), 1);
	by_ids_drop(x, 3);
	assert_int_equal(next_of(x, 7, 0, 3), NO_PLACE);
	add_to(x, 7, 0, 9);
	assert_int_equal(next_of(x, 7, 46, 3), 9);
	by_ids_free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_views_become_one),
		cmocka_unit_test(the_offset_is_free_of_the_delay),
		cmocka_unit_test(ids_alone_never_suffice),
		cmocka_unit_test(other_names_are_another_tunnel),
		cmocka_unit_test(consoles_of_one_document_face_each_other),
		cmocka_unit_test(counters_are_never_doubled),
		cmocka_unit_test(a_reused_id_is_another_call),
		cmocka_unit_test(ids_find_what_does_not_contradict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
