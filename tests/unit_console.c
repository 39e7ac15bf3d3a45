/* Which console a record belongs to. */
#include "log_builder.h"

static void told(struct log_builder *b, const char *wanted)
{
	consoles_assign(b->consoles, b->window.records, b->window.n, b->window.n,
			b->window.console);
	for (size_t i = 0; i < b->window.n; i++)
		if (b->window.console[i] != (uint16_t)(wanted[i] - 'a'))
			fail_msg("record %zu is of console %c, not %c", i,
				 'a' + b->window.console[i], wanted[i]);
	assert_int_equal(b->window.n, strlen(wanted));
}

static void two_consoles_without_a_boundary(void **state)
{
	struct log_builder b = builder_new();

	(void)state;
	b.ms = 10235;
	log_add(&b, RECORD_SAID, NULL, FIELD_INTERFACE, "Serial0:0", FIELD_NONE);
	log_add(&b, RECORD_MESSAGE, NULL, FIELD_TUNNEL, "17688", FIELD_DIRECTION, "O",
		FIELD_MESSAGE, "SCCCN", FIELD_NAME, "l2tp-gw", FIELD_PEER_TUNNEL, "55270",
		FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_INTERFACE, "Se0:0", FIELD_TUNNEL, "17688", FIELD_NONE);
	b.ms = 16239;
	log_add(&b, RECORD_SAID, NULL, FIELD_INTERFACE, "Serial0:0", FIELD_NONE);
	/* the LNS begins earlier, and names only its peer at first */
	b.ms = 10916;
	log_add(&b, RECORD_PARSE_MESSAGE, NULL, FIELD_MESSAGE, "SCCRQ", FIELD_NONE);
	log_add(&b, RECORD_MESSAGE, NULL, FIELD_DIRECTION, "I", FIELD_MESSAGE, "SCCRQ", FIELD_NAME,
		"hgw", FIELD_PEER_TUNNEL, "17688", FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "55270", FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "55270", FIELD_INTERFACE, "Vi4", FIELD_NONE);
	b.ms = 14015;
	log_add(&b, RECORD_SAID, NULL, FIELD_INTERFACE, "Virtual-Access4", FIELD_NONE);
	/* the teardown of the LAC runs forward: only its interface tells */
	b.ms = 27375;
	log_add(&b, RECORD_SAID, NULL, FIELD_INTERFACE, "Serial0:0", FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_NONE);
	b.ms = 27740;
	log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "55270", FIELD_NONE);
	told(&b, "aaaabbbbbaab");
	assert_true(str_is(consoles_name(b.consoles, 0), "hgw"));
	assert_true(str_is(consoles_name(b.consoles, 1), "l2tp-gw"));
	builder_free(&b);
}

static void several_tunnels_of_one_console(void **state)
{
	struct log_builder b = builder_new();

	(void)state;
	log_add(&b, RECORD_MESSAGE, NULL, FIELD_TUNNEL, "100", FIELD_DIRECTION, "O", FIELD_NAME,
		"a", FIELD_PEER_TUNNEL, "7", FIELD_NONE);
	b.ms = 5000;
	log_add(&b, RECORD_MESSAGE, NULL, FIELD_TUNNEL, "200", FIELD_DIRECTION, "O", FIELD_NAME,
		"b", FIELD_PEER_TUNNEL, "100", FIELD_NONE)
		->gap = GAP_PROSE;
	log_add(&b, RECORD_MESSAGE, NULL, FIELD_TUNNEL, "300", FIELD_DIRECTION, "O", FIELD_NAME,
		"c", FIELD_PEER_TUNNEL, "9", FIELD_NONE);
	/* peer 100 of tunnel 200 is another device's 100: ours has peer 7 */
	told(&b, "aaa");
	builder_free(&b);
}

static void syslog_hosts_in_turns(void **state)
{
	struct log_builder b = builder_new();

	(void)state;
	for (int i = 0; i < 4; i++) {
		b.ms = i * 100;
		log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, i % 2 ? "11407" : "45029",
			FIELD_PEER_TUNNEL, i % 2 ? "45029" : "11407", FIELD_NONE)
			->host = i % 2 ? STR("LNS") : STR("LAC");
		log_add(&b, RECORD_SAID, NULL, FIELD_NONE)->host = i % 2 ? STR("LNS") : STR("LAC");
	}
	told(&b, "aabbaabb");
	builder_free(&b);
}

