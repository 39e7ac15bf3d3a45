#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "arena.h"
#include "known.h"
#include "legs.h"
#include "stages.h"

enum { LEGS = 3 };

/* Calls of one vantage point, each in a tunnel of its own, all with one PPP. */
struct chain {
	struct report r;
	struct view view;
	struct tunnel t[LEGS];
	struct session s[LEGS];
	struct call c[LEGS];
};

static const uint8_t challenge[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static struct mark at(uint64_t number)
{
	return mark_at((struct sight){
		.number = number,
		.when = {.ns = (int64_t)number * 1000000000, .kind = CLOCK_ABSOLUTE}});
}

static void chain_open(struct chain *x)
{
	static const struct chain empty;

	*x = empty;
	x->r.arena = arena_new(1u << 20);
	x->r.views = &x->view;
	x->r.n_views = 1;
	for (int i = 0; i < LEGS; i++) {
		struct call *c = &x->c[i];

		x->t[i].version = 2;
		x->s[i].tunnel = &x->t[i];
		link_auth_make(x->r.arena, &x->s[i].ppp, CLIENT)->challenge =
			span_of(challenge, sizeof(challenge));
		x->s[i].first = x->s[i].last = at((uint64_t)i + 1);
		c->tunnel = &x->t[i];
		c->session = &x->s[i];
		c->direction = INCOMING;
		c->roles_known = true;
		c->start = x->s[i].first;
		c->side[LAC] = (struct call_side){.address = address_v4(10 + (uint32_t)i),
						  .tunnel_id = 1,
						  .session_id = (uint32_t)i + 1};
		c->side[LNS] = (struct call_side){.address = address_v4(11 + (uint32_t)i),
						  .tunnel_id = 2,
						  .session_id = (uint32_t)i + 1};
		c->setup_s = c->duration_s = -1;
		c->counters = (struct counters){.control_messages = 4, .ppp_messages = 10};
		if (i)
			x->c[i - 1].next = c;
	}
	x->r.calls = &x->c[0];
}

static void chain_join(struct chain *x)
{
	legs_find(&x->r);
	legs_join(&x->r);
}

static void three_tunnels_are_one_call(void **state)
{
	struct chain x;
	struct call *c;

	(void)state;
	chain_open(&x);
	x.c[2].reached = REACHED_NCP;
	x.c[1].end = at(20);
	x.c[1].cause = "no-resources";
	x.c[0].end = at(21);
	x.c[0].cause = "carrier-lost";
	chain_join(&x);
	c = x.r.calls;
	assert_int_equal(x.r.n_calls, 1);
	assert_null(c->next);
	assert_true(address_equal(&c->side[LAC].address, &x.c[0].side[LAC].address));
	assert_true(address_equal(&c->side[LNS].address, &x.c[2].side[LNS].address));
	assert_ptr_equal(c->legs->next_leg->next_leg, &x.c[2]);
	assert_string_equal(c->cause, "no-resources"); /* the first leg to end is the root */
	assert_int_equal(c->reached, REACHED_NCP);
	assert_int_equal(c->counters.control_messages, 12);
	assert_int_equal(c->counters.ppp_messages, 10);
	for (int i = 0; i < LEGS; i++)
		assert_ptr_equal(x.s[i].call, c);
	assert_true(call_uses_tunnel(c, &x.t[1]));
	assert_false(call_uses_tunnel(c, NULL));
	arena_free(x.r.arena);
}

/* A LAC offers a caller to the next LNS with the same proxy challenge: that is an attempt. */
static void one_lac_and_two_lnss_are_no_switch(void **state)
{
	struct chain x;

	(void)state;
	chain_open(&x);
	for (int i = 0; i < LEGS; i++)
		x.c[i].side[LAC].address = address_v4(10);
	chain_join(&x);
	assert_int_equal(x.r.n_calls, LEGS);
	assert_null(x.r.calls->legs);
	assert_int_equal(x.c[2].number, 3);
	arena_free(x.r.arena);
}

/* The same session on both sides of a NAT that hid one from the other. */
static void a_nat_makes_no_leg(void **state)
{
	struct chain x;

	(void)state;
	chain_open(&x);
	for (int i = 0; i < LEGS; i++) {
		x.c[i].side[LAC].session_id = 7;
		x.c[i].side[LNS].session_id = 8;
	}
	chain_join(&x);
	assert_int_equal(x.r.n_calls, LEGS);
	arena_free(x.r.arena);
}

/* Serial and numbers alone say nothing without the host in between. */
static void numbers_need_the_host(void **state)
{
	struct chain x;

	(void)state;
	chain_open(&x);
	for (int i = 0; i < LEGS; i++) {
		link_auth_make(x.r.arena, &x.s[i].ppp, CLIENT)->challenge = (struct span){0};
		x.s[i].has_serial = true;
		x.s[i].serial = 77;
		x.s[i].calling = STR("555100");
	}
	x.c[2].side[LAC].address = address_v4(99);
	chain_join(&x);
	assert_int_equal(x.r.n_calls, 2);
	assert_ptr_equal(x.r.calls->legs->next_leg, &x.c[1]);
	assert_null(x.c[1].next_leg);
	arena_free(x.r.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_tunnels_are_one_call),
		cmocka_unit_test(one_lac_and_two_lnss_are_no_switch),
		cmocka_unit_test(a_nat_makes_no_leg),
		cmocka_unit_test(numbers_need_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
