/* Diagrams of hostile and lengthy words: nothing leaves its lane or the page, and Mermaid can read
 * every line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arena.h"
#include "diagram.h"

enum { CLIENT_LANE, LAC_LANE, LNS_LANE, RADIUS_LANE, LANES };

/* What stands in a row; made into one by make(). */
static const struct script {
	enum ladder_kind kind;
	size_t from, to;
	const char *message, *detail;
	size_t n_states;
	uint64_t copies;
	bool has_note, is_unseen;
} scripts[] = {
	{LADDER_MESSAGE, LAC_LANE, LNS_LANE, "ICRQ",
	 "to 55270/0 Ns 2 Nr 1 session 7, calling \"2085730592\"; called #614629", 2, 3, true,
	 false},
	{LADDER_MESSAGE, LNS_LANE, LAC_LANE, "CHAP FAILURE",
	 "<b>日本語の長い理由がここに入ります</b> ```end```", 0, 1, false, true},
	{LADDER_SAID, CLIENT_LANE, CLIENT_LANE, "",
	 "aWordThatIsLongerThanAnyLaneCouldBeWideWithoutTakingTheWholeOfThePageForIt", 1, 1, false,
	 false},
	{LADDER_SAID, RADIUS_LANE, RADIUS_LANE, "",
	 "Access-Reject for a user with a rather long name, told at the last lane", 0, 1, false,
	 false},
	{LADDER_DATA, CLIENT_LANE, LAC_LANE, "data IPv4", "", 0, 12, false, false},
};

static const char *const names[LANES] = {"client bob@example.com",
					 "LAC lac.example 2001:db8:ffff:ffff::1",
					 "LNS lns.example 192.0.2.1", "RADIUS"};

static const char *const states[] = {"LNS: request-received → wait-connect",
				     "initiator: wait-ctl-reply → established, as its log says"};

static const struct rule_row rule = {.id = "retransmit-control"};
static const struct finding finding = {.rule = &rule, .severity = SEVERITY_NOTE};

enum { ROWS = sizeof(scripts) / sizeof(scripts[0]) };

static void make_row(struct arena *a, struct ladder_row *row, const struct script *from)
{
	*row = (struct ladder_row){
		.kind = from->kind,
		.from = from->from,
		.to = from->to,
		.time = str_of("12:00:01.000000"),
		.message = str_of(from->message),
		.detail = str_of(from->detail),
		.copies = from->copies,
		.packets = {7, 5},
		.is_unseen = from->is_unseen,
		.states = arena_array(a, 2, sizeof(*row->states)),
		.n_states = from->n_states,
		.notes = arena_alloc(a, sizeof(*row->notes)),
		.n_notes = from->has_note,
	};
	if (from->kind != LADDER_DATA)
		row->packets[1] = 0;
	for (size_t k = 0; k < from->n_states; k++)
		row->states[k].text = str_of(states[k]);
	*row->notes = (struct ladder_note){&finding, true, STR("4 messages; were sent again")};
}

static struct ladder make(struct arena *a)
{
	struct ladder l = {
		.arena = a,
		.parties = arena_array(a, LANES, sizeof(*l.parties)),
		.n_parties = LANES,
		.rows = arena_array(a, ROWS, sizeof(*l.rows)),
		.n_rows = ROWS,
	};

	for (size_t i = 0; i < LANES; i++)
		l.parties[i].label = str_of(names[i]);
	for (size_t i = 0; i < ROWS; i++)
		make_row(a, &l.rows[i], &scripts[i]);
	return l;
}

static char *draw(unsigned width, bool has_utf8, bool is_mermaid)
{
	struct arena *a = arena_new(1u << 20);
	struct ladder l = make(a);
	char *printed = NULL;
	size_t n = 0;
	struct term term = {.out = open_memstream(&printed, &n), .width = width};

	if (is_mermaid)
		diagram_draw_mermaid(&l, &term);
	else
		diagram_draw_text(&l, &term, has_utf8);
	fclose(term.out);
	arena_free(a);
	return printed;
}

static bool take_line(struct str *rest, struct str *line)
{
	size_t end = str_find(*rest, STR("\n"));

	if (end == SIZE_MAX)
		return false;
	*line = (struct str){rest->at, end};
	*rest = str_from(*rest, end + 1);
	return true;
}

/* The character that stands in a column. */
static struct str at_column(struct str line, size_t column)
{
	size_t at = 0;

	while (at < line.len && term_columns((struct str){line.at, at}) < column) {
		at++;
		while (at < line.len && ((unsigned char)line.at[at] & 0xc0) == 0x80)
			at++;
	}
	return str_from(line, at);
}

