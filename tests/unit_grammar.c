#include "grammar.h"
#include "grammar_compile.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 512 };

struct fixture {
	struct grammar *g;
	struct arena *arena;
	struct defect_list defects;
};

static int set_up(void **state)
{
	struct fixture *f = must_alloc(1, sizeof(*f));

	*f = (struct fixture){.g = grammar_new(&dialect_ios), .arena = arena_new((size_t)64 << 20)};
	f->defects.arena = f->arena;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	grammar_free(f->g);
	arena_free(f->arena);
	free(f);
	return 0;
}

static struct str reading(struct arena *a, const struct grammar_match *m)
{
	struct text t = text_make(LIMIT_RECORD);

	for (size_t i = 0; i < m->n_values; i++) {
		if (i)
			text_putc(&t, ' ');
		text_puts(&t, log_field_name((enum log_field)m->values[i].field));
		text_putc(&t, '=');
		text_add(&t, m->values[i].text);
	}

	struct str s = arena_str(a, text_str(&t));

	text_free(&t);
	return s;
}

static bool match(struct fixture *f, struct str text, struct grammar_match *m)
{
	f->defects = (struct defect_list){.arena = f->defects.arena};
	return grammar_match(f->g, text, f->arena, m, &f->defects);
}

/* Each row reads its own sample as stated, whole, and no other row reads it better. */
static void rows_read_their_samples(void **state)
{
	struct fixture *f = *state;
	const struct grammar_row *rows[ROWS];
	size_t n = grammar_rows(&dialect_ios, rows, ROWS);
	size_t failed = 0;

	assert_in_range(n, 150, ROWS);
	for (size_t i = 0; i < n; i++) {
		struct grammar_match m;
		struct str sample = str_of(rows[i]->sample);

		if (!match(f, sample, &m)) {
			print_error("%s: not read: %s\n", rows[i]->name, rows[i]->sample);
			failed++;
			continue;
		}

		struct str is = reading(f->arena, &m);

		if (m.row == rows[i] && m.length == sample.len && !m.is_tolerant &&
		    str_is(is, rows[i]->reading))
			continue;
		print_error("%s: read by %s, %zu of %zu%s\n  %s\n  is     %.*s\n  stated %s\n",
			    rows[i]->name, m.row->name, m.length, sample.len,
			    m.is_tolerant ? ", tolerant" : "", rows[i]->sample, STR_ARG(is),
			    rows[i]->reading);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void rows_have_unique_names(void **state)
{
	const struct grammar_row *rows[ROWS];
	size_t n = grammar_rows(&dialect_ios, rows, ROWS);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(rows[i]->name, rows[k]->name);
	}
}

/* Free text inside of a row may keep a blank where it was wrapped. */
static bool equal_but_blanks(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.len && a.at[i] == ' ')
			i++;
		while (k < b.len && b.at[k] == ' ')
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len;
		if (a.at[i++] != b.at[k++])
			return false;
	}
}

/* A wrap anywhere in a sample, at a blank or inside a word, changes nothing. */
static void wraps_change_nothing(void **state)
{
	struct fixture *f = *state;
	const struct grammar_row *rows[ROWS];
	size_t n = grammar_rows(&dialect_ios, rows, ROWS);
	size_t failed = 0;

	for (size_t i = 0; i < n; i++) {
		struct str sample = str_of(rows[i]->sample);

		for (size_t at = 3; at + 1 < sample.len; at++) {
			char text[512];
			struct grammar_match m;
			size_t len = sample.len + (sample.at[at] != ' ');

			if (sample.at[at - 1] == ' ' || (rows[i]->flags & ROW_GENERIC))
				continue;
			memcpy(text, sample.at, at);
			text[at] = '\n';
			memcpy(text + at + 1, sample.at + at + (sample.at[at] == ' '),
			       len - at - 1);

			bool is_read = match(f, (struct str){text, len}, &m);

			if (is_read && m.row == rows[i] && f->defects.n == 0 &&
			    (m.length == len || m.ends_in_rest) &&
			    (m.ends_in_rest ||
			     equal_but_blanks(reading(f->arena, &m), str_of(rows[i]->reading))))
				continue;
			if (failed++ < 40)
				print_error("%s: wrapped at %zu: %s: %.*s\n", rows[i]->name, at,
					    is_read ? m.row->name : "not read", (int)len, text);
		}
		arena_reset(f->arena);
	}
	assert_int_equal(failed, 0);
}

