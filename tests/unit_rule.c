#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cause_table.h"
#include "model_kit.h"
#include "ppp_link.h"
#include "rules.h"
#include "watch.h"

static bool is_kebab(const char *id)
{
	for (const char *c = id; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-'))
			return false;
	return id[0] != '\0' && id[0] != '-';
}

static void every_rule_is_whole(void **state)
{
	const struct rule_row *const *rows;
	size_t n = rule_rows(&rows);

	(void)state;
	assert_true(n > 60);
	for (size_t i = 0; i < n; i++) {
		assert_true(is_kebab(rows[i]->id));
		assert_ptr_equal(rule_named(rows[i]->id), rows[i]);
		assert_true(rows[i]->title[0] != '\0');
		assert_true(rows[i]->explain[0] != '\0');
		assert_true(rows[i]->advice[0] != '\0');
		/* a row is asked by a check, by a root cause, or made from notes on events, or
		 * for what is left */
		assert_true(rows[i]->check || rows[i]->root || rows[i]->when == ON_EVENT ||
			    rows[i]->when == ON_END);
	}
	assert_null(rule_named("no-such-rule"));
}

static bool can_be_wrong(const struct machine *m)
{
	for (size_t i = 0; i < m->n_rows; i++)
		if (m->rows[i].verdict == WRONG)
			return true;
	return false;
}

/* A machine whose every event is allowed in every state has no verdict to tell. */
static void every_machine_and_defect_has_a_rule(void **state)
{
	(void)state;
	for (size_t i = 0; machines[i]; i++) {
		struct text id = text_make(100);

		text_printf(&id, "fsm-%s", machines[i]->name);
		assert_true(!can_be_wrong(machines[i]) || rule_named(id.at));
		text_free(&id);
	}
	for (int i = 0; i < DEFECT_COUNT; i++)
		assert_non_null(rule_named(defect_row((enum defect_id)i)->id));
}

/* With no memory left all subjects share one place. */
static void no_watcher_remembers_too_much(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_RULE_TABLES; i++)
		for (size_t k = 0; k < rule_tables[i]->n_watchers; k++)
			assert_in_range(rule_tables[i]->watchers[k].memory, 0, WATCH_MEMORY);
}

/* What a verdict or a rule names, `explain` can explain. */
static void every_root_is_a_cause(void **state)
{
	const struct rule_row *const *rows;
	const struct cause_fact *causes;
	size_t n = rule_rows(&rows);

	(void)state;
	for (size_t i = 0; i < n; i++)
		if (rows[i]->root && !cause_named(rows[i]->root))
			fail_msg("%s: no cause %s", rows[i]->id, rows[i]->root);
	n = cause_rows(&causes);
	for (size_t i = 0; i < n; i++) {
		assert_true(is_kebab(causes[i].slug));
		assert_ptr_equal(cause_named(causes[i].slug), &causes[i]);
		assert_true(causes[i].meaning[0] && causes[i].concluded[0] && causes[i].advice[0]);
	}
	assert_null(cause_named("no-such-cause"));
}

static const struct finding *find(const struct report *r, const char *id)
{
	for (const struct finding *f = r->findings; f; f = f->next)
		if (strcmp(f->rule->id, id) == 0)
			return f;
	return NULL;
}

static void conclude(struct kit *k)
{
	seal_calls(&k->r);
	find_causes(&k->r);
	rules_run(&k->r);
}

static void a_silent_peer_is_one_error(void **state)
{
	struct kit k;
	const struct finding *f;
	size_t errors = 0;

	(void)state;
	kit_open(&k, 1);
	k.t[0]->sessions = NULL;
	kit_seen(&k, &k.t[0]->seen, 0, SCCRQ, INITIATOR, 1);
	seen_place(k.r.arena, &k.t[0]->seen, SCCRQ)->repeats = 4;
	k.t[0]->counters.retransmissions = 4;
	conclude(&k);
	f = find(&k.r, "sccrq-no-reply");
	assert_non_null(f);
	assert_ptr_equal(k.r.findings, f);
	assert_true(f->n_evidence >= 1);
	assert_true(f->text.len > 0);
	for (f = k.r.findings; f; f = f->next)
		errors += f->severity == SEVERITY_ERROR;
	assert_int_equal(errors, 1);
	kit_close(&k);
}