/* An arrow goes over the lanes between its ends; nothing else does. */
static bool is_lane(struct str at)
{
	static const char *const marks[] = {"│", "◆", "─", "╌", "▶", "◀", "═", "×",
					    "|", "*", "-", ".", "<", ">", "=", "x"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (str_starts(at, marks[i]))
			return true;
	}
	return false;
}

/* Where the lanes stand: in the first line behind the names, or below the letters that stand for
 * them. */
static size_t find_lanes(struct str line, size_t *lanes)
{
	size_t n = 0;

	for (size_t column = 0; column < term_columns(line) && n < LANES; column++) {
		struct str at = at_column(line, column);

		if (str_starts(at, "│") || str_starts(at, "|"))
			lanes[n++] = column;
	}
	return n;
}

static bool is_time(struct str line)
{
	return line.len > 0 && line.at[0] >= '0' && line.at[0] <= '9';
}

static void check_page(unsigned width, bool has_utf8)
{
	char *printed = draw(width, has_utf8, false);
	struct str rest = str_of(printed);
	struct str line;
	size_t lanes[LANES] = {0};
	size_t n = 0;

	while (take_line(&rest, &line)) {
		assert_true(term_columns(line) <= width);
		if (n < LANES)
			n = find_lanes(line, lanes);
		if (n < LANES || (lanes[0] == 0 && is_time(line)))
			continue; /* names; a time on a line of its own */
		for (size_t i = 0; i < LANES; i++) {
			if (!is_lane(at_column(line, lanes[i])))
				fail_msg("width %u, lane %zu: %.*s", width, i, STR_ARG(line));
		}
	}
	assert_int_equal(n, LANES);
	assert_int_equal(rest.len, 0);
	assert_non_null(strstr(printed, "ICRQ"));
	assert_non_null(strstr(printed, "client"));
	free(printed);
}

static void no_word_leaves_its_lane_or_the_page(void **state)
{
	static const unsigned widths[] = {40,  53,  60,  72,  80,  100, 112,
					  113, 114, 120, 133, 200, 400};

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		check_page(widths[i], true);
		check_page(widths[i], false);
	}
}

static void ascii_is_ascii(void **state)
{
	char *printed = draw(100, false, false);

	(void)state;
	for (const char *c = printed; *c; c++)
		assert_true((unsigned char)*c < 0x80);
	free(printed);
}

/* What a label of Mermaid may hold: no end of statement, no bare entity, no markup but <br/>. */
static void check_label(struct str s)
{
	assert_true(s.len > 0);
	for (size_t i = 0; i < s.len; i++) {
		if (str_starts(str_from(s, i), "<br/>")) {
			i += strlen("<br/>") - 1;
			continue;
		}
		if (s.at[i] == '#') {
			assert_true(s.at[i + 1] >= '0' && s.at[i + 1] <= '9');
			while (s.at[++i] >= '0' && s.at[i] <= '9')
				;
			assert_int_equal(s.at[i], ';');
			continue;
		}
		assert_null(strchr(";&$\"<>{}%\\`", s.at[i]));
	}
}

static bool take_word(struct str *s, const char *word)
{
	if (!str_starts(*s, word))
		return false;
	*s = str_from(*s, strlen(word));
	return true;
}

static bool take_party(struct str *s)
{
	return take_word(s, "P0") || take_word(s, "P1") || take_word(s, "P2") || take_word(s, "P3");
}

/* participant ID as NAME | Note over ID[,ID]: LABEL | ID->>ID: LABEL (also -->> and --x) */
static void check_statement(struct str s)
{
	assert_true(take_word(&s, "    "));
	if (take_word(&s, "participant ")) {
		assert_true(take_party(&s) && take_word(&s, " as "));
	} else if (take_word(&s, "Note over ")) {
		assert_true(take_party(&s));
		if (take_word(&s, ","))
			assert_true(take_party(&s));
		assert_true(take_word(&s, ": "));
	} else {
		assert_true(take_party(&s));
		assert_true(take_word(&s, "-->>") || take_word(&s, "->>") || take_word(&s, "--x"));
		assert_true(take_party(&s) && take_word(&s, ": "));
	}
	check_label(s);
}

static void mermaid_can_read_every_line(void **state)
{
	char *printed = draw(120, true, true);
	struct str rest = str_of(printed);
	struct str line;
	size_t n = 0;

	(void)state;
	assert_true(take_line(&rest, &line));
	assert_true(str_is(line, "sequenceDiagram"));
	for (; take_line(&rest, &line); n++)
		check_statement(line);
	assert_int_equal(n, LANES + ROWS + 3);
	assert_non_null(strstr(printed, "note retransmit-control"));
	assert_non_null(strstr(printed, "P2--xP1"));
	assert_non_null(strstr(printed, "×3"));
	free(printed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_word_leaves_its_lane_or_the_page),
		cmocka_unit_test(ascii_is_ascii),
		cmocka_unit_test(mermaid_can_read_every_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