struct damage {
	const char *text, *row, *reading, *was, *should_be;
};

/* Each is read by its row, all of it, and the one place that was hurt is named. */
static void check_damage(struct fixture *f, const struct damage *all, size_t n)
{
	for (const struct damage *d = all; d < all + n; d++) {
		struct grammar_match m;

		assert_true(match(f, str_of(d->text), &m));
		assert_string_equal(m.row->name, d->row);
		assert_int_equal(m.length, strlen(d->text));
		assert_string_equal(reading(f->arena, &m).at, d->reading);
		assert_int_equal(f->defects.n, 1);
		assert_string_equal(f->defects.at[0].was.at, d->was);
		assert_string_equal(f->defects.at[0].should_be.at, d->should_be);
	}
}

static void damage_is_named(void **state)
{
	static const struct damage all[] = {
		{"Tnl/C1 17688/7 L2TP: Destroying session", "ios.l2tp.destroying",
		 "tunnel=17688 session=7 facility=L2TP", "/C1", "/Cl"},
		{"Tnl 17688 L2TP: O SCCRQ, f1g TLS, ver 2, len 128, tnl 0, cl 0, ns 0, nr 0",
		 "ios.l2tp.packet",
		 "tunnel=17688 facility=L2TP direction=O message=SCCRQ flags=TLS version=2 "
		 "length=128 head-tunnel=0 head-session=0 ns=0 nr=0",
		 "f1g", "flg"},
		{"Tnl l7688 L2TP: Shutdown tunnel", "ios.l2tp.shutdown-tunnel",
		 "tunnel=17688 facility=L2TP", "l7688", "17688"},
		{"Tnl 17688 L2TP: I lCRQ from hgw tnl 1", "ios.l2tp.received",
		 "tunnel=17688 facility=L2TP direction=I message=ICRQ name=hgw peer-tunnel=1",
		 "lCRQ", "ICRQ"},
		{"Tnl 17688 L2TP: Tunnel state change from id1e to wait-ctl-reply",
		 "ios.l2tp.tunnel-state",
		 "tunnel=17688 facility=L2TP before=idle after=wait-ctl-reply", "id1e", "idle"},
		{"Vi4 VTEMPLATE: Clone from Virtual-Templatel", "ios.vtemplate.clone",
		 "interface=Vi4 interface=Virtual-Template1", "Virtual-Templatel",
		 "Virtual-Template1"},
		{"Vi4 PPP: Phase is ESTABLISHlNG, Active Open", "ios.ppp.phase",
		 "interface=Vi4 phase=establishing by=Active Open", "ESTABLISHlNG", "ESTABLISHING"},
		{"Vi4 PPP: Phase is ESTABLISHING, Qassive Open", "ios.ppp.phase",
		 "interface=Vi4 phase=establishing by=Passive Open", "Qassive Open",
		 "Passive Open"},
		{"Vi4 PPP: Phase is UQ", "ios.ppp.phase", "interface=Vi4 phase=up", "UQ", "UP"},
		{"Tnl 1 L2TP: Result code(l): 1: Loss of carrier", "ios.l2tp.result",
		 "tunnel=1 facility=L2TP result=1 code=1 text=Loss of carrier", "l", "1"},
		{"Vi4 lPCP: State is Open", "ios.ppp.state",
		 "interface=Vi4 protocol=IPCP state=Open", "lPCP", "IPCP"},
	};

	check_damage(*state, all, sizeof(all) / sizeof(all[0]));
}