/* contract §5: a call that came up and stayed up has nothing above a note. */
static void a_failed_ncp_beside_an_open_one_is_a_note(void **state)
{
	struct kit k;
	const struct finding *f;

	(void)state;
	kit_open(&k, 1);
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_IPV6CP)->protocol = PPP_IPV6CP;
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_IPV6CP)->opened = kit_mark(&k, 0, 3);
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_IPCP)->protocol = PPP_IPCP;
	link_cp_make(k.r.arena, &k.s[0]->ppp, CP_IPCP)->side[LNS].naks = 100;
	side_refusal_make(k.r.arena, &link_cp_make(k.r.arena, &k.s[0]->ppp, CP_IPCP)->side[LNS])
		->mark = kit_mark(&k, 0, 9);
	conclude(&k);
	assert_int_equal(k.r.calls->outcome, OUTCOME_UP);
	f = find(&k.r, "ipcp-no-converge");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_NOTE);
	assert_non_null(k.r.calls->findings);
	kit_close(&k);
}

static void loss_keeps_its_severity_on_a_healthy_call(void **state)
{
	struct kit k;
	const struct finding *f;

	(void)state;
	kit_open(&k, 1);
	k.t[0]->established[0] = k.t[0]->established[1] = kit_mark(&k, 0, 2);
	kit_seen(&k, &k.t[0]->seen, 0, SCCRQ, INITIATOR, 1);
	seen_place(k.r.arena, &k.t[0]->seen, SCCRQ)->repeats = 2;
	k.t[0]->counters.retransmissions = 2;
	conclude(&k);
	f = find(&k.r, "retransmit-control");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_WARNING);
	kit_close(&k);
}

static void damage_names_what_it_must_have_been(void **state)
{
	struct defect_note d = {0};
	const struct finding *f;
	struct kit k;

	(void)state;
	kit_open(&k, 1);
	d.defect.id = DEFECT_INPUT_DAMAGED;
	d.defect.was = STR("Tnl/C1");
	d.defect.should_be = STR("Tnl/Cl");
	d.defect.proof = STR("the grammar");
	d.mark = kit_mark(&k, 0, 1);
	mark_set_place(k.r.arena, &d.mark, 0, 12);
	k.s[0]->defects = &d;
	conclude(&k);
	f = find(&k.r, "input-damaged");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_NOTE);
	assert_int_equal(mark_line(&f->evidence[0]), 12);
	assert_true(str_find(f->text, STR("Tnl/Cl")) != SIZE_MAX);
	kit_close(&k);
}

/* One record, several places: one finding, and each place is an evidence. */
static void a_damaged_record_is_one_finding(void **state)
{
	struct defect_note d[2] = {0};
	const struct finding *f;
	struct kit k;

	(void)state;
	kit_open(&k, 1);
	for (size_t i = 0; i < 2; i++) {
		d[i].defect.id = DEFECT_INPUT_DAMAGED;
		d[i].defect.was = STR("SCCR");
		d[i].defect.record = 12;
		d[i].defect.line = 12 + 2 * i;
		d[i].mark = kit_mark(&k, 0, 1);
	}
	d[0].next = &d[1];
	k.s[0]->defects = &d[0];
	conclude(&k);
	f = find(&k.r, "input-damaged");
	assert_non_null(f);
	assert_int_equal(f->n_evidence, 2);
	assert_int_equal(mark_line(&f->evidence[1]), 14);
	assert_ptr_equal(mark_damage(&f->evidence[1]), &d[1].defect);
	for (f = f->next; f; f = f->next)
		assert_string_not_equal(f->rule->id, "input-damaged");
	kit_close(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_is_whole),
		cmocka_unit_test(every_machine_and_defect_has_a_rule),
		cmocka_unit_test(no_watcher_remembers_too_much),
		cmocka_unit_test(every_root_is_a_cause),
		cmocka_unit_test(a_silent_peer_is_one_error),
		cmocka_unit_test(a_failed_ncp_beside_an_open_one_is_a_note),
		cmocka_unit_test(loss_keeps_its_severity_on_a_healthy_call),
		cmocka_unit_test(damage_names_what_it_must_have_been),
		cmocka_unit_test(a_damaged_record_is_one_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