static void prompt_names_a_console(void **state)
{
	struct log_builder b = builder_new();
	struct log_record *r;

	(void)state;
	r = log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "45029", FIELD_PEER_TUNNEL, "11407",
		    FIELD_NONE);
	r->gap = GAP_PROMPT;
	r->prompt = STR("LAC");
	r = log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "11407", FIELD_PEER_TUNNEL, "45029",
		    FIELD_NONE);
	r->gap = GAP_PROMPT;
	r->prompt = STR("LNS");
	r = log_add(&b, RECORD_SAID, NULL, FIELD_NONE);
	r->gap = GAP_PROMPT;
	r->prompt = STR("LAC");
	told(&b, "aba");
	builder_free(&b);
}

static void midnight_is_no_boundary(void **state)
{
	struct log_builder b = builder_new();

	(void)state;
	b.ms = 86399000;
	log_add(&b, RECORD_SAID, NULL, FIELD_NONE)->when.kind = CLOCK_DAYTIME;
	b.ms = 1000;
	log_add(&b, RECORD_SAID, NULL, FIELD_NONE)->when.kind = CLOCK_DAYTIME;
	told(&b, "aa");
	builder_free(&b);
}

static void time_back_without_evidence_is_another_console(void **state)
{
	struct log_builder b = builder_new();

	(void)state;
	b.ms = 60000;
	log_add(&b, RECORD_SAID, NULL, FIELD_NONE);
	b.ms = 59500; /* stamps of one console may swap a little */
	log_add(&b, RECORD_SAID, NULL, FIELD_NONE);
	b.ms = 10000;
	log_add(&b, RECORD_SAID, NULL, FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_NONE);
	told(&b, "aabb");
	builder_free(&b);
}

/* A piece that ends before the evidence makes no console of its own. */
static void pieces_of_a_long_text(void **state)
{
	struct log_builder b = builder_new();
	struct window *w = &b.window;

	(void)state;
	b.ms = 60000;
	log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "45029", FIELD_PEER_TUNNEL, "11407",
		FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_NONE);
	b.ms = 10000;
	log_add(&b, RECORD_SAID, NULL, FIELD_NONE);
	consoles_assign(b.consoles, w->records, 3, 2, w->console);
	consoles_rewind(b.consoles, w->records, w->console, 2);
	assert_int_equal(consoles_count(b.consoles), 1);
	window_drop(w, 2);
	log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "11407", FIELD_PEER_TUNNEL, "45029",
		FIELD_NONE);
	told(&b, "bb");
	builder_free(&b);
}

/* What was told of it once does not hold when the other console names it, too. */
static void an_interface_of_both(void **state)
{
	struct log_builder b = builder_new();

	(void)state;
	log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "45029", FIELD_PEER_TUNNEL, "11407",
		FIELD_INTERFACE, "Vi4", FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_INTERFACE, "Vi4", FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "11407", FIELD_PEER_TUNNEL, "45029",
		FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_INTERFACE, "Vi4", FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_TUNNEL, "11407", FIELD_INTERFACE, "Virtual-Access4",
		FIELD_NONE);
	log_add(&b, RECORD_SAID, NULL, FIELD_INTERFACE, "Vi4", FIELD_NONE);
	told(&b, "aababb");
	builder_free(&b);
}

static void short_interface_names(void **state)
{
	char room[32];

	(void)state;
	assert_true(str_is(interface_short(STR("Serial0:0"), room), "Se0:0"));
	assert_true(str_is(interface_short(STR("Virtual-Access4"), room), "Vi4"));
	assert_true(str_is(interface_short(STR("Virtual-Template1"), room), "Vt1"));
	assert_true(str_is(interface_short(STR("Vi2.1"), room), "Vi2.1"));
	assert_true(str_is(interface_short(STR("7"), room), "7"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_consoles_without_a_boundary),
		cmocka_unit_test(several_tunnels_of_one_console),
		cmocka_unit_test(syslog_hosts_in_turns),
		cmocka_unit_test(prompt_names_a_console),
		cmocka_unit_test(midnight_is_no_boundary),
		cmocka_unit_test(time_back_without_evidence_is_another_console),
		cmocka_unit_test(pieces_of_a_long_text),
		cmocka_unit_test(an_interface_of_both),
		cmocka_unit_test(short_interface_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