/* A damaged word beside a line end is not taken for one that the line end cut in two. */
static void damage_beside_a_wrap_is_named(void **state)
{
	static const struct damage all[] = {
		{"Se0:17 Tnl/Cl 31862/692 L2TP: O ICRQ to frm\n10531/O", "ios.l2tp.sent",
		 "interface=Se0:17 tunnel=31862 session=692 facility=L2TP direction=O message=ICRQ "
		 "name=frm peer-tunnel=10531 peer-session=0",
		 "O", "0"},
		{"TnI\n53538 L2TP: SM State established", "ios.l2tp.sm-state",
		 "tunnel=53538 facility=L2TP state=established", "TnI", "Tnl"},
	};

	check_damage(*state, all, sizeof(all) / sizeof(all[0]));
}

/* Any letter of any row that OCR takes for another: the same row reads it, and where a word or a
 * number of the row was hurt, says so and means the same. */
static void any_confused_letter_is_seen(void **state)
{
	static const char letters[] = "l1IO0QP";
	struct fixture *f = *state;
	const struct grammar_row *rows[ROWS];
	size_t n = grammar_rows(&dialect_ios, rows, ROWS);
	size_t failed = 0, seen = 0, kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct str sample = str_of(rows[i]->sample);
		char text[512];

		for (size_t at = 0; at < sample.len; at++) {
			for (const char *c = letters; *c; c++) {
				struct grammar_match m;

				/* the case of a letter counts for nothing */
				if ((*c | 32) == (sample.at[at] | 32) ||
				    !is_confusable(*c, sample.at[at]) ||
				    !confusion_class(sample.at[at]) ||
				    (rows[i]->flags & ROW_GENERIC))
					continue;
				memcpy(text, sample.at, sample.len);
				text[at] = *c;

				bool is_read = match(f, (struct str){text, sample.len}, &m);
				bool is_same = is_read && str_equal(reading(f->arena, &m),
								    str_of(rows[i]->reading));

				seen += is_same && f->defects.n > 0;
				kept += is_read && m.row == rows[i] && !is_same;
				if (is_read && m.row == rows[i] && m.length == sample.len &&
				    (f->defects.n > 0) == is_same)
					continue;
				if (failed++ < 40)
					print_error("%s: %s: %.*s\n", rows[i]->name,
						    is_read ? m.row->name : "not read",
						    (int)sample.len, text);
			}
		}
		arena_reset(f->arena);
	}
	print_message("put right %zu, values that may be so %zu\n", seen, kept);
	assert_int_equal(failed, 0);
}

/* What is no message name is kept as it stood: the gatherer proves what it was. */
static void wrong_names_are_kept(void **state)
{
	static const char *const texts[] = {
		"Tnl 1 L2TP: I SCCR from hgw tnl 2", "Tnl 1 L2TP: I SCCRO from hgw tnl 2",
		"Tnl 1 L2TP: No missing AVPs in SCCR", "Vi1 LCP: I CONFRE0 [ACKsent] id 1 len 4"};
	static const char *const names[] = {"SCCR", "SCCRO", "SCCR", "CONFRE0"};
	struct fixture *f = *state;

	for (size_t i = 0; i < 4; i++) {
		struct grammar_match m;
		bool is_found = false;

		if (!match(f, str_of(texts[i]), &m))
			fail_msg("not read: %s", texts[i]);
		assert_int_equal(m.length, strlen(texts[i]));
		for (size_t v = 0; v < m.n_values; v++)
			is_found = is_found || (m.values[v].field == FIELD_MESSAGE &&
						str_is(m.values[v].text, names[i]));
		assert_true(is_found);
		assert_int_equal(f->defects.n, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_have_unique_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rows_read_their_samples, set_up, tear_down),
		cmocka_unit_test_setup_teardown(damage_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(damage_beside_a_wrap_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(any_confused_letter_is_seen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wrong_names_are_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wraps_change_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
